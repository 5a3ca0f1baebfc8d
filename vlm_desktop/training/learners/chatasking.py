"""Held-out examples, answered greedily as Chat would answer them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from vlm_desktop.base.cancel import CancelToken
    from vlm_desktop.base.chat import ChatImage, GenerationOptions, Message, Reply, Token
    from vlm_desktop.base.training import Example
    from vlm_desktop.training.learners.chatways import Way

_LEAST, _MOST = 16, 512


def longest_answer(taught: int) -> int:
    """Tokens that an answer may have, where the longest one that is taught has so many."""
    return min(_MOST, max(_LEAST, 2 * taught))


def answers_of(
    way: Way,
    examples: Sequence[Example],
    image_of: Callable[[Example], ChatImage],
    options: GenerationOptions,
    cancel: CancelToken,
) -> list[str]:
    """The answer to the last question of each; the same question about a picture is asked once.

    Raises ModelError, Cancelled.
    """
    way.chat.forget()  # what was read before belongs to other weights
    said: dict[tuple[str, tuple[Message, ...]], str] = {}
    found = []
    for one in examples:
        cancel.raise_if_cancelled()
        messages = tuple(way.lessons.request(one, -1))
        if (one.image, messages) not in said:
            stream = way.chat.stream(messages, [image_of(one)], options, cancel)
            said[one.image, messages] = _whole(stream).text.strip()
        found.append(said[one.image, messages])
    way.chat.forget()
    return found


def _whole(stream: Generator[Token, None, Reply]) -> Reply:
    while True:
        try:
            next(stream)
        except StopIteration as end:
            reply: Reply = end.value
            return reply
