"""The recipe as a file and as text."""

from pathlib import Path

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.train.recipe_book import RecipeBook, Said
from vlm_desktop.gui.strings import shell as shell_strings
from vlm_desktop.gui.strings import train_recipe as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.dialog_size import fit_to

_WIDE, _HIGH = 640, 560
_SUFFIX = ".toml"


class TextDialog(QDialog):
    """The whole recipe, to read and copy. Main thread."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(strings.TEXT_TITLE)
        hint = QLabel(strings.TEXT_HINT, self)
        hint.setObjectName("muted")
        hint.setWordWrap(True)
        self.text = QPlainTextEdit(text, self)
        self.text.setReadOnly(True)
        self.text.setAccessibleName(strings.TEXT_TITLE)
        self.text.setTabChangesFocus(True)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(measures().type_body)
        self.text.setFont(font)
        self.copy = QPushButton(strings.COPY, self)
        self.shut = QPushButton(shell_strings.CLOSE, self)
        self.shut.setObjectName("primary")
        self.shut.setDefault(True)
        self.shut.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.copy)
        buttons.addWidget(self.shut)
        space = measures().space
        column = QVBoxLayout(self)
        column.setContentsMargins(space[3], space[3], space[3], space[3])
        column.setSpacing(space[2])
        column.addWidget(hint)
        column.addWidget(self.text, 1)
        column.addLayout(buttons)
        fit_to(self, parent, _WIDE, _HIGH)


class RecipeFiles:
    """Main thread; files are read and written on the lane io."""

    def __init__(self, book: RecipeBook, over: QWidget) -> None:
        self._book = book
        self._over = over
        self._desk = book.session.desk
        self._last = ""

    def choose_to_load(self) -> None:
        kinds = f"{strings.RECIPES} (*{_SUFFIX})"
        name, _ = QFileDialog.getOpenFileName(self._over, strings.LOAD_TITLE, self._last, kinds)
        if name:
            self.load(Path(name))

    def load(self, path: Path) -> None:
        """Take a file's recipe; that can be undone."""
        services = self._desk.services

        def done(said: Said) -> None:
            self._last = str(path)
            self._book.take(fill(strings.CHANGE_FILE, name=path.name), said)
            kept = self._book.session.set
            data = kept.name if kept is not None else ""
            self._desk.say(fill(strings.LOADED, name=path.name, data=data))

        self._desk.fetch(lambda: services.training.choosing.open(path), done)

    def choose_to_save(self) -> None:
        kept = self._book.session.set
        name = fill(strings.SUGGESTED_FILE, name=kept.name if kept is not None else "")
        begin = str(Path(self._last).parent / name) if self._last else name
        kinds = f"{strings.RECIPES} (*{_SUFFIX})"
        chosen, _ = QFileDialog.getSaveFileName(self._over, strings.SAVE_TITLE, begin, kinds)
        if chosen:
            self.save(Path(chosen))

    def save(self, path: Path) -> None:
        """Write the whole recipe."""
        if not path.suffix:
            path = path.with_suffix(_SUFFIX)
        services, said = self._desk.services, self._book.session.recipe_said()

        def done(_: None) -> None:
            self._last = str(path)
            self._desk.say(fill(strings.SAVED, name=path.name))

        self._desk.fetch(lambda: services.training.choosing.save(said, path), done)

    def show_text(self) -> None:
        """The whole recipe in a dialog."""
        if self._book.look is None:
            return
        dialog = TextDialog(self._book.look.text, self._over)
        dialog.copy.clicked.connect(lambda: self._copy(dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _copy(self, dialog: TextDialog) -> None:
        QApplication.clipboard().setText(dialog.text.toPlainText())
        self._desk.say(strings.COPIED)
