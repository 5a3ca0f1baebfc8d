"""Writing TOML; the standard library only reads it."""

import json
import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_text(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Tables of texts, numbers, truths, lists and tables within, in the order given. None is left
    out, since TOML has no word for it."""
    parts = []
    for name, table in tables.items():
        parts.append(f"[{_key(name)}]\n{table_text(table)}")
    return "\n".join(parts)


def table_text(table: Mapping[str, Any]) -> str:
    """The lines of one table, without its head: what stands at the beginning of a file."""
    said = (f"{_key(key)} = {_value(one)}\n" for key, one in table.items() if one is not None)
    return "".join(said)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str | PurePath):
        return _text(str(value))
    if isinstance(value, Mapping):
        inner = (f"{_key(str(key))} = {_value(one)}" for key, one in value.items())
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    raise TypeError(f"no TOML for {type(value).__name__}")


def _text(text: str) -> str:
    # A JSON text is a TOML text, but for one character that JSON lets stand.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
