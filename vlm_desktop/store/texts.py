"""Finding photos by words: OCR, captions, alt text, titles, keywords and paths."""

import re
import sqlite3
import unicodedata
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from vlm_desktop.store.contents import clean, replace_text
from vlm_desktop.store.part import Part
from vlm_desktop.store.records import TextMatch

TRIGRAM = 3
RANKED = 20_000
"""Texts that match; beyond that many the words tell nothing apart, and ranking takes long."""

_SPACED_SCRIPTS = frozenset({"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "HEBREW", "ARABIC", "DIGIT"})

Row: TypeAlias = tuple[int, str, int, float]
_THERE = (
    " JOIN contents ON contents.id = texts.content_id AND present > 0"
    " LEFT JOIN files ON files.id = file_id"
    " WHERE (file_id IS NULL OR files.state IN ('pending', 'indexed'))"
)


class TextsPart(Part):
    """Full-text search over trigrams, so that any part of a word is found in any script."""

    def search_text(
        self, words: Sequence[str], phrases: Sequence[str], limit: int = 1000
    ) -> list[TextMatch]:
        """Texts that hold all words and all phrases, in any case; best first.

        A word must stand at the beginning of a word of the text ("cat" finds "cats", but not
        "education"), as far as the script parts words; a phrase may stand anywhere. Words under
        3 letters are ignored, but for those with letters beyond ASCII (a word may well be two
        characters): these are looked for without the index. Texts of photos and paths that are
        gone are left out. Where more than `RANKED` texts match, all rank 0 and the oldest come
        first.
        """
        indexed, scanned = _split([*words, *phrases])
        with self._db.reading() as connection:
            if indexed:
                rows = _match(connection, indexed, scanned, _split(words)[0], limit)
            elif scanned:
                rows = _scan(connection, scanned, limit)
            else:
                return []
        return [TextMatch(content_id, kind, page, -rank) for content_id, kind, page, rank in rows]

    def save_ocr(self, rows: Sequence[tuple[int, int, str]]) -> None:
        """Save (content id, page, text) in one transaction; "" says read, nothing found.

        Pages the library does not know are skipped.
        """
        with self._db.writing() as connection:
            for content_id, page, text in rows:
                known = connection.execute(
                    "UPDATE pages SET ocr_done = 1 WHERE content_id = ? AND page = ?",
                    (content_id, page),
                ).rowcount
                if known:
                    replace_text(connection, content_id, "ocr", page, clean(text).strip())

    def drop_ocr(self, content_ids: Sequence[int]) -> None:
        """Forget what was read, so that it is read again."""
        with self._db.writing() as connection:
            for content_id in content_ids:
                connection.execute(
                    "DELETE FROM texts WHERE content_id = ? AND kind = 'ocr'", (content_id,)
                )
                connection.execute(
                    "UPDATE pages SET ocr_done = 0 WHERE content_id = ?", (content_id,)
                )


def _split(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """(what the trigram index can find, short texts that need a scan)."""
    cleaned = [unicodedata.normalize("NFC", text).strip() for text in texts]
    cleaned = [
        text.encode("utf-8", "replace").decode("utf-8").replace("\0", "") for text in cleaned
    ]
    indexed = [text for text in cleaned if len(text) >= TRIGRAM]
    scanned = [text for text in cleaned if 0 < len(text) < TRIGRAM and not text.isascii()]
    return indexed, scanned


def begins_word(text: str, word: str) -> bool:
    """Whether `word` stands at the beginning of a word of `text`, in any case.

    In scripts without spaces (Chinese, Japanese, Thai ...) it may stand anywhere.
    """
    return not _parts_words(word) or any(True for _ in places_of_word(text, word))


def places_of_word(text: str, word: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each place where `begins_word` finds the word."""
    boundary = r"(?<![^\W_])" if _parts_words(word) else ""
    for match in re.finditer(boundary + re.escape(word), text, re.IGNORECASE):
        yield match.span()


def _parts_words(word: str) -> bool:
    return unicodedata.name(word[0], "").split(" ")[0] in _SPACED_SCRIPTS


def _match(
    connection: sqlite3.Connection,
    indexed: list[str],
    scanned: list[str],
    words: list[str],
    limit: int,
) -> list[Row]:
    connection.create_function("begins_word", 2, begins_word, deterministic=True)
    quoted = " AND ".join('"' + text.replace('"', '""') + '"' for text in indexed)
    (matches,) = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM texts_fts WHERE texts_fts MATCH ? LIMIT ?)",
        (quoted, RANKED + 1),
    ).fetchone()
    rank, order = ("0.0", "") if matches > RANKED else ("texts_fts.rank", "score, ")
    return connection.execute(
        f"SELECT texts.content_id, texts.kind, texts.page, {rank} AS score"
        " FROM texts_fts CROSS JOIN texts ON texts.id = texts_fts.rowid"
        + _THERE
        + " AND texts_fts MATCH ?"
        + " AND instr(texts.text, ?)" * len(scanned)
        + " AND begins_word(texts.text, ?)" * len(words)
        + f" ORDER BY {order}texts_fts.rowid LIMIT ?",
        (quoted, *scanned, *words, limit),
    ).fetchall()


def _scan(connection: sqlite3.Connection, scanned: list[str], limit: int) -> list[Row]:
    return connection.execute(
        "SELECT texts.content_id, texts.kind, texts.page, 0.0 FROM texts"
        + _THERE
        + " AND instr(texts.text, ?)" * len(scanned)
        + " ORDER BY texts.id LIMIT ?",
        (*scanned, limit),
    ).fetchall()
