"""Scores of answers, and how a general set is halved."""

import json

import pytest

from vlm_desktop.base.trainerrors import RecipeWrong
from vlm_desktop.base.training import Example, ExampleKind, Exchange
from vlm_desktop.training.learners.general import split_general
from vlm_desktop.training.learners.scoring import (
    field_f1,
    metric_for,
    overlap,
    right_answers,
    scores,
)
from vlm_desktop.training.learners.shown import shop_caption

pytestmark = pytest.mark.unit


def example(image: str, answer: str, ask: str = "", kind=ExampleKind.CAPTION) -> Example:
    return Example(f"{image}{ask}{answer}", image, (Exchange(ask, answer),), kind)


def test_captions_of_one_picture_are_all_right_answers():
    examples = [example("a", "a red cup"), example("a", "a cup on a table"), example("b", "snow")]
    assert right_answers(examples)["a", ""] == ("a red cup", "a cup on a table")
    first, second, third = scores("cider", examples, ["a red cup", "a red cup", "a red cup"])
    assert first == second > third == 0.0


def test_metric_follows_the_examples_unless_it_is_said():
    asked = [example("a", "two", "How many?", ExampleKind.QUESTION)]
    assert metric_for("", asked) == "exact"
    assert metric_for("vqa", asked) == "vqa"
    assert scores("exact", asked, ["2"]) == [1.0]
    with pytest.raises(RecipeWrong, match="metric"):
        metric_for("bleurt", asked)


def test_fields_and_places():
    wanted = json.dumps({"total": "12.00", "date": "2026-01-02"})
    assert field_f1('{"total": "12.00", "date": "2026-01-03"}', wanted) == pytest.approx(0.5)
    assert field_f1("no JSON", wanted) == 0.0
    assert overlap("[0, 0, 10, 10]", "[0, 0, 10, 5]") == pytest.approx(0.5)
    assert overlap("[]", "[]") == 1.0
    assert overlap("[]", "[0, 0, 1, 1]") == overlap("here", "[]") == 0.0


def test_a_general_set_is_halved_by_picture_and_nothing_is_lost():
    examples = tuple(example(f"{n // 5}", f"caption {n}") for n in range(200))
    both = split_general(examples, keep=True)
    kept, scored = ({one.image for one in part} for part in (both.kept, both.scored))
    assert not kept & scored
    assert len(kept | scored) == 40
    assert min(len(kept), len(scored)) > 8
    assert len(both.kept) == len(kept)  # one a picture
    assert split_general(examples, keep=False).scored == examples


def test_goods_are_said_in_english():
    assert shop_caption(("granny smith", "apple", "fruit")) == (
        "granny smith apples in a grocery store"
    )
    assert shop_caption(("vine tomato", "tomato", "vegetables")) == (
        "vine tomatoes in a grocery store"
    )
    assert shop_caption(("arla standard milk", "milk", "packages")) == (
        "a package of arla standard milk in a grocery store"
    )
