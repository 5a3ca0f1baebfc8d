"""The claim ledger and the blind quiz over small fakes: colours are all that anybody sees."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.fakes import COLOURS, ColourEncoder, FakeChatModel, SignReader, colour_of
from vlm_desktop.base.altchecks import Claim, ClaimState, EvidenceKind, Ledger, Quiz
from vlm_desktop.base.alttext import PageContext
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import ChatCapabilities, ChatImage, GenerationOptions, Message
from vlm_desktop.base.errors import Cancelled, MediaRefused
from vlm_desktop.base.events import Progress
from vlm_desktop.base.types import DecodeLimits
from vlm_desktop.engine.alttext.checking import Checker
from vlm_desktop.engine.answering import STARTER_FAMILY, Answerer
from vlm_desktop.engine.chatpictures import PictureLoader
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.residents import Budgets, Residents
from vlm_desktop.media.pool import DecodePool

CAN_STARTER = ChatCapabilities(multi_turn=False, system_prompt=False, json=False)
CAN_TALK = ChatCapabilities(max_images=2)


def _about_colours(
    messages: Sequence[Message], images: Sequence[ChatImage], options: GenerationOptions
) -> str:
    """Knows one ball; says no of every other thing, and of a grey picture."""
    words = messages[-1].text.lower()
    if not images:
        return "red" if "red" in words else "not said"
    colour = colour_of(images[0].pixels)
    if colour == "grey":
        return "no" if words.startswith(("is", "are", "do")) else "a wall"
    if words.startswith(("is", "are", "does", "do")):
        others = set(COLOURS) - {colour}
        wrong = any(other in words for other in others) or "dog" in words or "people" in words
        return "no" if wrong else "yes"
    if "color" in words:
        return colour
    if "how many" in words:
        return "1"
    if "where" in words:
        return "floor"
    return f"A {colour} ball on a floor."


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    pixels = np.full((120, 160, 3), COLOURS["red"], np.uint8)
    path = tmp_path / "red.png"
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def reader() -> SignReader:
    return SignReader("STOP")


Make = Callable[..., tuple[Checker, FakeChatModel]]


@pytest.fixture
def make(reader: SignReader) -> Iterator[Make]:
    opened: list[PictureLoader] = []

    def made(
        capabilities: ChatCapabilities = CAN_STARTER, family: str = STARTER_FAMILY
    ) -> tuple[Checker, FakeChatModel]:
        model = FakeChatModel(say=_about_colours, capabilities=capabilities, family=family)
        residents = Residents(lambda _: model, lambda: Budgets(10**9), lambda _: "")
        pictures = PictureLoader(lambda: DecodePool(1, DecodeLimits()))
        opened.append(pictures)
        checker = Checker(
            Answerer(residents, lambda: reader),
            pictures,
            Encoders(lambda _: ColourEncoder()),
            lambda: "colours",
            lambda: "starter",
        )
        return checker, model

    yield made
    for one in opened:
        one.close()


def _end(verb) -> tuple[list, Ledger]:
    events = []
    while True:
        try:
            events.append(next(verb))
        except StopIteration as end:
            return events, end.value


def _kinds(claim: Claim) -> dict[EvidenceKind, bool]:
    return {one.kind: one.supports for one in claim.evidence}


def test_claims_come_with_what_speaks_for_and_against(make: Make, photo: Path) -> None:
    checker, _ = make()
    events, ledger = _end(checker.ledger(photo, "A red ball and a dog.", CancelToken(), samples=3))
    claims = {one.text: one for one in ledger.claims}
    assert set(claims) == {"The ball is red.", "There is a ball.", "There is a dog."}
    assert ledger.samples == 3
    ball, dog = claims["There is a ball."], claims["There is a dog."]
    assert _kinds(ball)[EvidenceKind.SAMPLES]
    assert _kinds(ball)[EvidenceKind.ANSWER]
    assert not _kinds(dog)[EvidenceKind.SAMPLES]
    assert not _kinds(dog)[EvidenceKind.ANSWER]
    assert [one.detail for one in ball.evidence if one.kind is EvidenceKind.SAMPLES] == ["3/3"]
    colour = [one.detail for one in claims["The ball is red."].evidence]
    assert "red" in colour
    done = [one for one in events if isinstance(one, Progress) and one.total == 3]
    assert done[-1].done == 3


def test_the_page_and_the_names_say_so(make: Make, photo: Path) -> None:
    checker, _ = make()
    context = PageContext(caption="Our dogs at home")
    verb = checker.ledger(
        photo, "Anna holds a dog near Bert.", CancelToken(), context=context, names=("Anna Muster",)
    )
    claims = {one.text: one for one in _end(verb)[1].claims}
    assert claims["Anna is in the picture."].state is ClaimState.SUPPORTED
    assert claims["Bert is in the picture."].state is ClaimState.SEEN_ONCE
    dog = [one for one in claims["There is a dog."].evidence if one.kind is EvidenceKind.CONTEXT]
    assert [(one.supports, one.detail) for one in dog] == [(True, "caption")]


@pytest.mark.parametrize(
    ("words", "state"), [("STOP", ClaimState.SUPPORTED), ("OPEN", ClaimState.DISPUTED)]
)
def test_words_are_told_by_what_was_read(
    make: Make, photo: Path, words: str, state: ClaimState
) -> None:
    checker, _ = make()
    _, ledger = _end(checker.ledger(photo, f'A sign says "{words}".', CancelToken(), samples=0))
    text = next(one for one in ledger.claims if one.kind == "text")
    assert text.state is state
    assert _kinds(text) == {EvidenceKind.OCR: state is ClaimState.SUPPORTED}


def test_the_reader_is_not_asked_without_words(make: Make, photo: Path, reader: SignReader) -> None:
    checker, _ = make()
    _end(checker.ledger(photo, "A red ball.", CancelToken(), samples=1))
    assert reader.pictures == 0


def test_another_language_is_not_judged(make: Make, photo: Path) -> None:
    checker, _ = make()
    verb = checker.ledger(photo, "Ein roter Ball.", CancelToken(), language="de", samples=2)
    _, ledger = _end(verb)
    assert [(one.text, one.state) for one in ledger.claims] == [
        ("Ein roter Ball.", ClaimState.SEEN_ONCE)
    ]


def test_the_grey_picture_is_asked_once_a_question(make: Make, photo: Path) -> None:
    checker, model = make()
    for _ in range(2):
        _end(checker.ledger(photo, "A ball.", CancelToken(), samples=0))
    about = [colour_of(images[0].pixels) for _, images, _ in model.asked]
    assert about.count("grey") == 1
    assert about.count("red") == 2


def test_cancel_ends_within_a_question(make: Make, photo: Path) -> None:
    checker, model = make()
    cancel = CancelToken()
    verb = checker.ledger(photo, "A red ball, a dog and a cat on a floor.", cancel, samples=2)
    for event in verb:
        if isinstance(event, Progress) and event.total == 2:
            break
    asked = len(model.asked)
    cancel.cancel()
    with pytest.raises(Cancelled):
        _end(verb)
    assert len(model.asked) <= asked + 1


def test_a_broken_picture_is_refused(make: Make, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff nothing")
    checker, _ = make()
    with pytest.raises(MediaRefused):
        _end(checker.ledger(broken, "A dog.", CancelToken()))
    with pytest.raises(MediaRefused):
        _end(checker.quiz(broken, "A dog.", "", CancelToken()))


def test_a_classifier_draws_no_drafts(make: Make, photo: Path) -> None:
    can = ChatCapabilities(multi_turn=False, answers=("yes", "no"))
    checker, model = make(can, "transformers-classifier")
    _, ledger = _end(checker.ledger(photo, "A ball.", CancelToken(), samples=4))
    assert ledger.samples == 0
    assert {messages[-1].text for messages, _, _ in model.asked} == {"Is there a ball?"}


def _quiz(verb) -> Quiz:
    quiz = _end(verb)[1]
    assert isinstance(quiz, Quiz)
    return quiz


def test_the_quiz_lists_what_the_text_does_not_convey(make: Make, photo: Path) -> None:
    checker, _ = make()
    said = _quiz(checker.quiz(photo, "A red ball.", "", CancelToken()))
    assert said.by_rules
    conveyed = {line.question: line.conveyed for line in said.lines}
    assert conveyed["What can be seen?"]
    assert conveyed["What color is the ball?"]
    assert not conveyed["Where is the ball?"]
    assert not conveyed["What does it say?"]
    assert {"where", "says"} <= {line.kind for line in said.not_conveyed}
    extended = 'It lies on a floor. A sign says "STOP".'
    more = _quiz(checker.quiz(photo, "A red ball.", extended, CancelToken()))
    assert not {"where", "says"} & {line.kind for line in more.not_conveyed}


def test_without_a_text_nothing_is_conveyed(make: Make, photo: Path) -> None:
    checker, _ = make()
    quiz = _quiz(checker.quiz(photo, "", "", CancelToken()))
    assert {line.kind for line in quiz.lines if line.conveyed} <= {"people"}
    assert all(line.from_text == "" for line in quiz.lines)


def test_a_model_that_reads_answers_without_the_image(make: Make, photo: Path) -> None:
    checker, model = make(CAN_TALK, "fake")
    quiz = _quiz(checker.quiz(photo, 'A red ball, "said" he.', "", CancelToken()))
    assert not quiz.by_rules
    blind = [messages[-1].text for messages, images, _ in model.asked if not images]
    assert len(blind) == len(quiz.lines)
    assert all("A red ball, 'said' he." in words for words in blind)
    colour = next(line for line in quiz.lines if line.kind == "colour")
    assert (colour.from_image, colour.from_text, colour.conveyed) == ("red", "red", True)


def test_rules_read_english_only(make: Make, photo: Path) -> None:
    checker, _ = make()
    quiz = _quiz(checker.quiz(photo, "Ein roter Ball.", "", CancelToken(), language="de"))
    assert quiz == Quiz((), by_rules=True, model_id="starter")


def test_strike_and_follow_need_no_model(make: Make) -> None:
    checker, model = make()
    text = "A red ball and a dog."
    ledger = checker.split(text)
    dog = [one.text for one in ledger.claims].index("There is a dog.")
    left = checker.strike(text, ledger, [dog])
    assert left == "A red ball."
    assert [one.text for one in checker.follow(ledger, left).claims] == [
        "The ball is red.", "There is a ball.",
    ]  # fmt: skip
    assert not model.asked
