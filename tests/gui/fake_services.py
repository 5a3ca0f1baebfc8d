"""A small engine in memory that fulfils `vlm_desktop.gui.services.Services`."""

import io
import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from tests.gui.alttext.no_alttext import NoAltTexts
from tests.gui.chat.fake_chat import FakeChat
from tests.gui.chat.fake_peeking import FakePeeking
from tests.gui.documents.no_documents import NoDocuments
from tests.gui.fake_browsing import FakeBrowsing, FakeLibrary
from tests.gui.fake_folders import FakeFolders
from tests.gui.fake_keeping import FakeKeeping
from tests.gui.ground.no_ground import NoGround
from tests.gui.photo.fake_photos import FakePhotos
from tests.gui.train.no_training import NoTraining
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError, Refusal
from vlm_desktop.base.events import Committed, Event, Phase, Progress
from vlm_desktop.base.queries import Explanation, TermReason, TextReason
from vlm_desktop.base.types import Hit, Query, SearchResult, Signal, Verdict


@dataclass(frozen=True)
class FakeSetAside:
    path: Path
    reason: Refusal
    detail: str = ""


@dataclass(frozen=True)
class FakeSummary:
    indexed: int
    unchanged: int = 0
    removed: int = 0
    quarantined: tuple[FakeSetAside, ...] = ()


@dataclass(frozen=True)
class FakeFiles:
    indexed: int
    quarantined: int


@dataclass(frozen=True)
class FakeRoot:
    path: Path
    online: bool = True


@dataclass(frozen=True)
class FakeRootInfo:
    root: FakeRoot


@dataclass(frozen=True)
class FakeCoverage:
    model_id: str
    state: str


@dataclass(frozen=True)
class FakeInfo:
    files: FakeFiles
    contents: int
    roots: tuple[FakeRootInfo, ...]
    models: tuple[FakeCoverage, ...] = ()


def jpeg(number: int, size: tuple[int, int] = (240, 160)) -> bytes:
    """A thumbnail of one colour, another for each number."""
    image = Image.new("RGB", size, ((number * 53) % 256, (number * 97) % 256, 120))
    written = io.BytesIO()
    image.save(written, "JPEG")
    return written.getvalue()


Answer = Callable[[Query], SearchResult]


@dataclass
class FakeServices:
    """Every call is remembered; what is answered can be set from the test."""

    folder: Path
    contents: int = 0
    set_aside: list[FakeSetAside] = field(default_factory=list)
    roots: list[FakeRoot] = field(default_factory=list)
    answer: Answer | None = None
    search_error: AppError | None = None
    info_error: AppError | None = None
    index_error: AppError | None = None
    files_to_index: int = 40
    can_open: bool = True
    queries: list[Query] = field(default_factory=list)
    indexed_folders: list[tuple[Path, ...]] = field(default_factory=list)
    thumbnails_asked: list[int] = field(default_factory=list)
    thumbnail_threads: set[str] = field(default_factory=set)
    without_thumbnail: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.photos = FakePhotos(self.folder, 100_000, "photo {:03}.jpg", document=-1)
        self.index_gate = threading.Event()
        self.index_gate.set()
        self.search_gate = threading.Event()
        self.search_gate.set()
        library = FakeLibrary(self.folder, lambda: self.contents)
        self.browsing = FakeBrowsing(library, self.thumbnail)
        self.folders = FakeFolders()
        self.keeping = FakeKeeping(self.folder)
        self.chat = FakeChat(self.folder)
        self.alttext = NoAltTexts()
        self.documents = NoDocuments()
        self.ground = NoGround()
        self.training = NoTraining()
        self.peeking = FakePeeking()

    def release(self) -> None:
        """Let everything go on that a test held back."""
        self.index_gate.set()
        self.search_gate.set()
        self.chat.gate.set()

    def hit(self, number: int, probability: float = 0.999) -> Hit:
        return Hit(
            content_id=number,
            path=self.folder / f"photo {number:03}.jpg",
            page=0,
            score=1.0 / (1 + number),
            probability=probability,
            signals=(Signal("vector", probability),),
        )

    def found(self, query: Query, likely: int, possible: int) -> SearchResult:
        hits = [self.hit(n) for n in range(likely)]
        hits += [self.hit(likely + n, 0.98) for n in range(possible)]
        verdict = Verdict.LIKELY if likely else Verdict.POSSIBLE
        if not hits:
            verdict = Verdict.NONE
            if query.show_all:
                hits = [self.hit(n, 0.2) for n in range(5)]
        return SearchResult(query, "fake", verdict, tuple(hits), likely, possible)

    # --- the engine's verbs --------------------------------------------------------------

    def index(
        self, folders: Sequence[Path], cancel: CancelToken, *, only_known: bool = False
    ) -> Generator[Event, None, FakeSummary]:
        self.indexed_folders.append(tuple(folders))
        yield Progress(Phase.INVENTORY, self.files_to_index, None)
        for done in range(self.files_to_index):
            yield Progress(Phase.ENCODE, done, self.files_to_index, 31.0)
            while not self.index_gate.wait(0.005):
                cancel.raise_if_cancelled()
            if self.index_error is not None:
                raise self.index_error
        self.contents += self.files_to_index
        self.roots += [FakeRoot(folder) for folder in folders]
        yield Committed(self.files_to_index)
        return FakeSummary(self.files_to_index, quarantined=tuple(self.set_aside))

    def search(self, query: Query, cancel: CancelToken) -> Generator[Event, None, SearchResult]:
        self.queries.append(query)
        yield Progress(Phase.CALIBRATE, 0, 1)
        while not self.search_gate.wait(0.005):
            cancel.raise_if_cancelled()
        if self.search_error is not None:
            raise self.search_error
        return self.answer(query) if self.answer else self.found(query, 3, 2)

    def explain(
        self, query: Query, content_id: int, _: CancelToken
    ) -> Generator[Event, None, Explanation]:
        yield from ()
        terms = [TermReason("text", query.text, 4.2, 1.0)] if query.text else []
        terms += [TermReason("picture", str(one.path), 1.5, one.weight) for one in query.images]
        text = TextReason("ocr", 0, "at the Grand Hotel <b>", ((7, 18),))
        vote = self.keeping.voted.get(content_id, 0)
        return Explanation(content_id, tuple(terms), (text,), vote, len(self.keeping.voted))

    def thumbnail(self, content_id: int) -> bytes | None:
        self.thumbnails_asked.append(content_id)
        self.thumbnail_threads.add(threading.current_thread().name)
        return None if content_id in self.without_thumbnail else jpeg(content_id)

    def info(self) -> FakeInfo:
        if self.info_error is not None:
            raise self.info_error
        return FakeInfo(
            FakeFiles(self.contents, len(self.set_aside)),
            self.contents,
            tuple(FakeRootInfo(root) for root in self.roots),
            (FakeCoverage("fake", "active"), FakeCoverage("other", "shadow"))
            if self.contents
            else (),
        )

    def quarantine(self) -> Sequence[FakeSetAside]:
        return tuple(self.set_aside)
