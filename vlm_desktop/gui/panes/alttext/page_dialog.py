"""What writing back into a page would change, line by line, before anything is written."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFontDatabase, QTextCharFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import QCheckBox, QLabel, QPlainTextEdit, QWidget

from vlm_desktop import strings as sentences
from vlm_desktop.base.altpages import PageEdit, PagePlan
from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import alttext_files as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.widgets.dialog_size import fit_to
from vlm_desktop.gui.widgets.plain_dialog import PlainDialog
from vlm_desktop.gui.widgets.word_list import WordList

_WIDE, _HIGH, _HIGHEST = 900, 600, 90
_SAME = "same"


class DiffView(QPlainTextEdit):
    """Lines that go and come, told by sign and by colour; plain text, whatever the lines hold."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.viewport().setFocusProxy(None)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setAccessibleName(strings.PAGE_CHANGES)
        self._edits: tuple[PageEdit, ...] = ()
        self._use_font()

    def show_edits(self, edits: Sequence[PageEdit]) -> None:
        self._edits = tuple(edits)
        chosen = colours_of(self.palette())
        head, goes, comes = QTextCharFormat(), QTextCharFormat(), QTextCharFormat()
        head.setForeground(QColor(chosen.text_muted))
        goes.setForeground(QColor(chosen.bad))
        comes.setForeground(QColor(chosen.good))
        self.clear()
        cursor = self.textCursor()
        for number, edit in enumerate(self._edits):
            cursor.insertText(("\n\n" if number else "") + edit_place(edit), head)
            for form, text, lines in (
                (goes, edit.before, strings.PAGE_LINE_GOES),
                (comes, edit.after, strings.PAGE_LINE_COMES),
            ):
                for line in text.splitlines():
                    cursor.insertText("\n" + fill(lines, line=line), form)
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _use_font(self) -> None:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(measures().type_body)
        self.setFont(font)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_edits"):
            self._use_font()
            self.show_edits(self._edits)


class PageDialog(PlainDialog):
    """Shows a plan; `take` is called with whether a copy is wanted. Main thread."""

    def __init__(
        self,
        plan: PagePlan,
        names: Mapping[str, str],
        take: Callable[[bool], object],
        parent: QWidget,
    ) -> None:
        title = fill(strings.PAGE_TITLE, name=plan.path.name)
        super().__init__(title, strings.PAGE_HINT, parent)
        count = len(plan.edits)
        self._take = take
        self.view = DiffView(self)
        self.view.show_edits(plan.edits)
        self.count = QLabel(
            strings.counted(strings.PAGE_COUNT_ONE, strings.PAGE_COUNT, count), self
        )
        self.count.setObjectName("fact")
        rows = staying(plan, names)
        self.stays_label = QLabel(strings.PAGE_STAYS, self)
        self.stays_label.setObjectName("fact")
        self.stays = WordList(_HIGHEST, self)
        self.stays.setAccessibleName(strings.PAGE_STAYS)
        self.stays.show_rows(rows)
        for one in (self.stays_label, self.stays):
            one.setVisible(bool(rows))
        self.backup = QCheckBox(strings.PAGE_BACKUP, self)
        self.backup.setChecked(True)
        parts = (self.view, self.count, self.stays_label, self.stays, self.backup)
        self.lay_out(parts, strings.counted(strings.PAGE_GO_ONE, strings.PAGE_GO, count), self.take)
        self.go.setEnabled(bool(count))
        fit_to(self, parent, _WIDE, _HIGH)
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def take(self) -> None:
        self._take(self.backup.isChecked())
        self.accept()


def edit_place(edit: PageEdit) -> str:
    """Which image it is, and where."""
    if edit.part:
        return fill(strings.PAGE_IN_PART, part=edit.part, name=edit.name)
    return fill(strings.PAGE_AT_LINE, line=edit.line, name=edit.name)


def staying(plan: PagePlan, names: Mapping[str, str]) -> list[str]:
    """Images that stay as they are though something was approved for them, and why; `names` are
    those of places."""
    return [
        fill(
            strings.PAGE_STAYS_ROW,
            name=names.get(place, place),
            reason=sentences.PAGE_SKIPPED.get(code, code),
        )
        for place, code in plan.skipped
        if code != _SAME
    ]
