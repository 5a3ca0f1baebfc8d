"""What leaves the program: approved texts in four forms, and nothing else."""

import csv
import dataclasses
import io
import json
from pathlib import Path
from xml.etree import ElementTree

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm_desktop.base.altkeeping import ImportedText
from vlm_desktop.base.altpages import (
    AltChange,
    AltExportKind,
    AltExportOptions,
    AltRow,
    Page,
    PageFormat,
    PageImage,
    Spot,
)
from vlm_desktop.base.alttext import AltImage, AltState, AltText, Decision
from vlm_desktop.base.errors import BadInputFile, DestinationNotWritable
from vlm_desktop.base.types import Size
from vlm_desktop.engine.alttext.exporting import COLUMNS, export_rows, rows_of, snippet, text_of
from vlm_desktop.engine.alttext.tables import changes_from, read_table, texts_from

HOSTILE = "=cmd|' /C calc'!A0 ]]> \"<img src=x onerror=y>\" & ü\nzwei"
APPROVED = AltRow("a b.jpg", HOSTILE, "Long <words>", Decision.COMPLEX, AltState.APPROVED, "de")
DECORATIVE = AltRow("line.png", "", "", Decision.DECORATIVE, AltState.APPROVED)
DRAFT = AltRow("c.jpg", "a draft", "", Decision.INFORMATIVE, AltState.DRAFT)
SILENT = AltRow("d.jpg", "", "", Decision.INFORMATIVE, AltState.APPROVED)
ROWS = (APPROVED, DECORATIVE, DRAFT, SILENT)
WP = "{http://wordpress.org/export/1.2/}"


def options(kind: AltExportKind, target: Path = Path("out"), **more: bool) -> AltExportOptions:
    return AltExportOptions(kind, target, **more)


def image(number: int, path: Path, **more: object) -> AltImage:
    made = AltImage(number, path, None, "", path.name, "hash", Size(1, 1))
    return dataclasses.replace(made, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", list(AltExportKind))
def test_only_what_is_approved_goes_out(tmp_path: Path, kind: AltExportKind) -> None:
    done = export_rows(ROWS, options(kind, tmp_path / "out"))
    assert (done.written, done.left_out) == (2, 2)
    text = (tmp_path / "out").read_text(encoding="utf-8-sig")
    assert "a draft" not in text
    assert "line" in text
    done = export_rows(ROWS, options(kind, tmp_path / "drafts", drafts=True))
    assert (done.written, done.left_out) == (3, 1)
    assert "draft" in (tmp_path / "drafts").read_text(encoding="utf-8").replace("a draft", "")


def test_nothing_is_written_over_by_accident(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(DestinationNotWritable):
        export_rows(ROWS, options(AltExportKind.CSV, tmp_path / "out"))
    assert (tmp_path / "out").read_text() == "mine"
    export_rows(ROWS, options(AltExportKind.CSV, tmp_path / "out", overwrite=True))
    assert (tmp_path / "out").read_bytes().startswith(b"\xef\xbb\xbfname,alt,")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_a_formula(start: str) -> None:
    row = dataclasses.replace(APPROVED, alt=f"{start}1+1", name=f"{start}x.jpg")
    text = text_of([row], options(AltExportKind.CSV)).lstrip("\ufeff")
    (cells,) = list(csv.DictReader(io.StringIO(text, newline="")))
    assert cells["alt"] == f"'{start}1+1"
    assert cells["name"][0] == "'"


def test_the_snippets_are_what_a_browser_should_read() -> None:
    tree = html5lib.parse(
        text_of(ROWS[:2], options(AltExportKind.HTML)), namespaceHTMLElements=False
    )
    figure = tree.find(".//figure")
    first, second = tree.iter("img")
    assert (first.get("src"), first.get("alt")) == ("a%20b.jpg", HOSTILE)
    caption = figure.find("figcaption")
    assert caption.get("id") == first.get("aria-describedby")
    assert (caption.text, figure.get("lang")) == ("Long <words>", "de")
    assert (second.get("alt"), second.get("role")) == ("", "presentation")
    assert not [one for one in tree.iter() if one.get("onerror")]
    assert snippet(DRAFT).endswith(' lang="en" data-alt-state="draft">')


def test_wordpress_is_given_what_its_importer_reads() -> None:
    text = text_of([APPROVED, DECORATIVE, DRAFT], options(AltExportKind.WORDPRESS))
    channel = ElementTree.fromstring(text).find("channel")
    assert channel is not None
    assert channel.findtext(f"{WP}wxr_version") == "1.2"
    items = channel.findall("item")
    assert [one.findtext(f"{WP}post_type") for one in items] == ["attachment"] * 3
    assert [one.findtext(f"{WP}status") for one in items] == ["inherit"] * 3
    assert items[0].findtext(f"{WP}attachment_url", "").endswith("/uploads/a%20b.jpg")
    metas = [
        {meta.findtext(f"{WP}meta_key"): meta.findtext(f"{WP}meta_value")
         for meta in one.findall(f"{WP}postmeta")}
        for one in items
    ]  # fmt: skip
    assert metas[0] == {"_wp_attachment_image_alt": HOSTILE}
    assert metas[1] == {"_wp_attachment_image_alt": ""}
    assert metas[2]["vlm_desktop_alt_state"] == "draft"
    assert items[0].findtext("{http://purl.org/rss/1.0/modules/content/}encoded") == "Long <words>"


def test_one_image_in_two_languages_is_one_attachment() -> None:
    other = dataclasses.replace(APPROVED, language="en", alt="second")
    text = text_of([APPROVED, other], options(AltExportKind.WORDPRESS))
    assert text.count("<item>") == 1
    assert "second" not in text


def test_rows_hold_nothing_of_a_files_metadata(tmp_path: Path) -> None:
    """A row has no field for it, and no path unless it was asked for."""
    fields = {one.name for one in dataclasses.fields(AltRow)}
    assert fields == {*COLUMNS, "path"}
    (row,) = rows_of([image(1, tmp_path / "Anna" / "a.jpg", texts=(AltText("en", "x"),))])
    for kind in AltExportKind:
        approved = dataclasses.replace(row, state=AltState.APPROVED)
        assert "Anna" not in text_of([approved], options(kind))
    (row,) = rows_of([image(1, tmp_path / "Anna" / "a.jpg")], paths=True)
    assert row.path == str(tmp_path / "Anna" / "a.jpg")


def test_of_a_group_the_leading_image_has_the_text() -> None:
    text = AltText("en", "Both", state=AltState.APPROVED)
    lead = image(1, Path("a.jpg"), decision=Decision.GROUP, lead_id=1, texts=(text,))
    other = image(2, Path("b.jpg"), decision=Decision.GROUP, lead_id=1)
    first, second = rows_of([lead, other])
    assert (first.alt, first.decision) == ("Both", Decision.GROUP)
    assert (second.alt, second.decorative, second.state) == ("", True, AltState.APPROVED)


# --- tables read in ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "name"), [(AltExportKind.CSV, "t.csv"), (AltExportKind.JSON, "t.json")]
)
def test_what_was_exported_comes_back(tmp_path: Path, kind: AltExportKind, name: str) -> None:
    export_rows(ROWS, options(kind, tmp_path / name))
    assert read_table(tmp_path / name) == (APPROVED, DECORATIVE)


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20))
def test_any_text_comes_back_from_a_table(
    tmp_path_factory: pytest.TempPathFactory, alt: str
) -> None:
    path = tmp_path_factory.mktemp("table") / "t.csv"
    row = dataclasses.replace(APPROVED, alt=alt)
    export_rows([row], options(AltExportKind.CSV, path))
    assert read_table(path) == (row,)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.csv", "File;Alt text\na.jpg;A cat\n"),
        ("t.csv", "\ufeffimage,ALT,extra\na.jpg,A cat,1\n\n"),
        ("t.json", '{"a.jpg": "A cat"}'),
        ("t.json", '[{"src": "a.jpg", "alt_text": "A cat", "size": 3}]'),
        ("t.jsonl", '{"image": "a.jpg", "alt": "A cat", "claims": []}\n'),
    ],
)
def test_tables_of_others_are_read(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    (row,) = read_table(tmp_path / name)
    assert (row.name, row.alt, row.state) == ("a.jpg", "A cat", AltState.EMPTY)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.csv", "name,text\na,b\n"),
        ("t.csv", "name,alt,state\na,b,perhaps\n"),
        ("t.csv", "alt\nb\n"),
        ("t.json", "[1]"),
        ("t.json", "{"),
        ("t.json", '[{"name": "a", "alt": 3}]'),
        ("t.json", "[" * 100_000),
    ],
)
def test_broken_tables_are_refused(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(BadInputFile):
        read_table(tmp_path / name)


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputFile):
        read_table(tmp_path / "gone.csv")


def page_of(*images: PageImage, language: str = "") -> Page:
    return Page(Path("p.html"), PageFormat.HTML, "", language, "hash", images)


def shown(source: str) -> PageImage:
    return PageImage(f"img:{source}#1", Spot.IMG, source, None, source.rpartition("/")[2], None)


def test_rows_find_their_images() -> None:
    page = page_of(shown("x/a.jpg"), shown("y/a.jpg"), shown("b.jpg"), shown("c.jpg"))
    rows = [
        AltRow("a.jpg", "of y", path="y/a.jpg"),
        AltRow("a.jpg", "of x", place="img:x/a.jpg#1"),
        AltRow("b.jpg", "", decision=Decision.DECORATIVE),
        AltRow("c.jpg", "a draft", state=AltState.DRAFT),
    ]
    found = changes_from(page, rows)
    assert found == (
        AltChange("img:x/a.jpg#1", "of x"),
        AltChange("img:y/a.jpg#1", "of y"),
        AltChange("img:b.jpg#1", None),
    )
    assert changes_from(page, rows, drafts=True)[3].alt == "a draft"


def test_of_several_languages_the_pages_counts() -> None:
    rows = [AltRow("a.jpg", "cat", language="en"), AltRow("a.jpg", "Katze", language="de")]
    assert changes_from(page_of(shown("a.jpg"), language="de-AT"), rows)[0].alt == "Katze"
    assert changes_from(page_of(shown("a.jpg")), rows, language="en")[0].alt == "cat"


def test_a_name_that_says_two_things_says_nothing() -> None:
    rows = [AltRow("a.jpg", "one", path="x/a.jpg"), AltRow("a.jpg", "two", path="y/a.jpg")]
    assert changes_from(page_of(shown("z/a.jpg")), rows) == ()


def test_texts_for_a_set_are_found_in_every_language() -> None:
    images = [image(7, Path("pics/a.jpg")), image(8, Path("pics/b.jpg"))]
    rows = [
        AltRow("a.jpg", "cat", "A long cat", language="en"),
        AltRow("a.jpg", "Katze", language="de"),
        AltRow("other.jpg", "x"),
    ]
    assert texts_from(images, rows) == (
        ImportedText(7, "en", "cat", "A long cat"),
        ImportedText(7, "de", "Katze", None),
    )
    assert json.loads(text_of([], options(AltExportKind.JSON)))["images"] == []
