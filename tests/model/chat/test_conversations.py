"""Conversations with true networks: what the engine keeps, repeats and frees is real."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.flow.engine.conftest import drive
from vlm_desktop.backends.registry import Registry
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import GenerationOptions, Token
from vlm_desktop.base.chatwork import Side
from vlm_desktop.base.conversations import Attachment, TurnState
from vlm_desktop.base.errors import Cancelled
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.settings import Settings
from vlm_desktop.base.types import DecodeLimits
from vlm_desktop.compose import build_services
from vlm_desktop.engine.services import AppServices
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library

SHORT = GenerationOptions(max_new_tokens=12)


@pytest.fixture
def services(tiny_folder: Callable[[str], Path], tmp_path: Path) -> Iterator[AppServices]:
    """Two models of different families, imported as a person would."""
    paths = HomePaths(tmp_path / "home")
    registry = Registry(tmp_path / "none", paths.models, tmp_path / "none.toml")
    for name in ("smolvlm", "llava"):
        registry.import_folder(tiny_folder(name), name)
    services = AppServices(
        paths,
        Settings(chat_model="smolvlm", provider="cpu"),
        registry,
        lambda: Library.open(paths),
        lambda: DecodePool(1, DecodeLimits()),
    )
    yield services
    services.close()


@pytest.fixture
def photo(tmp_path: Path) -> Attachment:
    path = tmp_path / "photo.png"
    pixels = np.random.default_rng(3).integers(0, 255, (90, 140, 3), np.uint8)
    Image.fromarray(pixels).save(path)
    return Attachment(path)


def test_the_bundled_model_is_offered_first_and_answers(tmp_path: Path, photo: Attachment) -> None:
    services = build_services(tmp_path / "home")
    try:
        offered = services.chat.models()
        assert (offered[0].model_id, offered[0].ready) == ("starter", True)
        assert not all(one.ready for one in offered)
        talk = services.chat.start()
        verb = services.chat.ask(talk.id, "What is this?", [photo], SHORT, CancelToken())
        turn = drive(verb)[1]
        assert (turn.model_id, turn.state, bool(turn.text)) == ("starter", TurnState.DONE, True)
    finally:
        services.close()


def test_an_answer_is_kept_repeated_and_told_apart(
    services: AppServices, photo: Attachment
) -> None:
    chat = services.chat
    talk = chat.start()
    cancel = CancelToken()
    events, first = drive(chat.ask(talk.id, "what is it?", [photo], SHORT, cancel))
    assert first.text == "".join(one.text for one in events if isinstance(one, Token))
    assert first.state is TurnState.DONE
    assert first.usage.image > 0
    assert first.revision

    again = drive(chat.run_again(first.id, cancel))[1]
    assert (again.same_text, again.differences) == (True, ())
    assert again.turn.usage == first.usage

    use = drive(chat.context(talk.id, "and then?", [], SHORT, cancel))[1]
    follow = drive(chat.ask(talk.id, "and then?", [], SHORT, cancel))[1]
    assert (use.usage.image, use.usage.text, use.usage.system) == (
        follow.usage.image, follow.usage.text, follow.usage.system,
    )  # fmt: skip
    assert use.speed.answers > 0
    seen = drive(chat.look(photo, SHORT, cancel))[1].seen
    assert sum(one.tokens for one in use.pictures) == seen.tokens == use.usage.image


def test_a_stopped_answer_is_the_beginning_of_the_whole_one(
    services: AppServices, photo: Attachment
) -> None:
    chat = services.chat
    talk = chat.start()
    whole = drive(chat.ask(talk.id, "what is it?", [photo], SHORT, CancelToken()))[1]
    chat.branch(talk.id, None)
    cancel = CancelToken()
    verb = chat.ask(talk.id, "what is it?", [photo], SHORT, cancel)
    while not isinstance(next(verb), Token):
        pass
    cancel.cancel()
    with pytest.raises(Cancelled):
        drive(verb)
    stopped = chat.open(talk.id).path()[-1]
    assert stopped.state is TurnState.PARTIAL
    assert stopped.text
    assert whole.text.startswith(stopped.text)


def test_two_models_compare_and_one_makes_room(services: AppServices, photo: Attachment) -> None:
    chat = services.chat
    talk = chat.start()
    sides = [Side("smolvlm", SHORT), Side("llava", SHORT)]
    answers = drive(chat.compare(talk.id, "what is it?", [photo], sides, CancelToken()))[1]
    assert [one.state for one in answers] == [TurnState.DONE] * 2
    assert [one.model_id for one in services.residents.loaded()] == ["smolvlm", "llava"]
    assert {one.model_id for one in chat.models() if one.loaded} == {"smolvlm", "llava"}
    blank = drive(chat.blank_test(answers[0].id, CancelToken()))[1]
    assert blank.answer == answers[0].text
    drive(services.models.remove("llava"))
    assert [one.model_id for one in services.residents.loaded()] == ["smolvlm"]
