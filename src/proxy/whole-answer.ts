import {
  answerProblem,
  signalsOfHttpAnswer,
  signalsOfStreamError,
  type Signals,
  type Usage,
} from "../routing/core.ts";
import type { ProxyCall } from "./call.ts";
import { isObject } from "./json-object.ts";
import { reportedUsage } from "./usage.ts";

/** What a whole answer turned out to be: good, with what it reports; or none, with signals. */
export type ReadAnswer =
  | {
      readonly kind: "good";
      readonly usage: Usage | undefined;
      readonly outputText: string;
      readonly model: string | undefined;
    }
  | { readonly kind: "bad"; readonly signals: Signals; readonly usage: Usage | undefined };

type Headers = NonNullable<Parameters<typeof signalsOfHttpAnswer>[0]["headers"]>;

/** Reads an answer in OpenAI's shape, already parsed; undefined is one that was no JSON. */
export function readAnswer(body: unknown, headers: Headers, text: string, call: ProxyCall): ReadAnswer {
  if (body === undefined) {
    return bad({ ...signalsOfHttpAnswer({ status: 200, headers }), text, problem: "malformed_json" });
  }
  if (isObject(body) && body["error"] !== undefined && body["error"] !== null) {
    return bad(signalsOfStreamError(body));
  }
  const usage = isObject(body) ? reportedUsage(body["usage"]) : undefined;
  const signals: Signals = { status: 200, body };
  if (call.endpoint === "embeddings") return embeddings(body, call, usage);
  if (answerProblem(signals) !== undefined) return bad(signals, usage);
  const outputText = textOf(body);
  if (call.wantsJson && endsByItself(body) && outputText !== "" && !isJson(outputText)) {
    return bad({ status: 200, problem: "schema_mismatch", text: "It is not JSON, and has to be." }, usage);
  }
  const model = isObject(body) && typeof body["model"] === "string" ? body["model"] : undefined;
  return { kind: "good", usage, outputText, model };
}

function embeddings(body: unknown, call: ProxyCall, usage: Usage | undefined): ReadAnswer {
  const data = isObject(body) ? body["data"] : undefined;
  const wanted = call.body["input"];
  const isList = Array.isArray(wanted) && typeof wanted[0] !== "number";
  const count = isList ? wanted.length : 1;
  if (!Array.isArray(data) || data.length !== count || !data.every(isEmbedding)) {
    const text = `It holds no ${count} embeddings.`;
    return bad({ status: 200, problem: "malformed_json", text }, usage);
  }
  const model = isObject(body) && typeof body["model"] === "string" ? body["model"] : undefined;
  // What embedding models give is not counted.
  return { kind: "good", usage: usage && { ...usage, outputTokens: 0 }, outputText: "", model };
}

function isEmbedding(entry: unknown): boolean {
  const vector = isObject(entry) ? entry["embedding"] : undefined;
  return typeof vector === "string" ? vector !== "" : Array.isArray(vector) && vector.length > 0;
}

function bad(signals: Signals, usage?: Usage): ReadAnswer {
  return { kind: "bad", signals, usage };
}

function firstChoice(body: unknown): unknown {
  const choices = isObject(body) ? body["choices"] : undefined;
  return Array.isArray(choices) ? choices[0] : undefined;
}

function textOf(body: unknown): string {
  const choice = firstChoice(body);
  const message = isObject(choice) ? choice["message"] : undefined;
  const content = isObject(message) ? message["content"] : undefined;
  return typeof content === "string" ? content : "";
}

function endsByItself(body: unknown): boolean {
  const choice = firstChoice(body);
  return isObject(choice) && (choice["finish_reason"] === "stop" || choice["finish_reason"] === null);
}

function isJson(text: string): boolean {
  return parsedJson(text) !== undefined;
}

/** Undefined when it is no JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
