import { describe, expect, it } from "vitest";
import { dayOfTitle, statedOn } from "../../src/knowledge/stated-on.ts";

const friday = "2024-05-03";

describe("the date that a sentence gives", () => {
  it.each([
    ["Ana nasceu em 3 de maio de 2024.", "2024-05-03"],
    ["Desde 1º de janeiro de 2020 mora aqui.", "2020-01-01"],
    ["Foi dia 3/5/2024.", "2024-05-03"],
    ["Mudou-se em maio de 2023.", "2023-05"],
    ["Mudou-se em 2019.", "2019"],
    ["Vi a Ana terça passada.", "2024-04-30"],
    ["Vi a Ana na sexta-feira passada.", "2024-04-26"],
    ["Vi a Ana anteontem.", "2024-05-01"],
    ["Vejo a Ana na próxima segunda.", "2024-05-06"],
    ["Vejo a Ana sexta que vem.", "2024-05-10"],
    ["Vi a Ana há duas semanas.", "2024-04-19"],
    ["Vi a Ana 3 dias atrás.", "2024-04-30"],
    ["Vi a Ana no mês passado.", "2024-04"],
    ["Vi a Ana no ano passado.", "2023"],
    ["Na segunda vez vai ter sexo na novela.", friday],
    ["Não diz nada.", friday],
  ])("is read in Portuguese, relative to the day of its note: %s", (sentence, date) => {
    expect(statedOn(sentence, "pt", friday)).toBe(date);
  });

  it.each([
    ["Ana was born on May 3, 2024.", "2024-05-03"],
    ["Ana was born in May 2024.", "2024-05"],
    ["Ana moved in 1990.", "1990"],
    ["We met last Tuesday.", "2024-04-30"],
    ["We met the day before yesterday.", "2024-05-01"],
    ["We met last month.", "2024-04"],
    ["We met on 2021-02-03.", "2021-02-03"],
    ["We met on 05/03/2021.", friday],
    ["Ana may go at 3pm with 12 friends.", friday],
  ])("is read in English: %s", (sentence, date) => {
    expect(statedOn(sentence, "en", friday)).toBe(date);
  });

  it("is nobody's guess: without a day, only what is the same on any day counts", () => {
    expect(statedOn("Vi a Ana ontem.", "pt", "")).toBe("");
    expect(statedOn("We met last Tuesday.", "en", "")).toBe("");
    expect(statedOn("We met on the 3rd of May.", "en", "")).toBe("");
    expect(statedOn("We met on the 3rd of May 2021.", "en", "")).toBe("2021-05-03");
  });

  it("is one that the calendar has", () => {
    expect(statedOn("Foi em 31/02/2024.", "pt", "")).toBe("");
  });
});

it.each([
  ["2024-05-03", friday],
  ["2024-05-03 Friday", friday],
  ["2024_05_03", friday],
  ["20240503", friday],
  ["31.12.2023", "2023-12-31"],
  ["May 3rd, 2024", friday],
  ["sexta-feira, 3 de maio de 2024", friday],
  ["05-03-2024", ""],
  ["2024-05", ""],
  ["2024-W18", ""],
  ["Ideas", ""],
])("the day of the daily note %s is %s", (title, day) => {
  expect(dayOfTitle(title)).toBe(day);
});
