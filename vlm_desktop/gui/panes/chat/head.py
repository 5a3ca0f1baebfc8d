"""The line above a conversation: its title, who answers, what else can be done with it."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
)

from vlm_desktop.base.chatwork import ChatChoice
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.chat.model_choice import is_starter
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.elided_label import ElidedLabel
from vlm_desktop.gui.widgets.wide_list import widen_list

_LEAST_TITLE = 48


class ChatHead(QFrame):
    """Says what is chosen. `model_id` is "" while there is no model."""

    model_chosen = Signal(str)
    models_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chatHead")
        space = measures().space
        self.title = ElidedLabel(self)
        self.title.setObjectName("cardTitle")
        self.title.setMinimumWidth(_LEAST_TITLE)
        self.label = QLabel(strings.MODEL, self)
        self.label.setObjectName("hint")
        self.models = QComboBox(self)
        self.label.setBuddy(self.models)
        self.models.setAccessibleName(strings.MODEL_NAME)
        self.models.setToolTip(strings.MODEL_TIP)
        self.models.setMinimumContentsLength(16)
        self.models.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.models.activated.connect(self._chosen)
        self.starter = QPushButton(self)
        self.starter.setObjectName("quiet")
        self.starter.setIcon(icon("models"))
        self.starter.setAccessibleName(strings.STARTER_NAME)
        self.starter.setToolTip(strings.STARTER_TIP)
        self.starter.clicked.connect(self.models_wanted)
        self.starter.hide()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(space[1], space[1], space[1], space[1])
        self._row.setSpacing(space[1])
        self._row.addWidget(self.title, 1)
        self._row.addWidget(self.label)
        self._row.addWidget(self.models)
        self._row.addWidget(self.starter)

    def add_toggle(self, action: QAction, *, first: bool = False) -> QToolButton:
        """A button for an action; `first` puts it before the title."""
        button = self._button()
        button.setDefaultAction(action)
        button.setAccessibleName(action.text().replace("&", ""))
        self._row.insertWidget(0 if first else self._row.count(), button)
        return button

    def add_menu(self, menu: QMenu) -> QToolButton:
        """The button with everything else."""
        button = self._button()
        button.setIcon(icon("chat-more"))
        button.setAccessibleName(strings.MORE)
        button.setToolTip(strings.MORE)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._row.addWidget(button)
        return button

    def _button(self) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("headTool")
        button.setIconSize(QSize(measures().space[3] + 2, measures().space[3] + 2))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _fit(self) -> None:
        """Where there is no room for words, the label goes and the way to models is a picture."""
        words = strings.STARTER_LINK
        widgets = (self._row.itemAt(at).widget() for at in range(self._row.count()))
        flexible = (None, self.title, self.label, self.starter)
        others = [one for one in widgets if one not in flexible]
        taken = sum(one.sizeHint().width() + self._row.spacing() for one in others)
        starter = self.fontMetrics().horizontalAdvance(words) + 2 * measures().space[5]
        room = self.width() - taken - 2 * _LEAST_TITLE - starter
        self.starter.setText(f" {words}" if room >= 0 else "")  # off the picture before it
        label = self.label.sizeHint().width() + self._row.spacing()
        self.label.setVisible(self.models.isVisibleTo(self) and room >= label + 2 * _LEAST_TITLE)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    # --- what is shown -------------------------------------------------------------------

    def show_title(self, title: str) -> None:
        self.title.setText(title)

    def show_models(self, models: Sequence[ChatChoice], chosen: str) -> None:
        """Models that lie on this disk, and a way to more."""
        with QSignalBlocker(self.models):
            self.models.clear()
            for one in models:
                self.models.addItem(one.name, one.model_id)
            self.models.addItem(strings.MORE_MODELS, None)
            self.models.setCurrentIndex(max(0, self.models.findData(chosen)))
        widen_list(self.models)
        self.models.setVisible(bool(models))
        self._show_starter()

    @property
    def model_id(self) -> str:
        return self.models.currentData() or ""

    def _chosen(self, place: int) -> None:
        model_id = self.models.itemData(place)
        if model_id is None:
            self.models_wanted.emit()
        else:
            self.model_chosen.emit(model_id)
        self._show_starter()

    def _show_starter(self) -> None:
        self.starter.setVisible(self.models.isVisibleTo(self) and is_starter(self.model_id))
        self._fit()
