import type { EntityFound, FactFound, Store } from "../store/store.ts";
import { type Answer, retrieve } from "./retrieve.ts";

/** How people ask for facts of some common types: the question about a fact's source. */
const templates: readonly { readonly types: readonly string[]; readonly ask: (source: string) => string }[] =
  [
    {
      types: ["AUTHOR", "AUTHORS", "WRITTEN_BY"],
      ask: (source) => `Who wrote ${source}?`,
    },
    { types: ["AUTOR", "AUTORA", "AUTORES"], ask: (source) => `Quem escreveu ${source}?` },
    {
      types: ["WORKS_AT", "WORKS_FOR", "EMPLOYER", "COMPANY"],
      ask: (source) => `Where does ${source} work?`,
    },
    {
      types: ["TRABALHA_EM", "TRABALHA_NA", "TRABALHA_NO", "EMPRESA"],
      ask: (source) => `Onde trabalha ${source}?`,
    },
    { types: ["BORN_IN", "BIRTHPLACE"], ask: (source) => `Where was ${source} born?` },
    { types: ["NASCIDA_EM", "NASCIDO_EM", "NASCEU_EM"], ask: (source) => `Onde nasceu ${source}?` },
    { types: ["DIRECTOR"], ask: (source) => `Who directed ${source}?` },
    {
      types: ["ORGANIZER", "PARTICIPANTS", "PEOPLE", "ATTENDEES"],
      ask: (source) => `Who was at ${source}?`,
    },
  ];
const mostEntities = 200;
const mostTried = 10;

/** A question worth asking, and the fact that answers it; there is none in a graph without facts. */
export interface SampleQuestion {
  readonly text: string;
  readonly fact: FactFound | undefined;
}

/**
 * A question about what is mentioned most, tried out: its answer has the fact, and best of all a place in the
 * notes that speaks of both of the fact's ends.
 */
export async function sampleQuestion(store: Store): Promise<SampleQuestion | undefined> {
  const entities = await store.findEntities([], mostEntities);
  const [first] = entities;
  if (first === undefined) return undefined;
  const { facts } = await store.around(
    entities.map((entity) => entity.id),
    mostEntities,
  );
  let second: SampleQuestion | undefined;
  for (const candidate of candidates(facts, entities).slice(0, mostTried)) {
    const answer = await retrieve(candidate.text, store);
    if (!answer.facts.some((fact) => isSame(fact, candidate.fact))) continue;
    if (speaksOfBoth(answer, candidate.fact)) return candidate;
    second ??= candidate;
  }
  return second ?? { text: `What do I know about ${first.name}?`, fact: facts[0] };
}

/** Questions that people ask, about the most mentioned first. */
function candidates(
  facts: readonly FactFound[],
  entities: readonly EntityFound[],
): { text: string; fact: FactFound }[] {
  const mentions = new Map(entities.map((entity) => [entity.name, entity.mentionCount]));
  const worth = ({ source, target }: FactFound) => (mentions.get(source) ?? 0) + (mentions.get(target) ?? 0);
  return facts
    .flatMap((fact) => {
      const template = templates.find(({ types }) => types.includes(fact.type));
      return template === undefined ? [] : [{ text: template.ask(fact.source), fact }];
    })
    .toSorted((a, b) => worth(b.fact) - worth(a.fact) || (a.text < b.text ? -1 : 1));
}

function speaksOfBoth({ evidence }: Answer, { source, target }: FactFound): boolean {
  return evidence.some(({ path, headings, quote }) => {
    const place = [path, ...headings, quote].join("\n");
    return quote.includes(target) && place.includes(source);
  });
}

function isSame(a: FactFound, b: FactFound): boolean {
  return a.source === b.source && a.type === b.type && a.target === b.target;
}
