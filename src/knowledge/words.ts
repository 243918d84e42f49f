import { fold, withoutAccents } from "./names.ts";

/**
 * A word of a text: its folded form, the same without accents with a number that equal ones share, and where it
 * stands (UTF-16 units).
 */
export interface Word {
  readonly folded: string;
  readonly plain: string;
  readonly hash: number;
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

/** Words of a text in order. */
export function wordsOf(text: string): Word[] {
  return isSimple(text) ? simpleWords(text) : anyWords(text);
}

/** Text as words for a full-text index and its queries: folded, without accents, a space between words. */
export function searchText(text: string): string {
  return joined(wordsOf(text));
}

/** Words as a full-text index has them. */
export function joined(words: readonly Word[]): string {
  return words.map((word) => word.plain).join(" ");
}

function anyWords(text: string): Word[] {
  const words: Word[] = [];
  wordPattern.lastIndex = 0;
  for (let match = wordPattern.exec(text); match !== null; match = wordPattern.exec(text)) {
    const [written] = match;
    words.push({ ...formsOf(written), start: match.index, end: match.index + written.length });
  }
  return words;
}

/**
 * Latin letters whose folding is one letter to one, digits, and characters of no word. Any other character (`ß`, `µ`,
 * `²`, a combining mark, another script) has the text read by the pattern.
 */
const simpleText =
  /^[\0-\x7f\xa0-\xa7\xa9\xab-\xae\xb0\xb1\xb6\xb7\xbb\xbf-\xde\xe0-\xff\u2010-\u2027\u2030-\u205e]*$/;
const plainOf = Array.from({ length: 256 }, (_, unit) => withoutAccents(fold(String.fromCharCode(unit))));
/** Whether a character below U+0100 belongs to a word. */
const inWord = Uint8Array.from({ length: 256 }, (_, unit) =>
  /[\p{L}\p{N}]/u.test(String.fromCharCode(unit)) ? 1 : 0,
);
const accented = /[\xe0-\xff]/g;

function isSimple(text: string): boolean {
  return simpleText.test(text);
}

/** The same as the pattern finds, ten times as fast: most notes are nothing but this. */
function simpleWords(text: string): Word[] {
  const words: Word[] = [];
  const lower = text.toLowerCase();
  const plainText = lower.replace(accented, (letter) => plainOf[letter.charCodeAt(0)] ?? letter);
  const hasAccents = plainText !== lower;
  const isLetter = (index: number) => {
    const unit = text.charCodeAt(index);
    return unit < 256 && inWord[unit] === 1;
  };
  for (let index = 0; index < text.length;) {
    if (!isLetter(index)) {
      index++;
      continue;
    }
    const start = index;
    while (isLetter(index)) index++;
    let end = index;
    while (isSign(text.charCodeAt(end))) end++;
    // Signs belong to the word as far as no letter follows them.
    if (end > index && isLetter(end)) end--;
    index = end;
    const plain = plainText.slice(start, end);
    const hash = hashOf(plainText, start, end);
    words.push({ folded: hasAccents ? lower.slice(start, end) : plain, plain, hash, start, end });
  }
  return words;
}

/** FNV-1a over UTF-16 units. */
function hashOf(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let index = start; index < end; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

function isSign(unit: number): boolean {
  return unit === 35 || unit === 43;
}

type Forms = Pick<Word, "folded" | "plain" | "hash">;
const knownForms = new Map<string, Forms>();
const mostKnown = 200_000;

/** The same few thousand words make up most of any text. */
function formsOf(word: string): Forms {
  const known = knownForms.get(word);
  if (known !== undefined) return known;
  const folded = fold(word);
  const plain = withoutAccents(folded);
  const forms = { folded, plain, hash: hashOf(plain, 0, plain.length) };
  if (knownForms.size > mostKnown) knownForms.clear();
  knownForms.set(word, forms);
  return forms;
}
