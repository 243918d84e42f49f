import type { LinkContribution, NoteContribution } from "../knowledge/contribution.ts";
import { linkKeys } from "../knowledge/resolve-links.ts";
import type { Database } from "./database.ts";

/** Keeps a note's links as they are written now; what they mean is decided later. */
export function replaceLinks(
  database: Database,
  note: number,
  said: NoteContribution,
  chunkIds: readonly string[],
): void {
  database.run("DELETE FROM link WHERE note = ?", note);
  said.links.forEach((link: LinkContribution, ordinal) => {
    const { base, whole } = linkKeys(link.target);
    database.run(
      `INSERT INTO link (note, ordinal, chunk_id, start, target, style, base_key, whole_key, alias, heading, block,
         embed, field, evidence, quote, in_template) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      note,
      ordinal,
      link.chunk === undefined ? "" : (chunkIds[link.chunk] ?? ""),
      link.offset,
      link.target,
      link.style,
      base,
      whole,
      link.alias,
      link.heading,
      link.block,
      link.embed ? 1 : 0,
      link.field,
      link.evidence,
      link.quote,
      said.kind === "template" ? 1 : 0,
    );
  });
}
