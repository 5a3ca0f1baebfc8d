"""All of it by keyboard, and what a screen reader is told."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.gui.alttext.fake_alttext import FakeAltTexts
from tests.tools.naming import nameless, out_of_order
from vlm_desktop.base.alttext import AltImage, AltState, Decision
from vlm_desktop.gui.panes.alttext import editor_corner, lint_panel
from vlm_desktop.gui.panes.alttext.alttext_pane import AltTextPane
from vlm_desktop.gui.panes.alttext.picture_loader import LoadedPicture
from vlm_desktop.gui.strings import alttext as strings

Image = Callable[..., AltImage]
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def focused(pane: AltTextPane) -> QWidget:
    found = pane.window().focusWidget()
    assert found is not None
    return found


def test_three_images_from_the_first_to_the_last_by_keys_alone(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    """Decide, draft, put right, approve; write; decorative; back, edit, undo."""
    window = pane.window()
    ids = tuple(pane.session.images)
    window.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_3, CONTROL)
    qtbot.keyClick(focused(pane), Qt.Key.Key_G, CONTROL)
    assert focused(pane) is pane.queue.view
    # The first: a draft, put right.
    qtbot.keyClick(focused(pane), Qt.Key.Key_1)
    qtbot.waitUntil(lambda: image(0).decision is Decision.INFORMATIVE)
    qtbot.keyClick(focused(pane), Qt.Key.Key_D)
    qtbot.waitUntil(lambda: image(0).text("en").alt == "A cat on a mat.")
    qtbot.waitUntil(lambda: not pane.editor.alt.box.isReadOnly())
    qtbot.keyClick(focused(pane), Qt.Key.Key_F6)
    assert focused(pane) is pane.picture.canvas
    qtbot.keyClick(focused(pane), Qt.Key.Key_F6)
    assert focused(pane) is pane.editor.alt.box
    qtbot.keyClick(focused(pane), Qt.Key.Key_A, CONTROL)
    qtbot.keyClicks(focused(pane), "Photo of a bridge over a river")
    qtbot.keyClick(focused(pane), Qt.Key.Key_Period, CONTROL | SHIFT)
    assert pane.editor.alt.text == "A bridge over a river."
    qtbot.keyClick(focused(pane), Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: pane.session.current_id == ids[1])
    assert focused(pane) is pane.editor.alt.box, "one goes on writing"
    # The second: decided with Alt while one writes.
    qtbot.keyClick(focused(pane), Qt.Key.Key_3, ALT)
    qtbot.waitUntil(lambda: image(1).decision is Decision.FUNCTIONAL)
    qtbot.keyClicks(focused(pane), "Show the timetable.")
    qtbot.keyClick(focused(pane), Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: pane.session.current_id == ids[2])
    # The third: decorative, from the queue.
    qtbot.keyClick(focused(pane), Qt.Key.Key_Escape)
    assert focused(pane) is pane.queue.view
    qtbot.keyClick(focused(pane), Qt.Key.Key_2)
    qtbot.waitUntil(lambda: pane.session.current.decision is Decision.DECORATIVE)
    qtbot.keyClick(focused(pane), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: image(2).text("en").state is AltState.APPROVED)
    qtbot.waitUntil(lambda: pane.window().status.text.text() == strings.ALL_DONE)
    # Back to the first, edited again, and that undone.
    qtbot.keyClick(focused(pane), Qt.Key.Key_K)
    qtbot.keyClick(focused(pane), Qt.Key.Key_K)
    assert pane.session.current_id == ids[0]
    qtbot.keyClick(focused(pane), Qt.Key.Key_E)
    qtbot.waitUntil(lambda: image(0).text("en").state is AltState.IN_REVIEW)
    qtbot.waitUntil(lambda: focused(pane) is pane.editor.alt.box)
    qtbot.keyClick(focused(pane), Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: image(0).text("en").state is AltState.APPROVED)
    assert [image(n).text("en").state for n in range(3)] == [AltState.APPROVED] * 3


@pytest.mark.parametrize("key", [Qt.Key.Key_Down, Qt.Key.Key_Up])
def test_next_and_previous_work_while_one_writes(
    pane: AltTextPane, qtbot: QtBot, key: Qt.Key
) -> None:
    ids = tuple(pane.session.images)
    pane.step(1)
    pane.editor.focus_alt()
    qtbot.keyClick(focused(pane), key, CONTROL)
    assert pane.session.current_id == ids[2 if key == Qt.Key.Key_Down else 0]
    assert focused(pane) is pane.editor.alt.box


def test_letters_and_digits_in_the_field_are_typing(pane: AltTextPane, qtbot: QtBot) -> None:
    pane.editor.focus_alt()
    qtbot.keyClicks(pane.editor.alt.box, "123 jkned 0")
    assert pane.editor.alt.text == "123 jkned 0"
    assert pane.session.current.decision is Decision.UNDECIDED


def test_every_control_has_a_name_and_tab_reads_along(pane: AltTextPane, qtbot: QtBot) -> None:
    pane.editor.alt.put_text("Image of a bridge")
    pane.corner.show_findings()
    pane.editor.sections["history"].set_open(True)
    pane.picture.context.section.set_open(True)
    qtbot.waitUntil(lambda: bool(pane.editor.history.lines))
    assert nameless(pane.window()) == []
    assert out_of_order(pane.window()) == []


def test_what_is_shown_is_said(pane: AltTextPane, image: Image, qtbot: QtBot) -> None:
    """Row, picture, counter, decision and state, as the accessibility tree has them."""

    def name(widget: QWidget) -> str:
        return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)

    view = pane.queue.view
    row = QAccessible.queryAccessibleInterface(view).child(0)
    assert row.text(QAccessible.Text.Name) == "1 bridge.jpg, Empty"
    assert name(pane.picture.canvas) == "Picture: 1 bridge.jpg"
    pane.editor.alt.put_text("A bridge.")
    described = QAccessible.queryAccessibleInterface(pane.editor.alt.box)
    assert described.text(QAccessible.Text.Description) == "9 of 125"
    button = pane.editor.decision.buttons[Decision.DECORATIVE]
    assert name(button) == "Decorative"
    told = QAccessible.queryAccessibleInterface(button)
    assert strings.DECISION_TIPS[Decision.DECORATIVE] in told.text(QAccessible.Text.Description)
    assert "1 to 6 decide" in view.accessibleDescription()
    assert name(pane.editor.state.dot) == "Empty"


def test_changes_are_announced(
    pane: AltTextPane, image: Image, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(lint_panel, "announce", lambda _, text: said.append(text))
    monkeypatch.setattr(editor_corner, "announce", lambda _, text: said.append(text))
    pane.editor.focus_alt()
    qtbot.keyClicks(pane.editor.alt.box, "Image of a bridge over water")
    pane.session.put.emit(pane.session.current)  # what was typed so far is kept meanwhile
    qtbot.waitUntil(lambda: said == ["2 findings"])
    qtbot.keyClick(pane.editor.alt.box, Qt.Key.Key_Period, CONTROL)
    assert said[-1] == "Fixed. 1 finding"
    spoken = pane.window().status.text
    pane.corner.decide(Decision.COMPLEX)
    qtbot.waitUntil(lambda: spoken.text() == "1 bridge.jpg: Complex")
    pane.corner.approve()
    qtbot.waitUntil(lambda: spoken.text() == "Approved: 1 bridge.jpg.")


def test_only_commands_with_something_to_act_on_are_on(
    open_pane: Callable[[], AltTextPane],
    alttext: FakeAltTexts,
    photos: Path,
    qtbot: QtBot,
) -> None:
    pane = open_pane()
    book = {one.id: one.action for one in pane.desk.actions if one.id.startswith("alttext.")}
    assert len(book) > 35
    for name in ("approve", "draft", "edit", "fix", "brief", "remove-set", "decide-1", "batch"):
        assert not book[f"alttext.{name}"].isEnabled(), name
    pane.sets.take_paths([photos])
    qtbot.waitUntil(lambda: pane.session.current is not None)
    for name in ("approve", "draft", "fix", "brief", "remove-set", "decide-1", "batch"):
        assert book[f"alttext.{name}"].isEnabled(), name


def test_a_command_from_another_pane_brings_this_one_to_front(
    pane: AltTextPane, qtbot: QtBot
) -> None:
    window = pane.window()
    window.show_pane("search")
    pane.desk.actions.get("alttext.text").trigger()
    assert pane.isVisible()
    assert focused(pane) is pane.editor.alt.box


def test_a_hidden_picture_is_not_shown(pane: AltTextPane, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not pane.picture.canvas.image.isNull())
    pane.picture.hide_picture(True)
    assert pane.picture.page.sentence.text().replace("\u200b", "") == strings.PICTURE_HIDDEN
    pane.step(1)
    qtbot.wait(100)
    assert pane.picture.canvas.image.isNull()
    pane.picture.hide_picture(False)
    qtbot.waitUntil(lambda: not pane.picture.canvas.image.isNull())
    assert pane.picture.layers.currentWidget() is pane.picture.canvas


def test_a_picture_that_comes_late_does_not_show_while_it_is_hidden(
    pane: AltTextPane, image: Image
) -> None:
    path = image(0).path
    assert path is not None
    pane.picture.hide_picture(True)
    late = QImage(8, 6, QImage.Format.Format_RGB32)
    pane.picture.loader.loaded.emit(LoadedPicture(path, late, late.size()))
    assert pane.picture.canvas.image.isNull()
    assert pane.picture.layers.currentWidget() is pane.picture.page


def test_a_refused_approval_leaves_the_keys_that_decide(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    pane.editor.focus_alt()
    qtbot.keyClicks(pane.editor.alt.box, "A bridge.")
    pane.queue.focus_list()
    qtbot.keyClick(pane.queue.view, Qt.Key.Key_Return)
    status = pane.window().status.text
    qtbot.waitUntil(lambda: "nobody has decided" in status.text())
    assert focused(pane) is pane.queue.view
    # While one writes, the focus goes to the decisions, where the same keys decide.
    pane.editor.focus_alt()
    qtbot.keyClick(focused(pane), Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: focused(pane) is pane.editor.decision.buttons[Decision.INFORMATIVE])
    qtbot.keyClick(focused(pane), Qt.Key.Key_5)
    qtbot.waitUntil(lambda: image(0).decision is Decision.COMPLEX)


def test_the_list_has_the_focus_once_it_is_read(
    make_set: Callable[..., object], open_pane: Callable[[], AltTextPane], qtbot: QtBot
) -> None:
    make_set()
    pane = open_pane()
    qtbot.waitUntil(lambda: focused(pane) is pane.queue.view)


def test_the_label_of_the_field_one_writes_in_stays_in_view(
    pane: AltTextPane, qtbot: QtBot
) -> None:
    pane.window().resize(1024, 640)
    pane.editor.alt.put_text("image of IMG_1234.jpg")
    pane.corner.show_findings()
    scroll = pane.editor.scroll
    scroll.verticalScrollBar().setValue(scroll.verticalScrollBar().maximum())
    assert scroll.verticalScrollBar().value() > 0
    pane.editor.focus_alt()
    scroll.show_whole(pane.editor.alt.box)
    label = pane.editor.alt.label
    assert label.mapTo(scroll.viewport(), label.rect().topLeft()).y() >= 0


def test_going_to_the_history_ends_in_its_list(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    pane.corner.decide(Decision.INFORMATIVE)
    qtbot.waitUntil(lambda: image(0).decision is Decision.INFORMATIVE)
    pane.actions_of_pane.show_history()
    qtbot.waitUntil(lambda: focused(pane) is pane.editor.history.list)
    # It is read by now, and so gone to at once.
    pane.queue.focus_list()
    pane.actions_of_pane.show_history()
    assert focused(pane) is pane.editor.history.list


@pytest.mark.parametrize("name", ["quiz", "parts", "write", "export", "brief", "language"])
def test_every_control_of_a_dialog_has_a_name_and_tab_reads_along(
    pane: AltTextPane, alttext: FakeAltTexts, image: Image, qtbot: QtBot, name: str
) -> None:
    pane.editor.alt.put_text("A bridge.")
    pane.corner.decide(Decision.INFORMATIVE)
    qtbot.waitUntil(lambda: image(0).decision is Decision.INFORMATIVE)
    if name == "write":
        first = image(0).id
        pane.corner.approve()
        qtbot.waitUntil(lambda: pane.session.current_id != first)
        pane.queue.choose(first)
    extras = pane.extras
    openers = {
        "quiz": extras.quiz.ask,
        "parts": extras.quiz.describe,
        "write": extras.writing.ask,
        "export": extras.exports.ask,
        "brief": pane.sets.edit_brief,
        "language": pane.ask_language,
    }
    dialog = openers[name]()
    assert dialog is not None
    if name in ("quiz", "parts"):
        qtbot.waitUntil(lambda: not dialog.task.is_running)
    assert nameless(dialog) == []
    assert out_of_order(dialog) == []
    dialog.close()
