import type { NameSpan } from "./decide-candidate.ts";
import type { DefaultType } from "./entity-type.ts";
import { givenNames } from "./given-names.ts";
import { isKnownPlace } from "./known-places.ts";
import { fold, withoutAccents } from "./names.ts";
import { placePhrases, typeOfWordBefore, typeOfWordInside } from "./type-words.ts";
import { wordsOf } from "./words.ts";

/** How far before a name is looked, in UTF-16 units. */
const reach = 40;
/** `J. R. R. Tolkien`, but no `U.S. Route` and no `F.C. Porto`. */
const initials = /^(?!U\.[SK]\.|[AFC]\.[CDF]\.)(?:\p{Lu}\.\s*){1,3}\p{Lu}\p{Ll}/u;

/**
 * Type that a text gives to a name it holds, if any: by a title of a person, the words of the name, the words before it.
 * The strongest evidence decides: a `Rua Ana Souza` is a place, whoever Ana Souza was.
 */
export function typeInText(text: string, name: NameSpan): DefaultType | undefined {
  const written = text.slice(name.start, name.end);
  const words = wordsOf(written).map((word) => word.folded);
  if (name.isQuotation) return "Work";
  const isGiven = givenNames.has(words[0] ?? "");
  if (isGiven && words.length === 2) return "Person";
  const before = text.slice(Math.max(0, name.start - reach), name.start);
  return (
    typeByWords(words) ??
    (name.hasPersonTitle || initials.test(written) ? "Person" : undefined) ??
    (isKnownPlace(written) ? "Place" : undefined) ??
    typeBefore(before) ??
    (isGiven ? "Person" : undefined)
  );
}

/** In `University of Lake Constance` and `Universidade do Porto` the first word decides, in `Silver Lake` the last. */
function typeByWords(words: readonly string[]): DefaultType | undefined {
  if (words.length < 2) return undefined;
  const typeOf = (word: string | undefined) => typeOfWordInside.get(withoutAccents(word ?? ""));
  return typeOf(words[0]) ?? typeOf(words.at(-1)) ?? words.map(typeOf).find((type) => type !== undefined);
}

function typeBefore(before: string): DefaultType | undefined {
  const line = fold(before.slice(before.lastIndexOf("\n") + 1));
  const phrase = line.replace(/\s+(?:the|o|a)\s*$/, " ").trimEnd();
  if (line.trimEnd() === line) return undefined;
  if (
    placePhrases.some((known) => phrase.endsWith(known) && !/\p{L}/u.test(phrase.at(-known.length - 1) ?? ""))
  )
    return "Place";
  const word = /(\p{L}+)(?:\s+(?:d[eao]s?|of))?$/u.exec(phrase)?.[1];
  const isApart = /\p{L}+\s+(?:d[eao]s?|of)$/u.test(phrase);
  const type = typeOfWordBefore.get(withoutAccents(word ?? ""));
  // `cidade de Manaus` is a place; `presidente da França` is no person.
  return isApart && type !== "Place" ? undefined : type;
}
