"""What a reference on a page points to: a file of this machine, or bytes inside the page.

Nothing is ever fetched. Addresses of other machines give no file, and neither do Windows' names
of shares, since opening one would tell that machine who is asking.
"""

import base64
import binascii
import hashlib
import os
import re
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

_MOST_INLINE = 64 * 1024 * 1024
_MOST_SRCSET = 20_000
_LONG = 200
_UP = 8
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:")
_CANDIDATE = re.compile(r"[ \t\n\f\r,]*([^ \t\n\f\r]+)([^,(]*(?:\([^)]*\)[^,(]*)*)")
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
    (b"BM", ".bmp"),
    (b"II*\0", ".tif"),
    (b"MM\0*", ".tif"),
    (b"\xd7\xcd\xc6\x9a", ".wmf"),
    (b"\x01\0\0\0", ".emf"),
)


class Copies:
    """Images taken out of pages, named by their content so that each is kept once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, data: bytes) -> Path | None:
        """A file with these bytes; None for no bytes. Raises OSError."""
        if not data:
            return None
        path = self._folder / f"{hashlib.sha256(data).hexdigest()}{_ending(data)}"
        if path.is_file() and path.stat().st_size == len(data):
            return path
        self._folder.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            part.write_bytes(data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        return path


@dataclass(frozen=True, slots=True)
class Resolved:
    """`missing`: it names a file of this machine, and there is none."""

    path: Path | None = None
    missing: bool = False


def resolve(reference: str, page: Path, base: str, copies: Copies) -> Resolved:
    """The file a reference means. `base` is what the page's <base> says.

    A reference from the root of a site is looked for in the folders above the page.
    """
    reference = reference.strip()
    if reference[:5].lower() == "data:":
        return Resolved(copies.keep(inline_bytes(reference)))
    if base:
        try:
            reference = urllib.parse.urljoin(base, reference)
        except ValueError:
            return Resolved()
    if not reference or reference.startswith(("//", "\\", "/\\")):
        return Resolved()
    if reference[:5].lower() == "file:":
        return _file_address(reference)
    if _SCHEME.match(reference):
        return Resolved()
    bare = re.split(r"[?#]", reference, maxsplit=1)[0]
    names = dict.fromkeys(
        name.lstrip("/") for name in (urllib.parse.unquote(bare), urllib.parse.unquote(reference))
    )
    folders = list(page.parents)[: _UP if reference.startswith("/") else 1]
    for folder in folders:
        for name in names:
            if name and _is_file(folder / name):
                return Resolved(folder / name)
    return Resolved(missing=bool(bare))


def _file_address(reference: str) -> Resolved:
    """file:///photos/a.jpg; one that names a host is another machine's."""
    parts = urllib.parse.urlsplit(reference)
    if parts.netloc not in ("", "localhost") or not parts.path or parts.path.startswith("//"):
        return Resolved()
    name = urllib.parse.unquote(parts.path)
    if re.match(r"/[a-zA-Z]:", name):
        name = name[1:]
    path = Path(name)
    return Resolved(path) if _is_file(path) else Resolved(missing=True)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # names too long, or with NUL
        return False


def inline_bytes(reference: str) -> bytes:
    """The bytes that a data: address holds; none where it is broken or too large."""
    head, comma, data = reference.partition(",")
    if not comma or len(data) > _MOST_INLINE:
        return b""
    if head.rstrip().lower().endswith(";base64"):
        try:
            packed = re.sub(r"[ \t\n\f\r]", "", urllib.parse.unquote(data))
            return base64.b64decode(packed + "=" * (-len(packed) % 4))
        except (ValueError, binascii.Error):
            return b""
    return urllib.parse.unquote_to_bytes(data)


def candidates(srcset: str) -> list[str]:
    """The addresses of a srcset, in order."""
    found, at = [], 0
    srcset = srcset[:_MOST_SRCSET]
    while match := _CANDIDATE.match(srcset, at):
        address = match[1]
        at = match.end()
        if address.endswith(",") and not address.startswith("data:"):
            address, at = address.rstrip(","), match.end(1)
        found.append(address)
    return found


def shortened(reference: str) -> str:
    """A reference as it can be shown and kept: those that hold the image itself lose it."""
    if reference[:5].lower() == "data:":
        digest = hashlib.sha256(reference.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return f"{reference[:40].partition(',')[0].partition(';')[0]};{digest}"
    if len(reference) > _LONG:
        digest = hashlib.sha256(reference.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return f"{reference[:_LONG]}…{digest}"
    return reference


def file_name(reference: str) -> str:
    """What a person knows the image by; "" for one inside the page."""
    if reference[:5].lower() == "data:":
        return ""
    bare = re.split(r"[?#]", reference.strip(), maxsplit=1)[0].replace("\\", "/").rstrip("/")
    return urllib.parse.unquote(bare.rpartition("/")[2])[:_LONG]


class Places:
    """Gives out the keys of a page's images: what is shown, and how often it was before."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def key(self, kind: str, what: str, part: str = "") -> str:
        start = f"{part}|{kind}:{what}" if part else f"{kind}:{what}"
        self._counts[start] = self._counts.get(start, 0) + 1
        return f"{start}#{self._counts[start]}"


def _ending(data: bytes) -> str:
    for magic, ending in _MAGIC:
        if data.startswith(magic):
            return ending
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return ".webp"
    if data[4:8] == b"ftyp":
        return ".avif" if data[8:12] in (b"avif", b"avis") else ".heic"
    if b"<svg" in data[:1000]:
        return ".svg"
    return ".bin"
