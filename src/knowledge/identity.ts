import { hash } from "node:crypto";

/** 96 bits of SHA-256 in 16 characters: enough for any graph, short enough to be everywhere. */
function shortHash(...parts: readonly string[]): string {
  return hash("sha256", parts.join("\0"), "base64url").slice(0, 16);
}

/** Hash of a text's content. */
export function contentHash(text: string): string {
  return hash("sha256", text, "base64url").slice(0, 22);
}

/** Minted at first sight of a path; `attempt` counts up while the id is taken. */
export function noteId(vault: string, path: string, attempt: number): string {
  return shortHash("note", vault, path, String(attempt));
}

/** `occurrence` tells chunks with the same text in one note apart. */
export function chunkId(note: string, chunkContentHash: string, occurrence: number): string {
  return shortHash("chunk", note, chunkContentHash, String(occurrence));
}

/** An entity is its vault and its key. */
export function entityId(vault: string, key: string): string {
  return shortHash("entity", vault, key);
}

/** A fact is its vault, its ends (entity keys) and its type. */
export function factId(vault: string, source: string, type: string, target: string): string {
  return shortHash("fact", vault, source, type, target);
}
