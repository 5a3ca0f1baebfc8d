"""Checking an alt text against its image: the claim ledger and the blind quiz. See `AltTexts`."""

from collections.abc import Callable, Collection, Generator, Sequence
from dataclasses import replace
from pathlib import Path

from vlm_desktop.base.altchecks import Ledger, Quiz, QuizLine
from vlm_desktop.base.alttext import PageContext
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import ChatImage
from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.errors import ModelBroken, PartMissing
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.engine.alttext import rebuilding
from vlm_desktop.engine.alttext.asking import Asker
from vlm_desktop.engine.alttext.claims import split, statements
from vlm_desktop.engine.alttext.evidence import SEEN, Examination, Told, Witnesses
from vlm_desktop.engine.alttext.quizzing import (
    FROM_TEXT,
    NOT_SAID,
    answer_by_rules,
    conveyed,
    questions_about,
)
from vlm_desktop.engine.alttext.tagging import LANGUAGES
from vlm_desktop.engine.alttext.verdicts import evidence, verdict
from vlm_desktop.engine.answering import Answerer
from vlm_desktop.engine.chatpictures import PictureLoader
from vlm_desktop.engine.claimmetrics import ClaimJudge, ClaimReport
from vlm_desktop.engine.claimtruth import KnownPicture
from vlm_desktop.engine.encoding import Encoders

_NO_CONTEXT = PageContext()
_QUIZ_DRAFTS = 3
"""Drafts whose things are asked about: the likeliest, and two drawn by chance."""


class Checker:
    """For the lane "model", but for `split`, `strike`, `approve` and `follow`: any thread.

    `encoder_in_use` names the search model, `chat_in_use` the model that is asked where a verb is
    not told one. Verbs raise MediaRefused, ModelError, PartMissing and Cancelled, and hold one
    picture at a time.
    """

    def __init__(
        self,
        answerer: Answerer,
        pictures: PictureLoader,
        encoders: Encoders,
        encoder_in_use: Callable[[], str],
        chat_in_use: Callable[[], str],
    ) -> None:
        self._asker = Asker(answerer)
        self._pictures = pictures
        self._encoders = encoders
        self._encoder_in_use = encoder_in_use
        self._chat_in_use = chat_in_use

    def ledger(
        self,
        path: Path,
        text: str,
        cancel: CancelToken,
        *,
        context: PageContext = _NO_CONTEXT,
        names: tuple[str, ...] = (),
        samples: int = 4,
        model_id: str = "",
        language: str = "en",
    ) -> Generator[Event, None, Ledger]:
        """The claims of a text, each with its evidence and state.

        Draws `samples` drafts to compare with, then asks about each claim; `Progress` counts both.
        A text in another language than English has a claim a sentence, and none is judged.
        """
        claims = statements(text, language)
        loaded = self._pictures.load(Attachment(path), cancel)
        told = Told(context, names, loaded.metadata)
        examination = Examination(
            self._witnesses(model_id), loaded.image, loaded.size, told, samples
        )
        if any(one.claim.kind in SEEN for one in claims):
            yield from examination.prepare(cancel)
        found = []
        for number, one in enumerate(claims):
            yield Progress(Phase.ANSWER, number, len(claims))
            signals = yield from examination.signals(one, cancel)
            kind = one.claim.kind
            state, _ = verdict(kind, signals)
            found.append(replace(one.claim, state=state, evidence=evidence(kind, signals)))
        yield Progress(Phase.ANSWER, len(claims), len(claims))
        return Ledger(text, tuple(found), len(examination.drafts))

    def quiz(
        self,
        path: Path,
        alt_text: str,
        extended: str,
        cancel: CancelToken,
        *,
        model_id: str = "",
        language: str = "en",
    ) -> Generator[Event, None, Quiz]:
        """Questions about the image, answered from it and from the text alone.

        `by_rules` where the model cannot answer without an image (the starter cannot): then only
        English texts are read, and for others there are no lines.
        """
        who = self._witnesses(model_id)
        loaded = self._pictures.load(Attachment(path), cancel)
        text = "\n".join(part for part in (alt_text.strip(), extended.strip()) if part)
        drafts = []
        for seed in range(_QUIZ_DRAFTS):
            yield Progress(Phase.ANSWER, seed, None)
            drafts.append((yield from who.asker.draft(who.model_id, loaded.image, seed, cancel)))
        read = _quietly_read(who.asker, loaded.image)
        asked = questions_about(drafts, read, who.words)
        by_rules = not text
        lines: list[QuizLine] = []
        for number, one in enumerate(asked):
            yield Progress(Phase.ANSWER, number, len(asked))
            from_image = one.answer
            if not from_image:
                heard = yield from who.asker.ask(who.model_id, one.text, loaded.image, cancel)
                from_image = heard.text
            from_text: str | None = None
            if not by_rules:
                words = FROM_TEXT.format(text=text.replace('"', "'"), question=one.text)
                from_text = yield from who.asker.ask_blind(who.model_id, words, cancel)
            if from_text is None:
                by_rules = True
                if language.split("-")[0].casefold() not in LANGUAGES:
                    return Quiz((), by_rules=True, model_id=who.model_id)
                from_text = answer_by_rules(one, text, who.words)
            elif NOT_SAID in from_text.casefold():
                from_text = ""
            if from_image:
                same = conveyed(one, from_image, from_text, who.words)
                lines.append(QuizLine(one.text, from_image, from_text, same, one.kind.value))
        yield Progress(Phase.ANSWER, len(asked), len(asked))
        return Quiz(tuple(lines), by_rules, who.model_id)

    def measure(
        self,
        pictures: Sequence[KnownPicture],
        cancel: CancelToken,
        *,
        samples: int = 4,
        model_id: str = "",
    ) -> Generator[Event, None, ClaimReport]:
        """How often "supported" is right, on pictures that people described. See `claimmetrics`."""
        judge = ClaimJudge(self._witnesses(model_id), self._pictures)
        return (yield from judge.measure(pictures, cancel, samples=samples))

    def split(self, text: str, language: str = "en") -> Ledger:
        """The claims of a text before anything was looked at. Quick; the first call loads the
        tagger."""
        return split(text, language)

    def strike(
        self, text: str, ledger: Ledger, struck: Collection[int], language: str = "en"
    ) -> str:
        """The text rebuilt without these claims of the ledger. See `rebuilding.strike`."""
        return rebuilding.strike(text, ledger, struck, language)

    def approve(self, ledger: Ledger, index: int) -> Ledger:
        """The ledger with a claim supported by the person, as evidence "context" of "person"."""
        return rebuilding.approve(ledger, index)

    def follow(self, ledger: Ledger, text: str, language: str = "en") -> Ledger:
        """The ledger of a changed text; claims that were there before keep what was found."""
        return rebuilding.follow(ledger, text, language)

    def _witnesses(self, model_id: str) -> Witnesses:
        return Witnesses(
            self._asker, model_id or self._chat_in_use(), self._encoders, self._encoder_in_use()
        )


def _quietly_read(asker: Asker, image: ChatImage) -> str:
    """The words in the picture; "" where nothing can be read with."""
    try:
        return asker.reads(image)
    except (PartMissing, ModelBroken):
        return ""
