import { addressOf, defaultStorePath, statePath, storeLocation } from "./app.ts";
import {
  type DeploymentSettings,
  environmentFrom,
  type Environment,
  type Settings,
  storeEnvironment,
} from "./config/index.ts";
import { type Check, inTime, withoutSecrets } from "./doctor/check.ts";
import { checkConfiguration, checkLog, checkTimeouts } from "./doctor/check-configuration.ts";
import { checkDeployment, type DeploymentContext, modelLists } from "./doctor/check-deployment.ts";
import { checkFile, checkNeo4j } from "./doctor/check-graph.ts";
import { checkLedger } from "./doctor/check-ledger.ts";
import { checkClock, checkDisk, checkNode, checkPort } from "./doctor/check-machine.ts";
import { checkRoute, fallbacksOf } from "./doctor/check-route.ts";
import { isPrivateHost } from "./providers/connection.ts";
import { isNeo4jUri } from "./store/neo4j-address.ts";

export interface DoctorOptions {
  readonly config?: string | undefined;
  readonly envFile?: string | undefined;
  readonly store?: string | undefined;
  readonly state?: string | undefined;
  /** Port that the proxy will listen on. */
  readonly port: number;
  readonly commandLine: DeploymentContext["commandLine"];
  readonly now?: () => number;
}

/** No check takes longer, whatever it looks at. */
const limitMs = 9_000;

/** Looks at everything that stands between a user and an answer; nothing is changed, and no model is asked. */
export async function examine(options: DoctorOptions): Promise<Check[]> {
  const { config, envFile, port, commandLine, now = Date.now } = options;
  const {
    settings,
    environment = environmentFrom({}),
    checks,
  } = checkConfiguration({
    ...(config !== undefined && { config }),
    ...(envFile !== undefined && { envFile }),
  });
  const graph = options.store ?? storeEnvironment(environment).uri;
  const later: (readonly [string, () => Promise<readonly Check[]>])[] = [
    ["clock", async () => [await checkClock(clockUrls(settings), now)]],
    [
      `port ${port}`,
      async () => [await checkPort(port, (other) => commandLine("proxy", "--port", String(other)))],
    ],
    [
      graph !== undefined && isNeo4jUri(graph) ? "Neo4j" : "graph file",
      () => checkStore(graph, environment, options),
    ],
    ...(settings === undefined
      ? []
      : [
          [
            "ledger",
            () => checkLedger(settings.ledgerFile, settings, { commandLine, nowMs: now() }),
          ] as const,
        ]),
  ];
  const [deployments, ...others] = await Promise.all([
    settings === undefined ? [] : checkDeployments(settings, environment, commandLine),
    ...later.map(([name, work]) => inTime(name, work, limitMs)),
  ]);
  const found = [
    checkNode(process.version),
    ...checks,
    ...deployments,
    ...(settings === undefined
      ? []
      : [...checkTimeouts(settings), checkLog(settings, commandLine("proxy", "--verbose"))]),
    ...others.flat(),
  ];
  return withoutSecrets(found, secretsOf(settings, environment));
}

async function checkDeployments(
  settings: Settings,
  environment: Environment,
  commandLine: DeploymentContext["commandLine"],
): Promise<Check[]> {
  const isBuiltIn = settings.file === undefined && !localAiVariables.some((name) => environment.get(name));
  const list = modelLists();
  const found = await Promise.all(
    settings.deployments.map(async (deployment) => {
      const fallbacks = fallbacksOf(settings, deployment.group);
      const work = () => checkDeployment(deployment, { commandLine, fallbacks, isBuiltIn, list });
      return { id: deployment.id, checks: await inTime(deployment.id, work, limitMs), isBuiltIn };
    }),
  );
  // One that merely stands in the built-in route is well, and cannot be asked.
  const askable = found.filter(({ id, checks }) =>
    checks.some((one) => one.check === id && one.ok && one.fix === null),
  );
  return [
    ...found.flatMap(({ checks }) => checks),
    checkRoute(settings, new Set(askable.map(({ id }) => id))),
  ];
}

const localAiVariables = [
  "LOCALAI_BASE_URL",
  "LOCALAI_MODEL",
  "LOCALAI_API_KEY",
  "LLM_PROVIDER",
  "LITELLM_PRIMARY_MODEL",
  "LITELLM_SECONDARY_MODEL",
  "LITELLM_FALLBACK_MODEL",
];

async function checkStore(
  named: string | undefined,
  environment: Environment,
  options: DoctorOptions,
): Promise<readonly Check[]> {
  if (named !== undefined && isNeo4jUri(named)) {
    const states = { state: options.state };
    const checks = await checkNeo4j(addressOf(named, { environment }), (place) => statePath(place, states));
    return [...checks, checkDisk("state file", options.state ?? defaultStorePath)];
  }
  const location = storeLocation(options.store, environment);
  return [await checkFile("graph file", location), checkDisk("graph", location)];
}

/** Servers that may know the time: those elsewhere first, for one on this machine has its clock. */
function clockUrls(settings: Settings | undefined): string[] {
  const usable = (settings?.deployments ?? []).filter(
    (one) => URL.canParse(one.baseUrl) && (one.apiKey !== undefined || one.label === "localai"),
  );
  const isNear = ({ baseUrl }: DeploymentSettings) => isPrivateHost(new URL(baseUrl).hostname);
  const sorted = [...usable.filter((one) => !isNear(one)), ...usable.filter(isNear)];
  return [...new Set(sorted.map(({ baseUrl }) => `${new URL(baseUrl).origin}/`))].slice(0, 2);
}

function secretsOf(settings: Settings | undefined, environment: Environment): (string | undefined)[] {
  const keys = (settings?.deployments ?? []).map(({ apiKey }) => apiKey);
  return [...keys, settings?.masterKey, storeEnvironment(environment).password];
}

/** How many lines want something done. */
export function problemsIn(checks: readonly Check[]): number {
  return checks.filter(({ ok }) => !ok).length;
}

export type { Check };
