"""The tables of what conversations speak of, as the step of `store.migrations` that made them.
Never change it.
"""

CHAT_PICTURES = """
CREATE TABLE chat_pictures (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
    path BLOB NOT NULL,
    page INTEGER NOT NULL,
    box TEXT NOT NULL DEFAULT '',
    content_hash TEXT NOT NULL,
    width INTEGER NOT NULL, height INTEGER NOT NULL,
    thumbnail BLOB NOT NULL,
    caption TEXT NOT NULL DEFAULT '',
    dropped INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX chat_pictures_conversation ON chat_pictures(conversation_id);
CREATE INDEX chat_pictures_path ON chat_pictures(path);
CREATE TABLE turn_pictures (
    turn_id INTEGER NOT NULL REFERENCES turns(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    picture_id INTEGER NOT NULL REFERENCES chat_pictures(id) ON DELETE CASCADE,
    PRIMARY KEY (turn_id, position)
) WITHOUT ROWID;
CREATE INDEX turn_pictures_picture ON turn_pictures(picture_id);
CREATE TABLE chat_examples (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
    picture_id INTEGER NOT NULL REFERENCES chat_pictures(id) ON DELETE CASCADE,
    question TEXT NOT NULL,
    answer TEXT NOT NULL
);
CREATE INDEX chat_examples_conversation ON chat_examples(conversation_id);
CREATE INDEX chat_examples_picture ON chat_examples(picture_id);
CREATE TABLE prompt_presets (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL UNIQUE,
    text TEXT NOT NULL
);
CREATE TABLE chat_speeds (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    model_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('vision', 'prefill', 'reply')),
    seconds REAL NOT NULL
);
CREATE INDEX chat_speeds_model ON chat_speeds(model_id, kind);
"""
