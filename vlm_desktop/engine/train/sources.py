"""`services.training.sources`: where examples come from, and where they go.

What is read here is in no data set yet: `Datasets.add` puts it there, and a run can be given it as
it is. Methods that are no generators read the database; the lane "io" fits all of them.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.trainerrors import TrainTargetTaken
from vlm_desktop.base.training import Example
from vlm_desktop.base.trainingdata import (
    ExamplesFormat,
    ExamplesRead,
    OnHand,
    PhotoText,
    PhotoTextCount,
)
from vlm_desktop.engine.destinations import put_text, writing_to
from vlm_desktop.engine.train import kept
from vlm_desktop.engine.train.formats import writing
from vlm_desktop.engine.train.formats.pictures import PictureFinder
from vlm_desktop.engine.train.formats.readfiles import read_examples
from vlm_desktop.engine.train.phototexts import counted_texts, loose_pictures
from vlm_desktop.store.library import Library

_WRITERS = {ExamplesFormat.JSONL: writing.jsonl, ExamplesFormat.LLAVA: writing.llava}


class Sources:
    """See the module. `has_library` says whether there is one yet: reading a file makes none."""

    def __init__(self, library: Callable[[], Library], has_library: Callable[[], bool]) -> None:
        self._library = library
        self._has_library = has_library

    # --- files -------------------------------------------------------------------------------

    def read(
        self, path: Path, cancel: CancelToken, *, pictures_in: Path | None = None
    ) -> Generator[Event, None, ExamplesRead]:
        """All examples of a file or folder, in whatever format of `formats` it is; each row that
        was left out is told, with its place and why.

        Names in a file lead only to pictures beside or below it, in `pictures_in`, or in folders
        of the library. Raises BadInputFile, TrainFileTooLarge, TrainFileUnknown, FolderNotFound,
        FolderUnreadable, Cancelled.
        """
        roots = [one.path for one in self._library().roots()] if self._has_library() else []

        def finder(base: Path) -> PictureFinder:
            return PictureFinder(base, pictures_in, roots, self._known_at, cancel)

        return (yield from read_examples(path.absolute(), finder, cancel))

    def write(
        self,
        examples: Sequence[Example],
        target: Path,
        form: ExamplesFormat,
        cancel: CancelToken,
    ) -> Generator[Event, None, int]:
        """Write examples to a file that is not there yet; how many are in it.

        Pictures are named, not copied: those below the file's folder relative to it. Raises
        TrainTargetTaken, DestinationNotWritable, DiskFull, Cancelled.
        """
        yield Progress(Phase.EXPORT, 0, len(examples))
        cancel.raise_if_cancelled()
        if target.exists():
            raise TrainTargetTaken(path=target)
        text = _WRITERS[form](examples, target.absolute().parent)
        with writing_to(target):
            put_text(target, text)
        yield Progress(Phase.EXPORT, len(examples), len(examples))
        return len(examples)

    # --- what the library keeps ----------------------------------------------------------------

    def alt_texts(self, language: str = "") -> ExamplesRead:
        """Alt texts that a person approved, of one language ("en") or of all."""
        return kept.approved_texts(self._library(), self._lies_at, language)

    def documents(self) -> ExamplesRead:
        """Fields of documents that a person corrected, accepted or reviewed."""
        return kept.corrected_documents(self._library(), self._lies_at)

    def objects(self) -> ExamplesRead:
        """Boxes that a person accepted, with the phrases that name them."""
        return kept.accepted_objects(self._library(), self._lies_at)

    def answers(self) -> ExamplesRead:
        """Answers with a thumb up."""
        return kept.voted_answers(self._library(), self._lies_at)

    def photos(
        self,
        content_ids: Sequence[int],
        *,
        text: str = "",
        label: str = "",
        own: PhotoText | None = None,
        language: str = "",
        texts: Mapping[int, str] | None = None,
    ) -> ExamplesRead:
        """Photos of the library, each with what `texts` says of it (by content id), else with one
        text or label for all, or a text of its `own` (an approved alt text of `language`, or of
        any). Raises NotInLibrary."""
        return kept.chosen_photos(
            self._library(), self._lies_at, content_ids,
            text=text, label=label, own=own, language=language, texts=texts,
        )  # fmt: skip

    def photo_texts(self, content_ids: Sequence[int]) -> tuple[PhotoTextCount, ...]:
        """Which texts of their own photos have, and how many of them. Raises NotInLibrary."""
        return counted_texts(self._library(), content_ids)

    def pictures(
        self, paths: Sequence[Path], cancel: CancelToken, *, text: str = "", label: str = ""
    ) -> Generator[Event, None, ExamplesRead]:
        """Pictures that lie anywhere, or all in folders, each with the .txt beside it, else with
        one text or label for all. Raises TrainFileTooLarge, FolderNotFound, FolderUnreadable,
        Cancelled."""
        return (yield from loose_pictures(paths, text, label, cancel))

    def on_hand(self) -> OnHand:
        """How much of what the library keeps could be examples: nothing where there is none."""
        return kept.on_hand(self._library()) if self._has_library() else OnHand()

    # --- votes ---------------------------------------------------------------------------------

    def vote(self, turn_id: int, vote: int) -> int:
        """A thumb up (+1) or down (-1) for an answer of a conversation, 0 takes it back; what it
        was before, which undoes it."""
        return self._library().vote_turn(turn_id, vote)

    def votes(self, turn_ids: Sequence[int]) -> Mapping[int, int]:
        """The votes of those that have one."""
        return self._library().turn_votes(turn_ids)

    # --- within --------------------------------------------------------------------------------

    def _lies_at(self, path: Path, content_hash: str) -> Path | None:
        """The path where a picture was seen, else where the library knows its bytes."""
        if path.is_file():
            return path
        return self._known_at(content_hash)

    def _known_at(self, content_hash: str) -> Path | None:
        if not content_hash or not self._has_library():
            return None
        paths = self._library().paths_of_hash(content_hash)
        return next((one for one in paths if one.is_file()), None)
