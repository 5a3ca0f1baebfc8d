"""How closely the model looks: tokens for each picture, and the seconds that takes here."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from vlm_desktop.base.chatwork import ContextUse
from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.elided_label import ElidedLabel


class BudgetSlider(QWidget):
    """The model's own choice at the left, then its budgets, ascending. Hidden without a choice."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._budgets: tuple[int, ...] = ()
        self._wanted: int | None = None
        self._use: ContextUse | None = None
        self.label = QLabel(strings.BUDGET, self)
        self.label.setObjectName("hint")
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setObjectName("measured")
        self.slider.setAccessibleName(strings.BUDGET_NAME)
        self.slider.setToolTip(strings.BUDGET_TIP)
        self.slider.setFixedWidth(3 * measures().space[5])
        self.slider.valueChanged.connect(self._changed)
        self.label.setBuddy(self.slider)
        self.words = ElidedLabel(self)
        self.words.setObjectName("hint")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(measures().space[1])
        row.addWidget(self.label)
        row.addWidget(self.slider)
        row.addWidget(self.words, 1)
        self.show_budgets(())

    @property
    def max_image_tokens(self) -> int | None:
        """None: the model's own choice."""
        return self._wanted

    def show_budgets(self, budgets: tuple[int, ...]) -> None:
        """The budgets of another model; the nearest to what was chosen stays chosen."""
        self._budgets = budgets if len(budgets) > 1 else ()
        place = 0
        if self._budgets and self._wanted is not None:
            near = min(self._budgets, key=lambda one: abs(one - (self._wanted or 0)))
            place = self._budgets.index(near) + 1
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, len(self._budgets))
            self.slider.setValue(place)
        self._take(place)
        for one in (self.label, self.slider):
            one.setVisible(bool(self._budgets))

    def choose(self, tokens: int | None) -> None:
        """What was chosen at the last start."""
        self._wanted = tokens
        self.show_budgets(self._budgets)

    def show_use(self, use: ContextUse | None) -> None:
        """What the question would take now."""
        self._use = use
        self._tell()

    def _changed(self, place: int) -> None:
        self._take(place)
        self.chosen.emit()

    def _take(self, place: int) -> None:
        if self._budgets:
            self._wanted = self._budgets[place - 1] if place else None
        self._tell()

    def _tell(self) -> None:
        self.words.setText(self._words())
        self.slider.setAccessibleDescription(self._words())

    def _words(self) -> str:
        use = self._use
        if self._budgets:
            auto = self._wanted is None
            words = strings.BUDGET_AUTO if auto else fill(strings.BUDGET_TOKENS, count=self._wanted)
        else:
            words = ""
        if use is None or not use.pictures:
            return words
        if not words:
            words = fill(strings.PICTURE_TOKENS, count=use.usage.image)
        seconds = self._seconds(use)
        said = strings.NOT_MEASURED if seconds is None else seconds_words(seconds)
        return strings.BETWEEN.join((words, said))

    def _seconds(self, use: ContextUse) -> float | None:
        """Until the first word: measured for the budget chosen, else for the request as it is."""
        for budget, _, seconds in use.budgets:
            if budget == self._wanted:
                return seconds
        return use.speed.to_first_token


def seconds_words(seconds: float) -> str:
    """How long until the first word, as a person says it."""
    if seconds < 1:
        return strings.UNDER_A_SECOND
    if seconds < 10:
        return fill(strings.ABOUT_SECONDS, seconds=seconds)
    return fill(strings.ABOUT_LONG, seconds=round(seconds))
