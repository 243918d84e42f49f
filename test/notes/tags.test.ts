import { expect, test } from "vitest";
import { parseNote } from "../../src/notes/parse-note.ts";

test.each([
  ["#tag", ["tag"]],
  ["a #tag, and #other.", ["tag", "other"]],
  ["#area/health/sleep", ["area/health/sleep"]],
  ["#area/ text", ["area"]],
  ["#ação #東京 #über #μ", ["ação", "東京", "über", "μ"]],
  ["#ac\u0327a\u0303o", ["ação"]],
  ["#🎉 #📚books", ["🎉", "📚books"]],
  ["#y1984 #3d_printing #2024-05 #2024/05", ["y1984", "3d_printing", "2024-05", "2024/05"]],
  ["#a-b_c", ["a-b_c"]],
  [
    "# Heading #tag\n\n- #list\n- [ ] #task\n\n> #quote\n> [!note] #callout",
    ["tag", "list", "task", "quote", "callout"],
  ],
  ["**bold** #tag\nline\n#next", ["tag", "next"]],
  ["#twice #twice", ["twice"]],
  ["| #a | #b |\n|---|---|\n| #c | d |", ["a", "b", "c"]],
  ["%%#hidden%% and %% #inside %%", ["inside"]],
])("%j has the tags %j", (text, tags) => {
  expect(parseNote(text).tags).toEqual(tags);
});

test.each([
  "#1984 #2024 #1/",
  "# heading",
  "##tag",
  "a#tag",
  "C# and F#",
  "(#tag)",
  "[#tag]",
  '"#tag"',
  "`#tag`",
  "```\n#tag\n```",
  "    #tag",
  "https://example.org/#tag",
  "https://example.org/page#tag",
  "[x](#heading)",
  "[[Note#heading]]",
  "\\#tag",
  "<!-- #tag -->",
  "$#tag$",
  "&#123;",
  "#-",
  "#!",
  "#",
])("%j has no tag", (text) => {
  expect(parseNote(text).tags).toEqual([]);
});

test("tags of the front matter come first, and each tag once", () => {
  expect(parseNote("---\ntags: [b, a]\n---\n#a #c").tags).toEqual(["b", "a", "c"]);
});
