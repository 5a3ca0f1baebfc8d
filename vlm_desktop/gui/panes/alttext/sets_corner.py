"""Where sets come from and what is done with them: folders, files, photos of Search, drops."""

from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from vlm_desktop.base.altkeeping import AltAdded, AltRemoved
from vlm_desktop.base.altpages import PAGE_ENDINGS
from vlm_desktop.base.alttext import Brief, SetSource
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import current, fill
from vlm_desktop.gui.navigator import Sending
from vlm_desktop.gui.panes.alttext.brief_dialog import BriefDialog
from vlm_desktop.gui.panes.alttext.session import AltSession
from vlm_desktop.gui.strings import alttext as strings
from vlm_desktop.gui.verbs import quick
from vlm_desktop.gui.widgets.name_question import ask_name
from vlm_desktop.gui.widgets.send_menu import send_menu

if TYPE_CHECKING:
    from vlm_desktop.jobs import Job

_ENDINGS = "*.jpg *.jpeg *.png *.webp *.heic *.heif *.avif *.tif *.tiff *.gif *.bmp *.svg"
Filler = Callable[[int, CancelToken], Generator[Event, None, AltAdded]]
"""Puts images into the set of this number."""


class SetsCorner(QObject):
    """Changes of sets can be undone. Main thread."""

    working = Signal(str)
    """A sentence: images are being looked for; "" when they are there."""
    made = Signal()
    """A new set is about to be opened."""
    page_wanted = Signal(object)
    """The path of a page or document whose images are to be a set."""

    def __init__(self, session: AltSession, over: QWidget) -> None:
        super().__init__(over)
        self._session, self._desk, self._over = session, session.desk, over
        self._looking: Job | None = None
        self._build()
        session.opened.connect(self._refresh_actions)
        session.chosen.connect(self._refresh_actions)
        self._desk.navigator.selection_changed.connect(lambda _: self._refresh_actions())
        self._refresh_actions()

    def _build(self) -> None:
        def add(name: str, text: str, slot: Callable[[], object], key: str = "") -> Any:
            return self._desk.actions.add(
                f"alttext.{name}",
                text,
                self._front(slot),
                shortcut=key or None,
                where=self._over,
                while_shown=True,
            )

        self.from_folder = add("folder", strings.NEW_FROM_FOLDER, self.pick_folder, "Ctrl+Shift+O")
        self.from_files = add("files", strings.NEW_FROM_FILES, self.pick_files, "Ctrl+N")
        self.from_selection = add(
            "selection", strings.NEW_FROM_SELECTION,
            lambda: self.take_photos(self._desk.navigator.selection),
        )  # fmt: skip
        self.add_files = add("add-files", strings.ADD_FILES, self.pick_more)
        self.brief = add("brief", strings.BRIEF_COMMAND, self.edit_brief, "Ctrl+B")
        self.rename = add("rename-set", strings.RENAME_SET, self.ask_rename)
        self.remove_image = add("remove-image", strings.REMOVE_IMAGE, self.take_out)
        self.remove = add("remove-set", strings.REMOVE_SET, self.remove_set)
        self.look = add("look", strings.REFRESH, self.look_at_files)
        self.new_menu = QMenu(self._over)
        for action in (self.from_folder, self.from_files, self.from_selection):
            self.new_menu.addAction(action)
        self.more_menu = QMenu(self._over)
        for group in (
            (self.brief,),
            (self.add_files, self.look, self.remove_image),
            (self.rename, self.remove),
        ):
            for action in group:
                self.more_menu.addAction(action)
            self.more_menu.addSeparator()
        self.send = send_menu(self._desk, "alttext", self._sending, self._over)
        self.more_menu.addMenu(self.send)

    def _front(self, slot: Callable[[], object]) -> Callable[[], object]:
        """From the palette, the pane comes to the front first."""

        def do() -> None:
            self._desk.navigator.pane_wanted.emit("alttext")
            slot()

        return do

    def _sending(self, pane: str) -> Sending | None:
        """The file of the current image."""
        image = self._session.current
        return Sending(pane, image.path) if image is not None and image.path is not None else None

    def _refresh_actions(self) -> None:
        is_open = bool(self._session.open_id)
        for action in (self.add_files, self.brief, self.rename, self.remove, self.look):
            action.setEnabled(is_open)
        self.remove_image.setEnabled(bool(self._session.current_id))
        image = self._session.current
        self.send.setEnabled(image is not None and image.path is not None)
        self.from_selection.setEnabled(bool(self._desk.navigator.selection))

    # --- what a person chooses -----------------------------------------------------------

    def pick_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self._over, strings.CHOOSE_FOLDER)
        if chosen:
            self.take_paths([Path(chosen)])

    def pick_files(self) -> None:
        self.take_paths(self._ask_files())

    def pick_more(self) -> None:
        """Files for the set that is open."""
        chosen = self._ask_files()
        if chosen:
            self.add_to_open(chosen)

    def _ask_files(self) -> list[Path]:
        kinds = f"{strings.PICTURE_FILES} ({_ENDINGS} {_ENDINGS.upper()});;{strings.ALL_FILES} (*)"
        chosen, _ = QFileDialog.getOpenFileNames(self._over, strings.CHOOSE_FILES, "", kinds)
        return [Path(one) for one in chosen]

    def take_drop(self, mime: QMimeData) -> None:
        """Files that were dropped go into the open set, folders and pages make new ones."""
        paths = dropped_paths(mime)
        files = [one for one in paths if is_file(one) and not is_page(one)]
        if files and len(files) == len(paths) and self._session.open_id:
            self.add_to_open(files)
        else:
            self.take_paths(paths)

    # --- new sets ------------------------------------------------------------------------

    def take_paths(self, paths: Sequence[Path]) -> None:
        """A set for each folder and each page, and one for all files together."""
        files = []
        for path in paths:
            if is_page(path):
                self.page_wanted.emit(path)
            elif is_file(path):
                files.append(path)
            else:
                self.from_path(path)
        if files:
            self._from_files(tuple(files))

    def _from_files(self, files: tuple[Path, ...]) -> None:
        session = self._session
        name = strings.images(len(files)) if len(files) > 1 else files[0].name

        def fill_set(number: int, cancel: CancelToken) -> Generator[Event, None, AltAdded]:
            return session.kept.add_files(number, files, cancel)

        self.make(name, SetSource.FILES, None, fill_set)

    def from_path(self, folder: Path) -> None:
        """All images of a folder and those in it."""
        session = self._session
        self.working.emit(fill(strings.READING_FOLDER, name=folder.name))

        def fill_set(number: int, cancel: CancelToken) -> Generator[Event, None, AltAdded]:
            return session.kept.add_folder(number, folder, cancel)

        self.make(folder.name or str(folder), SetSource.FOLDER, folder, fill_set)

    def take_photos(self, content_ids: Sequence[int]) -> None:
        """Photos of the library, such as those selected in Search."""
        session, ids = self._session, tuple(content_ids)
        if not ids:
            return

        def fill_set(number: int, _: CancelToken) -> Generator[Event, None, AltAdded]:
            yield from ()
            return session.kept.add_hits(number, ids)

        self.make(self._free_name(strings.SELECTION_SET), SetSource.HITS, None, fill_set)

    def _free_name(self, name: str) -> str:
        """Numbered where another set is called that already."""
        taken = {one.name for one in self._session.sets}
        number, free = 1, name
        while free in taken:
            number += 1
            free = fill(strings.NUMBERED_SET, name=name, number=number)
        return free

    def make(self, name: str, source: SetSource, origin: Path | None, fill_set: Filler) -> None:
        """A new set with what `fill_set` puts into it, opened; one that stays empty is none."""
        session = self._session
        brief = Brief(language=current())

        def verb(cancel: CancelToken) -> Generator[Event, None, AltAdded]:
            made = session.kept.new_set(name, source, origin=origin, brief=brief)
            added: AltAdded | None = None
            try:
                added = yield from fill_set(made.id, cancel)
                yield from session.kept.import_files(added.images, brief.language, cancel)
            finally:
                if added is None or not added.images:
                    session.kept.remove_set(made.id)
            return added

        def done(added: AltAdded) -> None:
            self.working.emit("")
            if not added.images:
                self._desk.say(fill(strings.NO_IMAGES_FOUND, name=name))
                return
            words = strings.images(len(added.images))
            said = [fill(strings.SET_MADE, name=name, images=words)]
            said += [strings.left_out(len(added.problems))] if added.problems else []
            self._desk.say(" ".join(said))
            self.made.emit()
            session.open(added.set_id)
            self.look_at_files()

        session.act_on_sets(
            fill(strings.CHANGE_NEW_SET, name=name),
            verb,
            lambda added: quick(lambda: session.kept.remove_set(added.set_id)),
            done,
            failed=lambda: self.working.emit(""),
        )

    def add_to_open(self, files: Sequence[Path]) -> None:
        """More images at the end of the open set."""
        session, number, paths = self._session, self._session.open_id, tuple(files)

        def done(added: AltAdded) -> None:
            said = [strings.images_added(len(added.images))]
            said += [strings.left_out(len(added.problems))] if added.problems else []
            self._desk.say(" ".join(said))
            session.reread()
            self.look_at_files()

        language = session.brief.language

        def verb(cancel: CancelToken) -> Generator[Event, None, AltAdded]:
            added = yield from session.kept.add_files(number, paths, cancel)
            yield from session.kept.import_files(added.images, language, cancel)
            return added

        session.act_on_sets(
            strings.CHANGE_ADD,
            verb,
            lambda added: quick(lambda: session.kept.remove_images(number, added.images)),
            done,
        )

    def look_at_files(self) -> None:
        """Which files of the set are gone or changed: approved texts of those are stale."""
        session, number = self._session, self._session.open_id
        if number:
            self._looking = self._desk.ask(
                lambda cancel: session.kept.refresh(number, cancel),
                lambda _: session.reread(),
                failed=session.failed.emit,
                latest="alttext-look",
            )

    def stop(self) -> None:
        if self._looking is not None:
            self._looking.cancel()

    # --- the open set --------------------------------------------------------------------

    def ask_rename(self) -> None:
        found = self._session.open_set
        if found is not None:
            name = ask_name(
                self._over, strings.RENAME_SET_TITLE, strings.RENAME_SET_LABEL, found.name
            )
            if name and name != found.name:
                self.rename_to(name)

    def rename_to(self, name: str) -> None:
        session, found = self._session, self._session.open_set
        if found is None:
            return
        number, before = found.id, found.name
        session.act_on_sets(
            strings.CHANGE_RENAME,
            quick(lambda: session.kept.rename_set(number, name)),
            lambda _: quick(lambda: session.kept.rename_set(number, before)),
        )

    def remove_set(self) -> None:
        """Its images and texts stay; undo brings it back."""
        session, found = self._session, self._session.open_set
        if found is None:
            return
        number, name = found.id, found.name
        session.open(0)
        session.act_on_sets(
            fill(strings.CHANGE_REMOVE_SET, name=name),
            quick(lambda: session.kept.remove_set(number)),
            lambda _: quick(lambda: session.kept.restore_set(number)),
            lambda _: self._desk.say(fill(strings.SET_REMOVED, name=name)),
        )

    def take_out(self) -> None:
        """The current image leaves the set; its texts stay."""
        session, image, number = self._session, self._session.current, self._session.open_id
        if image is None:
            return
        ids = [image.id]

        def undo(removed: AltRemoved) -> Any:
            return quick(lambda: session.kept.put_back(removed))

        session.act_on_sets(
            fill(strings.CHANGE_REMOVE_IMAGE, name=image.name),
            quick(lambda: session.kept.remove_images(number, ids)),
            undo,
            lambda _: session.reread(),
        )

    def edit_brief(self) -> BriefDialog | None:
        """What whoever writes is told."""
        found = self._session.open_set
        if found is None:
            return None
        dialog = BriefDialog(found.name, found.brief, self._over)
        dialog.saved.connect(self.keep_brief)
        dialog.open()
        return dialog

    def keep_brief(self, brief: Brief) -> None:
        session, found = self._session, self._session.open_set
        if found is None or brief == found.brief:
            return
        number, before = found.id, found.brief
        session.act_on_sets(
            strings.CHANGE_BRIEF,
            quick(lambda: session.kept.set_brief(number, brief)),
            lambda _: quick(lambda: session.kept.set_brief(number, before)),
        )


def is_page(path: Path) -> bool:
    """Whether a file is a page or document that shows images."""
    return path.suffix.lower() in PAGE_ENDINGS


def is_file(path: Path) -> bool:
    """Whether a path that a person chose is a file's; the disk is asked where the name may be."""
    return bool(path.suffix) and not path.is_dir()


def dropped_paths(mime: QMimeData) -> list[Path]:
    """Local files and folders among what is dropped."""
    return [Path(one.toLocalFile()) for one in mime.urls() if one.isLocalFile()]
