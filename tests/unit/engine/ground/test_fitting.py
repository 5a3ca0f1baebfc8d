"""Fitting the starter's finder: on photos with a planted object, and on too few of them."""

import json
from pathlib import Path

import numpy as np
import pytest

from vlm_desktop.base.grounderrors import TooFewToFit
from vlm_desktop.engine.ground.cellmaps import COARSE, FINE, CellMaps
from vlm_desktop.engine.ground.fitting import LEAST, FitPhoto, fit
from vlm_desktop.engine.ground.phraseheat import weights
from vlm_desktop.engine.ground.phraserows import half_of, read_rows
from vlm_desktop.engine.ground.regionproposals import Proposals, net

_FEATURES, _SIGNALS = 72, 17


def photo(number: int) -> FitPhoto:
    """The cells of a box speak for "cup", nothing speaks for "dog"."""
    random = np.random.default_rng(number)
    boxes = net()[::6]
    sides = boxes[:, 2:] - boxes[:, :2]
    large = np.flatnonzero((sides[:, 0] * sides[:, 1] > 0.05) & (sides.max(axis=1) < 0.7))
    cup = boxes[random.choice(large)]
    inside = _cells(cup, FINE)
    signals = {name: random.normal(0, 1, (FINE * FINE, _SIGNALS)) for name in ("cup", "dog")}
    signals["cup"][inside] += 2.0
    fine = random.normal(0, 1, (FINE * FINE, _FEATURES)).astype(np.float32)
    coarse = random.normal(0, 1, (COARSE * COARSE, _FEATURES)).astype(np.float32)
    fine[inside, :5] += 2.0
    coarse[_cells(cup, COARSE), :5] += 2.0
    maps = CellMaps(np.zeros((49, _FEATURES), np.float32), coarse, fine)
    proposals = Proposals(boxes, np.ones((len(boxes), 2)))
    return FitPhoto(f"photo {number}", maps, proposals, signals, {"cup": cup[None]})


def _cells(box: np.ndarray, count: int) -> np.ndarray:
    middle = (np.arange(count) + 0.5) / count
    y, x = (axis.ravel() for axis in np.meshgrid(middle, middle, indexing="ij"))
    found: np.ndarray = (x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3])
    return found


def test_what_is_fitted_is_of_the_form_that_is_shipped_and_finds_what_it_has_not_seen() -> None:
    photos = [photo(number) for number in range(2 * LEAST + 4)]
    made = json.loads(json.dumps(fit(photos)))
    assert _form(made, but="things") == _form(weights(), but="things")
    assert {name: len(made["things"][name]) for name in ("coarse", "fine", "place")} == {
        "coarse": _FEATURES, "fine": _FEATURES, "place": 5,
    }  # fmt: skip
    numbers = np.concatenate([np.ravel(one) for table in made.values() for one in table.values()])
    assert np.isfinite(numbers).all()
    for one in photos:  # their heats come of the other half of them
        heat = one.heats["cup"].log_odds
        inside = _cells(one.objects["cup"][0], FINE)
        assert heat[inside].mean() > heat[~inside].mean() + 2


def test_too_few_photos_are_refused() -> None:
    with pytest.raises(TooFewToFit) as refused:
        fit([photo(number) for number in range(LEAST)])
    assert refused.value.fields["least"] == LEAST
    with pytest.raises(TooFewToFit):
        fit([])


def test_halves_are_those_of_the_names(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    rows = [{"image": f"{one}.jpg", "phrase": "cup", "box": [0, 0, 5, 5]} for one in range(40)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    halves = [{one.image for one in read_rows(path, half=half).rows} for half in (0, 1)]
    assert halves[0] | halves[1] == {row["image"] for row in rows}
    assert not halves[0] & halves[1]
    assert min(map(len, halves)) > 8
    assert all(half_of(one) == 1 for one in halves[1])


def _form(table: dict[str, dict[str, object]], but: str) -> dict[str, dict[str, int]]:
    return {
        name: {key: np.size(value) for key, value in some.items()}  # type: ignore[call-overload]
        for name, some in table.items()
        if name != but
    }
