"""The plot: loaded late, thin, styled by the theme, read by mouse and keys."""

import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.train import run_writing as writing
from vlm_desktop.base.training import RunState
from vlm_desktop.engine.train.facade import Training
from vlm_desktop.engine.train.runs import Runs
from vlm_desktop.gui import theme
from vlm_desktop.gui.panes.train.run_curves import RunCurves
from vlm_desktop.gui.panes.train.run_page import RunPage
from vlm_desktop.gui.panes.train.run_story import MOST_POINTS
from vlm_desktop.gui.panes.train.session import RUN
from vlm_desktop.gui.panes.train.train_pane import TrainPane
from vlm_desktop.gui.strings import train_run as strings
from vlm_desktop.gui.tokens import colours


@pytest.fixture
def curves(pane: TrainPane, training: Training, qtbot: QtBot) -> RunCurves:
    """The plot of a run that learns."""
    training.runs = Runs(training.paths.runs, lambda _: "r1")
    run = writing.running(training.runs)
    page = pane.pages[RUN]
    assert isinstance(page, RunPage)
    page.session.show_run(run.root.name)
    pane.go_to(RUN)
    made = page.progress.curves
    qtbot.waitUntil(lambda: made.plot is not None and len(made.plot.steps) > 0, timeout=60_000)
    return made


def test_the_pane_loads_no_plots_before_the_step_is_shown() -> None:
    code = (
        "import sys, vlm_desktop.gui.panes.train.train_pane, vlm_desktop.gui.main_window\n"
        "import vlm_desktop.gui.shell\n"
        "sys.exit('pyqtgraph' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_keys_go_from_point_to_point_and_read_them_out(curves: RunCurves, qtbot: QtBot) -> None:
    plot = curves.plot
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: plot.at == 120)
    assert curves.point.text().startswith("Step 120: training, batch by batch 1.")
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert plot.at == 119
    qtbot.keyClick(plot, Qt.Key.Key_Home)
    assert plot.at == 1
    qtbot.keyClick(plot, Qt.Key.Key_PageDown)
    assert plot.at == 11
    qtbot.keyClick(plot, Qt.Key.Key_End)
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert plot.at == 120
    assert plot.accessibleName() == "Plot: Loss"


def test_the_mouse_reads_values(curves: RunCurves) -> None:
    box = curves.plot.getPlotItem().getViewBox()
    curves.plot.scene().sigMouseMoved.emit(box.mapViewToScene(QPointF(60.2, 2.0)))
    assert curves.plot.at == 60
    assert curves.point.text().startswith("Step 60: ")


@pytest.mark.parametrize("curve", list(strings.CURVES))
def test_every_curve_is_drawn(curves: RunCurves, curve: str) -> None:
    curves.choose(curve)
    assert len(curves.plot.steps) == (3 if curve == "score" else 120)
    assert curves.plot.accessibleName() == f"Plot: {strings.CURVES[curve]}"
    curves.plot.go_to(50)
    assert curves.point.text().startswith("Step 50: ")


def test_it_follows_the_theme(curves: RunCurves, qapp: QApplication) -> None:
    for name in ("dark", "contrast", "light"):
        theme.apply(qapp, name)
        chosen = colours(name)
        ground = curves.plot.backgroundBrush().color().name()
        assert ground == chosen.raised
        assert curves.plot.getAxis("left").textPen().color().name() == chosen.text_muted


def test_what_comes_is_added(curves: RunCurves, training: Training, qtbot: QtBot) -> None:
    run = writing.RunFolder(training.runs.all()[0].folder)
    before = curves.plot.getPlotItem().items[:]
    for number in range(121, 131):
        writing.say(run, writing.step(number))
    qtbot.waitUntil(lambda: curves.plot.steps[-1] == 130)
    assert len(curves.plot.getPlotItem().items) == len(before), "what was drawn before is gone"
    assert np.all(np.diff(curves.plot.steps) > 0)


def test_a_long_run_is_read_in_pieces_and_drawn_thin(
    pane: TrainPane, training: Training, qtbot: QtBot
) -> None:
    training.runs = Runs(training.paths.runs, lambda _: "r1")
    run = writing.frozen(training.runs)
    writing.say(run, writing.state(RunState.RUNNING))
    writing.say(run, *(writing.step(number, total=30_000) for number in range(1, 30_001)))
    page = pane.pages[RUN]
    assert isinstance(page, RunPage)
    shown: list[int] = []
    page.follower.changed.connect(
        lambda: shown.append(page.follower.look.last.step if page.follower.look.last else 0)
    )
    page.session.show_run(run.root.name)
    pane.go_to(RUN)
    curves = page.progress.curves
    qtbot.waitUntil(
        lambda: curves.plot is not None and len(curves.plot.steps) > 0
        and curves.plot.steps[-1] == 30_000,
        timeout=60_000,
    )  # fmt: skip
    assert any(0 < step < 30_000 for step in shown), "the beginning was shown first"
    assert len(curves.plot.steps) <= MOST_POINTS + 2
    assert page.follower._offset == run.events.stat().st_size
