"""Measuring speed and memory of indexing and search, always as ratios within one run.

A machine's speed drifts, so each figure stands beside what the same machine could do in the
same minute: indexing beside decoding and encoding alone, a search beside one matrix-vector
product of the same size.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from vlm_desktop.backends.protocols import ImageTextEncoder
from vlm_desktop.backends.reports import AnswerFigures
from vlm_desktop.base.arrays import PixelArray, VectorArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.types import (
    DecodedFile,
    DecodeLimits,
    DecodeRequest,
    EncoderSpec,
    Filters,
    Query,
)
from vlm_desktop.engine.documents.readingbench import ReadingFigures, bench_reading
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.filling import ENCODE_BATCH
from vlm_desktop.engine.ground.clickbench import ClickFigures, bench_clicks
from vlm_desktop.engine.indexing import Indexer, IndexOptions, IndexSummary
from vlm_desktop.engine.search import Searcher
from vlm_desktop.engine.services import AppServices
from vlm_desktop.media.bench import DecodeFigures, measure_decode, photo_like_jpeg
from vlm_desktop.media.decode import decode_file
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.media.scan import ScannedFile, scan_folder
from vlm_desktop.media.thumbnails import ThumbnailStore
from vlm_desktop.store.library import Library
from vlm_desktop.store.synthetic import RATED, SYNTHETIC_MODEL, make_synthetic

STARTER = "starter"
_SAMPLE = 64
_PHOTOS = 300
_BODIES = 8
_PAIRS = 9
_FILTER_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a figure was taken."""

    cores: int
    memory_bytes: int
    peak_rss_bytes: int


@dataclass(frozen=True, slots=True)
class ChatBench:
    """What answering costs each model that was measured."""

    machine: Machine
    models: tuple[AnswerFigures, ...]


@dataclass(frozen=True, slots=True)
class IndexFigures:
    """`ratio` is images_per_second over what all cores could do at the cost of decode + encode.

    `decode_seconds` and `encode_seconds` are per picture, alone, on one core;
    `rescan_files_per_second` is a second run over the unchanged folder.
    """

    machine: Machine
    model_id: str
    images: int
    images_per_second: float
    decode_seconds: float
    encode_seconds: float
    ideal_images_per_second: float
    ratio: float
    rescan_files_per_second: float


@dataclass(frozen=True, slots=True)
class SearchFigures:
    """Medians in seconds and their ratios to one float32 matrix-vector product."""

    machine: Machine
    vectors: int
    dimension: int
    open_seconds: float
    product_seconds: float
    search_seconds: float
    search_ratio: float
    filter_share: float
    filtered_seconds: float
    filtered_ratio: float


@dataclass(frozen=True, slots=True)
class DecodeBench:
    """A 12 megapixel JPEG to encoder input, against libjpeg's own decode at the same scale."""

    machine: Machine
    figures: DecodeFigures
    ratio: float
    ratio_from_disk: float
    ratio_whole: float


@dataclass(frozen=True, slots=True)
class ReadingBench:
    """What our reading of pages adds to rapidocr's own time."""

    machine: Machine
    figures: ReadingFigures


@dataclass(frozen=True, slots=True)
class ClickBench:
    """Until the first mask, with no model."""

    machine: Machine
    figures: ClickFigures


def bench_decode(cancel: CancelToken) -> Generator[Event, None, DecodeBench]:
    """See `media.bench.measure_decode`; takes a few seconds without an event between."""
    yield Progress(Phase.BENCH, 0, 1)
    cancel.raise_if_cancelled()
    figures = measure_decode()
    return DecodeBench(
        machine(), figures, figures.ratio, figures.ratio_from_disk, figures.ratio_whole
    )


def bench_chat(
    services: AppServices, model: str | None, cancel: CancelToken
) -> Generator[Event, None, ChatBench]:
    """What a second question and streaming cost: the starter's and a 256M network's, or `model`'s.

    See `backends.chat.measuring`. The starter is passed over while it cannot answer.
    """
    measure = services.models.measure_answers
    if model is not None:
        return ChatBench(machine(), ((yield from measure(model, cancel)),))
    figures = [(yield from measure("", cancel))]
    cards = yield from services.models.list()
    if any(card.id == STARTER and card.chat_family for card in cards):
        figures.append((yield from measure(STARTER, cancel)))
    return ChatBench(machine(), tuple(figures))


def bench_ocr(
    services: AppServices, files: Sequence[Path], cancel: CancelToken
) -> Generator[Event, None, ReadingBench]:
    """What reading a page costs beside rapidocr's networks. See `documents.readingbench`."""
    reader = services.open_reader(close_look=True)
    try:
        figures = yield from bench_reading(files, services.documents.pages, reader, cancel)
    finally:
        reader.close()
    return ReadingBench(machine(), figures)


def bench_click(
    services: AppServices, file: Path | None, cancel: CancelToken
) -> Generator[Event, None, ClickBench]:
    """How long a click takes until its first mask. See `ground.clickbench`."""
    return ClickBench(machine(), (yield from bench_clicks(services.ground.pictures, file, cancel)))


def machine() -> Machine:
    process = psutil.Process()
    return Machine(
        cores=os.cpu_count() or 1,
        memory_bytes=psutil.virtual_memory().total,
        peak_rss_bytes=process.memory_info().rss,
    )


def bench_index(
    services: AppServices, folder: Path | None, cancel: CancelToken, *, model: str | None = None
) -> Generator[Event, None, IndexFigures]:
    """Index a folder, or photos made for the purpose, into a throwaway library."""
    with tempfile.TemporaryDirectory(prefix="vlm-desktop-bench-") as temporary:
        home = HomePaths(Path(temporary) / "home")
        if folder is None:
            folder = Path(temporary) / "photos"
            folder.mkdir()
            yield from make_photos(folder, cancel)
        encoder = services.encoders.get(model or services.settings.search_model)
        with Library.open(home) as library:
            indexer = Indexer(
                library, ThumbnailStore(home.thumbnails), services.open_pool, services.open_reader
            )
            return (yield from _measure_indexing(folder, indexer, encoder, services.limits, cancel))


def _measure_indexing(
    folder: Path,
    indexer: Indexer,
    encoder: ImageTextEncoder,
    limits: DecodeLimits,
    cancel: CancelToken,
) -> Generator[Event, None, IndexFigures]:
    """Index `folder` into a fresh library, and cost decode and encode alone before and after.

    The cost alone is taken on the same files, one at a time in this process with one thread,
    before the run and after it, and averaged, so that a drifting machine counts on both sides.
    """
    files = _spread([f.path for f in scan_folder(folder, cancel) if isinstance(f, ScannedFile)])
    options = IndexOptions(ocr=False)
    before = cost_alone(files, encoder, limits)
    yield Progress(Phase.BENCH, 1, 4)
    summary: IndexSummary = yield from indexer.index([folder], encoder, options, cancel)
    yield Progress(Phase.BENCH, 2, 4)
    after = cost_alone(files, encoder, limits)
    yield Progress(Phase.BENCH, 3, 4)
    rescan: IndexSummary = yield from indexer.index([folder], encoder, options, cancel)
    decode, encode = ((one + two) / 2 for one, two in zip(before, after, strict=True))
    ideal = (os.cpu_count() or 1) / (decode + encode)
    return IndexFigures(
        machine=machine(),
        model_id=encoder.spec.model_id,
        images=summary.indexed,
        images_per_second=summary.images_per_second,
        decode_seconds=decode,
        encode_seconds=encode,
        ideal_images_per_second=ideal,
        ratio=summary.images_per_second / ideal,
        rescan_files_per_second=rescan.scanned / rescan.seconds,
    )


def make_photos(folder: Path, cancel: CancelToken) -> Generator[Event, None, None]:
    """Write `_PHOTOS` different 12 megapixel JPEGs with the bit rate of a camera's.

    A few are made and the rest told apart by a comment in the file, which costs the decoder
    nothing.
    """
    bodies: list[bytes] = []
    for seed in range(_BODIES):
        cancel.raise_if_cancelled()
        yield Progress(Phase.BENCH, seed, _BODIES)
        bodies.append(photo_like_jpeg(4000, 3000, seed=seed))
    for number in range(_PHOTOS):
        body = bodies[number % _BODIES]
        comment = f"{number:08}".encode()
        marker = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
        (folder / f"{number:04}.jpg").write_bytes(body[:2] + marker + body[2:])


def cost_alone(
    files: Sequence[Path], encoder: ImageTextEncoder, limits: DecodeLimits
) -> tuple[float, float]:
    """Mean seconds a picture to decode, and to encode in batches; one after the other."""
    side = encoder.spec.image_side
    pictures: list[PixelArray] = []
    started = time.perf_counter()
    for path in files:
        outcome = decode_file(DecodeRequest(path, min_side=side), limits)
        if isinstance(outcome, DecodedFile):
            pictures += [page.pixels for page in outcome.pages]
    decode = (time.perf_counter() - started) / max(1, len(pictures))
    encoder.encode_images(pictures[:ENCODE_BATCH])
    started = time.perf_counter()
    for start in range(0, len(pictures), ENCODE_BATCH):
        encoder.encode_images(pictures[start : start + ENCODE_BATCH])
    encode = (time.perf_counter() - started) / max(1, len(pictures))
    return decode, encode


def bench_search(
    count: int, dimension: int, cancel: CancelToken
) -> Generator[Event, None, SearchFigures]:
    """Search a synthetic library of `count` photos. See `_measure_search`."""
    with tempfile.TemporaryDirectory(prefix="vlm-desktop-bench-") as temporary:
        return (yield from _measure_search(HomePaths(Path(temporary)), count, dimension, cancel))


def _measure_search(
    home: HomePaths, count: int, dimension: int, cancel: CancelToken
) -> Generator[Event, None, SearchFigures]:
    """Time whole searches beside plain matrix-vector products, in turn, in this run.

    A synthetic library is made in `home`. A search is all of `Searcher.search` with a query
    vector at hand: SQL, scoring, the cut, text search, fusion. The filtered one is narrowed in
    SQL to `_FILTER_SHARE` of the photos.
    """
    yield Progress(Phase.BENCH, 0, _PAIRS)
    with make_synthetic(home, count, dimension, _FILTER_SHARE) as library:
        opened = _seconds(lambda: library.vectors(SYNTHETIC_MODEL))
        matrix = library.vectors(SYNTHETIC_MODEL)
        encoders = Encoders(lambda _: _RandomEncoder(dimension))
        searcher = Searcher(library, encoders, lambda: DecodePool(1, DecodeLimits()))
        everything = Query(text="anything", limit=50)
        narrowed = Query(text="anything", limit=50, filters=Filters(min_rating=RATED))
        query = encoders.texts(SYNTHETIC_MODEL, ["anything"])[0]
        for _ in run_quietly(searcher.calibration(SYNTHETIC_MODEL)):
            cancel.raise_if_cancelled()

        def search(asked: Query) -> float:
            verb = searcher.search(asked, SYNTHETIC_MODEL, cancel)
            return _seconds(lambda: list(run_quietly(verb)))

        search(everything)  # once, so that everything is in memory
        products, searches, filtered = [], [], []
        for done in range(_PAIRS):
            cancel.raise_if_cancelled()
            products.append(_seconds(lambda: matrix.matrix @ query))
            searches.append(search(everything))
            filtered.append(search(narrowed))
            yield Progress(Phase.BENCH, done + 1, _PAIRS)
        passing = library.filter_contents(narrowed.filters)
        share = 0.0 if passing is None else len(passing) / count
    product = statistics.median(products)
    return SearchFigures(
        machine=machine(),
        vectors=count,
        dimension=dimension,
        open_seconds=opened,
        product_seconds=product,
        search_seconds=statistics.median(searches),
        search_ratio=statistics.median(searches) / product,
        filter_share=share,
        filtered_seconds=statistics.median(filtered),
        filtered_ratio=statistics.median(filtered) / product,
    )


class _RandomEncoder:
    """Random unit vectors for any text: what search costs does not depend on the words."""

    image_lanes = 1

    def __init__(self, dimension: int) -> None:
        self.spec = EncoderSpec(SYNTHETIC_MODEL, dimension, "1", "fp32", 224)
        self._random = np.random.default_rng(1)

    def encode_texts(self, texts: Sequence[str]) -> VectorArray:
        rows = self._random.standard_normal((len(texts), self.spec.dimension), dtype=np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows

    def encode_images(self, images: Sequence[PixelArray]) -> VectorArray:
        return self.encode_texts([""] * len(images))

    def close(self) -> None:
        """Nothing is held."""


def run_quietly(verb: Generator[Event, None, object]) -> Iterator[Event]:
    """The events of a verb whose result is not wanted."""
    yield from verb


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _spread(paths: Sequence[Path]) -> list[Path]:
    """At most `_SAMPLE` of them, evenly."""
    return list(paths[:: max(1, len(paths) // _SAMPLE)])[:_SAMPLE]
