"""Pictures with what is said and asked about them, their split, and the words' tokenizer."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from vlm_desktop.backends.chat.starter_prompt import SPECIAL, plain_question
from vlm_desktop.base.splits import is_held_out
from vlm_desktop.training.starter.assistant.questions import (
    NUMBERS,
    Asked,
    from_answers,
    from_captions,
)
from vlm_desktop.training.starter.data import Photo, read_folders, split_for_tuning

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

TUNE = 500
"""Captioned photos kept out of training: the same that the image tower never saw."""
_DIGITS = {str(value): word for value, word in enumerate(("zero", *NUMBERS))}


@dataclass
class Picture:
    """A photo and its texts. `split` is "train", "tune", "held" (questions) or "dev" (captions).

    `fresh`: the image tower was trained without it. `told` are sentences made by rule, `labels`
    names of what is there.
    """

    path: Path
    split: str
    captions: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    made: list[Asked] = field(default_factory=list)
    fresh: bool = False
    labels: list[str] = field(default_factory=list)


def plain_caption(text: str) -> str:
    """A caption as it is learnt: lower case, without its full stop."""
    text = re.sub(r"\s+", " ", text.lower().replace('"', " ")).strip(" .")
    return re.sub(r"\s+([,'])", r"\1", text)


def plain_answer(text: str) -> str:
    """An answer as it is learnt: lower case, no article in front, small numbers as words."""
    text = re.sub(r"\s+", " ", text.lower()).strip(" .")
    text = re.sub(r"^(?:a|an|the) (?=\w)", "", text)
    return _DIGITS.get(text, text)


def answer_shares(answers: Sequence[str]) -> dict[str, float]:
    """How right each answer is, min(1, n / 3) as VQA v2 counts; one answer alone is right."""
    counted = Counter(plain_answer(one) for one in answers)
    if len(answers) == 1:
        return {plain_answer(answers[0]): 1.0}
    return {answer: min(1.0, times / 3) for answer, times in counted.items()}


def coco_number(path: Path) -> str:
    """The number of a COCO photo, whatever set it is listed in; "" for others."""
    found = re.fullmatch(r"(?:COCO_\w+_)?(\d{12})", path.stem)
    return found[1] if found else ""


def hold_back_fifth(pictures: Sequence[Picture]) -> None:
    """Mark the photos with questions that `base.splits` holds out as "held".

    Of the others, those that the image tower never saw are "tune", the rest is for training.
    """
    for picture in pictures:
        if picture.asked and picture.path.stem.startswith("COCO_"):
            kept = "tune" if picture.fresh else "train"
            picture.split = "held" if is_held_out(picture.path.name) else kept


def _questions(folder: Path) -> dict[str, list[Asked]]:
    """Questions of `qa.jsonl` and `vqa_derived.jsonl` in one folder, by the image's path."""
    found: dict[str, list[Asked]] = {}
    for table in ("qa", "vqa_derived"):
        file = folder / f"{table}.jsonl"
        if not file.is_file():
            continue
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            answers = tuple(str(one) for one in row.get("answers") or [row["answer"]])
            asked = Asked(
                str(row["question"]),
                answers,
                str(row.get("type", table)),
                str(row.get("source", table)),
            )
            found.setdefault(str(folder / str(row["image"])), []).append(asked)
    return found


def read_pictures(folders: Sequence[Path]) -> list[Picture]:
    """All pictures of `folders` in a fixed order, split, with questions made from captions."""
    photos: list[Photo] = read_folders(folders)
    split_for_tuning(photos, TUNE)
    asked: dict[str, list[Asked]] = {}
    for folder in folders:
        asked |= _questions(folder)
    pictures = []
    for index, photo in enumerate(photos):
        mine = asked.get(str(photo.path), [])
        made = from_captions(photo.captions, random.Random(index)) if photo.captions else []
        told = [] if photo.captions or mine and not photo.statements else photo.statements
        pictures.append(
            Picture(
                photo.path,
                photo.split,
                photo.captions,
                told,
                mine,
                made,
                photo.split != "train",
                photo.labels,
            )
        )
    hold_back_fifth(pictures)
    held = {coco_number(one.path): one.path for one in pictures if one.split in ("held", "tune")}
    held.pop("", None)
    for picture in pictures:  # the same photo may lie in another folder, as another set's file
        if held.get(coco_number(picture.path), picture.path) != picture.path:
            picture.split = "left out"
    _ask_what_is_there(pictures, photos)
    return pictures


def _ask_what_is_there(pictures: Sequence[Picture], photos: Sequence[Photo]) -> None:
    """Give training photos that have only people's questions some about what is there."""
    lone = [
        (index, picture)
        for index, picture in enumerate(pictures)
        if picture.split == "train" and picture.asked and not picture.captions
    ]
    counted = Counter(
        one.answers[0] for _, picture in lone for one in picture.asked if one.kind == "object"
    )
    common = sorted(word for word, times in counted.items() if times >= 5 and word.isalpha())
    for index, picture in lone:
        draw = random.Random(index)
        picture.made = from_answers(picture.asked, photos[index].labels, common, draw)


def all_texts(pictures: Iterable[Picture]) -> list[str]:
    """Every text of the training pictures, as it is learnt."""
    texts = []
    for one in pictures:
        if one.split != "train":
            continue
        texts += [plain_caption(text) for text in (*one.captions, *one.told)]
        for asked in (*one.asked, *one.made):
            texts.append(plain_question(asked.question))
            texts += [plain_answer(answer) for answer in asked.answers]
    return texts


def train_tokenizer(texts: Sequence[str], vocabulary: int) -> Tokenizer:
    """A byte-pair tokenizer (Sennrich et al. 2016) of `vocabulary` entries, special ones first."""
    tokenizer = Tokenizer(models.BPE(unk_token=None, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer
