"""The tables of documents, as the step of `store.migrations` that made them. Never change it.

    document_schemas 1-n documents 1-n document_values (as read) | document_said (by a person)
        | document_events | document_lessons;  document_batches 1-n document_queue n-1 documents

A document is one schema's reading of the bytes at a path. What was read is replaced by the next
reading, what a person said is not: it lies in a table of its own and is seen in the place of the
other. `document_said.row` is -1 for the rows of a table as a whole. `*_key` and the columns beside
them are what duplicates and anomalies are found by. A lesson with `retired_by` is not gone by.
The triggers let nobody rewrite history: an event goes only after its document, with it.
"""

DOCUMENTS = """
CREATE TABLE document_schemas (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    said TEXT NOT NULL UNIQUE
);
CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path BLOB NOT NULL,
    content_hash TEXT NOT NULL,
    schema TEXT NOT NULL,
    schema_id INTEGER NOT NULL REFERENCES document_schemas(id),
    state TEXT NOT NULL CHECK (state IN ('unread', 'to-review', 'reviewed', 'refused')),
    doubt REAL NOT NULL DEFAULT 0,
    pages INTEGER NOT NULL DEFAULT 0,
    fingerprint TEXT NOT NULL DEFAULT '',
    locale TEXT NOT NULL DEFAULT '',
    missing TEXT NOT NULL DEFAULT '',
    lessons TEXT NOT NULL DEFAULT '',
    problem TEXT NOT NULL DEFAULT '',
    problem_detail TEXT NOT NULL DEFAULT '',
    read_at TEXT NOT NULL DEFAULT '',
    vendor TEXT NOT NULL DEFAULT '',
    vendor_key TEXT NOT NULL DEFAULT '',
    number_key TEXT NOT NULL DEFAULT '',
    date TEXT NOT NULL DEFAULT '',
    total TEXT NOT NULL DEFAULT '',
    currency TEXT NOT NULL DEFAULT '',
    account TEXT NOT NULL DEFAULT '',
    UNIQUE (path, content_hash, schema)
);
CREATE INDEX documents_hash ON documents(content_hash);
CREATE INDEX documents_vendor ON documents(vendor_key) WHERE vendor_key != '';
CREATE INDEX documents_number ON documents(number_key) WHERE number_key != '';
CREATE INDEX documents_total ON documents(date, total) WHERE total != '';
CREATE TABLE document_values (
    document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    said TEXT NOT NULL,
    PRIMARY KEY (document_id, position)
) WITHOUT ROWID;
CREATE TABLE document_said (
    document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    row INTEGER NOT NULL,
    said TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (document_id, name, row)
) WITHOUT ROWID;
CREATE TABLE document_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    act TEXT NOT NULL,
    changes TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    detail TEXT NOT NULL,
    batch TEXT NOT NULL
);
CREATE INDEX document_events_document ON document_events(document_id);
CREATE INDEX document_events_batch ON document_events(batch);
CREATE TRIGGER document_events_are_not_changed BEFORE UPDATE ON document_events BEGIN
    SELECT RAISE(ABORT, 'the history of documents is only added to');
END;
CREATE TRIGGER document_events_go_only_with_their_document BEFORE DELETE ON document_events
WHEN EXISTS (SELECT 1 FROM documents WHERE id = old.document_id) BEGIN
    SELECT RAISE(ABORT, 'the history of documents is only added to');
END;
CREATE TRIGGER document_events_are_not_replaced BEFORE INSERT ON document_events
WHEN EXISTS (SELECT 1 FROM document_events WHERE id = new.id) BEGIN
    SELECT RAISE(IGNORE);
END;
CREATE TABLE document_lessons (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    schema TEXT NOT NULL,
    name TEXT NOT NULL,
    said TEXT NOT NULL,
    taught_by TEXT NOT NULL,
    retired_by TEXT NOT NULL DEFAULT ''
);
CREATE INDEX document_lessons_document ON document_lessons(document_id);
CREATE INDEX document_lessons_taught ON document_lessons(taught_by);
CREATE INDEX document_lessons_retired ON document_lessons(retired_by) WHERE retired_by != '';
CREATE TABLE document_batches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    schema TEXT NOT NULL,
    schema_id INTEGER NOT NULL REFERENCES document_schemas(id),
    created_at TEXT NOT NULL
);
CREATE TABLE document_queue (
    batch_id INTEGER NOT NULL REFERENCES document_batches(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    path BLOB NOT NULL,
    document_id INTEGER REFERENCES documents(id) ON DELETE CASCADE,
    known INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (batch_id, position),
    UNIQUE (batch_id, path)
) WITHOUT ROWID;
CREATE INDEX document_queue_document ON document_queue(document_id)
    WHERE document_id IS NOT NULL;
"""
