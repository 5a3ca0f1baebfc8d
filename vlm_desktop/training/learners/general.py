"""The general set of a run: half of its pictures say what was forgotten, half keep it from that."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vlm_desktop.base.training import Split
from vlm_desktop.training.learners.scoring import picture_of
from vlm_desktop.training.runfolder import RunFolder

if TYPE_CHECKING:
    from pathlib import Path

    from vlm_desktop.base.training import Example


@dataclass(frozen=True, slots=True)
class General:
    """`scored` are answered before and after, and nothing is learned from them. Of `kept`, one a
    picture, only the pictures are used: what the base says of them is to stay."""

    scored: tuple[Example, ...] = ()
    kept: tuple[Example, ...] = ()


def split_general(examples: tuple[Example, ...], *, keep: bool) -> General:
    """Halves by picture, always the same; all are scored where nothing is kept."""
    if not keep:
        return General(examples)
    kept: dict[str, Example] = {}
    scored = []
    for one in examples:
        picture = picture_of(one)
        if zlib.crc32(picture.encode("utf-8", "surrogatepass")) % 2:
            kept.setdefault(picture, one)
        else:
            scored.append(one)
    return General(tuple(scored), tuple(kept.values()))


def read_general(run: Path, *, keep: bool) -> General:
    """What was frozen with the run. Raises RunDamaged."""
    folder = RunFolder(run)
    return split_general(folder.read_examples(folder.general), keep=keep)


def taught_names(run: Path) -> tuple[str, ...]:
    """All texts that a run's examples teach, each once. Raises RunDamaged."""
    folder = RunFolder(run)
    examples = folder.read_examples(folder.data)
    said = (one.turns[0].answer for one in examples if one.split is Split.TRAIN)
    return tuple(dict.fromkeys(said))
