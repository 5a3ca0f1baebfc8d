"""Where things lie: the user's home folder and the program's own resources."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

HOME_VARIABLE = "VLM_DESKTOP_HOME"
_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class HomePaths:
    """The folder that holds database, thumbnails, models and settings, and its rooms."""

    home: Path

    @property
    def database(self) -> Path:
        return self.home / "library.sqlite3"

    @property
    def thumbnails(self) -> Path:
        return self.home / "thumbnails"

    @property
    def vectors(self) -> Path:
        return self.home / "vectors"

    @property
    def models(self) -> Path:
        return self.home / "models"

    @property
    def settings(self) -> Path:
        return self.home / "settings.json"

    @property
    def log(self) -> Path:
        return self.home / "log" / "vlm-desktop.log"


def resolve_home(chosen: Path | None = None) -> HomePaths:
    """The home folder: `chosen`, else $VLM_DESKTOP_HOME, else the platform's usual folder."""
    if chosen is not None:
        return HomePaths(chosen.expanduser().absolute())
    from_environment = os.environ.get(HOME_VARIABLE)
    if from_environment:
        return HomePaths(Path(from_environment).expanduser().absolute())
    return HomePaths(platformdirs.user_data_path("vlm-desktop", appauthor=False))


def bundled(folder: str) -> Path:
    """A folder that ships with the program ("resources" or "models").

    In a checkout it lies beside the package, in an installed wheel inside it.
    """
    beside = _PACKAGE.parent / folder
    if (_PACKAGE.parent / "pyproject.toml").is_file() and beside.is_dir():
        return beside
    return _PACKAGE / "_data" / folder
