"""Conversations in the list: found, renamed, deleted, exported; many photos at once; options."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog
from pytestqt.qtbot import QtBot

from tests.gui.chat.fake_chat import FakeChat
from vlm_desktop.base.chatwork import ConversationFormat
from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.chat.batch_dialog import BatchDialog
from vlm_desktop.gui.panes.chat.chat_pane import ChatPane
from vlm_desktop.gui.panes.chat.schema_dialog import SchemaDialog
from vlm_desktop.gui.panes.chat.schema_fields import (
    FieldKind,
    FormField,
    fields_of_schema,
    schema_of,
)
from vlm_desktop.gui.strings import chat as strings

Ask = Callable[[str], None]


def titles(pane: ChatPane) -> list[str]:
    return [one.title for one in pane.column.model.rows]


def named(pane: ChatPane, name: str) -> None:
    dialog = pane.findChildren(QInputDialog)[-1]
    dialog.setTextValue(name)
    dialog.accept()


@pytest.fixture
def two(pane: ChatPane, ask: Ask, qtbot: QtBot) -> ChatPane:
    ask("About cats?")
    pane.begin_new()
    ask("About dogs?")
    qtbot.waitUntil(lambda: titles(pane) == ["About dogs?", "About cats?"])
    return pane


def test_what_was_deleted_long_ago_is_let_go_of_once(
    two: ChatPane, chat: FakeChat, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: chat.swept == 1)
    two.window().show_pane("search")
    two.window().show_pane("chat")
    two.begin_new()
    assert chat.swept == 1


def test_words_are_found_in_any_turn(two: ChatPane, qtbot: QtBot) -> None:
    two.column.filter.setText("to “about cats")
    qtbot.waitUntil(lambda: titles(two) == ["About cats?"])
    assert "An answer to" in two.column.model.rows[0].excerpt
    two.column.view.activated.emit(two.column.model.index(0))
    qtbot.waitUntil(lambda: two.session.conversation.title == "About cats?")
    two.column.filter.setText("zebra")
    qtbot.waitUntil(lambda: two.column.empty.isVisible())
    assert two.column.empty.text() == strings.NONE_FOUND


def test_a_title_is_changed_and_changed_back(two: ChatPane, qtbot: QtBot) -> None:
    two.column.view.setFocus()
    two.column.view.setCurrentIndex(two.column.model.index(1))
    qtbot.keyClick(two.column.view, Qt.Key.Key_F2)
    named(two, "Whiskers")
    qtbot.waitUntil(lambda: titles(two) == ["About dogs?", "Whiskers"])
    two.desk.changes.undo()
    qtbot.waitUntil(lambda: titles(two) == ["About dogs?", "About cats?"])


def test_a_deleted_conversation_comes_back(two: ChatPane, qtbot: QtBot) -> None:
    two.desk.actions.get("chat.delete").trigger()
    qtbot.waitUntil(lambda: titles(two) == ["About cats?"])
    assert two.session.conversation is None
    assert two.desk.changes.undo_text == "Deleting “About dogs?”"
    two.desk.changes.undo()
    qtbot.waitUntil(lambda: titles(two) == ["About dogs?", "About cats?"])
    qtbot.waitUntil(lambda: two.session.conversation is not None)
    assert two.session.conversation.title == "About dogs?", "it was open, and is again"


def test_the_focus_stays_in_the_question_when_a_conversation_is_deleted(
    pane: ChatPane, picture: Attachment, ask: Ask, qtbot: QtBot
) -> None:
    pane.composer.pictures.add([picture])
    ask("What is this?")
    assert pane.window().focusWidget() is pane.composer.line
    pane.desk.actions.get("chat.delete").trigger()
    said = fill(strings.DELETED, title="What is this?")
    qtbot.waitUntil(lambda: pane.window().status.text.text() == said)
    assert pane.window().focusWidget() is pane.composer.line


def test_the_search_line_leads_into_the_list(two: ChatPane, qtbot: QtBot) -> None:
    two.begin_new()
    line = two.column.filter
    two.actions_of_pane.search()
    qtbot.keyClicks(line, "cats")
    qtbot.waitUntil(lambda: titles(two) == ["About cats?"])
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: two.session.conversation is not None)
    assert two.session.conversation.title == "About cats?"
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == ""
    qtbot.waitUntil(lambda: len(titles(two)) == 2)
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_Down)
    assert two.window().focusWidget() is two.column.view
    assert two.column.view.currentIndex().isValid()


def test_a_pinned_conversation_stands_first(two: ChatPane, qtbot: QtBot) -> None:
    two.keeping.pin(two.column.model.rows[1].id)
    qtbot.waitUntil(lambda: titles(two) == ["About cats?", "About dogs?"])


@pytest.mark.parametrize(
    ("typed", "kind", "name"),
    [
        ("out.html", ConversationFormat.HTML, "out.html"),
        ("out", ConversationFormat.MARKDOWN, "out.md"),
        ("out.json", ConversationFormat.JSON, "out.json"),
    ],
)
def test_a_conversation_is_exported_as_its_ending_says(
    two: ChatPane,
    chat: FakeChat,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
    typed: str,
    kind: ConversationFormat,
    name: str,
) -> None:
    chosen = str(tmp_path / typed)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (chosen, ""))
    two.desk.actions.get("chat.export").trigger()
    number = two.session.conversation.id
    qtbot.waitUntil(lambda: chat.exported == [(number, tmp_path / name, kind)])


def test_one_question_is_asked_about_many_photos(
    pane: ChatPane, chat: FakeChat, tmp_path: Path, qtbot: QtBot
) -> None:
    pictures = tuple(Attachment(tmp_path / f"{number}.jpg") for number in range(5))
    dialog = pane.actions_of_pane.show_batch(pictures)
    assert isinstance(dialog, BatchDialog)
    assert dialog.model.rowCount() == 5
    assert not dialog.save.isEnabled()
    qtbot.keyClicks(dialog.question, "What is it?")
    qtbot.keyClick(dialog.question, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(dialog.model.rows) == 5 and dialog.save.isEnabled())
    qtbot.waitUntil(lambda: len(dialog.model._icons) == 5)
    cell = dialog.model.index(4, 1)
    assert cell.data() == "An answer to “What is it?”."
    dialog.save_to(tmp_path / "out.csv")
    qtbot.waitUntil(lambda: len(chat.saved) == 1)
    assert len(chat.saved[0][0].rows) == 5
    dialog.close()


def test_a_batch_is_stopped_and_keeps_its_rows(
    pane: ChatPane, chat: FakeChat, tmp_path: Path, qtbot: QtBot
) -> None:
    pictures = tuple(Attachment(tmp_path / f"{number}.jpg") for number in range(5))
    dialog = pane.actions_of_pane.show_batch(pictures)
    done = iter(range(2))
    wait = chat.gate.wait
    chat.gate.wait = lambda timeout: next(done, None) is not None or (wait(0) and False)
    dialog.question.setText("What is it?")
    dialog.start()
    qtbot.waitUntil(lambda: len(dialog.model.rows) == 2)
    assert dialog.go.text() == strings.STOP
    assert pane.desk.work.running
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.words.text() == strings.BATCH_STOPPED)
    assert dialog.save.isEnabled()
    assert not pane.desk.work.running
    chat.gate.wait = wait
    dialog.close()


def test_instructions_are_kept_by_name_and_taken_back(
    pane: ChatPane, chat: FakeChat, ask: Ask, qtbot: QtBot
) -> None:
    ask("What is this?")
    panel = pane.panel
    qtbot.waitUntil(lambda: panel.presets.count() == 2)
    panel.prompt.setPlainText("Be kind.")
    assert panel.presets.currentText() == strings.PRESET_OWN
    qtbot.waitUntil(lambda: pane.session.conversation.system_prompt == "Be kind.")
    panel.save_preset.click()
    named(pane, "Kind")
    qtbot.waitUntil(lambda: panel.presets.currentText() == "Kind")
    panel.delete_preset.click()
    qtbot.waitUntil(lambda: chat.own == {})
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: list(chat.own) == ["Kind"])


def test_a_preset_is_what_the_next_conversation_begins_with(
    pane: ChatPane, ask: Ask, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: pane.panel.presets.findText("Short") >= 0)
    at = pane.panel.presets.findText("Short")
    pane.panel.presets.setCurrentIndex(at)
    pane.panel.presets.activated.emit(at)
    ask("What is this?")
    assert pane.session.conversation.system_prompt == "Answer in one sentence."


FIELDS = (
    FormField("what"),
    FormField("count", FieldKind.WHOLE),
    FormField("colour", FieldKind.CHOICE, ("red", "green")),
    FormField("things", FieldKind.LIST),
)


def test_fields_make_a_schema_and_come_back_from_it() -> None:
    assert fields_of_schema(schema_of(FIELDS)) == FIELDS
    assert fields_of_schema('{"type": "object", "properties": {"a": {"$ref": "#"}}}') is None
    assert schema_of(()) == ""


def test_an_answer_is_a_form_beside_its_json(
    pane: ChatPane, chat: FakeChat, ask: Ask, qtbot: QtBot
) -> None:
    chat.answer = lambda _: '{"what": "cup", "count": 2, "colour": "red", "things": ["a", "b"]}'
    pane.options.edit_form()
    dialog = pane.findChild(SchemaDialog)
    dialog.rows[0].name.setText("what")
    for field in FIELDS[1:]:
        dialog.add_field(field)
    dialog.go.click()
    assert pane.generation().json_schema == schema_of(FIELDS)
    assert [one.body.text() for one in pane.composer.chips.chips] == [
        "Form: what, count, colour, things"
    ]
    ask("Describe it.")
    form = pane.transcript.views[-1].form
    assert {name: field.text() for name, field in form.fields.items()} == {
        "what": "cup",
        "count": "2",
        "colour": "red",
        "things": "a, b",
    }
    assert form.x() < pane.transcript.views[-1].answer.x()
    pane.composer.chips.chips[0].cross.click()
    assert pane.generation().json_schema == ""


def test_a_schema_that_is_none_is_refused(pane: ChatPane) -> None:
    pane.options.edit_form()
    dialog = pane.findChild(SchemaDialog)
    dialog.tabs.setCurrentIndex(1)
    dialog.text.setPlainText("{not json")
    dialog.go.click()
    assert dialog.isVisible()
    assert dialog.trouble.isVisible()
    dialog.close()
