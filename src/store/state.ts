import { entityId } from "../knowledge/identity.ts";
import { Gazetteer } from "../knowledge/gazetteer.ts";
import type { Rekey } from "../knowledge/patch.ts";
import { type NamedNote, NameTable, phraseOfTitle } from "../knowledge/resolve-names.ts";
import type { Database } from "./database.ts";
import { countUses } from "./count-uses.ts";
import { decideGuesses, guessInNotes, standingsOf } from "./decide-candidates.ts";
import { decideLinks } from "./decide-links.ts";
import {
  hasNotesToSearch,
  knownPhrases,
  learnPhrases,
  markNotesToSearch,
  searchNotes,
} from "./decide-mentions.ts";
import { decideNames, readAccentedSpellings, readNames } from "./decide-names.ts";
import { dirtyStep } from "./state-dirty.ts";
import { type RecordedFile, RecordedNotes } from "./state-notes.ts";
import { StateView } from "./state-view.ts";

/** Something whose rows must be derived again. */
export interface Unit {
  readonly step: (typeof steps)[number];
  /** Note id (`text`, `note`), tag name or entity key (`entity`, `fact`). */
  readonly key: string;
}

/** A unit whose rows are known again. */
export interface DerivedFor extends Unit {
  readonly owner: string;
  /** Whether there are any rows of it. */
  readonly isThere: boolean;
}

export interface KnownVault {
  readonly name: string;
  readonly root: string;
}

const steps = ["text", "tag", "entity", "fact", "note"] as const;
const notesSearchedAtOnce = 200;
const notesCountedAtOnce = 4_000;

/** The vaults that a state file knows. */
export function knownVaults(database: Database): KnownVault[] {
  return database.all<KnownVault>("SELECT name, root FROM vault ORDER BY name");
}

/** Notes with a file of the vault of a name, by path. */
export function recordedFiles(database: Database, vaultName: string): Map<string, RecordedFile> {
  const vault = database.get<{ vault: number }>("SELECT vault FROM vault WHERE name = ?", vaultName)?.vault;
  return vault === undefined ? new Map() : new RecordedNotes(database, vault, vaultName).files();
}

/** What one vault's notes say, what was decided about it, and what is still to be derived. */
export class VaultState {
  readonly notes: RecordedNotes;
  readonly name: string;
  readonly #database: Database;
  readonly #row: number;
  #view: StateView | undefined;

  constructor(database: Database, name: string, root: string) {
    this.#database = database;
    this.name = name;
    const standing = database.get<{ vault: number; root: string }>(
      "SELECT vault, root FROM vault WHERE name = ?",
      name,
    );
    this.#row =
      standing?.vault ?? database.insert("INSERT INTO vault (name, root) VALUES (?, ?)", name, root);
    if (standing !== undefined && standing.root !== root) {
      database.run("UPDATE vault SET root = ? WHERE vault = ?", root, this.#row);
    }
    this.notes = new RecordedNotes(database, this.#row, name);
  }

  /** Whether anything was recorded that is not in the graph yet. */
  hasWork(): boolean {
    return (
      this.hasUndecided() ||
      this.#database.get("SELECT 1 FROM dirty WHERE vault = ? LIMIT 1", this.#row) !== undefined
    );
  }

  /**
   * Takes in beforehand that these notes will be there: prose is searched for their titles from here on. Returns
   * all that it is searched for.
   */
  expectNames(notes: readonly Pick<NamedNote, "path" | "kind">[]): string[] {
    const known = knownPhrases(this.#database, this.#row);
    const expected = new Set(notes.map(phraseOfTitle).filter((phrase) => phrase !== undefined));
    this.#database.transaction(() => learnPhrases(this.#database, this.#row, expected.difference(known)));
    return [...known.union(expected)];
  }

  /**
   * Decides what links and names mean after a change and marks all that must be derived again. Every step is
   * one transaction and can be repeated: killed between two of them, the next run goes on from there.
   * `onProgress` is called between steps, so that others get a turn.
   */
  async decide(onProgress: () => Promise<void>): Promise<void> {
    if (!this.hasUndecided()) return;
    this.#view = undefined;
    this.#database.transaction(() => decideLinks(this.#database, this.#row, this.name));
    await onProgress();
    const names = readNames(this.#database, this.#row);
    this.#database.transaction(() => markNotesToSearch(this.#database, this.#row, names));
    if (hasNotesToSearch(this.#database, this.#row)) {
      const gazetteer = new Gazetteer(names.spellings());
      const search = () => searchNotes(this.#database, this.#row, gazetteer, notesSearchedAtOnce);
      while (this.#database.transaction(search)) await onProgress();
    }
    names.learnSpellings(readAccentedSpellings(this.#database, this.#row));
    this.#database.transaction(() => decideNames(this.#database, this.#row, this.name, names));
    await this.#guessNames(onProgress);
    this.#database.transaction(() => {
      decideGuesses(this.#database, this.#row);
      this.#closeNotes();
    });
    this.#view = this.#viewOf(names);
  }

  /** Names that no title and no alias covers, by their capitals and by what the vault does with their words. */
  async #guessNames(onProgress: () => Promise<void>): Promise<void> {
    const count = () => countUses(this.#database, this.#row, notesCountedAtOnce);
    while (this.#database.transaction(count)) await onProgress();
    const standing = standingsOf(this.#database, this.#row);
    const guess = () => guessInNotes(this.#database, this.#row, standing, notesSearchedAtOnce);
    while (this.#database.transaction(guess)) await onProgress();
  }

  /** The view that derive asks, with what these units need read ahead. */
  view(units: readonly Unit[]): StateView {
    this.#view ??= this.#newView();
    const keysOf = (...wanted: Unit["step"][]) =>
      units.flatMap(({ step, key }) => (wanted.includes(step) ? [key] : []));
    this.#view.readAhead(keysOf("text", "note"), keysOf("entity", "fact"));
    return this.#view;
  }

  /** It holds all names, so it is made once after they were decided; texts, which need none, are derived before that. */
  #newView(): StateView {
    if (this.hasUndecided()) return this.#viewOf(new NameTable([]));
    const names = readNames(this.#database, this.#row);
    names.learnSpellings(readAccentedSpellings(this.#database, this.#row));
    return this.#viewOf(names);
  }

  #viewOf(names: NameTable): StateView {
    return new StateView(this.#database, { row: this.#row, name: this.name }, names);
  }

  /** Whether the text of a note was recorded that is not in the graph yet. */
  hasText(): boolean {
    return (
      this.#database.get(
        "SELECT 1 FROM dirty WHERE vault = ? AND step = ? LIMIT 1",
        this.#row,
        dirtyStep.text,
      ) !== undefined
    );
  }

  /** The next owners to derive, all of one step, in the order of the steps. */
  nextUnits(most: number): Unit[] {
    const rows = this.#database.all<{ step: number; key: string }>(
      "SELECT step, key FROM dirty WHERE vault = ? ORDER BY step, key LIMIT ?",
      this.#row,
      most,
    );
    const [first] = rows;
    const units = rows.flatMap(({ step, key }): Unit[] => {
      const name = steps[step];
      return step === first?.step && name !== undefined ? [{ step: name, key }] : [];
    });
    return first?.step === dirtyStep.entity ? this.#withHeirs(units) : units;
  }

  /** An entity that lives on under another key is derived together with its heir: one hands its node to the other. */
  #withHeirs(units: readonly Unit[]): Unit[] {
    const keys = new Set(units.map((unit) => unit.key));
    for (const { key } of units) {
      const heir = this.#database.get<{ key: string }>(
        "SELECT entity_key AS key FROM rekey WHERE label = 'Entity' AND old_id = ?",
        entityId(this.name, key),
      );
      if (heir !== undefined) keys.add(heir.key);
    }
    return [...keys].map((key) => ({ step: "entity", key }));
  }

  unitsLeft(): number {
    return (
      this.#database.get<{ left: number }>("SELECT count(*) AS left FROM dirty WHERE vault = ?", this.#row)
        ?.left ?? 0
    );
  }

  rekeysOf(owner: string): Rekey[] {
    return this.#database.all<Rekey & Record<string, unknown>>(
      'SELECT label, old_id AS "from", new_id AS "to" FROM rekey WHERE owner = ?',
      owner,
    );
  }

  /** The units are derived: a change of whether an entity is there touches all notes that speak of it. */
  settle(units: readonly DerivedFor[]): void {
    for (const { step, key, owner, isThere } of units) {
      if (step === "entity") {
        this.#settleEntity(key, isThere);
        this.#view?.learnEntity(key, isThere);
        // Its facts follow, once all entities are there.
        this.#database.run(
          "INSERT OR IGNORE INTO dirty (vault, step, key) VALUES (?, ?, ?)",
          this.#row,
          dirtyStep.fact,
          key,
        );
      }
      this.#database.run(
        "DELETE FROM dirty WHERE vault = ? AND step = ? AND key = ?",
        this.#row,
        dirtyStep[step],
        key,
      );
      this.#database.run(
        "DELETE FROM rekey WHERE owner = ? OR (label = 'Entity' AND old_id = ?)",
        owner,
        owner,
      );
    }
  }

  #settleEntity(key: string, isThere: boolean): void {
    const changes = isThere
      ? this.#database.run("INSERT OR IGNORE INTO entity (vault, key) VALUES (?, ?)", this.#row, key)
      : this.#database.run("DELETE FROM entity WHERE vault = ? AND key = ?", this.#row, key);
    if (changes === 0) return;
    this.#database.run(
      `INSERT OR IGNORE INTO dirty SELECT ?, ?, source.id FROM note target CROSS JOIN link ON link.resolved_note = target.note
       CROSS JOIN note source ON source.note = link.note WHERE target.vault = ? AND target.entity_key = ?`,
      this.#row,
      dirtyStep.note,
      this.#row,
      key,
    );
    this.#database.run(
      `INSERT OR IGNORE INTO dirty SELECT ?, ?, note.id FROM spoken CROSS JOIN mention USING (spoken)
       CROSS JOIN note ON note.note = mention.note WHERE spoken.vault = ? AND spoken.entity_key = ?`,
      this.#row,
      dirtyStep.note,
      this.#row,
      key,
    );
    this.#database.run(
      `INSERT OR IGNORE INTO dirty SELECT DISTINCT ?, ?, note.id FROM guess CROSS JOIN guessed USING (guess)
       CROSS JOIN note ON note.note = guessed.note WHERE guess.vault = ? AND guess.entity_key = ?`,
      this.#row,
      dirtyStep.note,
      this.#row,
      key,
    );
  }

  hasUndecided(): boolean {
    return (
      this.#database.get(
        "SELECT 1 FROM note WHERE vault = ? AND changed = 1 UNION ALL SELECT 1 FROM note WHERE vault = ? AND rematch = 1 LIMIT 1",
        this.#row,
        this.#row,
      ) !== undefined
    );
  }

  #closeNotes(): void {
    this.#database.run("UPDATE note SET changed = 0 WHERE vault = ? AND changed = 1", this.#row);
  }
}
