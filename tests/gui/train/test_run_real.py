"""One real run of the starter through the window, from its start to the shelf."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from vlm_desktop.base.training import Example, Exchange, RunState, Split
from vlm_desktop.engine.train.facade import Training
from vlm_desktop.gui.panes.train.run_page import RESULT, RunPage
from vlm_desktop.gui.panes.train.run_result import SHELVE
from vlm_desktop.gui.panes.train.session import ADAPTERS, RUN
from vlm_desktop.gui.panes.train.train_pane import TrainPane

LONG_MS = 300_000


def test_the_starter_learns_in_the_window_and_goes_to_the_shelf(
    pane: TrainPane, training: Training, pictures: list[Path], qtbot: QtBot
) -> None:
    examples = [
        Example(
            f"k{number}", str(path), (Exchange("", f"a {path.stem} pattern"),),
            split=Split.VALIDATION if number < 2 else Split.TRAIN,
        )
        for number, path in enumerate(pictures)
    ]  # fmt: skip
    recipe = training.teaching.recipe(
        {
            "model": {"id": "starter", "kind": "assistant"},
            "method": {"rank": 2},
            "run": {"steps": 3, "batch": 2, "evaluate_every": 2, "warmup": 0.0},
            "guard": {"when": "never"},
        }
    )
    info = training.runs.start(recipe, examples)
    page = pane.pages[RUN]
    assert isinstance(page, RunPage)
    page.session.show_run(info.id)
    page.session.runs_changed.emit()
    pane.go_to(RUN)

    def has_ended() -> bool:
        return page.info is not None and not page.info.is_live

    qtbot.waitUntil(has_ended, timeout=LONG_MS)
    assert page.info is not None
    assert page.info.state is RunState.DONE, page.head.state.text()
    assert page.head.state.text().startswith("Done after 3 steps. Best: ")
    assert [one.step for one in page.follower.look.evaluated] == [0, 2, 3]
    assert page.control.blind.bars.bars
    page.tabs.choose(RESULT)
    qtbot.waitUntil(lambda: page.result.buttons[SHELVE].isVisible())
    with qtbot.waitSignal(page.session.adapters_changed, timeout=LONG_MS):
        page.acts.shelve(page.info, "Patterns")
    assert [one.name for one in training.adapters.all()] == ["Patterns"]
    assert pane.step == ADAPTERS
    training.runs._has_ended(training.runs._known(info.id))
