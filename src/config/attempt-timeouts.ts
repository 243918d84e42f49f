import { secondsToMs } from "./duration.ts";
import { settled, type Given, type Variables } from "./precedence.ts";
import { builtIn, type DeploymentSettings } from "./settings.ts";

/** How long an attempt may take where its deployment says nothing. */
export interface RouterTimeout {
  readonly seconds: number;
  readonly from: "file" | "environment" | "default";
  readonly given?: Given<number> | undefined;
}

export interface DeploymentContext {
  readonly variables: Variables;
  readonly timeout: RouterTimeout;
  /** Today, to say which names are gone. */
  readonly today: Date;
}

/** Seconds for one attempt: the deployment's, the router's, LocalAI's variable, then the built-in of its provider. */
export function timeouts(
  label: string,
  parameters: { timeout?: number | undefined; stream_timeout?: number | undefined },
  { variables, timeout }: DeploymentContext,
): Pick<DeploymentSettings, "timeouts"> {
  const stream = parameters.stream_timeout;
  const attempt = parameters.timeout ?? labelTimeout(label, variables, timeout);
  if (attempt === undefined && stream === undefined) return {};
  return {
    timeouts: {
      ...(attempt !== undefined && { attemptMs: secondsToMs(attempt) }),
      ...(stream !== undefined && { firstContentMs: secondsToMs(stream) }),
    },
  };
}

function labelTimeout(label: string, variables: Variables, router: RouterTimeout): number | undefined {
  const own = label === "localai" ? secondsOf(variables, "LOCALAI_TIMEOUT") : undefined;
  const file = router.from === "file" ? router.given : undefined;
  const from = { file, environment: own, builtIn: builtIn.timeoutSeconds };
  const given = own && settled("the timeout of localai", from, variables.notices);
  if (given !== undefined) return given === file ? undefined : given.value;
  return router.from === "default" ? builtIn.timeoutSecondsOf[label] : undefined;
}

/** A variable in seconds; what is no number is warned about and ignored. */
export function secondsOf(variables: Variables, name: string): Given<number> | undefined {
  const given = variables.text(name);
  if (given === undefined) return undefined;
  const value = Number(given.value);
  if (Number.isFinite(value) && value >= 0) return { value, place: given.place };
  variables.notices.warn(`${given.place.source} is no number of seconds and is not used.`);
  return undefined;
}
