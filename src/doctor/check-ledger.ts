import type { Settings } from "../config/index.ts";
import { accountKey, ledgerCheckup } from "../routing/core.ts";
import { capital, type Check, problem, well } from "./check.ts";
import { raise } from "./check-configuration.ts";
import { type DeploymentContext, onQuota } from "./check-deployment.ts";
import { fallbacksOf } from "./check-route.ts";

/** Whether the ledger can be used, and whom it leaves out for now. */
export async function checkLedger(
  file: string,
  settings: Settings | undefined,
  { commandLine, nowMs }: Pick<DeploymentContext, "commandLine"> & { readonly nowMs: number },
): Promise<Check[]> {
  const check = "ledger";
  const found = await ledgerCheckup(file, nowMs);
  if (found.kind === "missing") return [well(check, `${file} is made by the first prompt`)];
  if (found.kind === "unusable") {
    return [
      problem(
        check,
        `${file} cannot be used (${found.reason}): limits and spent quotas are forgotten with each process`,
        "Mend its permissions or move it away; or name another with NEO4J_LANGGRAPH_LEDGER.",
      ),
    ];
  }
  const out = (settings?.deployments ?? []).flatMap((deployment) => {
    const cooldown = found.cooldowns.get(accountKey(deployment));
    if (settings === undefined || cooldown === undefined) return [];
    const { failure, untilMs } = cooldown;
    const fallbacks = fallbacksOf(settings, deployment.group);
    const until = new Date(untilMs).toISOString().replace(/\.\d+Z$/, "Z");
    const detail = `${deployment.id} is not asked before ${until}: ${failure.kind} (${failure.message})`;
    const isQuota = failure.kind === "rate_limited" || failure.kind === "quota_exhausted";
    const fix = isQuota
      ? onQuota({ fallbacks, commandLine })
      : failure.kind === "timeout"
        ? `${capital(raise(deployment.label))}.`
        : "See its own line.";
    return [problem(isQuota ? `quota of ${deployment.id}` : `cooldown of ${deployment.id}`, detail, fix)];
  });
  return [well(check, file), ...out];
}
