import { byCodePoint } from "./names.ts";

/** What link resolution has to know of a note. */
export interface LinkableNote {
  readonly id: string;
  readonly path: string;
  readonly aliases: readonly string[];
}

/** A link's target as written, and how. */
export interface LinkAddress {
  readonly target: string;
  readonly style: "wiki" | "markdown";
}

/** What a link means: a note, or a note that is not there yet, known by its key. */
export type ResolvedLink =
  | { readonly kind: "note"; readonly id: string }
  | { readonly kind: "missing"; readonly key: string; readonly path: string };

/**
 * Resolves links as Obsidian does: relative or exact path, then base name (same folder, then the shortest
 * path, then code point), compared case-folded in NFC; and then, our own extension, by alias.
 */
export class LinkResolver {
  readonly #byPath = new Map<string, LinkableNote>();
  readonly #byBaseName = new Map<string, LinkableNote[]>();
  readonly #byAlias = new Map<string, LinkableNote[]>();

  constructor(notes: Iterable<LinkableNote>) {
    for (const note of notes) {
      const path = foldPath(note.path);
      const bare = withoutEnding(path);
      this.#byPath.set(path, preferred(this.#byPath.get(path), note));
      if (bare !== path) this.#byPath.set(bare, preferred(this.#byPath.get(bare), note));
      push(this.#byBaseName, baseName(bare), note);
      for (const alias of note.aliases) push(this.#byAlias, foldPath(alias), note);
    }
  }

  /** What a link in the note at `sourcePath` means; undefined target paths are the caller's to leave out. */
  resolve(link: LinkAddress, source: LinkableNote): ResolvedLink {
    if (link.target === "") return { kind: "note", id: source.id };
    const sourceFolder = folderOf(foldPath(source.path));
    const exact = this.#byName(link.target);
    if (exact !== undefined) return { kind: "note", id: exact.id };
    const written = writtenPath(link.target, folderOf(source.path));
    const target = withoutEnding(foldPath(written.path));
    const note =
      this.#byExactPath(target, foldPath(written.path), sourceFolder, written.kind, link.style) ??
      this.#byEnd(target, sourceFolder) ??
      closest(this.#byAlias.get(foldPath(link.target)) ?? [], sourceFolder);
    return note === undefined
      ? { kind: "missing", key: target, path: withoutEnding(written.path.normalize("NFC")) }
      : { kind: "note", id: note.id };
  }

  /** A name with a backslash in it, which elsewhere stands between folders. */
  #byName(target: string): LinkableNote | undefined {
    return target.includes("\\") ? this.#byPath.get(withoutEnding(foldPath(target))) : undefined;
  }

  #byExactPath(
    target: string,
    withEnding: string,
    sourceFolder: string,
    kind: WrittenPath["kind"],
    style: "wiki" | "markdown",
  ): LinkableNote | undefined {
    const at = (path: string) => this.#byPath.get(path);
    const exact = () => at(withEnding) ?? at(target);
    if (kind !== "name" || sourceFolder === "")
      return kind === "name" && !target.includes("/") ? undefined : exact();
    const relative = () => at(`${sourceFolder}/${withEnding}`) ?? at(`${sourceFolder}/${target}`);
    if (style === "markdown") return relative() ?? (target.includes("/") ? exact() : undefined);
    return target.includes("/") ? (exact() ?? relative()) : undefined;
  }

  /** `folder/name` is any note whose path ends so. */
  #byEnd(target: string, sourceFolder: string): LinkableNote | undefined {
    const candidates = this.#byBaseName.get(baseName(target)) ?? [];
    const fitting = target.includes("/")
      ? candidates.filter((note) => `/${withoutEnding(foldPath(note.path))}`.endsWith(`/${target}`))
      : candidates;
    return closest(fitting, sourceFolder);
  }
}

/** Keys under which a link could be found again when a name appears or goes. */
export function linkKeys(target: string): { base: string; whole: string } {
  const whole = withoutEnding(foldPath(target));
  return { base: baseName(whole), whole: foldPath(target) };
}

/** Keys under which a note can be meant by a link. */
export function nameKeys(note: { readonly path: string; readonly aliases: readonly string[] }): string[] {
  return [...new Set([baseName(withoutEnding(foldPath(note.path))), ...note.aliases.map(foldPath)])];
}

/** Last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

interface WrittenPath {
  readonly path: string;
  /** `relative`: `./` or `../`; `root`: `/`; `name`: anything else. */
  readonly kind: "relative" | "root" | "name";
}

function writtenPath(target: string, sourceFolder: string): WrittenPath {
  const path = target.replaceAll("\\", "/");
  if (path.startsWith("/")) return { path: path.replace(/^\/+/, ""), kind: "root" };
  if (!/^\.\.?\//.test(path)) return { path, kind: "name" };
  const parts = sourceFolder === "" ? [] : sourceFolder.split("/");
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return { path: parts.join("/"), kind: "relative" };
}

function closest(notes: readonly LinkableNote[], sourceFolder: string): LinkableNote | undefined {
  return notes.reduce<LinkableNote | undefined>((best, note) => {
    if (best === undefined) return note;
    const near = (candidate: LinkableNote) => (folderOf(foldPath(candidate.path)) === sourceFolder ? 0 : 1);
    const order =
      near(best) - near(note) ||
      isPlainText(best) - isPlainText(note) ||
      best.path.length - note.path.length ||
      byCodePoint(best.path, note.path);
    return order <= 0 ? best : note;
  }, undefined);
}

/** Of `a.md` and `a.txt`, or two paths that fold alike, always the same one is meant. */
function preferred(standing: LinkableNote | undefined, note: LinkableNote): LinkableNote {
  if (standing === undefined) return note;
  const order = isPlainText(standing) - isPlainText(note) || byCodePoint(standing.path, note.path);
  return order <= 0 ? standing : note;
}

function isPlainText(note: LinkableNote): number {
  return note.path.toLowerCase().endsWith(".txt") ? 1 : 0;
}

function foldPath(path: string): string {
  return path.trim().normalize("NFC").toLowerCase().normalize("NFC");
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? "" : path.slice(0, slash);
}

function withoutEnding(path: string): string {
  return path.replace(/\.(?:md|markdown|txt)$/i, "");
}

function push(map: Map<string, LinkableNote[]>, key: string, note: LinkableNote): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [note]);
  else if (list.at(-1) !== note) list.push(note);
}
