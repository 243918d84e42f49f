/** NFKC and case folded, diacritics kept: the key of a name. */
export function fold(name: string): string {
  const normal = isAscii(name) ? name : name.normalize("NFKC");
  const lower = normal.toLowerCase();
  return isAscii(lower) ? lower : lower.toUpperCase().toLowerCase().replaceAll("ς", "σ").normalize("NFKC");
}

/** The key without the diacritics of Latin letters; other scripts stay as they are. */
export function withoutAccents(folded: string): string {
  if (isAscii(folded)) return folded;
  return folded
    .normalize("NFD")
    .replaceAll(/(\p{Script=Latin})\p{M}+/gu, "$1")
    .normalize("NFC");
}

/** Order by code point, the tie-break everywhere (`<` would order by UTF-16 unit). */
export function byCodePoint(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** The most frequent of some spellings, ties by code point. */
export function mostFrequent(spellings: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const spelling of spellings) counts.set(spelling, (counts.get(spelling) ?? 0) + 1);
  return [...counts].toSorted(([a, countA], [b, countB]) => countB - countA || byCodePoint(a, b))[0]?.[0];
}

/** Surrogates stand for code points above all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 127) return false;
  return true;
}
