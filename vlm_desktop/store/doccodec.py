"""What is kept of documents, as JSON and back.

Fields that a later version wrote are left out, those that an older one lacked get their default,
as do values that no longer mean anything.
"""

import dataclasses
import json
import types
import typing
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from vlm_desktop.base import documentkeeping, documents
from vlm_desktop.base.types import Box

Made = TypeVar("Made")

_NAMES = {**vars(documents), **vars(documentkeeping), "Box": Box}
"""Where the annotations of the types are looked up: they are written as strings."""


def encode(value: Any) -> str:
    """A frozen dataclass, or a tuple of them, without the fields that have their default."""
    return json.dumps(_said(value), ensure_ascii=True, separators=(",", ":"))


def decode(kind: type[Made], stored: str) -> Made:
    """What `encode` was given. `kind` must have defaults for all fields that may be missing."""
    made: Made = _made(kind, json.loads(stored) if stored else {})
    return made


def decode_all(kind: type[Made], stored: str) -> tuple[Made, ...]:
    """A tuple of dataclasses."""
    return tuple(_made(kind, one) for one in (json.loads(stored) if stored else []))


def _said(value: Any) -> Any:
    if isinstance(value, Box):
        return [value.x0, value.y0, value.x1, value.y1]
    if dataclasses.is_dataclass(value):
        return {
            field.name: _said(content)
            for field in dataclasses.fields(value)
            if (content := getattr(value, field.name)) != field.default
        }
    if isinstance(value, tuple | list):
        return [_said(one) for one in value]
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind, localns=_NAMES)


def _made(kind: Any, said: Any) -> Any:
    if kind is Box:
        return Box(*said)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        return kind(**{name: _made(hints[name], said[name]) for name in hints if name in said})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(said)
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        if len(parts) == 2 and parts[1] is Ellipsis:
            return tuple(_made(parts[0], one) for one in said)
        return tuple(_made(part, one) for part, one in zip(parts, said, strict=True))
    if origin in (types.UnionType, typing.Union):
        (known,) = [part for part in parts if part is not types.NoneType]
        return None if said is None else _made(known, said)
    return said
