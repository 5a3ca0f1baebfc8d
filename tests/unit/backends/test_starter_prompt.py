"""What makes the starter assistant write a caption, and what it answers."""

import pytest

from vlm_desktop.backends.chat.starter_prompt import plain_question, wants_caption

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "words",
    [
        "", "  ", "?", "Describe the picture.", "Please describe this photo in detail", "caption",
        "Write a short caption for it", "What do you see?", "What is in the picture?",
        "what's happening here", "What is going on in this photo?", "Tell me about this image.",
        "What does the picture show?",
    ],
)  # fmt: skip
def test_captions(words: str) -> None:
    assert wants_caption(words)


@pytest.mark.parametrize(
    "words",
    [
        "What color is the dog?", "What is on the table?", "What is the man doing?",
        "Is there a dog?", "How many people do you see?", "what is in the background",
        "Where is the description of the room?", "What can you see in the window?",
    ],
)  # fmt: skip
def test_questions(words: str) -> None:
    assert not wants_caption(words)


def test_questions_are_put_in_one_form() -> None:
    assert plain_question('  What\n is "THIS" ??') == "what is this?"
    assert plain_question("how many dogs.") == "how many dogs"


@pytest.mark.parametrize(
    ("asked", "learnt"),
    [
        ("What colour is it?", "what color is it?"),
        ("Is the coloured bird grey or greyish?", "is the colored bird gray or grayish?"),
        ("Whose greyhound is it?", "whose greyhound is it?"),
        ("Which aeroplane has new tyres?", "which airplane has new tires?"),
    ],
)
def test_british_spelling_is_read_as_the_american_it_was_learnt_in(asked: str, learnt: str) -> None:
    assert plain_question(asked) == learnt
