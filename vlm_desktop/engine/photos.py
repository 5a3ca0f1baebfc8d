"""One photo looked at closely: all that is known of it, its pixels, its words."""

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import MediaRefused, Refusal
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.filework import FileProblem
from vlm_desktop.base.types import (
    DecodedFile,
    DecodeRequest,
    MediaKind,
    PhotoChanges,
    Size,
    TagListing,
)
from vlm_desktop.engine.editing import Editor, EditRecord, absence
from vlm_desktop.engine.readtext import PageLines
from vlm_desktop.engine.viewing import Viewer, ViewPicture, full_size, shorter_side
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library
from vlm_desktop.store.records import MISSING, PhotoDetails

_LISTING_SIDE = 16
_KEPT_LINES = 64
RATINGS_DIFFER = -2

ReadText = Callable[[Path, CancelToken], Generator[Event, None, tuple[PageLines, ...]]]


@dataclass(frozen=True, slots=True)
class OtherPhoto:
    """Another photo of the library, by its best path."""

    content_id: int
    path: Path


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """All the library knows of one photo.

    `path` is its best file and `is_there` whether that can be read now. `pages` are the upright
    sizes in pixels (PDF: points) by page number, `copies` other photos with the same pixels
    (files with the same bytes are in `details.files`). `added_at` is ISO 8601 in UTC.
    """

    details: PhotoDetails
    path: Path
    is_online: bool
    is_there: bool
    pages: tuple[tuple[int, Size], ...]
    copies: tuple[OtherPhoto, ...]
    added_at: str


@dataclass(frozen=True, slots=True)
class SharedWords:
    """What several photos say. `rating` -2, and None for title or caption: they differ.

    `keywords` are (keyword, on how many of them), most used first.
    """

    count: int
    rating: int | None
    title: str | None
    caption: str | None
    keywords: tuple[tuple[str, int], ...]


class Photos:
    """Details, pictures and edits by content id. Any thread; nothing opens before it is needed.

    `open_viewer` makes the pool that decodes for the view, `read_text` reads a file's text.
    """

    def __init__(
        self,
        library: Callable[[], Library],
        open_viewer: Callable[[], DecodePool],
        read_text: ReadText,
    ) -> None:
        self._open = library
        self._viewer = Viewer(open_viewer)
        self._editor = Editor(library)
        self._read_text = read_text
        self._lock = threading.Lock()
        self._lines: OrderedDict[str, tuple[PageLines, ...]] = OrderedDict()

    def details(self, content_id: int) -> PhotoFacts:
        """What the library knows. Quick; the file itself is not opened. Raises NotInLibrary."""
        library = self._open()
        details = library.details(content_id)
        best = library.locate([content_id]).get(content_id)
        path = best.path if best else Path(f"#{content_id}")
        others = library.locate(library.same_pixels(content_id))
        return PhotoFacts(
            details=details,
            path=path,
            is_online=bool(best and best.online),
            is_there=bool(best and best.online and path.is_file()),
            pages=tuple(library.page_sizes(content_id).items()),
            copies=tuple(OtherPhoto(number, other.path) for number, other in others.items()),
            added_at=library.added_at(content_id),
        )

    def shared_words(self, content_ids: Sequence[int]) -> SharedWords:
        """What the words of several photos have in common. Photos that are gone are left out."""
        words = self._open().words_of(content_ids)
        ratings = {one.rating for one in words}
        titles, captions = {one.title for one in words}, {one.caption for one in words}
        counted = Counter(keyword for one in words for keyword in one.keywords)
        return SharedWords(
            count=len(words),
            rating=ratings.pop() if len(ratings) == 1 else RATINGS_DIFFER,
            title=titles.pop() if len(titles) == 1 else None,
            caption=captions.pop() if len(captions) == 1 else None,
            keywords=tuple(counted.most_common()),
        )

    def known_keywords(self) -> tuple[str, ...]:
        """Every tag of the library, most used first: what is likely typed again."""
        return tuple(name for name, _ in self._open().all_tags())

    def full_size(self, content_id: int, page: int) -> Size:
        """What 100 % means for a page, see `engine.viewing.full_size`. Raises NotInLibrary."""
        details = self._open().details(content_id)
        size = self._open().page_sizes(content_id).get(page, details.size)
        return full_size(size, is_pdf=details.kind is MediaKind.PDF)

    def places(self) -> tuple[tuple[float, float], ...]:
        """Where the library's photos were taken, to a tenth of a degree; for a map's context."""
        return self._open().places()

    def picture(
        self, content_id: int, page: int, longest_side: int | None, cancel: CancelToken
    ) -> Generator[Event, None, ViewPicture]:
        """The upright pixels of a photo or a page; `longest_side` None: all there are.

        They may come up to twice as large as asked for. Raises NotInLibrary, PhotoOffline,
        MediaRefused, DecoderUnavailable, Cancelled.
        """
        yield Progress(Phase.DECODE, 0, 1)
        library = self._open()
        details = library.details(content_id)
        is_pdf = details.kind is MediaKind.PDF
        size = library.page_sizes(content_id).get(page, details.size)
        full = full_size(size, is_pdf=is_pdf)
        wish = DecodeRequest(
            Path(), shorter_side(full, longest_side), 0, page=page if is_pdf else 0
        )
        path, decoded = self._decode(details, wish, cancel)
        found = decoded.pages[0]
        if not is_pdf:
            full = found.size
        longest = max(found.pixels.shape[:2])
        wanted_all = longest_side is None or longest_side >= max(full.width, full.height)
        return ViewPicture(
            content_id=content_id,
            page=page,
            page_count=max(1, details.page_count),
            path=path,
            pixels=found.pixels,
            size=full,
            is_reduced=wanted_all and longest < 0.99 * max(full.width, full.height),
            is_changed=decoded.content_hash != details.content_hash,
        )

    def listing(self, content_id: int, cancel: CancelToken) -> Generator[Event, None, TagListing]:
        """Every tag of the photo's file, read from it now. Raises as `picture` does."""
        yield Progress(Phase.DECODE, 0, 1)
        details = self._open().details(content_id)
        wish = DecodeRequest(Path(), _LISTING_SIDE, 0, page=1, listing=True)
        _, decoded = self._decode(details, wish, cancel)
        return decoded.listing or TagListing()

    def lines(
        self, content_id: int, cancel: CancelToken
    ) -> Generator[Event, None, tuple[PageLines, ...]]:
        """The lines of text in a photo with their boxes, by page; kept for the next time.

        Loads the text reader: for the "model" lane. Raises PartMissing, and as `picture` does.
        """
        details = self._open().details(content_id)
        with self._lock:
            kept = self._lines.get(details.content_hash)
        if kept is not None:
            return kept
        path = self._readable(details)[0]
        found = yield from self._read_text(path, cancel)
        with self._lock:
            self._lines[details.content_hash] = found
            while len(self._lines) > _KEPT_LINES:
                self._lines.popitem(last=False)
        return found

    def edit(
        self, content_ids: Sequence[int], changes: PhotoChanges, cancel: CancelToken
    ) -> Generator[Event, None, EditRecord]:
        """Change rating, keywords, title or caption. See `engine.editing.Editor.edit`."""
        return (yield from self._editor.edit(content_ids, changes, cancel))

    def undo_edit(
        self, record: EditRecord, cancel: CancelToken
    ) -> Generator[Event, None, tuple[FileProblem, ...]]:
        """Take an edit back. See `engine.editing.Editor.undo`."""
        return (yield from self._editor.undo(record, cancel))

    def close(self) -> None:
        """End the worker that decodes for the view."""
        self._viewer.close()

    def _readable(self, details: PhotoDetails) -> list[Path]:
        there = [file for file in details.files if file.online and file.state != MISSING]
        if not there:
            raise absence(details.files, details.content_id)
        return [file.path for file in there]

    def _decode(
        self, details: PhotoDetails, wish: DecodeRequest, cancel: CancelToken
    ) -> tuple[Path, DecodedFile]:
        """From the first of the photo's files that is there."""
        gone: MediaRefused | None = None
        for path in self._readable(details):
            try:
                return path, self._viewer.decode(replace(wish, path=path), cancel)
            except MediaRefused as refused:
                if refused.reason is not Refusal.VANISHED:
                    raise
                gone = gone or refused
        assert gone is not None
        raise gone
