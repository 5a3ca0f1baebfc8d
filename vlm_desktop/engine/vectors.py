"""The vectors of a model that may be searched, or the reason why there are none."""

from vlm_desktop.base.errors import LibraryEmpty, ModelUnknown
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.store.library import Library
from vlm_desktop.store.vectors import VectorMatrix


def searchable_vectors(library: Library, encoders: Encoders, model_id: str) -> VectorMatrix:
    """All vectors of a model, at least one.

    Raises LibraryEmpty when nothing was indexed with it, ModelUnknown when there is no such
    model at all.
    """
    try:
        matrix = library.vectors(model_id)
    except ModelUnknown:
        encoders.get(model_id)
        raise LibraryEmpty(model=model_id) from None
    if not len(matrix):
        raise LibraryEmpty(model=model_id)
    return matrix
