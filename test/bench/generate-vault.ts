import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a generated vault is made of; the same seed makes the same vault. */
export interface VaultShape {
  readonly notes: number;
  /** Sections of a note; each is a chunk of about `wordsInSection` words. */
  readonly sections: number;
  readonly wordsInSection: number;
  readonly linksInNote: number;
  /** Names of other notes that stand in a note's prose, unlinked. */
  readonly mentionsInNote: number;
  readonly seed: number;
}

/** Ten thousand notes of 2 KB: 20 MB. */
export const largeVault: VaultShape = {
  notes: 10_000,
  sections: 4,
  wordsInSection: 75,
  linksInNote: 4,
  mentionsInNote: 4,
  seed: 1,
};

const syllables =
  "ba be bi bo ca ce co da de di do fa fe fi ga go la le li lo ma me mi mo na ne no pa pe po ra re ri ro sa se si so ta te ti to va ve vi ão ções ing er an en in on th sh".split(
    " ",
  );
const folders = [
  "People",
  "Projects",
  "Books",
  "Trips",
  "Journal",
  "Ideas",
  "Work/Meetings",
  "Work/Clients",
  "Recipes",
  "Inbox",
];

/** Writes the notes and returns their number of bytes. */
export function generateVault(root: string, shape: VaultShape): number {
  const random = generator(shape.seed);
  const words = Array.from({ length: 8_000 }, () => word(random, 2 + Math.floor(random() * 3)));
  const titles = Array.from({ length: shape.notes }, (_, index) => title(random, words, index));
  let bytes = 0;
  for (const [index, name] of titles.entries()) {
    const text = note(random, shape, words, titles, name);
    const path = join(root, folders[index % folders.length] ?? "", `${name}.md`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    bytes += Buffer.byteLength(text);
  }
  return bytes;
}

function note(
  random: () => number,
  shape: VaultShape,
  words: readonly string[],
  titles: readonly string[],
  name: string,
): string {
  const some = <Item>(list: readonly Item[]): Item => list[Math.floor(random() ** 2 * list.length)] as Item;
  const other = () => titles[Math.floor(random() * titles.length)] as string;
  const lines = [
    "---",
    `tags: [${some(words)}, ${some(words)}]`,
    `related: "[[${other()}]]"`,
    "---",
    `# ${name}`,
    "",
  ];
  const insertions = new Map<string, number>();
  for (let section = 0; section < shape.sections; section++) {
    lines.push(`## ${capital(some(words))} ${some(words)}`, "");
    const sentence: string[] = [];
    for (let index = 0; index < shape.wordsInSection; index++) {
      sentence.push(some(words) + (index % 12 === 11 ? "." : ""));
      const isDue = (count: number, kind: string) => {
        const due = Math.floor(
          (count * (section * shape.wordsInSection + index + 1)) / (shape.sections * shape.wordsInSection),
        );
        const done = insertions.get(kind) ?? 0;
        insertions.set(kind, due);
        return due > done;
      };
      if (isDue(shape.linksInNote, "links")) sentence.push(`[[${other()}]]`);
      if (isDue(shape.mentionsInNote, "mentions")) sentence.push(other());
    }
    lines.push(sentence.join(" "), "");
  }
  return lines.join("\n");
}

function title(random: () => number, words: readonly string[], index: number): string {
  const pick = () => capital(words[Math.floor(random() * words.length)] as string);
  return `${pick()} ${pick()} ${index.toString(36)}`;
}

function word(random: () => number, length: number): string {
  return Array.from({ length }, () => syllables[Math.floor(random() * syllables.length)]).join("");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Mulberry32: small, fast, the same everywhere. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
