"""Measuring the claim ledger: of the claims it calls supported, how many are true?

A person's labels and captions are the truth, as far as they go:

* The objects of a picture are the COCO classes that its labels name or that any of its captions
  names, by the words of CHAIR (`engine.chair`). Without labels, captions alone say it.
* "drafts": claims of the model's own draft and of one drawn by chance. A claim that there is an
  object is true if its class is in the picture, and false if not; other objects than COCO's 80
  are not judged. A claim of a number is judged by the labels' counts, where there are any.
* "captions": what people said of this picture is taken as true, whatever its kind. What they said
  of another picture is taken as false where it speaks of a class of object that is not in this
  one, and is not judged otherwise. These are easy to tell apart.
* "altered": the same true claims, and as false ones captions of this picture in which one word was
  changed: a colour, a number or a verb that no caption of the picture has. These are hard, and a
  few of them true by chance.

"Supported" is the positive class: precision is the share of true claims among those supported,
recall the share of supported ones among true claims. The base rate is the precision of whoever
supports everything.
"""

import json
import re
import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vlm_desktop.base.altchecks import ClaimState, EvidenceKind
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.errors import BadInputFile, DestinationNotWritable, MediaRefused
from vlm_desktop.base.events import Event, Phase, Progress, Quarantined
from vlm_desktop.engine.alttext import claims as kinds
from vlm_desktop.engine.alttext import englishwords as en
from vlm_desktop.engine.alttext.claims import Statement, statements
from vlm_desktop.engine.alttext.evidence import Examination, Told, Witnesses
from vlm_desktop.engine.alttext.samewords import SameWords, head_of
from vlm_desktop.engine.alttext.verdicts import Signals, evidence, verdict
from vlm_desktop.engine.chatpictures import PictureLoader
from vlm_desktop.engine.evaluationdata import json_rows

DRAFTS, OWN, OTHER, ALTERED = "draft", "own", "other", "altered"
SETTINGS = {"drafts": {DRAFTS}, "captions": {OWN, OTHER}, "altered": {OWN, ALTERED}}
"""What is judged together: claims of which sources."""

_JUDGED = frozenset({kinds.OBJECT, kinds.ATTRIBUTE, kinds.NUMBER, kinds.ACTION, kinds.RELATION,
                     kinds.PLACE})  # fmt: skip
_ALTERED_KINDS = frozenset({kinds.ATTRIBUTE, kinds.NUMBER, kinds.ACTION})
_CAPTIONS = 2
"""Captions of a picture whose claims are judged."""
_UNCOUNTED = 15
"""From so many on COCO counts no more."""
_COLOURS = ("red", "blue", "green", "yellow", "black", "white", "brown", "orange", "pink", "purple")
_VERBS = ("sitting", "standing", "running", "jumping", "swimming", "sleeping", "eating", "flying",
          "riding", "walking")  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownPicture:
    """A picture and what people say is in it. `labels` is None where there are none; `counts` are
    the labels' numbers by COCO class."""

    image: str
    path: Path
    captions: tuple[str, ...]
    labels: tuple[str, ...] | None
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """A claim whose truth is known, what the ledger says of it, and why."""

    image: str
    source: str
    kind: str
    text: str
    truth: bool
    state: ClaimState
    speaks: Mapping[str, bool]
    """Whether each kind of evidence that there is speaks for it."""
    signals: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ClaimFigures:
    """In percent, but for the counts; None where there is nothing to divide by.

    `refuted` is the share of false claims among the disputed ones.
    """

    claims: int
    base_rate: float
    supported: int
    precision: float | None
    recall: float | None
    disputed: int
    refuted: float | None


@dataclass(frozen=True, slots=True)
class ClaimReport:
    """What `evaluate claims` prints. `figures` are by setting and kind ("" for all kinds),
    `by_evidence` by setting and kind of evidence: what "it speaks for it" is worth alone."""

    model_id: str
    encoder_id: str
    pictures: int
    unreadable: int
    seconds: float
    figures: Mapping[tuple[str, str], ClaimFigures]
    by_evidence: Mapping[tuple[str, str], ClaimFigures]
    judged: tuple[JudgedClaim, ...] = field(repr=False)


def read_known(paths: Sequence[Path], limit: int = 0) -> tuple[KnownPicture, ...]:
    """Rows {"image", "labels" and/or "captions"[, "counts"]} of all files, put together by picture.

    With a `limit`, so many of them, spread over all. Raises BadInputFile.
    """
    found: dict[Path, dict[str, Any]] = {}
    for path in paths:
        for number, row in json_rows(path):
            place = path.parent / row["image"]
            known = found.setdefault(place, {"image": row["image"], "captions": []})
            captions, labels = row.get("captions") or [], row.get("labels")
            counts = row.get("counts") or {}
            if not isinstance(captions, list) or not isinstance(labels, list | None):
                detail = '"captions" and "labels" must be lists of texts'
                raise BadInputFile(path=path, line=number, detail=detail)
            known["captions"] += [one for one in captions if isinstance(one, str)]
            if labels is not None:
                known["labels"] = [*known.get("labels", []), *map(str, labels)]
                known["counts"] = {str(name): int(count) for name, count in counts.items()}
    pictures = [
        KnownPicture(
            one["image"],
            place,
            tuple(one["captions"]),
            tuple(one["labels"]) if "labels" in one else None,
            one.get("counts", {}),
        )
        for place, one in found.items()
        if one["captions"] or "labels" in one
    ]
    if not pictures:
        raise BadInputFile(path=paths[0], line=None, detail="it holds no captions and no labels")
    count = min(limit or len(pictures), len(pictures))
    return tuple(pictures[number * len(pictures) // count] for number in range(count))


class Truth:
    """What is known to be so in one picture."""

    def __init__(self, picture: KnownPicture, words: SameWords) -> None:
        self._words = words
        self._counts = picture.counts
        self._labelled = picture.labels is not None
        named = [words.class_of(label) for label in picture.labels or ()]
        self._present = {name for name in named if name is not None}
        for caption in picture.captions:
            self._present.update(words.objects_in(caption))

    def of_draft(self, one: Statement) -> bool | None:
        """Whether a model's claim is true; None where nobody said."""
        name = self._words.class_of(one.noun)
        if name is None:
            return None
        if one.claim.kind == kinds.OBJECT:
            return name in self._present
        if one.claim.kind == kinds.NUMBER and self._labelled and one.value:
            there, said = self._counts.get(name, 0), int(float(one.value))
            if there >= _UNCOUNTED:
                return None
            special = name == "person" and head_of(one.noun) != "person"
            return None if special and there > said else there == said
        return None

    def denies(self, one: Statement) -> bool:
        """Whether a claim speaks of an object that is not there."""
        nouns = {one.noun, one.value if one.claim.kind == kinds.PLACE else ""}
        names = {self._words.class_of(noun) for noun in nouns if noun}
        return any(name is not None and name not in self._present for name in names)


class ClaimJudge:
    """Measures the ledger on pictures that people described. For the lane "model"."""

    def __init__(self, witnesses: Witnesses, pictures: PictureLoader) -> None:
        self._witnesses = witnesses
        self._pictures = pictures

    def measure(
        self, pictures: Sequence[KnownPicture], cancel: CancelToken, *, samples: int = 4
    ) -> Generator[Event, None, ClaimReport]:
        """Judge claims about every picture. Raises ModelError, Cancelled.

        Pictures that do not decode are told and left out.
        """
        began = time.monotonic()
        judged: list[JudgedClaim] = []
        unreadable = 0
        for number, picture in enumerate(pictures):
            rate = number / max(time.monotonic() - began, 1e-6)
            yield Progress(Phase.EVALUATE, number, len(pictures), rate)
            try:
                judged += yield from self._judge(pictures, number, samples, cancel)
            except MediaRefused as error:
                unreadable += 1
                yield Quarantined(picture.path, error.reason, error.detail)
        yield Progress(Phase.EVALUATE, len(pictures), len(pictures))
        return ClaimReport(
            model_id=self._witnesses.model_id,
            encoder_id=self._witnesses.encoder_id,
            pictures=len(pictures) - unreadable,
            unreadable=unreadable,
            seconds=round(time.monotonic() - began, 2),
            figures=figures_of(judged),
            by_evidence=figures_by_evidence(judged),
            judged=tuple(judged),
        )

    def _judge(
        self, pictures: Sequence[KnownPicture], number: int, samples: int, cancel: CancelToken
    ) -> Generator[Event, None, list[JudgedClaim]]:
        picture = pictures[number]
        loaded = self._pictures.load(Attachment(picture.path), cancel)
        examination = Examination(self._witnesses, loaded.image, loaded.size, Told(), samples)
        yield from _silently(examination.prepare(cancel))
        asker, model = self._witnesses.asker, self._witnesses.model_id
        draft = yield from _silently(asker.draft(model, loaded.image, 0, cancel))
        drawn = yield from _silently(asker.draft(model, loaded.image, samples + 1, cancel))
        truth = Truth(picture, self._witnesses.words)
        judged = []
        for source, one, true in claims_about(pictures, number, (draft, drawn), truth):
            signals: Signals = yield from _silently(examination.signals(one, cancel))
            judged.append(_judged(picture.image, source, one, true, signals))
        return judged


def _judged(
    image: str, source: str, one: Statement, true: bool, signals: Signals
) -> JudgedClaim:
    kind = one.claim.kind
    speaks: dict[str, bool] = {}
    for piece in evidence(kind, signals):
        which = EvidenceKind.REGION if piece.kind is EvidenceKind.ABSENT else piece.kind
        speaks[which] = speaks.get(which, True) and piece.supports
    state, _ = verdict(kind, signals)
    return JudgedClaim(
        image, source, kind, one.claim.text, true, state, speaks, signals.features()
    )


def _silently(verb: Generator[Event, None, Any]) -> Generator[Event, None, Any]:
    """A verb without its own progress: that of the whole is told."""
    try:
        while True:
            event = next(verb)
            if not isinstance(event, Progress):
                yield event
    except StopIteration as end:
        return end.value


# --- claims whose truth is known ---------------------------------------------------------


def claims_about(
    pictures: Sequence[KnownPicture], number: int, drafts: Sequence[str], truth: Truth
) -> list[tuple[str, Statement, bool]]:
    """(source, claim, truth) of all claims about one picture that can be judged."""
    found: dict[tuple[str, str, str], tuple[str, Statement, bool]] = {}

    def add(source: str, one: Statement, true: bool | None) -> None:
        if true is not None and one.claim.kind in _JUDGED:
            found.setdefault((source, one.claim.kind, one.claim.text), (source, one, true))

    for draft in drafts:
        for one in statements(draft):
            add(DRAFTS, one, truth.of_draft(one))
    own = pictures[number].captions
    for caption in own[:_CAPTIONS]:
        for one in statements(caption):
            add(OWN, one, true=True)
        for one in altered(caption, own):
            add(ALTERED, one, true=False)
    for caption in _captions_of_others(pictures, number):
        for one in statements(caption):
            add(OTHER, one, False if truth.denies(one) else None)
    return list(found.values())


def _captions_of_others(pictures: Sequence[KnownPicture], number: int) -> Iterator[str]:
    """Captions of two pictures that stand elsewhere in the file."""
    described = [one for one in pictures if one.captions and one is not pictures[number]]
    for step in range(_CAPTIONS):
        if described:
            place = (number + (step + 1) * (len(described) // 3 + 1)) % len(described)
            yield described[place].captions[step % len(described[place].captions)]


def altered(caption: str, captions: Sequence[str]) -> list[Statement]:
    """The claims that become false when one word of a caption is changed."""
    said = {word for text in captions for word in re.findall(r"[a-z]+", text.casefold())}
    before = {(one.claim.kind, one.claim.text) for one in statements(caption)}
    made = []
    for number, word in enumerate(re.findall(r"[a-z]+", caption.casefold())):
        other = _another(word, said, number)
        if not other:
            continue
        changed = re.sub(rf"\b{word}\b", other, caption, count=1, flags=re.IGNORECASE)
        made += [
            one
            for one in statements(changed)
            if one.claim.kind in _ALTERED_KINDS
            and (one.claim.kind, one.claim.text) not in before
            and other in (one.claim.text.casefold())
        ]
    return made


def _another(word: str, said: Iterable[str], number: int) -> str:
    """A word of the same kind that nobody said; "" for words of no such kind."""
    choices: Sequence[str] = ()
    if word in _COLOURS:
        choices = _COLOURS
    elif word in en.NUMBERS and en.NUMBERS[word] > 1:
        choices = [one for one, count in en.NUMBERS.items() if 1 < count < 6]
    elif word in _VERBS:
        choices = _VERBS
    left = [one for one in choices if one not in set(said)]
    return left[(number + len(word)) % len(left)] if left else ""


# --- figures -------------------------------------------------------------------------------


def figures_of(judged: Sequence[JudgedClaim]) -> dict[tuple[str, str], ClaimFigures]:
    """By setting and kind; "" for all kinds."""
    found = {}
    for setting, sources in SETTINGS.items():
        some = [one for one in judged if one.source in sources]
        if setting == ALTERED:
            some = [one for one in some if one.kind in _ALTERED_KINDS]
        for kind in ("", *sorted({one.kind for one in some})):
            these = [one for one in some if kind in {"", one.kind}]
            if these:
                found[setting, kind] = _figures(
                    [one.truth for one in these],
                    [one.state is ClaimState.SUPPORTED for one in these],
                    [one.state is ClaimState.DISPUTED for one in these],
                )
    return found


def figures_by_evidence(judged: Sequence[JudgedClaim]) -> dict[tuple[str, str], ClaimFigures]:
    """What each kind of evidence is worth alone: "it speaks for the claim" taken as supported."""
    found = {}
    for setting, sources in SETTINGS.items():
        some = [one for one in judged if one.source in sources]
        for name in sorted({name for one in some for name in one.speaks}):
            these = [one for one in some if name in one.speaks]
            speaks = [one.speaks[name] for one in these]
            found[setting, name] = _figures(
                [one.truth for one in these], speaks, [not one for one in speaks]
            )
    return found


def _figures(
    truths: Sequence[bool], supported: Sequence[bool], disputed: Sequence[bool]
) -> ClaimFigures:
    both = sum(a and b for a, b in zip(truths, supported, strict=True))
    refuted = sum(not a and b for a, b in zip(truths, disputed, strict=True))
    return ClaimFigures(
        claims=len(truths),
        base_rate=100.0 * sum(truths) / len(truths),
        supported=sum(supported),
        precision=_percent(both, sum(supported)),
        recall=_percent(both, sum(truths)),
        disputed=sum(disputed),
        refuted=_percent(refuted, sum(disputed)),
    )


def _percent(part: int, whole: int) -> float | None:
    return 100.0 * part / whole if whole else None


def save_claims(path: Path, report: ClaimReport) -> None:
    """Every judged claim with its signals, one a line. Raises DestinationNotWritable."""
    rows = (
        {
            "image": one.image, "source": one.source, "kind": one.kind, "claim": one.text,
            "truth": one.truth, "state": one.state.value, "speaks": dict(one.speaks),
            "signals": {name: round(value, 4) for name, value in one.signals.items()},
        }
        for one in report.judged
    )  # fmt: skip
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DestinationNotWritable(path=path, detail=str(error)) from error
