"""The tables of objects in pictures, as the step of `store.migrations` that made them. Never
change it.

    ground_pictures 1-n ground_objects;  ground_batches 1-n ground_queue

A picture is its bytes: `path` is only where they were seen last. `mask` is COCO's compressed run
lengths over the whole picture. `position` is the place in the list; `number` tells the objects of
a picture apart for good. A row of a queue is its own bookmark: "waiting" until it is done.
"""

GROUND = """
CREATE TABLE ground_pictures (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    content_hash TEXT NOT NULL UNIQUE,
    path BLOB NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    changed_at TEXT NOT NULL
);
CREATE INDEX ground_pictures_path ON ground_pictures(path);
CREATE TABLE ground_objects (
    picture_id INTEGER NOT NULL REFERENCES ground_pictures(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    position INTEGER NOT NULL,
    label TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'accepted', 'rejected')),
    source TEXT NOT NULL,
    confidence REAL,
    mask TEXT,
    said TEXT NOT NULL,
    PRIMARY KEY (picture_id, number)
) WITHOUT ROWID;
CREATE INDEX ground_objects_state ON ground_objects(state);
CREATE TABLE ground_batches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    phrases TEXT NOT NULL,
    model TEXT NOT NULL,
    masks INTEGER NOT NULL,
    created_at TEXT NOT NULL
);
CREATE TABLE ground_queue (
    batch_id INTEGER NOT NULL REFERENCES ground_batches(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    path BLOB NOT NULL,
    content_hash TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'done', 'known', 'refused')),
    found INTEGER NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT '',
    problem_detail TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (batch_id, position),
    UNIQUE (batch_id, path)
) WITHOUT ROWID;
CREATE INDEX ground_queue_hash ON ground_queue(content_hash) WHERE content_hash != '';
"""
