"""What is wrong with examples, check by check. Pure: facts of pictures are handed in.

Each check yields findings that name the examples, and the fix that would end them.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from vlm_desktop.base.training import Example, ExampleKind, Split
from vlm_desktop.base.trainingdata import FindingCode, Fix, TrainFinding, Weight
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.alttext.lintnames import camera_name, extension, file_name
from vlm_desktop.engine.alttext.lintrules import LintContext
from vlm_desktop.store.trainingpictures import PictureFacts

Findings = Iterator[TrainFinding]
Facts = Mapping[str, PictureFacts]

LEAST_USED = 2
_SHORTEST_STEM = 4


def used(examples: Sequence[Example]) -> list[Example]:
    """What is not left out."""
    return [one for one in examples if one.split is not Split.LEFT_OUT]


def numbers(examples: Sequence[Example]) -> Findings:
    """Too few to train at all, nothing to train on, nothing held out."""
    count = Counter(one.split for one in examples)
    total = count[Split.TRAIN] + count[Split.VALIDATION]
    if total == 0:
        yield TrainFinding(FindingCode.NOTHING, Weight.REFUSAL)
    elif total < LEAST_USED:
        keys = tuple(one.key for one in used(examples))
        yield TrainFinding(FindingCode.ONE_ITEM, Weight.REFUSAL, keys)
    elif not count[Split.TRAIN]:
        yield TrainFinding(FindingCode.NO_TRAINING, Weight.REFUSAL, fix=Fix.SPLIT)
    elif not count[Split.VALIDATION]:
        yield TrainFinding(FindingCode.NO_VALIDATION, Weight.WARNING, fix=Fix.SPLIT)


def sameness(examples: Sequence[Example]) -> Findings:
    """Everything says the same. Where it is about one picture, too, there is nothing to learn."""
    some = used(examples)
    texts = {tuple((turn.ask, _plain(turn.answer)) for turn in one.turns) for one in some}
    if len(some) < LEAST_USED or len(texts) > 1:
        return
    one_picture = len({one.content or one.image for one in some}) == 1
    weight = Weight.REFUSAL if one_picture else Weight.WARNING
    said = " ".join(turn.answer for turn in some[0].turns)[:80]
    yield TrainFinding(FindingCode.ALL_THE_SAME, weight, detail=said)


def pictures(
    examples: Sequence[Example], facts: Facts, lies_at: Callable[[Example], Path]
) -> Findings:
    """Gone, moved, unreadable, lying on their side. One finding for each picture."""
    about: dict[str, list[Example]] = defaultdict(list)
    for one in used(examples):
        about[one.image].append(one)
    for path, some in about.items():
        keys = tuple(one.key for one in some)
        seen = facts.get(path)
        name = Path(path).name
        if seen is None or seen.problem == "vanished":
            now = lies_at(some[0])
            if str(now) != path and now.exists():
                yield TrainFinding(
                    FindingCode.MOVED, Weight.WARNING, keys, str(now), Fix.FIND_MOVED, path
                )
            else:
                yield TrainFinding(
                    FindingCode.VANISHED, Weight.WARNING, keys, name, Fix.LEAVE_OUT, path
                )
        elif seen.problem:
            yield TrainFinding(
                FindingCode.UNREADABLE, Weight.WARNING, keys, name, Fix.LEAVE_OUT, path,
                seen.problem,
            )  # fmt: skip
        elif seen.orientation != 1:
            yield TrainFinding(FindingCode.ROTATED, Weight.NOTE, keys, name, image=path)


def sides(examples: Sequence[Example], groups: Sequence[str]) -> Findings:
    """Groups that stand on both sides. `groups` as `grouping.grouped` has them."""
    members: dict[str, list[Example]] = defaultdict(list)
    for one, group in zip(examples, groups, strict=True):
        if group and one.split is not Split.LEFT_OUT:
            members[group].append(one)
    for some in members.values():
        if len({one.split for one in some}) > 1:
            names = ", ".join(sorted({Path(one.image).name for one in some})[:4])
            yield TrainFinding(
                FindingCode.ACROSS_SPLITS,
                Weight.WARNING,
                tuple(one.key for one in some),
                names,
                Fix.GROUP,
                some[0].image,
            )


def repeats(examples: Sequence[Example], facts: Facts) -> Findings:
    """The same words about the same bytes, again. The keys are all but the first."""
    members: dict[object, list[Example]] = defaultdict(list)
    for one in used(examples):
        said = tuple((turn.ask, turn.answer) for turn in one.turns)
        members[bytes_of(one, facts), said, one.kind, one.box].append(one)
    for some in members.values():
        if len(some) > 1:
            keys = tuple(one.key for one in some[1:])
            name = Path(some[0].image).name
            yield TrainFinding(
                FindingCode.REPEATED, Weight.WARNING, keys, name, Fix.REMOVE, some[0].image
            )


def silence(examples: Sequence[Example]) -> Findings:
    """Nothing to be learned."""
    for one in used(examples):
        if not any(turn.answer.strip() for turn in one.turns):
            yield _about(FindingCode.EMPTY, one, "", Fix.REMOVE)


def lengths(examples: Sequence[Example], tokens: Callable[[Example], int], most: int) -> Findings:
    """Longer than the model reads, once put into its template."""
    for one in used(examples):
        count = tokens(one)
        if count > most:
            yield _about(FindingCode.TOO_LONG, one, f"{count} > {most}", Fix.LEAVE_OUT)


def names(examples: Sequence[Example], facts: Facts) -> Findings:
    """Words of the file or the camera in what is to be learned."""
    for one in used(examples):
        if one.kind not in (ExampleKind.CAPTION, ExampleKind.QUESTION):
            continue
        seen = facts.get(one.image)
        camera = (seen.camera,) if seen is not None and seen.camera else ()
        context = LintContext(file_name=Path(one.image).name, camera=camera)
        for turn in one.turns:
            found = leaked_name(turn.answer, context) if turn.answer != one.label else ""
            if found:
                yield _about(FindingCode.FILE_NAME, one, found, Fix.LEAVE_OUT)
                break


def leaked_name(text: str, context: LintContext) -> str:
    """The name of a file or camera in a text, "" for none."""
    stem = Path(context.file_name).stem
    telling = len(stem) >= _SHORTEST_STEM and (any(map(str.isdigit, stem)) or "_" in stem)
    if telling and re.search(rf"(?<!\w){re.escape(stem)}(?!\w)", text, re.IGNORECASE):
        return stem
    for rule in (extension, file_name, camera_name):
        hit = rule(text, context)
        if hit is not None:
            return hit.detail
    return ""


def boxes(examples: Sequence[Example], facts: Facts) -> Findings:
    """Places of no area, or that reach out of their picture."""
    for one in used(examples):
        seen = facts.get(one.image)
        if one.box is None or seen is None or seen.problem:
            continue
        clipped = clipped_box(one.box, seen.size)
        sides_said = ", ".join(f"{side:g}" for side in _sides(one.box))
        if clipped is None:
            yield _about(FindingCode.BOX_EMPTY, one, sides_said, Fix.LEAVE_OUT)
        elif clipped != one.box:
            yield _about(FindingCode.BOX_OUTSIDE, one, sides_said, Fix.CLIP_BOX)


def clipped_box(box: Box, size: Size) -> Box | None:
    """What of a box lies in a picture; None where nothing does."""
    cut = Box(
        min(max(box.x0, 0.0), size.width), min(max(box.y0, 0.0), size.height),
        min(max(box.x1, 0.0), size.width), min(max(box.y1, 0.0), size.height),
    )  # fmt: skip
    return cut if cut.x0 < cut.x1 and cut.y0 < cut.y1 else None


def conflicts(examples: Sequence[Example], facts: Facts) -> Findings:
    """Different answers to the same question about the same picture, or different labels of it.

    The keys are those that say what fewer say; where all say as often, all but the first.
    """
    members: dict[tuple[str, str], list[tuple[str, Example]]] = defaultdict(list)
    for one in used(examples):
        if one.kind is ExampleKind.BOX:
            continue
        content = bytes_of(one, facts)
        if one.label:
            members[content, "label"].append((_plain(one.label), one))
        elif one.kind is not ExampleKind.CAPTION and len(one.turns) == 1:
            turn = one.turns[0]
            members[content, f"ask {_plain(turn.ask)}"].append((_plain(turn.answer), one))
    for some in members.values():
        counted = Counter(answer for answer, _ in some)
        if len(counted) > 1:
            kept = counted.most_common(1)[0][0]
            fewer = tuple(one.key for answer, one in some if answer != kept)
            said = " / ".join(answer[:40] for answer, _ in counted.most_common(3))
            image = some[0][1].image
            yield TrainFinding(
                FindingCode.CONFLICT, Weight.WARNING, fewer, said, Fix.LEAVE_OUT, image
            )


def bytes_of(one: Example, facts: Facts) -> str:
    """What tells pictures apart: the hash of the bytes, else the path."""
    seen = facts.get(one.image)
    return (seen.content_hash if seen is not None else "") or one.content or one.image


def _about(code: FindingCode, one: Example, detail: str, fix: Fix) -> TrainFinding:
    return TrainFinding(code, Weight.WARNING, (one.key,), detail, fix, one.image)


def _plain(text: str) -> str:
    """As people mean it: without case, marks and white space."""
    return " ".join(re.findall(r"\w+", text.casefold())) or text.strip()


def _sides(box: Box) -> tuple[float, float, float, float]:
    return (box.x0, box.y0, box.x1, box.y1)
