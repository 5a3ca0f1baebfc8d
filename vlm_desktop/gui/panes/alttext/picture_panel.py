"""The middle: the picture, its tools, and what stands around it on its page."""

import re
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.alttext import AltImage
from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.alttext.context_panel import ContextPanel
from vlm_desktop.gui.panes.alttext.picture_loader import LoadedPicture, PictureLoader
from vlm_desktop.gui.strings import alttext as strings
from vlm_desktop.gui.strings import alttext_files as file_strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.overlay_canvas import OverlayCanvas
from vlm_desktop.gui.widgets.overlay_items import Look
from vlm_desktop.gui.widgets.photo_geometry import STEP

_LEAST_SIDE = 480
_BREAKABLE = re.compile(r"[/\\_.-]")


class PictureMessage(QWidget):
    """Stands where there is no picture to show: why, and a button to try again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = measures().space
        self.sentence = QLabel(self)
        self.sentence.setObjectName("muted")
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.again = QPushButton(strings.TRY_AGAIN, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space[3], space[3], space[3], space[3])
        layout.setSpacing(space[2])
        layout.addStretch(1)
        layout.addWidget(self.sentence)
        layout.addWidget(self.again, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)

    def show_sentence(self, text: str) -> None:
        """A path in it breaks anywhere."""
        self.sentence.setText(_BREAKABLE.sub("\\g<0>\u200b", text))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width = self.width() - 2 * measures().space[3]
        self.sentence.setFixedHeight(max(0, self.sentence.heightForWidth(max(1, width))))


class PicturePanel(QWidget):
    """Shows one image at a time; the last picture stays until the next one is there."""

    retry_wanted = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._image: AltImage | None = None
        self._is_hidden = False
        self._path: Path | None = None
        self._ahead: AltImage | None = None
        self._shown: Path | None = None
        self.loader = PictureLoader(desk, self)
        self.loader.loaded.connect(self._loaded)
        self.loader.failed.connect(self._failed)
        self.canvas = OverlayCanvas(self)
        self.canvas.look = Look(names_all=False)
        self.canvas.setAccessibleName(strings.PICTURE)
        self.canvas.sharper_wanted.connect(self._sharpen)
        self.page = PictureMessage(self)
        self.page.again.clicked.connect(self._retry)
        self.layers = QStackedWidget(self)
        self.layers.addWidget(self.canvas)
        self.layers.addWidget(self.page)
        self.context = ContextPanel(self)
        self._build_tools()
        space = measures().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.tools)
        layout.addWidget(self.layers, 1)
        layout.addWidget(self.context)
        self.setMinimumWidth(5 * space[5])

    def _build_tools(self) -> None:
        add, canvas = self._desk.actions.add, self.canvas
        closer = add("alttext.zoom-in", strings.ZOOM_IN, lambda: canvas.zoom_by(STEP),
                     icon="closer", where=self)  # fmt: skip
        closer.setShortcuts(["Ctrl++", "Ctrl+="])
        further = add("alttext.zoom-out", strings.ZOOM_OUT, lambda: canvas.zoom_by(1 / STEP),
                      shortcut="Ctrl+-", icon="further", where=self)  # fmt: skip
        whole = add("alttext.fit", strings.FIT, canvas.fit, shortcut="Ctrl+0", icon="fit",
                    where=self)  # fmt: skip
        space = measures().space
        self.tools = QWidget(self)
        row = FlowLayout(self.tools, space[0])
        row.setContentsMargins(space[0], space[0], space[0], space[0])
        for action in (closer, further, whole):
            button = QToolButton(self.tools)
            button.setDefaultAction(action)
            button.setAccessibleName(action.text().replace("&", ""))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)

    # --- what is shown -------------------------------------------------------------------

    def show_image(self, image: AltImage | None, ahead: AltImage | None = None) -> None:
        """An image with what stands around it; None for none. `ahead` will be wanted next."""
        self._ahead, self._image = ahead, image
        following = ahead.path if ahead is not None else None
        if ahead is not None and following is not None:
            self.loader.note(following, ahead.content_hash)
        self.tools.setVisible(image is not None and not self._is_hidden)
        if image is None:
            self._path = self._shown = None
            self.loader.forget()
            self.canvas.clear()
            self.canvas.show_items(())
            self.context.show_context(None)
            self.layers.setCurrentWidget(self.canvas)
            return
        self.context.show_context(image)
        self.canvas.setAccessibleName(fill(strings.PICTURE_OF, name=image.name))
        if self._is_hidden:
            self._path = self._shown = None
            self._show_message(strings.PICTURE_HIDDEN)
            self.page.again.hide()
            return
        self.page.again.show()
        if image.path is None or image.missing:
            self._path = self._shown = None
            self.canvas.show_items(())
            if image.path is None and image.document is not None:
                self._show_message(fill(file_strings.PAGE_FAR, name=image.name))
                self.page.again.hide()
                return
            where = image.path or Path(image.name)
            self._show_message(fill(strings.NO_FILE_TEXT, path=where))
            return
        has_changed = self.loader.note(image.path, image.content_hash)
        if image.path != self._path or has_changed:
            self._path = image.path
            self.canvas.show_items(())
            self.loader.wish(image.path, self._side(), following)

    def hide_picture(self, hidden: bool) -> None:
        """Show no picture, whatever the image, as while one listens to the texts alone."""
        if hidden != self._is_hidden:
            self._is_hidden = hidden
            self.canvas.clear()
            self.show_image(self._image, self._ahead)

    def refresh(self) -> None:
        """The file may be another than it was."""
        if self._path is not None:
            self.loader.forget(self._path)
            self.loader.wish(self._path, self._side())

    def _side(self) -> int:
        wanted = min(self.canvas.width(), self.canvas.height()) * self.devicePixelRatioF()
        return max(_LEAST_SIDE, round(wanted))

    def _loaded(self, picture: LoadedPicture) -> None:
        if picture.path != self._path:
            return  # it came late: another image, or none, is shown by now
        if picture.path == self._shown:
            self.canvas.refine(picture.image, picture.full)
        else:
            self._shown = picture.path
            boxes = self.canvas.items
            self.canvas.show_photo(picture.image, picture.full)
            self.canvas.show_items(boxes)
        self.layers.setCurrentWidget(self.canvas)

    def _sharpen(self) -> None:
        if self._path is not None and self._path == self._shown:
            shorter = min(self.canvas.image.width(), self.canvas.image.height())
            longer = max(self.canvas.image.width(), self.canvas.image.height(), 1)
            side = round(self.canvas.geometry_of_photo.wanted_side() * shorter / longer)
            self.loader.wish(self._path, side)

    def _failed(self, path: Path, sentence: str) -> None:
        if path == self._path and not self._is_hidden:
            self._shown = None
            self._show_message(sentence)

    def _show_message(self, sentence: str) -> None:
        self.page.show_sentence(sentence)
        self.layers.setCurrentWidget(self.page)

    def _retry(self) -> None:
        self.retry_wanted.emit()
        self.refresh()
