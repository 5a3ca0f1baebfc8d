"""A promptable segmenter run by PyTorch."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from numpy.typing import NDArray
from transformers.utils import logging as hub_logging

from vlm_desktop.backends.chat import loading
from vlm_desktop.backends.modelfolder import read_config
from vlm_desktop.backends.segmentation.maskfolder import MaskFolder
from vlm_desktop.backends.segmentation.squares import ADDS, PADDING, Floats
from vlm_desktop.backends.segmentation.towers import PictureTower, PromptTower
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import ModelBroken, ModelOutOfMemory

_WRONG_SHAPES = (ArithmeticError, AttributeError, LookupError, TypeError)
"""What a network whose configuration does not fit together raises, beside RuntimeError."""
_HALVES = {"bf16": torch.bfloat16, "fp16": torch.float16}


class TorchMasks:
    """Both halves over one set of weights, read at first use. Not thread-safe.

    The half that sees pictures may compute in half precision. `device` and `precision` are those
    planned until the weights are read.
    """

    def __init__(
        self,
        folder: MaskFolder,
        *,
        provider: str,
        threads: int = 0,
        memory_limit: int = 0,
        attention: str = "",
    ) -> None:
        """`attention` is an implementation of transformers other than its usual one.

        Raises `ProviderRefused`.
        """
        self._attention = attention
        self._folder = folder
        self._threads = threads
        self._memory_limit = memory_limit
        planned = loading.plans(provider, folder.parameters, memory_limit)
        # What is left of CUDA's ways once quantised ones are gone may be too large; it is tried.
        self._ways = [one for one in planned if one.precision in ("fp32", *_HALVES)]
        if not self._ways:
            self._ways = [loading.Plan("cpu", "fp32")]
        self.device, self.precision = self._ways[0].device, self._ways[0].precision
        self.memory_bytes = 4 * folder.parameters
        self._picture: PictureTower | None = None
        self._prompt: PromptTower | None = None
        self._cancel = CancelToken()
        self._hooks: list[Any] = []

    def load(self) -> None:
        """Raises `ModelBroken`, `ModelOutOfMemory`."""
        if self._picture is not None:
            return
        loading.set_threads(self._threads)
        loading.cap_memory(self._ways[0].device, self._memory_limit)
        hub_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        network = getattr(transformers, self._folder.family.network)
        path, name = self._folder.path, self._folder.model_id
        read = _reading(self._attention)
        loaded = loading.load_fitting(path, name, self._ways, self._try, network, read)
        self.device, self.precision = loaded.plan.device, loaded.plan.precision
        self.memory_bytes = loaded.memory_bytes
        self._picture = PictureTower(loaded.model, self._folder.family).eval()
        self._prompt = PromptTower(loaded.model, self._folder.family).eval()
        self._watch(loaded.model.vision_encoder)

    def towers(self) -> tuple[PictureTower, PromptTower]:
        """Both halves, loaded when they are not. Raises as `load` does."""
        self.load()
        if self._picture is None or self._prompt is None:
            raise ModelBroken(model=self._folder.model_id, detail="it was freed while loading")
        return self._picture, self._prompt

    def encode(self, pixels: Floats, cancel: CancelToken) -> dict[str, Floats]:
        """[1, 3, side, side] -> what was seen, by name. Stops between blocks of the network."""
        picture, _ = self.towers()
        self._cancel = cancel
        with self._translated():
            seen = _look(picture, pixels)
            arrays = [one.cpu().numpy() for one in seen]
        if not all(np.isfinite(one).all() for one in arrays):
            detail = f"its numbers overflow in {self.precision}"
            raise ModelBroken(model=self._folder.model_id, detail=detail)
        return dict(zip(self._folder.family.features, arrays, strict=True))

    def decode(
        self,
        points: Floats,
        labels: NDArray[np.int64],
        seen: Mapping[str, Floats],
        *,
        several: bool,
    ) -> tuple[Floats, Floats]:
        """Logits [k, h, w] and scores [k]: three where `several` is asked for, else one."""
        _, prompt = self.towers()
        device = self.device
        with self._translated():
            features = [
                torch.from_numpy(seen[name]).to(device) for name in self._folder.family.features
            ]
            logits, scores = prompt.ask(
                torch.from_numpy(points).to(device),
                torch.from_numpy(labels).to(device),
                tuple(features),
                several=several,
            )
            return logits.float().cpu().numpy(), scores.float().cpu().numpy()

    def stop_watching(self) -> None:
        """Take out what looks at the token: it cannot be traced into a graph."""
        for hook in self._hooks:
            hook.remove()
        self._hooks.clear()

    def unload(self) -> None:
        self.stop_watching()
        self._picture = self._prompt = None
        loading.release(self.device)

    # --- parts ---------------------------------------------------------------------------

    def _watch(self, encoder: Any) -> None:
        """Let every block of the encoder look at the token before it begins."""

        def look_at_token(*_: Any) -> None:
            self._cancel.raise_if_cancelled()

        for rows in encoder.modules():
            if isinstance(rows, torch.nn.ModuleList | torch.nn.Sequential):
                for block in rows:
                    self._hooks.append(block.register_forward_pre_hook(look_at_token))

    def _try(self, model: Any) -> None:
        """Both halves over a grey picture. Raises ValueError when they give no numbers."""
        side = self._folder.side
        family = self._folder.family
        grey = np.zeros((1, 3, side, side), np.float32)
        try:
            seen = _look(PictureTower(model, family).eval(), grey)
            places = torch.full((1, 1, 2, 2), side / 2, device=seen[0].device)
            labels = torch.tensor([[[ADDS, PADDING]]], device=seen[0].device)
            with torch.inference_mode():
                answers = PromptTower(model, family).eval().ask(places, labels, seen, several=True)
        except _WRONG_SHAPES as error:
            raise ValueError(loading.first_line(error)) from error
        if not all(torch.isfinite(one).all() for one in (*seen, *answers)):
            raise ValueError("its numbers overflow in this precision")

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        name = self._folder.model_id
        try:
            with torch.inference_mode():
                yield
        except MemoryError as error:
            raise ModelOutOfMemory(model=name, detail=loading.first_line(error)) from error
        except RuntimeError as error:
            told = loading.memory_error(error)
            kind = ModelOutOfMemory if isinstance(told, MemoryError) else ModelBroken
            raise kind(model=name, detail=loading.first_line(told)) from error
        except (ValueError, *_WRONG_SHAPES) as error:
            raise ModelBroken(model=name, detail=loading.first_line(error)) from error


def _look(picture: PictureTower, pixels: Floats) -> tuple[torch.Tensor, ...]:
    weight = next(picture.model.vision_encoder.parameters())
    with torch.inference_mode():
        return picture(torch.from_numpy(pixels).to(weight.device, weight.dtype))


def _reading(attention: str) -> Callable[[Path, str, loading.Plan, Any], Any]:
    """Reads the weights as they are, then puts the encoder alone into the plan's precision."""
    options = {"attn_implementation": attention} if attention else {}

    def read(folder: Path, model_id: str, plan: loading.Plan, network: Any) -> Any:
        whole = loading.Plan("cpu", "fp32")
        # A configuration for videos is one for pictures and more.
        kind = network.config_class
        told = {**read_config(folder, model_id), "model_type": kind.model_type}
        try:
            config = kind.from_dict(told)
        except loading.LOAD_ERRORS as error:
            raise ModelBroken(model=model_id, detail=loading.first_line(error)) from error
        model = loading.read_weights(folder, model_id, whole, network, config=config, **options)
        if plan.precision in _HALVES:
            model.vision_encoder.to(_HALVES[plan.precision])
        return model.to(plan.device)

    return read
