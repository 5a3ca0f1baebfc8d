"""The part [data] of a recipe, read into examples: what `train` and `train check` begin with.

    [data]
    file = "captions.jsonl"     or  folder = "photos"  or  dataset = "My cats"
                                or  source = "alt texts" | "documents" | "objects" | "chat"
    pictures = "photos"         where names in the file lead, besides its own folder
    language = "en"             of the alt texts; all without it
    validation = 0.2            the share that is held out; without it, what the data say, else this
    seed = 0                    of that draw
    limit = 300                 the first so many examples; 0 for all

Paths are relative to the recipe's folder.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.base.events import Event
from vlm_desktop.base.trainerrors import DataUnclear
from vlm_desktop.base.training import Example, Split
from vlm_desktop.base.trainingdata import ExamplesRead, SkippedRow, TrainSource
from vlm_desktop.base.trainingrows import example_key
from vlm_desktop.engine.train.datasets import Datasets
from vlm_desktop.engine.train.sources import Sources
from vlm_desktop.engine.train.splits import SHARE, Splits

_WHENCE = ("file", "folder", "dataset", "source")
_NONE: tuple[SkippedRow, ...] = ()
_KEPT = (TrainSource.ALT_TEXTS, TrainSource.DOCUMENTS, TrainSource.OBJECTS, TrainSource.CHAT)


@dataclass(frozen=True, slots=True)
class DataWanted:
    """[data] as it was written, checked. `validation` None: what the data say, else `SHARE`."""

    file: str = ""
    folder: str = ""
    dataset: str = ""
    source: str = ""
    pictures: str = ""
    language: str = ""
    validation: float | None = None
    seed: int = 0
    limit: int = 0


@dataclass(frozen=True, slots=True)
class RecipeExamples:
    """Examples with keys, sides and groups. `split_here` says that the sides were drawn here, not
    told by the data; `name` is what the data are called."""

    name: str
    examples: tuple[Example, ...]
    skipped: tuple[SkippedRow, ...]
    split_here: bool


def wanted(said: Mapping[str, Any]) -> DataWanted:
    """What [data] asks for. Raises DataUnclear."""
    known = {one.name for one in fields(DataWanted)}
    for key, value in said.items():
        if key not in known:
            raise DataUnclear(detail=f"“{key}” is none of {', '.join(sorted(known))}")
        if key in ("seed", "limit"):
            fits = type(value) is int and value >= 0
        elif key == "validation":
            fits = type(value) in (int, float) and 0 <= value < 1
        else:
            fits = isinstance(value, str)
        if not fits:
            raise DataUnclear(detail=f"“{key}” cannot be {value!r}")
    made = DataWanted(**said)
    given = [key for key in _WHENCE if getattr(made, key)]
    if len(given) != 1:
        raise DataUnclear(detail=f"give one of {', '.join(_WHENCE)}")
    if made.source and made.source not in {one.value for one in _KEPT}:
        names = ", ".join(one.value for one in _KEPT)
        raise DataUnclear(detail=f"“source” is one of {names}")
    return made


class RecipeData:
    """`services.training.data`: reads what a recipe names."""

    def __init__(self, datasets: Datasets, sources: Sources, splits: Splits) -> None:
        self._datasets = datasets
        self._sources = sources
        self._splits = splits

    def examples(
        self, said: Mapping[str, Any], folder: Path, cancel: CancelToken
    ) -> Generator[Event, None, RecipeExamples]:
        """The examples of a recipe in `folder`. No data set is changed.

        Raises DataUnclear, DataSetUnknown, what `Sources.read` and `Splits.of` raise.
        """
        asked = wanted(said)
        if asked.dataset:
            kept = self._datasets.get(asked.dataset)
            found = tuple(self._there(one) for one in self._datasets.examples(kept.id))
            name, skipped = kept.name, _NONE
        else:
            read = yield from self._read(asked, folder, cancel)
            name = read.path.name if read.path else read.source.value
            found, skipped = read.examples, read.skipped
        if asked.limit:
            found = found[: asked.limit]
        if any(not one.key for one in found):
            hashes = yield from self._datasets.hashes(found, cancel)
            found = tuple(_keyed(one, hashes) for one in found)
        told = any(one.split is Split.VALIDATION for one in found)
        draws = asked.validation is not None or not told
        if draws:
            share = SHARE if asked.validation is None else asked.validation
            found = yield from self._splits.of(found, cancel, share=share, seed=asked.seed)
        return RecipeExamples(name, found, skipped, draws)

    def _read(
        self, asked: DataWanted, folder: Path, cancel: CancelToken
    ) -> Generator[Event, None, ExamplesRead]:
        if asked.source == TrainSource.ALT_TEXTS.value:
            return self._sources.alt_texts(asked.language)
        if asked.source == TrainSource.DOCUMENTS.value:
            return self._sources.documents()
        if asked.source == TrainSource.OBJECTS.value:
            return self._sources.objects()
        if asked.source == TrainSource.CHAT.value:
            return self._sources.answers()
        path = folder / (asked.file or asked.folder)
        if not path.exists():
            raise BadInputFile(path=path, line=None, detail="it is not there")
        pictures = folder / asked.pictures if asked.pictures else None
        return (yield from self._sources.read(path, cancel, pictures_in=pictures))

    def _there(self, one: Example) -> Example:
        return replace(one, image=str(self._datasets.lies_at(one)))


def _keyed(one: Example, hashes: Mapping[str, str]) -> Example:
    known = replace(one, content=hashes.get(one.image, "") or one.content)
    return replace(known, key=example_key(known))
