import { singleWordStops } from "./ordinary-words.ts";

/** How often a word stands in texts with a small letter, and with a capital that means something. */
export interface WordUse {
  readonly lower: number;
  readonly capital: number;
}

/** Uses of many words, by folded word. */
export type WordUses = Map<string, { lower: number; capital: number }>;

/**
 * What a vault does with a word, coarse enough that it seldom changes: only its size counts, by powers of two.
 * When the standing of a word changes, names in texts that contain it are decided again.
 */
export type Standing = number;

/** Of a word that no text uses. */
export const unused: Standing = 0;

const steps = 64;
const ordinaryPrior = 4;
/** So many uses is what the world does with a word worth: more for a word that is ordinary everywhere. */
const weightOfPrior = { ordinary: 4, other: 2 };
const shareOfGrammar = 0.05;
const levelsOfPrior = 8;

/** Standing of a word with these uses. */
export function standingOf({ lower, capital }: WordUse): Standing {
  return level(lower) * steps + level(capital);
}

/** Words of grammar and single letters are what they are; nobody has to count them. */
export function isCounted(folded: string): boolean {
  return folded.length > 1 && !singleWordStops.has(folded);
}

/** Share of a word's uses with a capital, between 0 and 1; `prior` is what the world does with it, in eighths. */
export function shareOfCapitals(folded: string, standing: Standing, prior: number): number {
  if (singleWordStops.has(folded)) return shareOfGrammar;
  const lower = usesAt(Math.floor(standing / steps));
  const capital = usesAt(standing % steps);
  const weight = prior < ordinaryPrior ? weightOfPrior.ordinary : weightOfPrior.other;
  return (capital + (weight * (prior + 0.5)) / levelsOfPrior) / (capital + lower + weight);
}

/** 0, 1, 2, 3, then 4 to 5, 6 to 8, 9 to 12 …: four steps where a use more or less matters, then half octaves. */
function level(uses: number): number {
  return uses < 4 ? uses : Math.floor(2 * Math.log2(uses));
}

function usesAt(step: number): number {
  return step < 4 ? step : 2 ** ((step + 0.5) / 2);
}

/** Uses as one text, to be sent and kept: `word` is one small use, `word:2:1` two small ones and a capital. */
export function encodeUses(uses: WordUses): string {
  let text = "";
  for (const [word, { lower, capital }] of uses) {
    if (text !== "") text += " ";
    text += capital === 0 ? (lower === 1 ? word : `${word}:${lower}`) : `${word}:${lower}:${capital}`;
  }
  return text;
}

/** Adds uses that were encoded, `sign` times. */
export function addEncodedUses(text: string, sign: 1 | -1, uses: WordUses): void {
  if (text === "") return;
  for (const entry of text.split(" ")) {
    const [word = "", lower = "1", capital = "0"] = entry.split(":");
    const use = uses.get(word);
    if (use === undefined) uses.set(word, { lower: sign * Number(lower), capital: sign * Number(capital) });
    else {
      use.lower += sign * Number(lower);
      use.capital += sign * Number(capital);
    }
  }
}
