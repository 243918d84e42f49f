/** What a note is for: only a `note` can describe something; the others speak of many things. */
export type NoteKind = "note" | "daily" | "template";

const wholeMonths =
  "january|february|march|april|may|june|july|august|september|october|november|december|" +
  "janeiro|fevereiro|mar[cç]o|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro";
const months = `(?:${wholeMonths}|jan|feb|fev|mar|apr|abr|mai|jun|jul|aug|ago|sept?|set|oct|out|nov|dec|dez)`;
const weekday =
  "(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?|" +
  "(?:segunda|ter[cç]a|quarta|quinta|sexta)(?:[- ]feira)?|s[aá]bado|domingo|seg|ter|qua|qui|sex|s[aá]b|dom)";
const year = "(?:1[5-9]|20|21)[0-9]{2}";
const month = "(?:0[1-9]|1[0-2])";
const day = "(?:0[1-9]|[12][0-9]|3[01])";
const anyDay = "(?:0?[1-9]|[12][0-9]|3[01])";
const anyMonth = "(?:0?[1-9]|1[0-2])";
const ordinal = "(?:st|nd|rd|th|º|°|ª)?";
/** Titles that are a day, a week, a month, a quarter or a year and nothing else. */
const dates = [
  year,
  `${year}[-_. /]?${month}`,
  `${year}([-_. /]?)${month}\\1${day}`,
  `${year}[-_. ]${month}[-_. ]${months}`,
  `${anyDay}([-_. /])${anyMonth}\\2${year}`,
  `${anyMonth}([-_. /])${anyDay}\\3${year}`,
  `${month}[-_. /]${year}`,
  `${year}[- ]?[WQTS][0-9]{1,2}(?:-[1-7])?`,
  `[WQT][0-9]{1,2}[- ]${year}`,
  `(?:week|semana)[ -][0-9]{1,2}(?:,? (?:de )?${year})?`,
  `${year}[ -](?:week|semana)[ -][0-9]{1,2}`,
  `[1-4][º°] trimestre(?: de)? ${year}`,
  `${year}[-_. ]${months}(?:[-_. ]${anyDay})?`,
  `${months}\\.?(?: de |[ ,.-]+)(?:${anyDay}${ordinal}[, -]+)?${year}`,
  `${anyDay}${ordinal}[- ](?:(?:de|of) )?${months}\\.?(?:(?: de|,)?[ -]${year})?`,
  `(?:${wholeMonths}) ${anyDay}${ordinal}`,
  `${year}年(?:${anyMonth}月(?:${anyDay}日)?)?`,
].join("|");
const dateTitle = new RegExp(
  `^(?:${weekday}[,.]? +|${weekday}-)?(?:${dates})(?:[,. -]+(?:${weekday}|\\(${weekday}\\)))?$`,
  "iu",
);
const templateFolder = /^[^\p{L}]*(?:templates?|modelos?|plantillas?)$/iu;

/**
 * Kind of a note by its path in the vault. `templateFolders` are those that Obsidian is set to, beside the
 * usual names.
 */
export function noteKind(path: string, templateFolders: readonly string[]): NoteKind {
  const folders = path.split("/").slice(0, -1);
  if (folders.some((folder) => templateFolder.test(folder))) return "template";
  if (templateFolders.some((folder) => path.startsWith(`${folder}/`))) return "template";
  return dateTitle.test(titleOf(path).trim().normalize("NFC")) ? "daily" : "note";
}

/** File name without folder and ending. */
export function titleOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name.replace(/\.(?:md|markdown|txt)$/i, "");
}
