"""Approved texts into image files: said before, written, told of, undone and done again."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.flow.engine.conftest import drive
from tests.gui.alttext.fake_alttext import FakeAltTexts
from vlm_desktop.base.altfiles import Where, WriteOptions
from vlm_desktop.base.alttext import AltAct, AltImage, AltState, Decision
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.gui.panes.alttext.alttext_pane import AltTextPane
from vlm_desktop.gui.panes.alttext.write_dialog import WriteDialog
from vlm_desktop.gui.panes.alttext.writing_corner import WritingCorner
from vlm_desktop.gui.widgets.report_dialog import ReportDialog

Image = Callable[[int], AltImage]


@pytest.fixture
def writing(pane: AltTextPane) -> WritingCorner:
    return pane.extras.writing


@pytest.fixture
def approved(pane: AltTextPane, alttext: FakeAltTexts, image: Image, qtbot: QtBot) -> Image:
    """The first two images have approved texts, the second is decorative."""
    first, second = image(0).id, image(1).id
    alttext.sets.decide([first], Decision.INFORMATIVE)
    alttext.sets.decide([second], Decision.DECORATIVE)
    alttext.sets.save_text(first, "en", "A bridge.", "It is red.")
    drive(alttext.sets.approve([first, second], "en", CancelToken()))
    pane.session.reread()
    qtbot.waitUntil(lambda: pane.session.images[first].text("en").state is AltState.APPROVED)
    return image


def path_of(image: AltImage) -> Path:
    assert image.path is not None
    return image.path


def shown(pane: AltTextPane, kind: type) -> list:
    return [one for one in pane.findChildren(kind) if one.isVisible()]


def test_the_dialog_says_which_images_and_where(
    approved: Image, writing: WritingCorner, pane: AltTextPane
) -> None:
    dialog = writing.ask()
    assert isinstance(dialog, WriteDialog)
    assert dialog.this.isEnabled()
    assert "1 bridge.jpg" in dialog.this.text()
    assert "(2)" in dialog.all.text()
    assert dialog.go.text() == "Write 1 image"
    dialog.all.setChecked(True)
    assert dialog.go.text() == "Write 2 images"
    assert dialog.options == WriteOptions(where=Where.AUTO)
    dialog.backup.setChecked(True)
    dialog.sidecar.setChecked(True)
    assert not dialog.backup.isEnabled()
    assert dialog.options == WriteOptions(where=Where.SIDECAR)
    assert dialog.naming.itemText(0).startswith("1 bridge.jpg.xmp")
    dialog.reject()


def test_what_is_not_approved_is_not_offered(pane: AltTextPane, writing: WritingCorner) -> None:
    dialog = writing.ask()
    assert dialog is not None
    assert not dialog.this.isEnabled()
    assert not dialog.all.isEnabled()
    assert not dialog.go.isEnabled()
    assert dialog.note.isVisible()
    dialog.reject()


def test_writing_puts_the_text_into_the_file_and_undo_takes_it_back(
    approved: Image, writing: WritingCorner, pane: AltTextPane, alttext: FakeAltTexts, qtbot: QtBot
) -> None:
    path = path_of(approved(0))
    before = path.read_bytes()
    dialog = writing.ask()
    assert dialog is not None
    with qtbot.waitSignal(pane.desk.work.ended) as ended:
        dialog.go.click()
    assert ended.args[0] == "Alt text of 1 image is written and was read back."
    said = {one.language: one for one in alttext.files.read(path).texts}
    assert (said["en"].alt, said["en"].extended) == ("A bridge.", "It is red.")
    qtbot.waitUntil(lambda: pane.desk.changes.undo_text != "")
    history = alttext.sets.history(approved(0).id, "en")
    assert history[-1].event.act is AltAct.WRITTEN
    assert approved(0).text("en").state is AltState.APPROVED, "our own writing makes nothing stale"
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: path.read_bytes() == before)
    qtbot.waitUntil(lambda: pane.desk.changes.redo_text != "")
    pane.desk.changes.redo()
    qtbot.waitUntil(lambda: alttext.files.read(path).texts != ())
    qtbot.waitUntil(lambda: pane.desk.changes.undo_text != "")
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: path.read_bytes() == before)


def test_a_file_that_changed_is_refused_with_its_reason(
    approved: Image, writing: WritingCorner, pane: AltTextPane, qtbot: QtBot
) -> None:
    path = path_of(approved(0))
    path.write_bytes(path.read_bytes() + b"\0")
    with qtbot.waitSignal(pane.desk.work.ended) as ended:
        writing.write([approved(0), approved(1)], WriteOptions())
    assert "1 was refused and is as it was." in ended.args[0]
    (report,) = shown(pane, ReportDialog)
    assert any(path.name in report.list.item(n).text() for n in range(report.list.count()))
    report.close()


def test_sidecars_leave_the_files_alone(
    approved: Image, writing: WritingCorner, pane: AltTextPane, qtbot: QtBot
) -> None:
    path = path_of(approved(0))
    before = path.read_bytes()
    with qtbot.waitSignal(pane.desk.work.ended):
        writing.write([approved(0)], WriteOptions(where=Where.SIDECAR))
    assert path.read_bytes() == before
    assert "A bridge." in path.with_name(f"{path.name}.xmp").read_text("utf-8")


def test_a_backup_is_named(
    approved: Image, writing: WritingCorner, pane: AltTextPane, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(pane.desk.work.ended):
        writing.write([approved(0)], WriteOptions(backup=True))
    (report,) = shown(pane, ReportDialog)
    assert "1 bridge.jpg.original" in report.list.item(0).text()
    report.close()


def test_writing_twice_says_that_all_is_said(
    approved: Image, writing: WritingCorner, pane: AltTextPane, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(pane.desk.work.ended):
        writing.write([approved(0)], WriteOptions())
    with qtbot.waitSignal(pane.desk.work.ended) as ended:
        writing.write([approved(0)], WriteOptions())
    assert ended.args[0] == "Nothing was written. 1 said it already."


def test_names_on_buttons_keep_their_ampersand(
    approved: Image, writing: WritingCorner, pane: AltTextPane, qtbot: QtBot
) -> None:
    image = pane.session.images[approved(0).id]
    pane.session.put_image(dataclasses.replace(image, name="salt & pepper.jpg"))
    dialog = writing.ask()
    assert dialog is not None
    assert "salt && pepper.jpg" in dialog.this.text()
    dialog.reject()
