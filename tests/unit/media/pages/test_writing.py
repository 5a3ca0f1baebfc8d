"""Writing a page: whole or not at all, and nothing of it that was not planned."""

import errno
import os
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.unit.media.pages import pagemaking
from tests.unit.media.pages.pagemaking import (
    ONE,
    TWO,
    book,
    members,
    opened,
    planned,
    slides,
    word,
    written,
)
from vlm_desktop.base.altfileerrors import BackupThere
from vlm_desktop.base.altpages import PAGE_ENDINGS, PageFormat, PagePlan
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled, DestinationNotWritable, DiskFull
from vlm_desktop.base.pageerrors import (
    PageChanged,
    PageCheckFailed,
    PageDamaged,
    PageEncrypted,
    PageTooLarge,
    PageUnknown,
    PageUnreadable,
    PageWithEntities,
)
from vlm_desktop.media import replacing
from vlm_desktop.media.pages import opening, writing
from vlm_desktop.media.pages.writing import write_page


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "page.html"
    made.write_bytes(b"<p><img src=a>\n")
    return made


@pytest.fixture
def plan(path: Path) -> PagePlan:
    return planned(path, {"img:a#1": "new"})


def write(plan: PagePlan, **options: Any) -> Any:
    return write_page(plan, plan.path.parent / "copies", CancelToken(), **options)


def left_alone(path: Path) -> bool:
    """Whether the page is as it was, and nothing half written beside it."""
    names = {one.name for one in path.parent.iterdir()} - {"copies"}
    return path.read_bytes() == b"<p><img src=a>\n" and names == {"page.html"}


def test_a_backup_is_kept_on_request(path: Path, plan: PagePlan) -> None:
    path.chmod(0o640)
    done = write(plan, backup=True)
    assert path.read_bytes() == b'<p><img src=a alt="new">\n'
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert done.backup == path.with_name("page.html.original")
    assert done.backup.read_bytes() == b"<p><img src=a>\n"
    assert done.content_hash == opened(path).content_hash
    with pytest.raises(BackupThere):
        write(planned(path, {"img:a#1": "newer"}), backup=True)
    assert path.read_bytes() == b'<p><img src=a alt="new">\n'


def test_a_page_that_changed_is_not_written(path: Path, plan: PagePlan) -> None:
    path.write_bytes(b"<p><img src=a> \n")
    with pytest.raises(PageChanged):
        write(plan)
    assert path.read_bytes() == b"<p><img src=a> \n"


def test_a_page_that_changes_while_it_is_written_is_left_alone(
    path: Path, plan: PagePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*given: Any) -> None:
        path.write_bytes(b"theirs")

    monkeypatch.setattr(writing, "_check", meanwhile)
    with pytest.raises(PageChanged):
        write(plan)
    assert path.read_bytes() == b"theirs"


def test_a_read_only_page_is_left_alone(ordinary_user: Path) -> None:
    path = ordinary_user / "page.html"
    path.write_bytes(b"<p><img src=a>\n")
    made = planned(path, {"img:a#1": "new"})
    path.chmod(0o444)
    with pytest.raises(DestinationNotWritable):
        write(made)
    assert left_alone(path)


def test_what_the_system_forbids_is_said(
    path: Path, plan: PagePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *given, **more: False)
    with pytest.raises(DestinationNotWritable):
        write(plan)
    assert left_alone(path)


@pytest.mark.parametrize("where", ["fsync", "rename", "backup"])
def test_a_full_disk_leaves_the_page_alone(
    path: Path, plan: PagePlan, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def full(*given: Any, **more: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if where == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    elif where == "rename":
        monkeypatch.setattr(Path, "replace", full)
    else:
        monkeypatch.setattr(replacing.shutil, "copyfile", full)
    with pytest.raises(DiskFull):
        write(plan, backup=True)
    assert left_alone(path)


def test_what_does_not_read_back_is_not_written(
    path: Path, plan: PagePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = writing._applied
    for wrong in ("other text", "<img src=b>", 'alt="neu"'):
        monkeypatch.setattr(
            writing, "_applied", lambda text, splices, wrong=wrong: kept(text, splices) + wrong
        )
        with pytest.raises(PageCheckFailed):
            write(plan)
        assert left_alone(path)


def test_cancelling_leaves_the_page_alone(path: Path, plan: PagePlan) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        write_page(plan, path.parent / "copies", cancel)
    assert left_alone(path)


def test_a_link_stays_a_link(path: Path) -> None:
    link = path.with_name("link.html")
    link.symlink_to(path)
    written(link, "new")
    assert link.is_symlink()
    assert path.read_bytes() == b'<p><img src=a alt="new">\n'


def test_a_plan_without_edits_writes_nothing(path: Path) -> None:
    empty = planned(path, {})
    before = path.stat().st_mtime_ns
    assert write(empty).written == 0
    assert path.stat().st_mtime_ns == before


def test_large_unknown_and_absent_files_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(PageUnknown):
        opened(tmp_path / "a.txt")
    with pytest.raises(PageUnreadable):
        opened(tmp_path / "gone.html")
    (tmp_path / "a.html").write_text("x" * 100)
    monkeypatch.setitem(opening.MOST, PageFormat.HTML, 99)
    with pytest.raises(PageTooLarge):
        opened(tmp_path / "a.html")
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(PageUnreadable):
        opened(tmp_path / "folder.html")


def test_every_ending_has_a_limit() -> None:
    assert set(PAGE_ENDINGS.values()) == set(opening.MOST)


def test_an_archive_whose_other_members_would_change_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book(tmp_path / "a.epub")
    before = path.read_bytes()
    kept = writing.rewritten

    def careless(path: Path, data: bytes, changes: dict[str, bytes]) -> list[bytes]:
        return kept(path, data, {**changes, "OEBPS/pic ture.png": b"other"})

    monkeypatch.setattr(writing, "rewritten", careless)
    with pytest.raises(PageCheckFailed, match="ture"):
        written(path, "new")
    assert path.read_bytes() == before


# --- archives ----------------------------------------------------------------------------


@pytest.mark.parametrize("make", [word, slides, book])
def test_members_that_stay_are_the_very_bytes(tmp_path: Path, make: Any) -> None:
    ending = {word: "docx", slides: "pptx", book: "epub"}[make]
    path = make(tmp_path / f"a.{ending}")
    before, old = path.read_bytes(), zipfile.ZipFile(path)
    part = opened(path).images[0].part
    written(path, "new text")
    after, new = path.read_bytes(), zipfile.ZipFile(path)
    assert new.testzip() is None
    assert new.comment == old.comment
    assert [one.filename for one in new.infolist()] == [one.filename for one in old.infolist()]
    for was, now in zip(old.infolist(), new.infolist(), strict=True):
        assert (was.date_time, was.compress_type, was.extra, was.external_attr) == (
            now.date_time, now.compress_type, now.extra, now.external_attr
        )  # fmt: skip
        if was.filename != part:
            size = 30 + len(was.filename) + was.compress_size
            assert (
                before[was.header_offset : was.header_offset + size]
                == after[now.header_offset : now.header_offset + size]
            )
    old.close()
    new.close()


def test_archives_with_what_comes_after_the_data_are_kept(tmp_path: Path) -> None:
    """Written as a stream, a member's sizes follow its data."""

    class Stream:
        def __init__(self, path: Path) -> None:
            self._file = path.open("wb")

        def write(self, data: bytes) -> int:
            return self._file.write(data)

        def flush(self) -> None:
            self._file.flush()

    source = members(word(tmp_path / "b.docx"))
    path = tmp_path / "a.docx"
    stream = Stream(path)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for name, data in source.items():
            archive.writestr(name, data)
    stream._file.close()
    with zipfile.ZipFile(path) as archive:
        assert archive.infolist()[0].flag_bits & 8
    written(path, "new text")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
    assert opened(path).images[0].alt == "new text"


def test_an_archive_with_something_before_it_is_not_written(tmp_path: Path) -> None:
    path = book(tmp_path / "a.epub")
    data = b"#!/bin/sh\n" + path.read_bytes()
    path.write_bytes(data)
    with pytest.raises(PageDamaged):
        written(path, "new")
    assert path.read_bytes() == data


# --- e-books -----------------------------------------------------------------------------


def test_pages_of_a_book_are_read_in_their_order(tmp_path: Path) -> None:
    read = opened(book(tmp_path / "a.epub"))
    assert (read.title, read.language, read.format) == ("A book", "fr", PageFormat.EPUB)
    assert [(image.part, image.alt) for image in read.images] == [
        ("OEBPS/one.xhtml", None),
        ("OEBPS/two.xhtml", "old"),
    ]
    first = read.images[0]
    assert first.path is not None
    assert first.path.read_bytes() == pagemaking.png()
    assert (first.context.heading, first.context.page_title) == ("One & all", "A book")


def test_only_the_text_in_a_book_changes(tmp_path: Path) -> None:
    path = book(tmp_path / "a.epub")
    written(path, "a 'b' <c>", None)
    after = members(path)
    new = ONE.replace("ture.png'/> after", "ture.png' alt='a &#39;b&#39; &lt;c&gt;'/> after")
    assert after["OEBPS/one.xhtml"].decode() == new
    assert after["OEBPS/two.xhtml"].decode() == TWO.replace('"old"', '""')
    assert path.read_bytes()[30:38] == b"mimetype"


def test_protected_books_and_those_with_entities_are_refused(tmp_path: Path) -> None:
    locked = (
        '<encryption xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:CipherReference '
        'URI="OEBPS/{}"/></encryption>'
    )
    with pytest.raises(PageEncrypted):
        opened(book(tmp_path / "a.epub", {"META-INF/encryption.xml": locked.format("one.xhtml")}))
    fonts = book(tmp_path / "b.epub", {"META-INF/encryption.xml": locked.format("font.otf")})
    assert len(opened(fonts).images) == 2
    entity = ONE.replace("<!DOCTYPE html>", '<!DOCTYPE html [<!ENTITY a "b">]>')
    with pytest.raises(PageWithEntities):
        opened(book(tmp_path / "c.epub", {"OEBPS/one.xhtml": entity}))
