"""The blind quiz and the description in parts."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.gui.alttext.fake_alttext import FakeAltTexts
from vlm_desktop.base.altchecks import Quiz, QuizLine
from vlm_desktop.base.alttext import AltImage, Candidate, StructuredDescription
from vlm_desktop.gui.panes.alttext.alttext_pane import AltTextPane
from vlm_desktop.gui.panes.alttext.quiz_dialog import QuizDialog
from vlm_desktop.gui.panes.alttext.structure_dialog import StructureDialog, parts_of
from vlm_desktop.gui.strings import alttext_checks as strings

Image = Callable[[int], AltImage]


def asked(pane: AltTextPane, qtbot: QtBot, *, wait: bool = True) -> QuizDialog:
    pane.editor.alt.put_text("A cat.")
    dialog = pane.extras.quiz.ask()
    assert isinstance(dialog, QuizDialog)
    if wait:
        qtbot.waitUntil(lambda: not dialog.task.is_running)
    return dialog


def test_what_is_not_conveyed_stands_first_in_plain_text(pane: AltTextPane, qtbot: QtBot) -> None:
    dialog = asked(pane, qtbot)
    first = dialog.list.item(0).text()
    assert first == (
        "Not conveyed: What color is the cat?\nFrom the image: <i>orange</i>\n"
        "From the text: it does not say"
    )
    assert dialog.list.item(1).text().startswith("Conveyed: Are there people?")
    assert dialog.summary.text() == "Not conveyed: 1 of 2."
    assert dialog.how.text() == strings.QUIZ_BY_RULES
    assert dialog.summary.textFormat() is Qt.TextFormat.PlainText
    dialog.close()


def test_the_text_as_it_stands_there_is_asked_about(
    pane: AltTextPane, alttext: FakeAltTexts, qtbot: QtBot
) -> None:
    dialog = asked(pane, qtbot)
    assert alttext.checking.quizzed[0][1:] == ("A cat.", "")
    dialog.close()


def test_without_a_text_there_is_no_quiz(pane: AltTextPane) -> None:
    assert pane.extras.quiz.ask() is None


def test_a_missing_fact_is_copied_and_noted(pane: AltTextPane, image: Image, qtbot: QtBot) -> None:
    dialog = asked(pane, qtbot)
    fact = "What color is the cat? <i>orange</i>"
    dialog.copy.click()
    assert QGuiApplication.clipboard().text() == fact
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: image(0).notes == fact)
    dialog.list.setCurrentRow(1)
    dialog.add.click()
    qtbot.waitUntil(lambda: image(0).notes == f"{fact}\nAre there people? no")
    dialog.close()
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: image(0).notes == fact)


def test_a_quiz_is_stopped_and_asked_again(
    pane: AltTextPane, alttext: FakeAltTexts, qtbot: QtBot
) -> None:
    alttext.checking.gate.clear()
    dialog = asked(pane, qtbot, wait=False)
    assert dialog.go.text() == strings.STOP
    dialog.go.click()
    qtbot.waitUntil(lambda: not dialog.task.is_running)
    assert dialog.summary.text() == strings.QUIZ_STOPPED
    assert dialog.go.text() == strings.QUIZ_GO
    alttext.checking.gate.set()
    dialog.go.click()
    qtbot.waitUntil(lambda: len(dialog.lines) == 2)
    dialog.close()


def test_closing_stops_the_quiz(pane: AltTextPane, alttext: FakeAltTexts, qtbot: QtBot) -> None:
    alttext.checking.gate.clear()
    dialog = asked(pane, qtbot, wait=False)
    qtbot.waitUntil(lambda: bool(alttext.checking.quizzed))
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert not pane.desk.work.running


def test_the_window_s_cross_closes_the_quiz(pane: AltTextPane, qtbot: QtBot) -> None:
    dialog = asked(pane, qtbot)
    assert dialog.close()
    assert not dialog.isVisible()


@pytest.mark.parametrize(
    ("quiz", "words"),
    [
        (Quiz((), by_rules=True, model_id="m"), strings.QUIZ_NOT_READ),
        (Quiz((), by_rules=False, model_id="m"), strings.QUIZ_NONE),
        (
            Quiz((QuizLine("What?", "a", "a", conveyed=True),), by_rules=False, model_id="m"),
            "The text conveys all that was asked: 1 of 1.",
        ),
    ],
)
def test_each_outcome_has_its_sentence(
    pane: AltTextPane, alttext: FakeAltTexts, qtbot: QtBot, quiz: Quiz, words: str
) -> None:
    alttext.checking.quiz_result = quiz
    dialog = asked(pane, qtbot)
    assert dialog.summary.text() == words
    dialog.close()


# --- in parts ----------------------------------------------------------------------------


def test_a_description_in_parts_names_what_is_silent(
    pane: AltTextPane, alttext: FakeAltTexts, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = StructuredDescription("A <b>cat</b>.", "a cat", ("orange", "white"), "", "")
    wanted: list[bool] = []

    def draft(*_: object, structured: bool = False, **__: object):  # type: ignore[no-untyped-def]
        wanted.append(structured)
        yield from ()
        return (Candidate("A cat.", structured=found),)

    monkeypatch.setattr(alttext.drafting, "draft", draft)
    dialog = pane.extras.quiz.describe()
    assert isinstance(dialog, StructureDialog)
    qtbot.waitUntil(lambda: bool(dialog.parts))
    rows = [dialog.list.item(n).text() for n in range(dialog.list.count())]
    assert wanted == [True]
    assert rows == [
        "In brief: A <b>cat</b>.", "Main subject: a cat", "Colours: orange, white",
        "Words in it: nothing found", "Mood: nothing found",
    ]  # fmt: skip
    dialog.list.setCurrentRow(2)
    dialog.copy.click()
    assert QGuiApplication.clipboard().text() == "orange, white"
    dialog.close()


def test_a_model_that_cannot_says_so(pane: AltTextPane, qtbot: QtBot) -> None:
    dialog = pane.extras.quiz.describe()
    assert dialog is not None
    qtbot.waitUntil(lambda: not dialog.task.is_running)
    assert dialog.words.text() == strings.STRUCTURE_NONE
    assert not dialog.copy.isVisible()
    dialog.close()
    assert parts_of(StructuredDescription()) == ()


def test_notes_stand_above_the_text_whatever_its_state(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    assert not pane.editor.note.isVisible()
    pane.extras.quiz.note(image(0), "Where is the cat? <b>mat</b>")
    qtbot.waitUntil(lambda: pane.editor.note.text() == "Notes: Where is the cat? <b>mat</b>")
    assert pane.editor.note.isVisible()
