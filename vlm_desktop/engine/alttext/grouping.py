"""Decisions and groups, as rules for `Library.revise_alt`; see `revising`."""

from collections.abc import Collection, Iterable, Sequence

from vlm_desktop.base.alttext import AltAct, AltImage, AltState, Author, Decided, Decision
from vlm_desktop.engine.alttext.revising import HUMAN, Records, in_review
from vlm_desktop.store.altrecords import Revision, Rule


def deciding(ids: Sequence[int], decision: Decision) -> Rule:
    """A person says what images are for. GROUP makes them one group, which the first leads."""

    def rule(records: Records) -> Iterable[Revision]:
        known = [one for one in ids if one in records]
        lead = known[0] if known and decision is Decision.GROUP else None
        for one in known:
            yield from _decided(records[one].image, Decided(decision, Author.HUMAN, lead))
        yield from _orphans(records, set(known))

    return rule


def ungrouping(ids: Sequence[int]) -> Rule:
    """Take images out of their groups; they are undecided again."""

    def rule(records: Records) -> Iterable[Revision]:
        known = [
            one for one in ids if one in records and records[one].image.decision is Decision.GROUP
        ]
        for one in known:
            yield from _decided(records[one].image, Decided())
        yield from _orphans(records, set(known))

    return rule


def leading(image_id: int) -> Rule:
    """Let an image of a group carry its text."""

    def rule(records: Records) -> Iterable[Revision]:
        if image_id not in records or records[image_id].image.decision is not Decision.GROUP:
            return
        lead = records[image_id].image.lead_id
        for one, record in records.items():
            if one == image_id or (lead is not None and record.image.lead_id == lead):
                group = Decided(Decision.GROUP, Author.HUMAN, image_id)
                yield from _decided(record.image, group)

    return rule


def _decided(image: AltImage, decided: Decided) -> Iterable[Revision]:
    """What was approved was approved for what the image was for, so it is in review again."""
    if decided == Decided(image.decision, image.decided_by, image.lead_id):
        return
    yield Revision(image.id, AltAct.DECIDED, HUMAN, decided=decided)
    for text in image.texts:
        if text.state in (AltState.APPROVED, AltState.STALE):
            yield in_review(image.id, text)


def _orphans(records: Records, gone: Collection[int]) -> Iterable[Revision]:
    """Members whose lead left the group follow the first of those that stay."""
    left: dict[int, list[int]] = {}
    for one, record in records.items():
        lead = record.image.lead_id
        if lead is not None and lead in gone and one not in gone:
            left.setdefault(lead, []).append(one)
    for _, members in sorted(left.items()):
        for one in members:
            image = records[one].image
            group = Decided(Decision.GROUP, image.decided_by, min(members))
            yield from _decided(image, group)
