"""Adapters as folders of the home folder: listing, taking in, naming, removing.

A folder appears whole or not at all, and goes to a bin before it goes for good. Its name is made
of the first name and the hash of the weights; it never changes, because models that wear the
adapter, and vectors made with it, are known by it.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from vlm_desktop.backends.adapters.folder import (
    CARD,
    CONFIG,
    WEIGHTS,
    AdapterCard,
    check_weights,
    read_card,
    read_config,
    weights_hash,
)
from vlm_desktop.backends.adapters.opening import base_revision
from vlm_desktop.backends.late import resolve
from vlm_desktop.base.adapters import AdapterInfo, AdapterState
from vlm_desktop.base.errors import AppError, BadInputFile, ModelError
from vlm_desktop.base.trainerrors import (
    AdapterDamaged,
    AdapterForeign,
    AdapterKnown,
    AdapterNameEmpty,
    AdapterNameTaken,
    AdapterUnknown,
    AdapterUnproven,
    KindNotTaught,
)
from vlm_desktop.engine.train.adapternames import LONGEST_NAME, clean, same, slug, write_card
from vlm_desktop.store.db import translate_os_error
from vlm_desktop.training.spec import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vlm_desktop.backends.registry import Registry

CHECK_FITS = "vlm_desktop.backends.adapters.health:check_fits"
_BIN = ".removed"
_WRITING = ".writing-"
_FILES = (WEIGHTS, CONFIG)


class AdapterFolders:
    """All adapters of a home folder. Reads and writes small files; any thread may call it."""

    def __init__(self, root: Path, registry: Registry) -> None:
        self._root = root
        self._registry = registry

    # --- looking -----------------------------------------------------------------------

    def all(
        self, worn: Mapping[str, float] | None = None, *, verify: bool = False
    ) -> tuple[AdapterInfo, ...]:
        """Every adapter, by name. `worn` gives strengths by id; with `verify` weights are read
        and compared with their checksum, else only their size is."""
        found = [self._info(one, verify=verify) for one in self._folders()]
        found = [one for one in found if one.folder.is_dir()]  # removed meanwhile
        named = (replace(one, worn=(worn or {}).get(one.id)) for one in found)
        return tuple(sorted(named, key=lambda one: (same(one.name), one.id)))

    def get(self, name: str, *, verify: bool = False) -> AdapterInfo:
        """One adapter by its id or its name, whatever the case. Raises AdapterUnknown."""
        found = next((one for one in self._folders() if one.name == name), None)
        if found is None:
            wanted = same(clean(name))
            found = next((one for one in self._folders() if same(self._name(one)) == wanted), None)
        if found is None:
            raise AdapterUnknown(adapter=name)
        return self._info(found, verify=verify)

    def usable(self, name: str) -> AdapterInfo:
        """The same, fit to be used. Raises AdapterUnknown, AdapterDamaged, AdapterForeign,
        ModelError where its base is not there."""
        info = self.get(name, verify=True)
        if info.state is AdapterState.BASE_ABSENT:
            self._registry.folder(info.base)
        if info.state is AdapterState.FOREIGN:
            raise self._foreign(info.name, info.base, info.base_revision, info.kind)
        if info.state is not AdapterState.SOUND:
            raise AdapterDamaged(adapter=info.name, detail=info.problem)
        return info

    # --- taking in ---------------------------------------------------------------------

    def add(self, source: Path, card: AdapterCard) -> AdapterInfo:
        """Copy weights and their description to the shelf, under `card`'s name.

        Raises AdapterNameEmpty, AdapterNameTaken, AdapterKnown, BadInputFile, DiskFull,
        HomeNotWritable; then nothing was changed.
        """
        self._refuse_name(card.name)
        with self._staged(source) as writing:
            return self._place(writing, replace(card, sha256=weights_hash(writing)))

    def take_in(self, source: Path, name: str = "") -> AdapterInfo:
        """Copy an adapter that was made elsewhere, once its weights are those that its card names
        and its base is here, with the weights it was taught on. `name` "" is its own.

        Raises BadInputFile, AdapterUnproven, AdapterForeign, ModelUnknown, ModelNotInstalled, and
        what `add` raises.
        """
        with self._staged(source, CARD) as writing:
            card = read_card(writing)
            if not card.sha256 or not isinstance(card.sha256, str):
                raise AdapterUnproven(path=source / CARD)
            try:
                check_weights(writing)
            except BadInputFile as error:
                detail = str(error.fields["detail"])
                raise BadInputFile(path=source / WEIGHTS, line=None, detail=detail) from error
            if card.kind not in KINDS:
                raise KindNotTaught(kind=str(card.kind), known=", ".join(KINDS))
            base = self._registry.folder(str(card.base))
            if card.base_revision != base_revision(base, card.kind):
                raise self._foreign(card.name, card.base, card.base_revision, card.kind)
            resolve(CHECK_FITS, "using an adapter")(base, card.base, card.kind, writing)
            chosen = clean(name) or self._free_name(clean(str(card.name)) or source.name)
            self._refuse_name(chosen)
            return self._place(writing, replace(card, name=chosen))

    # --- changing ----------------------------------------------------------------------

    def rename(self, name: str, new: str) -> AdapterInfo:
        """Call an adapter otherwise; its id stays. Raises AdapterUnknown, AdapterNameEmpty,
        AdapterNameTaken, BadInputFile, DiskFull, HomeNotWritable."""
        info = self.get(name)
        if same(clean(new)) != same(info.name):
            self._refuse_name(new)
        elif not clean(new):
            raise AdapterNameEmpty
        card = read_card(info.folder)
        with _translated(info.folder):
            write_card(info.folder, replace(card, id=info.id, name=clean(new)))
        return self._info(info.folder)

    def remove(self, name: str) -> AdapterInfo:
        """Put an adapter into the bin. Raises AdapterUnknown, HomeNotWritable."""
        info = self.get(name)
        gone = self._root / _BIN / info.id
        with _translated(info.folder):
            gone.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(gone, ignore_errors=True)
            info.folder.rename(gone)
        return info

    def restore(self, adapter_id: str) -> AdapterInfo:
        """Take an adapter out of the bin, as it was. Raises AdapterUnknown once it was emptied,
        AdapterNameTaken, HomeNotWritable."""
        gone, place = self._root / _BIN / adapter_id, self._root / adapter_id
        if Path(adapter_id).name != adapter_id or not gone.is_dir() or place.exists():
            raise AdapterUnknown(adapter=adapter_id)
        name = self._name(gone)
        if any(same(self._name(one)) == same(name) for one in self._folders()):
            raise AdapterNameTaken(name=name)
        with _translated(place):
            gone.rename(place)
        return self._info(place)

    def purge(self) -> int:
        """Empty the bin, and what killed programs left half written; how many adapters went. For
        the start of a program."""
        gone = [one for one in (self._root / _BIN).glob("*") if one.is_dir()]
        for one in (*gone, *self._root.glob(f"{_WRITING}*")):
            shutil.rmtree(one, ignore_errors=True)
        return len(gone)

    # --- within ------------------------------------------------------------------------

    def _folders(self) -> list[Path]:
        try:
            return [
                one for one in self._root.iterdir() if one.is_dir() and not one.name.startswith(".")
            ]
        except OSError:
            return []

    def _name(self, folder: Path) -> str:
        try:
            return str(read_card(folder).name)
        except BadInputFile:
            return folder.name

    def _info(self, folder: Path, *, verify: bool = False) -> AdapterInfo:
        try:
            card = read_card(folder)
            problem = _problem_of(folder, card, verify=verify)
        except BadInputFile as error:
            detail = str(error.fields["detail"])
            return AdapterInfo(
                folder.name, folder.name, "", "", "", folder, AdapterState.DAMAGED, detail
            )
        known = {key: one for key, one in asdict(card).items() if key not in ("id", "bytes")}
        state = AdapterState.DAMAGED if problem else self._state(card)
        return AdapterInfo(
            id=folder.name, folder=folder, state=state, problem=problem, bytes=_size_of(folder),
            base_name=self._base_name(card.base), **known,
        )  # fmt: skip

    def _base_name(self, model_id: str) -> str:
        try:
            return self._registry.card(model_id).name
        except ModelError:
            return model_id

    def _state(self, card: AdapterCard) -> AdapterState:
        try:
            here = base_revision(self._registry.folder(card.base), card.kind)
        except ModelError:
            return AdapterState.BASE_ABSENT
        differs = card.base_revision and here and card.base_revision != here
        return AdapterState.FOREIGN if differs else AdapterState.SOUND

    def _foreign(self, name: str, base: str, revision: str, kind: str) -> AdapterForeign:
        here = base_revision(self._registry.folder(base), kind)
        return AdapterForeign(
            adapter=name, base=f"{base} {revision}".strip(), model=f"{base} {here}".strip()
        )

    def _refuse_name(self, name: str) -> None:
        if not clean(name):
            raise AdapterNameEmpty
        if any(same(self._name(one)) == same(clean(name)) for one in self._folders()):
            raise AdapterNameTaken(name=clean(name))

    def _free_name(self, name: str) -> str:
        taken = {same(self._name(one)) for one in self._folders()}
        number, tried = 2, name
        while same(tried) in taken:
            tried, number = f"{name[: LONGEST_NAME - 8]} {number}", number + 1
        return tried

    @contextlib.contextmanager
    def _staged(self, source: Path, *more: str) -> Iterator[Path]:
        """A copy of an adapter's files that is not on the shelf yet."""
        writing = self._root / f"{_WRITING}{os.getpid()}-{secrets.token_hex(3)}"
        for name in (*_FILES, *more):
            if not (source / name).is_file():
                raise BadInputFile(path=source / name, line=None, detail="it is not there")
        try:
            with _translated(self._root):
                writing.mkdir(parents=True)
                for name in (*_FILES, *more):
                    shutil.copyfile(source / name, writing / name)
            yield writing
        finally:
            shutil.rmtree(writing, ignore_errors=True)

    def _place(self, writing: Path, card: AdapterCard) -> AdapterInfo:
        """Put a staged copy onto the shelf."""
        read_config(writing)
        for one in self._folders():
            with contextlib.suppress(BadInputFile):
                if read_card(one).sha256 == card.sha256:
                    raise AdapterKnown(name=self._name(one))
        adapter_id = f"{slug(card.name)}-{card.sha256[:8]}"
        size = (writing / WEIGHTS).stat().st_size
        made = replace(card, id=adapter_id, name=clean(card.name), bytes=size)
        place = self._root / adapter_id
        with _translated(self._root):
            write_card(writing, made)
            for one in writing.iterdir():
                with one.open("rb+") as file:
                    os.fsync(file.fileno())
            writing.rename(place)
        return self._info(place)


def _size_of(folder: Path) -> int:
    """In bytes; 0 where it was removed meanwhile."""
    try:
        return sum(one.stat().st_size for one in folder.iterdir() if one.is_file())
    except OSError:
        return 0


def _problem_of(folder: Path, card: AdapterCard, *, verify: bool) -> str:
    """What is wrong with the files. Raises BadInputFile."""
    read_config(folder)
    path = folder / WEIGHTS
    try:
        size = path.stat().st_size
    except OSError as error:
        return f"{WEIGHTS}: {error.strerror or error}"
    if card.bytes and size != card.bytes:
        return f"{WEIGHTS} has {size:,} bytes, not {card.bytes:,}"
    if verify:
        check_weights(folder)
    return ""


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if isinstance(error, AppError):
            raise
        raise translate_os_error(error, path) from error
