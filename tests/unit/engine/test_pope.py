import pytest

from vlm_desktop.engine.pope import NO, YES, said, yes_no_figures


@pytest.mark.parametrize(
    ("answer", "heard"),
    [
        ("yes", YES),
        ("Yes, there is a dog.", YES),
        ("No.", NO),
        ("no dog", NO),
        ("There is not a dog. Yes.", NO),
        ("There isn't any", NO),
        ("I cannot see one", NO),
        ("Yes. It is not small, though.", YES),
        ("a dog", ""),
        ("nothing", ""),
        ("", ""),
    ],
)
def test_what_an_answer_says(answer: str, heard: str) -> None:
    assert said(answer) == heard


def test_figures_are_those_worked_out_by_hand() -> None:
    answers = ["yes", "no", "Yes.", "yes", "no", "a dog"]
    truths = [YES, YES, NO, YES, NO, NO]
    figures = yes_no_figures(answers, truths)
    assert figures is not None
    # true positives 2, false positives 2 (one unclear), false negatives 1, true negatives 1
    assert figures.accuracy == pytest.approx(50)
    assert figures.precision == pytest.approx(50)
    assert figures.recall == pytest.approx(100 * 2 / 3)
    assert figures.f1 == pytest.approx(100 * 4 / 7)
    assert figures.yes_rate == pytest.approx(100 * 4 / 6)
    assert figures.true_yes_rate == pytest.approx(50)
    assert figures.unclear == 1
    assert figures.questions == 6


def test_a_model_that_only_says_no_has_no_precision() -> None:
    figures = yes_no_figures(["no", "no"], [YES, NO])
    assert figures is not None
    assert (figures.accuracy, figures.precision, figures.recall, figures.f1) == (50, 0, 0, 0)
    assert figures.yes_rate == 0


def test_no_question_no_figures() -> None:
    assert yes_no_figures([], []) is None
