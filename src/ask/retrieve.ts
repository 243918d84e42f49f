import { searchText } from "../knowledge/words.ts";
import type { ChunkFound, EntityFound, FactFound, Store } from "../store/store.ts";
import { bestQuote, coverage } from "./best-quote.ts";
import { wordsToFind } from "./question.ts";

/** A place in the notes that speaks of what was asked. */
export interface Evidence {
  readonly note: string;
  readonly path: string;
  readonly headings: readonly string[];
  /** A verbatim sentence of the note. */
  readonly quote: string;
  /** 0 to 1; comparable within one answer. */
  readonly score: number;
}

/** What `ask --json` prints. */
export interface Answer {
  readonly question: string;
  readonly answer: string | null;
  readonly evidence: readonly Evidence[];
  readonly facts: readonly FactFound[];
  readonly model: string | null;
}

export interface RetrieveOptions {
  readonly mostEvidence?: number;
  readonly mostFacts?: number;
}

const candidates = 40;

/** Finds what notes say about a question: full text, the things it names, the facts around them. No model. */
export async function retrieve(
  question: string,
  store: Store,
  options: RetrieveOptions = {},
): Promise<Answer> {
  const { mostEvidence = 6, mostFacts = 8 } = options;
  const words = wordsToFind(question);
  const [found, named] = await Promise.all([
    store.findChunks(words, candidates),
    namedEntities(words, store),
  ]);
  const surroundings = await store.around(
    named.map((entity) => entity.id),
    candidates,
  );
  const mentioning = new Set(surroundings.chunks.map((chunk) => chunk.id));
  const chunks = new Map([...found, ...surroundings.chunks].map((chunk) => [chunk.id, chunk]));
  const bestText = Math.max(...found.map((chunk) => chunk.score), Number.MIN_VALUE);
  const textScore = new Map(found.map((chunk) => [chunk.id, chunk.score / bestText]));
  const evidence = [...chunks.values()]
    .map((chunk) => evidenceOf(chunk, words, textScore.get(chunk.id) ?? 0, mentioning.has(chunk.id)))
    .toSorted((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1))
    .slice(0, mostEvidence);
  return {
    question,
    answer: null,
    evidence,
    facts: rankFacts(surroundings.facts, words, named).slice(0, mostFacts),
    model: null,
  };
}

/** Entities that the question names in full: all words of the name, or of an alias. */
async function namedEntities(words: readonly string[], store: Store): Promise<EntityFound[]> {
  const asked = new Set(words);
  const entities = await store.findEntities(words, candidates);
  return entities.filter((entity) =>
    [entity.name, ...entity.aliases].some((name) => {
      const own = wordsToFind(name);
      return own.length > 0 && own.every((word) => asked.has(word));
    }),
  );
}

/** Full text counts most; then how much of the question is covered, and whether its subject is spoken of. */
function evidenceOf(chunk: ChunkFound, words: readonly string[], text: number, mentions: boolean): Evidence {
  const place = [chunk.title, ...chunk.headings, chunk.text].join("\n");
  const covered = words.length === 0 ? 0 : coverage(place, words) / words.length;
  const isAbout = wordsToFind(chunk.title).every((word) => words.includes(word));
  const score = 0.45 * text + 0.3 * covered + (mentions ? 0.1 : 0) + (isAbout ? 0.15 : 0);
  return {
    note: chunk.title,
    path: chunk.path,
    headings: chunk.headings,
    quote: bestQuote(chunk.text, words),
    score: Math.round(score * 1000) / 1000,
  };
}

/** Facts that the rest of the question speaks of come first, then those about what was named most exactly. */
function rankFacts(
  facts: readonly FactFound[],
  words: readonly string[],
  named: readonly EntityFound[],
): FactFound[] {
  const nameWords = new Set(
    named
      .flatMap((entity) => [entity.name, ...entity.aliases])
      .flatMap((name) => searchText(name).split(" ")),
  );
  const rest = words.filter((word) => !nameWords.has(word));
  const worth = (fact: FactFound) =>
    coverage(`${fact.type.replaceAll("_", " ")}\n${fact.evidence}\n${fact.target}`, rest);
  return facts.toSorted((a, b) => worth(b) - worth(a));
}
