"""Fetching a model of the shelf: look up, check the room, stream, verify, take in.

Files arrive in `home_models`/.download-ID as NAME.part and lose the ending once their hash is
right. The folder stays when a download is paused, cancelled or killed, and the next one goes on
from it. `.pins.json` beside it keeps the revision and the hashes of the first download for good.
"""

import contextlib
import fnmatch
import hashlib
import json
import os
import shutil
import time
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import httpx2
from huggingface_hub.utils import WeakFileLock

from vlm_desktop.backends.hub import (
    BodyStart,
    Hub,
    RemoteFile,
    RemoteModel,
    is_transient,
    told,
)
from vlm_desktop.backends.hubaccess import HubAccess
from vlm_desktop.backends.importing import PICKLES, home_error, move_in, recognise
from vlm_desktop.backends.shelf import DOWNLOAD_FOLDER, ModelCard, completed, same_licence
from vlm_desktop.base import network
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import (
    AppError,
    DownloadBroken,
    DownloadBusy,
    DownloadWrong,
    HubAbsent,
    HubGated,
    ImportRefused,
    LicenceDiffers,
    NotEnoughRoom,
)
from vlm_desktop.base.events import Phase, Progress

PART = ".part"
_REVISION_FILE = ".revision"
_PINS_FILE = ".pins.json"
_MARGIN = 64_000_000
_EVENT_SECONDS = 0.2
_RATE_SECONDS = 3.0
_BLOCK = 1 << 20
_LONGEST_PAUSE = 30.0
_NEEDED = (".safetensors", ".onnx", "config.json", "model.toml")

Steps: TypeAlias = Generator[Progress, None, Any]


@dataclass(frozen=True, slots=True)
class _Pin:
    """The first download of a model: its commit, and the SHA-256 of each file."""

    revision: str
    sha256: dict[str, str]


class Download:
    """One run of one model's download. Everything happens on the thread that drives `run`."""

    def __init__(
        self, card: ModelCard, home_models: Path, access: HubAccess, cancel: CancelToken
    ) -> None:
        self._card = card
        self._home = home_models
        self._folder = home_models / (DOWNLOAD_FOLDER + card.id)
        self._hub = Hub(access, card.id, card.repository)
        self._access = access
        self._cancel = cancel
        self._meter = _Meter()

    def run(self, *, accept_licence: str, newest: bool) -> Generator[Progress, None, ModelCard]:
        """Fetch and install. Yields about five times a second: bytes, then files being checked.

        `accept_licence` names a licence that may differ from the card's; `newest` passes over the
        revision that was pinned at the first download. Raises what `HubError` covers,
        `NotEnoughRoom`, `DiskFull`, `HomeNotWritable`, `ImportRefused`, `Cancelled`.
        """
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            with self._locked():
                return (yield from self._run(accept_licence, newest))
        except AppError:
            raise
        except OSError as error:
            raise home_error(error, self._home) from error

    def _run(self, accept_licence: str, newest: bool) -> Generator[Progress, None, ModelCard]:
        pin = None if newest else _read_pins(self._home).get(self._card.id)
        with network.announced(self._card.id, self._access.host):
            remote = yield from self._look_up(pin, newest)
            licence = self._licence(remote, accept_licence)
            files = self._wanted(remote)
            self._prepare(remote, files)
            hashes = {}
            for number, file in enumerate(files, start=1):
                checking = Progress(Phase.VERIFY, number, len(files))
                hashes[file.name] = yield from self._file(file, remote, pin, checking)
        card = self._take_in(remote, licence, hashes)
        _write_pin(self._home, self._card.id, _Pin(remote.revision, hashes))
        return card

    @contextlib.contextmanager
    def _locked(self) -> Generator[None, None, None]:
        path = self._home / f"{DOWNLOAD_FOLDER}{self._card.id}.lock"
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(WeakFileLock(path, timeout=0.5))
            except TimeoutError as error:
                raise DownloadBusy(model=self._card.id) from error
            yield

    # --- before the first byte ----------------------------------------------------------

    def _look_up(self, pin: _Pin | None, newest: bool) -> Steps:
        revision = self._card.revision
        if pin is not None:
            revision = pin.revision
        elif not newest:
            with contextlib.suppress(OSError, ValueError):
                revision = (self._folder / _REVISION_FILE).read_text(encoding="ascii")
        remote = yield from self._hub.look_up(revision or None, self._cancel)
        if remote.gated and not self._hub.has_token:
            raise HubGated(model=self._card.id, page=self._hub.page, has_token=False)
        return remote

    def _licence(self, remote: RemoteModel, accepted: str) -> str:
        """The licence that holds: the card's, or the hub's if it was accepted as such."""
        shown, stated = self._card.licence, remote.licence
        if not stated or same_licence(stated, shown):
            return shown
        if not same_licence(stated, accepted):
            page = self._hub.page
            raise LicenceDiffers(model=self._card.id, shown=shown, stated=stated, page=page)
        return stated

    def _wanted(self, remote: RemoteModel) -> tuple[RemoteFile, ...]:
        """The files of the card that the repository has; its weights and settings must be there."""
        found: dict[str, RemoteFile] = {}
        for pattern in self._card.files:
            matching = [one for one in remote.files if fnmatch.fnmatchcase(one.name, pattern)]
            if not matching and pattern.endswith(_NEEDED):
                what = f"{pattern} in {remote.repository}"
                raise HubAbsent(model=self._card.id, host=self._access.host, what=what)
            found |= {one.name: one for one in matching if not one.name.endswith(PICKLES)}
        return tuple(found.values())

    def _prepare(self, remote: RemoteModel, files: tuple[RemoteFile, ...]) -> None:
        """The folder, for this revision only, and room for what is still to come."""
        mark = self._folder / _REVISION_FILE
        with contextlib.suppress(OSError, ValueError):
            if self._folder.exists() and mark.read_text(encoding="ascii") != remote.revision:
                shutil.rmtree(self._folder)
        self._folder.mkdir(exist_ok=True)
        mark.write_text(remote.revision, encoding="ascii")
        self._meter.total = sum(file.size for file in files)
        here = sum(min(self._bytes_here(file), file.size) for file in files)
        self._meter.begin(here)
        needed = self._meter.total - here
        free = shutil.disk_usage(self._home).free
        if needed and free < needed + _MARGIN:
            raise NotEnoughRoom(path=self._home, needed=needed + _MARGIN, free=free)

    def _bytes_here(self, file: RemoteFile) -> int:
        for name in (file.name, file.name + PART):
            with contextlib.suppress(OSError):
                return (self._folder / name).stat().st_size
        return 0

    # --- one file -----------------------------------------------------------------------

    def _file(
        self, file: RemoteFile, remote: RemoteModel, pin: _Pin | None, checking: Progress
    ) -> Steps:
        """Fetch what is missing of one file and verify it; returns its SHA-256."""
        whole, part = self._folder / file.name, self._folder / (file.name + PART)
        if whole.exists():
            # It was verified when it lost its ending, but who knows what happened since.
            digest, problem = yield from self._verified(whole, file, remote, pin, checking)
            if not problem:
                return digest
            self._meter.back(whole.stat().st_size)
            whole.unlink()
        yield from self._fetch(file, remote, part)
        digest, problem = yield from self._verified(part, file, remote, pin, checking)
        if problem:
            part.unlink()
            raise DownloadWrong(model=self._card.id, file=file.name, detail=problem)
        part.rename(whole)
        return digest

    def _fetch(self, file: RemoteFile, remote: RemoteModel, part: Path) -> Steps:
        """Stream until the part is as long as the file, over as many connections as it takes."""
        fruitless, pause = 0, self._access.pause_seconds
        part.parent.mkdir(exist_ok=True)
        part.touch()
        with part.open("r+b") as writing:
            while (offset := writing.seek(0, os.SEEK_END)) < file.size:
                detail = "the connection was cut"
                try:
                    yield from self._stream(file, remote, writing, offset)
                except (OSError, httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
                    if isinstance(error, AppError) or _is_local(error):
                        raise
                    self._hub.raise_if_final(error, file.name)
                    if not is_transient(error):
                        raise self._broken(told(error)) from error
                    detail = told(error)
                if writing.tell() > offset:
                    fruitless, pause = 0, self._access.pause_seconds
                    continue
                fruitless += 1
                if fruitless >= self._access.attempts:
                    raise self._broken(detail)
                yield from self._rest(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            os.fsync(writing.fileno())

    def _stream(self, file: RemoteFile, remote: RemoteModel, writing: Any, offset: int) -> Steps:
        """One connection's worth of bytes, written as they arrive; never more than the file has."""
        apart = self._hub.body(file, remote.revision, offset)
        try:
            for item in apart:
                self._cancel.raise_if_cancelled()
                if isinstance(item, BodyStart):
                    if item.offset != offset:  # it begins elsewhere: at 0, if it knows no ranges
                        self._meter.back(offset)
                        writing.seek(0)
                        writing.truncate()
                        if item.offset:
                            return
                elif item is not None:
                    writing.write(item)
                    self._meter.add(len(item))
                    if writing.tell() > file.size:
                        return
                if self._meter.is_due():
                    yield self._meter.progress()
        finally:
            writing.flush()
            apart.leave()

    def _rest(self, seconds: float) -> Steps:
        """Wait before asking again."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._cancel.wait(min(seconds, _EVENT_SECONDS))
            self._cancel.raise_if_cancelled()
            yield self._meter.progress()

    def _broken(self, detail: str) -> DownloadBroken:
        meter = self._meter
        return DownloadBroken(
            model=self._card.id, done=meter.done, total=meter.total or 0, detail=detail
        )

    def _verified(
        self,
        path: Path,
        file: RemoteFile,
        remote: RemoteModel,
        pin: _Pin | None,
        checking: Progress,
    ) -> Generator[Progress, None, tuple[str, str]]:
        """(SHA-256, what is wrong with it or ""), of every byte of `path`."""
        size = path.stat().st_size
        large, small = hashlib.sha256(), hashlib.sha1(f"blob {size}\0".encode())
        with path.open("rb") as reading:
            while block := reading.read(_BLOCK):
                large.update(block)
                if not file.sha256:
                    small.update(block)
                self._cancel.raise_if_cancelled()
                if self._meter.is_due():
                    self._meter.told()
                    yield checking
        digest = large.hexdigest()
        pinned = pin.sha256.get(file.name, digest) if pin is not None else digest
        if size != file.size:
            return digest, f"it has {size} bytes instead of {file.size}"
        if (file.sha256 or file.blob) != (digest if file.sha256 else small.hexdigest()):
            return digest, "its checksum is not the one the hub gives"
        if pinned != digest and pin is not None and pin.revision == remote.revision:
            return digest, "it is another file than at the first download"
        return digest, ""

    # --- after the last -----------------------------------------------------------------

    def _take_in(self, remote: RemoteModel, licence: str, hashes: dict[str, str]) -> ModelCard:
        """The same check and lock file as for a folder that is imported."""
        for path in self._folder.rglob("*"):
            if path.is_file() and path.relative_to(self._folder).as_posix() not in hashes:
                path.unlink()
        try:
            found = recognise(self._folder, self._card.id)
        except ImportRefused as error:
            shutil.rmtree(self._folder)
            detail = str(error.fields["detail"])
            raise ImportRefused(path=Path(remote.repository), detail=detail) from error
        card = completed(found.card, self._card)
        card = replace(card, licence=licence, revision=remote.revision)
        return move_in(replace(found, card=card), self._folder, self._home, hashes)


class _Meter:
    """Bytes so far, their rate over the last seconds, and when the next event is due."""

    def __init__(self) -> None:
        self.done = 0
        self.total: int | None = None
        self._seen: deque[tuple[float, int]] = deque()
        self._told = 0.0

    def begin(self, done: int) -> None:
        self.done = done
        self._seen.append((time.monotonic(), done))

    def add(self, count: int) -> None:
        self.done += count

    def back(self, count: int) -> None:
        """Bytes that were there and have to come again."""
        self.done -= count
        self._seen.clear()

    def is_due(self) -> bool:
        return time.monotonic() - self._told >= _EVENT_SECONDS

    def told(self) -> None:
        """An event was yielded."""
        self._told = time.monotonic()

    def progress(self) -> Progress:
        now = self._told = time.monotonic()
        self._seen.append((now, self.done))
        while now - self._seen[0][0] > _RATE_SECONDS and len(self._seen) > 2:
            self._seen.popleft()
        since, before = self._seen[0]
        rate = (self.done - before) / (now - since) if now > since else 0.0
        return Progress(Phase.DOWNLOAD, self.done, self.total, rate)


def _is_local(error: BaseException) -> bool:
    """Whether it is this disk that failed rather than the hub or the way there."""
    return isinstance(error, OSError) and not isinstance(error, httpx2.HTTPError | ConnectionError)


def _read_pins(home_models: Path) -> dict[str, _Pin]:
    try:
        stored = json.loads((home_models / _PINS_FILE).read_text(encoding="utf-8"))
        return {
            str(name): _Pin(str(pin["revision"]), dict(pin["sha256"]))
            for name, pin in stored.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _write_pin(home_models: Path, model_id: str, pin: _Pin) -> None:
    pins = _read_pins(home_models) | {model_id: pin}
    content = {name: {"revision": one.revision, "sha256": one.sha256} for name, one in pins.items()}
    temporary = home_models / (_PINS_FILE + ".new")
    temporary.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    temporary.replace(home_models / _PINS_FILE)
