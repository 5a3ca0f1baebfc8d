"""What this machine can run and why: versions, folders, providers, models."""

import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from vlm_desktop import __version__
from vlm_desktop.backends.registry import Registry
from vlm_desktop.backends.shelf import ModelCard
from vlm_desktop.base.paths import HomePaths, bundled

PACKAGES = (
    "onnxruntime", "onnxruntime-gpu", "torch", "torchvision", "transformers", "open_clip_torch",
    "pyside6", "pillow", "pi-heif", "rawpy", "pypdfium2", "rapidocr", "numpy", "sqlite-utils",
    "tokenizers", "safetensors", "huggingface-hub",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProviderReport:
    """One provider: chosen, rejected with a reason code (`providers.Rejection`), or spare."""

    provider: str
    chosen: bool
    rejection: str
    detail: str


@dataclass(frozen=True, slots=True)
class FolderReport:
    name: str
    path: Path
    exists: bool
    writable: bool
    free_bytes: int


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """What `doctor` prints. Package versions are empty where a package is absent."""

    version: str
    python: str
    system: str
    processor: str
    cores: int
    memory_bytes: int
    packages: tuple[tuple[str, str], ...]
    providers: tuple[ProviderReport, ...]
    folders: tuple[FolderReport, ...]
    models: tuple[ModelCard, ...]


def examine(paths: HomePaths, registry: Registry) -> DoctorReport:
    """Look at this machine. Tries ONNX Runtime's providers on a tiny network; writes nothing."""
    choice = registry.try_providers()
    return DoctorReport(
        version=__version__,
        python=platform.python_version(),
        system=platform.platform(),
        processor=platform.processor() or platform.machine(),
        cores=os.cpu_count() or 1,
        memory_bytes=psutil.virtual_memory().total,
        packages=tuple((name, _version(name)) for name in PACKAGES),
        providers=tuple(
            ProviderReport(
                provider=trial.provider,
                chosen=trial.provider == choice.provider,
                rejection=str(trial.rejection or ""),
                detail=trial.detail,
            )
            for trial in choice.trials
        ),
        folders=_folders(
            [
                ("home", paths.home),
                ("models", paths.models),
                ("thumbnails", paths.thumbnails),
                ("bundled models", bundled("models")),
                ("resources", bundled("resources")),
                ("python", Path(sys.prefix)),
            ]
        ),
        models=tuple(registry.cards()),
    )


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _folders(named: Sequence[tuple[str, Path]]) -> tuple[FolderReport, ...]:
    reports = []
    for name, path in named:
        nearest = next(parent for parent in (path, *path.parents) if parent.exists())
        reports.append(
            FolderReport(
                name=name,
                path=path,
                exists=path.exists(),
                writable=os.access(nearest, os.W_OK),
                free_bytes=shutil.disk_usage(nearest).free,
            )
        )
    return tuple(reports)
