/** What a UTF-16 unit is to somebody who looks for names. */
export const kindOf = {
  other: 0,
  space: 1,
  newline: 2,
  lower: 3,
  upper: 4,
  /** A letter of a script without cases. */
  letter: 5,
  digit: 6,
  /** A combining mark: belongs to the letter before it. */
  mark: 7,
} as const;

const unknown = 255;
const kinds = new Uint8Array(0x10000).fill(unknown);

/** Kind of one unit; halves of surrogate pairs (emoji, rare scripts) are `other`. */
export function unitKind(unit: number): number {
  const known = kinds[unit] ?? kindOf.other;
  if (known !== unknown) return known;
  const kind = classify(String.fromCharCode(unit));
  kinds[unit] = kind;
  return kind;
}

/** Whether a unit of this kind can be part of a word. */
export function isWordKind(kind: number): boolean {
  return kind >= kindOf.lower;
}

function classify(character: string): number {
  if (character === "\n" || character === "\r") return kindOf.newline;
  if (/\s/u.test(character)) return kindOf.space;
  if (/[\p{Lu}\p{Lt}]/u.test(character)) return kindOf.upper;
  if (/[\p{Ll}ªº]/u.test(character)) return kindOf.lower;
  if (/\p{L}/u.test(character)) return kindOf.letter;
  if (/\p{N}/u.test(character)) return kindOf.digit;
  if (/\p{M}/u.test(character)) return kindOf.mark;
  return kindOf.other;
}
