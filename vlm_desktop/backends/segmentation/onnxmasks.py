"""A promptable segmenter run by ONNX Runtime: two graphs that lie beside its weights.

They belong to exactly the weights they were made of (`maskexport`). Each half is opened when it
is first needed, so that clicks on a picture which was seen before load the small one alone.
"""

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.backends import runtime
from vlm_desktop.backends.providers import TrialGraph, choose_provider
from vlm_desktop.backends.segmentation.maskfolder import MaskFolder
from vlm_desktop.backends.segmentation.squares import ADDS, PADDING, Floats
from vlm_desktop.backends.shelf import sha256_of
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import ModelBroken, ModelOutOfMemory

ENCODER, DECODER, NOTE = "mask_encoder.onnx", "mask_decoder.onnx", "mask_graphs.json"
PIXELS, POINTS, LABELS = "pixel_values", "points", "labels"
SEEN = ("first", "second", "third")
"""What the decoder's graph calls what was seen, in the order of the family's features."""
ANSWERS = ("logits", "scores", "lone_logits", "lone_scores")


class OnnxMasks:
    """Both graphs of a folder. Not thread-safe.

    Making one reads a note and hashes the small graph; ValueError says why graphs cannot be used.
    """

    def __init__(
        self,
        folder: MaskFolder,
        provider: str = "auto",
        threads: int = 0,
        memory_limit: int = 0,
        *,
        graphs: Path | None = None,
    ) -> None:
        """`graphs` is where they lie when it is not beside the weights."""
        self._folder = folder
        self._wanted = provider
        self._threads = threads
        self._memory_limit = memory_limit
        self._graphs = graphs or folder.path
        self._sha256 = _hashes(self._graphs, folder.revision)
        self._sessions: dict[str, runtime.Session] = {}
        if sha256_of(self._graphs / DECODER) != self._sha256[DECODER]:
            raise ValueError(f"{DECODER} is not the file it was")
        self.device, self.precision = "cpu", "fp32"
        files = [one for name in (ENCODER, DECODER) for one in self._graphs.glob(f"{name}*")]
        self.memory_bytes = sum(one.stat().st_size for one in files)

    def encode(self, pixels: Floats, cancel: CancelToken) -> dict[str, Floats]:
        """[1, 3, side, side] -> what was seen, by name. Stops between nodes of the graph."""
        feeds = {PIXELS: pixels}
        session = self._session(ENCODER, feeds)
        with self._translated():
            seen = runtime.run_stoppable(session, feeds, cancel)
            return dict(zip(self._folder.family.features, seen, strict=True))

    def decode(
        self,
        points: Floats,
        labels: NDArray[np.int64],
        seen: Mapping[str, Floats],
        *,
        several: bool,
    ) -> tuple[Floats, Floats]:
        """Logits [k, h, w] and scores [k]: three where `several` is asked for, else one."""
        feeds: dict[str, NDArray[Any]] = {POINTS: points, LABELS: labels}
        with self._translated():
            names = zip(SEEN, self._folder.family.features, strict=False)
            feeds |= {given: seen[name] for given, name in names}
        session = self._session(DECODER, feeds)
        with self._translated():
            logits, scores = session.run(ANSWERS[:2] if several else ANSWERS[2:], feeds)
            return logits, scores

    def unload(self) -> None:
        self._sessions.clear()

    # --- parts ---------------------------------------------------------------------------

    def _session(self, name: str, feeds: runtime.Feeds) -> runtime.Session:
        if name not in self._sessions:
            graph = self._graphs / name
            if name != DECODER and sha256_of(graph) != self._sha256[name]:
                detail = f"{name} is not the file it was; export it anew, or delete {NOTE}"
                raise ModelBroken(model=self._folder.model_id, detail=detail)
            options = {"threads": self._threads, "memory_limit": self._memory_limit}
            choice = choose_provider(TrialGraph(graph, feeds), wanted=self._wanted, **options)
            self.device = choice.provider
            with self._translated():
                self._sessions[name] = runtime.open_session(
                    runtime.SessionRequest(graph, choice.provider, **options)
                )
        return self._sessions[name]

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        name = self._folder.model_id
        try:
            yield
        except MemoryError as error:
            raise ModelOutOfMemory(model=name, detail=runtime.first_line(error)) from error
        except (*runtime.ERRORS, KeyError) as error:
            kind = ModelOutOfMemory if runtime.is_shortage(error) else ModelBroken
            raise kind(model=name, detail=runtime.first_line(error)) from error


def example_prompt(side: int) -> dict[str, NDArray[Any]]:
    """A click in the middle of the square."""
    return {
        POINTS: np.full((1, 1, 2, 2), side / 2, np.float32),
        LABELS: np.array([[[ADDS, PADDING]]], np.int64),
    }


def _hashes(graphs: Path, revision: str) -> dict[str, str]:
    """What the note says of the graphs. Raises ValueError with the reason why it does not count."""
    note = _note(graphs)
    if note.get("revision") != revision:
        raise ValueError("the graphs were made of other weights")
    found = {name: str(note.get(name, "")) for name in (ENCODER, DECODER)}
    for name in found:
        if not (graphs / name).is_file():
            raise ValueError(f"{name} is not there")
    return found


def _note(folder: Path) -> dict[str, Any]:
    try:
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ValueError("it has not been exported") from error
    except (OSError, ValueError) as error:
        raise ValueError(f"{NOTE} does not read") from error
    if not isinstance(note, dict):
        raise ValueError(f"{NOTE} does not read")
    return note
