"""Deciding, drafting and translating alt text: `services.alttext.drafting`. For the lane "model".

    writers.py    models that follow instructions, captioners    deciding.py   what an image is for
    styles.py     prompts from a table                           measuring.py  its look, in numbers
    polishing.py  from an answer to a text                       ocrwords.py   words read in it
    people.py     no guesses about people                        actions.py    what a link does
    openings.py   "image of" in seven languages                  colours.py    colours by name

Takes plain data, no row ids, so that the command line works without a library.
"""

from collections import OrderedDict
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vlm_desktop.base.alterrors import (
    LanguageNotWritten,
    NoActionKnown,
    NoTextRead,
    StyleNotWritten,
)
from vlm_desktop.base.alttext import (
    AltStyle,
    Author,
    Brief,
    Candidate,
    Decision,
    Drafted,
    PageContext,
    StructuredDescription,
    Suggestion,
    WrittenBy,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import ChatImage
from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.errors import PartMissing
from vlm_desktop.base.events import Event, Notice, Phase, Progress
from vlm_desktop.base.types import OcrLine
from vlm_desktop.engine.alttext import ocrwords, styles
from vlm_desktop.engine.alttext.actions import action
from vlm_desktop.engine.alttext.deciding import decide
from vlm_desktop.engine.alttext.lengths import cut
from vlm_desktop.engine.alttext.lintrules import plain
from vlm_desktop.engine.alttext.measuring import look_of, text_look_of
from vlm_desktop.engine.alttext.translating import translation
from vlm_desktop.engine.alttext.writers import Task, Writer, writer_for
from vlm_desktop.engine.answering import Answerer
from vlm_desktop.engine.chatpictures import PictureLoader

OCR, RULE = "ocr", "rule"
"""Stand in place of a model's id where words were read in the image, or an address says them."""
_KEPT_READINGS = 64
_TRIES = 3
"""Times as many attempts as candidates are wanted, since some come out alike."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a model can be asked for. `languages` empty: any, as far as it knows them."""

    styles: tuple[AltStyle, ...]
    languages: tuple[str, ...]
    follows_instructions: bool
    """Whether context, audience and names reach it, and whether it translates."""


class Drafter:
    """See the module. Verbs raise MediaRefused, ModelError (PartMissing, OptionUnsupported,
    ChatOutOfMemory ...) and Cancelled, beside what they say themselves."""

    def __init__(
        self,
        answerer: Answerer,
        pictures: PictureLoader,
        default_model: Callable[[], str],
    ) -> None:
        self._answerer = answerer
        self._pictures = pictures
        self._default_model = default_model
        self._known: OrderedDict[str, tuple[OcrLine, ...]] = OrderedDict()

    def abilities(self, model_id: str = "") -> Abilities:
        """Opens the model's configuration, not its weights."""
        writer = writer_for(self._answerer, model_id or self._default_model(), CancelToken())
        return Abilities(writer.offered, writer.languages, not writer.languages)

    # --- deciding ------------------------------------------------------------------------

    def suggest(
        self,
        path: Path,
        context: PageContext,
        cancel: CancelToken,
        *,
        alike: Sequence[int] = (),
    ) -> Generator[Event, None, Suggestion]:
        """What the image is for, as far as pixels, words in it and the page tell.

        `alike` are images of the same set that look nearly the same, the one that should lead
        first. Asks no model but OCR. A person decides.
        """
        yield Progress(Phase.DECODE, 0, 1)
        loaded = self._pictures.load(Attachment(path), cancel)
        look = look_of(loaded.image.pixels, loaded.size)
        lines: tuple[OcrLine, ...] = ()
        if look.readable:
            yield Progress(Phase.OCR, 0, 1)
            lines = yield from self._read_if_able(loaded.image)
            cancel.raise_if_cancelled()
        height, width = loaded.image.pixels.shape[:2]
        words = text_look_of(lines, width, height)
        return decide(look, words, ocrwords.as_sentence(lines), context, tuple(alike))

    # --- drafting ------------------------------------------------------------------------

    def draft(
        self,
        path: Path,
        brief: Brief,
        context: PageContext,
        decision: Decision,
        cancel: CancelToken,
        *,
        model_id: str = "",
        structured: bool = False,
        seed: int = 0,
    ) -> Generator[Event, None, tuple[Candidate, ...]]:
        """Candidates for an image, the likeliest first; as many as the brief wants, if they differ.

        Yields `Token`s as a candidate is written, `Notice("alt-extended")` before those of its
        extended description, and `Drafted` after each candidate. A candidate's text can differ
        from its tokens: it was put right. `seed` above 0 draws others than before.

        DECORATIVE drafts the empty text, TEXT the words that OCR reads, FUNCTIONAL what the
        link's address or title says; no model is asked then. Raises NoTextRead, NoActionKnown;
        OptionUnsupported for a style or a language that the model cannot do.
        """
        model_id = model_id or self._default_model()
        if decision is Decision.DECORATIVE:
            return (yield from _told([_by_rule("", (), "decorative")]))
        yield Progress(Phase.DECODE, 0, 1)
        loaded = self._pictures.load(Attachment(path), cancel)
        task = Task(loaded.image, brief, context, decision, model_id, seed)
        if decision in (Decision.TEXT, Decision.FUNCTIONAL) and brief.candidates <= 1 and not seed:
            ruled = yield from self._without_model(path, task, cancel)
            if ruled is not None:
                return (yield from _told([ruled]))
        elif decision in (Decision.TEXT, Decision.FUNCTIONAL):
            return (yield from self._with_both(path, task, structured, cancel))
        writer = self._writer(task, cancel)
        if _needs_words(writer, task, structured):
            yield Progress(Phase.OCR, 0, 1)
            task = replace(task, lines=(yield from self._read_if_able(task.image)))
        return (yield from self._written(writer, task, [], structured, cancel))

    def _with_both(
        self, path: Path, task: Task, structured: bool, cancel: CancelToken
    ) -> Generator[Event, None, tuple[Candidate, ...]]:
        """What a rule says first, then what a model that follows instructions says."""
        writer = writer_for(self._answerer, task.model_id, cancel)
        try:
            ruled = yield from self._without_model(path, task, cancel)
        except (NoTextRead, NoActionKnown):
            if writer.languages:
                raise
            ruled = None
        begun = [ruled] if ruled is not None else []
        if writer.languages:
            return (yield from _told(begun))
        return (yield from self._written(writer, task, begun, structured, cancel))

    def _without_model(
        self, path: Path, task: Task, cancel: CancelToken
    ) -> Generator[Event, None, Candidate | None]:
        """The candidate that needs no model; None where one that follows instructions may try."""
        known = action(task.context, task.brief.language)
        if task.decision is Decision.FUNCTIONAL and known:
            return _by_rule(known, ("context",), RULE)
        yield Progress(Phase.OCR, 0, 1)
        lines = self._read(task.image)
        cancel.raise_if_cancelled()
        if task.decision is Decision.TEXT and lines:
            return _words_read(lines, task.brief)
        read = action(PageContext(), task.brief.language, ocrwords.as_sentence(lines))
        if task.decision is Decision.FUNCTIONAL and read:
            return _by_rule(read, ("ocr",), OCR)
        if not writer_for(self._answerer, task.model_id, cancel).languages:
            return None
        if task.decision is Decision.TEXT:
            raise NoTextRead(path=path)
        raise NoActionKnown(path=path)

    def _writer(self, task: Task, cancel: CancelToken) -> Writer:
        """Raises OptionUnsupported for what the model cannot honestly do."""
        writer = writer_for(self._answerer, task.model_id, cancel)
        style, language = task.brief.style, styles.primary(task.brief.language)
        if style not in writer.offered:
            raise StyleNotWritten(model=task.model_id, style=style.value)
        if writer.languages and language not in writer.languages:
            raise LanguageNotWritten(model=task.model_id)
        return writer

    def _written(
        self,
        writer: Writer,
        task: Task,
        begun: list[Candidate],
        structured: bool,
        cancel: CancelToken,
    ) -> Generator[Event, None, tuple[Candidate, ...]]:
        """Candidates until enough differ. The extended description is drafted once for all."""
        found = list((yield from _told(begun)))
        wanted = max(1, task.brief.candidates)
        extended, parts = "", StructuredDescription()
        titled = _titled(writer, task)
        for attempt in range(wanted * _TRIES):
            if len(found) >= wanted:
                break
            cancel.raise_if_cancelled()
            if titled is not None and not attempt:
                one = titled
            else:
                one = yield from writer.alt(task, attempt, cancel)
            if not one.alt or plain(one.alt) in {plain(other.alt) for other in found}:
                continue
            if len(found) == len(begun):
                extended, parts = yield from self._beside(writer, task, one.alt, structured, cancel)
            one = replace(one, extended=extended, structured=parts)
            found.append(one)
            yield Drafted(one)
        return tuple(found)

    def _beside(
        self, writer: Writer, task: Task, alt: str, structured: bool, cancel: CancelToken
    ) -> Generator[Event, None, tuple[str, StructuredDescription]]:
        extended, parts = "", StructuredDescription()
        if styles.wants_extended(task.brief.style, task.decision):
            yield Notice("alt-extended")
            extended = yield from writer.extended(task, cancel)
        if structured:
            parts = yield from writer.structured(task, alt, cancel)
        return extended, parts

    def _read_if_able(self, image: ChatImage) -> Generator[Event, None, tuple[OcrLine, ...]]:
        """As `_read`; nothing where no reader is installed, which is told."""
        try:
            return self._read(image)
        except PartMissing as error:
            yield Notice("ocr-unavailable", str(error.fields["package"]))
            return ()

    def _read(self, image: ChatImage) -> tuple[OcrLine, ...]:
        """The words in a picture; kept, since a page takes seconds and is drafted after this."""
        if image.key in self._known:
            self._known.move_to_end(image.key)
            return self._known[image.key]
        lines = ocrwords.legible(self._answerer.read(image.pixels))
        if image.key:
            self._known[image.key] = lines
            while len(self._known) > _KEPT_READINGS:
                self._known.popitem(last=False)
        return lines

    # --- translating ---------------------------------------------------------------------

    def translate(
        self,
        text: str,
        extended: str,
        source: str,
        brief: Brief,
        cancel: CancelToken,
        *,
        model_id: str = "",
    ) -> Generator[Event, None, Candidate]:
        """An approved text in `brief.language`, drafted from the text alone. Yields `Token`s.

        Raises OptionUnsupported for a model that does not follow instructions.
        """
        chosen = model_id or self._default_model()
        return (
            yield from translation(self._answerer, chosen, text, extended, source, brief, cancel)
        )


def _needs_words(writer: Writer, task: Task, structured: bool) -> bool:
    """Whether what is in the picture's words goes into what is written by rule."""
    complex_by_rule = task.decision is Decision.COMPLEX and bool(writer.languages)
    by_rule = bool(writer.languages) and styles.wants_extended(task.brief.style, task.decision)
    return structured or complex_by_rule or by_rule


def _titled(writer: Writer, task: Task) -> Candidate | None:
    """A captioner knows no charts: what a complex image is called stands in its largest letters."""
    if not writer.languages or task.decision is not Decision.COMPLEX:
        return None
    name = ocrwords.title(task.lines)
    if not name:
        return None
    said = styles.words_for("sentences", task.brief.language)["text"].format(answer=name)
    return _by_rule(cut(said, task.brief.destination), ("ocr",), OCR)


def _words_read(lines: Sequence[OcrLine], brief: Brief) -> Candidate:
    """The words in the image; all of them in the extended description where they do not fit."""
    text = ocrwords.as_sentence(lines)
    shorter = cut(text, brief.destination)
    if shorter == text:
        return _by_rule(text, ("ocr",), OCR)
    return replace(_by_rule(shorter, ("ocr", "cut"), OCR), extended=ocrwords.as_rows(lines))


def _by_rule(text: str, notes: tuple[str, ...], who: str) -> Candidate:
    return Candidate(text, written_by=WrittenBy(Author.MODEL, who), notes=notes)


def _told(some: list[Candidate]) -> Generator[Event, None, tuple[Candidate, ...]]:
    for one in some:
        yield Drafted(one)
    return tuple(some)
