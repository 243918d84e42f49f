/** A word of a text: its folded form, and where it stands (UTF-16 units). */
export interface Word {
  readonly folded: string;
  readonly start: number;
  readonly end: number;
}

// Scripts without spaces between words are read character by character: a name is found as a substring.
const unspaced = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}`;
/** `C++`, `C#`: signs that belong to the word they stand behind. */
const signs = String.raw`(?:[+#]+(?![\p{L}\p{N}]))?`;
const wordPattern = new RegExp(
  String.raw`[${unspaced}]\p{M}*|[[\p{L}\p{M}\p{N}]--[${unspaced}]]+${signs}`,
  "gv",
);

/** NFKC and case folded, diacritics kept: the key of a name. */
export function fold(name: string): string {
  const normal = isAscii(name) ? name : name.normalize("NFKC");
  const lower = normal.toLowerCase();
  return isAscii(lower) ? lower : lower.toUpperCase().toLowerCase().replaceAll("ς", "σ").normalize("NFKC");
}

/** The key without the diacritics of Latin letters; other scripts stay as they are. */
export function withoutAccents(folded: string): string {
  if (isAscii(folded)) return folded;
  return folded
    .normalize("NFD")
    .replaceAll(/(\p{Script=Latin})\p{M}+/gu, "$1")
    .normalize("NFC");
}

/** Words of a text in order. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  wordPattern.lastIndex = 0;
  for (let match = wordPattern.exec(text); match !== null; match = wordPattern.exec(text)) {
    const word = match[0];
    words.push({ folded: foldWord(word), start: match.index, end: match.index + word.length });
  }
  return words;
}

/**
 * What stands between two words, with what does not matter taken away: kinds of space, hyphens, typographic
 * quotes, Markdown marks. A blank line never joins a name.
 */
export function gapBetween(raw: string): string {
  if (raw === " " || raw === "") return raw;
  if (/\n\s*\n/.test(raw)) return "\n";
  return raw
    .replaceAll(/[*_`~[\]\\]+/g, "")
    .replaceAll(/[’‘ʼ]/g, "'")
    .replaceAll(/[\s\u2010-\u2015-]+/g, " ");
}

/** A name as prose would have it: folded words with normal gaps, without signs at its ends (`👤 Ana` is `ana`). */
export function spokenForm(name: string): string {
  const words = wordsOf(name);
  return words
    .map((word, index) => {
      const previous = words[index - 1];
      return previous === undefined
        ? word.folded
        : gapBetween(name.slice(previous.end, word.start)) + word.folded;
    })
    .join("");
}

/** Text as words for a full-text index and its queries: folded, without accents, a space between words. */
export function searchText(text: string): string {
  return wordsOf(text)
    .map((word) => withoutAccents(word.folded))
    .join(" ");
}

/** Order by code point, the tie-break everywhere (`<` would order by UTF-16 unit). */
export function byCodePoint(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** The most frequent of some spellings, ties by code point. */
export function mostFrequent(spellings: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const spelling of spellings) counts.set(spelling, (counts.get(spelling) ?? 0) + 1);
  return [...counts].toSorted(([a, countA], [b, countB]) => countB - countA || byCodePoint(a, b))[0]?.[0];
}

/** Surrogates stand for code points above all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

const foldedWords = new Map<string, string>();

/** The same few thousand words make up most of any text. */
function foldWord(word: string): string {
  const known = foldedWords.get(word);
  if (known !== undefined) return known;
  const folded = fold(word);
  if (foldedWords.size > 200_000) foldedWords.clear();
  foldedWords.set(word, folded);
  return folded;
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 127) return false;
  return true;
}
