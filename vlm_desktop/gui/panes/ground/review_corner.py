"""The queue of proposed objects: one after the other, one picture after the other."""

from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.grounding import GroundObject, ObjectState, doubtful_first, page_of
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.ground.gentle import show_gently
from vlm_desktop.gui.panes.ground.items import OBJECT, key
from vlm_desktop.gui.strings import ground as ground_strings
from vlm_desktop.gui.strings import ground_files as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel
from vlm_desktop.jobs import GROUND

if TYPE_CHECKING:
    from pathlib import Path

    from vlm_desktop.base.groundkeeping import KeptPicture
    from vlm_desktop.gui.panes.ground.ground_pane import GroundPane

_IDLE_MS = 1_500


class ReviewStrip(QFrame):
    """Over the picture, while it has proposed objects. Main thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("groundStrip")
        space = measures().space
        self.words = WrappedLabel("", self, name="cardTitle")
        buttons = QWidget(self)
        flow = FlowLayout(buttons, space[0])
        self.accept = self._button(strings.ACCEPT, strings.ACCEPT_TIP, buttons)
        self.reject = self._button(strings.REJECT, strings.REJECT_TIP, buttons)
        self.accept_all = self._button(strings.ACCEPT_ALL, strings.ACCEPT_ALL_TIP, buttons)
        self.accept_all.setObjectName("quiet")
        for button in (self.accept, self.reject, self.accept_all):
            flow.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space[1], space[0], space[1], space[1])
        layout.setSpacing(space[0])
        layout.addWidget(self.words)
        layout.addWidget(buttons)
        self.hide()

    def _button(self, text: str, tip: str, parent: QWidget) -> QPushButton:
        button = QPushButton(text, parent)
        button.setAutoDefault(False)
        button.setToolTip(tip)
        return button


class ReviewCorner(QObject):
    """Main thread. The list of pictures is read anew whenever something was kept."""

    def __init__(self, pane: "GroundPane") -> None:
        super().__init__(pane)
        self._pane, self._session, self._desk = pane, pane.session, pane.desk
        self.pictures: tuple[KeptPicture, ...] = ()
        self._strip, self._panel = pane.review_strip, pane.pictures
        self._is_new = False
        """The picture that is open has just been opened."""
        self._is_undone = False
        """A change was taken back or done again just now."""
        for signal in (self._desk.changes.undone, self._desk.changes.redone):
            signal.connect(lambda _: self._come_back(True))
        self._desk.changes.performed.connect(lambda *_: self._come_back(False))
        self._idle = QTimer(self, singleShot=True, interval=_IDLE_MS)
        self._idle.timeout.connect(self._look_ahead)
        session = self._session
        session.listed.connect(self.refresh)
        session.objects_changed.connect(self._show)
        session.opened.connect(self._opened)
        session.loaded.connect(self._begin)
        # The canvas is not done with its new items when it tells of them.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._go_to_first)
        self._pane.canvas.items_changed.connect(self._soon.start)
        self._panel.list.opened.connect(self.open)
        self._panel.retry_wanted.connect(self.refresh)
        self._build_commands()

    def _build_commands(self) -> None:
        pane, strip = self._pane, self._strip
        self.accept = self._add("accept", strings.ACCEPT_COMMAND, lambda: self.judge(True), "A")
        self.reject = self._add("reject", strings.REJECT_COMMAND, lambda: self.judge(False), "R")
        self.next = self._desk.actions.add(
            "ground.next-review", strings.NEXT_REVIEW, self.go_on, shortcut="Ctrl+J",
            where=pane, while_shown=True,
        )  # fmt: skip
        strip.accept.clicked.connect(lambda: self.judge(True))
        strip.reject.clicked.connect(lambda: self.judge(False))
        strip.accept_all.clicked.connect(self.accept_all)
        self._panel.next.clicked.connect(self.go_on)
        self._show()

    def _add(self, name: str, text: str, slot: object, key_: str) -> object:
        return self._desk.actions.add(
            f"ground.{name}",
            text,
            slot,
            shortcut=key_,
            where=self._pane.picture,  # type: ignore[arg-type]
        )

    def stop(self) -> None:
        """The window closes: look at nothing any more."""
        self._idle.stop()
        self._soon.stop()

    # --- the list ------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read which pictures have objects."""
        services = self._desk.services

        def read() -> "tuple[KeptPicture, ...]":
            ground = services.ground
            queue = ground.labelling.queue()
            queued = {one.content_hash for one in queue}
            rest = [one for one in ground.keeping.pictures() if one.content_hash not in queued]
            return (*queue, *(one for one in rest if one.accepted or one.proposed))

        def done(found: "tuple[KeptPicture, ...]") -> None:
            self.pictures = found
            self._panel.show_pictures(found, self._session.path, self._session.page)
            self.next.setEnabled(any(one.proposed for one in found))

        self._desk.fetch(read, done, failed=self._panel.show_failure, latest="ground-pictures")

    def open(self, one: "KeptPicture") -> None:
        """Open a picture where it lies now."""
        services = self._desk.services
        page = page_of(one.content_hash)

        def there(path: "Path") -> None:
            self._session.open(path, page)

        self._desk.fetch(lambda: services.ground.keeping.lies_at(one), there, latest="ground-lies")

    # --- one after the other -------------------------------------------------------------

    @property
    def proposed(self) -> list[GroundObject]:
        """In the order in which they are reviewed, the most doubtful first."""
        return list(doubtful_first(self._session.objects))

    def judge(self, right: bool) -> None:
        """What is chosen is right or wrong; the next proposed object comes to hand."""
        waiting = self.proposed
        if not waiting:
            return
        chosen = self._session.chosen_object
        one = chosen if chosen in waiting else waiting[0]
        at = waiting.index(one)
        following = (waiting[at + 1 :] + waiting[:at])[:1]
        name = self._session.name_of(one)
        form = ground_strings.CHANGE_ACCEPTED if right else ground_strings.CHANGE_REJECTED
        state = ObjectState.ACCEPTED if right else ObjectState.REJECTED
        self._session.put(fill(form, name=name), replace(one, state=state))
        said = fill(strings.ACCEPTED if right else strings.REJECTED, name=name)
        announce(self._pane, said)
        if following:
            self._pane.canvas.set_current(key(OBJECT, following[0].number), say=True)
        else:
            self._session.say(strings.REVIEW_DONE)
            self.go_on()

    def accept_all(self) -> None:
        """All that is proposed in this picture is right."""
        waiting = self.proposed
        if waiting:
            words = fill(strings.CHANGE_ACCEPTED_MANY, count=len(waiting))
            if len(waiting) == 1:
                name = self._session.name_of(waiting[0])
                words = fill(ground_strings.CHANGE_ACCEPTED, name=name)
            judged = [replace(one, state=ObjectState.ACCEPTED) for one in waiting]
            self._session.put(words, *judged)
            self.go_on()

    def go_on(self) -> None:
        """The next picture to review."""
        following = self._following()
        if following is None:
            self._session.say(strings.REVIEW_ALL_DONE)
        else:
            self.open(following)

    def _following(self) -> "KeptPicture | None":
        """The next one of the queue that is not open."""
        picture = self._session.picture
        open_hash = picture.content_hash if picture is not None else ""
        queue = [one for one in self.pictures if one.proposed]
        return next((one for one in queue if one.content_hash != open_hash), None)

    def _begin(self) -> None:
        """A picture of the queue is open: its first proposed object comes to hand."""
        self._is_new = True
        self._idle.start()

    def _go_to_first(self) -> None:
        """Once it lies over the picture."""
        pane = self._pane
        # Also where an undo brought it back, and nothing else is in hand.
        wanted = self._is_new or (self._is_undone and pane.current is None)
        first = key(OBJECT, self.proposed[0].number) if wanted and self.proposed else None
        if first is not None and self._pane.canvas.item(first) is not None:
            self._is_new = self._is_undone = False
            pane.choose_tool("look")
            pane.go_to(first)

    def _come_back(self, is_undone: bool) -> None:
        self._is_undone = is_undone

    def _opened(self) -> None:
        self._is_new = False
        self._idle.stop()
        self._panel.show_pictures(self.pictures, self._session.path, self._session.page)

    def _show(self) -> None:
        waiting = len(self.proposed)
        self._strip.words.setText(strings.review_words(waiting))
        show_gently(self._strip, bool(waiting))
        for action in (self.accept, self.reject):
            action.setEnabled(bool(waiting))  # type: ignore[attr-defined]

    # --- looking ahead -------------------------------------------------------------------

    def _look_ahead(self) -> None:
        """Nothing happens: decode the next picture, and have the model that outlines look at it."""
        following, model = self._following(), self._pane.pointing.model
        if following is None or not self.proposed:
            return
        services = self._desk.services

        def verb(cancel: CancelToken) -> Generator[Event, None, None]:
            ground = services.ground
            path: Path = ground.keeping.lies_at(following)
            picture = ground.pictures.load(path, cancel, page_of(following.content_hash))
            if model and not ground.masks.is_ready(picture.content_hash, model):
                yield from ground.masks.prepare(picture, model, cancel)

        self._desk.ask(verb, lambda _: None, failed=lambda _: None, lane=GROUND,
                       latest="ground-prepare")  # fmt: skip
