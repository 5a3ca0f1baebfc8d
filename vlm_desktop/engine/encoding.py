"""The encoders in use: opened when first needed, one of each, their text vectors remembered."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np

from vlm_desktop.backends.protocols import CellEncoder, HasCells, ImageTextEncoder, KnowsNames
from vlm_desktop.base.arrays import PixelArray, VectorArray
from vlm_desktop.base.errors import ModelBroken
from vlm_desktop.base.types import EncoderSpec
from vlm_desktop.engine.querytext import query_prompts

_REMEMBERED_TEXTS = 4_096
_TEXTS_AT_ONCE = 32


class Encoders:
    """Encoders by model id, opened by `open_encoder`. Safe from any thread.

    One text vector cache serves all models: a search as one types asks for the same words again
    and again. Errors of `open_encoder` (ModelError) pass through.
    """

    def __init__(self, open_encoder: Callable[[str], ImageTextEncoder]) -> None:
        self._open_encoder = open_encoder
        self._lock = threading.Lock()
        self._opened: dict[str, ImageTextEncoder] = {}
        self._cells: dict[str, CellEncoder] = {}
        self._texts: OrderedDict[tuple[str, str], VectorArray] = OrderedDict()

    def get(self, model_id: str) -> ImageTextEncoder:
        """The encoder of a model. Opening one may take seconds."""
        with self._lock:
            if model_id not in self._opened:
                self._opened[model_id] = self._open_encoder(model_id)
            return self._opened[model_id]

    def spec(self, model_id: str) -> EncoderSpec:
        return self.get(model_id).spec

    def texts(self, model_id: str, texts: Sequence[str]) -> VectorArray:
        """Sentences -> [n, dimension]; each different sentence is encoded once."""
        encoder = self.get(model_id)
        with self._lock:
            missing = [text for text in dict.fromkeys(texts) if (model_id, text) not in self._texts]
            found = {
                text: self._texts[model_id, text] for text in texts if text not in set(missing)
            }
            for start in range(0, len(missing), _TEXTS_AT_ONCE):
                part = missing[start : start + _TEXTS_AT_ONCE]
                found.update(zip(part, encoder.encode_texts(part), strict=True))
            self._remember(model_id, found)
        if not texts:
            return np.empty((0, encoder.spec.dimension), dtype=np.float32)
        return np.stack([found[text] for text in texts])

    def queries(self, model_id: str, queries: Sequence[str]) -> VectorArray:
        """Queries -> [n, dimension], unit rows: each the mean of its `query_prompts`, or the
        query alone where the model was taught these very words."""
        taught = self.get(model_id)
        known = taught.knows if isinstance(taught, KnowsNames) else lambda text: False
        prompts = [(one,) if known(one) else query_prompts(one) for one in queries]
        vectors = self.texts(model_id, [prompt for some in prompts for prompt in some])
        starts = np.cumsum([0, *map(len, prompts)])[:-1]
        sums: VectorArray = np.add.reduceat(vectors, starts, axis=0)
        sums /= np.linalg.norm(sums, axis=1, keepdims=True)
        return sums

    def images(self, model_id: str, images: Sequence[PixelArray]) -> VectorArray:
        """Pictures -> [n, dimension]."""
        encoder = self.get(model_id)
        with self._lock:
            return encoder.encode_images(images)

    def cells(self, model_id: str) -> CellEncoder:
        """The cells of a model's image tower. Raises ModelBroken where it tells none."""
        encoder = self.get(model_id)
        with self._lock:
            if model_id not in self._cells:
                if not isinstance(encoder, HasCells):
                    raise ModelBroken(model=model_id, detail="its image tower tells no cells")
                self._cells[model_id] = encoder.cells()
            return self._cells[model_id]

    def _remember(self, model_id: str, vectors: dict[str, VectorArray]) -> None:
        for text, vector in vectors.items():
            self._texts[model_id, text] = vector
            self._texts.move_to_end((model_id, text))
        while len(self._texts) > _REMEMBERED_TEXTS:
            self._texts.popitem(last=False)

    def renew(self) -> None:
        """Open every network anew at its next use. Those at work go on, and go when done."""
        with self._lock:
            self._opened.clear()
            self._cells.clear()

    def release(self, model_id: str) -> None:
        """Let go of a model that is being removed: another may come to bear its name."""
        with self._lock:
            self._opened.pop(model_id, None)
            self._cells.pop(model_id, None)
            for key in [key for key in self._texts if key[0] == model_id]:
                del self._texts[key]

    def close(self) -> None:
        """Free every network."""
        with self._lock:
            for encoder in self._opened.values():
                encoder.close()
            self._opened.clear()
            self._cells.clear()
            self._texts.clear()
