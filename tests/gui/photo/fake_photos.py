"""A photo engine in memory: pictures of one colour, details, edits that are remembered."""

import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError, NotInLibrary
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.filework import FileProblem
from vlm_desktop.base.types import (
    Box,
    Exposure,
    Hit,
    MediaKind,
    OcrLine,
    PhotoChanges,
    PhotoMetadata,
    Query,
    SearchResult,
    Size,
    TagListing,
    TagRow,
    Verdict,
)
from vlm_desktop.engine.editing import EditedPhoto, EditRecord
from vlm_desktop.engine.photos import OtherPhoto, PhotoFacts, SharedWords
from vlm_desktop.engine.readtext import PageLines
from vlm_desktop.engine.viewing import ViewPicture
from vlm_desktop.store.records import Located, PhotoDetails, Tag

FULL = Size(4000, 3000)


@dataclass
class FakePhotos:
    """Photos 0 to `count` - 1 in `folder`; one of them is a `document` of three pages."""

    folder: Path
    count: int = 6
    pattern: str = "{}.jpg"
    document: int = 3
    failing: dict[int, AppError] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)
    reduced: set[int] = field(default_factory=set)
    asked: list[tuple[int, int, int | None]] = field(default_factory=list)
    edits: list[tuple[tuple[int, ...], PhotoChanges]] = field(default_factory=list)
    edit_error: AppError | None = None
    words: dict[int, PhotoMetadata] = field(default_factory=dict)
    lines_read: int = 0
    text: str = "Grand Hotel"

    def __post_init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()

    def path(self, content_id: int) -> Path:
        is_pdf = content_id == self.document
        return self.folder / ("paper.pdf" if is_pdf else self.pattern.format(content_id))

    def said(self, content_id: int) -> PhotoMetadata:
        plain = PhotoMetadata(
            taken_at="2012-08-05T11:39:59+02:00",
            latitude=48.2082,
            longitude=-16.3738,
            altitude=151.0,
            make="Canon",
            model="Canon EOS",
            alt_text="A tower",
        )
        return self.words.get(content_id, plain)

    def details(self, content_id: int) -> PhotoFacts:
        if not 0 <= content_id < self.count:
            raise NotInLibrary(path=Path(f"#{content_id}"))
        path, is_pdf = self.path(content_id), content_id == self.document
        kind = MediaKind.PDF if is_pdf else MediaKind.PHOTO
        size = Size(600, 800) if is_pdf else FULL
        said = self.said(content_id)
        details = PhotoDetails(
            content_id=content_id,
            content_hash="ab" * 20,
            kind=kind,
            format="PDF" if is_pdf else "JPEG",
            size=size,
            size_bytes=2_345_678,
            page_count=3 if is_pdf else 1,
            metadata=said,
            files=(Located(path, True, "indexed", "ab" * 20, kind),),
            tags=(
                *(Tag(word, "file", None) for word in said.keywords),
                Tag("tower", "starter", 0.87),
            ),
            albums=("Trips",),
            ocr=((0, self.text),) if self.text else (),
            models=("starter",),
        )
        return PhotoFacts(
            details=details,
            path=path,
            is_online=True,
            is_there=path.exists(),
            pages=((0, size),),
            copies=(OtherPhoto(5, self.path(5)),),
            added_at="2024-01-02T03:04:05+00:00",
        )

    def full_size(self, content_id: int, page: int) -> Size:
        del page
        return Size(2500, 3333) if content_id == self.document else FULL

    def places(self) -> tuple[tuple[float, float], ...]:
        return ((48.0, 16.0), (41.9, 12.5))

    def known_keywords(self) -> tuple[str, ...]:
        return ("Rome", "Rocky")

    def picture(
        self, content_id: int, page: int, longest_side: int | None, cancel: CancelToken
    ) -> Generator[Event, None, ViewPicture]:
        self.asked.append((content_id, page, longest_side))
        yield Progress(Phase.DECODE, 0, 1)
        while not self.gate.wait(0.005):
            cancel.raise_if_cancelled()
        if content_id in self.failing:
            raise self.failing[content_id]
        full = self.full_size(content_id, page)
        longest = min(longest_side or 10**9, max(full.width, full.height))
        scale = longest / max(full.width, full.height)
        is_reduced = content_id in self.reduced and longest_side is None
        if is_reduced:
            scale = min(scale, 0.25)
        height, width = round(full.height * scale), round(full.width * scale)
        pixels = np.full((height, width, 3), (40 * content_id, 90, 160), np.uint8)
        return ViewPicture(
            content_id=content_id,
            page=page,
            page_count=3 if content_id == self.document else 1,
            path=self.path(content_id),
            pixels=pixels,
            size=full,
            is_reduced=is_reduced,
            is_changed=content_id in self.changed,
        )

    def listing(self, content_id: int, cancel: CancelToken) -> Generator[Event, None, TagListing]:
        del content_id, cancel
        yield Progress(Phase.DECODE, 0, 1)
        rows = (TagRow("EXIF", "FNumber", "2.8"), TagRow("GPS", "GPSLatitude", "48"))
        return TagListing(rows, Exposure(1 / 250, 2.8, 200, 50.0, 75.0, None, True))

    def lines(
        self, content_id: int, cancel: CancelToken
    ) -> Generator[Event, None, tuple[PageLines, ...]]:
        del cancel
        self.lines_read += 1
        yield Progress(Phase.OCR, 0, 1)
        line = OcrLine("Grand Hotel", Box(100, 100, 400, 160), 0.9)
        pages = (1, 2, 3) if content_id == self.document else (0,)
        return tuple(PageLines(page, FULL, (line,) * max(1, page)) for page in pages)

    def shared_words(self, content_ids: Sequence[int]) -> SharedWords:
        ratings = {self.said(one).rating for one in content_ids}
        return SharedWords(
            count=len(content_ids),
            rating=ratings.pop() if len(ratings) == 1 else -2,
            title="Same",
            caption=None,
            keywords=(("Rome", len(content_ids)), ("dog", 1)),
        )

    def edit(
        self, content_ids: Sequence[int], changes: PhotoChanges, cancel: CancelToken
    ) -> Generator[Event, None, EditRecord]:
        del cancel
        yield Progress(Phase.EDIT, 0, len(content_ids))
        if self.edit_error is not None:
            raise self.edit_error
        self.edits.append((tuple(content_ids), changes))
        photos = []
        for one in content_ids:
            before = self.said(one)
            kept = [word for word in before.keywords if word not in changes.remove_keywords]
            self.words[one] = replace(
                before,
                rating=before.rating if changes.rating is None else changes.rating,
                title=before.title if changes.title is None else changes.title,
                caption=before.caption if changes.caption is None else changes.caption,
                keywords=(*kept, *changes.add_keywords),
            )
            photos.append(EditedPhoto(one, before, self.words[one], ()))
        return EditRecord(changes, tuple(photos))

    def undo_edit(
        self, record: EditRecord, cancel: CancelToken
    ) -> Generator[Event, None, tuple[FileProblem, ...]]:
        del cancel
        yield Progress(Phase.EDIT, 0, 1)
        for photo in record.photos:
            self.words[photo.content_id] = photo.before
        return ()


def similar(path: Path) -> SearchResult:
    """Photos 1 and 2, whatever is asked."""
    hits = tuple(
        Hit(number, path.with_name(f"{number}.jpg"), 0, 1.0, 0.99, ()) for number in (1, 2)
    )
    return SearchResult(Query(), "fake", Verdict.LIKELY, hits, 2, 0)
