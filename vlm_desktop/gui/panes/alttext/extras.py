"""What stands beside writing: claims, quiz, listening, files, pages, exports; its commands."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QWidget

from vlm_desktop.gui.panes.alttext.claims_corner import ClaimsCorner
from vlm_desktop.gui.panes.alttext.exports_corner import ExportsCorner
from vlm_desktop.gui.panes.alttext.listening import Listening
from vlm_desktop.gui.panes.alttext.pages_corner import PagesCorner
from vlm_desktop.gui.panes.alttext.quiz_corner import QuizCorner
from vlm_desktop.gui.panes.alttext.writing_corner import WritingCorner
from vlm_desktop.gui.strings import alttext_checks as checks
from vlm_desktop.gui.strings import alttext_files as files
from vlm_desktop.gui.strings import alttext_listen as listen
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout

if TYPE_CHECKING:
    from vlm_desktop.gui.panes.alttext.alttext_pane import AltTextPane


class AltTextExtras(QObject):
    """Each part is an object of its own over the session. Main thread."""

    def __init__(self, pane: "AltTextPane") -> None:
        super().__init__(pane)
        self._pane = pane
        session, editor, canvas = pane.session, pane.editor, pane.picture.canvas
        self.claims = ClaimsCorner(session, editor, canvas, pane)
        self.quiz = QuizCorner(session, editor, pane)
        self.writing = WritingCorner(session, pane)
        self.pages = PagesCorner(session, pane.sets, pane)
        self.exports = ExportsCorner(session, pane)
        self.exports.only_wanted.connect(pane.queue.show_only)
        self.listening = Listening(session, pane.picture, pane.step, pane.queue.focus_list, pane)
        self._build_actions()
        self._put_in_menus()
        self._build_tools()
        for signal in (
            session.chosen, session.opened, session.images_read,
            self.claims.task.changed, self.writing.task.changed, self.pages.task.changed,
            self.exports.task.changed, self.listening.changed,
        ):  # fmt: skip
            signal.connect(lambda *_: self.refresh())
        session.put.connect(lambda image: image.id == session.current_id and self.refresh())
        self.refresh()

    # --- building ------------------------------------------------------------------------

    def _build_actions(self) -> None:
        add, claims, quiz = self._add, self.claims, self.quiz
        self.check = add("check", checks.CHECK_COMMAND, claims.check, "Ctrl+Shift+K")
        self.go_claims = add("claims", checks.CLAIMS_COMMAND, claims.focus, "Ctrl+Shift+J")
        self.ask_quiz = add("quiz", checks.QUIZ, quiz.ask, "Ctrl+Shift+Q", checks.QUIZ_TIP)
        self.describe = add(
            "structure", checks.STRUCTURE, quiz.describe, "Ctrl+Shift+P", checks.STRUCTURE_TIP
        )
        self.listen = add(
            "listen", listen.LISTEN_COMMAND, self.listening.toggle, "Ctrl+Shift+S",
            listen.LISTEN_TIP,
        )  # fmt: skip
        self.write = add("write", files.WRITE, self.writing.ask, "Ctrl+Shift+W", files.WRITE_TIP)
        self.open_page = add("page", files.OPEN_PAGE, self.pages.pick)
        self.write_page = add(
            "write-page", files.WRITE_PAGE, self.pages.write_back, "Ctrl+Shift+B",
            files.WRITE_PAGE_TIP,
        )  # fmt: skip
        exports = self.exports
        self.export = add("export", files.EXPORT, exports.ask, "Ctrl+Shift+X", files.EXPORT_TIP)
        self.take_table = add(
            "import", files.IMPORT, exports.pick_table, "Ctrl+Shift+I", files.IMPORT_TIP
        )
        self.take_files = add("import-files", files.IMPORT_FILES, exports.import_files)

    def _put_in_menus(self) -> None:
        new, more = self._pane.sets.new_menu, self._pane.sets.more_menu
        new.addAction(self.open_page)
        first = more.actions()[0]
        for group in (
            (self.write, self.write_page),
            (self.export, self.take_table, self.take_files),
        ):
            for action in group:
                more.insertAction(first, action)
            more.insertSeparator(first)

    def _build_tools(self) -> None:
        """Buttons below the texts, for those who look rather than remember keys."""
        tools = QWidget(self._pane.editor)
        row = FlowLayout(tools, measures().space[0])
        for action, words in (
            (self.ask_quiz, checks.QUIZ),
            (self.describe, checks.STRUCTURE),
            (self.listen, listen.LISTEN),
            (self.write, files.WRITE),
            (self.write_page, files.WRITE_PAGE),
        ):
            row.addWidget(_button(action, words, tools))
        self.tools = tools
        self._pane.editor.add_section("more", files.MORE, tools, before="history")

    def _add(
        self, name: str, text: str, slot: Callable[[], object], shortcut: str = "", tip: str = ""
    ) -> QAction:
        def do() -> None:
            self._pane.desk.navigator.pane_wanted.emit(self._pane.key)
            slot()

        return self._pane.desk.actions.add(
            f"alttext.{name}",
            text,
            do,
            shortcut=shortcut or None,
            tip=tip,
            where=self._pane,
            while_shown=True,
        )

    # --- what goes on --------------------------------------------------------------------

    def refresh(self) -> None:
        """Commands that would have nothing to act on are off."""
        there = self._pane.session.current is not None
        self.check.setEnabled(self.claims.can_check)
        self.go_claims.setEnabled(self.claims.has_place)
        self.ask_quiz.setEnabled(self.quiz.can_start)
        self.describe.setEnabled(self.quiz.can_start)
        self.listen.setEnabled(there)
        self.write.setEnabled(self.writing.can_start)
        self.write_page.setEnabled(self.pages.can_write)
        for action in (self.export, self.take_table):
            action.setEnabled(self.exports.can_start)
        self.take_files.setEnabled(there)

    def back(self) -> bool:
        """Esc: stop listening, or what runs in the pane."""
        return self.listening.end() or self.claims.task.stop()

    def stop(self) -> None:
        """The window closes."""
        self.listening.stop()
        for part in (self.claims, self.writing, self.pages, self.exports):
            part.task.stop()


def _button(action: QAction, words: str, parent: QWidget) -> QPushButton:
    """A button that does what a command does, and is off where that is."""
    button = QPushButton(words, parent)
    button.setObjectName("quiet")
    button.setToolTip(action.toolTip())
    button.setAccessibleDescription(action.toolTip())
    button.clicked.connect(action.trigger)

    def follow() -> None:
        button.setEnabled(action.isEnabled())

    action.enabledChanged.connect(lambda _: follow())
    follow()
    return button
