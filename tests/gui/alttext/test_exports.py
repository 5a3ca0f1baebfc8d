"""Texts out of a set as files and as a report; texts in from tables and files."""

import csv
import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.flow.engine.conftest import drive
from tests.gui.alttext.fake_alttext import FakeAltTexts
from vlm_desktop import altstrings
from vlm_desktop.base.altfiles import AltWords
from vlm_desktop.base.alttext import AltImage, AltState, Decision
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.gui.panes.alttext.alttext_pane import AltTextPane
from vlm_desktop.gui.panes.alttext.export_dialog import ENDINGS, ExportDialog, Wish
from vlm_desktop.gui.panes.alttext.exports_corner import ExportsCorner, coverage_words
from vlm_desktop.gui.strings import alttext_files as strings
from vlm_desktop.gui.widgets.report_dialog import ReportDialog

Image = Callable[[int], AltImage]


@pytest.fixture
def exports(pane: AltTextPane) -> ExportsCorner:
    return pane.extras.exports


@pytest.fixture
def written(pane: AltTextPane, alttext: FakeAltTexts, image: Image, qtbot: QtBot) -> Image:
    """The first image is approved, the second a person's draft."""
    first, second = image(0).id, image(1).id
    alttext.sets.decide([first], Decision.INFORMATIVE)
    alttext.sets.save_text(first, "en", "=A bridge.")
    alttext.sets.save_text(second, "en", "My harbour.")
    drive(alttext.sets.approve([first], "en", CancelToken()))
    pane.session.reread()
    qtbot.waitUntil(lambda: pane.session.images[first].text("en").state is AltState.APPROVED)
    return image


@pytest.mark.parametrize("kind", ["csv", "json", "html", "wordpress"])
def test_exports_hold_what_is_approved(
    written: Image, exports: ExportsCorner, pane: AltTextPane, tmp_path: Path, qtbot: QtBot,
    kind: str,
) -> None:  # fmt: skip
    target = tmp_path / f"out.{kind}"
    target.write_text("old", encoding="utf-8")
    with qtbot.waitSignal(pane.desk.work.ended) as ended:
        exports.export(Wish(kind), target)
    text = target.read_text("utf-8")
    assert "A bridge." in text
    assert "My harbour." not in text
    assert str(tmp_path) not in text
    assert ended.args[0] == f"1 text is in out.{kind}. 2 were left out: not approved, or empty."
    if kind == "csv":
        assert "'=A bridge." in text, "no cell is a formula"


def test_drafts_go_out_where_that_is_wished(
    written: Image, exports: ExportsCorner, pane: AltTextPane, tmp_path: Path, qtbot: QtBot
) -> None:
    target = tmp_path / "out.json"
    with qtbot.waitSignal(pane.desk.work.ended):
        exports.export(Wish("json", drafts=True, paths=True), target)
    rows = json.loads(target.read_text("utf-8"))["images"]
    assert [row["state"] for row in rows] == ["approved", "draft"]
    assert rows[0]["path"].endswith("1 bridge.jpg")


def test_the_report_claims_nothing(
    written: Image, exports: ExportsCorner, pane: AltTextPane, tmp_path: Path, qtbot: QtBot
) -> None:
    target = tmp_path / "report.html"
    with qtbot.waitSignal(pane.desk.work.ended) as ended:
        exports.export(Wish("report-html"), target)
    assert ended.args[0] == "The report is in report.html."
    assert "not a claim of conformance" in target.read_text("utf-8")
    table = tmp_path / "report.csv"
    with qtbot.waitSignal(pane.desk.work.ended):
        exports.export(Wish("report-csv"), table)
    rows = list(csv.reader(table.read_text("utf-8").splitlines()))
    assert len(rows) == 4


def test_a_report_has_a_name_for_every_rule() -> None:
    words = coverage_words()
    assert set(altstrings.FINDINGS) == set(words.rules)
    assert all("{" not in one for one in words.rules.values())


def test_a_target_that_cannot_be_written_is_told(
    written: Image, exports: ExportsCorner, pane: AltTextPane, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(pane.desk.work.ended) as ended:
        exports.export(Wish("csv"), tmp_path / "nowhere" / "out.csv")
    assert "out.csv" in ended.args[0]


def test_the_dialog_asks_only_what_matters(exports: ExportsCorner, pane: AltTextPane) -> None:
    dialog = exports.ask()
    assert isinstance(dialog, ExportDialog)
    assert dialog.kind.count() == len(ENDINGS)
    seen = {}
    for kind in map(str, ENDINGS):
        dialog.choose(kind)
        seen[kind] = (dialog.site.isVisible(), dialog.drafts.isVisible(), dialog.paths.isVisible())
        assert dialog.about.text()
    assert seen["wordpress"] == (True, True, False)
    assert seen["csv"] == (False, True, True)
    assert seen["report-html"] == (False, False, False)
    assert dialog.wish.kind == "report-csv"
    dialog.reject()


# --- in ----------------------------------------------------------------------------------


def test_a_table_is_merged_and_what_differs_is_a_filter(
    written: Image, exports: ExportsCorner, pane: AltTextPane, tmp_path: Path,
    alttext: FakeAltTexts, qtbot: QtBot,
) -> None:  # fmt: skip
    table = tmp_path / "texts.csv"
    table.write_text(
        "name,alt,language\n1 bridge.jpg,=A bridge.,en\n10 harbour.jpg,Their ships.,en\n"
        "2 cat.jpg,A cat.,en\nno such.jpg,A text.,en\n",
        encoding="utf-8",
    )
    pane.queue.choose(written(1).id)
    drafts = pane.editor.candidates
    exports.import_table(table)
    qtbot.waitUntil(lambda: bool(_reports(pane)))
    qtbot.waitUntil(lambda: [one.alt for one in drafts.candidates] == ["Their ships."])
    (report,) = _reports(pane)
    said = report.summary.text()
    assert said == (
        "1 text was taken over. 1 said nothing new. "
        "1 differs from what a person wrote: yours stays, the other is among its drafts. "
        "No image of this set is called no such.jpg."
    )
    assert [report.list.item(n).text() for n in range(report.list.count())] == ["10 harbour.jpg"]
    assert written(1).text("en").alt == "My harbour."
    assert written(2).text("en").alt == "A cat."
    assert report.action is not None
    report.action.click()
    assert pane.queue.model.ids == (written(1).id,)
    assert pane.queue.states.currentText() == "Texts that differ (1)"
    pane.queue.states.setCurrentIndex(0)
    pane.queue.states.activated.emit(0)
    assert len(pane.queue.model.ids) == 3
    assert "differ" not in pane.queue.states.itemText(pane.queue.states.count() - 1)
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: written(2).text("en").alt == "")


def test_a_table_of_other_images_says_so(
    exports: ExportsCorner,
    pane: AltTextPane,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    monkeypatch.setattr(exports, "_desk", dataclasses.replace(pane.desk, say=said.append))
    table = tmp_path / "texts.csv"
    table.write_text("name,alt\nother.jpg,A text.\n", encoding="utf-8")
    exports.import_table(table)
    qtbot.waitUntil(lambda: bool(said))
    assert said == ["No row of texts.csv fits an image of this set."]
    assert not _reports(pane)


def test_what_image_files_say_is_read(
    exports: ExportsCorner, pane: AltTextPane, image: Image, alttext: FakeAltTexts, qtbot: QtBot
) -> None:
    path = image(2).path
    assert path is not None
    alttext.files.write(path, {"en": AltWords("From the file.")})
    exports.import_files()
    qtbot.waitUntil(lambda: image(2).text("en").alt == "From the file.")


def _reports(pane: AltTextPane) -> list[ReportDialog]:
    return [one for one in pane.findChildren(ReportDialog) if one.isVisible()]


def test_words_of_kinds_are_there_for_each() -> None:
    assert (
        set(map(str, strings.KINDS)) == set(map(str, ENDINGS)) == set(map(str, strings.KIND_HINTS))
    )
