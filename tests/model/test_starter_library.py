"""The bundled starter at its work: sample photos in, the right one out, nothing for nonsense."""

import json
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import pytest

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.types import ImageTerm, Query, SearchResult, Verdict
from vlm_desktop.compose import build_services
from vlm_desktop.engine.evaluate import read_captioned
from vlm_desktop.engine.labels import Labelled
from vlm_desktop.engine.samples import sample_photos
from vlm_desktop.engine.services import AppServices

Result = TypeVar("Result")


def run(verb: Generator[Event, None, Result]) -> Result:
    while True:
        try:
            next(verb)
        except StopIteration as end:
            return end.value


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Generator[AppServices, None, None]:
    """The real program over the photos that scikit-image installs."""
    folder = sample_photos()
    assert folder is not None
    built = build_services(tmp_path_factory.mktemp("home"))
    try:
        run(built.index([folder], CancelToken(), ocr=False))
        yield built
    finally:
        built.close()


def best(result: SearchResult) -> str:
    return result.hits[0].path.name if result.hits else ""


def test_every_sample_is_indexed_or_has_its_reason(services: AppServices) -> None:
    report = services.verify()
    assert report.is_complete
    assert report.indexed >= 20


@pytest.mark.parametrize(
    ("words", "photo"),
    [
        ("a cat", "chelsea.png"),
        ("a cup of coffee", "coffee.png"),
        ("a rocket taking off", "rocket.jpg"),
        ("a motorcycle in a garage", "motorcycle_left.png"),
    ],
)
def test_words_find_the_sample(services: AppServices, words: str, photo: str) -> None:
    result = run(services.search(Query(text=words, limit=3, show_all=True), CancelToken()))
    found = [hit.path.name for hit in result.hits]
    assert photo in found or photo.replace("left", "right") in found


@pytest.mark.parametrize("words", ["qwxz vbnm", "quarterly tax depreciation schedule"])
def test_nonsense_answers_none(services: AppServices, words: str) -> None:
    result = run(services.search(Query(text=words), CancelToken()))
    assert (result.verdict, result.hits) == (Verdict.NONE, ())


def test_a_picture_finds_its_stereo_partner(services: AppServices) -> None:
    folder = sample_photos()
    assert folder is not None
    result = run(services.similar(folder / "motorcycle_left.png", 3, CancelToken()))
    assert best(result) == "motorcycle_right.png"
    outside = run(
        services.search(Query(images=(ImageTerm(folder / "chelsea.png"),)), CancelToken())
    )
    assert best(outside) == "chelsea.png"


def test_labels(services: AppServices) -> None:
    folder = sample_photos()
    assert folder is not None
    verb = services.tag(
        ["cat", "rocket", "coffee cup"],
        CancelToken(),
        templates=12,
        limit=1,
        paths=[folder / name for name in ("chelsea.png", "rocket.jpg", "coffee.png")],
    )
    labelled = [event for event in verb if isinstance(event, Labelled)]
    assert {one.path.name: one.labels[0].label for one in labelled} == {
        "chelsea.png": "cat",
        "rocket.jpg": "rocket",
        "coffee.png": "coffee cup",
    }


def test_a_warm_search_imports_no_training_framework(services: AppServices) -> None:
    """The command line's search needs neither torch nor transformers, and says so quickly."""
    code = (
        "import sys; from vlm_desktop.__main__ import main\n"
        f"code = main(['--home', {str(services.paths.home)!r}, 'search', 'a cat', '--json'])\n"
        "assert not {'torch', 'transformers', 'open_clip', 'PySide6'} & set(sys.modules)\n"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verdict"] != "none"


def test_the_dev_split_is_found_and_absent_things_are_refused(
    services: AppServices, shared_data: Path
) -> None:
    """The floors of the bundled model; `evaluate retrieval` prints the figures."""
    photos = read_captioned(shared_data / "flickr8k_224" / "captions.jsonl", "dev")
    report = run(services.evaluate_retrieval(photos, CancelToken()))
    assert report.text_to_image.recall_at_1 >= 20
    assert report.text_to_image.recall_at_5 >= 48
    assert report.text_to_image.recall_at_10 >= 62
    assert report.possible.captions_kept >= 94
    assert report.possible.absent_refused >= 95
    assert report.null_prompts >= 500
