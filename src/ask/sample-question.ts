import type { EntityFound, FactFound } from "../store/store.ts";

/** How people ask for facts of some common types: the question about a fact's source. */
const templates: readonly { readonly types: readonly string[]; readonly ask: (source: string) => string }[] =
  [
    { types: ["AUTHOR", "AUTHORS", "WRITTEN_BY"], ask: (source) => `Who wrote ${source}?` },
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
    { types: ["ORGANIZER", "PARTICIPANTS", "PEOPLE", "ATTENDEES"], ask: (source) => `Who was at ${source}?` },
  ];

/** A question that these facts answer, or one about what is mentioned most. */
export function sampleQuestion(
  facts: readonly FactFound[],
  entities: readonly EntityFound[],
): { readonly text: string; readonly fact: FactFound | undefined } {
  for (const { types, ask } of templates) {
    const fact = facts.find((candidate) => types.includes(candidate.type));
    if (fact !== undefined) return { text: ask(fact.source), fact };
  }
  const [fact] = facts;
  const name = fact?.source ?? entities[0]?.name ?? "";
  return { text: `What do I know about ${name}?`, fact };
}
