"""Guesses about people become neutral words, with articles, verbs and pronouns to match."""

import pytest

from vlm_desktop.engine.alttext.people import guesses, neutral


@pytest.mark.parametrize(
    ("guessed", "said"),
    [
        ("A man in a blue shirt holds a ball.", "A person in a blue shirt holds a ball."),
        ("A young girl and her dog play.", "A child and their dog play."),
        ("An old man and a woman sit on a bench.", "Two people sit on a bench."),
        ("A man and a woman is walking.", "Two people are walking."),
        ("Two young boys run while he is jumping.", "Two children run while they are jumping."),
        ("She watches him and has a hat.", "They watch them and has a hat."),
        ("A young blond boy wearing his hat.", "A blond child wearing their hat."),
        (
            "A woman in a red dress and a woman in a blue dress.",
            "A person in a red dress and another person in a blue dress.",
        ),
        ("Men's shoes.", "People's shoes."),
        ("An Asian woman cooks.", "A person cooks."),
        ("A female tennis player hits the ball.", "A tennis player hits the ball."),
        ("A group of young men and women.", "A group of people."),
        ("The mother holds her daughter.", "The adult holds their child."),
        ("A boy throws a ball to her and runs.", "A child throws a ball to them and runs."),
        ("Two women runners.", "Two runners."),
        ("Two man stand there.", "Two people stand there."),
        ("A policeman directs cars.", "A police officer directs cars."),
        ("A dog with his bone.", "A dog with its bone."),
    ],
)
def test_guesses_are_taken_out(guessed: str, said: str) -> None:
    assert neutral(guessed) == said
    assert neutral(said) == said
    assert guesses(guessed)


@pytest.mark.parametrize(
    "text",
    [
        "A black dog and a white shirt.",
        "A male lion lies in the grass.",
        "A snowman and a postman.",
        "A child climbs a tree.",
        "An old house by a young tree.",
        "A person in a uniform waits an hour.",
        "",
    ],
)
def test_what_is_no_guess_stays(text: str) -> None:
    assert neutral(text) == text
    assert not guesses(text)


def test_what_is_told_may_stay() -> None:
    assert neutral("A woman reads her book.", ["Anna, a woman from Bonn"]) == (
        "A woman reads her book."
    )
    assert neutral("A man and a woman.", ["Mrs. Bell opens the fair"]) == "A person and a woman."
    assert neutral("An elderly couple.", ["the elderly visitors"]) == "An elderly couple."
