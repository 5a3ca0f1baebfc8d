"""All of it by keyboard alone, and what a screen reader is told."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.gui.ground.fake_ground import FakeGround
from tests.tools.naming import nameless, out_of_order
from vlm_desktop.gui.panes.ground import ground_pane, hands
from vlm_desktop.gui.panes.ground.ground_pane import GroundPane
from vlm_desktop.gui.panes.ground.items import DRAFT, FOUND, OBJECT, key
from vlm_desktop.gui.strings import ground as strings
from vlm_desktop.gui.widgets import overlay_canvas

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
KEY = Qt.Key


def focused(pane: GroundPane) -> QWidget:
    found = pane.window().focusWidget()
    assert found is not None
    return found


def outlined(qtbot: QtBot, pane: GroundPane) -> None:
    qtbot.waitUntil(lambda: pane.pointing.mask is not None and not pane.pointing.is_waiting)


def test_from_the_phrase_to_a_kept_and_named_object_by_keys_alone(
    open_pane: Callable[[], GroundPane], ground: FakeGround, pictures: list[Path],
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    said: list[str] = []
    for module in (overlay_canvas, hands, ground_pane):
        monkeypatch.setattr(module, "announce", lambda _, words: said.append(words))
    pane = open_pane()
    pane.session.open(pictures[0])
    qtbot.waitUntil(lambda: pane.session.picture is not None)
    qtbot.keyClick(focused(pane), KEY.Key_P, CONTROL)
    assert focused(pane) is pane.canvas
    # A crosshair points: Enter adds, Shift+Enter takes away.
    qtbot.keyClick(pane.canvas, KEY.Key_Insert)
    for _ in range(3):
        qtbot.keyClick(pane.canvas, KEY.Key_Left)
    assert any("from the left" in words for words in said), said
    qtbot.keyClick(pane.canvas, KEY.Key_Return)
    outlined(qtbot, pane)
    assert said[-1].startswith("Whole, New object, not kept yet, outline"), said
    for _ in range(6):
        qtbot.keyClick(pane.canvas, KEY.Key_Right)
    qtbot.keyClick(pane.canvas, KEY.Key_Return, SHIFT)
    outlined(qtbot, pane)
    assert [one.adds for one in pane.pointing.prompt.points] == [True, False]
    qtbot.keyClick(pane.canvas, KEY.Key_Return, CONTROL)
    assert not pane.pointing.is_active
    assert said[-1] == "Object 1 is kept."
    # B begins a box around the crosshair, Enter takes it.
    qtbot.keyClick(pane.canvas, KEY.Key_B)
    assert pane.canvas.region is not None
    qtbot.keyClick(pane.canvas, KEY.Key_Return)
    outlined(qtbot, pane)
    assert pane.pointing.prompt.box is not None
    assert pane.current == key(DRAFT)
    qtbot.keyClick(pane.canvas, KEY.Key_Return)
    assert len(pane.session.objects) == 2
    # Arrows walk over what is there; the label is typed beside it.
    qtbot.keyClick(pane.canvas, KEY.Key_Home)
    assert pane.current is not None
    assert pane.current[0] == OBJECT
    assert "outline" in said[-1]
    qtbot.keyClick(pane.canvas, KEY.Key_G, CONTROL)
    assert focused(pane) is pane.objects.list
    qtbot.keyClick(pane.objects.list, KEY.Key_F2)
    assert focused(pane) is pane.objects.line
    qtbot.keyClicks(pane.objects.line, "cup")
    qtbot.keyClick(pane.objects.line, KEY.Key_Return)
    assert "cup" in [one.label for one in pane.session.objects]
    # Phrases by keys, F6 from part to part, and back out with Esc.
    qtbot.keyClick(focused(pane), KEY.Key_E, CONTROL)
    assert focused(pane) is pane.bar.line
    qtbot.keyClicks(pane.bar.line, "red cup")
    qtbot.keyClick(pane.bar.line, KEY.Key_Return)
    qtbot.waitUntil(lambda: not pane.phrasing.is_running)
    qtbot.keyClick(pane.bar.line, KEY.Key_F6)
    assert focused(pane) is pane.canvas
    qtbot.keyClick(pane.canvas, KEY.Key_F6)
    assert focused(pane) is pane.objects.list
    qtbot.keyClick(pane.objects.list, KEY.Key_End)
    assert pane.current == key(FOUND, 0, 0)
    qtbot.keyClick(pane.objects.list, KEY.Key_Return)
    assert len(pane.session.objects) == 3
    qtbot.keyClick(pane.objects.list, KEY.Key_Escape)
    assert focused(pane) is pane.canvas


def test_every_control_has_a_name_and_tab_reads_along(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    window = pane.window()
    assert nameless(window) == []
    assert out_of_order(window) == []
    pane.phrasing.ask(["red cup", "green cup"])
    qtbot.waitUntil(lambda: not pane.phrasing.is_running)
    pane.phrasing.keep(0, 0)
    pane.go_to(key(OBJECT, 1))
    assert nameless(window) == []
    assert out_of_order(window) == []
    for number in (1, 2):
        pane.side.show_page(number)
        assert nameless(window) == []
        assert out_of_order(window) == []


def test_what_came_together_is_opened_one_after_the_other(
    pane: GroundPane, pictures: list[Path], qtbot: QtBot
) -> None:
    assert not pane.opening.head.ways.isVisible()
    assert pane.opening.head.name.text() == "picture 1.png"
    pane.opening.take_paths([pictures[1], pictures[2], pictures[0], pictures[1]])
    qtbot.waitUntil(lambda: pane.session.picture is not None)
    assert pane.opening.head.place.text() == "1 of 3"
    assert not pane.opening.before.isEnabled()
    pane.focus_picture()
    for name, place in (("picture 3.png", "2 of 3"), ("picture 1.png", "3 of 3")):
        qtbot.keyClick(pane.canvas, KEY.Key_Right, ALT)
        qtbot.waitUntil(lambda: pane.session.picture is not None)
        assert (pane.opening.head.name.text(), pane.opening.head.place.text()) == (name, place)
        assert pane.canvas.hasFocus() or pane.side.open.hasFocus()
    assert not pane.opening.after.isEnabled()
    pane.session.open(None)
    assert pane.opening.together == ()
    assert pane.opening.head.isHidden()


def test_hints_say_which_keys_there_are(pane: GroundPane, qtbot: QtBot) -> None:
    hint = pane.picture.draft.words
    qtbot.keyClick(pane.canvas, KEY.Key_Insert)
    assert hint.text() == strings.HINT_AIM
    pane.bar.focus()
    assert hint.text() == strings.HINT_EMPTY, "keys do not move it there"
    pane.focus_picture()
    assert hint.text() == strings.HINT_AIM
    qtbot.keyClick(pane.canvas, KEY.Key_Escape)
    assert hint.text() == strings.HINT_EMPTY
    pane.choose_tool("box")
    assert hint.text() == strings.HINT_BOX
    qtbot.keyClick(pane.canvas, KEY.Key_Insert)
    assert hint.text() == strings.HINT_AIM_BOX


def test_an_empty_list_gives_the_focus_to_its_tab(pane: GroundPane, qtbot: QtBot) -> None:
    pane.focus_list()
    assert focused(pane) is pane.side.tabs.buttons[0]
    pane.hands.click(QPointF(50, 50), True)
    outlined(qtbot, pane)
    assert focused(pane) is pane.side.tabs.buttons[0], "what comes later takes no focus"


def test_escape_leaves_a_label_as_it_was(pane: GroundPane, qtbot: QtBot) -> None:
    pane.hands.click(QPointF(50, 50), True)
    outlined(qtbot, pane)
    pane.hands.keep()
    pane.objects.rename()
    qtbot.keyClicks(pane.objects.line, "cup")
    assert pane.back()
    assert pane.canvas.hasFocus()
    assert [one.label for one in pane.session.objects] == [""]


def test_pages_are_turned_and_each_has_its_own_objects(
    pane: GroundPane, ground: FakeGround, pictures: list[Path], qtbot: QtBot
) -> None:
    ground.pictures.pages[pictures[1]] = 3
    pane.session.open(pictures[1])
    qtbot.waitUntil(lambda: pane.session.picture is not None)
    assert pane.opening.head.pages.isVisible()
    pane.hands.click(QPointF(50, 50), True)
    outlined(qtbot, pane)
    pane.hands.keep()
    pane.focus_picture()
    qtbot.keyClick(pane.canvas, KEY.Key_PageDown, CONTROL)
    qtbot.waitUntil(lambda: pane.session.picture is not None and pane.session.picture.page == 2)
    assert pane.opening.head.page.value() == 2
    assert pane.session.objects == ()
    assert pane.canvas.hasFocus()
    pane.opening.head.page.setValue(1)
    qtbot.waitUntil(lambda: len(pane.session.objects) == 1)
    assert not pane.opening.page_before.isEnabled()
    pane.session.open(pictures[0])
    qtbot.waitUntil(lambda: pane.session.picture is not None)
    assert pane.opening.head.pages.isHidden()
