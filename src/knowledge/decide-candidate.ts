import type { Run, RunWord } from "./candidate.ts";
import { shareOfCapitals, type Standing } from "./lexicon.ts";
import { givenNames } from "./given-names.ts";
import {
  calendarWords,
  conjunctions,
  connectors,
  institutions,
  loneWords,
  offices,
  ordinaryAbbreviations,
  personTitles,
  softwareParts,
  titleConnectors,
  titlePrefixes,
} from "./name-words.ts";
import { fold } from "./names.ts";
import { singleWordStops } from "./ordinary-words.ts";

/** A name in a text, and what its own run tells of it. */
export interface NameSpan {
  readonly start: number;
  readonly end: number;
  /** A quotation is the title of a work. */
  readonly isQuotation: boolean;
  /** `Dr.`, `Dona` or `Senator` stands before it. */
  readonly hasPersonTitle: boolean;
}

/** Least share of uses with a capital (see `shareOfCapitals`) that makes a word part of a name, by where it stands. */
const least = {
  /** One word inside a sentence: the use itself counts among its uses. */
  inside: 0.42,
  /** The same of a word that the world writes small. */
  ordinary: 0.5,
  /** One word at the start of a sentence, where every word has a capital: more than nobody knows. */
  start: 0.57,
  /** The first of several words at the start of a sentence; each word of a title. */
  first: 0.5,
  /** Several words, on average. */
  several: 0.3,
  /** A quoted title, on average. */
  quotation: 0.18,
  /** What counts as a name by itself: `Major` is a title before `Tom`, and none before `League`. */
  name: 0.5,
};
const ordinaryPrior = 4;

interface Word extends RunWord {
  readonly text: string;
  readonly folded: string;
  /** 0 for small words and numbers. */
  readonly share: number;
}

/** Names in a text, in order, given how the vault writes its words; a quoted title hides what is in it. */
export function namesIn(
  runs: readonly Run[],
  text: string,
  standing: (folded: string) => Standing,
): NameSpan[] {
  const found = runs.map((run) => ({ run, names: namesOf(run, text, standing) }));
  const titles = found.flatMap(({ run, names }) => (run.isQuotation ? names : []));
  const others = found.flatMap(({ run, names }) => (run.isQuotation ? [] : names));
  const visible = others.filter(
    (name) => !titles.some((title) => title.start < name.end && title.end > name.start),
  );
  return [...titles, ...visible].toSorted((a, b) => a.start - b.start);
}

function namesOf(run: Run, text: string, standing: (folded: string) => Standing): NameSpan[] {
  const words = run.words.map((word): Word => {
    const raw = text.slice(word.start, word.end);
    const folded = fold(raw);
    const hasShare = word.form !== "lower" && word.form !== "number";
    const share = hasShare ? shareOfCapitals(folded, standing(folded), word.prior) : 0;
    return {
      ...word,
      text: raw,
      folded,
      share: ordinaryAbbreviations.has(folded) ? Math.min(share, least.quotation) : share,
    };
  });
  if (run.isQuotation) return !run.isLabel && isTitle(words, text) ? [spanOf(words, true, false)] : [];
  return splitAtOrdinary(words, text)
    .flatMap(splitAtConjunctions)
    .flatMap(splitAtOffices)
    .flatMap((part) => {
      const name = trimmed(part);
      const hasPersonTitle = isPersonTitle(part.findLast((word) => word.end <= (name[0]?.start ?? 0)));
      const isRest = isRestOfTitle(name, words);
      return !isRest && isName(name, run.isLabel) ? [spanOf(name, false, hasPersonTitle)] : [];
    });
}

/** Where a capital means nothing, ordinary words are no part of a name. */
function splitAtOrdinary(words: readonly Word[], text: string): Word[][] {
  return split(words, (word, index) => {
    if (!isSpelled(word)) return false;
    if (index === 0 && loneWords.has(word.folded)) return true;
    // `AND`, `OR`: shouted grammar.
    if (word.form === "caps" && singleWordStops.has(word.folded)) return true;
    if (word.place === "inside") return false;
    if (word.form === "initial") return index === 0 && text[word.end] !== ".";
    const next = words[index + 1];
    const isFollowed = next !== undefined && next.form !== "lower" && next.form !== "number";
    return word.share < (word.place === "titled" || isFollowed ? least.first : least.start);
  });
}

/** `Ana and Rui` are two; `Ministry of Health and Welfare` is one. */
function splitAtConjunctions(words: readonly Word[]): Word[][] {
  return split(words, (word, index) => {
    if (word.form !== "lower" || !conjunctions.has(word.folded)) return false;
    const [head] = words;
    const before = words[index - 1];
    const after = words.slice(index + 1).find((next) => next.form !== "lower");
    const isPart =
      head !== undefined &&
      institutions.has(head.folded) &&
      words.slice(0, index).some((small) => small.form === "lower") &&
      [before, after].every((side) => side !== undefined && side.prior < ordinaryPrior);
    return !isPart;
  });
}

/** `British Prime Minister Sir Winston Churchill` is a country and a person. */
function splitAtOffices(words: readonly Word[]): Word[][] {
  const office = words.findIndex((word, index) => index > 0 && offices.has(word.folded));
  const [head] = words;
  if (office === -1 || head === undefined || head.share < least.name) return [[...words]];
  if (words[office - 1]?.form === "lower") return [[...words]];
  const end = titlePrefixes.has(words[office - 1]?.folded ?? "") ? office - 1 : office;
  return [words.slice(0, end), words.slice(office)].filter((part) => part.length > 0);
}

/** Without small words at the ends, dates, titles of persons. */
function trimmed(words: readonly Word[]): Word[] {
  let part = [...words];
  for (;;) {
    const { length } = part;
    part = withoutDate(withoutTitle(withoutSmallEnds(part)));
    if (part.length === length) return part;
  }
}

function withoutSmallEnds(words: Word[]): Word[] {
  let from = 0;
  let to = words.length;
  while (from < to && (words[from]?.form === "lower" || isRomanNumber(words[from]))) from++;
  while (from < to && (words[to - 1]?.form === "lower" || (to - from > 1 && isSoftwarePart(words[to - 1])))) {
    to--;
  }
  return words.slice(from, to);
}

/** `King Stephen` is Stephen, `President of Acme` speaks of Acme; `Major League` keeps its first word. */
function withoutTitle(words: Word[]): Word[] {
  const title = titlePrefixes.has(words[0]?.folded ?? "") && isPersonTitle(words[1]) ? 1 : 0;
  if (!isPersonTitle(words[title])) return words;
  const rest = words.slice(title + 1);
  if (rest.length === 0) return [];
  const named = rest.find((word) => word.form !== "lower");
  const isBeforeName =
    rest[0]?.form === "lower" ||
    (named !== undefined &&
      (named.form === "initial" ||
        named.share >= least.name ||
        isPersonTitle(named) ||
        titlePrefixes.has(named.folded)));
  return isBeforeName ? rest : words;
}

function withoutDate(words: Word[]): Word[] {
  const [first, second] = words;
  const isDate = first !== undefined && calendarWords.has(first.folded);
  const isAlone = second === undefined || second.form === "number" || second.form === "lower";
  if (isDate && (isAlone || isPersonTitle(second) || givenNames.has(second.folded))) return words.slice(1);
  const isDated = words.at(-1)?.form === "number" && calendarWords.has(words.at(-2)?.folded ?? "");
  return isDated ? words.slice(0, -2) : words;
}

/** `YYYY-MM-DD`, `X.Y.Z`: forms to be filled in. */
const placeholder = /^[XYZMDHS]+(?:[-./:][XYZMDHSa-z]+)+\.?$/;
/** `H1`, `Q4`: a letter and a number. */
const code = /^\p{Lu}\d+$/u;

/** Whether what is left is a name: its words must be written with a capital by habit, not by position. */
function isName(words: readonly Word[], isLabel: boolean): boolean {
  const spelled = words.filter((word) => isSpelled(word) && word.form !== "initial");
  const [head] = spelled;
  if (head === undefined || words.some((word) => placeholder.test(word.text))) return false;
  if (isLabel && spelled.every((word) => word.prior < ordinaryPrior)) return false;
  // Grammar says nothing about a name: `New` of `New Jersey`.
  const telling = spelled.filter((word) => !singleWordStops.has(word.folded));
  const judged = telling.length > 0 ? telling : spelled;
  const share = meanShare(judged);
  if (words.length > 1 && judged.length > 1) return share >= least.several;
  if (head.text.length < 2 || code.test(head.text) || isOrdinaryMark(head.folded)) return false;
  if (head.place !== "inside") return share >= least.start;
  return share >= (head.prior < ordinaryPrior ? least.ordinary : least.inside);
}

/** `Compliments` of `Various Compliments` at a start: the title went with its first word. */
function isRestOfTitle(name: readonly Word[], words: readonly Word[]): boolean {
  const [only, ...more] = name;
  if (only === undefined || more.length > 0 || only.prior >= ordinaryPrior) return false;
  const before = words[words.findIndex((word) => word.start === only.start) - 1];
  return before !== undefined && isSpelled(before) && !singleWordStops.has(before.folded);
}

function meanShare(words: readonly Word[]): number {
  return words.length === 0
    ? 0
    : words.reduce((sum, word) => sum + (word.form === "mixed" ? 1 : word.share), 0) / words.length;
}

function isOrdinaryMark(folded: string): boolean {
  return [folded, folded.replace(/s$/, "")].some(
    (form) => ordinaryAbbreviations.has(form) || loneWords.has(form) || calendarWords.has(form),
  );
}

/** A quotation in which every word that counts has a capital names a work. */
function isTitle(words: readonly Word[], text: string): boolean {
  const capitals = words.filter(isSpelled);
  const telling = capitals.filter((word) => !singleWordStops.has(word.folded));
  const [first, second] = words;
  // `Tasks: Toggle Done` is a command.
  const isCommand =
    first !== undefined &&
    first.prior < ordinaryPrior &&
    text.slice(first.end, second?.start).startsWith(":");
  return (
    !isCommand &&
    capitals.length >= 2 &&
    (telling.length > 1 || meanShare(telling) >= least.name) &&
    words[0]?.form !== "lower" &&
    words.at(-1)?.form !== "lower" &&
    meanShare(capitals) >= least.quotation &&
    words.every(
      (word) => word.form !== "lower" || connectors.has(word.folded) || titleConnectors.has(word.folded),
    )
  );
}

function isSpelled(word: Word): boolean {
  return word.form !== "lower" && word.form !== "number";
}

function isPersonTitle(word: Word | undefined): boolean {
  return word !== undefined && personTitles.has(word.folded);
}

function isRomanNumber(word: Word | undefined): boolean {
  return word?.form === "caps" && /^[IVXL]+$/.test(word.text);
}

function isSoftwarePart(word: Word | undefined): boolean {
  return word !== undefined && word.share < least.name && softwareParts.has(word.folded);
}

/** Pieces of a list between the items that are no part of it. */
function split(words: readonly Word[], isBorder: (word: Word, index: number) => boolean): Word[][] {
  const parts: Word[][] = [[]];
  for (const [index, word] of words.entries()) {
    if (isBorder(word, index)) parts.push([]);
    else parts.at(-1)?.push(word);
  }
  return parts.filter((part) => part.length > 0);
}

function spanOf(words: readonly Word[], isQuotation: boolean, hasPersonTitle: boolean): NameSpan {
  return { start: words[0]?.start ?? 0, end: words.at(-1)?.end ?? 0, isQuotation, hasPersonTitle };
}
