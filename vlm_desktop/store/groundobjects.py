"""Objects of pictures: boxes, outlines and masks with their labels, by the picture's bytes."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from vlm_desktop.base import rle
from vlm_desktop.base.grounding import GroundObject, ObjectState, PictureObjects
from vlm_desktop.base.groundkeeping import KeptPicture
from vlm_desktop.base.types import Size
from vlm_desktop.store.contents import clean
from vlm_desktop.store.conversations import now
from vlm_desktop.store.groundcodec import decode_said, encode_said
from vlm_desktop.store.part import Part, chunks, marks
from vlm_desktop.store.pathcodec import decode_path, encode_path, join_stored

Rule: TypeAlias = Callable[[tuple[GroundObject, ...]], Sequence[GroundObject]]
"""From the objects a picture has to those it shall have. Quick and pure: it runs in a
transaction."""

_UNKNOWN_CONFIDENCE = 0.5
_LISTED = (
    "SELECT content_hash, path, width, height, changed_at,"
    " count(*) FILTER (WHERE state = 'proposed'), count(*) FILTER (WHERE state = 'accepted'),"
    " count(*) FILTER (WHERE state = 'rejected'),"
    f" total(1 - coalesce(confidence, {_UNKNOWN_CONFIDENCE})) FILTER (WHERE state = 'proposed'),"
    " (SELECT json_group_array(label) FROM (SELECT label FROM ground_objects AS own"
    "  WHERE own.picture_id = ground_pictures.id AND state != 'rejected'"
    "  GROUP BY label ORDER BY min(position)))"
    " FROM ground_pictures JOIN ground_objects ON picture_id = ground_pictures.id"
)


class GroundObjectsPart(Part):
    """Each method is one transaction."""

    def picture_objects(self, content_hash: str) -> PictureObjects | None:
        """All objects of a picture, None where it has none."""
        with self._db.snapshot() as connection:
            return _read(connection, content_hash)

    def objects_at(self, path: Path) -> PictureObjects | None:
        """Those of the picture that was last seen at a path, whatever lies there now."""
        with self._db.snapshot() as connection:
            row = connection.execute(
                "SELECT content_hash FROM ground_pictures WHERE path = ?"
                " ORDER BY changed_at DESC, id DESC",
                (encode_path(path.absolute()),),
            ).fetchone()
            return None if row is None else _read(connection, row[0])

    def revise_objects(
        self, path: Path, content_hash: str, size: Size, rule: Rule
    ) -> tuple[PictureObjects, PictureObjects]:
        """Give a picture the objects a rule makes of those it has; (before, after).

        `path` is where it is seen now. A picture that is left without objects is kept no more.
        """
        stored = encode_path(path.absolute())
        with self._db.writing() as connection:
            kept = _read(connection, content_hash)
            before = kept or PictureObjects(path.absolute(), content_hash, size, ())
            objects = tuple(rule(before.objects))
            after = PictureObjects(path.absolute(), content_hash, size, objects)
            _put(connection, stored, after)
        return before, after

    def seen_at(self, content_hash: str, path: Path) -> None:
        """A picture whose objects are kept lies at this path now."""
        with self._db.writing() as connection:
            connection.execute(
                "UPDATE ground_pictures SET path = ? WHERE content_hash = ?",
                (encode_path(path.absolute()), content_hash),
            )

    def ground_pictures(
        self, states: Sequence[ObjectState] = (), hashes: Sequence[str] | None = None
    ) -> list[KeptPicture]:
        """Pictures with objects in one of the states, or in any; the latest changed first.

        With `hashes` only those, in no order.
        """
        having = ""
        if states:
            having = f" HAVING count(*) FILTER (WHERE state IN ({marks(states)})) > 0"
        found = []
        with self._db.reading() as connection:
            for some in [None] if hashes is None else chunks(hashes):
                where = "" if some is None else f" WHERE content_hash IN ({marks(some)})"
                rows = connection.execute(
                    f"{_LISTED}{where} GROUP BY ground_pictures.id{having}"
                    " ORDER BY changed_at DESC, ground_pictures.id DESC",
                    (*(some or ()), *states),
                ).fetchall()
                found += [_kept(row) for row in rows]
        return found

    def paths_of_hash(self, content_hash: str) -> list[Path]:
        """Where the library's own files hold these bytes."""
        with self._db.reading() as connection:
            return paths_of(connection, content_hash)


def paths_of(connection: sqlite3.Connection, content_hash: str) -> list[Path]:
    rows = connection.execute(
        "SELECT roots.path, folders.path, files.name FROM contents"
        " JOIN files ON files.content_id = contents.id"
        " JOIN folders ON folders.id = folder_id JOIN roots ON roots.id = root_id"
        " WHERE content_hash = ? ORDER BY files.id",
        (content_hash,),
    ).fetchall()
    return [join_stored(*row) for row in rows]


def follow_objects(connection: sqlite3.Connection, before: str, after: str, path: Path) -> None:
    """The picture at a path was written by the program: its objects are those of the new bytes.

    Where the old bytes were seen elsewhere, too, those keep theirs.
    """
    stored = encode_path(path.absolute())
    connection.execute(
        "UPDATE ground_queue SET content_hash = ? WHERE content_hash = ? AND path = ?",
        (after, before, stored),
    )
    kept = _read(connection, before)
    if kept is None or before == after or _read(connection, after) is not None:
        return
    elsewhere = kept.path != path.absolute() and kept.path.exists()
    if not elsewhere:
        connection.execute(
            "UPDATE ground_pictures SET content_hash = ?, path = ? WHERE content_hash = ?",
            (after, stored, before),
        )
        return
    _put(connection, stored, PictureObjects(path, after, kept.size, kept.objects))


def _put(connection: sqlite3.Connection, stored: bytes, picture: PictureObjects) -> None:
    if not picture.objects:
        connection.execute(
            "DELETE FROM ground_pictures WHERE content_hash = ?", (picture.content_hash,)
        )
        return
    (key,) = connection.execute(
        "INSERT INTO ground_pictures (content_hash, path, width, height, changed_at)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT (content_hash) DO UPDATE SET path = excluded.path,"
        " width = excluded.width, height = excluded.height, changed_at = excluded.changed_at"
        " RETURNING id",
        (picture.content_hash, stored, picture.size.width, picture.size.height, now()),
    ).fetchone()
    connection.execute("DELETE FROM ground_objects WHERE picture_id = ?", (key,))
    connection.executemany(
        "INSERT INTO ground_objects (picture_id, number, position, label, state, source,"
        " confidence, mask, said) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (_row(key, at, one, picture.size) for at, one in enumerate(picture.objects)),
    )


def _row(key: int, at: int, one: GroundObject, size: Size) -> tuple[object, ...]:
    if one.mask is not None and one.mask.size != size:
        raise ValueError(f"a mask of {one.mask.size} for a picture of {size}")
    return (
        key, one.number, at, clean(one.label), one.state.value, clean(one.source), one.confidence,
        None if one.mask is None else rle.encode(one.mask), encode_said(one),
    )  # fmt: skip


def _read(connection: sqlite3.Connection, content_hash: str) -> PictureObjects | None:
    found = connection.execute(
        "SELECT id, path, width, height FROM ground_pictures WHERE content_hash = ?",
        (content_hash,),
    ).fetchone()
    if found is None:
        return None
    key, path, width, height = found
    size = Size(width, height)
    rows = connection.execute(
        "SELECT number, label, state, source, confidence, mask, said FROM ground_objects"
        " WHERE picture_id = ? ORDER BY position",
        (key,),
    ).fetchall()
    objects = tuple(_object(row, size) for row in rows)
    return PictureObjects(Path(decode_path(path)), content_hash, size, objects)


def _object(row: Sequence[Any], size: Size) -> GroundObject:
    number, label, state, source, confidence, mask, said = row
    return GroundObject(
        number=number,
        label=label,
        source=source,
        confidence=confidence,
        state=ObjectState(state),
        mask=None if mask is None else rle.decode(size, mask),
        **decode_said(said),
    )


def _kept(row: Sequence[Any]) -> KeptPicture:
    content_hash, path, width, height, changed_at, proposed, accepted, rejected, doubt, labels = row
    return KeptPicture(
        content_hash=content_hash,
        path=Path(decode_path(path)),
        size=Size(width, height),
        proposed=proposed,
        accepted=accepted,
        rejected=rejected,
        labels=tuple(json.loads(labels)),
        doubt=doubt,
        changed_at=changed_at,
    )
