"""Reading a model's weights, in the precision and on the device that they fit, tried for real."""

import gc
import importlib.util
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import torch
import transformers
from huggingface_hub.errors import StrictDataclassError
from safetensors import SafetensorError
from transformers.utils import logging as hub_logging

from vlm_desktop.backends.encoders.torch_dual import choose_device, memory_error
from vlm_desktop.base.errors import ModelBroken, ModelOutOfMemory

LOAD_ERRORS = (
    OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, ImportError,
    SafetensorError, StrictDataclassError,
)  # fmt: skip
_DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
_BYTES = {"fp32": 4.0, "bf16": 2.0, "fp16": 2.0, "int8": 1.1, "int4": 0.65}
"""Bytes a parameter, with what quantisation leaves as it is."""
NF4 = "nf4"
PLANS = {
    "cuda": ("bf16", "fp16", "int8", "int4"),
    "mps": ("fp16", "fp32"),
    "cpu": ("fp32", "bf16"),
}
"""Precisions to try on each device, best first. A CPU computes in float32 faster than in bf16."""
_ROOM = 0.9
"""The part of the free memory that weights may take; the rest is for reading and writing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One way to run a model. The precision "nf4" is for training beside: 4 bits of the kind that
    Dettmers et al. 2023 (QLoRA) found best for that."""

    device: str
    precision: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model in evaluation mode, how it runs, and why better ways were passed over."""

    model: Any
    plan: Plan
    memory_bytes: int
    passed_over: tuple[str, ...] = ()


def load_processor(folder: Path, model_id: str) -> Any:
    """The processor of a folder. Raises `ModelBroken`."""
    hub_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        processor = transformers.AutoProcessor.from_pretrained(  # type: ignore[no-untyped-call]
            folder, local_files_only=True, trust_remote_code=False
        )
    except LOAD_ERRORS as error:
        raise ModelBroken(model=model_id, detail=first_line(error)) from error
    if not hasattr(processor, "image_processor") or not hasattr(processor, "tokenizer"):
        detail = "it has no processor for pictures (processor_config.json)"
        raise ModelBroken(model=model_id, detail=detail)
    return processor


def plans(provider: str, parameters: int, memory_limit: int = 0) -> list[Plan]:
    """Ways to run a model of so many parameters, best first, and those that cannot fit left out.

    `memory_limit` caps in bytes what may be taken of a GPU, 0 does not. The last way of the last
    device is always tried: estimates may be wrong. Raises `ProviderRefused` for a device that is
    not there.
    """
    devices = [choose_device(provider).type]
    if provider == "auto" and devices != ["cpu"]:
        devices.append("cpu")
    every = [
        Plan(device, precision)
        for device in devices
        for precision in PLANS[device]
        if precision not in ("int8", "int4") or has_quantisation()
    ]
    fitting = [
        plan
        for plan in every
        if parameters * _BYTES[plan.precision] <= _ROOM * free_bytes(plan.device, memory_limit)
    ]
    return fitting or every[-1:]


def has_quantisation() -> bool:
    """Whether bitsandbytes is there."""
    return importlib.util.find_spec("bitsandbytes") is not None


def free_bytes(device: str, memory_limit: int = 0) -> int:
    """Memory that may be taken where a device keeps its weights."""
    if device == "cuda":
        free = int(torch.cuda.mem_get_info()[0])
        return min(free, memory_limit) if memory_limit else free
    return int(psutil.virtual_memory().available)


def cap_memory(device: str, memory_limit: int) -> None:
    """Keep PyTorch within `memory_limit` bytes of a GPU; 0 is no cap."""
    if device == "cuda" and memory_limit:
        _, total = torch.cuda.mem_get_info()
        torch.cuda.set_per_process_memory_fraction(min(1.0, memory_limit / total))


def load_fitting(
    folder: Path,
    model_id: str,
    ways: Sequence[Plan],
    trial: Callable[[Any], None],
    auto: Any = transformers.AutoModelForImageTextToText,
    read: Callable[[Path, str, Plan, Any], Any] | None = None,
) -> Loaded:
    """The first way that loads and passes `trial`, one forward of a few tokens.

    `read` reads the weights where `read_weights` would not do.

    Raises `ModelOutOfMemory` when none fits, `ModelBroken`.
    """
    passed: list[str] = []
    for plan in ways:
        model: Any = None
        try:
            model = (read or read_weights)(folder, model_id, plan, auto)
            trial(model)
            return Loaded(model, plan, weight_bytes(model), tuple(passed))
        except (MemoryError, RuntimeError, ValueError) as error:
            told = memory_error(error) if isinstance(error, RuntimeError) else error
            passed.append(f"{plan.device} {plan.precision}: {first_line(told)}")
            shortage = isinstance(told, MemoryError)
            if not shortage and plan is ways[-1]:
                raise ModelBroken(model=model_id, detail=first_line(told)) from error
        del model
        release(plan.device)
    raise ModelOutOfMemory(model=model_id, detail="; ".join(passed))


def read_weights(folder: Path, model_id: str, plan: Plan, auto: Any, **options: Any) -> Any:
    """The weights, every one of them from the folder; `options` go to transformers.

    Raises `ModelBroken`, memory errors.
    """
    more: dict[str, Any] = {"dtype": _DTYPES.get(plan.precision, torch.float16)}
    if plan.precision == NF4:
        more["dtype"] = torch.float32 if plan.device == "cpu" else torch.bfloat16
        more["quantization_config"] = transformers.BitsAndBytesConfig(  # type: ignore[no-untyped-call]
            load_in_4bit=True,
            bnb_4bit_quant_type=NF4,
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=more["dtype"],
        )
        more["device_map"] = {"": plan.device}
    if plan.precision in ("int8", "int4"):
        more["quantization_config"] = transformers.BitsAndBytesConfig(  # type: ignore[no-untyped-call]
            load_in_8bit=plan.precision == "int8",
            load_in_4bit=plan.precision == "int4",
            bnb_4bit_compute_dtype=torch.float16,
        )
        more["device_map"] = {"": plan.device}
    try:
        model, report = auto.from_pretrained(
            folder,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            output_loading_info=True,
            **more,
            **options,
        )
    except LOAD_ERRORS as error:
        if isinstance(error, RuntimeError) and isinstance(memory_error(error), MemoryError):
            raise
        raise ModelBroken(model=model_id, detail=first_line(error)) from error
    missing = sorted(report["missing_keys"])
    if missing:
        detail = f"{len(missing)} weights are not in the folder, {missing[0]} among them"
        raise ModelBroken(model=model_id, detail=detail)
    if "device_map" not in more:
        model = model.to(plan.device)
    return model.eval()


def weight_bytes(model: Any) -> int:
    """What the weights take, tied ones once."""
    parameters = {one.data_ptr(): one for one in (*model.parameters(), *model.buffers())}
    return sum(one.numel() * one.element_size() for one in parameters.values())


def release(device: str) -> None:
    """Give back what nothing refers to any more."""
    gc.collect()
    if device == "cuda":
        torch.cuda.empty_cache()


def set_threads(threads: int) -> None:
    if threads:
        torch.set_num_threads(min(threads, os.cpu_count() or 1))


def first_line(error: BaseException) -> str:
    """The first line of an error's text, short enough for a sentence."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
