import { addEncodedUses, standingOf, type WordUse, type WordUses } from "../knowledge/lexicon.ts";
import { searchText } from "../knowledge/words.ts";
import type { Database } from "./database.ts";

/**
 * Adds up how some of the notes that changed write their words; says whether more are left. Where that changes what the
 * vault does with a word, the names of all notes that have it are decided again.
 */
export function countUses(database: Database, vault: number, most: number): boolean {
  const gone = database.all<{ gone: number; uses: string }>(
    "SELECT gone, uses FROM uses_gone WHERE vault = ? LIMIT ?",
    vault,
    most,
  );
  const came = database.all<{ note: number; uses: string }>(
    "SELECT note, uses FROM to_count CROSS JOIN candidate USING (note) WHERE vault = ? ORDER BY note LIMIT ?",
    vault,
    most,
  );
  const change: WordUses = new Map();
  for (const { uses } of gone) addEncodedUses(uses, -1, change);
  for (const { uses } of came) addEncodedUses(uses, 1, change);
  for (const { gone: row } of gone) database.run("DELETE FROM uses_gone WHERE gone = ?", row);
  database.run("DELETE FROM to_count WHERE vault = ? AND note <= ?", vault, came.at(-1)?.note ?? -1);
  if (hasGuessed(database, vault)) changeEach(database, vault, change);
  else addAll(database, vault, change);
  return gone.length === most || came.length === most;
}

/** Whether names were guessed in any note, so that a change of what the vault does with a word matters. */
export function hasGuessed(database: Database, vault: number): boolean {
  const counts = database.get<{ all: number; waiting: number }>(
    `SELECT (SELECT count(*) FROM note WHERE vault = ? AND gone = 0 AND stub_key IS NULL) AS "all",
       (SELECT count(*) FROM to_guess WHERE vault = ?) AS waiting`,
    vault,
    vault,
  );
  return counts === undefined || counts.all > counts.waiting;
}

/** Nothing was decided yet, so that nothing has to be decided again. */
function addAll(database: Database, vault: number, change: WordUses): void {
  const rows = [...change].map(([word, { lower, capital }]) => [word, lower, capital]);
  database.run(
    `INSERT INTO word_use (vault, word, lower, capital)
     SELECT ?, value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) WHERE true
     ON CONFLICT (vault, word) DO UPDATE SET lower = lower + excluded.lower, capital = capital + excluded.capital`,
    vault,
    JSON.stringify(rows),
  );
}

function changeEach(database: Database, vault: number, change: WordUses): void {
  for (const [word, { lower, capital }] of change) {
    if (lower === 0 && capital === 0) continue;
    const before = useOf(database, vault, word);
    const after = { lower: before.lower + lower, capital: before.capital + capital };
    if (after.lower === 0 && after.capital === 0)
      database.run("DELETE FROM word_use WHERE vault = ? AND word = ?", vault, word);
    else
      database.run(
        "INSERT OR REPLACE INTO word_use (vault, word, lower, capital) VALUES (?, ?, ?, ?)",
        vault,
        word,
        after.lower,
        after.capital,
      );
    if (standingOf(before) !== standingOf(after)) markNotesWith(database, vault, word);
  }
}

/** How the vault writes a word. */
export function useOf(database: Database, vault: number, word: string): WordUse {
  return (
    database.get<{ lower: number; capital: number }>(
      "SELECT lower, capital FROM word_use WHERE vault = ? AND word = ?",
      vault,
      word,
    ) ?? { lower: 0, capital: 0 }
  );
}

/** The word index finds every chunk that can have the word, and a few that do not. */
function markNotesWith(database: Database, vault: number, word: string): void {
  database.run(
    `INSERT OR IGNORE INTO to_guess (vault, note) SELECT vault, note.note FROM chunk_words
     CROSS JOIN chunk_text ON text_row = chunk_words.rowid CROSS JOIN chunk ON chunk.id = chunk_text.id
     CROSS JOIN note ON note.note = chunk.note WHERE chunk_words MATCH ? AND vault = ?`,
    `"${searchText(word)}"`,
    vault,
  );
}
