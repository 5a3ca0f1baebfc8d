"""Pictures that a file of annotations names, found on this disk.

A stranger's file may name anything. So names lead only to pictures beside the file, in a folder
that a person named, or to pictures that are known by their bytes; never anywhere else.
"""

import os
from pathlib import Path, PurePosixPath

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import FolderNotFound, FolderUnreadable
from vlm_desktop.engine.ground.formats.exchange import ReadPicture
from vlm_desktop.engine.ground.keeping import KeptObjects
from vlm_desktop.media.scan import SUPPORTED_EXTENSIONS, ScannedFile, scan_folder

_BESIDE = ("images", "JPEGImages", "../images", "../JPEGImages")
_LONGEST_NAME = 1_000


class PictureFinder:
    """Finds pictures for one import. One thread.

    `base` is the folder that names are relative to; `folder` the one a person named, or None.
    """

    def __init__(
        self, base: Path, folder: Path | None, keeping: KeptObjects, cancel: CancelToken
    ) -> None:
        beside = [base / inner for inner in _BESIDE]
        self._folders = [one for one in (folder, base, *beside) if one is not None]
        self._deep = [one for one in (folder, *beside) if one is not None and one.is_dir()]
        self._keeping = keeping
        self._cancel = cancel
        self._named: dict[str, list[Path]] | None = None
        self._kept: dict[str, list[Path]] | None = None

    def find(self, one: ReadPicture) -> Path | None:
        """Where a picture lies; None where it is nowhere, or where several could be meant."""
        if one.content_hash:
            known = self._keeping.known_at(one.content_hash)
            if known is not None:
                return known
        name = one.name.replace("\\", "/")
        if not name or len(name) > _LONGEST_NAME or "\0" in name:
            return None
        inner = PurePosixPath(name)
        if not _leads_out(inner):
            for folder in self._folders:
                path = folder / inner
                if _is_picture(path) and path.is_file():
                    return path
        return self._by_name(inner)

    def _by_name(self, inner: PurePosixPath) -> Path | None:
        """By the last part of the name alone, with or without its ending, if it is the only one."""
        if self._named is None:
            self._named = self._index()
        if self._kept is None:
            self._kept = {}
            for one in self._keeping.pictures():
                for key in {one.path.name, one.path.stem}:
                    self._kept.setdefault(key, []).append(one.path)
        for key in (inner.as_posix(), inner.name):
            for index in (self._named, self._kept):
                paths = index.get(key, [])
                if len(paths) == 1 and paths[0].is_file():
                    return paths[0]
        return None

    def _index(self) -> dict[str, list[Path]]:
        found: dict[str, dict[Path, None]] = {}
        for folder in self._folders:
            for path in self._inside(folder):
                relative = PurePosixPath(path.relative_to(folder).as_posix())
                without = relative.with_suffix("").as_posix()
                for key in {relative.as_posix(), without, path.name, path.stem}:
                    found.setdefault(key, {})[Path(os.path.normpath(path))] = None
        return {key: list(paths) for key, paths in found.items()}

    def _inside(self, folder: Path) -> list[Path]:
        try:
            if folder in self._deep:
                walked = scan_folder(folder, self._cancel)
                return [one.path for one in walked if isinstance(one, ScannedFile)]
            return [path for path in folder.iterdir() if _is_picture(path)]
        except (OSError, FolderNotFound, FolderUnreadable):
            return []


def _leads_out(inner: PurePosixPath) -> bool:
    return inner.is_absolute() or ".." in inner.parts or ":" in inner.as_posix()


def _is_picture(path: Path) -> bool:
    return path.suffix[1:].lower() in SUPPORTED_EXTENSIONS
