"""The ways examples come in: menus, buttons, drops and pastes, each of which begins a reading."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.base.trainingdata import OnHand, PhotoTextCount, TrainSource
from vlm_desktop.gui.panes.alttext.languages import language_name
from vlm_desktop.gui.panes.search.query_pictures import write_pasted
from vlm_desktop.gui.panes.train.data_files import PICTURES, is_picture, paths_in
from vlm_desktop.gui.panes.train.data_photos import PhotosDialog, PhotosWish, hint_for
from vlm_desktop.gui.panes.train.data_reading import (
    Reader,
    Reading,
    kept_reader,
    path_reader,
    pictures_reader,
    words_for,
)
from vlm_desktop.gui.panes.train.session import TrainSession
from vlm_desktop.gui.strings import train_data as strings
from vlm_desktop.trainstrings import source_name

_EXAMPLES = "*.jsonl *.json *.csv *.tsv *.ndjson"
KEPT = (TrainSource.ALT_TEXTS, TrainSource.DOCUMENTS, TrainSource.OBJECTS, TrainSource.CHAT)


class Ways(QObject):
    """Main thread."""

    on_hand_changed = Signal()

    def __init__(self, session: TrainSession, reading: Reading, over: QWidget) -> None:
        super().__init__(over)
        self._session, self._desk, self._over = session, session.desk, over
        self._reading = reading
        self._waiting: list[Callable[[], None]] = []
        self.on_hand = OnHand()
        self.kept = {
            one: self._add(one.name.lower().replace("_", "-"), words, self._taker(one))
            for one, words in self._kept_words().items()
        }
        self.languages = QMenu(over)
        self.selection = self._add(
            "selection", strings.ADD_SELECTION,
            lambda: self.take_photos(self._desk.navigator.selection),
        )  # fmt: skip
        self.file = self._add("file", strings.ADD_FILE, self.pick_files)
        self.folder = self._add("folder", strings.ADD_FOLDER, self.pick_folder, "Ctrl+Shift+O")
        self.pictures = self._add("pictures", strings.ADD_PICTURES, self.pick_pictures)
        self.pasted = self._add("paste", strings.ADD_PASTED, self.paste, "Ctrl+V")
        for action, tip in (
            (self.file, strings.ADD_FILE_TIP),
            (self.folder, strings.ADD_FOLDER_TIP),
            (self.pictures, strings.ADD_PICTURES_TIP),
        ):
            action.setToolTip(tip)
        self.menu = QMenu(over)
        self.menu.addActions([*self.kept.values(), self.selection])
        self.menu.addSeparator()
        self.menu.addActions([self.file, self.folder, self.pictures, self.pasted])
        self._desk.navigator.selection_changed.connect(lambda _: self._show_on_hand())
        session.listed.connect(self._go_on)
        self._show_on_hand()

    def _kept_words(self) -> dict[TrainSource, str]:
        words = (
            strings.ADD_ALT_TEXTS, strings.ADD_DOCUMENTS, strings.ADD_OBJECTS, strings.ADD_ANSWERS
        )  # fmt: skip
        return dict(zip(KEPT, words, strict=True))

    def _add(self, name: str, text: str, slot: Callable[[], object], key: str = "") -> QAction:
        def do() -> None:
            self._desk.navigator.pane_wanted.emit("train")
            slot()

        return self._desk.actions.add(
            f"train.add-{name}", text, do, shortcut=key or None, where=self._over,
            while_shown=True,
        )  # fmt: skip

    # --- what there is -------------------------------------------------------------------

    def refresh(self) -> None:
        """Count what the library keeps."""

        def done(found: OnHand) -> None:
            self.on_hand = found
            self._show_on_hand()

        services = self._desk.services
        self._desk.fetch(
            lambda: services.training.sources.on_hand(), done,
            failed=lambda _: None,  # each way says itself what is wrong once it is taken
            latest="train-on-hand",
        )  # fmt: skip

    def count(self, source: TrainSource) -> int:
        found = self.on_hand
        if source is TrainSource.ALT_TEXTS:
            return sum(count for _, count in found.alt_texts)
        return {
            TrainSource.DOCUMENTS: found.documents,
            TrainSource.OBJECTS: found.objects,
            TrainSource.CHAT: found.answers,
        }[source]

    def _show_on_hand(self) -> None:
        for source, words in self._kept_words().items():
            count = self.count(source)
            form = strings.WAY_COUNT if count else strings.WAY_NONE
            self.kept[source].setText(fill(form, way=words, count=count))
        chosen = len(self._desk.navigator.selection)
        words = strings.ADD_SELECTION
        if chosen:
            words = fill(strings.WAY_COUNT, way=words.removesuffix("…"), count=chosen) + "…"
        self.selection.setText(words)
        self._fill_languages()
        self.on_hand_changed.emit()

    def _fill_languages(self) -> None:
        """Alt texts of several languages are a menu of their own."""
        self.languages.clear()
        tags = self.on_hand.alt_texts
        whole = fill(strings.ALL_LANGUAGES, count=self.count(TrainSource.ALT_TEXTS))
        for tag, words in [("", whole)] + [
            (tag, fill(strings.ONE_LANGUAGE, language=language_name(tag), count=count))
            for tag, count in tags
        ]:
            self.languages.addAction(words, lambda tag=tag: self.take_alt_texts(tag))
        several = len(tags) > 1
        self.kept[TrainSource.ALT_TEXTS].setMenu(self.languages if several else None)

    # --- what the library keeps ------------------------------------------------------------

    def _taker(self, source: TrainSource) -> Callable[[], None]:
        return lambda: self.take_kept(source)

    def take_kept(self, source: TrainSource) -> None:
        """All that a person said of this kind; where there is none, how there comes to be some."""
        if not self.count(source):
            how = {
                TrainSource.ALT_TEXTS: strings.HOW_ALT_TEXTS,
                TrainSource.DOCUMENTS: strings.HOW_DOCUMENTS,
                TrainSource.OBJECTS: strings.HOW_OBJECTS,
                TrainSource.CHAT: strings.HOW_ANSWERS,
            }[source]
            self._desk.say(fill(strings.NONE_ON_HAND, how=how))
            return
        if source is TrainSource.ALT_TEXTS and len(self.on_hand.alt_texts) > 1:
            focus = QApplication.focusWidget()
            here = focus if focus is not None and self._over.isAncestorOf(focus) else self._over
            self.languages.popup(here.mapToGlobal(here.rect().bottomLeft()))
            return
        readers: dict[TrainSource, Reader] = {
            TrainSource.ALT_TEXTS: kept_reader(lambda one: one.alt_texts()),
            TrainSource.DOCUMENTS: kept_reader(lambda one: one.documents()),
            TrainSource.OBJECTS: kept_reader(lambda one: one.objects()),
            TrainSource.CHAT: kept_reader(lambda one: one.answers()),
        }
        self._gather(source_name(source.value), readers[source])

    def take_alt_texts(self, language: str) -> None:
        """Those of one language, or with "" of all."""
        name = source_name(TrainSource.ALT_TEXTS.value)
        self._gather(name, kept_reader(lambda one: one.alt_texts(language)))

    def _gather(self, name: str, reader: Reader) -> None:
        self._reading.run(_title(name), fill(strings.READING_KEPT, name=name), [reader])

    # --- photos ----------------------------------------------------------------------------

    def take_photos(self, content_ids: Sequence[int]) -> None:
        """Photos of the library: what a model is to say of them is asked once."""
        ids, services = tuple(content_ids), self._desk.services
        if not ids:
            self._desk.say(strings.HOW_SELECTION)
            return

        def ask(found: tuple[PhotoTextCount, ...]) -> None:
            hint = hint_for(len(ids))
            PhotosDialog(
                hint, len(ids), found, lambda wish: self._add_photos(ids, wish), self._over
            ).open()

        self._once_listed(
            lambda: self._desk.fetch(lambda: services.training.sources.photo_texts(ids), ask)
        )

    def _add_photos(self, ids: tuple[int, ...], wish: PhotosWish) -> None:
        name = strings.PHOTOS_NAME
        reader = kept_reader(
            lambda one: one.photos(
                ids, text=wish.text, label=wish.label, own=wish.own, language=wish.language
            )
        )
        self._reading.run(
            wish.label or _title(name), fill(strings.READING_KEPT, name=name), [reader]
        )

    def take_pictures(self, paths: Sequence[Path]) -> None:
        """Pictures that lie anywhere, or a folder of them."""
        files = tuple(paths)
        is_folder = len(files) == 1 and not is_picture(files[0])
        hint = hint_for(len(files))
        if is_folder:
            hint = fill(strings.PHOTOS_HINT_FOLDER, name=files[0].name)

        def take(wish: PhotosWish) -> None:
            name = wish.label or _title(strings.PICTURES_NAME)
            reader = pictures_reader(files, wish.text, wish.label)
            self._reading.run(name, words_for(files), [reader])

        PhotosDialog(hint, len(files), (), take, self._over, beside=True).open()

    # --- files -----------------------------------------------------------------------------

    def pick_files(self) -> None:
        kinds = f"{strings.FILES_OF_EXAMPLES} ({_EXAMPLES});;{strings.ALL_FILES} (*)"
        chosen, _ = QFileDialog.getOpenFileNames(self._over, strings.CHOOSE_FILE, "", kinds)
        self.take_paths([Path(one) for one in chosen])

    def pick_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self._over, strings.CHOOSE_FOLDER)
        if chosen:
            self.take_paths([Path(chosen)])

    def pick_pictures(self) -> None:
        endings = " ".join(f"*.{one} *.{one.upper()}" for one in PICTURES)
        kinds = f"{strings.FILES_OF_PICTURES} ({endings});;{strings.ALL_FILES} (*)"
        chosen, _ = QFileDialog.getOpenFileNames(self._over, strings.CHOOSE_PICTURES, "", kinds)
        if chosen:
            self.take_pictures([Path(one) for one in chosen])

    def take_paths(self, paths: Sequence[Path]) -> None:
        """Files of examples and folders are read; pictures are asked about."""
        pictures = [one for one in paths if is_picture(one)]
        others = [one for one in paths if one not in pictures]

        def take() -> None:
            if others:
                name = others[0].stem or str(others[0])
                readers = [path_reader(one) for one in others]
                bare = others[0] if len(others) == 1 and not others[0].suffix else None
                self._reading.run(name, words_for(others), readers, folder=bare)
            if pictures:
                self.take_pictures(pictures)

        if paths:
            self._once_listed(take)

    def paste(self) -> None:
        """Files of the clipboard, or the picture in it."""
        self.take_mime(QGuiApplication.clipboard().mimeData())

    def take_mime(self, mime: QMimeData) -> None:
        """What was dropped or pasted."""
        paths = paths_in(mime)
        if paths:
            self.take_paths(paths)
            return
        image = QImage(mime.imageData()) if mime.hasImage() else QImage()
        if image.isNull():
            self._desk.say(strings.NOTHING_TO_PASTE)
            return
        services = self._desk.services
        self._desk.fetch(
            lambda: write_pasted(image, services.chat.pasted), lambda path: self.take_paths([path])
        )

    # --- in time ---------------------------------------------------------------------------

    def _once_listed(self, do: Callable[[], object]) -> None:
        """Now, or when it is known which data set is in hand."""
        if self._session.is_listed:
            do()
        else:
            self._waiting.append(lambda: do() and None)

    def _go_on(self) -> None:
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            one()


def _title(name: str) -> str:
    """As a data set is called."""
    return name[:1].upper() + name[1:]
