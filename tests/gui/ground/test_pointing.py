"""Clicks, boxes, levels, models: from the first point to an object that is kept."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from pytestqt.qtbot import QtBot

from tests.gui.ground.fake_ground import EDGE, SAM, FakeGround
from vlm_desktop.base.errors import MediaRefused, ModelOutOfMemory, Refusal
from vlm_desktop.base.grounding import GroundObject, PromptPoint
from vlm_desktop.gui.panes.ground.draft_bar import READY, WORKING
from vlm_desktop.gui.panes.ground.ground_pane import GroundPane
from vlm_desktop.gui.panes.ground.items import DRAFT, OBJECT, key
from vlm_desktop.gui.strings import ground as strings

LEFT = Qt.MouseButton.LeftButton
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
NO = Qt.KeyboardModifier.NoModifier
KEY = Qt.Key


def view(pane: GroundPane, x: float, y: float) -> QPoint:
    return pane.canvas.geometry_of_photo.transform().map(QPointF(x, y)).toPoint()


def click(qtbot: QtBot, pane: GroundPane, x: float, y: float, held: object = NO) -> None:
    qtbot.mouseClick(pane.canvas, LEFT, held, view(pane, x, y))  # type: ignore[arg-type]


def outlined(qtbot: QtBot, pane: GroundPane) -> None:
    qtbot.waitUntil(lambda: pane.pointing.mask is not None and not pane.pointing.is_waiting)


def kept(ground: FakeGround, pane: GroundPane) -> tuple[GroundObject, ...]:
    picture = pane.session.picture
    assert picture is not None
    found = ground.keeping.of_hash(picture.content_hash)
    return found.objects if found is not None else ()


def test_a_click_outlines_shift_click_takes_away_and_enter_keeps(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    click(qtbot, pane, 50, 50)
    outlined(qtbot, pane)
    assert pane.picture.draft.words.text() in (strings.ROUGH, strings.OUTLINED_PLAIN)
    click(qtbot, pane, 70, 50, SHIFT)
    outlined(qtbot, pane)
    assert [one.adds for one in pane.pointing.prompt.points] == [True, False]
    assert pane.current == key(DRAFT)
    qtbot.keyClick(pane.canvas, KEY.Key_Return)
    assert not pane.pointing.is_active
    qtbot.waitUntil(lambda: len(kept(ground, pane)) == 1)
    (one,) = kept(ground, pane)
    assert (one.number, one.source, one.label) == (1, "classical", "")
    assert len(one.points) == 2
    assert one.mask is not None
    assert pane.current == key(OBJECT, 1)
    assert "MainThread" not in ground.masks.threads


def test_undo_takes_back_clicks_first_and_then_the_object(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    click(qtbot, pane, 50, 50)
    click(qtbot, pane, 70, 50)
    outlined(qtbot, pane)
    qtbot.keyClick(pane.canvas, KEY.Key_Z, CONTROL)
    outlined(qtbot, pane)
    assert len(pane.pointing.prompt.points) == 1
    pane.hands.keep()
    qtbot.waitUntil(lambda: pane.desk.changes.undo_text == "Outline of Object 1")
    qtbot.keyClick(pane.canvas, KEY.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: pane.session.objects == ())
    assert kept(ground, pane) == ()
    qtbot.waitUntil(lambda: pane.desk.changes.redo_text != "")
    qtbot.keyClick(pane.canvas, KEY.Key_Z, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: len(pane.session.objects) == 1)


def test_a_drag_is_a_box_and_points_can_be_moved(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    start, end = view(pane, 40, 30), view(pane, 120, 90)
    qtbot.mousePress(pane.canvas, LEFT, NO, start)
    qtbot.mouseMove(pane.canvas, (start + end) / 2)
    qtbot.mouseMove(pane.canvas, end)
    qtbot.mouseRelease(pane.canvas, LEFT, NO, end)
    outlined(qtbot, pane)
    box = pane.pointing.prompt.box
    assert box is not None
    assert abs(box.x0 - 40) < 2
    assert abs(box.y1 - 90) < 2
    pane.pointing.drop()
    click(qtbot, pane, 50, 50)
    outlined(qtbot, pane)
    pane.canvas.point_moved.emit(key(DRAFT), 0, QPointF(80, 60))
    assert pane.pointing.prompt.points == (PromptPoint(80, 60),)
    assert pane.pointing.steps == 2


def test_the_wheel_cycles_whole_part_and_part_of_a_part(pane: GroundPane, qtbot: QtBot) -> None:
    click(qtbot, pane, 50, 50)
    outlined(qtbot, pane)
    zoom = pane.canvas.geometry_of_photo.zoom
    areas = []
    for _ in range(3):
        choice = pane.pointing.choice
        assert choice is not None
        areas.append(choice.mask.area)
        turn(pane, 50, 50, -120)
    assert areas == sorted(areas, reverse=True)
    assert len(set(areas)) == 3
    assert pane.canvas.geometry_of_photo.zoom == zoom, "nothing was zoomed"
    assert pane.picture.draft.level.text() == f"{strings.LEVELS['whole']} 1/3"
    qtbot.keyClick(pane.canvas, KEY.Key_W)
    assert pane.picture.draft.level.text() == f"{strings.LEVELS['part']} 2/3"


def turn(pane: GroundPane, x: float, y: float, by: int) -> None:
    at = QPointF(view(pane, x, y))
    event = QWheelEvent(
        at, pane.canvas.mapToGlobal(at), QPoint(), QPoint(0, by), Qt.MouseButton.NoButton, NO,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    pane.canvas.wheelEvent(event)


def test_what_a_click_would_take_is_previewed_and_stands_in_no_list(
    pane: GroundPane, qtbot: QtBot
) -> None:
    qtbot.mouseMove(pane.canvas, view(pane, 50, 50))
    qtbot.waitUntil(lambda: bool(pane.canvas.preview.items))
    assert pane.canvas.items == ()
    turn(pane, 50, 50, -120)
    assert pane.pointing.hover_level == 1
    click(qtbot, pane, 50, 50)
    outlined(qtbot, pane)
    assert pane.pointing.level == 1, "the level chosen with the wheel stays"
    assert pane.canvas.preview.items == ()


def test_a_model_replaces_the_rough_outline_when_it_is_ready(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    ground.masks.cards = (SAM,)
    pane.masks.refresh()
    qtbot.waitUntil(lambda: bool(pane.masks.cards))
    assert pane.picture.draft.choice.isVisible()
    ground.masks.gate.clear()
    pane.masks.use("sam")
    assert pane.picture.draft.dot.state == WORKING
    click(qtbot, pane, 50, 50)
    qtbot.waitUntil(lambda: pane.pointing.answer is not None)
    assert pane.pointing.answer.model == "classical"
    assert pane.picture.draft.words.text() == "Rough outline; SAM is looking…"
    ground.masks.gate.set()
    qtbot.waitUntil(lambda: pane.pointing.answer.model == "sam")
    qtbot.waitUntil(lambda: pane.picture.draft.dot.state == READY)
    assert pane.picture.draft.words.text() == "Outlined by SAM"
    pane.hands.keep()
    assert pane.session.objects[0].source == "sam"


def test_an_installed_model_takes_over_until_a_person_chooses(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    ground.masks.cards, ground.masks.chosen = (SAM,), "sam"
    pane.masks.refresh()
    qtbot.waitUntil(lambda: pane.pointing.model == "sam")
    choice = pane.picture.draft.models
    assert [choice.itemText(at) for at in range(choice.count())] == [
        "Automatic (SAM)", strings.NO_MODEL, "SAM",
    ]  # fmt: skip
    click(qtbot, pane, 50, 50)
    qtbot.waitUntil(lambda: pane.pointing.answer is not None and not pane.pointing.is_waiting)
    assert pane.pointing.answer.model == "sam"
    assert [model for model, _ in ground.masks.asked[-2:]] == ["classical", ""]
    pane.masks.use("classical")
    qtbot.waitUntil(lambda: not pane.pointing.is_waiting)
    assert pane.pointing.answer.model == "classical"
    assert pane.state()["outline"] == "classical"
    ground.masks.cards = (SAM, EDGE)
    pane.masks.refresh()
    qtbot.waitUntil(lambda: len(pane.masks.cards) == 2)
    assert (pane.pointing.wanted, pane.pointing.model) == ("classical", "")


def test_an_automatic_model_that_fails_leaves_its_place(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    ground.masks.cards, ground.masks.chosen = (SAM,), "sam"
    ground.masks.errors["sam"] = ModelOutOfMemory(model="sam", detail="")
    pane.masks.refresh()
    qtbot.waitUntil(lambda: pane.pointing.model == "sam")
    click(qtbot, pane, 50, 50)
    qtbot.waitUntil(lambda: pane.pointing.model == "")
    qtbot.waitUntil(lambda: pane.pointing.answer is not None and not pane.pointing.is_waiting)
    assert pane.pointing.answer.model == "classical"
    assert not pane.picture.draft.trouble.isVisible()
    assert pane.picture.draft.models.currentText() == f"Automatic ({strings.NO_MODEL})"


def test_a_model_without_memory_leaves_the_rough_outline_and_another_is_offered(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    ground.masks.cards = (SAM, EDGE)
    ground.masks.errors["sam"] = ModelOutOfMemory(model="sam", detail="")
    pane.masks.refresh()
    qtbot.waitUntil(lambda: bool(pane.masks.cards))
    pane.masks.use("sam")
    click(qtbot, pane, 50, 50)
    bar = pane.picture.draft
    qtbot.waitUntil(lambda: bar.trouble.isVisible())
    qtbot.waitUntil(lambda: pane.pointing.mask is not None)  # it may come after the failure
    assert not pane.pointing.is_waiting
    assert "sam" in bar.sentence.text()
    buttons = [bar.offers.itemAt(at).widget().text() for at in range(bar.offers.count())]
    assert buttons == ["Use EdgeTAM", strings.USE_NONE]
    bar.offers.itemAt(0).widget().click()
    qtbot.waitUntil(lambda: pane.pointing.answer.model == "edge")
    assert not bar.trouble.isVisible()


def test_only_the_newest_prompt_is_shown(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    ground.masks.cards = (SAM,)
    pane.masks.refresh()
    qtbot.waitUntil(lambda: bool(pane.masks.cards))
    ground.masks.gate.clear()
    pane.masks.use("sam")
    click(qtbot, pane, 30, 30)
    click(qtbot, pane, 90, 90)
    ground.masks.gate.set()
    qtbot.waitUntil(lambda: pane.pointing.answer is not None and not pane.pointing.is_waiting)
    assert len(pane.pointing.answer.prompt.points) == 2


def test_outside_of_the_picture_nothing_is_pointed_at(pane: GroundPane) -> None:
    pane.hands.click(QPointF(-5, 20), True)
    pane.hands.click(QPointF(500, 20), True)
    assert not pane.pointing.is_active


def test_when_idle_the_edge_becomes_finer(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    click(qtbot, pane, 50, 50)
    assert pane.picture.draft.words.text() in (strings.OUTLINING, strings.ROUGH)
    outlined(qtbot, pane)
    qtbot.waitUntil(lambda: len(pane.pointing.answer.refined) == 3)
    assert ground.masks.refined == 3
    assert pane.picture.draft.words.text() == strings.OUTLINED_PLAIN
    for _ in range(3):
        pane.pointing.cycle(1)
        assert not pane.pointing.is_rough, "other sizes became finer behind the one that shows"


def test_an_object_is_taken_up_again_renamed_and_removed(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    click(qtbot, pane, 50, 50)
    outlined(qtbot, pane)
    pane.hands.keep()
    pane.objects.rename()
    assert pane.objects.line.hasFocus()
    qtbot.keyClicks(pane.objects.line, "cup")
    qtbot.keyClick(pane.objects.line, KEY.Key_Return)
    qtbot.waitUntil(lambda: [one.label for one in kept(ground, pane)] == ["cup"])
    pane.hands.change_outline(key(OBJECT, 1))
    assert pane.pointing.editing == 1
    click(qtbot, pane, 80, 50)
    outlined(qtbot, pane)
    pane.hands.keep()
    qtbot.waitUntil(lambda: [len(one.points) for one in kept(ground, pane)] == [2])
    assert kept(ground, pane)[0].label == "cup"
    pane.canvas.setFocus()
    qtbot.keyClick(pane.canvas, KEY.Key_Delete)
    qtbot.waitUntil(lambda: kept(ground, pane) == ())


def test_objects_come_back_with_their_picture(
    pane: GroundPane, ground: FakeGround, pictures: list[Path], qtbot: QtBot
) -> None:
    click(qtbot, pane, 50, 50)
    outlined(qtbot, pane)
    pane.hands.keep()
    qtbot.waitUntil(lambda: len(kept(ground, pane)) == 1)
    state = pane.state()
    pane.session.open(pictures[1])
    qtbot.waitUntil(lambda: pane.session.picture is not None)
    assert pane.session.objects == ()
    assert Path(state["path"]) == pictures[0]
    pane.session.open(None)
    pane.restore(state)
    pane._open_wanted()
    qtbot.waitUntil(lambda: len(pane.session.objects) == 1)


def test_a_refused_picture_shows_its_sentence(
    open_pane: Callable[[], GroundPane], tmp_path: Path, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch, ground: FakeGround, pictures: list[Path],
) -> None:  # fmt: skip
    pane = open_pane()
    assert pane.page.title.text() == strings.EMPTY_TITLE
    error = MediaRefused(path=pictures[0], reason=Refusal.CORRUPT, detail="")

    def refuse(*_: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(ground.pictures, "load", refuse)
        pane.session.open(pictures[0])
        qtbot.waitUntil(lambda: pane.page.title.text() == strings.FAILED_TITLE)
    assert pictures[0].name in pane.page.sentence.text()
    qtbot.mouseClick(pane.page.primary, LEFT)
    qtbot.waitUntil(lambda: pane.session.picture is not None)


def test_a_picture_that_vanishes_while_it_is_open_is_told(
    pane: GroundPane, pictures: list[Path], qtbot: QtBot
) -> None:
    pictures[0].unlink()
    pane.session.look_again()
    qtbot.waitUntil(lambda: pane.picture.notice.isVisible())
    assert pictures[0].name in pane.picture.notice.text()
    click(qtbot, pane, 50, 50)
    outlined(qtbot, pane)
    assert pane.hands.keep(), "work goes on over the pixels that are there"
