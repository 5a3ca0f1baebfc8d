"""Data sets to train on, their examples, and changes that give back their undoing."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from vlm_desktop.base.trainerrors import DataSetNameTaken, DataSetUnknown
from vlm_desktop.base.training import Example, ExampleKind, Exchange, Split
from vlm_desktop.base.trainingdata import DataSet, ExampleMark, ExamplesChange, PlacedExample
from vlm_desktop.base.types import Box
from vlm_desktop.store.contents import clean
from vlm_desktop.store.conversations import now
from vlm_desktop.store.part import Part, chunks, marks
from vlm_desktop.store.pathcodec import decode_path, encode_path

KEPT_DAYS = 7
"""How long a data set that was taken out can be brought back."""

_SETS = (
    "SELECT train_sets.id, name,"
    " count(*) FILTER (WHERE split = 'train'), count(*) FILTER (WHERE split = 'validation'),"
    " count(*) FILTER (WHERE split = 'left out'), count(DISTINCT path), created_at, changed_at"
    " FROM train_sets LEFT JOIN train_examples ON set_id = train_sets.id"
    " WHERE deleted_at IS NULL"
)
_EXAMPLE = "key, path, content_hash, kind, split, grouped, label, source, said, position"


class TrainingSetsPart(Part):
    """Each method is one transaction. Raises `DataSetUnknown` for what is not there."""

    # --- sets ----------------------------------------------------------------------------

    def new_train_set(self, name: str) -> int:
        """Raises `DataSetNameTaken`."""
        shown = clean(name).strip()
        with self._db.writing() as connection:
            _refuse_taken(connection, shown, None)
            stamp = now()
            cursor = connection.execute(
                "INSERT INTO train_sets (name, folded, created_at, changed_at) VALUES (?, ?, ?, ?)",
                (shown, shown.casefold(), stamp, stamp),
            )
            return int(cursor.lastrowid or 0)

    def rename_train_set(self, set_id: int, name: str) -> str:
        """The name it had. Raises `DataSetNameTaken`."""
        shown = clean(name).strip()
        with self._db.writing() as connection:
            before = _name(connection, set_id)
            _refuse_taken(connection, shown, set_id)
            connection.execute(
                "UPDATE train_sets SET name = ?, folded = ? WHERE id = ?",
                (shown, shown.casefold(), set_id),
            )
        return before

    def delete_train_set(self, set_id: int) -> None:
        """It is not seen any more; `restore_train_set` brings it back for some days."""
        before = datetime.now(UTC) - timedelta(days=KEPT_DAYS)
        with self._db.writing() as connection:
            _name(connection, set_id)
            connection.execute(
                "DELETE FROM train_sets WHERE deleted_at < ?",
                (before.isoformat(timespec="milliseconds"),),
            )
            connection.execute("UPDATE train_sets SET deleted_at = ? WHERE id = ?", (now(), set_id))

    def restore_train_set(self, set_id: int) -> None:
        """Raises `DataSetNameTaken` where another has its name by now."""
        with self._db.writing() as connection:
            row = connection.execute(
                "SELECT name FROM train_sets WHERE id = ?", (set_id,)
            ).fetchone()
            if row is None:
                raise _unknown(connection, f"#{set_id}")
            _refuse_taken(connection, row[0], set_id)
            connection.execute("UPDATE train_sets SET deleted_at = NULL WHERE id = ?", (set_id,))

    def train_sets(self) -> list[DataSet]:
        """All, by name."""
        with self._db.reading() as connection:
            rows = connection.execute(
                f"{_SETS} GROUP BY train_sets.id ORDER BY folded, train_sets.id"
            ).fetchall()
        return [DataSet(*row) for row in rows]

    def train_set(self, name_or_id: str | int) -> DataSet:
        """One by its id, or by its name whatever the case."""
        column = "train_sets.id" if isinstance(name_or_id, int) else "folded"
        wanted = name_or_id if isinstance(name_or_id, int) else clean(name_or_id).strip().casefold()
        with self._db.snapshot() as connection:
            row = connection.execute(
                f"{_SETS} AND {column} = ? GROUP BY train_sets.id", (wanted,)
            ).fetchone()
            if row is None:
                raise _unknown(connection, str(name_or_id))
        return DataSet(*row)

    # --- examples --------------------------------------------------------------------------

    def train_examples(
        self,
        set_id: int,
        *,
        start: int = 0,
        limit: int | None = None,
        split: Split | None = None,
        keys: Sequence[str] | None = None,
    ) -> list[PlacedExample]:
        """Examples in the order of their list: all, a page of them, those of a split, or those with
        these keys, however many are there."""
        only, values = ("", ()) if split is None else (" AND split = ?", (split.value,))
        with self._db.snapshot() as connection:
            _name(connection, set_id)
            if keys is not None:
                found = list(_with_keys(connection, set_id, keys))
                return sorted(found, key=lambda one: one.position)
            rows = connection.execute(
                f"SELECT {_EXAMPLE} FROM train_examples WHERE set_id = ?{only}"
                " ORDER BY position, key LIMIT ? OFFSET ?",
                (set_id, *values, -1 if limit is None else limit, start),
            ).fetchall()
        return [_placed(row) for row in rows]

    def train_keys(
        self,
        set_id: int,
        *,
        split: Split | None = None,
        kind: ExampleKind | None = None,
        label: str | None = None,
        source: str | None = None,
        words: str = "",
    ) -> list[str]:
        """Keys in the order of the list: of all, or of those that are all of this. `source` is its
        kind, without the place in it; `words` are all in the texts, the label or the file's name,
        whatever their case."""
        wanted = words.casefold().split()
        conditions: list[str] = ["set_id = ?"]
        values: list[str | int] = [set_id]
        for column, value in (("split", split), ("kind", kind), ("label", label)):
            if value is not None:
                conditions.append(f"{column} = ?")
                values.append(str(value))
        if source is not None:
            conditions.append("(source = ? OR substr(source, 1, ?) = ?)")
            values += [source, len(source) + 1, f"{source}:"]
        columns = "key, label, path, said" if wanted else "key"
        with self._db.snapshot() as connection:
            _name(connection, set_id)
            rows = connection.execute(
                f"SELECT {columns} FROM train_examples WHERE {' AND '.join(conditions)}"
                " ORDER BY position, key",
                values,
            )
            return [row[0] for row in rows if not wanted or _says(row, wanted)]

    def train_outline(self, set_id: int, groups: Sequence[str] | None = None) -> list[Example]:
        """All examples, or those of some groups, without turns and boxes, which take longest to
        read; in no order."""
        found: list[Example] = []
        with self._db.snapshot() as connection:
            _name(connection, set_id)
            for some in [None] if groups is None else chunks(groups):
                only = "" if some is None else f" AND grouped IN ({marks(some)})"
                rows = connection.execute(
                    "SELECT key, path, content_hash, kind, split, grouped, label, source"
                    f" FROM train_examples WHERE set_id = ?{only}",
                    (set_id, *(some or ())),
                )
                found += [
                    Example(
                        key, decode_path(path), (), ExampleKind(kind), Split(split), content,
                        group, label, source,
                    )
                    for key, path, content, kind, split, group, label, source in rows
                ]  # fmt: skip
        return found

    def train_end(self, set_id: int) -> int:
        """The place after the last example of a set."""
        with self._db.reading() as connection:
            return _end(connection, set_id)

    def change_examples(self, change: ExamplesChange) -> ExamplesChange:
        """Change a data set; what undoes it. All or nothing.

        Examples whose key is in the set already are passed over, as are keys that are not.
        """
        with self._db.writing() as connection:
            _name(connection, change.set_id)
            removed = tuple(_with_keys(connection, change.set_id, change.gone))
            for some in chunks(change.gone):
                connection.execute(
                    f"DELETE FROM train_examples WHERE set_id = ? AND key IN ({marks(some)})",
                    (change.set_id, *some),
                )
            added = _insert(connection, change)
            before = _mark(connection, change)
            connection.execute(
                "UPDATE train_sets SET changed_at = ? WHERE id = ?", (now(), change.set_id)
            )
        return ExamplesChange(change.set_id, put=removed, gone=added, marks=before)


def _insert(connection: sqlite3.Connection, change: ExamplesChange) -> tuple[str, ...]:
    """Put what is not there; the keys that came."""
    if not change.put:
        return ()
    known = {
        key
        for (key,) in connection.execute(
            "SELECT key FROM train_examples WHERE set_id = ?", (change.set_id,)
        )
    }
    new: dict[str, PlacedExample] = {}
    for one in change.put:
        if one.example.key not in known:
            new.setdefault(one.example.key, one)
    connection.executemany(
        f"INSERT INTO train_examples (set_id, {_EXAMPLE}) VALUES ({marks(range(11))})",
        (_row(change.set_id, one) for one in new.values()),
    )
    return tuple(new)


def _mark(connection: sqlite3.Connection, change: ExamplesChange) -> tuple[ExampleMark, ...]:
    """Set splits and groups; what they were, of those that changed."""
    wanted = {one.key: one for one in change.marks}
    was: dict[str, ExampleMark] = {}
    for some in chunks(list(wanted)):
        for key, split, group in connection.execute(
            "SELECT key, split, grouped FROM train_examples"
            f" WHERE set_id = ? AND key IN ({marks(some)})",
            (change.set_id, *some),
        ):
            was[key] = ExampleMark(key, Split(split), group)
    other = [one for key, one in wanted.items() if key in was and was[key] != one]
    connection.executemany(
        "UPDATE train_examples SET split = ?, grouped = ? WHERE set_id = ? AND key = ?",
        ((one.split.value, one.group, change.set_id, one.key) for one in other),
    )
    return tuple(was[one.key] for one in other)


def _with_keys(
    connection: sqlite3.Connection, set_id: int, keys: Sequence[str]
) -> Iterator[PlacedExample]:
    for some in chunks(keys):
        rows = connection.execute(
            f"SELECT {_EXAMPLE} FROM train_examples WHERE set_id = ? AND key IN ({marks(some)})",
            (set_id, *some),
        ).fetchall()
        yield from map(_placed, rows)


def _end(connection: sqlite3.Connection, set_id: int) -> int:
    (last,) = connection.execute(
        "SELECT max(position) FROM train_examples WHERE set_id = ?", (set_id,)
    ).fetchone()
    return 0 if last is None else int(last) + 1


def _row(set_id: int, placed: PlacedExample) -> tuple[object, ...]:
    one = placed.example
    said: dict[str, Any] = {"turns": [[turn.ask, turn.answer] for turn in one.turns]}
    if one.box is not None:
        said["box"] = [one.box.x0, one.box.y0, one.box.x1, one.box.y1]
    return (
        set_id, one.key, encode_path(one.image), one.content, one.kind.value, one.split.value,
        clean(one.group), clean(one.label), clean(one.source), json.dumps(said), placed.position,
    )  # fmt: skip


def _placed(row: Sequence[Any]) -> PlacedExample:
    key, path, content, kind, split, group, label, source, stored, position = row
    said = json.loads(stored)
    box = said.get("box")
    example = Example(
        key=key,
        image=decode_path(path),
        turns=tuple(Exchange(ask, answer) for ask, answer in said["turns"]),
        kind=ExampleKind(kind),
        split=Split(split),
        content=content,
        group=group,
        label=label,
        source=source,
        box=None if box is None else Box(*box),
    )
    return PlacedExample(position, example)


def _says(row: Sequence[Any], wanted: Sequence[str]) -> bool:
    _, label, path, said = row
    texts = [text for turn in json.loads(said)["turns"] for text in turn]
    name = decode_path(path).replace("\\", "/").rpartition("/")[2]
    found = " ".join([*texts, label, name]).casefold()
    return all(word in found for word in wanted)


def _name(connection: sqlite3.Connection, set_id: int) -> str:
    row = connection.execute(
        "SELECT name FROM train_sets WHERE id = ? AND deleted_at IS NULL", (set_id,)
    ).fetchone()
    if row is None:
        raise _unknown(connection, f"#{set_id}")
    return str(row[0])


def _refuse_taken(connection: sqlite3.Connection, name: str, besides: int | None) -> None:
    row = connection.execute(
        "SELECT id FROM train_sets WHERE folded = ? AND deleted_at IS NULL", (name.casefold(),)
    ).fetchone()
    if row is not None and row[0] != besides:
        raise DataSetNameTaken(name=name)


def _unknown(connection: sqlite3.Connection, name: str) -> DataSetUnknown:
    known = connection.execute(
        "SELECT name FROM train_sets WHERE deleted_at IS NULL ORDER BY folded"
    )
    return DataSetUnknown(name=name, known=", ".join(one for (one,) in known) or "-")
