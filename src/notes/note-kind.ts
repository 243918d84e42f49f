/** What a note is for: only a `note` can describe something; the others speak of many things. */
export type NoteKind = "note" | "daily" | "template";

const months =
  "jan(?:uary|eiro)?|feb(?:ruary)?|fev(?:ereiro)?|mar(?:ch|ço)?|apr(?:il)?|abr(?:il)?|may|maio?|june?|junho|jun|july?|julho|jul|aug(?:ust)?|ago(?:sto)?|sep(?:t|tember)?|set(?:embro)?|oct(?:ober)?|out(?:ubro)?|nov(?:ember|embro)?|dec(?:ember)?|dez(?:embro)?";
const weekday =
  "(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|segunda|terça|quarta|quinta|sexta|s[aá]bado|domingo|(?:seg|ter|qua|qui|sex|s[aá]b|dom)";
/** Titles that are a day, a week, a month, a quarter or a year and nothing else. */
const dateTitle = new RegExp(
  `^(?:(?:${weekday})(?:-feira)?[,. ]+)?(?:` +
    [
      String.raw`\d{4}[-_. /]?(?:0[1-9]|1[0-2])(?:[-_. /]?(?:0[1-9]|[12]\d|3[01]))?`,
      String.raw`(?:0?[1-9]|[12]\d|3[01])[-_. /](?:0?[1-9]|1[0-2])[-_. /]\d{4}`,
      String.raw`\d{4}[- ]?[WQT]\d{1,2}`,
      String.raw`[12]\d{3}`,
      String.raw`\d{4}[-_. ](?:${months})(?:[-_. ]\d{1,2})?`,
      String.raw`(?:${months})[ ,.-]+(?:\d{1,2}(?:st|nd|rd|th)?,? +)?\d{4}`,
      String.raw`\d{1,2}(?:st|nd|rd|th|º)?(?: de)? (?:${months})\.?(?:(?: de|,)? \d{4})?`,
      String.raw`(?:${months})(?: de)? \d{4}`,
    ].join("|") +
    `)(?:[,. ]+\\(?(?:${weekday})(?:-feira)?\\)?)?$`,
  "iu",
);
const templateFolder = /^[_\d\s.-]*(?:templates?|modelos?)$/i;

/**
 * Kind of a note by its path in the vault. `templateFolders` are those that Obsidian is set to, beside the
 * usual names.
 */
export function noteKind(path: string, templateFolders: readonly string[]): NoteKind {
  const folders = path.split("/").slice(0, -1);
  if (folders.some((folder) => templateFolder.test(folder))) return "template";
  if (templateFolders.some((folder) => path.startsWith(`${folder}/`))) return "template";
  return dateTitle.test(titleOf(path)) ? "daily" : "note";
}

/** File name without folder and ending. */
export function titleOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name.replace(/\.(?:md|markdown|txt)$/i, "");
}
