"""Fitting what a click means, on photos of one thing."""

import json
import tomllib
from pathlib import Path

import pytest
from PIL import Image

from tests.unit.backends.segmentation.things import ball
from vlm_desktop.backends.segmentation.clickchoice import click_weights
from vlm_desktop.training.clicks import main, overlaps, read


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Two photos with a box each, one of a crowd, and one photo that is not there."""
    rows = []
    for name in ("a.png", "b.png"):
        Image.fromarray(ball()[0]).save(tmp_path / name)
        rows.append({"image": name, "box": [140, 70, 260, 150], "crowd": False})
    rows.append({"image": "a.png", "box": [0, 0, 9, 9], "crowd": True})
    rows.append({"image": "gone.png", "box": [0, 0, 9, 9], "crowd": False})
    path = tmp_path / "boxes.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return path


def test_each_box_is_clicked_in_its_middle_and_near_it(table: Path) -> None:
    clicks, names = read(table)
    assert [(click.photo, click.is_middle) for click in clicks] == [
        (0, True),
        (0, False),
        (1, True),
        (1, False),
    ]
    assert set(names) == set(click_weights())
    assert all(click.overlaps.max() > 0.6 for click in clicks)


def test_what_was_fitted_finds_the_thing_again(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "weights.toml"
    main([str(table), str(target)])
    weights = tomllib.loads(target.read_text("utf-8"))["weights"]
    assert set(weights) == set(click_weights())
    middle, near = overlaps(table, weights, 0)
    nothing = overlaps(table, dict.fromkeys(weights, 0.0), 0)
    assert middle > 0.6
    assert middle > nothing[0]
    assert near > nothing[1]
    assert "held-out half 1: middle 0." in capsys.readouterr().out
