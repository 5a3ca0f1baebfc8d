"""Answers, searches and indexing at the same time, each on its lane, over the real engine."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import (
    ColourEncoder,
    FakeChatModel,
    FakeRegistry,
    SharedPool,
    SignReader,
    make_photo,
)
from tests.flow.chat.conftest import GREEDY, drive, pool, said, words
from vlm_desktop.base.arrays import PixelArray, VectorArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.conversations import Attachment, Turn, TurnState
from vlm_desktop.base.errors import ModelOutOfMemory
from vlm_desktop.base.events import Event
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.settings import Settings
from vlm_desktop.base.types import Query, SearchResult
from vlm_desktop.engine.indexing import IndexSummary
from vlm_desktop.engine.services import AppServices
from vlm_desktop.jobs import ANSWERS, Done, Job, JobRunner
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library

__all__ = ["pool"]

SOON = 30.0


class HeldEncoder(ColourEncoder):
    """Pictures of an index run wait until a test lets them; those of anyone else do not."""

    def __init__(self) -> None:
        super().__init__()
        self.holds = False
        self.entered, self.open = threading.Event(), threading.Event()
        self.shortages = 0

    def encode_images(self, images: Sequence[PixelArray]) -> VectorArray:
        if threading.current_thread().name.startswith("encode"):
            if self.shortages:
                self.shortages -= 1
                raise ModelOutOfMemory(model="colours", detail="the device is full")
            if self.holds:
                self.entered.set()
                assert self.open.wait(SOON)
        return super().encode_images(images)


@pytest.fixture
def encoder() -> HeldEncoder:
    return HeldEncoder()


@pytest.fixture
def model() -> FakeChatModel:
    return FakeChatModel(gate=threading.Semaphore(0))


@pytest.fixture
def services(
    tmp_path: Path, pool: DecodePool, encoder: HeldEncoder, model: FakeChatModel
) -> Iterator[AppServices]:
    """With a decoder of its own for the chat, as in the program."""
    paths = HomePaths(tmp_path / "home")
    made = AppServices(
        paths,
        replace(Settings(), search_model="colours", ocr=False),
        FakeRegistry(encoder, SignReader(), {"starter": model}),  # type: ignore[arg-type]
        lambda: Library.open(paths),
        lambda: SharedPool(pool),  # type: ignore[arg-type, return-value]
    )
    yield made
    made.close()


@pytest.fixture
def runner() -> Iterator[JobRunner]:
    made = JobRunner(lambda listener, event: listener(event))
    yield made
    assert made.shutdown(SOON)


def ended(job: Job) -> object:
    """What a job gave back."""
    assert job.wait(SOON)
    assert isinstance(job.ending, Done), job.ending
    return job.ending.result


def test_answers_doubts_and_searches_go_on_while_photos_are_indexed(
    services: AppServices,
    encoder: HeldEncoder,
    model: FakeChatModel,
    runner: JobRunner,
    tmp_path: Path,
) -> None:
    known = make_photo(tmp_path / "known" / "red.jpg", "red")
    make_photo(tmp_path / "known" / "blue.jpg", "blue", seed=1)
    make_photo(tmp_path / "new" / "green.jpg", "green", seed=2)
    drive(services.index([known.parent], CancelToken()))
    encoder.holds = True
    indexing = runner.submit(lambda c: services.index([tmp_path / "new"], c), lambda _: None)
    assert encoder.entered.wait(SOON)

    talk, told = services.chat.start(), list[Event]()
    answering = runner.submit(
        lambda c: services.chat.ask(talk.id, "What red thing?", [Attachment(known)], GREEDY, c),
        told.append,
        lane=ANSWERS,
    )
    assert model.gate is not None
    for _ in range(6):
        model.gate.release()
    turn = ended(answering)
    assert isinstance(turn, Turn)
    assert (turn.state, turn.text) == (TurnState.DONE, "What red thing? -> [red]")
    assert words(told) == turn.text, "it came in pieces"
    assert said(model)[0][2] == 1

    doubting = runner.submit(
        lambda c: services.chat.nouns_found(turn.id, c), lambda _: None, lane=ANSWERS
    )
    ended(doubting)
    query = Query(text="red", show_all=True)
    searching = runner.submit(lambda c: services.search(query, c), lambda _: None, lane="search")
    result = ended(searching)
    assert isinstance(result, SearchResult)
    assert result.hits[0].path.name == "red.jpg"

    assert indexing.ending is None, "all of that happened under the run"
    encoder.open.set()
    summary = ended(indexing)
    assert isinstance(summary, IndexSummary)
    assert summary.indexed == 1


def test_a_stopped_answer_leaves_the_run_alone(
    services: AppServices,
    encoder: HeldEncoder,
    model: FakeChatModel,
    runner: JobRunner,
    tmp_path: Path,
) -> None:
    photo = make_photo(tmp_path / "new" / "green.jpg", "green")
    encoder.holds = True
    indexing = runner.submit(lambda c: services.index([photo.parent], c), lambda _: None)
    assert encoder.entered.wait(SOON)
    talk, grew = services.chat.start(), threading.Event()
    answering = runner.submit(
        lambda c: services.chat.ask(talk.id, "Count to ten!", [], GREEDY, c),
        lambda event: grew.set() if getattr(event, "text", "") else None,
        lane=ANSWERS,
    )
    assert model.gate is not None
    model.gate.release()
    assert grew.wait(SOON)
    answering.cancel()
    assert answering.wait(SOON)
    assert services.chat.open(talk.id).turns[-1].state is TurnState.PARTIAL
    assert indexing.ending is None
    encoder.open.set()
    assert isinstance(ended(indexing), IndexSummary)


def test_a_run_that_is_short_of_memory_has_models_that_answer_leave(
    services: AppServices, encoder: HeldEncoder, model: FakeChatModel, tmp_path: Path
) -> None:
    photo = make_photo(tmp_path / "new" / "green.jpg", "green")
    model.gate = None
    talk = services.chat.start()
    drive(services.chat.ask(talk.id, "Ready?", [], GREEDY, CancelToken()))
    assert model.is_loaded
    encoder.shortages = 1
    assert drive(services.index([photo.parent], CancelToken()))[1].indexed == 1
    assert not model.is_loaded


def test_a_run_that_nobody_can_make_room_for_ends(
    services: AppServices, encoder: HeldEncoder, tmp_path: Path
) -> None:
    photo = make_photo(tmp_path / "new" / "green.jpg", "green")
    encoder.shortages = 1
    with pytest.raises(ModelOutOfMemory):
        drive(services.index([photo.parent], CancelToken()))
