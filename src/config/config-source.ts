import { LineCounter, isMap, isNode, isPair, isScalar, parseDocument, type Document } from "yaml";
import { UsageError } from "../errors.ts";
import type { Place } from "./notice.ts";

export type ConfigPath = readonly (string | number)[];

/** A configuration as plain data that still knows where each value was written. */
export interface ConfigSource {
  /** The file's name as the user gave it, or what to call a configuration that is no file. */
  readonly name: string;
  readonly data: unknown;
  /** Place of a value, or of the closest one above it that was written. */
  readonly placeOf: (path: ConfigPath) => Place;
  /** Place of a key of a map. */
  readonly placeOfKey: (path: ConfigPath) => Place;
}

/** Parses YAML. Throws UsageError with file, line and column when it is none. */
export function configFromYaml(text: string, name: string): ConfigSource {
  const lines = new LineCounter();
  const document = parseDocument(text.replace(/^\uFEFF/, ""), {
    lineCounter: lines,
    merge: true,
    prettyErrors: false,
  });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new UsageError(
      "CONFIG_NOT_YAML",
      `${name}:${line}:${col}: this is no YAML: ${firstLine(error.message)}`,
      {
        facts: { file: name, line, column: col },
      },
    );
  }
  const at = (offset: number | undefined): Place => {
    if (offset === undefined) return { source: name };
    const { line, col } = lines.linePos(offset);
    return { source: name, line, column: col };
  };
  return {
    name,
    data: document.toJS({ maxAliasCount: 1000 }) as unknown,
    placeOf: (path) => at(offsetOf(document, path)),
    placeOfKey: (path) => at(keyOffsetOf(document, path) ?? offsetOf(document, path)),
  };
}

/** A configuration given as an object in the file's shape. */
export function configFromObject(data: unknown, name = "the configuration"): ConfigSource {
  const place: Place = { source: name };
  return { name, data, placeOf: () => place, placeOfKey: () => place };
}

function offsetOf(document: Document, path: ConfigPath): number | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0];
}

function keyOffsetOf(document: Document, path: ConfigPath): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  const key = path.at(-1);
  const pair = parent.items.find(
    (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
  );
  return isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
}

function firstLine(message: string): string {
  const [line = ""] = message.split("\n");
  return /[.!]$/.test(line) ? line : `${line}.`;
}
