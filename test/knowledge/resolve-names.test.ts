import { describe, expect, test } from "vitest";
import { type NamedNote, NameTable } from "../../src/knowledge/resolve-names.ts";

function table(...notes: (string | [path: string, ...aliases: string[]])[]): NameTable {
  return new NameTable(
    notes.map((entry): NamedNote => {
      const [path, ...aliases] = typeof entry === "string" ? [entry] : entry;
      return { id: path, path, kind: "note", aliases };
    }),
  );
}

describe("names that are one", () => {
  test("a title names its note's entity, whatever the case", () => {
    expect(table("Ada Lovelace.md").entityOfSpoken("ada lovelace")).toBe("ada lovelace");
  });

  test("an alias names the entity of the one note that has it", () => {
    const names = table(["Ada Lovelace.md", "Countess"]);
    expect(names.entityOfSpoken("countess")).toBe("ada lovelace");
    expect(names.entity("ada lovelace")?.aliases).toEqual(["Countess"]);
  });

  test("an unaccented spelling joins the one accented spelling", () => {
    expect(table("João.md").entityOfSpoken("joao")).toBe("joão");
    const both = table("João.md", "x/joao.md");
    expect(both.entityOfNote("x/joao.md")).toBe("joão");
    expect(both.entity("joão")?.name).toBe("João");
  });

  test("an accented spelling in prose joins an unaccented title while it is the only one", () => {
    const names = table("Joao.md");
    expect(names.entityOfSpoken("joão")).toBe("joao");
    names.learnSpellings(new Map([["joao", new Set(["joão", "joaõ"])]]));
    expect(names.entityOfSpoken("joão")).toBeUndefined();
  });
});

describe("names that are not one", () => {
  test("two accents never join, and the plain spelling then means neither", () => {
    const names = table("Vovó.md", "Vovô.md");
    expect(names.entityOfSpoken("vovó")).toBe("vovó");
    expect(names.entityOfSpoken("vovô")).toBe("vovô");
    expect(names.entityOfSpoken("vovo")).toBeUndefined();
  });

  test("a plain title stays alone beside two accented ones", () => {
    expect(table("avo.md", "avó.md", "avô.md").entityOfNote("avo.md")).toBe("avo");
  });

  test("an alias that two notes claim means nobody", () => {
    const names = table(["Ana Souza.md", "Ana"], ["Ana Lima.md", "Ana"]);
    expect(names.entityOfSpoken("ana")).toBeUndefined();
    expect(names.entityOfNote("Ana Souza.md")).not.toBe(names.entityOfNote("Ana Lima.md"));
  });

  test("a title beats somebody else's alias", () => {
    expect(table("Ada.md", ["Ada Lovelace.md", "Ada"]).entityOfSpoken("ada")).toBe("ada");
  });

  test("part numbers and relatives stay apart", () => {
    const names = table("ASR1603.md", "ASR1605.md", "Ivo Pitanguy.md", "Ivo Pitanguy Filho.md");
    expect([...names.keys()]).toHaveLength(4);
  });

  test("other scripts are not folded", () => {
    expect(table("и.md", "й.md").entityOfNote("й.md")).toBe("й");
  });
});

test("notes of the same name in several folders speak of one thing", () => {
  const names = table("a/Index.md", "b/index.md");
  expect(names.entityOfNote("a/Index.md")).toBe(names.entityOfNote("b/index.md"));
});

test("days and templates describe nothing", () => {
  const names = new NameTable([
    { id: "1", path: "2024-05-03.md", kind: "daily", aliases: [] },
    { id: "2", path: "Templates/Person.md", kind: "template", aliases: ["Someone"] },
  ]);
  expect([...names.keys()]).toEqual([]);
  expect(names.entityOfSpoken("someone")).toBeUndefined();
});

test("words of grammar, numbers and single letters name nothing in prose, though a note may be called so", () => {
  const names = table("Para.md", "The.md", "42.md", "A.md");
  expect(names.spellings()).toEqual([]);
  expect(names.entityOfNote("Para.md")).toBe("para");
});

test("a wished-for note in a folder is called by its last part", () => {
  expect(table("People/Bia").entityOfNote("People/Bia")).toBe("bia");
});
