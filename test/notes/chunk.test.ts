import fc from "fast-check";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, test } from "vitest";
import { mostTokens } from "../../src/notes/count-tokens.ts";
import { chunkNote, maxChunkTokens } from "../../src/notes/chunk.ts";
import type { Chunk } from "../../src/notes/note.ts";
import { parseNote } from "../../src/notes/parse-note.ts";

const isSoak = process.env["SOAK"] !== undefined;
const runs = { numRuns: isSoak ? 3_000 : 150, seed: isSoak ? Date.now() : 11 };

const chunksOf = (text: string): Chunk[] => chunkNote(parseNote(text));
const shown = (text: string) => chunksOf(text).map((chunk) => [chunk.headings.join(" > "), chunk.text]);

describe("a note is cut at its headings", () => {
  test("and each chunk knows the path of headings above it", () => {
    expect(shown("Intro\n\n# A\n\none\n\n## B\n\ntwo\n\n# C\n\nthree")).toEqual([
      ["", "Intro"],
      ["A", "# A\n\none"],
      ["A > B", "## B\n\ntwo"],
      ["C", "# C\n\nthree"],
    ]);
  });

  test("levels may be left out, and a heading may come back up", () => {
    expect(shown("### Deep\n\na\n\n# Top\n\nb\n\n#### Deeper\n\nc").map(([path]) => path)).toEqual([
      "Deep",
      "Top",
      "Top > Deeper",
    ]);
  });

  test("a heading without text of its own opens the section below it", () => {
    expect(shown("# A\n\n## B\n\ntext\n\n## C\n\n# D")).toEqual([
      ["A > B", "# A\n\n## B\n\ntext"],
      ["A > C", "## C"],
      ["D", "# D"],
    ]);
  });

  test("two headings of one level are two chunks, with text or without", () => {
    expect(shown("# A\n\n## B\n\n## C\n\ntext")).toEqual([
      ["A > B", "# A\n\n## B"],
      ["A > C", "## C\n\ntext"],
    ]);
  });

  test("underlined headings, closing marks and Markdown in headings are read", () => {
    expect(shown("One\n===\n\na\n\nTwo\n---\n\nb\n\n## Three ##\n\nc").map(([path]) => path)).toEqual([
      "One",
      "One > Two",
      "One > Three",
    ]);
  });

  test("a heading in code, in a quote or in a comment's text opens no chunk of its own unless it is one", () => {
    expect(shown("# A\n\n```\n# not\n```\n\n> # not\n\n    # not")).toHaveLength(1);
  });

  test("front matter belongs to no chunk", () => {
    expect(shown("---\na: 1\n---\ntext")).toEqual([["", "text"]]);
    expect(shown("---\na: 1\n---\n")).toEqual([]);
    expect(shown("")).toEqual([]);
    expect(shown(" \n\t\r\n ")).toEqual([]);
  });

  test("lines keep the ends they have", () => {
    expect(shown("# A\r\n\r\none\r\ntwo\r\n\r\n# B\r\nthree\r\n")).toEqual([
      ["A", "# A\r\n\r\none\r\ntwo"],
      ["B", "# B\r\nthree"],
    ]);
  });

  test("the indentation of the first line is kept", () => {
    expect(shown("\n\n    code\n    more")).toEqual([["", "    code\n    more"]]);
  });
});

describe("a section that is too long", () => {
  const paragraph = (index: number) =>
    `Paragraph ${index}. ${"The quick brown fox jumps over the lazy dog. ".repeat(8)}`.trim();

  test("is cut between paragraphs, and as seldom as possible", () => {
    const paragraphs = Array.from({ length: 20 }, (_, index) => paragraph(index));
    const chunks = chunksOf(`# Long\n\n${paragraphs.join("\n\n")}`);
    expect(chunks.length).toBeLessThan(5);
    for (const chunk of chunks) {
      expect(chunk.headings).toEqual(["Long"]);
      expect(chunk.text.endsWith("dog.")).toBe(true);
    }
  });

  test("is cut between sentences when it is one paragraph", () => {
    for (const chunk of chunksOf(Array.from({ length: 20 }, (_, index) => paragraph(index)).join(" ")))
      expect(chunk.text).toMatch(/\.$/);
  });

  test("never inside a character: emoji families, flags and letters with their marks stay whole", () => {
    for (const character of ["👨‍👩‍👧‍👦", "🇧🇷", "e\u0301\u0323", "👍🏽", "한", "か\u3099", "நி"]) {
      const chunks = chunksOf(character.repeat(4_000));
      expect(chunks.length).toBeGreaterThan(1);
      for (const { text } of chunks) expect(text).toBe(character.repeat(text.length / character.length));
    }
  });
});

test("what never ends as one character is cut all the same, but never inside a surrogate pair", () => {
  for (const start of ["👨", "a👨", "ab👨"]) expectWhole(start + "\u200D👨".repeat(3_000));
  for (const start of ["", "👨", "👨👨"]) expectWhole(start + "👩🏽\u200D".repeat(3_000));
  expectWhole("a" + "\u0301".repeat(5_000));
});

/** Everything that a note is promised of its chunks. */
function expectWhole(text: string): Chunk[] {
  const note = parseNote(text);
  const chunks = chunkNote(note);
  let end = note.bodyStart;
  for (const [index, chunk] of chunks.entries()) {
    expect(chunk.position).toBe(index);
    expect(chunk.text).toBe(text.slice(chunk.startOffset, chunk.endOffset));
    expect(chunk.startOffset).toBeGreaterThanOrEqual(end);
    expect(text.slice(end, chunk.startOffset).trim()).toBe("");
    expect(chunk.text.trim()).not.toBe("");
    expect(chunk.text.isWellFormed()).toBe(text.isWellFormed());
    end = chunk.endOffset;
    expect(tokensOf(chunk.text)).toBeLessThanOrEqual(maxChunkTokens);
  }
  expect(text.slice(end).trim()).toBe("");
  return chunks;
}

function tokensOf(text: string): number {
  return countTokens(text, { disallowedSpecial: new Set() });
}

const awkward = fc.oneof(
  fc.constantFrom(
    "# One\n",
    "\n## Two\n\n",
    "### Three ###\n",
    "Setext\n===\n",
    "\n---\n",
    "---\na: [[X]]\n---\n",
    "\n",
    "\r\n",
    "\n\n\n",
    "\t",
    "    ",
    "```\n",
    "~~~js\n",
    "````\n",
    "$$\n",
    "$$ x",
    "%%",
    "%%\n",
    "<!-- ",
    "-->",
    "<div>\n",
    "| a | b |\n|---|---|\n| [[c\\|d]] |\n",
    "> ",
    "> > ",
    "- ",
    "- [ ] ",
    "1. ",
    "  - x\n",
    "[[",
    "]]",
    "[[Note|alias]]",
    "![[Note#^b]]",
    "[a](b.md)",
    "[a [b]](c)",
    "[^1]: x\n",
    "[r]: y.md\n",
    "`",
    "``",
    "*",
    "**",
    "_",
    "~~",
    "$",
    "#tag ",
    "\\",
    "|",
    "key:: [[V]]\n",
    "{{title}}",
    "<% x %>",
    "https://a.b/c#d ",
    "👨‍👩‍👧‍👦",
    "e\u0301\u0302\u0303",
    "日本語。",
    "ประเทศไทย",
    "\u202E\u200B\uFEFF",
    "\u2028",
    "<|endoftext|>",
    "\u00A0",
  ),
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc
    .constantFrom("word ", "One sentence here. ", "Uma frase curta! ", "longwordwithoutspaces")
    .chain((word) => fc.integer({ min: 1, max: 300 }).map((times) => word.repeat(times))),
  fc
    .constantFrom("日本", "ก", "x", "=", " ", "é", "\u0301", "👍🏽", "[", "1", "𝕏")
    .chain((unit) => fc.integer({ min: 1, max: 900 }).map((times) => unit.repeat(times))),
);
const markdown = fc.array(awkward, { maxLength: 25 }).map((parts) => parts.join(""));

test(
  "chunks of any Markdown are slices of it, in order, without overlap or loss, and never too long",
  { timeout: 300_000 },
  () => {
    fc.assert(
      fc.property(markdown, (text) => void expectWhole(text)),
      runs,
    );
  },
);

test("an edit in one section leaves the other sections' chunks alone", { timeout: 300_000 }, () => {
  const sentence = fc.constantFrom(
    "Some words. ",
    "More [[links]] here. ",
    "#tag and `code`. ",
    "Ação!\n\n",
    "- item\n",
  );
  const section = fc.array(sentence, { minLength: 1, maxLength: 120 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(
      fc.array(section, { minLength: 3, maxLength: 6 }),
      section,
      fc.nat({ max: 5 }),
      (sections, other, pick) => {
        const changed = pick % sections.length;
        const before = chunksOf(note(sections));
        const after = chunksOf(note(sections.with(changed, other)));
        const elsewhere = (chunks: readonly Chunk[]) =>
          chunks
            .filter(({ headings }) => headings[0] !== `Section ${changed}`)
            .map(({ text, headings }) => ({ text, headings }));
        expect(elsewhere(after)).toEqual(elsewhere(before));
      },
    ),
    runs,
  );

  function note(sections: readonly string[]): string {
    return sections.map((text, index) => `# Section ${index}\n\n${text}\n\n`).join("");
  }
});

test("a text never has more tokens than it can be seen to have without counting", () => {
  const piece = fc.constantFrom(
    "the ",
    "isn't",
    "it'sabc",
    " qk",
    "ção",
    "Ünï",
    "\n",
    "'ll",
    "  ",
    "zzq",
    "A",
    "9",
    "日",
    "_",
    "x",
  );
  fc.assert(
    fc.property(fc.string({ unit: fc.oneof(piece, fc.string({ maxLength: 3 })), maxLength: 60 }), (text) => {
      expect(mostTokens(text)).toBeGreaterThanOrEqual(tokensOf(text));
    }),
    { seed: 20_261_125, numRuns: 3_000 },
  );
});
