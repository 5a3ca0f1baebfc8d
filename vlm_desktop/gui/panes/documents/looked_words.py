"""Where a missing field was looked for, in words."""

from vlm_desktop.base.documents import Looked
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.documents.entries import Entry
from vlm_desktop.gui.strings import documents as strings

_MOST = 3


def looked_words(entry: Entry) -> str:
    """ "Not found. Looked at: beside “Total” on page 1 (no value beside it)." """
    if not entry.looked:
        return strings.NOT_FOUND
    places = "; ".join(_place(one) for one in entry.looked[:_MOST])
    return fill(strings.NOT_FOUND_LOOKED, places=places)


def _place(one: Looked) -> str:
    reason = strings.LOOKED_REASONS.get(one.reason, one.reason.replace("_", " "))
    if one.text:
        return fill(strings.LOOKED_AT_TEXT, text=one.text, page=one.page, reason=reason)
    return fill(strings.LOOKED_AT, page=one.page, reason=reason)
