"""Recipes as a test says them."""

from typing import Any

from vlm_desktop.gui.panes.train.session import TrainSession


def say_recipe(session: TrainSession, part: str, **values: Any) -> None:
    """Say keys of a part of the recipe; None takes one back, so that the usual holds again."""
    table = {**session.said.get(part, {}), **values}
    session.take_recipe({**session.said, part: {k: v for k, v in table.items() if v is not None}})
