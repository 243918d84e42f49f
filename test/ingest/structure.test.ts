import { expect, test } from "vitest";
import { structureOf } from "../../src/extraction/structure.ts";
import { chunkNote } from "../../src/notes/chunk.ts";
import { parseNote } from "../../src/notes/parse-note.ts";

function structure(text: string) {
  const note = parseNote(text);
  return structureOf("Note.md", "note", note, chunkNote(note));
}

test("masked ranges are counted from their chunk's start, each in the chunk it stands in", () => {
  const { chunks } = structure("# One\n\nsee `code` here\n\n# Two\n\n[[Link]] and `more`");
  const masked = chunks.map(({ text, masked: ranges }) =>
    ranges.flatMap((start, index) => (index % 2 === 0 ? [text.slice(start, ranges[index + 1])] : [])),
  );
  expect(masked).toEqual([["`code`"], ["[[Link]]", "`more`"]]);
});

test("a field's evidence is its line, or the link alone when the line is too long", () => {
  expect(structure("intro\n\nby:: [[Ada]] and [[Bob]]\nnext").links.map((link) => link.evidence)).toEqual([
    "by:: [[Ada]] and [[Bob]]",
    "by:: [[Ada]] and [[Bob]]",
  ]);
  const long = structure(`by:: [[Ada]] ${"word ".repeat(200)}`);
  expect(long.links.map((link) => link.evidence)).toEqual(["[[Ada]]"]);
});

test("a megabyte of links and fields on one line is read in seconds", () => {
  const started = performance.now();
  structure("key:: [[X]] ".repeat(80_000));
  expect(performance.now() - started).toBeLessThan(20_000);
});
