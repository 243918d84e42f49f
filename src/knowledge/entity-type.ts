import { byCodePoint, fold, withoutAccents } from "./names.ts";

/** Types of the things that personal notes speak of; anything else is a Concept. */
export const defaultTypes = [
  "Person",
  "Organization",
  "Place",
  "Project",
  "Event",
  "Work",
  "Tool",
  "Concept",
] as const;
export type DefaultType = (typeof defaultTypes)[number];

/** What people call the folder, tag or `type` of such a note, in English and Portuguese, folded, accents aside. */
const wordsOfType: Record<Exclude<DefaultType, "Concept">, string> = {
  Person:
    "person people persons contact contacts friend friends family author authors pessoa pessoas contato contatos contacto contactos amigo amigos familia autor autora autores actor actors director directors musician musicians",
  Organization:
    "organization organizations organisation organisations company companies org orgs business team teams empresa empresas organizacao organizacoes equipa equipe equipas equipes instituicao instituicoes",
  Place:
    "place places city cities country countries location locations restaurant restaurants museum museums lugar lugares local locais sitio sitios cidade cidades pais paises restaurante restaurantes museu museus praia praias",
  Project: "project projects projeto projetos projecto projectos",
  Event:
    "event events meeting meetings trip trips conference conferences travel evento eventos reuniao reunioes viagem viagens conferencia conferencias encontro encontros",
  Work: "book books movie movies film films album albums song songs article articles paper papers podcast podcasts show shows game games livro livros filme filmes musica musicas artigo artigos obra obras serie series jogo jogos poema poemas conto contos recipe recipes receita receitas",
  Tool: "tool tools app apps software product products ferramenta ferramentas aplicativo aplicativos aplicacao aplicacoes produto produtos",
};

const typeOfWord = new Map(
  Object.entries(wordsOfType).flatMap(([type, words]) =>
    words.split(" ").map((word) => [word, type as DefaultType]),
  ),
);

/** Type that an author's own word for a kind of thing stands for, if it is a known one. */
export function typeOfKind(kind: string): DefaultType | undefined {
  const words = withoutAccents(fold(kind)).split(/[^\p{L}\p{N}]+/u);
  // `projects/garden` and `Book notes`: the first known word says it.
  return words.map((word) => typeOfWord.get(word)).find((type) => type !== undefined);
}

/** Majority of the votes, ties by code point; a Concept when nobody voted. */
export function majorityType(votes: readonly DefaultType[]): DefaultType {
  const counts = new Map<DefaultType, number>();
  for (const vote of votes) counts.set(vote, (counts.get(vote) ?? 0) + 1);
  return (
    [...counts].toSorted(([a, countA], [b, countB]) => countB - countA || byCodePoint(a, b))[0]?.[0] ??
    "Concept"
  );
}
