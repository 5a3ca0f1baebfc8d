"""Homes and databases that are new, newer, damaged, busy, full or locked away."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.flow.store.store_builders import MODEL, Photo, add, folder, spec
from vlm_desktop.base.errors import (
    DatabaseBusy,
    DatabaseCorrupt,
    DatabaseNewer,
    DiskFull,
    HomeNotWritable,
)
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.store import db, recovery
from vlm_desktop.store.library import Library
from vlm_desktop.store.migrations import migrations


def filled(home: HomePaths, tmp_path: Path, count: int = 40) -> None:
    """A closed library with one root and `count` photos."""
    with Library.open(home) as library:
        library.begin_model(spec())
        root = library.add_root(folder(tmp_path / "photos"))
        add(library, root, [(f"{n}.jpg", Photo(f"{n}")) for n in range(count)])
        library.tag([1, 2], "mine")


def copies(home: HomePaths) -> list[Path]:
    return sorted(home.home.glob("library.corrupt-*.sqlite3"))


def test_a_new_home_is_made_with_its_parents(tmp_path: Path) -> None:
    home = HomePaths(tmp_path / "not" / "yet" / "there ü")
    with Library.open(home) as library:
        assert library.roots() == []
        assert library.active_model() is None
        assert library.verify().is_complete
    assert home.database.exists()


def test_the_database_is_set_up_as_promised(home: HomePaths) -> None:
    Library.open(home).close()
    with contextlib.closing(db.connect(home.database)) as connection:
        settings = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
        names = connection.execute("SELECT name FROM _sqlite_migrations ORDER BY id").fetchall()
    assert settings == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 1,
        "busy_timeout": 10_000,
    }
    with contextlib.closing(sqlite3.connect(":memory:")) as empty:
        steps = migrations.pending(Database(empty, execute_plugins=False))
    assert [name for (name,) in names] == [step.name for step in steps]


def test_opening_again_finds_everything(home: HomePaths, tmp_path: Path) -> None:
    filled(home, tmp_path, 3)
    with Library.open(home) as library:
        assert library.info().contents == 3
        assert library.active_model() == MODEL


def test_a_failing_migration_leaves_nothing(
    home: HomePaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = migrations._migrations[-1].fn

    def fails(database: Database) -> None:
        real(database)
        raise RuntimeError("in the middle")

    monkeypatch.setattr(migrations._migrations[-1], "fn", fails)
    with pytest.raises(RuntimeError, match="in the middle"):
        Library.open(home)
    with contextlib.closing(sqlite3.connect(home.database)) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    monkeypatch.undo()
    Library.open(home).close()


def test_two_threads_may_open_a_new_home_at_once(home: HomePaths) -> None:
    failed: list[BaseException] = []
    barrier = threading.Barrier(4, timeout=60)

    def opens() -> None:
        barrier.wait()
        try:
            Library.open(home).close()
        except BaseException as error:  # noqa: BLE001 - handed to the main thread
            failed.append(error)

    threads = [threading.Thread(target=opens) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []


def test_a_newer_database_is_refused_untouched(home: HomePaths, tmp_path: Path) -> None:
    filled(home, tmp_path, 2)
    with contextlib.closing(sqlite3.connect(home.database)) as connection, connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('library', 'learn_to_fly', 'tomorrow')"
        )
    before = home.database.read_bytes()
    with pytest.raises(DatabaseNewer) as caught:
        Library.open(home)
    assert caught.value.fields == {"path": home.database, "unknown": "learn_to_fly"}
    assert home.database.read_bytes() == before
    assert copies(home) == []


# --- damage ----------------------------------------------------------------------------


def garble_header(path: Path) -> None:
    path.write_bytes(b"this is no database at all" + path.read_bytes()[26:])


def garble_middle(path: Path) -> None:
    data = bytearray(path.read_bytes())
    third = len(data) // 3
    data[third : 2 * third] = os.urandom(third)
    path.write_bytes(data)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 + 100])


@pytest.mark.parametrize("damage", [garble_header, garble_middle, cut_short])
def test_a_damaged_database_is_kept_and_can_be_rebuilt(
    home: HomePaths, tmp_path: Path, damage: object
) -> None:
    filled(home, tmp_path)
    damage(home.database)  # type: ignore[operator]
    before = home.database.read_bytes()

    for _ in range(2):
        with pytest.raises(DatabaseCorrupt) as caught:
            Library.open(home)
    assert copies(home) == [caught.value.fields["copy"]], "copied once, however often it is met"
    assert copies(home)[0].read_bytes() == before
    assert home.database.read_bytes() == before

    report = Library.rebuild(home)
    assert report.kept is not None
    assert report.kept.read_bytes() == before
    with Library.open(home) as library:
        assert library.info().files.scanned == report.files
        codes = {problem.code for problem in library.verify().problems}
        assert codes <= {"pending", "no-vectors", "orphan-content"}


def test_a_big_damaged_database_says_so_when_read(
    home: HomePaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "_QUICK_CHECK_BYTES", 0)
    filled(home, tmp_path, 400)
    garble_middle(home.database)

    def reads() -> None:
        with Library.open(home) as library:
            library.verify()
            library.search_text(["jpg"], [])

    with pytest.raises(DatabaseCorrupt):
        reads()
    assert len(copies(home)) == 1


def test_a_rebuild_takes_over_all_that_is_sound(home: HomePaths, tmp_path: Path) -> None:
    filled(home, tmp_path)
    report = Library.rebuild(home)
    assert (report.files, report.contents, report.vectors) == (40, 40, 40)
    with Library.open(home) as library:
        assert library.verify().is_complete
        assert len(library.vectors(MODEL)) == 40
        assert library.tags_of([1])[1][0].name == "mine"
        assert len(library.search_text(["jpg"], [])) == 40
        assert library.hidden_contents().tolist() == []


def test_a_rebuild_takes_over_what_is_left(home: HomePaths, tmp_path: Path) -> None:
    """One damaged leaf of the embeddings costs its vectors, not the rest."""
    filled(home, tmp_path, 400)
    with contextlib.closing(sqlite3.connect(home.database)) as connection:
        leaves = connection.execute(
            "SELECT pageno FROM dbstat WHERE name = 'embeddings' AND pagetype = 'leaf'"
        ).fetchall()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    data = bytearray(home.database.read_bytes())
    start = (leaves[len(leaves) // 2][0] - 1) * size
    data[start : start + size] = b"\xff" * size
    home.database.write_bytes(data)
    with pytest.raises(DatabaseCorrupt):
        Library.open(home)
    report = Library.rebuild(home)
    assert (report.files, report.contents) == (400, 400)
    assert 300 < report.vectors < 400
    with Library.open(home) as library:
        lacking = library.contents_without_vectors(MODEL)
        assert len(lacking) == 400 - report.vectors
        assert {problem.code for problem in library.verify().problems} == {"no-vectors"}


def test_a_rebuild_without_a_database_starts_one(home: HomePaths) -> None:
    report = Library.rebuild(home)
    assert (report.kept, report.files) == (None, 0)
    assert copies(home) == []


# --- disks and locks -------------------------------------------------------------------


def test_a_home_that_is_a_file_is_not_writable(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    for place in (tmp_path / "home", tmp_path / "home" / "below"):
        with pytest.raises(HomeNotWritable):
            Library.open(HomePaths(place))


def test_a_home_without_permission_is_not_writable(ordinary_user: Path) -> None:
    home = HomePaths(ordinary_user / "home")
    home.home.mkdir()
    home.home.chmod(0o500)
    try:
        with pytest.raises(HomeNotWritable):
            Library.open(home)
    finally:
        home.home.chmod(0o700)


def test_a_locked_database_is_busy(home: HomePaths) -> None:
    with Library.open(home, busy_seconds=0.05) as library:
        other = sqlite3.connect(home.database, isolation_level=None)
        with contextlib.closing(other):
            other.execute("BEGIN IMMEDIATE")
            assert library.roots() == [], "reading goes on while another writes"
            with pytest.raises(DatabaseBusy):
                library.begin_model(spec())
            other.execute("ROLLBACK")
        library.begin_model(spec())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes, where mounting is allowed."""
    place = tmp_path / "small"
    place.mkdir()
    mount = shutil.which("mount")
    command = [str(mount), "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    if (
        mount is None
        or subprocess.run(command, capture_output=True, check=False, timeout=300).returncode
    ):
        pytest.skip("mounting a small disk is not allowed here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True, timeout=300)


def test_a_full_disk_is_said_and_harms_nothing(small_disk: Path, tmp_path: Path) -> None:
    home = HomePaths(small_disk / "home")
    with Library.open(home) as library:
        library.begin_model(spec())
        root = library.add_root(folder(tmp_path / "photos"))
        saved = [0]

        def fills() -> None:
            for n in range(1000):
                photos = [(f"{n}/{k}.jpg", Photo(f"{n} {k}" * 20)) for k in range(100)]
                saved[0] += len(add(library, root, photos))

        with pytest.raises(DiskFull):
            fills()
        assert library.info().files.indexed == saved[0]
        assert len(library.vectors(MODEL)) == saved[0], "held in memory"
        assert {problem.code for problem in library.verify().problems} <= {"pending"}

    (small_disk / "filler").write_bytes(b"")
    with contextlib.suppress(OSError), (small_disk / "filler").open("wb") as file:
        while True:
            file.write(b"\0" * 4096)
    with pytest.raises(DiskFull):
        Library.open(HomePaths(small_disk / "another"))


def test_a_read_only_disk_is_not_writable(small_disk: Path) -> None:
    home = HomePaths(small_disk / "home")
    Library.open(home).close()
    remount = ["mount", "-o", "remount,ro", str(small_disk)]
    if subprocess.run(remount, capture_output=True, check=False, timeout=300).returncode:
        pytest.skip("remounting is not allowed here")
    with pytest.raises(HomeNotWritable):
        Library.open(home)
    with pytest.raises(HomeNotWritable):
        Library.open(HomePaths(small_disk / "another"))


def test_a_rebuild_leaves_no_table_out(library: Library, home: HomePaths) -> None:
    """Whatever a person made is taken over, and nothing of it points to what was lost."""
    with contextlib.closing(sqlite3.connect(home.database)) as database:
        names = [
            name
            for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        ]
        derived = ("sqlite_", "_sqlite_", "texts_fts", "turns_fts")
        tables = {name for name in names if not name.startswith(derived)}
        assert tables == set(recovery._TABLES)
        pointing = {
            (table, column, parent)
            for table in tables
            for _, _, parent, column, *_ in database.execute(f"PRAGMA foreign_key_list({table})")
        }
    mended = {("contents", "camera_id", "cameras"), ("files", "content_id", "contents")}
    assert pointing == set(recovery._PARENTS) | mended
