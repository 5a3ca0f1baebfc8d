"""Objects of pictures over a real library: kept, undone, moved, forgotten without a trace."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.flow.engine.conftest import drive
from tests.flow.ground.objectmaking import SIZE, as_said, everything, picture, ring, same, thing
from tests.flow.store.store_builders import Photo, add, folder, hash_of, spec
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import NotInLibrary
from vlm_desktop.base.grounding import GroundObject, GroundPicture, ObjectState
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.engine.ground.keeping import KeptObjects, free_number
from vlm_desktop.store.following import WrittenPhoto
from vlm_desktop.store.library import Library


@pytest.fixture
def home(tmp_path: Path) -> HomePaths:
    return HomePaths(tmp_path / "home")


@pytest.fixture
def library(home: HomePaths) -> Iterator[Library]:
    with Library.open(home) as opened:
        opened.begin_model(spec())
        yield opened


@pytest.fixture
def keeping(library: Library) -> KeptObjects:
    return KeptObjects(lambda: library, lambda: (Path("older.sqlite3"),))


def seen(path: Path, content_hash: str = "h1") -> GroundPicture:
    return GroundPicture(path, content_hash, SIZE, np.zeros((30, 40, 3), np.uint8))


def test_everything_of_an_object_comes_back(
    keeping: KeptObjects, library: Library, home: HomePaths, tmp_path: Path
) -> None:
    made = picture(tmp_path / "a.jpg", everything())
    assert keeping.save(made).objects == ()
    assert same(keeping.objects(seen(made.path)), made)
    library.close()
    with Library.open(home) as again:
        kept = KeptObjects(lambda: again, tuple).of_hash("h1")
    assert kept is not None
    assert same(kept, made)


def test_a_correction_that_comes_while_it_is_saved_waits_and_finds_it(
    keeping: KeptObjects, tmp_path: Path
) -> None:
    made = picture(tmp_path / "a.jpg", (thing(1),))

    def correct() -> None:
        keeping.revise(made, lambda now: [replace(one, label="better") for one in now])

    correcting = threading.Thread(target=correct)

    def finish(objects: Sequence[GroundObject]) -> Sequence[GroundObject]:
        correcting.start()
        correcting.join(0.1)
        assert correcting.is_alive()
        return objects

    keeping.save(made, since=replace(made, objects=()), finish=finish)
    correcting.join()
    kept = keeping.of_hash("h1")
    assert kept is not None
    assert [one.label for one in kept.objects] == ["better"]


def test_what_save_gives_back_undoes_it(keeping: KeptObjects, tmp_path: Path) -> None:
    first = picture(tmp_path / "a.jpg", everything())
    second = picture(tmp_path / "a.jpg", [thing(9)])
    nothing = keeping.save(first)
    before = keeping.save(second)
    assert same(before, first)
    redo = keeping.save(before)
    assert same(redo, second)
    assert same(keeping.objects(seen(first.path)), first)
    keeping.save(nothing)
    assert keeping.of_hash("h1") is None
    assert keeping.pictures() == ()


def test_what_came_in_the_meantime_stays(keeping: KeptObjects, tmp_path: Path) -> None:
    shown = picture(tmp_path / "a.jpg", [thing(1), thing(2, "dog")])
    keeping.save(shown)
    proposed = [thing(3, "cat", source="owl"), thing(4, "hat", source="owl")]
    keeping.revise(shown, lambda now: (*now, *proposed))
    wanted = picture(shown.path, [thing(1, "mug"), thing(3, "drawn")])
    for _ in range(2):  # a second time it is the same
        before = keeping.save(wanted, since=shown)
        kept = keeping.of_hash("h1")
        assert kept is not None
        assert [(one.number, one.label) for one in kept.objects] == [
            (1, "mug"), (3, "drawn"), (5, "cat"), (4, "hat"),
        ]  # fmt: skip
        keeping.save(before, since=wanted)
        kept = keeping.of_hash("h1")
        assert kept is not None
        assert sorted(one.label for one in kept.objects) == ["cat", "cup", "dog", "hat"]
        keeping.save(picture(shown.path, [*shown.objects, *proposed]))


def test_a_save_that_cannot_be_keeps_what_there_was(keeping: KeptObjects, tmp_path: Path) -> None:
    first = picture(tmp_path / "a.jpg", everything())
    keeping.save(first)
    with pytest.raises(Exception, match="UNIQUE"):
        keeping.save(picture(first.path, [thing(1), thing(1)]))
    wrong = replace(ring(), size=type(SIZE)(3, 3))
    with pytest.raises(ValueError, match="a mask of"):
        keeping.save(picture(first.path, [thing(1), thing(2, mask=wrong)]))
    assert same(keeping.objects(seen(first.path)), first)


def test_objects_follow_a_file_that_moves(keeping: KeptObjects, tmp_path: Path) -> None:
    old, new = tmp_path / "alt.jpg", tmp_path / "neu \udcff.jpg"
    old.write_bytes(b"x")
    keeping.save(picture(old, everything()))
    assert keeping.objects(seen(new)).path == new
    (kept,) = keeping.pictures()
    assert kept.path == old, "a copy does not take them away"
    old.unlink()
    keeping.objects(seen(new))
    (kept,) = keeping.pictures()
    assert kept.path == new
    assert keeping.at(new) is not None
    assert keeping.at(old) is None


def test_a_picture_is_found_where_the_library_knows_it(
    keeping: KeptObjects, library: Library, tmp_path: Path
) -> None:
    root = library.add_root(folder(tmp_path / "photos"))
    add(library, root, [("b.jpg", Photo("b"))])
    keeping.save(picture(tmp_path / "gone.jpg", [thing(1)], hash_of("b")))
    (kept,) = keeping.pictures()
    assert keeping.lies_at(kept) == tmp_path / "gone.jpg"
    (root.path / "b.jpg").write_bytes(b"b")
    assert keeping.lies_at(kept) == root.path / "b.jpg"


def test_pictures_are_listed_by_state(keeping: KeptObjects, tmp_path: Path) -> None:
    keeping.save(picture(tmp_path / "a.jpg", everything()))
    keeping.save(picture(tmp_path / "b.jpg", [thing(1, "cup"), thing(2, "cup")], "h2"))
    latest, first = keeping.pictures()
    assert (latest.content_hash, latest.accepted, latest.labels) == ("h2", 2, ("cup",))
    assert (first.proposed, first.accepted, first.rejected) == (1, 2, 1)
    assert first.labels == ("rote Tasse", "", "no box")
    assert first.doubt == pytest.approx(0.25)
    assert [one.content_hash for one in keeping.pictures(ObjectState.PROPOSED)] == ["h1"]
    assert keeping.labels() == ("cup", "no box", "rote Tasse")


def test_judging_changes_only_what_is_named(keeping: KeptObjects, tmp_path: Path) -> None:
    made = picture(tmp_path / "a.jpg", everything())
    keeping.save(made)
    before = keeping.judge("h1", [1, 99], ObjectState.ACCEPTED)
    assert before is not None
    assert same(before, made)
    kept = keeping.of_hash("h1")
    assert kept is not None
    states = {one.number: one.state for one in kept.objects}
    assert states == {
        3: ObjectState.ACCEPTED, 1: ObjectState.ACCEPTED,
        7: ObjectState.REJECTED, 8: ObjectState.ACCEPTED,
    }  # fmt: skip
    assert keeping.judge("nowhere", [1], ObjectState.ACCEPTED) is None
    assert free_number(kept.objects) == 9


def _save_and_hang(home: Path, path: Path) -> None:
    library = Library.open(HomePaths(home))
    keeping = KeptObjects(lambda: library, tuple)
    keeping.save(picture(path, everything()))

    def hang(objects: tuple[GroundObject, ...]) -> list[GroundObject]:
        os.kill(os.getpid(), signal.SIGKILL)
        return list(objects)[:1]

    keeping.revise(picture(path, ()), hang)


def test_a_kill_in_the_middle_of_a_save_loses_nothing(tmp_path: Path) -> None:
    home, path = tmp_path / "home", tmp_path / "a.jpg"
    child = multiprocessing.get_context("spawn").Process(target=_save_and_hang, args=(home, path))
    child.start()
    child.join(30)
    assert child.exitcode == -signal.SIGKILL
    with Library.open(HomePaths(home)) as library:
        kept = library.picture_objects("h1")
    assert kept is not None
    assert [as_said(one) for one in kept.objects] == [as_said(one) for one in everything()]


# --- the library around it ---------------------------------------------------------------


def test_objects_follow_a_picture_the_program_writes(
    keeping: KeptObjects, library: Library, tmp_path: Path
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"x")
    keeping.save(picture(path, everything(), hash_of("a")))
    library.follow_written(WrittenPhoto(path, hash_of("a"), hash_of("b"), 1, 1, 0, "alt", ""))
    assert keeping.of_hash(hash_of("a")) is None
    kept = keeping.of_hash(hash_of("b"))
    assert kept is not None
    assert len(kept.objects) == len(everything())
    copy = tmp_path / "copy.jpg"
    library.follow_written(WrittenPhoto(copy, hash_of("b"), hash_of("c"), 1, 1, 0, "alt", ""))
    assert keeping.of_hash(hash_of("b")) is not None, "the first file still has the old bytes"
    kept = keeping.of_hash(hash_of("c"))
    assert kept is not None
    assert kept.path == copy


_SECRETS = (b"Zyxwvut", b"Geheimwort", b"quellenmodell", b"verborgen.jpg", b"Batchname")


def secret(keeping: KeptObjects, library: Library, path: Path, content_hash: str) -> None:
    one = thing(
        1, "Zyxwvut", mask=ring(), source="quellenmodell", expressions=("Geheimwort",)
    )  # fmt: skip
    keeping.save(picture(path, [one], content_hash))
    batch = library.new_label_batch(
        "Batchname", ["Geheimwort"], [path], model_id="m", with_masks=False
    )
    library.finish_labelled(batch.id, path, content_hash, found=1)


def holding(home: HomePaths) -> set[bytes]:
    stored = [path.read_bytes() for path in home.home.rglob("*") if path.is_file()]
    return {trace for trace in _SECRETS for content in stored if trace in content}


@pytest.mark.parametrize("everywhere", [False, True])
def test_forgetting_objects_leaves_no_byte(
    keeping: KeptObjects, library: Library, home: HomePaths, tmp_path: Path, everywhere: bool
) -> None:
    secret(keeping, library, tmp_path / "verborgen.jpg", "h1")
    keeping.save(picture(tmp_path / "other.jpg", everything(), "h2"))
    assert holding(home) == set(_SECRETS), "the test would prove nothing"
    _, gone = drive(keeping.forget(None if everywhere else ["h1"], CancelToken()))
    assert (gone.pictures, gone.objects) == ((2, 5) if everywhere else (1, 1))
    assert gone.clean
    assert gone.other_copies == (Path("older.sqlite3"),)
    assert holding(home) == set()
    assert len(keeping.pictures()) == (0 if everywhere else 1)


@pytest.mark.parametrize("indexed", [False, True])
def test_forgetting_a_folder_forgets_its_objects(
    keeping: KeptObjects, library: Library, home: HomePaths, tmp_path: Path, indexed: bool
) -> None:
    root = library.add_root(folder(tmp_path / "photos"))
    if indexed:
        add(library, root, [("verborgen.jpg", Photo("a"))])
    secret(keeping, library, root.path / "verborgen.jpg", hash_of("a"))
    counts = library.forget(root.path)
    assert counts.objects == 1
    library.scrub()
    assert holding(home) == set()


def test_forgetting_a_content_forgets_objects_seen_elsewhere(
    keeping: KeptObjects, library: Library, tmp_path: Path
) -> None:
    root = library.add_root(folder(tmp_path / "photos"))
    add(library, root, [("a.jpg", Photo("a"))])
    keeping.save(picture(tmp_path / "elsewhere.jpg", [thing(1)], hash_of("a")))
    assert library.forget(root.path / "a.jpg").objects == 1


def test_forgetting_one_of_two_copies_leaves_the_objects_to_the_other(
    keeping: KeptObjects, library: Library, tmp_path: Path
) -> None:
    root = library.add_root(folder(tmp_path / "photos"))
    add(library, root, [("a.jpg", Photo("a")), ("b.jpg", Photo("a"))])
    keeping.save(picture(root.path / "a.jpg", [thing(1)], hash_of("a")))
    assert library.forget(root.path / "a.jpg").objects == 0
    (kept,) = keeping.pictures()
    assert kept.path == root.path / "b.jpg"
    assert library.forget(root.path / "b.jpg").objects == 1


def test_what_is_unknown_cannot_be_forgotten(
    keeping: KeptObjects, library: Library, tmp_path: Path
) -> None:
    keeping.save(picture(tmp_path / "a.jpg", everything()))
    with pytest.raises(NotInLibrary):
        library.forget(tmp_path / "b.jpg")
    assert len(keeping.pictures()) == 1


def test_a_removed_folder_takes_no_objects_with_it(
    keeping: KeptObjects, library: Library, tmp_path: Path
) -> None:
    """Taking a folder out of the search is no wish to lose work."""
    root = library.add_root(folder(tmp_path / "photos"))
    add(library, root, [("a.jpg", Photo("a"))])
    keeping.save(picture(root.path / "a.jpg", everything(), hash_of("a")))
    library.remove_root(root.path)
    while library.purge_removed() is not None:
        pass
    assert len(keeping.pictures()) == 1
