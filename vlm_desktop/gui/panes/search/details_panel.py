"""The details panel beside the photos: everything known of one photo, or the words of several."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.base.types import PhotoChanges
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.search.details_parts import note
from vlm_desktop.gui.panes.search.details_sections import PhotoSections
from vlm_desktop.gui.panes.search.details_words import WordsEditor
from vlm_desktop.gui.panes.search.photo_edits import PhotoEdits
from vlm_desktop.gui.strings import photo as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.steady_scroll import keep_bar

if TYPE_CHECKING:
    from vlm_desktop.engine.photos import PhotoFacts, SharedWords

_WIDTH = 300
_MOST_SHARED = 1_000
_SETTLE_MS = 120
"""Arrow keys may run through photos; only where they rest is looked up."""


class DetailsPanel(QWidget):
    """Follows the selection. Main thread; nothing is looked up while it is hidden."""

    photo_wanted = Signal(object)
    """The content id of a similar photo that was pressed."""
    photo_shown = Signal(object)
    """The content id of the one photo that is told of now, None for none or several."""

    def __init__(self, desk: Desk, edits: PhotoEdits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._edits = edits
        self._ids: tuple[int, ...] = ()
        self._shown: tuple[int, ...] = ()
        self._filled: tuple[int, ...] = ()
        self._closed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self._look_up)
        self.setAccessibleName(strings.DETAILS_NAME)
        self._build()
        edits.saved.connect(self.refresh)
        edits.failed.connect(lambda _: self.refresh())

    # --- building ------------------------------------------------------------------------

    def _build(self) -> None:
        self.stack = QStackedWidget(self)
        self.message = note("", self)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setMargin(measures().space[4])
        self.again = QPushButton(strings.TRY_AGAIN, self)
        self.again.clicked.connect(self._look_up)
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.addStretch(2)
        column.addWidget(self.message)
        column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self._page = page
        self.area = QScrollArea(self)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        keep_bar(self.area)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(self._content())
        self.stack.addWidget(page)
        self.stack.addWidget(self.area)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.stack)
        self._say(strings.NOTHING_SELECTED)

    def _content(self) -> QWidget:
        content = QWidget(self)
        column = QVBoxLayout(content)
        space = measures().space
        column.setContentsMargins(space[1], space[1], space[1], space[3])
        column.setSpacing(space[1])
        self.several = QLabel(content)
        self.several.setObjectName("title")
        self.hint = note(strings.SEVERAL_HINT, content)
        self.words = WordsEditor(content)
        self.words.changed.connect(self._save)
        margin = QWidget(content)
        inside = QVBoxLayout(margin)
        inside.setContentsMargins(space[1], space[0], space[1], space[0])
        for widget in (self.several, self.hint, self.words):
            inside.addWidget(widget)
        column.addWidget(margin)
        self.photo = PhotoSections(self._desk, content)
        self.photo.photo_wanted.connect(self.photo_wanted)
        column.addWidget(self.photo)
        column.addStretch(1)
        return content

    # --- which photos --------------------------------------------------------------------

    def show_photos(self, content_ids: tuple[int, ...]) -> None:
        """Follow another selection; what was being typed is saved for the photos it was for."""
        if content_ids == self._ids:
            return
        self.words.commit()
        self._ids = content_ids
        if self.isVisible():
            self._timer.start()

    def refresh(self) -> None:
        """Look the same photos up again."""
        self._shown = ()
        if self.isVisible():
            self._timer.start()

    def close_down(self) -> None:
        """The window closes: nothing is looked up any more."""
        self._timer.stop()
        self._closed = True

    def open_sections(self) -> dict[str, bool]:
        return {key: section.is_open for key, section in self.photo.sections.items()}

    def restore_sections(self, kept: dict[str, Any]) -> None:
        for key, section in self.photo.sections.items():
            if isinstance(kept.get(key), bool):
                section.set_open(kept[key])

    def showEvent(self, event: object) -> None:  # noqa: N802
        super().showEvent(event)  # type: ignore[arg-type]
        if self._shown != self._ids:
            self._timer.start(0)

    def _say(self, text: str, *, can_retry: bool = False) -> None:
        self.message.setText(text)
        self.again.setVisible(can_retry)
        self.stack.setCurrentWidget(self._page)

    def _look_up(self) -> None:
        if self._closed:
            return
        ids, self._shown = self._ids, self._ids
        if not ids:
            self._say(strings.NOTHING_SELECTED)
            self.photo_shown.emit(None)
            return
        if self.stack.currentWidget() is self._page:
            self._say(strings.LOADING)
        services = self._desk.services

        def failed(sentence: str) -> None:
            if ids == self._ids:
                self._say(sentence, can_retry=True)

        if len(ids) == 1:
            self._desk.fetch(
                lambda: services.photos.details(ids[0]),
                lambda facts: self._show_one(facts, ids),
                failed=failed,
                latest="details",
            )
        else:
            self._desk.fetch(
                lambda: services.photos.shared_words(ids[:_MOST_SHARED]),
                lambda shared: self._show_several(shared, ids),
                failed=failed,
                latest="details",
            )
        self._desk.fetch(
            lambda: services.photos.known_keywords(),
            self.words.keywords.know,
            failed=lambda _: None,
            latest="details-keywords",
        )

    # --- one photo -----------------------------------------------------------------------

    def _show_one(self, facts: "PhotoFacts", ids: tuple[int, ...]) -> None:
        if ids != self._ids:
            return
        is_other, self._filled = ids != self._filled, ids
        said = facts.details.metadata
        for widget in (self.several, self.hint):
            widget.hide()
        self.words.show_words(
            said.rating, said.title, said.caption, [(word, 1) for word in said.keywords]
        )
        self.photo.show_facts(facts)
        self.photo.show()
        self.stack.setCurrentWidget(self.area)
        if is_other:
            self.area.verticalScrollBar().setValue(0)
        self.photo_shown.emit(ids[0])

    # --- several photos ------------------------------------------------------------------

    def _show_several(self, shared: "SharedWords", ids: tuple[int, ...]) -> None:
        if ids != self._ids:
            return
        self._filled = ids
        self.photo.hide()
        self.several.setText(fill(strings.SEVERAL_TITLE, count=len(ids)))
        for widget in (self.several, self.hint):
            widget.show()
        differ = shared.rating is not None and shared.rating < -1
        self.words.show_words(
            shared.rating,
            shared.title,
            shared.caption,
            shared.keywords,
            shared.count,
            ratings_differ=differ,
        )
        self.stack.setCurrentWidget(self.area)
        self.photo_shown.emit(None)

    # --- what the user does --------------------------------------------------------------

    def _save(self, changes: PhotoChanges) -> None:
        """For the photos whose words are to be seen, even if others were just selected."""
        self._edits.save(self._filled, changes)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Never narrower than its longest heading: nothing is to be scrolled sideways."""
        bar = self.area.verticalScrollBar().sizeHint().width()
        content = self.area.widget().minimumSizeHint().width() + bar
        return QSize(max(_WIDTH, content), super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self.minimumSizeHint().width(), 600)
