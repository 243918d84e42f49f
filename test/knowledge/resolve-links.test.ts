import { describe, expect, test } from "vitest";
import { LinkResolver } from "../../src/knowledge/resolve-links.ts";

const note = (path: string, ...aliases: string[]) => ({ id: path, path, aliases });

function resolved(
  notes: readonly ReturnType<typeof note>[],
  source: string,
  target: string,
  style: "wiki" | "markdown" = "wiki",
): string {
  const meant = new LinkResolver(notes).resolve({ target, style }, note(source));
  return meant.kind === "note" ? meant.id : `missing ${meant.path}`;
}

const notes = [
  note("Note.md"),
  note("a/Note.md"),
  note("a/b/Note.md"),
  note("a/b/Only.md"),
  note("c/Só aqui.md"),
  note("c/Plain.txt"),
  note("d/Ada Lovelace.md", "Countess", "Only"),
];

describe("a link by base name", () => {
  test.each([
    ["a note in the same folder first", "a/Source.md", "Note", "a/Note.md"],
    ["the shortest path from elsewhere", "z/Source.md", "Note", "Note.md"],
    ["any case", "Source.md", "ONLY", "a/b/Only.md"],
    ["another Unicode form", "Source.md", "Só aqui".normalize("NFD"), "c/Só aqui.md"],
    ["with its ending", "Source.md", "Only.md", "a/b/Only.md"],
    ["a text file", "Source.md", "Plain", "c/Plain.txt"],
  ])("finds %s", (_what, source, target, expected) => {
    expect(resolved(notes, source, target)).toBe(expected);
  });
});

describe("a link by path", () => {
  test.each([
    ["the exact path", "z/Source.md", "a/b/Note", "a/b/Note.md"],
    ["the end of a path", "z/Source.md", "b/Only", "a/b/Only.md"],
    ["a path from the root", "a/Source.md", "/Note", "Note.md"],
    ["a path from here", "a/b/Source.md", "./Note", "a/b/Note.md"],
    ["a path upwards", "a/b/Source.md", "../Note", "a/Note.md"],
  ])("finds %s", (_what, source, target, expected) => {
    expect(resolved(notes, source, target)).toBe(expected);
  });

  test("reads a Markdown link from its own folder first", () => {
    const both = [note("b/c.md"), note("a/b/c.md")];
    expect(resolved(both, "a/Source.md", "b/c.md", "markdown")).toBe("a/b/c.md");
    expect(resolved(both, "a/Source.md", "b/c", "wiki")).toBe("b/c.md");
  });
});

test("an alias is found last: a note of that name comes first", () => {
  expect(resolved(notes, "Source.md", "countess")).toBe("d/Ada Lovelace.md");
  expect(resolved(notes, "Source.md", "Only")).toBe("a/b/Only.md");
});

test("a link to nothing is a wish, called as it is written, from the vault's root", () => {
  expect(resolved(notes, "a/Source.md", "Nobody.md")).toBe("missing Nobody");
  expect(resolved(notes, "a/b/Source.md", "../Nobody")).toBe("missing a/Nobody");
});

test("a link without target means its own note", () => {
  expect(resolved(notes, "a/Note.md", "")).toBe("a/Note.md");
});

test("of two paths that fold alike the same one is always meant", () => {
  const twins = [note("Twin.md"), note("twin.md")];
  expect(resolved(twins, "Source.md", "TWIN")).toBe(resolved(twins.toReversed(), "Source.md", "TWIN"));
});

test("a backslash belongs to a name that has one, else it stands between folders", () => {
  expect(resolved([note("a\\b.md")], "Source.md", "a\\b")).toBe("a\\b.md");
  expect(resolved([note("a/b.md")], "Source.md", "a\\b")).toBe("a/b.md");
});
