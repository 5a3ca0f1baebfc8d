"""Print what is wrong to look at: `python -m tests.tools.cut_off HOME WIDTHxHEIGHT LANGUAGE [tab]`.

Every pane in every situation, a line for each text that does not fit and for a window that does
not become that small; with `tab` also for each control that has no name or that Tab reaches out
of order. Scale it by QT_SCALE_FACTOR. The library of HOME is used: give a copy.
"""

import sys
from pathlib import Path

from PySide6.QtCore import QSize

from tests.tools.clipping import clipped_texts
from tests.tools.naming import nameless, out_of_order
from tests.tools.situations import situations_of
from tests.tools.stage import staged
from vlm_desktop.base.settings import Settings
from vlm_desktop.gui.app import make_application
from vlm_desktop.gui.panes import PANES
from vlm_desktop.gui.qt_words import speak


def cut_off(home: Path, size: QSize, *, tab: bool) -> list[str]:
    """What is clipped anywhere, by pane and situation, and with `tab` what is nameless or out of
    order. The application must be there."""
    found = []
    with staged(home, size) as stage:
        for pane in PANES:
            stage.window.show_pane(pane.key)
            for name, bring in situations_of(pane.key).items():
                bring(stage)
                stage.settle(4)
                lines = clipped_texts(stage.front)
                if tab:
                    lines += nameless(stage.front) + out_of_order(stage.front)
                found += [f"{pane.key}, {name}: {line}" for line in lines]
                stage.close_dialogs()
                now = stage.window.size()
                if now.width() > size.width() or now.height() > size.height():
                    found.append(f"{pane.key}, {name}: the window grew to {now.toTuple()}")
                    stage.window.resize(size)
    return found


def main(home: str, size: str, language: str, more: str = "") -> None:
    application = make_application(Settings(language=language))
    speak(application)
    width, height = map(int, size.split("x"))
    for line in cut_off(Path(home), QSize(width, height), tab=more == "tab"):
        sys.stdout.write(line + "\n")
    application.quit()


if __name__ == "__main__":
    main(*sys.argv[1:])
