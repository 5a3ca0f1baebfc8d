"""What watching folders tells."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from vlm_desktop.base.events import Event


class WatchMode(StrEnum):
    EVENTS = "events"
    POLLING = "polling"
    OFFLINE = "offline"


class PollReason(StrEnum):
    """Why a root is polled. LIMIT: the system watches no more folders for this user."""

    NONE = ""
    NETWORK = "network"
    LIMIT = "limit"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class WatchState(Event):
    """How a root is watched from now on."""

    root: Path
    mode: WatchMode
    reason: PollReason = PollReason.NONE


@dataclass(frozen=True, slots=True)
class FoldersChanged(Event):
    """Folders at or in `root` to be looked at; none lies in another of them, all are there."""

    root: Path
    folders: tuple[Path, ...]
