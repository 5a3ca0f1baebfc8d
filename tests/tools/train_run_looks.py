"""The run step of the Train pane in its states; runs are written as their workers would."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw

from tests.gui.train import run_writing as writing
from tests.tools.stage import Stage
from vlm_desktop.base.training import Preparing, RunState
from vlm_desktop.engine.train.runs import Runs
from vlm_desktop.gui.panes.train.run_page import CONTROL, PROGRESS, RESULT, WALL, RunPage
from vlm_desktop.gui.panes.train.run_shelf_dialog import ShelfDialog
from vlm_desktop.gui.panes.train.session import RUN
from vlm_desktop.gui.panes.train.train_pane import TrainPane

Bring = Callable[[Stage, RunPage, Runs], None]


def _pictures() -> list[Path]:
    folder = Path(tempfile.mkdtemp())
    found = []
    for number, colour in enumerate(((190, 40, 40), (230, 150, 40), (235, 215, 90))):
        image = Image.new("RGB", (160, 120), (224, 214, 196))
        draw = ImageDraw.Draw(image)
        draw.rectangle((0, 84, 160, 120), fill=(140, 100, 70))
        draw.ellipse((40, 20, 120, 100), fill=colour)
        path = folder / f"fruit {number}.png"
        image.save(path)
        found.append(path)
    return found


def look(bring: Bring) -> Callable[[Stage], None]:
    """A situation of `situations.py`."""

    def brought(stage: Stage) -> None:
        pane = stage.window.pane("train")
        assert isinstance(pane, TrainPane)
        page = pane.pages[RUN]
        assert isinstance(page, RunPage)
        runs = Runs(Path(tempfile.mkdtemp()) / "runs", lambda _: "r1")
        stage.window.desk.services.training.runs = runs
        page.session.show_run("")
        pane.go_to(RUN)
        page.tabs.choose(PROGRESS)
        bring(stage, page, runs)

    return brought


def _shown(stage: Stage, page: RunPage, run: writing.RunFolder) -> None:
    page.desk.runs.look()
    stage.until(lambda: any(one.id == run.root.name for one in page.desk.runs.runs))
    page.session.show_run(run.root.name)
    stage.until(lambda: page.follower.info is not None)
    stage.until(lambda: page.progress.curves.plot is not None)
    page.activate()


def empty(stage: Stage, page: RunPage, _: Runs) -> None:
    page.desk.runs.look()
    stage.until(lambda: not page.desk.runs.runs)
    page.activate()


def live(stage: Stage, page: RunPage, runs: Runs) -> None:
    """One learns, one waits for it, others have ended."""
    pictures = _pictures()
    writing.finished(runs, pictures, data="Groceries with rather a long name.jsonl")
    failed = writing.frozen(runs, data="Receipts")
    writing.say(failed, writing.state(RunState.FAILED, 0, "There is nothing to train on."))
    run = writing.running(runs, pictures)
    waiting = writing.frozen(runs, data="Family")
    writing.alive(waiting)
    writing.say(waiting, writing.state(RunState.QUEUED))
    _shown(stage, page, run)
    stage.until(lambda: page.progress.curves.plot.steps.size)
    page.progress.curves.plot.go_to(100)


def score(stage: Stage, page: RunPage, runs: Runs) -> None:
    live(stage, page, runs)
    page.progress.curves.choose("score")


def preparing(stage: Stage, page: RunPage, runs: Runs) -> None:
    run = writing.frozen(runs)
    writing.alive(run)
    writing.say(run, writing.state(RunState.RUNNING), Preparing(0, 1.0, 120, 300))
    _shown(stage, page, run)


def interrupted(stage: Stage, page: RunPage, runs: Runs) -> None:
    run = writing.running(runs)
    writing.dead(run)
    runs.recover()
    _shown(stage, page, run)


def failed(stage: Stage, page: RunPage, runs: Runs) -> None:
    run = writing.running(runs, upto=60)
    writing.dead(run)
    why = (
        "Training stopped before step 61: the loss is no finite number for the examples t0, t2. "
        "Look at these, or lower the rate; the last good checkpoint is kept."
    )
    writing.say(run, writing.state(RunState.FAILED, 60, why))
    _shown(stage, page, run)


def alarms(stage: Stage, page: RunPage, runs: Runs) -> None:
    _shown(stage, page, writing.finished(runs, _pictures(), alarms=True))


def wall(stage: Stage, page: RunPage, runs: Runs) -> None:
    _shown(stage, page, writing.finished(runs, _pictures()))
    page.tabs.choose(WALL)
    stage.until(lambda: page.follower.examples)
    page.wall.list.grab()
    stage.until(lambda: len(page.wall.list.thumbnails._kept) == 3)
    page.wall.list.setFocus()


def control(stage: Stage, page: RunPage, runs: Runs) -> None:
    _shown(stage, page, writing.finished(runs))
    page.tabs.choose(CONTROL)


def alarming(stage: Stage, page: RunPage, runs: Runs) -> None:
    _shown(stage, page, writing.finished(runs, alarms=True))
    page.tabs.choose(CONTROL)


def result(stage: Stage, page: RunPage, runs: Runs) -> None:
    _shown(stage, page, writing.finished(runs))
    page.tabs.choose(RESULT)
    stage.until(lambda: page.result.text)
    page.result.keyboard_begins()


def shelf(stage: Stage, page: RunPage, runs: Runs) -> None:
    """The question before something is put on the shelf."""
    result(stage, page, runs)
    assert page.info is not None
    page.acts.ask_to_shelve(page.info, page.follower.look.evaluated)
    stage.until(lambda: page.findChild(ShelfDialog))


LOOKS: dict[str, Callable[[Stage], None]] = {
    f"run-{name}": look(bring)
    for name, bring in {
        "empty": empty,
        "live": live,
        "score": score,
        "preparing": preparing,
        "interrupted": interrupted,
        "failed": failed,
        "alarms": alarms,
        "wall": wall,
        "control": control,
        "alarming": alarming,
        "result": result,
        "shelf": shelf,
    }.items()
}
