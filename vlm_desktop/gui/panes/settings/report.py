"""The system report: one text with what helps to understand a problem.

In English whatever the window's language, since those who read it may not know that one. The
home folder of the person is written as "~"; no photo and no path of one is in it.
"""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

from vlm_desktop.base.settings import DEFAULTS
from vlm_desktop.gui.panes.settings.devices import why

if TYPE_CHECKING:
    from vlm_desktop.engine.upkeep import SystemFacts

_GIB = 1024**3


def system_report(facts: "SystemFacts") -> str:
    """Lines of "name: value", in paragraphs."""
    doctor, settings = facts.doctor, facts.settings
    screen = QGuiApplication.primaryScreen()
    size = screen.size()
    lines = [
        f"VLM Desktop {doctor.version}, Python {doctor.python}, Qt {qVersion()}",
        f"System: {doctor.system}, {QGuiApplication.platformName()}, screen {size.width()} x "
        f"{size.height()} at {screen.devicePixelRatio():g}",
        f"Machine: {doctor.cores} cores ({doctor.processor}), "
        f"{doctor.memory_bytes / _GIB:.1f} GiB memory",
        "",
    ]
    for provider in doctor.providers:
        reason = why(provider)
        state = "used" if provider.chosen else "not used" if reason else "works"
        lines.append(f"Device {provider.provider}: {state}{f', {reason}' if reason else ''}")
    lines += ["", *(f"Model {card.id}: {card.state}" for card in doctor.models), ""]
    for folder in doctor.folders:
        state = "writable" if folder.writable else "read-only"
        lines.append(
            f"Folder {folder.name}: {_private(folder.path)}, {state}, "
            f"{folder.free_bytes / _GIB:.1f} GiB free"
        )
    lines.append("")
    for name, value in dataclasses.asdict(facts.sizes).items():
        lines.append(f"Size {name}: {value:,}")
    lines += ["", f"Files: {facts.files}", ""]
    defaults = dataclasses.asdict(DEFAULTS)
    changed = {k: v for k, v in dataclasses.asdict(settings).items() if v != defaults[k]}
    lines.append("Settings changed: " + (_listed(changed) or "none"))
    lines.append("Packages: " + ", ".join(f"{name} {version or 'absent'}"
                                          for name, version in doctor.packages))  # fmt: skip
    return "\n".join(lines) + "\n"


def _listed(values: dict[str, object]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def _private(path: Path) -> str:
    """A path without the person's name."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except ValueError:
        return str(path)
