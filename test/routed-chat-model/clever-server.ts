import {
  openaiAnswer,
  openaiEvents,
  geminiAnswer,
  geminiEvents,
} from "../support/provider-servers/bodies.ts";
import {
  answer,
  events,
  startWireServer,
  type Reply,
  type SeenRequest,
  type WireServer,
} from "../support/provider-servers/wire-server.ts";

type Json = Record<string, unknown>;

/** A provider that calls the tools it is given, keeps to the schema it is given, and else says hello. */
export function startCleverServer(provider: "openai" | "gemini"): Promise<WireServer> {
  return startWireServer(provider === "openai" ? openaiReply : geminiReply);
}

export const openaiReply: Reply = (response, request) => {
  const { body } = request;
  const messages = body.messages as Json[];
  const tools = (body.tools ?? []) as { function: { name: string; parameters: Json } }[];
  const schema = ((body.response_format as Json)?.json_schema as Json)?.schema as Json | undefined;
  const hasResult = messages.at(-1)?.role === "tool";
  const isParallel = JSON.stringify(messages).includes("ALWAYS call");
  if (tools.length > 0 && !hasResult) {
    const asked = isParallel ? tools : tools.slice(0, 1);
    const calls = asked.map((tool, index) => ({
      id: index === 0 ? "abc123" : `abc123${index}`,
      type: "function",
      function: { name: tool.function.name, arguments: JSON.stringify(sample(tool.function.parameters)) },
    }));
    if (!request.isStream) {
      return answer(200, openaiAnswer(null, "tool_calls", { tool_calls: calls }))(response, request);
    }
    const deltas = calls.map((call, index) => ({ tool_calls: [{ index, ...call }] }));
    return events([
      ...deltas.map((delta) => openaiChunk(delta)),
      openaiChunk({}, "tool_calls"),
      usageEvent,
      "[DONE]",
    ])(response, request);
  }
  const text = schema === undefined ? "Hello there" : JSON.stringify(sample(schema));
  if (!request.isStream) return answer(200, openaiAnswer(text))(response, request);
  const words = openaiEvents(text.match(/.{1,5}/g) ?? []);
  return events([...words.slice(0, -1), usageEvent, "[DONE]"])(response, request);
};

export const geminiReply: Reply = (response, request) => {
  const { body } = request;
  const declared = ((body.tools ?? []) as { functionDeclarations?: Json[] }[]).flatMap(
    ({ functionDeclarations }) => functionDeclarations ?? [],
  );
  const contents = body.contents as { parts: Json[] }[];
  const hasResult = contents.at(-1)?.parts.some((part) => "functionResponse" in part);
  const config = body.generationConfig as Json | undefined;
  const schema = (config?.responseSchema ?? config?.responseJsonSchema) as Json | undefined;
  if (declared.length > 0 && hasResult !== true) {
    const isParallel = JSON.stringify(contents).includes("ALWAYS call");
    const asked = isParallel ? declared : declared.slice(0, 1);
    const parts = asked.map(({ name, parameters, parametersJsonSchema }) => ({
      functionCall: { name, args: sample((parameters ?? parametersJsonSchema) as Json) },
    }));
    const called = geminiAnswer("", {
      candidates: [{ content: { role: "model", parts }, finishReason: "STOP", index: 0 }],
    });
    return (request.isStream ? events([called]) : answer(200, called))(response, request);
  }
  const text = schema === undefined ? "Hello there" : JSON.stringify(sample(schema));
  const words = geminiEvents(text.match(/.{1,5}/g) ?? []);
  return (request.isStream ? events(words) : answer(200, geminiAnswer(text)))(response, request);
};

/** Fails every request in the provider's own way. */
export function rateLimited(): Reply {
  return answer(429, { error: { code: 429, message: "Slow down. Please retry in 30s." } });
}

function openaiChunk(delta: Json, finish: string | null = null) {
  return {
    id: "c1",
    object: "chat.completion.chunk",
    created: 1,
    model: "llama3.2:3b",
    choices: [{ index: 0, delta: { role: "assistant", ...delta }, finish_reason: finish }],
  };
}

const usageEvent = {
  id: "c1",
  object: "chat.completion.chunk",
  created: 1,
  model: "llama3.2:3b",
  choices: [],
  usage: { prompt_tokens: 5, completion_tokens: 4, total_tokens: 9 },
};

/** The least value that a JSON schema, or Gemini's kind of one, describes. */
export function sample(schema: Json | undefined): unknown {
  const type = String(schema?.type ?? "").toLowerCase();
  if (Array.isArray(schema?.enum)) return schema.enum[0];
  if (type === "object" || schema?.properties !== undefined) {
    const properties = Object.entries((schema?.properties ?? {}) as Record<string, Json>);
    return Object.fromEntries(properties.map(([name, property]) => [name, sampleNamed(name, property)]));
  }
  if (type === "array") return [sample(schema?.items as Json)];
  if (type === "integer" || type === "number") return 1;
  if (type === "boolean") return true;
  return "text";
}

/** What LangChain's tests expect of an adder. */
function sampleNamed(name: string, schema: Json): unknown {
  return name === "b" ? 2 : sample(schema);
}

/** Everything a request said, for looking something up in it. */
export const said = ({ body }: SeenRequest): string => JSON.stringify(body);
