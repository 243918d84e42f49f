import fc from "fast-check";
import { expect, test } from "vitest";
import { withoutAccents } from "../../src/knowledge/names.ts";
import { wordsOf } from "../../src/knowledge/words.ts";

const seed = 20_261_125;
/** A letter that has the whole text read by the pattern for any script. */
const anyScript = " ж";

test("Latin text is read into the same words as text of any script", () => {
  const pieces = fc.constantFrom(
    "a",
    "É",
    "ç",
    "ÿ",
    "x+",
    "#",
    "++",
    "C",
    " ",
    "-",
    "’",
    "…",
    "9",
    "\n",
    "_",
    "ß",
    "ﬁ",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: pieces, maxLength: 30 }),
        fc.string({
          unit: fc.integer({ min: 0, max: 0x2ff }).map((unit) => String.fromCharCode(unit)),
          maxLength: 30,
        }),
      ),
      (text) => {
        expect(wordsOf(text)).toEqual(wordsOf(text + anyScript).slice(0, -1));
      },
    ),
    { seed, numRuns: 3_000 },
  );
});

test("a word's plain form is its folded form without accents", () => {
  for (const text of ["Reunião Às 9h", "Ångström naïve", "Øystein", "ÜBER straße", "δοκιμή"]) {
    for (const { folded, plain } of wordsOf(text)) expect(plain).toBe(withoutAccents(folded));
  }
});
