"""A request as the decoder reads it: token ids, where pictures stand in them, and the count."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from vlm_desktop.backends.chat.pictures import Prepared
from vlm_desktop.backends.chat.wording import Wording
from vlm_desktop.base.chat import Message, Role, TokenUsage
from vlm_desktop.base.errors import ModelBroken, NothingAsked, TooManyPictures

_NAMELESS = count(1)


@dataclass(frozen=True, slots=True)
class Span:
    """Where a picture stands: its places of features lie within ids[start:stop].

    `name` says which picture with which budget it is, for comparing prompts.
    """

    start: int
    stop: int
    picture: Prepared
    name: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request in tokens."""

    ids: tuple[int, ...]
    spans: tuple[Span, ...]
    usage: TokenUsage

    def symbols(self, image_token: int) -> list[int | str]:
        """Ids, with the picture's name at places of features: equal where the inputs are."""
        made: list[int | str] = list(self.ids)
        for span in self.spans:
            for place in range(span.start, span.stop):
                if made[place] == image_token:
                    made[place] = span.name
        return made


def check_asked(
    model_id: str, messages: Sequence[Message], pictures: int, *, max_images: int
) -> None:
    """Refuse what cannot be answered. Raises `NothingAsked`, `TooManyPictures`."""
    last = messages[-1] if messages else None
    if last is None or last.role is not Role.USER or not (last.text.strip() or last.images):
        raise NothingAsked(model=model_id)
    if pictures > max_images:
        raise TooManyPictures(model=model_id, given=pictures, limit=max_images)


def compose(
    model_id: str,
    wording: Wording,
    tokenizer: Any,
    image_token: int,
    messages: Sequence[Message],
    pictures: Sequence[Prepared],
) -> Prompt:
    """Tokens of a conversation; `pictures` in the order in which they stand in it."""
    text = wording.write(messages)
    pieces = text.split(wording.image_token)
    whole = pieces[0] + "".join(
        picture.words + piece for picture, piece in zip(pictures, pieces[1:], strict=True)
    )
    ids = tuple(encode(tokenizer, wording.mended(whole)))
    spans = _spans(model_id, ids, image_token, pictures)
    image = sum(picture.tokens for picture in pictures)
    words = sum(
        len(tokenizer(wording.plain(one.text), add_special_tokens=False)["input_ids"])
        for one in messages
        if one.role is not Role.SYSTEM and one.text
    )
    words = min(words, len(ids) - image)
    return Prompt(ids, spans, TokenUsage(len(ids) - image - words, words, image))


def encode(tokenizer: Any, text: str) -> list[int]:
    """Ids of a whole prompt; a beginning that the template wrote itself is not added twice."""
    begun = bool(tokenizer.bos_token) and text.startswith(tokenizer.bos_token)
    ids: list[int] = tokenizer(text, add_special_tokens=not begun)["input_ids"]
    return ids


def _spans(
    model_id: str, ids: Sequence[int], image_token: int, pictures: Sequence[Prepared]
) -> tuple[Span, ...]:
    places = [place for place, one in enumerate(ids) if one == image_token]
    needed = sum(picture.tokens for picture in pictures)
    if len(places) != needed:
        detail = f"{len(places)} places for pictures in the prompt, its processor made {needed}"
        raise ModelBroken(model=model_id, detail=detail)
    spans = []
    taken = 0
    for picture in pictures:
        own = places[taken : taken + picture.tokens]
        taken += picture.tokens
        name = picture.key or f"#{next(_NAMELESS)}"
        spans.append(Span(own[0], own[-1] + 1, picture, name))
    return tuple(spans)
