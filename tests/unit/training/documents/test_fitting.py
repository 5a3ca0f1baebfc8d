"""The fitting finds a rule that was put into examples."""

import random
from pathlib import Path

import numpy as np
import pytest

from vlm_desktop.training.documents.exampletable import Example, load_examples, save_examples
from vlm_desktop.training.documents.fitting import fit_kind


def examples(count: int, layout: str = "made/a") -> list[Example]:
    """The right option has a label; "noise" tells nothing; a fifth have no right option."""
    rng = random.Random(1)
    found = []
    for number in range(count):
        silent = number % 5 == 0
        options = [
            {"offset": 1.0, "label_right": float(place == 0 and not silent), "noise": rng.random()}
            for place in range(4)
        ]
        right = tuple(float(place == 0 and not silent) for place in range(4))
        found.append(Example(layout, f"d{number}", "text", tuple(options), right, float(silent)))
    return found


def test_examples_are_kept_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "examples.npz"
    some = examples(7)
    save_examples(path, [*some, Example("made/a", "empty", "text", (), (), 1.0)])
    table = load_examples(path)
    assert table.counts.tolist() == [4] * 7
    assert table.document.tolist() == [f"d{number}" for number in range(7)]
    label = table.names.index("label_right")
    assert table.values[:, label].reshape(7, 4)[:, 0].tolist() == [0, 1, 1, 1, 1, 0, 1]


def test_a_planted_rule_is_found(tmp_path: Path) -> None:
    path = tmp_path / "examples.npz"
    save_examples(path, examples(200))
    fitted = fit_kind(load_examples(path))
    assert fitted.weights["label_right"] > 2
    assert fitted.weights["offset"] < -1
    assert abs(fitted.weights.get("noise", 0.0)) < 0.5 * fitted.weights["label_right"]
    assert fitted.right["made/a"] == (1.0, 200)


def test_fitting_again_gives_the_same(tmp_path: Path) -> None:
    path = tmp_path / "examples.npz"
    save_examples(path, examples(60))
    table = load_examples(path)
    assert fit_kind(table) == fit_kind(table)


def test_only_some_examples_are_kept_with_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "examples.npz"
    save_examples(path, examples(6))
    table = load_examples(path)
    part = table.only(np.array([True, False, True, False, False, True]))
    assert part.document.tolist() == ["d0", "d2", "d5"]
    assert len(part.values) == 12
    assert part.starts.tolist() == [0, 4, 8]
    assert part.group.tolist() == [0] * 4 + [1] * 4 + [2] * 4


@pytest.mark.parametrize("name", ["row_tax", "label_rival"])
def test_what_may_only_speak_against_does(tmp_path: Path, name: str) -> None:
    path = tmp_path / "examples.npz"
    some = [
        Example("made/a", f"d{number}", "text", ({"offset": 1.0, name: 1.0}, {"offset": 1.0}),
                (1.0, 0.0), 0.0)
        for number in range(40)
    ]  # fmt: skip
    save_examples(path, some)
    assert fit_kind(load_examples(path)).weights.get(name, 0.0) <= 0
