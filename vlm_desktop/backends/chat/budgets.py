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


def _splitting(processor: Any) -> tuple[Setting, ...]:
    """Idefics 2: the whole, or its four quarters too."""
    own = processor.image_seq_len
    return (
        Setting(own, {"do_image_splitting": False}),
        Setting(5 * own, {"do_image_splitting": True}),
    )


def _pixels(processor: Any) -> tuple[Setting, ...]:
    """Qwen: an area in pixels, in cells of merged patches; a token each."""
    images = processor.image_processor
    cell = (images.patch_size * images.merge_size) ** 2
    least, most = int(images.size["shortest_edge"]), int(images.size["longest_edge"])
    return tuple(
        Setting(
            tokens,
            {"size": {"shortest_edge": min(least, tokens * cell), "longest_edge": tokens * cell}},
        )
        for tokens in _doubling(max(4, least // cell), most // cell)
    )


def _tiles(processor: Any) -> tuple[Setting, ...]:
    """InternVL: tiles, and one that shows the whole where there are several."""
    own = processor.image_seq_length
    most = int(processor.image_processor.max_patches)
    return tuple(
        Setting(own * (tiles + (tiles > 1)), {"min_patches": 1, "max_patches": tiles})
        for tiles in range(1, most + 1)
    )


def _tokens(processor: Any) -> tuple[Setting, ...]:
    """LFM2-VL: the tokens of a picture that is not cut, or more tiles of it."""
    images = processor.image_processor
    least, most = int(images.min_image_tokens), int(images.max_image_tokens)
    whole = (
        Setting(tokens, {"do_image_splitting": False, "max_image_tokens": tokens})
        for tokens in _doubling(least, most)
    )
    side = images.tile_size // images.encoder_patch_size // images.downsample_factor
    split = (
        Setting(side**2 * tiles + most, {"min_tiles": images.min_tiles, "max_tiles": tiles})
        for tiles in range(images.min_tiles, images.max_tiles + 1)
    )
    return (*whole, *split)


def _panning(processor: Any) -> tuple[Setting, ...]:
    """Gemma 3: the whole, or parts of a long picture too ("pan and scan"), as many as it allows."""
    own, images = processor.image_seq_length, processor.image_processor
    parts = images.pan_and_scan_max_num_crops or 4
    panning = {
        "do_pan_and_scan": True,
        "pan_and_scan_min_crop_size": images.pan_and_scan_min_crop_size or 256,
        "pan_and_scan_max_num_crops": parts,
        "pan_and_scan_min_ratio_to_activate": images.pan_and_scan_min_ratio_to_activate or 1.2,
    }
    whole = Setting(own, {"do_pan_and_scan": False})
    return (whole, Setting(own * (1 + parts), panning))


def _doubling(first: int, last: int) -> list[int]:
    """first, twice that, and so on; `last` is always among them."""
    steps = []
    while first < last:
        steps.append(first)
        first *= 2
    return [*steps, last]


KNOBS: Mapping[str, Callable[[Any], tuple[Setting, ...]]] = {
    "edge": _edge,
    "panning": _panning,
    "pixels": _pixels,
    "splitting": _splitting,
    "tiles": _tiles,
    "tokens": _tokens,
}
