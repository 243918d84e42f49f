import type { ConfigPath } from "./config-source.ts";
import { secondsToMs } from "./duration.ts";
import { secondsOf, type RouterTimeout } from "./attempt-timeouts.ts";
import { perKind } from "./failure-policy.ts";
import { nearest } from "./nearest.ts";
import { settled, type Given, type Variables } from "./precedence.ts";
import { invalidValue, type ReadConfig } from "./read-config.ts";
import type { RouterSection } from "./schema.ts";
import { builtIn, strategyNames, type GroupChains, type RouterSettings } from "./settings.ts";

type Strategy = RouterSettings["strategy"];

/** The router's time for one attempt, and whether anybody gave it. */
export function routerTimeout(read: ReadConfig | undefined, variables: Variables): RouterTimeout {
  const file =
    fileValue(read, "router_settings", "timeout") ?? fileValue(read, "litellm_settings", "request_timeout");
  const environment = secondsOf(variables, "LITELLM_TIMEOUT");
  const from = { file, environment, builtIn: builtIn.timeoutSeconds };
  const given = settled("router_settings.timeout", from, variables.notices);
  if (given === undefined) return { seconds: builtIn.timeoutSeconds, from: "default" };
  return { seconds: given.value, from: given === file ? "file" : "environment", given };
}

/** Router settings of a file and the environment; the groups are those that fallbacks may name. */
export function routerSettings(
  read: ReadConfig | undefined,
  variables: Variables,
  timeout: RouterTimeout,
  groupOf: (name: string) => string | undefined,
): RouterSettings {
  const router = read?.config.router_settings ?? {};
  const litellm = read?.config.litellm_settings ?? {};
  const general = read?.config.general_settings ?? {};
  const checked = checker(read, groupOf);
  const streamTimeout = router.stream_timeout;
  const allowedFails = router.allowed_fails ?? litellm.allowed_fails;
  return {
    strategy: strategyOf(read, variables),
    numRetries: retriesOf(read, variables),
    timeoutMs: secondsToMs(timeout.seconds),
    ...(streamTimeout !== undefined && { streamTimeoutMs: secondsToMs(streamTimeout) }),
    fallbacks: {
      ...checked.chains(router.set_fallbacks, ["router_settings", "set_fallbacks"]),
      ...checked.chains(litellm.fallbacks, ["litellm_settings", "fallbacks"]),
      ...checked.chains(router.fallbacks, ["router_settings", "fallbacks"]),
    },
    defaultFallbacks: defaultFallbacks(read, checked),
    contextWindowFallbacks: {
      ...checked.chains(litellm.context_window_fallbacks, ["litellm_settings", "context_window_fallbacks"]),
      ...checked.chains(router.context_window_fallbacks, ["router_settings", "context_window_fallbacks"]),
    },
    contentPolicyFallbacks: {
      ...checked.chains(litellm.content_policy_fallbacks, ["litellm_settings", "content_policy_fallbacks"]),
      ...checked.chains(router.content_policy_fallbacks, ["router_settings", "content_policy_fallbacks"]),
    },
    maxFallbacks: router.max_fallbacks ?? builtIn.maxFallbacks,
    ...(router.retry_policy && { retryPolicy: perKind(read, router.retry_policy, "retry_policy") }),
    ...(router.model_group_retry_policy && {
      modelGroupRetryPolicy: Object.fromEntries(
        Object.entries(router.model_group_retry_policy).map(([group, policy]) => [
          group,
          perKind(read, policy, "model_group_retry_policy", group),
        ]),
      ),
    }),
    ...(allowedFails !== undefined && { allowedFails }),
    ...(router.allowed_fails_policy && {
      allowedFailsPolicy: perKind(read, router.allowed_fails_policy, "allowed_fails_policy"),
    }),
    cooldownMs: secondsToMs(router.cooldown_time ?? litellm.cooldown_time ?? builtIn.cooldownSeconds),
    disableCooldowns: router.disable_cooldowns ?? false,
    retryAfterMs: secondsToMs(router.retry_after ?? 0),
    modelGroupAlias: aliases(router, checked),
    enablePreCallChecks: router.enable_pre_call_checks ?? true,
    enableTagFiltering: router.enable_tag_filtering ?? false,
    fallbackOnRateLimit: general.fallback_on_rate_limit ?? true,
    ...(general.rpm_limit !== undefined && { requestsPerMinute: general.rpm_limit }),
    lowestLatencyBuffer: router.routing_strategy_args?.lowest_latency_buffer ?? 0,
  };
}

function fileValue(
  read: ReadConfig | undefined,
  section: "router_settings" | "litellm_settings",
  key: string,
): Given<number> | undefined {
  const value = (read?.config[section] as Record<string, unknown> | undefined)?.[key];
  if (read === undefined || typeof value !== "number") return undefined;
  return { value, place: read.source.placeOf([section, key]) };
}

function retriesOf(read: ReadConfig | undefined, variables: Variables): number {
  const file =
    fileValue(read, "router_settings", "num_retries") ?? fileValue(read, "litellm_settings", "num_retries");
  const given = variables.text("LITELLM_NUM_RETRIES");
  const isUsable = given !== undefined && /^\d+$/.test(given.value);
  if (given !== undefined && !isUsable) {
    variables.notices.warn(`${given.place.source} is no whole number and is not used.`);
  }
  const environment = isUsable ? { value: Number(given.value), place: given.place } : undefined;
  const from = { file, environment, builtIn: builtIn.numRetries };
  return settled("router_settings.num_retries", from, variables.notices)?.value ?? builtIn.numRetries;
}

function strategyOf(read: ReadConfig | undefined, variables: Variables): Strategy {
  const path: ConfigPath = ["router_settings", "routing_strategy"];
  const written = read?.config.router_settings?.routing_strategy;
  let file: Given<Strategy> | undefined;
  if (read !== undefined && written !== undefined) {
    const value = strategyNamed(written);
    if (value === undefined) throw invalidValue(read.source, path, unknownStrategy(written));
    file = { value, place: read.source.placeOf(path) };
  }
  const given = variables.text("LITELLM_ROUTING_STRATEGY");
  const named = given && strategyNamed(given.value);
  if (given !== undefined && named === undefined) {
    variables.notices.warn(`${given.place.source}: ${unknownStrategy(given.value)} It is not used.`);
  }
  const environment = given && named ? { value: named, place: given.place } : undefined;
  const from = { file, environment, builtIn: builtIn.strategy };
  return (
    settled<Strategy>("router_settings.routing_strategy", from, variables.notices)?.value ?? builtIn.strategy
  );
}

/** LiteLLM's second version of usage-based-routing is the same here. */
function strategyNamed(name: string): Strategy | undefined {
  const plain = name.trim().replace(/-v\d+$/, "");
  return strategyNames.find((known) => known === plain);
}

function unknownStrategy(name: string): string {
  const guess = nearest(name, strategyNames);
  return `${name} is no routing strategy${guess ? ` (is ${guess} meant?)` : ""}; there are ${strategyNames.join(", ")}.`;
}

type Checker = ReturnType<typeof checker>;

/** Turns names in chains into groups; one that is none is an error where it was written. */
function checker(read: ReadConfig | undefined, groupOf: (name: string) => string | undefined) {
  const group = (name: string, path: ConfigPath): string => {
    const found = groupOf(name);
    if (found !== undefined || read === undefined) return found ?? name;
    throw invalidValue(read.source, path, `there is no model group or model ${name} in model_list.`);
  };
  const list = (names: readonly string[], path: ConfigPath) => [
    ...new Set(names.map((name) => group(name, path))),
  ];
  return {
    list,
    chains: (given: Record<string, string[]> | undefined, path: ConfigPath): GroupChains =>
      Object.fromEntries(
        Object.entries(given ?? {}).map(([name, names]) => [
          name === "*" ? name : group(name, path),
          list(names, path),
        ]),
      ),
  };
}

function defaultFallbacks(read: ReadConfig | undefined, checked: Checker): string[] {
  const router = read?.config.router_settings;
  const litellm = read?.config.litellm_settings;
  const named = checked.list(router?.default_fallbacks ?? litellm?.default_fallbacks ?? [], [
    "router_settings",
    "default_fallbacks",
  ]);
  const guide = router?.fallback_model === undefined ? [] : [router.fallback_model];
  return [...new Set([...named, ...checked.list(guide, ["router_settings", "fallback_model"])])];
}

function aliases(router: RouterSection, checked: Checker): GroupChains {
  const plain = Object.entries(router.model_group_alias ?? {}).map(([alias, target]) => {
    const name = typeof target === "string" ? target : target.model;
    return [alias, checked.list([name], ["router_settings", "model_group_alias", alias])] as const;
  });
  const ordered = Object.entries(router.model_group ?? {}).map(
    ([alias, names]) => [alias, checked.list(names, ["router_settings", "model_group", alias])] as const,
  );
  return Object.fromEntries([...plain, ...ordered]);
}
