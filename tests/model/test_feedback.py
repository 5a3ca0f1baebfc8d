"""Votes and taught names with the bundled starter on real photos: what they are worth.

`pytest -o log_cli=true --log-cli-level=INFO` shows the figures.
"""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vlm_desktop.compose import build_services
from vlm_desktop.engine.background import measure_background
from vlm_desktop.engine.calibration import fit_text, hit_probabilities, read_prompts
from vlm_desktop.engine.cuts import POSSIBLE
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.feedback import VotedVectors, moved, shift_of, shifted
from vlm_desktop.engine.judging import ranked, settled
from vlm_desktop.engine.peaks import BEST, fit_peaks
from vlm_desktop.engine.probes import teach
from vlm_desktop.engine.ranking import CombinedQuery, Term, combine, score_rows

_log = logging.getLogger(__name__)
_QUERIES = {
    "snow": "snow|snowy", "beach": "beach", "a bicycle": "bike|bicycle", "soccer": "soccer",
    "swimming pool": "pool", "climbing": "climbing|climber|climbs", "skateboard": "skateboard",
    "basketball": "basketball", "mountains": "mountain|mountains", "a brown dog": "brown dog",
    "a crowd of people": "crowd", "sand": "sand", "water": "water", "hat": "hat",
}  # fmt: skip


@pytest.fixture(scope="module")
def encoders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Encoders]:
    built = build_services(tmp_path_factory.mktemp("home"))
    yield built.encoders
    built.close()


def encode(encoders: Encoders, paths: list[Path]) -> np.ndarray:
    rows = []
    for start in range(0, len(paths), 32):
        pictures = []
        for path in paths[start : start + 32]:
            with Image.open(path) as picture:
                pictures.append(np.asarray(picture.convert("RGB")))
        rows.append(encoders.images("starter", pictures))
    return np.concatenate(rows)


def average_precision(scores: np.ndarray, relevant: np.ndarray) -> float:
    ranked = relevant[np.argsort(-scores, kind="stable")]
    precisions = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    return float(precisions[ranked].mean())


class Scene:
    """A thousand photos with captions, and the queries' true answers."""

    def __init__(self, encoders: Encoders, shared_data: Path) -> None:
        folder = shared_data / "flickr8k_224"
        lines = (folder / "captions.jsonl").read_text().splitlines()
        rows = [row for row in map(json.loads, lines) if row["split"] == "dev"]
        self.photos = encode(encoders, [folder / row["image"] for row in rows])
        self.background = measure_background(self.photos)
        prompts = Path("resources") / "prompts" / "null_prompts.txt"
        self.prompts = list(read_prompts(Path(__file__).parents[2] / prompts))
        self.nulls = encoders.queries("starter", self.prompts)
        self.null = fit_text(self.photos, self.nulls)
        self.peaks = fit_peaks(self.photos, self.nulls)
        self.queries = {}
        for words, pattern in _QUERIES.items():
            said = re.compile(rf"\b({pattern})\b")
            relevant = np.array(
                [
                    sum(bool(said.search(one.lower())) for one in row["captions"]) >= 2
                    for row in rows
                ]
            )
            vector = encoders.queries("starter", [words])[0]
            self.queries[words] = (self.query(vector), relevant)

    def judged(self, query: CombinedQuery) -> tuple[np.ndarray, np.ndarray]:
        return ranked(self.photos, query)

    def query(self, vector: np.ndarray) -> CombinedQuery:
        return combine([Term(vector, self.null, 1.0, self.peaks)])

    def voted(self, query: CombinedQuery, up: np.ndarray, down: np.ndarray) -> CombinedQuery:
        votes = VotedVectors(self.photos[up], self.photos[down])
        order, _ = self.judged(query)
        query = settled(query, self.photos[order[:BEST]], len(self.photos))
        return moved(query, votes, self.background, self.photos)


@pytest.fixture(scope="module")
def scene(encoders: Encoders, shared_data: Path) -> Scene:
    return Scene(encoders, shared_data)


@pytest.mark.parametrize(("votes", "gain_all", "gain_others"), [(4, 0.02, 0.005), (16, 0.09, 0.01)])
def test_votes_improve_the_ranking_of_photos_nobody_voted_on(
    scene: Scene, votes: int, gain_all: float, gain_others: float
) -> None:
    """Measured: mean average precision over all photos and over those that got no vote."""
    before, after, others_before, others_after = [], [], [], []
    for query, relevant in scene.queries.values():
        first, _ = scene.judged(query)
        chosen = first[:votes]
        up, down = chosen[relevant[chosen]], chosen[~relevant[chosen]]
        old = score_rows(scene.photos, None, query)
        new = score_rows(scene.photos, None, scene.voted(query, up, down))
        rest = np.setdiff1d(np.arange(len(relevant)), chosen)
        others_before.append(average_precision(old[rest], relevant[rest]))
        others_after.append(average_precision(new[rest], relevant[rest]))
        new[up], new[down] = np.inf, -np.inf
        before.append(average_precision(old, relevant))
        after.append(average_precision(new, relevant))
    _log.info(
        f"{votes} votes: mAP {np.mean(before):.3f} -> {np.mean(after):.3f},"
        f" photos without a vote {np.mean(others_before):.3f} -> {np.mean(others_after):.3f}"
    )
    assert np.mean(after) >= np.mean(before) + gain_all
    assert np.mean(others_after) >= np.mean(others_before) + gain_others


def test_votes_raise_precision_and_keep_f1_above_the_cut(scene: Scene) -> None:
    """Eight votes on each query's best hits; counted among the photos without a vote."""
    counts = np.zeros(5)
    for query, relevant in scene.queries.values():
        order, claimed = scene.judged(query)
        chosen = order[:8]
        right = relevant[chosen]
        shift = shift_of(claimed[:8], np.where(right, 1, -1))
        changed, probabilities = scene.judged(scene.voted(query, chosen[right], chosen[~right]))
        new = changed[shifted(probabilities, shift) >= POSSIBLE]
        old = order[claimed >= POSSIBLE]
        old, new = np.setdiff1d(old, chosen), np.setdiff1d(new, chosen)
        there = relevant.sum() - right.sum()
        counts += [relevant[old].sum(), len(old), relevant[new].sum(), len(new), there]
    _log.info(
        f"8 votes: precision {counts[0] / counts[1]:.3f} -> {counts[2] / counts[3]:.3f},"
        f" recall {counts[0] / counts[4]:.3f} -> {counts[2] / counts[4]:.3f}"
    )
    assert counts[2] / counts[3] >= counts[0] / counts[1] + 0.03
    before, after = (2 * right / (found + counts[4]) for right, found in (counts[:2], counts[2:4]))
    assert after >= before - 0.01


def test_nonsense_finds_nothing_even_with_votes_at_random(scene: Scene) -> None:
    random = np.random.default_rng(0)
    some = scene.nulls[::5]
    answered = 0
    for vector in some:
        query = scene.query(vector)
        chosen = random.choice(len(scene.photos), 8, replace=False)
        order, claimed = scene.judged(query)
        by_photo = dict(zip(order.tolist(), claimed.tolist(), strict=True))
        votes = np.array([1] * 4 + [-1] * 4)
        shift = shift_of(np.array([by_photo[one] for one in chosen.tolist()]), votes)
        order, claimed = scene.judged(scene.voted(query, chosen[:4], chosen[4:]))
        hits = order[shifted(claimed, shift) >= POSSIBLE]
        answered += bool(len(np.setdiff1d(hits, chosen)))
    _log.info(f"nonsense that found something after eight random votes: {answered} of {len(some)}")
    assert answered <= 0.08 * len(some)


def test_a_taught_name_finds_its_photos_and_knows_how_well(
    encoders: Encoders, shared_data: Path
) -> None:
    """Ten examples of each of eight classes among 800 photos of other things."""
    folder = shared_data / "labelled" / "caltech101"
    rows = [json.loads(line) for line in (folder / "labels.jsonl").read_text().splitlines()]
    by_label: dict[str, list[Path]] = {}
    for row in rows:
        by_label.setdefault(row["labels"][0], []).append(folder / row["image"])
    taught = sorted(label for label, paths in by_label.items() if len(paths) >= 25)[:8]
    paths = [path for label in taught for path in by_label[label][:25]]
    labels = np.repeat(taught, 25)
    rest = [path for label in sorted(set(by_label) - set(taught)) for path in by_label[label]][:800]
    paths += rest
    labels = np.concatenate([labels, np.full(len(rest), "other")])
    photos = encode(encoders, paths)
    background = measure_background(photos)
    precisions, recalls, seen_recalls, areas = [], [], [], []
    for label in taught:
        examples = np.flatnonzero(labels == label)[:10]
        left = np.setdiff1d(np.arange(len(photos)), examples)
        mixed = np.random.default_rng(0).permutation(left)
        probe = teach(photos[examples], photos[:0], photos[mixed], background)
        scores = (photos @ probe.vector - probe.null.mean)[left]
        order = np.argsort(-scores)
        found = order[hit_probabilities(scores[order], len(scores), [probe.null]) >= POSSIBLE]
        right = labels[left] == label
        areas.append(average_precision(scores, right))
        recalls.append(right[found].sum() / right.sum())
        precisions.append(right[found].mean() if len(found) else 0.0)
        seen_recalls.append(probe.score.recall)
    _log.info(
        f"taught names: AP {np.mean(areas):.3f}, precision {np.mean(precisions):.3f},"
        f" recall {np.mean(recalls):.3f}, recall by cross-validation {np.mean(seen_recalls):.3f}"
    )
    assert np.mean(areas) >= 0.8
    assert np.mean(precisions) >= 0.5
    assert abs(np.mean(recalls) - np.mean(seen_recalls)) <= 0.2
