"""The places of the map: its hills, and a word or two for each.

A hill is where photos lie closer than around; every photo belongs to the hill it would climb
(watershed of the density). It is named by the words whose scores rise most there, compared with
the whole library, so "dog" names a place only if dogs are more common there than elsewhere.

Loads scipy and scikit-image: engine modules name it by string (`backends.late`).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, maximum_filter
from scipy.ndimage import label as connected
from skimage.segmentation import watershed

from vlm_desktop.base.arrays import VectorArray

MOST_PLACES = 40
_CELLS = 256
_WIDTHS = (4.0, 5.0, 6.5, 8.0, 10.0, 13.0, 17.0, 22.0, 30.0)
_PHOTOS_A_PLACE = 4
_LEAST_LIFT = 0.25
_SECOND_WORD = 0.75
_WORDS_TRIED = 8


def find_places(positions: NDArray[np.float32]) -> NDArray[np.int32]:
    """Positions [n, 2] within 0..1 -> the place of each [n], numbered from 0, largest first."""
    most = int(np.clip(len(positions) // _PHOTOS_A_PLACE, 1, MOST_PLACES))
    cells = np.minimum((positions * _CELLS).astype(np.int64), _CELLS - 1)
    counts = np.zeros((_CELLS, _CELLS))
    np.add.at(counts, (cells[:, 1], cells[:, 0]), 1.0)
    hills = np.zeros(counts.shape, dtype=np.int64)
    for width in _WIDTHS:
        density = gaussian_filter(counts, width, mode="constant")
        peaks = (density == maximum_filter(density, size=5)) & (density > density.max() * 1e-3)
        markers, found = connected(peaks, np.ones((3, 3)))
        hills = watershed(-density, markers)  # type: ignore[no-untyped-call]
        if found <= most:
            break
    places = hills[cells[:, 1], cells[:, 0]]
    numbers, members = np.unique(places, return_inverse=True)
    order = np.argsort(-np.bincount(members), kind="stable")
    ranks = np.empty(len(numbers), dtype=np.int32)
    ranks[order] = np.arange(len(numbers), dtype=np.int32)
    result: NDArray[np.int32] = ranks[members]
    return result


def name_places(
    vectors: VectorArray,
    places: NDArray[np.int32],
    words: Sequence[str],
    word_vectors: VectorArray,
) -> tuple[str, ...]:
    """A name for each place, "" where no word stands out. No two are the same.

    `vectors` [n, d] and `places` [n] belong together, so do `words` [w] and `word_vectors` [w, d].
    """
    count = int(places.max()) + 1 if len(places) else 0
    if not len(words):
        return ("",) * count
    centred = vectors - vectors.mean(axis=0)
    members = np.maximum(np.bincount(places, minlength=count), 1)[:, None]
    middles = np.zeros((count, vectors.shape[1]), dtype=np.float32)
    np.add.at(middles, places, centred)
    middles /= members
    # Not measured in each word's own spread: words that fit some photos well spread widely.
    lifts = middles @ word_vectors.T  # [places, w]
    usual = float(np.sqrt(((centred @ word_vectors.T) ** 2).mean())) + 1e-9
    names = [""] * count
    for place in np.argsort(-lifts.max(axis=1), kind="stable").tolist():
        best = np.argsort(-lifts[place], kind="stable")[:_WORDS_TRIED].tolist()
        if lifts[place, best[0]] < _LEAST_LIFT * usual:
            continue
        seconds = [words[word] for word in best[1:]]
        tried = [f"{words[best[0]]}, {word}" for word in seconds]
        if len(best) == 1 or lifts[place, best[1]] < _SECOND_WORD * lifts[place, best[0]]:
            tried.insert(0, words[best[0]])
        names[place] = next((name for name in tried if name not in names), "")
    return tuple(names)
