"""Word and PowerPoint: found and written as their own libraries see it."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pptx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.media.pages.pagemaking import members, opened, png, slides, word, written
from vlm_desktop.base.altpages import Spot
from vlm_desktop.base.pageerrors import (
    PageDamaged,
    PageEncrypted,
    PageOld,
    PageSigned,
    PageTooLarge,
    PageUnknown,
    PageWithEntities,
    PageWithMacros,
)
from vlm_desktop.media.pages import zipparts

HOSTILE = "\"'<b>&amp;]]>\n)\tשלום 😀"
SEEN = HOSTILE.replace("\t", " ")


def repacked(path: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The archive with other contents for some members; None takes a member out."""
    old = members(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in old.items():
            new = change(name, data)
            if new is not None:
                archive.writestr(name, new)
    return path


def replaced(path: Path, part: str, old: str, new: str) -> Path:
    def change(name: str, data: bytes) -> bytes:
        if name != part:
            return data
        assert old.encode() in data
        return data.replace(old.encode(), new.encode())

    return repacked(path, change)


def word_alts(path: Path) -> list[str | None]:
    """By python-docx: the alt texts of the drawings of the text."""
    body = docx.Document(str(path)).element.body
    return [one.get("descr") for one in body.iter("{*}docPr")]


def slide_alts(path: Path) -> list[str | None]:
    """By python-pptx."""
    (slide,) = pptx.Presentation(str(path)).slides
    return [
        one.get("descr")
        for picture in slide.shapes._spTree.iter("{*}nvPicPr")
        for one in picture.iter("{*}cNvPr")
    ]


def test_pictures_of_a_word_document_are_found(tmp_path: Path) -> None:
    read = opened(word(tmp_path / "a.docx"))
    first, second, header = read.images
    assert (read.title, read.language) == ("Quarterly report", "en-US")
    assert [image.alt for image in read.images] == [None, None, None]
    assert first.path is not None
    assert first.path.read_bytes() == png("red")
    assert (first.context.heading, first.context.before) == ("Results", "Sales rose in spring.")
    assert (first.context.caption, second.context.caption) == ("Figure 1: sales", "")
    assert (header.part, header.context.before) == ("word/header1.xml", "Company")


def test_pictures_of_slides_are_found(tmp_path: Path) -> None:
    read = opened(slides(tmp_path / "a.pptx"))
    assert [image.path.read_bytes() for image in read.images if image.path] == [
        png("red"),
        png("blue"),
        png("green"),
    ]
    assert {image.context.heading for image in read.images} == {"Our garden"}
    assert "blooms in May" in read.images[0].context.after
    assert {image.part for image in read.images} == {"ppt/slides/slide1.xml"}


@pytest.mark.parametrize(("make", "name"), [(word, "a.docx"), (slides, "a.pptx")])
def test_texts_are_written_as_other_readers_see_them(
    tmp_path: Path, make: Callable[[Path], Path], name: str
) -> None:
    path = make(tmp_path / name)
    before = members(path)
    assert written(path, HOSTILE, None).written == 2
    alts = word_alts(path) if name == "a.docx" else slide_alts(path)
    assert alts[0] == SEEN
    assert not alts[1]
    read = opened(path)
    assert [(one.alt, one.decorative) for one in read.images][:2] == [(SEEN, False), ("", True)]
    part = read.images[0].part
    after = members(path)
    assert [name for name in before if before[name] != after[name]] == [part]
    assert list(before) == list(after)
    assert without_texts(after[part]) == without_texts(before[part])


def without_texts(xml: bytes) -> str:
    """A part without what a change of alt texts may touch."""
    text = xml.decode("utf-8")
    text = re.sub(r"<a:extLst xmlns:a=[^>]*>.*?</a:extLst>", "", text)
    text = re.sub(r'<((?:\w+:)?(?:docPr|cNvPr)\b[^>]*?) descr="[^"]*"', r"<\1", text)
    text = re.sub(r"<(\w+:)?(docPr|cNvPr)\b([^>]*[^/])></\1\2>", r"<\1\2\3/>", text)
    return text.replace(' descr=""', "")


def test_decorative_is_said_and_unsaid(tmp_path: Path) -> None:
    path = word(tmp_path / "a.docx")
    written(path, None)
    xml = members(path)["word/document.xml"].decode()
    assert xml.count("decorative xmlns:adec=") == 1
    assert "{C183D7F6-B498-43B3-948B-1728B52AA6E4}" in xml
    written(path, "A chart")
    image = opened(path).images[0]
    assert (image.alt, image.decorative) == ("A chart", False)
    written(path, None)
    xml = members(path)["word/document.xml"].decode()
    assert xml.count("<adec:decorative") == 1
    assert opened(path).images[0].decorative


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<a:extLst {ns}/>", "</a:ext></a:extLst></wp:docPr>"),
        ("<a:extLst {ns}><a:ext uri='x'/></a:extLst>", "<a:ext uri='x'/><a:ext "),
        ("<a:hlinkClick {ns} r:id='rId1'/>", "<a:hlinkClick {ns} r:id='rId1'/><a:extLst "),
    ],
)
def test_other_extensions_stay(tmp_path: Path, inside: str, expected: str) -> None:
    namespace = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    path = word(tmp_path / "a.docx")
    inside, expected = inside.format(ns=namespace), expected.format(ns=namespace)
    replaced(
        path,
        "word/document.xml",
        '<wp:docPr id="1" name="Picture 1"/>',
        f'<wp:docPr id="1" name="Picture 1">{inside}</wp:docPr>',
    )
    written(path, None)
    assert expected in members(path)["word/document.xml"].decode()
    assert opened(path).images[0].decorative


def test_what_is_deleted_or_a_fallback_is_passed_over(tmp_path: Path) -> None:
    path = word(tmp_path / "a.docx")
    replaced(path, "word/document.xml", "<w:drawing>", "<w:del><w:drawing>")
    replaced(path, "word/document.xml", "</w:drawing>", "</w:drawing></w:del>")
    assert [image.part for image in opened(path).images] == ["word/header1.xml"]


def test_old_pictures_are_read_and_written(tmp_path: Path) -> None:
    path = word(tmp_path / "a.docx")
    shape = (
        '<w:p><w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml">'
        "<v:shape id='s' alt='old &amp; grey'><v:imagedata r:id='rId9'/></v:shape>"
        "</w:pict></w:r></w:p><w:sectPr"
    )
    replaced(path, "word/document.xml", "<w:sectPr", shape)
    image = opened(path).images[2]
    assert (image.spot, image.alt) == (Spot.VML, "old & grey")
    written(path, "a", "b", "new 'one'")
    assert "alt='new &#39;one&#39;'" in members(path)["word/document.xml"].decode()


def test_parts_in_utf_16_stay_so(tmp_path: Path) -> None:
    def change(name: str, data: bytes) -> bytes:
        text = data.decode("utf-8").replace("UTF-8", "UTF-16") if name.endswith("ment.xml") else ""
        return text.encode("utf-16") if text else data

    path = repacked(word(tmp_path / "a.docx"), change)
    written(path, HOSTILE)
    assert members(path)["word/document.xml"].startswith(b"\xff\xfe")
    assert word_alts(path)[0] == SEEN


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cn", "Cs"), include_characters="\n"),
    max_size=40,
).map(str.strip)


@settings(max_examples=25, deadline=None)
@given(first=TEXTS, second=TEXTS)
def test_any_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, first: str, second: str
) -> None:
    path = word(tmp_path_factory.mktemp("word") / "a.docx")
    before = members(path)
    written(path, first, second)
    assert [one or "" for one in word_alts(path)] == [first, second]
    after = members(path)
    assert without_texts(before.pop("word/document.xml")) == without_texts(
        after.pop("word/document.xml")
    )
    assert before == after


# --- what is refused ---------------------------------------------------------------------


def test_protected_old_and_broken_documents_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    path.write_bytes(ole + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(PageEncrypted):
        opened(path)
    path.write_bytes(ole + b"\0" * 600)
    with pytest.raises(PageOld):
        opened(path)
    path.write_bytes(b"<html>")
    with pytest.raises(PageDamaged):
        opened(path)
    whole = word(path).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PageDamaged):
        opened(path)
    slides(path)
    with pytest.raises(PageUnknown):
        opened(path)


def test_documents_with_macros_are_refused(tmp_path: Path) -> None:
    path = word(tmp_path / "a.docx")
    replaced(
        path,
        "[Content_Types].xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        "application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    with pytest.raises(PageWithMacros):
        opened(path)


def test_signed_documents_are_read_and_not_written(tmp_path: Path) -> None:
    path = word(tmp_path / "a.docx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("_xmlsignatures/sig1.xml", "<x/>")
    assert len(opened(path).images) == 3
    data = path.read_bytes()
    with pytest.raises(PageSigned):
        written(path, "new")
    assert path.read_bytes() == data


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml", "_rels/.rels"])
def test_entities_are_refused(tmp_path: Path, part: str) -> None:
    def change(name: str, data: bytes) -> bytes:
        return data.replace(b"?>", b"?>" + BOMB.encode(), 1) if name == part else data

    with pytest.raises(PageWithEntities):
        opened(repacked(word(tmp_path / "a.docx"), change))


def test_bombs_are_refused_before_they_are_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(name: str, data: bytes) -> bytes:
        return data + b" " * 6_000_000 if name == "word/document.xml" else data

    path = repacked(word(tmp_path / "a.docx"), change)
    with pytest.raises(PageTooLarge):
        opened(path)
    monkeypatch.setattr(zipparts, "MOST_MEMBERS", 3)
    with pytest.raises(PageTooLarge):
        opened(word(tmp_path / "b.docx"))


def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    path = word(tmp_path / "a.docx")
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(PageDamaged):
        opened(path)


def test_nothing_outside_the_document_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(png())

    def change(name: str, data: bytes) -> bytes:
        if not name.endswith("document.xml.rels"):
            return data
        return data.replace(b"media/image1.png", b"../../../secret.png")

    (tmp_path / "in").mkdir()
    read = opened(repacked(word(tmp_path / "in" / "a.docx"), change))
    assert read.images[0].path is None
    assert read.images[0].missing


def test_what_the_picture_says_itself_follows_its_drawing(tmp_path: Path) -> None:
    path = word(tmp_path / "a.docx")
    part = "word/document.xml"
    replaced(path, part, 'name="image.png"', 'name="image.png" descr="stale"')
    written(path, "new")
    xml = members(path)[part].decode()
    assert xml.count('descr="new"') == 2
    assert xml.count('descr="stale"') == 1


def test_a_fallback_is_neither_image_nor_text(tmp_path: Path) -> None:
    path = word(tmp_path / "a.docx")
    part = "word/document.xml"
    compatible = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    fallback = (
        '</mc:Choice><mc:Fallback><w:t>twice</w:t><w:pict xmlns:v="urn:schemas-microsoft-com:vml">'
        "<v:shape><v:imagedata r:id='rId9'/></v:shape></w:pict></mc:Fallback></mc:AlternateContent>"
    )

    def change(name: str, data: bytes) -> bytes:
        if name != part:
            return data
        first = data.replace(
            b"<w:drawing>",
            f'<mc:AlternateContent {compatible}><mc:Choice Requires="wps"><w:drawing>'.encode(),
            1,
        )
        return first.replace(b"</w:drawing>", b"</w:drawing>" + fallback.encode(), 1)

    read = opened(repacked(path, change))
    assert [image.spot for image in read.images] == [Spot.PICTURE] * 3
    assert "twice" not in read.images[1].context.before
    assert "twice" not in read.images[0].context.after
