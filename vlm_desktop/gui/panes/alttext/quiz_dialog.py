"""The blind quiz: what the image answers, what the text answers, and what got lost between."""

from collections.abc import Callable, Generator

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QLabel,
    QProgressBar,
    QPushButton,
    QWidget,
)

from vlm_desktop.base.altchecks import Quiz, QuizLine
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.alttext.asking_dialog import AskingDialog
from vlm_desktop.gui.strings import alttext_checks as strings
from vlm_desktop.gui.widgets.dialog_size import fit_to

_WIDE, _HIGH = 640, 560
Ask = Callable[[CancelToken], Generator[Event, None, Quiz]]


class QuizDialog(AskingDialog):
    """Asks when it opens; what is not conveyed stands first. Main thread."""

    noted = Signal(str)
    """A fact that is to be kept with the image's notes."""

    def __init__(self, desk: Desk, name: str, ask: Ask, parent: QWidget) -> None:
        title = fill(strings.QUIZ_TITLE, name=name)
        super().__init__(desk, title, strings.QUIZ_LIST, parent)
        self._name, self._ask = name, ask
        self.lines: tuple[QuizLine, ...] = ()
        self._build()
        fit_to(self, parent, _WIDE, _HIGH)
        self.start()

    def _build(self) -> None:
        self.hint = self._label("muted")
        self.hint.setText(strings.QUIZ_HINT)
        self.summary = self._label("heading")
        self.how = self._label("hint")
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(strings.QUIZ_RUNNING)
        self.list.taken.connect(lambda _: self.note())
        self.copy = QPushButton(strings.QUIZ_COPY, self)
        self.copy.clicked.connect(self.copy_fact)
        self.add = QPushButton(strings.QUIZ_NOTE, self)
        self.add.setToolTip(strings.QUIZ_NOTE_TIP)
        self.add.clicked.connect(self.note)
        above = (self.hint, self.summary, self.how, self.progress)
        self.lay_out(above, (self.copy, self.add))

    def _label(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label

    # --- asking --------------------------------------------------------------------------

    def start(self) -> None:
        """Ask all questions, from the image and from the text."""
        self.show_none(strings.QUIZ_RUNNING)
        self.ask(fill(strings.QUIZ_WORK, name=self._name), self._ask, self._done)

    def _done(self, quiz: Quiz) -> str:
        missed = quiz.not_conveyed
        total = len(quiz.lines)
        how = strings.QUIZ_BY_RULES if quiz.by_rules else fill(
            strings.QUIZ_BY_MODEL, model=quiz.model_id
        )  # fmt: skip
        if missed:
            words = fill(strings.QUIZ_SOME, count=len(missed), total=total)
        elif total:
            words = fill(strings.QUIZ_ALL, count=total, total=total)
        else:
            words = strings.QUIZ_NOT_READ if quiz.by_rules else strings.QUIZ_NONE
            how = ""
        others = tuple(line for line in quiz.lines if line.conveyed)
        self._show_lines((*missed, *others), words, how)
        if self.lines:
            self.go_to_rows()
        announce(self, words)
        return words

    def show_none(self, words: str) -> None:
        self._show_lines((), words, "")

    # --- what is shown -------------------------------------------------------------------

    def _show_lines(self, lines: tuple[QuizLine, ...], words: str, how: str) -> None:
        self.lines = lines
        self.summary.setText(words)
        self.how.setText(how)
        self.how.setVisible(bool(how))
        self.list.show_rows([line_words(one) for one in lines])
        self.list.setVisible(bool(lines))
        for one in (self.copy, self.add):
            one.setVisible(bool(lines))
        self.show_running()

    def show_running(self) -> None:
        running = self.task.is_running
        self.progress.setVisible(running)
        self.progress.setRange(0, self.task.total)
        self.progress.setValue(self.task.done)
        self.go.setText(strings.STOP if running else strings.QUIZ_GO)

    # --- facts ---------------------------------------------------------------------------

    @property
    def fact(self) -> str:
        """The chosen question with what the image answers; "" where none is chosen."""
        row = self.list.currentRow()
        if not 0 <= row < len(self.lines):
            return ""
        line = self.lines[row]
        return fill(strings.QUIZ_FACT, question=line.question, answer=line.from_image)

    def copy_fact(self) -> None:
        if self.fact:
            QGuiApplication.clipboard().setText(self.fact)
            announce(self, fill(strings.QUIZ_COPIED, fact=self.fact))

    def note(self) -> None:
        """Keep the fact with the image's notes."""
        if self.fact:
            self.noted.emit(self.fact)
            self.how.setText(fill(strings.QUIZ_NOTED, fact=self.fact))
            self.how.show()
            announce(self, self.how.text())


def line_words(line: QuizLine) -> str:
    """A question with both answers, and whether they agree."""
    form = strings.QUIZ_CONVEYED if line.conveyed else strings.QUIZ_MISSED
    said = line.from_text or strings.QUIZ_SILENT
    return fill(form, question=line.question, image=line.from_image, text=said)
