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
