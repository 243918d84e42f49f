import { expect, test } from "vitest";
import { chunkNote } from "../../src/notes/chunk.ts";
import { parseNote } from "../../src/notes/parse-note.ts";

const isSoak = process.env["SOAK"] !== undefined;
/** The soak takes 5 MB of everything; else what took minutes once is taken at 1 MB, and the rest is only read. */
const mostCharacters = isSoak ? 5_000_000 : 1_000_000;
/** Of this thread alone: others may be at work on the machine. */
const limitMs = isSoak ? 20_000 : 5_000;
const onceSlow = new Set([
  "wikilinks without space",
  "opening addresses",
  "Markdown links",
  "stars in words",
  "opening code",
  "quotes in quotes",
  "lists in a line",
  "a long table in a quote",
  "spaces between two letters",
  "many keys",
  "a long address",
  "families of emoji",
  "Japanese without stops",
]);
let size = mostCharacters;

const fill = (part: string) => part.repeat(Math.ceil(size / part.length)).slice(0, size);
const lines = (line: (index: number) => string) => {
  const parts: string[] = [];
  for (let length = 0; length < size; length += parts.at(-1)?.length ?? 0) parts.push(line(parts.length));
  return parts.join("");
};

const inputs: Record<string, () => string> = {
  "one line of words": () => fill("the quick brown fox jumps over the lazy dog "),
  "one word": () => fill("abcdefghijklmnopqrstuvwxyz0123456789"),
  "short lines": () => lines((index) => `line ${index}\n`),
  headings: () => lines((index) => `# Heading ${index}\ntext\n`),
  "headings of every level": () => lines((index) => `${"#".repeat(1 + (index % 6))} H${index}\n`),
  "opening wikilinks": () => fill("[["),
  "opening brackets": () => fill("["),
  "brackets in each other": () => "[".repeat(size / 2) + "]".repeat(size / 2),
  "opening images": () => fill("!["),
  "opening addresses": () => fill("[a]("),
  "opening addresses in angles": () => fill("[a](<b"),
  wikilinks: () => fill("[[Note]] "),
  "wikilinks without space": () => fill("[[Note]]"),
  "Markdown links": () => fill("[a](b) "),
  references: () => lines((index) => `[l${index}]: note${index}.md\n`),
  "uses of a reference": () => `[l]: Note.md\n\n${fill("[l] ")}`,
  "a reference label that never ends": () => `[${fill("a\n")}`,
  "a reference title that never ends": () => `[a]: b "${fill("a\n")}`,
  "opening stars": () => fill("*a "),
  "stars in words": () => fill("a**b"),
  underscores: () => fill("_"),
  "opening underscores": () => fill("_a _"),
  "opening strikes": () => fill("~~a "),
  backticks: () => fill("`"),
  "backticks of every length": () => lines((index) => `${"`".repeat((index % 1_000) + 1)}a`),
  "opening code": () => fill("`a "),
  fences: () => fill("~~~\n"),
  "opening angles": () => fill("<"),
  "opening tags of HTML": () => fill("<a "),
  "opening comments of HTML": () => `a ${fill("<!-- ")}`,
  "opening CDATA": () => `a ${fill("<![CDATA[")}`,
  "blocks of HTML": () => fill("<div>\n\n"),
  "quotes in quotes": () => fill(">"),
  "quotes in quotes with spaces": () => fill("> "),
  "a long quote": () => fill("> a\n"),
  "deeper and deeper quotes": () => lines((index) => `${">".repeat(index)}a\n`),
  "deeper and deeper lists": () => lines((index) => `${"  ".repeat(index)}- a\n`),
  "lists in a line": () => fill("- "),
  "rows without a table": () => fill("| a | b |\n"),
  "a long table": () => `| a | b |\n|---|---|\n${fill("| a | b |\n")}`,
  "a long table in a quote": () => `> | a | b |\n> |---|---|\n${fill("> | a | b |\n")}`,
  "a wide table": () => `${"|".repeat(size / 3)}\n${"|-".repeat(size / 6)}\n${"|a".repeat(size / 6)}`,
  "a row before a line of spaces": () => `a |\n${fill(" ")}`,
  dollars: () => fill("$"),
  "opening formulas": () => fill("$a "),
  "formulas of a line": () => fill("$$\n"),
  "formulas that never end": () => fill("$$ a\nb\n\n"),
  percents: () => fill("%% "),
  tags: () => fill("#tag "),
  fields: () => fill("key:: [[X]] "),
  "fields in brackets": () => fill("[key:: [[X]] "),
  properties: () => fill("key:: a\n"),
  "a long address": () => `http://${"a.".repeat(2_500_000)}`,
  "addresses of mail": () => fill("a@b."),
  entities: () => fill("&a"),
  backslashes: () => fill("\\"),
  "spaces between two letters": () => `a${fill(" ")}b`,
  "spaces before a letter": () => `a\n${fill(" ")}b`,
  "a heading and its closing marks": () => `# a${fill(" #")}b`,
  "an underlined heading": () => `${fill("a\n")}===\n`,
  "lines of old Macs": () => fill("ab\r"),
  "families of emoji": () => fill("👨‍👩‍👧‍👦"),
  "an endless emoji": () => `👨${fill("\u200D👨")}`,
  "a letter with endless marks": () => `a${fill("\u0301")}`,
  "letters with many marks": () => fill("a\u0301\u0302\u0303\u0304 "),
  "Japanese without stops": () => fill("日本語"),
  "Japanese sentences": () => fill("日本語の文章です。"),
  Thai: () => fill("ภาษาไทย"),
  "sentences that end in quotes": () => fill(`."""""""""""""`),
  "front matter without an end": () => `---\n${fill("a: b\n")}`,
  "dashes and spaces": () => `---\n${fill("---        x\n")}`,
  "front matter of one link after the other": () => `---\na: ${fill("[[a]]")}\n---\n`,
  "front matter of openings": () => `---\na: ${fill("[[a")}\n---\n`,
  "many keys": () => `---\n${lines((index) => `key${index}: "[[v]]"\n`)}---\n`,
  "everything at once": () => fill("*a [b ![[c `d <e $f %%g #h\n"),
};

test.each(Object.keys(inputs))("%s end in time, whole", { timeout: 120_000 }, (name) => {
  size = isSoak || onceSlow.has(name) ? mostCharacters : 100_000;
  const text = inputs[name]?.() ?? "";
  const before = process.threadCpuUsage();
  const note = parseNote(text);
  const chunks = chunkNote(note);
  const { user, system } = process.threadCpuUsage(before);
  expect((user + system) / 1_000).toBeLessThan(limitMs);
  expect(note.warnings.filter((warning) => warning.startsWith("its Markdown"))).toEqual([]);
  for (const { text: piece, startOffset, endOffset } of chunks)
    if (piece !== text.slice(startOffset, endOffset)) expect.fail("a chunk is no slice of its note");
});
