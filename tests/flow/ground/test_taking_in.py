"""Importing over real pictures: which ones are found, which are refused, and what that leads to."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.flow.engine.conftest import drive
from tests.flow.ground.objectmaking import thing
from vlm_desktop import strings
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled
from vlm_desktop.base.groundexports import ObjectsImported
from vlm_desktop.base.grounding import ObjectState, PictureObjects
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.types import Box, DecodedFile, DecodeRequest, Size
from vlm_desktop.engine.ground.exporting import GroundExports
from vlm_desktop.engine.ground.keeping import KeptObjects
from vlm_desktop.engine.ground.objectpixels import ObjectPixels
from vlm_desktop.engine.viewing import Viewer
from vlm_desktop.store.library import Library


class Desk:
    def __init__(self, tmp_path: Path, exports_of: Callable[[KeptObjects], GroundExports]) -> None:
        self.folder = tmp_path / "data"
        self.folder.mkdir()
        self.library = Library.open(HomePaths(tmp_path / "home"))
        self.keeping = KeptObjects(lambda: self.library, tuple)
        self.exports = exports_of(self.keeping)
        self.opened: list[Path] = []
        self.watch(self.exports._viewer)

    def watch(self, viewer: Viewer) -> None:
        """Note which files are opened."""
        opened = self.opened

        class Noting(Viewer):
            def __init__(self) -> None:
                pass

            def decode(self, request: DecodeRequest, cancel: CancelToken) -> DecodedFile:
                opened.append(request.path)
                return viewer.decode(request, cancel)

        self.exports._viewer = Noting()
        self.exports._pixels = ObjectPixels(self.keeping, self.exports._viewer)

    def shot(self, path: Path, size: tuple[int, int] = (40, 30), orientation: int = 1) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng([*path.name.encode(), *size])
        image = Image.fromarray(rng.integers(0, 255, (size[1], size[0], 3), np.uint8))
        exif = Image.Exif()
        exif[0x0112] = orientation
        image.save(path, exif=exif)
        return path

    def coco(self, *names: str, size: tuple[int, int] = (40, 30), **more: object) -> Path:
        """A file of instances with a cup in each picture."""
        target = self.folder / "instances.json"
        images = [
            {"id": key, "file_name": name, "width": size[0], "height": size[1]}
            for key, name in enumerate(names)
        ]
        annotations = [
            {"id": key, "image_id": key, "category_id": 1, "bbox": [1, 2, 10, 12], **more}
            for key in range(len(names))
        ]
        said = {
            "images": images,
            "annotations": annotations,
            "categories": [{"id": 1, "name": "cup"}],
        }
        target.write_text(json.dumps(said))
        return target

    def take_in(self, source: Path, pictures_in: Path | None = None) -> ObjectsImported:
        verb = self.exports.take_in(source, CancelToken(), pictures_in=pictures_in)
        done: ObjectsImported = drive(verb)[1]
        return done


@pytest.fixture
def desk(tmp_path: Path, exports_of: Callable[[KeptObjects], GroundExports]) -> Iterator[Desk]:
    made = Desk(tmp_path, exports_of)
    yield made
    made.library.close()


def codes(done: ObjectsImported) -> dict[str, str]:
    return {one.code: one.detail for one in done.notes}


def test_pictures_are_found_beside_the_file_and_where_a_person_says(
    desk: Desk, tmp_path: Path
) -> None:
    desk.shot(desk.folder / "a.png")
    desk.shot(desk.folder / "images" / "deep" / "b.png")
    elsewhere = tmp_path / "elsewhere"
    desk.shot(elsewhere / "in" / "c.png")
    source = desk.coco("a.png", "train2017/b.png", "c.png", "gone.png")
    done = desk.take_in(source)
    assert (done.pictures, done.absent) == (2, ("c.png", "gone.png"))
    assert codes(done) == {"pictures-absent": "2 (c.png, gone.png)"}
    done = desk.take_in(source, elsewhere)
    assert (done.pictures, done.added, done.known, done.absent) == (3, 1, 2, ("gone.png",))


def test_a_name_that_several_have_leads_nowhere(desk: Desk) -> None:
    for folder in ("x", "y"):
        desk.shot(desk.folder / "images" / folder / "a.png", (40, 30 if folder == "x" else 31))
    assert desk.take_in(desk.coco("z/a.png")).absent == ("z/a.png",)
    assert desk.take_in(desk.coco("x/a.png")).pictures == 1


def test_names_lead_nowhere_a_stranger_could_want(desk: Desk, tmp_path: Path) -> None:
    outside = desk.shot(tmp_path / "private" / "secret.png")
    done = desk.take_in(
        desk.coco(
            str(outside), "../private/secret.png", "..\\private\\secret.png", "C:\\secret.png",
            "//host/share/secret.png", "a\0.png", "x" * 5000 + ".png", "", "..", "/",
        )
    )  # fmt: skip
    assert done.pictures == 0
    assert desk.opened == []
    desk.keeping.save(PictureObjects(outside, "other", Size(40, 30), (thing(1),)))
    done = desk.take_in(desk.coco("C:\\Users\\x\\secret.png"))
    assert done.pictures == 1, "what a person has worked on is found by its name"


def test_masks_are_read_only_below_their_folder(desk: Desk, tmp_path: Path) -> None:
    desk.shot(desk.folder / "a.png")
    outside = tmp_path / "mask.png"
    Image.fromarray(np.full((30, 40), 255, np.uint8)).save(outside)
    (desk.folder / "link.png").symlink_to(outside)
    Image.fromarray(np.full((30, 40), 255, np.uint8)).save(desk.folder / "inside.png")
    said = {
        "format": "vlm-desktop-masks",
        "pictures": [
            {
                "name": "a.png",
                "size": [40, 30],
                "objects": [
                    {"label": "x", "mask": name}
                    for name in ("../mask.png", str(outside), "link.png", "inside.png", "a.png", 5)
                ],
            }
        ],
    }
    (desk.folder / "masks.json").write_text(json.dumps(said))
    done = desk.take_in(desk.folder)
    assert (done.added, codes(done)) == (2, {"objects-unreadable": "4 (a.png)"})
    assert outside not in desk.opened


def test_pictures_of_another_size_are_left_out(desk: Desk) -> None:
    desk.shot(desk.folder / "a.png")
    done = desk.take_in(desk.coco("a.png", size=(80, 60)))
    assert (done.pictures, codes(done)) == (0, {"pictures-other-size": "1 (a.png)"})
    (note,) = done.notes
    assert strings.notice(note.code, note.detail).endswith("left out: 1 (a.png).")


def test_sizes_are_those_of_the_upright_picture(desk: Desk) -> None:
    desk.shot(desk.folder / "a.jpg", (40, 30), orientation=6)
    assert codes(desk.take_in(desk.coco("a.jpg"))) == {"pictures-other-size": "1 (a.jpg)"}
    assert desk.take_in(desk.coco("a.jpg", size=(30, 40))).pictures == 1


def test_a_picture_that_cannot_be_read_costs_only_itself(desk: Desk) -> None:
    desk.shot(desk.folder / "a.png")
    (desk.folder / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    done = desk.take_in(desk.coco("bad.png", "a.png"))
    assert (done.pictures, codes(done)) == (1, {"pictures-unreadable": "1 (bad.png)"})


def test_what_a_person_accepted_is_not_written_over(desk: Desk) -> None:
    desk.shot(desk.folder / "a.png")
    source = desk.coco("a.png")
    assert desk.take_in(source).added == 1
    (kept,) = desk.keeping.pictures()
    mine = desk.keeping.of_hash(kept.content_hash)
    assert mine is not None
    moved = thing(1, "cup", box=Box(1, 2, 12, 15), expressions=("my cup",))
    desk.keeping.save(PictureObjects(mine.path, mine.content_hash, mine.size, (moved,)))
    done = desk.take_in(source)
    assert (done.added, done.offered, done.known) == (0, 1, 0)
    after = desk.keeping.of_hash(kept.content_hash)
    assert after is not None
    assert [(one.box, one.state) for one in after.objects] == [
        (moved.box, ObjectState.ACCEPTED), (Box(1, 2, 11, 14), ObjectState.PROPOSED),
    ]  # fmt: skip
    assert [one.content_hash for one in desk.keeping.pictures(ObjectState.PROPOSED)] != []


def test_a_cancelled_import_keeps_what_was_done(desk: Desk) -> None:
    for name in ("a.png", "b.png"):
        desk.shot(desk.folder / name)
    cancel = CancelToken()
    verb = desk.exports.take_in(desk.coco("a.png", "b.png"), cancel)
    for _ in range(3):
        next(verb)
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(verb)
    assert len(desk.keeping.pictures()) == 1
