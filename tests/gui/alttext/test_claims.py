"""The claims of a text: checked, shown in text and picture, approved and struck by keyboard."""

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QAccessible, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.alttext.fake_alttext import FakeAltTexts
from vlm_desktop.base.altchecks import ClaimState, Field
from vlm_desktop.base.alttext import AltState, Decision
from vlm_desktop.base.errors import ModelUnknown
from vlm_desktop.gui.panes.alttext.alttext_pane import AltTextPane
from vlm_desktop.gui.panes.alttext.claims_corner import ClaimsCorner
from vlm_desktop.gui.strings import alttext_checks as strings
from vlm_desktop.gui.theme import measures

TEXT = "A brown dog and a cat sit on a red mat. There is a flag."
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def claims(pane: AltTextPane) -> ClaimsCorner:
    return pane.extras.claims


@pytest.fixture
def checked(pane: AltTextPane, claims: ClaimsCorner, qtbot: QtBot) -> ClaimsCorner:
    """The first image's text, checked."""
    pane.editor.alt.put_text(TEXT)
    claims.check()
    qtbot.waitUntil(lambda: bool(claims.panel.rows))
    qtbot.waitUntil(lambda: not claims.task.is_running)
    return claims


def row_of(claims: ClaimsCorner, word: str, state: ClaimState | None = None) -> int:
    return next(
        number
        for number, row in enumerate(claims.panel.rows)
        if word in row.claim.text and state in (None, row.claim.state)
    )


def test_checking_lists_the_claims_with_their_states(
    checked: ClaimsCorner, alttext: FakeAltTexts
) -> None:
    (_, text, _, language) = alttext.checking.asked[0]
    assert (text, language) == (TEXT, "en")
    rows = [checked.panel.list.item(n).text() for n in range(checked.panel.list.count())]
    assert any(row.startswith(strings.CLAIM_STATES[ClaimState.SUPPORTED]) for row in rows)
    assert any(row.startswith(strings.CLAIM_STATES[ClaimState.DISPUTED]) for row in rows)
    assert any(row.startswith(strings.CLAIM_STATES[ClaimState.SEEN_ONCE]) for row in rows)
    assert checked.section.is_open
    assert checked.panel.check.text() == strings.CHECK_AGAIN


def test_a_screen_reader_hears_state_claim_and_evidence(checked: ClaimsCorner) -> None:
    row = row_of(checked, "flag")
    face = QAccessible.queryAccessibleInterface(checked.panel.list)
    said = face.child(row).text(QAccessible.Text.Name)
    assert said.startswith("Disputed:")
    assert "Against: asked about it alone, the model answered “<b>no</b>”" in said


def test_evidence_is_plain_text(checked: ClaimsCorner) -> None:
    checked.panel.choose(row_of(checked, "flag"))
    assert "<b>no</b>" in checked.panel.evidence.text()
    assert checked.panel.evidence.textFormat() is Qt.TextFormat.PlainText
    assert checked.panel.evidence.text().index("For:") < checked.panel.evidence.text().index(
        "Against:"
    )


def test_the_current_claim_stands_out_in_the_text_and_over_the_picture(
    pane: AltTextPane, checked: ClaimsCorner
) -> None:
    row = row_of(checked, "cat", ClaimState.SUPPORTED)
    checked.panel.choose(row)
    claim = checked.panel.rows[row].claim
    assert pane.editor.alt.lit == (claim.start, claim.end)
    assert "cat" in TEXT[claim.start : claim.end]
    canvas = pane.picture.canvas
    assert canvas.item(canvas.lit).label == claim.text
    once = row_of(checked, "mat", ClaimState.SEEN_ONCE)
    checked.panel.choose(once)
    assert canvas.lit is None, "nothing is known of where it is"


def test_a_box_under_the_pointer_lights_its_words_and_a_click_chooses_its_claim(
    pane: AltTextPane, checked: ClaimsCorner
) -> None:
    checked.panel.choose(row_of(checked, "mat", ClaimState.SEEN_ONCE))
    canvas = pane.picture.canvas
    box = canvas.items[0].key
    canvas.pointed.emit(box)
    first = checked.panel.rows[box].claim
    assert pane.editor.alt.lit == (first.start, first.end)
    canvas.pointed.emit(None)
    assert pane.editor.alt.lit != (first.start, first.end)
    canvas.chosen.emit(box)
    assert checked.panel.current is not None
    assert checked.panel.current.claim == first


def test_pointing_at_a_row_lights_its_box(pane: AltTextPane, checked: ClaimsCorner) -> None:
    rows, canvas = checked.panel.list, pane.picture.canvas
    checked.panel.choose(row_of(checked, "mat", ClaimState.SEEN_ONCE))
    box = canvas.items[1].key
    rows.pointed.emit(box)
    assert canvas.lit == box
    leave = QMouseEvent(
        QEvent.Type.Leave, QPointF(), QPointF(), Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(rows, leave)
    assert canvas.lit is None


def test_arrow_keys_over_the_picture_walk_the_claims_that_have_a_place(
    pane: AltTextPane, checked: ClaimsCorner, qtbot: QtBot
) -> None:
    canvas = pane.picture.canvas
    canvas.setFocus()
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right):
        qtbot.keyClick(canvas, key)
        assert checked.panel.list.currentRow() == canvas.current
    assert canvas.current is not None
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert checked.panel.list.hasFocus()


def test_folding_the_claims_takes_the_boxes_away(pane: AltTextPane, checked: ClaimsCorner) -> None:
    assert pane.picture.canvas.items
    checked.section.set_open(False)
    assert pane.picture.canvas.items == ()
    assert pane.editor.alt.lit is None
    checked.section.set_open(True)
    assert pane.picture.canvas.items


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_S])
def test_striking_rebuilds_the_text_and_ctrl_z_brings_it_back(
    pane: AltTextPane, checked: ClaimsCorner, qtbot: QtBot, key: Qt.Key
) -> None:
    checked.panel.list.setFocus()
    checked.panel.choose(row_of(checked, "flag"))
    count = len(checked.panel.rows)
    qtbot.keyClick(checked.panel.list, key)
    qtbot.waitUntil(lambda: "flag" not in pane.editor.alt.text)
    assert pane.editor.alt.text == "A brown dog and a cat sit on a red mat."
    assert len(checked.panel.rows) < count
    assert checked.panel.note.text() == "", "what is left is as well known as before"
    assert any(row.claim.state is ClaimState.SUPPORTED for row in checked.panel.rows)
    qtbot.keyClick(checked.panel.list, Qt.Key.Key_Z, CONTROL)
    assert pane.editor.alt.text == TEXT
    assert len(checked.panel.rows) == count
    assert checked.panel.note.text() == ""
    assert pane.desk.changes.undo_text == "", "no other change was taken back"
    redo = Qt.KeyboardModifier.ShiftModifier | CONTROL
    qtbot.keyClick(checked.panel.list, Qt.Key.Key_Z, redo)
    assert "flag" not in pane.editor.alt.text


def test_a_struck_text_is_kept(
    pane: AltTextPane, checked: ClaimsCorner, alttext: FakeAltTexts, qtbot: QtBot
) -> None:
    checked.strike(row_of(checked, "flag"))
    number = pane.session.current_id
    qtbot.waitUntil(
        lambda: (
            alttext.sets.image(number).text("en").alt == "A brown dog and a cat sit on a red mat."
        )
    )


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_A])
def test_approving_marks_the_claim_and_goes_on(
    checked: ClaimsCorner, qtbot: QtBot, key: Qt.Key
) -> None:
    checked.panel.list.setFocus()
    checked.panel.choose(0)
    qtbot.keyClick(checked.panel.list, key)
    assert checked.panel.list.item(0).text().startswith(strings.CLAIM_APPROVED)
    assert checked.panel.list.currentRow() == 1
    checked.panel.choose(0)
    assert checked.panel.approve.text() == strings.TAKE_APPROVAL_BACK
    checked.panel.approve.click()
    assert not checked.panel.list.item(0).text().startswith(strings.CLAIM_APPROVED)


def test_a_changed_text_marks_the_claims_as_outdated_until_it_is_back(
    pane: AltTextPane, checked: ClaimsCorner, qtbot: QtBot
) -> None:
    qtbot.keyClick(pane.editor.alt.box, Qt.Key.Key_End, CONTROL)
    qtbot.keyClick(pane.editor.alt.box, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: checked.panel.note.text() == strings.OUTDATED)
    assert pane.editor.alt.lit is None, "the places are those of another text"
    pane.editor.alt.box.undo()
    qtbot.waitUntil(lambda: checked.panel.note.text() == "")


def test_striking_from_a_changed_text_leaves_what_was_typed(
    pane: AltTextPane, checked: ClaimsCorner, qtbot: QtBot
) -> None:
    pane.editor.alt.put_text(f"{TEXT} It is a day in May.")
    checked.show()
    checked.strike(row_of(checked, "flag"))
    qtbot.waitUntil(lambda: "flag" not in pane.editor.alt.text)
    assert pane.editor.alt.text.endswith("It is a day in May.")
    assert checked.panel.note.text() == strings.OUTDATED
    assert not any("flag" in row.claim.text for row in checked.panel.rows)


def test_both_texts_are_checked_and_struck_each_in_its_field(
    pane: AltTextPane, claims: ClaimsCorner, qtbot: QtBot
) -> None:
    pane.editor.alt.put_text("A brown dog")
    pane.editor.extended.put_text("A cat sits on a chair. There is a flag.")
    claims.check()
    qtbot.waitUntil(lambda: not claims.task.is_running)
    fields = {row.field for row in claims.panel.rows}
    assert fields == {Field.ALT, Field.EXTENDED}
    assert any("(extended description)" in claims.panel.list.item(n).text()
               for n in range(claims.panel.list.count()))  # fmt: skip
    claims.strike(row_of(claims, "flag"))
    qtbot.waitUntil(lambda: "flag" not in pane.editor.extended.text)
    assert pane.editor.alt.text == "A brown dog"


def test_an_approved_text_is_not_struck(
    pane: AltTextPane, checked: ClaimsCorner, alttext: FakeAltTexts, qtbot: QtBot
) -> None:
    first = pane.session.current_id
    pane.corner.decide(Decision.INFORMATIVE)
    pane.corner.approve()
    qtbot.waitUntil(lambda: alttext.sets.image(first).text("en").state is AltState.APPROVED)
    qtbot.waitUntil(lambda: pane.session.current_id != first)
    pane.queue.choose(first)
    qtbot.waitUntil(lambda: pane.session.text.state is AltState.APPROVED)
    checked.show()
    checked.strike(row_of(checked, "flag"))
    qtbot.wait(50)
    assert pane.editor.alt.text == TEXT


def test_each_image_has_its_own_claims(
    pane: AltTextPane, checked: ClaimsCorner, qtbot: QtBot
) -> None:
    pane.step(1)
    assert checked.panel.rows == ()
    assert pane.picture.canvas.items == ()
    assert checked.panel.note.text() == strings.NOT_CHECKED
    pane.step(-1)
    qtbot.waitUntil(lambda: bool(checked.panel.rows))
    assert pane.picture.canvas.items


def test_escape_stops_the_check(
    pane: AltTextPane, claims: ClaimsCorner, alttext: FakeAltTexts, qtbot: QtBot
) -> None:
    alttext.checking.gate.clear()
    pane.editor.alt.put_text(TEXT)
    claims.check()
    qtbot.waitUntil(lambda: "0 of" in claims.panel.note.text())
    assert pane.desk.work.running
    assert claims.panel.stop.isVisible()
    assert pane.back()
    qtbot.waitUntil(lambda: not claims.task.is_running)
    assert claims.panel.rows == ()
    assert not pane.desk.work.running
    assert not claims.panel.stop.isVisible()


def test_a_failed_check_is_told(
    pane: AltTextPane, claims: ClaimsCorner, alttext: FakeAltTexts, qtbot: QtBot
) -> None:
    alttext.checking.error = ModelUnknown(model="gone", known=())
    pane.editor.alt.put_text(TEXT)
    with qtbot.waitSignal(pane.desk.work.ended) as ended:
        claims.check()
    assert "gone" in ended.args[0]
    assert claims.panel.check.isEnabled()


def test_without_a_text_nothing_is_checked(
    pane: AltTextPane, claims: ClaimsCorner, alttext: FakeAltTexts
) -> None:
    claims.check()
    assert not claims.task.is_running
    assert alttext.checking.asked == []


def test_the_words_are_explained(claims: ClaimsCorner) -> None:
    claims.section.set_open(True)
    assert not claims.panel.meaning.isVisible()
    claims.panel.explain.click()
    assert claims.panel.meaning.isVisible()


def test_what_was_checked_comes_into_view(pane: AltTextPane, checked: ClaimsCorner) -> None:
    scroll, section = pane.editor.scroll, checked.section
    pane.window().resize(1024, 640)
    pane.queue.focus_list()
    scroll.verticalScrollBar().setValue(0)

    def place() -> tuple[int, int]:
        """The section's first and last row of pixels in what shows."""
        top = section.mapTo(scroll.viewport(), section.rect().topLeft()).y()
        return top, top + section.height()

    QApplication.processEvents()
    assert place()[1] > scroll.viewport().height(), "not all of it shows"
    checked._checked(pane.session.current_id, "en", {})
    QApplication.processEvents()
    top, bottom = place()
    assert top >= 0
    assert bottom <= scroll.viewport().height() or top <= measures().space[3]


def test_taking_back_a_strike_says_what_the_text_is_again(
    pane: AltTextPane, checked: ClaimsCorner, qtbot: QtBot
) -> None:
    checked.strike(row_of(checked, "flag"))
    qtbot.waitUntil(lambda: "flag" not in pane.editor.alt.text)
    qtbot.keyClick(checked.panel.list, Qt.Key.Key_Z, CONTROL)
    assert pane.window().status.text.text() == f"The text is again: {TEXT}"


def test_what_needs_no_text_has_no_claims(
    pane: AltTextPane, claims: ClaimsCorner, qtbot: QtBot
) -> None:
    assert claims.section.isVisible()
    pane.corner.decide(Decision.DECORATIVE)
    qtbot.waitUntil(lambda: not claims.section.isVisible())
    assert not pane.extras.go_claims.isEnabled()
    assert not claims.can_check
