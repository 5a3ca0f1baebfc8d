"""Batches of pictures to be labelled by phrases: which there are, which of them are done."""

import json
from collections.abc import Sequence
from pathlib import Path

from vlm_desktop.base.grounderrors import LabelBatchUnknown
from vlm_desktop.base.groundkeeping import LabelBatch, LabelRow
from vlm_desktop.store.contents import clean
from vlm_desktop.store.conversations import now
from vlm_desktop.store.part import Part
from vlm_desktop.store.pathcodec import decode_path, encode_path

_BATCH = (
    "SELECT id, name, phrases, model, masks, created_at, count(path),"
    " count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'refused'),"
    " coalesce(sum(found), 0)"
    " FROM ground_batches LEFT JOIN ground_queue ON batch_id = id"
)


class GroundBatchesPart(Part):
    """Each method is one transaction. Raises `LabelBatchUnknown` for what is not there."""

    def new_label_batch(
        self,
        name: str,
        phrases: Sequence[str],
        paths: Sequence[Path],
        *,
        model_id: str,
        with_masks: bool,
    ) -> LabelBatch:
        """Queue pictures, in this order, each once."""
        with self._db.writing() as connection:
            batch_id = connection.execute(
                "INSERT INTO ground_batches (name, phrases, model, masks, created_at)"
                " VALUES (?, ?, ?, ?, ?)",
                (clean(name), json.dumps([clean(one) for one in phrases]), model_id, with_masks,
                 now()),
            ).lastrowid  # fmt: skip
            connection.executemany(
                "INSERT OR IGNORE INTO ground_queue (batch_id, position, path) VALUES (?, ?, ?)",
                (
                    (batch_id, position, encode_path(path.absolute()))
                    for position, path in enumerate(paths)
                ),
            )
        return self.label_batch(int(batch_id or 0))

    def label_batches(self) -> list[LabelBatch]:
        """All, the newest first."""
        with self._db.reading() as connection:
            rows = connection.execute(f"{_BATCH} GROUP BY id ORDER BY id DESC").fetchall()
        return [_batch(row) for row in rows]

    def label_batch(self, batch_id: int) -> LabelBatch:
        with self._db.reading() as connection:
            row = connection.execute(f"{_BATCH} WHERE id = ? GROUP BY id", (batch_id,)).fetchone()
        if row is None:
            raise LabelBatchUnknown
        return _batch(row)

    def label_rows(self, batch_id: int) -> list[LabelRow]:
        """All pictures of a batch, in its order."""
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT path, content_hash, state, found, problem, problem_detail"
                " FROM ground_queue WHERE batch_id = ? ORDER BY position",
                (batch_id,),
            ).fetchall()
        return [
            LabelRow(
                path=Path(decode_path(path)),
                content_hash=content_hash,
                is_done=state != "waiting",
                is_known=state == "known",
                found=found,
                problem=problem,
                problem_detail=detail,
            )
            for path, content_hash, state, found, problem, detail in rows
        ]

    def waiting_pictures(self, batch_id: int) -> list[Path]:
        """Those of a batch that are not done."""
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT path FROM ground_queue WHERE batch_id = ? AND state = 'waiting'"
                " ORDER BY position",
                (batch_id,),
            ).fetchall()
        return [Path(decode_path(path)) for (path,) in rows]

    def labelled_phrases(self, content_hash: str, model_id: str) -> set[str]:
        """The phrases that a model looked for in a picture already, in any batch."""
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT DISTINCT phrases FROM ground_queue JOIN ground_batches ON id = batch_id"
                " WHERE content_hash = ? AND state IN ('done', 'known') AND model = ?",
                (content_hash, model_id),
            ).fetchall()
        return {phrase for (stored,) in rows for phrase in json.loads(stored)}

    def finish_labelled(
        self, batch_id: int, path: Path, content_hash: str, *, found: int, known: bool = False
    ) -> None:
        """A picture of a batch is done."""
        self._finish(batch_id, path, "known" if known else "done", content_hash, found, "", "")

    def refuse_labelled(self, batch_id: int, path: Path, problem: str, detail: str) -> None:
        """A picture of a batch cannot be read."""
        self._finish(batch_id, path, "refused", "", 0, problem, clean(detail))

    def requeue_unlabelled(self, batch_id: int) -> int:
        """Let pictures that could not be read be tried again; how many."""
        with self._db.writing() as connection:
            return connection.execute(
                "UPDATE ground_queue SET state = 'waiting', problem = '', problem_detail = ''"
                " WHERE batch_id = ? AND state = 'refused'",
                (batch_id,),
            ).rowcount

    def delete_label_batch(self, batch_id: int) -> None:
        """Take a batch out of the list; the objects stay."""
        with self._db.writing() as connection:
            connection.execute("DELETE FROM ground_batches WHERE id = ?", (batch_id,))

    def _finish(self, batch_id: int, path: Path, *values: object) -> None:
        with self._db.writing() as connection:
            connection.execute(
                "UPDATE ground_queue SET state = ?, content_hash = ?, found = ?, problem = ?,"
                " problem_detail = ? WHERE batch_id = ? AND path = ?",
                (*values, batch_id, encode_path(path.absolute())),
            )


def _batch(row: Sequence[object]) -> LabelBatch:
    key, name, phrases, model, masks, *rest = row
    return LabelBatch(key, name, tuple(json.loads(str(phrases))), model, bool(masks), *rest)  # type: ignore[arg-type]
