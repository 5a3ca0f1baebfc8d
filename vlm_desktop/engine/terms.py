"""A query's parts that rank photos: words, taught names, pictures, each with its null scores."""

from collections.abc import Callable
from dataclasses import dataclass

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import QueryTooLong
from vlm_desktop.base.types import Query
from vlm_desktop.engine.calibration import Calibration
from vlm_desktop.engine.concepts import Concepts
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.pictures import PictureVectors
from vlm_desktop.engine.ranking import Term
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library
from vlm_desktop.store.vectors import VectorMatrix

_MOST = {"exclusions": 50, "phrases": 50, "pictures": 20}


@dataclass(frozen=True, slots=True)
class NamedTerm:
    """One part of a query. `kind` is "text", "concept" or "picture"; `name` says which."""

    kind: str
    name: str
    term: Term


class QueryTerms:
    """Turns queries into terms. Safe from any thread."""

    def __init__(
        self,
        library: Library,
        encoders: Encoders,
        open_pool: Callable[[], DecodePool],
        pictures: PictureVectors,
        concepts: Concepts,
    ) -> None:
        self._library = library
        self._encoders = encoders
        self._open_pool = open_pool
        self._pictures = pictures
        self._concepts = concepts

    def of(
        self,
        query: Query,
        model_id: str,
        matrix: VectorMatrix,
        calibration: Calibration,
        cancel: CancelToken,
    ) -> list[NamedTerm]:
        """All parts with a weight. Raises MediaRefused for a picture that cannot be read."""
        terms: list[NamedTerm] = []
        if query.text_weight > 0:
            terms += self._words(query.text, query.text_weight, model_id, matrix, calibration)
        for image in query.images:
            if image.weight > 0:
                vector = self._pictures.vector(
                    image, model_id, self._library, self._encoders, self._open_pool, cancel
                )
                term = Term(vector, calibration.image, image.weight)
                terms.append(NamedTerm("picture", str(image.path), term))
        return terms

    def excluded(
        self, query: Query, model_id: str, matrix: VectorMatrix, calibration: Calibration
    ) -> list[list[NamedTerm]]:
        """For each exclusion the terms of what it names, as if it were a query."""
        return [
            self._words(text, 1.0, model_id, matrix, calibration)
            for text in dict.fromkeys(query.exclude)
        ]

    def _words(
        self,
        text: str,
        weight: float,
        model_id: str,
        matrix: VectorMatrix,
        calibration: Calibration,
    ) -> list[NamedTerm]:
        named = self._concepts.named_in(text)
        terms: list[NamedTerm] = []
        for name in named.names:
            probe = self._concepts.probe(name, model_id, matrix)
            if probe is None:  # not taught to this model: a word like any other
                terms, rest = [], text
                break
            terms.append(NamedTerm("concept", name, probe.term(weight)))
        else:
            rest = named.rest
        if rest.strip():
            vector = self._encoders.queries(model_id, [rest])[0]
            term = Term(vector, calibration.text, weight, calibration.peaks)
            terms.append(NamedTerm("text", rest, term))
        return terms


def check_size(query: Query) -> None:
    """Raises QueryTooLong: each exclusion and picture costs a pass of a network or the library."""
    counts = {
        "exclusions": len(set(query.exclude)),
        "phrases": len(set(query.phrases)),
        "pictures": len(set(query.images)),
    }
    for part, count in counts.items():
        if count > _MOST[part]:
            raise QueryTooLong(part=part, count=count, most=_MOST[part])
