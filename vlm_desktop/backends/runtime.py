"""ONNX Runtime behind one small face: sessions with our options, and its errors translated."""

import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from vlm_desktop.base.cancel import CancelToken

# Its builds for Windows hand events to the system's own reporting, which no gate of ours sees.
onnxruntime.disable_telemetry_events()

Feeds = Mapping[str, NDArray[Any]]

ERRORS: tuple[type[Exception], ...] = (
    ort_errors.EngineError,
    ort_errors.EPFail,
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NoModel,
    ort_errors.NoSuchFile,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
    RuntimeError,
    ValueError,
)
"""All that ONNX Runtime raises; its own classes share no base but Exception."""

_SHORTAGES = (
    "failed to allocate memory",
    "bad_alloc",
    "bad allocation",
    "out of memory",
    "out_of_memory",
    "outofmemory",
    "alloc_failed",
    "available memory of",
)

SHORT_NAMES = {
    "cuda": "CUDAExecutionProvider",
    "directml": "DmlExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
    "cpu": "CPUExecutionProvider",
}
"""Names used in settings and by `doctor`, best first. No TensorRT: it compiles for minutes."""


class Session(Protocol):
    """The part of an onnxruntime.InferenceSession that is used here."""

    def run(self, output_names: Sequence[str] | None, feeds: Feeds) -> list[Any]: ...
    def get_inputs(self) -> list[Any]: ...
    def get_outputs(self) -> list[Any]: ...
    def get_providers(self) -> list[str]: ...


_LOOK_SECONDS = 0.05
GPU_ROOM = 4 * 1024**3
"""Bytes beside the weights that a GPU arena may take unless a setting says otherwise."""


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """What a session is made of. `graph` is a file or the bytes of a model.

    `provider` is a short name, `threads` 0 means one per core, `memory_limit` caps a GPU
    provider's arena in bytes (0: room for the weights and `GPU_ROOM` for the work).
    """

    graph: Path | bytes
    provider: str = "cpu"
    threads: int = 0
    memory_limit: int = 0


def is_shortage(error: BaseException) -> bool:
    """Whether an error of ONNX Runtime says that memory ran out."""
    text = str(error).lower()
    return isinstance(error, MemoryError) or any(sign in text for sign in _SHORTAGES)


def session_options(threads: int) -> onnxruntime.SessionOptions:
    """Fixed thread counts and no spinning: idle encoder threads must not eat decode's cores."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or available_cores()
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    options.log_severity_level = 4
    return options


def provider_options(provider: str, memory_limit: int) -> dict[str, str]:
    """Options of one provider, by short name."""
    if provider == "cuda":
        options = {
            "cudnn_conv_algo_search": "HEURISTIC",
            "arena_extend_strategy": "kSameAsRequested",
        }
        if memory_limit:
            options["gpu_mem_limit"] = str(memory_limit)
        return options
    return {}


def default_memory_limit(graph: Path | bytes) -> int:
    """A cap on a GPU arena that one graph should never need: twice its weights and some room."""
    if isinstance(graph, bytes):
        return GPU_ROOM + 2 * len(graph)
    weights = sum(one.stat().st_size for one in graph.parent.glob(f"{graph.name}*"))
    return GPU_ROOM + 2 * weights


def open_session(request: SessionRequest) -> Session:
    """A session on exactly the provider asked for (and the CPU for what it cannot run).

    ONNX Runtime falls back to the CPU in silence; callers compare `get_providers()`.
    """
    options = session_options(request.threads)
    if request.provider == "directml":
        options.enable_mem_pattern = False
    wanted: list[Any] = []
    if request.provider != "cpu":
        name = SHORT_NAMES[request.provider]
        limit = request.memory_limit or default_memory_limit(request.graph)
        wanted.append((name, provider_options(request.provider, limit)))
    wanted.append(SHORT_NAMES["cpu"])
    graph = str(request.graph) if isinstance(request.graph, Path) else request.graph
    session: Session = onnxruntime.InferenceSession(graph, options, providers=wanted)
    return session


def run_session(session: Session, feeds: Feeds, output: str = "") -> NDArray[Any]:
    """One output, the first unless named. Shortages become MemoryError, other errors pass."""
    try:
        return np.asarray(session.run([output] if output else None, feeds)[0])
    except ERRORS as error:
        if is_shortage(error):
            raise MemoryError(first_line(error)) from error
        raise


def run_stoppable(session: Session, feeds: Feeds, cancel: CancelToken) -> list[NDArray[Any]]:
    """All outputs, for runs of seconds: `cancel` stops one between two nodes of the graph.

    Raises Cancelled. Shortages become MemoryError, other errors pass.
    """
    options = onnxruntime.RunOptions()
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_LOOK_SECONDS):
            if cancel.is_cancelled:
                options.terminate = True
                return

    watcher = threading.Thread(target=watch, name="onnx-cancel", daemon=True)
    watcher.start()
    run: Any = session.run
    try:
        return [np.asarray(one) for one in run(None, feeds, options)]
    except ERRORS as error:
        cancel.raise_if_cancelled()
        if is_shortage(error):
            raise MemoryError(first_line(error)) from error
        raise
    finally:
        done.set()
        watcher.join()


def first_line(error: BaseException) -> str:
    """The first line of an error's text, short enough for a sentence."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]


def built_providers() -> tuple[str, ...]:
    """Short names of the providers this build of ONNX Runtime contains."""
    available = onnxruntime.get_available_providers()
    return tuple(short for short, name in SHORT_NAMES.items() if name in available)


def preload_libraries() -> None:
    """Let ONNX Runtime find CUDA and cuDNN in the nvidia packages beside it."""
    preload = getattr(onnxruntime, "preload_dlls", None)
    if preload is not None:
        preload()


def available_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
