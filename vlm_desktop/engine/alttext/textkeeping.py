"""Decisions, texts, states and their history, as they are kept.

Plain methods are quick reads and writes of the database, from any thread. What changes something
returns an `AltDone`, which `undo` takes back.
"""

from collections.abc import Callable, Generator, Sequence

from vlm_desktop.base.alterrors import (
    AltEventUnknown,
    AltImageUnknown,
    AltStateRefused,
    ApprovalRefused,
)
from vlm_desktop.base.altkeeping import (
    AltApproved,
    AltDone,
    AltHistoryLine,
)
from vlm_desktop.base.alttext import (
    AltState,
    AltText,
    Decision,
    TrainingPair,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.engine.alttext import grouping, revising
from vlm_desktop.engine.alttext.history import as_lines
from vlm_desktop.engine.alttext.intake import TextIntake, as_done
from vlm_desktop.engine.alttext.looking import FileLooker
from vlm_desktop.engine.alttext.stamping import new_batch
from vlm_desktop.store.contents import clean
from vlm_desktop.store.library import Library


class TextKeeping(TextIntake):
    """What is decided and written. `looker` reads files."""

    def __init__(self, library: Callable[[], Library], looker: FileLooker) -> None:
        super().__init__(library)
        self._looker = looker

    # --- decisions -----------------------------------------------------------------------

    def decide(self, image_ids: Sequence[int], decision: Decision) -> AltDone:
        """A person says what images are for. GROUP makes them one group, led by the first."""
        return self._revise(image_ids, grouping.deciding(image_ids, decision))

    def group(self, image_ids: Sequence[int], lead_id: int) -> AltDone:
        """Images that say one thing together; `lead_id`, one of them, carries the text."""
        ordered = [lead_id, *(one for one in image_ids if one != lead_id)]
        return self.decide(ordered, Decision.GROUP)

    def set_lead(self, image_id: int) -> AltDone:
        """Let an image carry the text of the group it is in."""
        return self._revise([image_id], grouping.leading(image_id))

    def ungroup(self, image_ids: Sequence[int]) -> AltDone:
        """Take images out of their groups; they are undecided again."""
        return self._revise(image_ids, grouping.ungrouping(image_ids))

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
        return as_done(batch, events) if events else None

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
