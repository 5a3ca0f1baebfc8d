"""Texts, decisions and their history. Every change of either is an event, which stays.

What a person types is kept with every pause, but told as one event: the first save of a sitting
keeps what stood there before (`alt_texts.sitting`), and the event is written when the person goes
on to something else, when a while has passed, or when anything else happens to the text.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from vlm_desktop.base.alterrors import AltEventUnknown
from vlm_desktop.base.alttext import AltAct, AltEvent, AltState, AltText, Author, Decided, WrittenBy
from vlm_desktop.store.altcodec import (
    EVENT,
    IMAGE,
    decode_text,
    decode_written_by,
    encode,
    read_bases,
    read_event,
    read_image,
    read_sittings,
)
from vlm_desktop.store.altrecords import AltRecord, Revision, Rule
from vlm_desktop.store.contents import clean
from vlm_desktop.store.conversations import now
from vlm_desktop.store.part import Part, chunks, marks

SITTING = timedelta(minutes=10)
"""Typing that goes on after a longer break is another event."""

_TEXT = "language, alt, extended, state, written_by, changed_at, approved_hash"


class AltWritingPart(Part):
    """Each method is one transaction."""

    def revise_alt(self, image_ids: Sequence[int], rule: Rule, batch: str) -> list[AltEvent]:
        """Change images as `rule` says, having seen them with all others of their groups.

        Returns the events, typing that is not told yet among them with id 0.
        """
        events: list[AltEvent] = []
        with self._db.writing() as connection:
            records = _records(connection, image_ids)
            for revision in rule(records):
                event = _revise(connection, records, revision, batch)
                if event is not None:
                    events.append(event)
        return events

    def settle_alt(self, batch: str, image_ids: Sequence[int] | None = None) -> list[AltEvent]:
        """Write down what was typed, of these images or of all, as events."""
        events = []
        with self._db.writing() as connection:
            rows = connection.execute(
                f"SELECT image_id, sitting, {_TEXT} FROM alt_texts WHERE sitting != ''"
            ).fetchall()
            wanted = None if image_ids is None else set(image_ids)
            for image_id, sitting, *stored in rows:
                if wanted is None or image_id in wanted:
                    text = _text(stored)
                    told = _tell_typing(connection, image_id, decode_text(sitting), text, batch)
                    events += [told] if told else []
        return events

    def alt_events(self, image_id: int, language: str) -> list[AltEvent]:
        """The history of an image in one language and of its decision, the oldest first.

        What is being typed comes last, with id 0.
        """
        with self._db.snapshot() as connection:
            rows = connection.execute(
                f"SELECT {EVENT} FROM alt_events WHERE image_id = ? AND language IN ('', ?)"
                " ORDER BY id",
                (image_id, language),
            ).fetchall()
            typed = connection.execute(
                f"SELECT sitting, {_TEXT} FROM alt_texts"
                " WHERE image_id = ? AND language = ? AND sitting != ''",
                (image_id, language),
            ).fetchone()
        events = [read_event(row) for row in rows]
        if typed is not None:
            before, after = decode_text(typed[0]), _text(typed[1:])
            if _differs(before, after):
                events.append(
                    AltEvent(
                        0,
                        image_id,
                        language,
                        after.changed_at,
                        AltAct.EDITED,
                        before,
                        after,
                        after.written_by,
                    )  # fmt: skip
                )
        return events

    def alt_event(self, event_id: int) -> AltEvent:
        with self._db.reading() as connection:
            row = connection.execute(
                f"SELECT {EVENT} FROM alt_events WHERE id = ?", (event_id,)
            ).fetchone()
        if row is None:
            raise AltEventUnknown
        return read_event(row)

    def alt_batch(self, batch: str) -> list[AltEvent]:
        """The events of a batch, the oldest first."""
        with self._db.reading() as connection:
            rows = connection.execute(
                f"SELECT {EVENT} FROM alt_events WHERE batch = ? ORDER BY id", (batch,)
            ).fetchall()
        return [read_event(row) for row in rows]


def _records(connection: sqlite3.Connection, image_ids: Sequence[int]) -> dict[int, AltRecord]:
    """The images and all others of the groups they are in."""
    found: dict[int, AltRecord] = {}
    for some in chunks(list(dict.fromkeys(image_ids))):
        _read(connection, f"alt_images.id IN ({marks(some)})", some, found)
    leads = sorted({one.image.lead_id for one in found.values() if one.image.lead_id is not None})
    for some in chunks(leads):
        _read(connection, f"lead_id IN ({marks(some)})", some, found)
    return found


def _read(
    connection: sqlite3.Connection,
    where: str,
    values: Sequence[int],
    found: dict[int, AltRecord],
) -> None:
    for row in connection.execute(f"SELECT {IMAGE} FROM alt_images WHERE {where}", tuple(values)):
        if row[0] not in found:
            found[row[0]] = AltRecord(read_image(row), read_bases(row[-1]), read_sittings(row[-1]))


def _revise(
    connection: sqlite3.Connection,
    records: dict[int, AltRecord],
    revision: Revision,
    batch: str,
) -> AltEvent | None:
    record = records[revision.image_id]
    if revision.decided is not None:
        return _decide(connection, record, revision, batch)
    before = record.image.text(revision.language)
    text = before if revision.text is None else _cleaned(revision.text)
    stamp = now()
    if revision.text is not None:
        at = stamp if _differs(before, text) else before.changed_at
        text = replace(text, language=revision.language, changed_at=at)
    sitting = record.sittings.get(revision.language)
    if revision.typing:
        return _type(connection, revision, before, text, sitting, batch)
    if sitting is not None:
        # Under another key, so that undoing the act leaves what was typed before it.
        _tell_typing(connection, revision.image_id, sitting, before, f"{batch}-typed")
    _put_text(connection, revision, text, sitting=None)
    if revision.act is None:
        return None
    return _tell(connection, revision, revision.act, encode(before), encode(text), stamp, batch)


def _type(
    connection: sqlite3.Connection,
    revision: Revision,
    before: AltText,
    text: AltText,
    sitting: AltText | None,
    batch: str,
) -> AltEvent | None:
    """Keep what was typed; an earlier sitting that was long ago becomes an event first."""
    if not _differs(before, text):
        return None
    if sitting is not None and _apart(before.changed_at, text.changed_at) > SITTING:
        _tell_typing(connection, revision.image_id, sitting, before, f"{batch}-typed")
        sitting = None
    _put_text(connection, revision, text, sitting=before if sitting is None else sitting)
    return AltEvent(
        0, revision.image_id, revision.language, text.changed_at, AltAct.EDITED,
        before if sitting is None else sitting, text, text.written_by,
    )  # fmt: skip


def _decide(
    connection: sqlite3.Connection, record: AltRecord, revision: Revision, batch: str
) -> AltEvent | None:
    image, after = record.image, revision.decided or Decided()
    before = Decided(image.decision, image.decided_by, image.lead_id)
    if before == after:
        return None
    connection.execute(
        "UPDATE alt_images SET decision = ?, decided_by = ?, lead_id = ? WHERE id = ?",
        (after.decision.value, after.by.value, after.lead_id, image.id),
    )
    if revision.act is None:
        return None
    return _tell(
        connection,
        replace(revision, language=""),
        revision.act,
        encode(before),
        encode(after),
        now(),
        batch,
    )


def _put_text(
    connection: sqlite3.Connection, revision: Revision, text: AltText, *, sitting: AltText | None
) -> None:
    # Nothing at all is a default of the codec, and yet typing may begin with it.
    kept = "" if sitting is None else encode(sitting) or "{}"
    connection.execute(
        "INSERT INTO alt_texts (image_id, language, changed_at) VALUES (?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (revision.image_id, revision.language, text.changed_at or now()),
    )
    connection.execute(
        "UPDATE alt_texts SET alt = ?, extended = ?, state = ?, written_by = ?, approved_hash = ?,"
        " changed_at = CASE ? WHEN '' THEN changed_at ELSE ? END, sitting = ?"
        " WHERE image_id = ? AND language = ?",
        (
            text.alt,
            text.extended,
            text.state.value,
            encode(text.written_by),
            text.approved_hash,
            text.changed_at,
            text.changed_at,
            kept,
            revision.image_id,
            revision.language,
        ),
    )
    if revision.base is not None:
        connection.execute(
            "UPDATE alt_texts SET base_alt = ?, base_extended = ?"
            " WHERE image_id = ? AND language = ?",
            (*map(clean, revision.base), revision.image_id, revision.language),
        )


def _tell_typing(
    connection: sqlite3.Connection, image_id: int, before: AltText, after: AltText, batch: str
) -> AltEvent | None:
    """Make an event of a sitting, unless it ended where it began."""
    connection.execute(
        "UPDATE alt_texts SET sitting = '' WHERE image_id = ? AND language = ?",
        (image_id, after.language),
    )
    if not _differs(before, after):
        return None
    by = WrittenBy(Author.HUMAN)
    revision = Revision(image_id, AltAct.EDITED, by, after.language)
    return _tell(
        connection, revision, AltAct.EDITED, encode(before), encode(after), after.changed_at, batch
    )


def _tell(
    connection: sqlite3.Connection,
    revision: Revision,
    act: AltAct,
    before: str,
    after: str,
    at: str,
    batch: str,
) -> AltEvent:
    row = connection.execute(
        "INSERT INTO alt_events (image_id, language, at, act, author, written_by, before, after,"
        f" detail, batch) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING {EVENT}",
        (
            revision.image_id,
            revision.language,
            at,
            act.value,
            revision.written_by.author.value,
            encode(revision.written_by),
            before,
            after,
            clean(revision.detail),
            batch,
        ),
    ).fetchone()
    return read_event(row)


def _text(stored: Iterable[str]) -> AltText:
    """A text of a row of `_TEXT`."""
    language, alt, extended, state, written_by, changed_at, approved_hash = stored
    by = decode_written_by(written_by)
    return AltText(language, alt, extended, AltState(state), by, changed_at, approved_hash)


def _cleaned(text: AltText) -> AltText:
    return replace(text, alt=clean(text.alt), extended=clean(text.extended))


def _differs(one: AltText, other: AltText) -> bool:
    """Whether a person would see a difference."""
    return (one.alt, one.extended, one.state) != (other.alt, other.extended, other.state)


def _apart(earlier: str, later: str) -> timedelta:
    if not earlier:
        return timedelta(0)
    return datetime.fromisoformat(later) - datetime.fromisoformat(earlier)
