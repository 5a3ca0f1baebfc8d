"""What the query bar keeps: history, saved searches, votes, taught names, reasons."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from tests.gui.fake_services import FakeServices
from vlm_desktop.base.errors import ConceptTooSmall
from vlm_desktop.base.queries import WrittenQuery
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes.search.names_dialog import NamesDialog
from vlm_desktop.gui.panes.search.query_history import HistoryPopover
from vlm_desktop.gui.panes.search.teach_dialog import TeachDialog
from vlm_desktop.gui.panes.search.why_panel import WhyPanel

Key = Qt.Key
NameAs = Callable[[str], None]


@pytest.fixture
def name_as(monkeypatch: pytest.MonkeyPatch) -> NameAs:
    """Answers the next question for a name."""

    def answer(name: str) -> None:
        monkeypatch.setattr(QInputDialog, "exec", lambda dialog: dialog.setTextValue(name) or 1)

    return answer


def search(qtbot: QtBot, window: MainWindow, text: str) -> None:
    bar, searching = window.search.bar, window.search.searching
    with qtbot.waitSignal(searching.state_changed, check_params_cb=lambda s: s.query is not None):
        bar.set_text(text)
    qtbot.waitUntil(lambda: window.search.panel.is_ready)


def select(qtbot: QtBot, window: MainWindow, rows: int) -> tuple[int, ...]:
    """Select the first rows of the grid."""
    grid, hits = window.search.grid, window.search.hits
    grid.setFocus()
    grid.setCurrentIndex(hits.index(0))
    for row in range(rows):
        index = hits.index(row)
        grid.selectionModel().select(index, QItemSelectionModel.SelectionFlag.Select)
    qtbot.waitUntil(lambda: len(window.desk.navigator.selection) == rows)
    return tuple(window.desk.navigator.selection)


def undo(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.desk.changes.undone):
        window.desk.changes.undo()


def popover(window: MainWindow) -> HistoryPopover:
    shown = [one for one in window.search.bar.findChildren(HistoryPopover) if one.isVisible()]
    return shown[0]


# --- history -----------------------------------------------------------------------------


def test_what_was_submitted_is_found_again_by_keyboard(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    bar = window.search.bar
    for text in ("dog date:2021", "cat"):
        bar.set_text(text)
        bar.line.setFocus()
        qtbot.keyClick(bar.line, Key.Key_Return)
    qtbot.waitUntil(lambda: len(services.keeping.asked) == 2)
    bar.clear()
    qtbot.keyClick(bar.line, Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(bar.findChildren(HistoryPopover)))
    shown = popover(window)
    assert [shown.list.item(row).text() for row in range(2)] == ["cat", "dog date:2021"]
    qtbot.keyClick(shown.list, Key.Key_Down)
    qtbot.keyClick(shown.list, Key.Key_Return)
    assert bar.line.text() == "dog"
    assert bar.query.typed == "dog date:2021"
    qtbot.waitUntil(lambda: services.keeping.asked[0].typed == "dog date:2021")


def test_a_query_that_stands_for_a_while_is_remembered(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    window.search.searching._settling.setInterval(30)
    search(qtbot, window, "dog")
    qtbot.waitUntil(lambda: [one.typed for one in services.keeping.asked] == ["dog"])


def test_the_history_is_cleared_and_the_clearing_undone(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    services.keeping.asked = [WrittenQuery("one"), WrittenQuery("two")]
    window.desk.actions.get("search.history").trigger()
    qtbot.waitUntil(lambda: bool(window.search.bar.findChildren(HistoryPopover)))
    shown = popover(window)
    with qtbot.waitSignal(window.desk.changes.performed):
        qtbot.keyClick(shown, Key.Key_Delete)
    assert [one.typed for one in services.keeping.asked] == ["two"]
    with qtbot.waitSignal(window.desk.changes.performed):
        shown.clear.click()
    assert services.keeping.asked == []
    undo(qtbot, window)
    undo(qtbot, window)
    assert [one.typed for one in services.keeping.asked] == ["one", "two"]


def test_an_empty_history_says_so(qtbot: QtBot, window: MainWindow) -> None:
    window.desk.actions.get("search.history").trigger()
    qtbot.waitUntil(lambda: bool(window.search.bar.findChildren(HistoryPopover)))
    shown = popover(window)
    assert shown.empty.isVisible()
    assert not shown.clear.isVisible()
    shown.close()


# --- saved searches ------------------------------------------------------------------------


def test_a_search_is_saved_counted_opened_and_deleted_with_undo(
    qtbot: QtBot, window: MainWindow, services: FakeServices, name_as: NameAs
) -> None:
    saved, keeping = window.search.asking.saved, services.keeping
    assert not saved.save_action.isEnabled()
    search(qtbot, window, "dog rating:3")
    assert saved.save_action.isEnabled()
    name_as("Good dogs")
    with qtbot.waitSignal(window.desk.changes.performed):
        saved.save_action.trigger()
    assert keeping.searches["Good dogs"].typed == "dog rating:3"
    window.search.bar.clear()
    keeping.new["Good dogs"] = 7
    saved.count()
    qtbot.waitUntil(lambda: window.search.bar.saved.text() == "7")
    assert "7 new" in window.search.bar.saved.accessibleDescription()
    qtbot.mouseClick(window.search.bar.saved, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(saved.menu.isVisible)
    texts = [action.text() for action in saved.menu.actions()]
    assert "Good dogs (7 new)" in texts
    saved.menu.actions()[texts.index("Good dogs (7 new)")].trigger()
    saved.menu.close()
    assert window.search.bar.query.typed == "dog rating:3"
    qtbot.waitUntil(lambda: keeping.seen == ["Good dogs"])
    qtbot.waitUntil(lambda: window.search.bar.saved.text() == "")
    with qtbot.waitSignal(window.desk.changes.performed):
        saved.delete("Good dogs")
    assert keeping.searches == {}
    undo(qtbot, window)
    assert list(keeping.searches) == ["Good dogs"]


def test_a_search_of_the_same_name_is_replaced_and_comes_back(
    qtbot: QtBot, window: MainWindow, services: FakeServices, name_as: NameAs
) -> None:
    services.keeping.searches["Mine"] = WrittenQuery("old")
    search(qtbot, window, "new")
    name_as("Mine")
    with qtbot.waitSignal(window.desk.changes.performed):
        window.search.asking.saved.save()
    assert services.keeping.searches["Mine"].typed == "new"
    undo(qtbot, window)
    assert services.keeping.searches["Mine"].typed == "old"


# --- votes -----------------------------------------------------------------------------------


def test_plus_and_minus_judge_the_selected_hits_and_search_again(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    search(qtbot, window, "dog")
    chosen = select(qtbot, window, 2)
    before = len(services.queries)
    qtbot.keyClick(window.search.grid, Key.Key_Minus)
    qtbot.waitUntil(lambda: services.keeping.votes == [("dog", dict.fromkeys(chosen, -1))])
    qtbot.waitUntil(lambda: len(services.queries) > before)
    before = len(services.queries)
    undo(qtbot, window)
    assert services.keeping.voted == dict.fromkeys(chosen, 0)
    qtbot.waitUntil(lambda: len(services.queries) > before)


def test_nothing_is_judged_without_a_query_that_ranks(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    votes = window.search.asking.votes
    assert not votes.up.isEnabled()
    search(qtbot, window, "rating:3")
    select(qtbot, window, 1)
    assert not votes.up.isEnabled()
    votes.vote([1], 1)
    assert services.keeping.votes == []


# --- taught names --------------------------------------------------------------------------


def test_a_name_is_taught_with_the_selection_and_its_worth_is_said(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    search(qtbot, window, "dog")
    chosen = select(qtbot, window, 5)
    window.desk.actions.get("search.teach").trigger()
    (dialog,) = window.findChildren(TeachDialog)
    assert not dialog.teach.isEnabled()
    qtbot.keyClicks(dialog.name, "Rocky")
    qtbot.keyClick(dialog.name, Key.Key_Return)
    qtbot.waitUntil(dialog.try_it.isVisible)
    assert services.keeping.names["Rocky"].examples == chosen
    assert "80 % of what it finds is right" in dialog.outcome.text()
    assert "4 of 5 photos" in dialog.outcome.text()
    assert "cross-validation" in dialog.outcome.text()
    with qtbot.waitSignal(window.desk.navigator.search_wanted) as wanted:
        dialog.try_it.click()
    assert wanted.args == ["Rocky"]
    undo(qtbot, window)
    assert services.keeping.names == {}


def test_photos_are_added_to_a_name_that_is_known(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    services.keeping.names = {}
    drive = services.keeping.teach("Rocky", [90, 91, 92], (), None)  # type: ignore[arg-type]
    list(drive)
    search(qtbot, window, "dog")
    chosen = select(qtbot, window, 2)
    dialog = window.search.asking.open_teach()
    assert dialog is not None
    qtbot.waitUntil(lambda: bool(dialog._known))
    dialog.name.setText("rocky")
    assert "Add to Rocky" in dialog.teach.text().replace("&", "")
    dialog.teach.click()
    qtbot.waitUntil(dialog.try_it.isVisible)
    assert services.keeping.names["Rocky"].examples == (*sorted(chosen), 90, 91, 92)
    dialog.reject()
    undo(qtbot, window)
    again = window.search.asking.open_teach()
    assert again is not None
    qtbot.waitUntil(lambda: bool(again._known))
    again.name.setText("rocky")
    again.against.click()
    qtbot.waitUntil(again.try_it.isVisible)
    assert services.keeping.names["Rocky"].counterexamples == tuple(sorted(chosen))
    again.reject()
    undo(qtbot, window)
    assert services.keeping.names["Rocky"].examples == (90, 91, 92)


def test_why_a_name_could_not_be_taught_stands_in_the_dialog(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    services.keeping.teach_error = ConceptTooSmall(count=2, least=3)
    search(qtbot, window, "dog")
    select(qtbot, window, 2)
    dialog = window.search.asking.open_teach()
    assert dialog is not None
    dialog.name.setText("Rocky")
    dialog.teach.click()
    qtbot.waitUntil(lambda: "at least 3" in dialog.outcome.text())
    assert dialog.teach.isEnabled()
    dialog.reject()


def test_names_are_listed_renamed_and_deleted_with_undo(
    qtbot: QtBot, window: MainWindow, services: FakeServices, name_as: NameAs
) -> None:
    for name in ("Bella", "Rocky"):
        list(services.keeping.teach(name, range(10), (), None))  # type: ignore[arg-type]
    window.desk.actions.get("search.names").trigger()
    (dialog,) = window.findChildren(NamesDialog)
    qtbot.waitUntil(lambda: dialog.list.count() == 2)
    assert dialog.list.item(0).text() == "Bella: 10 photos, finds 90 %, at least 90 % right"
    name_as("Bello")
    dialog.rename.click()
    qtbot.waitUntil(lambda: dialog.list.item(0).text().startswith("Bello"))
    dialog.delete.click()
    qtbot.waitUntil(lambda: dialog.list.count() == 1)
    undo(qtbot, window)
    qtbot.waitUntil(lambda: dialog.list.count() == 2)
    with qtbot.waitSignal(window.desk.navigator.search_wanted):
        dialog.search.click()


# --- why -------------------------------------------------------------------------------------


def test_reasons_are_said_in_words_and_escaped(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    panel = WhyPanel(window.desk, window.search.searching)
    qtbot.addWidget(panel)
    panel.show()
    assert panel.text == "Search for something to see why a photo was found."
    search(qtbot, window, "a <i>dog</i>")
    panel.show_photo(3)
    qtbot.waitUntil(lambda: "matches strongly" in panel.text)
    assert panel.text.splitlines() == [
        "“a <i>dog</i>”: matches strongly",
        "Written in the picture: at the Grand Hotel <b>",
    ]
    first, second = panel._lines
    assert "&lt;i&gt;" in first.text()
    assert "<b>Grand Hotel</b> &lt;b&gt;" in second.text()
    assert "4.2 standard deviations" in first.toolTip()
    with qtbot.waitSignal(panel.vote_wanted) as wanted:
        panel.wrong.click()
    assert wanted.args == [3, -1]


# --- coming back ---------------------------------------------------------------------------


def test_the_query_comes_back_with_its_chips(qtbot: QtBot, window: MainWindow) -> None:
    pane = window.search
    pane.bar.set_text("dog date:2021")
    state = pane.state()
    pane.bar.clear()
    pane.restore(state)
    assert (pane.bar.line.text(), pane.bar.query.typed) == ("dog", "dog date:2021")
    pane.restore({"query": "as an older version wrote it"})
    assert pane.bar.line.text() == "as an older version wrote it"
