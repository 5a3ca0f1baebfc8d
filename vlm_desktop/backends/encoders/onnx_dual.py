"""Any image and text pair of ONNX graphs in a folder with a model.toml ("onnx-dual")."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.backends import runtime
from vlm_desktop.backends.encoders.batches import BatchRunner
from vlm_desktop.backends.encoders.cell_tower import CellTower
from vlm_desktop.backends.encoders.preprocess import Preprocessor
from vlm_desktop.backends.encoders.recipe import PairRecipe, read_pair
from vlm_desktop.backends.encoders.tokens import TextTokens
from vlm_desktop.backends.providers import TrialGraph, choose_provider
from vlm_desktop.backends.reports import ProviderChoice
from vlm_desktop.backends.runtime import Feeds, Session, SessionRequest
from vlm_desktop.base.arrays import PixelArray, VectorArray
from vlm_desktop.base.errors import ModelBroken, ModelError
from vlm_desktop.base.types import EncoderSpec

Chooser = Callable[..., ProviderChoice]
SessionFactory = Callable[[SessionRequest], Session]

READINGS = "readings"
"""An output that some text towers have beside the embeddings."""
IMAGE_BATCH = 16
TEXT_BATCH = 64
ALONE = "int8"
"""Dynamic quantisation scales by the whole batch, so a vector would depend on its company (cosine
0.9997 measured). Pairs of this precision take one item at a time, which costs a CPU nothing."""
MANY_TEXTS = 512
"""From this many sentences in one call on, the text tower may use an accelerator too."""
FIXED_SIZES = (1, 4, 16, 64)
"""Batches on an accelerator are padded to one of these, so that few shapes are compiled."""


class OnnxDualEncoder:
    """An `ImageTextEncoder` over two ONNX graphs.

    Making one reads model.toml only. The image session, the text session and the tokeniser are
    each made when first used, so that a text search never loads the image tower. Searches, doubts
    about an answer and indexing may use it at the same time: sessions are safe from any thread,
    and each is started once.
    """

    def __init__(
        self,
        folder: Path,
        *,
        model_id: str = "",
        provider: str = "auto",
        threads: int = 0,
        memory_limit: int = 0,
        chooser: Chooser = choose_provider,
        sessions: SessionFactory = runtime.open_session,
    ) -> None:
        self._folder = folder
        self._recipe = read_pair(folder)
        self._id = model_id or self._recipe.id
        self._wanted = provider
        self._threads = threads
        self._memory_limit = memory_limit
        self._chooser = chooser
        self._open = sessions
        alone = self._recipe.precision == ALONE
        images, texts = (1, 1) if alone else (IMAGE_BATCH, TEXT_BATCH)
        self._image = _Tower(self._id, self._recipe, images, "image_embeds")
        self._text = _Tower(self._id, self._recipe, texts, "text_embeds")
        self._preprocessor = Preprocessor(self._recipe.image)
        self._tokens: TextTokens | None = None
        self._closed = False
        self._spec = EncoderSpec(
            model_id=self._id,
            dimension=self._recipe.dimension,
            preprocessing_version=self._recipe.preprocessing_version,
            precision=self._recipe.precision,
            image_side=self._recipe.image.side,
            logit_scale=self._recipe.logit_scale or 100.0,
        )

    @property
    def spec(self) -> EncoderSpec:
        return self._spec

    @property
    def image_lanes(self) -> int:
        """On the CPU one per core: pictures side by side use the cores better than one picture
        on all of them. An accelerator takes one batch at a time."""
        if self._image.provider not in ("", "cpu"):
            return 1
        return self._threads or runtime.available_cores()

    @property
    def recipe(self) -> PairRecipe:
        return self._recipe

    @property
    def providers(self) -> tuple[str, str]:
        """Short names of what runs the image and the text tower; "" before first use."""
        return self._image.provider, self._text.provider

    def encode_images(self, images: Sequence[PixelArray]) -> VectorArray:
        if images and self._image.session is None:
            with self._image.starting:
                if self._image.session is None:
                    self._start_image()

        def encode(start: int, stop: int) -> NDArray[np.floating]:
            return self._image.run(
                {self._image.inputs[0]: self._preprocessor.batch(images[start:stop])}
            )

        return self._image.batches.run(len(images), encode)

    def encode_texts(self, texts: Sequence[str]) -> VectorArray:
        if texts and (self._text.session is None or self._may_speed_up(len(texts))):
            with self._text.starting:
                if self._text.session is None or self._may_speed_up(len(texts)):
                    self._start_text(len(texts))
        order, places = _distinct(texts)

        def encode(start: int, stop: int) -> NDArray[np.floating]:
            return self._encode_text(order[start:stop])

        return self._text.batches.run(len(order), encode)[places]

    def read_texts(self, texts: Sequence[str]) -> VectorArray:
        """Sentences as `encode_texts` gives them, and beside them what the text tower read on the
        way, if its graph tells `readings`: [n, dimension + readings]. Raises as `encode_texts`."""
        vectors = self.encode_texts(texts)
        if not texts or not self._text.tells(READINGS):
            return vectors
        read = [
            self._encode_text(texts[start : start + TEXT_BATCH], READINGS)
            for start in range(0, len(texts), TEXT_BATCH)
        ]
        return np.concatenate([vectors, np.concatenate(read).astype(np.float32)], axis=1)

    def cells(self) -> CellTower:
        """The image tower's cells, with a session of its own. Raises `ModelBroken` for towers that
        tell none."""
        return CellTower(self._folder, model_id=self._id, threads=self._threads)

    def close(self) -> None:
        self._closed = True
        self._image.session = self._text.session = self._tokens = None

    # --- starting the towers -----------------------------------------------------------

    def _start_image(self) -> None:
        height, width = self._recipe.image.size
        sample = np.linspace(-1, 1, 3 * height * width, dtype=np.float32)
        feeds = {"pixel_values": sample.reshape(1, 3, height, width)}
        self._start(self._image, self._recipe.image_file, feeds, self._wanted, cpu_threads=1)

    def _start_text(self, count: int) -> None:
        tokens = self._load_tokens()
        batch = tokens.encode(["a photo of a dog"], full_length=True)
        feeds = {"input_ids": batch.ids}
        if self._recipe.text.attention_mask:
            feeds["attention_mask"] = batch.mask
        few = self._wanted == "auto" and count < MANY_TEXTS
        self._text.started_for_many = not few
        self._start(self._text, self._recipe.text_file, feeds, "cpu" if few else self._wanted)

    def _may_speed_up(self, count: int) -> bool:
        """A call with many sentences is worth the start of an accelerator, once."""
        return count >= MANY_TEXTS and not self._text.started_for_many

    def _start(
        self, tower: "_Tower", file: str, feeds: Feeds, wanted: str, *, cpu_threads: int = 0
    ) -> None:
        if self._closed:
            raise ModelBroken(model=self._id, detail="the encoder was closed")
        path = self._folder / file
        if not path.is_file():
            raise ModelBroken(model=self._id, detail=f"{file} is missing")
        try:
            choice = self._chooser(
                TrialGraph(path, feeds),
                wanted=wanted,
                threads=self._threads,
                memory_limit=self._memory_limit,
            )
            threads = cpu_threads if choice.provider == "cpu" else 0
            request = SessionRequest(
                path, choice.provider, threads or self._threads, self._memory_limit
            )
            tower.start(self._open(request), choice.provider, tuple(feeds))
        except ModelError:
            raise
        except runtime.ERRORS as error:
            detail = f"{file}: {runtime.first_line(error)}"
            raise ModelBroken(model=self._id, detail=detail) from error

    def _load_tokens(self) -> TextTokens:
        if self._tokens is None:
            try:
                path = self._folder / self._recipe.text.tokenizer
                self._tokens = TextTokens(path, self._recipe.text)
            except (OSError, ValueError) as error:
                raise ModelBroken(model=self._id, detail=str(error)) from error
        return self._tokens

    def _encode_text(self, texts: Sequence[str], output: str = "") -> NDArray[np.floating]:
        fixed = self._text.provider != "cpu"
        batch = self._load_tokens().encode(texts, full_length=fixed)
        return self._text.run({"input_ids": batch.ids, "attention_mask": batch.mask}, output)


class _Tower:
    """One graph: its session, provider, input names and batch size."""

    def __init__(self, model_id: str, recipe: PairRecipe, size: int, output: str) -> None:
        self._model_id = model_id
        self._wanted_output = output
        self._output = ""
        self.batches = BatchRunner(model_id, recipe.dimension, size)
        self.starting = threading.Lock()
        self.session: Session | None = None
        self.provider = ""
        self.inputs: tuple[str, ...] = ()
        self.started_for_many = False

    def start(self, session: Session, provider: str, needed: tuple[str, ...]) -> None:
        names = tuple(one.name for one in session.get_inputs())
        if not set(names) <= set(needed) or not names:
            detail = f"the graph takes {', '.join(names)}, model.toml says {', '.join(needed)}"
            raise ModelBroken(model=self._model_id, detail=detail)
        outputs = [one.name for one in session.get_outputs()]
        self._output = self._wanted_output if self._wanted_output in outputs else ""
        self.provider, self.inputs = provider, names
        self.session = session  # last: other threads run the tower as soon as they see it

    def tells(self, output: str) -> bool:
        """Whether the graph has an output of this name, once it was started."""
        return self.session is not None and output in {
            one.name for one in self.session.get_outputs()
        }

    def run(self, values: dict[str, NDArray[Any]], output: str = "") -> NDArray[np.floating]:
        """Feed what the graph takes; on an accelerator in one of few fixed batch sizes. `output`
        is another one than the embeddings."""
        if self.session is None:
            raise ModelBroken(model=self._model_id, detail="the tower was not started")
        feeds = {name: values[name] for name in self.inputs}
        count = len(next(iter(feeds.values())))
        if self.provider != "cpu":
            feeds = {name: _padded(value) for name, value in feeds.items()}
        try:
            return runtime.run_session(self.session, feeds, output or self._output)[:count]
        except runtime.ERRORS as error:
            raise ModelBroken(model=self._model_id, detail=runtime.first_line(error)) from error


def _padded(rows: NDArray[Any]) -> NDArray[Any]:
    """Rows repeated up to the next of `FIXED_SIZES`."""
    size = next((size for size in FIXED_SIZES if size >= len(rows)), len(rows))
    return np.concatenate([rows, np.repeat(rows[-1:], size - len(rows), axis=0)])


def _distinct(texts: Sequence[str]) -> tuple[list[str], list[int]]:
    """Each text once, shortest first (less padding), and where each input finds its row."""
    order = sorted(set(texts), key=lambda text: (len(text), text))
    place = {text: index for index, text in enumerate(order)}
    return order, [place[text] for text in texts]
