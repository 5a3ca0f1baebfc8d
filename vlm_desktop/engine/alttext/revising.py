"""What a person's act does to images and their texts, as rules for `Library.revise_alt`.

Pure: they see records and answer with revisions, so that one transaction holds both.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from vlm_desktop.base.alterrors import (
    ApprovalRefused,
    FollowsAnother,
    NothingDecided,
    NothingToSee,
    NothingWritten,
)
from vlm_desktop.base.altkeeping import ImportedText
from vlm_desktop.base.alttext import (
    AltAct,
    AltEvent,
    AltImage,
    AltState,
    AltText,
    Author,
    Candidate,
    Decided,
    Decision,
    WrittenBy,
)
from vlm_desktop.engine.alttext.merging import Merge, Merged, merge, next_base, takes_draft
from vlm_desktop.store.altrecords import AltRecord, Revision, Rule

HUMAN = WrittenBy(Author.HUMAN)
FILE = WrittenBy(Author.FILE)

Records = Mapping[int, AltRecord]

_FACTS = (AltAct.KEPT_OURS, AltAct.WRITTEN, AltAct.WENT_STALE)
"""Acts that tell what became of files; taking them back would not change the files."""


# --- texts -------------------------------------------------------------------------------


def typed(image_id: int, language: str, alt: str, extended: str) -> Rule:
    """A person typed. An approved or stale text is in review from then on."""

    def rule(records: Records) -> Iterable[Revision]:
        if image_id not in records:
            return
        before = records[image_id].image.text(language)
        if (before.alt, before.extended) == (alt, extended):
            return
        state = before.state
        if state in (AltState.APPROVED, AltState.STALE):
            state = AltState.IN_REVIEW
        elif state in (AltState.EMPTY, AltState.DRAFT):
            state = AltState.DRAFT if alt or extended else AltState.EMPTY
        text = AltText(language, alt, extended, state, HUMAN)
        yield Revision(image_id, AltAct.EDITED, HUMAN, language, text, typing=True)

    return rule


def setting_state(ids: Sequence[int], language: str, state: AltState, detail: str = "") -> Rule:
    """A person says how far texts have come; not for APPROVED and STALE.

    Where nothing is written, facts can be asked for, but there is nothing to review.
    """

    def rule(records: Records) -> Iterable[Revision]:
        for one in ids:
            if one not in records:
                continue
            before = records[one].image.text(language)
            says = bool(before.alt or before.extended) or state is AltState.NEEDS_FACTS
            if says and (before.state is not state or detail):
                text = replace(before, state=state, approved_hash="")
                yield Revision(one, AltAct.STATE, HUMAN, language, text, detail=detail)

    return rule


def approving(
    ids: Sequence[int],
    language: str,
    absent: Collection[int],
    refused: Callable[[int, ApprovalRefused], None],
) -> Rule:
    """Approve texts as they are now; members of a group follow the image that leads.

    A decorative image's empty text is approved. `absent` are those whose file is not there.
    """

    def rule(records: Records) -> Iterable[Revision]:
        members: dict[int, list[AltImage]] = {}
        for record in records.values():
            lead = record.image.lead_id
            if lead is not None and lead != record.image.id:
                members.setdefault(lead, []).append(record.image)
        done: set[int] = set()
        # Who follows comes last, so that it is not refused where its lead is among them.
        for one in sorted(ids, key=lambda key: key in records and _follows(records[key].image)):
            if one not in records or one in done:
                continue
            image = records[one].image
            error = _why_not(image, language, absent)
            if error is not None:
                refused(one, error)
                continue
            done.add(one)
            yield _approved(image, language, empty=image.decision is Decision.DECORATIVE)
            for member in members.get(one, ()) if image.decision is Decision.GROUP else ():
                done.add(member.id)
                yield _approved(member, language, empty=True)

    return rule


def _follows(image: AltImage) -> bool:
    return image.decision is Decision.GROUP and image.lead_id not in (None, image.id)


def _why_not(image: AltImage, language: str, absent: Collection[int]) -> ApprovalRefused | None:
    if image.decision is Decision.UNDECIDED:
        return NothingDecided(name=image.name)
    if _follows(image):
        return FollowsAnother(name=image.name)
    if image.id in absent:
        return NothingToSee(name=image.name)
    if image.decision is not Decision.DECORATIVE and not image.text(language).alt.strip():
        return NothingWritten(name=image.name)
    return None


def _approved(image: AltImage, language: str, *, empty: bool) -> Revision:
    before = image.text(language)
    text = replace(before, state=AltState.APPROVED, approved_hash=image.content_hash)
    if empty:
        text = replace(text, alt="", extended="", written_by=HUMAN)
    return Revision(image.id, AltAct.APPROVED, HUMAN, language, text)


def in_review(image_id: int, text: AltText) -> Revision:
    """An approved text that is to be looked at again."""
    back = replace(text, state=AltState.IN_REVIEW, approved_hash="")
    return Revision(image_id, AltAct.STATE, HUMAN, text.language, back)


def unapproving(ids: Sequence[int], language: str) -> Rule:
    """Back to review, the members of the groups that they lead with them."""

    def rule(records: Records) -> Iterable[Revision]:
        wanted = set(ids)
        for one, record in records.items():
            before = record.image.text(language)
            if before.state not in (AltState.APPROVED, AltState.STALE):
                continue
            if one in wanted or record.image.lead_id in wanted:
                yield in_review(one, before)

    return rule


# --- what comes from elsewhere -----------------------------------------------------------


def drafted(
    image_id: int,
    language: str,
    candidate: Candidate,
    *,
    act: AltAct = AltAct.DRAFTED,
    chosen: bool = False,
) -> Rule:
    """A draft becomes the text where nothing of a person's is there, or a person chose it."""

    def rule(records: Records) -> Iterable[Revision]:
        if image_id not in records:
            return
        before = records[image_id].image.text(language)
        if not chosen and not takes_draft(before):
            return
        state = AltState.DRAFT
        if before.state in (AltState.IN_REVIEW, AltState.NEEDS_FACTS):
            state = before.state
        elif before.state in (AltState.APPROVED, AltState.STALE):
            state = AltState.IN_REVIEW
        by = candidate.written_by
        text = AltText(language, candidate.alt, candidate.extended, state, by)
        if (before.alt, before.extended) != (text.alt, text.extended):
            yield Revision(image_id, act, by, language, text)

    return rule


def importing(
    texts: Sequence[ImportedText],
    source: str,
    outcomes: Callable[[ImportedText, AltRecord, Merge], None],
) -> Rule:
    """Texts from files, pages and tables, merged three ways; see `merging`."""

    def rule(records: Records) -> Iterable[Revision]:
        for said in texts:
            record = records.get(said.image_id)
            if record is None:
                continue
            ours, base = record.image.text(said.language), record.bases.get(said.language)
            found = merge(base, ours, said.alt, said.extended)
            known = next_base(base, said.alt, said.extended)
            outcomes(said, record, found)
            if found.outcome is Merged.THEIRS:
                state = AltState.DRAFT if found.alt or found.extended else AltState.EMPTY
                text = AltText(said.language, found.alt, found.extended, state, FILE)
                yield Revision(
                    said.image_id, AltAct.IMPORTED, FILE, said.language, text,
                    base=known, detail=source,
                )  # fmt: skip
            elif found.outcome is Merged.KEPT_OURS:
                yield Revision(
                    said.image_id, AltAct.KEPT_OURS, FILE, said.language,
                    base=known, detail=said.alt or said.extended or "",
                )  # fmt: skip
            elif known != base:
                yield Revision(said.image_id, None, FILE, said.language, base=known)

    return rule


def going_stale(ids: Sequence[int]) -> Rule:
    """Approved texts of images whose bytes are others; back where the bytes are the old ones."""

    def rule(records: Records) -> Iterable[Revision]:
        for one in ids:
            image = records[one].image if one in records else None
            for text in image.texts if image is not None else ():
                if image is None or not (text.approved_hash and image.content_hash):
                    continue
                same = text.approved_hash == image.content_hash
                if text.state is AltState.APPROVED and not same:
                    gone = replace(text, state=AltState.STALE)
                    yield Revision(one, AltAct.WENT_STALE, FILE, text.language, gone)
                elif text.state is AltState.STALE and same:
                    back = replace(text, state=AltState.APPROVED)
                    yield Revision(one, AltAct.STATE, FILE, text.language, back)

    return rule


def written(
    image_id: int, said: Mapping[str, tuple[str, str]], where: str, before: str, after: str
) -> Rule:
    """Texts were written where they belong, by language.

    The file's hash was `before` and is `after`; its picture is the same, so what was approved
    stays approved. Both are "" where the file itself was not written.
    """

    def rule(records: Records) -> Iterable[Revision]:
        if image_id not in records:
            return
        for before_text in records[image_id].image.texts:
            text, language = before_text, before_text.language
            if after and text.approved_hash == before:
                text = replace(text, approved_hash=after)
            if language in said:
                yield Revision(
                    image_id, AltAct.WRITTEN, text.written_by, language, text,
                    base=said[language], detail=where,
                )  # fmt: skip
            elif text != before_text:
                yield Revision(image_id, None, text.written_by, language, text)

    return rule


# --- back --------------------------------------------------------------------------------


def restoring(event: AltEvent) -> Rule:
    """A text as it was after an event, by a person's wish; it is to be approved anew."""

    def rule(records: Records) -> Iterable[Revision]:
        text = replace(event.after, approved_hash="")
        if text.state in (AltState.APPROVED, AltState.STALE):
            text = replace(text, state=AltState.IN_REVIEW)
        before = records[event.image_id].image.text(event.language)
        if (before.alt, before.extended, before.state) != (text.alt, text.extended, text.state):
            yield Revision(
                event.image_id, AltAct.EDITED, HUMAN, event.language, text,
                detail=f"restored {event.id}",
            )  # fmt: skip

    return rule


def undoing(events: Sequence[AltEvent], kept: Callable[[int], None]) -> Rule:
    """Take back what the events did, the newest first; what was changed since stays."""

    def rule(records: Records) -> Iterable[Revision]:
        first: dict[tuple[int, str], AltEvent] = {}
        last: dict[tuple[int, str], AltEvent] = {}
        for event in events:
            if event.act in _FACTS:
                continue
            key = (event.image_id, event.language)
            first.setdefault(key, event)
            last[key] = event
        for key, event in reversed(list(last.items())):
            image_id, language = key
            if image_id not in records:
                continue
            image = records[image_id].image
            if event.decided is not None:
                now = Decided(image.decision, image.decided_by, image.lead_id)
                back = first[key].decided or event.decided
                if now != event.decided[1]:
                    kept(image_id)
                    continue
                lead = back[0].lead_id if back[0].lead_id in records else None
                yield Revision(
                    image_id, AltAct.UNDONE, HUMAN, decided=replace(back[0], lead_id=lead)
                )
                continue
            if not _same(image.text(language), event.after):
                kept(image_id)
                continue
            yield Revision(image_id, AltAct.UNDONE, HUMAN, language, first[key].before)

    return rule


def _same(one: AltText, other: AltText) -> bool:
    return (one.alt, one.extended, one.state) == (other.alt, other.extended, other.state)
