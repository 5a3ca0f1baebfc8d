"""Forgetting objects of pictures, and the queues their paths wait in.

The rows go here; `Library.scrub` then writes the database anew, so that no byte of them stays in
free pages or in the log.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from vlm_desktop.store.groundobjects import paths_of
from vlm_desktop.store.part import Part, chunks, marks
from vlm_desktop.store.pathcodec import below, encode_path


class GroundForgettingPart(Part):
    """Each method is one transaction."""

    def forget_objects(self, hashes: Sequence[str] | None = None) -> tuple[int, int]:
        """Forget pictures' objects by their hashes, or all with the batches; (pictures, objects)
        that went. Queues lose the pictures, those that wait there under the same path included."""
        with self._db.writing() as connection:
            if hashes is not None:
                return _forget(connection, hashes)
            rows = connection.execute("SELECT content_hash FROM ground_pictures").fetchall()
            connection.execute("DELETE FROM ground_batches")
            return _forget(connection, [one for (one,) in rows])


def forget_objects_of(connection: sqlite3.Connection, path: Path, hashes: Sequence[str]) -> int:
    """Forget those of pictures last seen at a path or below it, and of contents that went; how
    many pictures. Those whose bytes another file of the library holds stay, as theirs."""
    wanted = encode_path(path)
    values = (wanted, *below(wanted.rstrip(b"/")))
    where = "path = ? OR (path >= ? AND path < ?)"
    found = connection.execute(
        f"SELECT content_hash FROM ground_pictures WHERE {where}", values
    ).fetchall()
    connection.execute(f"DELETE FROM ground_queue WHERE {where}", values)
    doomed = list(hashes)
    for (content_hash,) in found:
        others = paths_of(connection, content_hash)
        if others:
            connection.execute(
                "UPDATE ground_pictures SET path = ? WHERE content_hash = ?",
                (encode_path(others[0]), content_hash),
            )
        else:
            doomed.append(content_hash)
    return _forget(connection, doomed)[0]


def _forget(connection: sqlite3.Connection, hashes: Sequence[str]) -> tuple[int, int]:
    pictures = objects = 0
    for some in chunks(hashes):
        among = f"(SELECT id FROM ground_pictures WHERE content_hash IN ({marks(some)}))"
        connection.execute(
            f"DELETE FROM ground_queue WHERE content_hash IN ({marks(some)})"
            f" OR path IN (SELECT path FROM ground_pictures WHERE id IN {among})",
            (*some, *some),
        )
        objects += connection.execute(
            f"DELETE FROM ground_objects WHERE picture_id IN {among}", tuple(some)
        ).rowcount
        pictures += connection.execute(
            f"DELETE FROM ground_pictures WHERE content_hash IN ({marks(some)})", tuple(some)
        ).rowcount
    connection.execute(
        "DELETE FROM ground_batches WHERE id NOT IN (SELECT batch_id FROM ground_queue)"
    )
    return pictures, objects
