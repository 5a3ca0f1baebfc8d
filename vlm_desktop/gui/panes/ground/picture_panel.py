"""The middle: tools, the picture, and the line about what is being outlined."""

from collections.abc import Generator

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.ground.draft_bar import DraftBar
from vlm_desktop.gui.panes.ground.ground_canvas import GroundCanvas
from vlm_desktop.gui.panes.ground.session import GroundSession
from vlm_desktop.gui.panes.ground.tool_column import ToolColumn
from vlm_desktop.gui.pixels import image_of
from vlm_desktop.gui.strings import ground as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

_ENLARGED = 4.0
"""So many times at most a small picture is enlarged to fill the room: one points better then."""


class PicturePanel(QWidget):
    """Main thread. Finer pixels are fetched on a lane once the picture is looked at closely."""

    def __init__(self, session: GroundSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.tools = ToolColumn(self)
        self.canvas = GroundCanvas(self)
        self.canvas.setAccessibleName(strings.PICTURE)
        self.canvas.setAccessibleDescription(strings.PICTURE_HINT)
        self.canvas.geometry_of_photo.most_fit = _ENLARGED
        self.canvas.sharper_wanted.connect(self._sharpen)
        self.notice = WrappedLabel("", self, name="careful")
        space = measures().space
        self.notice.setContentsMargins(space[1], space[0], space[1], space[0])
        self.notice.hide()
        self.draft = DraftBar(self)
        inner = QVBoxLayout()
        inner.setSpacing(0)
        inner.addWidget(self.notice)
        inner.addWidget(self.canvas, 1)
        inner.addWidget(self.draft)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.tools)
        layout.addLayout(inner, 1)
        self.setMinimumWidth(10 * space[5])

    def show_picture(self) -> None:
        """The session's picture, or none."""
        session = self._session
        if session.picture is None:
            self.canvas.clear()
            self.canvas.show_preview(None)
            self.show_notice("")
            return
        size = session.picture.size
        self.canvas.show_photo(session.image, QSize(size.width, size.height))
        name = session.picture.path.name
        self.canvas.setAccessibleName(fill(strings.PICTURE_OF, name=name))

    def show_notice(self, sentence: str) -> None:
        self.notice.setText(sentence)
        self.notice.setVisible(bool(sentence))

    def _sharpen(self) -> None:
        """What was decoded for models has fewer pixels than a large photo."""
        session, canvas = self._session, self.canvas
        picture = session.picture
        if picture is None:
            return
        height, width = picture.pixels.shape[:2]
        if width >= picture.size.width or canvas.image.width() >= picture.size.width:
            return
        longer = max(canvas.image.width(), canvas.image.height(), 1)
        shorter = min(canvas.image.width(), canvas.image.height())
        side = round(canvas.geometry_of_photo.wanted_side() * shorter / longer)
        if side <= shorter:
            return
        services, path = session.desk.services, picture.path

        def verb(cancel: CancelToken) -> Generator[Event, None, QImage]:
            pages = yield from services.peeking.pages(path, picture.page or 1, side, cancel)
            return image_of(pages[0].pixels)

        def done(image: QImage) -> None:
            if session.picture is picture and image.width() > canvas.image.width():
                size = picture.size
                canvas.refine(image, QSize(size.width, size.height))

        session.desk.ask(verb, done, failed=lambda _: session.look_again(),
                         latest="ground-sharper")  # fmt: skip
