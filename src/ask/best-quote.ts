import { searchText } from "../knowledge/names.ts";

const longestQuote = 320;

/** The sentence of a text that has most of the words, verbatim; the first one of those that have as many. */
export function bestQuote(text: string, words: readonly string[]): string {
  let best = { quote: "", score: -1 };
  for (const sentence of sentencesOf(text)) {
    const score = coverage(sentence, words);
    // A heading only names what the sentences below it say.
    const worth = /^#{1,6}\s/.test(sentence) ? score - 0.5 : score;
    if (worth > best.score) best = { quote: sentence, score: worth };
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
