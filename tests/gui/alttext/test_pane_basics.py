"""Decide, write, approve, go on; what is typed is kept."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.alttext.fake_alttext import FakeAltTexts
from vlm_desktop.base.alttext import AltImage, AltState, Decision
from vlm_desktop.gui.panes.alttext.alttext_pane import AltTextPane

Image = Callable[..., AltImage]


def test_the_set_is_shown_and_its_first_image_is_current(pane: AltTextPane) -> None:
    assert pane.queue.model.rowCount() == 3
    assert pane.session.current is not None
    assert pane.layers.currentWidget() is pane.work
    assert pane.editor.name.text() == pane.session.current.name


def test_what_is_typed_is_kept_without_a_button(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    pane.editor.focus_alt()
    qtbot.keyClicks(pane.editor.alt.box, "A bridge.")
    qtbot.waitUntil(lambda: image(0).text("en").alt == "A bridge.")
    qtbot.waitUntil(lambda: pane.session.text.state is AltState.DRAFT)
    assert pane.editor.alt.text == "A bridge."


def test_decide_write_approve_and_go_on(pane: AltTextPane, image: Image, qtbot: QtBot) -> None:
    pane.queue.focus_list()
    qtbot.keyClick(pane.queue.view, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: image(0).decision is Decision.INFORMATIVE)
    pane.editor.focus_alt()
    qtbot.keyClicks(pane.editor.alt.box, "A bridge over a river.")
    qtbot.keyClick(pane.editor.alt.box, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: image(0).text("en").state is AltState.APPROVED)
    qtbot.waitUntil(lambda: pane.session.current_id == image(1).id)
    assert pane.editor.alt.text == ""
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: image(0).text("en").state is AltState.DRAFT)
    assert image(0).text("en").alt == "A bridge over a river."


def test_a_draft_streams_into_an_empty_text(
    pane: AltTextPane, alttext: FakeAltTexts, image: Image, qtbot: QtBot
) -> None:
    alttext.drafting.gate.clear()
    pane.drafting.start()
    qtbot.waitUntil(lambda: bool(alttext.drafting.asked))
    assert pane.drafting.is_writing
    alttext.drafting.gate.set()
    qtbot.waitUntil(lambda: image(0).text("en").alt == "A cat on a mat.")
    qtbot.waitUntil(lambda: pane.editor.alt.text == "A cat on a mat.")
    qtbot.waitUntil(lambda: not pane.drafting.is_writing)


def test_a_large_window_has_wider_columns_unless_a_person_chose_them(pane: AltTextPane) -> None:
    window = pane.window()
    window.resize(1024, 640)
    narrow = pane.beside.sizes()[0], pane.work.sizes()[1]
    window.resize(2400, 1200)
    wide = pane.beside.sizes()[0], pane.work.sizes()[1]
    assert all(one < other for one, other in zip(narrow, wide, strict=True))
    assert wide[0] < 400, "the picture has the rest"
    assert wide[1] < 700
    assert (pane.state()["column"], pane.state()["work"]) == ([], [])
    pane.beside.moveSplitter(300, 1)
    pane.beside.splitterMoved.emit(300, 1)
    chosen = pane.beside.sizes()
    assert pane.state()["column"] == chosen
    window.resize(2300, 1200)
    assert pane.beside.sizes()[0] == chosen[0]
