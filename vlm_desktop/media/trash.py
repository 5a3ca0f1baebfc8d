"""Moving files to the system's trash, and back from there where that can be done.

On Linux and the other freedesktop systems this follows their trash specification 1.0, so the
file manager shows the files and where they came from; knowing where they went is what makes
undo possible. Windows and macOS do not tell, so there Send2Trash hands the files over and the
way back is the system's own. Nothing here deletes anything.
"""

import errno
import os
import stat
import sys
import urllib.parse
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from vlm_desktop.base.errors import DestinationNotWritable, DiskFull, MediaRefused, Refusal

CAN_RESTORE = sys.platform not in ("win32", "darwin")
"""Whether `restore` works on this system."""

_FULL = (errno.ENOSPC, errno.EDQUOT)
_MOST_NAMES = 10_000


@dataclass(frozen=True, slots=True)
class Trashed:
    """One file in the trash. `stored` and `info` are None where the system does not tell."""

    original: Path
    stored: Path | None
    info: Path | None


def move_to_trash(path: Path) -> Trashed:
    """Move one file; it is there whole or not at all. Blocking.

    Raises MediaRefused (the file is gone) or DestinationNotWritable: the folder may not be
    changed, or its drive has no trash. The file is then where it was.
    """
    try:
        status = path.lstat()
    except OSError as error:
        raise MediaRefused(path=path, reason=Refusal.VANISHED) from error
    if not CAN_RESTORE:
        return _hand_over(path)
    try:
        return _move(path, status.st_dev)
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull(path=path.parent) from error
        raise DestinationNotWritable(path=path, detail=error.strerror or str(error)) from error


def restore(trashed: Trashed) -> None:
    """Bring a file back to where it was, never over another one.

    Raises MediaRefused when the trash was emptied, DestinationNotWritable when something else
    has taken its place or the folder may not be written.
    """
    original, stored = trashed.original, trashed.stored
    if stored is None or not os.path.lexists(stored):
        raise MediaRefused(path=original, reason=Refusal.VANISHED)
    try:
        original.parent.mkdir(parents=True, exist_ok=True)
        _move_beside(stored, original)
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull(path=original.parent) from error
        detail = error.strerror or str(error)
        raise DestinationNotWritable(path=original, detail=detail) from error
    if trashed.info is not None:
        try:
            trashed.info.unlink(missing_ok=True)
        except OSError:
            return  # The file is back; file managers drop an entry without a file themselves.


if sys.platform == "win32" or sys.platform == "darwin":  # noqa: PLR1714  mypy reads it so
    # Elsewhere not even imported: it would bring in GObject where that is installed.
    from send2trash import TrashPermissionError, send2trash

    def _hand_over(path: Path) -> Trashed:
        try:
            send2trash(path)
        except TrashPermissionError as error:
            raise DestinationNotWritable(path=path, detail="its drive has no trash") from error
        except OSError as error:
            detail = error.strerror or str(error)
            raise DestinationNotWritable(path=path, detail=detail) from error
        return Trashed(path, None, None)

else:

    def _hand_over(path: Path) -> Trashed:
        raise DestinationNotWritable(path=path, detail="this system's trash is not known")


def _move(path: Path, device: int) -> Trashed:
    real = path.parent.resolve() / path.name
    home = _home_trash()
    _prepare(home)
    if home.stat().st_dev == device:
        try:
            return _put(path, real, home, str(real))
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
    top = _top_of(real.parent)
    trash = _drive_trash(top)
    return _put(path, real, trash, os.path.relpath(real, top))


def _put(path: Path, real: Path, trash: Path, said: str) -> Trashed:
    """Take a free name in the trash by making its .trashinfo, then move the file there."""
    text = (
        f"[Trash Info]\nPath={urllib.parse.quote(os.fsencode(said))}\n"
        f"DeletionDate={datetime.now():%Y-%m-%dT%H:%M:%S}\n"
    )
    stem, ending = os.path.splitext(real.name)
    for number in range(1, _MOST_NAMES):
        name = real.name if number == 1 else f"{stem}.{number}{ending}"
        info, stored = trash / "info" / f"{name}.trashinfo", trash / "files" / name
        try:
            descriptor = os.open(info, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode("ascii"))
            if os.path.lexists(stored):
                info.unlink()
                continue
            real.rename(stored)
        except OSError:
            info.unlink(missing_ok=True)
            raise
        return Trashed(path, stored, info)
    raise OSError(errno.EEXIST, os.strerror(errno.EEXIST))


def _home_trash() -> Path:
    data = os.environ.get("XDG_DATA_HOME") or ""
    base = Path(data) if os.path.isabs(data) else Path.home() / ".local" / "share"
    return base / "Trash"


def _drive_trash(top: Path) -> Path:
    """The trash of another drive: the shared one if the drive has it, else the user's own."""
    user = os.geteuid() if sys.platform != "win32" else 0
    shared = top / ".Trash"
    if shared.is_dir() and not shared.is_symlink() and shared.stat().st_mode & stat.S_ISVTX:
        trash = shared / str(user)
    else:
        trash = top / f".Trash-{user}"
    if trash.is_symlink():
        raise OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    _prepare(trash)
    return trash


def _prepare(trash: Path) -> None:
    for folder in (trash / "files", trash / "info"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _top_of(folder: Path) -> Path:
    """The mount point under a folder."""
    while folder != folder.parent and not os.path.ismount(folder):
        folder = folder.parent
    return folder


def _move_beside(source: Path, target: Path) -> None:
    """Rename, but fail where the target exists. Raises OSError."""
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:
        # No hard links on this file system (or no right to make one): look before the leap.
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        source.rename(target)
    else:
        source.unlink()
