"""The commands of the photo view: menu, palette, shortcuts and context menu."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu

from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.search import photo_outside as outside
from vlm_desktop.gui.panes.search.photo_view import PhotoView
from vlm_desktop.gui.strings import photo as strings
from vlm_desktop.gui.widgets.photo_geometry import STEP


class PhotoActions:
    """Adds the view's actions to the desk's book; they act while the focus is in the view."""

    def __init__(self, desk: Desk, view: PhotoView) -> None:
        self._desk = desk
        self._view = view
        self._made: list[QAction] = []
        self._build()
        view.menu_wanted.connect(self._show_menu)
        view.shown.connect(lambda _: self._refresh(True))
        view.closed.connect(lambda _: self._refresh(False))
        view.words.found.connect(lambda _: self.text.setChecked(view.words.is_on))
        view.canvas.region_changed.connect(self.part.setChecked)
        view.canvas.dragged_out.connect(self._drag_out)
        self._refresh(False)

    def _build(self) -> None:
        view, canvas, add = self._view, self._view.canvas, self._add
        self.back = add("back", strings.BACK, view.close_view, "", "back")
        add("next", strings.NEXT, lambda: view.step(1), "", "next")
        add("previous", strings.PREVIOUS, lambda: view.step(-1), "", "previous")
        next_page = add("next-page", strings.NEXT_PAGE, lambda: view.turn_page(1), "", "next")
        last_page = add(
            "previous-page", strings.PREVIOUS_PAGE, lambda: view.turn_page(-1), "", "previous"
        )
        add("zoom-in", strings.ZOOM_IN, lambda: canvas.zoom_by(STEP), "+").setShortcuts(["+", "="])
        add("zoom-out", strings.ZOOM_OUT, lambda: canvas.zoom_by(1 / STEP), "-")
        fit = add("fit", strings.FIT, canvas.fit, "0", "fit")
        full_size = add("full-size", strings.FULL_SIZE, view.zoom_full, "1")
        full_size.setShortcuts(["1", "Z"])
        right = add("turn-right", strings.TURN_RIGHT, lambda: canvas.turn(1), "R", "turn-right")
        left = add("turn-left", strings.TURN_LEFT, lambda: canvas.turn(-1), "Shift+R", "turn-left")
        for turn in (right, left):
            turn.setToolTip(strings.TURN_TIP)
        self.part = add(
            "search-part", strings.SEARCH_PART, view.toggle_region, "S", "search-part",
            tip=strings.SEARCH_PART_TIP, checkable=True,
        )  # fmt: skip
        self.text = add(
            "text", strings.SHOW_TEXT, self._toggle_text, "T", "text",
            tip=strings.SHOW_TEXT_TIP, checkable=True,
        )  # fmt: skip
        full = add(
            "full-screen", strings.FULL_SCREEN, view.toggle_full_screen, "F11", "full-screen"
        )
        add("similar", strings.FIND_SIMILAR, self._similar, "")
        add("copy", strings.COPY_PICTURE, self._copy_picture, "Ctrl+C", "copy")
        add("copy-path", strings.COPY_PATH, self._copy_path, "Ctrl+Shift+C")
        add("open-outside", strings.OPEN_DEFAULT, self._open_default, "Ctrl+Shift+O")
        canvas.addAction(self._desk.actions.get("photo.trash"))
        view.bar.build(self.back, (last_page, next_page), [fit, left, right, self.text, self.part])
        view.bar.add_tool(self._desk.actions.get("photo.details"))
        view.bar.add_tool(full)

    def _add(
        self,
        name: str,
        text: str,
        slot: Callable[[], object],
        shortcut: str,
        icon: str = "",
        *,
        tip: str = "",
        checkable: bool = False,
    ) -> QAction:
        action = self._desk.actions.add(
            f"photo.{name}",
            text,
            slot,
            shortcut=shortcut or None,
            menu="photo",
            icon=icon,
            tip=tip,
            checkable=checkable,
            where=self._view,
        )
        self._made.append(action)
        return action

    def _refresh(self, is_open: bool) -> None:
        """Commands of the view mean nothing while it is closed."""
        for action in self._made:
            action.setEnabled(is_open)
        if is_open:
            for name in ("photo.show-in-folder", "photo.trash"):
                self._desk.actions.get(name).setEnabled(True)
        for action in (self.text, self.part):
            action.setChecked(False)

    # --- what they do --------------------------------------------------------------------

    def _toggle_text(self) -> None:
        self.text.setChecked(self._view.toggle_texts())

    def _similar(self) -> None:
        path = self._view.path
        self._view.close_view()
        self._desk.navigator.similar_wanted.emit(path)

    def _copy_picture(self) -> None:
        image = self._view.canvas.image
        if not image.isNull():
            outside.copy_picture(image, self._view.path)
            self._desk.say(strings.COPIED_PICTURE)

    def _copy_path(self) -> None:
        QGuiApplication.clipboard().setText(str(self._view.path))
        self._desk.say(strings.COPIED_PATH)

    def _open_default(self) -> None:
        path = self._view.path
        if not self._desk.open_file(path):
            self._desk.say(fill(strings.PHOTO_NOT_OPENED, path=path))

    def _drag_out(self) -> None:
        if self._view.path != Path():
            outside.drag_out(self._view, self._view.path, self._view.canvas.image)

    # --- the context menu ----------------------------------------------------------------

    def _show_menu(self, at: QPoint) -> None:
        """The programs are looked for first; that takes a few small files."""
        path = self._view.path

        def done(programs: list[outside.Program]) -> None:
            if path == self._view.path and self._view.isVisible():
                self._popup(at, path, programs)

        self._desk.fetch(lambda: outside.programs_for(path), done, latest="photo-programs")

    def _popup(self, at: QPoint, path: Path, programs: list[outside.Program]) -> None:
        menu = self.menu(path, programs)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def menu(self, path: Path, programs: list[outside.Program]) -> QMenu:
        """The context menu of a photo."""
        book = self._desk.actions
        menu = QMenu(self._view)
        for group in (
            ("photo.ask", "photo.alttext", "photo.ground", "photo.search-part", "photo.similar"),
            ("photo.copy", "photo.copy-path"),
            ("photo.open-outside",),
            ("photo.show-in-folder",),
            ("photo.fit", "photo.full-size", "photo.turn-left", "photo.turn-right"),
            ("photo.trash",),
            ("photo.text", "photo.details", "photo.full-screen", "photo.back"),
        ):
            for name in group:
                menu.addAction(book.get(name))
                if name == "photo.open-outside":
                    self._add_programs(menu, path, programs)
            menu.addSeparator()
        return menu

    def _add_programs(self, menu: QMenu, path: Path, programs: list[outside.Program]) -> None:
        if outside.has_chooser():
            menu.addAction(strings.OPEN_WITH_OTHER, lambda: outside.open_chooser(path))
        if not programs:
            return
        inner = menu.addMenu(strings.OPEN_WITH)
        for program in programs:
            inner.addAction(
                program.name.replace("&", "&&"), lambda one=program: outside.open_with(path, one)
            )
