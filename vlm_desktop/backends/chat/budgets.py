"""How many tokens a picture may take, in the words of each family's own image processor.

A knob is a table of settings: keyword arguments of the image processor and about how many tokens
the largest picture then takes. Families name theirs in `ChatFamily.knob`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Setting:
    """At most `tokens` for a picture, reached with these arguments of the image processor."""

    tokens: int
    arguments: Mapping[str, Any]


def settings(knob: str, processor: Any) -> tuple[Setting, ...]:
    """The choices of a model, ascending by tokens; none where there is no choice."""
    make = KNOBS.get(knob)
    made = make(processor) if make else ()
    return tuple(sorted(made, key=lambda one: one.tokens))


def arguments(choices: tuple[Setting, ...], most: int | None) -> Mapping[str, Any]:
    """The largest setting within `most` tokens, or the smallest there is; None is the model's."""
    if most is None or not choices:
        return {}
    within = [one for one in choices if one.tokens <= most]
    return (within[-1] if within else choices[0]).arguments


def _edge(processor: Any) -> tuple[Setting, ...]:
    """Idefics 3 and SmolVLM: the longest edge, in tiles; one more tile shows the whole."""
    tile = int(processor.image_processor.max_image_size["longest_edge"])
    largest = max(1, int(processor.image_processor.size["longest_edge"]) // tile)
    own = processor.image_seq_len
    whole = Setting(own, {"do_image_splitting": False})
    split = (
        Setting(own * (edge * edge + 1), {"size": {"longest_edge": edge * tile}})
        for edge in range(2, largest + 1)
    )
    return (whole, *split)


KNOBS: Mapping[str, Callable[[Any], tuple[Setting, ...]]] = {
    "edge": _edge,
}
