"""Which questions the file answers, and what it says. One wrong match is a wrong answer."""

import pytest

from vlm_desktop.base.types import Box, OcrLine, PhotoMetadata
from vlm_desktop.engine.directanswers import (
    DirectQuestion,
    Subject,
    answer_from_lines,
    answer_from_metadata,
    direct_question,
    metadata_context,
)

HOLIDAY = PhotoMetadata(
    taken_at="2012-08-05T11:39:59+02:00",
    latitude=48.13512,
    longitude=-11.582,
    make="Canon",
    model="Canon EOS 60D",
    lens="EF-S 18-135mm",
)


@pytest.mark.parametrize(
    ("text", "subject", "language"),
    [
        ("When was this taken?", Subject.DATE, "en"),
        ("when was the photo taken", Subject.DATE, "en"),
        ("Can you tell me when this picture was taken?", Subject.DATE, "en"),
        ("In which year was this photo taken?", Subject.DATE, "en"),
        ("How old is this picture?", Subject.DATE, "en"),
        ("Wann wurde das Foto aufgenommen?", Subject.DATE, "de"),
        ("Von wann ist das Bild?", Subject.DATE, "de"),
        ("Where was this taken?", Subject.PLACE, "en"),
        ("In what city was the picture taken?", Subject.PLACE, "en"),
        ("Where is this?", Subject.PLACE, "en"),
        ("Wo wurde dieses Bild gemacht?", Subject.PLACE, "de"),
        ("Wo ist das?", Subject.PLACE, "de"),
        ("What camera was used?", Subject.CAMERA, "en"),
        ("With which lens was this taken?", Subject.CAMERA, "en"),
        ("Womit wurde das Bild gemacht?", Subject.CAMERA, "de"),
        ("What does it say?", Subject.TEXT, "en"),
        ("What does the sign say?", Subject.TEXT, "en"),
        ("Please read the text.", Subject.TEXT, "en"),
        ("What is written on the shirt?", Subject.TEXT, "en"),
        ("Was steht auf dem Schild?", Subject.TEXT, "de"),
        ("Lies den Text vor", Subject.TEXT, "de"),
    ],
)
def test_what_the_file_knows(text: str, subject: Subject, language: str) -> None:
    assert direct_question(text) == DirectQuestion(subject, language)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Where is the cat?",
        "Wo ist der Hund?",
        "What time is it on the clock?",
        "What time is it?",
        "How old is the man?",
        "Wie alt ist das Kind?",
        "Which phone is this?",
        "What does the dog say?",
        "What is this?",
        "What is on the wall?",
        "What camera is the woman holding?",
        "Is it day or night?",
        "Describe the picture.",
        "When does the bus leave?",
        "Who reads the book?",
        "What sign is this?",
        "Where was this taken, and what is the man doing?",
    ],
)
def test_everything_else_is_for_the_model(text: str) -> None:
    assert direct_question(text) is None


@pytest.mark.parametrize(
    ("subject", "language", "said"),
    [
        (Subject.DATE, "en", "Taken: August 5, 2012 at 11:39."),
        (Subject.DATE, "de", "Aufgenommen: 5. August 2012 um 11:39 Uhr."),
        (Subject.PLACE, "en", "Taken at 48.1351° N, 11.5820° W."),
        (Subject.PLACE, "de", "Aufgenommen bei 48,1351° N, 11,5820° W."),
        (Subject.CAMERA, "en", "Taken with Canon EOS 60D and EF-S 18-135mm."),
        (Subject.CAMERA, "de", "Aufgenommen mit Canon EOS 60D und EF-S 18-135mm."),
    ],
)
def test_what_it_says(subject: Subject, language: str, said: str) -> None:
    assert answer_from_metadata(DirectQuestion(subject, language), HOLIDAY) == said


@pytest.mark.parametrize("subject", [Subject.DATE, Subject.PLACE, Subject.CAMERA])
@pytest.mark.parametrize("language", ["en", "de"])
def test_what_is_not_said_is_not_made_up(subject: Subject, language: str) -> None:
    said = answer_from_metadata(DirectQuestion(subject, language), PhotoMetadata())
    assert said.startswith(("The file does not say", "Die Datei sagt nicht"))


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        ("2012", "2012"),
        ("2012-08", "August 2012"),
        ("2012-08-05", "August 5, 2012"),
        ("2012-08-05T23:59:59.25Z", "August 5, 2012 at 23:59"),
    ],
)
def test_a_date_is_as_exact_as_the_file(taken: str, said: str) -> None:
    question = DirectQuestion(Subject.DATE, "en")
    assert answer_from_metadata(question, PhotoMetadata(taken_at=taken)) == f"Taken: {said}."


def test_lines_are_given_as_they_were_read() -> None:
    question = DirectQuestion(Subject.TEXT, "en")
    lines = [OcrLine(text, Box(0, 0, 1, 1), 0.9) for text in ("STOP", " ", "All way")]
    assert answer_from_lines(question, lines) == "STOP\nAll way"
    assert answer_from_lines(question, []) == "No text was found in the picture."


def test_a_model_may_be_told() -> None:
    told = metadata_context("B", HOLIDAY)
    assert told.startswith("Picture B: taken August 5, 2012 at 11:39, at 48.1351° N")
    assert metadata_context("B", PhotoMetadata()) == ""
