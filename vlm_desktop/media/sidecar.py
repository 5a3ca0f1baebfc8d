"""Writing what a person says of a photo beside it: the XMP sidecar. The photo stays untouched.

Where it goes: into the sidecar that the reader would take (`metadata.sidecar_candidates`, the
first that is not empty). Without one, a new "photo.jpg.xmp" is made, which belongs to that one
file; "photo.xmp" would speak for the RAW, the JPEG and the film of the same name alike.
"""

import contextlib
import errno
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.base.errors import (
    DestinationNotWritable,
    DiskFull,
    SidecarDamaged,
)
from vlm_desktop.base.types import PhotoChanges
from vlm_desktop.media.metadata import sidecar_candidates
from vlm_desktop.media.source import take_stamp
from vlm_desktop.media.xmpedit import edited
from vlm_desktop.media.xmptree import XmpUnreadable

_TRIES = 5
_FULL = (errno.ENOSPC, errno.EDQUOT)
_WRITABLE = 0o666
_MOST = 8 * 1024 * 1024
"""A sidecar beyond this is read in part only, so it must not be written back."""


@dataclass(frozen=True, slots=True)
class SidecarChange:
    """One sidecar that was written. `before` is None where there was none."""

    photo: Path
    sidecar: Path
    before: bytes | None
    after: bytes


def chosen_sidecar(photo: Path) -> Path:
    """The sidecar of a photo: the one that is read, else the one that would be made."""
    candidates = sidecar_candidates(photo)
    there = [candidate for candidate in candidates if candidate.is_file()]
    filled = (candidate for candidate in there if candidate.stat().st_size)
    return next(filled, there[0] if there else candidates[0])


def sidecar_stamp(photo: Path) -> int:
    """The modification time in ns by which an inventory notices a changed sidecar; 0: none."""
    for candidate in sidecar_candidates(photo):
        with contextlib.suppress(OSError):
            return candidate.stat().st_mtime_ns
    return 0


def write_sidecar(
    photo: Path, changes: PhotoChanges, keywords: Sequence[str] = ()
) -> SidecarChange:
    """Put `changes` into the photo's sidecar, whole or not at all.

    `keywords` are those the photo carries itself, see `xmpedit.edited`. When another program
    writes the sidecar meanwhile, its changes are taken up. Raises MediaRefused (the photo is
    gone), SidecarDamaged (it is no XMP, and stays as it is), DestinationNotWritable, DiskFull.
    """
    take_stamp(photo)
    with translated(photo):
        sidecar = chosen_sidecar(photo)
    return change_sidecar(photo, sidecar, lambda before: edited(before or b"", changes, keywords))


def change_sidecar(
    photo: Path, sidecar: Path, change: Callable[[bytes | None], bytes]
) -> SidecarChange:
    """Write what `change` makes of a sidecar's bytes (None: there is none), whole or not at all.

    Where `change` raises `XmpUnreadable` the sidecar stays as it is. Raises as `write_sidecar`
    does, and what `change` raises.
    """

    def made(before: bytes | None) -> bytes:
        try:
            return change(before)
        except XmpUnreadable as error:
            raise SidecarDamaged(path=sidecar, detail=str(error)) from error

    before, after = _replace(sidecar, made, like=photo)
    return SidecarChange(photo, sidecar, before, after)


def restore_sidecar(change: SidecarChange, reverse: PhotoChanges) -> None:
    """Undo a change: the bytes as they were, or no sidecar where there was none.

    When the sidecar was written by others since, only `reverse` is applied to what they wrote.
    Raises as `write_sidecar` does, but also works for a photo that is gone.
    """
    put_back(change, lambda current: edited(current, reverse))


def put_back(change: SidecarChange, reverse: Callable[[bytes], bytes]) -> None:
    """`restore_sidecar` for any kind of change: `reverse` edits what others wrote since."""
    with translated(change.sidecar):
        now = _read(change.sidecar)
        if now == change.after and change.before is None:
            change.sidecar.unlink()
            return
    if now is None and change.before is None:
        return

    def back(current: bytes | None) -> bytes:
        if change.before is not None and current in (change.after, None):
            return change.before
        return reverse(current or b"")

    change_sidecar(change.photo, change.sidecar, back)


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """What the system says while `path` is written, as this program's errors."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull(path=path.parent) from error
        raise DestinationNotWritable(path=path, detail=error.strerror or str(error)) from error


def _replace(
    sidecar: Path, change: Callable[[bytes | None], bytes], *, like: Path
) -> tuple[bytes | None, bytes]:
    """Write what `change` makes of the sidecar's bytes; returns (bytes before, bytes after).

    A reader sees the old sidecar or the new one. When it changed between reading and renaming,
    `change` is asked again.
    """
    target = Path(os.path.realpath(sidecar)) if sidecar.is_symlink() else sidecar
    with translated(sidecar):
        before = _read(target)
        for _ in range(_TRIES):
            after = change(before)
            temporary = _write_beside(target, after, like)
            try:
                now = _read(target)
                if now == before:
                    temporary.replace(target)
                    sync_folder(target.parent)
                    return before, after
            finally:
                with contextlib.suppress(OSError):
                    temporary.unlink()
            before = now
    raise DestinationNotWritable(path=sidecar, detail="another program keeps writing it")


def _read(path: Path) -> bytes | None:
    try:
        if path.stat().st_size > _MOST:
            raise SidecarDamaged(path=path, detail="it is larger than 8 MB")
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _write_beside(target: Path, data: bytes, like: Path) -> Path:
    """A temporary file in the same folder, on disk, with the mode the sidecar is to have."""
    effective = os.access in os.supports_effective_ids
    if target.exists() and not os.access(target, os.W_OK, effective_ids=effective):
        # Renaming over it would work all the same; who set it read-only did not want that.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".xmp.part")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(OSError):
            if target.exists():
                mode = stat.S_IMODE(target.stat().st_mode)
            else:  # beside a read-only photo too, or nothing could be said of it a second time
                mode = stat.S_IMODE(like.stat().st_mode) | stat.S_IWUSR
            temporary.chmod(mode & _WRITABLE)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    return temporary


def sync_folder(folder: Path) -> None:
    """Let the renaming survive a power cut, where folders can be synchronised."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
