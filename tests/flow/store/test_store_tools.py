"""Duplicates, info, verify, forget, tags, albums, saved searches, votes, settings."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from tests.flow.store.store_builders import (
    MODEL,
    Photo,
    add,
    contents,
    entry,
    folder,
    hash_of,
    refused,
)
from vlm_desktop.base.errors import NotInLibrary
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.types import Filters
from vlm_desktop.store.library import Library
from vlm_desktop.store.records import Album, FileCounts, ForgottenCounts, Root, SavedSearch, Tag


def letters(wanted: str, where: str = "") -> list[tuple[str, Photo]]:
    return [(f"{where}{letter}.jpg", Photo(letter)) for letter in wanted]


# --- duplicates ------------------------------------------------------------------------


def test_identical_files_are_grouped(library: Library, root: Root) -> None:
    add(library, root, [*letters("abc"), *letters("ab", "copy/"), *letters("a", "again/")])
    assert library.identical_groups() == [
        (root.path / "a.jpg", root.path / "again" / "a.jpg", root.path / "copy" / "a.jpg"),
        (root.path / "b.jpg", root.path / "copy" / "b.jpg"),
    ]


def test_missing_and_offline_copies_are_no_duplicates(
    library: Library, root: Root, tmp_path: Path
) -> None:
    add(library, root, [*letters("a"), *letters("a", "copy/")])
    other = library.add_root(folder(tmp_path / "usb"))
    add(library, other, letters("a"))
    library.record_inventory(root.id, [], [library.file_stamps(root.id)["copy/a.jpg"].file_id])
    assert library.identical_groups() == [(root.path / "a.jpg", other.path / "a.jpg")]
    other.path.rename(tmp_path / "unplugged")
    assert library.identical_groups() == []


def test_one_file_through_two_roots_is_no_duplicate(
    library: Library, root: Root, tmp_path: Path
) -> None:
    link = tmp_path / "linked"
    link.symlink_to(root.path, target_is_directory=True)
    add(library, root, letters("a"))
    add(library, library.add_root(link), letters("a"))
    assert library.identical_groups() == []


def test_same_pixels_in_other_bytes(library: Library, root: Root) -> None:
    add(
        library,
        root,
        [
            ("a.jpg", Photo("a", pixel_hash="same")),
            ("tagged.jpg", Photo("b", pixel_hash="same")),
            ("copy.jpg", Photo("c")),
            ("copy2.jpg", Photo("c")),
        ],
    )
    assert library.same_pixel_groups() == [(root.path / "a.jpg", root.path / "tagged.jpg")]


def test_perceptual_hashes_use_all_64_bits(library: Library, root: Root) -> None:
    hashes = ["ffffffffffffffff", "8000000000000000", "0000000000000000", "7fffffffffffffff", ""]
    photos = [(f"{n}.jpg", Photo(f"{n}", perceptual_hash=text)) for n, text in enumerate(hashes)]
    add(library, root, photos)
    ids, found = library.perceptual_hashes()
    assert found.dtype == np.uint64
    assert [f"{value:016x}" for value in found.tolist()] == hashes[:4]
    assert len(ids) == 4


# --- info and verify -------------------------------------------------------------------


def test_info_counts_by_state_model_and_root(library: Library, root: Root, tmp_path: Path) -> None:
    add(library, root, [*letters("abc"), *letters("a", "copy/")])
    library.record_inventory(root.id, [entry("new.jpg"), entry("bad.jpg")], [])
    library.save_outcomes(MODEL, [refused(library.pending_files([root.id])[1])])
    stamps = library.file_stamps(root.id)
    library.record_inventory(root.id, [], [stamps["c.jpg"].file_id])
    library.add_root(folder(tmp_path / "empty"))
    library.vectors(MODEL)

    info = library.info()
    assert info.files == FileCounts(pending=1, indexed=3, quarantined=1, missing=1)
    assert info.contents == 2
    assert info.photo_bytes == 3 * 101
    (model,) = info.models
    assert (model.model_id, model.state, model.vectors) == (MODEL, "active", 3)
    assert (model.contents, model.total) == (2, 2)
    assert [one.files.scanned for one in info.roots] == [5, 0]
    assert info.database_bytes > 0
    assert info.vectors_bytes > 0


def test_verify_proves_the_sum(library: Library, root: Root) -> None:
    add(library, root, letters("abc"))
    report = library.verify()
    assert report.is_complete
    assert (report.scanned, report.indexed, report.quarantined) == (3, 3, 0)
    library.record_inventory(root.id, [entry("d.jpg")], [])
    report = library.verify()
    assert not report.is_complete
    assert [(p.code, p.count, p.samples) for p in report.problems] == [
        ("pending", 1, (str(root.path / "d.jpg"),))
    ]


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        ("DELETE FROM embeddings WHERE id = 1", "no-vectors"),
        ("UPDATE embeddings SET vector = zeroblob(32) WHERE id = 2", "bad-vector"),
        ("UPDATE embeddings SET vector = x'00' WHERE id = 2", "bad-vector"),
        ("UPDATE contents SET present = 7 WHERE id = 1", "counter"),
        ("DELETE FROM pages WHERE content_id = 1", "orphan-content"),
        ("UPDATE files SET content_id = NULL WHERE id = 1", "no-content"),
        ("UPDATE files SET state = 'quarantined' WHERE id = 1", "no-reason"),
        ("DELETE FROM contents WHERE id = 3", "foreign-key"),
        ("DELETE FROM roots", "foreign-key"),
    ],
)
def test_verify_sees_damage(
    library: Library, root: Root, home: HomePaths, damage: str, code: str
) -> None:
    add(library, root, letters("abc"))
    with sqlite3.connect(home.database) as connection:
        connection.execute(damage)
    connection.close()
    report = library.verify()
    assert not report.is_complete
    assert code in {problem.code for problem in report.problems}


# --- forget ----------------------------------------------------------------------------


def test_forgetting_a_file_lets_go_of_all_that_was_known(library: Library, root: Root) -> None:
    ids = add(library, root, letters("ab"))
    library.tag([ids["a.jpg"]], "mine")
    library.add_to_album("Best", list(ids.values()))
    assert library.forget(root.path / "a.jpg") == ForgottenCounts(1, 1, 1, (hash_of("a"),))
    assert library.content_of(root.path / "a.jpg") is None
    assert library.all_tags() == []
    assert library.albums() == [Album("Best", 1)]
    assert library.roots() == [root]
    assert library.verify().is_complete
    with pytest.raises(NotInLibrary):
        library.forget(root.path / "a.jpg")


def test_forgetting_a_folder_takes_what_lies_below_it(library: Library, root: Root) -> None:
    add(library, root, [*letters("ab", "in/"), *letters("c", "in/deep/"), *letters("d", "in b/"),
                        *letters("e", "i/"), *letters("a")])  # fmt: skip
    counts = library.forget(root.path / "in")
    assert (counts.files, counts.contents, counts.vectors) == (3, 2, 2)
    assert set(counts.hashes) == {hash_of("b"), hash_of("c")}, "a.jpg has another copy"
    assert set(library.file_stamps(root.id)) == {"in b/d.jpg", "i/e.jpg", "a.jpg"}


def test_a_missing_copy_keeps_its_content(library: Library, root: Root) -> None:
    add(library, root, [*letters("a"), *letters("a", "copy/")])
    library.record_inventory(root.id, [], [library.file_stamps(root.id)["copy/a.jpg"].file_id])
    assert library.forget(root.path / "a.jpg").contents == 0
    assert library.forget_unused().contents == 0
    assert library.forget(root.path / "copy").contents == 1


@pytest.mark.parametrize("above", [False, True])
def test_forgetting_a_root_takes_the_root(library: Library, root: Root, above: bool) -> None:
    add(library, root, letters("ab"))
    counts = library.forget(root.path.parent if above else root.path)
    assert (counts.files, counts.contents) == (2, 2)
    assert library.roots() == []
    assert library.info().files == FileCounts()
    with pytest.raises(NotInLibrary):
        library.forget(root.path)


# --- tags, albums, saved searches, votes, settings -------------------------------------


def test_tags_have_a_source_and_ignore_case(library: Library, root: Root) -> None:
    ids = add(library, root, letters("ab"))
    a, b = ids["a.jpg"], ids["b.jpg"]
    library.tag([a, b, 999], " Beach ")
    library.tag([a], "beach", source=MODEL, probability=0.7)
    library.set_tags(MODEL, [(b, [("dog", 0.9), ("cat", 0.2)])])
    assert library.tags_of([a, b]) == {
        a: (Tag("Beach", MODEL, 0.7), Tag("Beach", "user", None)),
        b: (Tag("dog", MODEL, 0.9), Tag("cat", MODEL, 0.2), Tag("Beach", "user", None)),
    }
    assert library.all_tags() == [("Beach", 2), ("cat", 1), ("dog", 1)]
    library.untag([a, b], "BEACH")
    library.set_tags(MODEL, [(b, [])])
    assert library.tags_of([a, b]) == {a: (Tag("Beach", MODEL, 0.7),)}


def test_albums(library: Library, root: Root) -> None:
    ids = add(library, root, letters("ab"))
    library.add_to_album("Best of", [ids["a.jpg"]])
    library.add_to_album("best OF ", [ids["a.jpg"], ids["b.jpg"], 999])
    assert library.albums() == [Album("Best of", 2)]
    library.remove_from_album("best of", [ids["a.jpg"]])
    found = library.filter_contents(Filters(album="BEST OF"))
    assert found is not None
    assert found.tolist() == [ids["b.jpg"]]
    assert library.details(ids["b.jpg"]).albums == ("Best of",)
    assert library.delete_album("best of")
    assert not library.delete_album("best of")
    assert contents(library, root, ["b.jpg"]) == {"b.jpg": ids["b.jpg"]}


def test_saved_searches_say_what_is_new(library: Library, root: Root) -> None:
    hits = list(add(library, root, letters("abc")).values())
    library.save_search("dogs", '{"text": "a dog"}')
    assert library.new_hits("dogs", hits) == tuple(hits)
    library.mark_seen("dogs", hits[:2])
    assert library.new_hits("dogs", hits) == (hits[2],)
    assert library.saved_searches() == [SavedSearch("dogs", '{"text": "a dog"}', 2)]
    library.save_search("dogs", "{}")
    assert library.new_hits("dogs", hits) == tuple(hits)
    assert library.delete_search("dogs")
    assert library.saved_searches() == []


def test_votes_can_be_changed_and_taken_back(library: Library, root: Root) -> None:
    a, b = add(library, root, letters("ab")).values()
    library.vote("a dog", a, 1)
    library.vote("a dog", b, 1)
    library.vote("a dog", b, -1)
    assert library.votes("a dog") == {a: 1, b: -1}
    library.vote("a dog", a, 0)
    assert library.votes("a dog") == {b: -1}
    assert library.votes("a cat") == {}


def test_settings_hold_what_json_can_say(library: Library) -> None:
    assert library.get_setting("columns", 3) == 3
    library.set_setting("columns", [1, "zwei", {"drei": None}])
    assert library.get_setting("columns") == [1, "zwei", {"drei": None}]
    library.set_setting("columns", None)
    assert library.get_setting("columns") is None
