"""Alt text drafted by tiny networks of true architectures: prompts, forms and openings fit."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes import SignReader, make_photo
from vlm_desktop.backends.protocols import ChatModel
from vlm_desktop.base.alttext import AltStyle, Brief, Candidate, Decision, Drafted, PageContext
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import Token
from vlm_desktop.base.errors import OptionUnsupported
from vlm_desktop.base.types import DecodeLimits
from vlm_desktop.engine.alttext.drafting import Drafter
from vlm_desktop.engine.alttext.lengths import fits
from vlm_desktop.engine.alttext.openings import opening
from vlm_desktop.engine.answering import Answerer
from vlm_desktop.engine.chatpictures import PictureLoader
from vlm_desktop.engine.residents import Budgets, Residents
from vlm_desktop.media.pool import DecodePool


@pytest.fixture(scope="module")
def pictures() -> Iterator[PictureLoader]:
    loader = PictureLoader(lambda: DecodePool(1, DecodeLimits()))
    yield loader
    loader.close()


@pytest.fixture
def draft(
    lend_tiny: Callable[[str], ChatModel], pictures: PictureLoader, tmp_path: Path
) -> Callable[..., tuple[list[object], tuple[Candidate, ...]]]:
    path = make_photo(tmp_path / "red.jpg", "red")

    def run(name: str, brief: Brief, **more: object) -> tuple[list[object], tuple[Candidate, ...]]:
        residents = Residents(lambda _: lend_tiny(name), lambda: Budgets(10**10), lambda _: "")
        answerer = Answerer(residents, SignReader)
        drafter = Drafter(answerer, pictures, lambda: name)
        verb = drafter.draft(
            path, brief, PageContext(caption="A fair"), Decision.INFORMATIVE, CancelToken(), **more
        )
        events: list[object] = []
        while True:
            try:
                events.append(next(verb))
            except StopIteration as end:
                return events, end.value

    return run


@pytest.mark.parametrize("name", ["smolvlm", "qwen2.5-vl", "gemma3"])
def test_models_with_a_template_draft(name: str, draft: Callable[..., tuple]) -> None:
    brief = Brief(style=AltStyle.POETIC, language="de", candidates=2)
    events, found = draft(name, brief, structured=name == "smolvlm")
    assert 1 <= len(found) <= 2
    assert sum(isinstance(event, Drafted) for event in events) == len(found)
    assert any(isinstance(event, Token) for event in events)
    for one in found:
        assert one.alt.strip()
        assert fits(one.alt, brief.destination)
        assert opening(one.alt, "de") is None
        assert "context" in one.notes
        assert one.logprob < 0


@pytest.mark.parametrize("name", ["blip-caption", "git", "instructblip", "paligemma"])
def test_captioners_draft_captions_only(name: str, draft: Callable[..., tuple]) -> None:
    _, found = draft(name, Brief(candidates=3))
    assert found
    assert all("ignored" in one.notes and "starter" not in one.notes for one in found)
    with pytest.raises(OptionUnsupported):
        draft(name, Brief(style=AltStyle.POETIC))


def test_a_classifier_does_not_draft(draft: Callable[..., tuple]) -> None:
    with pytest.raises(OptionUnsupported):
        draft("vilt", Brief())
