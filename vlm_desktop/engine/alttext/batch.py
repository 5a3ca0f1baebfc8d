"""`AltTexts.batch`: a whole set drafted, image by image, in the order of its queue.

For the lane "model". Every image is kept as it is done, and what is done is read from the library:
a batch that was cancelled, closed or killed goes on where it stopped when it is asked for again.
An image that cannot be read costs its own row; what concerns the whole (a full disk, a model that
does not load, a style that the model cannot do) ends the batch with its error, and what was done
stays.

The same picture again (the same bytes, or as good as the same vector) gets the same text, where it
is used alike. Of pictures that look nearly the same, the later ones get the likeliest draft that
says something the earlier ones do not. No difference is made up: where all drafts say the same,
the likeliest is taken. The reasons of the suggestion tell all of this: "same-picture", "apart"
with the words of its own, "not-apart".
"""

import time
from collections.abc import Callable, Collection, Generator, Sequence
from dataclasses import replace

from vlm_desktop.base.altkeeping import AltBatchOptions, AltBatchReport, AltDone, AltRowDone
from vlm_desktop.base.alttext import AltImage, AltState, Brief, Decision
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.engine.alttext.alikeness import LibraryVectors, alike, same_pictures
from vlm_desktop.engine.alttext.batchrow import BatchRun, Checks, Drafts
from vlm_desktop.engine.alttext.keeping import AltSets
from vlm_desktop.engine.alttext.merging import is_protected
from vlm_desktop.engine.alttext.stamping import new_batch
from vlm_desktop.store.library import Library

_PLAIN = AltBatchOptions()


class AltBatch:
    """See the module. One batch at a time."""

    def __init__(
        self,
        library: Callable[[], Library],
        sets: AltSets,
        drafting: Drafts,
        checking: Checks,
    ) -> None:
        self._library = library
        self._sets = sets
        self._drafting = drafting
        self._checking = checking

    def draft_set(
        self, set_id: int, cancel: CancelToken, options: AltBatchOptions = _PLAIN
    ) -> Generator[Event, None, AltBatchReport]:
        """Suggest a decision and draft a text for every image of a set that has none and may need
        one. Yields `Progress` over the images, `AltRowDone` after each.

        A draft that was taken back counts as none; one that says nothing is not asked for again.
        Texts that the images' own files hold are taken over first. Raises AltSetUnknown,
        ModelError, LibraryError, Cancelled.
        """
        began = time.monotonic()
        yield from self._sets.refresh(set_id, cancel)
        brief = self._sets.one_set(set_id).brief
        owing, skipped = self._owing(set_id, brief, options)
        found = yield from self._sets.import_files(
            [image.id for image in owing], brief.language, cancel
        )
        taken = set(found.done.images)
        images = self._sets.images(set_id)
        groups, twins = self._look_alikes(images, cancel)
        run = BatchRun(self._sets, self._drafting, self._checking, brief, options, groups, twins)
        todo = [image for image in owing if image.id not in taken]
        for number, image in enumerate(todo):
            rate = number / max(time.monotonic() - began, 1e-6)
            yield Progress(Phase.ANSWER, number, len(todo), rate)
            cancel.raise_if_cancelled()
            yield (yield from run.row(image, cancel))
        yield Progress(Phase.ANSWER, len(todo), len(todo))
        return AltBatchReport(
            AltDone(run.batch, tuple(run.drafted)),
            tuple(run.suggested),
            tuple(taken),
            skipped,
            tuple(run.problems),
            tuple(run.far),
            time.monotonic() - began,
        )

    def translate_set(
        self,
        set_id: int,
        language: str,
        cancel: CancelToken,
        *,
        model_id: str = "",
    ) -> Generator[Event, None, AltBatchReport]:
        """Draft the approved texts of a set in another language, where there is none yet.

        Raises OptionUnsupported for a model that does not translate, otherwise as `draft_set`.
        """
        began = time.monotonic()
        brief = self._sets.one_set(set_id).brief
        wanted = replace(brief, language=language)
        images = self._sets.images(set_id)
        owing = [
            image
            for image in images
            if image.text(brief.language).state is AltState.APPROVED
            and image.text(brief.language).alt
            and not (image.text(language).alt or image.text(language).extended)
        ]
        batch, drafted = new_batch(), list[int]()
        for number, image in enumerate(owing):
            yield Progress(Phase.ANSWER, number, len(owing))
            cancel.raise_if_cancelled()
            text = image.text(brief.language)
            candidate = yield from self._drafting.translate(
                text.alt, text.extended, brief.language, wanted, cancel, model_id=model_id
            )
            done = self._sets.add_drafts(
                image.id, language, [candidate], translated=True, batch=batch
            )
            drafted += done.images
            yield AltRowDone(image.id, candidate.alt)
        yield Progress(Phase.ANSWER, len(owing), len(owing))
        return AltBatchReport(
            AltDone(batch, tuple(drafted)),
            skipped=len(images) - len(owing),
            seconds=time.monotonic() - began,
        )

    # --- what is to be done ----------------------------------------------------------------

    def _owing(
        self, set_id: int, brief: Brief, options: AltBatchOptions
    ) -> tuple[list[AltImage], int]:
        """The images that owe a draft, and how many of those asked for do not."""
        images = self._sets.images(set_id)
        if options.only is not None:
            wanted = set(options.only)
            images = tuple(image for image in images if image.id in wanted)
        silent = self._library().alt_drafted_empty(set_id, brief.language)
        owing = [image for image in images if _owes(image, brief.language, silent, options)]
        return owing, len(images) - len(owing)

    def _look_alikes(
        self, images: Sequence[AltImage], cancel: CancelToken
    ) -> tuple[dict[int, tuple[int, ...]], dict[int, int]]:
        """For each image that looks like others, all of them; and the first that is the same."""
        library = self._library()
        stamps = library.alt_stamps([image.id for image in images])
        fingerprints = {stamp.image_id: stamp.fingerprint for stamp in stamps}
        vector_of = LibraryVectors(library)
        groups = alike(images, fingerprints, vector_of, cancel)
        by_id = {image.id: image for image in images}
        twins = {}
        for group in groups:
            twins.update(same_pictures([by_id[one] for one in group], vector_of))
        return {one: group for group in groups for one in group}, twins


def _owes(
    image: AltImage, language: str, silent: Collection[int], options: AltBatchOptions
) -> bool:
    """Whether a draft is wanted: there is no text, and nothing says that the image needs none.

    `silent` are images of which somebody found nothing to say.
    """
    text = image.text(language)
    follows = image.decision is Decision.GROUP and image.lead_id not in (None, image.id)
    if image.decision is Decision.DECORATIVE or follows or is_protected(text):
        return False
    if options.again:
        return True
    decorative = (
        image.decision is Decision.UNDECIDED
        and image.suggestion is not None
        and image.suggestion.decision is Decision.DECORATIVE
    )
    return not (text.alt or text.extended or decorative or image.id in silent)
