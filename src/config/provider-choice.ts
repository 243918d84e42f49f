import { UsageError } from "../errors.ts";
import { pinnedDeployment } from "./default-route.ts";
import type { DeploymentContext } from "./attempt-timeouts.ts";
import { nearest } from "./nearest.ts";
import type { ReadConfig } from "./read-config.ts";
import type { DeploymentSettings, GroupChains } from "./settings.ts";

/** Who is asked, in which order, before the router's own settings are laid over it. */
export interface Route {
  readonly deployments: readonly DeploymentSettings[];
  readonly fallbacks: GroupChains;
  readonly contentPolicyFallbacks: GroupChains;
  readonly lastResort: readonly string[];
  /** Only one provider may be asked: no fallback leads to another. */
  readonly isPinned?: boolean;
  /** A running proxy does the routing. */
  readonly isProxy?: boolean;
}

const choices = ["litellm", "gemini", "localai", "openai", "proxy"] as const;

/** What `LLM_PROVIDER` makes of a route. Throws UsageError for a word it does not know. */
export function providerChoice(
  read: ReadConfig | undefined,
  route: Route,
  context: DeploymentContext,
): Route {
  const { variables } = context;
  const given = variables.text("LLM_PROVIDER");
  const choice = choices.find((one) => one === given?.value.toLowerCase());
  if (given !== undefined && choice === undefined) {
    const guess = nearest(given.value, choices);
    const message = `LLM_PROVIDER=${given.value} is none of ${choices.join(", ")}${guess ? `; is ${guess} meant?` : "."}`;
    throw new UsageError("LLM_PROVIDER_UNKNOWN", message, { facts: { source: given.place.source } });
  }
  switch (choice) {
    case undefined:
      return route;
    case "litellm": {
      const proxy = variables.text("LITELLM_API_BASE");
      if (proxy !== undefined) {
        variables.notices.reading(
          `LLM_PROVIDER=litellm routes in this process: what a proxy at ${proxy.value} would do happens here. LLM_PROVIDER=proxy uses that proxy.`,
        );
      }
      return route;
    }
    case "proxy":
      return proxyRoute(read, route, context);
    default:
      return pinned(choice, route, context);
  }
}

function pinned(label: string, route: Route, context: DeploymentContext): Route {
  const own = route.deployments.filter((deployment) => deployment.label === label);
  const standIn = own.length > 0 ? undefined : pinnedDeployment(label, context);
  return {
    deployments: standIn === undefined ? own : [standIn],
    fallbacks: {},
    contentPolicyFallbacks: {},
    lastResort: [],
    isPinned: true,
  };
}

function proxyRoute(read: ReadConfig | undefined, route: Route, { variables }: DeploymentContext): Route {
  const base = variables.text("LITELLM_API_BASE");
  if (base === undefined || !URL.canParse(base.value)) {
    const message =
      "LLM_PROVIDER=proxy needs the address of a running proxy: set LITELLM_API_BASE, such as http://localhost:4000.";
    throw new UsageError("PROXY_ADDRESS_MISSING", message);
  }
  const key = variables.firstOf(["LITELLM_API_KEY", "LITELLM_MASTER_KEY"], { secret: true })?.value;
  const apiKey = key ?? read?.config.general_settings?.master_key;
  const groups = [...new Set(route.deployments.map(({ group }) => group))];
  const model = (name: string): DeploymentSettings => ({
    id: name,
    group: name,
    provider: "openai-compatible",
    label: "litellm_proxy",
    model: name,
    baseUrl: new URL(base.value).pathname === "/" ? `${base.value.replace(/\/+$/, "")}/v1` : base.value,
    ...(apiKey !== undefined && { apiKey }),
    apiKeyVariable: "LITELLM_API_KEY",
  });
  return {
    deployments: (groups.length > 0 ? groups : ["gemini-flash"]).map(model),
    fallbacks: {},
    contentPolicyFallbacks: {},
    lastResort: [],
    isPinned: true,
    isProxy: true,
  };
}
