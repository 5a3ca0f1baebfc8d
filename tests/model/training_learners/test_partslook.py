"""The parts of the real starter, counted without data."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("peft")

from vlm_desktop.base.cancel import CancelToken  # noqa: E402
from vlm_desktop.training.partslook import PartsSeen, look_at_parts  # noqa: E402
from vlm_desktop.training.spec import recipe_of  # noqa: E402

pytestmark = pytest.mark.model


def _seen(tmp_path, kind: str, **method) -> PartsSeen:
    said = {"model": {"id": "starter", "kind": kind}, "method": method}
    verb = look_at_parts(recipe_of(said, tmp_path), tmp_path, CancelToken())
    try:
        while True:
            next(verb)
    except StopIteration as end:
        return end.value


def test_what_of_each_part_would_learn_is_counted(tmp_path) -> None:
    seen = _seen(tmp_path, "assistant", rank=8)
    parts = {one.name: one for one in seen.parts}
    assert set(seen.choices) == {one.name for one in seen.parts if one.is_choice}
    assert parts["language"].trainable == parts["language"].would_train > 0
    assert parts["projector"].trainable == 0 < parts["projector"].would_train
    assert parts["words"].would_train == 0
    assert seen.room > 0
    assert "language" in seen.groups
    twice = {one.name: one for one in _seen(tmp_path, "assistant", rank=16).parts}
    assert twice["language"].would_train == 2 * parts["language"].would_train
    assert list((tmp_path / "training" / "runs").iterdir()) == []


def test_where_the_model_is_frozen_no_part_is_to_choose(tmp_path) -> None:
    seen = _seen(tmp_path, "prompts")
    assert seen.choices == ()
    assert {one.name for one in seen.parts if one.trainable} >= {"context"}
