import pytest

from vlm_desktop.base.vqascores import (
    answer_score,
    common_answer,
    is_exact,
    normalise,
    vqa_accuracy,
)


@pytest.mark.parametrize(
    ("answer", "normal"),
    [
        ("The Dog.", "dog"),
        (" a  big\n\tdog ", "big dog"),
        ("two", "2"),
        ("None", "0"),
        ("one hundred", "1 hundred"),
        ("ten", "10"),
        ("eleven", "eleven"),
        ("dont know", "don't know"),
        ("don't know", "don't know"),
        ("couldnt've", "couldn't've"),
        ("y'alld've", "y'all'd've"),
        ("ow's'at", "'ow's'at"),
        ("black/white", "black white"),
        ("black / white", "black white"),
        ("t-shirt", "t shirt"),
        ("t-shirt, red", "t shirt red"),
        ("well-known- man", "wellknown man"),
        ("1,000", "1000"),
        ("1,000 red-ish", "1000 redish"),
        ("2.5", "2.5"),
        ("5.", "5"),
        ("p.m.", "pm"),
        ("what?!", "what"),
        ("man's", "man's"),
        ("12:30", "12:30"),
        ("", ""),
        ("the", ""),
    ],
)
def test_answers_are_compared_in_this_form(answer: str, normal: str) -> None:
    assert normalise(answer) == normal


def _panel(agreeing: int) -> list[str]:
    return ["cat"] * agreeing + [f"other {number}" for number in range(10 - agreeing)]


@pytest.mark.parametrize(
    ("agreeing", "accuracy"), [(0, 0.0), (1, 0.3), (2, 0.6), (3, 0.9), (4, 1.0), (10, 1.0)]
)
def test_accuracy_is_averaged_over_leaving_each_person_out(agreeing: int, accuracy: float) -> None:
    assert vqa_accuracy("A cat.", _panel(agreeing)) == pytest.approx(accuracy)


def test_people_are_normalised_too() -> None:
    assert vqa_accuracy("2", ["two"] * 10) == 1
    assert is_exact("two", ["2"])
    assert not is_exact("three", ["2"])


def test_few_people_are_matched_not_counted() -> None:
    assert answer_score("cat", ["dog", "Cat"]) == 1
    assert answer_score("cow", ["dog", "cat"]) == 0
    assert answer_score("cat", _panel(2)) == pytest.approx(0.6)


def test_the_common_answer_is_the_first_of_the_most_frequent() -> None:
    assert common_answer(["Red", "blue", "blue", "a red"]) == "red"
    assert common_answer(["no", "yes", "yes"]) == "yes"
