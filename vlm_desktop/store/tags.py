"""Tags: words on photos, from the file's keywords, from people, from models."""

import sqlite3
from collections.abc import Sequence

from vlm_desktop.store.part import Part, chunks, marks
from vlm_desktop.store.records import Tag

FROM_FILE = "file"
FROM_USER = "user"


class TagsPart(Part):
    """Reading and writing tags. A tag is known by its name, whatever the case."""

    def tag(
        self,
        content_ids: Sequence[int],
        name: str,
        *,
        source: str = FROM_USER,
        probability: float | None = None,
    ) -> None:
        """Put a tag on contents; a tag of the same source is renewed."""
        with self._db.writing() as connection:
            tag_id = tag_key(connection, name)
            connection.executemany(
                "INSERT OR REPLACE INTO content_tags (tag_id, content_id, source, probability)"
                " SELECT ?, id, ?, ? FROM contents WHERE id = ?",
                ((tag_id, source, probability, content_id) for content_id in content_ids),
            )

    def untag(self, content_ids: Sequence[int], name: str, *, source: str = FROM_USER) -> None:
        """Take a tag off again, as far as it came from `source`."""
        with self._db.writing() as connection:
            connection.executemany(
                "DELETE FROM content_tags WHERE source = ? AND content_id = ?"
                " AND tag_id = (SELECT id FROM tags WHERE folded = ?)",
                ((source, content_id, name.strip().casefold()) for content_id in content_ids),
            )

    def set_tags(
        self, source: str, rows: Sequence[tuple[int, Sequence[tuple[str, float | None]]]]
    ) -> None:
        """For each (content id, ((name, probability), ...)) replace all tags of `source`."""
        with self._db.writing() as connection:
            for content_id, tags in rows:
                write_tags(connection, content_id, source, tags)

    def tags_of(self, content_ids: Sequence[int]) -> dict[int, tuple[Tag, ...]]:
        """Tags per content, in the order they were given. Contents without any are left out."""
        found: dict[int, list[Tag]] = {}
        with self._db.reading() as connection:
            for some in chunks(content_ids):
                for content_id, *tag in connection.execute(
                    "SELECT content_id, name, source, probability FROM content_tags"
                    f" JOIN tags ON tags.id = tag_id WHERE content_id IN ({marks(some)})"
                    " ORDER BY content_id, source, position, name",
                    some,
                ):
                    found.setdefault(content_id, []).append(Tag(*tag))
        return {content_id: tuple(tags) for content_id, tags in found.items()}

    def all_tags(self) -> list[tuple[str, int]]:
        """(name, number of photos that are there) of every tag in use, most used first."""
        with self._db.reading() as connection:
            return connection.execute(
                "SELECT name, count(DISTINCT content_id) AS uses FROM content_tags"
                " JOIN tags ON tags.id = tag_id"
                " WHERE content_id NOT IN (SELECT id FROM contents WHERE present = 0)"
                " GROUP BY tag_id ORDER BY uses DESC, folded"
            ).fetchall()


def write_tags(
    connection: sqlite3.Connection,
    content_id: int,
    source: str,
    tags: Sequence[tuple[str, float | None]],
) -> None:
    """Replace a content's tags of one source."""
    connection.execute(
        "DELETE FROM content_tags WHERE content_id = ? AND source = ?", (content_id, source)
    )
    connection.executemany(
        "INSERT OR IGNORE INTO content_tags (tag_id, content_id, source, probability, position)"
        " VALUES (?, ?, ?, ?, ?)",
        [
            (tag_key(connection, name), content_id, source, probability, position)
            for position, (name, probability) in enumerate(tags)
            if name.strip()
        ],
    )


def tag_key(connection: sqlite3.Connection, name: str) -> int:
    shown = name.strip()
    row = connection.execute("SELECT id FROM tags WHERE folded = ?", (shown.casefold(),)).fetchone()
    if row is not None:
        return int(row[0])
    cursor = connection.execute(
        "INSERT INTO tags (name, folded) VALUES (?, ?)", (shown, shown.casefold())
    )
    return int(cursor.lastrowid or 0)
