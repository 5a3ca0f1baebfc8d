"""Folders and batches, drops, what Search sends, forgetting, schemas."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from tests.gui.documents.fake_documents import FakeDocuments
from tests.gui.fake_services import FakeServices
from vlm_desktop.base.documents import FieldSpec, FieldType, Schema
from vlm_desktop.base.errors import MediaRefused, Refusal
from vlm_desktop.gui.panes.documents.documents_pane import DocumentsPane
from vlm_desktop.gui.panes.documents.queue_list import queue_state
from vlm_desktop.gui.panes.documents.schema_dialog import SchemaDialog
from vlm_desktop.gui.strings import documents as strings
from vlm_desktop.gui.strings import documents_files as file_strings
from vlm_desktop.gui.strings import documents_schema as schema_strings

OpenPane = Callable[[], DocumentsPane]


def ended(pane: DocumentsPane) -> bool:
    return not pane.batch.is_running and not pane.desk.work.running


def test_a_folder_becomes_a_queue_by_risk(
    open_pane: OpenPane, documents: FakeDocuments, files: list[Path], qtbot: QtBot
) -> None:
    documents.pages.errors[files[1].name] = MediaRefused(
        path=files[1], reason=Refusal.CORRUPT, detail=""
    )
    pane = open_pane()
    pane.opening.take_paths([files[0].parent])
    qtbot.waitUntil(lambda: bool(pane.desk.work.running))
    qtbot.waitUntil(lambda: ended(pane))
    qtbot.waitUntil(
        lambda: (
            [queue_state(one).value for one in pane.session.documents]
            == ["to-review", "to-review", "refused"]
        )
    )
    assert pane.window().status.text.text() == (
        "2 documents were read. 1 cannot be read; they stand in the list with the reason."
    )
    qtbot.waitUntil(lambda: pane.session.sheet is not None)
    assert pane.session.path in (files[0], files[2]), "the first is opened"
    assert pane.column.count.text() == "3 documents, 2 to review"
    pane.go_on()
    qtbot.waitUntil(lambda: pane.session.sheet is not None)


def test_a_batch_is_stopped_and_gone_on_with(
    open_pane: OpenPane, documents: FakeDocuments, files: list[Path], qtbot: QtBot
) -> None:
    documents.reader.gate.clear()
    pane = open_pane()
    pane.opening.take_paths(files)
    qtbot.waitUntil(lambda: len(documents.reader.asked) == 1)
    (work,) = pane.desk.work.running
    assert work.can_pause
    assert len(pane.session.documents) == 3, "they wait in the list"
    work.stop()
    qtbot.waitUntil(lambda: ended(pane))
    assert pane.window().status.text.text() == file_strings.BATCH_STOPPED
    documents.reader.gate.set()
    pane.opening.resume.trigger()
    qtbot.waitUntil(lambda: len(documents.keeping.documents()) == 3 and ended(pane))


def test_a_batch_gives_way_to_a_document_that_a_person_opens(
    open_pane: OpenPane, documents: FakeDocuments, files: list[Path], qtbot: QtBot, tmp_path: Path
) -> None:
    urgent = tmp_path / "urgent.pdf"
    urgent.write_bytes(b"urgent")
    documents.reader.gate.clear()
    pane = open_pane()
    pane.opening.take_paths(files)
    qtbot.waitUntil(lambda: len(documents.reader.asked) == 1)
    pane.opening.take_paths([urgent])
    qtbot.waitUntil(lambda: len(documents.reader.asked) == 2)
    assert documents.reader.asked[1][0] == "urgent.pdf"
    documents.reader.gate.set()
    qtbot.waitUntil(lambda: pane.session.sheet is not None and pane.session.path == urgent)
    qtbot.waitUntil(lambda: ended(pane))
    assert len(documents.keeping.documents()) == 4


def test_files_are_dropped(
    open_pane: OpenPane, documents: FakeDocuments, files: list[Path], qtbot: QtBot
) -> None:
    pane = open_pane()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(files[2]))])
    pane.opening.take_drop(mime)
    qtbot.waitUntil(lambda: pane.session.sheet is not None)
    assert pane.session.path == files[2]


def test_search_sends_photos(
    open_pane: OpenPane,
    documents: FakeDocuments,
    services: FakeServices,
    files: list[Path],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Upkeep:
        def paths_of(self, ids: list[int]) -> tuple[Path, ...]:
            return (files[ids[0]], files[ids[0]].with_name("copy.pdf"))

    pane = open_pane()
    monkeypatch.setattr(services, "upkeep", Upkeep(), raising=False)
    window = pane.window()
    window.show_pane("search")
    pane.desk.navigator.documents_wanted.emit((1,))
    qtbot.waitUntil(lambda: pane.session.path == files[1])
    assert pane.isVisible()
    qtbot.waitUntil(lambda: pane.session.sheet is not None)


def test_forgetting_asks_first(pane: DocumentsPane, documents: FakeDocuments, qtbot: QtBot) -> None:
    pane.opening.forget.trigger()
    box = pane.window().findChild(QMessageBox)
    assert "receipt 1.pdf" in box.text()
    assert box.defaultButton().text() == file_strings.FORGET_STAY
    button = next(one for one in box.buttons() if one.text() == file_strings.FORGET_GO)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: documents.keeping.documents() == ())
    qtbot.waitUntil(lambda: pane.page.title.text() == strings.EMPTY_TITLE)
    assert pane.session.path is None
    qtbot.waitUntil(lambda: pane.window().status.text.text() == file_strings.FORGOTTEN_ONE)


# --- schemas -----------------------------------------------------------------------------


def test_a_preset_is_edited_under_a_name_of_ones_own(
    pane: DocumentsPane, documents: FakeDocuments, qtbot: QtBot
) -> None:
    pane.schemas.edit_current()
    qtbot.waitUntil(lambda: bool(dialogs(pane)))
    (dialog,) = dialogs(pane)
    assert dialog.hint.text() == schema_strings.HINT_PRESET
    dialog.name.setText("Shop")
    dialog.add_field()
    qtbot.keyClicks(dialog.form.name, "cashier")
    assert dialog.tree.currentItem().text(0) == "cashier"
    dialog.form.pattern.setText("(")
    dialog.form.changed.emit()
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert "regular expression" in dialog.trouble.text()
    dialog.form.pattern.setText("[A-Z]+")
    dialog.form.changed.emit()
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: pane.session.schema_name == "Shop" and pane.session.sheet is not None)
    assert documents.schemas.load("Shop").spec("cashier").pattern == "[A-Z]+"
    assert documents.schemas.load("Shop").spec("items") == documents.schemas.load("receipt").spec(
        "items"
    ), "columns stay"
    assert ("cashier", 0) in pane.fields.rows
    assert pane.fields.schemas.currentText() == "Shop"
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: "Shop" not in [one.name for one in documents.schemas.listed()])


def test_another_schema_reads_the_document_anew(
    pane: DocumentsPane, documents: FakeDocuments, qtbot: QtBot
) -> None:
    documents.schemas.save(Schema("Small", (FieldSpec("total", FieldType.AMOUNT),)))
    pane.session.refresh()
    qtbot.waitUntil(lambda: pane.fields.schemas.findData("Small") >= 0)
    pane.fields.schema_chosen.emit("Small")
    qtbot.waitUntil(lambda: pane.session.sheet is not None)
    assert list(pane.fields.rows) == [("total", 0)]
    assert pane.fields.tables == {}


def test_schemas_are_carried_out_and_in(
    pane: DocumentsPane, documents: FakeDocuments, tmp_path: Path, qtbot: QtBot
) -> None:
    target = tmp_path / "mine.json"
    pane.schemas.export_file(target)
    qtbot.waitUntil(target.exists)
    pane.schemas.import_file(target)
    qtbot.waitUntil(lambda: pane.session.schema_name == "receipt 2")
    assert documents.schemas.load("receipt 2").fields == documents.schemas.load("receipt").fields
    qtbot.waitUntil(lambda: pane.session.sheet is not None)
    assert pane.schemas.remove.isEnabled()
    pane.schemas.remove.trigger()
    qtbot.waitUntil(lambda: pane.session.schema_name == "receipt")
    qtbot.waitUntil(lambda: pane.session.sheet is not None)


def dialogs(pane: DocumentsPane) -> list[SchemaDialog]:
    return [one for one in pane.window().findChildren(SchemaDialog) if one.isVisible()]


def test_a_file_read_by_two_schemas_stands_in_the_list_once(
    pane: DocumentsPane, documents: FakeDocuments, files: list[Path], qtbot: QtBot
) -> None:
    pane.session.choose_schema("invoice")
    qtbot.waitUntil(lambda: pane.session.sheet is not None)
    assert len(documents.keeping.documents()) == 2
    pane.session.refresh()
    qtbot.waitUntil(lambda: len(pane.session.ids_of(files[0])) == 2)
    (only,) = pane.session.documents
    assert only.document is not None
    assert only.document.schema == "invoice", "as it was read last"
    pane.opening.forget_now(pane.session.ids_of(files[0]))
    qtbot.waitUntil(lambda: documents.keeping.documents() == ())
    qtbot.waitUntil(lambda: pane.window().status.text.text() == "2 documents are forgotten.")
