"""Putting a new file in the place of a picture: whole, checked, or not at all.

The new bytes go into a file beside it, are brought to the disk, read again and checked; only
then does one rename put them in the picture's place. Until then nothing has happened to it.
"""

import contextlib
import errno
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from vlm_desktop.base.altfileerrors import BackupThere, FileChangedSince
from vlm_desktop.base.errors import MediaRefused
from vlm_desktop.media.sidecar import sync_folder, translated
from vlm_desktop.media.source import Source, read_source, refuse_if_changed

BACKUP_ENDING = ".original"


def own_path(path: Path) -> Path:
    """Where a picture's bytes lie: a link is followed, so that it stays one."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def has_other_names(path: Path) -> bool:
    """Whether hard links give the same bytes other names; replacing leaves those as they are."""
    try:
        return path.stat().st_nlink > 1
    except OSError:
        return False


def replace_file(
    source: Source,
    parts: Iterable[bytes],
    check: Callable[[Source], None],
    *,
    keep_times: bool = False,
    backup: bool = False,
) -> tuple[Source, Path | None]:
    """Put `parts` in the place of the file that `source` was read from, not a link.

    `check` is given the new file as it was read back, and raises to keep the old one. Mode,
    owner and extended attributes are kept where the system lets us. Returns the new file and
    the backup. Raises BackupThere, FileChangedSince, DestinationNotWritable, DiskFull and what
    `check` raises; then the file is as it was, and nothing lies beside it.
    """
    target = source.path
    kept: Path | None = None
    with translated(target):
        _refuse_read_only(target)
        if backup:
            kept = _back_up(target)
        try:
            temporary = _write_beside(target, parts)
            try:
                _dress(temporary, target, keep_times=keep_times)
                made = read_source(temporary)
                check(made)
                try:
                    refuse_if_changed(source)
                except MediaRefused as error:
                    raise FileChangedSince(path=target) from error
                temporary.replace(target)
            finally:
                with contextlib.suppress(OSError):
                    temporary.unlink()
        except BaseException:
            if kept is not None:
                with contextlib.suppress(OSError):
                    kept.unlink()
            raise
        sync_folder(target.parent)
    return Source(target, made.stamp, made.content_hash, made.head, made.data), kept


def _refuse_read_only(target: Path) -> None:
    """Renaming over it would work all the same; who set it read-only did not want that."""
    effective = os.access in os.supports_effective_ids
    if not os.access(target, os.W_OK, effective_ids=effective):
        raise PermissionError(errno.EACCES, "it is read-only")


def _back_up(target: Path) -> Path:
    kept = target.with_name(target.name + BACKUP_ENDING)
    try:
        with kept.open("xb"):  # claims the name: a backup is never written over
            pass
    except FileExistsError as error:
        raise BackupThere(path=target, detail=kept.name) from error
    try:
        shutil.copyfile(target, kept)
        with contextlib.suppress(OSError):
            shutil.copystat(target, kept)
        _sync(kept)
    except BaseException:
        with contextlib.suppress(OSError):
            kept.unlink()
        raise
    return kept


def _write_beside(target: Path, parts: Iterable[bytes]) -> Path:
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    return temporary


def _dress(temporary: Path, target: Path, *, keep_times: bool) -> None:
    """Give the new file what belongs to the old one beside its bytes."""
    status = target.stat()
    if hasattr(os, "chown"):
        with contextlib.suppress(OSError):
            os.chown(temporary, status.st_uid, status.st_gid)
    temporary.chmod(stat.S_IMODE(status.st_mode))
    if sys.platform == "linux":
        for name in _attributes(target):
            with contextlib.suppress(OSError):
                os.setxattr(temporary, name, os.getxattr(target, name))
    if keep_times:
        os.utime(temporary, ns=(status.st_atime_ns, status.st_mtime_ns))


def _attributes(target: Path) -> list[str]:
    if sys.platform != "linux":
        return []
    try:
        return os.listxattr(target)
    except OSError:
        return []


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
