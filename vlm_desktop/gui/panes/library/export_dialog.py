"""Export: which photos, as what, where to. The work itself goes on behind the closed dialog."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QFileDialog,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.filework import ExportKind, ExportOptions, SheetWords
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.library.exporting import start_export
from vlm_desktop.gui.strings import library as strings
from vlm_desktop.gui.strings import pages
from vlm_desktop.gui.theme import measures

if TYPE_CHECKING:
    from vlm_desktop.jobs import Job

Result = TypeVar("Result")

_WIDTH = 3
"""In tiles of the grid."""

_MEMORY = "export"


class ExportDialog(QDialog):
    """Asks, then hands over to `start_export`. Remembers the kind for the next time."""

    def __init__(
        self,
        desk: Desk,
        selected: Sequence[int],
        shown: Sequence[int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(strings.EXPORT_TITLE)
        self._desk = desk
        self._photos = (tuple(selected), tuple(shown))
        self._typed = False
        self._looking: Job | None = None
        self.finished.connect(lambda _: self._stop_looking())
        self.which = self._build_which()
        self.kinds = self._build_kinds()
        self.numbered = QCheckBox(strings.EXPORT_NUMBERED, self)
        self.sidecars = QCheckBox(strings.EXPORT_SIDECARS, self)
        self.sidecars.setChecked(True)
        self.target = QLineEdit(self)
        self.choose = QPushButton(strings.EXPORT_CHOOSE, self)
        self.problem = QLabel(self)
        self.problem.setObjectName("bad")
        self.problem.setWordWrap(True)
        self.go = QPushButton(strings.EXPORT_NOW, self)
        self.go.setObjectName("primary")
        self.go.setDefault(True)
        self.cancel = QPushButton(strings.CANCEL, self)
        self._lay_out()
        self._connect()
        self._restore()
        # Qt itself asks for no more height than the words need where they are not broken. Below
        # stays room for a problem.
        width = max(_WIDTH * measures().tile, self.minimumSizeHint().width())
        height = self.layout().totalHeightForWidth(width) + 2 * self.fontMetrics().lineSpacing()
        self.setMinimumSize(width, height)

    # --- building ------------------------------------------------------------------------

    def _build_which(self) -> QButtonGroup:
        """What is selected, where something is, else all that is shown."""
        selected, shown = self._photos
        group = QButtonGroup(self)
        for number, (form, ids) in enumerate(
            ((strings.EXPORT_SELECTED, selected), (strings.EXPORT_SHOWN, shown))
        ):
            button = QRadioButton(fill(form, count=pages.photos(len(ids))), self)
            button.setEnabled(bool(ids))
            group.addButton(button, number)
        group.button(0 if selected else 1).setChecked(True)
        return group

    def _build_kinds(self) -> QButtonGroup:
        group = QButtonGroup(self)
        words = {
            ExportKind.COPIES: (strings.EXPORT_COPIES, strings.EXPORT_COPIES_TIP),
            ExportKind.SHEET: (strings.EXPORT_SHEET, strings.EXPORT_SHEET_TIP),
            ExportKind.TABLE: (strings.EXPORT_TABLE, strings.EXPORT_TABLE_TIP),
            ExportKind.LIST: (strings.EXPORT_LIST, strings.EXPORT_LIST_TIP),
        }
        self._kinds = tuple(words)
        for number, (word, tip) in enumerate(words.values()):
            button = QRadioButton(word, self)
            button.setToolTip(tip)
            button.setAccessibleDescription(tip)
            group.addButton(button, number)
        return group

    def _lay_out(self) -> None:
        space = measures().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space[4], space[3], space[4], space[3])
        layout.setSpacing(space[2])
        layout.addWidget(_box(strings.EXPORT_WHAT, self.which.buttons(), self))
        kinds = _box(strings.EXPORT_AS, [], self)
        column = kinds.layout()
        assert isinstance(column, QVBoxLayout)
        for button in self.kinds.buttons():
            hint = QLabel(button.toolTip(), kinds)
            hint.setObjectName("hint")
            hint.setIndent(space[4])
            hint.setWordWrap(True)
            column.addWidget(button)
            column.addWidget(hint)
        layout.addWidget(kinds)
        layout.addWidget(self.numbered)
        layout.addWidget(self.sidecars)
        label = QLabel(strings.EXPORT_TARGET, self)
        label.setBuddy(self.target)
        row = QHBoxLayout()
        row.setSpacing(space[1])
        row.addWidget(self.target, 1)
        row.addWidget(self.choose)
        layout.addWidget(label)
        layout.addLayout(row)
        layout.addWidget(self.problem)
        layout.addStretch()
        layout.addSpacing(space[1])
        buttons = QHBoxLayout()
        buttons.setSpacing(space[1])
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.go)
        layout.addLayout(buttons)
        QWidget.setTabOrder(self.choose, self.cancel)
        QWidget.setTabOrder(self.cancel, self.go)

    def _connect(self) -> None:
        self.kinds.idToggled.connect(lambda _, checked: self._kind_changed() if checked else None)
        self.target.textEdited.connect(self._target_typed)
        self.choose.clicked.connect(self.choose_target)
        self.go.clicked.connect(self.export)
        self.cancel.clicked.connect(self.reject)

    def _restore(self) -> None:
        kept = self._desk.state.table(_MEMORY)
        kind = kept.get("kind")
        number = self._kinds.index(ExportKind(kind)) if kind in set(ExportKind) else 0
        self.numbered.setChecked(kept.get("numbered") is True)
        folder = kept.get("folder")
        self._folder = Path(folder) if isinstance(folder, str) and folder else _pictures()
        self.kinds.button(number).setChecked(True)
        self._kind_changed()
        self.kinds.button(number).setFocus()

    # --- what a person does --------------------------------------------------------------

    @property
    def kind(self) -> ExportKind:
        return self._kinds[self.kinds.checkedId()]

    def choose_target(self) -> None:
        """Ask the system's dialog for a folder, or for a file that is not there yet."""
        if self.kind is ExportKind.COPIES:
            name = QFileDialog.getExistingDirectory(
                self, strings.EXPORT_CHOOSE_FOLDER, str(self._folder)
            )
        else:
            files = {
                ExportKind.LIST: strings.LIST_FILES,
                ExportKind.TABLE: strings.TABLE_FILES,
                ExportKind.SHEET: strings.SHEET_FILES,
            }[self.kind]
            name, _ = QFileDialog.getSaveFileName(
                self,
                strings.EXPORT_CHOOSE_FILE,
                self.target.text(),
                files,
                options=QFileDialog.Option.DontConfirmOverwrite,
            )
        if name:
            self.target.setText(name)
            self._target_typed()

    def export(self) -> None:
        """Begin, unless something is amiss, which is then said. The disk is asked on a lane."""
        text = self.target.text().strip()
        if not text:
            self._refuse(strings.EXPORT_TARGET_MISSING)
            return
        target = Path(text).expanduser().absolute()
        info = self._desk.library.info
        roots = [one.root.path for one in info.roots] if info else []
        kind = self.kind

        def judged(problem: str) -> None:
            self.go.setEnabled(True)
            if problem:
                self._refuse(problem)
            else:
                self._begin(target)

        self._look(lambda: _problem(kind, target, roots), judged)
        self.go.setEnabled(False)

    def _refuse(self, problem: str) -> None:
        self._show_problem(problem)
        announce(self.problem, problem)
        self.target.setFocus()

    def _look(self, function: Callable[[], Result], done: Callable[[Result], None]) -> None:
        """Ask a disk on a lane; only the last question counts."""
        self._stop_looking()
        self._looking = self._desk.fetch(function, done)

    def _stop_looking(self) -> None:
        if self._looking is not None:
            self._looking.silence()
        self.go.setEnabled(True)

    def _begin(self, target: Path) -> None:
        ids = self._photos[self.which.checkedId()]
        self._remember(target)
        words = SheetWords(
            title=strings.SHEET_TITLE,
            count=pages.photos(len(ids)),
            no_picture=strings.SHEET_NO_PICTURE,
            language=strings.LANGUAGE_CODE,
        )
        options = ExportOptions(
            self.kind, target, self.numbered.isChecked(), self.sidecars.isChecked(), words
        )
        self.accept()
        start_export(self._desk, ids, options)

    # --- showing -------------------------------------------------------------------------

    def _kind_changed(self) -> None:
        copies = self.kind is ExportKind.COPIES
        self.numbered.setEnabled(copies)
        self.sidecars.setEnabled(copies)
        self._show_problem("")
        if not self._typed:
            wanted, usual = self._folder / _name(self.kind), self._folder == _pictures()
            self.target.setText(str(wanted))

            def suggest(free: Path) -> None:
                if self.target.text() == str(wanted):  # what was typed meanwhile stays
                    self.target.setText(str(free))

            self._look(lambda: _free(wanted, home=usual), suggest)

    def _target_typed(self) -> None:
        """Judged only when a person is through with it: every look at a disk may take long."""
        self._typed = True
        self._stop_looking()
        self._show_problem("")

    def _show_problem(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.target.setAccessibleDescription(problem)

    def _remember(self, target: Path) -> None:
        self._desk.state.put(
            _MEMORY,
            {
                "kind": self.kind.value,
                "numbered": self.numbered.isChecked(),
                "folder": str(target.parent),
            },
        )


def _problem(kind: ExportKind, target: Path, roots: Sequence[Path]) -> str:
    """What is amiss with a target, in words. Looks at the disk."""
    if kind is not ExportKind.COPIES:
        return strings.EXPORT_TARGET_TAKEN if target.exists() else ""
    if target.is_file():
        return strings.EXPORT_TARGET_TAKEN
    if any(target.is_relative_to(root) for root in roots):
        return strings.EXPORT_TARGET_INSIDE
    return ""


def _name(kind: ExportKind) -> str:
    """What the folder or file is called unless a person says otherwise."""
    return {
        ExportKind.COPIES: strings.EXPORT_FOLDER_NAME,
        ExportKind.LIST: strings.EXPORT_LIST_NAME,
        ExportKind.TABLE: strings.EXPORT_TABLE_NAME,
        ExportKind.SHEET: strings.EXPORT_SHEET_NAME,
    }[kind]


def _box(title: str, widgets: Sequence[QWidget], parent: QWidget) -> QGroupBox:
    box = QGroupBox(title, parent)
    box.setFlat(True)
    column = QVBoxLayout(box)
    column.setSpacing(measures().space[0])
    for widget in widgets:
        column.addWidget(widget)
    return box


def _pictures() -> Path:
    found = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    return Path(found) if found else Path.home()


def _free(path: Path, *, home: bool) -> Path:
    """The path, or with a number, where nothing is yet. Looks at the disk.

    With `home`, below the home folder where the path's own folder is not there.
    """
    if home and not path.parent.is_dir():
        path = Path.home() / path.name
    number = 2
    free = path
    while free.exists():
        free = path.with_name(f"{path.stem} {number}{path.suffix}")
        number += 1
    return free
