"""A file replaced as a whole, or not at all."""

import contextlib
import errno
import hashlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from vlm_desktop.base.pageerrors import PageChanged
from vlm_desktop.media.sidecar import translated

_MOST_BACKUPS = 1000
_MODE = 0o7777


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def replace_file(
    path: Path,
    expected: str,
    write: Callable[[BinaryIO], None],
    check: Callable[[bytes], None],
    *,
    backup: bool,
) -> Path | None:
    """Put what `write` writes in the file's place, once `check` is content with its bytes.

    `expected` is the digest of the file now. A link is followed, so that it stays one. Returns the
    backup beside the file. Raises PageChanged, DestinationNotWritable, DiskFull, and what `check`
    raises; the file is untouched then.
    """
    target = Path(os.path.realpath(path))
    with translated(path):
        _check_writable(target)
        temporary = _made(target, write)
        try:
            check(temporary.read_bytes())
            if digest(target.read_bytes()) != expected:
                raise PageChanged(path=path)
            kept = _backup(target) if backup else None
            try:
                temporary.replace(target)
            except OSError:
                if kept is not None:
                    kept.unlink(missing_ok=True)
                raise
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink()
        _sync_folder(target.parent)
    return kept


def _check_writable(target: Path) -> None:
    """Renaming over a read-only file would work; who set it read-only did not want that."""
    effective = os.access in os.supports_effective_ids
    if not os.access(target, os.W_OK, effective_ids=effective):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _made(target: Path, write: Callable[[BinaryIO], None]) -> Path:
    """A new file beside the target, on the disk, with the target's mode."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(OSError):
            temporary.chmod(stat.S_IMODE(target.stat().st_mode) & _MODE)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    return temporary


def _backup(target: Path) -> Path:
    """A copy "page.html.original", or "page.html (2).original" when there is one."""
    for number in range(1, _MOST_BACKUPS):
        between = "" if number == 1 else f" ({number})"
        copy = target.with_name(f"{target.name}{between}.original")
        try:
            with copy.open("xb"):
                pass
        except FileExistsError:
            continue
        try:
            shutil.copy2(target, copy)
        except OSError:
            copy.unlink(missing_ok=True)
            raise
        return copy
    raise OSError(errno.EEXIST, os.strerror(errno.EEXIST))


def _sync_folder(folder: Path) -> None:
    """Let the renaming survive a power cut, where folders can be synchronised."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
