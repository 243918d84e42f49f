/** Counts up with every change of the tables below. */
export const schemaVersion = 4;

/**
 * What notes say (note, chunk, chunk_text, link, note_tag, mention, candidate), what was decided about it (the columns
 * `resolved_note` and `entity_key`, the tables phrase, spoken, word_use, guess, guessed, entity), what is still to be derived (dirty, rekey),
 * and the graph itself (node, relationship, with the owners of their rows). A chunk's text stands once, for the
 * notes and for the graph. `chunk_words` and `name_words` are indexes of folded words, without the texts.
 */
export const schema = `
CREATE TABLE vault (
  vault INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, root TEXT NOT NULL
);
CREATE TABLE note (
  note INTEGER PRIMARY KEY, vault INTEGER NOT NULL, id TEXT NOT NULL UNIQUE, path TEXT NOT NULL, kind TEXT NOT NULL,
  stub_key TEXT, gone INTEGER NOT NULL DEFAULT 0, changed INTEGER NOT NULL DEFAULT 1, rematch INTEGER NOT NULL DEFAULT 0,
  size INTEGER, modified_ms REAL, inode INTEGER,
  content_hash TEXT NOT NULL DEFAULT '', language TEXT NOT NULL DEFAULT '', front_matter TEXT NOT NULL DEFAULT '',
  aliases TEXT NOT NULL DEFAULT '[]', tags TEXT NOT NULL DEFAULT '[]', kinds TEXT NOT NULL DEFAULT '[]',
  created_at TEXT NOT NULL DEFAULT '', updated_at TEXT NOT NULL DEFAULT '',
  name_keys TEXT NOT NULL DEFAULT '[]', entity_key TEXT
) STRICT;
CREATE UNIQUE INDEX note_path ON note (vault, path) WHERE gone = 0;
CREATE INDEX note_changed ON note (vault) WHERE changed = 1;
CREATE INDEX note_rematch ON note (vault) WHERE rematch = 1;
CREATE INDEX note_stub ON note (stub_key, vault) WHERE stub_key IS NOT NULL;
CREATE INDEX note_entity ON note (entity_key, vault);
CREATE INDEX note_unread ON note (vault) WHERE size IS NULL AND stub_key IS NULL AND gone = 0;
CREATE INDEX note_gone ON note (path, vault) WHERE gone = 1;
CREATE TABLE chunk (
  chunk INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, note INTEGER NOT NULL, position INTEGER NOT NULL,
  content_hash TEXT NOT NULL, headings TEXT NOT NULL,
  start_offset INTEGER NOT NULL, end_offset INTEGER NOT NULL, masked TEXT NOT NULL
) STRICT;
CREATE INDEX chunk_note ON chunk (note, position);
CREATE TABLE chunk_text (text_row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, text TEXT NOT NULL) STRICT;
CREATE VIRTUAL TABLE chunk_words USING fts5(words, content='', contentless_delete=1, tokenize="ascii tokenchars '+#'");
CREATE VIRTUAL TABLE name_words USING fts5(words, content='', contentless_delete=1, tokenize="ascii tokenchars '+#'");
CREATE TABLE link (
  note INTEGER NOT NULL, ordinal INTEGER NOT NULL, chunk_id TEXT NOT NULL, start INTEGER NOT NULL,
  target TEXT NOT NULL, style TEXT NOT NULL, base_key TEXT NOT NULL, whole_key TEXT NOT NULL,
  alias TEXT NOT NULL, heading TEXT NOT NULL, block TEXT NOT NULL, embed INTEGER NOT NULL,
  field TEXT NOT NULL, evidence TEXT NOT NULL, quote TEXT NOT NULL, in_template INTEGER NOT NULL, resolved_note INTEGER,
  PRIMARY KEY (note, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_base ON link (base_key);
CREATE INDEX link_whole ON link (whole_key) WHERE whole_key <> base_key;
CREATE INDEX link_resolved ON link (resolved_note);
CREATE TABLE note_tag (tag TEXT NOT NULL, note INTEGER NOT NULL, PRIMARY KEY (tag, note)) STRICT, WITHOUT ROWID;
CREATE INDEX note_tag_note ON note_tag (note);
CREATE TABLE phrase (vault INTEGER NOT NULL, phrase TEXT NOT NULL, PRIMARY KEY (vault, phrase)) STRICT, WITHOUT ROWID;
CREATE TABLE spoken (
  spoken INTEGER PRIMARY KEY, vault INTEGER NOT NULL, form TEXT NOT NULL, phrase TEXT NOT NULL, entity_key TEXT
) STRICT;
CREATE UNIQUE INDEX spoken_form ON spoken (form, vault);
CREATE INDEX spoken_phrase ON spoken (phrase, vault);
CREATE INDEX spoken_entity ON spoken (entity_key, vault);
CREATE TABLE mention (
  note INTEGER NOT NULL, chunk_id TEXT NOT NULL, spoken INTEGER NOT NULL,
  count INTEGER NOT NULL, start INTEGER NOT NULL, quote TEXT NOT NULL,
  PRIMARY KEY (note, chunk_id, spoken)
) STRICT, WITHOUT ROWID;
CREATE INDEX mention_spoken ON mention (spoken);
CREATE TABLE candidate (note INTEGER PRIMARY KEY, runs TEXT NOT NULL, uses TEXT NOT NULL) STRICT;
CREATE TABLE to_count (vault INTEGER NOT NULL, note INTEGER NOT NULL, PRIMARY KEY (vault, note)) STRICT, WITHOUT ROWID;
CREATE TABLE to_guess (vault INTEGER NOT NULL, note INTEGER NOT NULL, PRIMARY KEY (vault, note)) STRICT, WITHOUT ROWID;
CREATE TABLE uses_gone (gone INTEGER PRIMARY KEY, vault INTEGER NOT NULL, uses TEXT NOT NULL) STRICT;
CREATE TABLE word_use (
  vault INTEGER NOT NULL, word TEXT NOT NULL, lower INTEGER NOT NULL, capital INTEGER NOT NULL,
  PRIMARY KEY (vault, word)
) STRICT, WITHOUT ROWID;
CREATE TABLE guess (
  guess INTEGER PRIMARY KEY, vault INTEGER NOT NULL, form TEXT NOT NULL, plain TEXT NOT NULL, entity_key TEXT
) STRICT;
CREATE UNIQUE INDEX guess_form ON guess (form, vault);
CREATE INDEX guess_entity ON guess (entity_key, vault);
CREATE TABLE guessed (
  note INTEGER NOT NULL, rank INTEGER NOT NULL, chunk_id TEXT NOT NULL, guess INTEGER NOT NULL,
  name TEXT NOT NULL, type TEXT NOT NULL, count INTEGER NOT NULL, start INTEGER NOT NULL, quote TEXT NOT NULL,
  PRIMARY KEY (note, rank)
) STRICT, WITHOUT ROWID;
CREATE INDEX guessed_guess ON guessed (guess);
CREATE TABLE entity (key TEXT NOT NULL, vault INTEGER NOT NULL, PRIMARY KEY (key, vault)) STRICT, WITHOUT ROWID;
CREATE TABLE dirty (
  vault INTEGER NOT NULL, step INTEGER NOT NULL, key TEXT NOT NULL, PRIMARY KEY (vault, step, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE rekey (
  owner TEXT NOT NULL, label TEXT NOT NULL, old_id TEXT NOT NULL, new_id TEXT NOT NULL, entity_key TEXT,
  PRIMARY KEY (owner, label, old_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE owner (owner INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE node (
  node INTEGER PRIMARY KEY, label TEXT NOT NULL, id TEXT NOT NULL, owner INTEGER NOT NULL, content TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX node_id ON node (id, label);
CREATE INDEX node_owner ON node (owner);
CREATE TABLE relationship (
  source INTEGER NOT NULL, type TEXT NOT NULL, target INTEGER NOT NULL, owner INTEGER NOT NULL, content TEXT NOT NULL,
  PRIMARY KEY (source, type, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX relationship_target ON relationship (target);
CREATE INDEX relationship_owner ON relationship (owner);
CREATE TABLE tally (label TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT;
`;
