"""A hundred thousand photos: only what is seen is asked for, and nothing ever stalls."""

from pytestqt.qtbot import QtBot

from tests.gui.fake_services import FakeServices
from tests.gui.grid.conftest import OpenPanel
from tests.gui.watchdog import MOST_SECONDS, longest_stall

MANY = 100_000


def test_thumbnails_are_asked_for_visible_rows_only_and_once(
    open_panel: OpenPanel, services: FakeServices, qtbot: QtBot
) -> None:
    panel = open_panel(MANY)
    view = panel.view
    assert panel.model.rowCount() == MANY
    top = view.verticalOffset()
    seen = [spot.item for spot in view.spots_in(top, top + view.viewport().height())]
    qtbot.waitUntil(lambda: all(view.picture_of(item) is not None for item in seen))
    qtbot.wait(100)
    assert len(services.thumbnails_asked) <= 4 * len(seen)
    for _ in range(5):
        view.viewport().update()
        qtbot.wait(10)
    assert len(set(services.thumbnails_asked)) == len(services.thumbnails_asked)


def test_flying_over_everything_decodes_little(
    open_panel: OpenPanel, services: FakeServices, qtbot: QtBot
) -> None:
    panel = open_panel(MANY)
    view, bar = panel.view, panel.view.verticalScrollBar()
    for step in range(200):
        bar.setValue(bar.maximum() * step // 200)
        qtbot.wait(1)
    bar.setValue(bar.maximum())
    last = MANY - 1
    qtbot.waitUntil(lambda: view.picture_of(last) is not None)
    assert len(services.thumbnails_asked) < 5_000
    assert len(panel.model._cells) <= 2_000


def test_the_event_loop_is_never_held_up_while_scrolling(
    open_panel: OpenPanel, qtbot: QtBot
) -> None:
    panel = open_panel(MANY)
    bar = panel.view.verticalScrollBar()
    qtbot.wait(100)

    def scroll() -> None:
        for step in range(80):
            bar.setValue(step * 60 if step % 4 else bar.maximum() * step // 80)
            qtbot.wait(5)

    assert longest_stall(scroll) < MOST_SECONDS


def test_selecting_everything_is_one_range(open_panel: OpenPanel, qtbot: QtBot) -> None:
    panel = open_panel(MANY)
    panel.view.selectAll()
    assert panel.view.selected_rows() == [(0, MANY - 1)]
    panel.view.viewport().repaint()
    qtbot.waitUntil(lambda: len(panel.desk.navigator.selection) == MANY)  # type: ignore[attr-defined]
