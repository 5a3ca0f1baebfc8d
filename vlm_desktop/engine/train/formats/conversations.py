"""Conversations as LLaVA and ShareGPT write them. Pure.

    LLaVA      {"image": "a.jpg", "conversations": [{"from": "human", "value": "<image>\\nWhat?"},
                                                    {"from": "gpt", "value": "A cup."}]}
    ShareGPT   {"images": ["a.jpg"], "messages": [{"role": "user", "content": "<image>What?"},
                                                  {"role": "assistant", "content": "A cup."}]}

The content of a message may be a list of parts, of which one names the picture. What the system
says goes before the first question. Conversations about several pictures, or none, are left out.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from vlm_desktop.base.training import ExampleKind
from vlm_desktop.base.trainingdata import SkipReason, TrainSource
from vlm_desktop.engine.train.formats.plainrows import IMAGE_KEYS
from vlm_desktop.engine.train.formats.rows import (
    LONGEST_NAME,
    BadRow,
    Draft,
    Row,
    items,
    label_of,
    mapping,
    shown,
    split_of,
    turns_of,
    words,
)

_LISTS = ("conversations", "messages", "conversation")
_WHO = {
    "human": "user", "user": "user", "gpt": "model", "assistant": "model", "model": "model",
    "chatgpt": "model", "bot": "model", "system": "system",
}  # fmt: skip
_MARKS = ("<image>", "<img>", "<|image|>", "<image_placeholder>")


def is_conversation(said: Mapping[str, Any]) -> bool:
    """Whether it is a list of what two say to each other."""
    return any(isinstance(said.get(key), list) for key in _LISTS)


def family(said: Mapping[str, Any]) -> TrainSource:
    """LLaVA names one picture beside what "human" and "gpt" say; the rest is ShareGPT."""
    first = mapping(next(iter(items(said.get("conversations"))), None))
    return TrainSource.LLAVA if "from" in first and "image" in said else TrainSource.SHAREGPT


def read(said: object, where: str) -> Iterator[Row]:
    """The example of one conversation."""
    try:
        yield _draft(mapping(said), where)
    except BadRow as bad:
        yield bad.skipped(where)


def _draft(said: dict[str, Any], where: str) -> Draft:
    key = next((one for one in _LISTS if isinstance(said.get(one), list)), "")
    if not key:
        raise BadRow(SkipReason.MALFORMED)
    names = _named(said)
    messages = []
    for one in said[key]:
        who, text, inside = _message(mapping(one))
        messages.append((who, text))
        names += inside
    names = list(dict.fromkeys(names))
    if len(names) > 1:
        raise BadRow(SkipReason.SEVERAL_PICTURES, str(len(names)))
    if not names or len(names[0]) > LONGEST_NAME or "\0" in names[0]:
        raise BadRow(SkipReason.NO_PICTURE)
    pairs = _pairs(messages)
    asked = any(ask for ask, _ in pairs)
    return Draft(
        where=where,
        image=names[0],
        turns=turns_of(pairs),
        kind=ExampleKind.QUESTION if asked else ExampleKind.CAPTION,
        split=split_of(said.get("split")),
        label=label_of(said.get("label")),
    )


def _named(said: dict[str, Any]) -> list[str]:
    """Pictures named beside the conversation."""
    found: list[str] = []
    for key in ("images", *IMAGE_KEYS[:3]):
        value = said.get(key)
        for one in value if isinstance(value, list) else [value]:
            name = mapping(one).get("path") if isinstance(one, dict) else one
            if isinstance(name, str) and name.strip():
                found.append(name)
        if found:
            return found
    return found


def _message(said: dict[str, Any]) -> tuple[str, str, list[str]]:
    """(who, what, pictures named inside)."""
    who = said.get("from", said.get("role"))
    if not isinstance(who, str) or who.casefold() not in _WHO:
        raise BadRow(SkipReason.MALFORMED, shown(who))
    content = said.get("value", said.get("content"))
    names: list[str] = []
    if isinstance(content, list):
        texts = []
        for part in map(mapping, content):
            inner = part.get("image", part.get("image_url", part.get("path")))
            name = mapping(inner).get("url") if isinstance(inner, dict) else inner
            if isinstance(name, str):
                names.append(name)
            texts.append(words(part.get("text")))
        text = "\n".join(filter(None, texts))
    else:
        text = words(content)
    for mark in _MARKS:
        text = text.replace(mark, "")
    return _WHO[who.casefold()], text.strip(), names


def _pairs(messages: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Questions with their answers. Raises BadRow where they do not take turns."""
    before = [text for who, text in messages if who == "system" and text]
    talk = [(who, text) for who, text in messages if who != "system"]
    if talk and talk[-1][0] == "user":
        talk = talk[:-1]  # a last question without an answer teaches nothing
    if not talk:
        raise BadRow(SkipReason.NO_TEXT)
    if len(talk) % 2 or any(
        who != ("user", "model")[number % 2] for number, (who, _) in enumerate(talk)
    ):
        raise BadRow(SkipReason.MALFORMED, "they do not take turns")
    pairs = [(ask[1], answer[1]) for ask, answer in zip(talk[::2], talk[1::2], strict=True)]
    pairs[0] = ("\n".join([*before, pairs[0][0]]).strip(), pairs[0][1])
    return pairs
