import type { NameFound } from "./gazetteer.ts";
import { quoteAround } from "./quote.ts";

/** A known name in one chunk: how often, and where it stands first. */
export interface NameInChunk {
  /** As the text has it, folded, accents kept. */
  readonly spoken: string;
  /** The name without accents. */
  readonly phrase: string;
  readonly count: number;
  readonly start: number;
  readonly quote: string;
}

/** The names found in a text, each once. */
export function namesInChunk(text: string, found: readonly NameFound[]): NameInChunk[] {
  return [...Map.groupBy(found, (name) => name.spoken)].flatMap(([spoken, [first, ...more]]) =>
    first === undefined
      ? []
      : [
          {
            spoken,
            phrase: first.phrase,
            count: 1 + more.length,
            start: first.start,
            quote: quoteAround(text, first.start, first.end),
          },
        ],
  );
}
