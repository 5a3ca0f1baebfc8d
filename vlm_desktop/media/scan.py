"""Walk a folder for pictures: fast, without loops, and going on past what cannot be read.

Names that are not valid in the file system's encoding arrive as Python has them, with lone
surrogates ("surrogateescape"), so that `os.fsencode(path)` gives the true bytes back. SQLite
takes no lone surrogates: whoever stores a path must store it reversibly.
"""

import contextlib
import errno
import os
import stat
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import FolderNotFound, FolderUnreadable
from vlm_desktop.media.sniff import RAW_EXTENSIONS

_READ = """apng avif avifs bmp dib gif heic heics heif heifs hif ico j2c j2k jfif jif jp2 jpc jpe
    jpeg jpf jpg jpx mpo pbm pdf pgm png pnm ppm qoi tga tif tiff webp"""
_REFUSED = """ai bpg cur dds djvu emf eps exr ff fits hdr icns jxl jxr pcx pfm psb psd sgi svg
    svgz wmf xbm xcf xpm"""

SUPPORTED_EXTENSIONS: frozenset[str] = frozenset(_READ.split()) | RAW_EXTENSIONS
"""Lower case, without the dot: what the decoders here read."""

IMAGE_EXTENSIONS: frozenset[str] = SUPPORTED_EXTENSIONS | frozenset(_REFUSED.split())
"""What `scan_folder` yields: also pictures that will be refused, so that people see them."""

_SYSTEM_FOLDERS = frozenset(
    {
        "$recycle.bin",
        "#recycle",
        "#snapshot",
        "@eadir",
        "@recycle",
        "@recently-snapshot",
        "__macosx",
        "lost+found",
        "system volume information",
    }
)
_HIDDEN_ATTRIBUTES = 0x2 | 0x4  # Windows: hidden, system


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """One picture and the stamps that tell whether it, or its sidecar, changed.

    `sidecar_mtime_ns` is that of "photo.jpg.xmp", else of "photo.xmp", else 0.
    """

    path: Path
    size: int
    mtime_ns: int
    sidecar_mtime_ns: int


@dataclass(frozen=True, slots=True)
class ScanProblem:
    """A folder or file that could not be looked at; the walk goes on."""

    path: Path
    detail: str


def scan_folder(root: Path, cancel: CancelToken) -> Iterator[ScannedFile | ScanProblem]:
    """Yield every image-like file under `root`, folder by folder.

    Hidden folders and files and those of the system are left out (`root` itself may be
    hidden). Linked folders are followed after all real ones, each folder once by its device
    and inode, so that no loop and no second way leads in twice. Ends quietly when `cancel` is
    raised. Raises `FolderNotFound` or `FolderUnreadable` when `root` itself cannot be read.
    """
    try:
        seen = {_identity(os.stat(root))}
        with os.scandir(root):
            pass
    except FileNotFoundError as error:
        raise FolderNotFound(path=root) from error
    except (OSError, ValueError) as error:
        raise FolderUnreadable(path=root, detail=_detail(error)) from error
    real, linked = deque([os.fspath(root)]), deque[str]()
    while (real or linked) and not cancel.is_cancelled:
        if real:
            folder = real.popleft()
        else:
            folder = linked.popleft()
            if not _is_new(folder, seen):
                continue
        try:
            listing = _Listing.read(folder)
        except OSError as error:
            yield ScanProblem(Path(folder), _detail(error))
            continue
        yield from listing.files()
        yield from listing.problems
        real.extend(path for path in listing.folders if _is_new(path, seen))
        linked.extend(listing.linked_folders)


def is_image_name(name: str) -> bool:
    """Whether `scan_folder` would yield a file of this name."""
    return _extension(name) in IMAGE_EXTENSIONS and not name.startswith(".")


@dataclass(slots=True)
class _Listing:
    """One folder's contents, sorted out."""

    images: list[os.DirEntry[str]]
    sidecars: dict[str, os.DirEntry[str]]
    folders: list[str]
    linked_folders: list[str]
    problems: list[ScanProblem]

    @classmethod
    def read(cls, folder: str) -> "_Listing":
        """Raises OSError when the folder itself cannot be read."""
        listing = cls([], {}, [], [], [])
        with os.scandir(folder) as entries:
            for entry in entries:
                listing._sort(entry)
        return listing

    def files(self) -> Iterator[ScannedFile | ScanProblem]:
        for entry in self.images:
            try:
                status = entry.stat()
            except OSError as error:
                yield ScanProblem(Path(entry.path), _detail(error))
                continue
            if stat.S_ISREG(status.st_mode):
                sidecar = self._sidecar_mtime(entry.name) if self.sidecars else 0
                yield ScannedFile(Path(entry.path), status.st_size, status.st_mtime_ns, sidecar)

    def _sort(self, entry: os.DirEntry[str]) -> None:
        name = entry.name
        if name.startswith("."):
            return
        extension = _extension(name)
        try:
            if entry.is_dir(follow_symlinks=False):
                if not _is_system_folder(entry):
                    self.folders.append(entry.path)
            elif extension in IMAGE_EXTENSIONS:
                if not entry.is_symlink() or not entry.is_dir():
                    self.images.append(entry)
                else:
                    self.linked_folders.append(entry.path)
            elif extension == "xmp":
                self.sidecars[name.lower()] = entry
            elif entry.is_symlink() and entry.is_dir() and not _is_system_folder(entry):
                self.linked_folders.append(entry.path)
        except OSError as error:
            self.problems.append(ScanProblem(Path(entry.path), _detail(error)))

    def _sidecar_mtime(self, name: str) -> int:
        lowered = name.lower()
        for candidate in (f"{lowered}.xmp", f"{lowered.rpartition('.')[0]}.xmp"):
            entry = self.sidecars.get(candidate)
            if entry is not None:
                with contextlib.suppress(OSError):
                    return entry.stat().st_mtime_ns
        return 0


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _is_system_folder(entry: os.DirEntry[str]) -> bool:
    if entry.name.lower() in _SYSTEM_FOLDERS:
        return True
    if sys.platform == "win32":
        attributes = entry.stat(follow_symlinks=False).st_file_attributes
        return bool(attributes & _HIDDEN_ATTRIBUTES)
    return False


def _is_new(folder: str, seen: set[tuple[int, int]]) -> bool:
    """Whether the folder was not walked yet. One that cannot be asked counts as new."""
    try:
        identity = _identity(os.stat(folder))
    except OSError:
        return True
    if identity in seen:
        return False
    seen.add(identity)
    return True


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _detail(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        if error.errno == errno.ENAMETOOLONG:
            return "path too long"
        return error.strerror or str(error)
    return str(error)
