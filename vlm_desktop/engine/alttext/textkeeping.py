"""Decisions, texts, states and their history, as they are kept.

Plain methods are quick reads and writes of the database, from any thread. What changes something
returns an `AltDone`, which `undo` takes back.
"""

from collections.abc import Callable, Collection, Generator, Sequence
from pathlib import Path

from vlm_desktop.base.alterrors import (
    AltEventUnknown,
    AltImageUnknown,
    AltStateRefused,
    ApprovalRefused,
)
from vlm_desktop.base.altfiles import X_DEFAULT, AltReading, AltWritten
from vlm_desktop.base.altkeeping import (
    AltApproved,
    AltDone,
    AltHistoryLine,
    AltImported,
    ImportedText,
    KeptCandidate,
)
from vlm_desktop.base.altpages import PageEdit
from vlm_desktop.base.alttext import (
    AltAct,
    AltEvent,
    AltState,
    AltText,
    Candidate,
    Decision,
    TrainingPair,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.engine.alttext import revising
from vlm_desktop.engine.alttext.history import as_lines
from vlm_desktop.engine.alttext.looking import FileLooker
from vlm_desktop.engine.alttext.merging import Merge, Merged
from vlm_desktop.engine.alttext.stamping import new_batch
from vlm_desktop.store.altrecords import AltRecord, Rule
from vlm_desktop.store.contents import clean
from vlm_desktop.store.library import Library


class TextKeeping:
    """What is decided and written. `looker` reads files."""

    def __init__(self, library: Callable[[], Library], looker: FileLooker) -> None:
        self._library = library
        self._looker = looker

    # --- decisions -----------------------------------------------------------------------

    def decide(self, image_ids: Sequence[int], decision: Decision) -> AltDone:
        """A person says what images are for. GROUP makes them one group, led by the first."""
        return self._revise(image_ids, revising.deciding(image_ids, decision))

    def group(self, image_ids: Sequence[int], lead_id: int) -> AltDone:
        """Images that say one thing together; `lead_id`, one of them, carries the text."""
        ordered = [lead_id, *(one for one in image_ids if one != lead_id)]
        return self.decide(ordered, Decision.GROUP)

    def set_lead(self, image_id: int) -> AltDone:
        """Let an image carry the text of the group it is in."""
        return self._revise([image_id], revising.leading(image_id))

    def ungroup(self, image_ids: Sequence[int]) -> AltDone:
        """Take images out of their groups; they are undecided again."""
        return self._revise(image_ids, revising.ungrouping(image_ids))

    # --- texts ---------------------------------------------------------------------------

    def save_text(self, image_id: int, language: str, alt: str, extended: str = "") -> AltText:
        """Keep what a person typed, at every pause; the text as it is kept now.

        It is on the disk at once. History tells of a sitting as one act: when `settle` says that
        the person went on, after ten minutes without typing, or when anything else happens to the
        text. A text that was approved or stale is in review again.
        """
        rule = revising.typed(image_id, language, clean(alt), clean(extended))
        self._library().revise_alt([image_id], rule, new_batch())
        found = self._library().alt_images([image_id])
        if not found:
            raise AltImageUnknown
        return found[0].text(language)

    def settle(self, image_ids: Sequence[int] | None = None) -> AltDone | None:
        """Tell history what was typed, of these images or of all: on leaving an image, a pane or
        the program. None: nothing was. What a killed program did not tell is told by the next
        call for all."""
        batch = new_batch()
        events = self._library().settle_alt(batch, image_ids)
        return _done(batch, events) if events else None

    def set_state(self, image_ids: Sequence[int], language: str, state: AltState) -> AltDone:
        """DRAFT, NEEDS_FACTS or IN_REVIEW. Raises AltStateRefused for the others."""
        if state not in (AltState.DRAFT, AltState.NEEDS_FACTS, AltState.IN_REVIEW):
            raise AltStateRefused(state=state.value)
        return self._revise(image_ids, revising.setting_state(image_ids, language, state))

    def needs_facts(self, image_ids: Sequence[int], language: str, question: str) -> AltDone:
        """Somebody has to find out `question` first; history keeps it."""
        rule = revising.setting_state(
            image_ids, language, AltState.NEEDS_FACTS, " ".join(question.split())
        )
        return self._revise(image_ids, rule)

    def approve(
        self, image_ids: Sequence[int], language: str, cancel: CancelToken
    ) -> Generator[Event, None, AltApproved]:
        """Approve texts for the images' bytes as they are now, which are looked at first.

        Decorative images have their empty text approved; a group's members follow the image that
        leads. Those that cannot be approved are named with an ApprovalRefused each, and the others
        are. Raises DecoderUnavailable, Cancelled.
        """
        seen = yield from self._looker.look(image_ids, cancel)
        refused: dict[int, ApprovalRefused] = {}
        rule = revising.approving(image_ids, language, set(seen.missing), refused.__setitem__)
        return AltApproved(self._revise(image_ids, rule), tuple(refused.items()))

    def unapprove(self, image_ids: Sequence[int], language: str) -> AltDone:
        """Back to review, with the members of the groups that they lead."""
        return self._revise(image_ids, revising.unapproving(image_ids, language))

    # --- drafts --------------------------------------------------------------------------

    def add_drafts(
        self,
        image_id: int,
        language: str,
        candidates: Sequence[Candidate],
        *,
        translated: bool = False,
        batch: str = "",
    ) -> AltDone:
        """Keep candidates; the first becomes the text where nothing of a person's is there.

        `kept` has the image where it does not.
        """
        if not candidates:
            return AltDone(batch, ())
        self._library().add_alt_candidates(image_id, language, candidates)
        act = AltAct.TRANSLATED if translated else AltAct.DRAFTED
        rule = revising.drafted(image_id, language, candidates[0], act=act)
        done = self._revise([image_id], rule, batch)
        return done if done.images else AltDone(done.batch, (), (image_id,))

    def candidates(self, image_id: int, language: str) -> tuple[KeptCandidate, ...]:
        """What was drafted, imported or offered for it, the oldest first."""
        return tuple(self._library().alt_candidates(image_id, language))

    def take_candidate(self, image_id: int, language: str, candidate: Candidate) -> AltDone:
        """Make a candidate the text, whatever is there: a person chose it."""
        rule = revising.drafted(image_id, language, candidate, chosen=True)
        return self._revise([image_id], rule)

    def drop_candidate(self, candidate_id: int) -> KeptCandidate | None:
        """Offer it no more. Undo: `keep_candidates` with what is returned."""
        return self._library().drop_alt_candidate(candidate_id)

    def keep_candidates(
        self, image_id: int, language: str, candidates: Sequence[Candidate]
    ) -> None:
        """Offer candidates without touching the text."""
        self._library().add_alt_candidates(image_id, language, candidates)

    # --- imports and what was written ----------------------------------------------------

    def import_texts(
        self, texts: Sequence[ImportedText], source: str, *, batch: str = ""
    ) -> AltImported:
        """Texts from elsewhere, merged three ways (see `merging`). `source` says where from, for
        a person. What a person wrote or approved stays, and the other text is offered.
        """
        batch = batch or new_batch()
        cleaned = [_clean_import(one) for one in texts]
        taken: dict[int, None] = {}
        kept: dict[int, None] = {}
        aside: list[tuple[ImportedText, Candidate]] = []
        same = 0

        def note(said: ImportedText, record: AltRecord, found: Merge) -> None:
            nonlocal same
            ours = record.image.text(said.language)
            if found.outcome is Merged.SAME:
                same += 1
                return
            if found.outcome is Merged.THEIRS:
                taken[said.image_id] = None
                if ours.alt or ours.extended:
                    aside.append((said, _candidate(ours)))
            else:
                kept[said.image_id] = None
            if found.clash:
                aside.append((said, _offered(said, ours)))

        ids = list(dict.fromkeys(one.image_id for one in cleaned))
        self._library().revise_alt(ids, revising.importing(cleaned, source, note), batch)
        for said, candidate in aside:
            self._library().add_alt_candidates(said.image_id, said.language, [candidate])
        return AltImported(AltDone(batch, tuple(taken), tuple(kept)), tuple(kept), same)

    def import_reading(
        self, image_id: int, reading: AltReading, language: str, *, batch: str = ""
    ) -> AltImported:
        """What an image's file and sidecar say; `language` is that of what names none."""
        texts = [
            ImportedText(
                image_id,
                language if said.language == X_DEFAULT else said.language,
                said.alt or None,
                said.extended or None,
            )
            for said in reading.texts
        ]
        named = {one.language for one in reading.texts}
        if language in named:  # x-default only repeats it
            texts = [
                one for one, said in zip(texts, reading.texts, strict=True)
                if said.language != X_DEFAULT
            ]  # fmt: skip
        return self.import_texts(texts, reading.path.name, batch=batch)

    def note_written(self, image_id: int, written: AltWritten) -> AltDone:
        """Texts were written into an image's file or beside it. What was approved stays so."""
        said = {
            one.language: (one.alt, one.extended)
            for one in written.read_back
            if one.language != X_DEFAULT
        }
        rule = revising.written(
            image_id,
            said,
            ", ".join(change.target.name for change in written.changes) or written.path.name,
            written.hash_before,
            written.hash_after,
        )
        done = self._revise([image_id], rule)
        if written.hash_after:
            self._library().note_alt_written(
                image_id, written.path, written.hash_before, written.hash_after
            )
        return done

    def note_page_written(
        self, document: Path, edits: Sequence[PageEdit], language: str
    ) -> AltDone:
        """Texts were written into a page."""
        batch = new_batch()
        places = self._library().alt_places(document.absolute())
        events: list[AltEvent] = []
        for edit in edits:
            image_id = places.get(edit.place)
            if image_id is not None:
                said = {language: ("" if edit.decorative else edit.alt, "")}
                rule = revising.written(image_id, said, document.name, "", "")
                events += self._library().revise_alt([image_id], rule, batch)
        return _done(batch, events)

    # --- history -------------------------------------------------------------------------

    def history(self, image_id: int, language: str) -> tuple[AltHistoryLine, ...]:
        """What happened to a text and to the image's decision, the oldest first.

        What is being typed comes last, with id 0.
        """
        return as_lines(self._library().alt_events(image_id, language))

    def restore(self, event_id: int) -> AltDone:
        """Make a text what it was after an event; one that was approved is in review then.

        Raises AltEventUnknown, also for a decision, which `decide` takes back.
        """
        event = self._library().alt_event(event_id)
        if event.decided is not None:
            raise AltEventUnknown
        return self._revise([event.image_id], revising.restoring(event))

    def undo(self, done: AltDone) -> AltDone:
        """Take back all that carries its key; what is returned undoes that again.

        What was changed since is left alone and named in `kept`. Quick for one image, a second
        for ten thousand.
        """
        events = self._library().alt_batch(done.batch)
        ids = {one.image_id for one in events}
        for one in events:
            if one.decided is not None:
                ids |= {side.lead_id for side in one.decided if side.lead_id is not None}
        kept: dict[int, None] = {}
        rule = revising.undoing(events, lambda one: kept.setdefault(one))
        result = self._revise(sorted(ids), rule)
        return AltDone(result.batch, result.images, tuple(kept))

    # --- training ------------------------------------------------------------------------

    def training_pairs(self) -> tuple[TrainingPair, ...]:
        """Approved texts beside the model's drafts they were made from."""
        return tuple(self._library().alt_training_pairs())

    # --- parts ---------------------------------------------------------------------------

    def _revise(self, image_ids: Collection[int], rule: Rule, batch: str = "") -> AltDone:
        key = batch or new_batch()
        return _done(key, self._library().revise_alt(list(image_ids), rule, key))


def _done(batch: str, events: Sequence[AltEvent]) -> AltDone:
    return AltDone(batch, tuple(dict.fromkeys(one.image_id for one in events)))


def _clean_import(said: ImportedText) -> ImportedText:
    return ImportedText(
        said.image_id,
        said.language,
        None if said.alt is None else clean(said.alt),
        None if said.extended is None else clean(said.extended),
    )


def _candidate(text: AltText) -> Candidate:
    return Candidate(text.alt, text.extended, written_by=text.written_by)


def _offered(said: ImportedText, ours: AltText) -> Candidate:
    """The other text; what it says nothing of stays as it is."""
    return Candidate(
        ours.alt if said.alt is None else said.alt,
        ours.extended if said.extended is None else said.extended,
        written_by=revising.FILE,
    )
