"""The starter assistant as a `ChatModel`: captions, and short answers about one picture.

Each question is answered on its own, from the picture of the conversation. Without words, or asked
to describe, it writes a caption. There is no transformers behind it: the image tower runs in ONNX
Runtime, the small decoder in PyTorch.
"""

from __future__ import annotations

import contextlib
import time
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from vlm_desktop.backends import runtime
from vlm_desktop.backends.adapters.wearing import Wardrobe
from vlm_desktop.backends.chat import beams, generating
from vlm_desktop.backends.chat.choosing import Chooser
from vlm_desktop.backends.chat.starter_attention import caption_looks
from vlm_desktop.backends.chat.starter_choice import (
    ChoosingDecoder,
    Seen,
    question_tokens,
    tells_sides,
    wants_short_answer,
)
from vlm_desktop.backends.chat.starter_decoder import Picture, ShortQuestion, StarterDecoder
from vlm_desktop.backends.chat.starter_folder import (
    CELLS,
    FAMILY,
    WHOLE,
    ShortAnswers,
    load_answers,
    load_network,
    load_tokenizer,
    read_table,
    torch_device,
)
from vlm_desktop.backends.chat.starter_prompt import (
    END,
    SPECIAL,
    Prompts,
    plain_question,
    wants_caption,
)
from vlm_desktop.backends.chat.starter_speech import Said, Spelling, cut, sentence, spoken
from vlm_desktop.backends.chat.starter_views import corners
from vlm_desktop.backends.encoders.onnx_dual import OnnxDualEncoder
from vlm_desktop.backends.encoders.preprocess import Preprocessor, fit
from vlm_desktop.backends.encoders.recipe import read_pair
from vlm_desktop.backends.encoders.tokens import encodable
from vlm_desktop.backends.encoders.torch_dual import memory_error
from vlm_desktop.backends.providers import TrialGraph, choose_provider
from vlm_desktop.backends.runtime import Session, SessionRequest
from vlm_desktop.base.chat import (
    AnswerTiming,
    ChatCapabilities,
    ChatImage,
    ChatSpec,
    GenerationOptions,
    LookedWord,
    Message,
    Reply,
    Role,
    SeenImage,
    Token,
    TokenUsage,
)
from vlm_desktop.base.errors import (
    ModelBroken,
    ModelOutOfMemory,
    NothingAsked,
    OptionUnsupported,
    PictureNeeded,
    PromptTooLong,
    TooManyPictures,
)
from vlm_desktop.base.types import Box, Size

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path

    from tokenizers import Tokenizer

    from vlm_desktop.backends.adapters.folder import Worn
    from vlm_desktop.backends.chat.generating import Decoder
    from vlm_desktop.backends.chat.starter_network import Memory, StarterNetwork
    from vlm_desktop.base.cancel import CancelToken

KEPT_PICTURES = 64
"""Pictures whose features, keys and values are kept, some 700 kB each."""
_LEAST_ANSWER = 8
"""Tokens that a question must leave free for its answer."""
_NETWORK_ERRORS: tuple[type[Exception], ...] = (*runtime.ERRORS, MemoryError, IndexError, TypeError)


class StarterAssistant:
    """A `ChatModel` over the starter's folder. Making one reads model.toml only."""

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
        self._folder = folder
        self._pair = read_pair(folder)
        self._id = model_id or self._pair.id
        self._table = read_table(folder, self._id)
        self._provider = provider
        self._threads = threads
        self._memory_limit = memory_limit
        self._preprocessor = Preprocessor(self._pair.image)
        self._tokens: Tokenizer | None = None
        self._running: _Running | None = None
        self._worn: tuple[Worn, ...] = ()
        self._device = torch_device(provider)
        self._encoder = self._new_encoder()

    @property
    def capabilities(self) -> ChatCapabilities:
        return ChatCapabilities(max_images=1, multi_turn=False, system_prompt=False, json=False)

    @property
    def spec(self) -> ChatSpec:
        config = self._table.config
        return ChatSpec(
            model_id=self._id,
            family=FAMILY,
            revision=self._table.revision,
            device=self._device.type,
            precision="fp32",
            vision="onnx",
            context_length=config.seen + config.positions,
            parameters=self._table.parameters,
            memory_bytes=4 * self._table.parameters,
        )

    def load(self) -> None:
        if self._running is None:
            with self._translated():
                tower = self._open_tower()
                network = load_network(self._folder, self._table, self._id).to(self._device)
                answers = load_answers(self._folder, self._table, self._tokenizer(), self._id)
                if answers is not None:
                    answers.classifier.to(self._device)
                running = _Running(network, tower, answers)
                running.wear(self._worn)
                self._running = running

    def wear(self, worn: Sequence[Worn]) -> None:
        """See `WearsAdapters`."""
        if self._running is not None:
            self._running.wear(worn)
        self._worn = tuple(worn)

    def unload(self) -> None:
        self._running = None
        self._encoder.close()
        self._encoder = self._new_encoder()

    # --- asking ------------------------------------------------------------------------

    def usage(
        self, messages: Sequence[Message], images: Sequence[ChatImage], options: GenerationOptions
    ) -> TokenUsage:
        prompt, _ = self._ask(messages, images, options)
        signs = sum(self._tokenizer().id_to_token(one) in SPECIAL for one in prompt)
        return TokenUsage(signs, len(prompt) - signs, self._table.config.seen)

    def look(self, image: ChatImage, options: GenerationOptions) -> SeenImage:
        """The whole picture, squashed to the tower's square."""
        height, width = image.pixels.shape[:2]
        tile = fit(image.pixels, self._pair.image)
        box = Box(0, 0, width, height)
        return SeenImage(Size(width, height), (tile,), (box,), self._table.config.seen)

    def stream(
        self,
        messages: Sequence[Message],
        images: Sequence[ChatImage],
        options: GenerationOptions,
        cancel: CancelToken,
    ) -> Generator[Token, None, Reply]:
        """See `ChatModel`. Of an earlier turn only its picture counts: no question reaches back."""
        self.load()
        cancel.raise_if_cancelled()
        begun = time.perf_counter()
        prompt, image = self._ask(messages, images, options)
        usage = self.usage(messages, images, options)
        running = self._loaded()
        sense = self._sense(messages, prompt)
        short = None if sense is None else self._short(messages[-1].text)
        prepared = time.perf_counter()
        with self._translated():
            picture = running.known(image.key)
            fresh = picture is None or (short is not None and picture.views is None)
            values = self._preprocessor.batch([image.pixels]) if fresh else None
            started = time.perf_counter()
            if picture is None:
                picture = running.look(values, image.key)
            if short is not None and picture.views is None:
                running.look_around(values, picture)
            looked = time.perf_counter()
            reused = usage.image if picture.memory is not None else 0
            own = StarterDecoder(running.network, running.answers, picture, prompt, sense)
            own.asked_shortly = short
            decoder = own if short is None else ChoosingDecoder(own)
            with one_thread(self._device):
                said = yield from self._write(decoder, prompt, options, cancel)
        waited = started - prepared
        return Reply(
            text=said.text,
            stop=said.stop,
            usage=TokenUsage(usage.system, usage.text, usage.image, said.count),
            timing=AnswerTiming(
                prepare=prepared - begun + waited,
                vision=looked - started if fresh else 0.0,
                prefill=said.prefill,
                generate=said.generate,
                reused=reused,
            ),
        )

    def _short(self, words: str) -> ShortQuestion | None:
        """A question that the table of short answers leads in answering, if it is one."""
        answers = self._loaded().answers
        if answers is None or not wants_short_answer(words):
            return None
        length = answers.classifier.config.tokens
        tokens = question_tokens(self._tokenizer(), encodable(words), length)
        return ShortQuestion(tokens, tells_sides(words))

    def _write(
        self,
        decoder: Decoder,
        prompt: tuple[int, ...],
        options: GenerationOptions,
        cancel: CancelToken,
    ) -> Generator[Token, None, Said]:
        tokenizer = Spelling(self._tokenizer())
        ends = frozenset({Prompts(self._tokenizer()).special(END)})
        room = self._table.config.positions - len(prompt)
        caption = len(prompt) == 1
        plain = replace(options, stop=())  # these are looked for in the text as it is shown
        if options.beams > 1:
            found = beams.search(
                decoder, tokenizer, plain, prompt=(), ends=ends, room=room, cancel=cancel
            )
            text = sentence(found.text.strip(), caption, found.stop)
            text, stop = cut(text, options.stop, found.stop)
            count = len(found.tokens)
            yield Token(text, count)
            return Said(text, count, stop, found.prefill, found.generate)
        chooser = Chooser(plain, tokenizer, ())
        pieces = generating.write(
            decoder, chooser, tokenizer, plain, ends=ends, room=room, cancel=cancel
        )
        return (yield from spoken(pieces, caption, options.stop))

    def _ask(
        self, messages: Sequence[Message], images: Sequence[ChatImage], options: GenerationOptions
    ) -> tuple[tuple[int, ...], ChatImage]:
        """The prompt and its picture. Raises `ChatRefused`."""
        last = messages[-1] if messages else None
        if last is None or last.role is not Role.USER or not (last.text.strip() or last.images):
            raise NothingAsked(model=self._id)
        shown = [index for message in messages for index in message.images]
        if not shown:
            raise PictureNeeded(model=self._id)
        if len(shown) > 1:
            raise TooManyPictures(model=self._id, given=len(shown), limit=1)
        self._check(options)
        prompts = Prompts(self._tokenizer())
        if wants_caption(last.text):
            return prompts.caption(), images[shown[0]]
        asked = prompts.question(encodable(last.text))
        limit = self._table.config.positions - _LEAST_ANSWER
        if len(asked) > limit:
            raise PromptTooLong(model=self._id, given=len(asked), limit=limit)
        return asked, images[shown[0]]

    def _sense(self, messages: Sequence[Message], prompt: tuple[int, ...]) -> torch.Tensor | None:
        """What the encoder's text tower makes of a question, its embedding and then its readings
        [1,512+R]; None for a caption."""
        if len(prompt) == 1 or not self._table.config.sense:
            return None
        vector = self._encoder.read_texts([plain_question(encodable(messages[-1].text))])
        return torch.from_numpy(vector).to(self._device)

    def _check(self, options: GenerationOptions) -> None:
        if options.json_schema:
            detail = "it is too small to fill in a form"
            raise OptionUnsupported(model=self._id, option="json_schema", detail=detail)
        if options.beams > 1 and options.temperature > 0:
            detail = "it does not go together with beams"
            raise OptionUnsupported(model=self._id, option="temperature", detail=detail)

    def caption_looks(self, image: ChatImage, cancel: CancelToken) -> tuple[LookedWord, ...]:
        """See `CaptionLooker`."""
        self.load()
        cancel.raise_if_cancelled()
        running = self._loaded()
        with self._translated():
            picture = running.known(image.key)
            if picture is None:
                picture = running.look(self._preprocessor.batch([image.pixels]), image.key)
            with torch.inference_mode(), one_thread(self._device):
                memory = picture.read_by(running.network)
                return caption_looks(running.network, memory, self._tokenizer())

    def bare(
        self, messages: Sequence[Message], images: Sequence[ChatImage]
    ) -> tuple[StarterNetwork, Memory, tuple[int, ...], int]:
        """What the loop works with, to measure it without what is around it: the network, what
        it keeps of a picture asked about before, the prompt, the token that ends an answer."""
        prompt, image = self._ask(messages, images, GenerationOptions())
        running = self._loaded()
        picture = running.known(image.key)
        if picture is None:
            raise ModelBroken(model=self._id, detail="the picture was not asked about before")
        end = Prompts(self._tokenizer()).special(END)
        return running.network, picture.read_by(running.network), prompt, end

    # --- parts -------------------------------------------------------------------------

    def _tokenizer(self) -> Tokenizer:
        if self._tokens is None:
            self._tokens = load_tokenizer(self._folder, self._table, self._id)
        return self._tokens

    def _loaded(self) -> _Running:
        if self._running is None:
            raise ModelBroken(model=self._id, detail="it was unloaded while it answered")
        return self._running

    def _new_encoder(self) -> OnnxDualEncoder:
        """For questions; its text tower is read when the first one comes."""
        return OnnxDualEncoder(self._folder, model_id=self._id, provider="cpu", threads=1)

    def _open_tower(self) -> Session:
        """On the CPU, where it takes milliseconds, unless another provider is asked for by name."""
        path = self._folder / self._pair.image_file
        provider = "cpu" if self._provider == "auto" else self._provider
        if provider != "cpu":
            height, width = self._pair.image.size
            trial = TrialGraph(path, {"pixel_values": np.zeros((1, 3, height, width), np.float32)})
            provider = choose_provider(trial, wanted=provider, threads=self._threads).provider
        threads = 1 if provider == "cpu" else self._threads  # it is over in milliseconds
        request = SessionRequest(path, provider, threads, self._memory_limit)
        session = runtime.open_session(request)
        missing = {CELLS, WHOLE} - {one.name for one in session.get_outputs()}
        if missing:
            detail = f"{path.name} has no output {', '.join(sorted(missing))}"
            raise ModelBroken(model=self._id, detail=detail)
        return session

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """Errors of the libraries in our words; a shortage of memory empties the caches first."""
        try:
            yield
        except _NETWORK_ERRORS as error:
            told = memory_error(error) if isinstance(error, RuntimeError) else error
            if runtime.is_shortage(told):
                if self._running is not None:
                    self._running.forget()
                detail = runtime.first_line(error)
                raise ModelOutOfMemory(model=self._id, detail=detail) from error
            raise ModelBroken(model=self._id, detail=runtime.first_line(error)) from error


class _Running:
    """The weights, and the pictures the network saw last."""

    def __init__(
        self, network: StarterNetwork, tower: Session, answers: ShortAnswers | None
    ) -> None:
        self.network, self.answers = network, answers
        self._wardrobe = Wardrobe(network)
        self._tower = tower
        self._pictures: OrderedDict[str, Picture] = OrderedDict()

    def look(self, values: Any, key: str) -> Picture:
        """Run the tower on pixel values [1,3,224,224]; kept under `key` unless that is empty."""
        picture = Picture(*self._run(values))
        if key:
            self._pictures[key] = picture
            while len(self._pictures) > KEPT_PICTURES:
                self._pictures.popitem(last=False)
        return picture

    def look_around(self, values: Any, picture: Picture) -> None:
        """Let the classifier see a picture, of these pixel values: into the mirror, and at the
        corners."""
        if self.answers is None:
            return
        classifier = self.answers.classifier
        near = [corners(values)] if classifier.config.corners else []
        cells, whole = self._run(np.concatenate([values[..., ::-1], *near]))
        with torch.inference_mode():
            views = torch.cat([picture.cells, cells[:1]])
            pooled = classifier.see(views, cells[1:] if near else None)
            picture.views = Seen(pooled, torch.cat([picture.whole, whole[:1]]))

    def _run(self, values: Any) -> tuple[torch.Tensor, torch.Tensor]:
        found = self._tower.run([CELLS, WHOLE], {"pixel_values": values})
        device = next(self.network.parameters()).device
        cells, whole = (torch.from_numpy(one).to(device) for one in found)
        return cells, whole

    def known(self, key: str) -> Picture | None:
        if not key or key not in self._pictures:
            return None
        self._pictures.move_to_end(key)
        return self._pictures[key]

    def forget(self) -> None:
        self._pictures.clear()

    def wear(self, worn: Sequence[Worn]) -> None:
        """What the tower saw stays; what the decoder made of it goes."""
        self._wardrobe.wear(worn)
        for one in self._pictures.values():
            one.memory = None


@contextlib.contextmanager
def one_thread(device: torch.device) -> Iterator[None]:
    """Networks this small gain nothing from more threads, and on a busy machine threads that wait
    for each other make a sentence a hundred times slower."""
    before = torch.get_num_threads()
    if device.type == "cpu":
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
