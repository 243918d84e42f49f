import type { Run, RunWord } from "./candidate.ts";
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

/** Share of a word's uses that have a capital, between 0 and 1; `prior` is what the world does with it, in eighths. */
export type CapitalShare = (folded: string, prior: number) => number;

/** Range of a name in its text. */
export interface NameSpan {
  readonly start: number;
  readonly end: number;
}

export const P = {
  inside: 0.42,
  start: 0.57,
  startFirst: 0.5,
  titled: 0.5,
  alone: 0.57,
  name: 0.5,
  kShare: 2,
  multi: 0.34,
  quote: 0.3,
  max: 0.55,
};

interface Word extends RunWord {
  readonly text: string;
  readonly folded: string;
  /** 0 for small words and numbers. */
  readonly share: number;
}

/** The names that a run of words holds, given how the vault writes its words. */
export function namesIn(run: Run, text: string, share: CapitalShare): NameSpan[] {
  const words = run.words.map((word): Word => {
    const raw = text.slice(word.start, word.end);
    const folded = fold(raw);
    const hasShare = word.form !== "lower" && word.form !== "number";
    return { ...word, text: raw, folded, share: hasShare ? share(folded, word.prior) : 0 };
  });
  if (run.isQuotation)
    return !run.isLabel && isTitle(words) && Math.max(...words.map((w) => w.share)) >= P.quote
      ? [spanOf(words)]
      : [];
  return splitAtOrdinary(words, text)
    .flatMap(splitAtConjunctions)
    .flatMap(splitAtOffices)
    .map(trimmed)
    .filter((part) => isName(part, run.isLabel))
    .map(spanOf);
}

/** Where a capital means nothing, ordinary words are no part of a name. */
function splitAtOrdinary(words: readonly Word[], text: string): Word[][] {
  return split(words, (word, index) => {
    if (word.form === "lower" || word.form === "number" || word.form === "mixed") return false;
    if (word.form === "initial") return index === 0 && word.place !== "inside" && text[word.end] !== ".";
    if (word.place === "inside") return false;
    if (word.place === "titled") return word.share < P.titled;
    const next = words[index + 1];
    const isAlone = next === undefined || next.form === "lower" || next.form === "number";
    return word.share < (isAlone ? P.start : P.startFirst);
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
      [before, after].every((side) => side !== undefined && side.prior < 4);
    return !isPart;
  });
}

/** `British Prime Minister Sir Winston Churchill` is a country and a person. */
function splitAtOffices(words: readonly Word[]): Word[][] {
  const office = words.findIndex((word, index) => index > 0 && offices.has(word.folded));
  const [head] = words;
  if (office === -1 || head === undefined || head.share < P.name) return [[...words]];
  const isAfterSmall = words[office - 1]?.form === "lower";
  if (isAfterSmall) return [[...words]];
  const end = titlePrefixes.has(words[office - 1]?.folded ?? "") ? office - 1 : office;
  return [words.slice(0, end), words.slice(office + 1)].filter((part) => part.length > 0);
}

/** Without small words at the ends, dates, titles of persons. */
function trimmed(words: readonly Word[]): Word[] {
  let part = [...words];
  for (;;) {
    const length = part.length;
    part = withoutDate(withoutTitle(withoutSmallEnds(part)));
    if (part.length === length) return part;
  }
}

function withoutSmallEnds(words: Word[]): Word[] {
  let from = 0;
  let to = words.length;
  const isSmall = (word: Word | undefined) =>
    word?.form === "lower" || (word?.form === "caps" && romanNumber.test(word.text));
  while (from < to && isSmall(words[from])) from++;
  while (from < to && (words[to - 1]?.form === "lower" || (to - from > 1 && isSoftwarePart(words[to - 1]))))
    to--;
  return words.slice(from, to);
}

function isSoftwarePart(word: Word | undefined): boolean {
  return word !== undefined && word.share < P.name && softwareParts.has(word.folded);
}

function withoutTitle(words: Word[]): Word[] {
  const title = titlePrefixes.has(words[0]?.folded ?? "") && personTitles.has(words[1]?.folded ?? "") ? 1 : 0;
  if (!personTitles.has(words[title]?.folded ?? "")) return words;
  const rest = words.slice(title + 1);
  if (rest.length === 0) return [];
  const named = rest.find((word) => word.form !== "lower");
  const isBeforeName =
    rest[0]?.form === "lower" ||
    named?.form === "initial" ||
    (named !== undefined &&
      (named.share >= P.name || personTitles.has(named.folded) || titlePrefixes.has(named.folded)));
  return isBeforeName ? rest : words;
}

function withoutDate(words: Word[]): Word[] {
  const [first, second] = words;
  if (first === undefined) return words;
  if (
    calendarWords.has(first.folded) &&
    (second === undefined || second.form === "number" || second.form === "lower")
  )
    return words.slice(1);
  const isDated =
    words.length > 1 && words.at(-1)?.form === "number" && calendarWords.has(words.at(-2)?.folded ?? "");
  return isDated ? words.slice(0, -2) : words;
}

const romanNumber = /^[IVXL]+$/;

/** Whether what is left is a name: one word must be written with a capital by habit, several on the whole. */
function isName(words: readonly Word[], isLabel: boolean): boolean {
  const [first] = words;
  if (first === undefined || words.some((word) => placeholder.test(word.text))) return false;
  const counted = words.filter(
    (word) => word.form !== "lower" && word.form !== "number" && word.form !== "initial",
  );
  const [head] = counted;
  if (head === undefined) return false;
  // Grammar says nothing about a name: `New` of `New Jersey`.
  const telling = counted.filter((word) => !singleWordStops.has(word.folded));
  const shares = (telling.length > 0 ? telling : counted).map((word) =>
    word.form === "mixed" ? 1 : word.share,
  );
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  if (isLabel && counted.every((word) => word.prior < 4)) return false;
  if (words.length > 1) return Math.max(...shares) >= P.max || mean >= P.multi;
  const singular = head.folded.replace(/s$/, "");
  if (
    head.text.length < 2 ||
    code.test(head.text) ||
    [head.folded, singular].some(
      (form) => ordinaryAbbreviations.has(form) || loneWords.has(form) || calendarWords.has(form),
    )
  )
    return false;
  return mean >= (head.place === "inside" ? P.inside : head.place === "titled" ? P.alone : P.start);
}

/** `YYYY-MM-DD`, `X.Y.Z`: forms to be filled in. */
const placeholder = /^[XYZMDHS]+(?:[-./:][XYZMDHSa-z]+)+\.?$/;
/** `H1`, `Q4`: a letter and a number. */
const code = /^\p{Lu}\d+$/u;

/** A quotation in which every word that counts has a capital names a work. */
function isTitle(words: readonly Word[]): boolean {
  const capitals = words.filter((word) => word.form !== "lower" && word.form !== "number").length;
  return (
    capitals >= 2 &&
    words[0]?.form !== "lower" &&
    words.at(-1)?.form !== "lower" &&
    words.every(
      (word) => word.form !== "lower" || connectors.has(word.folded) || titleConnectors.has(word.folded),
    )
  );
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

function spanOf(words: readonly Word[]): NameSpan {
  return { start: words[0]?.start ?? 0, end: words.at(-1)?.end ?? 0 };
}
