"""Frozen values around a query: as it was written, saved, explained, taught. No numpy."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.base.types import Box, ImageTerm, PlaceBox


@dataclass(frozen=True, slots=True)
class WrittenQuery:
    """A query as a person put it together: what is typed, filters and all, and the pictures."""

    typed: str = ""
    images: tuple[ImageTerm, ...] = ()
    text_weight: float = 1.0

    @property
    def is_empty(self) -> bool:
        return not self.typed.strip() and not self.images

    def to_json(self) -> str:
        """In ASCII: a path may hold bytes that are no text, and comes back as it was."""
        return json.dumps(
            {
                "typed": self.typed,
                "text_weight": self.text_weight,
                "images": [_image_to_list(term) for term in self.images],
            }
        )

    @staticmethod
    def from_json(payload: str) -> WrittenQuery:
        """Raises ValueError, KeyError or TypeError when the payload is not one of ours."""
        data = json.loads(payload)
        return WrittenQuery(
            typed=str(data["typed"]),
            images=tuple(_image_from_list(one) for one in data["images"]),
            text_weight=float(data["text_weight"]),
        )


def _image_to_list(term: ImageTerm) -> list[object]:
    box = term.box
    region = [box.x0, box.y0, box.x1, box.y1] if box else None
    return [str(term.path), term.weight, region, term.page]


def _image_from_list(data: list[object]) -> ImageTerm:
    path, weight, region, page = data
    box = Box(*map(float, region)) if isinstance(region, list) else None
    return ImageTerm(Path(str(path)), float(str(weight)), box, int(str(page)))


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A saved search. `new` counts hits above the cut that were not seen; None: not counted."""

    name: str
    query: WrittenQuery
    new: int | None = None


@dataclass(frozen=True, slots=True)
class DeletedQuery:
    """What brings a deleted saved search back as it was."""

    saved: SavedQuery
    seen: tuple[int, ...]


# --- what can be filtered --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """Photos taken near each other: the middle, in degrees, and how many."""

    latitude: float
    longitude: float
    photos: int

    def around(self, degrees: float = 0.2) -> PlaceBox:
        """A box that holds them."""
        return PlaceBox(
            round(max(-90.0, self.latitude - degrees), 3),
            round(max(-180.0, self.longitude - degrees), 3),
            round(min(90.0, self.latitude + degrees), 3),
            round(min(180.0, self.longitude + degrees), 3),
        )


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """What a library's photos can be narrowed by, the most common first; days are ISO 8601."""

    cameras: tuple[str, ...] = ()
    first_day: str = ""
    last_day: str = ""
    places: tuple[PlaceCount, ...] = ()
    folders: tuple[Path, ...] = ()
    albums: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


# --- personal concepts -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ConceptScore:
    """How well a concept tells its photos, on photos held out while it was taught.

    Of `examples` held-out examples `found` lie above the cut that searches use, and of `others`
    other photos of the library `mistaken` do (some of which may well show it: the precision is a
    lower bound). Each of `folds` parts was held out in turn. None: too few photos to tell.
    """

    examples: int
    found: int
    others: int
    mistaken: int
    folds: int

    @property
    def recall(self) -> float | None:
        return self.found / self.examples if self.examples else None

    @property
    def precision(self) -> float | None:
        taken = self.found + self.mistaken
        return self.found / taken if self.others and taken else None


@dataclass(frozen=True, slots=True)
class ConceptSummary:
    """A personal concept; `score` is that of the model in use, None before it was taught."""

    name: str
    examples: tuple[int, ...]
    counterexamples: tuple[int, ...]
    score: ConceptScore | None


# --- why a photo was found -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TermReason:
    """What one part of the query says of a photo.

    `kind` is "text", "concept" or "picture"; `standardised` is the score in standard deviations
    above chance.
    """

    kind: str
    name: str
    standardised: float
    weight: float


@dataclass(frozen=True, slots=True)
class TextReason:
    """A text of the photo that holds the query's words: an excerpt, and where in it they stand."""

    kind: str
    page: int
    excerpt: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a photo was found: each part of the query, each text, the votes."""

    content_id: int
    terms: tuple[TermReason, ...]
    texts: tuple[TextReason, ...]
    vote: int
    votes: int
