"""Exporting a PyTorch dual encoder to an ONNX pair, and proving that the pair agrees with it.

The pair is built in a folder beside its destination and renamed only when its tokeniser gives
the reference's ids and its vectors the reference's directions; otherwise nothing is left.
"""

import dataclasses
import errno
import shutil
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import numpy as np
import torch

from vlm_desktop.backends.encoders import graphs
from vlm_desktop.backends.encoders.batches import unit_rows
from vlm_desktop.backends.encoders.onnx_dual import OnnxDualEncoder
from vlm_desktop.backends.encoders.open_clip_dual import read_open_clip
from vlm_desktop.backends.encoders.patches import PatchRecipe
from vlm_desktop.backends.encoders.recipe import (
    ImageRecipe,
    PairRecipe,
    TextRecipe,
    write_pair,
)
from vlm_desktop.backends.encoders.tokens import TextTokens
from vlm_desktop.backends.encoders.torch_dual import (
    DualModel,
    DualTowers,
    image_inputs,
    run_tower,
    text_inputs,
)
from vlm_desktop.backends.encoders.transformers_dual import read_transformers
from vlm_desktop.backends.reports import ExportReport, Parity
from vlm_desktop.backends.shelf import ModelCard, folder_bytes, sha256_of
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.errors import (
    DestinationNotWritable,
    DiskFull,
    ExportImpossible,
    ExportRefused,
)

NEEDED = {"fp32": 0.9999, "fp16": 0.999, "int8": 0.98}
"""The cosine every row must reach, by precision."""
READERS: dict[str, Callable[[Path, str], DualModel]] = {
    "transformers-dual": read_transformers,
    "open-clip": read_open_clip,
}
STEPS = 6
_IMAGE, _TEXT = "image.onnx", "text.onnx"
_CPU = torch.device("cpu")

PROBES = (
    "a photo of a dog", "two people riding bicycles along the beach at sunset", "", " ",
    "A RED Car, parked (badly)!", "3.14 of 1,000,000 in 2012-08-05", "don't they've it's",
    "un château à Köln, naïve résumé", "ΟΔΟΣ İstanbul ﬁancé ½", "e\u0301 is not \u00e9",
    "一张照片 一只狗在海滩上奔跑", "猫が眠っている", "개가 달린다", "кошка спит на диване",
    "قطة نائمة", "🐕🏖️ and 👍🏽", "tab\there\nnew line", "\u00a0odd\u3000spaces\u200b",
    "&amp; &lt;b&gt;", "a_b-c/d\\e@f#g", "x" * 200, "a dog and " * 200, "\u2018quoted\u2019\u2026",
    "snow on the mountain", "child eating ice cream", "old boat", "receipt from a supermarket",
)  # fmt: skip
"""Sentences on which ids must be equal and vectors must agree."""


def export_folder(
    card: ModelCard, folder: Path, target: Path, *, precision: str, export_id: str
) -> Generator[tuple[int, int], None, ExportReport]:
    """Export the model in `folder` to `target`. Yields (steps done, steps in all).

    Raises `ExportImpossible` (no faithful form, or not traceable), `ExportRefused` (measured and
    too far off), `ModelBroken`, `DestinationNotWritable`, `DiskFull`.
    """
    started = time.perf_counter()
    if card.family not in READERS:
        raise ExportImpossible(model=card.id, detail="it is an ONNX pair already")
    if precision not in NEEDED:
        detail = f"the precision {precision!r} is not one of {', '.join(NEEDED)}"
        raise ExportImpossible(model=card.id, detail=detail)
    model = READERS[card.family](folder, card.id)
    if isinstance(model.image, PatchRecipe):
        detail = "its image tower takes pictures of changing shapes, which the format cannot say"
        raise ExportImpossible(model=card.id, detail=detail)
    if target.exists():
        raise DestinationNotWritable(path=target, detail="it exists already")
    staging: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(dir=target.parent, prefix=".export-"))
        work = _Work(card, model, model.image, staging, precision, export_id)
        yield from work.build()
        images, texts = work.parity
        staging.chmod(0o755)
        staging.rename(target)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(path=target.parent) from error
        detail = error.strerror or str(error)
        raise DestinationNotWritable(path=target, detail=detail) from error
    finally:
        if staging is not None and staging.exists():
            shutil.rmtree(staging, ignore_errors=True)
    yield STEPS, STEPS
    return ExportReport(
        model_id=card.id,
        export_id=export_id,
        path=target,
        precision=precision,
        opset=graphs.OPSET,
        images=images,
        texts=texts,
        size_bytes=folder_bytes(target),
        seconds=time.perf_counter() - started,
    )


class _Work:
    """One export: its staging folder and what has been found out so far."""

    def __init__(
        self,
        card: ModelCard,
        model: DualModel,
        image: ImageRecipe,
        staging: Path,
        precision: str,
        export_id: str,
    ) -> None:
        self._card = card
        self._model = model
        self._image = image
        self._staging = staging
        self._precision = precision
        self._export_id = export_id
        self.parity: tuple[Parity, Parity]

    def build(self) -> Generator[tuple[int, int], None, None]:
        yield 0, STEPS
        text = self._write_tokenizer()
        yield 1, STEPS
        towers = self._model.load()
        pictures = sample_pictures(self._image)
        yield 2, STEPS
        feeds = image_inputs(self._image)(pictures[:2])
        self._write_graph(towers.image, feeds, _IMAGE, "image_embeds", free_length=False)
        yield 3, STEPS
        feeds = text_inputs(self._model, PROBES[:2])
        free = self._model.text.padding == "longest"
        self._write_graph(towers.text, feeds, _TEXT, "text_embeds", free_length=free)
        yield 4, STEPS
        self._describe(text, towers)
        self.parity = self._measure(towers, pictures)
        for parity in self.parity:
            if not parity.holds:
                raise ExportRefused(
                    model=self._card.id,
                    precision=self._precision,
                    cosine=parity.lowest,
                    needed=parity.needed,
                )
        yield 5, STEPS

    def _write_tokenizer(self) -> TextRecipe:
        """Write the tokeniser and compare its ids with the reference's."""
        name, content = self._model.tokenizer_file()
        (self._staging / name).write_bytes(content)
        recipe = dataclasses.replace(self._model.text, tokenizer=name)
        ours = TextTokens(self._staging / name, recipe)
        for text in PROBES:
            if not np.array_equal(ours.encode([text]).ids, self._model.tokenise([text]).ids):
                detail = f"its tokeniser cannot be written down exactly ({text[:40]!r} differs)"
                raise ExportImpossible(model=self._card.id, detail=detail)
        return recipe

    def _write_graph(
        self, tower: torch.nn.Module, feeds: graphs.Feeds, name: str, output: str, *,
        free_length: bool,
    ) -> None:  # fmt: skip
        path = self._staging / name
        try:
            graphs.export_graph(tower, feeds, output, path, free_length=free_length)
        except RuntimeError as error:
            raise ExportImpossible(model=self._card.id, detail=str(error)) from error
        if self._precision == "fp32":
            return
        full = self._staging / "full"
        full.mkdir()
        for part in self._staging.glob(f"{name}*"):
            part.rename(full / part.name)
        graphs.convert(full / name, path, self._precision)
        shutil.rmtree(full)

    def _describe(self, text: TextRecipe, towers: DualTowers) -> None:
        """Write model.toml, with the hash of every file."""
        card = self._card
        files = sorted(path.name for path in self._staging.iterdir())
        recipe = PairRecipe(
            id=self._export_id,
            name=f"{card.name} (ONNX {self._precision})",
            dimension=self._model.dimension,
            image=self._image,
            text=text,
            licence=card.licence,
            notice=card.notice,
            repository=card.repository,
            precision=self._precision,
            languages=card.languages,
            parameters=card.parameters,
            image_file=_IMAGE,
            text_file=_TEXT,
            logit_scale=towers.logit_scale,
            logit_bias=towers.logit_bias,
            sha256={name: sha256_of(self._staging / name) for name in files},
        )
        write_pair(self._staging, recipe)

    def _measure(self, towers: DualTowers, pictures: Sequence[PixelArray]) -> tuple[Parity, Parity]:
        """Pictures and sentences through PyTorch and through the finished pair, as it is used."""
        pair = OnnxDualEncoder(self._staging, provider="cpu")
        needed = NEEDED[self._precision]
        prepare = image_inputs(self._image)
        original = [run_tower(towers.image, prepare([one]), _CPU) for one in pictures]
        images = _parity(original, pair.encode_images(pictures), needed, self._card.id)
        feeds = [text_inputs(self._model, [text]) for text in PROBES]
        original = [run_tower(towers.text, one, _CPU) for one in feeds]
        texts = _parity(original, pair.encode_texts(PROBES), needed, self._card.id)
        pair.close()
        return images, texts


def _parity(
    original: list[np.ndarray], exported: np.ndarray, needed: float, model_id: str
) -> Parity:
    rows = unit_rows(np.concatenate(original), model_id)
    lowest, mean = graphs.lowest_and_mean(rows, exported)
    return Parity(len(rows), lowest, mean, needed)


def sample_pictures(recipe: ImageRecipe, count: int = 12) -> list[PixelArray]:
    """Random pictures of several shapes, from smooth to noisy, the same every time."""
    rng = np.random.default_rng(20)
    side = recipe.side
    shapes = ((side, side), (side, 2 * side), (3 * side // 2, side), (side // 2, side // 3))
    pictures = []
    for number in range(count):
        height, width = (max(1, one) for one in shapes[number % len(shapes)])
        coarse = 2 + 3 * number
        small = rng.integers(0, 256, (min(coarse, height), min(coarse, width), 3))
        rows = np.arange(height) * small.shape[0] // height
        columns = np.arange(width) * small.shape[1] // width
        pictures.append(small[rows][:, columns].astype(np.uint8))
    return pictures
