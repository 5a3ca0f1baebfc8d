"""One photo looked at closely, and what a person changes of its words."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from vlm_desktop.base.errors import NotInLibrary
from vlm_desktop.base.types import PhotoMetadata, Size
from vlm_desktop.store.contents import clean, replace_text
from vlm_desktop.store.inventory import find_file
from vlm_desktop.store.part import Part, chunks, marks
from vlm_desktop.store.records import PhotoWords
from vlm_desktop.store.tags import FROM_FILE, write_tags

_PLACES = """
    SELECT DISTINCT round(latitude, 1), round(longitude, 1) FROM contents
    WHERE latitude IS NOT NULL AND longitude IS NOT NULL AND present > 0
    LIMIT ?
"""
_SAME_PIXELS = """
    SELECT other.id FROM contents AS own JOIN contents AS other
        ON other.pixel_hash = own.pixel_hash AND other.id != own.id AND other.present > 0
    WHERE own.id = ? ORDER BY other.id LIMIT ?
"""


class PhotosPart(Part):
    """What the photo view asks beyond `details`, and saving edits."""

    def page_sizes(self, content_id: int) -> dict[int, Size]:
        """Page -> its upright size in pixels (PDF: points); a photo's only page is 0."""
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT page, width, height FROM pages WHERE content_id = ? ORDER BY page",
                (content_id,),
            ).fetchall()
        return {page: Size(width, height) for page, width, height in rows}

    def added_at(self, content_id: int) -> str:
        """When the library first met the content, ISO 8601 in UTC. Raises `NotInLibrary`."""
        with self._db.reading() as connection:
            row = connection.execute(
                "SELECT added_at FROM contents WHERE id = ?", (content_id,)
            ).fetchone()
        if row is None:
            raise NotInLibrary(path=Path(f"#{content_id}"))
        return str(row[0]).replace(" ", "T") + "+00:00"

    def same_pixels(self, content_id: int, limit: int = 20) -> tuple[int, ...]:
        """Other contents with the same picture (re-tagged copies), that are there."""
        with self._db.reading() as connection:
            rows = connection.execute(_SAME_PIXELS, (content_id, limit)).fetchall()
        return tuple(other for (other,) in rows)

    def words_of(self, content_ids: Sequence[int]) -> tuple[PhotoMetadata, ...]:
        """Rating, title, caption and keywords of contents; those that are gone are left out."""
        words: dict[int, tuple[int | None, str, str]] = {}
        keywords: dict[int, list[str]] = {}
        with self._db.snapshot() as connection:
            for some in chunks(content_ids):
                for content_id, *said in connection.execute(
                    f"SELECT id, rating, title, caption FROM contents WHERE id IN ({marks(some)})",
                    some,
                ):
                    words[content_id] = (said[0], said[1], said[2])
                for content_id, name in connection.execute(
                    "SELECT content_id, name FROM content_tags JOIN tags ON tags.id = tag_id"
                    f" WHERE source = '{FROM_FILE}' AND content_id IN ({marks(some)})"
                    " ORDER BY content_id, position, name",
                    some,
                ):
                    keywords.setdefault(content_id, []).append(name)
        return tuple(
            PhotoMetadata(
                rating=rating,
                title=title,
                caption=caption,
                keywords=tuple(keywords.get(content_id, ())),
            )
            for content_id, (rating, title, caption) in words.items()
        )

    def places(self, limit: int = 5000) -> tuple[tuple[float, float], ...]:
        """Where the library's photos were taken: (latitude, longitude) to a tenth of a degree."""
        with self._db.reading() as connection:
            return tuple(connection.execute(_PLACES, (limit,)).fetchall())

    def save_words(self, rows: Sequence[PhotoWords]) -> None:
        """Save what people said of photos, and the stamps of the sidecars that now say it.

        One transaction, full-text search included. Contents that are gone are skipped. The next
        inventory finds the stamps as they are and does not look at the files again.
        """
        with self._db.writing() as connection:
            for row in rows:
                _save(connection, row)


def _save(connection: sqlite3.Connection, row: PhotoWords) -> None:
    title, caption = clean(row.title), clean(row.caption)
    known = connection.execute(
        "UPDATE contents SET rating = ?, title = ?, caption = ? WHERE id = ?",
        (row.rating, title, caption, row.content_id),
    ).rowcount
    if not known:
        return
    keywords = [clean(word) for word in row.keywords]
    replace_text(connection, row.content_id, "title", 0, title)
    replace_text(connection, row.content_id, "caption", 0, caption)
    replace_text(connection, row.content_id, "keyword", 0, "\n".join(keywords))
    write_tags(connection, row.content_id, FROM_FILE, [(word, None) for word in keywords])
    for path, sidecar_mtime_ns in row.sidecars:
        file_id = find_file(connection, path)
        connection.execute(
            "UPDATE files SET sidecar_mtime_ns = ? WHERE id = ?", (sidecar_mtime_ns, file_id)
        )
