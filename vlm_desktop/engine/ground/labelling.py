"""`services.ground.labelling`: phrases looked for in many pictures, into a queue for a person.

For the lane "ground". Which pictures there are, and which are done, is read from the library: a
batch that was cancelled, closed or killed goes on where it stopped when it is run again, and what
was found in a picture is kept when the picture is done. A picture that cannot be read costs its
own row, with the reason; what concerns the whole (a full disk, a model that does not load) ends
the run with its error, and what was done stays.
"""

import os
import time
from collections.abc import Callable, Collection, Generator, Sequence
from pathlib import Path
from typing import Protocol

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import MediaRefused
from vlm_desktop.base.events import Event, Notice, Phase, Progress
from vlm_desktop.base.grounderrors import PhraseEmpty
from vlm_desktop.base.grounding import (
    AUTOMATIC,
    Grounded,
    GroundObject,
    GroundPicture,
    ObjectState,
    PictureObjects,
)
from vlm_desktop.base.groundkeeping import (
    KeptPicture,
    LabelBatch,
    LabelReport,
    LabelRow,
    LabelRowDone,
)
from vlm_desktop.engine.ground.clauses import parsed
from vlm_desktop.engine.ground.keeping import KeptObjects
from vlm_desktop.engine.ground.proposing import proposals, with_proposals
from vlm_desktop.media.scan import ScanProblem, scan_folder
from vlm_desktop.store.library import Library

_AT_ONCE = 200


class GroundsPhrases(Protocol):
    """`services.ground.phrases.ground`."""

    def __call__(
        self,
        picture: GroundPicture,
        phrases: Sequence[str],
        cancel: CancelToken,
        *,
        model_id: str = "",
        with_masks: bool = False,
    ) -> Generator[Event, None, tuple[Grounded, ...]]: ...


class Labelling:
    """See the module. One run at a time; the methods that are no generators are quick, from any
    thread. `load` reads a picture, `ground` looks for phrases in it, `automatic` names who does so
    where no model is named: a batch keeps to whom it names when it is queued."""

    def __init__(
        self,
        library: Callable[[], Library],
        load: Callable[[Path, CancelToken], GroundPicture],
        ground: GroundsPhrases,
        keeping: KeptObjects,
        automatic: Callable[[], str] = lambda: AUTOMATIC,
    ) -> None:
        self._library = library
        self._load = load
        self._ground = ground
        self._keeping = keeping
        self._automatic = automatic

    # --- what there is -------------------------------------------------------------------

    def batches(self) -> tuple[LabelBatch, ...]:
        """All, the newest first."""
        return tuple(self._library().label_batches())

    def unfinished(self) -> tuple[LabelBatch, ...]:
        """Those that a run would go on with."""
        return tuple(one for one in self.batches() if one.waiting)

    def rows(self, batch_id: int) -> tuple[LabelRow, ...]:
        """All pictures of a batch, in its order. Raises LabelBatchUnknown."""
        self._library().label_batch(batch_id)
        return tuple(self._library().label_rows(batch_id))

    def remove(self, batch_id: int) -> None:
        """Take a batch out of the list; the objects stay."""
        self._library().delete_label_batch(batch_id)

    # --- the review ----------------------------------------------------------------------

    def queue(self, batch_id: int | None = None) -> tuple[KeptPicture, ...]:
        """Pictures with proposed objects, of one batch or all, the most errors expected first."""
        library = self._library()
        hashes = None
        if batch_id is not None:
            hashes = sorted({one.content_hash for one in self.rows(batch_id) if one.content_hash})
        owing = library.ground_pictures((ObjectState.PROPOSED,), hashes)
        return tuple(sorted(owing, key=lambda one: -one.doubt))

    def accept(self, content_hash: str, numbers: Collection[int]) -> PictureObjects | None:
        """These objects of a picture are right; what `KeptObjects.save` undoes it with."""
        return self._keeping.judge(content_hash, numbers, ObjectState.ACCEPTED)

    def reject(self, content_hash: str, numbers: Collection[int]) -> PictureObjects | None:
        """These objects of a picture are wrong, and are not proposed there again."""
        return self._keeping.judge(content_hash, numbers, ObjectState.REJECTED)

    # --- doing it ------------------------------------------------------------------------

    def add(
        self,
        paths: Sequence[Path],
        phrases: Sequence[str],
        cancel: CancelToken,
        *,
        content_ids: Sequence[int] = (),
        name: str = "",
        model_id: str = "",
        with_masks: bool = False,
    ) -> Generator[Event, None, LabelBatch]:
        """Queue pictures, those in folders, and photos of the library by their ids, to be labelled
        by phrases. Nothing is looked for yet.

        Raises PhraseEmpty, FolderNotFound, FolderUnreadable, LibraryError, Cancelled.
        """
        wanted = tuple(dict.fromkeys(filter(None, (" ".join(one.split()) for one in phrases))))
        if not wanted:
            raise PhraseEmpty
        for phrase in wanted:
            parsed(phrase)  # raises where it names nothing, before anything is queued
        found: dict[Path, None] = {}
        for path in paths:
            whole = Path(path).absolute()
            if not whole.is_dir():
                found[whole] = None
                continue
            inside = []
            for one in scan_folder(whole, cancel):
                if isinstance(one, ScanProblem):
                    yield Notice("folder-unreadable", f"{one.path} ({one.detail})")
                    continue
                inside.append(one.path)
                if len(inside) % _AT_ONCE == 0:
                    yield Progress(Phase.INVENTORY, len(found) + len(inside), None)
            found.update(dict.fromkeys(sorted(inside, key=os.fspath)))
        located = self._library().locate(content_ids)
        found.update(dict.fromkeys(located[one].path for one in content_ids if one in located))
        cancel.raise_if_cancelled()
        return self._library().new_label_batch(
            name or (Path(paths[0]).absolute().name if paths else ""),
            wanted,
            list(found),
            model_id=model_id or self._automatic(),
            with_masks=with_masks,
        )

    def run(
        self, batch_id: int, cancel: CancelToken, *, again: bool = False
    ) -> Generator[Event, None, LabelReport]:
        """Look for the phrases in what waits in a batch. Yields `Progress` over its pictures, and
        `LabelRowDone` after each, whose finds are then kept as proposed objects.

        Phrases that the same model looked for in the same picture before are passed over, and so
        is what a picture has at the same place under the same label, rejected or not. With `again`
        pictures that could not be read are tried once more. Raises LabelBatchUnknown,
        GroundRefused, ModelError, DecoderUnavailable, LibraryError, Cancelled.
        """
        began = time.monotonic()
        library = self._library()
        batch = library.label_batch(batch_id)
        if again:
            library.requeue_unlabelled(batch_id)
        waiting = library.waiting_pictures(batch_id)
        labelled = known = refused = found = 0
        told: set[Event] = set()
        for number, path in enumerate(waiting):
            rate = number / max(time.monotonic() - began, 1e-6)
            yield Progress(Phase.LABEL, number, len(waiting), rate)
            cancel.raise_if_cancelled()
            try:
                picture = self._load(path, cancel)
            except MediaRefused as error:
                refused += 1
                library.refuse_labelled(batch_id, path, error.reason.value, error.detail)
                yield LabelRowDone(path, 0, error=error)
                continue
            seen = library.labelled_phrases(picture.content_hash, batch.model_id)
            owing = [one for one in batch.phrases if one not in seen]
            added = 0
            if owing:
                added = yield from self._label(picture, owing, batch, told, cancel)
            library.finish_labelled(
                batch_id, path, picture.content_hash, found=added, known=not owing
            )
            labelled, known = labelled + bool(owing), known + (not owing)
            found += added
            yield LabelRowDone(path, added, is_known=not owing)
        yield Progress(Phase.LABEL, len(waiting), len(waiting))
        return LabelReport(batch_id, labelled, known, refused, found, time.monotonic() - began)

    def _label(
        self,
        picture: GroundPicture,
        phrases: Sequence[str],
        batch: LabelBatch,
        told: set[Event],
        cancel: CancelToken,
    ) -> Generator[Event, None, int]:
        """Keep what phrases find in one picture; how many objects that adds. What was `told` of a
        picture before is not told again."""
        verb = self._ground(
            picture, phrases, cancel, model_id=batch.model_id, with_masks=batch.with_masks
        )
        try:
            while True:
                event = next(verb)
                # Its progress counts phrases; here pictures are counted.
                if not isinstance(event, Progress) and event not in told:
                    told.add(event)
                    yield event
        except StopIteration as end:
            answers: tuple[Grounded, ...] = end.value
        finally:
            verb.close()
        proposed = proposals(answers)
        if not proposed:
            return 0

        def rule(objects: tuple[GroundObject, ...]) -> tuple[GroundObject, ...]:
            return with_proposals(objects, proposed)

        empty = PictureObjects(picture.path, picture.content_hash, picture.size, ())
        before, after = self._keeping.revise(empty, rule)
        return len(after.objects) - len(before.objects)
