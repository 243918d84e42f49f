/** Half-open range of UTF-16 units in the decoded text of a note. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A link as its author wrote it, before anybody knows which note it means. */
export interface WrittenLink extends Span {
  /** Path or name, decoded, without heading, block and alias; empty for a link into the note itself. */
  readonly target: string;
  readonly style: "wiki" | "markdown";
  readonly alias: string;
  readonly heading: string;
  readonly block: string;
  readonly embed: boolean;
  /** The front matter key or Dataview field whose value the link is; empty in running text. */
  readonly field: string;
  readonly inFrontMatter: boolean;
}

/** A heading with its level (1 to 6) and its text without the marks. */
export interface Heading extends Span {
  readonly level: number;
  readonly text: string;
}

/** What a note's front matter (or Logseq's page properties) says, as plain data. */
export interface FrontMatter {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly aliases: readonly string[];
  readonly tags: readonly string[];
  /** Words that say what kind of thing the note is about (`type: person`). */
  readonly kinds: readonly string[];
  readonly created: string;
  readonly updated: string;
}

/** A note read from its text alone: no other note was asked. */
export interface ParsedNote {
  readonly text: string;
  /** Where the body starts: after the front matter. */
  readonly bodyStart: number;
  readonly frontMatter: FrontMatter;
  readonly headings: readonly Heading[];
  /** Ends of the outermost blocks, in order: where a long section is cut first. */
  readonly blockEnds: readonly number[];
  readonly links: readonly WrittenLink[];
  readonly tags: readonly string[];
  /** What is not prose: code, math, comments, addresses, links, tags. Sorted, not overlapping. */
  readonly masked: readonly Span[];
  /** BCP 47, `und` when the text is too short to tell. */
  readonly language: string;
  /** Sentences about what could not be understood; nothing is lost by it. */
  readonly warnings: readonly string[];
}

/** A piece of a note that is read, quoted and searched as one; `text` is a verbatim slice of the note. */
export interface Chunk {
  readonly text: string;
  readonly position: number;
  readonly headings: readonly string[];
  readonly startOffset: number;
  readonly endOffset: number;
}
