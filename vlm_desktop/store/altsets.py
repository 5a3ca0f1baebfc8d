"""Sets of images that owe a text, and which images are in them, in which order."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from vlm_desktop.base.alterrors import AltSetUnknown
from vlm_desktop.base.alttext import AltSet, AltState, Brief, SetSource
from vlm_desktop.store.altcodec import (
    decode_brief,
    decode_optional_path,
    encode,
    encode_optional_path,
)
from vlm_desktop.store.contents import clean
from vlm_desktop.store.conversations import now
from vlm_desktop.store.part import Part, chunks, marks

_COUNTS = """
    SELECT alt_members.set_id, coalesce(state, 'empty'), decision = 'decorative', count(*)
    FROM alt_members JOIN alt_sets ON alt_sets.id = set_id
    JOIN alt_images ON alt_images.id = alt_members.image_id
    LEFT JOIN alt_texts ON alt_texts.image_id = alt_images.id
        AND alt_texts.language = alt_sets.language
    WHERE deleted_at IS NULL GROUP BY 1, 2, 3
"""


class AltSetsPart(Part):
    """Each method is one transaction. Raises `AltSetUnknown` for what is not there."""

    def new_alt_set(self, name: str, source: SetSource, origin: Path | None, brief: Brief) -> int:
        with self._db.writing() as connection:
            cursor = connection.execute(
                "INSERT INTO alt_sets (name, source, origin, brief, language, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    clean(name),
                    source.value,
                    encode_optional_path(origin),
                    encode(brief),
                    brief.language,
                    now(),
                ),
            )
            return int(cursor.lastrowid or 0)

    def alt_sets(self) -> list[AltSet]:
        """All that were not taken out, the newest first, with their counts."""
        with self._db.snapshot() as connection:
            rows = connection.execute(
                "SELECT id, name, source, origin, brief, created_at FROM alt_sets"
                " WHERE deleted_at IS NULL ORDER BY id DESC"
            ).fetchall()
            counted = connection.execute(_COUNTS).fetchall()
        counts: dict[int, dict[AltState, int]] = {}
        decorative: dict[int, int] = {}
        for set_id, state, is_decorative, number in counted:
            by_state = counts.setdefault(set_id, {})
            by_state[AltState(state)] = by_state.get(AltState(state), 0) + number
            decorative[set_id] = decorative.get(set_id, 0) + number * is_decorative
        return [
            AltSet(
                id=key,
                name=name,
                source=SetSource(source),
                origin=decode_optional_path(origin),
                brief=decode_brief(brief),
                created_at=created_at,
                images=sum(counts.get(key, {}).values()),
                counts=tuple((one, counts[key][one]) for one in AltState if one in counts[key])
                if key in counts
                else (),
                decorative=decorative.get(key, 0),
            )
            for key, name, source, origin, brief, created_at in rows
        ]

    def set_alt_set(
        self, set_id: int, *, name: str | None = None, brief: Brief | None = None
    ) -> None:
        """Change what is given."""
        with self._db.writing() as connection:
            _refuse_unknown(connection, set_id)
            if name is not None:
                connection.execute(
                    "UPDATE alt_sets SET name = ? WHERE id = ?", (clean(name), set_id)
                )
            if brief is not None:
                connection.execute(
                    "UPDATE alt_sets SET brief = ?, language = ? WHERE id = ?",
                    (encode(brief), brief.language, set_id),
                )

    def delete_alt_set(self, set_id: int) -> None:
        """It is not seen any more; `restore_alt_set` brings it back. Its images keep all."""
        with self._db.writing() as connection:
            _refuse_unknown(connection, set_id)
            connection.execute("UPDATE alt_sets SET deleted_at = ? WHERE id = ?", (now(), set_id))

    def restore_alt_set(self, set_id: int) -> None:
        with self._db.writing() as connection:
            found = connection.execute(
                "UPDATE alt_sets SET deleted_at = NULL WHERE id = ?", (set_id,)
            ).rowcount
            if not found:
                raise AltSetUnknown

    def purge_alt_sets(self, before: str) -> int:
        """Let go of sets taken out before a time; how many. Images and texts stay."""
        with self._db.writing() as connection:
            return connection.execute(
                "DELETE FROM alt_sets WHERE deleted_at < ?", (before,)
            ).rowcount

    # --- members -------------------------------------------------------------------------

    def add_alt_members(self, set_id: int, image_ids: Sequence[int]) -> tuple[int, ...]:
        """Put images at the end of a set; those that were not in it already."""
        with self._db.writing() as connection:
            _refuse_unknown(connection, set_id)
            (last,) = connection.execute(
                "SELECT coalesce(max(position), -1) FROM alt_members WHERE set_id = ?", (set_id,)
            ).fetchone()
            added: list[int] = []
            for image_id in image_ids:
                added_one = connection.execute(
                    "INSERT OR IGNORE INTO alt_members (set_id, image_id, position)"
                    " VALUES (?, ?, ?)",
                    (set_id, image_id, last + 1 + len(added)),
                ).rowcount
                if added_one:
                    added.append(image_id)
        return tuple(added)

    def remove_alt_members(
        self, set_id: int, image_ids: Sequence[int]
    ) -> tuple[tuple[int, int], ...]:
        """Take images out of a set; what `put_alt_members` brings back as it was."""
        gone: list[tuple[int, int]] = []
        with self._db.writing() as connection:
            _refuse_unknown(connection, set_id)
            for some in chunks(image_ids):
                gone += connection.execute(
                    "DELETE FROM alt_members WHERE set_id = ?"
                    f" AND image_id IN ({marks(some)}) RETURNING image_id, position",
                    (set_id, *some),
                ).fetchall()
        return tuple(gone)

    def put_alt_members(self, set_id: int, members: Sequence[tuple[int, int]]) -> None:
        """Put images (id, position) where they stood. Those forgotten since are passed over."""
        with self._db.writing() as connection:
            _refuse_unknown(connection, set_id)
            connection.executemany(
                "INSERT OR IGNORE INTO alt_members (set_id, image_id, position)"
                " SELECT ?, id, ? FROM alt_images WHERE id = ?",
                ((set_id, position, image_id) for image_id, position in members),
            )


def _refuse_unknown(connection: sqlite3.Connection, set_id: int) -> None:
    row = connection.execute(
        "SELECT 1 FROM alt_sets WHERE id = ? AND deleted_at IS NULL", (set_id,)
    ).fetchone()
    if row is None:
        raise AltSetUnknown
