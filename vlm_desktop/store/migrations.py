"""The schema, as small steps that each run once, recorded in the transaction that ran them.

Never change a step that was released; add one.

    roots 1-n folders 1-n files n-1 contents 1-n pages | embeddings | texts | content_tags ...

A content is a sequence of bytes, known by its hash; files come and go around it.
`contents.present` counts the files that hold it and are not missing; triggers keep it, so no
way of changing a file can forget it.
"""

from typing import TYPE_CHECKING

from sqlite_utils import Migrations

from vlm_desktop.store.altschema import ALT_TEXTS
from vlm_desktop.store.chattables import CHAT_PICTURES
from vlm_desktop.store.doctables import DOCUMENTS
from vlm_desktop.store.groundtables import GROUND
from vlm_desktop.store.trainingtables import TRAINING

if TYPE_CHECKING:
    from sqlite_utils import Database

MIGRATION_SET = "library"
migrations = Migrations(MIGRATION_SET)


@migrations()
def create_contents(db: "Database") -> None:
    """What is known of bytes: kind, size, metadata. `taken_at` etc. are NULL when unsaid."""
    db.executescript("""
        CREATE TABLE cameras (
            id INTEGER PRIMARY KEY,
            make TEXT NOT NULL, model TEXT NOT NULL, lens TEXT NOT NULL,
            folded TEXT NOT NULL,
            UNIQUE (make, model, lens)
        );
        CREATE TABLE contents (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            content_hash TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            format TEXT NOT NULL,
            width INTEGER NOT NULL, height INTEGER NOT NULL,
            short_side INTEGER NOT NULL,
            size_bytes INTEGER NOT NULL,
            page_count INTEGER NOT NULL,
            pixel_hash TEXT,
            perceptual_hash INTEGER,
            taken_at TEXT,
            latitude REAL, longitude REAL, altitude REAL,
            camera_id INTEGER REFERENCES cameras(id),
            orientation INTEGER NOT NULL DEFAULT 1,
            rating INTEGER,
            title TEXT NOT NULL DEFAULT '',
            caption TEXT NOT NULL DEFAULT '',
            alt_text TEXT NOT NULL DEFAULT '',
            extended_description TEXT NOT NULL DEFAULT '',
            present INTEGER NOT NULL DEFAULT 0,
            added_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
        );
        CREATE INDEX contents_size ON contents(size_bytes);
        CREATE INDEX contents_pixels ON contents(pixel_hash) WHERE pixel_hash IS NOT NULL;
        CREATE INDEX contents_taken ON contents(taken_at) WHERE taken_at IS NOT NULL;
        CREATE INDEX contents_place ON contents(latitude, longitude)
            WHERE latitude IS NOT NULL AND longitude IS NOT NULL;
        CREATE INDEX contents_camera ON contents(camera_id) WHERE camera_id IS NOT NULL;
        CREATE INDEX contents_rating ON contents(rating) WHERE rating IS NOT NULL;
        CREATE INDEX contents_side ON contents(short_side);
        CREATE INDEX contents_kind ON contents(kind);
        CREATE INDEX contents_hidden ON contents(id) WHERE present = 0;
        CREATE TABLE pages (
            content_id INTEGER NOT NULL REFERENCES contents(id) ON DELETE CASCADE,
            page INTEGER NOT NULL,
            width INTEGER NOT NULL, height INTEGER NOT NULL,
            ocr_done INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (content_id, page)
        ) WITHOUT ROWID;
        CREATE INDEX pages_unread ON pages(content_id) WHERE ocr_done = 0;
    """)


@migrations()
def create_files(db: "Database") -> None:
    """Where bytes lie. Paths are BLOBs, see `pathcodec`."""
    db.executescript("""
        CREATE TABLE roots (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            path BLOB NOT NULL UNIQUE,
            volume TEXT NOT NULL DEFAULT '',
            seen_at TEXT
        );
        CREATE TABLE folders (
            id INTEGER PRIMARY KEY,
            root_id INTEGER NOT NULL REFERENCES roots(id) ON DELETE CASCADE,
            path BLOB NOT NULL,
            UNIQUE (root_id, path)
        );
        CREATE TABLE files (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            folder_id INTEGER NOT NULL REFERENCES folders(id) ON DELETE CASCADE,
            name BLOB NOT NULL,
            size INTEGER NOT NULL,
            mtime_ns INTEGER NOT NULL,
            sidecar_mtime_ns INTEGER NOT NULL DEFAULT 0,
            content_id INTEGER REFERENCES contents(id) ON DELETE SET NULL,
            state TEXT NOT NULL
                CHECK (state IN ('pending', 'indexed', 'quarantined', 'missing')),
            reread INTEGER NOT NULL DEFAULT 0,
            refusal TEXT,
            refusal_detail TEXT,
            UNIQUE (folder_id, name)
        );
        CREATE INDEX files_content ON files(content_id, state) WHERE content_id IS NOT NULL;
        CREATE INDEX files_pending ON files(id) WHERE state = 'pending';
        CREATE INDEX files_quarantined ON files(id) WHERE state = 'quarantined';
        CREATE INDEX files_in_folder ON files(folder_id, state, content_id);

        CREATE TRIGGER files_arrived AFTER INSERT ON files
        WHEN new.content_id IS NOT NULL AND new.state IN ('pending', 'indexed')
        BEGIN
            UPDATE contents SET present = present + 1 WHERE id = new.content_id;
        END;
        CREATE TRIGGER files_left AFTER UPDATE OF content_id, state ON files
        WHEN old.content_id IS NOT NULL AND old.state IN ('pending', 'indexed')
            AND NOT (new.content_id IS old.content_id AND new.state IN ('pending', 'indexed'))
        BEGIN
            UPDATE contents SET present = present - 1 WHERE id = old.content_id;
        END;
        CREATE TRIGGER files_joined AFTER UPDATE OF content_id, state ON files
        WHEN new.content_id IS NOT NULL AND new.state IN ('pending', 'indexed')
            AND NOT (new.content_id IS old.content_id AND old.state IN ('pending', 'indexed'))
        BEGIN
            UPDATE contents SET present = present + 1 WHERE id = new.content_id;
        END;
        CREATE TRIGGER files_deleted AFTER DELETE ON files
        WHEN old.content_id IS NOT NULL AND old.state IN ('pending', 'indexed')
        BEGIN
            UPDATE contents SET present = present - 1 WHERE id = old.content_id;
        END;
    """)


@migrations()
def create_embeddings(db: "Database") -> None:
    """Unit vectors, float32 little-endian. `generation` moves with every change of them."""
    db.executescript("""
        CREATE TABLE models (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            dimension INTEGER NOT NULL,
            preprocessing_version TEXT NOT NULL,
            precision TEXT NOT NULL,
            image_side INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('active', 'shadow')),
            generation INTEGER NOT NULL DEFAULT 0,
            deletions INTEGER NOT NULL DEFAULT 0
        );
        CREATE UNIQUE INDEX models_active ON models(state) WHERE state = 'active';
        CREATE TABLE embeddings (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            content_id INTEGER NOT NULL REFERENCES contents(id) ON DELETE CASCADE,
            model_id INTEGER NOT NULL REFERENCES models(id) ON DELETE CASCADE,
            page INTEGER NOT NULL,
            vector BLOB NOT NULL,
            UNIQUE (content_id, model_id, page)
        );
        CREATE TABLE calibrations (
            model_id INTEGER NOT NULL REFERENCES models(id) ON DELETE CASCADE,
            kind TEXT NOT NULL,
            generation INTEGER NOT NULL,
            payload TEXT NOT NULL,
            PRIMARY KEY (model_id, kind)
        ) WITHOUT ROWID;
    """)


@migrations()
def create_texts(db: "Database") -> None:
    """Everything words can be found in; a path's text belongs to its file."""
    db.executescript("""
        CREATE TABLE texts (
            id INTEGER PRIMARY KEY,
            content_id INTEGER NOT NULL REFERENCES contents(id) ON DELETE CASCADE,
            file_id INTEGER REFERENCES files(id) ON DELETE CASCADE,
            page INTEGER NOT NULL DEFAULT 0,
            kind TEXT NOT NULL
                CHECK (kind IN ('ocr', 'caption', 'alt', 'title', 'path', 'keyword')),
            text TEXT NOT NULL
        );
        CREATE INDEX texts_content ON texts(content_id, kind, page);
        CREATE UNIQUE INDEX texts_file ON texts(file_id) WHERE file_id IS NOT NULL;
        CREATE VIRTUAL TABLE texts_fts USING fts5(
            text, content='texts', content_rowid='id', tokenize='trigram'
        );
        CREATE TRIGGER texts_added AFTER INSERT ON texts BEGIN
            INSERT INTO texts_fts(rowid, text) VALUES (new.id, new.text);
        END;
        CREATE TRIGGER texts_removed AFTER DELETE ON texts BEGIN
            INSERT INTO texts_fts(texts_fts, rowid, text) VALUES ('delete', old.id, old.text);
        END;
        CREATE TRIGGER texts_changed AFTER UPDATE OF text ON texts BEGIN
            INSERT INTO texts_fts(texts_fts, rowid, text) VALUES ('delete', old.id, old.text);
            INSERT INTO texts_fts(rowid, text) VALUES (new.id, new.text);
        END;
    """)


@migrations()
def create_shelves(db: "Database") -> None:
    """What people and models say about photos: tags, albums, saved searches, votes."""
    db.executescript("""
        CREATE TABLE tags (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            folded TEXT NOT NULL UNIQUE
        );
        CREATE TABLE content_tags (
            tag_id INTEGER NOT NULL REFERENCES tags(id) ON DELETE CASCADE,
            content_id INTEGER NOT NULL REFERENCES contents(id) ON DELETE CASCADE,
            source TEXT NOT NULL,
            probability REAL,
            position INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (tag_id, content_id, source)
        ) WITHOUT ROWID;
        CREATE INDEX content_tags_content ON content_tags(content_id, source);
        CREATE TABLE albums (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            folded TEXT NOT NULL UNIQUE
        );
        CREATE TABLE album_contents (
            album_id INTEGER NOT NULL REFERENCES albums(id) ON DELETE CASCADE,
            content_id INTEGER NOT NULL REFERENCES contents(id) ON DELETE CASCADE,
            PRIMARY KEY (album_id, content_id)
        ) WITHOUT ROWID;
        CREATE INDEX album_contents_content ON album_contents(content_id);
        CREATE TABLE saved_searches (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            query TEXT NOT NULL
        );
        CREATE TABLE saved_search_seen (
            search_id INTEGER NOT NULL REFERENCES saved_searches(id) ON DELETE CASCADE,
            content_id INTEGER NOT NULL REFERENCES contents(id) ON DELETE CASCADE,
            PRIMARY KEY (search_id, content_id)
        ) WITHOUT ROWID;
        CREATE INDEX saved_search_seen_content ON saved_search_seen(content_id);
        CREATE TABLE feedback (
            query TEXT NOT NULL,
            content_id INTEGER NOT NULL REFERENCES contents(id) ON DELETE CASCADE,
            vote INTEGER NOT NULL CHECK (vote IN (-1, 1)),
            PRIMARY KEY (query, content_id)
        ) WITHOUT ROWID;
        CREATE INDEX feedback_content ON feedback(content_id);
        CREATE TABLE settings (
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) WITHOUT ROWID;
    """)


@migrations()
def create_kept_out(db: "Database") -> None:
    """Files and folders that are never indexed again, as keyed hashes of their paths."""
    db.executescript("""
        CREATE TABLE kept_out (fingerprint BLOB PRIMARY KEY) WITHOUT ROWID;
    """)


@migrations()
def create_queries_and_concepts(db: "Database") -> None:
    """Queries asked before, and what a person taught by examples."""
    db.executescript("""
        CREATE TABLE query_history (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            folded TEXT NOT NULL UNIQUE,
            query TEXT NOT NULL
        );
        CREATE TABLE concepts (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            folded TEXT NOT NULL UNIQUE
        );
        CREATE TABLE concept_examples (
            concept_id INTEGER NOT NULL REFERENCES concepts(id) ON DELETE CASCADE,
            content_id INTEGER NOT NULL REFERENCES contents(id) ON DELETE CASCADE,
            label INTEGER NOT NULL CHECK (label IN (-1, 1)),
            PRIMARY KEY (concept_id, content_id)
        ) WITHOUT ROWID;
        CREATE INDEX concept_examples_content ON concept_examples(content_id);
        CREATE TRIGGER concept_examples_gone AFTER DELETE ON concept_examples BEGIN
            DELETE FROM concept_probes WHERE concept_id = old.concept_id;
        END;
        CREATE TABLE concept_probes (
            concept_id INTEGER NOT NULL REFERENCES concepts(id) ON DELETE CASCADE,
            model_id INTEGER NOT NULL REFERENCES models(id) ON DELETE CASCADE,
            examples TEXT NOT NULL,
            payload TEXT NOT NULL,
            vector BLOB NOT NULL,
            PRIMARY KEY (concept_id, model_id)
        ) WITHOUT ROWID;
    """)


@migrations()
def create_rules(db: "Database") -> None:
    """Words and policies that are held against every photo, and what people said of the answers."""
    db.executescript("""
        CREATE TABLE rules (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL CHECK (kind IN ('word', 'policy')),
            name TEXT NOT NULL,
            folded TEXT NOT NULL,
            flag TEXT NOT NULL DEFAULT '[]',
            fine TEXT NOT NULL DEFAULT '[]',
            cut REAL,
            cut_after INTEGER NOT NULL DEFAULT 0,
            seen INTEGER NOT NULL DEFAULT 0,
            UNIQUE (kind, folded)
        );
        CREATE TABLE rule_judgements (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            rule_id INTEGER NOT NULL REFERENCES rules(id) ON DELETE CASCADE,
            content_id INTEGER NOT NULL REFERENCES contents(id) ON DELETE CASCADE,
            verdict INTEGER NOT NULL CHECK (verdict IN (-1, 1)),
            source TEXT NOT NULL CHECK (source IN ('person', 'suggested')),
            probability REAL,
            UNIQUE (rule_id, content_id)
        );
        CREATE INDEX rule_judgements_content ON rule_judgements(content_id);
    """)


@migrations()
def add_watching(db: "Database") -> None:
    """Whether changes in a root are noticed while the program runs."""
    db.executescript("ALTER TABLE roots ADD COLUMN watched INTEGER NOT NULL DEFAULT 1;")


@migrations()
def create_removed_roots(db: "Database") -> None:
    """Roots that were taken out, with their files as they were, until they are forgotten.

    `root_id` and `file_id` are the ids they had; `path_text` is the file's path among the texts.
    """
    db.executescript("""
        CREATE TABLE removed_roots (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            root_id INTEGER NOT NULL,
            path BLOB NOT NULL UNIQUE,
            volume TEXT NOT NULL,
            seen_at TEXT,
            watched INTEGER NOT NULL
        );
        CREATE TABLE removed_folders (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            root_id INTEGER NOT NULL REFERENCES removed_roots(id) ON DELETE CASCADE,
            path BLOB NOT NULL,
            UNIQUE (root_id, path)
        );
        CREATE TABLE removed_files (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            file_id INTEGER NOT NULL,
            folder_id INTEGER NOT NULL REFERENCES removed_folders(id) ON DELETE CASCADE,
            name BLOB NOT NULL,
            size INTEGER NOT NULL,
            mtime_ns INTEGER NOT NULL,
            sidecar_mtime_ns INTEGER NOT NULL,
            content_id INTEGER REFERENCES contents(id) ON DELETE CASCADE,
            state TEXT NOT NULL,
            reread INTEGER NOT NULL,
            refusal TEXT,
            refusal_detail TEXT,
            path_text TEXT,
            UNIQUE (folder_id, name)
        );
        CREATE INDEX removed_files_content ON removed_files(content_id)
            WHERE content_id IS NOT NULL;
    """)


@migrations()
def create_conversations(db: "Database") -> None:
    """Talks with models: trees of turns. What hangs on a turn and is never sought is JSON.

    A turn that was taken out has `deleted_by`, the turn with which it went, and when.
    """
    db.executescript("""
        CREATE TABLE conversations (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            title TEXT NOT NULL DEFAULT '',
            model_id TEXT NOT NULL DEFAULT '',
            system_prompt TEXT NOT NULL DEFAULT '',
            metadata INTEGER NOT NULL DEFAULT 0,
            pinned INTEGER NOT NULL DEFAULT 0,
            created_at TEXT NOT NULL,
            changed_at TEXT NOT NULL,
            deleted_at TEXT,
            leaf INTEGER
        );
        CREATE TABLE turns (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            conversation_id INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
            parent_id INTEGER REFERENCES turns(id) ON DELETE CASCADE,
            role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
            text TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('done', 'partial', 'failed')),
            created_at TEXT NOT NULL,
            why TEXT NOT NULL DEFAULT 'asked',
            note TEXT NOT NULL DEFAULT '',
            pinned INTEGER NOT NULL DEFAULT 0,
            model_id TEXT NOT NULL DEFAULT '',
            source TEXT NOT NULL DEFAULT 'model',
            details TEXT NOT NULL DEFAULT '{}',
            deleted_by INTEGER,
            deleted_at TEXT
        );
        CREATE INDEX turns_conversation ON turns(conversation_id);
        CREATE INDEX turns_parent ON turns(parent_id) WHERE parent_id IS NOT NULL;
        CREATE VIRTUAL TABLE turns_fts USING fts5(
            text, content='turns', content_rowid='id', tokenize='trigram'
        );
        CREATE TRIGGER turns_added AFTER INSERT ON turns BEGIN
            INSERT INTO turns_fts(rowid, text) VALUES (new.id, new.text);
        END;
        CREATE TRIGGER turns_removed AFTER DELETE ON turns BEGIN
            INSERT INTO turns_fts(turns_fts, rowid, text) VALUES ('delete', old.id, old.text);
        END;
        CREATE TRIGGER turns_changed AFTER UPDATE OF text ON turns BEGIN
            INSERT INTO turns_fts(turns_fts, rowid, text) VALUES ('delete', old.id, old.text);
            INSERT INTO turns_fts(rowid, text) VALUES (new.id, new.text);
        END;
    """)


@migrations()
def create_chat_pictures(db: "Database") -> None:
    """What conversations speak of, solved cases, system prompts, speeds on this machine."""
    db.executescript(CHAT_PICTURES)


@migrations()
def create_alt_texts(db: "Database") -> None:
    """Alt texts: sets of images, texts by language, and a history that is only ever added to."""
    db.executescript(ALT_TEXTS)


@migrations()
def create_documents(db: "Database") -> None:
    """Documents: values as read, what people said of them, lessons for layouts, batches."""
    db.executescript(DOCUMENTS)


@migrations()
def create_ground(db: "Database") -> None:
    """Objects of pictures, and batches of pictures to be labelled by phrases."""
    db.executescript(GROUND)


@migrations()
def create_training(db: "Database") -> None:
    """Data sets to train on, what was seen of their pictures, votes on answers."""
    db.executescript(TRAINING)
