import { eng, por } from "stopword";
import { searchText } from "../knowledge/words.ts";

/** Words that ask, in English and Portuguese; they say nothing about what is asked. */
const asking =
  "who whom whose what which where when why how does did do is are was were tell about know say quem qual quais onde aonde quando porque porquê por que como quanto quanta quantos quantas cujo sabe sobre diz diga existe ha há";
const empty = new Set([...eng, ...por, ...asking.split(" ")].flatMap((word) => searchText(word).split(" ")));

/** The words of a question that can be looked for: folded, without accents; all of them when none says much. */
export function wordsToFind(question: string): string[] {
  const all = [...new Set(searchText(question).split(" "))].filter((word) => word !== "");
  const telling = all.filter((word) => !empty.has(word));
  return telling.length > 0 ? telling : all;
}
