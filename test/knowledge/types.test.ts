import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { majorityType, typeOfKind } from "../../src/knowledge/entity-type.ts";
import { factType } from "../../src/knowledge/fact-type.ts";
import { quoteAround } from "../../src/knowledge/quote.ts";

describe("a fact's type", () => {
  test.each([
    ["author", "AUTHOR"],
    ["born in", "BORN_IN"],
    ["nascida-em", "NASCIDA_EM"],
    ["worksAt", "WORKS_AT"],
    ["direção", "DIREÇÃO"],
    ["作者", "作者"],
    ["2nd reader", "_2ND_READER"],
    ["mentions", "MENTIONS_FACT"],
    ["links to", "LINKS_TO_FACT"],
  ])("of %s is %s", (raw, type) => {
    expect(factType(raw)).toBe(type);
  });

  test("is never more than letters, digits and underscores, at most 64 of them, whatever was said", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (raw) => {
        const type = factType(raw);
        if (type !== undefined) expect(type).toMatch(/^[\p{L}\p{M}\p{N}_]+$/u);
        expect([...(type ?? "")].length).toBeLessThanOrEqual(64);
      }),
    );
    expect(factType("x`) DETACH DELETE n //")).toBe("X_DETACH_DELETE_N");
    expect(factType("` `")).toBeUndefined();
    expect([...(factType("a".repeat(200)) ?? "")]).toHaveLength(64);
  });
});

describe("an entity's type", () => {
  test.each([
    ["People", "Person"],
    ["pessoa", "Person"],
    ["projects/garden", "Project"],
    ["Reunião", "Event"],
    ["book", "Work"],
    ["blue", undefined],
  ])("said as %s is %s", (kind, type) => {
    expect(typeOfKind(kind)).toBe(type);
  });

  test("is that of most votes, ties by code point, a Concept without any", () => {
    expect(majorityType(["Work", "Person", "Work"])).toBe("Work");
    expect(majorityType(["Work", "Person"])).toBe("Person");
    expect(majorityType([])).toBe("Concept");
  });
});

test("a quote is the sentence around a place, verbatim and not too long", () => {
  const text = "One. Ada wrote it. Three.\nNext line.";
  expect(quoteAround(text, 5, 8)).toBe("Ada wrote it.");
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 600 }), fc.nat(), (anything, at) => {
      const well = anything.toWellFormed();
      const start = at % well.length;
      const quote = quoteAround(well, start, start);
      expect(quote.length).toBeLessThanOrEqual(245);
      expect(well).toContain(quote);
    }),
  );
});
