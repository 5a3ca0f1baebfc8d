"""What goes in and out of the store of alt texts, besides `base.alttext`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vlm_desktop.base.alttext import (
    AltAct,
    AltImage,
    AltText,
    Decided,
    PageContext,
    WrittenBy,
)


@dataclass(frozen=True, slots=True)
class NewAltImage:
    """An image to keep. Of a page: `document` and `place`; otherwise its path names it."""

    path: Path | None
    name: str
    document: Path | None = None
    place: str = ""
    context: PageContext | None = None
    """None leaves what is known of an image that is there already."""


@dataclass(frozen=True, slots=True)
class AltStamp:
    """What an image's file was when it was last looked at; "" and 0 for never."""

    image_id: int
    path: Path
    content_hash: str
    size_bytes: int
    mtime_ns: int
    fingerprint: str
    missing: bool
    problem: str


Base = tuple[str, str]
"""Alt and extended, as the file or the page was last known to say them."""


@dataclass(frozen=True, slots=True)
class AltRecord:
    """An image as a rule sees it. `bases` and `sittings` are by language.

    A sitting is what stood there before the typing that no event tells of yet.
    """

    image: AltImage
    bases: Mapping[str, Base] = field(default_factory=dict)
    sittings: Mapping[str, AltText] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Revision:
    """A change of one image. What is None stays.

    `act` None: nothing that history tells of (a base that was learnt). `typing` joins what was
    typed shortly before, so that it becomes one event.
    """

    image_id: int
    act: AltAct | None
    written_by: WrittenBy = WrittenBy()
    language: str = ""
    text: AltText | None = None
    decided: Decided | None = None
    base: Base | None = None
    detail: str = ""
    typing: bool = False


Rule = Callable[[Mapping[int, AltRecord]], Iterable[Revision]]
"""What becomes of images; called within the transaction, so it must be quick and must not use
the store."""
