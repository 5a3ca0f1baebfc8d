"""What is kept in a hurry: rough outlines become finer, nothing that was thrown away is lost."""

from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from tests.gui.ground.fake_ground import SAM, FakeGround
from tests.gui.ground.test_pointing import kept, outlined
from vlm_desktop.base.types import Box
from vlm_desktop.gui.panes.ground.ground_pane import GroundPane
from vlm_desktop.gui.panes.ground.items import OBJECT, key

CONTROL = Qt.KeyboardModifier.ControlModifier
KEY = Qt.Key
_ROUGH_TOP, _FINE_TOP = 26, 27
"""Of a square of 24 around (50, 50), and a row less."""


def tops(ground: FakeGround, pane: GroundPane) -> list[int]:
    return [one.mask.top for one in kept(ground, pane) if one.mask is not None]


def click(pane: GroundPane, x: float, y: float) -> None:
    pane.hands.click(QPointF(x, y), True)


def undo(pane: GroundPane, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pane.desk.changes.undone):
        pane.desk.changes.undo()


def test_a_rough_outline_becomes_finer_where_it_is_kept(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    click(pane, 50, 50)
    outlined(qtbot, pane)
    assert pane.pointing.is_rough
    pane.hands.keep()
    qtbot.waitUntil(lambda: tops(ground, pane) == [_FINE_TOP])
    (one,) = pane.session.objects
    assert one.box == kept(ground, pane)[0].box == Box(26, _FINE_TOP, 74, 74)
    undo(pane, qtbot)
    qtbot.waitUntil(lambda: pane.session.objects == ())
    assert kept(ground, pane) == (), "one step"
    with qtbot.waitSignal(pane.desk.changes.redone):
        pane.desk.changes.redo()
    qtbot.waitUntil(lambda: tops(ground, pane) == [_FINE_TOP])


def test_a_label_given_meanwhile_stays_and_its_undo_leaves_the_finer_edge(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    click(pane, 50, 50)
    outlined(qtbot, pane)
    pane.hands.keep()
    pane.hands.label("cup")
    qtbot.waitUntil(lambda: tops(ground, pane) == [_FINE_TOP])
    qtbot.waitUntil(lambda: [one.label for one in kept(ground, pane)] == ["cup"])
    assert tops(ground, pane) == [_FINE_TOP]
    undo(pane, qtbot)
    qtbot.waitUntil(lambda: [one.label for one in pane.session.objects] == [""])
    qtbot.waitUntil(lambda: tops(ground, pane) == [_FINE_TOP])


def test_what_the_model_says_of_a_kept_object_takes_the_place_of_the_rough_outline(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    ground.masks.cards = (SAM,)
    ground.masks.gate.clear()
    pane.masks.refresh()
    qtbot.waitUntil(lambda: pane.masks.cards == (SAM,))
    pane.masks.use("sam")
    click(pane, 50, 50)
    qtbot.waitUntil(lambda: pane.pointing.answer is not None)
    assert pane.pointing.is_waiting
    pane.hands.keep()
    assert not pane.pointing.is_active
    qtbot.waitUntil(lambda: tops(ground, pane) == [_ROUGH_TOP])
    ground.masks.gate.set()
    qtbot.waitUntil(lambda: tops(ground, pane) == [30])


def test_enter_before_the_outline_is_here_keeps_it_once_it_is(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    click(pane, 50, 50)
    assert pane.pointing.is_behind
    pane.hands.keep()
    qtbot.waitUntil(lambda: len(kept(ground, pane)) == 1)
    assert not pane.pointing.is_active
    (one,) = kept(ground, pane)
    assert one.mask is not None
    assert [(point.x, point.y) for point in one.points] == [(50, 50)]


def test_what_was_thrown_away_comes_back(pane: GroundPane, qtbot: QtBot) -> None:
    click(pane, 50, 50)
    click(pane, 60, 50)
    outlined(qtbot, pane)
    qtbot.keyClick(pane.canvas, KEY.Key_Delete)
    assert not pane.pointing.is_active
    assert pane.actions_of_pane.step_back.isEnabled()
    qtbot.keyClick(pane.canvas, KEY.Key_Z, CONTROL)
    assert pane.pointing.steps == 2
    outlined(qtbot, pane)
    assert pane.back()
    assert not pane.pointing.is_active
    assert pane.step_back()
    assert pane.pointing.steps == 2


def test_what_was_thrown_away_stays_so_once_something_else_was_done(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    click(pane, 50, 50)
    outlined(qtbot, pane)
    pane.hands.keep()
    qtbot.waitUntil(lambda: tops(ground, pane) == [_FINE_TOP])
    click(pane, 120, 50)
    pane.back()
    pane.go_to(key(OBJECT, 1))
    pane.hands.label("cup")
    qtbot.waitUntil(lambda: not pane.can_step_back)
    assert not pane.step_back()


def test_a_step_taken_back_leads_to_the_outline_that_was_taken_up(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    click(pane, 50, 50)
    outlined(qtbot, pane)
    pane.hands.keep()
    qtbot.waitUntil(lambda: tops(ground, pane) == [_FINE_TOP])
    pane.hands.change_outline(key(OBJECT, 1))
    its_own = pane.pointing.mask
    click(pane, 80, 50)
    outlined(qtbot, pane)
    pane.step_back()
    assert pane.pointing.editing == 1
    assert pane.pointing.mask is its_own
