const utf8 = new TextDecoder("utf-8", { fatal: true });
const sampleLength = 4096;

/**
 * Bytes of a file as text: UTF-8, UTF-16 with or without a byte order mark, else Windows-1252 (which covers
 * Latin-1). The mark is left out, NUL is removed and lone surrogates are replaced (by every TextDecoder), so that
 * every store and every offset speaks of the same text.
 */
export function decode(bytes: Uint8Array): string {
  const text = decodeBytes(bytes);
  return text.includes("\0") ? text.replaceAll("\0", "") : text;
}

function decodeBytes(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  const text = utf8Text(bytes);
  const encoding = utf16WithoutMark(bytes, text);
  if (encoding !== undefined) return new TextDecoder(encoding).decode(bytes);
  return text ?? new TextDecoder("windows-1252").decode(bytes);
}

function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

type Utf16 = "utf-16le" | "utf-16be";

/**
 * Text in UTF-16 has zero bytes, on one side only when it is western. In other scripts its own spaces and line
 * ends give it away, if it makes no sense byte by byte.
 */
function utf16WithoutMark(bytes: Uint8Array, asUtf8: string | undefined): Utf16 | undefined {
  const length = Math.min(bytes.length - (bytes.length % 2), sampleLength);
  if (length < 4 || !bytes.subarray(0, length).includes(0)) return undefined;
  let evenZeros = 0;
  let oddZeros = 0;
  for (let index = 0; index < length; index += 2) {
    if (bytes[index] === 0) evenZeros++;
    if (bytes[index + 1] === 0) oddZeros++;
  }
  const half = length / 2;
  if (oddZeros > half * 0.7 && evenZeros < half * 0.05) return "utf-16le";
  if (evenZeros > half * 0.7 && oddZeros < half * 0.05) return "utf-16be";
  if (length < 16 || (asUtf8 !== undefined && shareOf(/\p{Cc}/gu, asUtf8.slice(0, sampleLength)) < 0.2))
    return undefined;
  const little = likeness(bytes.subarray(0, length), "utf-16le");
  const big = likeness(bytes.subarray(0, length), "utf-16be");
  if (Math.max(little, big) === 0) return undefined;
  return little >= big ? "utf-16le" : "utf-16be";
}

/** Share of spaces, line ends and CJK stops in bytes read as UTF-16; 0 when it is no text. */
function likeness(bytes: Uint8Array, encoding: Utf16): number {
  const text = new TextDecoder(encoding).decode(bytes);
  if (shareOf(/[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}\s]/gu, text) < 0.95 || text.includes("\uFFFD")) return 0;
  const separators = shareOf(/[ \r\n、。，]/g, text);
  return separators < 0.005 ? 0 : separators;
}

function shareOf(pattern: RegExp, text: string): number {
  return text === "" ? 0 : (text.match(pattern)?.length ?? 0) / text.length;
}
