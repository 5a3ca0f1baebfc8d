"""Typed settings, declared once, kept as JSON in the home folder."""

import contextlib
import dataclasses
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting and its default. Unknown keys in the file are kept, bad values are not used."""

    search_model: str = "starter"
    """Model whose vectors answer searches."""
    decode_workers: int = 0
    """Worker processes that decode files; 0 means one per core."""
    encode_threads: int = 0
    """Threads the encoder may use; 0 lets the program choose."""
    provider: str = "auto"
    """ONNX Runtime provider, or "auto" to choose by trial."""
    ocr: bool = True
    """Whether indexing reads the text in pictures."""
    thumbnail_side: int = 480
    """Longest side of a thumbnail in pixels."""
    max_pixels: int = 400_000_000
    """Pictures with more pixels go to quarantine."""
    decode_seconds: float = 20.0
    """Seconds after which the decoding of one file is given up."""
    theme: str = "system"
    """Colours of the window: "system", "light", "dark" or "contrast"."""
    language: str = "system"
    """Language of the window: "system", "en", "de" or "pseudo" (lengthened, to find clipped text)."""
    scale: int = 100
    """Size of everything in the window in percent, 100 to 200; the next start uses it."""


def _accepts(default: Any, value: Any) -> bool:
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, type(default)) and not isinstance(value, bool)


def load_settings(path: Path) -> Settings:
    """Read `path`; missing or unusable values fall back to their defaults."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Settings()
    if not isinstance(stored, dict):
        return Settings()
    usable = {
        field.name: stored[field.name]
        for field in dataclasses.fields(Settings)
        if field.name in stored and _accepts(field.default, stored[field.name])
    }
    return Settings(**usable)


def save_settings(path: Path, settings: Settings) -> None:
    """Write atomically: a reader sees the old file or the new one. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".settings-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(_unknown_keys(path) | dataclasses.asdict(settings), file, indent=2)
        Path(temporary).replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def _unknown_keys(path: Path) -> dict[str, Any]:
    """What a later version may have written, so that going back and forth loses nothing."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}
