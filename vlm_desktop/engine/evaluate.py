"""Measuring retrieval on captioned photos: recall@k, median rank, and what the cut refuses."""

import json
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.base.events import Event, Phase, Progress, Quarantined
from vlm_desktop.base.paths import bundled
from vlm_desktop.base.types import DecodedFile, DecodeRequest, RefusedFile
from vlm_desktop.engine.calibration import fit_text, read_prompts
from vlm_desktop.engine.cuts import LIKELY, POSSIBLE
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.judging import ranked
from vlm_desktop.engine.nullscores import NullScores
from vlm_desktop.engine.peaks import Peaks, fit_peaks
from vlm_desktop.engine.ranking import Term, combine
from vlm_desktop.media.pool import DecodePool

_BATCH = 16


@dataclass(frozen=True, slots=True)
class CaptionedPhoto:
    path: Path
    captions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RankFigures:
    """Recalls in percent; the median rank counts from 1."""

    recall_at_1: float
    recall_at_5: float
    recall_at_10: float
    median_rank: float


@dataclass(frozen=True, slots=True)
class CutFigures:
    """Shares in percent of queries whose best hit reaches the cut at `probability`."""

    probability: float
    captions_kept: float
    absent_refused: float
    null_prompts_refused: float


@dataclass(frozen=True, slots=True)
class RetrievalReport:
    """What `evaluate retrieval` prints."""

    model_id: str
    photos: int
    captions: int
    unreadable: int
    text_to_image: RankFigures
    image_to_text: RankFigures
    null_prompts: int
    absent_queries: int
    null_mean: float
    null_spread: float
    possible: CutFigures
    likely: CutFigures


def read_captioned(path: Path, split: str = "") -> tuple[CaptionedPhoto, ...]:
    """Rows {"image", "captions"[, "split"]} of a JSON-lines file; images relative to it.

    Raises BadInputFile with the line that does not read.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputFile(path=path, line=None, detail=str(error)) from error
    photos: dict[Path, list[str]] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row: dict[str, Any] = json.loads(line)
            image, captions = row["image"], row["captions"]
        except (ValueError, KeyError, TypeError) as error:
            detail = 'each line must be {"image": ..., "captions": [...]}'
            raise BadInputFile(path=path, line=number, detail=detail) from error
        if not isinstance(captions, list) or not all(isinstance(one, str) for one in captions):
            raise BadInputFile(path=path, line=number, detail='"captions" must be a list of texts')
        if captions and (not split or row.get("split") == split):
            photos.setdefault(path.parent / str(image), []).extend(captions)
    if not photos:
        detail = f"no row has the split {split}" if split else "it holds no captioned photo"
        raise BadInputFile(path=path, line=None, detail=detail)
    return tuple(CaptionedPhoto(image, tuple(captions)) for image, captions in photos.items())


def evaluate_retrieval(
    photos: Sequence[CaptionedPhoto],
    model_id: str,
    encoders: Encoders,
    open_pool: Callable[[], DecodePool],
    cancel: CancelToken,
) -> Generator[Event, None, RetrievalReport]:
    """Encode photos and captions, rank them both ways, and try the calibrated cut.

    Raises ModelError; BadInputFile is for `read_captioned`. Photos that do not decode are left
    out and counted.
    """
    images, readable = yield from _image_vectors(photos, model_id, encoders, open_pool, cancel)
    kept = [photo for photo, good in zip(photos, readable, strict=True) if good]
    captions = [caption for photo in kept for caption in photo.captions]
    owner = np.repeat(np.arange(len(kept)), [len(photo.captions) for photo in kept])
    texts = yield from _text_vectors(captions, model_id, encoders, cancel)
    scores = texts @ images.T  # [captions, photos]
    null_prompts = list(read_prompts(_prompts("null_prompts.txt")))
    absent = list(read_prompts(_prompts("absent_queries.txt")))
    null_vectors = encoders.queries(model_id, null_prompts)
    null = fit_text(images, null_vectors)
    peaks = fit_peaks(images, null_vectors)
    best_captions, best_absent, best_null = (
        best_probabilities(vectors, images, null, peaks)
        for vectors in (texts, encoders.queries(model_id, absent), null_vectors)
    )
    possible, likely = (
        _cut(probability, best_captions, best_absent, best_null)
        for probability in (POSSIBLE, LIKELY)
    )
    return RetrievalReport(
        model_id=model_id,
        photos=len(kept),
        captions=len(captions),
        unreadable=len(photos) - len(kept),
        text_to_image=rank_figures(text_ranks(scores, owner)),
        image_to_text=rank_figures(image_ranks(scores.T, owner)),
        null_prompts=len(null_prompts),
        absent_queries=len(absent),
        null_mean=round(null.mean, 4),
        null_spread=round(null.spread, 4),
        possible=possible,
        likely=likely,
    )


def text_ranks(scores: NDArray[np.float32], owner: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rank (from 1) of each caption's own photo. scores [captions, photos] -> [captions]."""
    own = scores[np.arange(len(scores)), owner]
    better: NDArray[np.int64] = (scores > own[:, None]).sum(axis=1)
    return better + 1


def image_ranks(scores: NDArray[np.float32], owner: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rank of each photo's best own caption. scores [photos, captions] -> [photos]."""
    own = np.where(owner[None, :] == np.arange(len(scores))[:, None], scores, -np.inf)
    better: NDArray[np.int64] = (scores > own.max(axis=1)[:, None]).sum(axis=1)
    return better + 1


def rank_figures(ranks: NDArray[np.int64]) -> RankFigures:
    """Recall@1, 5, 10 in percent and the median rank."""

    def recall(k: int) -> float:
        return round(100.0 * float((ranks <= k).mean()), 2)

    return RankFigures(recall(1), recall(5), recall(10), float(np.median(ranks)))


def best_probabilities(
    queries: VectorArray, images: VectorArray, null: NullScores, peaks: Peaks
) -> NDArray[np.float64]:
    """Probability of each query's best hit. Queries [q, d], images [n, d] -> [q]."""
    terms = [Term(vector, null, 1.0, peaks) for vector in queries]
    return np.array([ranked(images, combine([term]))[1][0] for term in terms])


def _cut(
    probability: float,
    captions: NDArray[np.float64],
    absent: NDArray[np.float64],
    null: NDArray[np.float64],
) -> CutFigures:
    def share(of: NDArray[np.bool_]) -> float:
        return round(100.0 * float(of.mean()), 2)

    return CutFigures(
        probability=probability,
        captions_kept=share(captions >= probability),
        absent_refused=share(absent < probability),
        null_prompts_refused=share(null < probability),
    )


def _prompts(name: str) -> Path:
    return bundled("resources") / "prompts" / name


def _image_vectors(
    photos: Sequence[CaptionedPhoto],
    model_id: str,
    encoders: Encoders,
    open_pool: Callable[[], DecodePool],
    cancel: CancelToken,
) -> Generator[Event, None, tuple[VectorArray, list[bool]]]:
    """Embeddings of the readable photos in order, and which ones those are."""
    spec = encoders.spec(model_id)
    place = {photo.path: index for index, photo in enumerate(photos)}
    vectors = np.zeros((len(photos), spec.dimension), dtype=np.float32)
    readable = [False] * len(photos)
    batch: list[DecodedFile] = []
    requests = (DecodeRequest(path, spec.image_side, thumbnail_side=0) for path in place)

    def encode() -> None:
        rows = encoders.images(model_id, [decoded.pages[0].pixels for decoded in batch])
        for decoded, row in zip(batch, rows, strict=True):
            vectors[place[decoded.path]], readable[place[decoded.path]] = row, True
        batch.clear()

    with open_pool() as pool:
        for outcome in pool.decode(requests, cancel):
            cancel.raise_if_cancelled()
            if isinstance(outcome, DecodedFile):
                batch.append(outcome)
            elif isinstance(outcome, RefusedFile):
                yield Quarantined(outcome.path, outcome.reason, outcome.detail)
            if len(batch) == _BATCH:
                encode()
                yield Progress(Phase.EVALUATE, sum(readable), len(photos))
        cancel.raise_if_cancelled()
        if batch:
            encode()
    return vectors[readable], readable


def _text_vectors(
    texts: Sequence[str], model_id: str, encoders: Encoders, cancel: CancelToken
) -> Generator[Event, None, VectorArray]:
    parts = []
    for start in range(0, len(texts), 256):
        cancel.raise_if_cancelled()
        parts.append(encoders.queries(model_id, texts[start : start + 256]))
        yield Progress(Phase.EVALUATE, start, len(texts))
    return np.concatenate(parts)
