import type { DefaultType } from "./entity-type.ts";

type TypedWords = Partial<Record<DefaultType, string>>;

/** Words inside a name that tell what it names, wherever they stand in it; folded, accents aside. */
const insideWords: Record<"en" | "pt", TypedWords> = {
  en: {
    Organization: `university college school academy institute ministry department agency association bank company corporation
      foundation committee council commission party church hospital museum library records studios orchestra airlines motors
      league union federation club fc inc ltd llc corp gmbh plc bros press group holdings laboratories labs bureau`,
    Place: `street avenue road square boulevard lane bridge park river lake mount mountain mountains island islands bay beach valley
      canyon desert ocean sea creek falls airport station stadium tower palace castle cathedral county province district city
      village peninsula cape strait gulf forest hill hills harbor harbour canal republic kingdom`,
    Event: `war battle revolution festival cup olympics championship championships conference summit congress election awards
      tournament marathon expo carnival day week grand-prix`,
    Work: "symphony sonata concerto gazette chronicle chronicles",
  },
  pt: {
    Organization: `universidade faculdade colegio escola academia instituto ministerio secretaria departamento agencia associacao banco
      companhia corporacao fundacao comite conselho comissao partido igreja hospital museu biblioteca sindicato federacao clube
      ltda eireli editora orquestra prefeitura camara tribunal cooperativa confederacao grupo laboratorio`,
    Place: `rua avenida praca travessa alameda rodovia estrada ponte parque rio lago lagoa monte serra ilha ilhas baia praia vale
      deserto oceano mar cachoeira aeroporto estacao estadio torre palacio castelo catedral estado provincia distrito cidade vila
      peninsula cabo estreito golfo floresta morro porto republica reino freguesia bairro`,
    Event: `guerra batalha revolucao festival copa olimpiadas campeonato conferencia congresso eleicoes premio torneio maratona
      carnaval feira semana dia`,
    Work: "sinfonia sonata concerto jornal",
  },
};

/** Small words right before a name that tell what it names: `actor Warren Beatty`, `rio Purus`. */
const wordsBefore: Record<"en" | "pt", TypedWords> = {
  en: {
    Person: `actor actress singer writer author poet novelist journalist painter sculptor composer conductor director producer
      musician guitarist drummer rapper scientist physicist chemist mathematician biologist philosopher historian economist
      engineer architect lawyer doctor nurse teacher professor president senator minister governor mayor king queen prince
      princess emperor pope bishop saint general captain colonel footballer striker goalkeeper coach manager friend brother
      sister mother father son daughter wife husband uncle aunt cousin colleague boss neighbour neighbor politician activist`,
    Organization:
      "company band group team club firm startup newspaper magazine publisher label party bank university airline charity",
    Place:
      "city town village river lake island mount province county state region country street capital near",
    Work: "book novel film movie album song single poem play series opera painting game podcast",
    Event: "festival conference tournament battle",
  },
  pt: {
    Person: `ator atriz cantor cantora escritor escritora autor autora poeta poetisa romancista jornalista pintor pintora escultor
      compositor compositora maestro diretor diretora produtor musico guitarrista baterista cientista fisico quimico matematico
      biologo filosofo filosofa historiador historiadora economista engenheiro engenheira arquiteto arquiteta advogado advogada
      medico medica enfermeira professor professora presidente senador senadora ministro ministra governador prefeito rei rainha
      principe princesa imperador papa bispo padre general capitao coronel jogador atacante goleiro tecnico amigo amiga irmao
      irma mae pai filho filha esposa marido tio tia primo prima colega chefe vizinho vizinha politico ativista`,
    Organization:
      "empresa banda grupo time clube equipa equipe jornal revista editora partido banco universidade ong startup",
    Place:
      "cidade vila aldeia rio lago ilha monte provincia municipio estado regiao pais rua avenida praca bairro capital freguesia praia serra",
    Work: "livro romance filme album disco musica cancao single poema peca serie novela opera quadro jogo podcast",
    Event: "festival conferencia torneio batalha",
  },
};

/** What is said of places only, with the small word that leads to the place. */
export const placePhrases: readonly string[] = [
  // English
  "born in",
  "lives in",
  "lived in",
  "living in",
  "moved to",
  "travelled to",
  "traveled to",
  "flew to",
  "arrived in",
  "trip to",
  "flight to",
  "based in",
  "located in",
  "capital of",
  "north of",
  "south of",
  "east of",
  "west of",
  "city of",
  "town of",
  "died in",
  "went to",
  // Portuguese
  "nasceu em",
  "nascido em",
  "nascida em",
  "mora em",
  "morava em",
  "morou em",
  "moro em",
  "vive em",
  "viveu em",
  "mudou-se para",
  "viajou para",
  "viajei para",
  "viagem a",
  "viagem para",
  "voo para",
  "chegou a",
  "localizado em",
  "localizada em",
  "perto de",
  "capital de",
  "capital do",
  "capital da",
  "cidade de",
  "morreu em",
  "norte de",
  "sul de",
];

/** Type that a word inside a name gives it. */
export const typeOfWordInside: ReadonlyMap<string, DefaultType> = byWord(insideWords);
/** Type that a word before a name gives it. */
export const typeOfWordBefore: ReadonlyMap<string, DefaultType> = byWord(wordsBefore);

function byWord(languages: Record<string, TypedWords>): Map<string, DefaultType> {
  return new Map(
    Object.values(languages).flatMap((types) =>
      Object.entries(types).flatMap(([type, words]) =>
        words
          .split(/\s+/)
          .filter((word) => word !== "")
          .map((word): [string, DefaultType] => [word, type as DefaultType]),
      ),
    ),
  );
}
