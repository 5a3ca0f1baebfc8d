"""What goes out, as what, and of which documents; in a redacted copy, what is to be gone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.documents.entries import Entry, Key
from vlm_desktop.gui.strings import documents_export as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.dialog_size import TallEnough
from vlm_desktop.gui.widgets.plain_dialog import PlainDialog
from vlm_desktop.gui.widgets.typing_undo import TypingLine

TABLES = ("csv", "xlsx", "json")
ONE, REVIEWED, ALL = "one", "reviewed", "all"
_KEY = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True, slots=True)
class ExportWish:
    """`kind` is a key of `strings.KINDS`, `which` one of `ONE`, `REVIEWED`, `ALL`.

    `fields` and `texts` are what is to be gone from a redacted copy.
    """

    kind: str
    which: str = ONE
    ungrounded: bool = False
    fields: tuple[Key, ...] = ()
    texts: tuple[str, ...] = ()


class ExportDialog(PlainDialog):
    """Main thread. The file is asked for by whoever takes the wish."""

    def __init__(
        self,
        entries: Sequence[Entry],
        reviewed: int,
        read: int,
        take: Callable[[ExportWish], object],
        parent: QWidget,
    ) -> None:
        super().__init__(strings.EXPORT_TITLE, strings.EXPORT_HINT, parent)
        self._take = take
        self.kind = self._box(strings.KIND)
        for key, words in strings.KINDS.items():
            self.kind.addItem(words, key)
        self.about = QLabel(self)
        self.about.setObjectName("hint")
        self.about.setWordWrap(True)
        self.which = self._box(strings.WHICH)
        self.which.addItem(strings.WHICH_ONE, ONE)
        if reviewed:
            self.which.addItem(fill(strings.WHICH_REVIEWED, count=reviewed), REVIEWED)
        self.which.addItem(fill(strings.WHICH_ALL, count=read), ALL)
        self.ungrounded = QCheckBox(strings.UNGROUNDED, self)
        self.ungrounded.setToolTip(strings.UNGROUNDED_TIP)
        self.ungrounded.setAccessibleDescription(strings.UNGROUNDED_TIP)
        self._build_redacting(entries)
        self.trouble = QLabel(self)
        self.trouble.setObjectName("bad")
        self.trouble.setWordWrap(True)
        self.trouble.hide()
        self.form = QFormLayout()
        self.form.setSpacing(measures().space[1])
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for label, field in (
            (strings.KIND, self.kind),
            ("", self.about),
            (strings.WHICH, self.which),
            (strings.REDACT, self.fields),
            (strings.REDACT_TEXT, self.texts),
        ):
            self.form.addRow(label, field)
        self.lay_out((self.form, self.ungrounded, self.trouble), strings.GO, self.take)
        self.go.setDefault(True)
        self.kind.currentIndexChanged.connect(lambda _: self._show_state())
        self._show_state()
        TallEnough(self, measures().tile * 3)
        self.kind.setFocus()

    def _build_redacting(self, entries: Sequence[Entry]) -> None:
        self.fields = QListWidget(self)
        self.fields.setAccessibleName(strings.REDACT_NAME)
        self.fields.setFixedHeight(measures().tile // 2 + measures().space[4])
        for one in entries:
            if one.value is not None and one.value.evidence:
                words = fill(strings.REDACT_ROW, field=one.label, text=one.value.raw or one.text)
                item = QListWidgetItem(words, self.fields)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(Qt.CheckState.Unchecked)
                item.setData(_KEY, list(one.key))
        self.texts: QLineEdit = TypingLine(self)
        self.texts.setPlaceholderText(strings.REDACT_TEXT_HINT)
        self.texts.setAccessibleName(strings.REDACT_TEXT.replace("&", ""))

    def _box(self, name: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name.replace("&", ""))
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        return box

    def choose(self, kind: str) -> None:
        self.kind.setCurrentIndex(max(0, self.kind.findData(kind)))

    @property
    def wish(self) -> ExportWish:
        kind = self.kind.currentData()
        items = [self.fields.item(row) for row in range(self.fields.count())]
        keys = [one.data(_KEY) for one in items if one.checkState() == Qt.CheckState.Checked]
        texts = [one.strip() for one in self.texts.text().split(";")]
        redacted = kind == "redacted"
        return ExportWish(
            kind,
            self.which.currentData() if kind in TABLES else ONE,
            self.ungrounded.isChecked(),
            tuple((name, row) for name, row in keys) if redacted else (),
            tuple(one for one in texts if one) if redacted else (),
        )

    def _show_state(self) -> None:
        """Only what matters for the kind is there to be chosen."""
        kind = self.kind.currentData()
        self.about.setText(strings.KIND_HINTS[kind])
        self.kind.setAccessibleDescription(strings.KIND_HINTS[kind])
        self.form.setRowVisible(self.which, kind in TABLES)
        self.ungrounded.setVisible(kind in TABLES)
        for field in (self.fields, self.texts):
            self.form.setRowVisible(field, kind == "redacted")
        self.trouble.hide()

    def take(self) -> None:
        wish = self.wish
        if wish.kind == "redacted" and not wish.fields and not wish.texts:
            self.trouble.setText(strings.NOTHING_CHOSEN)
            self.trouble.show()
            return
        self._take(wish)
        self.accept()
