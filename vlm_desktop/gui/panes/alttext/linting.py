"""The rules of `engine.alttext.lint` for the image that is worked on. They are pure and instant."""

import importlib
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.altchecks import Finding
from vlm_desktop.base.alttext import AltImage
from vlm_desktop.engine.alttext.lint import LintContext, lint, put_right, score
from vlm_desktop.engine.alttext.lintrules import Identify
from vlm_desktop.engine.alttext.setlint import lint_context
from vlm_desktop.gui.panes.alttext.session import AltSession

_LANGUAGES = "vlm_desktop.engine.alttext.languages"


class Linting(QObject):
    """Main thread, but for what tells languages apart, which is read on a lane once."""

    ready = Signal()
    """Languages can be told apart from now on: look again."""

    def __init__(self, session: AltSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._identify: Identify | None = None
        self._asked = False
        self._others: tuple[str, ...] | None = None
        for signal in (session.put, session.chosen, session.images_read):
            signal.connect(lambda *_: self._forget())

    def look(self, image: AltImage, alt: str, extended: str) -> tuple[tuple[Finding, ...], int]:
        """Findings of both fields, and the sum of their weights."""
        self._ask_once()
        findings = lint(alt, extended, self._context(image))
        return findings, score(findings)

    def put_right(self, image: AltImage, alt: str, extended: str) -> tuple[str, str]:
        """Both fields with all fixes applied."""
        alt, extended, _ = put_right(alt, extended, self._context(image))
        return alt, extended

    def _context(self, image: AltImage) -> LintContext:
        brief = replace(self._session.brief, language=self._session.language)
        made = lint_context(image, brief, self._texts_of_others(image))
        return replace(made, identify=self._identify)

    def _texts_of_others(self, image: AltImage) -> tuple[str, ...]:
        if self._others is None:
            tag = self._session.language
            texts = (
                one.text(tag).alt for one in self._session.images.values() if one.id != image.id
            )
            self._others = tuple(text for text in texts if text)
        return self._others

    def _forget(self) -> None:
        self._others = None

    def _ask_once(self) -> None:
        if self._asked:
            return
        self._asked = True

        def take(identify: Identify) -> None:
            self._identify = identify
            self.ready.emit()

        # By its name, since it opens a file of the disk, which panes never do themselves.
        self._session.desk.fetch(
            lambda: importlib.import_module(_LANGUAGES).identifier(),
            take,
            failed=lambda _: None,
        )
