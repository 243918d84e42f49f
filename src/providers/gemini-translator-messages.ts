import { foreignSignature, isBeforeGemini3 } from "./gemini-generation.ts";
import { contentParts, contentText, type GeminiPart } from "./gemini-translator-parts.ts";
import { field } from "./provider-error.ts";

export interface GeminiContent {
  readonly role: "user" | "model";
  readonly parts: readonly GeminiPart[];
}

export interface TranslatedMessages {
  readonly contents: readonly GeminiContent[];
  readonly systemInstruction?: { readonly parts: readonly GeminiPart[] };
  readonly unsendable?: string | undefined;
}

/**
 * OpenAI's messages as Gemini's: system texts become the one instruction, neighbours of a role become one turn,
 * the first turn is the user's, results follow the calls they answer.
 */
export function geminiContents(messages: unknown, model: string): TranslatedMessages {
  const list: readonly unknown[] = Array.isArray(messages) ? messages : [];
  const conversation = new Conversation(!isBeforeGemini3(model));
  for (const message of list) conversation.add(message);
  return conversation.translated();
}

interface Call {
  readonly name: string;
  /** Where its result stands among those of the same turn. */
  readonly position: number;
}

interface Turn {
  readonly role: "user" | "model";
  /** Results of tool calls come first, in the order of the calls. */
  readonly results: { readonly part: GeminiPart; readonly position: number }[];
  readonly parts: GeminiPart[];
}

/** What has been said so far; one for each request. */
class Conversation {
  /** Whether the model knows ids of calls, and insists on signatures. */
  private readonly isSigned: boolean;
  private readonly turns: Turn[] = [];
  private readonly system: string[] = [];
  private readonly calls = new Map<string, Call>();
  /** How many calls there have been. */
  private position = 0;
  private unsendable: string | undefined;

  constructor(isSigned: boolean) {
    this.isSigned = isSigned;
  }

  add(message: unknown): void {
    switch (field(message, "role")) {
      case "system":
      case "developer":
        this.addSystem(message);
        return;
      case "assistant":
      case "model":
        this.addAssistant(message);
        return;
      case "tool":
      case "function":
        this.addResult(message);
        return;
      default:
        this.addUser(message);
    }
  }

  translated(): TranslatedMessages {
    const { turns, system, unsendable } = this;
    const contents = turns
      .map(({ role, results, parts }): GeminiContent => ({ role, parts: [...inOrder(results), ...parts] }))
      .filter(({ parts }) => parts.length > 0);
    const instruction = system.filter((text) => text !== "").map((text) => ({ text }));
    if (contents.length === 0) {
      // Gemini answers nothing without a user's turn: an instruction alone is said as one.
      const parts = instruction.length > 0 ? instruction : [blank];
      return { contents: [{ role: "user", parts }], unsendable };
    }
    if (contents[0]?.role === "model") contents.unshift({ role: "user", parts: [blank] });
    return {
      contents,
      ...(instruction.length > 0 && { systemInstruction: { parts: instruction } }),
      unsendable,
    };
  }

  private addSystem(message: unknown): void {
    const content = field(message, "content");
    this.system.push(contentText(content));
    const { parts, unsendable } = contentParts(content);
    this.unsendable ??= unsendable;
    // An instruction is text: pictures beside it are shown in the next user's turn.
    const others = parts.filter((part) => part.text === undefined);
    if (others.length > 0) this.turn("user").parts.push(...others);
  }

  private addUser(message: unknown): void {
    const { parts, unsendable } = contentParts(field(message, "content"));
    this.unsendable ??= unsendable;
    this.turn("user").parts.push(...(parts.length > 0 ? parts : [blank]));
  }

  private addAssistant(message: unknown): void {
    const { parts, unsendable } = contentParts(field(message, "content"));
    this.unsendable ??= unsendable;
    const refusal = field(message, "refusal");
    const spoken = [...parts, ...contentParts(refusal).parts];
    const calls = callsIn(message);
    if (spoken.length === 0 && calls.length === 0) return;
    const signature = signatureIn(message);
    const last = spoken.pop();
    if (last !== undefined)
      spoken.push(signature === undefined ? last : { ...last, thoughtSignature: signature });
    const isMissing = this.isSigned && calls.every((call) => signatureIn(call) === undefined);
    this.turn("model").parts.push(
      ...spoken,
      ...calls.map((call, index) => this.call(call, isMissing && index === 0)),
    );
  }

  /** Only the first of parallel calls carries a signature, and without it Gemini 3 refuses the history. */
  private call(call: unknown, isUnsigned: boolean): GeminiPart {
    const called = field(call, "function");
    const name = textOr(field(called, "name"), "unknown");
    const id = field(call, "id");
    if (typeof id === "string") this.calls.set(id, { name, position: this.position });
    this.position += 1;
    const signature = signatureIn(call) ?? (isUnsigned ? foreignSignature : undefined);
    return {
      functionCall: {
        ...(this.isSigned && typeof id === "string" && { id }),
        name,
        args: argumentsOf(field(called, "arguments")),
      },
      ...(signature !== undefined && { thoughtSignature: signature }),
    };
  }

  private addResult(message: unknown): void {
    const content = field(message, "content");
    const { parts, unsendable } = contentParts(content);
    this.unsendable ??= unsendable;
    const id = field(message, "tool_call_id");
    const call = typeof id === "string" ? this.calls.get(id) : undefined;
    const name = call?.name ?? field(message, "name");
    const turn = this.turn("user");
    if (typeof name !== "string") {
      // The result of a call that is not in the conversation: all that is left of it is its text.
      turn.parts.push(...(parts.length > 0 ? parts : [blank]));
      return;
    }
    const response = responseOf(contentText(content));
    const isKnown = this.isSigned && call !== undefined;
    turn.results.push({
      part: { functionResponse: { ...(isKnown && { id }), name, response } },
      position: call?.position ?? this.position,
    });
    turn.parts.push(...parts.filter((part) => part.text === undefined));
  }

  private turn(role: Turn["role"]): Turn {
    const last = this.turns.at(-1);
    if (last?.role === role) return last;
    const turn: Turn = { role, results: [], parts: [] };
    this.turns.push(turn);
    return turn;
  }
}

/** What stands for nothing said: Gemini refuses an empty text. */
const blank: GeminiPart = { text: " " };

function inOrder(results: Turn["results"]): GeminiPart[] {
  return results.toSorted((a, b) => a.position - b.position).map(({ part }) => part);
}

/** The calls of an assistant's message, those of the older `function_call` included. */
function callsIn(message: unknown): readonly unknown[] {
  const calls = field(message, "tool_calls");
  if (Array.isArray(calls) && calls.length > 0) return calls;
  const call = field(message, "function_call");
  return typeof call === "object" && call !== null ? [{ function: call }] : [];
}

function signatureIn(value: unknown): string | undefined {
  const signature = field(field(field(value, "extra_content"), "google"), "thought_signature");
  return typeof signature === "string" && signature !== "" ? signature : undefined;
}

/** Arguments have to be an object; what is none is kept as it was written. */
function argumentsOf(text: unknown): unknown {
  if (isRecord(text)) return text;
  if (typeof text !== "string" || text.trim() === "") return {};
  const value = parsed(text);
  return isRecord(value) ? value : { arguments: text };
}

/** Long digits are ids, which would not survive as numbers. */
const longDigits = /\d{16,}/;

/** A result has to be an object: JSON is given as it is, any other text under `result`. */
function responseOf(text: string): unknown {
  const value = text.startsWith("{") && !longDigits.test(text) ? parsed(text) : undefined;
  return isRecord(value) ? value : { result: text };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === "string" && value !== "" ? value : fallback;
}
