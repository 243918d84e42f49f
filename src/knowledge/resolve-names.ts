import { singleWordStops } from "./ordinary-words.ts";
import type { NoteKind } from "./contribution.ts";
import { byCodePoint, fold, mostFrequent, withoutAccents } from "./names.ts";
import { baseName } from "./resolve-links.ts";
import { spokenForm } from "./spoken-form.ts";

/** What name resolution has to know of a note; a stub is a note that links ask for and nobody wrote yet. */
export interface NamedNote {
  readonly id: string;
  readonly path: string;
  readonly kind: NoteKind;
  readonly aliases: readonly string[];
}

/** The notes that speak of one thing, and the names they give it. */
export interface NamedEntity {
  readonly key: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly notes: readonly NamedNote[];
}

interface Claims {
  /** Entities that have this form as a title, with the titles' full keys. */
  readonly titles: Map<string, Set<string>>;
  /** Entities that have it as an alias. */
  readonly aliases: Set<string>;
}

/**
 * Decides which names are one, from the notes alone: the same key, an unaccented spelling where there is just
 * one accented, an alias that its author gave to one thing only. Nothing fuzzier: a father is not his son.
 */
export class NameTable {
  readonly #entities = new Map<string, { key: string; notes: NamedNote[] }>();
  readonly #entityOfNote = new Map<string, string>();
  readonly #claims = new Map<string, Claims>();
  readonly #spokenOfPhrase = new Map<string, string[]>();
  #accentedInProse: ReadonlyMap<string, ReadonlySet<string>> = new Map();

  constructor(notes: readonly NamedNote[]) {
    const describing = notes.filter((note) => note.kind === "note" && fold(titleName(note)) !== "");
    const join = accentJoins(describing);
    for (const note of describing) {
      const title = fold(titleName(note));
      const key = join.get(title) ?? title;
      this.#entityOfNote.set(note.id, key);
      const entity = this.#entities.get(key);
      if (entity === undefined) this.#entities.set(key, { key, notes: [note] });
      else entity.notes.push(note);
      this.#claim(titleName(note), key, "title");
      for (const alias of note.aliases) this.#claim(alias, key, "alias");
    }
  }

  /**
   * Takes in, for each phrase (a name without accents), the accented spellings that texts use: they tell
   * whether an unaccented title has just one accented spelling.
   */
  learnSpellings(accentedInProse: ReadonlyMap<string, ReadonlySet<string>>): void {
    this.#accentedInProse = accentedInProse;
  }

  /** Key of the entity that a note describes, if it can describe one. */
  entityOfNote(noteId: string): string | undefined {
    return this.#entityOfNote.get(noteId);
  }

  /** Key of the entity that a phrase in prose names, by its spelling; undefined when nobody or several are meant. */
  entityOfSpoken(spoken: string): string | undefined {
    const claims = this.#claims.get(spoken);
    if (claims !== undefined) return onlyClaimant(claims, spoken);
    const phrase = withoutAccents(spoken);
    const spellings = this.#spokenOfPhrase.get(phrase) ?? [];
    const accented = spellings.filter((spelling) => spelling !== phrase);
    if (spoken === phrase) return accented.length === 1 ? this.entityOfSpoken(accented[0] ?? "") : undefined;
    const inProse = this.#accentedInProse.get(phrase);
    const isOnlySpelling =
      accented.length === 0 && (inProse === undefined || (inProse.size === 1 && inProse.has(spoken)));
    return isOnlySpelling && spellings.length === 1 ? this.entityOfSpoken(phrase) : undefined;
  }

  /** Every spelling that may name something in prose, ready for a gazetteer. */
  spellings(): string[] {
    return [...this.#claims.keys()];
  }

  keys(): IterableIterator<string> {
    return this.#entities.keys();
  }

  entity(key: string): NamedEntity | undefined {
    const entity = this.#entities.get(key);
    if (entity === undefined) return undefined;
    const titles = entity.notes.map(titleName);
    const canonical = titles.filter((title) => fold(title) === key);
    const name =
      mostFrequent(
        canonical.length > 0
          ? canonical
          : entity.notes.flatMap((note) => note.aliases).filter((alias) => fold(alias) === key),
      ) ??
      titles[0] ??
      key;
    const others = new Set([...titles, ...entity.notes.flatMap((note) => note.aliases)]);
    others.delete(name);
    return { key, name, aliases: [...others].toSorted(byCodePoint), notes: entity.notes };
  }

  #claim(name: string, key: string, role: "title" | "alias"): void {
    const spoken = spokenForm(name);
    if (!canStandInProse(spoken)) return;
    let claims = this.#claims.get(spoken);
    if (claims === undefined) {
      claims = { titles: new Map(), aliases: new Set() };
      this.#claims.set(spoken, claims);
      const phrase = withoutAccents(spoken);
      const spellings = this.#spokenOfPhrase.get(phrase);
      if (spellings === undefined) this.#spokenOfPhrase.set(phrase, [spoken]);
      else spellings.push(spoken);
    }
    if (role === "alias") claims.aliases.add(key);
    else claims.titles.set(key, (claims.titles.get(key) ?? new Set()).add(fold(name)));
  }
}

/** The name that a note's title gives: a wished-for `[[Folder/Name]]` is called Name. */
export function titleName(note: { readonly path: string }): string {
  return baseName(note.path)
    .replace(/\.(?:md|markdown|txt)$/i, "")
    .trim();
}

/** What prose is searched for because a note is called so, before all names are known. */
export function phraseOfTitle(note: Pick<NamedNote, "path" | "kind">): string | undefined {
  const spoken = spokenForm(titleName(note));
  return note.kind === "note" && canStandInProse(spoken) ? withoutAccents(spoken) : undefined;
}

/** A title without accents joins the one accented spelling that titles and aliases have of it. */
function accentJoins(notes: readonly NamedNote[]): Map<string, string> {
  const titles = new Set(notes.map((note) => fold(titleName(note))));
  const accented = new Map<string, Set<string>>();
  const owners = new Map<string, Set<string>>();
  for (const note of notes) {
    for (const name of [titleName(note), ...note.aliases]) {
      const key = fold(name);
      const plain = withoutAccents(key);
      if (plain === key) continue;
      accented.set(plain, (accented.get(plain) ?? new Set()).add(key));
      owners.set(key, (owners.get(key) ?? new Set()).add(fold(titleName(note))));
    }
  }
  const joins = new Map<string, string>();
  for (const [plain, spellings] of accented) {
    const [spelling] = spellings;
    if (spellings.size !== 1 || spelling === undefined || !titles.has(plain)) continue;
    if (titles.has(spelling)) joins.set(plain, spelling);
    else {
      // An accented alias: it belongs to the one thing that has it, unless that is the plain title itself.
      const [owner, ...more] = owners.get(spelling) ?? [];
      if (owner !== undefined && more.length === 0 && owner !== plain) joins.set(plain, owner);
    }
  }
  return joins;
}

/** A title beats an alias; of two titles that sound alike, the one that is written just so. */
function onlyClaimant(claims: Claims, spoken: string): string | undefined {
  const keys = [...claims.titles.keys()];
  if (keys.length === 1) return keys[0];
  if (keys.length > 1) {
    const exact = keys.filter((key) => claims.titles.get(key)?.has(spoken));
    return exact.length === 1 ? exact[0] : undefined;
  }
  return claims.aliases.size === 1 ? [...claims.aliases][0] : undefined;
}

/** Numbers, single letters and words like "the" or "para" name nothing when they stand in prose. */
function canStandInProse(spoken: string): boolean {
  return /\p{L}/u.test(spoken) && [...spoken].length > 1 && !singleWordStops.has(spoken);
}
