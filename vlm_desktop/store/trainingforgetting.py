"""Forgetting examples of data sets, and what was seen of their pictures.

The rows go here; `Library.scrub` then writes the database anew. Data sets that were taken out, and
could be brought back, lose theirs too.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from vlm_desktop.store.groundobjects import paths_of
from vlm_desktop.store.part import Part, chunks, marks
from vlm_desktop.store.pathcodec import below, encode_path


class TrainingForgettingPart(Part):
    """Each method is one transaction."""

    def forget_examples(self, set_ids: Sequence[int] | None = None) -> int:
        """Forget data sets for good, or all of them with all that was seen of pictures; how many
        examples went."""
        with self._db.writing() as connection:
            if set_ids is None:
                gone = connection.execute("DELETE FROM train_examples").rowcount
                connection.execute("DELETE FROM train_sets")
                connection.execute("DELETE FROM train_pictures")
                return gone
            gone = 0
            for some in chunks(set_ids):
                gone += connection.execute(
                    f"DELETE FROM train_examples WHERE set_id IN ({marks(some)})", tuple(some)
                ).rowcount
                connection.execute(
                    f"DELETE FROM train_sets WHERE id IN ({marks(some)})", tuple(some)
                )
            connection.execute(
                "DELETE FROM train_pictures WHERE path NOT IN (SELECT path FROM train_examples)"
            )
            return gone


def forget_examples_of(connection: sqlite3.Connection, path: Path, hashes: Sequence[str]) -> int:
    """Forget examples about pictures at a path or below it, and about contents that went; how many.

    Those whose bytes another file of the library holds stay, as about that one.
    """
    wanted = encode_path(path)
    values = (wanted, *below(wanted.rstrip(b"/")))
    where = "path = ? OR (path >= ? AND path < ?)"
    elsewhere = connection.execute(
        f"SELECT DISTINCT path, content_hash FROM train_examples WHERE ({where})"
        " AND content_hash != ''",
        values,
    ).fetchall()
    for stored, content_hash in elsewhere:
        others = paths_of(connection, content_hash)
        if others:
            connection.execute(
                "UPDATE train_examples SET path = ? WHERE path = ? AND content_hash = ?",
                (encode_path(others[0]), stored, content_hash),
            )
    gone = connection.execute(f"DELETE FROM train_examples WHERE {where}", values).rowcount
    connection.execute(f"DELETE FROM train_pictures WHERE {where}", values)
    for some in chunks(hashes):
        among = f"content_hash IN ({marks(some)})"
        gone += connection.execute(f"DELETE FROM train_examples WHERE {among}", some).rowcount
        connection.execute(f"DELETE FROM train_pictures WHERE {among}", some)
    return gone


def follow_examples(connection: sqlite3.Connection, before: str, after: str, path: Path) -> None:
    """The picture at a path was written by the program: examples about it are about the new bytes,
    and those about the old bytes elsewhere stay as they are."""
    connection.execute(
        "UPDATE train_examples SET content_hash = ? WHERE content_hash = ? AND path = ?",
        (after, before, encode_path(path.absolute())),
    )
