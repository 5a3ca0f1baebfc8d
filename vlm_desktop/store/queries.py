"""Queries asked before, what saved searches have seen, and the words a query matched."""

import json
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from vlm_desktop.base.queries import FilterChoices, PlaceCount
from vlm_desktop.store.contents import clean
from vlm_desktop.store.part import Part
from vlm_desktop.store.records import StoredText

MOST_REMEMBERED = 200
_CELL_DEGREES = 0.25
_MOST_PLACES = 50


class QueriesPart(Part):
    """What the query bar remembers and offers."""

    # --- history ---

    def remember_query(self, folded: str, query: str) -> None:
        """Put a query first in the history; `folded` tells which older one it replaces."""
        with self._db.writing() as connection:
            connection.execute("DELETE FROM query_history WHERE folded = ?", (clean(folded),))
            connection.execute(
                "INSERT INTO query_history (folded, query) VALUES (?, ?)",
                (clean(folded), clean(query)),
            )
            connection.execute(
                "DELETE FROM query_history WHERE id NOT IN"
                " (SELECT id FROM query_history ORDER BY id DESC LIMIT ?)",
                (MOST_REMEMBERED,),
            )

    def query_history(self) -> list[tuple[str, str]]:
        """(folded, query), the latest first."""
        with self._db.reading() as connection:
            return connection.execute(
                "SELECT folded, query FROM query_history ORDER BY id DESC"
            ).fetchall()

    def replace_query_history(self, rows: Sequence[tuple[str, str]]) -> None:
        """Set the whole history, the latest first; () clears it."""
        with self._db.writing() as connection:
            connection.execute("DELETE FROM query_history")
            connection.executemany(
                "INSERT OR IGNORE INTO query_history (folded, query) VALUES (?, ?)",
                ((clean(folded), clean(query)) for folded, query in reversed(rows)),
            )

    # --- saved searches ---

    def seen_hits(self, name: str) -> tuple[int, ...]:
        """The contents that a saved search has shown."""
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT content_id FROM saved_search_seen JOIN saved_searches"
                " ON saved_searches.id = search_id WHERE name = ? ORDER BY content_id",
                (clean(name),),
            ).fetchall()
        return tuple(content_id for (content_id,) in rows)

    def rename_search(self, name: str, new_name: str) -> bool:
        """False when there is no search `name`, or another is called `new_name`."""
        with self._db.writing() as connection:
            return bool(
                connection.execute(
                    "UPDATE OR IGNORE saved_searches SET name = ? WHERE name = ?",
                    (clean(new_name), clean(name)),
                ).rowcount
            )

    # --- why a photo was found, what can be filtered ---

    def texts_of(self, content_id: int) -> list[StoredText]:
        """Every text of a content: read in it, written on it, and the paths that are there."""
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT kind, texts.page, text FROM texts LEFT JOIN files ON files.id = file_id"
                " WHERE texts.content_id = ?"
                " AND (file_id IS NULL OR files.state IN ('pending', 'indexed'))"
                " ORDER BY texts.id",
                (content_id,),
            ).fetchall()
        return [StoredText(*row) for row in rows]

    def filter_choices(self) -> FilterChoices:
        """What the photos that are there can be narrowed by, the most common first."""
        with self._db.snapshot() as connection:
            cameras = connection.execute(
                "SELECT make, cameras.model, count(*) AS uses FROM contents"
                " JOIN cameras ON cameras.id = camera_id WHERE present > 0"
                " GROUP BY make, cameras.model ORDER BY uses DESC, make, cameras.model"
            ).fetchall()
            (first, last) = connection.execute(
                "SELECT substr(min(taken_at), 1, 10), substr(max(taken_at), 1, 10)"
                " FROM contents WHERE present > 0 AND taken_at IS NOT NULL"
            ).fetchone()
            places = connection.execute(
                "SELECT avg(latitude), avg(longitude), count(*) AS photos FROM contents"
                " WHERE present > 0 AND latitude IS NOT NULL AND longitude IS NOT NULL"
                " GROUP BY round(latitude / ?), round(longitude / ?)"
                " ORDER BY photos DESC, 1, 2 LIMIT ?",
                (_CELL_DEGREES, _CELL_DEGREES, _MOST_PLACES),
            ).fetchall()
            albums = connection.execute("SELECT name FROM albums ORDER BY folded").fetchall()
            tags = connection.execute(
                "SELECT name FROM tags WHERE EXISTS"
                " (SELECT 1 FROM content_tags WHERE tag_id = tags.id"
                " AND content_id NOT IN (SELECT id FROM contents WHERE present = 0))"
                " ORDER BY folded LIMIT 500"
            ).fetchall()
            kinds = connection.execute(
                "SELECT kind FROM contents WHERE present > 0 GROUP BY kind ORDER BY count(*) DESC"
            ).fetchall()
        return FilterChoices(
            cameras=tuple(_camera_name(make, model) for make, model, _ in cameras),
            first_day=first or "",
            last_day=last or "",
            places=tuple(PlaceCount(*row) for row in places),
            albums=tuple(name for (name,) in albums),
            tags=tuple(name for (name,) in tags),
            kinds=tuple(kind for (kind,) in kinds),
        )


def forget_queries_about(connection: sqlite3.Connection, path: Path) -> None:
    """Let go of the queries that had a file, or one below a folder, as their picture."""
    start = json.dumps(str(path))[:-1]
    # What follows the path tells "set0" from "set01".
    named = (start + '"', start + json.dumps(os.sep)[1:-1])
    for table in ("query_history", "saved_searches"):
        connection.execute(f"DELETE FROM {table} WHERE instr(query, ?) OR instr(query, ?)", named)
    for after in ("\n", "#", os.sep):  # the next picture, a region, a file below
        connection.execute(
            "DELETE FROM feedback WHERE instr(query || char(10), ?)",
            (f"\n{clean(str(path))}{after}",),
        )


def _camera_name(make: str, model: str) -> str:
    """What `camera:` finds: the model, which mostly says the make as well."""
    return model or make
