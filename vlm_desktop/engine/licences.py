"""The parts this program is made of, and their licences, as their own metadata tell them."""

import importlib.metadata
import platform
from dataclasses import dataclass

from vlm_desktop.engine.doctor import PACKAGES

_MORE = ("defusedxml", "exifread", "HanTa", "platformdirs", "psutil", "py3langid", "regex",
         "rich", "scikit-image", "scikit-learn", "send2trash", "sentencepiece",
         "watchdog")  # fmt: skip
_LONGEST = 60
_CLASSIFIER = "License :: "


@dataclass(frozen=True, slots=True)
class Part:
    """A package that is installed. `licence` is empty where its metadata say nothing short."""

    name: str
    version: str
    licence: str


def parts() -> tuple[Part, ...]:
    """Python, then the installed packages the program uses, by name. Reads small files."""
    found = [Part("Python", platform.python_version(), "PSF-2.0")]
    for name in sorted({*PACKAGES, *_MORE}, key=str.lower):
        try:
            metadata = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        found.append(Part(name, metadata["Version"], _licence(metadata)))
    return tuple(found)


def _licence(metadata: importlib.metadata.PackageMetadata) -> str:
    """An expression where there is one, else the classifiers, else the short form of old."""
    if "License-Expression" in metadata:
        return metadata["License-Expression"]
    classified = [
        one.rpartition(" :: ")[2]
        for one in metadata.get_all("Classifier") or []
        if one.startswith(_CLASSIFIER)
    ]
    if classified:
        return ", ".join(classified)
    said = metadata["License"].strip() if "License" in metadata else ""
    return said if len(said) <= _LONGEST and "\n" not in said else ""
