"""Copies of the whole library, taking one in, and leaving no trace of what was forgotten."""

import contextlib
import logging
import secrets
import sqlite3
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import (
    BadInputFile,
    DatabaseCorrupt,
    DatabaseNewer,
    DestinationNotWritable,
    DiskFull,
)
from vlm_desktop.store.db import (
    connect,
    prepare,
    translated_errors,
)
from vlm_desktop.store.maps import MapsPart
from vlm_desktop.store.matrices import MatricesPart
from vlm_desktop.store.models import ModelsPart
from vlm_desktop.store.pathcodec import encode_path
from vlm_desktop.store.removing import purge_all

_log = logging.getLogger(__name__)
_PAGES_AT_ONCE = 1000
_POLL_SECONDS = 0.05
_READERS_MS = 2000
_KEY = "kept-out-key"

CopySteps = Generator[tuple[int, int], None, None]
"""Yields (pages done, pages in all)."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A library that took the place of another, which lies untouched at `kept`."""

    kept: Path
    files: int
    contents: int
    vectors: int


class KeptOut:
    """Which paths are never to be indexed again, known by a keyed hash only. One thread."""

    def __init__(self, key: bytes, hashes: frozenset[bytes]) -> None:
        self._key = key
        self._hashes = hashes
        self._folders: dict[Path, bool] = {}

    def holds(self, path: Path) -> bool:
        """Whether the file, or a folder it lies in, is kept out."""
        if not self._hashes:
            return False
        return _fingerprint(self._key, path) in self._hashes or self._holds_folder(path.parent)

    def _holds_folder(self, folder: Path) -> bool:
        found = self._folders.get(folder)
        if found is None:
            outer = folder.parent
            found = _fingerprint(self._key, folder) in self._hashes or (
                outer != folder and self._holds_folder(outer)
            )
            self._folders[folder] = found
        return found


class CarePart(ModelsPart, MatricesPart, MapsPart):
    """What concerns the library as a whole."""

    # --- copies ------------------------------------------------------------------------

    def copy_to(self, target: Path, cancel: CancelToken) -> CopySteps:
        """Write the library, as it is at this moment, to one file; others may go on using it.

        Roots that were taken out are not in it. The file appears whole or not at all. Raises
        `DestinationNotWritable`, `DiskFull` (there), `Cancelled`.
        """
        part = target.with_name(f".{target.name}.part")
        try:
            part.unlink(missing_ok=True)
            with contextlib.closing(connect(self._db.path)) as source:
                yield from _copy_file(source, part, cancel)
            with contextlib.closing(connect(part)) as copy:
                purge_all(copy)
            part.replace(target)
        except (OSError, sqlite3.Error) as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code == sqlite3.SQLITE_FULL:
                raise DiskFull(path=target.parent) from error
            if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                with translated_errors(self._db.path):
                    raise
            raise DestinationNotWritable(path=target, detail=str(error)) from error
        finally:
            _remove(part)

    def replace_with(
        self, source: Path, cancel: CancelToken
    ) -> Generator[tuple[int, int], None, TakenIn]:
        """Put another library in the place of this one, which is kept beside it first.

        Nothing is changed before the other one is proven sound and brought to this version's
        schema; then all of it arrives in one transaction. No indexing may be under way. Raises
        `BadInputFile` for what is no library, `DatabaseNewer`, `DiskFull`, `Cancelled`.
        """
        live = self._db.path
        staged = live.with_name(".incoming.sqlite3")
        kept = _free_name(live)
        try:
            _remove(staged)
            yield from _stage(source, staged, cancel)
            with translated_errors(live):
                with contextlib.closing(connect(live)) as current:
                    _outnumber(current, staged)
                    yield from _copy_file(current, kept, cancel)
                with (
                    contextlib.closing(connect(staged)) as incoming,
                    contextlib.closing(connect(live)) as current,
                ):
                    try:
                        yield from _copied(incoming, current, cancel)
                    finally:
                        self.drop_maps()  # their numbers mean other photos now
                    counts = [
                        current.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                        for table in ("files", "contents", "embeddings")
                    ]
        finally:
            _remove(staged)
        return TakenIn(kept, *counts)

    # --- forgetting for good -----------------------------------------------------------

    def scrub(self) -> bool:
        """Write database, log, vector files and maps anew, without what was deleted before.

        SQLite leaves deleted bytes in free pages, in its log and in the full-text index until
        they are written over. Takes as long as writing the library once. False when another
        program was reading, so that the log could not be emptied.
        """
        with self._db.writing() as connection:
            connection.execute("INSERT INTO texts_fts(texts_fts) VALUES ('optimize')")
        with translated_errors(self._db.path), contextlib.closing(connect(self._db.path)) as own:
            own.execute("PRAGMA temp_store = FILE")
            own.execute("VACUUM")
            own.execute(f"PRAGMA busy_timeout = {_READERS_MS}")
            (busy, _, _) = own.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        for model in self.coverage():
            self.vectors(model.model_id)
            with contextlib.suppress(OSError):
                self.thin_map(model.model_id)
        return not busy

    def is_watched(self, path: Path) -> bool:
        """Whether the path lies at or in one of the roots, so that indexing would find it.

        Roots that were taken out count: they may be put back.
        """
        wanted = encode_path(Path(path).absolute())
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT path FROM roots UNION ALL SELECT path FROM removed_roots"
            ).fetchall()
        return any(
            wanted == root or wanted.startswith(root.rstrip(b"/") + b"/") for (root,) in rows
        )

    def keep_out(self, path: Path) -> None:
        """Never index a file, or anything in a folder, again. Only a keyed hash is kept."""
        absolute = Path(path).absolute()
        with self._db.writing() as connection:
            key = _make_key(connection)
            connection.execute(
                "INSERT OR IGNORE INTO kept_out (fingerprint) VALUES (?)",
                (_fingerprint(key, absolute),),
            )

    def kept_out(self) -> KeptOut:
        """What is kept out, as of now."""
        with self._db.snapshot() as connection:
            rows = connection.execute("SELECT fingerprint FROM kept_out").fetchall()
            key = _read_key(connection)
        return KeptOut(key, frozenset(fingerprint for (fingerprint,) in rows))

    def kept_out_count(self) -> int:
        """How many files and folders are kept out."""
        with self._db.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM kept_out").fetchone()[0])

    def let_in(self) -> int:
        """Let everything that is kept out be indexed again; returns how many entries went."""
        with self._db.writing() as connection:
            return connection.execute("DELETE FROM kept_out").rowcount


# --- copying ---------------------------------------------------------------------------


class _Stopped(Exception):
    """Raised inside SQLite's copying to end it."""


def _copied(
    source: sqlite3.Connection, target: sqlite3.Connection, cancel: CancelToken
) -> CopySteps:
    """SQLite's online backup on a thread of its own, so that its progress can be yielded.

    The source is read as one snapshot; the target changes in one transaction or not at all.
    """
    state: dict[str, tuple[int, int]] = {}
    stop = threading.Event()
    failed: list[BaseException] = []

    def note(_status: int, remaining: int, total: int) -> None:
        state["pages"] = (total - remaining, total)
        if stop.is_set():
            raise _Stopped

    def work() -> None:
        try:
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(target, pages=_PAGES_AT_ONCE, progress=note, sleep=_POLL_SECONDS)
        except (sqlite3.Error, _Stopped) as error:
            failed.append(error)
        finally:
            if source.in_transaction:
                source.execute("ROLLBACK")

    cancel.raise_if_cancelled()
    worker = threading.Thread(target=work, name="library-copy", daemon=True)
    worker.start()
    try:
        while worker.is_alive():
            worker.join(_POLL_SECONDS)
            if cancel.is_cancelled:
                stop.set()
            if "pages" in state and worker.is_alive():
                yield state["pages"]
    finally:
        stop.set()
        worker.join()
    if failed:  # else it is done, and a cancel comes too late
        cancel.raise_if_cancelled()
        raise failed[0]


def _copy_file(source: sqlite3.Connection, target: Path, cancel: CancelToken) -> CopySteps:
    """Into a new file, which needs no log beside it afterwards; removed when that fails."""
    try:
        with contextlib.closing(sqlite3.connect(target, check_same_thread=False)) as made:
            yield from _copied(source, made, cancel)
            made.execute("PRAGMA journal_mode = DELETE")
    except BaseException:
        _remove(target)
        raise


def _stage(source: Path, staged: Path, cancel: CancelToken) -> CopySteps:
    """Copy a file beside the library, prove that it is one, and bring it to today's schema."""
    if not source.is_file():
        raise BadInputFile(path=source, line=None, detail="there is no such file")
    try:
        address = f"{source.absolute().as_uri()}?mode=ro"
        with contextlib.closing(
            sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)
        ) as given:
            tables = "SELECT count(*) FROM sqlite_master WHERE name IN ('contents', 'embeddings')"
            if given.execute(tables).fetchone()[0] < 2:
                raise BadInputFile(path=source, line=None, detail="it holds no photo library")
            yield from _copy_file(given, staged, cancel)
        with contextlib.closing(connect(staged)) as copy:
            found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok":
                raise BadInputFile(path=source, line=None, detail=f"it is damaged: {found}")
        prepare(staged)
    except DatabaseNewer as error:
        raise DatabaseNewer(path=source, unknown=str(error.fields["unknown"])) from error
    except DatabaseCorrupt as error:
        raise BadInputFile(path=source, line=None, detail="it is damaged") from error
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
            raise DiskFull(path=staged.parent) from error
        raise BadInputFile(path=source, line=None, detail=str(error)) from error
    except sqlite3.DatabaseError as error:
        raise BadInputFile(path=source, line=None, detail="it is no library") from error


def _outnumber(current: sqlite3.Connection, staged: Path) -> None:
    """Number the incoming vectors above the present ones, so that files made of these are stale."""
    above = current.execute(
        "SELECT coalesce(max(generation), 0) + 1, coalesce(max(deletions), 0) + 1 FROM models"
    ).fetchone()
    with contextlib.closing(connect(staged)) as incoming:
        incoming.execute("BEGIN")
        incoming.execute(
            "UPDATE models SET generation = generation + ?, deletions = deletions + ?", above
        )
        incoming.execute("UPDATE calibrations SET generation = generation + ?", above[:1])
        incoming.execute("COMMIT")
        incoming.execute("PRAGMA journal_mode = DELETE")


def _free_name(live: Path) -> Path:
    base = f"{live.stem}.replaced-{time.strftime('%Y%m%d-%H%M%S')}"
    kept, number = live.with_name(base + live.suffix), 1
    while kept.exists():
        number += 1
        kept = live.with_name(f"{base}-{number}{live.suffix}")
    return kept


def _remove(path: Path) -> None:
    """Remove a database that is no longer needed, with what SQLite puts beside it."""
    for ending in ("", "-wal", "-shm", "-journal"):
        with contextlib.suppress(OSError):
            path.with_name(path.name + ending).unlink()


# --- keeping out -----------------------------------------------------------------------


def _fingerprint(key: bytes, path: Path) -> bytes:
    return blake2b(encode_path(path), key=key, digest_size=16).digest()


def _read_key(connection: sqlite3.Connection) -> bytes:
    row = connection.execute("SELECT value FROM settings WHERE key = ?", (_KEY,)).fetchone()
    return b"" if row is None else bytes.fromhex(row[0].strip('"'))


def _make_key(connection: sqlite3.Connection) -> bytes:
    """The library's own key, so that the hashes tell nothing to who does not hold it."""
    key = _read_key(connection)
    if not key:
        key = secrets.token_bytes(16)
        connection.execute(
            "INSERT INTO settings (key, value) VALUES (?, ?)", (_KEY, f'"{key.hex()}"')
        )
    return key
