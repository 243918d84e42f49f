import { decodeRuns } from "./candidate.ts";
import { namesIn } from "./decide-candidate.ts";
import { type DefaultType, majorityType } from "./entity-type.ts";
import type { Standing } from "./lexicon.ts";
import { fold, mostFrequent, withoutAccents } from "./names.ts";
import { quoteAround } from "./quote.ts";
import { spokenForm } from "./spoken-form.ts";
import { typeInText } from "./type-evidence.ts";

/** A name that a chunk is guessed to hold, by its capitals. */
export interface GuessedName {
  /** Folded, accents kept: what it is known by. */
  readonly form: string;
  /** The same without accents. */
  readonly plain: string;
  /** As the chunk spells it. */
  readonly name: string;
  /** What the chunk tells of its type; empty when nothing. */
  readonly type: DefaultType | "";
  readonly count: number;
  /** Where the first one stands, and the sentence around it. */
  readonly start: number;
  readonly quote: string;
}

/**
 * Names in a chunk that no title or alias covers, each once. `runs` is what the chunk says (see `encodeRuns`), `known`
 * are the spoken forms of the known names in its prose, `standing` is what the vault does with a word.
 */
export function guessNames(
  text: string,
  runs: readonly number[],
  known: readonly string[],
  standing: (folded: string) => Standing,
): GuessedName[] {
  const found = namesIn(decodeRuns(runs), text, standing).map((span) => {
    const name = text.slice(span.start, span.end).replaceAll(/\s+/g, " ");
    return { name, form: fold(name), type: typeInText(text, span), start: span.start, end: span.end };
  });
  const phrases = known.map((form) => ` ${form} `);
  const isKnown = (name: string) => {
    const spoken = ` ${spokenForm(name)} `;
    return phrases.some((phrase) => phrase.includes(spoken));
  };
  return [...Map.groupBy(found, ({ form }) => form)].flatMap(([form, places]) => {
    const [first] = places;
    if (first === undefined || isKnown(first.name)) return [];
    const types = places.flatMap(({ type }) => type ?? []);
    return [
      {
        form,
        plain: withoutAccents(form),
        name: mostFrequent(places.map(({ name }) => name)) ?? first.name,
        type: types.length > 0 ? majorityType(types) : "",
        count: places.length,
        start: first.start,
        quote: quoteAround(text, first.start, first.end),
      },
    ];
  });
}

/**
 * Which entity a guessed form means, among all forms of the vault that are the same without accents: an unaccented one
 * joins the only accented one, two different accents never join.
 */
export function keyOfForm(form: string, alike: readonly string[]): string {
  if (withoutAccents(form) !== form) return form;
  const [only, ...more] = alike.filter((other) => other !== form);
  return only !== undefined && more.length === 0 ? only : form;
}
