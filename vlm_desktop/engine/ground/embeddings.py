"""What promptable models saw in pictures, by the picture's content and by the model."""

from pathlib import Path

from vlm_desktop.backends.segmentation.seencache import open_seen
from vlm_desktop.base.grounding import MaskFeatures, MaskModelSpec

FOLDER = "masks"


class Embeddings:
    """Features of pictures in memory and on disk, bounded. Never raises: a miss costs time.

    A picture that changed has another content hash, and a model that changed another revision, so
    nothing stale is ever found. Any thread.
    """

    def __init__(self, features: Path | None) -> None:
        """`features` is the home's folder of what models saw; None keeps them in memory."""
        self._kept = open_seen(features / FOLDER if features else None)

    def get(self, content_hash: str, spec: MaskModelSpec) -> MaskFeatures | None:
        return self._kept.get(_name(content_hash, spec))

    def has(self, content_hash: str, spec: MaskModelSpec) -> bool:
        """Whether the picture need not be looked at again. Quick."""
        return self._kept.has(_name(content_hash, spec))

    def put(self, content_hash: str, spec: MaskModelSpec, features: MaskFeatures) -> None:
        self._kept.put(_name(content_hash, spec), features)

    def forget(self) -> None:
        """Empty the memory; the disk keeps what it has."""
        self._kept.forget()


def _name(content_hash: str, spec: MaskModelSpec) -> str:
    return "\n".join((content_hash, spec.id, spec.revision, spec.precision))
