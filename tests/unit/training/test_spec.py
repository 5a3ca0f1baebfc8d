"""Recipes: every default written out, everything impossible refused by the name of its key."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.base.trainerrors import RecipeWrong
from vlm_desktop.strings import sentence
from vlm_desktop.training.spec import KIND_DEFAULTS, KINDS, read_recipe, recipe_of, recipe_text
from vlm_desktop.training.tomltext import toml_text

MODEL = {"model": {"id": "starter", "kind": "assistant"}}


def _recipe(**parts: Any) -> Any:
    return recipe_of({**MODEL, **parts}, Path())


def test_a_recipe_is_written_whole_and_read_back_equal() -> None:
    recipe = _recipe(
        data={"file": "captions.jsonl", "limit": 3, "validation": 0.2},
        method={"targets": ["language", "vision-last-2"], "dora": True},
        run={"rates": {"language": 1e-5}, "epochs": 2},
    )
    text = recipe_text(recipe)
    assert recipe_of(tomllib.loads(text), Path()) == recipe
    read = tomllib.loads(text)
    assert read["run"]["schedule"] == "cosine"
    assert read["run"]["rate"] == KIND_DEFAULTS["assistant"]["run"]["rate"]
    assert read["method"]["targets"] == ["language", "vision-last-2"]
    assert read["data"] == {"file": "captions.jsonl", "limit": 3, "validation": 0.2}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_complete_recipe(kind: str) -> None:
    recipe = recipe_of({"model": {"id": "m", "kind": kind}}, Path())
    assert recipe_of(tomllib.loads(recipe_text(recipe)), Path()) == recipe
    assert recipe.run.epochs > 0
    assert recipe.run.steps == 0


@pytest.mark.parametrize(
    ("parts", "key"),
    [
        ({"modle": {}}, "modle"),
        ({"run": 3}, "run"),
        ({"run": {"bath": 3}}, "[run] bath"),
        ({"run": {"batch": 0}}, "[run] batch"),
        ({"run": {"batch": True}}, "[run] batch"),
        ({"run": {"batch": 2.5}}, "[run] batch"),
        ({"run": {"rate": 0}}, "[run] rate"),
        ({"run": {"rate": float("nan")}}, "[run] rate"),
        ({"run": {"rate": "fast"}}, "[run] rate"),
        ({"run": {"warmup": 1}}, "[run] warmup"),
        ({"run": {"schedule": "steep"}}, "[run] schedule"),
        ({"run": {"steps": 3, "epochs": 1}}, "[run] steps"),
        ({"run": {"rates": {"language": -1}}}, "[run] rates.language"),
        ({"run": {"checkpointing": 1}}, "[run] checkpointing"),
        ({"method": {"targets": "language"}}, "[method] targets"),
        ({"method": {"rank": 0}}, "[method] rank"),
        ({"method": {"dropout": 1.0}}, "[method] dropout"),
        ({"loss": {"kind": "hinge"}}, "[loss] kind"),
        ({"guard": {"fall": 2}}, "[guard] fall"),
        ({"guard": {"measure": "percent"}}, "[guard] measure"),
        ({"model": {"id": "starter"}}, "[model] kind"),
        ({"model": {"kind": "probe"}}, "[model] id"),
        ({"model": {"id": " ", "kind": "probe"}}, "[model] id"),
        ({"model": {"id": "m", "kind": "oracle"}}, "[model] kind"),
    ],
)
def test_what_cannot_be_is_refused_by_name(parts: dict[str, Any], key: str) -> None:
    with pytest.raises(RecipeWrong) as refused:
        recipe_of({**MODEL, **parts}, Path())
    assert refused.value.fields["key"] == key
    said = sentence(refused.value)
    assert key in said
    assert said.endswith(".")


def test_a_file_is_read_relative_to_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text('[model]\nid = "m"\nkind = "probe"\n', encoding="utf-8")
    assert read_recipe(path).folder == tmp_path
    path.write_text("no toml [", encoding="utf-8")
    with pytest.raises(BadInputFile):
        read_recipe(path)
    with pytest.raises(BadInputFile):
        read_recipe(tmp_path / "absent.toml")


_VALUES = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"]))
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("aä .\"'", min_size=1), inner)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.text("abc-_ .é", min_size=1), _VALUES, max_size=4))
def test_written_tables_are_read_back(table: dict[str, Any]) -> None:
    assert tomllib.loads(toml_text({"a": table, "b": {}})) == {"a": table, "b": {}}
