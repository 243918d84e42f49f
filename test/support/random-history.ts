import fc from "fast-check";

/** A step in the life of a folder of notes. */
export type Step =
  | { readonly kind: "write"; readonly path: string; readonly text: string }
  | { readonly kind: "append"; readonly pick: number; readonly text: string }
  | { readonly kind: "delete"; readonly pick: number }
  | { readonly kind: "move"; readonly pick: number; readonly path: string }
  | { readonly kind: "swap"; readonly pick: number; readonly other: number }
  | { readonly kind: "touch"; readonly pick: number }
  | { readonly kind: "undo" };

export type Notes = ReadonlyMap<string, string>;

// Few names, so that they meet: titles that are words of other texts, accents, one name in another.
const names = [
  "Ana",
  "Ana Souza",
  "João",
  "joao",
  "Avó",
  "Avô",
  "avo",
  "New York",
  "New York Times",
  "Lisboa",
  "Index",
  "C++",
  "Node.js",
  "東京",
  "東京タワー",
  "2024-05-03",
  "Jean-Paul",
  "Projeto X",
  "Ωmega",
  "Pará",
  "👤 Bia",
];
const folders = ["", "People/", "Projetos/", "a/b/", "Templates/"];
const path = fc
  .tuple(fc.constantFrom(...folders), fc.constantFrom(...names), fc.constantFrom(".md", ".md", ".md", ".txt"))
  .map(([folder, name, ending]) => folder + name + ending);
const name = fc.constantFrom(...names);
const place = fc.constantFrom(...folders, "../", "./", "/");

const sentence = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(name, name).map(([a, b]) => `${a} met ${b} in Lisboa. `) },
  { weight: 4, arbitrary: fc.tuple(place, name).map(([folder, target]) => `See [[${folder}${target}]]. `) },
  { weight: 2, arbitrary: fc.tuple(name, name).map(([target, alias]) => `[[${target}#Part|${alias}]] `) },
  { weight: 2, arbitrary: name.map((target) => `[link](${encodeURIComponent(target)}.md) `) },
  { weight: 1, arbitrary: name.map((target) => `![[${target}]]\n`) },
  {
    weight: 2,
    arbitrary: fc.constantFrom("#people ", "#a/b ", "#Tag ", "`[[Ana]]` ", "%% Ana %% ", "vovó vovô "),
  },
  { weight: 2, arbitrary: fc.constantFrom("\n\n# Part\n\n", "\n## Deeper\n", "\n\n", "\n- ", "\n---\n") },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom("author", "knows"), name).map(([key, x]) => `\n${key}:: [[${x}]]\n`),
  },
  // Names that no title has, and small uses that make them ordinary words; accents that join and that do not.
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "We asked Zumbari. ",
      "Zumbari came. ",
      "they like zumbari. ",
      "zumbari zumbari zumbari zumbari. ",
      "Dr. Tomé Reis and Tome Reis left. ",
      "The tome reis of Tomê Reis. ",
      "It is Ana Souza Lima of Lisboa. ",
      "He read “The Zumbari Road” twice. ",
      "Click Zumbari. ",
      "near the Avó Bridge, Pará. ",
      "\n# Zumbari Creek\n",
    ),
  },
  { weight: 1, arbitrary: fc.lorem({ maxCount: 12 }).map((words) => `${words} `) },
);
const frontMatter = fc
  .record({
    aliases: fc.option(fc.array(name, { maxLength: 2 }), { nil: undefined }),
    author: fc.option(name, { nil: undefined }),
    tags: fc.option(fc.constantFrom("person", "book, read", "[x, y/z]"), { nil: undefined }),
    broken: fc.boolean(),
  })
  .map(({ aliases, author, tags, broken }) =>
    [
      "---",
      ...(aliases === undefined
        ? []
        : [`aliases: [${aliases.map((alias) => JSON.stringify(alias)).join(", ")}]`]),
      ...(author === undefined ? [] : [`author: "[[${author}]]"`]),
      ...(tags === undefined ? [] : [`tags: ${tags}`]),
      ...(broken ? ["key: [unclosed"] : []),
      "---\n",
    ].join("\n"),
  );
const text = fc
  .tuple(fc.option(frontMatter, { nil: "" }), fc.array(sentence, { maxLength: 8 }))
  .map(([head, body]) => head + body.join(""));
const pick = fc.nat({ max: 1000 });

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("write" as const), path, text }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("append" as const), pick, text: sentence }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("delete" as const), pick }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("move" as const), pick, path }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("swap" as const), pick, other: pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("touch" as const), pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("undo" as const) }) },
);

export const startingNotes: fc.Arbitrary<Notes> = fc
  .array(fc.tuple(path, text), { minLength: 1, maxLength: 12 })
  .map((notes) => new Map(notes));

/** The folder after some steps at once, given the folders before (the last is the present one). */
export function afterSteps(history: readonly Notes[], steps: readonly Step[]): Notes {
  const notes = new Map(history.at(-1));
  for (const one of steps) {
    const paths = [...notes.keys()];
    const at = (index: number) => paths[index % Math.max(1, paths.length)] ?? "";
    if (one.kind === "undo") {
      const before = history.at(-2);
      if (before === undefined) continue;
      notes.clear();
      for (const [key, value] of before) notes.set(key, value);
    } else if (one.kind === "write") notes.set(one.path, one.text);
    else if (paths.length === 0 || one.kind === "touch") continue;
    else if (one.kind === "append") notes.set(at(one.pick), (notes.get(at(one.pick)) ?? "") + one.text);
    else if (one.kind === "delete") notes.delete(at(one.pick));
    else if (one.kind === "move") {
      const moved = notes.get(at(one.pick)) ?? "";
      notes.delete(at(one.pick));
      notes.set(one.path, moved);
    } else {
      const [a, b] = [at(one.pick), at(one.other)];
      const [textA, textB] = [notes.get(a) ?? "", notes.get(b) ?? ""];
      notes.set(a, textB);
      notes.set(b, textA);
    }
  }
  return notes;
}
