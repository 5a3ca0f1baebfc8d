"""What hangs on a turn, as JSON and back: options, usage, timing, boxes, failure.

Fields that a later version wrote are left out, those that an older one lacked get their default,
so a conversation is readable by both.
"""

import dataclasses
import json
from typing import Any, TypeVar

from vlm_desktop.base.chat import AnswerTiming, GenerationOptions, StopReason, TokenUsage
from vlm_desktop.base.conversations import Failure, Turn
from vlm_desktop.base.types import Box

Made = TypeVar("Made")


def encode_details(turn: Turn) -> str:
    """The columns that no query asks for."""
    said: dict[str, Any] = {
        "revision": turn.revision,
        "options": dataclasses.asdict(turn.options),
        "context": turn.context,
        "system": turn.system,
        "shown": turn.shown,
        "stop": turn.stop.value if turn.stop else None,
        "usage": dataclasses.asdict(turn.usage),
        "decode": turn.decode,
        "timing": dataclasses.asdict(turn.timing),
        "boxes": [[what, picture, *_sides(box)] for what, picture, box in turn.boxes],
        "failure": None
        if turn.failure is None
        else {"kind": turn.failure.kind, "fields": turn.failure.fields},
    }
    return json.dumps(said)


def decode_details(payload: str) -> dict[str, Any]:
    """Keyword arguments of `Turn`."""
    said = json.loads(payload)
    failure = said.get("failure")
    stop = said.get("stop")
    return {
        "revision": str(said.get("revision", "")),
        "options": _options(said.get("options", {})),
        "context": str(said.get("context", "")),
        "system": str(said.get("system", "")),
        "shown": tuple(map(int, said.get("shown", []))),
        "stop": StopReason(stop) if stop else None,
        "usage": _known(TokenUsage, said.get("usage", {})),
        "decode": float(said.get("decode", 0.0)),
        "timing": _known(AnswerTiming, said.get("timing", {})),
        "boxes": tuple(
            (str(what), int(picture), Box(*map(float, sides)))
            for what, picture, *sides in said.get("boxes", [])
        ),
        "failure": None
        if failure is None
        else Failure(failure["kind"], tuple((name, value) for name, value in failure["fields"])),
    }


def encode_box(box: Box | None) -> str:
    """Four numbers to the last digit, so that the same box is the same text; "" for none."""
    return "" if box is None else json.dumps(_sides(box))


def decode_box(stored: str) -> Box | None:
    return Box(*map(float, json.loads(stored))) if stored else None


def _sides(box: Box) -> tuple[float, float, float, float]:
    return (float(box.x0), float(box.y0), float(box.x1), float(box.y1))


def _options(said: dict[str, Any]) -> GenerationOptions:
    lists = {name: tuple(value) for name, value in said.items() if isinstance(value, list)}
    return _known(GenerationOptions, said | lists)


def _known(kind: type[Made], said: dict[str, Any]) -> Made:
    names = {field.name for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: value for name, value in said.items() if name in names})
