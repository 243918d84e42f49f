import { wordsOf } from "./words.ts";

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
