"""What was seen of pictures to train on, so that none is decoded twice; and votes on answers."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vlm_desktop.base.training import Example, ExampleKind, Exchange
from vlm_desktop.base.types import Size
from vlm_desktop.store.conversations import now
from vlm_desktop.store.inventory import find_file
from vlm_desktop.store.part import Part, chunks, marks
from vlm_desktop.store.pathcodec import decode_path, encode_path

_BITS = (1 << 64) - 1
_CACHED = (
    "path, size_bytes, mtime_ns, content_hash, width, height, orientation, fingerprint, look,"
    " taken_at, camera, problem, detail"
)
_OF_LIBRARY = (
    "SELECT files.size, files.mtime_ns, content_hash, width, height, orientation, perceptual_hash,"
    " coalesce(taken_at, ''), coalesce(make || ' ' || model, '')"
    " FROM files JOIN contents ON contents.id = content_id"
    " LEFT JOIN cameras ON cameras.id = camera_id WHERE files.id = ? AND state = 'indexed'"
)
_VOTED = (
    "SELECT answers.id, answers.text, questions.text, chat_pictures.path,"
    " chat_pictures.content_hash"
    " FROM turn_votes JOIN turns AS answers ON answers.id = turn_votes.turn_id"
    " JOIN turns AS questions ON questions.id = answers.parent_id"
    " JOIN conversations ON conversations.id = answers.conversation_id"
    " JOIN turn_pictures ON turn_pictures.turn_id = questions.id"
    " JOIN chat_pictures ON chat_pictures.id = picture_id"
    " WHERE vote = 1 AND answers.role = 'assistant' AND answers.deleted_by IS NULL"
    " AND answers.state = 'done' AND answers.source != 'metadata'"
    " AND conversations.deleted_at IS NULL"
    " GROUP BY answers.id"
    " HAVING count(*) = 1 AND max(box) = '' AND max(page) = 0 AND max(dropped) = 0"
    " ORDER BY answers.id"
)


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What is known of a picture's file, as long as `size_bytes` and `mtime_ns` are the file's.

    `size` is that of the upright picture; `orientation` the EXIF value 1..8 that was applied.
    `fingerprint` is a 64-bit difference hash as 16 hex digits, `look` 16 x 16 grey values; "" and
    b"" where they are not known. `problem` is a `Refusal`'s value where it cannot be read.
    """

    path: str
    size_bytes: int
    mtime_ns: int
    content_hash: str = ""
    size: Size = Size(0, 0)
    orientation: int = 1
    fingerprint: str = ""
    look: bytes = b""
    taken_at: str = ""
    camera: str = ""
    problem: str = ""
    detail: str = ""


class TrainingPicturesPart(Part):
    """Each method is one transaction."""

    def seen_pictures(self, paths: Sequence[str]) -> dict[str, PictureFacts]:
        """What is known of files by their paths: noted earlier, or by the library. Looks at no
        disk: who uses it compares size and time of change."""
        found: dict[str, PictureFacts] = {}
        with self._db.snapshot() as connection:
            for some in chunks([encode_path(path) for path in paths]):
                for row in connection.execute(
                    f"SELECT {_CACHED} FROM train_pictures WHERE path IN ({marks(some)})",
                    tuple(some),
                ):
                    facts = _facts(row)
                    found[facts.path] = facts
            for path in paths:
                if path not in found:
                    known = _of_library(connection, path)
                    if known is not None:
                        found[path] = known
        return found

    def note_pictures(self, facts: Iterable[PictureFacts]) -> None:
        """Keep what was seen of files. Examples that lie there learn the hash of their bytes, if
        they know none."""
        rows = [_values(one) for one in facts]
        with self._db.writing() as connection:
            connection.executemany(
                f"INSERT OR REPLACE INTO train_pictures ({_CACHED}) VALUES ({marks(range(13))})",
                rows,
            )
            connection.executemany(
                "UPDATE train_examples SET content_hash = ? WHERE path = ? AND content_hash = ''",
                [(row[3], row[0]) for row in rows if row[3]],
            )

    def contents_of_hashes(self, hashes: Sequence[str]) -> dict[str, int]:
        """Content hash -> content id, of those that the library holds."""
        found: dict[str, int] = {}
        with self._db.reading() as connection:
            for some in chunks(hashes):
                found.update(
                    connection.execute(
                        "SELECT content_hash, id FROM contents"
                        f" WHERE content_hash IN ({marks(some)})",
                        tuple(some),
                    )
                )
        return found

    # --- votes on answers --------------------------------------------------------------------

    def vote_turn(self, turn_id: int, vote: int) -> int:
        """+1 or -1 for an answer, 0 takes the vote back; what it was. One that is gone has none."""
        with self._db.writing() as connection:
            row = connection.execute(
                "SELECT vote FROM turn_votes WHERE turn_id = ?", (turn_id,)
            ).fetchone()
            connection.execute("DELETE FROM turn_votes WHERE turn_id = ?", (turn_id,))
            if vote:
                connection.execute(
                    "INSERT INTO turn_votes (turn_id, vote, at)"
                    " SELECT id, ?, ? FROM turns WHERE id = ? AND role = 'assistant'",
                    (1 if vote > 0 else -1, now(), turn_id),
                )
        return 0 if row is None else int(row[0])

    def turn_votes(self, turn_ids: Sequence[int]) -> Mapping[int, int]:
        """Votes of those that have one."""
        found: dict[int, int] = {}
        with self._db.reading() as connection:
            for some in chunks(turn_ids):
                found.update(
                    connection.execute(
                        f"SELECT turn_id, vote FROM turn_votes WHERE turn_id IN ({marks(some)})",
                        tuple(some),
                    )
                )
        return found

    def voted_answers(self) -> list[Example]:
        """Questions about one whole picture each, and their answers with a thumb up. Without keys,
        and as they were answered: what was said before in the conversation is not told. What was
        read in the file, such as its date, is not to be learned from its pixels."""
        with self._db.reading() as connection:
            rows = connection.execute(_VOTED).fetchall()
        return [
            Example(
                key="",
                image=decode_path(path),
                turns=(Exchange(question, answer),),
                kind=ExampleKind.QUESTION,
                content=content_hash,
                source=f"answer {turn_id}",
            )
            for turn_id, answer, question, path, content_hash in rows
        ]


def _of_library(connection: sqlite3.Connection, path: str) -> PictureFacts | None:
    file_id = find_file(connection, Path(path))
    row = file_id and connection.execute(_OF_LIBRARY, (file_id,)).fetchone()
    if not row:
        return None
    size, mtime_ns, digest, width, height, orientation, perceptual, taken_at, camera = row
    return PictureFacts(
        path=path,
        size_bytes=size,
        mtime_ns=mtime_ns,
        content_hash=digest,
        size=Size(width, height),
        orientation=orientation or 1,
        fingerprint="" if perceptual is None else f"{perceptual & _BITS:016x}",
        taken_at=taken_at,
        camera=camera.strip(),
    )


def _facts(row: Sequence[Any]) -> PictureFacts:
    path, size_bytes, mtime_ns, digest, width, height, *rest = row
    return PictureFacts(decode_path(path), size_bytes, mtime_ns, digest, Size(width, height), *rest)


def _values(one: PictureFacts) -> tuple[Any, ...]:
    return (
        encode_path(one.path), one.size_bytes, one.mtime_ns, one.content_hash, one.size.width,
        one.size.height, one.orientation, one.fingerprint, one.look, one.taken_at, one.camera,
        one.problem, one.detail,
    )  # fmt: skip
