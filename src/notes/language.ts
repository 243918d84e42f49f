import { eld } from "eld/small";
import type { Span } from "./note.ts";

/** Enough text to tell English from Portuguese from Galician; more only costs time. */
const sampleLength = 240;
const shortestSample = 24;
/** Of one stretch of prose, with its white space. */
const longestProse = 4_800;

/** Language of a note's prose as a BCP 47 tag; `und` when there is too little to tell. */
export function detectLanguage(body: string, masked: readonly Span[], bodyStart: number): string {
  const sample = proseSample(body, masked, bodyStart);
  if (sample.length < shortestSample) return "und";
  const language = eld.detect(sample).language;
  return language === "" ? "und" : language;
}

function proseSample(body: string, masked: readonly Span[], bodyStart: number): string {
  const parts: string[] = [];
  let length = 0;
  let position = 0;
  for (const span of [...masked, { start: bodyStart + body.length, end: 0 }]) {
    const prose = body
      .slice(position, Math.min(span.start - bodyStart, position + longestProse))
      .replaceAll(/[\s#*_>|[\]()-]+/g, " ");
    if (prose.length > 1) {
      parts.push(prose);
      length += prose.length;
    }
    if (length > sampleLength) break;
    position = span.end - bodyStart;
  }
  return parts.join(" ").slice(0, sampleLength).trim();
}
