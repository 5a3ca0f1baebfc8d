"""Texts that a person did not type: drafts, imports, and what was written where it belongs.

Quick reads and writes of the database, from any thread. What changes something returns an
`AltDone`, which `AltSets.undo` takes back.
"""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from vlm_desktop.base.altfiles import X_DEFAULT, AltReading, AltWritten
from vlm_desktop.base.altkeeping import AltDone, AltImported, ImportedText, KeptCandidate
from vlm_desktop.base.altpages import PageEdit
from vlm_desktop.base.alttext import AltAct, AltEvent, AltText, Candidate
from vlm_desktop.engine.alttext import revising
from vlm_desktop.engine.alttext.merging import Merge, Merged
from vlm_desktop.engine.alttext.stamping import new_batch
from vlm_desktop.store.altrecords import AltRecord, Rule
from vlm_desktop.store.contents import clean
from vlm_desktop.store.library import Library


class TextIntake:
    """What comes from elsewhere never takes the place of what a person wrote; see `merging`."""

    def __init__(self, library: Callable[[], Library]) -> None:
        self._library = library

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
        return as_done(batch, events)

    # --- parts ---------------------------------------------------------------------------

    def _revise(self, image_ids: Collection[int], rule: Rule, batch: str = "") -> AltDone:
        key = batch or new_batch()
        return as_done(key, self._library().revise_alt(list(image_ids), rule, key))


def as_done(batch: str, events: Sequence[AltEvent]) -> AltDone:
    """The handle of what the events did."""
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
