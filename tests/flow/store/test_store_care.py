"""Copies of the library, taking one in, forgetting without a trace, keeping out."""

import sqlite3
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import pytest

from tests.flow.store.store_builders import (
    MODEL,
    Photo,
    add,
    folder,
    hash_of,
    spec,
    vector_of,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import (
    AppError,
    BadInputFile,
    Cancelled,
    DatabaseCorrupt,
    DatabaseNewer,
    DestinationNotWritable,
    DiskFull,
)
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.types import PhotoMetadata
from vlm_desktop.store import care, db
from vlm_desktop.store.library import Library
from vlm_desktop.store.records import Root

Result = TypeVar("Result")


def finish(steps: Generator[tuple[int, int], None, Result]) -> Result:
    while True:
        try:
            done, total = next(steps)
            assert 0 <= done <= total
        except StopIteration as end:
            return end.value


def copy_of(library: Library, target: Path) -> Path:
    finish(library.copy_to(target, CancelToken()))
    return target


def test_a_copy_is_one_file_and_holds_everything(
    library: Library, root: Root, tmp_path: Path
) -> None:
    add(library, root, [("a.jpg", Photo("a")), ("b.jpg", Photo("b"))])
    (tmp_path / "out").mkdir()
    target = copy_of(library, tmp_path / "out" / "copy.sqlite3")
    assert [path.name for path in target.parent.iterdir()] == ["copy.sqlite3"]
    with sqlite3.connect(target) as copy:
        assert copy.execute("SELECT count(*) FROM contents").fetchone() == (2,)
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    copy.close()


def test_a_copy_is_of_one_moment_though_others_write(
    library: Library, root: Root, tmp_path: Path
) -> None:
    add(library, root, [("a.jpg", Photo("a"))])
    steps = library.copy_to(tmp_path / "copy.sqlite3", CancelToken())
    list(steps)
    add(library, root, [("b.jpg", Photo("b"))])
    assert library.info().contents == 2
    with sqlite3.connect(tmp_path / "copy.sqlite3") as copy:
        assert copy.execute("SELECT count(*) FROM contents").fetchone() == (1,)
    copy.close()


def test_a_cancelled_copy_leaves_nothing(library: Library, root: Root, tmp_path: Path) -> None:
    add(library, root, [("a.jpg", Photo("a"))])
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        finish(library.copy_to(tmp_path / "copy.sqlite3", cancel))
    assert list(tmp_path.glob("*copy*")) == []


def test_a_copy_into_a_folder_that_is_not_there_is_refused(
    library: Library, tmp_path: Path
) -> None:
    with pytest.raises(DestinationNotWritable):
        finish(library.copy_to(tmp_path / "nowhere" / "copy.sqlite3", CancelToken()))


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (sqlite3.SQLITE_FULL, DiskFull),
        (sqlite3.SQLITE_NOTADB, DatabaseCorrupt),
        (sqlite3.SQLITE_CANTOPEN, DestinationNotWritable),
    ],
)
def test_what_ends_a_copy_is_told_apart(
    library: Library,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    error: type[AppError],
) -> None:
    def fail(*_: object) -> None:
        failure = sqlite3.DatabaseError("no")
        failure.sqlite_errorcode = code
        raise failure

    monkeypatch.setattr(care, "_copy_file", fail)
    with pytest.raises(error):
        copy_of(library, tmp_path / "copy.sqlite3")


# --- taking in ---------------------------------------------------------------------------


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A library of another home, as one file: three photos, one of them known here, too."""
    with Library.open(HomePaths(tmp_path / "other")) as made:
        made.begin_model(spec())
        root = made.add_root(folder(tmp_path / "elsewhere"))
        add(made, root, [(f"{letter}.jpg", Photo(letter)) for letter in "axy"])
        return copy_of(made, tmp_path / "other.sqlite3")


def test_another_library_takes_the_place_and_the_old_one_is_kept(
    library: Library, root: Root, tmp_path: Path, other: Path
) -> None:
    add(library, root, [("a.jpg", Photo("a")), ("b.jpg", Photo("b"))])
    assert len(library.vectors(MODEL)) == 2
    taken = finish(library.replace_with(other, CancelToken()))
    assert (taken.files, taken.contents, taken.vectors) == (3, 3, 3)
    found = library.vectors(MODEL)
    assert len(found) == 3
    rows = {round(float(row @ vector_of("x")), 4) for row in found.matrix}
    assert 1.0 in rows, "vectors of the old library are still searched"
    assert library.verify().is_complete
    finish(library.replace_with(taken.kept, CancelToken()))
    assert library.content_of(root.path / "b.jpg") is not None
    assert len(library.vectors(MODEL)) == 2
    assert sorted(path.name for path in taken.kept.parent.glob(".incoming*")) == []


@pytest.mark.parametrize("damage", ["nonsense", "empty", "foreign", "torn", "absent"])
def test_what_is_no_library_changes_nothing(
    library: Library, root: Root, tmp_path: Path, other: Path, damage: str
) -> None:
    add(library, root, [("b.jpg", Photo("b"))])
    source = tmp_path / "given.sqlite3"
    match damage:
        case "nonsense":
            source.write_bytes(b"certainly no database " * 500)
        case "empty":
            source.touch()
        case "foreign":
            with sqlite3.connect(source) as made:
                made.execute("CREATE TABLE contents (id)")
            made.close()
        case "torn":
            whole = other.read_bytes()
            middle = len(whole) // 2
            source.write_bytes(whole[:4096] + bytes(middle) + whole[4096 + middle :])
    with pytest.raises(BadInputFile):
        finish(library.replace_with(source, CancelToken()))
    assert library.info().contents == 1
    assert list(library.paths.home.glob("*.replaced-*")) == []
    assert list(library.paths.home.glob(".incoming*")) == []


def test_a_library_of_a_later_version_is_named_and_not_taken(library: Library, other: Path) -> None:
    with sqlite3.connect(other) as later:
        later.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('library', 'from_the_future', '2099-01-01')"
        )
    later.close()
    with pytest.raises(DatabaseNewer) as refused:
        finish(library.replace_with(other, CancelToken()))
    assert refused.value.fields["path"] == other


def test_a_cancelled_import_changes_nothing(library: Library, root: Root, other: Path) -> None:
    add(library, root, [("b.jpg", Photo("b"))])
    cancel = CancelToken()
    steps = library.replace_with(other, cancel)
    cancel.cancel()
    with pytest.raises(Cancelled):
        finish(steps)
    assert library.info().contents == 1


# --- without a trace ---------------------------------------------------------------------

SECRET = "moonlit-zebra-rendezvous"


def traces(home: HomePaths, needles: list[bytes]) -> list[str]:
    """Files below the home folder that hold any of the needles."""
    return [
        f"{path.name}: {needle[:24]!r}"
        for path in sorted(home.home.rglob("*"))
        if path.is_file()
        for needle in needles
        if needle in path.read_bytes()
    ]


def trigrams(home: HomePaths, wanted: bytes) -> bool:
    """Whether the full-text index, which keeps words in pieces of three, holds this piece."""
    with sqlite3.connect(home.database) as database:
        blocks = database.execute("SELECT block FROM texts_fts_data").fetchall()
    database.close()
    return any(wanted in block for (block,) in blocks)


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite as most systems build it: what is deleted stays in the file until written over."""
    connect = db.connect

    def carelessly(path: Path, busy_seconds: float = db.BUSY_SECONDS) -> sqlite3.Connection:
        connection = connect(path, busy_seconds)
        connection.execute("PRAGMA secure_delete = OFF")
        return connection

    monkeypatch.setattr(db, "connect", carelessly)


@pytest.mark.usefixtures("careless")
def test_forgetting_and_scrubbing_leaves_no_byte_behind(
    root: Root, library: Library, home: HomePaths
) -> None:
    """Text, path, hash, vector, tag and album of the photo: gone from every file."""
    secret = Photo("s", PhotoMetadata(caption=SECRET, title=SECRET.upper(), keywords=(SECRET,)))
    others = [(f"o{n}.jpg", Photo(f"o{n}", PhotoMetadata(caption=f"other {n}"))) for n in range(40)]
    added = add(library, root, [("zebra-file.jpg", secret), *others])
    content = added["zebra-file.jpg"]
    library.add_to_album("zebra-album", [content])
    library.vote("zebra query", content, 1)
    library.vectors(MODEL)
    library.close()
    needles = [
        SECRET.encode(),
        SECRET.upper().encode(),
        b"zebra-file",
        hash_of("s").encode(),
        vector_of("s").tobytes(),
        b"zeb",
    ]
    assert len({trace.split(": ")[1] for trace in traces(home, needles)}) == len(needles)
    assert trigrams(home, b"zeb")

    with Library.open(home) as opened:
        opened.vectors(MODEL)
        opened.forget(root.path / "zebra-file.jpg")
        opened.delete_album("zebra-album")
        assert opened.scrub()
        assert traces(home, needles) == []
        assert not trigrams(home, b"zeb")
        assert len(opened.vectors(MODEL)) == len(others)
        assert opened.verify().is_complete
        assert opened.search_text(["other"], [], 50)


def test_every_table_that_points_to_a_photo_lets_it_go(library: Library, home: HomePaths) -> None:
    """A new table with a content_id must go with its content, or forgetting is not forgetting."""
    with sqlite3.connect(home.database) as database:
        tables = [
            name
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        left = []
        for table in tables:
            columns = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
            keys = {row[3]: row[6] for row in database.execute(f"PRAGMA foreign_key_list({table})")}
            if "content_id" in columns and keys.get("content_id") not in ("CASCADE", "SET NULL"):
                left.append(table)
    database.close()
    assert left == []


def test_scrubbing_says_when_another_program_reads(library: Library, root: Root) -> None:
    add(library, root, [("a.jpg", Photo("a"))])
    reader = sqlite3.connect(library.paths.database, timeout=0)
    try:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM contents").fetchone()
        add(library, root, [("b.jpg", Photo("b"))])
        assert not library.scrub()
    finally:
        reader.close()
    assert library.scrub()


# --- keeping out -------------------------------------------------------------------------


def test_what_is_kept_out_is_known_with_all_below_it(library: Library, root: Root) -> None:
    library.keep_out(root.path / "one.jpg")
    library.keep_out(root.path / "private")
    kept = library.kept_out()
    assert kept.holds(root.path / "one.jpg")
    assert kept.holds(root.path / "private" / "deep" / "two.jpg")
    assert not kept.holds(root.path / "private.jpg")
    assert not kept.holds(root.path / "other" / "one.jpg")
    assert library.kept_out_count() == 2
    assert library.let_in() == 2
    assert not library.kept_out().holds(root.path / "one.jpg")


def test_the_list_of_what_is_kept_out_does_not_tell_it(
    library: Library, root: Root, home: HomePaths
) -> None:
    library.keep_out(root.path / "unspeakable.jpg")
    library.close()
    assert traces(home, [b"unspeakable"]) == []


def test_only_what_lies_in_a_root_is_watched(library: Library, root: Root, tmp_path: Path) -> None:
    assert library.is_watched(root.path / "a.jpg")
    assert library.is_watched(root.path)
    assert not library.is_watched(tmp_path)
    assert not library.is_watched(root.path.with_name("photos2"))
