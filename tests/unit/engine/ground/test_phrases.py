"""Phrases grounded with a finder that knows: verdicts, clauses, passes."""

from collections.abc import Sequence

import pytest

from tests.fakes import ColourEncoder
from tests.unit.engine.ground.pointing import (
    BLUE_CUP,
    LAPTOP,
    RED_CUP,
    KnowingFinder,
    OneFinder,
    picture,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled
from vlm_desktop.base.events import Event, Notice, Phase, Progress
from vlm_desktop.base.grounderrors import PhraseEmpty
from vlm_desktop.base.grounding import (
    AUTOMATIC,
    CLASSICAL,
    ClauseKind,
    Finds,
    FoundRegion,
    Grounded,
    GroundPicture,
    ObjectPrompt,
    Verdict,
)
from vlm_desktop.base.types import Box
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.ground.counting import Counting
from vlm_desktop.engine.ground.masking import Masking, Segmented
from vlm_desktop.engine.ground.phrases import Phrases
from vlm_desktop.engine.ground.verdicts import candidates
from vlm_desktop.groundstrings import reason


def phrases_with(finder: KnowingFinder) -> Phrases:
    encoders = Encoders(lambda model_id: ColourEncoder(model_id))
    return Phrases(OneFinder(finder), encoders, Masking())  # type: ignore[arg-type]


def ground(
    *phrases: str,
    finder: KnowingFinder | None = None,
    on: GroundPicture | None = None,
    events: list[Event] | None = None,
    with_masks: bool = False,
) -> tuple[Grounded, ...]:
    verb = phrases_with(finder or KnowingFinder()).ground(
        on or picture(), phrases, CancelToken(), with_masks=with_masks
    )
    while True:
        try:
            event = next(verb)
        except StopIteration as end:
            answers: tuple[Grounded, ...] = end.value
            return answers
        if events is not None:
            events.append(event)


def boxes(grounded: Grounded) -> list[Box]:
    return [region.box for region in grounded.regions]


@pytest.mark.parametrize(
    ("phrase", "verdict", "found"),
    [
        ("the laptop", Verdict.FOUND, [LAPTOP]),
        ("cup", Verdict.SEVERAL, [RED_CUP, BLUE_CUP]),
        ("dog", Verdict.ABSENT, []),
        ("red cup", Verdict.FOUND, [RED_CUP]),
        ("the cup that is not red", Verdict.FOUND, [BLUE_CUP]),
        ("green cup", Verdict.ATTRIBUTE_WRONG, []),
        ("cup left of the laptop", Verdict.FOUND, [RED_CUP]),
        ("red cup right of the laptop", Verdict.ATTRIBUTE_WRONG, []),
        ("rightmost cup", Verdict.FOUND, [BLUE_CUP]),
        ("the second cup from the left", Verdict.FOUND, [BLUE_CUP]),
        ("the third cup from the left", Verdict.ATTRIBUTE_WRONG, []),
        ("laptop between the red cup and the blue cup", Verdict.FOUND, [LAPTOP]),
        ("two cups", Verdict.FOUND, [RED_CUP, BLUE_CUP]),
        ("three cups", Verdict.ATTRIBUTE_WRONG, []),
        ("one cup", Verdict.SEVERAL, [RED_CUP, BLUE_CUP]),
        ("cup left of the dog", Verdict.ATTRIBUTE_WRONG, []),
        ("cup behind the laptop", Verdict.UNSURE, [RED_CUP, BLUE_CUP]),
        ("the biggest cup", Verdict.UNSURE, [RED_CUP, BLUE_CUP]),
        ("cup without a dog", Verdict.SEVERAL, [RED_CUP, BLUE_CUP]),
        ("big laptop", Verdict.FOUND, [LAPTOP]),
    ],
)
def test_verdicts(phrase: str, verdict: Verdict, found: Sequence[Box]) -> None:
    (grounded,) = ground(phrase)
    assert (grounded.verdict, boxes(grounded)) == (verdict, list(found))


def test_a_wrong_attribute_is_named_with_what_is_there_instead() -> None:
    (grounded,) = ground("red cup right of the laptop")
    assert [(one.kind, one.text, one.holds, one.instead) for one in grounded.clauses] == [
        (ClauseKind.OBJECT, "cup", True, ""),
        (ClauseKind.ATTRIBUTE, "red", False, "blue"),
        (ClauseKind.RELATION, "right of the laptop", True, ""),
    ]
    assert {one.box for one in grounded.others} == {RED_CUP, BLUE_CUP}


def test_what_fits_the_noun_alone_is_among_the_others() -> None:
    (grounded,) = ground("red cup")
    assert [one.box for one in grounded.others] == [BLUE_CUP]


def test_of_an_absent_noun_nothing_is_told() -> None:
    (grounded,) = ground("red dog left of the laptop")
    assert [one.holds for one in grounded.clauses] == [False, None, None]
    assert not grounded.others


def test_nobody_knows_between_here_and_not_here() -> None:
    (grounded,) = ground("laptop", finder=KnowingFinder(present=0.42))
    assert grounded.verdict is Verdict.UNSURE
    assert grounded.clauses[0].holds is None


def test_a_finder_that_is_never_sure_finds_its_best_place() -> None:
    (grounded,) = ground("laptop", finder=KnowingFinder(confidence=0.2))
    assert (grounded.verdict, boxes(grounded)) == (Verdict.FOUND, [LAPTOP])
    assert grounded.regions[0].confidence == 0.2


def test_where_several_are_spoken_of_weaker_places_count() -> None:
    strong, weak = FoundRegion(RED_CUP, 0.3), FoundRegion(BLUE_CUP, 0.15)
    finds = Finds("cup", 0.9, (strong, weak))
    assert candidates(finds) == (strong,)
    assert candidates(finds, chooses=True) == (strong, weak)
    sure = Finds("cup", 0.9, (FoundRegion(RED_CUP, 0.9), weak))
    assert len(candidates(sure, chooses=True)) == 1


@pytest.mark.parametrize("phrase", ["green laptop", "laptop above the cup"])
def test_of_a_doubtful_place_nothing_is_denied(phrase: str) -> None:
    (grounded,) = ground(phrase, finder=KnowingFinder(confidence=0.25))
    assert grounded.verdict is Verdict.UNSURE
    assert grounded.clauses[1].holds is None


def test_each_noun_is_looked_for_once() -> None:
    finder = KnowingFinder()
    ground("cup", "red cup", "cups left of the laptop", "Cup", "laptop", finder=finder)
    assert finder.asked == ["cup", "laptop"]


def test_a_relation_of_an_absent_noun_is_not_looked_at() -> None:
    finder = KnowingFinder()
    ground("dog left of the laptop", finder=finder)
    assert finder.asked == ["dog"]


def test_masks_where_they_are_wanted() -> None:
    (grounded,) = ground("laptop", with_masks=True)
    mask = grounded.regions[0].mask
    assert mask is not None
    assert mask.holds(275, 140)
    assert not mask.holds(20, 20)
    assert ground("laptop")[0].regions[0].mask is None


def test_progress_counts_phrases_and_a_cut_phrase_is_told() -> None:
    events: list[Event] = []
    (_, long) = ground("cup", "laptop " + "word " * 500, events=events)
    done = [one.done for one in events if isinstance(one, Progress)]
    assert done == [0, 1, 2]
    assert all(one.phase is Phase.GROUND for one in events if isinstance(one, Progress))
    assert [one.code for one in events if isinstance(one, Notice)] == ["phrase-cut"]
    assert long.verdict is Verdict.ABSENT


def test_an_empty_phrase_is_refused_before_anything_is_looked_for() -> None:
    finder = KnowingFinder()
    with pytest.raises(PhraseEmpty):
        ground("cup", "  ", finder=finder)
    assert finder.asked == []


def test_cancel_ends_between_phrases() -> None:
    cancel = CancelToken()
    finder = KnowingFinder()
    verb = phrases_with(finder).ground(picture(), ["cup", "laptop"], cancel)
    next(verb)
    next(verb)  # the second phrase is about to begin
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(verb)
    assert finder.asked == ["cup"]


def test_words_that_only_the_search_model_can_judge_are_compared() -> None:
    (grounded,) = ground("wooden cup")
    assert grounded.clauses[1].kind is ClauseKind.ATTRIBUTE
    assert 0.5 <= grounded.clauses[1].confidence <= 0.85


# --- counting ------------------------------------------------------------------------------


def test_one_dot_each() -> None:
    finder = KnowingFinder({"cup": [RED_CUP, BLUE_CUP, Box(402, 101, 451, 152)]})
    counted = Counting(phrases_with(finder)).count(picture(), "cups", CancelToken())
    assert sorted((point.x, point.y) for point in counted.points) == [(75, 125), (425, 125)]
    assert counted.expected == pytest.approx(1.6)
    assert counted.spread == pytest.approx(0.32**0.5)


def test_counting_goes_by_every_clause() -> None:
    counted = Counting(phrases_with(KnowingFinder())).count(picture(), "red cups", CancelToken())
    assert [point.box for point in counted.points] == [RED_CUP]


@pytest.mark.parametrize(("phrase", "dots"), [("dogs", 0), ("five cups", 2), ("green cups", 0)])
def test_what_is_not_here_has_no_dots(phrase: str, dots: int) -> None:
    counted = Counting(phrases_with(KnowingFinder())).count(picture(), phrase, CancelToken())
    assert len(counted.points) == dots


def test_a_hundred_are_counted() -> None:
    many = [Box(x * 50, y * 30, x * 50 + 20, y * 30 + 20) for x in range(10) for y in range(10)]
    finder = KnowingFinder({"cup": many})
    counted = Counting(phrases_with(finder)).count(picture(), "cups", CancelToken())
    assert len(counted.points) == 100


def test_phrases_asked_one_after_the_other_share_the_look_for_their_noun() -> None:
    finder = KnowingFinder()
    phrases = phrases_with(finder)
    for phrase in ("red cup", "cup left of the laptop", "laptop"):
        for _ in phrases.ground(picture(), (phrase,), CancelToken()):
            pass
    Counting(phrases).count(picture(), "cups", CancelToken())
    assert finder.asked == ["cup", "laptop"]


def test_what_is_found_is_outlined_by_the_promptable_model() -> None:
    masking = Outlining()
    encoders = Encoders(lambda model_id: ColourEncoder(model_id))
    phrases = Phrases(OneFinder(KnowingFinder()), encoders, masking)  # type: ignore[arg-type]
    verb = phrases.ground(picture(), ["red cup"], CancelToken(), with_masks=True)
    for _ in verb:
        pass
    assert masking.asked == [CLASSICAL, CLASSICAL, AUTOMATIC]  # red is checked on both cups


class Outlining(Masking):
    """Keeps which model each outline was asked of."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def segment(
        self,
        picture: GroundPicture,
        prompt: ObjectPrompt,
        cancel: CancelToken,
        *,
        model_id: str = AUTOMATIC,
    ) -> Segmented:
        self.asked.append(model_id)
        return super().segment(picture, prompt, cancel, model_id=model_id)


def test_a_phrase_of_another_language_is_not_answered_with_nonsense() -> None:
    finder, events = KnowingFinder(), list[Event]()
    german, english = ground("die rote Tasse", "laptop", finder=finder, events=events)
    assert (german.verdict, german.regions) == (Verdict.UNSURE, ())
    assert english.verdict is Verdict.FOUND
    assert finder.asked == ["laptop"]
    assert [one for one in events if isinstance(one, Notice)] == [
        Notice("phrase-not-english", "die rote Tasse")
    ]
    assert reason(german) == "Whether “die rote Tasse” is here cannot be told."
