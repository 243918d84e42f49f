import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { noteKind, titleOf } from "../../src/notes/note-kind.ts";
import { readObsidianSettings } from "../../src/notes/obsidian-settings.ts";
import { temporaryFolder } from "../support/folder.ts";

test.each([
  "2024-01-05",
  "20240105",
  "2024_01_05",
  "2024.01.05",
  "2024 01 05",
  "05-01-2024",
  "5.1.2024",
  "12-25-2024",
  "2024-01-05 Friday",
  "2024-01-05 Fri",
  "2024-01-05 (Friday)",
  "2024-01-05, sexta-feira",
  "Friday 2024-01-05",
  "2024-01",
  "202401",
  "01-2024",
  "2024-01 January",
  "2024-W05",
  "2024-W5",
  "2024-W05-1",
  "2024W05",
  "W05-2024",
  "2024-Q1",
  "Q1 2024",
  "Week 5",
  "Week 5 2024",
  "2024 Week 5",
  "Semana 5 de 2024",
  "1º trimestre de 2024",
  "1984",
  "2024",
  "January 5, 2024",
  "January 5th, 2024",
  "Jan 5th, 2024",
  "Jan 5 2024",
  "5 January 2024",
  "5th of January 2024",
  "Friday, January 5, 2024",
  "May 2024",
  "May, 2024",
  "2024 May",
  "2024-May-05",
  "May 5",
  "May 5th",
  "12 May",
  "Sept 11 2001",
  "5 de janeiro de 2024",
  "1º de maio de 2023",
  "5 janeiro 2024",
  "5 de março",
  "março de 2024",
  "marco 2024",
  "Maio 2024",
  "maio/2024".replace("/", "-"),
  "sexta-feira, 5 de janeiro de 2024",
  "Sexta 5 de janeiro de 2024",
  "segunda, 05-02-2024",
  "sábado 2024-01-06",
  "terça-feira 2024-01-02",
  "mar\u0063\u0327o de 2024",
  "2024年1月5日",
  "2024年1月",
])("%s is the title of a day, a month or a year", (title) => {
  expect(noteKind(`Journal/${title}.md`, [])).toBe("daily");
});

test.each([
  "2001 A Space Odyssey",
  "1984 (novel)",
  "Maio",
  "May",
  "May Sarton",
  "March plan",
  "March on Washington",
  "Abril Silva",
  "Domingo",
  "Friday",
  "2024 goals",
  "Plan 2024",
  "2024-01-05 Meeting with Ana",
  "Meeting 2024-01-05",
  "Version 1.2.24",
  "12",
  "007",
  "9999",
  "3000",
  "0042",
  "1200 reais",
  "2024-13-01",
  "2024-01-32",
  "99 January",
  "Week",
  "Semana santa",
  "Set theory",
  "Out of Africa",
  "Dez",
  "Sun",
  "Quinta do Lago",
  "Sábado de sol",
  "Augusto",
  "Agosto de Deus",
  "Q1",
  "Juno",
  "Marcos 2",
  "12345678",
  "202313",
  "10 downing",
  "Jan",
  "Julho 32 de 2024x",
])("%s is the title of a note", (title) => {
  expect(noteKind(`${title}.md`, [])).toBe("note");
});

test.each([
  ["Templates/Person.md", "template"],
  ["templates/deep/er/Person.md", "template"],
  ["_templates/Person.md", "template"],
  ["99 - Templates/2024-01-05.md", "template"],
  ["📁 Templates/Person.md", "template"],
  ["Área/Modelos/Pessoa.md", "template"],
  ["Modelo/Pessoa.md", "template"],
  ["Templates.md", "note"],
  ["Template ideas/Person.md", "note"],
  ["Contemplates/Person.md", "note"],
])("%s is a %s by the name of its folder", (path, kind) => {
  expect(noteKind(path, [])).toBe(kind);
});

test("template folders are also those that Obsidian and Templater are set to", async () => {
  const vault = temporaryFolder();
  mkdirSync(join(vault, ".obsidian/plugins/templater-obsidian"), { recursive: true });
  writeFileSync(join(vault, ".obsidian/templates.json"), JSON.stringify({ folder: "/Meta/Moldes/" }));
  writeFileSync(
    join(vault, ".obsidian/plugins/templater-obsidian/data.json"),
    JSON.stringify({ templates_folder: "Scripts/Cafe\u0301" }),
  );
  const { templateFolders } = await readObsidianSettings(vault);
  expect(noteKind("Meta/Moldes/Pessoa.md", templateFolders)).toBe("template");
  expect(noteKind("Scripts/Café/a/Pessoa.md", templateFolders)).toBe("template");
  expect(noteKind("Meta/Moldes antigos/Pessoa.md", templateFolders)).toBe("note");
});

test("broken and odd settings count as none", async () => {
  const vault = temporaryFolder();
  mkdirSync(join(vault, ".obsidian"));
  writeFileSync(join(vault, ".obsidian/templates.json"), "{ broken");
  writeFileSync(
    join(vault, ".obsidian/app.json"),
    JSON.stringify({ userIgnoreFilters: [1, null, "", "A/"] }),
  );
  expect(await readObsidianSettings(vault)).toEqual({ templateFolders: [], ignored: ["A/"] });
  expect(await readObsidianSettings(join(vault, "nowhere"))).toEqual({ templateFolders: [], ignored: [] });
});

test("a title is the file's name without its ending", () => {
  expect(titleOf("a/b/E. M. Forster.md")).toBe("E. M. Forster");
  expect(titleOf("Upper.MD")).toBe("Upper");
  expect(titleOf("x.markdown")).toBe("x");
});
