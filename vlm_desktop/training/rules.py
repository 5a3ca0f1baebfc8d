"""Rules for values of a recipe: each takes a key and a value and gives the value in its type, or
raises RecipeWrong with what the key takes."""

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from vlm_desktop.base.trainerrors import RecipeWrong

Rule: TypeAlias = Callable[[str, Any], Any]


def any_text(key: str, value: Any) -> str:
    """Text, "" too."""
    if not isinstance(value, str):
        raise RecipeWrong(key=key, detail=f"must be text in quotation marks, not {value!r}")
    return value


def written(key: str, value: Any) -> str:
    """Text that is not empty."""
    text = any_text(key, value)
    if not text.strip():
        raise RecipeWrong(key=key, detail="must not be empty")
    return text


def texts(key: str, value: Any) -> tuple[str, ...]:
    """A list of texts."""
    if not isinstance(value, list | tuple):
        raise RecipeWrong(key=key, detail=f'must be a list such as ["a", "b"], not {value!r}')
    return tuple(written(key, one) for one in value)


def yes_or_no(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise RecipeWrong(key=key, detail=f"must be true or false, not {value!r}")
    return value


def one_of(*allowed: str) -> Rule:
    """One of these words."""

    def rule(key: str, value: Any) -> str:
        if value not in allowed:
            words = ", ".join(f'"{one}"' for one in allowed)
            raise RecipeWrong(key=key, detail=f"must be one of {words}, not {value!r}")
        return str(value)

    return rule


def whole(least: int, most: int | None = None) -> Rule:
    """A whole number in this range."""
    wanted = f"of at least {least}" if most is None else f"from {least} to {most}"

    def rule(key: str, value: Any) -> int:
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if not is_whole or value < least or (most is not None and value > most):
            raise RecipeWrong(key=key, detail=f"must be a whole number {wanted}, not {value!r}")
        return int(value)

    return rule


natural = whole(0)


def at_least(least: float, *, above: bool = False) -> Rule:
    """A number from `least`, or above it."""
    wanted = f"above {least:g}" if above else f"of at least {least:g}"

    def rule(key: str, value: Any) -> float:
        if not _is_number(value) or value < least or (above and value == least):
            raise RecipeWrong(key=key, detail=f"must be a number {wanted}, not {value!r}")
        return float(value)

    return rule


def share(*, open_end: bool = False) -> Rule:
    """A number from 0 to 1, or below 1."""
    wanted = "from 0 to below 1" if open_end else "from 0 to 1"

    def rule(key: str, value: Any) -> float:
        if not _is_number(value) or not 0 <= value <= 1 or (open_end and value == 1):
            raise RecipeWrong(key=key, detail=f"must be a number {wanted}, not {value!r}")
        return float(value)

    return rule


def each_above_zero(key: str, value: Any) -> dict[str, float]:
    """A table of names and numbers above 0."""
    if not isinstance(value, Mapping):
        raise RecipeWrong(key=key, detail=f"must be a table of names and numbers, not {value!r}")
    rule = at_least(0.0, above=True)
    return {str(name): rule(f"{key}.{name}", one) for name, one in value.items()}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
