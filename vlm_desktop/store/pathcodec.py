"""Paths as SQLite keeps them.

File names are bytes on POSIX and need not be UTF-8; Python shows the odd ones with lone
surrogates, which SQLite's TEXT refuses. So paths are BLOBs of `os.fsencode`, with "/" between
the parts on every platform: any path comes back equal, and bytewise order makes "everything
under this folder" one index range. Full-text search gets a readable rendering beside them.
"""

import os
import unicodedata
from pathlib import Path


def encode_path(path: str | Path) -> bytes:
    """A path as stored. Absolute roots and relative paths alike."""
    text = os.fspath(path)
    return os.fsencode(text.replace(os.sep, "/") if os.sep != "/" else text)


def decode_path(stored: bytes) -> str:
    """The path that `encode_path` was given, with the platform's separator."""
    text = os.fsdecode(stored)
    return text if os.sep == "/" else text.replace("/", os.sep)


def split_relative(relative: str) -> tuple[bytes, bytes]:
    """Relative path -> (folder, name), both encoded; the folder of a top file is b""."""
    folder, _, name = encode_path(relative).rpartition(b"/")
    return folder, name


def join_stored(root: bytes, folder: bytes, name: bytes) -> Path:
    """Root, folder and name as stored -> the full path."""
    start = root if root.endswith(b"/") else root + b"/"
    return Path(decode_path(start + (folder + b"/" if folder else b"") + name))


def below(folder: bytes) -> tuple[bytes, bytes]:
    """The half-open byte range that holds every folder under `folder` (not itself)."""
    return folder + b"/", folder + b"0"  # "0" is the byte after "/"


def readable(stored: bytes) -> str:
    """For full-text search: composed (NFC) text; bytes that are no UTF-8 become U+FFFD."""
    return unicodedata.normalize("NFC", stored.decode("utf-8", "replace"))
