"""The blind quiz and the description in parts, of the image that is worked on."""

from collections.abc import Generator
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from vlm_desktop.base.altchecks import Quiz
from vlm_desktop.base.alttext import AltImage, StructuredDescription
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.gui.panes.alttext.editor_panel import EditorPanel
from vlm_desktop.gui.panes.alttext.quiz_dialog import QuizDialog
from vlm_desktop.gui.panes.alttext.session import AltSession
from vlm_desktop.gui.panes.alttext.structure_dialog import StructureDialog
from vlm_desktop.gui.strings import alttext_checks as strings


class QuizCorner(QObject):
    """Main thread; models answer on their lane."""

    def __init__(self, session: AltSession, editor: EditorPanel, over: QWidget) -> None:
        super().__init__(over)
        self._session, self._editor, self._over = session, editor, over

    @property
    def can_start(self) -> bool:
        image = self._session.current
        return image is not None and image.path is not None and not image.missing

    def ask(self) -> QuizDialog | None:
        """Ask about the current image and its texts as they stand there."""
        image, session = self._session.current, self._session
        if image is None or image.path is None or image.missing:
            return None
        alt, extended = self._editor.alt.text, self._editor.extended.text
        if not (alt.strip() or extended.strip()):
            session.desk.say(strings.NEEDS_TEXT)
            return None
        path, language = image.path, session.language

        def ask(cancel: CancelToken) -> Generator[Event, None, Quiz]:
            checking = session.desk.services.alttext.checking
            return checking.quiz(path, alt, extended, cancel, language=language)

        dialog = QuizDialog(session.desk, image.name, ask, self._over)
        dialog.noted.connect(lambda fact: self.note(image, fact))
        dialog.open()
        return dialog

    def describe(self) -> StructureDialog | None:
        """Have the model that drafts describe the image in parts."""
        image, session = self._session.current, self._session
        if image is None or image.path is None or image.missing:
            return None
        path, context, decision = image.path, image.context, image.decision
        brief = replace(session.brief, language=session.language, candidates=1)

        def look(cancel: CancelToken) -> Generator[Event, None, StructuredDescription | None]:
            drafting = session.desk.services.alttext.drafting
            found = yield from drafting.draft(
                path, brief, context, decision, cancel, structured=True
            )
            return found[0].structured if found else None

        dialog = StructureDialog(session.desk, image.name, look, self._over)
        dialog.open()
        return dialog

    def note(self, image: AltImage, fact: str) -> None:
        """Add a line to the image's notes."""
        self._session.keep_notes(
            image.id, image.name, lambda notes: f"{notes}\n{fact}" if notes else fact
        )
