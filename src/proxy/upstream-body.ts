import type { AttemptBudget, Deployment } from "../routing/core.ts";
import type { ProxyCall } from "./call.ts";
import { isObject, type JsonObject } from "./json-object.ts";

/** What an OpenAI-compatible deployment is sent: the caller's own bytes where nothing has to change. */
export function openaiBody(call: ProxyCall, deployment: Deployment, budget: AttemptBudget): Buffer | string {
  const model = sentModel(deployment, budget.model);
  const added = addedFields(call, deployment);
  const isRenamed = renamesMaxTokens(call.body, deployment);
  const isSigned = call.text.includes('"extra_content"') && !isGoogle(deployment);
  const isPlain = call.ownFields.length === 0 && budget.repair === undefined && !isRenamed && !isSigned;
  const place = isPlain ? placeOfModel(call) : undefined;
  if (place === undefined) {
    const fields = { ...requestFields(call, deployment, budget), ...added, model };
    return JSON.stringify(isSigned ? unsigned(fields) : fields);
  }
  const { text } = call;
  const addedText = added === undefined ? "" : `,${JSON.stringify(added).slice(1, -1)}`;
  const isSame = call.body["model"] === model && addedText === "";
  if (isSame) return call.bytes;
  const end = text.lastIndexOf("}");
  return `${text.slice(0, place.from)}${JSON.stringify(model)}${text.slice(place.to, end)}${addedText}}`;
}

/** The caller's fields without the router's own, a deployment's parameters where the caller says nothing of them. */
export function requestFields(
  call: ProxyCall,
  deployment: Deployment,
  budget: Pick<AttemptBudget, "repair">,
): Record<string, unknown> {
  const fields: Record<string, unknown> = { ...missingParameters(call, deployment), ...call.body };
  for (const name of call.ownFields) delete fields[name];
  if (renamesMaxTokens(call.body, deployment)) {
    fields["max_tokens"] = fields["max_completion_tokens"];
    delete fields["max_completion_tokens"];
  }
  if (budget.repair !== undefined && Array.isArray(fields["messages"])) {
    const content = `Your last answer could not be used: ${budget.repair} Answer again, mending exactly that.`;
    fields["messages"] = [...(fields["messages"] as unknown[]), { role: "user", content }];
  }
  return fields;
}

/** Gemini's signatures in a conversation's history (`extra_content`): other servers refuse the unknown field. */
function unsigned(fields: Record<string, unknown>): Record<string, unknown> {
  const { messages } = fields;
  if (!Array.isArray(messages)) return fields;
  const plain = (value: unknown): unknown => {
    if (!isObject(value)) return value;
    const { extra_content: _signature, tool_calls: calls, ...rest } = value;
    return {
      ...rest,
      ...(calls !== undefined && { tool_calls: Array.isArray(calls) ? calls.map(plain) : calls }),
    };
  };
  return { ...fields, messages: messages.map(plain) };
}

function isGoogle({ baseUrl }: Deployment): boolean {
  return URL.parse(baseUrl)?.hostname.endsWith(".googleapis.com") === true;
}

/** A name decided for one deployment (a retired model's successor) never goes to another. */
export function sentModel({ model, successorModel }: Deployment, decided: string): string {
  return decided === successorModel || model.includes("*") ? decided : model;
}

function addedFields(call: ProxyCall, deployment: Deployment): Record<string, unknown> | undefined {
  const parameters = missingParameters(call, deployment);
  const asksUsage = call.isStream && call.body["stream_options"] === undefined && countsOnRequest(deployment);
  if (!asksUsage) return parameters;
  return { ...parameters, stream_options: usageOption };
}

const usageOption = { include_usage: true };

/** Servers that refuse the option altogether. */
function countsOnRequest({ label }: Deployment): boolean {
  return label !== "mistral";
}

/** Parameters of the configuration that the caller does not set. */
function missingParameters(
  { body, endpoint }: ProxyCall,
  { parameters }: Deployment,
): Record<string, unknown> | undefined {
  if (parameters === undefined || endpoint === "embeddings") return dimensionsOf(body, parameters);
  let missing: Record<string, unknown> | undefined;
  for (const name in parameters) {
    const value = parameters[name];
    if (value === null || value === undefined || notSent.has(name) || body[name] !== undefined) continue;
    const isLimit = name === "max_tokens" || name === "max_completion_tokens";
    if (isLimit && (body["max_tokens"] !== undefined || body["max_completion_tokens"] !== undefined))
      continue;
    missing ??= {};
    if (name === "extra_body" && typeof value === "object") {
      for (const [key, inner] of Object.entries(value)) if (body[key] === undefined) missing[key] = inner;
    } else missing[name] = value;
  }
  return missing;
}

/** Parameters of a chat say nothing to an embedding model, but for its size. */
function dimensionsOf(
  body: JsonObject,
  parameters: Deployment["parameters"],
): Record<string, unknown> | undefined {
  const dimensions = parameters?.["dimensions"];
  return dimensions === undefined || body["dimensions"] !== undefined ? undefined : { dimensions };
}

const notSent = new Set(["extra_headers", "metadata", "model"]);

/** Other servers than OpenAI know `max_tokens` only. */
function renamesMaxTokens(body: JsonObject, { label }: Deployment): boolean {
  return (
    label !== "openai" && body["max_completion_tokens"] !== undefined && body["max_tokens"] === undefined
  );
}

/**
 * Where the model's name stands in the text: the only `"model":` in it, so that it cannot be another's. Undefined
 * when that is not certain.
 */
function placeOfModel({ text, body }: ProxyCall): { readonly from: number; readonly to: number } | undefined {
  const first = modelKey.exec(text);
  if (first === null || escapedLetter.test(text)) return undefined;
  const from = first.index + first[0].length;
  if (modelKey.test(text.slice(from))) return undefined;
  const to = from + JSON.stringify(body["model"]).length;
  return text.slice(from, to) === JSON.stringify(body["model"]) ? { from, to } : undefined;
}

const modelKey = /"model"\s*:\s*/;
/** A key may be written with escapes, and nobody does. */
const escapedLetter = /\\u00[46][0-9a-f]|\\u00[57][0-9a]/i;
