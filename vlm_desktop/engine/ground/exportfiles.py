"""Names of pictures in an export, and files that appear whole or not at all."""

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from vlm_desktop.base.grounderrors import ExportFolderFull
from vlm_desktop.engine.destinations import put_made


def names_for(paths: Sequence[Path]) -> list[str]:
    """A name for each picture: its path below the folder that holds them all, with "/".

    No two are the same without their endings, whatever the case, since most formats name their
    files so; later ones get a number.
    """
    try:
        common = os.path.commonpath([path.parent for path in paths]) if paths else ""
    except ValueError:  # on different drives
        common = ""
    taken: set[str] = set()
    names = []
    for path in paths:
        inner = path.relative_to(common) if common else Path(path.name)
        named = PurePosixPath(inner.as_posix())
        number, one = 1, named
        while one.with_suffix("").as_posix().casefold() in taken:
            number += 1
            one = named.with_name(f"{named.stem}-{number}{named.suffix}")
        taken.add(one.with_suffix("").as_posix().casefold())
        names.append(one.as_posix())
    return names


def beside(path: Path, folder: Path) -> str:
    """A path as a file in a folder names it: relative where it lies below, else whole."""
    return (path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix()


def put_data(target: Path, data: bytes) -> None:
    """Write a file over what is there, whole or not at all. Raises OSError."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    put_made(target, lambda part: _write(part, data))


class NewFolder:
    """A folder that gets its name once it is whole. Raises OSError, ExportFolderFull."""

    def __init__(self, target: Path, part: Path) -> None:
        self._target = target
        self._part = part

    def write(self, name: str, data: bytes) -> None:
        """A file by its path in the folder."""
        self._path(name).write_bytes(data)

    def copy(self, source: Path, name: str) -> bool:
        """A copy of a file; False where that cannot be read."""
        try:
            opened = source.open("rb")
        except OSError:
            return False
        with opened, self._path(name).open("wb") as made:
            shutil.copyfileobj(opened, made)
        return True

    def finish(self) -> None:
        """Put the folder in its place."""
        _refuse_full(self._target)
        with contextlib.suppress(FileNotFoundError):
            self._target.rmdir()
        self._part.replace(self._target)

    def _path(self, name: str) -> Path:
        path = self._part / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


@contextlib.contextmanager
def new_folder(target: Path) -> Iterator[NewFolder]:
    """A folder to be written beside its place; what is not finished is removed."""
    _refuse_full(target)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        yield NewFolder(target, part)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _refuse_full(target: Path) -> None:
    if target.is_symlink() or target.is_file() or (target.is_dir() and any(target.iterdir())):
        raise ExportFolderFull(path=target)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
