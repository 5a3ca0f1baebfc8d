"""Map, tags and policies with the bundled starter on real photos: what the numbers are worth."""

import json
import re
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.rules import Judgement, RuleKind
from vlm_desktop.compose import build_services
from vlm_desktop.engine.plane import nearest
from vlm_desktop.engine.reviewing import Review
from vlm_desktop.engine.services import AppServices

Result = TypeVar("Result")
PHOTOS = 600
MODEL = "starter"


def run(verb: Generator[Event, None, Result]) -> Result:
    while True:
        try:
            next(verb)
        except StopIteration as end:
            return end.value


@pytest.fixture(scope="module")
def captions(shared_data: Path) -> dict[str, str]:
    """File name -> all captions of photos nothing was tuned on, in lower case."""
    table = (shared_data / "flickr8k_224" / "captions.jsonl").read_text(encoding="utf-8")
    rows = map(json.loads, table.splitlines())
    some = [row for row in rows if row["split"] == "dev"][:PHOTOS]
    return {Path(row["image"]).name: " ".join(row["captions"]).lower() for row in some}


@pytest.fixture(scope="module")
def services(
    captions: dict[str, str], shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AppServices]:
    folder = tmp_path_factory.mktemp("photos")
    for name in captions:
        shutil.copy(shared_data / "flickr8k_224" / "images" / name, folder)
    built = build_services(tmp_path_factory.mktemp("home"))
    run(built.index([folder], CancelToken(), ocr=False))
    yield built
    built.close()


def says(services: AppServices, captions: dict[str, str], pattern: str) -> dict[int, bool]:
    """Content id -> whether a caption mentions it."""
    ids = services.library.vectors(MODEL).content_ids.tolist()
    located = services.library.locate(ids)
    found = re.compile(pattern)
    return {one: bool(found.search(captions[located[one].path.name])) for one in ids}


def test_neighbours_stay_neighbours_on_the_map(services: AppServices) -> None:
    drawn = run(services.explore.map(CancelToken()))
    matrix = services.library.vectors(MODEL)
    vectors = np.asarray(matrix.matrix)[np.argsort(matrix.content_ids)]
    assert trustworthiness(vectors, drawn.positions, n_neighbors=10, metric="cosine") > 0.9
    near, _ = nearest(vectors, vectors, 10, CancelToken(), itself=False)
    drawn_near, _ = nearest(drawn.positions, drawn.positions, 10, CancelToken(), itself=False)
    kept = [len(set(a) & set(b)) / 10 for a, b in zip(near, drawn_near, strict=True)]
    assert np.mean(kept) > 0.35


def test_places_are_named_by_what_lies_there(
    services: AppServices, captions: dict[str, str]
) -> None:
    drawn = run(services.explore.map(CancelToken()))
    dogs = says(services, captions, r"\bdogs?\b|\bpupp")
    share = sum(dogs.values()) / len(dogs)
    named = [n for n, place in enumerate(drawn.places) if "dog" in place.name.split(", ")]
    assert named
    members = [one for number in named for one in drawn.members(number)]
    assert np.mean([dogs[one] for one in members]) > 2 * share


@pytest.mark.parametrize(
    ("word", "pattern", "precision"),
    [
        ("dog", r"\bdogs?\b|\bpupp", 0.9),
        ("snow", r"snow", 0.6),
        ("bicycle", r"bicycl|bike|cycl", 0.7),
        ("water", r"water|pool|lake|river|ocean|\bsea\b|wave", 0.7),
    ],
)
def test_proposals_above_the_usual_cut_are_mostly_right(
    services: AppServices, captions: dict[str, str], word: str, pattern: str, precision: float
) -> None:
    run(services.explore.look_for([word], CancelToken()))
    review = run(services.explore.review(RuleKind.WORD, word, CancelToken()))
    truth = says(services, captions, pattern)
    proposed = [one.content_id for one in review.undecided_above(review.summary.cut)]
    right = np.array([truth[one] for one in proposed])
    assert right.mean() >= precision
    assert right.sum() >= 0.3 * sum(truth.values())


@pytest.mark.parametrize("word", ["zebra", "submarine", "typewriter"])
def test_what_no_photo_shows_is_hardly_proposed(services: AppServices, word: str) -> None:
    run(services.explore.look_for([word], CancelToken()))
    review = run(services.explore.review(RuleKind.WORD, word, CancelToken()))
    assert review.summary.proposed <= PHOTOS // 50


def test_feedback_on_a_policy_makes_it_better(
    services: AppServices, captions: dict[str, str]
) -> None:
    """Twenty photos judged as the captions have it; measured on those that were not judged."""
    run(services.explore.save_policy("wet dogs", ["a dog in the water"], [], CancelToken()))
    dogs = says(services, captions, r"\bdogs?\b|\bpupp")
    wet = says(services, captions, r"water|pool|lake|river|ocean|\bsea\b|wave|swim")
    truth = {one: dogs[one] and wet[one] for one in dogs}
    before = run(services.explore.review(RuleKind.POLICY, "wet dogs", CancelToken()))
    judged = before.content_ids[:40:2].tolist()
    said = [Judgement(one, 1 if truth[one] else -1) for one in judged]
    run(services.explore.judge(RuleKind.POLICY, "wet dogs", said, CancelToken()))
    after = run(services.explore.review(RuleKind.POLICY, "wet dogs", CancelToken()))

    def f1(review: Review) -> float:
        """Of the photos nobody judged, at the cut."""
        flagged = {one.content_id for one in review.undecided_above(review.summary.cut)}
        flagged -= set(judged)
        wanted = {one for one, right in truth.items() if right} - set(judged)
        return 2 * len(flagged & wanted) / (len(flagged) + len(wanted))

    assert f1(after) > f1(before)
    assert after.summary.accepted + after.summary.rejected == len(judged)
