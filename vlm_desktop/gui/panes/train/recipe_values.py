"""Values of a recipe as text, and text as values. What is none stays text, for the engine to say
what is wrong with it."""

from collections.abc import Mapping
from typing import Any

from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.train.recipe_fields import Sort

_BETWEEN = ";"


def shown(value: Any) -> str:
    """As one types it; numbers in the language's manner."""
    if isinstance(value, Mapping):
        return f"{_BETWEEN} ".join(f"{name} = {shown(one)}" for name, one in value.items())
    if isinstance(value, float):
        return fill("{value:.10g}", value=value)
    return "" if value is None else str(value)


def parsed(sort: Sort, text: str) -> Any:
    """The value that a text is."""
    text = text.strip()
    if sort is Sort.NUMBER:
        return _number(text)
    if sort is Sort.RATES:
        pairs = [one.partition("=") for one in text.split(_BETWEEN) if one.strip()]
        if all(between for _, between, _ in pairs):
            return {name.strip(): _number(one.strip()) for name, _, one in pairs}
    return text


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text.replace(",", ".") if kind is float else text)
        except ValueError:
            continue
    return text
