"""Roots that are taken out of the library: hidden, put back exactly, added again, forgotten."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from tests.flow.store.store_builders import (
    MODEL,
    Photo,
    add,
    entry,
    folder,
    hash_of,
    indexed,
    refused,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import NotInLibrary
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.types import PhotoMetadata
from vlm_desktop.store import removing
from vlm_desktop.store.db import connect
from vlm_desktop.store.library import Library
from vlm_desktop.store.pathcodec import encode_path
from vlm_desktop.store.records import Root

# What a removal moves about: it must come back as it was, to the last column.
_TABLES = {
    "roots": "*",
    "files": "*",
    "texts": "content_id, file_id, page, kind, text",
    "contents": "*",
    "embeddings": "*",
    "content_tags": "*",
    "album_contents": "*",
    "feedback": "*",
    "saved_search_seen": "*",
}


def everything(library: Library) -> dict[str, list[tuple[object, ...]]]:
    """Every row that says something of photos. Ids of folders are nobody's business."""
    with library._db.snapshot() as connection:
        found = {
            table: sorted(connection.execute(f"SELECT {columns} FROM {table}"), key=repr)
            for table, columns in _TABLES.items()
        }
        found["folders"] = sorted(connection.execute("SELECT root_id, path FROM folders"))
        places = dict(connection.execute("SELECT id, path FROM folders"))
        found["files"] = [(row[0], places[row[1]], *row[2:]) for row in found["files"]]
    return found


def left_over(library: Library) -> list[int]:
    """How many rows wait to be put back or forgotten: roots, folders, files."""
    with library._db.reading() as connection:
        return [
            connection.execute(f"SELECT count(*) FROM removed_{kind}").fetchone()[0]
            for kind in ("roots", "folders", "files")
        ]


def purge(library: Library, keep: tuple[int, ...] = ()) -> list[str]:
    """The hashes that went, after every step was made."""
    hashes: list[str] = []
    while (counts := library.purge_removed(keep)) is not None:
        hashes += counts.hashes
    return sorted(hashes)


def sound(library: Library) -> bool:
    """No problem but files that wait on purpose."""
    return not [one for one in library.verify().problems if one.code != "pending"]


@pytest.fixture
def other(library: Library, tmp_path: Path) -> Root:
    return library.add_root(folder(tmp_path / "other"))


@pytest.fixture
def filled(library: Library, root: Root, other: Root) -> dict[str, int]:
    """Files of every state, a copy in another root, and what people said; path -> content."""
    told = PhotoMetadata(taken_at="2024-05-01T12:00:00", rating=4, caption="at the lake")
    ids = add(library, root, [
        ("a.jpg", Photo("a", told)), ("in/b.jpg", Photo("b")), ("in/deep/c.jpg", Photo("c")),
        ("gone.jpg", Photo("d")),
    ])  # fmt: skip
    ids |= add(library, other, [("copy of b.jpg", Photo("b")), ("own.jpg", Photo("e"))])
    library.record_inventory(root.id, [entry("broken.jpg"), entry("in/waits.jpg")], [])
    broken = next(one for one in library.pending_files([root.id]) if one.path.name == "broken.jpg")
    library.save_outcomes(MODEL, [refused(broken)])
    library.mark_missing([root.path / "gone.jpg"])
    library.set_watched(root.path, False)
    a, b = ids["a.jpg"], ids["in/b.jpg"]
    library.tag([a], "lake")
    library.tag([b], "both")
    library.add_to_album("Best of", [a, b, ids["own.jpg"]])
    library.vote("a lake", a, 1)
    library.save_search("lakes", "lake")
    library.mark_seen("lakes", [a, b])
    return ids


def test_a_removed_root_is_hidden_from_everything(
    library: Library, root: Root, other: Root, filled: dict[str, int]
) -> None:
    a, b, own = filled["a.jpg"], filled["in/b.jpg"], filled["own.jpg"]
    removed = library.remove_root(root.path)
    assert (removed.path, removed.files) == (root.path, 6)

    info = library.info()
    assert [one.root.path for one in info.roots] == [other.path]
    assert (info.contents, info.files.scanned, info.files.missing) == (2, 2, 0)
    assert [one.path for one in library.folder_states()] == [other.path]
    assert set(library.hidden_contents().tolist()) >= {a, filled["in/deep/c.jpg"]}
    assert library.catalogue().content_ids.tolist() == [b, own]
    assert library.locate([a, b]).keys() == {b}
    assert library.all_paths([b]) == (other.path / "copy of b.jpg",)
    assert library.content_of(root.path / "a.jpg") is None
    assert library.quarantine() == []
    assert len(library.set_aside_files()) == 0
    assert library.count_pending([root.id]) == 0
    assert library.filter_choices().tags == ("both",)
    assert library.all_tags() == [("both", 1)]
    assert [(one.name, one.contents) for one in library.albums()] == [("Best of", 2)]
    assert library.root_at(root.path) is None
    assert library.retry() == 0
    assert sound(library)
    assert library.verify().is_complete


def test_put_back_it_is_as_it_was(library: Library, root: Root, filled: dict[str, int]) -> None:
    before, matrix = everything(library), library.vectors(MODEL)
    for _ in range(2):
        library.remove_root(root.path)
        assert everything(library) != before
        library.put_back_root(root.path)
        assert everything(library) == before
    assert np.array_equal(library.vectors(MODEL).content_ids, matrix.content_ids)
    assert left_over(library) == [0, 0, 0]
    assert library.new_hits("lakes", [filled["a.jpg"]]) == ()
    assert library.votes("a lake") == {filled["a.jpg"]: 1}
    assert sound(library)


def test_numbers_of_folders_may_be_given_away_meanwhile(
    library: Library, root: Root, filled: dict[str, int], tmp_path: Path
) -> None:
    before = everything(library)["files"]
    library.remove_root(root.path)
    third = library.add_root(folder(tmp_path / "third"))
    add(library, third, [("x/1.jpg", Photo("x")), ("y/2.jpg", Photo("y"))])
    library.put_back_root(root.path)
    after = everything(library)["files"]
    assert set(before) < set(after)
    assert len(after) == len(before) + 2
    assert sound(library)


def test_two_removed_roots_come_back_in_either_order(
    library: Library, root: Root, other: Root, filled: dict[str, int]
) -> None:
    before = everything(library)
    for order in ((root, other), (other, root)):
        library.remove_root(root.path)
        library.remove_root(other.path)
        assert library.info().contents == 0
        for one in order:
            library.put_back_root(one.path)
        assert everything(library) == before


def test_what_is_unknown_is_neither_removed_nor_put_back(
    library: Library, root: Root, filled: dict[str, int]
) -> None:
    with pytest.raises(NotInLibrary):
        library.remove_root(root.path / "in")
    with pytest.raises(NotInLibrary):
        library.put_back_root(root.path.parent / "elsewhere")
    before = everything(library)
    library.put_back_root(root.path)
    assert everything(library) == before


# --- adding again ------------------------------------------------------------------------


def test_adding_it_again_brings_all_of_it_back(
    library: Library, root: Root, filled: dict[str, int]
) -> None:
    before = everything(library)
    library.remove_root(root.path)
    assert library.add_root(root.path).id == root.id
    after = everything(library)
    assert after == before
    library.put_back_root(root.path)  # the undo that is left over does no harm
    assert everything(library) == before
    assert purge(library) == []
    assert everything(library) == before


def test_adding_a_folder_around_takes_in_all_that_was_removed_in_it(
    library: Library, root: Root, other: Root, filled: dict[str, int]
) -> None:
    library.remove_root(root.path)
    library.remove_root(other.path)
    around = library.add_root(root.path.parent)
    assert [one.path for one in library.roots()] == [around.path]
    assert library.content_of(root.path / "in" / "deep" / "c.jpg") == filled["in/deep/c.jpg"]
    assert library.content_of(other.path / "own.jpg") == filled["own.jpg"]
    assert {one.name for one in library.tags_of([filled["a.jpg"]])[filled["a.jpg"]]} == {"lake"}
    assert left_over(library) == [0, 0, 0]
    library.put_back_root(root.path)
    assert [one.path for one in library.roots()] == [around.path]
    assert sound(library)


def test_adding_a_folder_inside_takes_only_that_and_undo_brings_the_rest(
    library: Library, root: Root, filled: dict[str, int]
) -> None:
    before = everything(library)
    library.remove_root(root.path)
    inner = library.add_root(root.path / "in")
    assert library.content_of(root.path / "in" / "b.jpg") == filled["in/b.jpg"]
    assert library.content_of(root.path / "in" / "deep" / "c.jpg") == filled["in/deep/c.jpg"]
    assert library.count_pending([inner.id]) == 1
    assert library.content_of(root.path / "a.jpg") is None
    assert left_over(library) == [1, 1, 3]
    assert sound(library)

    library.put_back_root(root.path)
    assert everything(library) == before
    assert left_over(library) == [0, 0, 0]


def test_parts_removed_one_after_the_other_meet_again(
    library: Library, root: Root, filled: dict[str, int]
) -> None:
    before = everything(library)
    library.remove_root(root.path)
    library.add_root(root.path / "in")
    library.remove_root(root.path / "in")
    assert left_over(library)[0] == 2
    library.put_back_root(root.path)
    assert everything(library) == before
    assert left_over(library) == [0, 0, 0]


def test_a_path_that_is_recorded_by_now_wins(
    library: Library, root: Root, filled: dict[str, int]
) -> None:
    """`Library` leads there by no way, but a damaged file that was rebuilt may."""
    library.remove_root(root.path)
    with library._db.writing() as connection:
        inner_path = encode_path(root.path / "in")
        connection.execute("INSERT INTO roots (path) VALUES (?)", (inner_path,))
    inner = library.add_root(root.path / "in")
    (newer,) = add(library, inner, [("b.jpg", Photo("newer"))]).values()
    library.put_back_root(root.path)
    assert library.content_of(root.path / "in" / "b.jpg") == newer
    assert library.content_of(root.path / "in" / "deep" / "c.jpg") == filled["in/deep/c.jpg"]
    assert left_over(library) == [0, 0, 0]
    assert sound(library)


# --- forgetting --------------------------------------------------------------------------


def test_purging_forgets_what_no_other_file_holds(
    library: Library, home: HomePaths, root: Root, other: Root, filled: dict[str, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(removing, "_AT_ONCE", 2)
    library.remember_query("q", f'{{"images": ["{root.path}/a.jpg"]}}')
    library.remove_root(root.path)
    library.close()
    with Library.open(home) as again:  # another start of the program
        assert again.info().contents == 2
        assert purge(again) == sorted(map(hash_of, "acd"))
        assert left_over(again) == [0, 0, 0]
        assert again.vectors(MODEL).content_ids.tolist() == [filled["in/b.jpg"], filled["own.jpg"]]
        assert again.hidden_contents().tolist() == []
        assert again.query_history() == []
        assert again.all_tags() == [("both", 1)]
        assert sound(again)
        with pytest.raises(NotInLibrary):
            again.put_back_root(root.path)


def test_a_purge_that_is_cut_short_leaves_a_sound_library(
    library: Library, root: Root, filled: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing, "_AT_ONCE", 2)
    library.remove_root(root.path)
    assert library.purge_removed() is not None
    assert left_over(library) == [1, 3, 4]
    assert sound(library)
    inner = library.add_root(root.path)  # what is left of it comes back
    assert library.content_of(root.path / "in" / "deep" / "c.jpg") == filled["in/deep/c.jpg"]
    assert inner.id == root.id
    assert sound(library)


def test_this_runs_removals_are_kept_from_the_purge(
    library: Library, root: Root, other: Root, filled: dict[str, int]
) -> None:
    before = everything(library)
    first, second = library.remove_root(root.path), library.remove_root(other.path)
    assert purge(library, (first.number, second.number)) == []
    assert purge(library, (first.number,)) == [hash_of("e")]  # "b" waits with the other root
    library.put_back_root(root.path)
    after = everything(library)["files"]
    assert after == [row for row in before["files"] if row[0] in {one[0] for one in after}]
    assert len(after) == first.files
    assert sound(library)


@pytest.mark.parametrize("ask", [
    lambda library, root: library.forget(root.path / "in" / "b.jpg"),
    lambda library, root: library.forget(root.path / "in"),
    lambda library, root: library.forget(root.path),
    lambda library, root: library.forget(root.path.parent / "other" / "copy of b.jpg"),
])  # fmt: skip
def test_forgetting_is_final_also_for_what_was_removed(
    library: Library, root: Root, filled: dict[str, int],
    ask: Callable[[Library, Root], object],
) -> None:  # fmt: skip
    library.forget(root.path.parent / "other" / "own.jpg")
    library.remove_root(root.path)
    ask(library, root)
    if library.content_of(root.path.parent / "other" / "copy of b.jpg") is not None:
        library.forget(root.path.parent / "other" / "copy of b.jpg")
    try:
        library.put_back_root(root.path)
    except NotInLibrary:
        assert left_over(library) == [0, 0, 0]
    with library._db.reading() as connection:
        hashes = {row[0] for row in connection.execute("SELECT content_hash FROM contents")}
    assert hash_of("b") not in hashes
    assert library.content_of(root.path / "in" / "b.jpg") is None
    assert sound(library)


def test_tidying_up_leaves_what_can_be_put_back(
    library: Library, root: Root, filled: dict[str, int]
) -> None:
    before = everything(library)
    library.remove_root(root.path)
    assert library.forget_unused().contents == 0
    library.put_back_root(root.path)
    assert everything(library) == before


# --- the rest of the store ---------------------------------------------------------------


def test_what_indexing_brings_for_a_removed_root_is_passed_over(
    library: Library, root: Root, filled: dict[str, int]
) -> None:
    waiting = library.pending_files([root.id])
    before = everything(library)
    library.remove_root(root.path)
    library.save_outcomes(MODEL, [indexed(one, Photo("w")) for one in waiting])
    counts = library.record_inventory(root.id, [entry("late.jpg")], [])
    assert (counts.new, counts.missing) == (0, 0)
    library.put_back_root(root.path)
    assert everything(library) == before


def test_an_exported_library_holds_nothing_of_it(
    library: Library, root: Root, filled: dict[str, int], tmp_path: Path
) -> None:
    library.remove_root(root.path)
    for _ in library.copy_to(tmp_path / "copy.sqlite3", CancelToken()):
        pass
    with closing(connect(tmp_path / "copy.sqlite3")) as copy:
        hashes = {row[0] for row in copy.execute("SELECT content_hash FROM contents")}
        assert hashes == {hash_of("b"), hash_of("e")}
        assert copy.execute("SELECT count(*) FROM removed_roots").fetchone() == (0,)
    library.put_back_root(root.path)
    assert library.content_of(root.path / "a.jpg") == filled["a.jpg"]


def test_rebuilding_takes_it_over_so_that_it_is_forgotten_in_the_end(
    library: Library, home: HomePaths, root: Root, filled: dict[str, int]
) -> None:
    library.remove_root(root.path)
    library.close()
    Library.rebuild(home)
    with Library.open(home) as again:
        assert [one.path for one in again.roots()] == [root.path.parent / "other"]
        assert purge(again) == sorted(map(hash_of, "acd"))
        assert sound(again)
