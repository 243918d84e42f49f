const longestQuote = 240;

/** The sentence around a place in a text, verbatim: within its line, at most 240 characters. */
export function quoteAround(text: string, start: number, end: number): string {
  const lineStart = text.lastIndexOf("\n", Math.max(0, start - 1)) + 1;
  const newline = text.indexOf("\n", end);
  const lineEnd = newline === -1 ? text.length : newline;
  let from = Math.min(lineStart, start);
  for (const match of text.slice(from, start).matchAll(/[.!?…。！？]["'”’)\]]*\s+|[。！？]/g)) {
    from = lineStart + match.index + match[0].length;
  }
  const sentenceEnd = /[.!?…](?=["'”’)\]]*(?:\s|$))["'”’)\]]*|[。！？]/.exec(text.slice(end, lineEnd));
  let to = sentenceEnd === null ? lineEnd : end + sentenceEnd.index + sentenceEnd[0].length;
  if (to - from > longestQuote) {
    from = Math.max(from, wordBoundary(text, start - longestQuote / 3));
    to = Math.min(to, Math.max(end, lastSpace(text, from, from + longestQuote)));
  }
  return text.slice(from, to).trim().toWellFormed();
}

function wordBoundary(text: string, position: number): number {
  const space = text.indexOf(" ", Math.max(0, Math.floor(position)));
  return space === -1 ? Math.max(0, Math.floor(position)) : space + 1;
}

function lastSpace(text: string, from: number, to: number): number {
  const space = text.lastIndexOf(" ", to);
  return space <= from ? to : space;
}
