"""`services.training.datasets`: data sets as they are kept, changed and undone.

Examples lie in the library's database, so they survive a restart and are forgotten with their
pictures. Every method that is no generator is a quick read or write, from any thread; the lane "io"
fits. How undo goes: a change gives back the change that takes it back, for `apply`.
"""

from collections.abc import Callable, Collection, Generator, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import MediaRefused
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.trainerrors import (
    DataSetNameEmpty,
    ExampleKnown,
    ExampleSilent,
    ExampleUnknown,
)
from vlm_desktop.base.training import Example, ExampleKind, Split
from vlm_desktop.base.trainingdata import (
    Balance,
    DataSet,
    ExampleMark,
    ExamplesAdded,
    ExamplesChange,
    ExamplesForgotten,
    ExamplesRead,
    PlacedExample,
)
from vlm_desktop.base.trainingrows import example_key
from vlm_desktop.engine.train.balance import balance_of
from vlm_desktop.engine.train.formats.plainrows import box_said
from vlm_desktop.media.source import read_source
from vlm_desktop.store.library import Library
from vlm_desktop.store.trainingpictures import PictureFacts

_TELL_EVERY = 64


class Datasets:
    """See the module. `has_library` says whether there is one yet, `other_copies` names older
    copies of it."""

    def __init__(
        self,
        library: Callable[[], Library],
        has_library: Callable[[], bool],
        other_copies: Callable[[], tuple[Path, ...]],
    ) -> None:
        self._library = library
        self._has_library = has_library
        self._other_copies = other_copies

    # --- sets ----------------------------------------------------------------------------

    def list(self) -> tuple[DataSet, ...]:
        """All data sets, by name."""
        return tuple(self._library().train_sets())

    def get(self, name_or_id: str | int) -> DataSet:
        """Raises DataSetUnknown."""
        return self._library().train_set(name_or_id)

    def create(self, name: str) -> DataSet:
        """A new, empty data set. Undo: `remove`. Raises DataSetNameEmpty, DataSetNameTaken."""
        _refuse_empty(name)
        return self.get(self._library().new_train_set(name))

    def rename(self, set_id: int, name: str) -> str:
        """The name it had, which undoes it. Raises as `create` does, DataSetUnknown."""
        _refuse_empty(name)
        return self._library().rename_train_set(set_id, name)

    def remove(self, set_id: int) -> None:
        """Take a data set out; `restore` brings it back for a week. Raises DataSetUnknown."""
        self._library().delete_train_set(set_id)

    def restore(self, set_id: int) -> None:
        """Bring back what was removed. Raises DataSetUnknown, DataSetNameTaken."""
        self._library().restore_train_set(set_id)

    # --- examples --------------------------------------------------------------------------

    def page(
        self, set_id: int, start: int = 0, limit: int = 200, *, split: Split | None = None
    ) -> tuple[PlacedExample, ...]:
        """Some examples in the order of the list. Raises DataSetUnknown."""
        return tuple(self._library().train_examples(set_id, start=start, limit=limit, split=split))

    def keys(
        self,
        set_id: int,
        *,
        split: Split | None = None,
        kind: ExampleKind | None = None,
        label: str | None = None,
        source: str | None = None,
        words: str = "",
    ) -> tuple[str, ...]:
        """Keys in the order of the list, of all examples or of those that are all of this; see
        `Balance` for labels, kinds and sources. Raises DataSetUnknown."""
        return tuple(
            self._library().train_keys(
                set_id, split=split, kind=kind, label=label, source=source, words=words
            )
        )

    def examples(self, set_id: int) -> tuple[Example, ...]:
        """All of them; 100,000 take seconds. Raises DataSetUnknown."""
        return tuple(one.example for one in self._library().train_examples(set_id))

    def with_keys(self, set_id: int, keys: Sequence[str]) -> tuple[Example, ...]:
        """Those that are there, in the order of the list. Raises DataSetUnknown."""
        return tuple(one.example for one in self._library().train_examples(set_id, keys=keys))

    def example(self, set_id: int, key: str) -> Example:
        """Raises ExampleUnknown, DataSetUnknown."""
        found = self.with_keys(set_id, [key])
        if not found:
            raise ExampleUnknown
        return found[0]

    def lies_at(self, example: Example) -> Path:
        """Where a picture lies now: its path, else where the library knows its bytes, else its path
        all the same. Asks the disk."""
        path = Path(example.image)
        if path.exists() or not example.content or not self._has_library():
            return path
        known = self._library().paths_of_hash(example.content)
        return next((one for one in known if one.exists()), path)

    def balance(self, set_id: int) -> Balance:
        """Counts by label, kind and source, and what they suggest. Raises DataSetUnknown."""
        return balance_of(self._library().train_outline(set_id))

    # --- changes -----------------------------------------------------------------------------

    def add(
        self, set_id: int, read: ExamplesRead, cancel: CancelToken
    ) -> Generator[Event, None, ExamplesAdded]:
        """Append what a source brought, each with its picture's hash and its key; what is there
        with the same picture and words is passed over.

        Reads every picture's bytes once that the library does not know. All or nothing; cancelled
        before it is written. Raises DataSetUnknown, Cancelled.
        """
        keyed = yield from self.prepare(read.examples, cancel)
        return replace(self.put(set_id, keyed), skipped=read.skipped)

    def prepare(
        self, examples: Sequence[Example], cancel: CancelToken
    ) -> Generator[Event, None, tuple[Example, ...]]:
        """The first half of `add`: examples with their pictures' hashes and their keys. Writes
        nothing. Raises Cancelled."""
        hashes = yield from self.hashes(examples, cancel)
        cancel.raise_if_cancelled()
        known = [replace(one, content=hashes.get(one.image, "") or one.content) for one in examples]
        return tuple(replace(one, key=example_key(one)) for one in known)

    def put(self, set_id: int, prepared: Sequence[Example]) -> ExamplesAdded:
        """The second half of `add`, quick. Raises DataSetUnknown."""
        library = self._library()
        start = library.train_end(set_id)
        put = tuple(PlacedExample(start + at, one) for at, one in enumerate(prepared))
        undo = library.change_examples(ExamplesChange(set_id, put=put))
        added = len(undo.gone)
        return ExamplesAdded(added, len(prepared) - added, undo)

    def edit(self, set_id: int, key: str, example: Example) -> ExamplesChange:
        """Put an example in the place of another; its key is made anew. The answer about a box
        that was moved says where it is now.

        Raises ExampleUnknown, ExampleSilent, ExampleKnown, DataSetUnknown.
        """
        if not any(one.answer.strip() for one in example.turns):
            raise ExampleSilent(path=Path(example.image))
        library = self._library()
        found = library.train_examples(set_id, keys=[key])
        if not found:
            raise ExampleUnknown
        example = _said_anew(example, found[0].example)
        named = replace(example, key=example_key(example))
        if named.key != key and library.train_examples(set_id, keys=[named.key]):
            raise ExampleKnown(path=Path(example.image))
        put = PlacedExample(found[0].position, named)
        return library.change_examples(ExamplesChange(set_id, put=(put,), gone=(key,)))

    def take_out(self, set_id: int, keys: Sequence[str]) -> ExamplesChange:
        """Remove examples. Raises DataSetUnknown."""
        return self._library().change_examples(ExamplesChange(set_id, gone=tuple(keys)))

    def use_for(self, set_id: int, keys: Collection[str], split: Split) -> ExamplesChange:
        """Put examples, and all that go with them, on one side. LEFT_OUT is for these alone.

        Raises DataSetUnknown.
        """
        library = self._library()
        chosen = [one.example for one in library.train_examples(set_id, keys=list(keys))]
        if split is not Split.LEFT_OUT:
            groups = sorted({one.group for one in chosen if one.group})
            among = library.train_outline(set_id, groups)
            chosen += [one for one in among if one.split is not Split.LEFT_OUT]
        marks = tuple(ExampleMark(one.key, split, one.group) for one in chosen)
        return self.apply(ExamplesChange(set_id, marks=marks))

    def apply(self, change: ExamplesChange) -> ExamplesChange:
        """Carry out a change, such as one that undoes another; what undoes this one.

        Raises DataSetUnknown.
        """
        return self._library().change_examples(change)

    # --- forgetting ----------------------------------------------------------------------

    def forget(
        self, set_ids: Sequence[int] | None, cancel: CancelToken
    ) -> Generator[Event, None, ExamplesForgotten]:
        """Forget data sets for good, or with None all of them and what was seen of their pictures:
        no byte of it stays. The files are not touched.

        Takes as long as writing the library once, and is not cancelled once it began. To be run
        where no indexing runs at the same time.
        """
        yield Progress(Phase.SCRUB, 0, None)
        cancel.raise_if_cancelled()
        examples = self._library().forget_examples(set_ids)
        clean = self._library().scrub()
        return ExamplesForgotten(examples, clean, self._other_copies())

    def hashes(
        self, examples: Iterable[Example], cancel: CancelToken
    ) -> Generator[Event, None, dict[str, str]]:
        """Path -> hash of the bytes that lie there; pictures that cannot be read have none.

        Reads every picture's bytes once that is not known. Raises Cancelled.
        """
        paths = list(dict.fromkeys(one.image for one in examples))
        seen = self._library().seen_pictures(paths) if self._has_library() else {}
        found = {}
        for done, path in enumerate(paths):
            if done % _TELL_EVERY == 0:
                yield Progress(Phase.INVENTORY, done, len(paths))
                cancel.raise_if_cancelled()
            found[path] = _hash_now(path, seen.get(path))
        yield Progress(Phase.INVENTORY, len(paths), len(paths))
        return found


def _hash_now(path: str, seen: PictureFacts | None) -> str:
    try:
        status = Path(path).stat()
        if seen and (seen.size_bytes, seen.mtime_ns) == (status.st_size, status.st_mtime_ns):
            return seen.content_hash
        return read_source(Path(path)).content_hash
    except (OSError, ValueError, MediaRefused):
        return ""


def _said_anew(example: Example, before: Example) -> Example:
    if example.kind is not ExampleKind.BOX or example.box in (None, before.box):
        return example
    turns = (*example.turns[:-1], replace(example.turns[-1], answer=box_said(example.box)))
    return replace(example, turns=turns)


def _refuse_empty(name: str) -> None:
    if not name.strip():
        raise DataSetNameEmpty
