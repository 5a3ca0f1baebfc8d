"""How far a set has come, counted, and written as pages and tables that nothing can hide in."""

import csv
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.flow.alttext.conftest import Desk, drive
from vlm_desktop.base.altcoverage import CoverageFormat, CoverageWords
from vlm_desktop.base.alttext import AltState, Author, Coverage, Decision, WrittenBy
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import DestinationNotWritable
from vlm_desktop.engine.alttext.coverage import CoverageReports
from vlm_desktop.engine.services import AppServices

HOSTILE = '<script>alert("1")</script> & <img src=x onerror=y> \x00 ]]>'


@pytest.fixture
def reports(desk: Desk, services: AppServices) -> CoverageReports:
    return CoverageReports(desk.sets, services.exporting.save_table)


@pytest.fixture
def counted(desk: Desk, photos: Path, reports: CoverageReports) -> Coverage:
    """One approved, one decorative, one hostile draft."""
    made = desk.filled(photos)
    a, b, c = (one.id for one in desk.sets.images(made.id))
    desk.sets.decide([a], Decision.INFORMATIVE)
    desk.sets.save_text(a, "en", "Image of a red cloth.")
    desk.sets.save_text(a, "de", "Ein rotes Tuch.", "Es hängt.")
    desk.approve(a)
    desk.sets.decide([b], Decision.DECORATIVE)
    desk.sets.save_text(c, "en", HOSTILE)
    desk.library.set_alt_image(c, risk=(0.5, ("people", "text")))
    return drive(reports.coverage(made.id, CancelToken()))[1]


def test_what_is_counted(counted: Coverage) -> None:
    assert (counted.images, counted.missing, counted.decorative) == (3, 1, 1)
    assert dict(counted.by_state) == {
        AltState.APPROVED: 1, AltState.EMPTY: 1, AltState.DRAFT: 1,
    }  # fmt: skip
    assert dict(counted.by_decision) == {
        Decision.UNDECIDED: 1, Decision.INFORMATIVE: 1, Decision.DECORATIVE: 1,
    }  # fmt: skip
    languages = dict(counted.by_language)
    assert dict(languages["de"]) == {AltState.EMPTY: 2, AltState.DRAFT: 1}
    assert "image-of" in dict(counted.findings)
    assert "image-of" in counted.row_findings[0]
    assert counted.row_findings[1] == ()


def test_members_of_a_group_are_not_missing(
    desk: Desk, photos: Path, reports: CoverageReports
) -> None:
    made = desk.filled(photos)
    ids = [one.id for one in desk.sets.images(made.id)]
    desk.sets.group(ids, ids[1])
    assert drive(reports.coverage(made.id, CancelToken()))[1].missing == 1
    desk.sets.save_text(ids[1], "en", "Three cloths in a row.")
    desk.approve(ids[1])
    assert drive(reports.coverage(made.id, CancelToken()))[1].missing == 0


def test_texts_that_repeat_are_found_over_the_whole_set(
    desk: Desk, photos: Path, reports: CoverageReports
) -> None:
    made = desk.filled(photos)
    a, b, c = (one.id for one in desk.sets.images(made.id))
    desk.sets.save_text(a, "en", "A red cloth on a long wooden table in the hall of the house.")
    desk.sets.save_text(b, "en", "A red cloth on the long wooden table in the hall of a house.")
    desk.sets.save_text(c, "en", "Nothing of the kind.")
    found = drive(reports.coverage(made.id, CancelToken()))[1]
    spoke = ["repeats-in-set" in rules for rules in found.row_findings]
    assert spoke == [True, True, False]


class _Reader(HTMLParser):
    """What a browser would make of it: elements, attributes, cells."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_is_accessible_and_nothing_in_it_runs(
    counted: Coverage, reports: CoverageReports, tmp_path: Path
) -> None:
    words = CoverageWords(language="en", risks={"people": "people"})
    target = reports.write(counted, tmp_path / "report.html", CoverageFormat.HTML, words)
    said = target.read_text(encoding="utf-8")
    reader = _Reader()
    reader.feed(said)
    assert {"script", "img", "link", "iframe"}.isdisjoint(reader.tags)
    assert "\x00" not in said
    assert '<script>alert("1")</script> & <img src=x onerror=y>' in reader.text
    assert ("lang", "en") in reader.attributes
    assert reader.tags.count("table") == reader.tags.count("caption") == 5
    assert ("scope", "col") in reader.attributes
    assert ("scope", "row") in reader.attributes
    assert "not a claim of conformance" in reader.text
    assert "empty on purpose" in reader.text
    assert "people, text" in reader.text
    assert "default-src 'none'" in said
    assert str(tmp_path) not in said, "names, not paths"
    assert [one.name for one in tmp_path.iterdir() if one.name.endswith(".part")] == []


def test_the_table_is_harmless_and_has_every_language(
    desk: Desk, photos: Path, reports: CoverageReports, tmp_path: Path
) -> None:
    made = desk.filled(photos)
    a, *_ = (one.id for one in desk.sets.images(made.id))
    desk.sets.save_text(a, "en", "=HYPERLINK(1)")
    desk.sets.save_text(a, "de", "@SUM(A1)", "+1")
    coverage = drive(reports.coverage(made.id, CancelToken()))[1]
    target = reports.write(coverage, tmp_path / "t.csv", CoverageFormat.CSV, CoverageWords())
    with target.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = list(csv.reader(file))
    assert len(rows) == 4
    assert head[:2] == ["Image", "Page"]
    by_language = {row[3]: row for row in rows if row[0] == "a.jpg"}
    assert by_language["en"][5] == "'=HYPERLINK(1)"
    assert (by_language["de"][5], by_language["de"][6]) == ("'@SUM(A1)", "'+1")
    assert str(tmp_path) not in target.read_text(encoding="utf-8-sig")


def test_a_report_that_cannot_be_written_leaves_nothing(
    counted: Coverage, reports: CoverageReports, ordinary_user: Path
) -> None:
    folder = ordinary_user / "locked"
    folder.mkdir()
    folder.chmod(0o500)
    with pytest.raises(DestinationNotWritable):
        reports.write(counted, folder / "r.html", CoverageFormat.HTML, CoverageWords())
    folder.chmod(0o700)
    assert list(folder.iterdir()) == []


def test_every_state_and_decision_has_a_word() -> None:
    words = CoverageWords()
    assert set(words.states) == set(AltState)
    assert set(words.decisions) == set(Decision)
    assert WrittenBy().author is Author.NOBODY
