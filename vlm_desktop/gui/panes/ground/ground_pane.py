"""The Ground pane: point at things, name them, outline them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from vlm_desktop.base.grounding import ObjectState
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.ground.caption_corner import CaptionCorner, CaptionStrip
from vlm_desktop.gui.panes.ground.count_bar import CountBar
from vlm_desktop.gui.panes.ground.counting import Counting
from vlm_desktop.gui.panes.ground.exports_corner import ExportsCorner
from vlm_desktop.gui.panes.ground.ground_actions import GroundActions
from vlm_desktop.gui.panes.ground.hands import Hands
from vlm_desktop.gui.panes.ground.items import (
    DRAFT,
    OBJECT,
    ItemKey,
    draft_item,
    found_items,
    hover_item,
    key,
    object_items,
)
from vlm_desktop.gui.panes.ground.label_corner import LabelCorner
from vlm_desktop.gui.panes.ground.masks_corner import MasksCorner
from vlm_desktop.gui.panes.ground.objects_panel import ObjectsPanel
from vlm_desktop.gui.panes.ground.opening import Opening
from vlm_desktop.gui.panes.ground.phrase_bar import PhraseBar
from vlm_desktop.gui.panes.ground.phrases_corner import PhrasesCorner
from vlm_desktop.gui.panes.ground.phrasing import Phrasing
from vlm_desktop.gui.panes.ground.picture_panel import PicturePanel
from vlm_desktop.gui.panes.ground.pictures_panel import PicturesPanel
from vlm_desktop.gui.panes.ground.pointing import Pointing
from vlm_desktop.gui.panes.ground.review_corner import ReviewCorner, ReviewStrip
from vlm_desktop.gui.panes.ground.session import GroundSession
from vlm_desktop.gui.panes.ground.side_panel import SidePanel
from vlm_desktop.gui.panes.ground.words_corner import WordsCorner
from vlm_desktop.gui.panes.ground.words_panel import WordsPanel
from vlm_desktop.gui.panes.pane import Pane
from vlm_desktop.gui.panes.search.query_line import holds_picture
from vlm_desktop.gui.strings import ground as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.message_page import Message, MessagePage
from vlm_desktop.gui.widgets.overlay_canvas import Tool
from vlm_desktop.gui.widgets.region_words import said

if TYPE_CHECKING:
    from vlm_desktop.base.grounding import MaskChoice
    from vlm_desktop.base.types import Box

_PICTURE, _SIDE = 700, 270
_OBJECTS, _WORDS, _PICTURES = 0, 1, 2


class GroundPane(Pane):
    """Wires the parts. Session, outline and phrases ask the engine; the parts show it."""

    key = "ground"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.setAcceptDrops(True)
        self._begun = False
        self._wanted_path, self._wanted_page = "", 0
        self._said: MaskChoice | None = None
        """The outline that was told last."""
        self._part: Box | None = None
        """What is to be outlined once the picture is here."""
        self.session = GroundSession(desk, self)
        self.pointing = Pointing(self.session)
        self.phrasing = Phrasing(self.session)
        self.counting = Counting(self.session, self)
        self._build()
        self.opening = Opening(self.session, self)
        self.side.set_head(self.opening.head)
        self.hands = Hands(self)
        self.masks = MasksCorner(self.session, self.pointing, self.picture.draft, self)
        self.phrases = PhrasesCorner(self)
        self.captions = CaptionCorner(self)
        self.speaking = WordsCorner(self)
        self.review = ReviewCorner(self)
        self.labels = LabelCorner(self)
        self.exports = ExportsCorner(self)
        self.actions_of_pane = GroundActions(self)
        self._connect()
        self.choose_tool("point")
        self.show_items()
        self._show_all()

    # --- building ------------------------------------------------------------------------

    def _build(self) -> None:
        self.picture = PicturePanel(self.session, self)
        self.canvas = self.picture.canvas
        self.bar = PhraseBar(self)
        self.count_bar = CountBar(self.counting, self)
        self.side = SidePanel(self)
        self.objects = ObjectsPanel(self.canvas, self.side)
        self.side.add_page(strings.OBJECTS_TAB, self.objects)
        self.words = WordsPanel(self.side)
        self.side.add_page(strings.WORDS_TAB, self.words)
        self.pictures = PicturesPanel(self.side)
        self.side.add_page(strings.PICTURES_TAB, self.pictures)
        self.caption_strip = CaptionStrip(self)
        self.review_strip = ReviewStrip(self)
        self.page = MessagePage(self)
        self.layers = QStackedWidget(self)
        self.layers.addWidget(self.page)
        self.layers.addWidget(self.picture)
        middle = QWidget(self)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        for strip in (self.count_bar, self.caption_strip, self.review_strip):
            column.addWidget(strip)
        column.addWidget(self.layers, 1)
        self.beside = QSplitter(Qt.Orientation.Horizontal, self)
        self.beside.setChildrenCollapsible(False)
        self.beside.setHandleWidth(measures().hairline)
        self.beside.addWidget(middle)
        self.beside.addWidget(self.side)
        self.beside.setStretchFactor(0, 1)
        self.beside.setSizes([_PICTURE, _SIDE])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.beside)

    def _connect(self) -> None:
        session = self.session
        session.opened.connect(self._opened)
        session.loaded.connect(self._loaded)
        session.refused.connect(self._show_trouble)
        session.objects_changed.connect(self.show_items)
        session.chosen_changed.connect(self._show_chosen)
        session.vanished.connect(self._show_vanished)
        self.pointing.changed.connect(self._show_draft)
        self.pointing.hovered.connect(self._show_hover)
        self.phrasing.changed.connect(self.show_items)
        self.counting.changed.connect(self._show_counting)
        self.canvas.current_changed.connect(lambda _: self._show_current())
        self.canvas.hand_changed.connect(self._show_hint)
        self.canvas.region_changed.connect(lambda _: self._show_hint())
        self.page.primary.clicked.connect(self._page_pressed)
        self.page.second.clicked.connect(self._second_pressed)
        self.desk.navigator.library_changed.connect(session.look_again)

    # --- the pane ------------------------------------------------------------------------

    def activate(self) -> None:
        if self.session.picture is not None:
            self.focus_picture()
        else:
            self.side.open.setFocus()  # what is being opened takes the focus from there

    def back(self) -> bool:
        """End what goes on over the picture; drop what is outlined; stop what runs."""
        if self.objects.give_up_label():
            return True
        if self.canvas.end_hand():
            return True
        if self.pointing.stop_waiting() or self.phrasing.stop() or self.session.cancel():
            return True
        if self.pointing.throw_away():
            return True
        if self.counting.end() or self.captions.end():
            return True
        if self.session.picture is not None and not self.canvas.hasFocus():
            self.focus_picture()
            return True
        return False

    def stop(self) -> None:
        self.labels.stop()
        self.exports.task.stop()
        self.phrasing.stop()
        self.session.cancel()
        for part in (self.pointing, self.masks, self.review):
            part.stop()

    def state(self) -> dict[str, Any]:
        path = self.session.path
        return {
            "path": str(path) if path is not None else self._wanted_path,
            "page": self.session.page if path is not None else self._wanted_page,
            "beside": self.beside.sizes(),
            "outline": self.pointing.wanted,
            "find": self.phrasing.model,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """The picture of the last time is opened once the pane shows."""
        self._wanted_path = state["path"] if isinstance(state.get("path"), str) else ""
        self._wanted_page = state["page"] if isinstance(state.get("page"), int) else 0
        if isinstance(state.get("outline"), str):
            self.pointing.wanted = state["outline"]
        if isinstance(state.get("find"), str):
            self.phrasing.model = state["find"]
        sizes = state.get("beside")
        if isinstance(sizes, list) and len(sizes) == 2 and all(
            isinstance(one, int) for one in sizes
        ):  # fmt: skip
            self.beside.setSizes(sizes)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        if not self._begun:
            self._begun = True
            self.masks.refresh()
            self.phrases.refresh()
            self.review.refresh()
            self._open_wanted()
        else:
            self.session.look_again()

    def _open_wanted(self) -> None:
        """The picture of the last time, where it is still there."""
        wanted = Path(self._wanted_path)

        def done(there: bool) -> None:
            if there and self.session.path is None:
                self.session.open(wanted, self._wanted_page)

        if self._wanted_path:
            self.desk.fetch(wanted.is_file, done, latest="ground-wanted")

    def event(self, event: QEvent) -> bool:
        """Ctrl+Z takes back a click, while something is outlined, before it takes back changes."""
        is_key = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if is_key and event.matches(QKeySequence.StandardKey.Undo) and self.can_step_back:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.matches(QKeySequence.StandardKey.Undo) and self.step_back():
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """A picture may be dropped anywhere in the pane."""
        if holds_picture(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        event.acceptProposedAction()
        self.opening.take(event.mimeData())

    # --- what a person does --------------------------------------------------------------

    @property
    def current(self) -> ItemKey | None:
        """What is chosen over the picture."""
        found = self.canvas.current
        return found if isinstance(found, tuple) else None

    @property
    def can_step_back(self) -> bool:
        return self.pointing.can_step_back or self.counting.can_step_back

    def step_back(self) -> bool:
        """Take back the last click of the outline, or the last correction of a count."""
        return self.pointing.step_back() or self.counting.step_back()

    def choose_tool(self, name: str) -> None:
        """ "point", "box" or "look"."""
        self.canvas.set_tool(Tool(name))
        if name != "point":
            self.pointing.leave()
        self.actions_of_pane.show_tool(name)
        self._show_hint()

    def take_part(self, path: Path, box: "Box | None", page: int = 0) -> None:
        """A picture or page sent from another pane; a part of it is outlined once it is here."""
        self._part = box
        picture = self.session.picture
        is_open = picture is not None and path == self.session.path
        if is_open and picture is not None and page in (0, picture.page):
            self._outline_part()
        else:
            self.session.open(path, page)

    def _outline_part(self) -> None:
        box, self._part = self._part, None
        if box is not None:
            self.pointing.drop()
            self.pointing.set_box(box)

    def focus_picture(self) -> None:
        if self.layers.currentWidget() is self.picture:
            self.canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def focus_list(self) -> None:
        """The list of objects; while it is empty, the tab that leads to it."""
        self.side.show_page(_OBJECTS)
        there = self.objects.list.isVisible()
        part = self.objects.list if there else self.side.tabs.buttons[_OBJECTS]
        part.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_pictures(self) -> None:
        """The tab of pictures with objects."""
        self.side.show_page(_PICTURES)

    def show_words(self) -> None:
        """The tab of what is said of the chosen region."""
        self.side.show_page(_WORDS)

    def go_to(self, at: ItemKey) -> None:
        """Choose something over the picture."""
        self.canvas.set_current(at)

    # --- what comes back -----------------------------------------------------------------

    def _opened(self) -> None:
        self.canvas.end_hand()
        self.picture.show_picture()
        self.bar.show_state(can_ask=False)
        self.show_items()
        self._show_all()

    def _loaded(self) -> None:
        self.picture.show_picture()
        self.bar.show_state(can_ask=True)
        self._show_all()
        self._outline_part()
        if self.isVisible() and self.window().focusWidget() in (None, self, self.side.open):
            self.focus_picture()

    def show_items(self) -> None:
        """All that lies over the picture."""
        session = self.session
        draft = draft_item(session, self.pointing)
        items = object_items(session, self.pointing.editing)
        if self.counting.is_active:
            items += self.counting.items()
        else:
            items += found_items(self.phrasing, session.objects, self._looked_at)
        items += self.phrases.heat_items() + self.captions.items()
        if draft is not None:
            items.append(draft)
        self.canvas.show_items(items)
        kept = sum(1 for one in session.objects if one.state is ObjectState.ACCEPTED)
        self.objects.show_count(kept, any_items=bool(items))
        self._show_current()

    @property
    def _looked_at(self) -> int | None:
        """While heat shows, only what its phrase found lies over it: the number of that phrase, -1
        for none; None while no heat shows."""
        if self.captions.word >= 0:
            return -1
        return self.phrases.heated if self.phrases.heated >= 0 else None

    def _show_draft(self) -> None:
        was_draft = self.current == key(DRAFT)
        self.show_items()
        if self.pointing.is_active and not was_draft:
            self.go_to(key(DRAFT))
        self._show_hint()
        self._say_draft()
        self.actions_of_pane.refresh()

    def _say_draft(self) -> None:
        """An outline came, or another level of it: how much of what it takes, and where."""
        choice = self.pointing.choice
        item = self.canvas.item(key(DRAFT))
        if choice is self._said or item is None or choice is None:
            return
        self._said = choice
        level = strings.LEVELS[choice.level.value]
        announce(self.canvas, f"{level}, {said(item, self.canvas.overlay.photo)}")

    def _show_hint(self) -> None:
        canvas = self.canvas
        hints = {Tool.LOOK: strings.HINT_LOOK, Tool.BOX: strings.HINT_BOX}
        hint = hints.get(canvas.tool, strings.HINT_EMPTY)
        if canvas.region is not None:
            hint = strings.HINT_AIM_BOX
        elif canvas.by_keys.aim is not None and canvas.hasFocus():
            hint = strings.HINT_AIM
        self.picture.draft.show_draft(self.pointing, self.masks.name_of_model, hint)

    def _show_hover(self) -> None:
        self.canvas.show_preview(hover_item(self.session, self.pointing))

    def _show_counting(self) -> None:
        if self.counting.is_active:
            self.pointing.drop()
            self.choose_tool("point")
        self.show_items()
        self.actions_of_pane.refresh()

    def _show_chosen(self) -> None:
        if self.session.chosen:
            self.go_to(key(OBJECT, self.session.chosen))

    def _show_current(self) -> None:
        """What is chosen over the picture, in the column beside it."""
        at = self.current
        one = self.session.object(at[1]) if at is not None and at[0] == OBJECT else None
        label = one.label if one is not None else ""
        self.objects.show_chosen(at, label, can_label=one is not None)
        if one is not None:
            self.session.choose(one.number)
        self.actions_of_pane.refresh()

    # --- empty, working, failed ----------------------------------------------------------

    def _show_all(self) -> None:
        """A picture, or how to begin."""
        session = self.session
        if session.picture is not None:
            self._bring(self.picture)
            return
        self._bring(self.page)
        if session.trouble:
            return
        if session.path is not None:
            message = Message(strings.WORKING_TITLE, strings.WORKING_TEXT)
        else:
            message = Message(
                strings.EMPTY_TITLE, strings.EMPTY_TEXT, strings.EMPTY_OPEN, strings.EMPTY_LABEL
            )
        self.page.show_message(message)

    def _bring(self, layer: QWidget) -> None:
        """Show a layer; the focus does not vanish with the one that goes."""
        if layer is self.layers.currentWidget():
            return
        focused = self.window().focusWidget()
        if focused is not None and self.layers.isAncestorOf(focused) and self.isVisible():
            self.side.open.setFocus(Qt.FocusReason.OtherFocusReason)
        self.layers.setCurrentWidget(layer)

    def _show_trouble(self, sentence: str) -> None:
        """The picture cannot be opened: why, and a way to try again."""
        self.page.show_message(
            Message(strings.FAILED_TITLE, sentence, strings.TRY_AGAIN, strings.OPEN_OTHER)
        )
        self._bring(self.page)
        announce(self, sentence)

    def _show_vanished(self, gone: bool) -> None:
        path = self.session.path
        words = fill(strings.VANISHED, name=path.name) if gone and path is not None else ""
        self.picture.show_notice(words)
        if words:
            announce(self, words)

    def _second_pressed(self) -> None:
        if self.session.trouble:
            self.opening.pick()
        else:
            self.labels.pick()

    def _page_pressed(self) -> None:
        if self.session.path is not None:
            self.session.open(self.session.path)
        else:
            self.opening.pick()
