import { describe, expect, test } from "vitest";
import { parseNote } from "../../src/notes/parse-note.ts";

/** A link as `target#heading^block|alias`, with `!` for an embed and `field=` before it. */
function linksOf(text: string, format: "markdown" | "text" = "markdown"): string[] {
  return parseNote(text, format).links.map(
    (link) =>
      (link.field === "" ? "" : `${link.field}=`) +
      (link.embed ? "!" : "") +
      link.target +
      (link.heading === "" ? "" : `#${link.heading}`) +
      (link.block === "" ? "" : `^${link.block}`) +
      (link.alias === "" ? "" : `|${link.alias}`),
  );
}

function proseOf(text: string): string {
  const note = parseNote(text);
  const characters = [...note.text].map(() => "");
  for (let index = 0; index < note.text.length; index++) characters[index] = note.text[index] ?? "";
  for (const { start, end } of note.masked)
    for (let index = start; index < end; index++) characters[index] = "";
  return characters.join("");
}

describe("a wikilink", () => {
  test.each([
    ["[[Note]]", ["Note"]],
    ["[[Note|shown]]", ["Note|shown"]],
    ["[[Note|a|b]]", ["Note|a|b"]],
    ["[[Note#Heading]]", ["Note#Heading"]],
    ["[[Note#A#B|x]]", ["Note#A#B|x"]],
    ["[[#Heading]]", ["#Heading"]],
    ["[[Note#^block-1]]", ["Note^block-1"]],
    ["[[#^block]]", ["^block"]],
    ["![[Note]]", ["!Note"]],
    ["![[Note#Heading|x]]", ["!Note#Heading|x"]],
    ["[[Note.md]]", ["Note.md"]],
    ["[[folder/Note]]", ["folder/Note"]],
    ["[[../Note]]", ["../Note"]],
    ["[[ Note ]]", ["Note"]],
    ["[[日本語ノート|京都]]", ["日本語ノート|京都"]],
    ["[[👤 Ana]]", ["👤 Ana"]],
    ["[[A [b] c]]", ["A [b] c"]],
    ["[[A]][[B]]", ["A", "B"]],
    ["word[[A]]word", ["A"]],
    ["**[[A]]** and *[[B]]* and ~~[[C]]~~ and ==[[D]]==", ["A", "B", "C", "D"]],
    ["# Heading [[A]]\n\nSetext [[B]]\n---", ["A", "B"]],
    ["> [!note] [[A]]\n> text [[B]]\n> > [[C]]", ["A", "B", "C"]],
    ["- [[A]]\n  1. [[B]]\n- [ ] [[C]]\n- [x] [[D]]", ["A", "B", "C", "D"]],
    ["| a | b |\n|---|---|\n| [[A\\|x]] | [[B#h\\|y z]] |", ["A|x", "B#h|y z"]],
    ["| [[A]] |\n|---|\n| ![[B\\|x]] |", ["A", "!B|x"]],
    ["[[Note\\|a\\|b]]", ["Note|a|b"]],
    ["$$$ is dear: [[A]]\n\n$$$ too: [[B]]", ["A", "B"]],
    ["$$$ is dear, see [[A]]\n\n# Heading\n\n[[B]]", ["A", "B"]],
    ["$$\nno end, see [[A]]\n\n# Heading\n\n[[B]]", ["A", "B"]],
    ["text[^1]\n\n[^1]: see [[A]] and [x](B.md)\n[^2]: [[C]]", ["A", "B.md|x", "C"]],
    ["[text [[A]] more](https://x.y)", ["A"]],
    ["<b>[[A]]</b>", ["A"]],
    ["![alt [[A]]](image.png)", ["A"]],
    ["[^1]: [[A]]\n\ntext[^1]", ["A"]],
    ["line one [[A]]  \nline two [[B]]", ["A", "B"]],
    ["[[A]] (#no) [[B]]. [[C]], [[D]]: [[E]]!", ["A", "B", "C", "D", "E"]],
  ])("%s", (text, links) => {
    expect(linksOf(text)).toEqual(links);
  });

  test.each([
    "[[]]",
    "[[ ]]",
    "[[|x]]",
    "[[Note\nother]]",
    "[[Note]",
    "[Note]]",
    "a\\[[A]]",
    "`[[A]]`",
    "``a ` [[A]]``",
    "```\n[[A]]\n```",
    "~~~\n[[A]]\n~~~",
    "````\n```\n[[A]]\n```\n[[B]]\n````",
    "- list\n\n  ```js\n  [[A]]\n  ```",
    "> ```\n> [[A]]\n> ```",
    "    [[A]]",
    "\t[[A]]",
    "```\n[[A]] unclosed",
    "```dataview\nlist from [[A]]\n```",
    "<!-- [[A]] -->",
    "<!--\n\n[[A]]\n\n-->",
    "text <!-- [[A]] --> text",
    "$[[A]]$",
    "$$[[A]]$$",
    "$$\n[[A]]\n$$",
    "text $$\n[[A]]\n$$",
    "[[{{title}}]]",
    "[[{{date:YYYY-MM-DD}}|x]]",
    "[[<% tp.file.title %>]]",
    "[[image.png]]",
    "![[image.png|100]]",
    "![[Recording.m4a]]",
    "![[Base.base#View]]",
    "![[Drawing.excalidraw]]",
    "![[Drawing.excalidraw.md]]",
    "[[paper.pdf#page=3]]",
    "[[Board.canvas]]",
    "[[folder/]]",
  ])("is none in %j", (text) => {
    expect(linksOf(text)).toEqual([]);
  });

  test.each([
    "Version 1.9.x",
    "E. M. Forster",
    "Node.js",
    "D3.js",
    "tsconfig.json",
    "St. Ives",
    "2.0",
    "v1.2.3",
  ])("keeps the dots of the title %s", (title) => {
    expect(linksOf(`[[${title}]] and [[${title}#h|x]]`)).toEqual([title, `${title}#h|x`]);
  });
});

describe("a Markdown link", () => {
  test.each([
    ["[x](Note.md)", ["Note.md|x"]],
    ["[x](Note)", ["Note|x"]],
    ["[x](folder/My%20Note.md)", ["folder/My Note.md|x"]],
    ["[x](<My Note.md>)", ["My Note.md|x"]],
    ["[x](<Book: a title.md>)", ["Book: a title.md|x"]],
    ["[x](My%20Note.md#A%20heading)", ["My Note.md#A heading|x"]],
    ["[x](Note.md#^b1)", ["Note.md^b1|x"]],
    ["[x](#heading)", ["#heading|x"]],
    ['[x](Note.md "a title")', ["Note.md|x"]],
    ["[x](../up/Note.md)", ["../up/Note.md|x"]],
    ["[x](C%23%20notes.md)", ["C# notes.md|x"]],
    ["[x](100%.md)", ["100%.md|x"]],
    ["[x](My%20100%.md)", ["My 100%.md|x"]],
    ["[x](bad%E0%A4%A.md)", ["bad%E0%A4%A.md|x"]],
    ["[x](a\\_b.md)", ["a_b.md|x"]],
    ["[a (b) c](Note_(x).md)", ["Note_(x).md|a (b) c"]],
    ["[a [b] c](Note.md)", ["Note.md|a [b] c"]],
    ["[[1]](Note.md)", ["1"]],
    ["[a [b [c]] d](Note.md) [e](F.md)", ["Note.md|a [b [c]] d", "F.md|e"]],
    ["![alt [b]](Note.md)", ["!Note.md|alt [b]"]],
    ["[a **b**](Note.md)", ["Note.md|a **b**"]],
    ["![x](Note.md)", ["!Note.md|x"]],
    ["[x][ref]\n\n[ref]: Note.md", ["Note.md|x"]],
    ["[ref][]\n\n[REF]: <My Note.md> 'title'", ["My Note.md|ref"]],
    ["[ref]\n\n[ref]: Note.md#h", ["Note.md#h|ref"]],
    ["| a |\n|---|\n| [x](Note.md) |", ["Note.md|x"]],
  ])("%s", (text, links) => {
    expect(linksOf(text)).toEqual(links);
  });

  test.each([
    "[x](https://example.org/Note.md)",
    "[x](mailto:ana@example.org)",
    "[x](obsidian://open?vault=v&file=Note)",
    "[x](file:///home/ana/Note.md)",
    "[x](C:\\notes\\Note.md)",
    "[x](//example.org/a)",
    "[x](www.example.org)",
    "[x](tel:+551199)",
    "[x](image.png)",
    "![](image.png)",
    "[x](script.js)",
    "[x](data.csv)",
    "[x]()",
    "[x]",
    "[x][missing]",
    "`[x](Note.md)`",
    "\\[x](Note.md)",
    "https://example.org/Note.md",
    "<https://example.org>",
    "[x][r]\n\n[r]: https://example.org",
  ])("is none in %j", (text) => {
    expect(linksOf(text)).toEqual([]);
  });
});

describe("a field", () => {
  test.each([
    ["author:: [[Ana]]", ["author=Ana"]],
    ["author::[[Ana]]", ["author=Ana"]],
    ["people:: [[Ana]], [[Rui|R]] and [[Zé]]", ["people=Ana", "people=Rui|R", "people=Zé"]],
    ["- author:: [[Ana]]", ["author=Ana"]],
    ["- [ ] for:: [[Ana]]", ["for=Ana"]],
    ["> by:: [[Ana]]", ["by=Ana"]],
    ["**Author**:: [[Ana]]", ["Author=Ana"]],
    ["Lugar de criação:: [[Belém]]", ["Lugar de criação=Belém"]],
    ["著者:: [[夏目漱石]]", ["著者=夏目漱石"]],
    ["text [author:: [[Ana]]] text [[Rui]]", ["author=Ana", "Rui"]],
    ["text (author:: [[Ana]], [[Rui]]) text [[Zé]]", ["author=Ana", "author=Rui", "Zé"]],
    ["see [[Ana]] (with:: [[Rui]]) and (by:: [[Zé]])", ["Ana", "with=Rui", "by=Zé"]],
    ["author:: [[Ana]]\nand then [[Rui]]", ["author=Ana", "Rui"]],
    ["a: [[Ana]]", ["Ana"]],
    ["[[Ana]] said a:: b", ["Ana"]],
    ["`a::` [[Ana]]", ["Ana"]],
    ["12:: [[Ana]]", ["Ana"]],
  ])("%s", (text, links) => {
    expect(linksOf(text)).toEqual(links);
  });

  test("holds for every link of a long line", () => {
    const names = Array.from({ length: 300 }, (_, index) => `[[Person ${index}]]`);
    const fields = parseNote(`people:: ${names.join(", ")}`).links.map((link) => link.field);
    expect(new Set(fields)).toEqual(new Set(["people"]));
    expect(fields).toHaveLength(300);
  });
});

describe("what is masked", () => {
  test.each([
    ["a %%comment with [[A]] and words%% b", "a  b"],
    ["a\n\n%%\nlong\n\ncomment\n%%\n\nb", "a\n\n\n\nb"],
    ["a `code` b", "a  b"],
    ["a $x^2$ b, and $5 or $6 are prices", "a  b, and $5 or $6 are prices"],
    ["a <!-- comment --> b", "a  b"],
    ["a https://example.org/Ana b", "a  b"],
    ["a #tag b", "a  b"],
    ["a [[Ana|she]] b", "a  b"],
    ["a [she](Ana.md) b", "a  b"],
    ["50%% of it", "50%% of it"],
  ])("of %j leaves %j", (text, prose) => {
    expect(proseOf(text)).toBe(prose);
  });

  test("links in a comment are followed, as in Obsidian", () => {
    expect(linksOf("a %%see [[A]]%% b\n\n%%\n[[B]]\n%%")).toEqual(["A", "B"]);
  });

  test("spans are sorted, do not overlap and stay inside the text", () => {
    const text = "%%a [[b]] `c` #d%% [x `y`](z.md) %% $$e [[f]]$$ <b>#g</b> %%";
    let last = 0;
    for (const { start, end } of parseNote(text).masked) {
      expect(start).toBeGreaterThanOrEqual(last);
      expect(end).toBeGreaterThan(start);
      last = end;
    }
    expect(last).toBeLessThanOrEqual(text.length);
  });
});

test("offsets are those of the note, front matter and CRLF included", () => {
  const text = "---\r\na: 1\r\n---\r\n# T\r\n\r\nSee [[Ana|her]] and [x](B.md)\r\n";
  expect(parseNote(text).links.map((link) => text.slice(link.start, link.end))).toEqual([
    "[[Ana|her]]",
    "[x](B.md)",
  ]);
});

test("plain text knows wikilinks and tags, and takes no sign for anything else", () => {
  expect(linksOf("# not a heading [[A]]\n    [[B]]\n`[[C]]`\n[x](D.md)", "text")).toEqual(["A", "B", "C"]);
  expect(parseNote("# not a heading\n\n* a #tag", "text")).toMatchObject({ headings: [], tags: ["tag"] });
});

test("a tag of several words in Logseq is a link and a tag", () => {
  const note = parseNote("- done #[[two words]] #one");
  expect(note.tags).toEqual(["two words", "one"]);
  expect(note.links.map((link) => link.target)).toEqual(["two words"]);
});

test("an Excalidraw drawing keeps its links and its front matter, and has no text", () => {
  const drawing = parseNote(
    "---\nexcalidraw-plugin: parsed\ntags: [excalidraw]\n---\n# Text Elements\nHello [[Ana]] ^x\n%%\n# Drawing\n```compressed-json\nN4KA\n```\n%%",
  );
  expect(drawing.links.map((link) => link.target)).toEqual(["Ana"]);
  expect(drawing.bodyStart).toBe(drawing.text.length);
  expect(drawing.warnings).toHaveLength(1);
});
