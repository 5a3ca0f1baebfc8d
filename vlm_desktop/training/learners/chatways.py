"""How models that answer are run forward on lessons: the two ways there are, behind one interface.

Models that hold conversations take several lessons at once, padded at their ends. The captioners
are fed each in a way of its own (`backends.chat.manners`), one lesson after the other.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Protocol

import torch
import transformers
from torch.nn import functional as F  # noqa: N812

from vlm_desktop.backends.chat.captioner import TransformersCaptioner
from vlm_desktop.backends.chat.decoding import rope_positions
from vlm_desktop.backends.chat.families import CAPTIONER, FAMILIES, GENERIC
from vlm_desktop.backends.chat.folder import ChatFolder
from vlm_desktop.backends.chat.manners import MANNERS
from vlm_desktop.backends.chat.oneshot import placed
from vlm_desktop.backends.chat.transformers_chat import TransformersChat
from vlm_desktop.backends.chat.vision import Features, gathered, see
from vlm_desktop.backends.modelfolder import read_config
from vlm_desktop.base.errors import ModelUnsupported
from vlm_desktop.training.learners.chatlessons import (
    CaptionLessons,
    ConversationLessons,
    Lesson,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vlm_desktop.backends.chat.loading import Loaded
    from vlm_desktop.backends.chat.manners import Begun
    from vlm_desktop.backends.chat.pictures import Prepared


class Way(Protocol):
    """One model and how it is fed. `chat` answers with the very network that learns."""

    chat: TransformersChat | TransformersCaptioner
    auto: Any
    lessons: ConversationLessons | CaptionLessons

    def take(self, loaded: Loaded) -> None:
        """Teach this network from now on."""
        ...

    def see(self, picture: Prepared) -> Features:
        """What stands for a picture, with gradients where something in the tower learns."""
        ...

    def losses(self, lessons: Sequence[Lesson], seen: Sequence[Features]) -> torch.Tensor:
        """The loss of every token that is to be said [M], those of the first lesson first."""
        ...


def way_of(folder: Path, model_id: str, device: str) -> Way:
    """How the model in a folder is taught. Raises ModelBroken, ModelUnsupported."""
    model_type = ChatFolder.read(folder, model_id).model_type
    family = FAMILIES.get(model_type)
    named = (read_config(folder, model_id).get("architectures") or [""])[0]
    if family is not None and family.adapter == GENERIC:
        return Conversing(folder, model_id, device)
    if family is not None and family.adapter == CAPTIONER and named in MANNERS:
        return Captioning(folder, model_id, device, named)
    raise ModelUnsupported(model=model_id, family=named or model_type)


class Conversing:
    """A `Way` over models that hold conversations, PaliGemma among them."""

    auto: Any = transformers.AutoModelForImageTextToText

    def __init__(self, folder: Path, model_id: str, device: str) -> None:
        self.chat = TransformersChat(folder, model_id=model_id, provider=device)
        self._family = FAMILIES[ChatFolder.read(folder, model_id).model_type]
        self.lessons = ConversationLessons(self.chat, self._family)
        self._model: Any = None

    def take(self, loaded: Loaded) -> None:
        self.chat.take(loaded, graph=False)
        self._model = loaded.model
        self._takes = inspect.signature(loaded.model.forward).parameters

    def see(self, picture: Prepared) -> Features:
        return see(self._model, picture)

    def losses(self, lessons: Sequence[Lesson], seen: Sequence[Features]) -> torch.Tensor:
        ids = self._padded([one.ids for one in lessons], self._pad())
        learned = self._padded([one.learned for one in lessons], 0).bool()
        mask = self._padded([[1] * len(one.ids) for one in lessons], 0)
        more: dict[str, Any] = {"attention_mask": mask, "use_cache": False}
        more["mm_encoder_outputs"] = {"image": gathered(seen)}
        positions = self._positions(lessons, ids)
        if positions is not None:
            more["position_ids"] = positions
        if self._family.token_types == "image":
            more["token_type_ids"] = self._padded([one.places for one in lessons], 0)
        elif self._family.token_types:
            # Prompts see all of themselves, answers what was before.
            more["token_type_ids"] = (learned | ~mask.bool()).long()
        before = learned[:, 1:]  # the token before each one that is to be said
        columns = before.any(0).nonzero()[:, 0]
        if "logits_to_keep" in self._takes:
            logits = self._model(input_ids=ids, logits_to_keep=columns, **more).logits
        else:
            logits = self._model(input_ids=ids, **more).logits[:, columns]
        chosen = logits[before[:, columns]]
        return F.cross_entropy(chosen.float(), ids[:, 1:][before], reduction="none")

    def _pad(self) -> int:
        tokenizer = self.chat.reader.tokenizer
        return int(tokenizer.pad_token_id if tokenizer.pad_token_id is not None else 0)

    def _padded(self, rows: Sequence[Sequence[int]], value: int) -> torch.Tensor:
        longest = max(map(len, rows))
        made = [[*map(int, row), *[value] * (longest - len(row))] for row in rows]
        return torch.tensor(made, device=self._model.device)

    def _positions(self, lessons: Sequence[Lesson], ids: torch.Tensor) -> torch.Tensor | None:
        """[3, lessons, tokens] for models that place pictures in three dimensions."""
        found = []
        for row, lesson in enumerate(lessons):
            own = ids[row : row + 1, : len(lesson.ids)]
            positions, _ = rope_positions(self._model, lesson.prompt, own)
            if positions is None:
                return None
            found.append(F.pad(positions, (0, ids.shape[1] - own.shape[1])))
        return torch.cat(found, dim=1)


class Captioning:
    """A `Way` over BLIP, BLIP-2, InstructBLIP, GIT and Kosmos-2."""

    def __init__(self, folder: Path, model_id: str, device: str, architecture: str) -> None:
        self.chat = TransformersCaptioner(folder, model_id=model_id, provider=device)
        self.auto: Any = getattr(transformers, architecture)
        self.lessons = CaptionLessons(self.chat)
        self._model: Any = None

    def take(self, loaded: Loaded) -> None:
        self.chat.take(loaded)
        self._model = loaded.model

    def see(self, picture: Prepared) -> Features:
        return Features(self.chat.manner.see(self._model, placed(picture.inputs, self._model)))

    def losses(self, lessons: Sequence[Lesson], seen: Sequence[Features]) -> torch.Tensor:
        found = []
        for lesson, features in zip(lessons, seen, strict=True):
            prompt = placed(lesson.prompt, self._model)
            begun = self.chat.manner.begin(self._model, features.pooled, prompt)
            said = torch.tensor([lesson.said], device=self._model.device)
            logits = self._run(begun, said)[0, -said.shape[1] :]
            found.append(F.cross_entropy(logits.float(), said[0], reduction="none"))
        return torch.cat(found)

    def _run(self, begun: Begun, said: torch.Tensor) -> torch.Tensor:
        """Logits of the prompt and of all that is said, given what comes before each token."""
        fed, first = said[:, :-1], dict(begun.first)
        if begun.tokens in first:
            prompt = first[begun.tokens]
            for name, value in first.items():
                if value.shape == prompt.shape:  # what goes with each token: the answer has none
                    first[name] = torch.cat([value, torch.zeros_like(fed, dtype=value.dtype)], 1)
            first[begun.tokens] = torch.cat([prompt, fed], dim=1)
        else:
            words = self._model.get_input_embeddings()(fed)
            embeds = first["inputs_embeds"]
            first["inputs_embeds"] = torch.cat([embeds, words.to(embeds.dtype)], dim=1)
        answer = begun.network(**first, **begun.every, use_cache=False, return_dict=True)
        logits: torch.Tensor = answer.logits
        return logits
