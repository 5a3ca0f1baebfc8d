"""Where things lie: the user's home folder and the program's own resources."""

import importlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

HOME_VARIABLE = "VLM_DESKTOP_HOME"
PORTABLE_MARK = "portable"
PORTABLE_HOME = "vlm-desktop-data"
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
    def maps(self) -> Path:
        return self.home / "maps"

    @property
    def pasted(self) -> Path:
        """Pictures that were pasted into a query; see `engine.keeping`."""
        return self.home / "pasted"

    @property
    def models(self) -> Path:
        return self.home / "models"

    @property
    def features(self) -> Path:
        """What models that answer saw in pictures, so that they need not look again."""
        return self.home / "features"

    @property
    def pages(self) -> Path:
        """Images that were taken out of documents, so that they can be described."""
        return self.home / "pages"

    @property
    def schemas(self) -> Path:
        """The user's own schemas of documents, a JSON file each."""
        return self.home / "schemas"

    @property
    def runs(self) -> Path:
        """Training runs, a folder each."""
        return self.home / "training" / "runs"

    @property
    def settings(self) -> Path:
        return self.home / "settings.json"

    @property
    def log(self) -> Path:
        return self.home / "log" / "vlm-desktop.log"


def resolve_home(chosen: Path | None = None) -> HomePaths:
    """The home folder: `chosen`, else $VLM_DESKTOP_HOME, else the one beside a portable program,
    else the platform's usual folder.
    """
    if chosen is not None:
        return HomePaths(chosen.expanduser().absolute())
    from_environment = os.environ.get(HOME_VARIABLE)
    if from_environment:
        return HomePaths(Path(from_environment).expanduser().absolute())
    portable = portable_home(program_folder())
    if portable is not None:
        return HomePaths(portable)
    platformdirs = importlib.import_module("platformdirs")  # the window starts with this module
    return HomePaths(platformdirs.user_data_path("vlm-desktop", appauthor=False))


def program_folder() -> Path:
    """The folder a person knows the program by.

    That of the executable when it is frozen, the checkout, or the environment it is installed in.
    """
    if getattr(sys, "frozen", False):
        return Path(sys.executable).resolve().parent
    if _in_checkout():
        return _PACKAGE.parent
    return Path(sys.prefix)


def portable_home(program: Path) -> Path | None:
    """Where a portable program keeps its data; None for one that is not portable.

    It is portable when a file `portable` or a folder `vlm-desktop-data` lies beside it.
    """
    home = program / PORTABLE_HOME
    return home if home.is_dir() or (program / PORTABLE_MARK).is_file() else None


def _in_checkout() -> bool:
    return (_PACKAGE.parent / "pyproject.toml").is_file()


def bundled(folder: str) -> Path:
    """A folder that ships with the program ("resources" or "models").

    In a checkout it lies beside the package, in an installed wheel inside it.
    """
    beside = _PACKAGE.parent / folder
    if _in_checkout() and beside.is_dir():
        return beside
    return _PACKAGE / "_data" / folder
