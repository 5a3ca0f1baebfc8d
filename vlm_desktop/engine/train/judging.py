"""The search model as a judge of texts and pictures, for the doctor and for what to label next.

Vectors that the library has of the same model are taken as they are; other pictures are decoded and
encoded, each once.
"""

from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import numpy as np

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.training import Example
from vlm_desktop.base.types import DecodedFile, DecodeRequest
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.train.looking import Looking
from vlm_desktop.engine.train.noise import Judged
from vlm_desktop.media.pool import DecodePool

_AT_ONCE = 32


class SearchJudge:
    """See `noise.Judge`. Belongs on the lane "model". Raises ModelError, DecoderUnavailable."""

    def __init__(
        self,
        encoders: Encoders,
        search_model: Callable[[], str],
        looking: Looking,
        open_pool: Callable[[], DecodePool],
    ) -> None:
        self._encoders = encoders
        self._search_model = search_model
        self._looking = looking
        self._open_pool = open_pool

    def __call__(
        self, examples: Sequence[Example], texts: Sequence[str], cancel: CancelToken
    ) -> Generator[Event, None, Judged]:
        """Vectors of pictures and texts. A picture that cannot be read has none."""
        model_id = self._search_model()
        spec = self._encoders.spec(model_id)
        stored = self._looking.vectors([one.content for one in examples], model_id)
        found = {one.image: stored[one.content] for one in examples if one.content in stored}
        todo = list(dict.fromkeys(one.image for one in examples if one.image not in found))
        found |= yield from self._encode(model_id, spec.image_side, todo, cancel)
        unknown = np.full(spec.dimension, np.nan, dtype=np.float32)
        pictures = np.stack([found.get(one.image, unknown) for one in examples])
        different = list(dict.fromkeys(texts))
        rows = {text: at for at, text in enumerate(different)}
        vectors = np.empty((len(different), spec.dimension), dtype=np.float32)
        for start in range(0, len(different), _AT_ONCE):
            yield Progress(Phase.LABEL, start, len(different))
            cancel.raise_if_cancelled()
            some = different[start : start + _AT_ONCE]
            vectors[start : start + len(some)] = self._encoders.queries(model_id, some)
        return Judged(pictures, vectors[[rows[text] for text in texts]], spec.logit_scale)

    def _encode(
        self, model_id: str, side: int, paths: Sequence[str], cancel: CancelToken
    ) -> Generator[Event, None, dict[str, VectorArray]]:
        found: dict[str, VectorArray] = {}
        if not paths:
            return found
        requests = (DecodeRequest(Path(path), side, thumbnail_side=0) for path in paths)
        waiting: list[DecodedFile] = []

        def flush() -> None:
            pixels = [one.pages[0].pixels for one in waiting]
            for one, vector in zip(waiting, self._encoders.images(model_id, pixels), strict=True):
                found[str(one.path)] = vector
            waiting.clear()

        with self._open_pool() as pool:
            for done, outcome in enumerate(pool.decode(requests, cancel)):
                if isinstance(outcome, DecodedFile) and outcome.pages:
                    waiting.append(outcome)
                if len(waiting) >= _AT_ONCE:
                    flush()
                yield Progress(Phase.ENCODE, done, len(paths))
        cancel.raise_if_cancelled()
        if waiting:
            flush()
        return found
