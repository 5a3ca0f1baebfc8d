"""The part [data] of a recipe, read into examples."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flow.training_data.conftest import (
    done,
    example,
    filled_with,
    one_of,
    scene,
    words,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.base.trainerrors import (
    DataSetUnknown,
    DataUnclear,
)
from vlm_desktop.base.training import Split
from vlm_desktop.base.trainingdata import (
    ExampleMark,
    ExamplesChange,
    FindingCode,
)
from vlm_desktop.engine.services import AppServices
from vlm_desktop.engine.train.facade import Training
from vlm_desktop.engine.train.recipedata import RecipeExamples, wanted


def recipe(training: Training, folder: Path, **said: object) -> RecipeExamples:
    return done(training.data.examples(said, folder, CancelToken()))


@pytest.fixture
def captions(tmp_path: Path) -> Path:
    lines = ["image,caption,split"]
    for at in range(10):
        scene(tmp_path / "data" / f"{at}.jpg", at)
        lines.append(f"{at}.jpg,{words(at)},{'val' if at == 7 else 'train'}")
    path = tmp_path / "data" / "captions.csv"
    path.write_text("\n".join(lines))
    return path


def test_a_file_of_a_recipe_keeps_the_sides_it_tells(training: Training, captions: Path) -> None:
    found = recipe(training, captions.parent, file="captions.csv")
    assert not found.split_here
    assert [Path(one.image).stem for one in found.examples if one.split is Split.VALIDATION] == [
        "7"
    ]
    assert all(one.key and one.content for one in found.examples)
    assert (found.name, len(found.examples)) == ("captions.csv", 10)


def test_a_recipe_draws_sides_where_it_is_asked_to(training: Training, captions: Path) -> None:
    found = recipe(training, captions.parent.parent, file="data/captions.csv", validation=0.4)
    assert found.split_here
    assert sum(one.split is Split.VALIDATION for one in found.examples) == 4
    again = recipe(training, captions.parent.parent, file="data/captions.csv", validation=0.4)
    assert again == found
    other = recipe(
        training, captions.parent.parent, file="data/captions.csv", validation=0.4, seed=1
    )
    assert other != found


def test_a_recipe_without_sides_holds_a_fifth_out(training: Training, captions: Path) -> None:
    captions.write_text(captions.read_text().replace(",val", ",train"))
    found = recipe(training, captions.parent, file="captions.csv")
    assert found.split_here
    assert sum(one.split is Split.VALIDATION for one in found.examples) == 2
    none = recipe(training, captions.parent, file="captions.csv", validation=0, limit=4)
    assert [one.split for one in none.examples] == [Split.TRAIN] * 4


def test_a_recipe_reads_data_sets_and_what_people_decided(
    training: Training, services: AppServices, tmp_path: Path
) -> None:
    set_id = filled_with(training, *(example(scene(tmp_path / f"{at}.jpg", at)) for at in range(4)))
    first = training.datasets.examples(set_id)[0]
    marks = (ExampleMark(first.key, Split.VALIDATION, ""),)
    training.datasets.apply(ExamplesChange(set_id, marks=marks))
    assert recipe(training, tmp_path, dataset="set").examples == training.datasets.examples(set_id)
    assert recipe(training, tmp_path, source="alt texts").examples == ()
    with pytest.raises(DataSetUnknown):
        recipe(training, tmp_path, dataset="nothing")
    with pytest.raises(BadInputFile):
        recipe(training, tmp_path, file="nothing.csv")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"file": "a.csv", "dataset": "b"},
        {"file": "a.csv", "colour": "red"},
        {"file": 3},
        {"file": "a.csv", "validation": 1.0},
        {"file": "a.csv", "validation": True},
        {"file": "a.csv", "seed": -1},
        {"file": "a.csv", "limit": 2.5},
        {"source": "the web"},
    ],
)
def test_a_part_that_makes_no_sense_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(DataUnclear):
        wanted(said)


def test_reading_a_recipe_makes_no_library(
    open_services: Callable[..., AppServices], captions: Path
) -> None:
    services = open_services()
    found = recipe(services.training, captions.parent, file="captions.csv", validation=0.2)
    Path(found.examples[0].image).unlink()
    report = done(services.training.doctor.of(found.examples, CancelToken(), judged=False))
    assert one_of(report, FindingCode.VANISHED).keys == (found.examples[0].key,)
    assert not services.paths.database.exists()
