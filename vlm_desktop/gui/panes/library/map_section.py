"""The map of photos: the canvas, its places as a list, and what becomes of a selection."""

from collections.abc import Generator
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.navigator import ContentSet
from vlm_desktop.gui.panes.library.map_canvas import MapCanvas
from vlm_desktop.gui.panes.library.section import Section
from vlm_desktop.gui.strings import explore as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.undo import Change
from vlm_desktop.gui.widgets.elided_label import ElidedLabel
from vlm_desktop.gui.widgets.message_page import Message, MessagePage
from vlm_desktop.gui.widgets.name_question import ask_name
from vlm_desktop.gui.work import Work, WorkState

if TYPE_CHECKING:
    from vlm_desktop.engine.mapping import PhotoMap
    from vlm_desktop.jobs import Job

_LIST_WIDTH = 200


class MapSection(Section):
    """Draws the map when it is first shown; later it takes up what came since."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._job: Job | None = None
        self._work: Work | None = None
        self._stale = True
        self._closing = False
        self._name = ""
        self._build_widgets()
        self._build_actions()
        self.canvas.selection_changed.connect(self._selected)
        self.canvas.show_wanted.connect(self.show_in_grid)
        self.canvas.photo_wanted.connect(desk.navigator.photo_wanted.emit)
        self.canvas.place_changed.connect(self._went_to)
        self.places.itemActivated.connect(lambda _: self._place_activated())
        self.places.currentRowChanged.connect(self._place_chosen)
        desk.navigator.library_changed.connect(self._library_changed)
        desk.library.changed.connect(self._library_changed)

    # --- building ------------------------------------------------------------------------

    def _build_widgets(self) -> None:
        space = measures().space
        self.canvas = MapCanvas(self.desk, self)
        self.places = QListWidget(self)
        self.places.setAccessibleName(strings.PLACES_NAME)
        self.places.setMinimumWidth(_LIST_WIDTH)
        self.places.setMaximumWidth(_LIST_WIDTH + 2 * space[5])
        heading = QLabel(strings.PLACES, self)
        heading.setObjectName("heading")
        heading.setBuddy(self.places)
        side = QVBoxLayout()
        side.setSpacing(space[1])
        side.addWidget(heading)
        side.addWidget(self.places, 1)
        middle = QVBoxLayout()
        middle.setSpacing(space[1])
        middle.addLayout(self._build_tools())
        middle.addWidget(self.canvas, 1)
        middle.addLayout(self._build_selection())
        drawn = QWidget(self)
        inner = QHBoxLayout(drawn)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(space[3])
        inner.addLayout(middle, 1)
        inner.addLayout(side)
        self.message = MessagePage(self)
        self.message.primary.clicked.connect(self._message_primary)
        self.progress = QProgressBar(self.message)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(strings.MAP_DRAWING)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.message)
        self.stack.addWidget(drawn)
        self._drawn = drawn
        title = QLabel(strings.MAP_TITLE, self)
        title.setObjectName("title")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space[1])
        layout.addWidget(title)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.progress)
        self.progress.hide()

    def _build_tools(self) -> QHBoxLayout:
        space = measures().space
        self.hint = ElidedLabel(self)
        self.hint.setObjectName("muted")
        self.hint.setText(strings.MAP_HINT)
        self.lasso = self._tool("lasso", strings.LASSO, strings.LASSO_TIP)
        self.lasso.setCheckable(True)
        self.lasso.toggled.connect(self.canvas.set_lasso)
        closer = self._tool("closer", strings.CLOSER, strings.CLOSER)
        closer.clicked.connect(lambda: self.canvas.zoom_by(1.5))
        further = self._tool("further", strings.FURTHER, strings.FURTHER)
        further.clicked.connect(lambda: self.canvas.zoom_by(1 / 1.5))
        whole = self._tool("fit", strings.WHOLE, strings.WHOLE)
        whole.clicked.connect(self.canvas.show_whole)
        self.anew = QPushButton(strings.DRAW_ANEW, self)
        self.anew.setObjectName("quiet")
        self.anew.setToolTip(strings.DRAW_ANEW_TIP)
        self.anew.clicked.connect(self.draw_anew)
        tools = QHBoxLayout()
        tools.setSpacing(space[0])
        tools.addWidget(self.hint, 1)
        for widget in (self.lasso, closer, further, whole, self.anew):
            tools.addWidget(widget)
        return tools

    def _tool(self, picture: str, name: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(picture))
        button.setIconSize(QSize(measures().icon, measures().icon))
        button.setAccessibleName(name)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _build_selection(self) -> QHBoxLayout:
        self.count = ElidedLabel(self)
        self.show_selected = QPushButton(strings.SHOW_SELECTED, self)
        self.show_selected.setObjectName("primary")
        self.show_selected.clicked.connect(self.show_in_grid)
        self.album = QPushButton(strings.MAKE_ALBUM, self)
        self.album.clicked.connect(self.make_album)
        row = QHBoxLayout()
        row.setSpacing(measures().space[1])
        row.addWidget(self.count, 1)
        row.addWidget(self.album)
        row.addWidget(self.show_selected)
        self._count_selected()
        return row

    def _build_actions(self) -> None:
        add = self.desk.actions.add
        add("map.lasso", strings.LASSO, self._toggle_lasso, shortcut="L", icon="lasso", where=self)
        add("map.show", strings.SHOW_SELECTED, self.show_in_grid, where=self)
        add("map.album", strings.MAKE_ALBUM, self.make_album, where=self)
        add("map.anew", strings.DRAW_ANEW, self.draw_anew, tip=strings.DRAW_ANEW_TIP, where=self)

    # --- the section ---------------------------------------------------------------------

    def shown(self) -> None:
        if self._stale and self._job is None:
            self.load()

    def activate(self) -> None:
        if self.stack.currentWidget() is self._drawn:
            self.canvas.setFocus()
        else:
            self.message.primary.setFocus()

    def back(self) -> bool:
        """First the lasso is laid down, then the selection is let go."""
        if self.lasso.isChecked():
            self.lasso.setChecked(False)
            return True
        return self.canvas.clear_selection()

    def stop(self) -> None:
        self._closing = True
        self.canvas.pictures.close()
        if self._job is not None:
            self._job.cancel()

    # --- drawing -------------------------------------------------------------------------

    def load(self, *, anew: bool = False) -> None:
        """Have the map read or drawn; what is shown stays meanwhile."""
        if self._job is not None or self._closing:
            return
        if self.desk.library.info is not None and not self.desk.library.contents:
            self._show_message(
                Message(strings.MAP_EMPTY, strings.MAP_EMPTY_TEXT, strings.MAP_GO_TO_FOLDERS)
            )
            return
        self._stale = False

        def verb(cancel: CancelToken) -> Generator[Event, None, "PhotoMap"]:
            return (yield from self.desk.services.explore.map(cancel, anew=anew))

        if self.canvas.map is None:
            self._show_message(
                Message(strings.MAP_DRAWING, strings.MAP_DRAWING_TEXT, strings.MAP_STOP)
            )
        self._job = self.desk.ask(
            verb,
            self._loaded,
            failed=self._failed,
            progress=self._progressed,
            cancelled=self._cancelled,
        )

    def draw_anew(self) -> None:
        """Lay out all photos again."""
        self.load(anew=True)

    def _progressed(self, event: Event) -> None:
        if not isinstance(event, Progress) or self._job is None:
            return
        if self._work is None:
            self._work = self.desk.work.begin(
                Work(strings.MAP_DRAWING, stop=self._job.cancel, parent=self)
            )
        text = strings.MAP_DRAWING
        if event.phase is Phase.MAP and event.total:
            text = fill(strings.MAP_DRAWING_PART, done=event.done, total=event.total)
        self._work.show(WorkState(text, event.done, event.total or 0))
        self.progress.setVisible(self.canvas.map is None)
        self.progress.setRange(0, event.total or 0)
        self.progress.setValue(event.done)

    def _loaded(self, drawn: "PhotoMap") -> None:
        was_drawn = self._work is not None
        self._end(
            fill(strings.MAP_DRAWN, photos=strings.photos(len(drawn.content_ids)))
            if was_drawn
            else ""
        )
        self.canvas.show_map(drawn)
        self._fill_places()
        self.hint.setText(
            fill(strings.MAP_OUTGROWN, photos=strings.photos(drawn.added))
            if drawn.outgrown
            else strings.MAP_HINT
        )
        self._count_selected()
        focus = self.message.primary.hasFocus()
        self.stack.setCurrentWidget(self._drawn)
        if focus:
            self.canvas.setFocus()
        if was_drawn:
            announce(self, fill(strings.MAP_DRAWN, photos=strings.photos(len(drawn.content_ids))))

    def _failed(self, sentence: str) -> None:
        self._end()
        self._stale = True
        if self.canvas.map is None:
            self._show_message(Message(strings.MAP_FAILED, sentence, strings.TRY_AGAIN))
        else:
            self.desk.say(sentence)

    def _cancelled(self) -> None:
        self._end()
        if self.canvas.map is None:
            self._show_message(
                Message(strings.MAP_STOPPED, strings.MAP_STOPPED_TEXT, strings.MAP_DRAW)
            )

    def _end(self, said: str = "") -> None:
        self._job = None
        self.progress.hide()
        if self._work is not None:
            self._work.finish(said)
            self._work = None

    def _show_message(self, message: Message) -> None:
        self.message.show_message(message)
        self.stack.setCurrentWidget(self.message)

    def _message_primary(self) -> None:
        if self._job is not None:
            self._job.cancel()
        elif self.desk.library.info is not None and not self.desk.library.contents:
            self.desk.actions.get("library.folders").trigger()
        else:
            self.load()

    def _library_changed(self) -> None:
        self._stale = True
        if self.isVisible():
            self.shown()

    # --- places and selection --------------------------------------------------------------

    def _fill_places(self) -> None:
        drawn = self.canvas.map
        assert drawn is not None
        row = self.places.currentRow()
        self.places.blockSignals(True)
        self.places.clear()
        for number, place in enumerate(drawn.places):
            name = self.canvas.name_of(number)
            item = QListWidgetItem(fill(strings.PLACE, name=name, count=place.count))
            said = fill(strings.PLACE_SAID, name=name, photos=strings.photos(place.count))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, said)
            item.setToolTip(said)
            self.places.addItem(item)
        self.places.setCurrentRow(min(max(row, 0), len(drawn.places) - 1))
        self.places.blockSignals(False)

    def _place_chosen(self, row: int) -> None:
        if row >= 0 and self.places.hasFocus():
            self.canvas.select_place(row)

    def _place_activated(self) -> None:
        row = self.places.currentRow()
        if row >= 0:
            self.canvas.select_place(row)
            self.show_in_grid()

    def _went_to(self, number: int) -> None:
        """The keyboard went to a place on the canvas: the list follows, and it is told."""
        self._follow(number)
        item = self.places.item(number)
        announce(self.canvas, str(item.data(Qt.ItemDataRole.AccessibleTextRole)))

    def _follow(self, number: int) -> None:
        self.places.blockSignals(True)
        self.places.setCurrentRow(number)
        self.places.blockSignals(False)

    def _selected(self, name: str) -> None:
        self._name = name
        self._count_selected()
        if name:
            self._follow(self.canvas.place)
            count = int(self.canvas.selected.sum())
            announce(
                self.canvas, fill(strings.PLACE_SELECTED, name=name, photos=strings.photos(count))
            )
        else:
            announce(self.canvas, self.count.text())

    def _count_selected(self) -> None:
        count = int(self.canvas.selected.sum())
        text = strings.NOTHING_SELECTED
        if count:
            text = fill(strings.SELECTED, photos=strings.photos(count))
        self.count.setText(text)
        for button in (self.show_selected, self.album):
            button.setEnabled(count > 0)

    def _toggle_lasso(self) -> None:
        self.lasso.toggle()

    def show_in_grid(self) -> None:
        """Show the selected photos in the grid of the Search pane."""
        ids = self.canvas.selected_ids()
        if not ids:
            return
        title = fill(strings.LASSO_SET, photos=strings.photos(len(ids)))
        if self._name:
            title = fill(strings.PLACE_SET, name=self._name, photos=strings.photos(len(ids)))
        self.desk.navigator.contents_wanted.emit(ContentSet(title, ids))

    def make_album(self) -> None:
        """Ask for a name and put the selected photos into that album; can be undone."""
        ids = self.canvas.selected_ids()
        if not ids:
            return
        name = ask_name(self, strings.ALBUM_TITLE, strings.ALBUM_LABEL, self._name)
        if name:
            self.put_into_album(name, ids)

    def put_into_album(self, name: str, ids: tuple[int, ...]) -> None:
        def do(cancel: CancelToken) -> Generator[Event, None, tuple[int, ...]]:
            return (yield from self.desk.services.explore.add_to_album(name, ids, cancel))

        def undo(added: tuple[int, ...]):  # type: ignore[no-untyped-def]
            return lambda cancel: self.desk.services.explore.remove_from_album(name, added, cancel)

        self.desk.changes.perform(
            Change(fill(strings.ALBUM_CHANGE, name=name), do, undo),
            lambda _: self.desk.say(
                fill(strings.ALBUM_MADE, name=name, photos=strings.photos(len(ids)))
            ),
        )
