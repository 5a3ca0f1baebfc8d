"""Models that say something about one picture: BLIP, BLIP-2, InstructBLIP, GIT and Kosmos-2, and
the readers of pages Donut, Nougat and Pix2Struct.

They have no turns and no chat template. What sets them apart is in `manners` and `pagemanners`;
the loop that writes the answer, its options and its refusals are those of every other model.
"""

import contextlib
import time
from collections import OrderedDict
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
import transformers
from PIL import Image
from transformers import AutoConfig

from vlm_desktop.backends.adapters.folder import Worn
from vlm_desktop.backends.chat import beams, generating, loading
from vlm_desktop.backends.chat.boxes import Untagged, read_boxes
from vlm_desktop.backends.chat.choosing import Chooser
from vlm_desktop.backends.chat.families import FAMILIES
from vlm_desktop.backends.chat.manners import MANNERS, Begun, Manner, plain, read_words
from vlm_desktop.backends.chat.network import Dress
from vlm_desktop.backends.chat.oneshot import Asked, OneShotModel, placed, seen_part
from vlm_desktop.backends.chat.onnxvision import OnnxVision, check_export, export_vision
from vlm_desktop.backends.chat.pagemanners import PAGE_MANNERS, asks, patches_shown, task_of
from vlm_desktop.backends.chat.pictures import Prepared, reduced, tensors
from vlm_desktop.backends.chat.vision import Features
from vlm_desktop.backends.reports import ExportReport
from vlm_desktop.backends.shelf import ModelCard
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import (
    AnswerTiming,
    ChatCapabilities,
    ChatImage,
    GenerationOptions,
    Message,
    Reply,
    Token,
    TokenUsage,
)
from vlm_desktop.base.errors import ModelBroken, ModelUnsupported, PromptTooLong
from vlm_desktop.base.types import Size

_KEPT_FEATURES = 8


class StepDecoder:
    """A `generating.Decoder` over a network that keeps its own cache."""

    def __init__(self, begun: Begun, device: torch.device) -> None:
        self._begun = begun
        self._every = dict(begun.every)
        self._device = device
        self._cache: Any = None
        self._steps = 0

    def prefill(self) -> torch.Tensor:
        return self._run(self._begun.first)

    def step(self, tokens: Sequence[int]) -> torch.Tensor:
        ids = torch.tensor([[one] for one in tokens], device=self._device)
        inputs = {self._begun.tokens: ids}
        if self._begun.place:
            inputs["position_ids"] = torch.full_like(ids, self._begun.place + self._steps)
        self._steps += 1
        return self._run(inputs)

    @torch.inference_mode()
    def branch(self, parents: Sequence[int]) -> None:
        order = torch.tensor(list(parents), device=self._device)
        self._cache.reorder_cache(order)
        self._every = {name: one.index_select(0, order) for name, one in self._every.items()}

    @torch.inference_mode()
    def _run(self, inputs: Mapping[str, torch.Tensor]) -> torch.Tensor:
        answer = self._begun.network(
            **inputs, **self._every, past_key_values=self._cache, use_cache=True, return_dict=True
        )
        self._cache = answer.past_key_values
        logits: torch.Tensor = answer.logits[:, -1]
        return logits


def export_folder(
    card: ModelCard, folder: Path, target: Path | None, *, precision: str
) -> Generator[tuple[int, int], None, ExportReport]:
    """Export the image tower of the captioner in `folder`; see `onnxvision.export_vision`."""
    check_export(card.id, target, precision)
    return (yield from TransformersCaptioner(folder, model_id=card.id).export_vision())


class TransformersCaptioner(OneShotModel):
    """A `ChatModel` over one of `MANNERS` or `PAGE_MANNERS`."""

    architectures = {**MANNERS, **PAGE_MANNERS}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        manner: Manner = self.architectures[self._architecture]
        if self._architecture == "GitForCausalLM" and "vqa" in self._id.lower():
            # Its weights alone tell whether it was taught to answer; only the name says so.
            manner = Manner(manner.see, manner.read, manner.begin, "{words}")
        if manner.needs and not (self._folder.path / manner.needs).is_dir():
            raise ModelBroken(model=self._id, detail=f"the folder {manner.needs} is missing")
        if self._architecture == "VisionEncoderDecoderModel":
            manner = self._page_manner(manner)
        elif manner.draws_words and not self._reading().image_processor.is_vqa:
            manner = replace(manner, prompt="")
        self._manner = manner
        self._features: OrderedDict[str, torch.Tensor] = OrderedDict()
        self._graph: OnnxVision | None = None
        self._worn: tuple[Worn, ...] = ()
        self._dress: Dress | None = None

    def _page_manner(self, manner: Manner) -> Manner:
        """Donut that was taught to answer, Donut that was not, or Nougat: its tags tell.

        Other pairs of an encoder and a decoder come in too many ways to guess.
        """
        config = AutoConfig.from_pretrained(self._folder.path, local_files_only=True)
        if config.encoder.model_type != "donut-swin":
            raise ModelUnsupported(model=self._id, family=config.encoder.model_type)
        tokenizer = self._reading().tokenizer
        reads = manner.fields if task_of(tokenizer) else None
        return replace(manner, prompt=manner.prompt if asks(tokenizer) else "", fields=reads)

    @property
    def capabilities(self) -> ChatCapabilities:
        return ChatCapabilities(
            multi_turn=False,
            system_prompt=False,
            asks=bool(self._manner.prompt),
            json=False,
            boxes=bool(self._manner.boxes),
        )

    def usage(
        self, messages: Sequence[Message], images: Sequence[ChatImage], options: GenerationOptions
    ) -> TokenUsage:
        asked = self._asked(messages, images, options)
        with self._translated():
            return self._usage(self._read(asked), asked.words)

    def stream(
        self,
        messages: Sequence[Message],
        images: Sequence[ChatImage],
        options: GenerationOptions,
        cancel: CancelToken,
    ) -> Generator[Token, None, Reply]:
        self.load()
        cancel.raise_if_cancelled()
        asked = self._asked(messages, images, options)
        with self._translated():
            ids = self._read(asked)
            usage = self._usage(ids, asked.words)
        prompt = ids["input_ids"][0].tolist()
        room = self._room(len(prompt))
        prepared = time.perf_counter()
        with self._translated():
            seen = self._see(asked)
            looked = time.perf_counter()
            with torch.inference_mode():
                begun = self._manner.begin(self._model, seen, placed(ids, self._model))
            decoder = StepDecoder(begun, self._model.device)
            ready = time.perf_counter()
            text, written = yield from self._write(decoder, prompt, options, room, cancel)
        return Reply(
            text=text,
            stop=written.stop,
            usage=TokenUsage(usage.system, usage.text, usage.image, len(written.tokens)),
            timing=AnswerTiming(
                prepare=prepared - asked.begun,
                vision=looked - prepared,
                prefill=ready - looked + written.prefill,
                generate=written.generate,
            ),
            boxes=self._boxes(written.tokens, asked.size),
            fields=self._fields(written.tokens),
        )

    # --- wearing adapters, being taught ---------------------------------------------------

    def wear(self, worn: Sequence[Worn]) -> None:
        """See `WearsAdapters`."""
        if self._dress is not None:
            self._dress.put_on(worn)
            self._features.clear()
        self._worn = tuple(worn)

    def take(self, loaded: loading.Loaded) -> None:
        """As the base class; raises `BadInputFile` for adapters that do not fit it, and then stays
        unloaded."""
        dress = Dress(loaded.model)
        dress.put_on(self._worn)
        super().take(loaded)
        self._dress = dress

    @property
    def manner(self) -> Manner:
        """How the network is asked, or taught, in one call."""
        return self._manner

    @property
    def processor(self) -> Any:
        """What reads pictures and words; no weights are needed for it."""
        return self._reading()

    @property
    def ends(self) -> frozenset[int]:
        """Tokens that end an answer, once it is loaded."""
        return self._ends()

    @property
    def image_token(self) -> int | None:
        """What stands for a picture in a prompt, where something does; once it is loaded."""
        return getattr(self._model.config, "image_token_id", None)

    @property
    def picture_tokens(self) -> int:
        """How many features stand for a picture."""
        return self._picture_tokens({})

    def request(
        self, messages: Sequence[Message], images: Sequence[ChatImage], options: GenerationOptions
    ) -> tuple[Mapping[str, Any], dict[str, torch.Tensor]]:
        """The picture's tensors and the prompt's ids by name, on the CPU. Raises what `ChatRefused`
        covers, and `ModelBroken`."""
        asked = self._asked(messages, images, options)
        with self._translated():
            return asked.inputs, self._read(asked)

    # --- the image tower in ONNX Runtime ---------------------------------------------------

    def load(self) -> None:
        if self._model is not None:
            return
        super().load()
        place, device = self._folder, self._spec.device
        with contextlib.suppress(ValueError):
            graph = OnnxVision(
                place.path, place.revision, wanted=self._provider, threads=self._threads
            )
            if device == "cpu" or graph.provider != "cpu":
                self._graph = graph
                self._spec = replace(self._spec, vision="onnx")

    def export_vision(self) -> Generator[tuple[int, int], None, ExportReport]:
        """Write the image tower as a graph beside the weights."""
        self._reading()
        network, way = getattr(transformers, self._architecture), loading.Plan("cpu", "fp32")
        place = self._folder
        loaded = loading.load_fitting(place.path, self._id, [way], self._try, network)
        return (
            yield from export_vision(
                loaded.model, FAMILIES[place.model_type].onnx_vision, self._prepared, place.path,
                self._id, place.revision, self._look_at,
            )
        )  # fmt: skip

    def _prepared(self, pixels: PixelArray) -> Prepared:
        inputs = self._encoded(pixels)
        return Prepared(inputs, "", self._picture_tokens(inputs), "")

    def _look_at(self, model: Any, picture: Prepared) -> Features:
        with torch.inference_mode():
            return Features(self._manner.see(model, placed(picture.inputs, model)))

    def _run_tower(self, inputs: Mapping[str, Any]) -> torch.Tensor:
        picture = Prepared(inputs, "", 0, "")
        if self._graph is not None and not (self._dress and self._dress.seen_with):
            try:
                seen = self._graph.look_at(picture)
                if seen is not None:
                    return seen.pooled.to(self._model.device, self._model.dtype)
            except ValueError:
                self._graph = None
                self._spec = replace(self._spec, vision="torch")
        return self._look_at(self._model, picture).pooled

    # --- steps -------------------------------------------------------------------------

    def _read(self, asked: Asked) -> dict[str, torch.Tensor]:
        manner = self._manner
        words = plain(asked.words, self._reading().tokenizer)
        text = manner.prompt.format(words=words) if manner.prompt and words else manner.bare
        return manner.read(self._reading(), text)

    def _usage(self, ids: Mapping[str, torch.Tensor], words: str) -> TokenUsage:
        length, image = ids["input_ids"].shape[1], self._picture_tokens({})
        asked = words if self._manner.prompt else ""
        tokenizer = self._reading().tokenizer
        text = len(tokenizer(asked, add_special_tokens=False)["input_ids"]) if asked else 0
        within = image if self._manner.read is not read_words else 0
        return TokenUsage(max(0, length - within - text), min(text, length), image)

    def _room(self, length: int) -> int:
        limit = self._spec.context_length or 512
        if length >= limit:
            raise PromptTooLong(model=self._id, given=length, limit=limit)
        return limit - length

    def _see(self, asked: Asked) -> torch.Tensor:
        drawn = asked.words if self._manner.draws_words else ""
        key = f"{asked.key}\0{drawn}" if asked.key else ""
        if key in self._features:
            self._features.move_to_end(key)
            return self._features[key]
        seen = self._run_tower(asked.inputs)
        if key:
            self._features[key] = seen
            while len(self._features) > _KEPT_FEATURES:
                self._features.popitem(last=False)
        return seen

    def _write(
        self,
        decoder: StepDecoder,
        prompt: Sequence[int],
        options: GenerationOptions,
        room: int,
        cancel: CancelToken,
    ) -> Generator[Token, None, tuple[str, generating.Written]]:
        """The answer from its first letter on: continuations begin with a space."""
        tokenizer, ends = Untagged(self._reading().tokenizer), self._ends()
        if options.beams > 1:
            found = beams.search(
                decoder, tokenizer, options, prompt=prompt, ends=ends, room=room, cancel=cancel
            )
            yield Token(found.text.lstrip(), len(found.tokens))
            return found.text.lstrip(), found
        chooser = Chooser(options, tokenizer, prompt)
        pieces = generating.write(
            decoder, chooser, tokenizer, options, ends=ends, room=room, cancel=cancel
        )
        return (yield from _from_first_letter(pieces))

    def _boxes(self, tokens: Sequence[int], size: Size) -> tuple[Any, ...]:
        if not self._manner.boxes:
            return ()
        processor = self._reading()
        answer = processor.tokenizer.decode(list(tokens), skip_special_tokens=False)
        part = seen_part(processor.image_processor, size)
        found = read_boxes(self._manner.boxes, answer, part, size)
        return tuple((what, 0, box) for what, box in found)

    def _fields(self, tokens: Sequence[int]) -> tuple[tuple[str, str], ...]:
        read = self._manner.fields
        return read(self._reading().tokenizer, tokens) if read else ()

    # --- parts -------------------------------------------------------------------------

    def _encoded(self, pixels: PixelArray) -> dict[str, Any]:
        return super()._encoded(pixels) if self._manner.encode is None else self._drawn(pixels, "")

    def _drawn(self, pixels: PixelArray, words: str) -> dict[str, Any]:
        if self._manner.encode is None:
            return self._encoded(pixels)
        picture = Image.fromarray(reduced(pixels))
        return tensors(self._manner.encode(self._reading().image_processor, picture, words))

    def _shown(self, inputs: Mapping[str, Any], reader: Any) -> PixelArray:
        if "flattened_patches" in inputs:
            return patches_shown(inputs["flattened_patches"][0], reader)
        return super()._shown(inputs, reader)

    def _ends(self) -> frozenset[int]:
        """Tokens that end an answer. BLIP's decoder ends as BERT's sentences do."""
        text = getattr(self._model.config, "text_config", self._model.config)
        if text.model_type == "blip_text_model":
            return frozenset({text.sep_token_id})
        every: list[Any] = []
        for one in (text, getattr(self._model, "generation_config", None)):
            ends = getattr(one, "eos_token_id", None)
            every += ends if isinstance(ends, list) else [ends]
        return frozenset(one for one in every if isinstance(one, int))

    def _picture_tokens(self, inputs: Mapping[str, Any]) -> int:
        del inputs
        config = AutoConfig.from_pretrained(self._folder.path, local_files_only=True)
        if self._manner.places is not None:
            return self._manner.places(config, self._reading().image_processor)
        for name in ("num_query_tokens", "latent_query_num"):
            if hasattr(config, name):
                return int(getattr(config, name))
        vision = config.vision_config
        return int(1 + (vision.image_size // vision.patch_size) ** 2)

    def _try(self, model: Any) -> None:
        with torch.inference_mode():
            ids = self._manner.read(self._reading(), self._manner.bare or "a photo")
            seen = self._manner.see(model, placed(self._grey(), model))
            begun = self._manner.begin(model, seen, placed(ids, model))
        if not torch.isfinite(StepDecoder(begun, model.device).prefill()).all():
            raise ValueError("its numbers overflow in this precision")

    def _forget(self) -> None:
        self._features.clear()

    def unload(self) -> None:
        self._graph = self._dress = None
        super().unload()


def _from_first_letter(
    pieces: Generator[Token, None, generating.Written],
) -> Generator[Token, None, tuple[str, generating.Written]]:
    """Pieces without the blanks before the first letter; the text they make, and all else."""
    said: list[str] = []
    count, logprob = 0, 0.0
    while True:
        try:
            piece = next(pieces)
        except StopIteration as end:
            written: generating.Written = end.value
            return "".join(said), written
        count, logprob = count + piece.count, logprob + (piece.logprob or 0.0)
        text = piece.text if said else piece.text.lstrip()
        if text:
            said.append(text)
            yield Token(text, count, logprob)
            count, logprob = 0, 0.0
