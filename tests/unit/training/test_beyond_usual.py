"""What of a recipe is to be said to have it again."""

from pathlib import Path

import pytest

from vlm_desktop.training.spec import USUAL_EPOCHS, beyond_usual, recipe_of


@pytest.mark.parametrize(
    "said",
    [
        {"model": {"id": "starter", "kind": "assistant"}},
        {"model": {"id": "starter", "kind": "encoder"}, "run": {"steps": 40, "rate": 2e-3}},
        {
            "model": {"id": "starter", "kind": "assistant"},
            "method": {"targets": ["language"], "dora": True},
            "guard": {"fall": 0.1},
        },
    ],
)
def test_only_what_differs_from_the_usual_is_said(said: dict[str, dict[str, object]]) -> None:
    recipe = recipe_of(said, Path("anywhere"))
    again = beyond_usual(recipe)
    assert again.keys() == said.keys()
    assert recipe_of(again, Path("anywhere")) == recipe


def test_what_belongs_to_one_run_is_left_out() -> None:
    said = {
        "model": {"id": "m", "kind": "probe", "revision": "r1"},
        "data": {"dataset": "Cats"},
        "run": {"threads": 3, "epochs": USUAL_EPOCHS["probe"]},
    }
    assert beyond_usual(recipe_of(said, Path("anywhere"))) == {
        "model": {"id": "m", "kind": "probe"}
    }
