"""One model of the shelf as the window shows it: what it is, what goes on, what came of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import indexing
from vlm_desktop.gui.strings import models as strings

if TYPE_CHECKING:
    from vlm_desktop.engine.models import ModelCard

STEPS = 1000
"""Progress is told in thousandths: Qt counts in 32 bits, and models weigh gigabytes."""


class Kind(StrEnum):
    """What can go on with a model."""

    DOWNLOAD = "download"
    ADOPT = "adopt"
    VERIFY = "verify"
    REMOVE = "remove"


class Remedy(StrEnum):
    """What a person can do about a download that failed, beyond trying again."""

    NONE = "none"
    LICENCE = "licence"
    TOKEN = "token"


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that goes on. `done` is in thousandths, None while it is not known."""

    kind: Kind
    text: str
    done: int | None = None
    stopping: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why it failed, in a sentence. `licence` and `page` are what the remedy needs."""

    sentence: str
    remedy: Remedy = Remedy.NONE
    licence: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """Everything a card shows. `covered` is None for a model this library does not know."""

    card: "ModelCard"
    active: bool = False
    photos: int = 0
    covered: int | None = None
    activity: Activity | None = None
    trouble: Trouble | None = None

    @property
    def is_here(self) -> bool:
        """Whether it lies whole on this computer."""
        return self.card.path is not None

    @property
    def is_broken(self) -> bool:
        return self.card.state == "broken"

    @property
    def is_partial(self) -> bool:
        return self.card.state == "partial"

    @property
    def can_be_removed(self) -> bool:
        return self.is_here and self.card.state != "bundled"


# --- in words --------------------------------------------------------------------------


def state(entry: Entry) -> str:
    """What a model is here, in a few words."""
    card = entry.card
    if entry.activity is not None and entry.activity.kind in (Kind.DOWNLOAD, Kind.ADOPT):
        return strings.STATES[entry.activity.kind]
    if entry.active and not entry.is_broken:
        return strings.STATES["active"]
    return fill(
        strings.STATES.get(card.state, card.state),
        done=strings.size(card.size_bytes),
        total=strings.size(max(card.download_bytes, card.size_bytes)),
    )


def does(entry: Entry) -> str:
    """What it is for, and in which languages."""
    card = entry.card
    tasks = [strings.TASKS.get(t, fill(strings.OTHER_TASK, task=t)) for t in card.tasks]
    languages = ", ".join(strings.LANGUAGES.get(code, code) for code in card.languages)
    if languages:
        tasks.append(fill(strings.UNDERSTANDS, languages=languages))
    return strings.PARTS.join(tasks)


def facts(entry: Entry) -> str:
    """Licence, size, memory, and how much of the library it knows."""
    card = entry.card
    licence = fill(strings.LICENCE, licence=card.licence)
    parts = [licence if card.licence else strings.LICENCE_UNKNOWN]
    if entry.is_here:
        parts.append(fill(strings.ON_DISK, size=strings.size(card.size_bytes)))
    elif card.download_bytes:
        parts.append(fill(strings.TO_DOWNLOAD, size=strings.size(card.download_bytes)))
    if card.memory_mb:
        parts.append(fill(strings.MEMORY, size=strings.size(card.memory_mb * 1e6)))
    if entry.covered and entry.photos:
        parts.append(fill(strings.COVERED, covered=entry.covered, photos=entry.photos))
    return strings.PARTS.join(parts)


def matches(entry: Entry, words: str) -> bool:
    """Whether all words stand somewhere on the card."""
    card = entry.card
    text = " ".join((card.id, card.name, card.notice, does(entry), facts(entry), state(entry)))
    return all(word in text.casefold() for word in words.casefold().split())


def download_activity(event: Event, host: str) -> Activity | None:
    """A download's progress in words."""
    if not isinstance(event, Progress):
        return None
    if event.phase is Phase.VERIFY:
        text = fill(strings.CHECKING, done=event.done, total=event.total or 0)
        return Activity(Kind.DOWNLOAD, text)
    if not event.total:
        return Activity(Kind.DOWNLOAD, fill(strings.ASKING, host=host))
    done, total = strings.size(event.done), strings.size(event.total)
    parts = [fill(strings.DOWNLOADING, done=done, total=total)]
    if event.rate > 1:
        parts.append(fill(strings.SPEED, size=strings.size(event.rate)))
        if event.done < event.total:
            parts.append(indexing.time_left((event.total - event.done) / event.rate))
    return Activity(Kind.DOWNLOAD, strings.PARTS.join(parts), STEPS * event.done // event.total)


def adopt_activity(event: Event) -> Activity | None:
    """The progress of indexing in the shadow in words."""
    if not isinstance(event, Progress):
        return None
    if event.phase is Phase.INVENTORY:
        return Activity(Kind.ADOPT, fill(strings.ADOPT_FINDING, done=event.done))
    if event.phase is Phase.CALIBRATE:
        return Activity(Kind.ADOPT, strings.ADOPT_LAST)
    if not event.total:
        return None
    parts = [fill(strings.ADOPT_PHOTOS, done=event.done, total=event.total)]
    if event.rate > 0 and event.done < event.total:
        parts.append(indexing.time_left((event.total - event.done) / event.rate))
    return Activity(Kind.ADOPT, strings.PARTS.join(parts), STEPS * event.done // event.total)


def verify_activity(event: Event) -> Activity | None:
    if not isinstance(event, Progress):
        return None
    text = fill(strings.CHECKING, done=event.done, total=event.total or 0)
    done = STEPS * event.done // event.total if event.total else None
    return Activity(Kind.VERIFY, text, done)
