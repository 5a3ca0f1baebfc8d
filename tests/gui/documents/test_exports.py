"""Tables, searchable PDFs and redacted copies out of the pane."""

import csv
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.documents.fake_documents import FakeDocuments
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentexports import Redacted, SearchableMade
from vlm_desktop.base.events import Event
from vlm_desktop.gui.panes.documents.documents_pane import DocumentsPane
from vlm_desktop.gui.panes.documents.export_dialog import ALL, ExportWish
from vlm_desktop.gui.strings import documents_export as strings


def test_a_table_leaves_out_what_no_words_carry(
    open_pane: Callable[[], DocumentsPane],
    documents: FakeDocuments,
    files: list[Path],
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    documents.extractor.ungrounded = {"tip": "2.00"}
    pane = open_pane()
    pane.session.open(files[0])
    qtbot.waitUntil(lambda: pane.session.sheet is not None)
    row = pane.fields.rows["tip", 0]
    assert row.word.text() == "ungrounded"
    assert "No words on the page carry it" in row.line.accessibleDescription()
    target = tmp_path / "out.csv"
    pane.exports.export(ExportWish("csv"), target)
    qtbot.waitUntil(target.exists)
    qtbot.waitUntil(lambda: not pane.exports.task.is_running)
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert any("ACME Store" in row for row in rows)
    assert pane.window().status.text.text() == (
        "11 values of this document are in out.csv. 1 without evidence were left out."
    )


def test_all_documents_go_out_as_one_file(
    pane: DocumentsPane, documents: FakeDocuments, files: list[Path], tmp_path: Path, qtbot: QtBot
) -> None:
    pane.session.open(files[1])
    qtbot.waitUntil(lambda: pane.session.sheet is not None)
    dialog = pane.exports.ask()
    assert dialog is not None
    assert [dialog.which.itemData(row) for row in range(dialog.which.count())] == ["one", "all"]
    dialog.which.setCurrentIndex(dialog.which.findData(ALL))
    dialog.choose("xlsx")
    assert dialog.wish == ExportWish("xlsx", ALL)
    target = tmp_path / "out.xlsx"
    pane.exports.export(dialog.wish, target)
    qtbot.waitUntil(lambda: target.exists() and not pane.exports.task.is_running)
    assert "of 2 documents" in pane.window().status.text.text()
    dialog.close()


def test_what_is_to_be_gone_is_chosen(
    pane: DocumentsPane,
    documents: FakeDocuments,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    asked: list[object] = []

    def redact(
        path: Path, target: Path, cancel: CancelToken, *, areas: list, texts: tuple[str, ...]
    ) -> Generator[Event, None, Redacted]:
        yield from ()
        asked.extend([[one.page for one in areas], texts])
        return Redacted(target, (1,), tuple(areas), texts)

    monkeypatch.setattr(documents.exports, "redact", redact)
    dialog = pane.exports.ask()
    assert dialog is not None
    dialog.choose("redacted")
    dialog.take()
    assert dialog.trouble.text() == strings.NOTHING_CHOSEN
    rows = [dialog.fields.item(row) for row in range(dialog.fields.count())]
    assert rows[0].text() == "Vendor: ACME Store"
    rows[0].setCheckState(Qt.CheckState.Checked)
    dialog.texts.setText("17.90; Rome")
    wish = dialog.wish
    assert wish == ExportWish("redacted", fields=(("vendor", 0),), texts=("17.90", "Rome"))
    dialog.close()
    pane.exports.export(wish, tmp_path / "out.pdf")
    qtbot.waitUntil(lambda: len(asked) == 2)
    assert asked == [[1], ("17.90", "Rome")]
    qtbot.waitUntil(lambda: "was read again" in pane.window().status.text.text())


def test_a_searchable_copy_is_asked_for(
    pane: DocumentsPane,
    documents: FakeDocuments,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    def searchable(
        path: Path, target: Path, cancel: CancelToken
    ) -> Generator[Event, None, SearchableMade]:
        yield from ()
        return SearchableMade(target, 1, 1, 17)

    monkeypatch.setattr(documents.exports, "searchable", searchable)
    pane.exports.export(ExportWish("searchable"), tmp_path / "out.pdf")
    said = "out.pdf can be searched: 17 words were laid over 1 pages."
    qtbot.waitUntil(lambda: pane.window().status.text.text() == said)
