"""Questions made from captions by rule: what they ask, and what they leave alone."""

from random import Random

import pytest

from vlm_desktop.training.starter.assistant.questions import (
    THINGS,
    Asked,
    alike,
    from_answers,
    from_captions,
)

pytestmark = pytest.mark.unit

DOGS = [
    "Two brown dogs run through the snow .",
    "Two dogs are running in the snow",
    "A brown dog and a black dog play in the snow .",
]


def asked(captions: list[str], seed: int = 0) -> dict[str, str]:
    return {one.question: one.answers[0] for one in from_captions(captions, Random(seed))}


def test_numbers_need_two_captions_that_agree() -> None:
    assert asked(DOGS)["How many dogs are there?"] == "two"
    assert "How many dogs are there?" not in asked(DOGS[:1])
    assert "How many dogs are there?" not in asked([*DOGS, "Three dogs in the snow"])


def test_colours_are_left_alone_where_captions_differ() -> None:
    found = asked(["A boy in a red shirt", "A boy wearing a red shirt and a blue cap"])
    assert found["What color is the shirt?"] == "red"
    assert found["What color is the cap?"] == "blue"
    assert "What color is the dog?" not in asked(DOGS)
    assert "What color is the dog?" not in asked(["A black and white dog"])


def test_objects_actions_and_places() -> None:
    captions = ["A girl is climbing the stairs", "A girl climbs up stairs at the park", "A park"]
    found = asked([*captions, "A girl in the park"])
    assert found["what is climbing the stairs"] == "girl"
    assert found["What is the girl doing?"] == "climbing"
    assert found["Where is the girl?"] == "park"


@pytest.mark.parametrize(
    ("caption", "sport"),
    [("A surfer rides a wave", "surfing"), ("A man on a snowboard", "snowboarding")],
)
def test_sports(caption: str, sport: str) -> None:
    assert asked([caption])["What sport is this?"] == sport


def test_as_many_no_as_yes_and_never_about_what_may_be_there() -> None:
    for seed in range(20):
        made = [one for one in from_captions(DOGS, Random(seed)) if one.kind == "yes/no"]
        yes = [one for one in made if one.answers == ("yes",)]
        no = [one for one in made if one.answers == ("no",)]
        assert len(yes) == len(no) > 0
        present = {word for word in THINGS if any(word in text.split() for text in DOGS)}
        doubtful = set().union(*(alike(word) for word in present))
        for one in no:
            assert not doubtful & set(one.question.lower().strip("?").split()[2:]), one.question


def test_answers_and_labels_tell_what_is_there() -> None:
    asked = [
        Asked("what is on the runway", ("airplane",), "object"),
        Asked("Is there a truck?", ("no",) * 10, "yes/no"),
    ]
    common = ["airplanes", "truck", "giraffe", "clock", "man", "person"]
    for seed in range(10):
        made = from_answers(asked, ["men"], common, Random(seed))
        found = {one.question.lower().split(" in the")[0].strip("?"): one.answers for one in made}
        yes = {text.split()[-1] for text, answers in found.items() if answers == ("yes",)}
        no = {text.split()[-1] for text, answers in found.items() if answers == ("no",)}
        assert yes == {"airplane", "men"}
        assert no == {"giraffe", "clock"}, "what the photo's texts name is not called absent"


def test_the_same_draw_gives_the_same_questions() -> None:
    assert from_captions(DOGS, Random(3)) == from_captions(DOGS, Random(3))


def test_nothing_comes_of_nothing() -> None:
    assert from_captions([], Random(0)) == []
    assert from_captions(["", "..."], Random(0)) == []
