"""Personal concepts: names taught by photos, to be used as words in queries.

The examples are what is kept; the probe of a model is derived from them and taught again whenever
the examples, the model or the library's size change (a tenth of a second).
"""

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import (
    ConceptNameRefused,
    ConceptNameTaken,
    ConceptTooSmall,
    ConceptUnknown,
)
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.queries import ConceptSummary
from vlm_desktop.engine.background import Backgrounds, sampled_rows
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.probes import LEAST_EXAMPLES, Probe, read_probe, teach
from vlm_desktop.engine.vectors import searchable_vectors
from vlm_desktop.store.library import Library
from vlm_desktop.store.records import StoredConcept
from vlm_desktop.store.vectors import VectorMatrix

_OTHERS = 3_000
_LONGEST_NAME = 60
_SEAMS = frozenset(
    ("a", "an", "the", "and", "or", "with", "of", "in", "on", "at", "by", "near", "beside", "my")
)  # fmt: skip
"""Words that mean nothing where a name was cut out beside them ("a dog and", "on the")."""


@dataclass(frozen=True, slots=True)
class NamedConcepts:
    """A query's words without the names in it, and these names as they were taught."""

    rest: str
    names: tuple[str, ...]


class Concepts:
    """The concepts of one library. Safe from any thread."""

    def __init__(self, library: Library, encoders: Encoders, backgrounds: Backgrounds) -> None:
        self._library = library
        self._encoders = encoders
        self._backgrounds = backgrounds

    # --- keeping -----------------------------------------------------------------------

    def summaries(self, model_id: str) -> tuple[ConceptSummary, ...]:
        """All concepts by name, with how good each is for a model it was taught to."""
        return tuple(self._summary(one, model_id) for one in self._library.concepts())

    def save(
        self,
        name: str,
        examples: Sequence[int],
        counterexamples: Sequence[int],
        model_id: str,
        cancel: CancelToken,
        *,
        replace: bool = False,
    ) -> Generator[Event, None, ConceptSummary]:
        """Teach a name from content ids, and keep it.

        With `replace` a concept of that name gets these examples instead of its own. Raises
        ConceptNameRefused, ConceptNameTaken, ConceptTooSmall, LibraryEmpty, ModelError.
        """
        shown = checked_name(name)
        if not replace and self._stored(shown) is not None:
            raise ConceptNameTaken(name=shown)
        yield Progress(Phase.ENCODE, 0, 1)
        matrix = searchable_vectors(self._library, self._encoders, model_id)
        labels = dict.fromkeys(counterexamples, -1)
        labels.update(dict.fromkeys(examples, 1))
        known = self._library.vectors_of(model_id, list(labels))
        usable = sum(1 for content_id, label in labels.items() if label > 0 and content_id in known)
        if usable < LEAST_EXAMPLES:
            raise ConceptTooSmall(count=usable, least=LEAST_EXAMPLES)
        cancel.raise_if_cancelled()
        self._library.save_concept(shown, sorted(labels.items()))
        self.probe(shown, model_id, matrix)
        yield Progress(Phase.ENCODE, 1, 1)
        stored = self._stored(shown)
        if stored is None:  # forgotten in the same moment by another window
            raise ConceptUnknown(name=shown)
        return self._summary(stored, model_id)

    def rename(self, name: str, new_name: str) -> None:
        """Raises ConceptUnknown, ConceptNameTaken, ConceptNameRefused."""
        self._library.rename_concept(name, checked_name(new_name))

    def delete(self, name: str, model_id: str) -> ConceptSummary:
        """Delete a concept; what is returned brings it back. Raises ConceptUnknown."""
        stored = self._stored(name)
        if stored is None:
            raise ConceptUnknown(name=name)
        summary = self._summary(stored, model_id)
        self._library.delete_concept(name)
        return summary

    def restore(self, deleted: ConceptSummary) -> None:
        """Bring back a deleted concept; it is taught again when it is next used."""
        labels = [(content_id, 1) for content_id in deleted.examples]
        labels += [(content_id, -1) for content_id in deleted.counterexamples]
        self._library.save_concept(deleted.name, labels)

    # --- using -------------------------------------------------------------------------

    def named_in(self, text: str) -> NamedConcepts:
        """Find taught names among words, as whole words in any case, the longest first."""
        names = {_folded(one.name): one.name for one in self._library.concepts()}
        if not names or not text.strip():
            return NamedConcepts(text, ())
        longest = sorted(names, key=len, reverse=True)
        choices = "|".join(r"\s+".join(map(re.escape, name.split())) for name in longest)
        pattern = re.compile(rf"(?<!\w)(?:{choices})(?!\w)", re.IGNORECASE)
        found = tuple(dict.fromkeys(names[_folded(one)] for one in pattern.findall(text)))
        if not found:
            return NamedConcepts(text, ())
        pieces = [_without_seams(piece) for piece in pattern.split(text)]
        return NamedConcepts(" ".join(piece for piece in pieces if piece), found)

    def probe(self, name: str, model_id: str, matrix: VectorMatrix) -> Probe | None:
        """What a model was taught of a name, taught now when that is due.

        None when there is no such concept, or too few of its examples have vectors of the model.
        """
        stored = self._stored(name)
        if stored is None:
            return None
        taught_of = ",".join(f"{content_id}:{label}" for content_id, label in stored.examples)
        known = self._read(stored.name, model_id, taught_of, len(matrix))
        if known is not None:
            return known
        vectors = self._library.vectors_of(model_id, [one for one, _ in stored.examples])
        examples = _first_pages(vectors, [one for one, label in stored.examples if label > 0])
        against = _first_pages(vectors, [one for one, label in stored.examples if label < 0])
        if len(examples) < LEAST_EXAMPLES:
            return None
        counterexamples = np.stack(against) if against else np.empty_like(examples[0])[None][:0]
        probe = teach(
            np.stack(examples),
            counterexamples,
            _others(matrix, [one for one, _ in stored.examples]),
            self._backgrounds.of(model_id, matrix),
        )
        self._library.save_probe(stored.name, model_id, taught_of, probe.payload(), probe.vector)
        return probe

    # --- parts -------------------------------------------------------------------------

    def _stored(self, name: str) -> StoredConcept | None:
        folded = _folded(name)
        return next((one for one in self._library.concepts() if _folded(one.name) == folded), None)

    def _read(self, name: str, model_id: str, taught_of: str, rows: int) -> Probe | None:
        stored = self._library.load_probe(name, model_id)
        if stored is None or stored.examples != taught_of:
            return None
        try:
            probe = read_probe(stored.vector, stored.payload)
        except (KeyError, TypeError, ValueError):
            return None
        outgrown = abs(rows - probe.rows) > max(1, probe.rows // 10)
        return None if outgrown else probe

    def _summary(self, stored: StoredConcept, model_id: str) -> ConceptSummary:
        kept = self._library.load_probe(stored.name, model_id)
        score = None
        if kept is not None:
            try:
                score = read_probe(kept.vector, kept.payload).score
            except (KeyError, TypeError, ValueError):
                score = None
        return ConceptSummary(
            stored.name,
            tuple(one for one, label in stored.examples if label > 0),
            tuple(one for one, label in stored.examples if label < 0),
            score,
        )


def checked_name(name: str) -> str:
    """The name with single spaces. Raises ConceptNameRefused for one no query could hold."""
    shown = " ".join(name.split())
    fits = re.fullmatch(r'\w[^":]*', shown) is not None
    if not fits or len(shown) > _LONGEST_NAME:
        raise ConceptNameRefused(name=shown[:_LONGEST_NAME])
    return shown


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _without_seams(piece: str) -> str:
    """Words cut apart by a name, less the small words at either end that held on to it."""
    words = piece.split()
    while words and words[-1].strip(",;").casefold() in _SEAMS:
        words.pop()
    while words and words[0].strip(",;").casefold() in _SEAMS - {"a", "an", "the"}:
        words.pop(0)
    return " ".join(words).strip(",; ")


def _first_pages(vectors: dict[int, VectorArray], ids: Sequence[int]) -> list[VectorArray]:
    return [vectors[content_id][0] for content_id in ids if content_id in vectors]


def _others(matrix: VectorMatrix, without: Sequence[int]) -> VectorArray:
    """Photos of the library at random, in random order, without the named ones."""
    rows = np.flatnonzero(~np.isin(matrix.content_ids, np.array(without, dtype=np.int64)))
    if not len(rows):
        rows = np.arange(len(matrix))
    chosen = sampled_rows(np.random.default_rng(0).permutation(rows), _OTHERS)
    return np.asarray(matrix.matrix[chosen])
