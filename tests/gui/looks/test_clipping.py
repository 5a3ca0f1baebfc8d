"""No text of any pane is cut off, in a small window and in words longer by two fifths; every
control has a name, and Tab reads along."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from tests.tools.clipping import clipped_texts

ROOT = Path(__file__).parents[3]
SMALL = "1024x640"


def test_the_longest_words_fit_into_the_smallest_window_and_tab_reads_along(
    real_library: Path, tmp_path: Path
) -> None:
    """Qt takes its scale at its start, so each has a process of its own, both at once."""
    started = [
        (scale, _look(shutil.copytree(real_library, tmp_path / scale), scale, *more))
        for scale, *more in (("1", "tab"), ("2",))
    ]
    for scale, process in started:
        said, wrong = process.communicate(timeout=600)
        assert process.returncode == 0, wrong
        assert said.splitlines() == [], f"at scale {scale}"


def _look(home: Path, scale: str, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.tools.cut_off", str(home), SMALL, "pseudo", *more],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": scale},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.usefixtures("qapp")
def test_the_detector_detects() -> None:
    window = QWidget()
    window.resize(300, 100)
    label = QLabel("These words are too long for so little room", window)
    label.resize(80, 20)
    button = QPushButton("Wide enough", window)
    button.setGeometry(0, 40, 200, 30)
    window.show()
    assert [line.split(":")[0] for line in clipped_texts(window)] == ["QLabel in QWidget"]
    button.resize(30, 30)
    assert len(clipped_texts(window)) == 2
    label.resize(label.sizeHint())
    button.setGeometry(250, 40, 200, 30)
    assert clipped_texts(window) == ["QPushButton in QWidget: “Wide enough” sticks out of QWidget"]
    window.close()
