import { describe, expect, test } from "vitest";
import { Gazetteer } from "../../src/knowledge/gazetteer.ts";
import { byCodePoint, fold, withoutAccents } from "../../src/knowledge/names.ts";
import { spokenForm } from "../../src/knowledge/spoken-form.ts";
import { searchText, wordsOf } from "../../src/knowledge/words.ts";

describe("a name's key", () => {
  test.each([
    ["Ada Lovelace", "ada lovelace"],
    ["João", "joão"],
    ["João".normalize("NFD"), "joão"],
    ["STRASSE", "strasse"],
    ["Straße", "strasse"],
    ["ΣΟΦΟΣ", "σοφοσ"],
    ["σοφός", "σοφόσ"],
    ["ﬁle", "file"],
    ["東京タワー", "東京タワー"],
  ])("of %s is %s", (name, key) => {
    expect(fold(name)).toBe(key);
  });

  test("loses its accents in Latin script only", () => {
    expect(withoutAccents(fold("João Ângelo"))).toBe("joao angelo");
    expect(withoutAccents(fold("Йога"))).toBe("йога");
    expect(withoutAccents(fold("ガラス"))).toBe("ガラス");
  });
});

describe("words", () => {
  test("keep the signs that belong to them", () => {
    expect(wordsOf("C++ and C# in 2024.").map((word) => word.folded)).toEqual([
      "c++",
      "and",
      "c#",
      "in",
      "2024",
    ]);
  });

  test("are single characters where a script has no spaces", () => {
    expect(wordsOf("東京へ行く").map((word) => word.folded)).toEqual(["東", "京", "へ", "行", "く"]);
  });

  test("know where they stand", () => {
    const text = "— Ana, João!";
    expect(wordsOf(text).map(({ start, end }) => text.slice(start, end))).toEqual(["Ana", "João"]);
  });

  test("of a search have no accents", () => {
    expect(searchText("Reunião em São Paulo!")).toBe("reuniao em sao paulo");
  });
});

test("a name is spoken without the signs around it, and hyphens are spaces", () => {
  expect(spokenForm("👤 Jean-Paul Sartre")).toBe("jean paul sartre");
  expect(spokenForm("Node.js")).toBe("node.js");
  expect(spokenForm("O’Brien")).toBe("o'brien");
});

test("names are ordered by code point, beyond the basic plane too", () => {
  expect(["\u{1F600}", "\uFF5E", "b", "a"].toSorted(byCodePoint)).toEqual(["a", "b", "\uFF5E", "\u{1F600}"]);
});

describe("the gazetteer", () => {
  const gazetteer = new Gazetteer(
    ["new york", "new york times", "joão", "node.js", "c++", "東京", "jean paul"].map(spokenForm),
  );
  const found = (text: string, masked: number[] = []) =>
    gazetteer.find(text, masked).map((name) => text.slice(name.start, name.end));

  test("finds the longest name, left to right", () => {
    expect(found("The New York Times of New York")).toEqual(["New York Times", "New York"]);
  });

  test("finds whole words only", () => {
    expect(found("joãozinho, João e joao")).toEqual(["João", "joao"]);
  });

  test("finds names over a line break and through Markdown marks, not over a blank line or a full stop", () => {
    expect(found("New\nYork")).toEqual(["New\nYork"]);
    expect(found("**New** York")).toEqual(["New** York"]);
    expect(found("New\n\nYork")).toEqual([]);
    expect(found("New. York")).toEqual([]);
  });

  test("finds names of unspaced scripts inside other characters", () => {
    expect(found("昨日東京へ")).toEqual(["東京"]);
  });

  test("takes the signs of a name seriously", () => {
    expect(found("C and C++, node js and Node.js")).toEqual(["C++", "Node.js"]);
  });

  test("reads a hyphen like a space", () => {
    expect(found("Jean-Paul and Jean Paul")).toEqual(["Jean-Paul", "Jean Paul"]);
  });

  test("finds nothing in what is masked, nor across it", () => {
    const text = "New `New York` York";
    expect(found(text, [4, 14])).toEqual([]);
    expect(found("New `x` York", [4, 7])).toEqual([]);
  });

  test("keeps the spelling that the text has", () => {
    expect(gazetteer.find("joao", []).map((name) => name.spoken)).toEqual(["joao"]);
  });
});
