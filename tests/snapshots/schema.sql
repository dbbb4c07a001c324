PRAGMA user_version = 5;
CREATE INDEX messages_of ON messages (conversation, turn);
CREATE INDEX reminders_pending ON reminders (due) WHERE announced IS NULL AND cancelled IS NULL;
CREATE TABLE conversations (
        id INTEGER PRIMARY KEY,
        started REAL NOT NULL,
        ended REAL,
        title TEXT NOT NULL DEFAULT ''
    , tainted INTEGER NOT NULL DEFAULT 1);
CREATE TABLE debts (what TEXT PRIMARY KEY);
CREATE TABLE facts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        text TEXT NOT NULL UNIQUE COLLATE NOCASE,
        since REAL NOT NULL
    , tainted INTEGER NOT NULL DEFAULT 0);
CREATE VIRTUAL TABLE facts_words USING fts5(
            text, content = 'facts', content_rowid = 'id', tokenize = 'porter unicode61 remove_diacritics 2'
        );
CREATE TABLE 'facts_words_config'(k PRIMARY KEY, v) WITHOUT ROWID;
CREATE TABLE 'facts_words_data'(id INTEGER PRIMARY KEY, block BLOB);
CREATE TABLE 'facts_words_docsize'(id INTEGER PRIMARY KEY, sz BLOB);
CREATE TABLE 'facts_words_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
CREATE TABLE messages (
        id INTEGER PRIMARY KEY,
        conversation INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
        turn INTEGER NOT NULL,
        at REAL NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('user', 'assistant', 'tool')),
        text TEXT NOT NULL DEFAULT '',
        unheard TEXT NOT NULL DEFAULT '',
        ending TEXT NOT NULL DEFAULT 'whole' CHECK (ending IN ('whole', 'interrupted', 'failed')),
        call_id TEXT,
        name TEXT,
        arguments TEXT,
        ok INTEGER,
        seconds REAL
    );
CREATE VIRTUAL TABLE messages_words USING fts5(
            text, content = 'messages', content_rowid = 'id', tokenize = 'porter unicode61 remove_diacritics 2'
        );
CREATE TABLE 'messages_words_config'(k PRIMARY KEY, v) WITHOUT ROWID;
CREATE TABLE 'messages_words_data'(id INTEGER PRIMARY KEY, block BLOB);
CREATE TABLE 'messages_words_docsize'(id INTEGER PRIMARY KEY, sz BLOB);
CREATE TABLE 'messages_words_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
CREATE TABLE reminders (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        text TEXT NOT NULL,
        due REAL NOT NULL,
        made REAL NOT NULL,
        timer INTEGER NOT NULL DEFAULT 0,
        announced REAL,
        cancelled REAL
    , tainted INTEGER NOT NULL DEFAULT 0, owner TEXT, remaining REAL);
CREATE TABLE sqlite_sequence(name,seq);
CREATE TRIGGER facts_added AFTER INSERT ON facts BEGIN INSERT INTO facts_words (rowid, text) VALUES (new.id, new.text); END;
CREATE TRIGGER facts_changed AFTER UPDATE OF text ON facts BEGIN INSERT INTO facts_words (facts_words, rowid, text) VALUES ('delete', old.id, old.text); INSERT INTO facts_words (rowid, text) VALUES (new.id, new.text); END;
CREATE TRIGGER facts_dropped AFTER DELETE ON facts BEGIN INSERT INTO facts_words (facts_words, rowid, text) VALUES ('delete', old.id, old.text); END;
CREATE TRIGGER messages_added AFTER INSERT ON messages BEGIN INSERT INTO messages_words (rowid, text) VALUES (new.id, new.text); END;
CREATE TRIGGER messages_changed AFTER UPDATE OF text ON messages BEGIN INSERT INTO messages_words (messages_words, rowid, text) VALUES ('delete', old.id, old.text); INSERT INTO messages_words (rowid, text) VALUES (new.id, new.text); END;
CREATE TRIGGER messages_dropped AFTER DELETE ON messages BEGIN INSERT INTO messages_words (messages_words, rowid, text) VALUES ('delete', old.id, old.text); END;
