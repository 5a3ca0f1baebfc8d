"""What stands in the middle when there are no photos to show: one sentence, one button."""

from dataclasses import dataclass

from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.search.searching import SearchState
from vlm_desktop.gui.strings import pages as strings
from vlm_desktop.gui.widgets.message_page import Message


@dataclass(frozen=True, slots=True)
class Situation:
    """All that decides what the page says."""

    search: SearchState
    failed: str
    contents: int
    known: bool
    indexing: bool
    showing_all: bool
    samples: bool


def what_to_say(now: Situation) -> Message:
    """The message that fits; the most pressing first."""
    search = now.search
    if search.failed or now.failed:
        return Message(strings.FAILED_TITLE, search.failed or now.failed)
    if search.nothing:
        closest = "" if now.showing_all else strings.SHOW_CLOSEST
        return Message(strings.NO_HITS_TITLE, strings.NO_HITS_TEXT, closest)
    if now.contents and not search.empty_library:
        title = fill(strings.READY_TITLE, count=strings.photos(now.contents))
        return Message(title, strings.READY_TEXT, strings.ADD_FOLDER_BUTTON)
    if now.indexing:
        return Message(strings.INDEXING_TITLE, strings.INDEXING_TEXT)
    if now.known or search.empty_library:
        samples = strings.TRY_SAMPLES if now.samples else ""
        return Message(strings.EMPTY_TITLE, strings.EMPTY_TEXT, strings.ADD_FOLDER_BUTTON, samples)
    return Message()
