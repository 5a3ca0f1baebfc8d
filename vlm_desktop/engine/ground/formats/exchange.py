"""What every format is given and gives, and what is to be said about it."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from vlm_desktop.base.events import Notice
from vlm_desktop.base.grounding import GroundObject, PictureObjects
from vlm_desktop.base.types import Size

NAMED = 3
"""Pictures that a notice names before it says how many more there are."""


@dataclass(frozen=True, slots=True, eq=False)
class NamedPicture:
    """A picture to be written. `name` is its path in what is written, with "/"; no two have the
    same without their endings, whatever the case."""

    name: str
    picture: PictureObjects

    @property
    def stem(self) -> str:
        """The name without its ending."""
        folder, slash, last = self.name.rpartition("/")
        return f"{folder}{slash}{last.rpartition('.')[0] or last}"


@dataclass(slots=True)
class Faults:
    """What went otherwise than the file says, by code of `groundstrings.GROUND_NOTICES`."""

    counts: Counter[str] = field(default_factory=Counter)
    names: dict[str, dict[str, None]] = field(default_factory=dict)

    def note(self, code: str, name: str, count: int = 1) -> None:
        """`count` objects of a picture."""
        self.counts[code] += count
        self.names.setdefault(code, {})[name] = None

    def notices(self) -> tuple[Notice, ...]:
        """One for each kind: how many, and where."""
        return tuple(
            Notice(code, f"{count:,} ({_listed(list(self.names[code]))})")
            for code, count in self.counts.items()
        )


class Writer(Protocol):
    """Writes pictures in one format, as files by their paths in a folder; a format that is one
    file names it "". What cannot be said in it is noted and left out."""

    def add(self, one: NamedPicture) -> Iterator[tuple[str, bytes]]:
        """The files of a picture."""
        ...

    def end(self) -> Iterator[tuple[str, bytes]]:
        """The files of all of them together."""
        ...


def json_bytes(document: Any) -> bytes:
    """JSON in ASCII, so that names that are no text survive."""
    return json.dumps(document, ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode()


Build: TypeAlias = Callable[[Size, Faults], list[GroundObject]]
"""The objects of a picture whose size is known by now; what makes no sense is noted and left out.
Numbers are as the file has them, or 0."""


@dataclass(frozen=True, slots=True, eq=False)
class ReadPicture:
    """A picture that a file speaks of. `size` and `content_hash` are as it says, None and "" where
    it does not; `name` may lack its ending."""

    name: str
    size: Size | None
    content_hash: str
    build: Build


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:NAMED])
    return shown if len(names) <= NAMED else f"{shown} …"
