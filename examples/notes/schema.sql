CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    body TEXT NOT NULL,
    words INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX ix_notes_words ON notes (words);
