"""Both halves of a promptable segmenter as ONNX graphs beside its weights, proven to agree.

They are written by a user's act (`vlm-desktop models export-onnx ID`), never on the way to an
answer, and kept only when their masks are PyTorch's. The decoder takes any number of points.
"""

import json
import os
import tempfile
import time
from collections.abc import Generator, Sequence
from pathlib import Path

import numpy as np
import torch

from vlm_desktop.backends.chat.onnxvision import sample_pictures
from vlm_desktop.backends.encoders import graphs
from vlm_desktop.backends.reports import ExportReport, Parity
from vlm_desktop.backends.segmentation.maskfolder import MaskFolder
from vlm_desktop.backends.segmentation.onnxmasks import (
    ANSWERS,
    DECODER,
    ENCODER,
    LABELS,
    NOTE,
    PIXELS,
    POINTS,
    SEEN,
    OnnxMasks,
    example_prompt,
)
from vlm_desktop.backends.segmentation.squares import Floats, Square
from vlm_desktop.backends.segmentation.torchmasks import TorchMasks
from vlm_desktop.backends.shelf import ModelCard, sha256_of
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import DestinationNotWritable, ExportImpossible, ExportRefused
from vlm_desktop.base.grounding import ObjectPrompt, PromptPoint
from vlm_desktop.base.types import Box, Size

NEEDED = 0.999
"""The cosine that features and logits of masks must reach on every picture and prompt."""
STEPS = 4


def export_folder(
    card: ModelCard, folder: Path, target: Path | None, *, precision: str
) -> Generator[tuple[int, int], None, ExportReport]:
    """Write both graphs and prove them. Yields (steps done, steps in all).

    In the report `images` are what encoders saw, and `texts` the logits of masks for prompts.
    Raises `ExportImpossible`, `ExportRefused`, `ModelBroken`, `ModelOutOfMemory`, `PartMissing`,
    `DestinationNotWritable`; what was there before stays as it was then.
    """
    begun = time.perf_counter()
    if target is not None or precision != "fp32":
        detail = "its graphs are written in fp32, beside its weights"
        raise ExportImpossible(model=card.id, detail=detail)
    place = MaskFolder.read(folder, card.id)
    yield 0, STEPS
    # What fused attention is taken apart into cannot be written down for SAM.
    halves = TorchMasks(place, provider="cpu", attention="eager")
    halves.load()
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".masks-") as name:
            staging = Path(name)
            yield 1, STEPS
            _write_graphs(halves, place, staging)
            yield 2, STEPS
            _write_note(staging, place)
            staged = OnnxMasks(place, "cpu", graphs=staging)
            seen, logits = _measured(halves, staged, place)
            staged.unload()
            for parity in (seen, logits):
                if not parity.holds:
                    raise ExportRefused(
                        model=card.id, precision=precision, cosine=parity.lowest, needed=NEEDED
                    )
            yield 3, STEPS
            for part in sorted(staging.iterdir(), key=lambda one: one.name == NOTE):
                os.replace(part, folder / part.name)
    except OSError as error:
        detail = error.strerror or str(error)
        raise DestinationNotWritable(path=folder, detail=detail) from error
    finally:
        halves.unload()
    yield STEPS, STEPS
    written = [*folder.glob(f"{ENCODER}*"), *folder.glob(f"{DECODER}*")]
    return ExportReport(
        model_id=card.id, export_id=card.id, path=folder / ENCODER, precision=precision,
        opset=graphs.OPSET, images=seen, texts=logits,
        size_bytes=sum(one.stat().st_size for one in written),
        seconds=time.perf_counter() - begun,
    )  # fmt: skip


def _write_graphs(halves: TorchMasks, place: MaskFolder, staging: Path) -> None:
    """Raises `ExportImpossible`."""
    picture, prompt = halves.towers()
    features = place.family.features
    pixels = np.zeros((1, 3, place.side, place.side), np.float32)
    seen = halves.encode(pixels, CancelToken())
    told: graphs.Feeds = {
        **example_prompt(place.side),
        **{given: seen[name] for given, name in zip(SEEN, features, strict=False)},
    }
    points = {POINTS: {2: "points"}, LABELS: {2: "points"}}
    halves.stop_watching()
    try:
        graphs.write_graph(picture, {PIXELS: pixels}, features, staging / ENCODER, {})
        graphs.write_graph(prompt, told, ANSWERS, staging / DECODER, points)
    except RuntimeError as error:
        raise ExportImpossible(model=place.model_id, detail=str(error)) from error


def _write_note(staging: Path, place: MaskFolder) -> None:
    hashes = {name: sha256_of(staging / name) for name in (ENCODER, DECODER)}
    text = json.dumps({"revision": place.revision, **hashes}, indent=1)
    (staging / NOTE).write_text(text, encoding="utf-8")


def _measured(torch_: TorchMasks, onnx: OnnxMasks, place: MaskFolder) -> tuple[Parity, Parity]:
    """Features of pictures, then logits of prompts with one to five points and a box."""
    cancel = CancelToken()
    seen_cosines: list[float] = []
    logit_cosines: list[float] = []
    for image in sample_pictures():
        height, width = image.shape[:2]
        square = Square.of(place, Size(width, height))
        pixels = square.pixel_values(image)
        expected, got = torch_.encode(pixels, cancel), onnx.encode(pixels, cancel)
        seen_cosines += [_cosine(expected[name], got[name]) for name in expected]
        for prompt in sample_prompts(square.size):
            points, labels = square.prompt(prompt)
            for several in (True, False):
                right, _ = torch_.decode(points, labels, expected, several=several)
                found, _ = onnx.decode(points, labels, got, several=several)
                logit_cosines += [_cosine(*pair) for pair in zip(right, found, strict=True)]
    return _parity(seen_cosines), _parity(logit_cosines)


def sample_prompts(size: Size) -> tuple[ObjectPrompt, ...]:
    """A click, a box, and a box with clicks of both kinds."""
    wide, high = size.width, size.height
    box = Box(wide / 8, high / 8, wide * 0.7, high * 0.8)
    click = PromptPoint(wide / 3, high / 2)
    more = tuple(
        PromptPoint(wide * place, high * (1 - place), adds)
        for place, adds in ((0.2, True), (0.5, True), (0.9, False))
    )
    return ObjectPrompt((click,)), ObjectPrompt((), box), ObjectPrompt((click, *more), box)


def _parity(cosines: Sequence[float]) -> Parity:
    return Parity(len(cosines), min(cosines), sum(cosines) / len(cosines), NEEDED)


def _cosine(one: Floats, other: Floats) -> float:
    pair = (torch.from_numpy(each).double().flatten() for each in (one, other))
    return float(torch.nn.functional.cosine_similarity(*pair, dim=0))
