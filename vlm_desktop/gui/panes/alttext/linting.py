"""The rules of `engine.alttext.lint` for the image that is worked on. They are pure and instant."""

import importlib
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.altchecks import Finding
from vlm_desktop.base.alttext import AltImage
from vlm_desktop.engine.alttext.lint import LintContext, lint, put_right, score
from vlm_desktop.engine.alttext.lintrules import Identify
from vlm_desktop.engine.alttext.setlint import lint_context
from vlm_desktop.gui.panes.alttext.repeats import Repeats
from vlm_desktop.gui.panes.alttext.session import AltSession

_LANGUAGES = "vlm_desktop.engine.alttext.languages"


class Linting(QObject):
    """Main thread. What takes longer than a keystroke may is made on lanes: what tells languages
    apart, once, and the words of all texts of a set, when it is opened.
    """

    ready = Signal()
    """More can be found from now on: look again."""

    def __init__(self, session: AltSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._identify: Identify | None = None
        self._asked = False
        self._repeats = Repeats()
        session.images_read.connect(self._read_texts)
        session.put.connect(lambda image: self._put([image]))
        session.put_many.connect(self._put)

    def look(self, image: AltImage, alt: str, extended: str) -> tuple[tuple[Finding, ...], int]:
        """Findings of both fields, and the sum of their weights."""
        self._ask_once()
        findings = lint(alt, extended, self._context(image, alt))
        return findings, score(findings)

    def put_right(self, image: AltImage, alt: str, extended: str) -> tuple[str, str]:
        """Both fields with all fixes applied."""
        alt, extended, _ = put_right(alt, extended, self._context(image, alt))
        return alt, extended

    def _context(self, image: AltImage, alt: str) -> LintContext:
        brief = replace(self._session.brief, language=self._session.language)
        made = lint_context(image, brief, self._repeats.likely(alt, image.id))
        return replace(made, identify=self._identify)

    # --- what the others say -------------------------------------------------------------

    def _read_texts(self) -> None:
        session = self._session
        tag = session.language
        texts = [(one.id, one.text(tag).alt) for one in session.images.values()]
        self._repeats = Repeats()

        def done(found: Repeats) -> None:
            self._repeats = found
            self._put(list(session.images.values()))  # what changed meanwhile
            self.ready.emit()

        session.desk.fetch(lambda: Repeats(texts), done, latest="alttext-repeats")

    def _put(self, images: Sequence[AltImage]) -> None:
        for image in images:
            self._repeats.put(image.id, image.text(self._session.language).alt)

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
