"""Roots, stamps, what is pending; moved, missing and offline files."""

import os
import sys
from pathlib import Path

import pytest

from tests.flow.store.store_builders import (
    MODEL,
    Photo,
    add,
    adopted,
    contents,
    entry,
    folder,
    indexed,
    refused,
)
from vlm_desktop.base.errors import NotInLibrary, Refusal
from vlm_desktop.store.library import Library
from vlm_desktop.store.records import INDEXED, MISSING, PENDING, QUARANTINED, Root


def test_new_files_are_pending_until_saved(library: Library, root: Root) -> None:
    counts = library.record_inventory(root.id, [entry("a.jpg"), entry("in/b.jpg")], [])
    assert (counts.new, counts.changed, counts.revived, counts.missing) == (2, 0, 0, 0)

    pending = library.pending_files([root.id])
    assert [file.path for file in pending] == [root.path / "a.jpg", root.path / "in" / "b.jpg"]
    library.save_outcomes(MODEL, [indexed(pending[0], Photo("a")), refused(pending[1])])

    states = {name: stamp.state for name, stamp in library.file_stamps(root.id).items()}
    assert states == {"a.jpg": INDEXED, os.path.join("in", "b.jpg"): QUARANTINED}
    assert library.pending_files([root.id]) == []
    assert [(q.path, q.reason, q.detail) for q in library.quarantine()] == [
        (root.path / "in" / "b.jpg", Refusal.CORRUPT, "as it is")
    ]


def test_pending_files_page_by_id_and_by_root(library: Library, root: Root, tmp_path: Path) -> None:
    other = library.add_root(folder(tmp_path / "other"))
    library.record_inventory(root.id, [entry(f"{n}.jpg") for n in range(5)], [])
    library.record_inventory(other.id, [entry("x.jpg")], [])
    first = library.pending_files([root.id], limit=3)
    rest = library.pending_files([root.id], after_id=first[-1].file_id, limit=3)
    assert [file.path.name for file in first + rest] == [f"{n}.jpg" for n in range(5)]
    assert [file.path.name for file in library.pending_files([root.id, other.id])][-1] == "x.jpg"
    assert library.pending_files([]) == []


def test_a_stamp_is_the_one_the_decoder_saw(library: Library, root: Root) -> None:
    library.record_inventory(root.id, [entry("a.jpg", mtime=1)], [])
    (file,) = library.pending_files([root.id])
    library.save_outcomes(MODEL, [indexed(file, Photo("a"), mtime=9)])
    assert library.file_stamps(root.id)["a.jpg"].mtime_ns == 9


def test_the_same_folder_is_one_root(library: Library, root: Root) -> None:
    assert library.add_root(root.path) == root
    assert library.roots() == [root]


def test_a_moved_file_keeps_its_content(library: Library, root: Root) -> None:
    before = add(library, root, [("a.jpg", Photo("a"))])["a.jpg"]
    stamp = library.file_stamps(root.id)["a.jpg"]

    library.record_inventory(root.id, [entry("new/a.jpg")], [stamp.file_id])
    (file,) = library.pending_files([root.id])
    assert library.hashes_by_size([file.size], MODEL) == {
        file.size: frozenset({Photo("a").decoded(file).content_hash})
    }
    library.save_outcomes(MODEL, [adopted(file, "a")])

    assert library.content_of(root.path / "new" / "a.jpg") == before
    assert library.locate([before])[before].path == root.path / "new" / "a.jpg"
    assert len(library.vectors(MODEL)) == 1
    assert library.hidden_contents().tolist() == []


def test_a_missing_file_is_hidden_and_comes_back_without_work(library: Library, root: Root) -> None:
    ids = add(library, root, [("a.jpg", Photo("a")), ("b.jpg", Photo("b"))])
    gone = library.file_stamps(root.id)["a.jpg"].file_id

    assert library.record_inventory(root.id, [], [gone]).missing == 1
    assert library.hidden_contents().tolist() == [ids["a.jpg"]]
    assert library.file_stamps(root.id)["a.jpg"].state == MISSING
    assert library.record_inventory(root.id, [], [gone]).missing == 0

    counts = library.record_inventory(root.id, [entry("a.jpg")], [])
    assert (counts.new, counts.revived, counts.changed) == (0, 1, 0)
    assert library.pending_files([root.id]) == []
    assert library.hidden_contents().tolist() == []
    assert contents(library, root, ["a.jpg"]) == {"a.jpg": ids["a.jpg"]}


def test_a_missing_file_that_came_back_changed_is_pending(library: Library, root: Root) -> None:
    add(library, root, [("a.jpg", Photo("a"))])
    library.record_inventory(root.id, [], [library.file_stamps(root.id)["a.jpg"].file_id])
    library.record_inventory(root.id, [entry("a.jpg", mtime=2)], [])
    assert library.file_stamps(root.id)["a.jpg"].state == PENDING


def test_a_copy_keeps_the_content_visible(library: Library, root: Root) -> None:
    ids = add(library, root, [("a.jpg", Photo("a")), ("copy.jpg", Photo("a"))])
    assert ids["a.jpg"] == ids["copy.jpg"]
    library.record_inventory(root.id, [], [library.file_stamps(root.id)["a.jpg"].file_id])
    assert library.hidden_contents().tolist() == []
    assert library.locate([ids["a.jpg"]])[ids["a.jpg"]].path.name == "copy.jpg"


def test_a_changed_file_takes_its_new_content(library: Library, root: Root) -> None:
    old = add(library, root, [("a.jpg", Photo("a"))])["a.jpg"]
    assert library.record_inventory(root.id, [entry("a.jpg", mtime=2)], []).changed == 1
    assert library.hidden_contents().tolist() == [], "the old picture stays until the new is read"
    (file,) = library.pending_files([root.id])
    library.save_outcomes(MODEL, [indexed(file, Photo("other"), mtime=2)])
    assert library.content_of(root.path / "a.jpg") != old
    assert library.hidden_contents().tolist() == [old]


def test_quarantine_is_retried_only_after_a_change(library: Library, root: Root) -> None:
    library.record_inventory(root.id, [entry("a.jpg")], [])
    (file,) = library.pending_files([root.id])
    library.save_outcomes(MODEL, [refused(file)])

    assert library.record_inventory(root.id, [], []).retried == 0
    assert library.pending_files([root.id]) == []
    library.record_inventory(root.id, [], [file.file_id])
    library.record_inventory(root.id, [entry("a.jpg")], [])
    assert library.file_stamps(root.id)["a.jpg"].state == QUARANTINED, "gone and back, the same"

    library.record_inventory(root.id, [entry("a.jpg", mtime=2)], [])
    assert len(library.pending_files([root.id])) == 1


@pytest.mark.parametrize("reason", [Refusal.VANISHED, Refusal.CHANGING, Refusal.UNREADABLE])
def test_transient_refusals_are_tried_again(library: Library, root: Root, reason: Refusal) -> None:
    library.record_inventory(root.id, [entry("a.jpg")], [])
    (file,) = library.pending_files([root.id])
    library.save_outcomes(MODEL, [refused(file, reason, mtime=0)])
    assert library.file_stamps(root.id)["a.jpg"].mtime_ns == 1, "an unread stamp changes nothing"
    assert library.record_inventory(root.id, [], []).retried == 1
    assert len(library.pending_files([root.id])) == 1


def test_retry_by_hand(library: Library, root: Root) -> None:
    library.record_inventory(root.id, [entry("a.jpg"), entry("b.jpg")], [])
    library.save_outcomes(MODEL, [refused(file) for file in library.pending_files([root.id])])
    assert library.retry(root.path / "a.jpg") == 1
    with pytest.raises(NotInLibrary):
        library.retry(root.path / "a.jpg")
    assert library.retry() == 1
    assert len(library.pending_files([root.id])) == 2


def test_a_changed_sidecar_asks_for_reading_anew(library: Library, root: Root) -> None:
    add(library, root, [("a.jpg", Photo("a"))])
    library.record_inventory(root.id, [entry("a.jpg", sidecar=5)], [])
    (file,) = library.pending_files([root.id])
    assert file.reread
    library.save_outcomes(MODEL, [indexed(file, Photo("a"))])

    moved = library.file_stamps(root.id)["a.jpg"].file_id
    library.record_inventory(root.id, [entry("in/a.jpg", sidecar=5)], [moved])
    (file,) = library.pending_files([root.id])
    assert not file.reread, "the sidecar moved along"
    library.save_outcomes(MODEL, [adopted(file, "a")])

    library.record_inventory(root.id, [entry("in/a.jpg")], [])
    assert library.pending_files([root.id])[0].reread, "the sidecar went"


def test_an_absent_root_is_offline_and_hides_nothing(
    library: Library, root: Root, tmp_path: Path
) -> None:
    ids = add(library, root, [("a.jpg", Photo("a"))])
    root.path.rename(tmp_path / "unplugged")
    assert [one.online for one in library.roots()] == [False]
    located = library.locate(list(ids.values()))[ids["a.jpg"]]
    assert (located.online, located.state) == (False, INDEXED)
    assert library.hidden_contents().tolist() == []
    assert library.contents_without_ocr() == [], "nothing can be read there now"

    (tmp_path / "unplugged").rename(root.path)
    assert library.locate(list(ids.values()))[ids["a.jpg"]].online


def test_locate_prefers_an_online_root(library: Library, root: Root, tmp_path: Path) -> None:
    content = add(library, root, [("a.jpg", Photo("a"))])["a.jpg"]
    second = library.add_root(folder(tmp_path / "second"))
    add(library, second, [("b.jpg", Photo("a"))])
    assert library.locate([content])[content].path.name == "a.jpg"
    root.path.rename(tmp_path / "unplugged")
    assert library.locate([content])[content].path.name == "b.jpg"
    assert library.locate([999]) == {}


def test_an_empty_mount_point_is_offline(
    library: Library, root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vlm_desktop.store.volumes.volume_of", lambda _: "uuid:another")
    assert library.roots()[0].online, "it holds something, so it moved to another drive"
    (root.path / "present").unlink()
    assert not library.roots()[0].online


@pytest.mark.skipif(sys.platform != "linux", reason="file names need not be UTF-8 only there")
def test_a_name_that_is_not_utf8_comes_back_equal(library: Library, root: Root) -> None:
    name = os.fsdecode(b"caf\xe9/\xff\xfe.jpg")
    ids = add(library, root, [(name, Photo("a"))])
    assert list(library.file_stamps(root.id)) == [name]
    assert library.locate([ids[name]])[ids[name]].path == root.path / name
    assert [match.kind for match in library.search_text(["caf"], [])] == ["path"]


def test_a_folder_inside_a_root_is_that_root(library: Library, root: Root) -> None:
    assert library.add_root(root.path / "in") == root


def test_a_folder_around_a_root_takes_it_in(library: Library, root: Root, tmp_path: Path) -> None:
    ids = add(library, root, [("a.jpg", Photo("a")), ("in/b.jpg", Photo("b"))])
    beside = library.add_root(folder(tmp_path / "photos too"))
    outer = library.add_root(tmp_path)
    assert library.roots() == [outer], f"{beside} lies in it as well"
    assert set(library.file_stamps(outer.id)) == {
        os.path.join("photos", "a.jpg"),
        os.path.join("photos", "in", "b.jpg"),
    }
    assert library.content_of(root.path / "in" / "b.jpg") == ids["in/b.jpg"]
    assert library.verify().is_complete


def test_what_is_left_can_be_counted(library: Library, root: Root) -> None:
    ids = add(library, root, [("a.jpg", Photo("a")), ("b.jpg", Photo("b"))])
    library.record_inventory(root.id, [entry("c.jpg"), entry("d.jpg")], [])
    library.save_ocr([(ids["a.jpg"], 0, "")])
    library.drop_vectors(MODEL, [ids["b.jpg"]])
    assert library.count_pending([root.id]) == 2
    assert library.count_pending([]) == 0
    assert library.count_without_ocr() == 1
    assert library.count_without_vectors(MODEL) == 1
    library.forget(root.path / "b.jpg")
    assert (library.count_without_ocr(), library.count_without_vectors(MODEL)) == (0, 0)
