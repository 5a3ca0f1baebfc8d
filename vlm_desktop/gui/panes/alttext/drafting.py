"""One image's draft while it is written, and its candidates."""

from collections.abc import Callable, Generator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.alttext import (
    AltImage,
    AltState,
    AltText,
    Author,
    Candidate,
    Drafted,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import Token
from vlm_desktop.base.events import Event, Notice, Progress
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.alttext.autosave import Autosave
from vlm_desktop.gui.panes.alttext.editor_corner import needs_text, translation_source
from vlm_desktop.gui.panes.alttext.editor_panel import EditorPanel
from vlm_desktop.gui.panes.alttext.session import AltSession
from vlm_desktop.gui.panes.chat.stream import AnswerStream
from vlm_desktop.gui.strings import alttext as strings
from vlm_desktop.jobs import ANSWERS

if TYPE_CHECKING:
    from vlm_desktop.base.altkeeping import KeptCandidate
    from vlm_desktop.jobs import Job

_EXTENDED = "alt-extended"
Drafts = Callable[[CancelToken], Generator[Event, None, Any]]


class Drafting(QObject):
    """At most one draft at a time. It goes into the field where nothing of a person's is there,
    else beside the text. Main thread; the model writes on its lane.
    """

    changed = Signal()
    """A draft began or ended."""

    def __init__(
        self,
        session: AltSession,
        panel: EditorPanel,
        autosave: Autosave,
        writer: Callable[[], str],
    ) -> None:
        """`writer` says which model writes: its id, "" for the engine's default."""
        super().__init__(panel)
        self._writer = writer
        self._session, self._panel, self._autosave = session, panel, autosave
        self._job: Job | None = None
        self._image_id, self._language = 0, ""
        self._is_extended = False
        self._kept: tuple[KeptCandidate, ...] = ()
        self._streams = [
            AnswerStream(lambda text: self._show_growing(text), self._speak, lambda _: "", self)
            for _ in range(2)
        ]
        panel.draft.clicked.connect(self.start)
        panel.stop.clicked.connect(self.stop)
        panel.translate.clicked.connect(self.translate)
        panel.candidates.used.connect(self._use)
        panel.candidates.dropped.connect(self._drop)
        session.chosen.connect(self._chosen)
        session.put.connect(self._image_changed)

    @property
    def is_writing(self) -> bool:
        return self._job is not None

    @property
    def can_start(self) -> bool:
        image = self._session.current
        return (
            self._job is None and image is not None and image.path is not None
            and not (image.missing or image.problem) and needs_text(image)
        )  # fmt: skip

    # --- beginning -----------------------------------------------------------------------

    def start(self) -> None:
        """Draft the current image's text."""
        image, session = self._session.current, self._session
        if not self.can_start or image is None or image.path is None:
            return
        path, context, decision = image.path, image.context, image.decision
        brief = replace(session.brief, language=session.language)
        model_id = self._writer()
        seed = len(self._kept)  # others than those that are there

        def verb(cancel: CancelToken) -> Generator[Event, None, Any]:
            drafting = session.desk.services.alttext.drafting
            return drafting.draft(
                path, brief, context, decision, cancel, model_id=model_id, seed=seed
            )

        self._run(image, verb, strings.DRAFTING, lambda found: tuple(found))

    def translate(self) -> None:
        """Draft a translation of the approved text."""
        image, session = self._session.current, self._session
        source = translation_source(image, session.language) if image is not None else ""
        if image is None or not source or self._job is not None:
            return
        text, model_id = image.text(source), self._writer()
        brief = replace(session.brief, language=session.language)

        def verb(cancel: CancelToken) -> Generator[Event, None, Any]:
            drafting = session.desk.services.alttext.drafting
            return drafting.translate(
                text.alt, text.extended, source, brief, cancel, model_id=model_id
            )

        self._run(image, verb, strings.TRANSLATING, lambda one: (one,), translated=True)

    def stop(self) -> bool:
        """Stop the draft; what was written of it is not kept. False when there is none."""
        if self._job is None:
            return False
        self._job.cancel()
        return True

    def _run(
        self,
        image: AltImage,
        verb: Drafts,
        words: str,
        many: Callable[[Any], tuple[Candidate, ...]],
        *,
        translated: bool = False,
    ) -> None:
        session = self._session
        self._image_id, self._language = image.id, session.language
        self._is_extended = False
        for stream in self._streams:
            stream.begin()
        self._job = session.desk.ask(
            verb,
            lambda result: self._done(image, many(result), translated=translated),
            failed=self._failed,
            progress=self._heard,
            cancelled=lambda: self._end(strings.DRAFT_STOPPED),
            lane=ANSWERS,
        )
        self._words = words
        self._panel.show_drafting(strings.WAITING)
        self._panel.draft.setEnabled(False)
        if self._is_in_field:
            self._hold_field()
        announce(self._panel, strings.WAITING)
        self.changed.emit()

    def _hold_field(self) -> None:
        """The model writes in it now; what was found in the text before says nothing of it."""
        self._panel.alt.set_locked(True)
        self._panel.extended.set_locked(True)
        self._panel.lint.show_findings((), 0, is_empty=True)

    # --- while it is written -------------------------------------------------------------

    @property
    def _is_shown(self) -> bool:
        """Whether the image that is drafted is still the one that is worked on."""
        session = self._session
        return (self._image_id, self._language) == (session.current_id, session.language)

    @property
    def _is_in_field(self) -> bool:
        """Whether the draft goes into the field, since nothing of a person's is there."""
        typed = self._autosave.holds(self._image_id, self._language)
        return self._is_shown and not typed and takes_draft(self._session.text)

    def _heard(self, event: Event) -> None:
        match event:
            case Token(text):
                self._streams[self._is_extended].add(text)
                self._panel.show_drafting(self._words)
            case Notice(code) if code == _EXTENDED:
                self._is_extended = True
            case Drafted(candidate):
                self._streams[0].end(candidate.alt)
                self._streams[1].end(candidate.extended)
                self._show_growing(candidate.alt)
                self._is_extended = False
                for stream in self._streams:
                    stream.begin()
            case Progress():
                self._panel.show_drafting(strings.WAITING)

    def _show_growing(self, _: str) -> None:
        if not self._is_shown:
            return
        alt, extended = (stream.text for stream in self._streams)
        if self._is_in_field:
            self._panel.alt.show_growing(alt)
            if extended:
                self._panel.extended.show_growing(extended)
        else:
            self._show_candidates(growing=" ".join(part for part in (alt, extended) if part))

    def _speak(self, words: str) -> None:
        if self._is_shown:
            announce(self._panel.alt.box, words)

    # --- its end -------------------------------------------------------------------------

    def _done(self, image: AltImage, found: tuple[Candidate, ...], *, translated: bool) -> None:
        language, session = self._language, self._session
        if not found:
            self._end(strings.DRAFTED_EMPTY)
            return
        words = fill(strings.DRAFTED, text=found[0].alt or strings.NOTHING_WRITTEN)
        # What was streamed stays in the field until it is kept: nothing flickers.
        session.act(
            fill(strings.CHANGE_DRAFT, name=image.name),
            lambda sets: sets.add_drafts(image.id, language, found, translated=translated),
            lambda _: self._end(words),
            self._end,
        )

    def _failed(self, sentence: str) -> None:
        self._end(sentence)

    def _end(self, words: str) -> None:
        """The text as it is kept takes the place of what was streamed."""
        was_shown = self._is_shown
        self._job = None
        self._image_id = 0
        for stream in self._streams:
            stream.begin()
        self._refresh()  # first, for the focus comes back to the button
        self._panel.show_drafting("")
        if was_shown:
            self._session.show_again()
        if words:
            self._session.desk.say(words)
        self.changed.emit()

    # --- candidates ----------------------------------------------------------------------

    def _chosen(self) -> None:
        self._kept = ()
        self._panel.candidates.clear()
        shown = self._job is not None and self._is_shown
        self._panel.show_drafting(self._words if shown else "")
        if shown and self._is_in_field:
            self._hold_field()
        self._read_candidates()
        self._refresh()

    def _image_changed(self, image: AltImage) -> None:
        if image.id == self._session.current_id:
            if self._job is None:  # else they come with its end
                self._read_candidates()
            self._show_candidates()
            self._refresh()

    def _refresh(self) -> None:
        self._panel.draft.setEnabled(self.can_start)

    def _read_candidates(self) -> None:
        session = self._session
        image_id, language = session.current_id, session.language
        if not image_id:
            return

        def done(found: "tuple[KeptCandidate, ...]") -> None:
            if (image_id, language) == (session.current_id, session.language):
                self._kept = found
                self._show_candidates()

        session.desk.fetch(
            lambda: session.kept.candidates(image_id, language),
            done,
            failed=lambda _: None,
            latest="alttext-candidates",
        )

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Those that say something else than the text, the newest first; none where none is to be
        written."""
        image, text = self._session.current, self._session.text
        if image is None or not needs_text(image):
            return ()
        found = dict.fromkeys(one.candidate for one in reversed(self._kept))
        return tuple(one for one in found if (one.alt, one.extended) != (text.alt, text.extended))

    def _show_candidates(self, growing: str = "") -> None:
        self._panel.candidates.show_candidates(self.candidates, growing)

    def _use(self, candidate: Candidate) -> None:
        session, image = self._session, self._session.current
        if image is None:
            return
        number, language = image.id, session.language
        self._autosave.flush(
            lambda: session.act(
                strings.CHANGE_USE,
                lambda sets: sets.take_candidate(number, language, candidate),
                lambda _: self._panel.focus_alt(),
            )
        )

    def _drop(self) -> None:
        """Offer none of them any more."""
        session, numbers = self._session, tuple(one.id for one in self._kept)

        def drop() -> None:
            for number in numbers:
                session.kept.drop_candidate(number)

        session.desk.fetch(drop, lambda _: self._read_candidates())


def takes_draft(text: AltText) -> bool:
    """Whether nothing of a person's would be written over."""
    if text.state not in (AltState.EMPTY, AltState.DRAFT):
        return False
    return not (text.alt or text.extended) or text.written_by.author is Author.MODEL
