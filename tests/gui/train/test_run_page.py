"""The run step in the window: list, states, controls, results. Workers only count."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from tests.flow.training.conftest import counting
from tests.gui.train import run_writing as writing
from vlm_desktop.base.training import RunState
from vlm_desktop.engine.train.facade import Training
from vlm_desktop.engine.train.runs import Runs
from vlm_desktop.gui.panes.train.run_head import CHECKPOINT, PAUSE, RESUME, STOP
from vlm_desktop.gui.panes.train.run_page import RESULT, WALL, RunPage
from vlm_desktop.gui.panes.train.run_result import COMMAND, COPY, SHELVE, TEACH
from vlm_desktop.gui.panes.train.run_shelf_dialog import ShelfDialog
from vlm_desktop.gui.panes.train.session import ADAPTERS, RECIPE, RUN
from vlm_desktop.gui.panes.train.train_pane import TrainPane
from vlm_desktop.gui.strings import train_run as strings

LONG_MS = 60_000


@pytest.fixture
def runs(training: Training) -> Runs:
    training.runs = Runs(training.paths.runs, lambda _: "r1", counting)
    return training.runs


@pytest.fixture
def page(runs: Runs, pane: TrainPane) -> RunPage:
    made = pane.pages[RUN]
    assert isinstance(made, RunPage)
    return made


@pytest.fixture
def show(page: RunPage, pane: TrainPane, qtbot: QtBot) -> Callable[[writing.RunFolder], None]:
    """The step with a run."""

    def shown(run: writing.RunFolder) -> None:
        page.session.show_run(run.root.name)
        pane.go_to(RUN)
        qtbot.waitUntil(
            lambda: page.follower.info is not None and page.follower.info.id == run.root.name
        )
        qtbot.waitUntil(lambda: page._listed() is not None)

    return shown


def test_without_runs_it_leads_to_the_recipe(page: RunPage, pane: TrainPane, qtbot: QtBot) -> None:
    pane.go_to(RUN)
    qtbot.waitUntil(lambda: page.page.title.text() == strings.EMPTY_TITLE)
    assert page.layers.currentWidget() is page.page
    page.page.primary.click()
    assert pane.step == RECIPE


def test_a_list_that_cannot_be_read_says_why_and_tries_again(
    page: RunPage, pane: TrainPane, runs: Runs, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(runs, "all", lambda: 1 / 0)
        pane.go_to(RUN)
        qtbot.waitUntil(lambda: page.page.title.text() == strings.FAILED_TITLE)
        assert page.page.sentence.text()
    writing.finished(runs)
    page.page.primary.click()
    qtbot.waitUntil(lambda: page.list.rows.rowCount() == 1)


def test_runs_are_listed_with_words_for_their_state_and_the_newest_is_shown(
    page: RunPage, pane: TrainPane, runs: Runs, qtbot: QtBot
) -> None:
    done = writing.finished(runs, data="Fruit")
    live = writing.running(runs)
    pane.go_to(RUN)
    qtbot.waitUntil(lambda: page.list.rows.rowCount() == 2)
    said = [
        page.list.rows.index(row).data(int(Qt.ItemDataRole.AccessibleTextRole)) for row in range(2)
    ]
    assert said[0].startswith("starter · Fruit, learns, CIDEr 0.59, ")
    assert said[1].startswith("starter · Fruit, done, CIDEr 0.86, ")
    assert page.session.run_id == live.root.name
    qtbot.waitUntil(lambda: page.follower.info is not None)
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    assert page.session.run_id == done.root.name
    qtbot.waitUntil(lambda: page.head.state.text().startswith("Done after 400 steps."))


def test_a_run_goes_on_being_told_while_it_learns(
    page: RunPage, runs: Runs, show: Callable[[writing.RunFolder], None], qtbot: QtBot
) -> None:
    run = writing.running(runs)
    show(run)
    qtbot.waitUntil(lambda: page.head.state.text().startswith("Step 120 of 400"))
    assert page.head.left.text() == "about 4 to 6 minutes left"
    assert page.progress.table.rowCount() == 3
    writing.say(run, writing.step(121), *writing.evaluation(121))
    qtbot.waitUntil(lambda: page.head.state.text().startswith("Step 121 of 400"))
    assert page.progress.table.rowCount() == 4
    assert page.progress.table.item(3, 0).text() == "121"
    writing.dead(run)
    runs.recover()
    qtbot.waitUntil(lambda: page.head.state.text().startswith("Its process vanished."))
    assert page.head.buttons[RESUME].isVisible()
    assert not page.head.buttons[PAUSE].isVisible()


def test_it_is_paused_resumed_saved_and_stopped(
    page: RunPage,
    runs: Runs,
    show: Callable[[writing.RunFolder], None],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STEP_SECONDS", "0.1")
    run = writing.frozen(runs)
    show(run)
    assert page.head.state.text() == strings.SAY_NOT_STARTED

    def state() -> RunState | None:
        return page.info.state if page.info is not None else None

    page.head.buttons[RESUME].click()
    assert page.head.state.text() == strings.ASKED["resume"]
    qtbot.waitUntil(lambda: state() is RunState.RUNNING, timeout=LONG_MS)
    qtbot.waitUntil(lambda: page.follower.look.last is not None, timeout=LONG_MS)
    page.head.buttons[CHECKPOINT].click()
    qtbot.waitUntil(lambda: page.head.buttons[PAUSE].isEnabled(), timeout=LONG_MS)
    page.head.buttons[PAUSE].click()
    qtbot.waitUntil(lambda: state() is RunState.PAUSED, timeout=LONG_MS)
    qtbot.waitUntil(lambda: runs.get(run.root.name).state is RunState.PAUSED, timeout=LONG_MS)
    assert page.head.state.text().startswith("Paused at step")
    page.head.buttons[RESUME].click()
    qtbot.waitUntil(lambda: state() is RunState.RUNNING, timeout=LONG_MS)
    page.head.buttons[STOP].click()
    qtbot.waitUntil(lambda: state() is RunState.STOPPED, timeout=LONG_MS)
    assert page.head.state.text().startswith("Stopped at step")
    runs._has_ended(run)


@pytest.fixture
def said(page: RunPage, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the status line was given."""
    found: list[str] = []
    shell = page.desk.say.__self__  # type: ignore[attr-defined]
    monkeypatch.setattr(shell.status, "say", found.append)
    return found


def test_what_cannot_be_asked_is_said(
    page: RunPage,
    runs: Runs,
    show: Callable[[writing.RunFolder], None],
    said: list[str],
    qtbot: QtBot,
) -> None:
    run = writing.running(runs)
    show(run)
    writing.dead(run)
    page.head.buttons[PAUSE].click()
    qtbot.waitUntil(lambda: any("neither running nor waiting" in one for one in said))
    qtbot.waitUntil(lambda: page.head.buttons[RESUME].isVisible())


def test_a_run_is_removed_after_a_question(
    page: RunPage, runs: Runs, show: Callable[[writing.RunFolder], None], qtbot: QtBot
) -> None:
    run = writing.finished(runs)
    show(run)
    qtbot.keyClick(page.list, Qt.Key.Key_Delete)
    box = page.findChild(QMessageBox)
    assert box is not None
    box.reject()
    assert run.root.exists()
    assert page.info is not None
    page.acts.remove(page.info)
    qtbot.waitUntil(lambda: not run.root.exists())
    qtbot.waitUntil(lambda: page.layers.currentWidget() is page.page)
    assert page.session.run_id == ""


def test_a_living_run_is_not_removed(
    page: RunPage, runs: Runs, show: Callable[[writing.RunFolder], None]
) -> None:
    show(writing.running(runs))
    assert not page.head.remove.isEnabled()


def test_the_folder_is_opened(
    page: RunPage,
    runs: Runs,
    show: Callable[[writing.RunFolder], None],
    opened: list[Path],
) -> None:
    run = writing.finished(runs)
    show(run)
    page.head.folder.trigger()
    assert opened == [run.root]


def test_the_wall_goes_through_time(
    page: RunPage,
    runs: Runs,
    show: Callable[[writing.RunFolder], None],
    pictures: list[Path],
    qtbot: QtBot,
) -> None:
    show(writing.finished(runs, pictures))
    page.tabs.choose(WALL)
    wall = page.wall
    qtbot.waitUntil(lambda: bool(page.follower.examples))
    assert wall.step == 400
    said = wall.list.answers.index(0).data()
    assert "Right: " in said
    assert "Step 400: " in said
    wall.slider.setFocus()
    qtbot.keyClick(wall.slider, Qt.Key.Key_Home)
    assert wall.step == 0
    assert wall.at.text() == strings.WALL_AT_BASE
    assert "Step" not in wall.list.answers.index(0).data()
    qtbot.keyClick(wall.slider, Qt.Key.Key_Right)
    assert wall.step == 50
    assert wall.slider.accessibleDescription() == "Step 50 (2 of 9)"
    qtbot.waitUntil(lambda: len(wall.list.thumbnails._kept) > 0, timeout=LONG_MS)


def test_the_wall_follows_what_is_answered_next_unless_one_looked_back(
    page: RunPage, runs: Runs, show: Callable[[writing.RunFolder], None], qtbot: QtBot
) -> None:
    run = writing.running(runs)
    show(run)
    qtbot.waitUntil(lambda: page.wall.step == 100)
    writing.say(run, *writing.evaluation(150))
    qtbot.waitUntil(lambda: page.wall.step == 150)
    page.wall.go_to(1)
    assert page.wall.step == 50
    writing.say(run, *writing.evaluation(200))
    qtbot.waitUntil(lambda: page.wall.slider.maximum() == 4)
    assert page.wall.step == 50


def test_the_result_is_shown_and_handed_on(
    page: RunPage, runs: Runs, show: Callable[[writing.RunFolder], None], qtbot: QtBot
) -> None:
    run = writing.finished(runs)
    show(run)
    page.tabs.choose(RESULT)
    qtbot.waitUntil(lambda: page.result.buttons[SHELVE].isVisible())
    assert "Weights:" in page.result.card.toPlainText()
    page.result.buttons[COPY].click()
    assert QGuiApplication.clipboard().text() == page.result.text
    page.result.buttons[COMMAND].click()
    assert str(run.script) in QGuiApplication.clipboard().text()
    target = run.root.parent / "card.md"
    page.acts.write_card(target, page.result.text)
    qtbot.waitUntil(target.exists)
    assert target.read_text(encoding="utf-8") == page.result.text


def test_what_was_learned_goes_to_the_shelf(
    page: RunPage,
    pane: TrainPane,
    training: Training,
    runs: Runs,
    show: Callable[[writing.RunFolder], None],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = writing.finished(runs)
    show(run)
    asked: list[tuple[str, str, int | None]] = []
    for step in (350, 400):
        run.weights_at(step).mkdir(parents=True)

    class Made:
        name = "Fruit style"

    def from_run(run_id: str, name: str, *, step: int | None) -> Made:
        asked.append((run_id, name, step))
        return Made()

    monkeypatch.setattr(training.adapters, "from_run", from_run)
    page.tabs.choose(RESULT)
    qtbot.waitUntil(lambda: page.result.buttons[SHELVE].isVisible())
    page.result.buttons[SHELVE].click()
    qtbot.waitUntil(lambda: page.findChild(ShelfDialog) is not None)
    dialog = page.findChild(ShelfDialog)
    assert dialog is not None
    assert dialog.name.text() == "Fruit, starter"
    assert [dialog.checkpoint.itemText(row) for row in range(dialog.checkpoint.count())] == [
        "Step 400, the best (CIDEr 0.86)", "Step 350 (CIDEr 0.84)",
    ]  # fmt: skip
    dialog.name.clear()
    assert not dialog.go.isEnabled()
    dialog.name.setText(" Fruit style ")
    dialog.checkpoint.setCurrentIndex(1)
    with qtbot.waitSignal(page.session.adapters_changed):
        dialog.go.click()
    assert asked == [(run.root.name, "Fruit style", 350)]
    assert pane.step == ADAPTERS


def test_its_settings_are_taken_in_hand_again(
    page: RunPage,
    pane: TrainPane,
    training: Training,
    runs: Runs,
    show: Callable[[writing.RunFolder], None],
    qtbot: QtBot,
) -> None:
    kept = training.datasets.create("Fruit")
    page.session.refresh()
    qtbot.waitUntil(lambda: len(page.session.sets) == 1)
    show(writing.finished(runs))
    page.result.buttons[TEACH].click()
    qtbot.waitUntil(lambda: pane.step == RECIPE)
    assert page.session.set_id == kept.id
    assert page.session.said["run"] == {"steps": 400, "rate": 0.002}
    assert page.session.recipe_said()["data"] == {"dataset": "Fruit"}


def test_a_run_that_ends_is_told_of_in_another_pane(
    page: RunPage, runs: Runs, said: list[str], qtbot: QtBot
) -> None:
    run = writing.running(runs)
    page.desk.runs.start()
    qtbot.waitUntil(lambda: page.desk.runs.has_live)
    page.desk.navigator.pane_wanted.emit("library")
    writing.dead(run)
    writing.say(run, writing.state(RunState.DONE, 400))
    page.desk.runs.look()
    words = "starter · Fruit has learned: CIDEr 0.59, 0.30 before."
    qtbot.waitUntil(lambda: words in said)


def test_at_the_start_runs_whose_process_vanished_are_written_down(
    page: RunPage, runs: Runs, qtbot: QtBot
) -> None:
    run = writing.running(runs)
    writing.dead(run)
    page.desk.runs.start()
    qtbot.waitUntil(lambda: '"interrupted"' in run.events.read_text())


def test_nobody_looks_while_nothing_learns_and_nobody_watches(
    page: RunPage, pane: TrainPane, runs: Runs, qtbot: QtBot
) -> None:
    writing.finished(runs)
    pane.go_to(RUN)
    qtbot.waitUntil(lambda: page.list.rows.rowCount() == 1)
    qtbot.waitUntil(page.desk.runs._timer.isActive)
    pane.go_to(RECIPE)
    page.desk.runs.look()
    qtbot.waitUntil(lambda: not page.desk.runs._looking)
    assert not page.desk.runs._timer.isActive()
    assert not page.follower._timer.isActive()


def test_run_tab_and_curve_come_back(
    page: RunPage,
    pane: TrainPane,
    open_pane: Callable[[], TrainPane],
    runs: Runs,
    show: Callable[[writing.RunFolder], None],
) -> None:
    run = writing.finished(runs)
    show(run)
    page.tabs.choose(WALL)
    page.progress.curves.choose("rate")
    kept = page.state()
    again = open_pane().pages[RUN]
    assert isinstance(again, RunPage)
    again.restore(kept)
    assert again.session.run_id == run.root.name
    assert again.stack.currentIndex() == WALL
    assert again.progress.curves.curve == "rate"
    again.restore({"run": 3, "tab": 99, "curve": None})
