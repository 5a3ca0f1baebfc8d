"""The bundled starter answers while it indexes: the same words, the same vectors, as alone."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import GenerationOptions
from vlm_desktop.base.conversations import Attachment, Turn
from vlm_desktop.base.types import Query, SearchResult
from vlm_desktop.compose import build_services
from vlm_desktop.engine.samples import sample_photos
from vlm_desktop.engine.services import AppServices
from vlm_desktop.jobs import ANSWERS, Done, Job, JobRunner

SOON = 120.0
_QUESTIONS = ("What animal is this?", "Describe it.", "What color is it?")


@pytest.fixture
def runner() -> Iterator[JobRunner]:
    made = JobRunner(lambda listener, event: listener(event))
    yield made
    assert made.shutdown(SOON)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[AppServices]:
    built = build_services(tmp_path / "home")
    yield built
    built.close()


def ended(job: Job) -> object:
    assert job.wait(SOON)
    assert isinstance(job.ending, Done), job.ending
    return job.ending.result


def answers(services: AppServices, runner: JobRunner, picture: Path) -> list[str]:
    """What the assistant says to the questions."""
    talk, said = services.chat.start(), []
    for words in _QUESTIONS:
        asking = runner.submit(
            lambda cancel, words=words: services.chat.ask(
                talk.id, words, [Attachment(picture)], GenerationOptions(), cancel
            ),
            lambda _: None,
            lane=ANSWERS,
        )
        turn = ended(asking)
        assert isinstance(turn, Turn)
        said.append(turn.text)
    return said


def test_answers_and_vectors_are_what_they_are_alone(
    services: AppServices, runner: JobRunner, tmp_path: Path
) -> None:
    folder = sample_photos()
    assert folder is not None
    picture = folder / "chelsea.png"
    model_id = services.model_in_use()

    indexing = runner.submit(
        lambda cancel: services.index([folder], cancel, ocr=False), lambda _: None
    )
    under_the_run = answers(services, runner, picture)
    ended(indexing)
    assert answers(services, runner, picture) == under_the_run
    found = runner.submit(
        lambda cancel: services.search(Query(text="a cat", show_all=True, limit=3), cancel),
        lambda _: None,
        lane="search",
    )
    result = ended(found)
    assert isinstance(result, SearchResult)
    assert "chelsea.png" in [hit.path.name for hit in result.hits]

    alone = build_services(tmp_path / "alone")
    try:
        verb = alone.index([folder], CancelToken(), ocr=False)
        for _ in verb:
            pass
        first, second = (one.library.vectors(model_id) for one in (services, alone))
        assert sorted(map(tuple, np.asarray(first.matrix).tolist())) == sorted(
            map(tuple, np.asarray(second.matrix).tolist())
        )
    finally:
        alone.close()
