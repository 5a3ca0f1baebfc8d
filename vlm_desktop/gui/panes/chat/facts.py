"""What the transcript shows of a turn: made of a conversation, and ready to be shown."""

from dataclasses import dataclass, replace
from enum import StrEnum

from vlm_desktop.base.chat import Role


class Life(StrEnum):
    """Where an answer is in its life."""

    DONE = "done"
    WAITING = "waiting"
    """Asked for; the model is loaded or reads."""
    STREAMING = "streaming"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DoubtFacts:
    """One way of doubting an answer: its name, what came out, and what that means."""

    name: str
    found: str
    meaning: str
    is_running: bool = False
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TurnFacts:
    """`key` is the turn's id, negative until it has one. All texts are ready to be shown.

    `plain` says that no mark in the text means anything.
    `letters` are those of the pictures that came with a question. `branch` counts from 1.
    `schema` is the JSON schema that an answer fulfils, `places` how many places it names,
    `vote` a person's thumb: 1 up, -1 down.
    """

    key: int
    role: Role
    text: str = ""
    life: Life = Life.DONE
    author: str = ""
    source: str = ""
    plain: bool = False
    letters: tuple[str, ...] = ()
    branch: int = 1
    branches: int = 1
    why: str = ""
    pinned: bool = False
    figures: str = ""
    figures_tip: str = ""
    trouble: str = ""
    schema: str = ""
    compared: bool = False
    places: int = 0
    vote: int = 0
    doubts: tuple[DoubtFacts, ...] = ()

    def with_text(self, text: str, life: Life) -> "TurnFacts":
        return replace(self, text=text, life=life)


Row = tuple[TurnFacts, ...]
"""A turn, or the answers of a comparison side by side."""
