import fc from "fast-check";
import { expect, it } from "vitest";
import { shareOfCapitals, standingOf, unused } from "../../src/knowledge/lexicon.ts";
import { namesOf } from "../support/names-of.ts";

it("a word that the vault writes small is no name at the start of a sentence, and one that it never does is", () => {
  expect(namesOf("Zumbari grows well.", "we planted zumbari", "the zumbari is green")).toEqual([]);
  expect(namesOf("Zumbari grows well.", "We talked to Zumbari.", "Ask Zumbari again.")).toEqual(["Zumbari"]);
});

it("one small use does not undo many capitals, many do", () => {
  const small = Array.from({ length: 40 }, () => "so we planted zumbari there");
  expect(namesOf("We talked to Zumbari.", "ask zumbari", "So ask Zumbari.", "He is Zumbari.")).toEqual([
    "Zumbari",
  ]);
  expect(namesOf("We talked to Zumbari.", ...small)).toEqual([]);
});

it("the standing of a word changes seldom: a vault that doubles changes it a few times", () => {
  const standings = new Set(
    Array.from({ length: 1000 }, (_, extra) => standingOf({ lower: 1000 + extra, capital: 10 })),
  );
  expect(standings.size).toBeLessThanOrEqual(3);
});

it("more small uses never make a word more of a name, more capitals never less", () => {
  const count = fc.integer({ min: 0, max: 5000 });
  fc.assert(
    fc.property(count, count, count, fc.integer({ min: 0, max: 7 }), (lower, capital, more, prior) => {
      const share = (own: number, other: number) =>
        shareOfCapitals("zumbari", standingOf({ lower: own, capital: other }), prior);
      expect(share(lower + more, capital)).toBeLessThanOrEqual(share(lower, capital));
      expect(share(lower, capital + more)).toBeGreaterThanOrEqual(share(lower, capital));
    }),
  );
});

it("nobody's uses leave what the world does with the word", () => {
  expect(shareOfCapitals("zumbari", unused, 7)).toBeGreaterThan(0.9);
  expect(shareOfCapitals("zumbari", unused, 0)).toBeLessThan(0.1);
});
