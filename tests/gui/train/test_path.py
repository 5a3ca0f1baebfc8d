"""The path of the Train pane: its steps, and what they share."""

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from tests.gui.train.saying import say_recipe
from vlm_desktop.engine.train.facade import Training
from vlm_desktop.gui.panes.train.session import RECIPE, STEPS
from vlm_desktop.gui.panes.train.train_pane import TrainPane


def test_every_step_comes_to_front_by_its_button(pane: TrainPane) -> None:
    for step in STEPS:
        pane.bar.buttons[step].click()
        assert pane.layers.currentWidget() is pane.pages[step]
        assert pane.bar.buttons[step].isChecked()


def test_the_data_set_in_hand_is_that_of_the_recipe(
    pane: TrainPane, training: Training, qtbot: QtBot
) -> None:
    kept = training.datasets.create("Fruit")
    pane.session.refresh()
    qtbot.waitUntil(lambda: [one.name for one in pane.session.sets] == ["Fruit"])
    pane.session.open(kept.id)
    recipe = training.teaching.recipe(pane.session.recipe_said())
    assert recipe.data == {"dataset": "Fruit"}
    training.datasets.remove(kept.id)
    pane.session.refresh()
    qtbot.waitUntil(lambda: pane.session.set_id == 0)


def test_what_is_said_and_taken_back_leaves_the_usual(pane: TrainPane, training: Training) -> None:
    session = pane.session
    say_recipe(session, "method", rank=4)
    assert training.teaching.recipe(session.recipe_said()).method.rank == 4
    say_recipe(session, "method", rank=None)
    assert training.teaching.recipe(session.recipe_said()).method.rank == 8
    assert "method" not in session.said


def test_step_and_recipe_come_back(pane: TrainPane, open_pane: Callable[[], TrainPane]) -> None:
    say_recipe(pane.session, "run", steps=7)
    pane.go_to(RECIPE)
    kept = pane.state()
    again = open_pane()
    again.restore(kept)
    assert again.step == RECIPE
    assert again.session.said["run"] == {"steps": 7}
