"""The tables of data sets to train on, as the step of `store.migrations` that made them. Never
change it.

    train_sets 1-n train_examples;  train_pictures (what was seen of their files);  turn_votes

An example hangs on a path and, once its bytes were read, on their hash, so that a moved picture is
found again. `said` holds turns and box as JSON. A row of `train_pictures` counts only while its
file has the same size and time of change: it spares decoding the file anew.
"""

TRAINING = """
CREATE TABLE train_sets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    folded TEXT NOT NULL,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    deleted_at TEXT
);
CREATE UNIQUE INDEX train_sets_name ON train_sets(folded) WHERE deleted_at IS NULL;
CREATE TABLE train_examples (
    set_id INTEGER NOT NULL REFERENCES train_sets(id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    position INTEGER NOT NULL,
    path BLOB NOT NULL,
    content_hash TEXT NOT NULL,
    kind TEXT NOT NULL,
    split TEXT NOT NULL CHECK (split IN ('train', 'validation', 'left out')),
    grouped TEXT NOT NULL,
    label TEXT NOT NULL,
    source TEXT NOT NULL,
    said TEXT NOT NULL,
    PRIMARY KEY (set_id, key)
) WITHOUT ROWID;
CREATE INDEX train_examples_order ON train_examples(set_id, position);
CREATE INDEX train_examples_path ON train_examples(path);
CREATE INDEX train_examples_hash ON train_examples(content_hash) WHERE content_hash != '';
CREATE TABLE train_pictures (
    path BLOB PRIMARY KEY,
    size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    orientation INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    look BLOB NOT NULL,
    taken_at TEXT NOT NULL,
    camera TEXT NOT NULL,
    problem TEXT NOT NULL,
    detail TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX train_pictures_hash ON train_pictures(content_hash) WHERE content_hash != '';
CREATE TABLE turn_votes (
    turn_id INTEGER PRIMARY KEY REFERENCES turns(id) ON DELETE CASCADE,
    vote INTEGER NOT NULL CHECK (vote IN (-1, 1)),
    at TEXT NOT NULL
);
"""
