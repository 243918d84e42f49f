/** How a word that may be part of a name is written. */
export type Form =
  | "lower"
  /** `Ada`, `McDonald`, `Jean-Pierre`. */
  | "capital"
  /** `NASA`, `S24`. */
  | "caps"
  /** `J` of `J. R. R.`. */
  | "initial"
  /** `iPhone`, `al-Hasakah`. */
  | "mixed"
  | "number"
  /** A script without cases, or no word of a language: `snake_case`, `@someone`. */
  | "other";

/** What a capital means where a word stands. */
export type Place =
  /** Inside a sentence: something. */
  | "inside"
  /** At the start of a sentence, a list item, a line, a quotation: perhaps nothing. */
  | "start"
  /** Where every word has one (a heading, a line in capitals): nothing. */
  | "titled";

/** A word of a run: where it stands in its chunk, and what the chunk alone tells of it. */
export interface RunWord {
  readonly start: number;
  readonly end: number;
  readonly form: Form;
  readonly place: Place;
  /** How the world writes it, in eighths: 0 always small, 7 always with a capital, 4 nobody knows. */
  readonly prior: number;
}

/** Words that may hold names: capitalised ones with small words between them, or a quotation. */
export interface Run {
  readonly isQuotation: boolean;
  /** Its text speaks of it as of a button: `click Save`, `the Archive tab`. */
  readonly isLabel: boolean;
  readonly words: readonly RunWord[];
}

const forms = ["lower", "capital", "caps", "initial", "mixed", "number", "other"] as const;
const places = ["inside", "start", "titled"] as const;

/** Runs as a list of integers, to be sent and kept: for each its marks and number of words, then its words. */
export function encodeRuns(runs: readonly Run[]): number[] {
  const numbers: number[] = [];
  for (const { isQuotation, isLabel, words } of runs) {
    numbers.push((isQuotation ? 1 : 0) + (isLabel ? 2 : 0) + 4 * words.length);
    for (const { start, end, form, place, prior } of words) {
      numbers.push(start, end - start, forms.indexOf(form) + 8 * places.indexOf(place) + 32 * prior);
    }
  }
  return numbers;
}

/** The runs that were encoded. */
export function decodeRuns(numbers: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < numbers.length;) {
    const head = numbers[at++] ?? 0;
    const words: RunWord[] = [];
    for (let count = head >> 2; count > 0; count--) {
      const start = numbers[at++] ?? 0;
      const end = start + (numbers[at++] ?? 0);
      const marks = numbers[at++] ?? 0;
      const form = forms[marks & 7] ?? "other";
      words.push({ start, end, form, place: places[(marks >> 3) & 3] ?? "inside", prior: marks >> 5 });
    }
    runs.push({ isQuotation: (head & 1) !== 0, isLabel: (head & 2) !== 0, words });
  }
  return runs;
}
