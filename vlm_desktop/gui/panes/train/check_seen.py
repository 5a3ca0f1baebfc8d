"""What the model will see, as the window shows it: made on a lane from what the engine found."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from vlm_desktop.gui.pixels import image_of

if TYPE_CHECKING:
    from vlm_desktop.engine.train.teaching import Inspection, RecipeChecked

_GOES_ON = "##"
"""Begins a piece that belongs to the word before it, in vocabularies of word pieces."""


@dataclass(frozen=True, slots=True)
class SeenToken:
    """A token: its text as it reads among the others, whether it is learned, and whether it is a
    place for the picture."""

    id: int
    text: str
    is_learned: bool
    is_image: bool


@dataclass(frozen=True, slots=True, eq=False)
class SeenExample:
    """An example as the model is given it. `length` counts all its tokens before any is cut off,
    0 where the model counts none; `places` are those for the picture in the text."""

    key: str
    name: str
    image: QImage
    template: str
    tokens: tuple[SeenToken, ...]
    places: int
    features: int
    length: int

    @property
    def learned(self) -> int:
        return sum(one.is_learned for one in self.tokens)


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """A look: what the engine found, and its examples with their pictures."""

    checked: "RecipeChecked"
    examples: tuple[SeenExample, ...]

    @property
    def inspection(self) -> "Inspection | None":
        return self.checked.inspection


def looked_of(checked: "RecipeChecked") -> Looked:
    """On any thread."""
    seen = checked.inspection
    if seen is None:
        return Looked(checked, ())
    names = {one.key: Path(one.image).name for one in checked.data.examples}
    return Looked(
        checked,
        tuple(
            SeenExample(
                one.key,
                names.get(one.key, one.key),
                image_of(one.pixels),
                one.template,
                _readable(
                    [
                        SeenToken(token.id, token.text, token.is_supervised, token.is_image)
                        for token in one.tokens
                    ]
                ),
                one.placeholders,
                one.features,
                seen.lengths.get(one.key, 0),
            )
            for one in seen.xrays
        ),
    )


def _readable(tokens: Sequence[SeenToken]) -> tuple[SeenToken, ...]:
    """Word pieces put together as they are meant; other tokens hold their spaces themselves."""
    if not any(one.text.startswith(_GOES_ON) for one in tokens) and any(
        " " in one.text for one in tokens
    ):
        return tuple(tokens)
    found = []
    for at, one in enumerate(tokens):
        goes_on = one.text.startswith(_GOES_ON)
        text = one.text.removeprefix(_GOES_ON)
        space = "" if goes_on or at == 0 else " "
        found.append(SeenToken(one.id, space + text, one.is_learned, one.is_image))
    return tuple(found)


def runs_of(tokens: Sequence[SeenToken]) -> list[tuple[SeenToken, int]]:
    """The tokens, with places for the picture that follow each other told as one, and how many."""
    found: list[tuple[SeenToken, int]] = []
    for one in tokens:
        if one.is_image and found and found[-1][0].is_image:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((one, 1))
    return found
