"""Gathering what speaks for and against claims about one picture.

Five witnesses: the search model (is the phrase found, and where?), the model asked about each claim
alone (beside what it says of a grey picture), drafts drawn by chance (do they say it again?), the
words read in the picture, and what people wrote (names, page, caption, the file's own metadata).
"""

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from vlm_desktop.base.alttext import PageContext
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import ChatImage
from vlm_desktop.base.errors import ModelBroken, PartMissing
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.types import PhotoMetadata, Size
from vlm_desktop.engine.alttext import claims as kinds
from vlm_desktop.engine.alttext import englishwords as en
from vlm_desktop.engine.alttext.asking import Asker
from vlm_desktop.engine.alttext.claims import Statement, statements
from vlm_desktop.engine.alttext.samewords import SameWords, head_of, stem
from vlm_desktop.engine.alttext.seeing import Sight
from vlm_desktop.engine.alttext.verdicts import Signals
from vlm_desktop.engine.encoding import Encoders

SEEN = frozenset({kinds.OBJECT, kinds.ATTRIBUTE, kinds.NUMBER, kinds.ACTION, kinds.RELATION,
                   kinds.PLACE})  # fmt: skip
"""Kinds of claims that models are asked about."""
_LETTERS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Told:
    """What people said beside the picture: it is believed, not checked."""

    context: PageContext = PageContext()
    names: tuple[str, ...] = ()
    metadata: PhotoMetadata = PhotoMetadata()


class Witnesses:
    """The models that are asked. For the lane "model"."""

    def __init__(self, asker: Asker, model_id: str, encoders: Encoders, encoder_id: str) -> None:
        self.asker = asker
        self.model_id = model_id
        self.encoders = encoders
        self.encoder_id = encoder_id
        self.words = SameWords(encoders, encoder_id)


class Examination:
    """One picture in front of the witnesses. `prepare` first, then `signals` of each claim.

    Verbs raise ModelError and Cancelled; a cancel ends within one question.
    """

    def __init__(
        self, witnesses: Witnesses, image: ChatImage, size: Size, told: Told, samples: int
    ) -> None:
        self._who = witnesses
        self._image = image
        self._size = size
        self._told = told
        self._count = samples
        self.drafts: list[str] = []
        self._samples: list[tuple[Statement, ...]] = []
        self._sight: Sight | None = None
        self._read: str | None = None
        self._asks = False

    def prepare(self, cancel: CancelToken) -> Generator[Event, None, None]:
        """Look at the picture and draw drafts; tells their progress."""
        can, _ = self._who.asker.about(self._who.model_id, cancel)
        self._asks = can.asks and (not can.answers or "yes" in can.answers)
        if can.answers:
            self._count = 0  # a classifier describes nothing
        self._sight = Sight(
            self._who.encoders, self._who.encoder_id, self._image.pixels, self._size, cancel
        )
        for number in range(self._count):
            yield Progress(Phase.ANSWER, number, self._count)
            draft = yield from self._who.asker.draft(
                self._who.model_id, self._image, number + 1, cancel
            )
            self.drafts.append(draft)
            self._samples.append(statements(draft))

    def signals(self, claim: Statement, cancel: CancelToken) -> Generator[Event, None, Signals]:
        """What each witness says of one claim."""
        cancel.raise_if_cancelled()
        kind = claim.claim.kind
        found = Signals()
        if kind in SEEN and self._sight is not None:
            seen = self._sight.find(claim.phrase)
            found = replace(found, region=seen.best, whole=seen.whole, rank=seen.rank, box=seen.box)
            others = rivals(claim)
            if others:
                found = replace(found, contrast=self._sight.contrast(claim.phrase, others))
            found = replace(
                found,
                again=sum(self._says(sample, claim) for sample in self._samples),
                samples=len(self._samples),
            )
        if kind in {kinds.TEXT, kinds.NAME}:
            found = replace(found, read=self._reads(claim.value))
        found = replace(found, told=self._said(claim), recorded=self._recorded(claim))
        if kind in SEEN and self._asks:
            found = yield from self._asked(claim, found, cancel)
        return found

    # --- asking ------------------------------------------------------------------------------

    def _asked(
        self, claim: Statement, found: Signals, cancel: CancelToken
    ) -> Generator[Event, None, Signals]:
        asker, model = self._who.asker, self._who.model_id
        if claim.question:
            heard = yield from asker.ask(model, claim.question, self._image, cancel, yes_no=True)
            grey = yield from asker.ask_grey(model, claim.question, cancel, yes_no=True)
            found = replace(found, yes=heard.odds, yes_text=heard.text, grey=grey.odds)
        question = open_question(claim)
        if question:
            heard = yield from asker.ask(model, question, self._image, cancel)
            agrees = self._who.words.same_value(heard.text, claim.value)
            found = replace(
                found, open=(1 if agrees else -1) if heard.text else None, open_text=heard.text
            )
        return found

    # --- what was said elsewhere ---------------------------------------------------------------

    def _says(self, sample: Sequence[Statement], claim: Statement) -> bool:
        """Whether a draft says the same: of the same thing, and the same of it."""
        same, value = self._who.words.same_thing, self._who.words.same_value
        kind = claim.claim.kind
        if kind == kinds.OBJECT:
            return any(same(one.noun, claim.noun) for one in sample if one.noun) or any(
                same(one.value, claim.noun) for one in sample if one.claim.kind == kinds.PLACE
            )
        if kind == kinds.PLACE:
            return any(
                same(one.value if one.claim.kind == kinds.PLACE else one.noun, claim.value)
                for one in sample
                if one.claim.kind in {kinds.PLACE, kinds.OBJECT}
            )
        alike = [one for one in sample if one.claim.kind == kind]
        if kind == kinds.RELATION:
            return any(
                same(one.noun, claim.noun) and same(head_of(one.phrase), head_of(claim.phrase))
                for one in alike
            )
        if kind == kinds.NUMBER and not claim.value:
            return any(
                same(one.noun, claim.noun)
                and (one.plural if one.claim.kind == kinds.OBJECT else one.value != "1")
                for one in sample
            )
        return any(same(one.noun, claim.noun) and value(one.value, claim.value) for one in alike)

    def _reads(self, words: str) -> bool | None:
        """Whether the words stand in the picture; None where nothing can be read with."""
        if self._read is None:
            try:
                self._read = self._who.asker.reads(self._image)
            except (PartMissing, ModelBroken):
                return None
        return within(words, self._read)

    def _said(self, claim: Statement) -> str:
        """Who says so: "names", or the part of the page that does; "" for nobody."""
        what = _about(claim)
        if not what:
            return ""
        if any(within(what, name) or within(name, what) for name in self._told.names if name):
            return "names"
        context = self._told.context
        parts = {
            "caption": context.caption,
            "title": context.title,
            "text": f"{context.before}\n{context.after}",
            "heading": f"{context.heading}\n{context.page_title}",
        }
        return next((name for name, text in parts.items() if within(what, text)), "")

    def _recorded(self, claim: Statement) -> str:
        """The field of the file that says so; "" for none."""
        what = _about(claim)
        if not what:
            return ""
        metadata = self._told.metadata
        parts = {
            "title": metadata.title,
            "caption": metadata.caption,
            "keywords": "\n".join(metadata.keywords),
            "camera": f"{metadata.make} {metadata.model} {metadata.lens}",
            "date": metadata.taken_at[:4],
        }
        return next((name for name, text in parts.items() if within(what, text)), "")


def open_question(claim: Statement) -> str:
    """A question whose answer is the claim's value: how many, what colour, what doing; or ""."""
    be = "are" if claim.plural else "is"
    match claim.claim.kind:
        case kinds.NUMBER if claim.value:
            noun = claim.noun if claim.plural else en.plural(claim.noun)
            return f"How many {noun} are there?"
        case kinds.ATTRIBUTE if claim.value.casefold() in en.COLOURS and claim.noun:
            return f"What color {be} the {claim.noun}?"
        case kinds.ACTION if claim.noun:
            return f"What {be} the {claim.noun} doing?"
        case kinds.PLACE if claim.noun:
            return f"Where {be} the {claim.noun}?"
    return ""


_RIVALS = {
    kinds.ATTRIBUTE: ("red", "blue", "green", "yellow", "black", "white", "brown", "orange",
                      "pink", "purple", "gray"),
    kinds.NUMBER: ("one", "two", "three", "four", "five", "six"),
    kinds.ACTION: ("sitting", "standing", "running", "walking", "jumping", "swimming", "riding",
                   "playing", "climbing", "sleeping", "lying", "eating", "flying", "holding"),
}  # fmt: skip


def rivals(claim: Statement) -> tuple[str, ...]:
    """The claim's phrase with another colour, number or deed in its place; () for other kinds."""
    kind, words = claim.claim.kind, claim.phrase.casefold().split()
    if kind not in _RIVALS or (kind == kinds.ATTRIBUTE and claim.value not in en.COLOURS):
        return ()
    wanted = words[0] if kind == kinds.NUMBER else claim.value.casefold()
    places = [place for place, word in enumerate(words) if stem(word) == stem(wanted)]
    if not places or (kind == kinds.NUMBER and wanted not in en.NUMBERS):
        return ()
    place = places[-1] if kind == kinds.ACTION else places[0]
    return tuple(
        " ".join([*words[:place], other, *words[place + 1 :]])
        for other in _RIVALS[kind]
        if stem(other) != stem(words[place])
    )


def _about(claim: Statement) -> str:
    """The words of a claim that a person may have said elsewhere."""
    match claim.claim.kind:
        case kinds.OBJECT | kinds.NAME:
            return claim.noun
        case kinds.PLACE | kinds.TEXT:
            return claim.value
        case kinds.ATTRIBUTE | kinds.NUMBER:
            return claim.phrase if claim.noun else ""
    return ""


def within(words: str, text: str) -> bool:
    """Whether the words stand together in a text, but for case, plural and marks."""
    wanted = [en.singular(word) for word in _LETTERS.findall(words.casefold())]
    there = [en.singular(word) for word in _LETTERS.findall(text.casefold())]
    length = len(wanted)
    return length > 0 and any(
        there[start : start + length] == wanted for start in range(len(there) - length + 1)
    )
