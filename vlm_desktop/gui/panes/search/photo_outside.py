"""Handing a photo to the rest of the computer: file manager, other programs, clipboard, drag."""

import configparser
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QMimeDatabase, QProcess, Qt, QUrl
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from PySide6.QtGui import QDrag, QGuiApplication, QImage, QPixmap
from PySide6.QtWidgets import QWidget

_THUMBNAIL = 128
_MOST_PROGRAMS = 12
_SECTION = "Desktop Entry"


@dataclass(frozen=True, slots=True)
class Program:
    """A program that says it opens such files."""

    name: str
    command: tuple[str, ...]


def reveal(path: Path) -> bool:
    """Show the file, selected, in the file manager; False where only its folder can be opened."""
    if sys.platform == "win32":
        return _start(["explorer", f"/select,{path}"])
    if sys.platform == "darwin":
        return _start(["open", "-R", str(path)])
    message = QDBusMessage.createMethodCall(
        "org.freedesktop.FileManager1",
        "/org/freedesktop/FileManager1",
        "org.freedesktop.FileManager1",
        "ShowItems",
    )
    message.setArguments([[QUrl.fromLocalFile(str(path)).toString()], ""])
    bus = QDBusConnection.sessionBus()
    if not bus.isConnected() or not bus.interface().isServiceRegistered(
        "org.freedesktop.FileManager1"
    ):
        return False
    # Not waited for: a file manager may take seconds to start.
    return bool(bus.send(message))


def has_chooser() -> bool:
    """Whether the system itself asks which program to use."""
    return sys.platform == "win32"


def open_chooser(path: Path) -> bool:
    return _start(["rundll32.exe", "shell32.dll,OpenAs_RunDLL", str(path)])


def open_with(path: Path, program: Program) -> bool:
    return _start([*program.command, str(path)])


def programs_for(path: Path, folders: list[Path] | None = None) -> list[Program]:
    """The programs that list the file's type in their desktop entry (Linux), by name.

    Reads small files; not for the main thread. Elsewhere empty.
    """
    if folders is None and not sys.platform.startswith("linux"):
        return []
    kind = QMimeDatabase().mimeTypeForFile(str(path), QMimeDatabase.MatchMode.MatchExtension)
    kinds = {kind.name(), *kind.allAncestors()}
    kinds.discard("application/octet-stream")
    found: dict[str, Program] = {}
    for folder in _entry_folders() if folders is None else folders:
        for entry in sorted(folder.glob("*.desktop")):
            program = _program(entry, kinds)
            if program is not None:
                found.setdefault(program.name, program)
    return sorted(found.values(), key=lambda one: one.name.casefold())[:_MOST_PROGRAMS]


def copy_picture(image: QImage, path: Path) -> None:
    """To the clipboard as pixels for editors and as a file for file managers."""
    data = _as_file(path)
    data.setImageData(image)
    QGuiApplication.clipboard().setMimeData(data)


def drag_out(source: QWidget, path: Path, image: QImage) -> None:
    """Start dragging the file; returns when it was dropped or let go."""
    drag = QDrag(source)
    drag.setMimeData(_as_file(path))
    small = image.scaled(
        _THUMBNAIL,
        _THUMBNAIL,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    drag.setPixmap(QPixmap.fromImage(small))
    drag.exec(Qt.DropAction.CopyAction)


def _as_file(path: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    return data


def _entry_folders() -> list[Path]:
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    others = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    return [Path(folder) / "applications" for folder in (home, *others.split(":")) if folder]


def _program(entry: Path, kinds: set[str]) -> Program | None:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read(entry, encoding="utf-8")
        values = parser[_SECTION]
    except (OSError, configparser.Error, KeyError, UnicodeDecodeError):
        return None
    if "true" in (values.get("NoDisplay", ""), values.get("Hidden", ""), values.get("Terminal")):
        return None
    if not kinds & set(values.get("MimeType", "").split(";")):
        return None
    try:
        # Field codes (%f, %U ...) stand for files and icons; the file goes last.
        words = [word for word in shlex.split(values.get("Exec", "")) if not word.startswith("%")]
    except ValueError:
        return None
    return Program(values.get("Name", entry.stem), tuple(words)) if words else None


def _start(command: list[str]) -> bool:
    if sys.platform == "win32":
        # QProcess would quote "/select,": the Explorer does not understand that.
        subprocess.Popen(subprocess.list2cmdline(command))
        return True
    started, _ = QProcess.startDetached(command[0], command[1:])
    return bool(started)
