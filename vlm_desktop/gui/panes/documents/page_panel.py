"""The middle: the page, its tools, and what stands there when it cannot be shown."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.documents.entries import Entry, label_of
from vlm_desktop.gui.panes.documents.field_state import FieldState
from vlm_desktop.gui.panes.documents.page_canvas import PageCanvas
from vlm_desktop.gui.panes.documents.page_loader import DrawnImage, PageLoader
from vlm_desktop.gui.panes.documents.page_marks import Mark
from vlm_desktop.gui.panes.documents.page_shapes import NONE, PageShapes, rect_of
from vlm_desktop.gui.panes.documents.word_list import word_said
from vlm_desktop.gui.strings import documents as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.message_page import Message, MessagePage
from vlm_desktop.gui.widgets.photo_geometry import STEP

_LEAST_LONGEST = 1_000
_FINER = 1.2


class PagePanel(QWidget):
    """Shows one page at a time. Main thread."""

    page_wanted = Signal(int)
    """A page's number."""
    retry_wanted = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._path: Path | None = None
        self._page, self._count, self._quarters = 0, 0, 0
        self.loader = PageLoader(desk, self)
        self.loader.drawn.connect(self._drawn)
        self.loader.detailed.connect(self._detailed)
        self.loader.failed.connect(self._failed)
        self.canvas = PageCanvas(self)
        self.canvas.setAccessibleName(strings.PAGE)
        self.canvas.setAccessibleDescription(strings.PAGE_DESCRIPTION)
        self.canvas.moved.connect(self._sharpen)
        self.canvas.page_wanted.connect(lambda by: self.page_wanted.emit(self._page + by))
        self.canvas.cursor_moved.connect(self._say_word)
        self.message = MessagePage(self)
        self.message.primary.clicked.connect(self.retry_wanted)
        self.layers = QStackedWidget(self)
        self.layers.addWidget(self.canvas)
        self.layers.addWidget(self.message)
        self._build_tools()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.hint = QLabel(self)
        self.hint.setObjectName("documentHint")
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setWordWrap(True)
        self.hint.hide()
        layout.addWidget(self.tools)
        layout.addWidget(self.hint)
        layout.addWidget(self.layers, 1)
        self.setMinimumWidth(7 * measures().space[5])

    def _build_tools(self) -> None:
        canvas, space = self.canvas, measures().space
        self.tools = QWidget(self)
        row = QHBoxLayout(self.tools)
        row.setContentsMargins(space[0], space[0], space[0], space[0])
        row.setSpacing(space[0])
        closer = self._add("zoom-in", strings.ZOOM_IN, lambda: canvas.zoom_by(STEP), "closer")
        closer.setShortcuts(["Ctrl++", "Ctrl+="])
        further = self._add("zoom-out", strings.ZOOM_OUT, lambda: canvas.zoom_by(1 / STEP),
                            "further", "Ctrl+-")  # fmt: skip
        whole = self._add("fit", strings.FIT, canvas.fit, "fit", "Ctrl+0")
        self.before = self._add("page-before", strings.PAGE_BEFORE,
                                lambda: self.page_wanted.emit(self._page - 1), "previous",
                                "Ctrl+PgUp")  # fmt: skip
        self.after = self._add("page-after", strings.PAGE_AFTER,
                               lambda: self.page_wanted.emit(self._page + 1), "next",
                               "Ctrl+PgDown")  # fmt: skip
        self.place = QLabel(self.tools)
        self.place.setObjectName("hint")
        for action in (closer, further, whole):
            row.addWidget(self._button(action))
        row.addStretch(1)
        row.addWidget(self._button(self.before))
        row.addWidget(self.place)
        row.addWidget(self._button(self.after))

    def _add(self, name: str, text: str, slot: object, sign: str, key: str = "") -> QAction:
        return self._desk.actions.add(
            f"documents.{name}", text, slot, shortcut=key or None, icon=sign,  # type: ignore[arg-type]
            where=self.window() if self.parent() is None else self.parentWidget(),
        )  # fmt: skip

    def add_tool(self, action: QAction) -> QToolButton:
        """A tool before the stretch; one that is on stays down."""
        button = self._button(action)
        layout = self.tools.layout()
        assert isinstance(layout, QHBoxLayout)
        layout.insertWidget(3, button)
        return button

    def add_below(self, widget: QWidget) -> None:
        """Something under the page."""
        layout = self.layout()
        assert layout is not None
        layout.addWidget(widget)

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton(self.tools)
        button.setDefaultAction(action)
        button.setAccessibleName(action.text().replace("&", ""))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    # --- what is shown -------------------------------------------------------------------

    def show_page(self, path: Path, page: int, count: int, size: QSize, quarters: int) -> None:
        """A page, `quarters` turned clockwise; the one that is shown already stays as it is."""
        self.tools.show()
        self.layers.setCurrentWidget(self.canvas)
        if (path, page) == (self._path, self._page):
            if quarters != self._quarters:
                self._quarters = quarters
                self.canvas.geometry_of_photo.turned = quarters
                self.canvas.fit()
            return
        self._path, self._page, self._count, self._quarters = path, page, count, quarters
        self.canvas.setAccessibleName(fill(strings.PAGE_OF, page=page, count=count, name=path.name))
        self.place.setText(fill(strings.PAGE_PLACE, page=page, count=count))
        self.before.setEnabled(page > 1)
        self.after.setEnabled(page < count)
        known = self.loader.known(path, page)
        self.canvas.show_page(known.image if known is not None else _blank(), size, quarters)
        self.loader.wish(path, page, self._longest, page + 1 if page < count else 0)

    def show_hint(self, words: str) -> None:
        """What mouse and keys do over the page now; "" for what they always do."""
        self.hint.setText(words)
        self.hint.setVisible(bool(words))

    def show_message(self, message: Message) -> None:
        """In the place of a page."""
        self._path, self._page = None, 0
        self.tools.hide()
        self.message.show_message(message)
        self.layers.setCurrentWidget(self.message)

    def refresh(self) -> None:
        """The files may be others than they were."""
        self.loader.forget()
        self._path = None

    @property
    def _longest(self) -> int:
        canvas = self.canvas
        wanted = max(canvas.width(), canvas.height()) * self.devicePixelRatioF() * _FINER
        return max(_LEAST_LONGEST, round(wanted))

    def _drawn(self, drawn: DrawnImage) -> None:
        if (drawn.path, drawn.page) == (self._path, self._page):
            self.canvas.show_base(drawn.image)
            self._sharpen()

    def _detailed(self, drawn: DrawnImage) -> None:
        if (drawn.path, drawn.page) == (self._path, self._page):
            self.canvas.show_detail(drawn.image, drawn.region)

    def _sharpen(self) -> None:
        if self._path is not None and not self.canvas.image.isNull():
            region, zoom = self.canvas.region_in_sight, self.canvas.geometry_of_photo.zoom
            if not region.isEmpty():
                self.loader.wish_detail(self._path, self._page, region, zoom)

    def _failed(self, path: Path, page: int, sentence: str) -> None:
        if (path, page) == (self._path, self._page):
            self.show_message(Message(strings.PAGE_FAILED, sentence, strings.TRY_AGAIN))

    # --- what lies over it ---------------------------------------------------------------

    def show_words(self, shapes: PageShapes | None) -> None:
        self.canvas.show_words(shapes)

    def show_marks(self, entries: Sequence[Entry]) -> None:
        """The boxes of all values on this page."""
        marks = [
            Mark(one.key, rect_of(evidence.box), one.state, evidence.words)
            for one in entries
            if one.value is not None
            for evidence in one.value.evidence
            if evidence.page == self._page
        ]
        self.canvas.show_marks(marks)

    def light(self, entry: Entry | None, *, scroll: bool = False) -> None:
        """Have the boxes of a field stand out, or the places where it was looked for."""
        missing = entry is not None and entry.state is FieldState.MISSING
        looked = [
            rect_of(one.box)
            for one in (entry.looked if missing and entry is not None else ())
            if one.page == self._page and one.box is not None
        ]
        self.canvas.light(entry.key if entry is not None else None, looked)
        if scroll and entry is not None:
            area = QRectF()
            for mark in self.canvas.marks:
                if mark.key == entry.key:
                    area = area.united(mark.box)
            if not area.isEmpty():
                self.canvas.show_area(area)

    def _say_word(self, word: int) -> None:
        shapes = self.canvas.shapes
        if shapes is not None and word != NONE:
            several = self.canvas.chosen_words
            field = self._field_of(word)
            said = word_said(shapes.page.words[word], field)
            announce(self.canvas, said if len(several) < 2 else shapes.text(several))

    def _field_of(self, word: int) -> str:
        """The label of the field that a word is evidence of."""
        found = (one.key[0] for one in self.canvas.marks if word in one.words)
        return label_of(next(found, ""))


def _blank() -> QImage:
    """White paper until the page is drawn."""
    image = QImage(2, 2, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    return image
