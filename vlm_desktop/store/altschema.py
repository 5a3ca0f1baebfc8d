"""The tables of alt texts, as the step of `store.migrations` that made them. Never change it.

    alt_sets n-m alt_images (alt_members) 1-n alt_texts (one a language) | alt_events | ...

They hang on paths (x'': none), not on contents: one photo on two pages has two texts, and folders
that leave the library take none along. `base_*` are what the file or page was last known to say
(NULL: unknown), `sitting` is what stood there before typing that no event tells of yet. `place` is
UTF-8 that may hold lone surrogates. The triggers let nobody rewrite history: an event goes only
after its image, with it.
"""

ALT_TEXTS = """
CREATE TABLE alt_sets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    origin BLOB NOT NULL DEFAULT x'',
    brief TEXT NOT NULL,
    language TEXT NOT NULL,
    created_at TEXT NOT NULL,
    deleted_at TEXT
);
CREATE TABLE alt_images (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path BLOB NOT NULL DEFAULT x'',
    document BLOB NOT NULL DEFAULT x'',
    place BLOB NOT NULL DEFAULT x'',
    name TEXT NOT NULL DEFAULT '',
    content_hash TEXT NOT NULL DEFAULT '',
    size_bytes INTEGER NOT NULL DEFAULT 0,
    mtime_ns INTEGER NOT NULL DEFAULT 0,
    width INTEGER NOT NULL DEFAULT 0, height INTEGER NOT NULL DEFAULT 0,
    fingerprint TEXT NOT NULL DEFAULT '',
    decision TEXT NOT NULL DEFAULT '',
    decided_by TEXT NOT NULL DEFAULT '',
    lead_id INTEGER REFERENCES alt_images(id) ON DELETE SET NULL,
    suggestion TEXT NOT NULL DEFAULT '',
    context TEXT NOT NULL DEFAULT '',
    notes TEXT NOT NULL DEFAULT '',
    risk REAL,
    risk_reasons TEXT NOT NULL DEFAULT '',
    missing INTEGER NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX alt_images_file ON alt_images(path)
    WHERE document = x'' AND path != x'';
CREATE UNIQUE INDEX alt_images_place ON alt_images(document, place) WHERE document != x'';
CREATE INDEX alt_images_path ON alt_images(path);
CREATE INDEX alt_images_lead ON alt_images(lead_id) WHERE lead_id IS NOT NULL;
CREATE TABLE alt_members (
    set_id INTEGER NOT NULL REFERENCES alt_sets(id) ON DELETE CASCADE,
    image_id INTEGER NOT NULL REFERENCES alt_images(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    PRIMARY KEY (set_id, image_id)
) WITHOUT ROWID;
CREATE INDEX alt_members_image ON alt_members(image_id);
CREATE TABLE alt_texts (
    image_id INTEGER NOT NULL REFERENCES alt_images(id) ON DELETE CASCADE,
    language TEXT NOT NULL,
    alt TEXT NOT NULL DEFAULT '',
    extended TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'empty',
    written_by TEXT NOT NULL DEFAULT '',
    changed_at TEXT NOT NULL,
    approved_hash TEXT NOT NULL DEFAULT '',
    base_alt TEXT, base_extended TEXT,
    sitting TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (image_id, language)
) WITHOUT ROWID;
CREATE TABLE alt_candidates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    image_id INTEGER NOT NULL REFERENCES alt_images(id) ON DELETE CASCADE,
    language TEXT NOT NULL,
    candidate TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX alt_candidates_image ON alt_candidates(image_id, language);
CREATE TABLE alt_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    image_id INTEGER NOT NULL REFERENCES alt_images(id) ON DELETE CASCADE,
    language TEXT NOT NULL,
    at TEXT NOT NULL,
    act TEXT NOT NULL,
    author TEXT NOT NULL,
    written_by TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    detail TEXT NOT NULL,
    batch TEXT NOT NULL
);
CREATE INDEX alt_events_image ON alt_events(image_id, language);
CREATE INDEX alt_events_batch ON alt_events(batch);
CREATE TRIGGER alt_events_are_not_changed BEFORE UPDATE ON alt_events BEGIN
    SELECT RAISE(ABORT, 'the history of alt texts is only added to');
END;
CREATE TRIGGER alt_events_go_only_with_their_image BEFORE DELETE ON alt_events
WHEN EXISTS (SELECT 1 FROM alt_images WHERE id = old.image_id) BEGIN
    SELECT RAISE(ABORT, 'the history of alt texts is only added to');
END;
CREATE TRIGGER alt_events_are_not_replaced BEFORE INSERT ON alt_events
WHEN EXISTS (SELECT 1 FROM alt_events WHERE id = new.id) BEGIN
    SELECT RAISE(IGNORE);
END;
CREATE VIEW alt_pairs AS
    SELECT image_id, path, approved_hash AS content_hash, language, decision,
        coalesce((SELECT after FROM alt_events AS drafts
            WHERE drafts.image_id = alt_texts.image_id
            AND drafts.language = alt_texts.language AND author = 'model'
            AND act IN ('drafted', 'translated') ORDER BY id DESC LIMIT 1), '') AS draft,
        alt AS approved, extended,
        coalesce((SELECT at FROM alt_events AS acts
            WHERE acts.image_id = alt_texts.image_id
            AND acts.language = alt_texts.language AND act = 'approved'
            ORDER BY id DESC LIMIT 1), changed_at) AS approved_at
    FROM alt_texts JOIN alt_images ON alt_images.id = image_id
    WHERE alt_texts.state = 'approved' AND alt != '';
"""
