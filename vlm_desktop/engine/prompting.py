"""From a conversation's branch to what a model is asked: messages, pictures, what was left out.

A model gets no more than it can take. Pictures beyond its limit stay away, the oldest first, and
their captions stand in their places; a model that answers each question on its own gets the last
one with the pictures that were spoken of last.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vlm_desktop.base.chat import (
    ChatCapabilities,
    ChatImage,
    ImagePart,
    Message,
    Part,
    Role,
    TextPart,
)
from vlm_desktop.base.conversations import Conversation, Turn, TurnState, Why
from vlm_desktop.base.events import Notice

_REASONS = {
    Why.TOO_LONG: "An earlier answer to the last question was too long. Be brief.",
    Why.TOO_SHORT: "An earlier answer to the last question was too short. Go into detail.",
    Why.WRONG: "An earlier answer to the last question was wrong. Look again closely.",
}
"""What a model that takes a system prompt is told when an answer is to be written anew."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked. `pictures` are the ids of `images` among the conversation's."""

    messages: tuple[Message, ...]
    images: tuple[ChatImage, ...]
    pictures: tuple[int, ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Which turns and pictures of a branch a model is given; only these are to be loaded."""

    turns: tuple[Turn, ...]
    pictures: tuple[int, ...]
    examples: bool
    left_out: tuple[int, ...]
    alone: bool
    """Whether earlier turns stay away, since the model answers each question on its own."""


def plan(conversation: Conversation, question: Turn, capabilities: ChatCapabilities) -> Plan:
    """Choose what of the branch that ends with `question` is shown."""
    branch = _sound(conversation.path(question.id))
    dropped = {picture.id for picture in conversation.pictures if picture.dropped}
    shown = [
        (turn, [one for one in turn.pictures if one not in dropped])
        for turn in branch
        if turn.role is Role.USER
    ]
    alone = not capabilities.multi_turn
    if alone:
        spoken_of = next((some for _, some in reversed(shown) if some), [])
        own = shown[-1][1] or spoken_of[-capabilities.max_images :]
        return Plan((question,), tuple(own), False, (), alone=len(branch) > 1)
    wanted = list(dict.fromkeys(one for _, some in shown for one in some))
    asked = [one for one in wanted if one in shown[-1][1]]
    examples = [one.picture for one in conversation.examples]
    room = capabilities.max_images - len(asked)
    with_examples = bool(examples) and len(set(examples)) <= room
    if with_examples:
        room -= len(set(examples))
    earlier = [one for one in wanted if one not in asked]
    kept = earlier[max(0, len(earlier) - max(0, room)) :] if room > 0 else []
    left_out = tuple(one for one in earlier if one not in kept)
    pictures = tuple(one for one in wanted if one in kept or one in asked)
    return Plan(tuple(branch), pictures, with_examples, left_out, alone=False)


def to_load(conversation: Conversation, chosen: Plan) -> tuple[int, ...]:
    """The pictures whose pixels a plan needs."""
    examples = [one.picture for one in conversation.examples] if chosen.examples else []
    return tuple(dict.fromkeys([*examples, *chosen.pictures]))


def request(
    conversation: Conversation,
    chosen: Plan,
    capabilities: ChatCapabilities,
    images: Mapping[int, ChatImage],
    *,
    model_id: str,
    context: str = "",
    why: Why = Why.ASKED,
    note: str = "",
) -> Request:
    """Write the plan as messages. `context` stands before the question; `images` by picture id."""
    writer = _Writer(conversation, images, labelled=len(to_load(conversation, chosen)) > 1)
    notices = []
    system = _system(conversation, capabilities, why, note)
    if conversation.system_prompt.strip() and not capabilities.system_prompt:
        notices.append(Notice("system-prompt-ignored", model_id))
    if chosen.alone:
        notices.append(Notice("turns-left-out", model_id))
    for one in chosen.left_out:
        path = conversation.picture(one).attachment.path
        notices.append(Notice("picture-left-out", str(path)))
    messages = [Message(Role.SYSTEM, (TextPart(system),))] if system else []
    if chosen.examples:
        for example in conversation.examples:
            parts = [*writer.pictures([example.picture]), TextPart(example.question)]
            messages.append(Message(Role.USER, tuple(parts)))
            messages.append(Message(Role.ASSISTANT, (TextPart(example.answer),)))
    for number, turn in enumerate(chosen.turns):
        last = number == len(chosen.turns) - 1
        shown = chosen.pictures if len(chosen.turns) == 1 and chosen.alone else turn.pictures
        before = context if last else ""
        messages.append(writer.message(turn, shown, before))
    return Request(
        tuple(_joined(messages)), tuple(writer.images), tuple(writer.shown), tuple(notices)
    )


class _Writer:
    """Numbers the pictures in the order in which they are said; each is handed over once."""

    def __init__(
        self, conversation: Conversation, images: Mapping[int, ChatImage], *, labelled: bool
    ) -> None:
        self._conversation = conversation
        self._given = images
        self._labelled = labelled
        self.images: list[ChatImage] = []
        self.shown: list[int] = []

    def pictures(self, ids: Sequence[int]) -> list[Part]:
        """A picture where it was first shown; in words where it is not, or no more."""
        parts: list[Part] = []
        for one in ids:
            picture = self._conversation.picture(one)
            if one in self._given and one not in self.shown:
                if self._labelled:
                    parts.append(TextPart(f"Picture {picture.letter}: "))
                parts.append(ImagePart(len(self.images)))
                self.images.append(self._given[one])
                self.shown.append(one)
                if self._labelled:
                    parts.append(TextPart("\n"))
            elif one not in self.shown or self._labelled:
                caption = f": {picture.caption}" if picture.caption else ""
                parts.append(TextPart(f"[Picture {picture.letter}{caption}]\n"))
        return parts

    def message(self, turn: Turn, shown: Sequence[int], context: str) -> Message:
        words = f"{context}\n{turn.text}" if context else turn.text
        if turn.role is Role.ASSISTANT:
            return Message(turn.role, (TextPart(words),))
        return Message(turn.role, (*self.pictures(shown), TextPart(words)))


def _system(conversation: Conversation, capabilities: ChatCapabilities, why: Why, note: str) -> str:
    if not capabilities.system_prompt:
        return ""
    lines = [conversation.system_prompt.strip(), _REASONS.get(why, "")]
    if note.strip() and why in _REASONS:
        lines.append(note.strip())
    return "\n".join(line for line in lines if line)


def _sound(path: Sequence[Turn]) -> list[Turn]:
    """Without answers that failed before a word was said."""
    return [
        turn
        for turn in path
        if not (turn.role is Role.ASSISTANT and turn.state is TurnState.FAILED and not turn.text)
    ]


def _joined(messages: Sequence[Message]) -> list[Message]:
    """Questions without an answer go with the next one: templates want turns to alternate."""
    found: list[Message] = []
    for message in messages:
        if found and found[-1].role is message.role:
            parts = (*found[-1].parts, TextPart("\n"), *message.parts)
            found[-1] = Message(message.role, parts)
        else:
            found.append(message)
    return found
