"""What adapters are called, and their cards as they are written."""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import asdict
from typing import TYPE_CHECKING

from vlm_desktop.backends.adapters.folder import CARD, AdapterCard
from vlm_desktop.training.tomltext import table_text

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_NAME = 80
_SLUG = re.compile(r"[^a-z0-9]+")


def write_card(folder: Path, card: AdapterCard) -> None:
    """Write adapter.toml, whole or not at all. Raises OSError."""
    part = folder / f".{CARD}.{os.getpid()}"
    try:
        part.write_text(table_text(asdict(card)), encoding="utf-8", newline="\n")
        part.replace(folder / CARD)
    finally:
        part.unlink(missing_ok=True)


def slug(name: str) -> str:
    """A name as a part of ids and of folders on any platform: a-z, 0-9 and dashes."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _SLUG.sub("-", plain).strip("-")[:40].strip("-") or "adapter"


def clean(name: str) -> str:
    """One line of what can be shown, not too long."""
    shown = "".join(one if one.isprintable() else " " for one in unicodedata.normalize("NFC", name))
    return " ".join(shown.split())[:LONGEST_NAME].strip()


def same(name: str) -> str:
    """Equal for names that people take for one."""
    return unicodedata.normalize("NFKC", name).casefold()
