"""Models of the shelf that answer learn, by transformers and peft.

The network that learns is put into the very backend that answers with it in Chat: questions are
read, pictures prepared and held-out answers written by that code, so that what is learned is what
is used. What sets families apart is in their rows and manners, none of it is here.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import torch

from vlm_desktop.backends.adapters.opening import base_revision
from vlm_desktop.backends.chat import budgets, loading
from vlm_desktop.backends.chat.parts import PARTS, PROJECTOR, STARTS, VISION, part_of
from vlm_desktop.base.chat import GenerationOptions
from vlm_desktop.base.errors import ModelOutOfMemory, PromptTooLong
from vlm_desktop.base.events import Phase, Progress
from vlm_desktop.base.trainerrors import RecipeWrong
from vlm_desktop.training.learners.bases import base_of, model_folder
from vlm_desktop.training.learners.chatasking import answers_of, longest_answer
from vlm_desktop.training.learners.chatpictures import ChatPictures, Looking
from vlm_desktop.training.learners.chatshapes import towers_of, xray_of
from vlm_desktop.training.learners.chattargets import chosen_of, is_full, offered
from vlm_desktop.training.learners.chatways import way_of
from vlm_desktop.training.learners.general import read_general
from vlm_desktop.training.learners.lowrank import Trained, truncated
from vlm_desktop.training.learners.protocol import (
    BaseModel,
    Batch,
    Component,
    Group,
    ItemScore,
    LossPart,
    Rung,
    Shrunk,
    Tower,
    Xray,
)
from vlm_desktop.training.learners.scoring import metric_for, scores
from vlm_desktop.training.learners.seeds import hash_of

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from vlm_desktop.base.cancel import CancelToken
    from vlm_desktop.base.training import Example
    from vlm_desktop.training.learners.chatlessons import Lesson
    from vlm_desktop.training.learners.protocol import Place
    from vlm_desktop.training.spec import Recipe


class ChatLearner:
    """A `Learner` over a folder in the hub's layout."""

    def __init__(self, recipe: Recipe, place: Place) -> None:
        self._recipe, self._place, self._method = recipe, place, recipe.method
        self._id = recipe.model.id
        self._folder = model_folder(place.home, self._id)
        self._device = torch.device(place.device)
        self._way = way_of(self._folder, self._id, self._device.type)
        self._pictures = ChatPictures()
        self._examples: dict[str, Example] = {}
        self._metric = recipe.run.metric
        self._general = read_general(place.run, keep=False).scored
        self._longest = 0
        self._quantised = recipe.method.quantised
        self._checkpoints = recipe.run.checkpointing
        self._budget = recipe.method.image_tokens
        self._trained: Trained | None = None
        self.targets: tuple[str, ...] = ()
        """See `NamesTargets`; after `open`."""
        self._refuse()

    def _refuse(self) -> None:
        """Refuse what cannot be had together, or not here. Raises RecipeWrong."""
        if self._recipe.guard.keep > 0:
            detail = f"means nothing for the kind {self._recipe.model.kind}; leave it 0"
            raise RecipeWrong(key="[guard] keep", detail=detail)
        if self._quantised and not self._can_quantise():
            detail = "needs a GPU and the package bitsandbytes; leave it out here"
            raise RecipeWrong(key="[method] quantised", detail=detail)
        if self._quantised and is_full(self._method):
            detail = "holds weights in 4 bits, which cannot be trained whole; leave [method] full"
            raise RecipeWrong(key="[method] quantised", detail=detail)

    def _can_quantise(self) -> bool:
        """On a processor bitsandbytes packs weights for answering, which cannot be taught then."""
        return loading.has_quantisation() and self._device.type == "cuda"

    # --- what it is --------------------------------------------------------------------

    @property
    def module(self) -> torch.nn.Module:
        return self._learned().network

    @property
    def metric(self) -> str:
        return self._metric or metric_for("", tuple(self._examples.values()))

    def base(self) -> BaseModel:
        revision = base_revision(self._folder, self._recipe.model.kind)
        return base_of(self._folder, self._id, revision, self._way.chat.spec.family)

    def open(self) -> None:
        network = self._load()
        self.targets = offered(network, self._method)
        chosen = chosen_of(network, self._method, self._id)
        if self._budget and not self._choices:
            detail = f"cannot be set: {self._id} has one number of tokens for all pictures"
            raise RecipeWrong(key="[method] image_tokens", detail=detail)
        self._trained = Trained(
            network, chosen, self._method, model=self._id, full=is_full(self._method)
        )
        for _, one in self._trained.parameters():  # small steps would vanish in 16 bits
            one.data = one.data.float()
        learning = set(chosen.modules)
        frozen = not {VISION, PROJECTOR} & learning
        self._still = [
            one
            for name, one in network.named_modules()
            if name and part_of(name) in {VISION, PROJECTOR} - learning
        ]
        maker = f"{self._id}|{self.base().revision}|{network.dtype}|{self._quantised}"
        self._looking = Looking(self._way, self._device, self._place.cache, maker, frozen=frozen)
        if self._checkpoints and not self._save_memory():
            detail = f"is not to be had with {self._id}"
            raise RecipeWrong(key="[run] checkpointing", detail=detail)

    def _load(self) -> Any:
        """The base, in the precision that the recipe needs. Raises ModelBroken,
        ModelOutOfMemory."""
        whole = self._recipe.run.precision == "fp32" or is_full(self._method)
        precision = "fp32" if whole else self._recipe.run.precision
        plan = loading.Plan(self._device.type, loading.NF4 if self._quantised else precision)
        try:
            network = loading.read_weights(self._folder, self._id, plan, self._way.auto)
        except (MemoryError, RuntimeError) as error:
            raise ModelOutOfMemory(model=self._id, detail=loading.first_line(error)) from error
        size = loading.weight_bytes(network)
        self._way.take(loading.Loaded(network, plan, size))
        return network

    def _save_memory(self) -> bool:
        """Have activations computed again on the way back; whether the network can."""
        network = self._learned().network
        if not getattr(network, "supports_gradient_checkpointing", False):
            return False
        network.activation_checkpointing_enable({"use_reentrant": False})
        return True

    def _learned(self) -> Trained:
        if self._trained is None:
            raise RuntimeError("the learner was not opened")
        return self._trained

    def components(self) -> tuple[Component, ...]:
        found = {one.name: one for one in self._learned().components(STARTS)}
        return tuple(found[name] for name in PARTS if found[name].parameters)

    def groups(self) -> tuple[Group, ...]:
        return self._learned().groups()

    # --- examples ----------------------------------------------------------------------

    @property
    def _choices(self) -> tuple[budgets.Setting, ...]:
        reader = getattr(self._way.chat, "reader", None)
        return reader.choices if reader is not None else ()

    @property
    def _options(self) -> GenerationOptions:
        """How pictures are shown, and how long an answer may become."""
        return GenerationOptions(
            max_new_tokens=self._longest or 1, max_image_tokens=self._budget or None
        )

    def prepare(
        self, examples: Sequence[Example], cancel: CancelToken
    ) -> Generator[Progress, None, None]:
        self._examples = {one.key: one for one in examples}
        self._metric = metric_for(self._recipe.run.metric, examples)
        self._learned().network.eval()
        wanted = [*examples, *self._general]
        said = 0
        for done, one in enumerate(wanted):
            cancel.raise_if_cancelled()
            for turn in range(len(one.turns)):
                lesson = self._lesson(one, turn)
                said = max(said, len(lesson.said))
                self._refuse_long(lesson)
            self._looking.places(lesson.picture)
            yield Progress(Phase.ENCODE, done + 1, len(wanted))
        self._longest = longest_answer(said)

    def _refuse_long(self, lesson: Lesson) -> None:
        """Nothing is cut off: image tokens would go first. Raises PromptTooLong."""
        if self.most_tokens and len(lesson.ids) > self.most_tokens:
            given = len(lesson.ids)
            raise PromptTooLong(model=self._id, given=given, limit=self.most_tokens)

    def _lesson(self, example: Example, turn: int, *, blank: bool = False) -> Lesson:
        image = self._pictures.get(example.image, blank=blank)
        return self._way.lessons.lesson(example, turn, image, self._options)

    @property
    def most_tokens(self) -> int:
        """Of the model's context; 0 where its configuration does not say."""
        return self._way.chat.spec.context_length

    def tokens_of(self, example: Example) -> int:
        """Of its longest turn."""
        return max(len(self._lesson(example, turn).ids) for turn in range(len(example.turns)))

    def batch(self, keys: Sequence[str], draw: int) -> Batch:
        lessons = []
        for key in keys:
            example = self._examples[key]
            lessons.append(self._lesson(example, hash_of(draw, key) % len(example.turns)))
        places = sum(sum(one.places) for one in lessons)
        features = sum(self._features(one) for one in lessons)
        supervised = sum(sum(one.learned) for one in lessons)
        return Batch(tuple(keys), {"lessons": lessons}, supervised, places, features)

    def _features(self, lesson: Lesson) -> int:
        """How many features stand for its picture."""
        told = lesson.features
        return self._looking.places(lesson.picture) if told is None else told

    # --- learning ----------------------------------------------------------------------

    def loss(self, batch: Batch) -> LossPart:
        self._train_mode()
        losses = self._losses(batch.data["lessons"])
        return LossPart(losses.sum() / batch.supervised, len(losses))

    def _losses(self, lessons: Sequence[Lesson]) -> torch.Tensor:
        seen = [self._looking.features(one.picture) for one in lessons]
        return self._way.losses(lessons, seen)

    def _train_mode(self) -> None:
        """Parts of which nothing learns do what they do in use, without dropout."""
        self._learned().network.train()
        for one in self._still:
            one.training = False

    def evaluate(
        self, examples: Sequence[Example], cancel: CancelToken, *, blank: bool = False
    ) -> tuple[ItemScore, ...]:
        return self._evaluated(examples, cancel, self.metric, blank=blank)

    def general(self, cancel: CancelToken) -> tuple[ItemScore, ...]:
        if not self._general:
            return ()
        metric = metric_for("", self._general)
        return self._evaluated(self._general, cancel, metric, blank=False)

    @torch.no_grad()
    def _evaluated(
        self, examples: Sequence[Example], cancel: CancelToken, metric: str, *, blank: bool
    ) -> tuple[ItemScore, ...]:
        self._learned().network.eval()

        def image_of(example: Example) -> Any:
            return self._pictures.get(example.image, blank=blank)

        said = answers_of(self._way, examples, image_of, self._options, cancel)
        found = []
        for one, answer, score in zip(examples, said, scores(metric, examples, said), strict=True):
            cancel.raise_if_cancelled()
            loss = float(self._losses([self._lesson(one, -1, blank=blank)]).mean())
            found.append(ItemScore(one.key, answer, score, loss))
        return tuple(found)

    # --- looking -----------------------------------------------------------------------

    def xray(self, batch: Batch) -> tuple[Xray, ...]:
        found = []
        for key, lesson in zip(batch.keys, batch.data["lessons"], strict=True):
            image = self._pictures.get(self._examples[key].image)
            found.append(
                xray_of(self._way.chat, key, lesson, image, self._options, self._features(lesson))
            )
        return tuple(found)

    def shapes(self, batch: Batch) -> tuple[Tower, ...]:
        return towers_of(
            self.module, batch.data["lessons"], looks=not self._looking.is_frozen,
            keeps_vision=VISION in {part_of(name) for name in self._learned().names},
        )  # fmt: skip

    # --- keeping -----------------------------------------------------------------------

    def save(self, folder: Path) -> None:
        self._learned().save(folder)

    def load(self, folder: Path) -> None:
        self._learned().load(folder)

    def shrink(self, rung: Rung) -> Shrunk | None:
        made = {
            Rung.CHECKPOINTING: self._shrink_activations,
            Rung.IMAGE_BUDGET: self._shrink_pictures,
            Rung.QUANTISED: self._shrink_base,
            Rung.RANK: self._shrink_rank,
        }.get(rung)
        return made() if made is not None else None

    def _shrink_activations(self) -> Shrunk | None:
        if self._checkpoints or not self._save_memory():
            return None
        self._checkpoints = True
        return Shrunk("no", "yes")

    def _shrink_pictures(self) -> Shrunk | None:
        now = max((one.tokens for one in self._choices), default=0)
        now = min(self._budget or now, now)
        smaller = [one.tokens for one in self._choices if one.tokens < now]
        if not smaller:
            return None
        self._budget = smaller[-1]
        return Shrunk(f"{now} tokens", f"{self._budget} tokens")

    def _shrink_base(self) -> Shrunk | None:
        """Read the base again in 4 bits; what was learned stays."""
        if self._quantised or is_full(self._method) or not self._can_quantise():
            return None
        self._quantised = True
        self._open_again(self._learned().state())
        return Shrunk("no", "yes")

    def _shrink_rank(self) -> Shrunk | None:
        """Half the rank, with what was learned as nearly as that holds it."""
        before, rank = self._method.rank, self._method.rank // 2
        if is_full(self._method) or self._method.dora or not rank:
            return None
        grown = math.sqrt(before / rank) if self._method.rslora else before / rank
        self._method = replace(self._method, rank=rank)
        self._open_again(truncated(self._learned().state(), rank, 1 / grown))
        return Shrunk(str(before), str(rank))

    def _open_again(self, state: dict[str, torch.Tensor]) -> None:
        """Read the base anew, and go on with these adapters."""
        self.close()
        self.open()
        self._learned().take(state)

    def close(self) -> None:
        if self._trained is not None:
            self._trained = None
            self._way.chat.unload()


def build(recipe: Recipe, place: Place) -> ChatLearner:
    """A `LearnerFactory`."""
    return ChatLearner(recipe, place)
