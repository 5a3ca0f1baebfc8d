"""The map of a library: drawn once, kept in the home folder, filled up as photos come.

What lies on it stays where it is until the map is drawn anew: a person finds places again.
"""

import logging
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.backends.late import resolve
from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.plane import LANDMARKS, Plane, place
from vlm_desktop.engine.vectors import searchable_vectors
from vlm_desktop.engine.vocabulary import everyday_words
from vlm_desktop.store.library import Library
from vlm_desktop.store.maps import StoredMap

_log = logging.getLogger(__name__)
_PURPOSE = "the map of the library"
_OUTGROWN = 1.5
_OWN_WORDS = 200
_WORDS_AT_ONCE = 16
_MEASURED = 20_000


@dataclass(frozen=True, slots=True)
class Place:
    """A hill of the map. `name` is "" where no word stands out; x and y are its middle, 0..1."""

    name: str
    count: int
    x: float
    y: float


@dataclass(frozen=True, slots=True, eq=False)
class PhotoMap:
    """Every photo that can be seen, on a plane. Row i of the arrays belongs together.

    `content_ids` int64 [n], ascending; `positions` float32 [n, 2] within 0..1, y downwards;
    `place_of` int32 [n] numbers `places`, of which the largest comes first. `added` photos came
    after the map was drawn; once it is `outgrown`, drawing it anew is worth while.
    """

    content_ids: NDArray[np.int64]
    positions: NDArray[np.float32]
    place_of: NDArray[np.int32]
    places: tuple[Place, ...]
    added: int
    outgrown: bool

    def members(self, place: int) -> tuple[int, ...]:
        """The content ids of a place, those nearest to its middle first."""
        rows = np.flatnonzero(self.place_of == place)
        middle = (self.places[place].x, self.places[place].y)
        away = np.hypot(*(self.positions[rows] - np.array(middle, dtype=np.float32)).T)
        return tuple(self.content_ids[rows[np.argsort(away, kind="stable")]].tolist())


class Mapper:
    """Draws and keeps maps."""

    def __init__(self, library: Library, encoders: Encoders) -> None:
        self._library = library
        self._encoders = encoders

    def map(
        self, model_id: str, cancel: CancelToken, *, anew: bool = False
    ) -> Generator[Event, None, PhotoMap]:
        """The map as it is now: drawn if there is none, else with what came since.

        Raises LibraryEmpty, Cancelled, ModelError; what was kept before stays then.
        """
        matrix = searchable_vectors(self._library, self._encoders, model_id)
        rows = _first_pages(matrix.pages, matrix.content_ids, self._library.hidden_contents())
        ids = np.asarray(matrix.content_ids[rows])
        rows, ids = rows[np.argsort(ids, kind="stable")], np.sort(ids)
        stored = None if anew else self._library.read_map(model_id)
        if stored is None or not np.isin(stored.content_ids, ids).any():
            drawn = yield from self._draw(model_id, matrix.matrix, rows, ids, cancel)
        elif np.array_equal(stored.content_ids, ids):
            return _shown(stored)
        else:
            drawn = yield from self._brought_up(stored, matrix.matrix, rows, ids, cancel)
        try:
            self._library.write_map(model_id, drawn)
        except OSError as error:
            _log.warning("the map is not kept: %s", error)
        return _shown(drawn)

    def _draw(
        self,
        model_id: str,
        vectors: VectorArray,
        rows: NDArray[np.int64],
        ids: NDArray[np.int64],
        cancel: CancelToken,
    ) -> Generator[Event, None, StoredMap]:
        yield Progress(Phase.MAP, 0, None)
        chosen = np.arange(len(rows))
        if len(rows) > LANDMARKS:
            chosen = np.sort(np.random.default_rng(0).permutation(len(rows))[:LANDMARKS])
        landmarks = np.asarray(vectors[rows[chosen]])
        lay_out = resolve("vlm_desktop.engine.layout:lay_out", _PURPOSE)
        plane: Plane = yield from lay_out(landmarks, cancel)
        positions = np.empty((len(rows), 2), dtype=np.float32)
        positions[chosen] = plane.positions
        others = np.setdiff1d(np.arange(len(rows)), chosen, assume_unique=True)
        spots, _ = yield from _placed(vectors, rows[others], landmarks, plane, cancel)
        positions[others] = spots
        places = resolve("vlm_desktop.engine.places:find_places", _PURPOSE)(positions)
        words, word_vectors = yield from self._words(model_id, cancel)
        sample = chosen[:_MEASURED]
        names = resolve("vlm_desktop.engine.places:name_places", _PURPOSE)(
            np.asarray(vectors[rows[sample]]), places[sample], words, word_vectors
        )
        names += ("",) * (int(places.max()) + 1 - len(names))
        return StoredMap(ids, positions, places, names, len(ids), plane.mean, plane.axes)

    def _brought_up(
        self,
        stored: StoredMap,
        vectors: VectorArray,
        rows: NDArray[np.int64],
        ids: NDArray[np.int64],
        cancel: CancelToken,
    ) -> Generator[Event, None, StoredMap]:
        """What lies on the map and is still there stays; new photos go to their like."""
        kept = np.isin(stored.content_ids, ids, assume_unique=True)
        known = np.searchsorted(ids, stored.content_ids[kept])
        positions = np.empty((len(ids), 2), dtype=np.float32)
        places = np.empty(len(ids), dtype=np.int32)
        positions[known], places[known] = stored.positions[kept], stored.places[kept]
        new = np.setdiff1d(np.arange(len(ids)), known, assume_unique=True)
        if len(known) > LANDMARKS:
            chosen = np.random.default_rng(0).permutation(len(known))[:LANDMARKS]
            known = np.sort(known[chosen])
        plane = Plane(positions[known], stored.mean, stored.axes)
        spots, likest = yield from _placed(
            vectors, rows[new], np.asarray(vectors[rows[known]]), plane, cancel
        )
        positions[new], places[new] = spots, places[known][likest]
        drawn = min(stored.drawn, int(kept.sum()))
        return replace(stored, content_ids=ids, positions=positions, places=places, drawn=drawn)

    def _words(
        self, model_id: str, cancel: CancelToken
    ) -> Generator[Event, None, tuple[Sequence[str], VectorArray]]:
        """The bundled words and the library's own tags, with their vectors."""
        own = [name for name, _ in self._library.all_tags()[:_OWN_WORDS]]
        words = list({word.casefold(): word for word in (*everyday_words(), *own)}.values())
        vectors = []
        for start in range(0, len(words), _WORDS_AT_ONCE):
            cancel.raise_if_cancelled()
            yield Progress(Phase.LABEL, start, len(words))
            vectors.append(self._encoders.queries(model_id, words[start : start + _WORDS_AT_ONCE]))
        return words, np.concatenate(vectors)


def _placed(
    vectors: VectorArray,
    rows: NDArray[np.int64],
    landmarks: VectorArray,
    plane: "Plane",
    cancel: CancelToken,
) -> Generator[Event, None, tuple[NDArray[np.float32], NDArray[np.int64]]]:
    """`layout.place` in steps, so that it tells how far it is."""
    spots = [np.empty((0, 2), dtype=np.float32)]
    likest = [np.empty(0, dtype=np.int64)]
    step = 8_192
    for start in range(0, len(rows), step):
        yield Progress(Phase.MAP, start, len(rows))
        found = place(np.asarray(vectors[rows[start : start + step]]), landmarks, plane, cancel)
        spots.append(found[0])
        likest.append(found[1])
    return np.concatenate(spots), np.concatenate(likest)


def _first_pages(
    pages: NDArray[np.int32], content_ids: NDArray[np.int64], hidden: NDArray[np.int64]
) -> NDArray[np.int64]:
    """One row a visible content: the photo, or a document's first page."""
    return np.flatnonzero((np.asarray(pages) <= 1) & ~np.isin(content_ids, hidden))


def _shown(stored: StoredMap) -> PhotoMap:
    counts = np.bincount(stored.places, minlength=len(stored.names))
    places = []
    for number, name in enumerate(stored.names):
        inside = stored.positions[stored.places == number]
        # The median stays among the photos where the mean may lie in a gap.
        x, y = np.median(inside, axis=0).tolist() if len(inside) else (0.5, 0.5)
        places.append(Place(name, int(counts[number]), x, y))
    added = len(stored.content_ids) - stored.drawn
    return PhotoMap(
        stored.content_ids,
        stored.positions,
        stored.places,
        tuple(places),
        added,
        len(stored.content_ids) > _OUTGROWN * stored.drawn,
    )
