"""LayoutLMv3 (Huang et al. 2022) over words that were read before: it answers with some of them.

A checkpoint either answers questions (`LayoutLMv3ForQuestionAnswering`) or labels every word
(`LayoutLMv3ForTokenClassification`). Either way what it says are words of the page: there is
nothing to align. Pages longer than its 512 tokens are read in overlapping windows.
"""

import gc
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
import transformers
from PIL import Image

from vlm_desktop.backends.chat import loading
from vlm_desktop.backends.chat.folder import ChatFolder
from vlm_desktop.backends.chat.pictures import reduced
from vlm_desktop.backends.modelfolder import read_config
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentanswers import ReadWords
from vlm_desktop.base.errors import ModelBroken, ModelOutOfMemory, ModelUnsupported
from vlm_desktop.base.types import Box

_ASKING = "LayoutLMv3ForQuestionAnswering"
_LABELLING = "LayoutLMv3ForTokenClassification"
_WINDOW, _STRIDE = 512, 128
_LONGEST_ANSWER = 40
"""Tokens."""
_THOUSAND = 1_000
_OUTSIDE = "O"
_MARKED = re.compile(r"([BIES])-(.+)")
_QUESTION, _ANSWER = "question", "answer"


class LayoutReader:
    """A `WordReader`. Loads at once; not thread-safe. Raises ModelBroken, ModelUnsupported,
    ModelOutOfMemory."""

    def __init__(
        self, folder: Path, *, model_id: str, provider: str = "auto", threads: int = 0
    ) -> None:
        place = ChatFolder.read(folder, model_id)
        config = read_config(folder, model_id)
        architecture = str((config.get("architectures") or [""])[0])
        if architecture not in (_ASKING, _LABELLING):
            raise ModelUnsupported(model=model_id, family=architecture or place.model_type)
        self.asks = architecture == _ASKING
        self.revision = place.revision
        self._id = model_id
        loading.set_threads(threads)
        try:
            self._processor: Any = transformers.LayoutLMv3Processor.from_pretrained(
                folder, local_files_only=True, apply_ocr=False
            )
        except loading.LOAD_ERRORS as error:
            raise ModelBroken(model=model_id, detail=loading.first_line(error)) from error
        self._processor.image_processor.apply_ocr = False
        ways = loading.plans(provider, place.parameters)
        loaded = loading.load_fitting(
            folder, model_id, ways, self._try, getattr(transformers, architecture)
        )
        self._device = loaded.plan.device
        self._model: Any = loaded.model

    def answer(
        self, question: str, words: Sequence[str], boxes: Sequence[Box], page: PixelArray,
        cancel: CancelToken,
    ) -> ReadWords | None:  # fmt: skip
        """The words that answer a question; None where the model finds none.

        `boxes` are in pixels of `page`, uint8 [height, width, 3].
        """
        best: tuple[float, tuple[int, ...]] | None = None
        for inputs, places in self._windows(question, words, boxes, page, cancel):
            with torch.inference_mode():
                said = self._model(**inputs)
            found = _span(said.start_logits[0].float(), said.end_logits[0].float(), places)
            if found is not None and (best is None or found[0] > best[0]):
                best = found
        return ReadWords("", best[1]) if best is not None else None

    def labelled(
        self, words: Sequence[str], boxes: Sequence[Box], page: PixelArray, cancel: CancelToken
    ) -> tuple[ReadWords, ...]:
        """Runs of words with their labels ("total/total_price"); of a model that only knows
        questions and answers, each answer labelled with its question's text."""
        names = self._model.config.id2label
        labels = [_OUTSIDE] * len(words)
        for inputs, places in self._windows("", words, boxes, page, cancel):
            with torch.inference_mode():
                chosen = self._model(**inputs).logits[0].argmax(-1)
            for token, word in reversed(places):  # the first token of a word counts
                labels[word] = str(names[int(chosen[token])])
        runs = tuple(_runs(labels))
        if any(run.label == _ANSWER for run in runs):
            return tuple(_questioned(runs, words))
        return runs

    def close(self) -> None:
        """Free the network."""
        self._model = None
        gc.collect()
        loading.release(self._device)

    # --- within --------------------------------------------------------------------------

    def _windows(
        self, question: str, words: Sequence[str], boxes: Sequence[Box], page: PixelArray,
        cancel: CancelToken,
    ) -> Iterator[tuple[dict[str, Any], list[tuple[int, int]]]]:  # fmt: skip
        """The inputs of each window, and its (token, word) in order."""
        if not words:
            return
        cancel.raise_if_cancelled()
        height, width = page.shape[:2]
        scaled = [_scaled(box, width, height) for box in boxes]
        texts = {"text": question, "text_pair": list(words)} if question else {"text": list(words)}
        try:
            encoded = self._processor.tokenizer(
                **texts, boxes=scaled, return_tensors="pt", padding=True, max_length=_WINDOW,
                truncation="only_second" if question else True, stride=_STRIDE,
                return_overflowing_tokens=True,
            )  # fmt: skip
            pixels = self._processor.image_processor(
                Image.fromarray(reduced(page)), return_tensors="pt"
            )["pixel_values"]
            for row in range(encoded["input_ids"].shape[0]):
                cancel.raise_if_cancelled()
                inputs = {
                    name: encoded[name][row : row + 1].to(self._device)
                    for name in ("input_ids", "attention_mask", "bbox")
                }
                inputs["pixel_values"] = pixels.to(self._device, self._model.dtype)
                wanted = 1 if question else 0
                places = [
                    (token, word)
                    for token, (word, part) in enumerate(
                        zip(encoded.word_ids(row), encoded.sequence_ids(row), strict=True)
                    )
                    if word is not None and part == wanted
                ]
                yield inputs, places
        except RuntimeError as error:
            told = loading.memory_error(error)
            kind = ModelOutOfMemory if isinstance(told, MemoryError) else ModelBroken
            raise kind(model=self._id, detail=loading.first_line(told)) from error
        except (ValueError, IndexError, TypeError, KeyError) as error:
            raise ModelBroken(model=self._id, detail=loading.first_line(error)) from error

    def _try(self, model: Any) -> None:
        """One forward over a word. Raises ValueError when it gives no numbers."""
        encoded = self._processor.tokenizer(["x"], boxes=[[0, 0, 9, 9]], return_tensors="pt")
        grey = Image.new("RGB", (32, 32), "grey")
        pixels = self._processor.image_processor(grey, return_tensors="pt")["pixel_values"]
        with torch.inference_mode():
            said = model(
                **{name: value.to(model.device) for name, value in encoded.items()},
                pixel_values=pixels.to(model.device, model.dtype),
            )
        if not torch.isfinite(said[0]).all():
            raise ValueError("its numbers overflow in this precision")


def _scaled(box: Box, width: int, height: int) -> list[int]:
    """A box in thousandths of the page."""

    def within(value: float, whole: int) -> int:
        return min(_THOUSAND, max(0, round(_THOUSAND * value / max(whole, 1))))

    x0, y0 = within(box.x0, width), within(box.y0, height)
    return [x0, y0, max(x0, within(box.x1, width)), max(y0, within(box.y1, height))]


def _span(
    start: torch.Tensor, end: torch.Tensor, places: Sequence[tuple[int, int]]
) -> tuple[float, tuple[int, ...]] | None:
    """The likeliest run of words of one window; None when "nothing" (the first token) is."""
    if not places:
        return None
    tokens = torch.tensor([token for token, _ in places], device=start.device)
    scores = start[tokens][:, None] + end[tokens][None, :]
    allowed = torch.ones_like(scores).triu().tril(_LONGEST_ANSWER - 1).bool()
    scores = scores.masked_fill(~allowed, -torch.inf)
    best = int(scores.argmax())
    first, last = divmod(best, len(places))
    score, nothing = float(scores.flatten()[best]), float(start[0] + end[0])
    if score <= nothing:
        return None
    words = dict.fromkeys(word for _, word in places[first : last + 1])
    return score - nothing, tuple(words)


def _runs(labels: Sequence[str]) -> Iterator[ReadWords]:
    """Neighbours of one label. "B-" and "S-" begin a run; labels without marks just go on."""
    run: list[int] = []
    name = ""
    for place, label in enumerate([*labels, _OUTSIDE]):
        marked = _MARKED.fullmatch(label)
        said = "" if label == _OUTSIDE else (marked[2] if marked else label)
        said = said.casefold().replace(".", "/")
        if run and (said != name or (marked and marked[1] in "BS")):
            yield ReadWords(name, tuple(run))
            run = []
        name = said
        if said:
            run.append(place)


def _questioned(runs: Sequence[ReadWords], words: Sequence[str]) -> Iterator[ReadWords]:
    """Answers that come right after their question."""
    for before, run in pairwise(runs):
        if before.label == _QUESTION and run.label == _ANSWER:
            yield ReadWords(" ".join(words[word] for word in before.words), run.words)
