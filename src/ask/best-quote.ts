import { searchText } from "../knowledge/words.ts";

const longestQuote = 320;

/**
 * The sentence of a text that has most of the words, verbatim; the first one of those that have as many. A
 * heading only names what the sentences below it say, so it is quoted only where there is nothing else.
 */
export function bestQuote(text: string, words: readonly string[]): string {
  const all = sentencesOf(text);
  const sentences = all.filter((sentence) => !/^#{1,6}\s/.test(sentence));
  let best = { quote: "", score: -1 };
  for (const quote of sentences.length > 0 ? sentences : all) {
    const score = coverage(quote, words);
    if (score > best.score) best = { quote, score };
  }
  return best.quote.length <= longestQuote ? best.quote : cutAround(best.quote, words);
}

/** How many of the words a text has; a word that only begins alike counts half. */
export function coverage(text: string, words: readonly string[]): number {
  const present = searchText(text).split(" ");
  const exact = new Set(present);
  return words.reduce((sum, word) => {
    if (exact.has(word)) return sum + 1;
    const stem = word.slice(0, Math.max(4, word.length - 2));
    return word.length >= 5 && present.some((other) => other.startsWith(stem)) ? sum + 0.5 : sum;
  }, 0);
}

function sentencesOf(text: string): string[] {
  return text
    .split(/\n+/)
    .flatMap((line) => line.split(/(?<=[.!?…。！？]["'”’)\]]*)\s+/))
    .map((sentence) => sentence.trim())
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
}

function cutAround(sentence: string, words: readonly string[]): string {
  const lower = sentence.toLowerCase();
  const first = Math.min(
    ...words.map((word) => lower.indexOf(word)).filter((index) => index >= 0),
    sentence.length - 1,
  );
  const start = first > longestQuote / 2 ? sentence.indexOf(" ", first - longestQuote / 3) + 1 : 0;
  const end = sentence.lastIndexOf(" ", start + longestQuote);
  return sentence.slice(start, end > start ? end : start + longestQuote).toWellFormed();
}
