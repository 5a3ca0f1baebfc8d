"""The tree: other answers, edited questions, branches, pins, deleting and undo."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from tests.gui.chat.fake_chat import FakeChat
from vlm_desktop.base.chatwork import Side
from vlm_desktop.base.conversations import Attachment, Why
from vlm_desktop.gui.panes.chat.chat_pane import ChatPane
from vlm_desktop.gui.strings import chat as strings

Ask = Callable[[str], None]


def texts(pane: ChatPane) -> list[str]:
    return [view.facts.text for view in pane.transcript.views]


def done(pane: ChatPane, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not pane.session.is_busy)


def test_another_answer_is_a_branch_to_walk_to(
    pane: ChatPane, chat: FakeChat, ask: Ask, qtbot: QtBot
) -> None:
    ask("Why?")
    chat.answer = lambda _: "Because."
    pane.desk.actions.get("chat.again").trigger()
    done(pane, qtbot)
    assert texts(pane) == ["Why?", "Because."]
    place = pane.transcript.views[-1].tools.place
    assert (place.text(), place.isVisible()) == ("2 / 2", True)
    pane.desk.actions.get("chat.branch-before").trigger()
    qtbot.waitUntil(lambda: texts(pane)[-1] == "An answer to “Why?”.")
    assert pane.transcript.views[-1].tools.place.text() == "1 / 2"


def test_a_reason_goes_with_the_wish_for_another_answer(
    pane: ChatPane, chat: FakeChat, ask: Ask, qtbot: QtBot
) -> None:
    ask("Why?")
    answer = pane.transcript.views[-1].facts.key
    pane.turns.ask_what_is_wrong()
    dialog = pane.findChild(QInputDialog)
    dialog.setTextValue("the colour")
    dialog.accept()
    done(pane, qtbot)
    assert chat.regenerated == [(answer, Why.WRONG, "the colour")]
    assert "the colour" in pane.transcript.views[-1].facts.why


def test_an_edited_question_stands_beside_what_it_was(
    pane: ChatPane, ask: Ask, qtbot: QtBot
) -> None:
    ask("One?")
    pane.composer.put("a draft")
    pane.transcript.focus_turn()
    pane.desk.actions.get("chat.edit").trigger()
    assert pane.composer.text == "One?"
    assert [chip.body.text() for chip in pane.composer.chips.chips] == [strings.EDITING]
    pane.composer.put("Two?")
    qtbot.keyClick(pane.composer.line, Qt.Key.Key_Return)
    done(pane, qtbot)
    assert texts(pane) == ["Two?", "An answer to “Two?”."]
    assert pane.transcript.views[0].tools.place.text() == "2 / 2"
    assert pane.composer.text == "a draft"


def test_escape_ends_an_edit_and_gives_the_draft_back(
    pane: ChatPane, ask: Ask, qtbot: QtBot
) -> None:
    ask("One?")
    pane.composer.put("a draft")
    pane.turns.edit()
    qtbot.keyClick(pane.composer.line, Qt.Key.Key_Escape)
    assert pane.composer.text == "a draft"
    assert not pane.composer.chips.chips


def test_a_branch_goes_on_from_an_earlier_turn(pane: ChatPane, ask: Ask, qtbot: QtBot) -> None:
    ask("One?")
    ask("Two?")
    pane.transcript.focus_turn(pane.transcript.views[1].facts.key)
    pane.desk.actions.get("chat.branch-here").trigger()
    qtbot.waitUntil(lambda: len(texts(pane)) == 2)
    ask("Three?")
    assert texts(pane)[2:] == ["Three?", "An answer to “Three?”."]
    assert pane.transcript.views[2].tools.place.text() == "2 / 2"


def test_what_is_deleted_comes_back_with_undo(pane: ChatPane, ask: Ask, qtbot: QtBot) -> None:
    ask("One?")
    ask("Two?")
    pane.transcript.focus_turn(pane.transcript.views[2].facts.key)
    pane.desk.actions.get("chat.delete-turn").trigger()
    qtbot.waitUntil(lambda: len(texts(pane)) == 2)
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: len(texts(pane)) == 4)


def test_pins_and_copies(pane: ChatPane, ask: Ask, qtbot: QtBot) -> None:
    ask("One?")
    pane.desk.actions.get("chat.pin-turn").trigger()
    qtbot.waitUntil(lambda: pane.transcript.views[-1].facts.pinned)
    assert strings.PINNED in pane.transcript.views[-1].accessibleDescription()
    pane.desk.actions.get("chat.copy-turn").trigger()
    assert QGuiApplication.clipboard().text() == "An answer to “One?”."


def test_two_answers_stand_side_by_side(
    pane: ChatPane, chat: FakeChat, picture: Attachment, ask: Ask, qtbot: QtBot
) -> None:
    sides = (Side("starter-assistant"), Side("big"))
    pane.composer.put("What is it?")
    pane.composer.pictures.add([picture])
    pane.actions_of_pane._compare(sides)
    done(pane, qtbot)
    left, right = pane.transcript.views[1:]
    assert (left.facts.author, right.facts.author) == (strings.STARTER_LINK, "Big model")
    qtbot.waitUntil(lambda: left.y() == right.y() and right.x() > left.x())
    assert right.tools.keep.isVisible()
    right.tools.keep.click()
    qtbot.waitUntil(lambda: pane.session.conversation.leaf == right.facts.key)
    ask("And then?")
    authors = [view.facts.author for view in pane.transcript.views]
    assert authors == ["You", "Big model", "You", strings.STARTER_LINK]


def test_a_comparison_asks_for_two_sides(pane: ChatPane, qtbot: QtBot) -> None:
    assert pane.actions_of_pane.open_compare() is None
    assert pane.window().status.text.text() == strings.COMPARE_NO_QUESTION
    pane.composer.put("What is it?")
    dialog = pane.actions_of_pane.open_compare()
    assert dialog is not None
    assert [one.model_id for one in dialog.sides] == ["starter-assistant", "big"]
    dialog.models[1].setCurrentIndex(0)
    dialog.chances[1].setValue(0.9)
    assert dialog.sides[1].options.temperature == 0.9
    dialog.go.click()
    done(pane, qtbot)
    assert len(pane.transcript.views) == 3


def test_run_again_says_whether_the_same_came_out(pane: ChatPane, ask: Ask, qtbot: QtBot) -> None:
    ask("Why?")
    pane.desk.actions.get("chat.run-again").trigger()
    done(pane, qtbot)
    status = pane.window().status
    qtbot.waitUntil(lambda: strings.RUN_SAME in status.text.text())
    assert pane.transcript.views[-1].tools.place.text() == "2 / 2"


def test_doubt_is_named_as_what_it_is(
    pane: ChatPane, picture: Attachment, ask: Ask, qtbot: QtBot
) -> None:
    pane.composer.pictures.add([picture])
    ask("What is it?")
    for name in ("blank", "samples", "nouns"):
        pane.desk.actions.get(f"chat.doubt-{name}").trigger()
    view = pane.transcript.views[-1]
    qtbot.waitUntil(
        lambda: len(view.facts.doubts) == 3 and not any(one.is_running for one in view.facts.doubts)
    )
    assert [one.name for one in view.facts.doubts] == list(strings.DOUBT_NAMES.values())
    assert all(one.meaning for one in view.facts.doubts)
    assert view.facts.doubts[1].found == "4 of 5 answers drawn by chance say the same."
    assert "confidence" not in " ".join(one.found + one.meaning for one in view.facts.doubts)
    assert view.doubts.isVisible()


def test_a_solved_answer_is_pinned_ahead_and_removed(
    pane: ChatPane, picture: Attachment, ask: Ask, qtbot: QtBot
) -> None:
    pane.composer.pictures.add([picture])
    ask("What is it?")
    pane.desk.actions.get("chat.example").trigger()
    qtbot.waitUntil(lambda: pane.panel.examples.count() == 1)
    assert pane.panel.examples.item(0).text() == "A: What is it? → An answer to “What is it?”."
    pane.panel.remove_example.click()
    qtbot.waitUntil(lambda: pane.panel.examples.count() == 0)


def test_a_solved_example_is_put_together_by_hand(
    pane: ChatPane, picture: Attachment, qtbot: QtBot
) -> None:
    assert pane.actions_of_pane.open_example() is None
    pane.composer.pictures.add([picture])
    dialog = pane.actions_of_pane.open_example()
    assert dialog is not None
    assert not dialog.go.isEnabled()
    dialog.question.setText("What is it?")
    dialog.answer.setText("A cat")
    dialog.go.click()
    qtbot.waitUntil(lambda: pane.panel.examples.count() == 1)
    assert pane.panel.examples.item(0).text() == "A: What is it? → A cat"


def test_a_conversation_whose_model_is_gone_is_answered_by_another(
    pane: ChatPane, chat: FakeChat, ask: Ask, qtbot: QtBot
) -> None:
    pane.choice.choose("big")
    ask("One?")
    chat.ready = chat.ready[:1]
    pane.choice.refresh()
    qtbot.waitUntil(lambda: pane.choice.current == "starter-assistant")
    ask("Two?")
    authors = [view.facts.author for view in pane.transcript.views]
    assert authors == ["You", "big", "You", strings.STARTER_LINK]
