import { type GuessedName, guessNames, keyOfForm } from "../knowledge/guess-names.ts";
import { type Standing, standingOf } from "../knowledge/lexicon.ts";
import { withoutAccents } from "../knowledge/names.ts";
import { useOf } from "./count-uses.ts";
import type { Database } from "./database.ts";
import { markGuessed } from "./record-candidates.ts";
import { dirtyStep } from "./state-dirty.ts";

/** What a vault does with each word, asked once for each. */
export function standingsOf(database: Database, vault: number): (folded: string) => Standing {
  const known = new Map<string, Standing>();
  return (folded) => {
    let standing = known.get(folded);
    if (standing === undefined) known.set(folded, (standing = standingOf(useOf(database, vault, folded))));
    return standing;
  };
}

interface Placed extends GuessedName {
  readonly chunkId: string;
}

/** Guesses the names in some of the notes that wait for it; says whether more are left. */
export function guessInNotes(
  database: Database,
  vault: number,
  standing: (folded: string) => Standing,
  most: number,
): boolean {
  const notes = database.all<{ note: number; id: string; runs: string; kind: string }>(
    `SELECT note.note, id, runs, kind FROM to_guess CROSS JOIN candidate USING (note) CROSS JOIN note USING (note)
     WHERE to_guess.vault = ? ORDER BY to_guess.note LIMIT ?`,
    vault,
    most,
  );
  for (const { note, id, runs, kind } of notes) {
    const names =
      kind === "template" ? [] : namesOfNote(database, note, JSON.parse(runs) as number[][], standing);
    keepGuesses(database, vault, note, id, names);
  }
  database.run("DELETE FROM to_guess WHERE vault = ? AND note <= ?", vault, notes.at(-1)?.note ?? -1);
  return notes.length === most;
}

function namesOfNote(
  database: Database,
  note: number,
  runs: readonly number[][],
  standing: (folded: string) => Standing,
): Placed[] {
  if (runs.every((own) => own.length === 0)) return [];
  const known = Map.groupBy(
    database.all<{ chunkId: string; form: string }>(
      `SELECT chunk_id AS chunkId, form FROM mention CROSS JOIN spoken USING (spoken)
       WHERE note = ? AND entity_key IS NOT NULL`,
      note,
    ),
    (name) => name.chunkId,
  );
  const chunks = database.all<{ id: string; position: number; text: string }>(
    "SELECT id, position, text FROM chunk JOIN chunk_text USING (id) WHERE note = ? ORDER BY position",
    note,
  );
  return chunks.flatMap(({ id, position, text }) => {
    const forms = known.get(id)?.map((name) => name.form) ?? [];
    return guessNames(text, runs[position] ?? [], forms, standing).map((name) => ({ ...name, chunkId: id }));
  });
}

/** Keeps what a note is guessed to name; what it was guessed to name before and this must be derived again. */
function keepGuesses(
  database: Database,
  vault: number,
  note: number,
  id: string,
  names: readonly Placed[],
): void {
  const before = database.all<Record<string, unknown>>(
    `SELECT chunk_id AS chunkId, form, name, type, count, start, quote FROM guessed CROSS JOIN guess USING (guess)
     WHERE note = ? ORDER BY rank`,
    note,
  );
  const after = names.map(({ chunkId, form, name, type, count, start, quote }) => ({
    chunkId,
    form,
    name,
    type,
    count,
    start,
    quote,
  }));
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  markGuessed(database, vault, note);
  database.run("DELETE FROM guessed WHERE note = ?", note);
  names.forEach(({ chunkId, form, plain, name, type, count, start, quote }, rank) =>
    database.run(
      `INSERT INTO guessed (note, rank, chunk_id, guess, name, type, count, start, quote) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      note,
      rank,
      chunkId,
      guessRow(database, vault, form, plain),
      name,
      type,
      count,
      start,
      quote,
    ),
  );
  markGuessed(database, vault, note);
  database.run("INSERT OR IGNORE INTO dirty (vault, step, key) VALUES (?, ?, ?)", vault, dirtyStep.note, id);
}

function guessRow(database: Database, vault: number, form: string, plain: string): number {
  return (
    database.get<{ guess: number }>("SELECT guess FROM guess WHERE form = ? AND vault = ?", form, vault)
      ?.guess ??
    database.insert("INSERT INTO guess (vault, form, plain) VALUES (?, ?, ?)", vault, form, plain)
  );
}

/** Decides anew which entity each guessed form means, and marks all that this changes. */
export function decideGuesses(database: Database, vault: number): void {
  const guesses = database.all<{
    guess: number;
    form: string;
    plain: string;
    entityKey: string | null;
    isUsed: number;
  }>(
    `SELECT guess, form, plain, entity_key AS entityKey,
       EXISTS (SELECT 1 FROM guessed WHERE guessed.guess = guess.guess) AS isUsed FROM guess WHERE vault = ?`,
    vault,
  );
  const accented = Map.groupBy(
    guesses.filter(({ isUsed, form }) => isUsed === 1 && withoutAccents(form) !== form),
    ({ plain }) => plain,
  );
  for (const { guess, form, plain, entityKey: old, isUsed } of guesses) {
    const alike = accented.get(plain)?.map((other) => other.form) ?? [];
    const key = isUsed === 1 ? keyOfForm(form, alike) : null;
    if (key !== old) {
      for (const touched of [key, old]) if (touched !== null) markEntity(database, vault, touched);
      database.run("UPDATE guess SET entity_key = ? WHERE guess = ?", key, guess);
      database.run(
        "INSERT OR IGNORE INTO dirty SELECT DISTINCT ?, ?, id FROM guessed JOIN note USING (note) WHERE guess = ?",
        vault,
        dirtyStep.note,
        guess,
      );
    }
    if (isUsed === 0) database.run("DELETE FROM guess WHERE guess = ?", guess);
  }
}

function markEntity(database: Database, vault: number, key: string): void {
  database.run(
    "INSERT OR IGNORE INTO dirty (vault, step, key) VALUES (?, ?, ?)",
    vault,
    dirtyStep.entity,
    key,
  );
}
