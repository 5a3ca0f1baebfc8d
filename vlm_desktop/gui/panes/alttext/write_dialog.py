"""Which approved texts go into files, where exactly they go, and what is kept."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QGroupBox,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.altfiles import Naming, Where, WriteOptions
from vlm_desktop.base.alttext import AltImage
from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import alttext_files as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.dialog_size import TallEnough
from vlm_desktop.gui.widgets.plain_dialog import PlainDialog


@dataclass(frozen=True, slots=True)
class Writable:
    """Images that can be written: the one that is worked on, if it is among them, and all.

    `on_pages` are approved, and left out since their pages speak for them.
    """

    current: AltImage | None
    current_name: str
    images: tuple[AltImage, ...]
    on_pages: int = 0


class WriteDialog(PlainDialog):
    """Says what will happen before it does. Main thread."""

    def __init__(
        self,
        what: Writable,
        take: Callable[[tuple[AltImage, ...], WriteOptions], object],
        parent: QWidget,
    ) -> None:
        super().__init__(strings.WRITE_TITLE, strings.WRITE_HINT, parent)
        self._what, self._take = what, take
        self._build_which()
        self._build_where()
        self.note = QLabel(self)
        self.note.setObjectName("hint")
        self.note.setWordWrap(True)
        self.note.setText(self._note())
        self.note.setVisible(bool(self.note.text()))
        parts = (self.which, self.where_box, self.backup, self.times, self.signed, self.note)
        self.lay_out(parts, "", self.take)
        TallEnough(self, measures().tile * 3)
        self._show_state()
        chosen = self.this if self.this.isEnabled() else self.all
        chosen.setFocus()

    def _build_which(self) -> None:
        what = self._what
        self.which = QGroupBox(strings.WRITE_WHICH, self)
        self.this = QRadioButton(
            fill(strings.WRITE_THIS, name=unmarked(what.current_name)), self.which
        )
        self.all = QRadioButton(fill(strings.WRITE_ALL, count=len(what.images)), self.which)
        self.this.setEnabled(what.current is not None)
        self.all.setEnabled(bool(what.images))
        (self.this if what.current is not None else self.all).setChecked(True)
        self._column(self.which, self.this, self.all)
        self.this.toggled.connect(lambda _: self._show_state())

    def _build_where(self) -> None:
        self.where_box = QGroupBox(strings.WRITE_WHERE, self)
        self.where = QButtonGroup(self)
        buttons = []
        for number, where in enumerate((Where.AUTO, Where.SIDECAR)):
            button = QRadioButton(strings.WHERE[where], self.where_box)
            button.setToolTip(strings.WHERE_TIPS[where])
            button.setAccessibleDescription(strings.WHERE_TIPS[where])
            self.where.addButton(button, number)
            buttons.append(button)
        buttons[0].setChecked(True)
        self.sidecar = buttons[1]
        self.naming_label = QLabel(strings.WRITE_NAMING, self.where_box)
        self.naming = QComboBox(self.where_box)
        self.naming_label.setBuddy(self.naming)
        self.naming.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        name, stem = self._example()
        for naming in Naming:
            self.naming.addItem(fill(strings.NAMINGS[naming], name=name, stem=stem), naming.value)
        self._column(self.where_box, *buttons, self.naming_label, self.naming)
        self.backup = QCheckBox(fill(strings.WRITE_BACKUP, name=unmarked(name)), self)
        self.times = QCheckBox(strings.WRITE_TIMES, self)
        self.signed = QCheckBox(strings.WRITE_SIGNED, self)
        self.where.buttonToggled.connect(lambda *_: self._show_state())

    def _column(self, box: QGroupBox, *parts: QWidget) -> None:
        column = QVBoxLayout(box)
        column.setSpacing(measures().space[0])
        for one in parts:
            column.addWidget(one)

    def _example(self) -> tuple[str, str]:
        """File name and stem of an image that is written."""
        first = self._what.current or next(iter(self._what.images), None)
        path = first.path if first is not None else None
        return (path.name, path.stem) if path is not None else ("photo.jpg", "photo")

    def _note(self) -> str:
        what, said = self._what, []
        if what.current is None and what.current_name:
            said.append(fill(strings.WRITE_THIS_NOT, name=what.current_name))
        if not what.images:
            said = [strings.WRITE_NONE]
        if what.on_pages:
            said.append(
                strings.counted(strings.WRITE_LEFT_OUT_ONE, strings.WRITE_LEFT_OUT, what.on_pages)
            )
        return " ".join(said)

    # --- what is chosen ------------------------------------------------------------------

    @property
    def images(self) -> tuple[AltImage, ...]:
        current = self._what.current
        return (current,) if self.this.isChecked() and current is not None else self._what.images

    @property
    def options(self) -> WriteOptions:
        sidecar = self.sidecar.isChecked()
        # A sidecar that is there is taken whatever it is called, unless a person says otherwise.
        naming = Naming(self.naming.currentData())
        return WriteOptions(
            where=Where.SIDECAR if sidecar else Where.AUTO,
            naming=None if naming is Naming.FULL else naming,
            backup=self.backup.isChecked() and not sidecar,
            keep_times=self.times.isChecked() and not sidecar,
            break_signature=self.signed.isChecked() and not sidecar,
        )

    def _show_state(self) -> None:
        count = len(self.images)
        self.go.setText(strings.counted(strings.WRITE_GO_ONE, strings.WRITE_GO, count))
        self.go.setEnabled(bool(count))
        for one in (self.backup, self.times, self.signed):
            one.setEnabled(not self.sidecar.isChecked())

    def take(self) -> None:
        """Hand on what is chosen."""
        self._take(self.images, self.options)
        self.accept()


def unmarked(name: str) -> str:
    """A name on a button, where "&" would mark a key."""
    return name.replace("&", "&&")
