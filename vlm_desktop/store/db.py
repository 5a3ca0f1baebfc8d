"""Connections to the library's SQLite file, and the border where SQLite's errors are translated."""

import contextlib
import errno
import os
import shutil
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database

from vlm_desktop.base.errors import (
    AppError,
    DatabaseBusy,
    DatabaseCorrupt,
    DatabaseNewer,
    DiskFull,
    HomeNotWritable,
)
from vlm_desktop.store.migrations import migrations

BUSY_SECONDS = 10.0
_QUICK_CHECK_BYTES = 16 * 1024**2
_ROOM_LEFT = 1024**2
_LAST_USE_SECONDS = 10.0
"""How long closing waits for a block in another thread to end."""


class Connections:
    """One connection per thread to one file, opened when a thread first asks.

    A connection goes when its thread ends, and all of them with `close`, each once nobody uses it:
    SQLite takes the whole process down when a connection is closed under a query. Every block of
    `reading` and `writing` raises the store's own errors instead of SQLite's.
    """

    def __init__(self, path: Path, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = path
        self._busy_seconds = busy_seconds
        self._local = threading.local()
        self._held: weakref.WeakSet[_Held] = weakref.WeakSet()
        # Reentrant: the garbage collector may end a block while this thread holds it.
        self._lock = threading.RLock()
        self._unused = threading.Condition(self._lock)
        self._closed = False
        self._watch: sqlite3.Connection | None = None

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection, each statement on its own."""
        with translated_errors(self.path), self._use() as connection:
            yield connection

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Several reads that see one state of the library."""
        with translated_errors(self.path), self._use() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of the block is kept, or, when it raises, none of it."""
        with translated_errors(self.path), self._use() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def version(self) -> int:
        """A number that is another one after anybody committed anything, here or elsewhere."""
        with self._lock, translated_errors(self.path):
            if self._closed:
                raise RuntimeError("the library is closed")
            if self._watch is None:
                # SQLite counts what others committed, so this connection never writes.
                self._watch = connect(self.path, self._busy_seconds)
            return int(self._watch.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Close every thread's connection, after the block that uses it. None can begin any more.

        One that is still used after ten seconds is left to its thread's end.
        """
        with self._lock:
            self._closed = True
            if self._watch is not None:
                self._watch.close()
                self._watch = None
            self._unused.wait_for(
                lambda: not any(one.uses for one in self._held), _LAST_USE_SECONDS
            )
            held = [one for one in self._held if not one.uses]
        for one in held:
            one.close()

    @contextlib.contextmanager
    def _use(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection, which `close` lets be for so long."""
        with self._lock:
            if self._closed:
                raise RuntimeError("the library is closed")
            held: _Held | None = getattr(self._local, "held", None)
            if held is not None:
                held.uses += 1
        if held is None:
            held = self._open()
        try:
            yield held.connection
        finally:
            with self._lock:
                held.uses -= 1
                self._unused.notify_all()

    def _open(self) -> "_Held":
        """A connection for this thread, in use already. Opening may wait for others."""
        held = _Held(connect(self.path, self._busy_seconds))
        with self._lock:
            if self._closed:
                held.close()
                raise RuntimeError("the library is closed")
            held.uses = 1
            self._held.add(held)
        self._local.held = held
        return held


class _Held:
    """Closes its connection when the thread-local that owns it goes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.uses = 0
        """Blocks that use it now; its thread may nest them."""
        self.close = weakref.finalize(self, connection.close)


def connect(path: Path, busy_seconds: float = BUSY_SECONDS) -> sqlite3.Connection:
    """A connection with the program's settings. Raises sqlite3.Error."""
    connection = sqlite3.connect(
        path, timeout=busy_seconds, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA cache_size = -65536")
        connection.execute("PRAGMA wal_autocheckpoint = 4000")
        connection.execute("PRAGMA journal_size_limit = 67108864")
        connection.execute("PRAGMA temp_store = MEMORY")
    except BaseException:
        connection.close()
        raise
    return connection


# --- opening ---------------------------------------------------------------------------


def prepare(path: Path, busy_seconds: float = BUSY_SECONDS) -> None:
    """Make the file ready: its folder, a look at its health, WAL, the latest schema.

    Raises `HomeNotWritable`, `DiskFull`, `DatabaseBusy`, `DatabaseCorrupt` (a copy is kept) and
    `DatabaseNewer` (nothing is touched).
    """
    _make_home(path.parent)
    with translated_errors(path):
        connection = connect(path, busy_seconds)
        try:
            _refuse_newer(connection, path)
            _look_at_health(connection, path)
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.execute("PRAGMA journal_mode = WAL")
            _migrate(connection)
        finally:
            connection.close()


def _make_home(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise translate_os_error(error, home) from error
    if not os.access(home, os.W_OK | os.X_OK):
        raise HomeNotWritable(path=home, detail="no permission to write")


def _applied(connection: sqlite3.Connection) -> set[str]:
    database = Database(connection, execute_plugins=False, recursive_triggers=False)
    return {migration.name for migration in migrations.applied(database)}


def _known() -> set[str]:
    with contextlib.closing(sqlite3.connect(":memory:")) as empty:
        database = Database(empty, execute_plugins=False, recursive_triggers=False)
        return {migration.name for migration in migrations.pending(database)}


def _refuse_newer(connection: sqlite3.Connection, path: Path) -> None:
    unknown = sorted(_applied(connection) - _known())
    if unknown:
        raise DatabaseNewer(path=path, unknown=", ".join(unknown))


def _look_at_health(connection: sqlite3.Connection, path: Path) -> None:
    """A small file is checked whole; a big one page by page as it is read."""
    if path.stat().st_size > _QUICK_CHECK_BYTES:
        return
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise DatabaseCorrupt(path=path, copy=copy_aside(path), detail=found)


def _migrate(connection: sqlite3.Connection) -> None:
    """All missing steps in one transaction; a second process waits, then finds nothing to do."""
    if _applied(connection) == _known():
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        database = Database(connection, execute_plugins=False, recursive_triggers=False)
        migrations.apply(database)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


# --- errors ----------------------------------------------------------------------------


@contextlib.contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite says about `path` into this program's errors; bugs pass unchanged."""
    try:
        yield
    except sqlite3.Error as error:
        translated = _translate(error, path)
        if translated is None:
            raise
        raise translated from error


def _translate(error: sqlite3.Error, path: Path) -> AppError | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    detail = str(error)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DatabaseCorrupt(path=path, copy=copy_aside(path), detail=detail)
    if code == sqlite3.SQLITE_FULL:
        return DiskFull(path=path.parent)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return DatabaseBusy(path=path)
    if code in (
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_IOERR,
    ):
        if _is_full(path.parent):
            return DiskFull(path=path.parent)
        return HomeNotWritable(path=path.parent, detail=detail)
    return None


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _ROOM_LEFT
    except OSError:
        return False


def translate_os_error(error: OSError, path: Path) -> AppError:
    """An OSError met while writing below the home folder."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(path=path)
    return HomeNotWritable(path=path, detail=error.strerror or str(error))


# --- keeping a damaged file ------------------------------------------------------------


def copy_aside(path: Path) -> Path | None:
    """Copy a damaged database (and its log) beside it; None when there is no room.

    The same damaged file is copied once, however often it is met.
    """
    try:
        earlier = same_copy(path)
        if earlier is not None:
            return earlier
        copy = free_copy_name(path)
        shutil.copy2(path, copy)
        log = path.with_name(path.name + "-wal")
        if log.exists():
            shutil.copy2(log, copy.with_name(copy.name + "-wal"))
    except OSError:
        return None
    return copy


def same_copy(path: Path) -> Path | None:
    """A copy that was made of the database as it is now. Raises OSError."""
    stamp = path.stat()
    for earlier in path.parent.glob(f"{path.stem}.corrupt-*{path.suffix}"):
        seen = earlier.stat()
        if (seen.st_size, seen.st_mtime_ns) == (stamp.st_size, stamp.st_mtime_ns):
            return earlier
    return None


def free_copy_name(path: Path) -> Path:
    """`library.corrupt-<time>.sqlite3`, with a counter when that is taken."""
    base = f"{path.stem}.corrupt-{time.strftime('%Y%m%d-%H%M%S')}"
    copy = path.with_name(f"{base}{path.suffix}")
    number = 1
    while copy.exists():
        number += 1
        copy = path.with_name(f"{base}-{number}{path.suffix}")
    return copy
