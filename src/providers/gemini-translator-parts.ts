import { field } from "./provider-error.ts";

export type GeminiPart = Record<string, unknown>;

/** The parts of one message's content, and what of it Gemini cannot be sent. */
export interface TranslatedContent {
  readonly parts: readonly GeminiPart[];
  readonly unsendable?: string | undefined;
}

/** OpenAI's content, a string or a list of typed parts, as Gemini's parts; empty texts are none. */
export function contentParts(content: unknown): TranslatedContent {
  if (typeof content === "string") return { parts: textParts(content) };
  if (!Array.isArray(content)) return { parts: [] };
  const translated = content.map(contentPart);
  return {
    parts: translated.flatMap(({ parts }) => parts),
    unsendable: translated.find(({ unsendable }) => unsendable !== undefined)?.unsendable,
  };
}

/** All text of a message's content; what is no text is left out. */
export function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => (typeof part === "string" ? part : textIn(part))).join("");
}

function contentPart(part: unknown): TranslatedContent {
  if (typeof part === "string") return { parts: textParts(part) };
  switch (field(part, "type")) {
    case "text":
    case "input_text":
    case "refusal":
      return { parts: textParts(textIn(part)) };
    case "image_url":
      return imagePart(part);
    case "input_audio":
      return audioPart(field(part, "input_audio"));
    case "file":
      return filePart(field(part, "file"));
    default:
      return cannot(`content of the type ${JSON.stringify(field(part, "type") ?? null)}`);
  }
}

function textIn(part: unknown): string {
  const text = field(part, "text") ?? field(part, "refusal");
  return typeof text === "string" ? text : "";
}

function textParts(text: string): GeminiPart[] {
  return text === "" ? [] : [{ text }];
}

function imagePart(part: unknown): TranslatedContent {
  const image = field(part, "image_url");
  const url = typeof image === "string" ? image : field(image, "url");
  return typeof url === "string"
    ? addressed(url, "image/jpeg", "an image")
    : cannot("an image without a URL");
}

function audioPart(audio: unknown): TranslatedContent {
  const [data, format] = [field(audio, "data"), field(audio, "format")];
  if (typeof data !== "string" || typeof format !== "string") return cannot("audio without data and format");
  return { parts: [{ inlineData: { mimeType: `audio/${format}`, data } }] };
}

function filePart(file: unknown): TranslatedContent {
  const [data, id] = [field(file, "file_data"), field(file, "file_id")];
  if (typeof data === "string") return addressed(data, "application/pdf", "a file");
  if (typeof id === "string" && id.startsWith("https://")) return addressed(id, "application/pdf", "a file");
  return cannot("a file that another provider holds (send it as file_data)");
}

const maxSchemeLength = 16;

/** A data URL goes inline; Gemini fetches `https` addresses itself, and nothing else. */
function addressed(url: string, defaultType: string, what: string): TranslatedContent {
  if (url.startsWith("data:")) return inlined(url, defaultType, what);
  const isReachable = url.startsWith("https://") || url.startsWith("gs://");
  if (isReachable) return { parts: [{ fileData: { mimeType: typeOf(url) ?? defaultType, fileUri: url } }] };
  const scheme = /^[a-z]+:/i.exec(url.slice(0, maxSchemeLength))?.[0] ?? "no scheme";
  return cannot(`${what} by an address that is not https (${scheme}): send it as a data URL`);
}

function inlined(url: string, defaultType: string, what: string): TranslatedContent {
  const comma = url.indexOf(",");
  if (comma < 0) return cannot(`${what} in a data URL without data`);
  const [type = "", ...attributes] = url.slice("data:".length, comma).split(";");
  const payload = url.slice(comma + 1);
  const isBase64 = attributes.some((attribute) => attribute.trim().toLowerCase() === "base64");
  const data = isBase64 ? payload : encoded(payload);
  if (data === undefined) return cannot(`${what} in a data URL that is not encoded as one`);
  return { parts: [{ inlineData: { mimeType: type.trim() || defaultType, data } }] };
}

function encoded(payload: string): string | undefined {
  try {
    return Buffer.from(decodeURIComponent(payload)).toString("base64");
  } catch {
    return undefined;
  }
}

const types: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  heic: "image/heic",
  heif: "image/heif",
  gif: "image/gif",
  pdf: "application/pdf",
  mp3: "audio/mp3",
  wav: "audio/wav",
  mp4: "video/mp4",
  webm: "video/webm",
};

function typeOf(url: string): string | undefined {
  const path = url.split(/[?#]/, 1)[0] ?? "";
  const ending = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  return Object.hasOwn(types, ending) ? types[ending] : undefined;
}

function cannot(what: string): TranslatedContent {
  return { parts: [], unsendable: `Gemini cannot be sent ${what}.` };
}
