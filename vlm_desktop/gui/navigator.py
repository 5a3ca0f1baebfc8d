"""What one pane asks of another, as signals. Main thread."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from pathlib import Path

    from vlm_desktop.base.types import Box


@dataclass(frozen=True, slots=True)
class ContentSet:
    """Photos to show in the grid, and what they are, for the line above it."""

    title: str
    content_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sending:
    """A file for a pane, by the pane's key; of a PDF a page, of a picture perhaps only a part."""

    pane: str
    path: "Path"
    page: int = 0
    box: "Box | None" = None


class Navigator(QObject):
    """Emitted by whoever wants something shown; heard by whoever shows it."""

    pane_wanted = Signal(str)
    """A pane's key."""
    search_wanted = Signal(str)
    """Text for the query line, to be searched at once."""
    similar_wanted = Signal(object)
    """The path of a photo whose like is looked for."""
    picture_wanted = Signal(object)
    """An `ImageTerm` to add to the query."""
    contents_wanted = Signal(object)
    """A `ContentSet` for the grid."""
    photo_wanted = Signal(object)
    """The content id of a photo to open in the photo view."""
    chat_wanted = Signal(object)
    """The content ids of photos to ask a model about."""
    alttext_wanted = Signal(object)
    """The content ids of photos to write alt text for."""
    documents_wanted = Signal(object)
    """The content ids of photos or PDFs whose fields are to be read."""
    ground_wanted = Signal(object)
    """The content ids of photos to point at; the first of them is opened."""
    train_wanted = Signal(object)
    """The content ids of photos to teach a model with."""
    sent = Signal(object)
    """A `Sending`: a file, or a part of it, for another pane."""
    selection_changed = Signal(object)
    """The content ids selected in the grid, in its order."""
    adapters_changed = Signal()
    """Which adapters there are, or which of them are worn, is another."""
    library_changed = Signal()
    """Photos came, went or changed: lists are to be read anew."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.selection: tuple[int, ...] = ()
        self.selection_changed.connect(self._remember)

    def _remember(self, content_ids: tuple[int, ...]) -> None:
        self.selection = content_ids
