"""When the program itself writes into a photo's file: its bytes have another name, it is the same.

Identity is content, so whoever changes the bytes and knows that the picture is the same must say
so; else the library would meet a stranger, without vectors, tags, albums and votes.
"""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.store.contents import clean, replace_text
from vlm_desktop.store.embeddings import note_added
from vlm_desktop.store.groundobjects import follow_objects
from vlm_desktop.store.inventory import find_file
from vlm_desktop.store.part import Part
from vlm_desktop.store.pathcodec import encode_path
from vlm_desktop.store.trainingforgetting import follow_examples

_COPIED = (
    "pages", "embeddings", "content_tags", "album_contents", "saved_search_seen", "feedback",
    "concept_examples", "rule_judgements",
)  # fmt: skip
"""Tables of what is known and said of a content. `files` and paths among `texts` follow files."""
_TEXTS = """
    INSERT INTO texts (content_id, page, kind, text)
    SELECT ?2, page, kind, text FROM texts AS own WHERE content_id = ?1 AND file_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM texts AS there WHERE there.content_id = ?2
            AND there.kind = own.kind AND there.page = own.page AND there.file_id IS NULL)
"""
_HELD_ELSEWHERE = """
    SELECT 1 FROM files WHERE content_id = ?1 AND id != ?2
    UNION ALL SELECT 1 FROM removed_files WHERE content_id = ?1 LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class WrittenPhoto:
    """A photo that was written: content hashes before and after, and its stamps as they are.

    Both hashes are the same where only its sidecar was written.
    """

    path: Path
    before: str
    after: str
    size_bytes: int
    mtime_ns: int
    sidecar_mtime_ns: int
    alt_text: str
    extended_description: str


class FollowingPart(Part):
    """Keeping what is known of a photo when its bytes change on purpose."""

    def follow_written(self, photo: WrittenPhoto) -> bool:
        """Let all that hangs on the old bytes hang on the new ones; False for an unknown file.

        One transaction. A content that only this file held goes on under its new hash. Where
        other files hold the old bytes, too, those keep theirs, and the new bytes get a copy of
        everything. The next inventory finds the file's stamps as they are.
        """
        with self._db.writing() as connection:
            file_id = find_file(connection, photo.path)
            _follow_chats(connection, photo)
            follow_objects(connection, photo.before, photo.after, photo.path)
            follow_examples(connection, photo.before, photo.after, photo.path)
            if file_id is None:
                return False
            content_id = _content_of(connection, file_id, photo)
            if content_id is None:
                return False
            connection.execute(
                "UPDATE files SET content_id = ?, size = ?, mtime_ns = ?, sidecar_mtime_ns = ?,"
                " state = 'indexed', reread = 0, refusal = NULL, refusal_detail = NULL"
                " WHERE id = ?",
                (
                    content_id,
                    photo.size_bytes,
                    photo.mtime_ns,
                    photo.sidecar_mtime_ns,
                    file_id,
                ),
            )
            connection.execute(
                "UPDATE texts SET content_id = ? WHERE file_id = ?", (content_id, file_id)
            )
            _say(connection, content_id, photo)
        return True

    def holds(self, content_hash: str) -> bool:
        """Whether anything is known of these bytes."""
        with self._db.reading() as connection:
            return _find(connection, content_hash) is not None


def _content_of(connection: sqlite3.Connection, file_id: int, photo: WrittenPhoto) -> int | None:
    """The content of the new bytes, with all that hung on the old ones; None for a stranger."""
    (held,) = connection.execute("SELECT content_id FROM files WHERE id = ?", (file_id,)).fetchone()
    old, new = _find(connection, photo.before), _find(connection, photo.after)
    if held is None or held not in (old, new):
        return None
    if old is None or old == new:
        return new
    if new is None and not connection.execute(_HELD_ELSEWHERE, (old, file_id)).fetchone():
        connection.execute(
            "UPDATE contents SET content_hash = ?, size_bytes = ? WHERE id = ?",
            (photo.after, photo.size_bytes, old),
        )
        return old
    if new is None:
        new = _copy_of(connection, old, photo)
    _carry_over(connection, old, new)
    return new


def _find(connection: sqlite3.Connection, content_hash: str) -> int | None:
    row = connection.execute(
        "SELECT id FROM contents WHERE content_hash = ?", (content_hash,)
    ).fetchone()
    return None if row is None else int(row[0])


def _columns(connection: sqlite3.Connection, table: str, without: tuple[str, ...]) -> str:
    rows = connection.execute(f"PRAGMA table_info({table})").fetchall()
    return ", ".join(row[1] for row in rows if row[1] not in without)


def _copy_of(connection: sqlite3.Connection, old: int, photo: WrittenPhoto) -> int:
    """A content like the old one; no file holds it yet."""
    same = _columns(connection, "contents", ("id", "content_hash", "size_bytes", "present"))
    row = connection.execute(
        f"INSERT INTO contents (content_hash, size_bytes, {same})"
        f" SELECT ?, ?, {same} FROM contents WHERE id = ?",
        (photo.after, photo.size_bytes, old),
    )
    return int(row.lastrowid or 0)


def _carry_over(connection: sqlite3.Connection, old: int, new: int) -> None:
    """Give the new content what the old one has and it lacks."""
    before = _vectors(connection, new)
    for table in _COPIED:
        same = _columns(connection, table, ("id", "content_id"))
        connection.execute(
            f"INSERT OR IGNORE INTO {table} (content_id, {same})"
            f" SELECT ?, {same} FROM {table} WHERE content_id = ?",
            (new, old),
        )
    connection.execute(_TEXTS, (old, new))
    for key in _vectors(connection, new) - before:
        note_added(connection, key)


def _vectors(connection: sqlite3.Connection, content_id: int) -> set[int]:
    """The models that the content has vectors of."""
    rows = connection.execute(
        "SELECT DISTINCT model_id FROM embeddings WHERE content_id = ?", (content_id,)
    )
    return {int(key) for (key,) in rows}


def _say(connection: sqlite3.Connection, content_id: int, photo: WrittenPhoto) -> None:
    alt, extended = clean(photo.alt_text), clean(photo.extended_description)
    connection.execute(
        "UPDATE contents SET alt_text = ?, extended_description = ? WHERE id = ?",
        (alt, extended, content_id),
    )
    said = "\n".join(part for part in (alt, extended) if part)
    replace_text(connection, content_id, "alt", 0, said)


def _follow_chats(connection: sqlite3.Connection, photo: WrittenPhoto) -> None:
    """A conversation must not say that the picture is another one since."""
    connection.execute(
        "UPDATE chat_pictures SET content_hash = ? WHERE content_hash = ? AND path = ?",
        (photo.after, photo.before, encode_path(photo.path)),
    )
