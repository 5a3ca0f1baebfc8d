"""Pictures that a file of examples names, found on this disk.

A stranger's file may name anything. So a name leads only to a picture that lies in the file's own
folder or below it, in or below a folder that a person named, or in a folder of the library; a full
path counts only where it leads into one of these. Nothing on the web is fetched.
"""

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.trainingdata import SkipReason
from vlm_desktop.engine.train.formats.rows import BadRow, Draft
from vlm_desktop.media.scan import ScannedFile, is_image_name, scan_folder

_ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]+:|//)", re.IGNORECASE)
_FULL = re.compile(r"^(?:/|[a-z]:[/\\])", re.IGNORECASE)
_BESIDE = ("", "images")


class PictureFinder:
    """Finds pictures for one file. One thread.

    `base` is the folder that names are relative to, `folder` the one a person named, `roots` those
    of the library; `known_at` says where the picture of a hash lies.
    """

    def __init__(
        self,
        base: Path,
        folder: Path | None,
        roots: Sequence[Path],
        known_at: Callable[[str], Path | None],
        cancel: CancelToken,
    ) -> None:
        self._folder = None if folder is None else folder.absolute()
        start = base.absolute()
        self._starts = [one for one in (self._folder, *(start / each for each in _BESIDE)) if one]
        self._allowed = [*self._starts, *(one.absolute() for one in roots)]
        self._known_at = known_at
        self._cancel = cancel
        self._index: dict[str, Path | None] | None = None

    def find(self, draft: Draft) -> Path:
        """Where the picture of a row lies. Raises BadRow."""
        name = draft.image.strip()
        if not is_image_name(os.path.basename(name.replace("\\", "/"))):
            raise BadRow(SkipReason.NO_PICTURE, name[:200])
        found = self._named(name) or self._named(name.replace("\\", "/"))
        if found is None and draft.content:
            found = self._known_at(draft.content)
        if found is None:
            found = self._by_last_part(name)
        if found is None:
            outside = bool(_FULL.match(name)) or ".." in Path(name).parts
            reason = SkipReason.PICTURE_OUTSIDE if outside else SkipReason.PICTURE_ABSENT
            raise BadRow(reason, name[:200])
        return found

    def _named(self, name: str) -> Path | None:
        if _FULL.match(name):
            path = Path(os.path.normpath(name))
            inside = any(path.is_relative_to(one) for one in self._allowed)
            return path if inside and _is_file(path) else None
        if _ELSEWHERE.match(name):
            return None
        for start in self._starts:
            path = Path(os.path.normpath(start / name))
            if path.is_relative_to(start) and _is_file(path):
                return path
        return None

    def _by_last_part(self, name: str) -> Path | None:
        """Below the folder that a person named, where only one picture is called so."""
        if self._folder is None or not self._folder.is_dir():
            return None
        if self._index is None:
            self._index = {}
            for one in scan_folder(self._folder, self._cancel):
                if isinstance(one, ScannedFile):
                    key = one.path.name
                    self._index[key] = None if key in self._index else one.path
        return self._index.get(name.replace("\\", "/").rpartition("/")[2])


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
