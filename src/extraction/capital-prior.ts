import vocabulary from "gpt-tokenizer/bpeRanks/o200k_base";
import { singleWordStops } from "../knowledge/ordinary-words.ts";
import { givenNames } from "../knowledge/given-names.ts";
import { fold } from "../knowledge/names.ts";

const levels = 8;
const mostRemembered = 100_000;
const known = new Map<string, number>();
let ranks: ReadonlyMap<string, number> | undefined;

/** Pronouns tied to a Portuguese verb: `encontra-se`. */
const clitic = /-(?:[mts]e|lhes?|[nv]os|[ln]?[oa]s?)$/;
/** Adverbs: they open sentences, so that their capitals say little. */
const adverb = /(?:...ly|....mente)$/;
/** Endings of nouns and verbs that are hardly ever names, in words too rare to be in the vocabulary. */
const ordinaryEnding =
  /(?:...tions?|...ness|...isms?|...ments?|...ings?|...ção|...ções|...dades?|...ismos?|...mentos?|...ou|...ando|...endo|...indo|...[aei]ram|...avam?|...rei)$/;
/** What is taken off a word to look for its stem. */
const inflection = /(?:ing|ed|es|s)$/;
const shortestStem = 4;
const longestWord = 30;
/** An adverb with more capitals than this is a name that ends like one: `Italy`. */
const surelyCapital = 0.85;
/** Words behind this place in the vocabulary are rare in every language. */
const rareRank = 40_000;

/**
 * How the texts of the world write a word, in eighths: 0 always small, 7 always with a capital, 4 nobody knows.
 * A tokenizer's vocabulary is the most frequent words of many languages in order, ` mark` before ` Mark`.
 */
export function capitalPrior(word: string): number {
  const folded = fold(word);
  const cached = known.get(folded);
  if (cached !== undefined) return cached;
  if (known.size > mostRemembered) known.clear();
  const prior = Math.min(levels - 1, Math.floor(levels * shareOfCapitals(folded)));
  known.set(folded, prior);
  return prior;
}

function shareOfCapitals(folded: string): number {
  if (folded.length > longestWord) return 0.5;
  if (givenNames.has(folded)) return 0.95;
  if (singleWordStops.has(folded) || clitic.test(folded)) return 0;
  const apostrophe = folded.search(/['’ʼ]/);
  if (apostrophe > 0 && singleWordStops.has(folded.slice(0, apostrophe))) return 0;
  const hyphen = folded.search(/[-‐‑–]/);
  if (hyphen > 0)
    return (shareOfCapitals(folded.slice(0, hyphen)) + shareOfCapitals(folded.slice(hyphen + 1))) / 2;
  const small = rankOf(folded);
  const capital = lesser(
    rankOf(folded.charAt(0).toUpperCase() + folded.slice(1)),
    rankOf(folded.toUpperCase()),
  );
  if (small !== undefined && capital !== undefined) {
    const share = small / (small + capital);
    return adverb.test(folded) && share < surelyCapital ? 0 : share;
  }
  // A rare small word may be one of another language: `sulla` is Italian for "on the".
  if (small !== undefined) return small < rareRank ? 0.1 : 0.35;
  if (capital !== undefined) return 0.95;
  return adverb.test(folded) || ordinaryEnding.test(folded) || isInflected(folded) ? 0.3 : 0.5;
}

function isInflected(folded: string): boolean {
  const stem = folded.replace(inflection, "");
  return stem !== folded && stem.length >= shortestStem && rankOf(stem) !== undefined;
}

function lesser(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}

/** Place of a whole word in the vocabulary; only words of letters are asked for. */
function rankOf(word: string): number | undefined {
  ranks ??= new Map(
    vocabulary.flatMap((token, rank) =>
      typeof token === "string" && token.startsWith(" ") ? [[token.slice(1), rank] as const] : [],
    ),
  );
  return ranks.get(word);
}
