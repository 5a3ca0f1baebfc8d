"""What is known of the copies of a photo, as rows of words; what differs is marked."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import library as strings
from vlm_desktop.strings import bytes_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vlm_desktop.engine.comparing import CopyFacts

_SAME_SHARPNESS = 0.97
_MINUTES = 16


@dataclass(frozen=True, slots=True)
class FactRow:
    """One thing that is known of every copy; `differs` when it is not the same of all."""

    name: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return len(set(self.values)) > 1


def fact_rows(facts: "Sequence[CopyFacts]") -> tuple[FactRow, ...]:
    """All rows; those that say nothing of any copy are left out."""
    rows = [
        FactRow(strings.FACT_FILE, tuple(one.copy.path.name for one in facts)),
        FactRow(strings.FACT_FOLDER, tuple(str(one.copy.path.parent) for one in facts)),
        FactRow(strings.FACT_SIZE, tuple(bytes_text(one.copy.size_bytes) for one in facts)),
        FactRow(strings.FACT_PIXELS, tuple(_pixels(one) for one in facts)),
        FactRow(strings.FACT_SHARPNESS, _sharpness(facts)),
        FactRow(strings.FACT_TAKEN, tuple(_moment(one.metadata.taken_at) for one in facts)),
        FactRow(strings.FACT_CHANGED, tuple(_changed(one) for one in facts)),
        FactRow(strings.FACT_CAMERA, tuple(_camera(one) for one in facts)),
        FactRow(strings.FACT_RATING, tuple("★" * (one.metadata.rating or 0) for one in facts)),
        FactRow(strings.FACT_WORDS, tuple(_words(one) for one in facts)),
        FactRow(strings.FACT_KEYWORDS, tuple(", ".join(one.metadata.keywords) for one in facts)),
    ]
    said = [row for row in rows if any(row.values)]
    return tuple(
        FactRow(row.name, tuple(value or strings.UNSAID for value in row.values)) for row in said
    )


def _pixels(one: "CopyFacts") -> str:
    return fill(
        strings.PIXELS_FORM,
        width=one.copy.size.width,
        height=one.copy.size.height,
        format=one.format.upper(),
    )


def _moment(said: str) -> str:
    return said[:_MINUTES].replace("T", " ")


def _changed(one: "CopyFacts") -> str:
    if one.changed is None:
        return ""
    return _moment(one.changed.astimezone().isoformat())


def _camera(one: "CopyFacts") -> str:
    said = one.metadata
    return " ".join(part for part in (said.make, said.model) if part)


def _words(one: "CopyFacts") -> str:
    said = one.metadata
    return " · ".join(part for part in (said.title, said.caption) if part)


def _sharpness(facts: "Sequence[CopyFacts]") -> tuple[str, ...]:
    """Compared with the sharpest, which is named when it stands out."""
    known = [one.sharpness for one in facts if one.sharpness is not None]
    if len(known) < 2 or not (best := max(known)):
        return ("",) * len(facts)
    equal = min(known) >= _SAME_SHARPNESS * best
    said = []
    for one in facts:
        if one.sharpness is None:
            said.append("")
        elif equal:
            said.append(strings.AS_SHARP)
        elif one.sharpness >= _SAME_SHARPNESS * best:
            said.append(strings.SHARPEST)
        else:
            percent = round(100 * (one.sharpness / best) ** 0.5)
            said.append(fill(strings.SOFTER, percent=percent))
    return tuple(said)
