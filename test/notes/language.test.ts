import { expect, test } from "vitest";
import { parseNote } from "../../src/notes/parse-note.ts";

const english = "We left early in the morning and walked along the river until the rain began to fall.";
const portuguese = "Saímos cedo pela manhã e caminhamos ao longo do rio até que a chuva começou a cair.";
const spanish = "Salimos temprano por la mañana y caminamos a lo largo del río hasta que empezó a llover.";
const japanese = "私たちは朝早く出発し、雨が降り始めるまで川沿いを歩きました。";

test.each([
  ["en", english],
  ["pt", portuguese],
  ["es", spanish],
  ["ja", japanese],
  ["und", "Ana, 10 h"],
  ["und", ""],
  [
    "und",
    "```js\nconst letters = await loadAllOfTheLettersFromTheServer();\nreturn letters.map(print);\n```",
  ],
  [
    "und",
    "[[The Great Gatsby]] [[The Old Man and the Sea]] #reading #books https://example.org/some/long/path",
  ],
  ["und", "---\ndescription: This is a long English description of the note in its front matter\n---\n12"],
])("is %s for %j", (language, text) => {
  expect(parseNote(text).language).toBe(language);
});

test("is that of the prose, not of the code and the front matter around it", () => {
  const code = "```\nthe quick brown fox jumps over the lazy dog and then it sleeps for the whole day\n```\n";
  expect(
    parseNote(`---\ntitle: The day we walked along the river\n---\n${code}${portuguese}\n${code}`).language,
  ).toBe("pt");
});

test("is found behind much white space and many links", () => {
  expect(parseNote(`${"\n".repeat(3_000)}${portuguese}`).language).toBe("pt");
  expect(parseNote(`${"[[Some English name]] ".repeat(200)}\n\n${portuguese}`).language).toBe("pt");
});
