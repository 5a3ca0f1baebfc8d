"""Measuring a model that answers: what a second question costs, and what streaming costs.

Each figure is a ratio taken in one run, the two sides in turn, so that a drifting machine counts
on both.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vlm_desktop.backends.chat.standin import write_standin
from vlm_desktop.backends.chat.starter import StarterAssistant, one_thread
from vlm_desktop.backends.chat.starter_writing import write
from vlm_desktop.backends.chat.transformers_chat import TransformersChat
from vlm_desktop.backends.protocols import ChatModel
from vlm_desktop.backends.reports import AnswerFigures
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import (
    ChatImage,
    GenerationOptions,
    ImagePart,
    Message,
    Reply,
    Role,
    TextPart,
)

STANDIN = "smolvlm-256m-size"
_QUESTIONS = ("What is in this picture?", "How many of them are there, and where?")
_PICTURE_TOKENS = 320
_ROUNDS, _PAIRS, _TOKENS = 3, 7, 48


def measure_standin(
    provider: str, threads: int, cancel: CancelToken
) -> Generator[tuple[int, int], None, AnswerFigures]:
    """The stand-in, written for the purpose and deleted afterwards. Yields (done, in all)."""
    with tempfile.TemporaryDirectory(prefix="vlm-desktop-bench-") as temporary:
        folder = write_standin(Path(temporary) / STANDIN)
        cancel.raise_if_cancelled()
        model = TransformersChat(folder, model_id=STANDIN, provider=provider, threads=threads)
        try:
            return (yield from measure_answers(model, cancel))
        finally:
            model.unload()


def measure_answers(
    model: ChatModel, cancel: CancelToken
) -> Generator[tuple[int, int], None, AnswerFigures]:
    """Both ratios of a model. Yields (steps done, steps in all).

    Each round asks two questions about a picture that the model has not seen. Then the same
    tokens are streamed and generated bare, in turn, without a picture where the model can; a
    model without a bare way has zeros there.
    """
    steps = 1 + _ROUNDS + _PAIRS
    yield 0, steps
    model.load()
    last = _ask(model, _QUESTIONS[0], _picture(0), cancel, 2)  # once, so that all is in memory
    yield 1, steps
    firsts, seconds = [], []
    for number in range(1, _ROUNDS + 1):
        image = _picture(number)
        last = _ask(model, _QUESTIONS[0], image, cancel, 4)
        firsts.append(last.timing.to_first_token)
        seconds.append(_ask(model, _QUESTIONS[1], image, cancel, 4).timing.to_first_token)
        yield 1 + number, steps
    bare = next((make for kind, make in _BARE.items() if isinstance(model, kind)), None)
    streams: list[float] = []
    alone: list[float] = []
    count = 0
    for number in range(_PAIRS if bare else 0):
        streamed, seconds_streamed = _streamed(model, cancel)
        count = streamed.usage.reply
        seconds_bare = bare(model, count) if bare else 0.0
        if number:  # the first pair warms up
            streams.append(seconds_streamed)
            alone.append(seconds_bare)
        yield 2 + _ROUNDS + number, steps
    # The quickest runs are those that nothing else on the machine disturbed.
    stream, generate = min(streams, default=0.0), min(alone, default=0.0)
    spec = model.spec
    return AnswerFigures(
        model_id=spec.model_id,
        parameters=spec.parameters,
        device=spec.device,
        precision=spec.precision,
        vision=spec.vision,
        image_tokens=last.usage.image,
        first_seconds=statistics.median(firsts),
        second_seconds=statistics.median(seconds),
        second_over_first=statistics.median(b / a for a, b in zip(firsts, seconds, strict=True)),
        tokens=count,
        stream_seconds=stream,
        generate_seconds=generate,
        streaming_overhead=stream / generate - 1 if generate else 0.0,
    )


def _ask(model: ChatModel, words: str, image: ChatImage, cancel: CancelToken, tokens: int) -> Reply:
    message = Message(Role.USER, (ImagePart(0), TextPart(words)))
    options = GenerationOptions(max_new_tokens=tokens, max_image_tokens=_PICTURE_TOKENS)
    return _whole(model.stream([message], [image], options, cancel))


def _whole(stream: Any) -> Reply:
    while True:
        try:
            next(stream)
        except StopIteration as end:
            reply: Reply = end.value
            return reply


def _picture(number: int) -> ChatImage:
    """Noise of 12 megapixels, as a conversation hands a phone's photo on, another for each
    number."""
    source = np.random.default_rng(number)
    pixels = source.integers(0, 256, (3_000, 4_000, 3), dtype=np.uint8)
    return ChatImage(pixels, f"bench-{number}")


def _conversation(model: ChatModel) -> tuple[list[Message], list[ChatImage]]:
    """What is written about while streaming is measured: a picture where one is needed."""
    if isinstance(model, StarterAssistant):
        return [Message(Role.USER, (ImagePart(0),))], [_picture(0)]
    return [Message(Role.USER, (TextPart(_QUESTIONS[0]),))], []


def _streamed(model: ChatModel, cancel: CancelToken) -> tuple[Reply, float]:
    messages, images = _conversation(model)
    if isinstance(model, TransformersChat):
        model.forget()
    begun = time.perf_counter()
    stream = model.stream(messages, images, GenerationOptions(max_new_tokens=_TOKENS), cancel)
    return _whole(stream), time.perf_counter() - begun


@torch.inference_mode()
def _bare_transformers(model: Any, tokens: int) -> float:
    """Seconds of transformers' own `generate`."""
    messages, images = _conversation(model)
    begun = time.perf_counter()
    ids = model.prompt_ids(messages, images, GenerationOptions())
    network = model.network
    network.generate(
        torch.tensor([ids], device=network.device),
        attention_mask=torch.ones((1, len(ids)), dtype=torch.long, device=network.device),
        do_sample=False, max_new_tokens=tokens, min_new_tokens=tokens, pad_token_id=0,
    )  # fmt: skip
    return time.perf_counter() - begun


@torch.inference_mode()
def _bare_starter(model: StarterAssistant, tokens: int) -> float:
    """Seconds of the loop that it is trained and scored with; the picture is known to both."""
    messages, images = _conversation(model)
    begun = time.perf_counter()
    network, kept, prompt, end = model.bare(messages, images)
    ids = torch.tensor([prompt], device=kept.keys.device)
    with one_thread(kept.keys.device):
        memory = kept.repeated(1, network.config.positions)
        write(network, memory, ids, end=end, longest=tokens + 1)
    return time.perf_counter() - begun


_BARE: Mapping[type, Callable[[Any, int], float]] = {
    TransformersChat: _bare_transformers,
    StarterAssistant: _bare_starter,
}
