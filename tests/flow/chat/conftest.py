"""The real engine with models that say what a test wants; pictures are decoded for real."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from tests.fakes import (
    ColourEncoder,
    FakeChatModel,
    FakeRegistry,
    SharedPool,
    SignReader,
    make_photo,
)
from tests.flow.engine.conftest import drive, pool
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import GenerationOptions, Token
from vlm_desktop.base.conversations import Attachment, Conversation, Turn
from vlm_desktop.base.events import Event
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.settings import Settings
from vlm_desktop.base.types import DecodeLimits
from vlm_desktop.engine import services as services_module
from vlm_desktop.engine.chat import Chat
from vlm_desktop.engine.services import AppServices
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library

__all__ = ["GREEDY", "OpenChat", "ask", "drive", "pool", "said", "words"]

Result = TypeVar("Result")
GREEDY = GenerationOptions()
OpenChat = Callable[..., AppServices]


class LentPool:
    """The session's decoders, lent to a viewer that closes what it opened."""

    def __init__(self, pool: DecodePool) -> None:
        self.decode = pool.decode

    def close(self) -> None:
        """They stay for the next test."""


@pytest.fixture
def open_chat(
    tmp_path: Path,
    pool: DecodePool,  # noqa: F811 - a fixture
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[OpenChat]:
    """Services over tmp_path/home with the models given; again: another program, same home."""
    monkeypatch.setattr(services_module, "DecodePool", lambda *_: LentPool(pool))
    opened: list[AppServices] = []

    def build(*models: FakeChatModel, sign: str = "", **settings: object) -> AppServices:
        paths = HomePaths(tmp_path / "home")
        chats = {model.spec.model_id: model for model in models or (FakeChatModel(),)}
        services = AppServices(
            paths,
            replace(Settings(), search_model="colours", **settings),  # type: ignore[arg-type]
            FakeRegistry(ColourEncoder(), SignReader(sign), chats),  # type: ignore[arg-type]
            lambda: Library.open(paths),
            lambda: SharedPool(pool),  # type: ignore[arg-type, return-value]
        )
        opened.append(services)
        return services

    yield build
    for services in opened:
        services.close()


@pytest.fixture
def limits() -> DecodeLimits:
    return DecodeLimits(seconds=10)


@pytest.fixture
def red(tmp_path: Path) -> Attachment:
    return Attachment(make_photo(tmp_path / "photos" / "red.jpg", "red"))


@pytest.fixture
def blue(tmp_path: Path) -> Attachment:
    return Attachment(make_photo(tmp_path / "photos" / "blue.jpg", "blue", (64, 96), seed=3))


def ask(
    chat: Chat,
    conversation: Conversation,
    text: str,
    pictures: Sequence[Attachment] = (),
    options: GenerationOptions = GREEDY,
    **more: str,
) -> Turn:
    """One question, driven to its end."""
    verb = chat.ask(conversation.id, text, pictures, options, CancelToken(), **more)
    return drive(verb)[1]


def words(events: Sequence[Event]) -> str:
    """The pieces of an answer together."""
    return "".join(event.text for event in events if isinstance(event, Token))


def said(model: FakeChatModel, number: int = -1) -> list[tuple[str, str, int]]:
    """(role, text, pictures) of each message a model was given."""
    messages, _, _ = model.asked[number]
    return [(one.role.value, one.text, len(one.images)) for one in messages]


def until(verb: Generator[Event, None, Result], pieces: int) -> str:
    """Drive a verb until so many pieces of its answer came; what they say."""
    text = ""
    while pieces:
        event = next(verb)
        if isinstance(event, Token):
            text += event.text
            pieces -= 1
    return text
