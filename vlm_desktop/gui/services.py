"""What the window asks of the engine. `engine.services.AppServices` fulfils it."""

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Refusal
from vlm_desktop.base.events import Event
from vlm_desktop.base.types import Query, SearchResult

if TYPE_CHECKING:
    from vlm_desktop.base.queries import Explanation
    from vlm_desktop.engine.alttext.facade import AltTexts
    from vlm_desktop.engine.browsing import Browsing
    from vlm_desktop.engine.chat import Chat
    from vlm_desktop.engine.comparing import Comparing
    from vlm_desktop.engine.documents.facade import Documents
    from vlm_desktop.engine.explore import Explore
    from vlm_desktop.engine.exporting import Exporting
    from vlm_desktop.engine.folders import Folders
    from vlm_desktop.engine.ground.facade import Ground
    from vlm_desktop.engine.keeping import Keeping
    from vlm_desktop.engine.models import ModelShelf
    from vlm_desktop.engine.peeking import Peeking
    from vlm_desktop.engine.photos import Photos
    from vlm_desktop.engine.switching import Switching
    from vlm_desktop.engine.train.facade import Training
    from vlm_desktop.engine.trash import Trash
    from vlm_desktop.engine.upkeep import Upkeep


class SetAside(Protocol):
    """A file that is not indexed, and why."""

    @property
    def path(self) -> Path: ...
    @property
    def reason(self) -> Refusal: ...
    @property
    def detail(self) -> str: ...


class IndexSummary(Protocol):
    """What one indexing run did, in files."""

    @property
    def indexed(self) -> int: ...
    @property
    def unchanged(self) -> int: ...
    @property
    def removed(self) -> int: ...
    @property
    def quarantined(self) -> Sequence[SetAside]: ...


class FileCounts(Protocol):
    """Files of the library by state."""

    @property
    def indexed(self) -> int: ...
    @property
    def quarantined(self) -> int: ...


class Root(Protocol):
    @property
    def path(self) -> Path: ...
    @property
    def online(self) -> bool: ...


class RootInfo(Protocol):
    @property
    def root(self) -> Root: ...


class Coverage(Protocol):
    """A model the library has vectors of; `state` is "active" for the one that answers."""

    @property
    def model_id(self) -> str: ...
    @property
    def state(self) -> str: ...


class LibraryInfo(Protocol):
    """What the library holds. `contents` counts photos, copies once."""

    @property
    def files(self) -> FileCounts: ...
    @property
    def contents(self) -> int: ...
    @property
    def roots(self) -> Sequence[RootInfo]: ...
    @property
    def models(self) -> Sequence[Coverage]: ...


class Services(Protocol):
    """The engine's verbs that the window uses. Generators run on lanes; the rest on io threads."""

    def index(
        self, folders: Sequence[Path], cancel: CancelToken, *, only_known: bool = False
    ) -> Generator[Event, None, IndexSummary]:
        """`only_known` adds no folder that is not in the library."""
        ...

    def search(self, query: Query, cancel: CancelToken) -> Generator[Event, None, SearchResult]: ...

    def similar(
        self, path: Path, limit: int, cancel: CancelToken
    ) -> Generator[Event, None, SearchResult]:
        """Photos that look like a file."""
        ...

    @property
    def photos(self) -> "Photos":
        """One photo: details, pixels, edits."""
        ...

    def explain(
        self, query: Query, content_id: int, cancel: CancelToken
    ) -> Generator[Event, None, "Explanation"]:
        """Why a photo was found."""
        ...

    @property
    def keeping(self) -> "Keeping":
        """History, saved searches, votes, taught names."""
        ...

    def thumbnail(self, content_id: int) -> bytes | None:
        """The JPEG of a thumbnail; quick, from any thread."""
        ...

    def info(self) -> LibraryInfo: ...

    def quarantine(self) -> Sequence[SetAside]: ...

    @property
    def peeking(self) -> "Peeking":
        """A look at any file, in the library or not."""
        ...

    @property
    def chat(self) -> "Chat":
        """Conversations with models that answer."""
        ...

    @property
    def alttext(self) -> "AltTexts":
        """Alt texts: kept, drafted, checked, written."""
        ...

    @property
    def documents(self) -> "Documents":
        """Documents: pages, words, fields with evidence."""
        ...

    @property
    def ground(self) -> "Ground":
        """Pointing and naming: outlines, phrases, objects."""
        ...

    @property
    def training(self) -> "Training":
        """Data sets, runs that learn from them, adapters."""
        ...

    @property
    def folders(self) -> "Folders":
        """The folders of the library, watching them, files set aside."""
        ...

    @property
    def trash(self) -> "Trash":
        """Photos to the system's trash and back."""
        ...

    @property
    def exporting(self) -> "Exporting":
        """Copies, lists, tables and contact sheets of hits."""
        ...

    @property
    def comparing(self) -> "Comparing":
        """Duplicates side by side."""
        ...

    @property
    def browsing(self) -> "Browsing":
        """Listings of the whole library, stacks, timeline."""
        ...

    @property
    def models(self) -> "ModelShelf":
        """Downloading, importing, verifying and removing models."""
        ...

    @property
    def switching(self) -> "Switching":
        """The shelf beside the library; which model answers."""
        ...

    @property
    def upkeep(self) -> "Upkeep":
        """Settings, copies of the library, privacy, sizes, devices."""
        ...

    @property
    def explore(self) -> "Explore":
        """The map of all photos, words and policies held against them."""
        ...
