"""What an alt text claims, and where it says so."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vlm_desktop.engine.alttext.claims import split, statements
from vlm_desktop.engine.alttext.tagging import sentences

CAPTIONS = [
    (
        "A brown dog runs on the grass.",
        ["attribute: The dog is brown.", "object: There is a dog.", "action: The dog runs.",
         "place: The dog is on the grass."],
    ),
    (
        "Two dogs are playing with a ball.",
        ["number: There are two dogs.", "object: There are dogs.",
         "action: The dogs are playing.", "relation: The dogs have a ball.",
         "object: There is a ball."],
    ),
    (
        "A man riding a bike next to a red car",
        ["object: There is a man.", "action: The man is riding a bike.",
         "object: There is a bike.", "relation: The man is next to a car.",
         "attribute: The car is red.", "object: There is a car."],
    ),
    (
        "There is a small wooden table with four chairs.",
        ["attribute: The table is small.", "attribute: The table is wooden.",
         "object: There is a table.", "relation: The table has four chairs.",
         "number: There are four chairs.", "object: There are chairs."],
    ),
    (
        "A group of people who are playing soccer.",
        ["number: There is a group of people.", "object: There are people.",
         "action: The people are playing soccer.", "object: There is soccer."],
    ),
    (
        'A sign that says "STOP" next to a parked car.',
        ["object: There is a sign.", 'text: The words "STOP" can be read.',
         "relation: The sign is next to a car.", "attribute: The car is parked.",
         "object: There is a car."],
    ),
    (
        "A man and a woman are sitting. They smile at Anna.",
        ["object: There is a man.", "object: There is a woman.",
         "action: The man and the woman are sitting.", "action: The man and the woman smile.",
         "relation: The man and the woman smile at Anna.", "name: Anna is in the picture."],
    ),
    (
        "The cat is black and asleep.",
        ["object: There is a cat.", "attribute: The cat is black.",
         "attribute: The cat is asleep."],
    ),
    ("A photo of a cat.", ["object: There is a cat."]),
    ("A bowl of soup.", ["object: There is a bowl.", "relation: There is a bowl of soup.",
                         "object: There is soup."]),
    ("Woman holding baby", ["object: There is a woman.", "action: The woman is holding a baby.",
                            "object: There is a baby."]),
    (
        "A man wearing a hat and a woman holding a bag.",
        ["object: There is a man.", "action: The man is wearing a hat.", "object: There is a hat.",
         "object: There is a woman.", "action: The woman is holding a bag.",
         "object: There is a bag."],
    ),
    ("Two hot dogs.", ["number: There are two hot dogs.", "object: There are hot dogs."]),
    ("There is no dog here.", ["other: There is no dog here."]),
    ("A man without a hat.", ["other: A man without a hat."]),
    ("", []),
    ("...", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CAPTIONS)
def test_a_text_is_split_into_claims(text: str, expected: list[str]) -> None:
    assert [f"{one.kind}: {one.text}" for one in split(text).claims] == expected


def test_claims_say_where_their_words_stand() -> None:
    text = "Two brown dogs  run through the snow.\nA boy in a red hat watches."
    marked = [(one.kind, text[one.start : one.end]) for one in split(text).claims]
    assert marked == [
        ("number", "Two"),
        ("attribute", "brown"),
        ("object", "dogs"),
        ("action", "run"),
        ("place", "through the snow"),
        ("object", "boy"),
        ("relation", "in"),
        ("attribute", "red"),
        ("object", "hat"),
        ("action", "watches"),
    ]


def test_the_tagger_is_loaded_when_it_is_needed() -> None:
    code = "import sys, vlm_desktop.engine.alttext.facade; sys.exit('HanTa' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=300).returncode == 0


def test_the_same_thing_said_twice_is_two_claims() -> None:
    claims = split("A black dog and a white dog.").claims
    assert [one.text for one in claims if one.kind == "object"] == ["There is a dog."] * 2
    assert len({(one.start, one.end) for one in claims}) == len(claims)


def test_another_language_has_a_claim_a_sentence() -> None:
    text = "Ein Hund läuft im Gras. Zwei Katzen schlafen!"
    claims = split(text, "de").claims
    assert [one.text for one in claims] == ["Ein Hund läuft im Gras.", "Zwei Katzen schlafen!"]
    assert {one.kind for one in claims} == {"other"}
    assert [text[one.start : one.end] for one in claims] == [one.text for one in claims]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("A dog.", "Is there a dog?"),
        ("Brown dogs.", "Are the dogs brown?"),
        ("The dog runs through the grass.", "Does the dog run?"),
        ("Dogs play.", "Do the dogs play?"),
        ("A table with a lamp.", "Does the table have a lamp?"),
    ],
)
def test_a_claim_can_be_asked(text: str, question: str) -> None:
    assert question in [one.question for one in statements(text)]


def test_what_nobody_can_see_is_not_asked() -> None:
    found = {one.claim.kind: one for one in statements('Anna holds a sign that says "NO ENTRY".')}
    assert found["text"].value == "NO ENTRY"
    assert found["text"].question == ""
    assert found["name"].question == ""


_VOCABULARY = (
    "a an the two one dog dogs man women red brown and or , . of with in on next to is are "
    'running runs sits who that there it they while " STOP Anna group having no very street '
    "'s 3 ! ; wearing holding hat dressed to as"
)
_SOME_WORDS = st.lists(
    st.sampled_from(_VOCABULARY.split(" ")),
    max_size=14,
).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(st.one_of(_SOME_WORDS, st.text(max_size=60)))
def test_no_text_makes_it_fail_and_no_span_lies_outside(text: str) -> None:
    claims = split(text).claims
    for one in claims:
        assert 0 <= one.start < one.end <= len(text)
        assert text[one.start : one.end].strip()
        assert one.text
    for one in claims:
        for other in claims:
            across = one.start < other.start < one.end < other.end
            assert not across, (one, other)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_words_are_those_of_the_text_in_order(text: str) -> None:
    words = [word for some in sentences(text) for word in some]
    assert all(text[word.start : word.end].split() == word.text.split() for word in words)
    assert [word.start for word in words] == sorted(word.start for word in words)
    assert all(letter.isspace() or _is_covered(place, words) for place, letter in enumerate(text))


def _is_covered(place: int, words: list) -> bool:
    return any(word.start <= place < word.end for word in words)
