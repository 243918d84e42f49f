import type { GalleryEntry } from "./gallery.ts";

/** What a name means in a gallery. */
export type GalleryChoice =
  | { readonly kind: "found"; readonly entry: GalleryEntry }
  /** The name leaves open which: sizes it comes in. */
  | { readonly kind: "several"; readonly sizes: readonly string[] }
  | { readonly kind: "unknown"; readonly near: readonly string[] };

/** Finds the entry that a name means: a gallery's own, or one as Ollama has it (`llama3.2:3b`). */
export function chooseEntry(name: string, entries: readonly GalleryEntry[]): GalleryChoice {
  const plain = name.trim().replace(/^(?:localai|ollama|ollama_chat)\//i, "");
  const exact = entries.find(
    (entry) => same(entry.name, plain) || same(`${entry.gallery}@${entry.name}`, plain),
  );
  if (exact !== undefined) return { kind: "found", entry: exact };
  const wanted = readName(plain.replace(/^library\//i, ""));
  const fitting = entries.flatMap((entry) => {
    const extra = extraWords(wanted, readName(entry.name));
    return extra === undefined ? [] : [{ entry, extra, rank: rankOf(entry) }];
  });
  const right = fitting.filter(
    ({ entry }) => wanted.quantization === undefined || quantizationOf(entry) === wanted.quantization,
  );
  const sizes = [...new Set(right.flatMap(({ entry }) => readName(entry.name).words.filter(isSize)))];
  if (!wanted.words.some(isSize) && sizes.length > 1)
    return { kind: "several", sizes: sizes.toSorted(bySize) };
  const [best] = right.toSorted(
    (one, other) =>
      one.rank - other.rank || one.extra - other.extra || one.entry.name.length - other.entry.name.length,
  );
  if (best !== undefined) return { kind: "found", entry: best.entry };
  return {
    kind: "unknown",
    near: nearNames(plain, entries, new Set(fitting.map(({ entry }) => entry.name))),
  };
}

interface Name {
  readonly words: readonly string[];
  readonly quantization?: string;
}

const publishers = new Set(["meta", "mistralai", "qwen", "google", "microsoft", "ibm", "library"]);
const quantization = /^(?:i?q\d(?:_[a-z0-9]+)*|b?f16|fp16|fp8|nvfp4|mxfp4)$/;
/** `q4-k-m` and `Q4_K_M` are one. */
const writtenQuantization = /(?<![a-z0-9])(i?q\d)[-_](k|[01])(?:[-_](xs|s|m|l|xl))?(?![a-z0-9])/g;

/** A model's name in the words it is made of: `meta-llama-3.2-3b-instruct:q4_k_m` is llama3.2, 3b, instruct. */
function readName(name: string): Name {
  const text = name
    .toLowerCase()
    .replaceAll(writtenQuantization, (_, ...[bits, kind, size]: (string | undefined)[]) =>
      [bits, kind, size].filter((part) => part !== undefined).join("_"),
    );
  const parts = text
    .split(/[\s:/@-]+/)
    .flatMap((part) => (quantization.test(part) ? [part] : part.split("_")));
  const words: string[] = [];
  let bits: string | undefined;
  for (const part of parts) {
    const last = words.at(-1);
    if (part === "" || part === "gguf" || part === "latest") continue;
    if (quantization.test(part)) bits = part;
    else if (last !== undefined && /^[a-z]+$/.test(last) && /^\d{1,2}(?:\.\d+)?[ac-jln-su-z]?$/.test(part))
      words[words.length - 1] = last + part;
    else words.push(part === "it" || part === "chat" ? "instruct" : part);
  }
  while (words.length > 1 && publishers.has(words[0] ?? "")) words.shift();
  return { words, ...(bits !== undefined && { quantization: bits }) };
}

/** How many words an entry's name has beyond those asked for; undefined when it is another model. */
function extraWords(wanted: Name, offered: Name): number | undefined {
  const rest = [...offered.words];
  for (const word of wanted.words) {
    const place = rest.indexOf(word);
    if (place >= 0) rest.splice(place, 1);
    else if (word !== "instruct") return undefined;
  }
  const isDistilled = wanted.words[0] === "deepseek" && wanted.words[1] === "r1";
  const isHarmless = (word: string) =>
    /^(?:instruct|v\d[\d.]*|\d{4}|a\d+(?:\.\d+)?b)$/.test(word) ||
    (isDistilled && /^(?:distill|qwen|llama)$/.test(word)) ||
    (isSize(word) && !wanted.words.some(isSize));
  return rest.every(isHarmless) ? rest.length : undefined;
}

function isSize(word: string): boolean {
  return /^e?\d+(?:\.\d+)?[bm]$/.test(word);
}

function bySize(one: string, other: string): number {
  const millions = (size: string) =>
    Number.parseFloat(size.replace("e", "")) * (size.endsWith("b") ? 1_000 : 1);
  return millions(one) - millions(other);
}

/** As its name says, else the names of its files. */
function quantizationOf(entry: GalleryEntry): string | undefined {
  const names = [entry.name, ...entry.files.map((file) => file.replace(/^.*[\\/]|\.\w+$/g, ""))];
  return names
    .map((name) => readName(name.replaceAll(".", "-")).quantization)
    .find((found) => found !== undefined);
}

/** What Ollama would take comes first: four bits, then what says nothing, then more bits. */
function rankOf(entry: GalleryEntry): number {
  const found = quantizationOf(entry);
  if (found === "q4_k_m") return 0;
  if (found === undefined) return 1;
  return found.startsWith("q4") ? 2 : found.startsWith("q5") || found.startsWith("q6") ? 3 : 4;
}

/** The names most like it, those that differ by the number of bits first. */
function nearNames(name: string, entries: readonly GalleryEntry[], first: ReadonlySet<string>): string[] {
  const wanted = pairsOf(name);
  const scored = entries.map((entry) => ({
    name: entry.name,
    score: likeness(wanted, pairsOf(entry.name)) + (first.has(entry.name) ? 1 : 0),
  }));
  const near = scored.filter(({ score }) => score >= 0.45).toSorted((one, other) => other.score - one.score);
  return [...new Set(near.map((entry) => entry.name))].slice(0, 5);
}

/** Pairs of neighbouring letters of the words that tell one model from another. */
function pairsOf(name: string): ReadonlySet<string> {
  const plain = readName(name)
    .words.filter((word) => word !== "instruct")
    .join("");
  return new Set(
    Array.from({ length: Math.max(1, plain.length - 1) }, (_, place) => plain.slice(place, place + 2)),
  );
}

/** Dice's measure, 0 to 1. */
function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const shared = [...one].filter((pair) => other.has(pair)).length;
  return (2 * shared) / (one.size + other.size);
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
