"""The Alt text pane: images at the left, the picture in the middle, its text at the right."""

from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from vlm_desktop.base.alttext import AltImage, PageContext
from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.alttext.alttext_actions import AltTextActions
from vlm_desktop.gui.panes.alttext.autosave import Typed
from vlm_desktop.gui.panes.alttext.batch_corner import BatchCorner
from vlm_desktop.gui.panes.alttext.drafting import Drafting
from vlm_desktop.gui.panes.alttext.editor_corner import EditorCorner
from vlm_desktop.gui.panes.alttext.editor_panel import EditorPanel
from vlm_desktop.gui.panes.alttext.extras import AltTextExtras
from vlm_desktop.gui.panes.alttext.language_dialog import LanguageDialog
from vlm_desktop.gui.panes.alttext.picture_panel import PicturePanel
from vlm_desktop.gui.panes.alttext.queue_panel import QueuePanel
from vlm_desktop.gui.panes.alttext.session import AltSession
from vlm_desktop.gui.panes.alttext.sets_corner import SetsCorner, dropped_paths
from vlm_desktop.gui.panes.alttext.suggesting import Suggesting
from vlm_desktop.gui.panes.alttext.writer_choice import WriterChoice
from vlm_desktop.gui.panes.pane import Pane
from vlm_desktop.gui.strings import alttext as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.undo import Change
from vlm_desktop.gui.verbs import quick
from vlm_desktop.gui.widgets.message_page import Message, MessagePage

_COLUMN, _EDITOR = (0.14, 230, 320), (0.28, 420, 620)
"""Of the pane's width, and the least and most points of it."""


class AltTextPane(Pane):
    """Wires the parts. The session asks the engine; the parts show what it says."""

    key = "alttext"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.setAcceptDrops(True)
        self._begun = self._focus_list = False
        self._wanted_set, self._wanted_image, self._wanted_language = 0, 0, ""
        self._wanted_batch: object = None
        self.session = AltSession(desk, self)
        self._build()
        self.corner = EditorCorner(self.session, self.editor, self)
        self.corner.previous = self._previous
        self.corner.selected = lambda: self.queue.selected_ids
        self.corner.has_keys = self.queue.view.hasFocus
        self.writer = WriterChoice(desk, self.editor.models)
        self.drafting = Drafting(
            self.session, self.editor, self.corner.autosave, lambda: self.writer.model_id
        )
        self.suggesting = Suggesting(self.session, self)
        self.sets = SetsCorner(self.session, self)
        self.batch = BatchCorner(self.session, self, lambda: self.writer.model_id)
        self.actions_of_pane = AltTextActions(self)
        self.sets.more_menu.insertAction(self.sets.brief, self.actions_of_pane.batch)
        self.queue.set_menus(self.sets.new_menu, self.sets.more_menu)
        self._connect()
        self.extras = AltTextExtras(self)  # after the rest, which it adds to
        self._show_all()

    # --- building ------------------------------------------------------------------------

    def _build(self) -> None:
        self.queue = QueuePanel(self.desk, self)
        self.picture = PicturePanel(self.desk, self)
        self.editor = EditorPanel(self)
        self.work = QSplitter(Qt.Orientation.Horizontal, self)
        self.work.setChildrenCollapsible(False)
        self.work.setHandleWidth(measures().hairline)
        self.work.addWidget(self.picture)
        self.work.addWidget(self.editor)
        self.work.setStretchFactor(0, 1)
        self.page = MessagePage(self)
        self.layers = QStackedWidget(self)
        self.layers.addWidget(self.page)
        self.layers.addWidget(self.work)
        self.beside = QSplitter(Qt.Orientation.Horizontal, self)
        self.beside.setChildrenCollapsible(False)
        self.beside.setHandleWidth(measures().hairline)
        self.beside.addWidget(self.queue)
        self.beside.addWidget(self.layers)
        self.beside.setStretchFactor(1, 1)
        self._moved: set[QSplitter] = set()
        """Whose widths a person chose; those of the others follow the window's."""
        for one in (self.beside, self.work):
            one.splitterMoved.connect(lambda *_, one=one: self._moved.add(one))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.beside)

    def _connect(self) -> None:
        session, queue = self.session, self.queue
        session.listed.connect(self._show_sets)
        session.opened.connect(self._opened)
        session.images_read.connect(self._show_images)
        session.put.connect(self._image_changed)
        session.put_many.connect(queue.put_many)
        session.chosen.connect(self._show_chosen)
        session.failed.connect(self.desk.say)
        session.unread.connect(self._show_failure)
        queue.set_chosen.connect(session.open)
        queue.chosen.connect(session.choose)
        queue.selection_changed.connect(self._show_place)
        view = queue.view
        view.approve_wanted.connect(self.corner.approve)
        view.decided.connect(self.corner.decide)
        view.next_wanted.connect(self.go_on)
        view.draft_wanted.connect(self.drafting.start)
        view.edit_wanted.connect(self.corner.edit)
        self.corner.next_wanted.connect(self.go_on)
        self.editor.language_wanted.connect(self.ask_language)
        self.editor.brief.clicked.connect(self.sets.edit_brief)
        self.picture.context.changed.connect(self._keep_context)
        self.picture.retry_wanted.connect(self.queue.thumbnails.forget_failures)
        self.picture.retry_wanted.connect(self.sets.look_at_files)
        self.sets.working.connect(self._show_working)
        self.sets.made.connect(self._begin_in_list)
        self.page.primary.clicked.connect(self._page_pressed)
        self.page.second.clicked.connect(self.sets.pick_files)

    # --- the pane ------------------------------------------------------------------------

    def activate(self) -> None:
        """Into the list; as soon as it is there, where it is still being read."""
        session = self.session
        self._focus_list = not session.is_known or bool(session.open_id and not session.are_read)
        self.queue.focus_list()

    def back(self) -> bool:
        """Stop the draft or the check; else back to the queue."""
        if self.drafting.stop() or self.extras.back():
            return True
        focused = self.window().focusWidget()
        inside = focused is not None and self.queue.isAncestorOf(focused)
        if not inside and self.session.open_id:
            self.queue.focus_list()
            return True
        return False

    def stop(self) -> None:
        """Nothing of what was typed is lost when the window closes."""
        self.picture.context.commit()
        self.corner.autosave.finish()
        self.suggesting.stop()
        self.batch.stop()
        self.drafting.stop()
        self.extras.stop()
        self.sets.stop()

    def state(self) -> dict[str, Any]:
        unsaved = self.corner.autosave.finish()
        return {
            "set": self.session.open_id or self._wanted_set,
            "image": self.session.current_id or self._wanted_image,
            "language": self.session.language,
            "model": self.writer.wanted,
            "batch": self.batch.state,
            "column": self.beside.sizes() if self.beside in self._moved else [],
            "work": self.work.sizes() if self.work in self._moved else [],
            "folds": {key: one.is_open for key, one in self.editor.sections.items()},
            "context": self.picture.context.section.is_open,
            "unsaved": [
                {"image": one.image_id, "language": one.language, "alt": one.alt,
                 "extended": one.extended}
                for one in unsaved
            ],
        }  # fmt: skip

    def restore(self, state: dict[str, Any]) -> None:
        """The set and the image are opened once the sets are known."""
        number, image, language = (state.get(key) for key in ("set", "image", "language"))
        self._wanted_set = number if isinstance(number, int) else 0
        self._wanted_image = image if isinstance(image, int) else 0
        self._wanted_language = language if isinstance(language, str) else ""
        if isinstance(state.get("model"), str):
            self.writer.wanted = state["model"]
        self._wanted_batch = state.get("batch")
        for key, splitter in (("column", self.beside), ("work", self.work)):
            sizes = state.get(key)
            if isinstance(sizes, list) and len(sizes) == 2 and all(
                isinstance(one, int) for one in sizes
            ):  # fmt: skip
                splitter.setSizes(sizes)
                self._moved.add(splitter)
        folds = state.get("folds")
        for key, section in self.editor.sections.items():
            if isinstance(folds, dict) and isinstance(folds.get(key), bool):
                section.set_open(folds[key])
        if isinstance(state.get("context"), bool):
            self.picture.context.section.set_open(state["context"])
        for one in state.get("unsaved") or []:
            self.corner.autosave.take(
                Typed(one["image"], one["language"], one["alt"], one["extended"])
            )

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        if not self._begun:
            self._begun = True
            self.refresh()
            self.writer.refresh()
            # What a killed program did not tell history is told now.
            session = self.session
            self.desk.fetch(lambda: session.kept.settle(), lambda _: None, failed=lambda _: None)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        """Columns for list and text, the rest for the picture, where nobody said otherwise."""
        whole = self.width()
        column, editor = (
            round(min(max(part * whole, least), most)) for part, least, most in (_COLUMN, _EDITOR)
        )
        if self.beside not in self._moved:
            self.beside.setSizes([column, max(1, whole - column)])
        if self.work not in self._moved:
            room = max(1, whole - self.beside.sizes()[0])
            self.work.setSizes([max(1, room - editor), editor])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Images, folders and pages may be dropped anywhere in the pane."""
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        event.acceptProposedAction()
        self.sets.take_drop(event.mimeData())

    # --- what the user does --------------------------------------------------------------

    def refresh(self) -> None:
        """Read the sets anew."""
        self.session.refresh_sets(self._open_wanted)

    def _open_wanted(self) -> None:
        """The set of the last time, else the newest."""
        session = self.session
        if session.open_id or not session.sets:
            return
        known = [one.id for one in session.sets]
        wanted = self._wanted_set if self._wanted_set in known else known[0]
        session.open(wanted, self._wanted_image if wanted == self._wanted_set else 0)
        if self._wanted_language:
            session.choose_language(self._wanted_language)
        if self._wanted_batch:
            self.batch.go_on(self._wanted_batch)
            self._wanted_batch = None

    def take_photos(self, content_ids: tuple[int, ...]) -> None:
        """Photos of the library, sent from Search."""
        self._begun = True
        self.sets.take_photos(content_ids)

    def step(self, by: int) -> None:
        """The next or the previous image; the focus stays where it is."""
        self.queue.step(by)

    def go_on(self) -> None:
        """The next image that needs a person."""
        if not self.queue.step_to_needing():
            self.desk.say(strings.ALL_DONE)

    def ask_language(self) -> LanguageDialog:
        dialog = LanguageDialog(self)
        dialog.chosen.connect(self.session.choose_language)
        dialog.open()
        return dialog

    def _previous(self) -> AltImage | None:
        model = self.queue.model
        return model.image(model.row_of(self.session.current_id) - 1)

    def _keep_context(self, image_id: int, context: PageContext) -> None:
        session, image = self.session, self.session.images.get(image_id)
        if image is None:
            return

        def done(_: object) -> None:
            session.reread([image_id])

        self.desk.changes.perform(
            Change(
                fill(strings.CHANGE_CONTEXT, name=image.name),
                quick(lambda: session.kept.set_context(image_id, context)),
                lambda before: quick(lambda: session.kept.set_context(image_id, before)),
            ),
            done,
            self.desk.say,
        )

    # --- what comes back -----------------------------------------------------------------

    def _opened(self) -> None:
        with QSignalBlocker(self.queue):  # that its list is empty now chooses nothing
            self.queue.show_images((), self.session.language)
        self._show_sets()
        if self.session.open_id:
            self.queue.show_message(strings.LOADING)

    def _show_sets(self) -> None:
        self.queue.show_sets(self.session.sets, self.session.open_id)
        if not self.session.open_id:
            self.queue.show_message(strings.NO_SET)
        self._show_all()

    def _begin_in_list(self) -> None:
        """Work on a new set begins in its list, once that is there."""
        self._focus_list = True

    def _show_images(self) -> None:
        session, queue = self.session, self.queue
        queue.show_images(tuple(session.images.values()), session.language, session.current_id)
        session.choose(queue.current_id)
        self._show_all()
        if self._focus_list and session.are_read:
            self._focus_list = False
            if self.isVisible():
                queue.focus_list()

    def _image_changed(self, image: AltImage) -> None:
        self.queue.put(image)
        if image.id == self.session.current_id:
            self._show_picture()

    def _show_chosen(self) -> None:
        self.queue.choose(self.session.current_id)
        self._show_picture()
        self._show_all()

    def _show_picture(self) -> None:
        model, image = self.queue.model, self.session.current
        row = model.row_of(image.id) if image is not None else -1
        following = model.image(row + 1) if row >= 0 else None
        self.picture.show_image(image, following)
        self._show_place()

    def _show_place(self) -> None:
        """Which image it is, and how many are selected with it."""
        model, image = self.queue.model, self.session.current
        row = model.row_of(image.id) if image is not None else -1
        selected = len(self.queue.selected_ids)
        name = image.name if image is not None else ""
        self.editor.show_place(name, row + 1, model.rowCount(), selected)

    def _show_all(self) -> None:
        """Picture and text of an image; without one, how to begin."""
        session = self.session
        if session.current is not None:
            self.layers.setCurrentWidget(self.work)
            return
        self.layers.setCurrentWidget(self.page)
        if not session.is_known:
            message = Message(strings.WORKING_TITLE, strings.WORKING_TEXT)
        elif session.open_id and not session.are_read:
            message = Message(strings.WORKING_TITLE, strings.LOADING)
        else:
            message = Message(
                strings.EMPTY_TITLE, strings.EMPTY_TEXT, strings.EMPTY_FOLDER, strings.EMPTY_FILES
            )
        self.page.show_message(message)

    def _show_working(self, sentence: str) -> None:
        if sentence and self.session.current is None:
            self.page.show_message(Message(strings.WORKING_TITLE, sentence))
            self.layers.setCurrentWidget(self.page)
        elif sentence:
            self.desk.say(sentence)
        else:
            self._show_all()

    def _show_failure(self, sentence: str) -> None:
        self._failed = True
        self.queue.show_message(sentence)
        self.layers.setCurrentWidget(self.page)
        self.page.show_message(Message(strings.FAILED_TITLE, sentence, strings.TRY_AGAIN))

    def _page_pressed(self) -> None:
        if self.page.primary.text() == strings.TRY_AGAIN:
            self.refresh()
            self.session.reread()
        else:
            self.sets.pick_folder()
