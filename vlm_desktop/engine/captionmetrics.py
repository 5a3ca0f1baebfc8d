"""Measuring captions: a model writes one for each picture, or they are given; then they are judged.

Every figure is times 100, as papers print them. Those over tokens equal the COCO caption
evaluation's (see `base.captionscores`).
"""

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from vlm_desktop.backends.meteor import MeteorAbsence, MeteorCommand, find_meteor, meteor
from vlm_desktop.backends.protocols import ChatModel
from vlm_desktop.base.arrays import PixelArray, VectorArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.captionscores import cider_d, corpus_bleu, rouge_l
from vlm_desktop.base.captiontokens import tokenise
from vlm_desktop.base.chat import ChatImage, GenerationOptions
from vlm_desktop.base.events import Event, Phase, Progress, Quarantined
from vlm_desktop.engine.chair import ChairFigures, chair, coco_words
from vlm_desktop.engine.clipscore import ClipScores, clip_scores
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.evaluationdata import DescribedPicture
from vlm_desktop.engine.examining import ask, opened_pictures, prompts_for
from vlm_desktop.media.pool import DecodePool

CAPTION_TOKENS = 60
"""The most a caption may have; those of people have 12."""

_BATCH = 16


@dataclass(frozen=True, slots=True)
class Meteor:
    """METEOR times 100, or why there is none."""

    score: float | None
    absence: MeteorAbsence | None = None


@dataclass(frozen=True, slots=True)
class TokenScores:
    """Captions against human captions, word by word, times 100. `bleu` is BLEU-1 to BLEU-4."""

    pictures: int
    bleu: tuple[float, float, float, float]
    cider: float
    rouge_l: float
    meteor: Meteor


@dataclass(frozen=True, slots=True)
class JudgedCaption:
    """A caption that was judged. `image` as the data set names it."""

    image: str
    caption: str


@dataclass(frozen=True, slots=True)
class CaptionReport:
    """What `evaluate captions` prints. `model_id` is "" where the captions were given.

    `scores` is None without human captions, `clip` without a readable picture, `chair` where no
    row has labels of COCO. `unreadable` counts pictures that did not decode, `missing` those that
    no caption was given for.
    """

    model_id: str
    beams: int
    pictures: int
    unreadable: int
    missing: int
    seconds: float
    scores: TokenScores | None
    clip: ClipScores | None
    chair: ChairFigures | None
    judged: tuple[JudgedCaption, ...] = field(repr=False)


@dataclass(slots=True)
class _Looked:
    """What a pass over the pictures gave, by image name. `waiting` are to be encoded yet."""

    captions: dict[str, str]
    vectors: dict[str, VectorArray] = field(default_factory=dict)
    waiting: dict[str, PixelArray] = field(default_factory=dict)
    unreadable: int = 0


class CaptionJudge:
    """Judges captions with the encoder named and with what else is on this machine.

    `meteor` is looked for unless it is handed in. Verbs run on one thread, those with a model on
    the lane "answers"; they raise ModelError and Cancelled.
    """

    def __init__(
        self,
        encoder_id: str,
        encoders: Encoders,
        open_pool: Callable[[], DecodePool],
        meteor: MeteorCommand | MeteorAbsence | None = None,
    ) -> None:
        self._encoder_id = encoder_id
        self._encoders = encoders
        self._open_pool = open_pool
        self._meteor = meteor

    def written(
        self,
        pictures: Sequence[DescribedPicture],
        model: ChatModel,
        cancel: CancelToken,
        *,
        beams: int = 1,
    ) -> Generator[Event, None, CaptionReport]:
        """Let a model describe each picture, greedily or with a beam search, and judge that.

        Pictures that do not decode are told and left out.
        """
        prompt = prompts_for(model).caption
        options = GenerationOptions(max_new_tokens=CAPTION_TOKENS, beams=beams)

        def describe(pixels: PixelArray) -> str:
            return ask(model, prompt, ChatImage(pixels), options, cancel)

        report = yield from self._judge(pictures, {}, describe, cancel)
        return replace(report, model_id=model.spec.model_id, beams=beams, missing=0)

    def given(
        self,
        pictures: Sequence[DescribedPicture],
        captions: Mapping[str, str],
        cancel: CancelToken,
    ) -> Generator[Event, None, CaptionReport]:
        """Judge captions made elsewhere, by image name. Pictures without one are left out.

        A picture that does not decode counts for everything but CLIPScore.
        """
        return (yield from self._judge(pictures, captions, None, cancel))

    def _judge(
        self,
        pictures: Sequence[DescribedPicture],
        captions: Mapping[str, str],
        describe: Callable[[PixelArray], str] | None,
        cancel: CancelToken,
    ) -> Generator[Event, None, CaptionReport]:
        began = time.monotonic()
        looked = _Looked(dict(captions))
        yield from self._look(pictures, describe, looked, cancel)
        judged = [one for one in pictures if one.image in looked.captions]
        said = [looked.captions[one.image] for one in judged]
        scores = yield from self._scores(judged, said, cancel)
        return CaptionReport(
            model_id="",
            beams=0,
            pictures=len(judged),
            unreadable=looked.unreadable,
            missing=len(pictures) - len(judged),
            seconds=round(time.monotonic() - began, 2),
            scores=scores,
            clip=self._clip(judged, looked),
            chair=_chair(judged, said),
            judged=tuple(
                JudgedCaption(one.image, caption) for one, caption in zip(judged, said, strict=True)
            ),
        )

    def _look(
        self,
        pictures: Sequence[DescribedPicture],
        describe: Callable[[PixelArray], str] | None,
        looked: _Looked,
        cancel: CancelToken,
    ) -> Generator[Event, None, None]:
        """One pass over the pictures: a caption from the model, and the vector of each."""
        images = {
            one.path: one.image for one in pictures if describe or one.image in looked.captions
        }
        began = time.monotonic()
        done = 0
        for seen in opened_pictures(images, self._open_pool, cancel):
            if isinstance(seen, Quarantined):
                looked.unreadable += 1
                yield seen
                continue
            image = images[seen.path]
            if describe is not None:
                looked.captions[image] = describe(seen.pixels)
            looked.waiting[image] = seen.pixels
            if len(looked.waiting) == _BATCH:
                self._encode(looked)
            done += 1
            rate = done / max(time.monotonic() - began, 1e-6)
            yield Progress(Phase.EVALUATE, done, len(images), rate)
        self._encode(looked)

    def _encode(self, looked: _Looked) -> None:
        rows = self._encoders.images(self._encoder_id, list(looked.waiting.values()))
        looked.vectors.update(zip(looked.waiting, rows, strict=True))
        looked.waiting.clear()

    def _scores(
        self, judged: Sequence[DescribedPicture], said: Sequence[str], cancel: CancelToken
    ) -> Generator[Event, None, TokenScores | None]:
        pairs = [
            (tokenise(caption), tuple(map(tokenise, one.captions)))
            for one, caption in zip(judged, said, strict=True)
            if one.captions
        ]
        if not pairs:
            return None
        candidates = [candidate for candidate, _ in pairs]
        references = [human for _, human in pairs]
        rouge = [rouge_l(candidate, human) for candidate, human in pairs]
        bleu = corpus_bleu(candidates, references)
        yield Progress(Phase.EVALUATE, len(judged), len(judged))
        cancel.raise_if_cancelled()
        return TokenScores(
            pictures=len(pairs),
            bleu=(100 * bleu[0], 100 * bleu[1], 100 * bleu[2], 100 * bleu[3]),
            cider=100 * cider_d(candidates, references),
            rouge_l=100 * sum(rouge) / len(rouge),
            meteor=self._meteor_score(candidates, references, cancel),
        )

    def _meteor_score(
        self,
        candidates: Sequence[Sequence[str]],
        references: Sequence[Sequence[Sequence[str]]],
        cancel: CancelToken,
    ) -> Meteor:
        command = find_meteor() if self._meteor is None else self._meteor
        if isinstance(command, MeteorCommand):
            answer = meteor(command, candidates, references, cancel)
            if isinstance(answer, float):
                return Meteor(100 * answer)
            command = answer
        return Meteor(None, command)

    def _clip(self, judged: Sequence[DescribedPicture], looked: _Looked) -> ClipScores | None:
        seen = [one for one in judged if one.image in looked.vectors]
        if not seen:
            return None
        return clip_scores(
            np.stack([looked.vectors[one.image] for one in seen]),
            [looked.captions[one.image] for one in seen],
            [one.captions for one in seen],
            self._encoder_id,
            self._encoders,
        )


def _chair(judged: Sequence[DescribedPicture], said: Sequence[str]) -> ChairFigures | None:
    """CHAIR over the pictures with labels; None where no label is one of COCO's."""
    words = coco_words()
    captions, present = [], []
    any_known = False
    for one, caption in zip(judged, said, strict=True):
        if one.labels is None:
            continue
        labelled = {name for label in one.labels if (name := words.class_of(label)) is not None}
        any_known |= bool(labelled)
        captions.append(caption)
        present.append(labelled.union(*(words.named(human) for human in one.captions)))
    return chair(captions, present, words) if any_known else None
