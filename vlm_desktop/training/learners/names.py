"""What a linear probe and learned prompts share: the encoder stays as it is, and every name that
was taught gets a vector of its own to search with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from vlm_desktop.backends.adapters.folder import NAMES_TYPE, WEIGHTS, write_config
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.trainerrors import RunDamaged
from vlm_desktop.base.training import Split
from vlm_desktop.training.learners.encoder import EncoderLearner
from vlm_desktop.training.learners.encoderdata import PARTS, TEMPERATURE
from vlm_desktop.training.learners.protocol import Component, Group

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from vlm_desktop.base.events import Progress
    from vlm_desktop.base.training import Example
    from vlm_desktop.training.learners.protocol import Batch


class NameLearner(EncoderLearner):
    """An `EncoderLearner` whose towers are frozen. `PART` names the one tensor that learns."""

    PART = ""

    def open(self) -> None:
        super().open()
        self._towers.requires_grad_(False)
        learned = self._recipe.loss.learn_temperature
        self._towers.log_scale.requires_grad_(learned)
        self._towers.offset.requires_grad_(learned and self._recipe.loss.kind == "sigmoid")
        self._towers.register_parameter(self.PART, self._first())

    def _adapt(self) -> None:
        """No adapters: the towers stay."""

    def _first(self) -> torch.nn.Parameter:
        raise NotImplementedError

    @property
    def _tensor(self) -> torch.nn.Parameter:
        return self._towers.get_parameter(self.PART)

    def components(self) -> tuple[Component, ...]:
        parts = {**PARTS, self.PART: (self.PART,)}
        counted = dict.fromkeys(parts, (0, 0, 0))
        for name, one in self._towers.named_parameters():
            part = next(p for p, starts in parts.items() if name.startswith(tuple(starts)))
            all_of, free, size = counted[part]
            count = one.numel()
            counted[part] = (
                all_of + count,
                free + (count if one.requires_grad else 0),
                size + count * one.element_size(),
            )
        return tuple(Component(part, *row) for part, row in counted.items())

    def groups(self) -> tuple[Group, ...]:
        own = (("log_scale", self._towers.log_scale), ("offset", self._towers.offset))
        free = tuple((name, one) for name, one in own if one.requires_grad)
        mine = (Group(self.PART, ((self.PART, self._tensor),)),)
        return (*mine, Group(TEMPERATURE, free, decays=False)) if free else mine

    def prepare(
        self, examples: Sequence[Example], cancel: CancelToken
    ) -> Generator[Progress, None, None]:
        yield from super().prepare(examples, cancel)
        said = (one.turns[0].answer for one in examples if one.split is Split.TRAIN)
        self._taught = tuple(dict.fromkeys(said))

    def _moved(self, batch: Batch) -> torch.Tensor:
        """Nothing that was known can move."""
        return torch.zeros((), device=self._device)

    def _read_general(self, texts: Sequence[str], cancel: CancelToken) -> torch.Tensor:
        """As the base: texts that were not taught are read as ever."""
        cancel.raise_if_cancelled()
        return torch.from_numpy(self._pictures.base.encode_texts(texts))

    # --- keeping -----------------------------------------------------------------------

    def save(self, folder: Path) -> None:
        """Besides what learns, the vector of every name, which is all that searching needs."""
        self._towers.eval()
        rows = self._read(self._taught, CancelToken())
        state = {
            self.PART: self._tensor.detach().cpu().contiguous(),
            "log_scale": self._towers.log_scale.detach().cpu(),
            "offset": self._towers.offset.detach().cpu(),
            "vectors": rows.contiguous(),
        }
        save_file(state, folder / WEIGHTS)
        config = {"peft_type": NAMES_TYPE, "target_modules": [], "names": list(self._taught)}
        write_config(folder, config)

    def load(self, folder: Path) -> None:
        path = folder / WEIGHTS
        try:
            state = load_file(path)
            with torch.no_grad():
                for name in (self.PART, "log_scale", "offset"):
                    self._towers.get_parameter(name).copy_(state[name])
        except (OSError, SafetensorError, KeyError, RuntimeError) as error:
            raise RunDamaged(path=path, detail=str(error)) from error
