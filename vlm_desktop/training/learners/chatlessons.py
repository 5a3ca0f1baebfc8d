"""What a model that answers is taught by one example: tokens, and which of them are answers.

What is asked is read by the very code that reads a question in Chat, so that a model learns under
the template it is asked in. Where an answer begins and ends is told by that template too: a
conversation is written with and without the answer, and what was added is the answer with the
token that ends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vlm_desktop.backends.chat.manners import plain
from vlm_desktop.backends.chat.pictures import Prepared
from vlm_desktop.base.chat import ImagePart, Message, Role, TextPart
from vlm_desktop.base.errors import ModelBroken

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import torch

    from vlm_desktop.backends.chat.captioner import TransformersCaptioner
    from vlm_desktop.backends.chat.families import ChatFamily
    from vlm_desktop.backends.chat.prompting import Prompt
    from vlm_desktop.backends.chat.transformers_chat import TransformersChat
    from vlm_desktop.base.chat import ChatImage, GenerationOptions
    from vlm_desktop.base.training import Example


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """One sequence. `learned` and `places` mark tokens that are to be said, and places of the
    picture. `prompt` is as the network's family takes it. `features` is how many go into the
    places, None where the image tower has to tell."""

    ids: tuple[int, ...]
    learned: tuple[bool, ...]
    places: tuple[bool, ...]
    picture: Prepared
    prompt: Any
    features: int | None = None

    @property
    def said(self) -> tuple[int, ...]:
        """Tokens that are to be said."""
        return tuple(one for one, is_learned in zip(self.ids, self.learned, strict=True)
                     if is_learned)  # fmt: skip


def is_conversation(example: Example) -> bool:
    """Whether its turns follow each other; else each is another answer to the same picture."""
    asks = [one.ask.strip() for one in example.turns]
    return len(asks) > 1 and all(asks[1:]) and len(set(asks)) == len(asks)


def asked(example: Example, turn: int, *, history: bool) -> list[Message]:
    """The request that a turn answers, with what was said before it where that counts."""
    first = 0 if history else turn
    messages = []
    for place in range(first, turn + 1):
        one = example.turns[place]
        words = (TextPart(one.ask),) if one.ask else ()
        parts = (ImagePart(0), *words) if place == first else words
        messages.append(Message(Role.USER, parts))
        if place < turn:
            messages.append(_said(one.answer))
    return messages


def _said(answer: str) -> Message:
    return Message(Role.ASSISTANT, (TextPart(answer),))


class ConversationLessons:
    """Lessons for models that hold conversations. All turns of one are learned at once where the
    template goes on from turn to turn; else one of them, with the others before it."""

    def __init__(self, chat: TransformersChat, family: ChatFamily) -> None:
        self._chat, self._family = chat, family
        self._reader = chat.reader

    def request(self, example: Example, turn: int) -> list[Message]:
        """What is asked in a turn (-1 the last)."""
        history = is_conversation(example) and self._family.multi_turn
        return asked(example, turn % len(example.turns), history=history)

    def lesson(
        self, example: Example, turn: int, image: ChatImage, options: GenerationOptions
    ) -> Lesson:
        """The conversation, or this turn alone. Raises what `RequestReader.read` does."""
        pieces = self._joined(example)
        messages = self.request(example, 0 if pieces else turn)
        prompt = self._reader.read(messages, [image], options)
        if not pieces:
            answer = example.turns[turn].answer
            pieces = [("", self._alone(messages, answer))]
        return self._made(prompt, pieces)

    def _made(self, prompt: Prompt, pieces: Sequence[tuple[str, str]]) -> Lesson:
        ids, learned = list(prompt.ids), [False] * len(prompt.ids)
        blank = ""  # between an answer without an end and what follows: one text with the latter
        for number, (between, answer) in enumerate(pieces):
            asks = self._ids(self._reader.wording.mended(blank + between)) if number else []
            is_last = number == len(pieces) - 1
            said, rest, blank = self._ended(answer, must=is_last)
            ids += [*asks, *said]
            learned += [*[False] * len(asks), *[True] * len(said)]
            if not is_last:
                ids += rest
                learned += [False] * len(rest)
        inside = {place for span in prompt.spans for place in range(span.start, span.stop)}
        places = [
            place in inside and one == self._reader.image_token for place, one in enumerate(ids)
        ]
        return Lesson(
            tuple(ids), tuple(learned), tuple(places), prompt.spans[0].picture, prompt
        )  # fmt: skip

    def _joined(self, example: Example) -> list[tuple[str, str]]:
        """What stands before each answer of a conversation, and each answer; nothing for what is
        no conversation, or where the template writes the beginning anew with each turn."""
        if not (is_conversation(example) and self._family.multi_turn):
            return []
        wording, text, pieces = self._reader.wording, "", []
        for turn, one in enumerate(example.turns):
            messages = asked(example, turn, history=True)
            before = wording.write(messages)
            after = wording.told([*messages, _said(one.answer)])
            if not (before.startswith(text) and after.startswith(before)):
                return []
            pieces.append((before[len(text) :], after[len(before) :]))
            text = after
        return pieces

    def _alone(self, messages: Sequence[Message], answer: str) -> str:
        """An answer as the template goes on with it; as it is where the template knows none."""
        wording = self._reader.wording
        words = wording.plain(answer)
        try:
            after = wording.told([*messages, _said(answer)])
        except ModelBroken:  # a template of questions only
            return words
        before = wording.write(messages)
        if after.startswith(before):
            return after[len(before) :]
        at = after.rfind(words.strip())
        rest = after[at + len(words.strip()) :] if at >= 0 and words.strip() else ""
        return words.strip() + rest if self._chat.ends & set(self._ids(rest)) else words

    def _ids(self, text: str) -> list[int]:
        found: list[int] = self._reader.tokenizer(text, add_special_tokens=False)["input_ids"]
        return found

    def _ended(self, text: str, *, must: bool) -> tuple[list[int], list[int], str]:
        """An answer up to the token that ends it, and what follows. Where the template writes no
        such token, one that `must` end is given it, and what follows is blank text."""
        ids = self._ids(text)
        for place, one in enumerate(ids):
            if one in self._chat.ends:
                return ids[: place + 1], ids[place + 1 :], ""
        words = text.rstrip()
        end = [end_of(self._chat.ends, self._reader.tokenizer)] if must else []
        return [*self._ids(words), *end], [], text[len(words) :]


class CaptionLessons:
    """Lessons for models that say something about one picture."""

    def __init__(self, chat: TransformersCaptioner) -> None:
        self._chat = chat

    def request(self, example: Example, turn: int) -> list[Message]:
        """What is asked in a turn (-1 the last)."""
        return asked(example, turn % len(example.turns), history=False)

    def lesson(
        self, example: Example, turn: int, image: ChatImage, options: GenerationOptions
    ) -> Lesson:
        """This turn. Raises what `ChatModel.stream` does of a request."""
        prompt: Mapping[str, torch.Tensor]
        inputs, prompt = self._chat.request(self.request(example, turn), [image], options)
        tokenizer = self._chat.processor.tokenizer
        words = plain(example.turns[turn].answer, tokenizer)
        # It goes on from the words of the prompt.
        answer = tokenizer(f" {words}", add_special_tokens=False)["input_ids"]
        said = [*answer, end_of(self._chat.ends, tokenizer)]
        asks = prompt["input_ids"][0].tolist()
        places = self._places(prompt, asks)
        features = self._chat.picture_tokens if any(places) else 0
        return Lesson(
            (*asks, *said),
            (*[False] * len(asks), *[True] * len(said)),
            (*places, *[False] * len(said)),
            Prepared(inputs, "", features, image.key),
            prompt,
            features,
        )

    def _places(self, prompt: Mapping[str, torch.Tensor], asks: Sequence[int]) -> list[bool]:
        marked = prompt.get("image_embeds_position_mask")
        if marked is not None:
            return [bool(one) for one in marked[0].tolist()]
        token = self._chat.image_token
        return [token is not None and one == token for one in asks]


def end_of(ends: frozenset[int], tokenizer: Any) -> int:
    """The token that ends an answer here."""
    usual = (tokenizer.eos_token_id, tokenizer.sep_token_id)
    return next((one for one in usual if one in ends), min(ends))
