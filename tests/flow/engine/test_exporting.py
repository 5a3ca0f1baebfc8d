"""Hits leave the program: copies, list, table, contact sheet."""

import csv
import html.parser
import os
import shutil
import urllib.parse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import pytest
from PIL import Image

from tests.fakes import make_photo
from tests.flow.engine.conftest import drive
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import (
    Cancelled,
    DestinationNotWritable,
    DiskFull,
    MediaRefused,
    NotEnoughRoom,
    PhotoOffline,
)
from vlm_desktop.base.filework import ExportKind, ExportOptions, SheetWords
from vlm_desktop.base.types import PhotoChanges
from vlm_desktop.engine import contactsheet, exporting
from vlm_desktop.engine.exporting import ExportReport
from vlm_desktop.engine.services import AppServices

_SIDECAR = (
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'>"
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/></x:xmpmeta>"
)


@pytest.fixture
def library(services: AppServices, tmp_path: Path) -> AppServices:
    folder = tmp_path / "photos"
    make_photo(folder / "a" / "same.jpg", "red", seed=1)
    make_photo(folder / "b" / "Same.JPG", "blue", seed=2)
    make_photo(folder / "c" / "größe ½ 写真.jpg", "green", seed=3)
    (folder / "a" / "same.jpg.xmp").write_text(_SIDECAR)
    drive(services.index([folder], CancelToken()))
    return services


def ids(services: AppServices, *paths: Path) -> tuple[int, ...]:
    found = [services.library.content_of(path) for path in paths]
    return tuple(one for one in found if one is not None)


@pytest.fixture
def three(library: AppServices, tmp_path: Path) -> tuple[int, ...]:
    folder = tmp_path / "photos"
    return ids(
        library,
        folder / "a" / "same.jpg",
        folder / "b" / "Same.JPG",
        folder / "c" / "größe ½ 写真.jpg",
    )


def export(
    services: AppServices, content_ids: Sequence[int], options: ExportOptions
) -> ExportReport:
    return drive(services.exporting.export(content_ids, options, CancelToken()))[1]


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_copies_keep_apart_take_their_sidecar_and_can_be_undone(
    library: AppServices, three: tuple[int, ...], tmp_path: Path
) -> None:
    target = tmp_path / "out" / "hits"
    report = export(library, three, ExportOptions(ExportKind.COPIES, target))
    assert report.written == 3
    assert not report.problems
    assert names(target) == {
        "same.jpg",
        "same.jpg.xmp",
        "Same (2).JPG",
        "größe ½ 写真.jpg",
    }
    source = tmp_path / "photos" / "a" / "same.jpg"
    assert (target / "same.jpg").read_bytes() == source.read_bytes()
    assert (target / "same.jpg").stat().st_mtime_ns == source.stat().st_mtime_ns
    _, kept = drive(library.exporting.undo(report, CancelToken()))
    assert kept == ()
    assert not (tmp_path / "out").exists()
    assert source.exists()


def test_copies_never_cover_what_is_there_and_undo_spares_what_was_changed(
    library: AppServices, three: tuple[int, ...], tmp_path: Path
) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "SAME.jpg").write_bytes(b"mine")
    options = ExportOptions(ExportKind.COPIES, target, sidecars=False)
    report = export(library, three, options)
    assert names(target) == {"SAME.jpg", "same (2).jpg", "Same (3).JPG", "größe ½ 写真.jpg"}
    (target / "same (2).jpg").write_bytes(b"edited")
    _, kept = drive(library.exporting.undo(report, CancelToken()))
    assert kept == (target / "same (2).jpg",)
    assert names(target) == {"SAME.jpg", "same (2).jpg"}


def test_copies_can_be_numbered_in_the_order_of_the_hits(
    library: AppServices, three: tuple[int, ...], tmp_path: Path
) -> None:
    target = tmp_path / "out"
    export(library, three[::-1], ExportOptions(ExportKind.COPIES, target, numbered=True))
    found = sorted(names(target))
    assert found == ["001 größe ½ 写真.jpg", "002 Same.JPG", "003 same.jpg", "003 same.jpg.xmp"]


def test_what_cannot_be_read_is_left_out_and_named(
    library: AppServices, three: tuple[int, ...], tmp_path: Path
) -> None:
    gone = tmp_path / "photos" / "b" / "Same.JPG"
    gone.unlink()
    target = tmp_path / "out"
    report = export(library, three, ExportOptions(ExportKind.COPIES, target))
    assert report.written == 2
    assert [(one.path, type(one.error)) for one in report.problems] == [(gone, MediaRefused)]
    shutil.rmtree(tmp_path / "photos")
    offline = export(library, three, ExportOptions(ExportKind.COPIES, tmp_path / "later"))
    assert offline.written == 0
    assert {type(one.error) for one in offline.problems} == {PhotoOffline}


def test_too_little_room_is_told_before_and_a_full_disk_leaves_nothing(
    library: AppServices,
    three: tuple[int, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = tmp_path / "out"
    options = ExportOptions(ExportKind.COPIES, target)
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10))
    with pytest.raises(NotEnoughRoom):
        export(library, three, options)
    assert not target.exists()
    monkeypatch.undo()

    blocks = exporting._blocks

    def full(file: object, path: Path) -> object:
        if path.name == "Same.JPG":
            raise OSError(28, "No space left on device")
        return blocks(file, path)  # type: ignore[arg-type]

    monkeypatch.setattr(exporting, "_blocks", full)
    with pytest.raises(DiskFull):
        export(library, three, options)
    assert not target.exists()


def test_cancelling_leaves_nothing(
    library: AppServices, three: tuple[int, ...], tmp_path: Path
) -> None:
    target = tmp_path / "out"
    cancel = CancelToken()
    verb = library.exporting.export(three, ExportOptions(ExportKind.COPIES, target), cancel)
    next(verb)
    next(verb)
    assert names(target) == {"same.jpg", "same.jpg.xmp"}
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(verb)
    assert not target.exists()


def test_what_was_half_written_does_not_stay(
    library: AppServices,
    three: tuple[int, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target, cancel = tmp_path / "out", CancelToken()

    def half(file: BinaryIO, _: Path) -> Iterator[bytes]:
        yield file.read(10)
        cancel.cancel()
        yield b"more"

    monkeypatch.setattr(exporting, "_blocks", half)
    with pytest.raises(Cancelled):
        drive(
            library.exporting.export(three[-1:], ExportOptions(ExportKind.COPIES, target), cancel)
        )
    assert not target.exists()

    def full(file: BinaryIO, _: Path) -> Iterator[bytes]:
        yield file.read(10)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "_blocks", full)
    with pytest.raises(DiskFull):
        export(library, three, ExportOptions(ExportKind.COPIES, target))
    assert not target.exists()


@pytest.mark.parametrize("kind", [ExportKind.LIST, ExportKind.TABLE, ExportKind.SHEET])
def test_a_half_written_file_does_not_stay(
    library: AppServices, three: tuple[int, ...], tmp_path: Path, kind: ExportKind
) -> None:
    target, cancel = tmp_path / "out" / "file", CancelToken()
    verb = library.exporting.export(three * 40, ExportOptions(kind, target), cancel)
    next(verb)
    next(verb)
    assert target.exists()
    cancel.cancel()
    with pytest.raises(Cancelled):
        drive(verb)
    assert not target.parent.exists()


def test_a_target_that_may_not_be_written_is_told(
    library: AppServices, three: tuple[int, ...], tmp_path: Path
) -> None:
    there = tmp_path / "list.txt"
    there.write_text("mine")
    with pytest.raises(DestinationNotWritable):
        export(library, three, ExportOptions(ExportKind.LIST, there))
    assert there.read_text() == "mine"
    with pytest.raises(DestinationNotWritable):
        export(library, three, ExportOptions(ExportKind.COPIES, there / "out"))


def test_the_list_has_every_path_byte_for_byte(services: AppServices, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    plain = make_photo(folder / "one.jpg", "red")
    odd = make_photo(folder / "two.jpg", "blue").rename(folder / os.fsdecode(b"caf\xe9.jpg"))
    drive(services.index([folder], CancelToken()))
    target = tmp_path / "list.txt"
    report = export(services, ids(services, odd, plain), ExportOptions(ExportKind.LIST, target))
    assert report.written == 2
    assert target.read_bytes() == os.fsencode(f"{odd}\n{plain}\n")


def test_the_table_opens_in_spreadsheets_and_holds_no_formula(
    library: AppServices, three: tuple[int, ...], tmp_path: Path
) -> None:
    changes = PhotoChanges(
        title="=HYPERLINK(0)", caption='Äpfel, "rot"\n2', add_keywords=("+a", "b")
    )
    drive(library.photos.edit(three[:1], changes, CancelToken()))
    target = tmp_path / "hits.csv"
    report = export(library, three, ExportOptions(ExportKind.TABLE, target))
    assert report.written == 3
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["title"] == "'=HYPERLINK(0)"
    assert rows[0]["keywords"].startswith("'+a")
    assert rows[0]["caption"] == 'Äpfel, "rot"\n2'
    assert rows[2]["name"] == "größe ½ 写真.jpg"
    assert (rows[1]["width"], rows[1]["height"]) == ("96", "64")


class Page(html.parser.HTMLParser):
    """The pictures of a page and what it fetches from elsewhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.pictures: list[dict[str, str | None]] = []
        self.language = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "img":
            self.pictures.append(values)
        if tag == "html":
            self.language = str(values["lang"])
        assert tag not in ("script", "link", "iframe")


def test_the_contact_sheet_is_one_page_that_says_what_each_picture_shows(
    library: AppServices, three: tuple[int, ...], tmp_path: Path
) -> None:
    drive(library.photos.edit(three[:1], PhotoChanges(caption='A <red> "wall"'), CancelToken()))
    target = tmp_path / "sheet.html"
    words = SheetWords(title="Rot & <mehr>", count="3 Fotos", language="de")
    report = export(library, three, ExportOptions(ExportKind.SHEET, target, words=words))
    assert report.written == 3
    assert [one.path for one in report.made] == [target]
    text = target.read_text(encoding="utf-8")
    page = Page(text)
    assert page.language == "de"
    assert "Rot &amp; &lt;mehr&gt;" in text
    assert [one["alt"] for one in page.pictures] == [
        'A <red> "wall"',
        "Same.JPG",
        "größe ½ 写真.jpg",
    ]
    assert all(str(one["src"]).startswith("data:image/jpeg;base64,") for one in page.pictures)
    assert "http" not in text


def test_many_pictures_lie_beside_the_page(
    library: AppServices,
    three: tuple[int, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(contactsheet, "MOST_INSIDE", 2)
    target = tmp_path / "sheet #1 of 100%.html"
    report = export(library, three, ExportOptions(ExportKind.SHEET, target))
    page = Page(target.read_text(encoding="utf-8"))
    assert len(page.pictures) == 3
    for picture in page.pictures:
        address = urllib.parse.urlsplit(str(picture["src"]))
        assert not address.fragment
        with Image.open(target.parent / urllib.parse.unquote(address.path)) as image:
            assert image.format == "JPEG"
    _, kept = drive(library.exporting.undo(report, CancelToken()))
    assert kept == ()
    assert not target.exists()
    assert not (tmp_path / "sheet #1 of 100% pictures").exists()
