"""Typed settings, declared once, kept as JSON in the home folder.

A new setting is one field of `Settings` with its rule, and a label and a sentence of the same
name in the window's strings. The form, the checks and the file follow from that.
"""

import contextlib
import dataclasses
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias

Value: TypeAlias = bool | int | float | str


class Group(StrEnum):
    """Where a setting stands in the window, in this order."""

    GENERAL = "general"
    LOOK = "look"
    FOLDERS = "folders"
    MODELS = "models"
    SPEED = "speed"
    TEXT = "text"
    PRIVACY = "privacy"


class Acts(StrEnum):
    """When a change is felt."""

    NOW = "now"
    NEXT_INDEXING = "next-indexing"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class Rule:
    """Which values a setting takes, and when a change acts.

    `choices` are all values of a text that is no free one; `least` and `most` bound a number.
    `unit` names what a number counts; the file holds `per_unit` times what a person reads.
    0 stands for "let the program choose" where `zero_is_auto`.
    """

    group: Group
    acts: Acts = Acts.NOW
    choices: tuple[str, ...] = ()
    least: float = 0
    most: float = 0
    step: float = 1
    unit: str = ""
    per_unit: int = 1
    zero_is_auto: bool = False


def _setting(default: Value, rule: Rule) -> Any:
    return dataclasses.field(default=default, metadata={"rule": rule})


_PROVIDERS = ("auto", "cuda", "directml", "coreml", "openvino", "cpu")


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting and its default. Unknown keys in the file are kept, bad values are not used."""

    # fmt: off
    language: str = _setting(
        "system", Rule(Group.GENERAL, Acts.RESTART, choices=("system", "en", "de", "pseudo")))
    """Language of the window; "pseudo" is lengthened English that shows clipped layouts."""

    theme: str = _setting(
        "system", Rule(Group.LOOK, choices=("system", "light", "dark", "contrast")))
    """Colours of the window."""
    scale: int = _setting(
        100, Rule(Group.LOOK, Acts.RESTART, least=100, most=200, step=25, unit="percent"))
    """Size of everything in the window, on top of the system's own scale."""
    reduced_motion: bool = _setting(False, Rule(Group.LOOK))
    """Whether nothing in the window moves by itself."""

    watch_folders: bool = _setting(True, Rule(Group.FOLDERS))
    """Whether changes in the folders are indexed as they happen while the window is open."""

    search_model: str = _setting("starter", Rule(Group.MODELS))
    """Model whose vectors answer searches until the library has one of its own."""
    chat_model: str = _setting("starter", Rule(Group.MODELS))
    """Model that answers in conversations that have none of their own."""
    provider: str = _setting("auto", Rule(Group.MODELS, choices=_PROVIDERS))
    """ONNX Runtime provider, or "auto" to choose by trial."""
    gpu_memory_mb: int = _setting(
        0, Rule(Group.MODELS, Acts.RESTART, least=0, most=524_288, step=512, unit="mebibytes",
                zero_is_auto=True))
    """Memory of a graphics card that a model may take, in MiB; 0 means weights and some room."""

    chat_memory_mb: int = _setting(
        0, Rule(Group.MODELS, least=0, most=1_048_576, step=512, unit="mebibytes",
                zero_is_auto=True))
    """Main memory that models that answer may take together, in MiB; 0 means most of it."""

    hub_endpoint: str = _setting("", Rule(Group.MODELS, Acts.RESTART))
    """Address that models are downloaded from; empty means $HF_ENDPOINT or the public hub."""

    decode_workers: int = _setting(
        0, Rule(Group.SPEED, Acts.NEXT_INDEXING, least=0, most=64, unit="processes",
                zero_is_auto=True))
    """Worker processes that decode files; 0 means one per core."""
    encode_threads: int = _setting(
        0, Rule(Group.SPEED, least=0, most=256, unit="threads", zero_is_auto=True))
    """Threads the encoder may use; 0 lets the program choose."""
    decode_memory_mb: int = _setting(
        3072, Rule(Group.SPEED, Acts.NEXT_INDEXING, least=512, most=65_536, step=256,
                   unit="mebibytes"))
    """Memory one worker process may take for one file, in MiB."""
    max_pixels: int = _setting(
        400_000_000, Rule(Group.SPEED, Acts.NEXT_INDEXING, least=10_000_000, most=2_000_000_000,
                          step=10_000_000, unit="megapixels", per_unit=1_000_000))
    """Pictures with more pixels go to quarantine."""
    decode_seconds: float = _setting(
        20.0, Rule(Group.SPEED, Acts.NEXT_INDEXING, least=1, most=600, unit="seconds"))
    """Seconds after which the decoding of one file is given up."""
    thumbnail_side: int = _setting(
        480, Rule(Group.SPEED, Acts.NEXT_INDEXING, least=160, most=1024, step=40, unit="pixels"))
    """Longest side of a thumbnail in pixels."""

    ocr: bool = _setting(True, Rule(Group.TEXT, Acts.NEXT_INDEXING))
    """Whether indexing reads the text in pictures."""
    max_pages: int = _setting(
        32, Rule(Group.TEXT, Acts.NEXT_INDEXING, least=1, most=500, unit="pages"))
    """Pages of one PDF that are indexed."""
    # fmt: on


RULES: dict[str, Rule] = {
    field.name: field.metadata["rule"] for field in dataclasses.fields(Settings)
}
"""Every setting's rule, in the order of declaration."""

DEFAULTS = Settings()


def accepts(name: str, value: object) -> bool:
    """Whether `value` is of the setting's type and within its rule. False for unknown names."""
    rule = RULES.get(name)
    if rule is None:
        return False
    default = getattr(DEFAULTS, name)
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, str):
        return isinstance(value, str) and (value in rule.choices if rule.choices else True)
    kinds = int | float if isinstance(default, float) else int
    return isinstance(value, kinds) and rule.least <= value <= rule.most


def usable(stored: Mapping[str, object]) -> dict[str, Any]:
    """Those of the values that are settings and may be used."""
    return {name: value for name, value in stored.items() if accepts(name, value)}


def load_settings(path: Path) -> Settings:
    """Read `path`; missing or unusable values fall back to their defaults."""
    return Settings(**usable(_stored(path)))


def save_settings(path: Path, settings: Settings) -> None:
    """Write atomically: a reader sees the old file or the new one. Raises OSError.

    A file that does not read, maybe edited by hand, is kept beside as `settings.broken.json`.
    """
    if path.is_file() and _read(path) is None:
        path.with_suffix(".broken.json").write_bytes(path.read_bytes())
    write_json(path, _stored(path) | dataclasses.asdict(settings))


def write_json(path: Path, document: Mapping[str, object]) -> None:
    """Write a small file atomically. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(json.dumps(document, indent=2), encoding="utf-8")
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def _stored(path: Path) -> dict[str, Any]:
    """What the file holds, also what a later version wrote: going back and forth loses nothing."""
    return _read(path) or {}


def _read(path: Path) -> dict[str, Any] | None:
    """The file's table; None for what is absent or no table in JSON."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return stored if isinstance(stored, dict) else None
