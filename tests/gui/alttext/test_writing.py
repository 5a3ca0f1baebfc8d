"""The text fields: kept while typing, counted, linted, fixed; locked once approved."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from tests.gui.alttext.fake_alttext import FakeAltTexts
from vlm_desktop.base.alttext import (
    AltImage,
    AltSet,
    AltState,
    Brief,
    Decision,
    Destination,
)
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes.alttext.alttext_pane import AltTextPane
from vlm_desktop.gui.panes.alttext.text_field import TextField, runs_from_right

Image = Callable[..., AltImage]
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def approve_first(pane: AltTextPane, image: Image, qtbot: QtBot, words: str = "A bridge.") -> None:
    first = image(0).id
    pane.corner.decide(Decision.INFORMATIVE)
    qtbot.waitUntil(lambda: image(0).decision is Decision.INFORMATIVE)
    pane.editor.alt.put_text(words)
    pane.corner.approve()
    qtbot.waitUntil(lambda: image(0).text("en").state is AltState.APPROVED)
    qtbot.waitUntil(lambda: pane.session.current_id != first)
    pane.queue.choose(first)
    qtbot.waitUntil(lambda: pane.session.text.state is AltState.APPROVED)


def test_leaving_the_image_keeps_what_was_typed_a_moment_ago(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    first = image(0).id
    qtbot.keyClicks(pane.editor.alt.box, "Half a sen")
    pane.step(1)
    assert pane.editor.alt.text == ""
    pane.step(-1)
    assert pane.session.current_id == first
    assert pane.editor.alt.text == "Half a sen", "also before it is on the disk"
    qtbot.waitUntil(lambda: image(0).text("en").alt == "Half a sen")
    assert pane.editor.alt.text == "Half a sen"


def test_closing_the_window_keeps_what_was_typed_a_moment_ago(
    pane: AltTextPane, alttext: FakeAltTexts, qtbot: QtBot
) -> None:
    first = pane.session.current_id
    qtbot.keyClicks(pane.editor.alt.box, "Half a sen")
    window = pane.window()
    assert isinstance(window, MainWindow)
    window.close_now()
    assert alttext.sets.image(first).text("en").alt == "Half a sen"


def test_typing_on_while_it_is_kept_is_not_overwritten(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    for word in ("one ", "two ", "three"):
        qtbot.keyClicks(pane.editor.alt.box, word)
        pane.corner.autosave.flush()
    assert pane.editor.alt.text == "one two three"
    qtbot.waitUntil(lambda: pane.corner.autosave.is_clean)
    assert pane.editor.alt.text == "one two three"
    assert image(0).text("en").alt == "one two three"


def test_what_cannot_be_kept_is_tried_again_and_said(
    pane: AltTextPane, alttext: FakeAltTexts, image: Image, qtbot: QtBot
) -> None:
    real, said = alttext.sets.save_text, []
    pane.session.failed.connect(said.append)

    def full(*_: object) -> None:
        raise OSError("no space left")

    alttext.sets.save_text = full  # type: ignore[method-assign]
    qtbot.keyClicks(pane.editor.alt.box, "Kept?")
    qtbot.waitUntil(lambda: bool(said))
    assert pane.editor.alt.text == "Kept?"
    assert "not saved yet" in pane.editor.state.who.text()
    alttext.sets.save_text = real  # type: ignore[method-assign]
    pane.corner.autosave.flush()
    qtbot.waitUntil(lambda: image(0).text("en").alt == "Kept?")
    qtbot.waitUntil(lambda: "not saved" not in pane.editor.state.who.text())


def test_the_counter_says_how_much_room_there_is_in_words_too(qtbot: QtBot) -> None:
    field = TextField("Alt text", "Alt text", 3)
    qtbot.addWidget(field)
    field.set_destination(Destination("web", 10))
    for text, words, name in (
        ("A cat.", "6 of 10", "hint"),
        ("A big cat", "9 of 10 · nearly full", "careful"),
        ("A very big cat", "14 of 10 · 4 too many", "bad"),
        ("👩‍👩‍👧", "5 of 10 · 1 as seen", "hint"),
    ):
        field.show_text(text)
        assert field.counter.text() == words
        assert field.counter.objectName() == name
        assert field.box.accessibleDescription() == words
    field.set_destination(Destination("mastodon", 10, graphemes=True))
    assert field.counter.text() == "1 of 10 · 5 as code points"
    field.set_destination(Destination("custom", 0))
    assert field.counter.text() == "5 characters · 1 as seen"


def test_text_stands_at_the_side_it_runs_from(qtbot: QtBot) -> None:
    field = TextField("Alt text", "Alt text", 3)
    qtbot.addWidget(field)
    for text, is_rtl in (("A cat", False), ("قطة", True), ("“שלום”", True), ("12", False)):
        field.show_text(text)
        side = field.box.document().defaultTextOption().alignment()
        assert bool(side & Qt.AlignmentFlag.AlignRight) is is_rtl
        assert runs_from_right(text) is is_rtl


def test_markup_in_a_text_is_words(pane: AltTextPane, alttext: FakeAltTexts, qtbot: QtBot) -> None:
    hostile = '<img src=x onerror=alert(1)> <b>bold</b> &amp; <a href="http://x">y</a>'
    alttext.sets.save_text(pane.session.current_id, "en", hostile, hostile)
    pane.session.reread()
    qtbot.waitUntil(lambda: pane.editor.alt.text == hostile)
    assert pane.editor.extended.text == hostile


def test_findings_follow_the_typing_and_are_fixed_by_key(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    pane.editor.focus_alt()
    qtbot.keyClicks(pane.editor.alt.box, "Image of a bridge over a river")
    lint = pane.editor.lint
    qtbot.waitUntil(lambda: [one.rule for one in lint.findings] == ["image-of", "no-full-stop"])
    assert lint.label.text() == "2 findings"
    assert lint.score.text() == "4 points off: 1 × Warning, 1 × Hint"
    assert pane.editor.alt.box.extraSelections()
    qtbot.keyClick(pane.editor.alt.box, Qt.Key.Key_Period, CONTROL)
    assert pane.editor.alt.text == "A bridge over a river"
    qtbot.keyClick(pane.editor.alt.box, Qt.Key.Key_Z, CONTROL)
    assert pane.editor.alt.text == "Image of a bridge over a river", "the editor's own undo"
    qtbot.keyClick(pane.editor.alt.box, Qt.Key.Key_Period, CONTROL | SHIFT)
    assert pane.editor.alt.text == "A bridge over a river."
    assert lint.label.text() == "No findings"
    qtbot.waitUntil(lambda: image(0).text("en").alt == "A bridge over a river.")


def test_findings_are_those_of_the_engine(pane: AltTextPane, qtbot: QtBot) -> None:
    from vlm_desktop.engine.alttext.lint import lint
    from vlm_desktop.engine.alttext.setlint import lint_context

    text = "DSC_0001.JPG photo of  a cat!!!"
    pane.editor.alt.put_text(text)
    pane.corner.show_findings()
    image = pane.session.current
    assert image is not None
    expected = lint(text, "", lint_context(image, Brief()))
    assert pane.editor.lint.findings == expected


def test_an_approved_text_is_locked_until_edit(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    approve_first(pane, image, qtbot)
    box = pane.editor.alt.box
    assert box.isReadOnly()
    assert pane.editor.note.isVisible()
    qtbot.keyClicks(box, "nothing")
    assert pane.editor.alt.text == "A bridge."
    assert not pane.editor.state.review.isVisible()
    qtbot.keyClick(box, Qt.Key.Key_E, CONTROL)
    qtbot.waitUntil(lambda: pane.session.text.state is AltState.IN_REVIEW)
    assert not box.isReadOnly()
    assert box.hasFocus()
    box.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClicks(box, " It is old.")
    qtbot.waitUntil(lambda: image(0).text("en").alt == "A bridge. It is old.")
    assert image(0).text("en").state is AltState.IN_REVIEW


def test_undo_belongs_to_the_editor_first_and_then_to_the_data(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    pane.corner.decide(Decision.INFORMATIVE)
    qtbot.waitUntil(lambda: pane.session.current.decision is Decision.INFORMATIVE)
    pane.editor.focus_alt()
    box = pane.editor.alt.box
    qtbot.keyClicks(box, "Word")
    qtbot.keyClick(box, Qt.Key.Key_Z, CONTROL)
    assert pane.editor.alt.text == ""
    assert pane.session.current.decision is Decision.INFORMATIVE
    qtbot.keyClick(box, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: image(0).decision is Decision.UNDECIDED)
    qtbot.waitUntil(lambda: pane.session.current.decision is Decision.UNDECIDED)


def test_a_changed_file_makes_its_text_stale_and_says_so(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    approve_first(pane, image, qtbot)
    path = image(0).path
    assert path is not None
    path.write_bytes((path.parent / "2 cat.jpg").read_bytes())
    pane.sets.look_at_files()
    qtbot.waitUntil(lambda: pane.session.text.state is AltState.STALE)
    assert pane.editor.state.stale.isVisible()
    assert pane.editor.alt.text == "A bridge."
    pane.corner.approve()
    qtbot.waitUntil(lambda: image(0).text("en").state is AltState.APPROVED)


def test_review_and_needs_facts_leave_a_note(pane: AltTextPane, image: Image, qtbot: QtBot) -> None:
    assert not pane.editor.state.review.isEnabled(), "there is nothing to review yet"
    qtbot.keyClicks(pane.editor.alt.box, "A bridge.")
    pane.editor.state.review.click()
    qtbot.waitUntil(lambda: image(0).text("en").state is AltState.IN_REVIEW)
    pane.corner.need_facts("Which bridge?")
    qtbot.waitUntil(lambda: pane.session.text.state is AltState.NEEDS_FACTS)
    assert image(0).notes == "Which bridge?"
    assert pane.editor.note.text() == "Needs facts: Which bridge?"
    assert pane.editor.state.facts.isEnabled(), "to say it better"
    pane.corner.need_facts("Which bridge, and when?")
    qtbot.waitUntil(lambda: pane.editor.note.text().endswith("and when?"))
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: pane.editor.note.text() == "Needs facts: Which bridge?")
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: image(0).text("en").state is AltState.IN_REVIEW)


def test_every_language_has_a_text_of_its_own(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    qtbot.keyClicks(pane.editor.alt.box, "A bridge.")
    pane.session.choose_language("de")
    assert pane.editor.alt.text == ""
    pane.editor.alt.put_text("Eine Brücke.")
    qtbot.waitUntil(lambda: image(0).text("de").alt == "Eine Brücke.")
    assert image(0).text("en").alt == "A bridge."
    assert pane.editor.language.currentData() == "de"
    pane.editor.language.setCurrentIndex(pane.editor.language.findData("en"))
    pane.editor.language.activated.emit(pane.editor.language.currentIndex())
    assert pane.editor.alt.text == "A bridge."


def test_the_history_tells_what_happened_and_brings_a_text_back(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    approve_first(pane, image, qtbot, "A bridge.")
    pane.corner.edit()
    qtbot.waitUntil(lambda: not pane.editor.alt.box.isReadOnly())
    pane.editor.alt.put_text("A red bridge.")
    pane.corner.autosave.settle(image(0).id)
    qtbot.waitUntil(lambda: pane.corner.autosave.is_clean)
    history = pane.editor.history
    qtbot.wait(50)
    pane.actions_of_pane.show_history()
    qtbot.waitUntil(lambda: len(history.lines) >= 4)
    assert history.list.item(0).text().endswith("edited, by a person")
    assert "Added: red." in history.diff.accessibleDescription()
    row = next(n for n, line in enumerate(history.lines) if line.event.act.value == "approved")
    history.list.setCurrentRow(row)
    history.restore.click()
    qtbot.waitUntil(lambda: image(0).text("en").alt == "A bridge.")
    assert image(0).text("en").state is AltState.IN_REVIEW, "it is to be approved anew"


def test_a_set_of_its_own_brief_is_undone(
    pane: AltTextPane, alttext: FakeAltTexts, qtbot: QtBot
) -> None:
    dialog = pane.sets.edit_brief()
    assert dialog is not None
    dialog.destination.setCurrentIndex(dialog.destination.findData("custom"))
    dialog.limit.setValue(60)
    dialog.as_seen.setChecked(True)
    dialog.names.setPlainText("Ada\n\n Bo ")
    dialog.glossary.setPlainText("bike = bicycle\nnonsense")
    dialog.go.click()
    found: Callable[[], AltSet] = lambda: alttext.sets.sets()[0]  # noqa: E731
    qtbot.waitUntil(lambda: found().brief.destination.limit == 60)
    assert found().brief.names == ("Ada", "Bo")
    assert found().brief.glossary == (("bike", "bicycle"),)
    qtbot.waitUntil(lambda: pane.editor.alt.counter.text() == "0 of 60")
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: found().brief == Brief())


def test_the_page_context_is_edited_and_undone(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    field = pane.picture.context.fields["caption"]
    pane.picture.context.focus_first()
    field.setFocus()
    qtbot.keyClicks(field, "The old <b>bridge</b>")
    pane.picture.context.commit()
    qtbot.waitUntil(lambda: image(0).context.caption == "The old <b>bridge</b>")
    heading = pane.picture.context.section.heading
    qtbot.waitUntil(lambda: heading.text() == "Context (1)")
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: image(0).context.caption == "")


def test_undo_leaves_alone_what_was_changed_since_and_says_so(
    pane: AltTextPane, alttext: FakeAltTexts, image: Image, qtbot: QtBot
) -> None:
    pane.queue.view.selectAll()
    pane.corner.decide(Decision.DECORATIVE)
    qtbot.waitUntil(lambda: pane.desk.changes.undo_text != "")
    alttext.sets.decide([image(1).id], Decision.COMPLEX)
    said: list[str] = []
    pane.session.failed.connect(said.append)
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: said == ["1 image was changed since and stays as it is."])
    assert image(0).decision is Decision.UNDECIDED
    assert image(1).decision is Decision.COMPLEX
