"""A generative model reads a document beside the first reader; what it says must stand there.

Nothing is averaged: a value that agrees makes the first reader's surer, one that differs makes it
doubtful and both are shown. What no words on the page carry is shown as ungrounded.
"""

import json
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vlm_desktop.backends.protocols import WordReader
from vlm_desktop.backends.shelf import WORD_READER, ModelCard
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import (
    ChatCapabilities,
    ChatImage,
    GenerationOptions,
    ImagePart,
    Message,
    Reply,
    Role,
    TextPart,
)
from vlm_desktop.base.documentanswers import (
    ReaderChoice,
    SecondReading,
)
from vlm_desktop.base.documents import (
    Extraction,
    FieldSpec,
    FieldType,
    Schema,
)
from vlm_desktop.base.errors import OptionUnsupported
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.pagereading import DocumentReading, PageReading
from vlm_desktop.base.types import Box
from vlm_desktop.engine.answering import STARTER_FAMILY, Answerer
from vlm_desktop.engine.documents.opinions import Pairs, compare
from vlm_desktop.engine.documents.pages import DocumentPages
from vlm_desktop.engine.documents.secondwords import second_words
from vlm_desktop.engine.prompting import Request

_REPEATING = (FieldType.TABLE, FieldType.GROUP)
_ANSWER_TOKENS = 64
_PAGE_TOKENS = 2_048
_TAGS = re.compile(r"<[^<>]{1,60}>")


@dataclass(frozen=True, slots=True)
class _Said:
    """What a model said of one page."""

    pairs: Pairs
    text: str = ""
    revision: str = ""


class SecondReader:
    """Has models of the shelf read documents. For the lane "answers"."""

    def __init__(
        self,
        answerer: Callable[[], Answerer],
        pages: DocumentPages,
        cards: Callable[[], Sequence[ModelCard]],
        open_words: Callable[[str], WordReader],
    ) -> None:
        self._answerer = answerer
        self._pages = pages
        self._cards = cards
        self._open_words = open_words

    def models(self) -> tuple[ReaderChoice, ...]:
        """Those on this disk that can read documents."""
        return tuple(
            ReaderChoice(card.id, card.name, card.licence)
            for card in self._cards()
            if card.path is not None
            and card.chat_family != STARTER_FAMILY
            and not {"document", "chat"}.isdisjoint(card.tasks)
        )

    def read(
        self,
        reading: DocumentReading,
        extraction: Extraction,
        schema: Schema,
        model_id: str,
        cancel: CancelToken,
    ) -> Generator[Event, None, SecondReading]:
        """Have the pages of a reading read again, and compare.

        Raises ModelError, MediaRefused, OptionUnsupported for a model that cannot do it, Cancelled.
        """
        if any(card.id == model_id and card.family == WORD_READER for card in self._cards()):
            return (yield from self._by_words(reading, extraction, schema, model_id, cancel))
        can, spec = self._answerer().about(model_id, cancel)
        if can.answers or spec.family == STARTER_FAMILY:
            detail = "it does not read documents"
            raise OptionUnsupported(model=model_id, option="document", detail=detail)
        pairs: list[tuple[str, str]] = []
        texts: list[str] = []
        for done, page in enumerate(reading.pages):
            yield Progress(Phase.ANSWER, done, len(reading.pages))
            cancel.raise_if_cancelled()
            image = self._image(reading, page, cancel)
            said = yield from self._page(model_id, can, schema, image, cancel)
            pairs += said.pairs
            texts += [said.text] if said.text else []
        compared = compare(pairs, "\n".join(texts), reading, extraction, schema)
        return replace(compared, model=model_id, revision=spec.revision)

    def _by_words(
        self,
        reading: DocumentReading,
        extraction: Extraction,
        schema: Schema,
        model_id: str,
        cancel: CancelToken,
    ) -> Generator[Event, None, SecondReading]:
        """By a model that chooses among the words that were read."""
        pairs: list[tuple[str, str]] = []
        reader = self._open_words(model_id)
        try:
            for done, page in enumerate(reading.pages):
                yield Progress(Phase.ANSWER, done, len(reading.pages))
                pixels = self._image(reading, page, cancel).pixels
                pairs += _chosen(reader, schema, page, pixels, cancel)
        finally:
            reader.close()
        compared = compare(pairs, "", reading, extraction, schema)
        return replace(compared, model=model_id, revision=reader.revision)

    def _image(self, reading: DocumentReading, page: PageReading, cancel: CancelToken) -> ChatImage:
        """The page as it stands upright."""
        drawn = self._pages.read(reading.path, page.number, cancel)
        pixels = np.ascontiguousarray(np.rot90(drawn.pixels, page.view.turns))
        return ChatImage(pixels, f"{reading.content_hash}-{page.number}-{page.view.turns}")

    def _page(
        self,
        model_id: str,
        can: ChatCapabilities,
        schema: Schema,
        image: ChatImage,
        cancel: CancelToken,
    ) -> Generator[Event, None, _Said]:
        whole = next(
            (asked for part, asked in second_words()["pages"].items() if part in model_id), None
        )
        if whole is not None or not can.asks:
            options = GenerationOptions(max_new_tokens=_PAGE_TOKENS)
            reply = yield from self._ask(model_id, whole or "", image, options, cancel)
            return _Said(reply.fields, "" if reply.fields else _TAGS.sub(" ", reply.text))
        fields = [one for one in schema.fields if one.type not in _REPEATING]
        if can.json and can.multi_turn:
            listed = "\n".join(_told(one) for one in fields)
            asked = second_words()["prompts"]["json"].format(fields=listed).strip()
            form = {
                "type": "object",
                "properties": {one.name: {"type": "string"} for one in fields},
                "required": [one.name for one in fields],
                "additionalProperties": False,
            }
            options = GenerationOptions(
                max_new_tokens=_PAGE_TOKENS, json_schema=json.dumps(form, ensure_ascii=False)
            )
            reply = yield from self._ask(model_id, asked, image, options, cancel)
            return _Said(_json_pairs(reply.text))
        pairs = []
        for one in fields:
            options = GenerationOptions(max_new_tokens=_ANSWER_TOKENS)
            reply = yield from self._ask(model_id, _question(one), image, options, cancel)
            answer = dict(reply.fields).get("answer", reply.text)
            pairs.append((one.name, answer.strip()))
        return _Said(pairs)

    def _ask(
        self,
        model_id: str,
        text: str,
        image: ChatImage,
        options: GenerationOptions,
        cancel: CancelToken,
    ) -> Generator[Event, None, Reply]:
        parts = (ImagePart(0), TextPart(text)) if text else (ImagePart(0),)
        request = Request((Message(Role.USER, parts),), (image,), (), ())
        answer = yield from self._answerer().answer(model_id, request, options, cancel)
        return answer.reply


def _chosen(
    reader: WordReader,
    schema: Schema,
    page: PageReading,
    pixels: PixelArray,
    cancel: CancelToken,
) -> Iterator[tuple[str, str]]:
    """What a chooser of words says of one page. Without straightening, as `pixels` are."""
    across, down = pixels.shape[1] / page.view.size.width, pixels.shape[0] / page.view.size.height
    words = [word.text for word in page.words]
    boxes = [
        Box(one.box.x0 * across, one.box.y0 * down, one.box.x1 * across, one.box.y1 * down)
        for one in page.words
    ]
    if not reader.asks:
        for run in reader.labelled(words, boxes, pixels, cancel):
            yield run.label, page.text(run.words)
        return
    for spec in schema.fields:
        if spec.type not in _REPEATING:
            found = reader.answer(_question(spec), words, boxes, pixels, cancel)
            if found is not None:
                yield spec.name, page.text(found.words)


def _question(spec: FieldSpec) -> str:
    label = spec.aliases[0] if spec.aliases else spec.name.replace("_", " ")
    return str(second_words()["prompts"]["question"].format(label=label))


# --- parts -------------------------------------------------------------------------------


def _told(spec: FieldSpec) -> str:
    return f"- {spec.name}: {spec.description}" if spec.description else f"- {spec.name}"


def _json_pairs(text: str) -> Pairs:
    """The fields of an answer; none of one that was cut off or is no JSON."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(said, dict):
        return ()
    return [
        (str(name), str(value))
        for name, value in said.items()
        if isinstance(value, (str, int, float))
    ]
