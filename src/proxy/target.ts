import type { Dispatcher } from "undici";
import { assertLocalLiteral, connectionTo } from "../providers/connection.ts";
import { geminiUrl } from "../providers/gemini-wire.ts";
import { assertKey } from "../providers/missing-key.ts";
import { connectionOf } from "../providers/model-settings.ts";
import type { Deployment } from "../routing/core.ts";

/** Where one endpoint of a deployment is asked, and how. */
export interface Target {
  readonly origin: string;
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly dispatcher: Dispatcher;
}

/** A path below an OpenAI-compatible base URL, or a method of a Gemini model. */
export type Place =
  | { readonly kind: "openai"; readonly path: "/chat/completions" | "/embeddings" }
  | { readonly kind: "gemini"; readonly model: string; readonly method: string };

/** Targets as the configuration has them, each made once; nothing of a request but the model's name enters here. */
export class Targets {
  readonly #known = new Map<Deployment, Map<string, Target>>();

  /** Throws ProviderError `no_key` where nothing may be sent, and for an address that is not local when it must be. */
  of(deployment: Deployment, place: Place, localOnly: boolean): Target {
    // An address declared local by hand (a tunnel) may resolve to anything.
    const isGuarded = localOnly && deployment.local !== true;
    const name = place.kind === "openai" ? place.path : `${place.model}:${place.method}`;
    const key = isGuarded ? `local ${name}` : name;
    let known = this.#known.get(deployment);
    if (known === undefined) this.#known.set(deployment, (known = new Map()));
    let target = known.get(key);
    if (target === undefined) {
      target = targetOf(deployment, place, isGuarded);
      if (known.size < mostTargets) known.set(key, target);
    }
    return target;
  }
}

/** A deployment such as `gemini/*` takes any name: not all of them are kept. */
const mostTargets = 100;

function targetOf(deployment: Deployment, place: Place, onlyLocal: boolean): Target {
  assertKey(deployment);
  const { baseUrl, apiKey } = deployment;
  const url = new URL(
    place.kind === "openai"
      ? `${baseUrl.replace(/\/+$/, "")}${place.path}`
      : geminiUrl({ baseUrl, model: place.model }, place.method),
  );
  if (onlyLocal) assertLocalLiteral(url.href);
  const headers = ["content-type", "application/json"];
  if (apiKey) {
    if (place.kind === "gemini") headers.push("x-goog-api-key", apiKey);
    else headers.push("authorization", `Bearer ${apiKey}`);
  }
  const extra = deployment.parameters?.["extra_headers"];
  for (const [name, value] of Object.entries((extra ?? {}) as Record<string, unknown>)) {
    headers.push(name, String(value));
  }
  return {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    headers,
    dispatcher: connectionTo(url.href, connectionOf(deployment, { localOnly: onlyLocal })),
  };
}
