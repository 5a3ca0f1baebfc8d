"""The foot of the recipe: what it takes, what hinders it, and the button that begins."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.base.training import Split
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.train.recipe_book import RecipeBook
from vlm_desktop.gui.panes.train.recipe_costs import cost_words, measured_words
from vlm_desktop.gui.panes.train.session import CHECK, RUN
from vlm_desktop.gui.strings import train_recipe as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.long_task import LongTask
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel
from vlm_desktop.gui.words import failure

if TYPE_CHECKING:
    from vlm_desktop.engine.train.choosing import Measured
    from vlm_desktop.engine.train.teaching import Taught

_LANE = "answers"


class RecipeFoot(QFrame):
    """Main thread."""

    wrong = Signal(str, str)
    """Part and key of a value to put right before it can begin."""

    def __init__(self, book: RecipeBook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recipeFoot")
        self._book = book
        self._desk = book.session.desk
        self._measured: Measured | None = None
        self.task = LongTask(self._desk, self)
        self.facts = WrappedLabel("", self, name="muted")
        self.trouble = WrappedLabel("", self, name="bad")
        self.waits = WrappedLabel(strings.WILL_WAIT, self, name="muted")
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(strings.STARTING)
        self.check = QPushButton(strings.BACK_TO_CHECK, self)
        self.check.clicked.connect(lambda: book.session.step_wanted.emit(CHECK))
        self.measure = QPushButton(strings.MEASURE, self)
        self.measure.setToolTip(strings.MEASURE_TIP)
        self.measure.clicked.connect(self._measure)
        self.stop = QPushButton(strings.STOP, self)
        self.stop.clicked.connect(self.task.stop)
        self.start = QPushButton(strings.START, self)
        self.start.setObjectName("primary")
        self.start.setToolTip(strings.START_TIP)
        self.start.clicked.connect(self.begin)
        self._lay_out()
        self.task.changed.connect(self._show)
        book.changed.connect(self._other)
        book.session.runs_changed.connect(self.look_for_runs)
        for hidden in (self.waits, self.trouble, self.check):
            hidden.hide()
        self._show()

    def _lay_out(self) -> None:
        space = measures().space
        words = QVBoxLayout()
        words.setSpacing(0)
        for line in (self.facts, self.waits, self.trouble, self.bar):
            words.addWidget(line)
        row = QHBoxLayout(self)
        row.setContentsMargins(space[3], space[1], space[3], space[1])
        row.setSpacing(space[1])
        row.addLayout(words, 1)
        for button in (self.check, self.measure, self.stop, self.start):
            row.addWidget(button)

    # --- showing -------------------------------------------------------------------------

    def _other(self) -> None:
        """The recipe is another: what was measured and refused was of the last one."""
        self._measured = None
        if not self.task.is_running:
            self._say_trouble("")
        self._show()

    def _show(self) -> None:
        look, is_busy = self._book.look, self.task.is_running
        if is_busy:
            self.facts.setText(self.task.words)
        elif self._measured is not None:
            self.facts.setText(measured_words(self._measured))
        elif look is not None:
            self.facts.setText(cost_words(look.cost))
        self.facts.setVisible(is_busy or self.trouble.isHidden())
        self.bar.setVisible(is_busy)
        self.bar.setRange(0, self.task.total)
        self.bar.setValue(self.task.done)
        self.stop.setVisible(is_busy)
        self.measure.setVisible(not is_busy)
        self.start.setEnabled(not is_busy)

    def _say_trouble(self, sentence: str) -> None:
        self.trouble.setText(sentence)
        self.trouble.setVisible(bool(sentence))
        self.check.setVisible(bool(sentence))
        self.facts.setVisible(not sentence)
        if sentence:
            announce(self, sentence)

    def look_for_runs(self) -> None:
        """Whether another run learns, so that this one would wait."""
        services = self._desk.services
        self._desk.fetch(
            lambda: any(one.is_live for one in services.training.runs.all()),
            self.waits.setVisible,
            failed=lambda _: None,
            latest="train-waits",
        )

    # --- measuring -----------------------------------------------------------------------

    def _measure(self) -> None:
        services, said = self._desk.services, self._book.session.recipe_said()

        def verb(cancel: CancelToken) -> Generator[Event, None, Any]:
            return (yield from services.training.choosing.measure(said, cancel))

        def done(found: "Measured") -> str:
            if said != self._book.session.recipe_said():
                return ""
            if found.refusal is not None:
                return self._failed(failure(found.refusal))
            self._measured = found
            self._say_trouble("" if found.fits else measured_words(found))
            return measured_words(found)

        self._say_trouble("")
        self.task.run(strings.MEASURING, verb, done, lane=_LANE, failed=self._failed)

    def _failed(self, sentence: str) -> str:
        self._say_trouble(sentence)
        return sentence

    # --- starting ------------------------------------------------------------------------

    def begin(self) -> None:
        """Start a run of the recipe as it stands."""
        look = self._book.look
        if look is None:
            return
        if look.wrong:
            first = look.wrong[0]
            self._say_trouble(fill(strings.WRONG_FIRST, sentence=failure(first.error)))
            self.check.hide()
            self.wrong.emit(first.part, first.key)
            return
        services, said = self._desk.services, self._book.session.recipe_said()

        def verb(cancel: CancelToken) -> Generator[Event, None, Any]:
            training = services.training
            recipe = training.teaching.recipe(said)
            taught = yield from training.teaching.start(recipe, cancel)
            others = [one for one in training.runs.all() if one.id != taught.run.id]
            return taught, any(one.is_live for one in others)

        self._say_trouble("")
        self.task.run(strings.STARTING, verb, self._started, failed=self._failed)

    def _started(self, found: "tuple[Taught, bool]") -> str:
        taught, waits = found
        sides = [one.split for one in taught.data.examples]
        words = fill(
            strings.STARTED,
            train=sides.count(Split.TRAIN),
            held=sides.count(Split.VALIDATION),
        )
        session = self._book.session
        session.runs_changed.emit()
        session.show_run(taught.run.id)
        session.step_wanted.emit(RUN)
        said = f"{words} {strings.STARTED_WAITS}" if waits else words
        self._desk.say(said)
        return said
