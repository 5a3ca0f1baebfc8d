"""Phrases taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm_desktop.base.grounderrors import PhraseEmpty
from vlm_desktop.engine.ground.clauses import MOST_WORDS, parsed
from vlm_desktop.engine.ground.phraseparts import Placed, Ranked, Thing, Untold
from vlm_desktop.engine.ground.spatial import Measure, Relation, Side


def thing(phrase: str) -> Thing:
    return parsed(phrase).thing


@pytest.mark.parametrize(
    ("phrase", "noun"),
    [
        ("the dog", "dog"),
        ("dogs", "dog"),
        ("the people", "person"),
        ("some men", "man"),
        ("scissors", "scissors"),
        ("the potted plant", "potted plant"),
        ("a hot dog", "hot dog"),
        ("an orange", "orange"),
        ("the glass", "glass"),
        ("Where is the cat?", "cat"),
        ("show me the tennis racket of the man", "tennis racket of the man"),
        ("old lady", "old lady"),
        ("das rote Auto", "das rote Auto"),
        ("left of the laptop", "left of the laptop"),
        ("the red one", "object"),
        ("the largest of the dogs", "dog"),
        ("the red or blue cup", "the red or blue cup"),
        ("no dog", "no dog"),
    ],
)
def test_noun_for_the_finder(phrase: str, noun: str) -> None:
    assert thing(phrase).noun == noun


@pytest.mark.parametrize("phrase", ["the dog", "hot dog", "the tennis racket of the man"])
def test_a_noun_alone_says_nothing_else(phrase: str) -> None:
    assert thing(phrase).is_plain


@pytest.mark.parametrize(
    ("phrase", "attributes"),
    [
        ("red cup", [("red", "colour", "red", False)]),
        ("the light blue car", [("light blue", "colour", "blue", False)]),
        (
            "a black and white dog",
            [("black", "colour", "black", False), ("white", "colour", "white", False)],
        ),
        (
            "big wooden table",
            [("big", "size", "large", False), ("wooden", "material", "wooden", False)],
        ),
        ("the glass bottle", [("glass", "material", "glass", False)]),
        ("the cup that is not red", [("not red", "colour", "red", True)]),
        ("the dog that is sleeping", [("sleeping", "posture", "sleeping", False)]),
        ("guy in blue", [("in blue", "colour", "blue", False)]),
        ("the cup, red", [("red", "colour", "red", False)]),
        ("man standing", [("standing", "posture", "standing", False)]),
    ],
)
def test_attributes(phrase: str, attributes: list[tuple[str, str, str, bool]]) -> None:
    found = thing(phrase).attributes
    assert [(one.text, one.group, one.meaning, one.negated) for one in found] == attributes


@pytest.mark.parametrize(
    ("phrase", "place"),
    [
        ("bowl furthest to the right", Ranked("furthest to the right", Measure.RIGHT)),
        ("the furthest left bowl", Ranked("the furthest left", Measure.LEFT)),
        ("far right bowl", Ranked("far right", Measure.RIGHT)),
        ("left most giraffe", Ranked("left most", Measure.LEFT)),
        ("the largest of the two dogs", Ranked("largest", Measure.LARGEST)),
        ("2nd guy from right", Ranked("2nd from right", Measure.RIGHT, 2)),
        ("the person farthest left", Ranked("farthest left", Measure.LEFT)),
        ("the leftmost cup", Ranked("leftmost", Measure.LEFT)),
        ("the second cup from the left", Ranked("second from the left", Measure.LEFT, 2)),
        ("the cup second from left", Ranked("second from left", Measure.LEFT, 2)),
        ("the last cup from the left", Ranked("last from the left", Measure.LEFT, -1)),
        ("the second largest book", Ranked("second largest", Measure.LARGEST, 2)),
        ("third dog", Ranked("third", Measure.LEFT, 3)),
        ("biggest dog", Ranked("biggest", Measure.LARGEST)),
        ("the left cup", Placed("left", (Side.LEFT,))),
        ("cup on the left", Placed("on the left", (Side.LEFT,))),
        (
            "cup on the right side of the picture",
            Placed("on the right side of the picture", (Side.RIGHT,)),
        ),
        ("window at the top left", Placed("at the top left", (Side.TOP, Side.LEFT))),
        ("car in the middle", Placed("in the middle", (Side.MIDDLE,))),
        ("lady in the background", Untold("in the background")),
        ("man closest to the camera", Untold("closest to the camera")),
    ],
)
def test_places(phrase: str, place: Placed | Ranked | Untold) -> None:
    assert thing(phrase).places == (place,)


@pytest.mark.parametrize(
    ("phrase", "relation", "nouns"),
    [
        ("cup left of the laptop", Relation.LEFT_OF, ["laptop"]),
        ("cup on the left of the laptop", Relation.LEFT_OF, ["laptop"]),
        ("bird above the house", Relation.ABOVE, ["house"]),
        ("cup on the table", Relation.ON, ["table"]),
        ("cup on top of the book", Relation.ON, ["book"]),
        ("man next to a red car", Relation.NEXT_TO, ["car"]),
        ("chair closest to the door", Relation.CLOSEST_TO, ["door"]),
        ("apple in the bowl", Relation.INSIDE, ["bowl"]),
        ("man in a red shirt", Relation.WITH, ["shirt"]),
        ("man wearing glasses", Relation.WITH, ["glasses"]),
        ("bottle to the far right of the table", Relation.RIGHT_OF, ["table"]),
        ("zebra in the middle of the herd", Relation.INSIDE, ["herd"]),
        ("dog next to another dog", Relation.NEXT_TO, ["dog"]),
        ("woman without a hat", Relation.WITHOUT, ["hat"]),
        ("dog lying on the grass", Relation.ON, ["grass"]),
        ("car behind the bus", Relation.BEHIND, ["bus"]),
        ("cup between the plate and the laptop", Relation.BETWEEN, ["plate", "laptop"]),
        ("dog between two people", Relation.BETWEEN, ["person"]),
    ],
)
def test_relations(phrase: str, relation: Relation, nouns: list[str]) -> None:
    (related,) = thing(phrase).relations
    assert related.relation is relation
    assert [one.noun for one in related.things] == nouns
    assert related.text in phrase


def test_a_relation_hangs_on_the_noun_before_it() -> None:
    (on,) = thing("dog on the couch next to the window").relations
    assert on.relation is Relation.ON
    assert on.text == "on the couch next to the window"
    (next_to,) = on.things[0].relations
    assert (next_to.relation, next_to.things[0].noun) == (Relation.NEXT_TO, "window")


def test_after_and_a_relation_hangs_on_the_first_noun() -> None:
    found = thing("man wearing a blue hat and holding a cup on the left")
    assert [one.text for one in found.relations] == ["wearing a blue hat", "holding a cup"]
    assert [one.text for one in found.places] == ["on the left"]
    assert found.relations[0].things[0].attributes[0].meaning == "blue"


def test_attributes_and_relations_behind_that_is() -> None:
    found = thing("the cup that is red and left of the laptop")
    assert found.noun == "cup"
    assert [one.text for one in found.attributes] == ["red"]
    assert [one.text for one in found.relations] == ["left of the laptop"]


@pytest.mark.parametrize(
    ("phrase", "number"),
    [
        ("two dogs", 2),
        ("12 cups", 12),
        ("a pair of shoes", 2),
        ("a dog", None),
        ("the red one", None),
    ],
)
def test_numbers(phrase: str, number: int | None) -> None:
    assert thing(phrase).number == number


@pytest.mark.parametrize("phrase", ["", "  \n", "?!", "…"])
def test_an_empty_phrase_is_refused(phrase: str) -> None:
    with pytest.raises(PhraseEmpty):
        parsed(phrase)


def test_a_phrase_of_500_words_is_cut() -> None:
    found = parsed("red cup " + "very " * 498)
    assert found.cut
    assert len(found.text.split()) == MOST_WORDS
    assert found.thing.attributes[0].text == "red"


def test_a_word_without_end_is_cut() -> None:
    assert len(parsed("x" * 10_000).text) == 400


def test_deep_chains_end() -> None:
    found = thing("cup" + " on the table" * 12)
    depth = 0
    while found.relations:
        found = found.relations[0].things[0]
        depth += 1
    assert 1 <= depth <= 4


_WORDS = (
    "the a red cup left of laptop between and second from biggest not two on next to , that is "
    "furthest in middle with man's 3 ß İ"
)
_SAID = st.sampled_from(_WORDS.split())


@given(st.lists(_SAID, max_size=14).map(" ".join))
def test_any_words_are_read(phrase: str) -> None:
    try:
        found = parsed(phrase)
    except PhraseEmpty:
        assert not any(letter.isalnum() for letter in phrase)
    else:
        assert found.thing.noun.strip()


@given(st.text(max_size=60))
def test_any_text_is_read(phrase: str) -> None:
    try:
        assert parsed(phrase).thing.noun.strip()
    except PhraseEmpty:
        assert not any(letter.isalnum() for letter in phrase)
