"""Photograph every pane: `python -m tests.tools.screenshots OUT [--folder PHOTOS] [--home HOME]`.

Every pane of the window, in every situation that `situations.py` names, in each language, theme,
size and scale, as PNG files called PANE-SITUATION-LANGUAGE-THEME-SIZE-SCALE.png. No screen is
needed. Without `--home` the photos of `--folder`, else the sample photos, are indexed first; a
given library is only read, but as the program itself reads it, so give a copy.
"""

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

SMALL, LARGE = "1024x640", "2560x1440"
LANGUAGES = ("en", "de", "pseudo")
THEMES = ("light", "dark", "contrast")
SIZES = (SMALL, LARGE)
SCALES = (100, 200)


def main(argv: Sequence[str] | None = None) -> int:
    """The command. A process for each language and scale: both are fixed when Qt starts."""
    chosen = _arguments().parse_args(argv)
    chosen.out.mkdir(parents=True, exist_ok=True)
    if chosen.child:
        _photograph(chosen)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        home = chosen.home or _library(Path(folder) / "home", chosen.folder)
        for language, scale in itertools.product(chosen.languages, chosen.scales):
            command = [sys.executable, "-m", "tests.tools.screenshots", str(chosen.out), "--child"]
            command += ["--home", str(home), "--languages", language, "--scales", str(scale)]
            command += ["--themes", *chosen.themes, "--sizes", *chosen.sizes]
            command += ["--panes", *chosen.panes] if chosen.panes else []
            command += ["--situations", *chosen.situations] if chosen.situations else []
            environment = {
                **os.environ,
                "QT_QPA_PLATFORM": "offscreen",
                "QT_SCALE_FACTOR": str(scale / 100),
            }
            subprocess.run(command, env=environment, check=True)
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.screenshots")
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--home", type=Path, help="a library to show, instead of a new one")
    parser.add_argument("--folder", type=Path, help="photos to index, instead of the samples")
    parser.add_argument("--panes", nargs="*", default=())
    parser.add_argument("--situations", nargs="*", default=())
    parser.add_argument("--languages", nargs="*", default=LANGUAGES)
    parser.add_argument("--themes", nargs="*", default=THEMES)
    parser.add_argument("--sizes", nargs="*", default=SIZES)
    parser.add_argument("--scales", nargs="*", type=int, default=SCALES)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    return parser


def _library(home: Path, folder: Path | None) -> Path:
    from tests.tools.stage import make_library
    from vlm_desktop.engine.samples import sample_photos

    photos = folder or sample_photos()
    assert photos is not None, "scikit-image is a dependency"
    return make_library(home, photos)


def _photograph(chosen: argparse.Namespace) -> None:
    """All pictures of one language and scale."""
    from PySide6.QtCore import QSize

    from tests.tools.situations import situations_of
    from tests.tools.stage import staged
    from vlm_desktop.base.settings import Settings
    from vlm_desktop.gui.app import make_application
    from vlm_desktop.gui.panes import PANES
    from vlm_desktop.gui.qt_words import speak

    language, scale = chosen.languages[0], chosen.scales[0]
    application = make_application(Settings(language=language))
    speak(application)
    for size in chosen.sizes:
        width, height = map(int, size.split("x"))
        with staged(chosen.home, QSize(width, height)) as stage:
            for pane in PANES:
                if chosen.panes and pane.key not in chosen.panes:
                    continue
                stage.window.show_pane(pane.key)
                for name, bring in situations_of(pane.key).items():
                    if chosen.situations and name not in chosen.situations:
                        continue
                    bring(stage)
                    for theme in chosen.themes:
                        stage.window.desk.set_theme(theme)
                        stage.settle()
                        file = f"{pane.key}-{name}-{language}-{theme}-{size}-{scale}.png"
                        stage.front.grab().save(str(chosen.out / file))
                    stage.close_dialogs()
    application.quit()


if __name__ == "__main__":
    sys.exit(main())
