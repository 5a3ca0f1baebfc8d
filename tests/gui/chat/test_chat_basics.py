"""Asking and being answered, in the window."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.chat.fake_chat import FakeChat
from vlm_desktop.base.chat import ChatCapabilities
from vlm_desktop.base.conversations import AnswerSource, Attachment, TurnState, Why
from vlm_desktop.base.errors import MediaRefused, ModelOutOfMemory, Refusal
from vlm_desktop.gui.panes.chat.chat_pane import ChatPane
from vlm_desktop.gui.panes.chat.facts import Life
from vlm_desktop.gui.strings import chat as strings

Ask = Callable[[str], None]


def texts(pane: ChatPane) -> list[str]:
    return [view.facts.text for view in pane.transcript.views]


def test_a_question_is_answered(pane: ChatPane, ask: Ask) -> None:
    ask("What is this?")
    assert texts(pane) == ["What is this?", "An answer to “What is this?”."]
    assert pane.composer.text == ""


def test_a_second_question_follows_the_first(pane: ChatPane, ask: Ask) -> None:
    ask("One?")
    ask("Two?")
    assert texts(pane) == ["One?", "An answer to “One?”.", "Two?", "An answer to “Two?”."]
    assert pane.middle.currentWidget() is pane.transcript


def test_nothing_is_sent_without_a_question(pane: ChatPane, chat: FakeChat, qtbot: QtBot) -> None:
    assert not pane.composer.send.isEnabled()
    qtbot.keyClick(pane.composer.line, Qt.Key.Key_Return)
    pane.composer.put("   ")
    qtbot.keyClick(pane.composer.line, Qt.Key.Key_Return)
    assert chat.asked == []


def test_shift_and_enter_begin_a_new_line(pane: ChatPane, qtbot: QtBot) -> None:
    qtbot.keyClicks(pane.composer.line, "one")
    height = pane.composer.line.height()
    qtbot.keyClick(pane.composer.line, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(pane.composer.line, "two")
    assert pane.composer.text == "one\ntwo"
    assert pane.composer.line.height() > height


def test_an_answer_is_shown_while_it_is_written_and_stopped_with_escape(
    pane: ChatPane, chat: FakeChat, qtbot: QtBot
) -> None:
    written = iter(range(6))
    chat.answer = lambda _: "one two three four five six seven eight nine ten"
    wait = chat.gate.wait
    chat.gate.wait = lambda timeout: next(written, None) is not None or wait(0) and False
    pane.composer.put("Count!")
    pane.send()
    qtbot.waitUntil(lambda: texts(pane)[-1:] == ["one two three four five six"])
    view = pane.transcript.views[-1]
    assert view.facts.life is Life.STREAMING
    assert view.answer.isVisible()
    assert pane.composer.send.text() == strings.STOP
    qtbot.keyClick(pane.composer.line, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not pane.session.is_busy)
    kept = pane.session.conversation.turns[-1]
    assert (kept.state, kept.text) == (TurnState.PARTIAL, "one two three four five six")
    assert pane.transcript.views[-1].waiting.text() == strings.STOPPED
    assert pane.composer.send.text() == strings.SEND


def test_a_failure_is_told_under_the_answer(pane: ChatPane, chat: FakeChat, qtbot: QtBot) -> None:
    chat.error = ModelOutOfMemory(model="starter", detail="cuda")
    pane.composer.put("What is this?")
    pane.send()
    qtbot.waitUntil(lambda: not pane.session.is_busy)
    view = pane.transcript.views[-1]
    assert view.facts.life is Life.FAILED
    assert view.trouble.isVisible()
    assert len(view.trouble.text()) > 10
    chat.error = None
    pane.turns.again(Why.ANOTHER)
    qtbot.waitUntil(lambda: not pane.session.is_busy)
    assert texts(pane)[-1] == "An answer to “What is this?”."


def test_answers_say_who_gave_them_and_where_they_come_from(
    pane: ChatPane, chat: FakeChat, ask: Ask
) -> None:
    chat.source = AnswerSource.METADATA
    ask("When was it taken?")
    view = pane.transcript.views[-1]
    assert view.author.text() == strings.STARTER_LINK
    assert view.source.text() == strings.SOURCES["metadata"]
    assert strings.SOURCES["metadata"] in view.accessibleDescription()


def test_figures_split_the_time_to_the_first_word(pane: ChatPane, ask: Ask) -> None:
    ask("What is this?")
    tools = pane.transcript.views[-1].tools
    assert tools.figures.text() == (
        "20.0 tokens/s · first word after 0.53 s (pictures 0.10, vision 0.31, prefill 0.12)"
    )
    assert "Tokens: instructions 24, words 18, pictures 128, answer 41" in tools.toolTip()


def test_the_starter_is_called_one_and_the_shelf_is_a_click_away(
    pane: ChatPane, qtbot: QtBot
) -> None:
    assert pane.head.starter.isVisible()
    wanted: list[str] = []
    pane.desk.navigator.pane_wanted.connect(wanted.append)
    pane.head.starter.click()
    assert wanted == ["models"]
    pane.window().show_pane("chat")
    pane.head.models.setCurrentIndex(1)
    pane.head.models.activated.emit(1)
    assert pane.choice.current == "big"
    assert not pane.head.starter.isVisible()
    assert [pane.head.models.itemText(n) for n in range(3)][-1] == strings.MORE_MODELS


def test_the_title_and_the_pictures_are_there_while_the_answer_is_written(
    pane: ChatPane, chat: FakeChat, picture: Attachment, qtbot: QtBot
) -> None:
    chat.gate.clear()
    pane.composer.pictures.add([picture])
    pane.composer.put("What is this?")
    pane.send()
    qtbot.waitUntil(lambda: pane.head.title.text() == "What is this?")
    assert pane.session.is_busy
    assert len(pane.strip.buttons) == 1
    qtbot.waitUntil(lambda: [one.title for one in pane.column.model.rows] == ["What is this?"])
    assert len(pane.transcript.views) == 2
    chat.gate.set()
    qtbot.waitUntil(lambda: not pane.session.is_busy)
    assert pane.transcript.views[-1].facts.text == "An answer to “What is this?”."


def test_a_model_that_is_being_opened_is_not_held_for_the_one_before(
    pane: ChatPane, chat: FakeChat, picture: Attachment, tmp_path: Path, qtbot: QtBot
) -> None:
    chat.can = ChatCapabilities(max_images=1, multi_turn=False)
    pane.composer.show_capabilities(chat.can)
    pane.composer.pictures.add([picture, Attachment(tmp_path / "dog.jpg")])
    pane.composer.put("Which is larger?")
    assert not pane.composer.send.isEnabled()
    chat.can = ChatCapabilities(max_images=4)
    pane.choice.choose("big")
    assert pane.choice.capabilities is None
    assert not pane.composer.too_many.isVisible()
    assert pane.composer.line.placeholderText() == strings.QUESTION_HINT
    qtbot.waitUntil(lambda: pane.choice.capabilities is not None)
    assert pane.composer.send.isEnabled()


def test_another_model_for_an_open_conversation_is_asked_what_it_can(
    pane: ChatPane, chat: FakeChat, ask: Ask, qtbot: QtBot
) -> None:
    ask("One?")
    chat.can = ChatCapabilities(multi_turn=False)
    pane.choice.choose("big")
    hint = pane.composer.line.placeholderText
    qtbot.waitUntil(lambda: hint() == strings.QUESTION_ALONE)
    assert pane.head.model_id == pane.choice.current == "big"
    assert not pane.head.starter.isVisible()
    pane.choice.choose("starter-assistant")
    qtbot.waitUntil(lambda: hint() == strings.QUESTION_HINT)
    assert pane.head.model_id == "starter-assistant"
    assert pane.head.starter.isVisible()


def test_without_a_model_it_is_said_where_to_get_one(
    pane: ChatPane, chat: FakeChat, qtbot: QtBot
) -> None:
    chat.ready = ()
    pane.choice.refresh()
    qtbot.waitUntil(lambda: pane.middle.currentWidget() is pane.page)
    assert pane.page.title.text() == strings.NO_MODEL_TITLE
    pane.composer.put("Anyone there?")
    assert not pane.composer.send.isEnabled()


def test_the_example_questions_really_run(pane: ChatPane, chat: FakeChat, qtbot: QtBot) -> None:
    assert pane.middle.currentWidget() is pane.welcome
    pane.welcome.buttons[0].click()
    qtbot.waitUntil(lambda: not pane.session.is_busy and len(chat.asked) == 1)
    text, pictures, _ = chat.asked[0]
    assert text == strings.SAMPLE_ANIMAL
    assert [one.path.name for one in pictures] == ["chelsea.png"]
    assert pictures[0].path.exists()


def test_example_questions_are_about_pictures_that_are_there(
    pane: ChatPane, chat: FakeChat, picture: Attachment, qtbot: QtBot
) -> None:
    pane.composer.pictures.add([picture])
    assert pane.welcome.buttons[2].text() == strings.OWN_WHEN
    pane.welcome.buttons[2].click()
    qtbot.waitUntil(lambda: not pane.session.is_busy and len(chat.asked) == 1)
    assert chat.asked[0][:2] == (strings.OWN_WHEN, (picture,))


def test_a_captioner_needs_no_words(
    pane: ChatPane, chat: FakeChat, picture: Attachment, qtbot: QtBot
) -> None:
    chat.can = ChatCapabilities(asks=False, multi_turn=False)
    pane.choice.choose("big")
    qtbot.waitUntil(lambda: pane.composer.line.placeholderText() == strings.ONLY_PICTURES)
    pane.composer.pictures.add([picture])
    assert pane.composer.send.isEnabled()


def test_what_was_open_and_typed_comes_back(pane: ChatPane, ask: Ask, qtbot: QtBot) -> None:
    ask("What is this?")
    pane.composer.put("and this")
    pane.actions_of_pane.folds["options"].trigger()
    pane.panel.chance.setValue(7)
    number = pane.session.conversation.id
    pane.begin_new()
    pane.options.begin_with("Be brief.")
    pane.session.open(number)
    qtbot.waitUntil(lambda: pane.session.conversation is not None)
    pane.composer.put("and this")
    kept = pane.state()
    other = ChatPane(pane.desk, pane.window())
    other.restore(kept)
    qtbot.waitUntil(lambda: other.session.conversation is not None)
    assert other.session.conversation.id == pane.session.conversation.id
    assert other.composer.text == "and this"
    assert other.panel.isVisibleTo(other)
    assert other.generation().temperature == 0.7
    other.begin_new()
    assert other.panel.prompt.toPlainText() == "Be brief."
    other.stop()
    QApplication.processEvents()
    other.deleteLater()


def test_nothing_is_offered_that_the_model_cannot_take(
    pane: ChatPane, chat: FakeChat, picture: Attachment, qtbot: QtBot
) -> None:
    pane.options.use_schema('{"type": "object", "properties": {"a": {"type": "string"}}}')
    assert pane.generation().json_schema
    chat.can = ChatCapabilities(
        max_images=1, multi_turn=False, system_prompt=False, json=False, image_budget=()
    )
    pane.choice.choose("big")
    qtbot.waitUntil(lambda: pane.composer.line.placeholderText() == strings.QUESTION_ALONE)
    assert pane.generation().json_schema == ""
    assert not pane.composer.chips.chips
    assert not pane.desk.actions.get("chat.form").isEnabled()
    assert not pane.panel.prompt.isEnabled()
    assert not pane.composer.budget.slider.isVisible()
    other = Attachment(picture.path.with_name("other.jpg"))
    pane.composer.pictures.add([picture, other])
    pane.composer.put("Which?")
    assert pane.composer.too_many.isVisible()
    assert not pane.composer.send.isEnabled()
    pane.composer.pictures.remove(1)
    assert pane.composer.send.isEnabled()


def test_what_was_read_in_a_picture_is_shown_as_it_is(
    pane: ChatPane, chat: FakeChat, ask: Ask
) -> None:
    chat.source = AnswerSource.OCR
    chat.answer = lambda _: "# no heading\n* no list\n>> no quotation"
    ask("What does it say?")
    (part,) = pane.transcript.views[-1].answer.parts
    assert part.toPlainText() == "# no heading\n* no list\n>> no quotation"


def test_a_question_that_could_not_be_asked_comes_back(
    pane: ChatPane, chat: FakeChat, picture: Attachment, qtbot: QtBot
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise MediaRefused(path=picture.path, reason=Refusal.VANISHED, detail="")

    chat.ask = refuse
    pane.composer.pictures.add([picture])
    pane.composer.put("What is it?")
    pane.send()
    qtbot.waitUntil(lambda: not pane.session.is_busy)
    assert pane.composer.text == "What is it?"
    assert pane.composer.pictures.items == (picture,)
    assert "cat.jpg" in pane.window().status.text.text()
