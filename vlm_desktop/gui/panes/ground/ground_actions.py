"""The pane's commands: what its keys and tools do, and what the palette finds."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QShortcut
from PySide6.QtWidgets import QMenu

from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.navigator import Sending
from vlm_desktop.gui.panes.ground.items import FOUND, OBJECT, OTHER
from vlm_desktop.gui.strings import ground as strings
from vlm_desktop.gui.widgets.photo_geometry import STEP
from vlm_desktop.gui.widgets.send_menu import send_menu

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from vlm_desktop.gui.panes.ground.ground_pane import GroundPane


class GroundActions(QObject):
    """Main thread. Single letters act over the picture only; elsewhere letters are typing's."""

    def __init__(self, pane: "GroundPane") -> None:
        super().__init__(pane)
        self._pane = pane
        self._build_tools()
        self._build_commands()
        pane.session.opened.connect(self.refresh)
        pane.session.loaded.connect(self.refresh)
        pane.session.objects_changed.connect(self.refresh)

    def _build_tools(self) -> None:
        pane, canvas = self._pane, self._pane.canvas
        self._tools = QActionGroup(pane)
        self.tools = {
            name: self._tool(name, text, tip, key, slot)
            for name, text, tip, key, slot in (
                ("point", strings.POINT, strings.POINT_TIP, "V",
                 lambda: pane.choose_tool("point")),
                ("box", strings.BOX, strings.BOX_TIP, "B", self.begin_box),
                ("look", strings.LOOK, strings.LOOK_TIP, "H", lambda: pane.choose_tool("look")),
            )
        }  # fmt: skip
        self.phrase = self._over("phrase", strings.PHRASE, pane.bar.focus, "/", "ground-phrase")
        self.phrase.setToolTip(strings.PHRASE_TIP)
        self.step_back = self._over(
            "step-back", strings.STEP_BACK, pane.step_back, "", "ground-step-back"
        )
        self.step_back.setToolTip(strings.STEP_BACK_TIP)
        self.aim = self._over("aim", strings.CROSSHAIR, self.begin_aim, "C", "")
        closer = self._over("zoom-in", strings.CLOSER, lambda: canvas.zoom_by(STEP), "Ctrl++",
                            "closer")  # fmt: skip
        closer.setShortcuts(["Ctrl++", "Ctrl+="])
        further = self._over(
            "zoom-out", strings.FURTHER, lambda: canvas.zoom_by(1 / STEP), "Ctrl+-", "further"
        )
        whole = self._over("fit", strings.WHOLE, canvas.fit, "Ctrl+0", "fit")
        pane.picture.tools.set_actions(
            (
                (*self.tools.values(), self.phrase),
                (self.step_back,),
                (closer, further, whole),
            )
        )

    def _build_commands(self) -> None:
        pane = self._pane
        self.keep = self._add("keep", strings.KEEP_COMMAND, self.keep_or_take, "Ctrl+Return")
        self.keep.setShortcuts(["Ctrl+Return", "Ctrl+Enter"])
        self.drop = self._add("drop", strings.DROP_COMMAND, pane.pointing.throw_away, "")
        self.cycle = self._over(
            "cycle", strings.CYCLE_COMMAND, lambda: pane.pointing.cycle(1), "W", ""
        )
        self.rename = self._add("rename", strings.RENAME, pane.objects.rename, "Ctrl+L")
        # In the list as in lists elsewhere; over the picture F2 moves points.
        in_list = QShortcut("F2", pane.objects.list)
        in_list.setContext(Qt.ShortcutContext.WidgetShortcut)
        in_list.activated.connect(pane.objects.rename)
        self.change = self._add(
            "change", strings.CHANGE_POINTS, lambda: pane.hands.change_outline(pane.current), ""
        )
        self.remove = self._add(
            "remove", strings.REMOVE, lambda: pane.hands.delete(pane.current), ""
        )
        self.remove_all = self._add("remove-all", strings.REMOVE_ALL, self.clear_objects, "")
        self._add("picture", strings.GO_PICTURE, pane.focus_picture, "Ctrl+P")
        self._add("phrases", strings.GO_PHRASES, pane.bar.focus, "Ctrl+E")
        self._add("list", strings.GO_LIST, pane.focus_list, "Ctrl+G")
        self._add("part", strings.GO_NEXT_PART, self.next_part, "F6")
        self._build_menus()
        pane.picture.draft.keep_wanted.connect(pane.hands.keep)
        self.refresh()

    def _build_menus(self) -> None:
        """What stands behind the three dots, and the menu of the picture."""
        pane = self._pane
        self.send = send_menu(pane.desk, pane.key, self._sending, pane)
        self.more = QMenu(pane)
        for action in (pane.captions.action, *pane.speaking.actions):
            self.more.addAction(action)
        self.more.addMenu(self.send)
        self.more.addSeparator()
        for action in (pane.labels.folder, pane.labels.selection, pane.labels.resume):
            self.more.addAction(action)
        self.more.addSeparator()
        exports = pane.exports
        for action in (exports.export, exports.cutout, exports.mask, exports.taking,
                       exports.folder):  # fmt: skip
            self.more.addAction(action)
        self.more.addSeparator()
        for action in (self.remove_all, exports.forget, exports.forget_all):
            self.more.addAction(action)
        pane.side.set_menus(pane.opening.menu, self.more)
        pane.canvas.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        pane.canvas.addActions(
            [self.keep, self.drop, self.change, self.rename, self.remove, *pane.speaking.actions,
             self.send.menuAction()]
        )  # fmt: skip

    def _sending(self, pane: str) -> Sending | None:
        """The part that is chosen, where the other pane takes parts; else the picture."""
        picture = self._pane.session.picture
        if picture is None:
            return None
        parts = pane in ("search", "chat")
        box = self._pane.speaking.box(self._pane.current) if parts else None
        return Sending(pane, picture.path, page=picture.page, box=box)

    def _add(self, name: str, text: str, slot: Callable[[], object], key: str) -> QAction:
        """While the pane is in sight; from the palette it comes to front first."""

        def do() -> None:
            self._pane.desk.navigator.pane_wanted.emit("ground")
            slot()

        return self._pane.desk.actions.add(
            f"ground.{name}", text, do, shortcut=key or None, where=self._pane, while_shown=True
        )

    def _over(
        self, name: str, text: str, slot: Callable[[], object], key: str, icon: str
    ) -> QAction:
        """While the focus is over the picture or its tools."""

        def do() -> None:
            self._pane.desk.navigator.pane_wanted.emit("ground")
            slot()

        return self._pane.desk.actions.add(
            f"ground.{name}", text, do, shortcut=key or None, icon=icon,
            where=self._pane.picture,
        )  # fmt: skip

    def _tool(
        self, name: str, text: str, tip: str, key: str, slot: Callable[[], object]
    ) -> QAction:
        action = self._over(name, text, slot, key, f"ground-{name}")
        action.setCheckable(True)
        action.setToolTip(tip)
        self._tools.addAction(action)
        return action

    # --- what they do --------------------------------------------------------------------

    def begin_box(self) -> None:
        """The box as the tool; where a crosshair is, a box around it for the keyboard."""
        pane = self._pane
        if pane.canvas.by_keys.aim is not None:
            pane.canvas.aim_box()
        else:
            pane.choose_tool("box")

    def begin_aim(self) -> None:
        """The crosshair, to click by keys."""
        self._pane.choose_tool("point")
        self._pane.focus_picture()
        self._pane.canvas.begin_aim()

    def keep_or_take(self) -> None:
        """What is outlined is kept, else what is chosen among things found."""
        pane = self._pane
        if not pane.hands.keep():
            at = pane.current
            if at is not None and at[0] in (FOUND, OTHER):
                pane.hands.take(at)

    def clear_objects(self) -> None:
        self._pane.session.remove(*(one.number for one in self._pane.session.objects))

    def show_tool(self, name: str) -> None:
        self.tools[name].setChecked(True)

    def refresh(self) -> None:
        """Commands that would have nothing to act on are off."""
        pane = self._pane
        there = pane.session.picture is not None
        at = pane.current
        kind = at[0] if at is not None else ""
        for action in (*self.tools.values(), self.aim):
            action.setEnabled(there)
        self.step_back.setEnabled(pane.can_step_back)
        self.keep.setEnabled(pane.pointing.is_active or kind in (FOUND, OTHER))
        self.drop.setEnabled(pane.pointing.is_active)
        self.cycle.setEnabled(there)
        for action in (self.rename, self.change):
            action.setEnabled(kind == OBJECT)
        self.remove.setEnabled(bool(kind))
        self.remove_all.setEnabled(bool(pane.session.objects))

    def next_part(self) -> None:
        """Phrases, picture, list, and the phrases again."""
        pane = self._pane
        focused = pane.window().focusWidget()
        parts: list[tuple[QWidget, Callable[[], object], str]] = [
            (pane.bar, pane.bar.focus, strings.GO_PHRASES),
            (pane.picture, pane.focus_picture, strings.GO_PICTURE),
            (pane.side, pane.focus_list, strings.GO_LIST),
        ]
        at = next(
            (
                number
                for number, (part, _, _) in enumerate(parts)
                if focused is not None and (part is focused or part.isAncestorOf(focused))
            ),
            -1,
        )
        for step in range(1, len(parts) + 1):
            part, go, name = parts[(at + step) % len(parts)]
            if part.isVisible():
                go()
                announce(pane, name.replace("&", ""))
                return
