const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Bytes of a file as text: UTF-8, UTF-16 with or without a byte order mark, else Windows-1252 (which covers
 * Latin-1). The mark is left out, NUL is removed and lone surrogates are replaced, so that every store and
 * every offset speaks of the same text.
 */
export function decode(bytes: Uint8Array): string {
  const text = decodeBytes(bytes);
  return (text.includes("\0") ? text.replaceAll("\0", "") : text).toWellFormed();
}

function decodeBytes(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  const unmarked = utf16WithoutMark(bytes);
  if (unmarked !== undefined) return new TextDecoder(unmarked).decode(bytes);
  try {
    return utf8.decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** UTF-16 text of western notes has a zero in nearly every second byte, and only on one side. */
function utf16WithoutMark(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  const length = Math.min(bytes.length - (bytes.length % 2), 4096);
  if (length < 4) return undefined;
  let evenZeros = 0;
  let oddZeros = 0;
  for (let index = 0; index < length; index += 2) {
    if (bytes[index] === 0) evenZeros++;
    if (bytes[index + 1] === 0) oddZeros++;
  }
  const half = length / 2;
  if (oddZeros > half * 0.7 && evenZeros < half * 0.05) return "utf-16le";
  if (evenZeros > half * 0.7 && oddZeros < half * 0.05) return "utf-16be";
  return undefined;
}
