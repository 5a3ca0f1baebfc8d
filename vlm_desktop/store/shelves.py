"""Albums, saved searches, votes and settings: small things people keep."""

import json
from collections.abc import Sequence
from typing import Any

from vlm_desktop.store.contents import clean
from vlm_desktop.store.part import Part, chunks, marks
from vlm_desktop.store.records import Album, SavedSearch


class ShelvesPart(Part):
    """Each method is one transaction. Names are trimmed; album names ignore case."""

    # --- albums ---

    def add_to_album(self, name: str, content_ids: Sequence[int]) -> None:
        """Put contents into an album, which is made when there is none of that name."""
        shown = clean(name).strip()
        with self._db.writing() as connection:
            connection.execute(
                "INSERT INTO albums (name, folded) VALUES (?, ?) ON CONFLICT DO NOTHING",
                (shown, shown.casefold()),
            )
            connection.executemany(
                "INSERT OR IGNORE INTO album_contents (album_id, content_id)"
                " SELECT albums.id, contents.id FROM albums, contents"
                " WHERE folded = ? AND contents.id = ?",
                ((shown.casefold(), content_id) for content_id in content_ids),
            )

    def remove_from_album(self, name: str, content_ids: Sequence[int]) -> None:
        """Take contents out of an album; what is not in it is passed over."""
        folded = clean(name).strip().casefold()
        with self._db.writing() as connection:
            connection.executemany(
                "DELETE FROM album_contents WHERE content_id = ?"
                " AND album_id = (SELECT id FROM albums WHERE folded = ?)",
                ((content_id, folded) for content_id in content_ids),
            )

    def delete_album(self, name: str) -> bool:
        """Delete an album, not its photos. False when there is none of that name."""
        with self._db.writing() as connection:
            return bool(
                connection.execute(
                    "DELETE FROM albums WHERE folded = ?", (clean(name).strip().casefold(),)
                ).rowcount
            )

    def albums(self) -> list[Album]:
        """All albums by name, with how many photos in them are there."""
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT name, (SELECT count(*) FROM album_contents WHERE album_id = albums.id"
                " AND content_id NOT IN (SELECT id FROM contents WHERE present = 0))"
                " FROM albums ORDER BY folded"
            ).fetchall()
        return [Album(*row) for row in rows]

    # --- saved searches ---

    def save_search(self, name: str, query: str) -> None:
        """Keep a search; one of the same name is replaced, and nothing counts as seen."""
        with self._db.writing() as connection:
            connection.execute("DELETE FROM saved_searches WHERE name = ?", (clean(name),))
            connection.execute(
                "INSERT INTO saved_searches (name, query) VALUES (?, ?)", (clean(name), query)
            )

    def saved_searches(self) -> list[SavedSearch]:
        """All saved searches by name."""
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT name, query, (SELECT count(*) FROM saved_search_seen"
                " WHERE search_id = saved_searches.id) FROM saved_searches ORDER BY name"
            ).fetchall()
        return [SavedSearch(*row) for row in rows]

    def delete_search(self, name: str) -> bool:
        with self._db.writing() as connection:
            return bool(
                connection.execute(
                    "DELETE FROM saved_searches WHERE name = ?", (clean(name),)
                ).rowcount
            )

    def new_hits(self, name: str, content_ids: Sequence[int]) -> tuple[int, ...]:
        """Those of a search's hits that were not there when it was last marked as seen."""
        seen: set[int] = set()
        with self._db.reading() as connection:
            for some in chunks(content_ids):
                seen.update(
                    content_id
                    for (content_id,) in connection.execute(
                        "SELECT content_id FROM saved_search_seen JOIN saved_searches"
                        " ON saved_searches.id = search_id"
                        f" WHERE name = ? AND content_id IN ({marks(some)})",
                        (clean(name), *some),
                    )
                )
        return tuple(content_id for content_id in content_ids if content_id not in seen)

    def mark_seen(self, name: str, content_ids: Sequence[int]) -> None:
        """Remember that these hits of a search were looked at."""
        with self._db.writing() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO saved_search_seen (search_id, content_id)"
                " SELECT saved_searches.id, contents.id FROM saved_searches, contents"
                " WHERE name = ? AND contents.id = ?",
                ((clean(name), content_id) for content_id in content_ids),
            )

    # --- votes ---

    def vote(self, query: str, content_id: int, vote: int) -> None:
        """+1 or -1 on a hit of a query; 0 takes the vote back."""
        with self._db.writing() as connection:
            if vote == 0:
                connection.execute(
                    "DELETE FROM feedback WHERE query = ? AND content_id = ?",
                    (clean(query), content_id),
                )
            else:
                connection.execute(
                    "INSERT OR REPLACE INTO feedback (query, content_id, vote) VALUES (?, ?, ?)",
                    (clean(query), content_id, vote),
                )

    def votes(self, query: str) -> dict[int, int]:
        """Content id -> +1 or -1 for a query."""
        with self._db.reading() as connection:
            return dict(
                connection.execute(
                    "SELECT content_id, vote FROM feedback WHERE query = ?", (clean(query),)
                ).fetchall()
            )

    # --- settings that belong to the library, not to the program ---

    def get_setting(self, key: str, default: Any = None) -> Any:
        """A value as it was set (anything JSON can say), or `default`."""
        with self._db.reading() as connection:
            row = connection.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()
        return default if row is None else json.loads(row[0])

    def set_setting(self, key: str, value: Any) -> None:
        """Keep a value; None takes the key out."""
        with self._db.writing() as connection:
            if value is None:
                connection.execute("DELETE FROM settings WHERE key = ?", (key,))
            else:
                connection.execute(
                    "INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)",
                    (key, json.dumps(value)),
                )
