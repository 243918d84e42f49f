import type { Parser } from "chrono-node/pt";

type DateParts = { readonly year: number; readonly month?: number; readonly day?: number };

const weekdays = ["domingo", "segunda", "terça", "quarta", "quinta", "sexta", "sábado"];
const months =
  "janeiro|fevereiro|março|marco|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro".split("|");
const numbers: Readonly<Record<string, number>> = {
  um: 1,
  uma: 1,
  dois: 2,
  duas: 2,
  três: 3,
  tres: 3,
  quatro: 4,
  cinco: 5,
  seis: 6,
  sete: 7,
  oito: 8,
  nove: 9,
  dez: 10,
};
const count = `\\d{1,3}|${Object.keys(numbers).join("|")}`;
const weekday = `(?:segunda|ter[çc]a|quarta|quinta|sexta)(?:-feira)?|s[áa]bado|domingo`;
const before = String.raw`(?<![\p{L}\p{N}])`;
const behind = String.raw`(?![\p{L}\p{N}])`;

/** Portuguese ways to give a date that the library's locale does not know. */
export const portugueseForms: readonly Parser[] = [
  form("anteontem", (_, today) => daysFrom(today, -2)),
  form("depois de amanh[ãa]", (_, today) => daysFrom(today, 2)),
  form(`(${weekday}) (?:passad[ao]|retrasad[ao])`, ([, name = ""], today) =>
    daysFrom(today, -(((today.getDay() - weekdayOf(name) + 6) % 7) + 1)),
  ),
  form(`[úu]ltim[ao] (${weekday})`, ([, name = ""], today) =>
    daysFrom(today, -(((today.getDay() - weekdayOf(name) + 6) % 7) + 1)),
  ),
  form(`(?:pr[óo]xim[ao] (${weekday})|(${weekday}) que vem)`, ([, name, other = ""], today) =>
    daysFrom(today, ((weekdayOf(name ?? other) - today.getDay() + 6) % 7) + 1),
  ),
  form(
    `(?:h[áa]|faz) (${count}) (dias?|semanas?|m[êe]s(?:es)?|anos?)(?: atr[áa]s)?`,
    ([, many = "", unit = ""], today) => unitsAgo(today, numberOf(many), unit),
  ),
  form(`(${count}) (dias?|semanas?|m[êe]s(?:es)?|anos?) atr[áa]s`, ([, many = "", unit = ""], today) =>
    unitsAgo(today, numberOf(many), unit),
  ),
  form("m[êe]s passado", (_, today) => monthOf(new Date(today.getFullYear(), today.getMonth() - 1, 1))),
  form("ano passado", (_, today) => ({ year: today.getFullYear() - 1 })),
  form(`(?:${months.join("|")})(?: de | ?/ ?| )((?:1[5-9]|20|21)\\d\\d)`, ([whole, year = ""]) => ({
    year: Number(year),
    month: monthNumber(whole),
  })),
];

/** A parser of the library for one form; `read` gets the match and the day it is relative to. */
function form(
  source: string,
  read: (match: readonly (string | undefined)[], today: Date) => DateParts,
): Parser {
  const pattern = new RegExp(before + source + behind, "iu");
  return {
    pattern: () => pattern,
    extract: (context, match) => ({ ...read([...match], context.refDate) }),
  };
}

function daysFrom(today: Date, days: number): DateParts {
  const date = new Date(today.getFullYear(), today.getMonth(), today.getDate() + days);
  return { ...monthOf(date), day: date.getDate() };
}

function unitsAgo(today: Date, many: number, unit: string): DateParts {
  if (/^d/i.test(unit)) return daysFrom(today, -many);
  if (/^s/i.test(unit)) return daysFrom(today, -7 * many);
  if (/^m/i.test(unit)) return monthOf(new Date(today.getFullYear(), today.getMonth() - many, 1));
  return { year: today.getFullYear() - many };
}

function monthOf(date: Date): { year: number; month: number } {
  return { year: date.getFullYear(), month: date.getMonth() + 1 };
}

function weekdayOf(name: string): number {
  const start = name.toLowerCase().replace("terca", "terça").replace("sabado", "sábado");
  return weekdays.findIndex((day) => start.startsWith(day));
}

function monthNumber(text: string | undefined): number {
  const start = (text ?? "").toLowerCase().replace("marco", "março");
  const name = months.find((month) => start.startsWith(month)) ?? "";
  return months.filter((month) => month !== "marco").indexOf(name) + 1;
}

function numberOf(word: string): number {
  return numbers[word.toLowerCase()] ?? Number(word);
}
