"""An image tower, with its projector, as an ONNX graph beside the model.

The graph is written by a user's act (`vlm-desktop models export-onnx ID`), never on the way to an
answer, and kept only when it agrees with PyTorch. It belongs to exactly the weights it was made
of; any other, or one that does not run here, is passed over and PyTorch does the work.
"""

import json
import os
import tempfile
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vlm_desktop.backends import runtime
from vlm_desktop.backends.chat.looking import coordinate_picture
from vlm_desktop.backends.chat.pictures import Prepared
from vlm_desktop.backends.chat.towers import TOWERS, tiles_of
from vlm_desktop.backends.chat.vision import Features, look_at
from vlm_desktop.backends.late import resolve
from vlm_desktop.backends.providers import TrialGraph, choose_provider
from vlm_desktop.backends.reports import ExportReport, Parity
from vlm_desktop.backends.shelf import sha256_of
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.errors import (
    DestinationNotWritable,
    ExportImpossible,
    ExportRefused,
    ProviderRefused,
)

GRAPH, NOTE = "vision.onnx", "vision.json"
NEEDED = 0.999
"""The cosine that features of every picture must reach."""
_GRAPHS = "vlm_desktop.backends.encoders.graphs:"
STEPS = 3
_OPEN_ERRORS: tuple[type[Exception], ...] = (ProviderRefused, *runtime.ERRORS)


class OnnxVision:
    """The graph of a folder in a session. `provider` is what runs it.

    Making one checks the file's hash and opens a session. Raises ValueError with the reason why
    it cannot be used: it is made of other weights, altered, or does not run.
    """

    def __init__(
        self, folder: Path, revision: str, *, wanted: str, threads: int = 0, memory_limit: int = 0
    ) -> None:
        note = read_note(folder)
        if note.get("revision") != revision:
            raise ValueError("it was made of other weights")
        if sha256_of(folder / GRAPH) != note.get("sha256"):
            raise ValueError(f"{GRAPH} is not the file it was")
        self._shape = tuple(int(side) for side in note["shape"])
        self._stacked = bool(note["stacked"])
        graph = folder / GRAPH
        feeds = {"pixel_values": np.zeros((1, *self._shape), np.float32)}
        try:
            choice = choose_provider(
                TrialGraph(graph, feeds), wanted=wanted, threads=threads, memory_limit=memory_limit
            )
            self.provider = choice.provider
            self._session = runtime.open_session(
                runtime.SessionRequest(graph, self.provider, threads, memory_limit)
            )
        except _OPEN_ERRORS as error:
            raise ValueError(runtime.first_line(error)) from error

    def look_at(self, picture: Prepared) -> Features | None:
        """Features of a picture; None when it has a form that the graph was not made for."""
        pixels = tiles_of(picture)
        if pixels is None or tuple(pixels.shape[1:]) != self._shape:
            return None
        try:
            found = runtime.run_session(self._session, {"pixel_values": pixels.numpy()})
        except runtime.ERRORS as error:
            raise ValueError(runtime.first_line(error)) from error
        pooled = torch.from_numpy(found)
        return Features(pooled if self._stacked else pooled.flatten(0, 1))


def read_note(folder: Path) -> dict[str, Any]:
    """What is written beside the graph. Raises ValueError when there is none."""
    try:
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ValueError("it has not been exported") from error
    except (OSError, ValueError) as error:
        raise ValueError(f"{NOTE} does not read") from error
    if not isinstance(note, dict) or not isinstance(note.get("shape"), list):
        raise ValueError(f"{NOTE} does not read")
    return note


# --- exporting -------------------------------------------------------------------------


def check_export(model_id: str, target: Path | None, precision: str) -> None:
    """A graph always lies beside its weights, in float32. Raises `ExportImpossible`."""
    if target is not None or precision != "fp32":
        detail = "its image tower is written in fp32, beside its weights"
        raise ExportImpossible(model=model_id, detail=detail)


def export_vision(
    model: Any,
    form: str,
    prepare: Callable[[PixelArray], Prepared],
    folder: Path,
    model_id: str,
    revision: str,
    look: Callable[[Any, Prepared], Features] = look_at,
) -> Generator[tuple[int, int], None, ExportReport]:
    """Write the graph of a loaded float32 `model` and prove it. Yields (steps done, in all).

    It is proven against `look`, which runs the tower in PyTorch on what `prepare` makes.

    Raises `ExportImpossible`, `ExportRefused`, `PartMissing`, `DestinationNotWritable`; what was
    there before stays as it was then.
    """
    begun = time.perf_counter()
    if form not in TOWERS:
        detail = "the image tower of its family takes more than pixels of one size"
        raise ExportImpossible(model=model_id, detail=detail)
    opset = resolve(_GRAPHS + "OPSET", "exporting a model to ONNX")
    pictures = [prepare(one) for one in sample_pictures()]
    first = tiles_of(pictures[0])
    if first is None:
        detail = "its processor pads pictures, which the graph could not tell"
        raise ExportImpossible(model=model_id, detail=detail)
    yield 0, STEPS
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".vision-") as staging:
            path = Path(staging) / GRAPH
            tower = TOWERS[form](model, first.shape[-1])
            _trace(tower, first, path, model_id)
            yield 1, STEPS
            note = {
                "revision": revision,
                "sha256": sha256_of(path),
                "shape": list(first.shape[1:]),
                "stacked": look(model, pictures[0]).pooled.ndim == 3,
            }
            (Path(staging) / NOTE).write_text(json.dumps(note, indent=1), encoding="utf-8")
            graph = OnnxVision(Path(staging), revision, wanted="cpu")
            parity = _measured(lambda picture: look(model, picture), pictures, graph)
            if not parity.holds:
                raise ExportRefused(
                    model=model_id, precision="fp32", cosine=parity.lowest, needed=NEEDED
                )
            yield 2, STEPS
            for part in sorted(Path(staging).iterdir(), key=lambda one: one.name == NOTE):
                os.replace(part, folder / part.name)
    except OSError as error:
        detail = error.strerror or str(error)
        raise DestinationNotWritable(path=folder, detail=detail) from error
    yield STEPS, STEPS
    size = sum(one.stat().st_size for one in folder.glob(f"{GRAPH}*"))
    return ExportReport(
        model_id=model_id, export_id=model_id, path=folder / GRAPH, precision="fp32", opset=opset,
        images=parity, texts=Parity(0, 1.0, 1.0, NEEDED), size_bytes=size,
        seconds=time.perf_counter() - begun,
    )  # fmt: skip


def _trace(tower: torch.nn.Module, tiles: torch.Tensor, path: Path, model_id: str) -> None:
    """Raises `ExportImpossible`, `PartMissing`."""
    export_graph = resolve(_GRAPHS + "export_graph", "exporting a model to ONNX")
    twice = np.repeat(tiles[:1].numpy(), 2, axis=0)  # a batch of one would be fixed
    try:
        export_graph(tower, {"pixel_values": twice}, "features", path, free_length=False)
    except RuntimeError as error:
        raise ExportImpossible(model=model_id, detail=str(error)) from error


def _measured(
    look: Callable[[Prepared], Features], pictures: list[Prepared], graph: OnnxVision
) -> Parity:
    cosines: list[float] = []
    for picture in pictures:
        found = graph.look_at(picture)
        if found is not None:
            expected = look(picture).pooled.float().cpu().flatten(0, -2)
            got = found.pooled.flatten(0, -2)
            cosines += torch.nn.functional.cosine_similarity(expected, got).tolist()
    return Parity(len(cosines), min(cosines), sum(cosines) / len(cosines), NEEDED)


def sample_pictures() -> list[PixelArray]:
    """Noise, a gradient and both, in three shapes; the same every time."""
    source = np.random.default_rng(20)
    noise = source.integers(0, 256, (300, 400, 3), dtype=np.uint8)
    smooth = coordinate_picture(500, 300)
    mixed = (coordinate_picture(300, 400) // 2 + noise // 2).astype(np.uint8)
    return [noise, smooth, mixed]
