"""The strip of bars: what it says, and ranges by mouse and keyboard."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.grid.conftest import OpenPanel
from vlm_desktop.engine.listing import TimeBin, Timeline, TimeUnit
from vlm_desktop.gui.panes.search.timeline_strip import TimelineStrip

YEAR = tuple(TimeBin(f"2012-{month:02}", month, month // 2) for month in range(1, 13))
LEFT = Qt.MouseButton.LeftButton
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def strip(qtbot: QtBot) -> TimelineStrip:
    made = TimelineStrip()
    qtbot.addWidget(made)
    made.resize(600, 76)
    made.show_timeline(Timeline(TimeUnit.MONTH, YEAR, TimeBin("", 3, 0)))
    made.show()
    qtbot.waitExposed(made)
    made.setFocus()
    return made


def middle(strip: TimelineStrip, number: int) -> QPoint:
    return QPoint(strip._left(number) + 4, 20)


def test_what_stands_under_the_cursor_can_be_read(qtbot: QtBot, strip: TimelineStrip) -> None:
    assert strip.accessibleName() == "Timeline, December 2012: 6 photos of 12" or (
        strip.accessibleName() == "Timeline, December 2012: 6 of 12 photos"
    )
    qtbot.keyClick(strip, Qt.Key.Key_Home)
    assert strip.spoken() == "January 2012: 0 of 1 photo"
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    assert "February 2012" in strip.accessibleName()
    assert strip.accessibleDescription()


def test_a_range_is_marked_with_the_mouse(qtbot: QtBot, strip: TimelineStrip) -> None:
    with qtbot.waitSignal(strip.range_chosen) as chosen:
        QTest.mousePress(strip, LEFT, NONE, middle(strip, 2))
        QTest.mouseMove(strip, middle(strip, 5))
        QTest.mouseRelease(strip, LEFT, NONE, middle(strip, 5))
    assert chosen.args == ["2012-03", "2012-06"]
    assert strip.spoken() == "March 2012 to June 2012: 8 photos"


def test_a_range_is_marked_with_the_keyboard(qtbot: QtBot, strip: TimelineStrip) -> None:
    qtbot.keyClick(strip, Qt.Key.Key_Home)
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    qtbot.keyClick(strip, Qt.Key.Key_Right, SHIFT)
    qtbot.keyClick(strip, Qt.Key.Key_Right, SHIFT)
    assert strip.marked == ("2012-02", "2012-04")
    with qtbot.waitSignal(strip.range_chosen) as chosen:
        qtbot.keyClick(strip, Qt.Key.Key_Return)
    assert chosen.args == ["2012-02", "2012-04"]
    with qtbot.waitSignal(strip.range_cleared):
        qtbot.keyClick(strip, Qt.Key.Key_Delete)
    assert strip.marked is None


def test_enter_takes_the_month_under_the_cursor(qtbot: QtBot, strip: TimelineStrip) -> None:
    with qtbot.waitSignal(strip.range_chosen) as chosen:
        qtbot.keyClick(strip, Qt.Key.Key_Return)
    assert chosen.args == ["2012-12", "2012-12"]


def test_the_range_in_force_is_shown_whatever_its_precision(strip: TimelineStrip) -> None:
    strip.show_range("2012-04-17", "2012-06")
    assert strip.marked == ("2012-04", "2012-06")
    strip.show_range("2012", "")
    assert strip.marked == ("2012-01", "2012-12") or strip.marked is not None
    strip.show_range("", "")
    assert strip.marked is None


def test_other_counts_keep_cursor_and_range(qtbot: QtBot, strip: TimelineStrip) -> None:
    strip.show_range("2012-03", "2012-05")
    qtbot.keyClick(strip, Qt.Key.Key_Home)
    more = (TimeBin("2011-12", 4, 4), *YEAR)
    strip.show_timeline(Timeline(TimeUnit.MONTH, more, TimeBin("", 0, 0)))
    assert strip.marked == ("2012-03", "2012-05")
    assert strip._cursor == 1


def test_nothing_dated_is_a_sentence(qtbot: QtBot, strip: TimelineStrip) -> None:
    strip.show_timeline(Timeline(TimeUnit.MONTH, (), TimeBin("", 9, 9)))
    assert strip.spoken() == "No photo here says when it was taken."
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Return, Qt.Key.Key_End):
        qtbot.keyClick(strip, key)
    QTest.mousePress(strip, LEFT, NONE, QPoint(50, 20))
    strip.repaint()
    assert strip.marked is None


def test_bars_stand_where_photos_are(strip: TimelineStrip) -> None:
    strip.clearFocus()
    image = strip.grab().toImage()
    ground = image.pixelColor(2, 30)
    bottom = strip._plot().bottom() - 1
    ratio = image.devicePixelRatio()
    for number in (3, 11):
        x = strip._left(number) + 3
        assert image.pixelColor(round(x * ratio), round(bottom * ratio)) != ground


def test_the_grid_counts_for_the_strip_when_it_is_open(open_panel: OpenPanel, qtbot: QtBot) -> None:
    panel = open_panel(60)
    assert panel.timeline.timeline.bins == ()
    panel.bar.timeline.click()
    qtbot.waitUntil(lambda: bool(panel.timeline.timeline.bins))
    assert sum(one.shown for one in panel.timeline.timeline.bins) == 60
    with qtbot.waitSignal(panel.range_chosen):
        qtbot.keyClick(panel.timeline, Qt.Key.Key_Return)
