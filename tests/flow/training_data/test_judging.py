"""What the search model says of labels, and what to label next."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import ColourEncoder, make_photo
from tests.flow.training_data.conftest import (
    done,
    examined,
    example,
    filled_with,
    mended,
    one_of,
    scene,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import ModelBroken
from vlm_desktop.base.training import Example
from vlm_desktop.base.trainingdata import (
    AskReason,
    FindingCode,
)
from vlm_desktop.engine.services import AppServices
from vlm_desktop.engine.train.facade import Training

# --- what the search model says ----------------------------------------------------------------


@pytest.fixture
def coloured(training: Training, tmp_path: Path) -> int:
    """Six pictures of each colour, one of them under the wrong name."""
    examples = []
    for at, colour in enumerate(("red", "green", "blue")):
        for copy in range(6):
            path = make_photo(tmp_path / colour / f"{copy}.jpg", colour, seed=10 * at + copy)
            label = "blue" if (colour, copy) == ("red", 2) else colour
            examples.append(example(path, label, label=label))
    return filled_with(training, *examples)


def test_a_wrong_label_is_told_by_the_search_model(training: Training, coloured: int) -> None:
    finding = one_of(examined(training, coloured), FindingCode.LABEL_NOISE)
    assert (Path(finding.image).name, finding.detail) == ("2.jpg", "red")
    mended(training, coloured, finding)
    assert examined(training, coloured).of(FindingCode.LABEL_NOISE) == ()


def test_stored_vectors_are_taken_as_they_are(
    services: AppServices, coloured: int, encoder: ColourEncoder, tmp_path: Path
) -> None:
    done(services.index([tmp_path / "red", tmp_path / "green", tmp_path / "blue"], CancelToken()))
    encoded = encoder.pictures
    assert len(examined(services.training, coloured).of(FindingCode.LABEL_NOISE)) == 1
    assert encoder.pictures == encoded


def test_without_a_model_the_other_checks_count(
    training: Training, coloured: int, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ModelBroken(model="colours", detail="it is a test")

    monkeypatch.setattr(encoder, "encode_images", broken)
    report = examined(training, coloured)
    assert FindingCode.LABEL_NOISE in report.not_done
    assert report.of(FindingCode.NO_VALIDATION)


# --- what to label next ------------------------------------------------------------------------


def test_items_of_which_two_models_say_different_things(training: Training, tmp_path: Path) -> None:
    items = [
        replace(example(scene(tmp_path / f"{at}.jpg", at), ""), key=f"k{at}") for at in range(6)
    ]
    found = done(
        training.active.between(
            items,
            lambda one: "a dog runs",
            lambda one: "a dog runs" if one.key in ("k0", "k1") else f"a cat {one.key}",
            CancelToken(),
            most=3,
        )
    )
    assert found.looked == 6
    assert len(found.items) == 3
    assert {one.key for one in found.items} <= {"k2", "k3", "k4", "k5"}
    assert {one.reason for one in found.items} == {AskReason.TUNED_DIFFERS}
    assert found.items[0].first == "a dog runs"


def test_of_a_burst_only_one_is_asked_about(training: Training, tmp_path: Path) -> None:
    burst = [scene(tmp_path / f"burst {at}.jpg", 1, quality=90 - at) for at in range(5)]
    alone = [scene(tmp_path / f"{at}.jpg", 10 + at) for at in range(3)]
    items = [replace(example(path, ""), key=path.stem) for path in [*burst, *alone]]
    doubts = {one.key: f"x{at}" for at, one in enumerate(items)}
    found = done(
        training.active.between(items, lambda _: "y", lambda one: doubts[one.key], CancelToken())
    )
    assert len(found.items) == 4
    assert sum(one.key.startswith("burst") for one in found.items) == 1


def test_items_whose_answers_differ_among_themselves(training: Training, tmp_path: Path) -> None:
    items = [replace(example(scene(tmp_path / f"{at}.jpg", at)), key=f"k{at}") for at in range(3)]

    def draw(one: Example, seed: int) -> str:
        return f"answer {seed}" if one.key == "k1" else "always the same"

    found = done(training.active.among(items, draw, CancelToken()))
    assert [(one.key, one.reason) for one in found.items] == [("k1", AskReason.SAMPLES_DIFFER)]
    assert found.items[0].first != found.items[0].second


def test_items_whose_text_looks_like_another(training: Training, coloured: int) -> None:
    items = training.datasets.examples(coloured)
    found = done(training.active.by_search(items, CancelToken(), most=1))
    assert [(Path(one.image).name, one.first, one.second) for one in found.items] == [
        ("2.jpg", "blue", "red")
    ]
