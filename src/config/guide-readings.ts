import type { ConfigPath } from "./config-source.ts";
import type { Notices } from "./notice.ts";
import type { ReadConfig } from "./read-config.ts";

/** Says, once each, what the keys that only the guide knows were read as. */
export function noteGuideKeys(read: ReadConfig, notices: Notices): void {
  const say = (path: ConfigPath, meaning: string) =>
    notices.reading(`${path.join(".")} is read as ${meaning}.`, read.source.placeOfKey(path));
  const { router_settings: router, general_settings: general, litellm_settings: litellm } = read.config;
  const list = (names: readonly string[]) => `[${names.join(", ")}]`;

  if (router?.fallback_model !== undefined) {
    say(["router_settings", "fallback_model"], `default_fallbacks: ${list([router.fallback_model])}`);
  }
  if (router?.set_fallbacks !== undefined) {
    const chains = Object.entries(router.set_fallbacks).map(([group, names]) => `{${group}: ${list(names)}}`);
    say(["router_settings", "set_fallbacks"], `fallbacks: ${list(chains)}`);
  }
  if (router?.model_group !== undefined) {
    const groups = Object.entries(router.model_group).map(
      ([group, names]) => `the group ${group}, which tries ${names.join(", then ")}`,
    );
    say(["router_settings", "model_group"], groups.join("; "));
  }
  const written = (read.source.data as { router_settings?: { routing_strategy?: unknown } }).router_settings;
  if (Array.isArray(written?.routing_strategy)) {
    say(["router_settings", "routing_strategy"], `its first element, ${String(written.routing_strategy[0])}`);
  }
  if (general?.rpm_limit !== undefined) {
    say(
      ["general_settings", "rpm_limit"],
      `at most ${general.rpm_limit} requests a minute over all deployments`,
    );
  }
  if (general?.max_batch_size !== undefined) {
    say(
      ["general_settings", "max_batch_size"],
      `at most ${general.max_batch_size} requests in flight during ingestion and batches`,
    );
  }
  if (general?.fallback_on_rate_limit !== undefined) {
    const meaning = general.fallback_on_rate_limit
      ? "falling back on a rate limit, as is the rule"
      : "waiting out a rate limit instead of falling back";
    say(["general_settings", "fallback_on_rate_limit"], meaning);
  }
  if (litellm?.validate_api_keys !== undefined) {
    const meaning = litellm.validate_api_keys
      ? "a check of each key by a list of models at the start"
      : "no check of the keys at the start";
    say(["litellm_settings", "validate_api_keys"], meaning);
  }
  for (const key of ["set_verbose", "debug"] as const) {
    if (litellm?.[key] !== undefined)
      say(["litellm_settings", key], `log level ${litellm[key] ? "debug" : "info"}`);
  }
}
