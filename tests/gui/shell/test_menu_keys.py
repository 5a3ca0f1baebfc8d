"""Every command has a key of its own: in its menu in each language, and by its shortcut."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

SCRIPT = """
import os, re, sys
from collections import Counter
from pathlib import Path
from PySide6.QtWidgets import QApplication
from tests.gui.fake_services import FakeServices
from vlm_desktop.base import language
from vlm_desktop.base.paths import bundled
from vlm_desktop.gui import strings
from vlm_desktop.gui.bridge import Bridge
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.jobs import JobRunner

chosen, home = sys.argv[1:]
if chosen != "en":
    language.use(chosen, strings.areas(), bundled("resources") / "translations")
application = QApplication([])
runner = JobRunner(Bridge().post)
window = MainWindow(FakeServices(Path(home)), runner)
for key in window.specs:
    window.pane(key)
menus = [("bar", window.menuBar().actions())]
menus += [(one.text(), one.menu().actions()) for one in window.menuBar().actions()]
for name, actions in menus:
    texts = [action.text().replace("&&", "") for action in actions if action.isVisible()]
    keys = Counter(key.lower() for text in texts for key in re.findall("&(.)", text))
    print(*(f"{name}: {key}" for key, count in keys.items() if count > 1), sep="\\n", end="")
shortcuts = Counter(
    shortcut.toString()
    for command in window.desk.actions
    for shortcut in command.action.shortcuts()
)
print(*(key for key, count in shortcuts.items() if count > 1), sep="\\n", end="")
sys.stdout.flush()
os._exit(0)  # what is still under way in a window that was never shown is of no interest
"""


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_key_is_given_twice(language: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, language, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""
