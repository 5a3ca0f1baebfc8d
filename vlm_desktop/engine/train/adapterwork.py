"""What takes longer than a file's copy: merging an adapter, exporting it, comparing it.

Belongs on the lane "model": networks are loaded here, in this process.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vlm_desktop.backends.adapters.folder import CARD, CONFIG, WEIGHTS, Worn
from vlm_desktop.backends.late import resolve
from vlm_desktop.backends.shelf import folder_bytes, is_model_id
from vlm_desktop.base.adapters import AdapterExported, AdapterInfo, AdapterMerged
from vlm_desktop.base.errors import AppError, DestinationNotWritable, DiskFull
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.trainerrors import (
    KindNotMerged,
    MergeDiffers,
    ModelNameTaken,
    NamesNotMerged,
    QuantisedNotMerged,
    TrainTargetTaken,
    WritingDiffers,
)
from vlm_desktop.base.training import Split
from vlm_desktop.base.types import DecodedFile, DecodeRequest
from vlm_desktop.engine.train.adapternames import slug
from vlm_desktop.engine.train.wearing import check_strength
from vlm_desktop.store.db import translate_os_error
from vlm_desktop.training.runfolder import RunFolder
from vlm_desktop.training.spec import ASSISTANT, CHAT, ENCODER, PROBE, PROMPTS, Recipe, recipe_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from vlm_desktop.backends.registry import Registry
    from vlm_desktop.base.adapters import Closeness, Replayed
    from vlm_desktop.base.arrays import PixelArray
    from vlm_desktop.base.cancel import CancelToken
    from vlm_desktop.media.pool import DecodePool

MERGE = {
    ASSISTANT: "vlm_desktop.backends.adapters.proving:merge_and_replay",
    CHAT: "vlm_desktop.backends.adapters.chatmerging:merge_and_replay",
}
"""What merges adapters of models that answer, by their kind."""
CALL_MODEL = "vlm_desktop.backends.adapters.proving:call_model"
WRITE_PAIR = "vlm_desktop.training.adapterpairs:write_pair"
MERGING = ".merging-"
NEEDED_SAME = 0.8
"""Share of probes that a merged model must answer in the very same words: it has 16 bits where
the worn one has 32, and one word in a hundred may tip."""
_PROBES, _SIDE = 8, 336
_STEPS = 3


class AdapterWork:
    """Merges and exports adapters of the shelf."""

    def __init__(
        self, home: Path, registry: Registry, runs: Path, open_pool: Callable[[], DecodePool]
    ) -> None:
        self._home = home
        self._registry = registry
        self._runs = runs
        self._open_pool = open_pool

    def merge(
        self, info: AdapterInfo, model_id: str, strength: float, cancel: CancelToken
    ) -> Generator[Event, None, AdapterMerged]:
        """Write a model that is the base with the adapter in it, prove it, and put it beside the
        other models. "" as its id is made of both names.

        Raises QuantisedNotMerged, NamesNotMerged, KindNotMerged, StrengthWrong, ModelNameTaken,
        MergeDiffers, WritingDiffers, BadInputFile, ModelError, DiskFull, HomeNotWritable,
        Cancelled; then nothing is left behind.
        """
        self._refuse(info)
        check_strength(strength)
        model_id = model_id or self._free_id(_id_of(info))
        if not is_model_id(model_id) or self._is_taken(model_id):
            raise ModelNameTaken(model=model_id)
        base, models = self._registry.folder(info.base), self._home / "models"
        worn, staged = Worn(info.folder, strength), models / f"{MERGING}{os.getpid()}"
        replayed: tuple[Replayed, ...] = ()
        texts = images = None
        yield Progress(Phase.EXPORT, 0, _STEPS)
        probes = self._probes(info, cancel)
        yield Progress(Phase.EXPORT, 1, _STEPS)
        with _own(staged, models):
            folder = staged / model_id
            staged.mkdir(parents=True)
            if info.kind == ENCODER:
                texts, images = self._pair(info, model_id, worn, folder, probes)
            else:
                replayed = resolve(MERGE[info.kind], "merging an adapter")(
                    base, info.base, model_id, worn, folder, probes, cancel
                )
                same = sum(one.is_same for one in replayed)
                if same < NEEDED_SAME * len(replayed):
                    raise MergeDiffers(adapter=info.name, same=same, total=len(replayed))
            yield Progress(Phase.EXPORT, 2, _STEPS)
            cancel.raise_if_cancelled()
            name = self._registry.card(info.base).name
            resolve(CALL_MODEL, "merging an adapter")(folder, f"{name} + {info.name}")
            folder.rename(models / model_id)
        yield Progress(Phase.EXPORT, _STEPS, _STEPS)
        place = models / model_id
        return AdapterMerged(
            model_id, place, info.id, strength, folder_bytes(place), replayed, texts, images
        )

    def export(
        self, info: AdapterInfo, target: Path, strength: float, cancel: CancelToken
    ) -> Generator[Event, None, AdapterExported]:
        """Copy an adapter as peft and `take_in` read it; of an encoder's also graphs with it in
        them, as "onnx" below.

        Raises StrengthWrong, TrainTargetTaken, DestinationNotWritable, DiskFull, WritingDiffers,
        BadInputFile, ModelError, Cancelled; then nothing is left behind.
        """
        check_strength(strength)
        if target.exists():
            raise TrainTargetTaken(path=target)
        texts = images = None
        yield Progress(Phase.EXPORT, 0, _STEPS)
        writing = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            with _own(writing, target.parent, in_home=False):
                writing.mkdir(parents=True)
                for name in (WEIGHTS, CONFIG, CARD):
                    shutil.copyfile(info.folder / name, writing / name)
                yield Progress(Phase.EXPORT, 1, _STEPS)
                if info.kind == ENCODER:
                    probes = self._probes(info, cancel)
                    worn, onnx = Worn(info.folder, strength), writing / "onnx"
                    texts, images = self._pair(info, _id_of(info), worn, onnx, probes)
                cancel.raise_if_cancelled()
                writing.rename(target)
        except OSError as error:
            if isinstance(error, AppError):
                raise
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFull(path=target.parent) from error
            detail = error.strerror or str(error)
            raise DestinationNotWritable(path=target, detail=detail) from error
        yield Progress(Phase.EXPORT, _STEPS, _STEPS)
        size = sum(one.stat().st_size for one in target.rglob("*") if one.is_file())
        graphs = target / "onnx" if texts else None
        return AdapterExported(info.id, target, size, graphs, texts, images)

    # --- within ------------------------------------------------------------------------

    def _refuse(self, info: AdapterInfo) -> None:
        if info.kind in (PROBE, PROMPTS):
            raise NamesNotMerged(adapter=info.name)
        if is_quantised(info):
            raise QuantisedNotMerged(adapter=info.name)
        if info.kind not in (*MERGE, ENCODER):
            raise KindNotMerged(adapter=info.name, kind=info.kind)

    def _pair(
        self,
        info: AdapterInfo,
        model_id: str,
        worn: Worn,
        folder: Path,
        probes: dict[str, PixelArray],
    ) -> tuple[Closeness, Closeness]:
        """Write an encoder's graphs. Raises WritingDiffers where they are not what they should."""
        base = self._registry.folder(info.base)
        texts, images = resolve(WRITE_PAIR, "exporting an adapter")(
            base, info.base, model_id, worn, folder, list(probes.values())
        )
        for one in (texts, images):
            if not one.holds:
                raise WritingDiffers(adapter=info.name, cosine=one.lowest, needed=one.needed)
        return texts, images

    def _is_taken(self, model_id: str) -> bool:
        return any(one.id == model_id for one in self._registry.cards())

    def _free_id(self, wanted: str) -> str:
        number, tried = 2, wanted
        while self._is_taken(tried):
            tried, number = f"{wanted[:58]}-{number}", number + 1
        return tried

    def _probes(self, info: AdapterInfo, cancel: CancelToken) -> dict[str, PixelArray]:
        """Pictures to ask about: some that the run held out, where they are still there, and some
        that are made, which everybody has."""
        run = RunFolder(self._runs / (info.run or "-"))
        held = [one for one in run.read_examples(run.data) if one.split is Split.VALIDATION]
        paths = list(dict.fromkeys(one.image for one in held))[:_PROBES]
        found = made_pictures()
        requests = [DecodeRequest(Path(one), _SIDE, thumbnail_side=0) for one in paths]
        if requests:
            with self._open_pool() as pool:
                for outcome in pool.decode(requests, cancel):
                    if isinstance(outcome, DecodedFile) and outcome.pages:
                        found[str(outcome.path)] = outcome.pages[0].pixels
        cancel.raise_if_cancelled()
        return found


def _id_of(info: AdapterInfo) -> str:
    """An id for a model that is the base with the adapter in it."""
    return f"{info.base}-{slug(info.name)}"[:64].rstrip("-._")


def is_quantised(info: AdapterInfo) -> bool:
    """Whether an adapter was taught on a base in 4 bits."""
    try:
        return recipe_in(info).method.quantised
    except AppError:
        return False


def recipe_in(info: AdapterInfo) -> Recipe:
    """The recipe an adapter was taught by. Raises RecipeWrong."""
    try:
        said = tomllib.loads(info.recipe)
    except ValueError:
        said = {}
    return recipe_of(said, info.folder)


def made_pictures(count: int = 4) -> dict[str, PixelArray]:
    """Pictures of nothing, with colours and edges enough that a model says different things."""
    found = {}
    for number in range(count):
        random = np.random.default_rng(number)
        blocks = random.integers(0, 256, (4 + number, 4 + number, 3), dtype=np.uint8)
        pixels = np.kron(blocks, np.ones((48, 48, 1), np.uint8))
        found[f"made {number}"] = np.ascontiguousarray(pixels)
    return found


@contextlib.contextmanager
def _own(staged: Path, where: Path, *, in_home: bool = True) -> Iterator[None]:
    """Take away what was staged, whatever happens; errors `in_home` are the home folder's."""
    try:
        shutil.rmtree(staged, ignore_errors=True)
        yield
    except OSError as error:
        if not in_home or isinstance(error, AppError):
            raise
        raise translate_os_error(error, where) from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)
