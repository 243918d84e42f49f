import { describe, expect, it } from "vitest";
import { capitalPrior } from "../../src/extraction/capital-prior.ts";
import { decodeRuns, encodeRuns, type Run } from "../../src/knowledge/candidate.ts";
import { countUses, findCandidates } from "../../src/knowledge/find-candidates.ts";
import { addEncodedUses, encodeUses, type WordUses } from "../../src/knowledge/lexicon.ts";
import { namesOf } from "../support/names-of.ts";

function runsOf(text: string, masked: readonly number[] = []): Run[] {
  return findCandidates(text, masked, capitalPrior, new Map());
}

function usesOf(text: string): WordUses {
  const uses: WordUses = new Map();
  countUses(text, [], uses);
  return uses;
}

describe("names in English prose", () => {
  it("are runs of capitalised words, with the small words of names between them", () => {
    expect(namesOf("We met Vincent van Gogh at the University of the West near Lake Geneva.")).toEqual([
      "Vincent van Gogh",
      "University of the West",
      "Lake Geneva",
    ]);
  });

  it("keep initials, hyphens, apostrophes, dotted and joined letters", () => {
    expect(
      namesOf("There J. R. R. Tolkien wrote to Jean-Pierre O'Brien of AT&T in the U.S. about C++."),
    ).toEqual(["J. R. R. Tolkien", "Jean-Pierre O'Brien of AT&T", "U.S."]);
  });

  it("leave the first word of a sentence out when it is an ordinary one", () => {
    expect(namesOf("When Ada Lovelace came, it rained. Historic London slept. Yesterday it rained.")).toEqual(
      ["Ada Lovelace", "London"],
    );
  });

  it("are two where a conjunction joins persons, and one inside the name of an institution", () => {
    expect(namesOf("It was Marta and Rui who wrote to the Ministry of Health and Welfare.")).toEqual([
      "Marta",
      "Rui",
      "Ministry of Health and Welfare",
    ]);
  });

  it("lose titles of persons, months, days and possessives", () => {
    expect(
      namesOf("On Monday Dr. Ana Souza saw Queen Mary's garden; in March 2021 Prime Minister Attlee came."),
    ).toEqual(["Ana Souza", "Mary", "Attlee"]);
  });

  it("are what a prefix or a suffix is tied to", () => {
    expect(namesOf("An anti-Napoleon song from a Lisbon-based band at al-Hasakah.")).toEqual([
      "Napoleon",
      "Lisbon",
      "al-Hasakah",
    ]);
  });

  it("have versions and years with them, but no amounts", () => {
    expect(namesOf("Some ran Windows 11 at the 2012 Summer Olympics in Kiritimati 265 hours long.")).toEqual([
      "Windows 11",
      "2012 Summer Olympics",
      "Kiritimati",
    ]);
  });

  it("are the whole of a quoted title", () => {
    expect(namesOf("She reads “The Master and Margarita” and *The Lighthouse Ledger* again.")).toEqual([
      "The Master and Margarita",
      "The Lighthouse Ledger",
    ]);
  });
});

describe("names in Portuguese prose", () => {
  it("have de, da and dos in them", () => {
    expect(namesOf("Ontem a Maria do Carmo da Silva foi à Fundação Oswaldo Cruz no Rio de Janeiro.")).toEqual(
      ["Maria do Carmo da Silva", "Fundação Oswaldo Cruz", "Rio de Janeiro"],
    );
  });

  it("leave out what only begins a sentence", () => {
    expect(
      namesOf("Encontra-se em Manaus. Segundo o João, chove em Portugal. Popularmente dizem que não."),
    ).toEqual(["Manaus", "João", "Portugal"]);
  });

  it("lose titles and dates", () => {
    expect(
      namesOf("Na segunda-feira, a Dona Lurdes e o Dr. Tomé viram, em Maio, o presidente Lula."),
    ).toEqual(["Lurdes", "Tomé", "Lula"]);
  });
});

describe("what is no name", () => {
  it("is a heading, a button, a table cell, a check box, a callout", () => {
    const text = [
      "# Getting Started",
      "- [ ] Buy Milk",
      "- Click **Save Changes** or the Archive button.",
      "| Status | Notes |",
      "| --- | --- |",
      "| Done | Important |",
      "> [!tip] Remember the rules",
      "1. Preheat oven",
      "**Note**: bring water.",
    ].join("\n");
    expect(
      namesOf(text, "the status is done, the notes are important, save the changes, buy some milk"),
    ).toEqual([]);
  });

  it("is a person in a list or a heading all the same", () => {
    expect(namesOf("# Ana Souza\n\n- Carlos\n- Ask Rui")).toEqual(["Ana Souza", "Carlos", "Rui"]);
  });

  it("is code, a form to fill in, a file, a handle", () => {
    expect(
      namesOf("Use lineNumber, snake_Case, YYYY-MM-DD, Notes.md and me@Example for X.Y.Z or H2."),
    ).toEqual([]);
  });

  it("is an acronym that stands for small words", () => {
    expect(namesOf("They filled it with liquid oxygen (LOX) for NASA, as a PDF.")).toEqual(["NASA"]);
  });

  it("is what is masked", () => {
    const text = "We saw Ada in London.";
    expect(
      runsOf(text, [text.indexOf("Ada"), text.indexOf("Ada") + 3]).flatMap((run) => run.words),
    ).toHaveLength(2);
  });
});

it("a line that is wrapped by hand goes on: its first word begins no sentence", () => {
  const text = "It was a long and quiet way by the river from Porto down to\nItapuã where the boats lie.";
  const inside = usesOf(text).get("itapuã");
  expect(inside).toEqual({ lower: 0, capital: 1 });
});

it("counts small words, and capitals only where they mean something", () => {
  const uses = usesOf("Rock is hard. The rock by Rock Creek. Click the Rock button.");
  expect(uses.get("rock")).toEqual({ lower: 1, capital: 1 });
  const sum: WordUses = new Map();
  addEncodedUses(encodeUses(uses), 1, sum);
  expect(sum).toEqual(uses);
  addEncodedUses(encodeUses(uses), -1, sum);
  expect(new Set([...sum.values()].flatMap((use) => [use.lower, use.capital]))).toEqual(new Set([0]));
});

it("is the same after it was sent as numbers", () => {
  const runs = runsOf("Then “The Third Man” met iPhone 15, NASA and Ada in 2020.");
  expect(decodeRuns(encodeRuns(runs))).toEqual(runs);
});

it("reads any text without an error, in time that grows with its length", () => {
  const hostile = [
    "A".repeat(50_000),
    "A.".repeat(25_000),
    "“".repeat(50_000),
    "*_".repeat(20_000),
    "[A ".repeat(15_000),
  ];
  for (const text of [...hostile, "😀 Ada", "\ud800A", "A\u0301da", "Ünïcödé Ñandú 東京 Москва"]) {
    const start = performance.now();
    const runs = runsOf(text);
    for (const word of runs.flatMap((run) => run.words)) expect(word.end).toBeGreaterThan(word.start);
    expect(performance.now() - start).toBeLessThan(2000);
  }
});
