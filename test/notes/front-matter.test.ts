import { describe, expect, test } from "vitest";
import { readFrontMatter } from "../../src/notes/front-matter.ts";
import { parseNote } from "../../src/notes/parse-note.ts";

const read = (yaml: string) => readFrontMatter(`---\n${yaml}\n---\nBody.`);
const linksOf = (yaml: string) => read(yaml).links.map((link) => `${link.field} → ${link.target}`);

describe("where front matter starts and ends", () => {
  test.each([
    ["three dashes", "---\na: 1\n---\nBody", "Body"],
    ["dots at the end", "---\na: 1\n...\nBody", "Body"],
    ["white space behind the dashes", "---  \na: 1\n--- \t\nBody", "Body"],
    ["lines that end as in Windows", "---\r\na: 1\r\n---\r\nBody", "Body"],
    ["nothing in it", "---\n---\nBody", "Body"],
    ["blank lines in it", "---\n\n\n---\nBody", "Body"],
    ["nothing after it", "---\na: 1\n---", ""],
    ["dashes inside a value", "---\na: |\n  ---\n  b\nc: x --- y\n---\nBody", "Body"],
    ["a comment only", "---\n# nothing\n---\nBody", "Body"],
  ])("%s", (_name, text, body) => {
    const found = readFrontMatter(text);
    expect(text.slice(found.bodyStart)).toBe(body);
    expect(found.warnings).toEqual([]);
  });

  test.each([
    ["a rule in the middle", "Text\n---\na: 1\n---\n"],
    ["four dashes", "----\na: 1\n----\n"],
    ["a space before the dashes", " ---\na: 1\n---\n"],
    ["no second line of dashes", "---\nJust text after a rule.\n"],
    ["an empty note", ""],
  ])("%s is none", (_name, text) => {
    expect(readFrontMatter(text)).toMatchObject({ bodyStart: 0, warnings: [], links: [] });
  });

  test("unclosed front matter is text, its links are followed, and a warning says so", () => {
    const note = parseNote("---\ntitle: X\nauthor: [[Ana]]\n\nProse with [[Rui]].");
    expect(note.bodyStart).toBe(0);
    expect(note.links.map((link) => link.target)).toEqual(["Ana", "Rui"]);
    expect(note.warnings).toEqual(["front matter: no line of --- ends it"]);
  });

  test.each([
    ["prose between two rules", "Only prose with [[Ana]]."],
    ["a list", "- one\n- [[Ana]]"],
    ["a word", "draft"],
  ])("%s is text, and nothing of it is lost", (_name, inside) => {
    const text = `---\n${inside}\n---\nBody`;
    const found = readFrontMatter(text);
    expect(found.bodyStart).toBe(0);
    expect(found.warnings).toEqual(["front matter: it is not a list of keys and values"]);
  });
});

describe("aliases", () => {
  test.each([
    ["a word", "aliases: Ana", ["Ana"]],
    ["words with commas", "aliases: Ana, Ana Souza", ["Ana", "Ana Souza"]],
    ["a list", "aliases:\n  - Ana\n  - Ana Souza", ["Ana", "Ana Souza"]],
    ["a list without indentation", "aliases:\n- Ana\n- Souza", ["Ana", "Souza"]],
    ["an inline list", "aliases: [Ana, \"Souza, Ana\", 'O''Brien']", ["Ana", "Souza, Ana", "O'Brien"]],
    ["the key alias in any case", "Alias: Ana", ["Ana"]],
    ["a title before them", "aliases: [B]\ntitle: A, first", ["A, first", "B"]],
    [
      "numbers as they are written",
      "aliases: [1984, 007, 1.0, 1e3, 0x10]",
      ["1984", "007", "1.0", "1e3", "0x10"],
    ],
    ["dates and booleans", "aliases: [2024-01-05, true]", ["2024-01-05", "true"]],
    ["nothing", "aliases:", []],
    ["empty items", 'aliases: ["", ~, " "]', []],
    ["wikilinks", 'aliases: ["[[Ana|A]]"]', ["Ana"]],
    ["placeholders of templates", 'aliases: ["{{title}}", "<% tp.file.title %>", Ana]', ["Ana"]],
    ["twice the same, composed and not", 'aliases: ["é", "e\u0301"]', ["é"]],
    ["a key written twice", "aliases: [A]\naliases: [B]", ["B"]],
  ])("are read from %s", (_name, yaml, aliases) => {
    expect(read(yaml).frontMatter.aliases).toEqual(aliases);
    expect(read(yaml).warnings).toEqual([]);
  });
});

describe("tags", () => {
  test.each([
    ["a word", "tags: work", ["work"]],
    ["words between spaces and commas", "tags: work, home garden", ["work", "home", "garden"]],
    ["words with #", 'tags: "#work #home"', ["work", "home"]],
    ["a list", "tags:\n  - work\n  - '#home/garden/'", ["work", "home/garden"]],
    ["an inline list", "tags: [work, 東京, ação]", ["work", "東京", "ação"]],
    ["the key tag", "tag: work", ["work"]],
    ["no digits only", "tags: [2024, 2024-05, y2024]", ["2024-05", "y2024"]],
    ["no placeholder", 'tags: "{{tag}}"', []],
    ["nothing", "tags:", []],
    ["an empty list", "tags: []", []],
    ["keys and values, which are none", "tags: {a: b}", []],
  ])("are read from %s", (_name, yaml, tags) => {
    expect(read(yaml).frontMatter.tags).toEqual(tags);
  });
});

describe("links", () => {
  test.each([
    ["quoted", 'author: "[[Ana Souza]]"', ["author → Ana Souza"]],
    ["unquoted", "author: [[Ana Souza]]", ["author → Ana Souza"]],
    ["in a list", 'people:\n  - "[[Ana]]"\n  - [[Rui]]', ["people → Ana", "people → Rui"]],
    ["in an inline list", 'people: ["[[Ana]]", [[Rui]]]', ["people → Ana", "people → Rui"]],
    ["several in a text", 'note: "see [[Ana]] and [[Rui|R]]"', ["note → Ana", "note → Rui"]],
    ["with an apostrophe in single quotes", "author: '[[Conan O''Brien]]'", ["author → Conan O'Brien"]],
    ["with quotes in double quotes", String.raw`work: "[[The \"Big\" One]]"`, ['work → The "Big" One']],
    [
      "folded over two lines",
      "related: >-\n  [[A long name\n  of a note]]",
      ["related → A long name of a note"],
    ],
    ["inside a map", 'meta:\n  by: "[[Ana]]"', ["meta → Ana"]],
    ["under a key with spaces and accents", 'Lugar de criação: "[[Belém]]"', ["Lugar de criação → Belém"]],
    ["under a quoted key", '"escrito por": "[[Ana]]"', ["escrito por → Ana"]],
    ["behind a key whose value is a URL", 'url: https://x.y/@a_b\nby: "[[Ana]]"', ["by → Ana"]],
    ["in aliases, which state no fact", 'aliases: ["[[Ana]]"]', [" → Ana"]],
    ["to nothing", 'a: "[[]]"\nb: "[[|x]]"\nc: "[[{{title}}]]"', []],
    ["to a file that is no note", 'cover: "[[cover.jpg]]"', []],
  ])("are read %s", (_name, yaml, links) => {
    expect(linksOf(yaml)).toEqual(links);
  });

  test("stand where the source has them", () => {
    const text = "---\r\nauthor: \"[[Ana]]\"\r\nby: '[[Rui]]'\r\nwith: [[Zé]]\r\n---\r\n";
    const links = readFrontMatter(text).links;
    expect(links.map((link) => text.slice(link.start, link.end))).toEqual(["[[Ana]]", "[[Rui]]", "[[Zé]]"]);
    expect(links.every((link) => link.inFrontMatter)).toBe(true);
  });
});

describe("broken YAML", () => {
  test.each([
    ["an unclosed list", "key: [unclosed\ntags: [work]\naliases: Ana"],
    ["a colon in a title", "title: Ana: a life\ntags: [work]\naliases: Ana"],
    ["a tab", "list:\n\t- a\ntags: [work]\naliases: Ana"],
    ["a star", "status: *done*\ntags: [work]\naliases: Ana"],
    ["an at sign", "by: @ana\ntags: [work]\naliases: Ana"],
    ["a percent sign", "p: %5\ntags: [work]\naliases: Ana"],
    ["an unclosed quote", 'tags: [work]\naliases: Ana\nq: "open'],
    ["a template", "date: {{date:YYYY-MM-DD}} {{x}}\ntags: [work]\naliases: Ana"],
    ["a template of Templater", "date: <% tp.date.now() %>: x\ntags: [work]\naliases: Ana"],
  ])("%s costs its own key only, and is reported", (_name, yaml) => {
    const { frontMatter, warnings } = read(yaml);
    expect(frontMatter.tags).toEqual(["work"]);
    expect(frontMatter.aliases).toContain("Ana");
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^front matter: \S/);
  });

  test("keeps its links with their keys", () => {
    expect(linksOf("title: a: b\nauthor: [[Ana]]\nplace: '[[Rio]]'")).toEqual([
      "author → Ana",
      "place → Rio",
    ]);
  });

  test("keeps quoted keys without their quotes", () => {
    expect(linksOf(`title: a: b\n"written by": [[Ana]]\n'em': [[Rio]]`)).toEqual([
      "written by → Ana",
      "em → Rio",
    ]);
  });

  test("a title with a colon is a title", () => {
    expect(read("title: Ana: a life").frontMatter.aliases).toEqual(["Ana: a life"]);
  });

  test("an alias bomb neither explodes nor takes the other keys with it", () => {
    const letters = [..."abcdefghi"];
    const lines = letters.map((letter, index) => {
      const before = letters[index - 1];
      return `${letter}: &${letter} [${Array(9)
        .fill(before === undefined ? "lol" : `*${before}`)
        .join(",")}]`;
    });
    const { frontMatter, warnings } = read([...lines, "tags: [work]"].join("\n"));
    expect(frontMatter.tags).toEqual(["work"]);
    expect(JSON.stringify(frontMatter.properties).length).toBeLessThan(10_000);
    expect(warnings).toHaveLength(1);
  });

  test.each([
    ["brackets", "[".repeat(20_000)],
    ["maps", "a: ".repeat(20_000)],
    ["lists", "- ".repeat(20_000)],
    ["braces", "{".repeat(20_000)],
  ])("20,000 %s in each other are a warning", (_name, yaml) => {
    expect(readFrontMatter(`---\n${yaml}\n---\n`).warnings).toHaveLength(1);
    expect(readFrontMatter(`---\nkey: ${yaml}\n---\n`).warnings.length).toBeGreaterThan(0);
  });
});

test("keys that mean something to JavaScript are keys like any other", () => {
  const { properties } = read("__proto__:\n  polluted: yes\nconstructor: x\ntoString: y").frontMatter;
  expect(Object.keys(properties)).toEqual(["__proto__", "constructor", "toString"]);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(JSON.stringify(properties)).toContain("polluted");
});

test("times come from the keys that people use, and a placeholder is none", () => {
  expect(read("criado em: 2024-01-05\nmodified: 2024-02-01T10:00").frontMatter).toMatchObject({
    created: "2024-01-05",
    updated: "2024-02-01T10:00",
  });
  expect(read('created: "{{date}}"').frontMatter.created).toBe("");
});

test("numbers that would lose digits stay text", () => {
  expect(read("id: 12345678901234567890\nisbn: 9788535914849").frontMatter.properties).toEqual({
    id: "12345678901234567890",
    isbn: 9_788_535_914_849,
  });
});

test("very long front matter is read in time", { timeout: 20_000 }, () => {
  const lines = Array.from({ length: 8_000 }, (_, index) => `key ${index}: "[[Note ${index}]]"`);
  const { links, warnings } = read(lines.join("\n"));
  expect(warnings).toEqual([]);
  expect(links).toHaveLength(8_000);
  expect(links.at(-1)?.field).toBe("key 7999");
  const endless = read("a: [[X]]\n".repeat(200_000));
  expect(endless.links).toHaveLength(200_000);
  expect(endless.warnings).toHaveLength(1);
});

describe("Logseq's page properties", () => {
  const note = (text: string) => parseNote(text).frontMatter;

  test("are read from the first lines, as a list or not, whatever the line ends", () => {
    expect(note("title:: Ana\ntags:: work, [[two words]], #home\nalias:: A, B\n\n- text")).toMatchObject({
      aliases: ["Ana", "A", "B"],
      tags: ["work", "two words", "home"],
    });
    expect(note("- alias:: A\r\n  other\r\n").aliases).toEqual(["A"]);
  });

  test("end at the first line that is none", () => {
    expect(note("Prose\nalias:: A").aliases).toEqual([]);
  });

  test("give way to YAML", () => {
    expect(note("---\naliases: [Y]\n---\naliases:: P").aliases).toEqual(["Y"]);
  });
});
