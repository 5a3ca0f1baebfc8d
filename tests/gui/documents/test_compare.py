"""Comparing with expectations, and a second reader."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.documents.fake_documents import FakeDocuments
from vlm_desktop.base.documentanswers import ReaderChoice
from vlm_desktop.gui.panes.documents.documents_pane import DocumentsPane
from vlm_desktop.gui.strings import documents_compare as strings


@pytest.fixture
def expected(tmp_path: Path, files: list[Path]) -> Path:
    path = tmp_path / "expected.csv"
    path.write_text(f"file,date,total\n{files[0].name},2024-03-04,11.90\nother.pdf,,1\n", "utf-8")
    return path


def test_what_differs_is_listed_and_signed(
    pane: DocumentsPane, expected: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    assert pane.comparing.action.isEnabled()
    pane.comparing.compare(expected)
    qtbot.waitUntil(lambda: pane.comparing.dialog is not None)
    dialog = pane.comparing.dialog
    assert dialog is not None
    rows = [dialog.list.item(number).text() for number in range(dialog.list.count())]
    assert rows == ["receipt 1.pdf, Total: “17.90” instead of “11.90”"]
    assert "1 different" in dialog.summary.text()
    assert "1 documents of the table" in dialog.summary.text()
    assert "other.pdf" in dialog.summary.text()
    dialog.accept()

    services = pane.desk.services
    target = tmp_path / "report.html"
    pane.comparing.task.run(
        "x",
        lambda cancel: services.documents.comparing.compare([1], expected, cancel),
        lambda comparison: pane.comparing.save(comparison, target, "Ada") or "",
    )
    qtbot.waitUntil(target.exists)
    qtbot.waitUntil(lambda: "Signed off by Ada" in target.read_text("utf-8"))


def test_a_table_that_does_not_read_is_a_sentence(
    pane: DocumentsPane, tmp_path: Path, qtbot: QtBot
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{", "utf-8")
    pane.comparing.compare(bad)
    qtbot.waitUntil(lambda: not pane.comparing.task.is_running)
    assert pane.comparing.dialog is None


def test_without_a_model_it_says_where_to_get_one(pane: DocumentsPane, qtbot: QtBot) -> None:
    said: list[str] = []
    pane.second._desk = replace(pane.desk, say=said.append)
    pane.second.action.trigger()
    qtbot.waitUntil(lambda: said == [strings.SECOND_NONE])


def test_a_second_reader_is_compared_and_taken_over_by_hand(
    pane: DocumentsPane, documents: FakeDocuments, qtbot: QtBot
) -> None:
    documents.second.cards = (ReaderChoice("donut", "Donut"),)
    pane.second.read("donut", "Donut")
    qtbot.waitUntil(lambda: pane.second.dialog is not None)
    dialog = pane.second.dialog
    assert dialog is not None
    rows = [dialog.list.item(number).text() for number in range(dialog.list.count())]
    assert "Date: the same" in rows
    total = next(row for row in rows if row.startswith("Total"))
    assert total.startswith("Total: “10.00” instead of “17.90”")
    assert "“0” for “7”" in total
    vendor = next(row for row in rows if row.startswith("Vendor"))
    assert vendor.endswith("No words on the pages carry it.") or "“n” for “r”" in vendor
    dialog.list.setCurrentRow(rows.index("Date: the same"))
    assert not dialog.take.isEnabled(), "what is the same needs no taking over"
    dialog.list.setCurrentRow(rows.index(total))
    assert pane.session.sheet is not None
    assert pane.session.sheet.extraction.value("total").value == "17.90"
    qtbot.mouseClick(dialog.take, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: pane.session.sheet.extraction.value("total").value == "10.00")
    assert not dialog.take.isEnabled()
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: pane.session.sheet.extraction.value("total").value == "17.90")
    dialog.accept()
