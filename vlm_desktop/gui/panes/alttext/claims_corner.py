"""The claims over the session: checked on demand, approved, struck, shown in text and picture."""

from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, Qt, QTimer
from PySide6.QtWidgets import QWidget

from vlm_desktop.base.altchecks import ClaimState, Field, Ledger
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.alttext.claims_panel import ClaimRow, ClaimsPanel
from vlm_desktop.gui.panes.alttext.editor_corner import needs_text
from vlm_desktop.gui.panes.alttext.editor_panel import EditorPanel
from vlm_desktop.gui.panes.alttext.known_ledgers import KnownLedgers, Place
from vlm_desktop.gui.panes.alttext.session import AltSession
from vlm_desktop.gui.panes.alttext.text_field import TextField
from vlm_desktop.gui.strings import alttext_checks as strings
from vlm_desktop.gui.widgets.long_task import LongTask
from vlm_desktop.gui.widgets.overlay_canvas import OverlayCanvas
from vlm_desktop.gui.widgets.overlay_items import Line, OverlayItem, Tone
from vlm_desktop.jobs import ANSWERS

if TYPE_CHECKING:
    from vlm_desktop.engine.alttext.checking import Checker

Found = dict[Field, Ledger]
_REST_MS = 250
_LOOKS = {
    ClaimState.SUPPORTED: (Tone.GOOD, Line.WHOLE),
    ClaimState.DISPUTED: (Tone.BAD, Line.DASHED),
    ClaimState.SEEN_ONCE: (Tone.CAREFUL, Line.DOTTED),
}


class ClaimsCorner(QObject):
    """Main thread; models look on their lane, sentences are rebuilt on an io lane."""

    def __init__(
        self, session: AltSession, editor: EditorPanel, canvas: OverlayCanvas, over: QWidget
    ) -> None:
        super().__init__(over)
        self._session, self._desk = session, session.desk
        self._editor, self._canvas = editor, canvas
        self.known = KnownLedgers()
        self.panel = ClaimsPanel(editor)
        self.section = editor.add_section("claims", strings.CLAIMS, self.panel, before="history")
        self.task = LongTask(self._desk, self)
        self._struck_in = Field.ALT
        self._soon = QTimer(self, singleShot=True, interval=_REST_MS)
        self._soon.timeout.connect(self.show)
        self._connect()
        self.show()

    def _connect(self) -> None:
        panel, rows = self.panel, self.panel.list
        self.task.changed.connect(self._show_running)
        panel.check_wanted.connect(self.check)
        panel.stop_wanted.connect(self.task.stop)
        rows.currentRowChanged.connect(self._light)
        rows.pointed.connect(self._point)
        rows.approved.connect(self.approve)
        rows.struck.connect(self.strike)
        rows.undo_wanted.connect(self._undo)
        rows.redo_wanted.connect(self._redo)
        self._canvas.pointed.connect(self._box_pointed)
        self._canvas.chosen.connect(self._box_chosen)
        self._canvas.current_changed.connect(lambda key: key is not None and panel.choose(key))
        rows.currentRowChanged.connect(self._canvas.set_current)
        self.section.folded.connect(lambda _: self.show())
        session = self._session
        session.chosen.connect(self.show)
        session.put.connect(lambda image: image.id == session.current_id and self._soon.start())
        for field in (self._editor.alt, self._editor.extended):
            field.box.textChanged.connect(self._soon.start)

    # --- checking ------------------------------------------------------------------------

    @property
    def has_place(self) -> bool:
        """Whether something is to be written, and so can be claimed."""
        image = self._session.current
        return image is not None and needs_text(image)

    @property
    def can_check(self) -> bool:
        return self.has_place and not self.task.is_running

    def check(self) -> None:
        """Look for evidence of what both texts say, as they stand there."""
        image, session = self._session.current, self._session
        if image is None or not self.can_check:
            return
        self.section.set_open(True)
        self._show_in_view()
        texts = {field: self._field(field).text for field in Field}
        if not any(one.strip() for one in texts.values()):
            self._desk.say(strings.NOTHING_TO_CHECK)
            return
        if image.path is None or image.missing:
            self._desk.say(strings.NO_PICTURE)
            return
        path, context, language = image.path, image.context, session.language
        names, number = session.brief.names, image.id

        def verb(cancel: CancelToken) -> Generator[Event, None, Found]:
            checking = session.desk.services.alttext.checking
            whole = "\n".join(one for one in texts.values() if one.strip())
            found = yield from checking.ledger(
                path, whole, cancel, context=context, names=names, language=language
            )
            return _by_field(checking, found, texts, language)

        self.task.run(
            fill(strings.CHECKING, name=image.name),
            verb,
            lambda found: self._checked(number, language, found),
            lane=ANSWERS,
            stopped=lambda: strings.CHECK_STOPPED,
        )

    def _checked(self, image_id: int, language: str, found: Found) -> str:
        for field, ledger in found.items():
            self.known.keep((image_id, language, field), ledger)
        self.show()
        self._show_in_view()
        counts = dict.fromkeys(ClaimState, 0)
        for ledger in found.values():
            for one in ledger.claims:
                counts[one.state] += 1
        return strings.summary(counts)

    def _show_running(self) -> None:
        self.panel.show_running(self.task.words)
        if not self.task.is_running:
            self.show()

    # --- what is shown -------------------------------------------------------------------

    def show(self) -> None:
        """The claims of the texts as they stand there now, and their boxes."""
        self._soon.stop()
        self.section.setVisible(self.has_place)
        rows, note = self._rows()
        self.panel.show_rows(rows, note)
        self.panel.check.setText(strings.CHECK_AGAIN if rows else strings.CHECK)
        self.panel.check.setEnabled(self.can_check)
        self.section.heading.setText(strings.claims_title(len(rows)))
        if self.task.is_running:
            self.panel.show_running(self.task.words)
        self._show_boxes()

    def _rows(self) -> tuple[list[ClaimRow], str]:
        session = self._session
        place, is_known, is_outdated = (session.current_id, session.language), False, False
        rows = []
        for field in Field:
            text = self._field(field).text
            ledger, is_same = self.known.of((*place, field), text)
            is_known |= ledger is not None
            is_outdated |= not is_same and (ledger is not None or bool(text.strip()))
            for number, claim in enumerate(ledger.claims if ledger is not None else ()):
                approved = self.known.is_approved(*place, claim)
                rows.append(ClaimRow(field, number, claim, approved, is_same))
        if not is_known:
            return [], strings.NOT_CHECKED
        if is_outdated:
            return rows, strings.OUTDATED
        if rows and all(row.claim.kind == "other" and not row.claim.evidence for row in rows):
            return rows, strings.NOT_JUDGED
        return rows, "" if rows else strings.NO_CLAIMS

    def _show_boxes(self) -> None:
        boxes = []
        for number, row in enumerate(self.panel.rows if self.section.is_open else ()):
            box = next((one.box for one in row.claim.evidence if one.box is not None), None)
            if box is not None:
                where = QRectF(box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0)
                boxes.append(box_of_claim(number, where, row.claim.text, row.claim.state))
        if tuple(boxes) != self._canvas.items:
            self._canvas.show_items(boxes)
        self._light(self.panel.list.currentRow())

    def _light(self, number: int) -> None:
        """Have a row's words stand out in its field, and its box over the picture."""
        row = self.panel.row(number) if self.section.is_open else None
        for field in Field:
            own = row is not None and row.field is field and row.is_placed
            start, end = (row.claim.start, row.claim.end) if own and row is not None else (0, 0)
            self._field(field).light(start, end)
        self._canvas.light(number)

    def _point(self, number: int) -> None:
        self._light(number if number >= 0 else self.panel.list.currentRow())

    def _box_pointed(self, number: int | None) -> None:
        self._light(self.panel.list.currentRow() if number is None else number)

    def _box_chosen(self, number: int) -> None:
        self.panel.choose(number)
        self.panel.list.setFocus(Qt.FocusReason.MouseFocusReason)

    def focus(self) -> None:
        """Open the claims and go there."""
        self.section.set_open(True)
        wanted = self.panel.list if self.panel.rows else self.panel.check
        wanted.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._editor.scroll.show_whole(self.section)

    def _show_in_view(self) -> None:
        """What was asked for is looked at, unless one is writing meanwhile."""
        texts = (self._editor.alt.box, self._editor.extended.box)
        if not any(one.hasFocus() for one in texts):  # once it is laid out
            QTimer.singleShot(0, self, lambda: self._editor.scroll.show_whole(self.section))

    def _field(self, field: Field) -> TextField:
        return self._editor.alt if field is Field.ALT else self._editor.extended

    # --- approve and strike --------------------------------------------------------------

    def approve(self, number: int) -> None:
        """A person knows that it is true; again takes that back."""
        row, session = self.panel.row(number), self._session
        if row is None:
            return
        approved = self.known.approve(session.current_id, session.language, row.claim)
        self.show()
        form = strings.APPROVED_CLAIM if approved else strings.APPROVAL_BACK
        announce(self.panel.list, fill(form, claim=row.claim.text))
        if approved:
            self.panel.choose(number + 1)

    def strike(self, number: int) -> None:
        """Rebuild the text without the claim, as if it were typed: undo brings it back."""
        row, session = self.panel.row(number), self._session
        if row is None:
            return
        field = self._field(row.field)
        if field.box.isReadOnly():
            self._desk.say(strings.STRIKE_LOCKED)
            return
        place = (session.current_id, session.language, row.field)
        text, language = field.text, session.language
        ledger, _ = self.known.of(place, text)
        if ledger is None or not 0 <= row.number < len(ledger.claims):
            return
        known, index = ledger, row.number

        def rebuild() -> Ledger:
            checking = session.desk.services.alttext.checking
            left = checking.strike(text, known, [index], language)
            return checking.follow(known, left, language)

        def done(after: Ledger) -> None:
            same = (session.current_id, session.language) == place[:2]
            if same and field.text == text and not field.box.isReadOnly():
                self._struck(place, known, after, row, number)

        self._desk.fetch(rebuild, done, failed=session.failed.emit, latest="alttext-strike")

    def _struck(
        self, place: Place, before: Ledger, after: Ledger, row: ClaimRow, number: int
    ) -> None:
        if self._field(row.field).text == before.text:
            self.known.keep(place, after)
        else:  # parts of the text were never checked: only this claim goes
            left = tuple(one for one in before.claims if one is not row.claim)
            self.known.keep(place, replace(before, claims=left))
        self._struck_in = row.field
        self._field(row.field).put_text(after.text)
        self.show()
        self.panel.choose(min(number, len(self.panel.rows) - 1))
        form = strings.STRUCK if after.text else strings.STRUCK_ALL
        self._desk.say(fill(form, claim=row.claim.text, text=after.text))

    def _undo(self) -> None:
        box = self._field(self._struck_in).box
        if box.document().isUndoAvailable() and not box.isReadOnly():
            box.undo()
            self._went_back()
        else:
            self._desk.changes.undo()

    def _went_back(self) -> None:
        self.show()
        self._desk.say(fill(strings.TEXT_AGAIN, text=self._field(self._struck_in).text))

    def _redo(self) -> None:
        box = self._field(self._struck_in).box
        if box.document().isRedoAvailable() and not box.isReadOnly():
            box.redo()
            self._went_back()
        else:
            self._desk.changes.redo()


def box_of_claim(number: int, box: QRectF, text: str, state: ClaimState) -> OverlayItem:
    """Where a claim is to be seen; its state is told by the line, too."""
    tone, line = _LOOKS[state]
    return OverlayItem(number, text, box=box, line=line, tone=tone)


def _by_field(checking: "Checker", found: Ledger, texts: dict[Field, str], language: str) -> Found:
    """What was found of both texts together, apart again."""
    return {
        field: found if found.text == text else checking.follow(found, text, language)
        for field, text in texts.items()
        if text.strip()
    }
