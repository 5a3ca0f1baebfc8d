"""Any image-text-to-text model of transformers, from a local folder, as a `ChatModel`.

What sets families apart is data (`families`); what a request needs is in the modules beside this
one. Nothing is fetched and no code of the folder is run.
"""

import contextlib
import time
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from vlm_desktop.backends.adapters.folder import Worn
from vlm_desktop.backends.chat import beams, generating, loading
from vlm_desktop.backends.chat.boxes import Untagged
from vlm_desktop.backends.chat.choosing import Chooser
from vlm_desktop.backends.chat.decoding import CausalDecoder
from vlm_desktop.backends.chat.families import FAMILIES, GENERIC, ChatFamily
from vlm_desktop.backends.chat.folder import ChatFolder
from vlm_desktop.backends.chat.network import ChatNetwork, end_tokens
from vlm_desktop.backends.chat.onnxvision import check_export, export_vision
from vlm_desktop.backends.chat.prompting import Prompt
from vlm_desktop.backends.chat.reading import RequestReader
from vlm_desktop.backends.chat.vision import Features
from vlm_desktop.backends.encoders.torch_dual import memory_error
from vlm_desktop.backends.reports import ExportReport
from vlm_desktop.backends.shelf import ModelCard
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import (
    AnswerTiming,
    ChatCapabilities,
    ChatImage,
    ChatSpec,
    GenerationOptions,
    Message,
    Reply,
    SeenImage,
    Token,
    TokenUsage,
)
from vlm_desktop.base.errors import (
    ExportImpossible,
    ModelBroken,
    ModelOutOfMemory,
    ModelUnsupported,
    PromptTooLong,
)

_NETWORK_ERRORS = (RuntimeError, ValueError, IndexError, TypeError, KeyError, AttributeError)


def export_folder(
    card: ModelCard, folder: Path, target: Path | None, *, precision: str
) -> Generator[tuple[int, int], None, ExportReport]:
    """Export the image tower of the model in `folder`. Yields (steps done, steps in all).

    It always lies beside the weights, in float32, since it is read with them. Raises
    `ExportImpossible`, `ExportRefused`, `ModelBroken`, `DestinationNotWritable`.
    """
    if card.chat_family != GENERIC:
        detail = "its image tower runs in PyTorch only, or is a graph already"
        raise ExportImpossible(model=card.id, detail=detail)
    check_export(card.id, target, precision)
    return (yield from TransformersChat(folder, model_id=card.id).export_vision())


class TransformersChat:
    """A `ChatModel` over AutoModelForImageTextToText and AutoProcessor."""

    def __init__(
        self,
        folder: Path,
        *,
        model_id: str = "",
        provider: str = "auto",
        threads: int = 0,
        memory_limit: int = 0,
        cache_folder: Path | None = None,
    ) -> None:
        self._folder = ChatFolder.read(folder, model_id or folder.name)
        self._id = self._folder.model_id
        family = FAMILIES.get(self._folder.model_type)
        if family is None:
            raise ModelUnsupported(model=self._id, family=self._folder.model_type)
        self._family: ChatFamily = family
        self._provider = provider
        self._threads = threads
        self._memory_limit = memory_limit
        self._cache_folder = cache_folder
        self._spec = self._folder.spec()
        self._tools: RequestReader | None = None
        self._network: ChatNetwork | None = None
        self._ends: frozenset[int] = frozenset()
        self._worn: tuple[Worn, ...] = ()

    @property
    def spec(self) -> ChatSpec:
        return self._spec

    @property
    def capabilities(self) -> ChatCapabilities:
        """Reads the processor's settings at first. Raises `ModelBroken` when they do not read."""
        family = self._family
        return ChatCapabilities(
            max_images=family.max_images,
            multi_turn=family.multi_turn,
            system_prompt=family.system_prompt,
            boxes=bool(family.boxes),
            points=family.points,
            image_budget=tuple(one.tokens for one in self._reading().choices),
        )

    # --- loading -----------------------------------------------------------------------

    def load(self) -> None:
        if self._network is not None:
            return
        loading.set_threads(self._threads)
        ways = loading.plans(self._provider, self._spec.parameters, self._memory_limit)
        loading.cap_memory(ways[0].device, self._memory_limit)
        self.take(loading.load_fitting(self._folder.path, self._id, ways, self._try))

    def take(self, loaded: loading.Loaded, *, graph: bool = True) -> None:
        """Answer with a network that was loaded already, without `graph` by PyTorch alone. Raises
        `BadInputFile` for adapters that do not fit it, and then stays unloaded."""
        tools, revision = self._reading(), self._folder.revision
        network = ChatNetwork(
            self._id, self._family, loaded, tools.image_token, self._cache_folder, revision
        )
        if self._family.onnx_vision and graph:
            network.use_graph(
                self._folder.path, revision, wanted=self._provider, threads=self._threads
            )
        network.wear(self._worn)
        self._network = network
        self._ends = end_tokens(loaded.model, tools.tokenizer, self._family)
        self._spec = self._folder.spec(
            device=loaded.plan.device,
            precision=loaded.plan.precision,
            memory_bytes=loaded.memory_bytes,
            vision=network.vision,
        )

    def wear(self, worn: Sequence[Worn]) -> None:
        """See `WearsAdapters`."""
        if self._network is not None:
            with self._translated():
                self._network.wear(worn)
        self._worn = tuple(worn)

    @property
    def passed_over(self) -> tuple[str, ...]:
        """Better ways to run it that were not taken, each with its reason; once it is loaded."""
        return tuple(self._network.reasons) if self._network is not None else ()

    def unload(self) -> None:
        self._network = None
        if self._tools is not None:
            self._tools.preparer.forget()
        loading.release(self._spec.device)

    @torch.inference_mode()
    def _try(self, model: Any) -> None:
        """One forward of a few tokens. Raises ValueError when it gives no numbers."""
        ids = torch.tensor([self._reading().tokenizer("a photo")["input_ids"]], device=model.device)
        logits = model(input_ids=ids).logits
        if not torch.isfinite(logits).all():
            raise ValueError("its numbers overflow in this precision")

    def export_vision(self) -> Generator[tuple[int, int], None, ExportReport]:
        """Write the image tower as a graph beside the weights; see `onnxvision.export_vision`."""
        tools = self._reading()
        way = loading.Plan("cpu", "fp32")
        loaded = loading.load_fitting(self._folder.path, self._id, [way], self._try)
        form, folder, revision = self._family.onnx_vision, self._folder.path, self._folder.revision
        return (
            yield from export_vision(
                loaded.model,
                form,
                lambda pixels: tools.preparer.run(pixels, {}),
                folder,
                self._id,
                revision,
            )  # fmt: skip
        )

    @property
    def network(self) -> Any:
        """The model of transformers, for measuring; loaded when it is not."""
        self.load()
        return self._running().model

    @property
    def reader(self) -> RequestReader:
        """What reads requests; no weights are needed for it."""
        return self._reading()

    @property
    def processor(self) -> Any:
        """What reads pictures and words."""
        return self._reading().processor

    @property
    def ends(self) -> frozenset[int]:
        """Tokens that end an answer, once it is loaded."""
        return self._ends

    def forget(self) -> None:
        """Drop what was kept of earlier requests."""
        self._drop_caches()
        self._reading().preparer.forget()

    def prompt_ids(
        self, messages: Sequence[Message], images: Sequence[ChatImage], options: GenerationOptions
    ) -> tuple[int, ...]:
        """The tokens of a request."""
        return self._read(messages, images, options).ids

    # --- asking ------------------------------------------------------------------------

    def usage(
        self, messages: Sequence[Message], images: Sequence[ChatImage], options: GenerationOptions
    ) -> TokenUsage:
        return self._read(messages, images, options).usage

    def look(self, image: ChatImage, options: GenerationOptions) -> SeenImage:
        with self._translated():
            return self._reading().look(image, options)

    def stream(
        self,
        messages: Sequence[Message],
        images: Sequence[ChatImage],
        options: GenerationOptions,
        cancel: CancelToken,
    ) -> Generator[Token, None, Reply]:
        self.load()
        cancel.raise_if_cancelled()
        begun = time.perf_counter()
        prompt = self._read(messages, images, options)
        room = self._room(prompt)
        with self._translated():
            network = self._running()
            cache, reused = network.prefix.take(prompt)
            prepared = time.perf_counter()
            features, looked = self._look_at(network, prompt, reused, cancel)
            decoder = CausalDecoder(
                network.model, self._family, prompt, features, cache, reused, network.prefix
            )
            try:
                written = yield from self._write(decoder, prompt, options, room, cancel)
            finally:
                if decoder.sound:
                    network.prefix.keep(prompt, decoder.read, cache)
        return Reply(
            text=written.text,
            stop=written.stop,
            usage=TokenUsage(
                prompt.usage.system, prompt.usage.text, prompt.usage.image, len(written.tokens)
            ),
            timing=AnswerTiming(
                prepare=prepared - begun,
                vision=looked,
                prefill=written.prefill,
                generate=written.generate,
                reused=reused,
            ),
            boxes=self._reading().boxes(messages, images, prompt, written.tokens),
        )

    def _look_at(
        self, network: ChatNetwork, prompt: Prompt, reused: int, cancel: CancelToken
    ) -> tuple[list[Features | None], float]:
        """Features of the pictures that are not in the cache yet, and the seconds they took."""
        begun, ran = time.perf_counter(), False
        features: list[Features | None] = []
        for span in prompt.spans:
            if span.start < reused:
                features.append(None)
                continue
            cancel.raise_if_cancelled()
            seen, looked = network.features(span.picture, network.seen_with)
            features.append(seen)
            ran = ran or looked
        return features, time.perf_counter() - begun if ran else 0.0

    def _write(
        self,
        decoder: CausalDecoder,
        prompt: Prompt,
        options: GenerationOptions,
        room: int,
        cancel: CancelToken,
    ) -> Generator[Token, None, generating.Written]:
        tools, ends = self._reading(), self._ends
        spelling = Untagged(tools.tokenizer) if self._family.boxes else tools.tokenizer
        if options.beams > 1:
            written = beams.search(
                decoder, spelling, options, prompt=prompt.ids, ends=ends, room=room,
                cancel=cancel,
            )  # fmt: skip
            yield Token(written.text, len(written.tokens))
            return written
        grammar = tools.grammar(options, ends) if options.json_schema else None
        chooser = Chooser(options, spelling, prompt.ids, grammar)
        return (
            yield from generating.write(
                decoder, chooser, spelling, options, ends=ends, room=room, cancel=cancel
            )
        )

    def _read(
        self, messages: Sequence[Message], images: Sequence[ChatImage], options: GenerationOptions
    ) -> Prompt:
        """The request in tokens. Raises what `ChatRefused` covers, and `ModelBroken`."""
        with self._translated():
            return self._reading().read(messages, images, options)

    def _room(self, prompt: Prompt) -> int:
        """How many tokens an answer may have. Raises `PromptTooLong`."""
        limit = self._spec.context_length
        if limit and len(prompt.ids) >= limit:
            raise PromptTooLong(model=self._id, given=len(prompt.ids), limit=limit)
        return limit - len(prompt.ids) if limit else 1_000_000

    # --- parts -------------------------------------------------------------------------

    def _reading(self) -> RequestReader:
        if self._tools is None:
            processor = loading.load_processor(self._folder.path, self._id)
            self._tools = RequestReader(self._id, processor, self._family, self._folder)
        return self._tools

    def _running(self) -> ChatNetwork:
        if self._network is None:
            raise ModelBroken(model=self._id, detail="it was unloaded while it answered")
        return self._network

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """Errors of the libraries in our words; a shortage of memory empties the caches first."""
        try:
            yield
        except MemoryError as error:
            self._drop_caches()
            raise ModelOutOfMemory(model=self._id, detail=loading.first_line(error)) from error
        except _NETWORK_ERRORS as error:
            told = memory_error(error) if isinstance(error, RuntimeError) else error
            if isinstance(told, MemoryError):
                self._drop_caches()
                raise ModelOutOfMemory(model=self._id, detail=loading.first_line(told)) from error
            raise ModelBroken(model=self._id, detail=loading.first_line(error)) from error

    def _drop_caches(self) -> None:
        if self._network is not None:
            self._network.forget()
        loading.release(self._spec.device)
