"""Filters as SQL: which contents may be hits at all.

Every restriction can either drive (its index gives the ids) or test (one look at a row). With
several of them the one that passes fewest drives; it is found by counting each only as far as
`_ENOUGH`, so a wide one costs no more than a narrow one.
"""

import os
import sqlite3
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.types import Filters, PlaceBox
from vlm_desktop.store.part import Part, marks, read_ids
from vlm_desktop.store.pathcodec import below, decode_path, encode_path
from vlm_desktop.store.vectors import ascending

_ENOUGH = 30_000
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Restriction:
    """`ids` selects content ids (maybe repeated); `test` is a condition on a contents row."""

    ids: str
    test: str
    values: tuple[object, ...]


class FiltersPart(Part):
    """Narrowing before any vector is scored."""

    def filter_contents(self, filters: Filters) -> NDArray[np.int64] | None:
        """Ids, ascending, of contents that pass every filter; None when nothing is filtered.

        A photo that does not say when, where or with what it was taken passes no filter on it.
        `folder` is a folder (or, given in full, a file's own folder) and all below it; when it is
        no absolute path, its parts may stand anywhere in a path, whatever the case. `tag` and
        `album` are whole names, whatever the case. Hidden contents are not taken out.
        """
        with self._db.snapshot() as connection:
            restrictions = _restrictions(connection, filters)
            if not restrictions:
                return None
            return _run(connection, restrictions)


def _run(connection: sqlite3.Connection, restrictions: list[Restriction]) -> NDArray[np.int64]:
    if len(restrictions) > 1:
        restrictions = sorted(restrictions, key=lambda one: _passing(connection, one))
    driver, *others = restrictions
    query, values = driver.ids, list(driver.values)
    if others:
        query = f"SELECT id FROM contents WHERE id IN ({driver.ids})"
        for other in others:
            query += f" AND {other.test}"
            values.extend(other.values)
    return ascending(read_ids(connection, query, values))


def _passing(connection: sqlite3.Connection, restriction: Restriction) -> int:
    row = connection.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM ({restriction.ids}) LIMIT {_ENOUGH})",
        restriction.values,
    ).fetchone()
    return int(row[0])


def _restrictions(connection: sqlite3.Connection, filters: Filters) -> list[Restriction]:
    found = [
        *_date(filters.date_from, filters.date_to),
        *_place(filters.place),
        *_side(filters.min_side, filters.max_side),
    ]
    if filters.camera:
        found.append(_camera(filters.camera))
    if filters.min_rating is not None:
        found.append(_column("rating >= ?", (filters.min_rating,), "+rating >= ?"))
    if filters.kinds:
        chosen = marks(filters.kinds)
        found.append(_column(f"kind IN ({chosen})", tuple(filters.kinds), f"+kind IN ({chosen})"))
    if filters.folder:
        found.append(_folder(connection, filters.folder))
    if filters.tag:
        found.append(_named("tag", "content_tags", filters.tag))
    if filters.album:
        found.append(_named("album", "album_contents", filters.album))
    return found


def _column(condition: str, values: tuple[object, ...], test: str) -> Restriction:
    return Restriction(f"SELECT id FROM contents WHERE {condition}", test, values)


def _date(first: str, last: str) -> list[Restriction]:
    """Prefixes of ISO 8601 order as text; the end takes in all that starts with it."""
    bounds = []
    if first:
        bounds.append(("taken_at >= ?", first))
    if last:
        bounds.append(("taken_at < ?", last + _LAST))
    if not bounds:
        return []
    condition = " AND ".join(text for text, _ in bounds)
    test = " AND ".join(f"+{text}" for text, _ in bounds)
    return [_column(condition, tuple(value for _, value in bounds), test)]


def _place(box: PlaceBox | None) -> list[Restriction]:
    """West beyond east: the box crosses the date line."""
    if box is None:
        return []
    joint = "AND" if box.west <= box.east else "OR"
    condition = (
        "latitude BETWEEN ? AND ? AND longitude IS NOT NULL"
        f" AND (longitude >= ? {joint} longitude <= ?)"
    )
    values = (box.south, box.north, box.west, box.east)
    return [_column(condition, values, "+" + condition)]


def _side(least: int | None, most: int | None) -> list[Restriction]:
    bounds = [
        (text, value)
        for text, value in (("short_side >= ?", least), ("short_side <= ?", most))
        if value is not None
    ]
    if not bounds:
        return []
    condition = " AND ".join(text for text, _ in bounds)
    test = " AND ".join(f"+{text}" for text, _ in bounds)
    return [_column(condition, tuple(value for _, value in bounds), test)]


def _camera(part: str) -> Restriction:
    """Few cameras took many photos: the text is looked for among the cameras."""
    cameras = "camera_id IN (SELECT id FROM cameras WHERE instr(folded, ?))"
    return _column(cameras, (part.casefold(),), "+" + cameras)


def _named(what: str, table: str, name: str) -> Restriction:
    owner = f"{what}_id = (SELECT id FROM {what}s WHERE folded = ?)"
    return Restriction(
        f"SELECT content_id AS id FROM {table} WHERE {owner}",
        f"EXISTS (SELECT 1 FROM {table} WHERE content_id = contents.id AND {owner})",
        (name.strip().casefold(),),
    )


def _folder(connection: sqlite3.Connection, folder: str) -> Restriction:
    chosen, values = (
        _under(connection, folder)
        if PurePath(folder).is_absolute()
        else _named_so(connection, folder)
    )
    there = f"folder_id IN ({chosen}) AND state IN ('pending', 'indexed')"
    test = f"content_id = contents.id AND +{there}"
    return Restriction(
        f"SELECT content_id AS id FROM files WHERE {there} AND content_id IS NOT NULL",
        f"EXISTS (SELECT 1 FROM files WHERE {test})",
        values,
    )


def _under(connection: sqlite3.Connection, folder: str) -> tuple[str, tuple[object, ...]]:
    """Folders at or below an absolute path, which may lie above, at or below a root."""
    wanted = encode_path(os.path.normpath(folder))
    choices, values = ["SELECT NULL WHERE 0"], list[object]()
    for root_id, root in connection.execute("SELECT id, path FROM roots"):
        start = root if root.endswith(b"/") else root + b"/"
        if root == wanted or start.startswith(wanted.rstrip(b"/") + b"/"):
            choices.append("SELECT id FROM folders WHERE root_id = ?")
            values.append(root_id)
        elif wanted.startswith(start):
            inner = wanted[len(start) :]
            choices.append("SELECT id FROM folders WHERE root_id = ? AND path = ?")
            choices.append("SELECT id FROM folders WHERE root_id = ? AND path >= ? AND path < ?")
            values.extend((root_id, inner, root_id, *below(inner)))
    return " UNION ALL ".join(choices), tuple(values)


def _named_so(connection: sqlite3.Connection, folder: str) -> tuple[str, tuple[object, ...]]:
    """Folders whose full path holds the given parts, one after the other."""
    wanted = f"/{'/'.join(PurePath(folder).parts)}/".casefold()
    ids = [
        folder_id
        for folder_id, root, path in connection.execute(
            "SELECT folders.id, roots.path, folders.path FROM folders"
            " JOIN roots ON roots.id = root_id"
        )
        if wanted in f"/{decode_path(root)}/{decode_path(path)}/".replace(os.sep, "/").casefold()
    ]
    return "SELECT value FROM json_each(?)", (str(ids),)
