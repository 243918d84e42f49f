import { casual as english } from "chrono-node/en";
import { casual as portuguese } from "chrono-node/pt";
import { portugueseForms } from "./portuguese-dates.ts";

/** The result of a reading, as far as it is asked for. */
interface Read {
  readonly text: string;
  readonly start: {
    get(part: "year" | "month" | "day"): number | null;
    isCertain(part: "year" | "month" | "day" | "weekday"): boolean;
  };
}

const portugueseDates = portuguese.clone();
portugueseDates.parsers.unshift(...portugueseForms);

/** Most sentences give no date, and reading them for one takes time. */
const mayGiveDate =
  /(?:1[5-9]|20|21)\d\d|\d[/.-]\d{1,2}[/.-]\d|\d\s?(?:º|st|nd|rd|th)?\s+(?:de\s+|of\s+)?(?:jan|f[ée][vb]|mar|ap?[br]|ma[iy]|jun|jul|ago|aug|se[tp]|o[uc]t|nov|de[zc])|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d|ontem|hoje|amanh|passad|retrasad|[úu]ltim|pr[óo]xim|que vem|atr[áa]s|há |faz |feira|s[áa]bado|domingo|today|yesterday|tomorrow|last |next |ago\b|day\b/i;
const yearAlone = /(?<![\p{L}\p{N}])(?:in|since|em|desde)\s+((?:1[5-9]|20|21)\d\d)(?![\p{L}\p{N}]|[-/.]\d)/iu;
/** `05/03/2024` is in May or in March: in English nobody knows. */
const eitherOrder = /^(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}$/;
const ordinal = /^(?:segunda|ter[çc]a|quarta|quinta|sexta)$/i;
const week = /\b(?:week|weekend|semana)\b/i;
const month = /\b(?:month|mês|mes)\b/i;
const year = /\b(?:year|ano)\b/i;

/**
 * The day, month or year that a sentence gives (`2024-05-03`, `2024-05`, `2024`), else the day of its note; empty
 * when neither gives one. `day` is what words like "yesterday" are relative to: without it they give nothing.
 */
export function statedOn(sentence: string, language: string, day: string): string {
  if (!mayGiveDate.test(sentence)) return day;
  const isPortuguese = language.startsWith("pt");
  const read = (today: Date): Read[] =>
    (isPortuguese ? portugueseDates : english).parse(sentence, today, { forwardDate: false });
  const today = dateOf(day) ?? new Date(2000, 0, 15, 12);
  const dates = read(today);
  // What is the same on any day is said by the sentence alone.
  const others = day === "" ? read(new Date(1970, 6, 3, 12)) : dates;
  for (const [index, found] of dates.entries()) {
    const text = textOf(found, isPortuguese);
    const other = others[index];
    if (text !== "" && other !== undefined && text === textOf(other, isPortuguese)) return text;
  }
  return yearAlone.exec(sentence)?.[1] ?? day;
}

/** The day that a daily note is about, by its title; empty for other notes, months and weeks. */
export function dayOfTitle(title: string): string {
  const numbers = /^(?:\p{L}+[,.-]? *)?(\d{4})([-_. /]?)(\d{2})\2(\d{2})(?!\d)/u.exec(title);
  if (numbers !== null) return isoDay(Number(numbers[1]), Number(numbers[3]), Number(numbers[4]));
  const reversed = /^(?:\p{L}+[,.-]? *)?(\d{1,2})([-_. /])(\d{1,2})\2(\d{4})$/u.exec(title);
  if (reversed !== null) {
    const [first, second] = [Number(reversed[1]), Number(reversed[3])];
    if (first !== second && first <= 12 && second <= 12) return "";
    return isoDay(Number(reversed[4]), first > 12 ? second : first, first > 12 ? first : second);
  }
  if (!/\d{4}/.test(title) || !/\p{L}/u.test(title)) return "";
  const said = [statedOn(title, "en", ""), statedOn(title, "pt", "")];
  return said.find((date) => date.length === "2024-05-03".length) ?? "";
}

function textOf(found: Read, isPortuguese: boolean): string {
  const { text, start } = found;
  // `sex`, `ter`, `may` are more often words than dates, `segunda` and `terça` more often numbers than days.
  if (isPortuguese && ordinal.test(text)) return "";
  if (week.test(text) || (text.length <= 3 && !/\d{3}/.test(text))) return "";
  const order = eitherOrder.exec(text);
  if (
    order !== null &&
    !isPortuguese &&
    order[1] !== order[2] &&
    Number(order[1]) <= 12 &&
    Number(order[2]) <= 12
  )
    return "";
  const parts = [start.get("year"), start.get("month"), start.get("day")].map((part) => part ?? 0);
  const [inYear = 0, inMonth = 0, onDay = 0] = parts;
  if (year.test(text)) return start.isCertain("year") ? String(inYear) : "";
  if (month.test(text)) return isoDay(inYear, inMonth, 1).slice(0, "2024-05".length);
  if (start.isCertain("day") || start.isCertain("weekday")) return isoDay(inYear, inMonth, onDay);
  if (start.isCertain("month") && start.isCertain("year"))
    return isoDay(inYear, inMonth, 1).slice(0, "2024-05".length);
  return start.isCertain("year") && !start.isCertain("month") ? String(inYear) : "";
}

/** Empty for days that no calendar has. */
function isoDay(inYear: number, inMonth: number, onDay: number): string {
  const date = new Date(Date.UTC(inYear, inMonth - 1, onDay));
  const isReal = date.getUTCMonth() === inMonth - 1 && date.getUTCDate() === onDay;
  return isReal ? date.toISOString().slice(0, "2024-05-03".length) : "";
}

/** Noon, so that no time zone makes it another day. */
function dateOf(day: string): Date | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day);
  return parts === null ? undefined : new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]), 12);
}
