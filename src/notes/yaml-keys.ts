import { type Document, isMap, isScalar } from "yaml";
import type { Span } from "./note.ts";

/** A key at the outermost level of a YAML block, with the range of its whole entry. */
export interface YamlKey extends Span {
  readonly key: string;
}

/** Keys in their order; without a document, since the YAML is broken, what starts a line and ends in a colon. */
export function keysOf(yaml: string, document: Document | undefined): YamlKey[] {
  const starts = document === undefined ? writtenKeys(yaml) : parsedKeys(document);
  return starts.map(({ key, start }, index) => ({
    key,
    start,
    end: starts[index + 1]?.start ?? yaml.length,
  }));
}

function parsedKeys(document: Document): { key: string; start: number }[] {
  if (!isMap(document.contents)) return [];
  return document.contents.items.flatMap(({ key }) =>
    isScalar(key) && key.range ? [{ key: String(key.value), start: key.range[0] }] : [],
  );
}

function writtenKeys(yaml: string): { key: string; start: number }[] {
  return Array.from(
    yaml.matchAll(
      /^(?:"([^"\n]{1,200})"|'([^'\n]{1,200})'|([^\s#:[\]{}"'&*|>%@`-][^:\n]{0,200})):(?=\s|$)/gm,
    ),
    (match) => ({
      key: (match[1] ?? match[2] ?? match[3] ?? "").trim(),
      start: match.index,
    }),
  );
}
