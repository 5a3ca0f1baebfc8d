"""The sidecars that lie beside a photo: whose they are, and which go where it goes."""

import os
from pathlib import Path

from vlm_desktop.media.metadata import sidecar_candidates
from vlm_desktop.media.scan import is_image_name


def sidecars_beside(photo: Path) -> tuple[Path, ...]:
    """Every sidecar that says something of the photo, its own first. Never raises."""
    found: list[Path] = []
    for candidate in sidecar_candidates(photo):
        # On a file system that ignores case ".xmp" and ".XMP" are one file.
        if _is_file(candidate) and not any(_same(candidate, other) for other in found):
            found.append(candidate)
    return tuple(found)


def own_sidecars(photo: Path) -> tuple[Path, ...]:
    """Those that go along when the photo is moved away.

    "photo.jpg.xmp" always does; "photo.xmp" stays while another picture of that stem does.
    """
    beside = sidecars_beside(photo)
    shared = [one for one in beside if one.stem == photo.stem]
    if shared and _has_sibling(photo):
        return tuple(one for one in beside if one not in shared)
    return beside


def _has_sibling(photo: Path) -> bool:
    """Whether another picture of the same stem lies there."""
    try:
        with os.scandir(photo.parent) as entries:
            return any(
                entry.name != photo.name
                and is_image_name(entry.name)
                and os.path.splitext(entry.name)[0] == photo.stem
                for entry in entries
            )
    except OSError:
        return True


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _same(left: Path, right: Path) -> bool:
    try:
        return os.path.samefile(left, right)
    except OSError:
        return False
