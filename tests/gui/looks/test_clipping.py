"""No text of any pane is cut off, in words longer by two fifths and in letters twice as large."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from tests.tools.clipping import clipped_texts
from tests.tools.situations import situations_of
from tests.tools.stage import staged
from vlm_desktop.base import language
from vlm_desktop.gui import strings, theme
from vlm_desktop.gui.panes import PANES

SMALL = QSize(1024, 640)
LARGER = QSize(1600, 1000)


@pytest.fixture
def pseudo_language(tmp_path: Path) -> Iterator[None]:
    """Every string of the window lengthened; English again afterwards."""
    areas = strings.areas()
    english = {name: dict(vars(module)) for name, module in areas.items()}
    language.use(language.PSEUDO, areas, tmp_path)
    yield
    for name, module in areas.items():
        vars(module).update(english[name])
    language.use(language.ENGLISH, areas, tmp_path)


@pytest.fixture
def large_letters(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """All sizes of type doubled, as on a desktop set to letters of 200 %."""
    tokens = dict(theme._tokens())
    usual = tokens["measure"]
    sizes = ("type_small", "type_body", "type_large", "type_title")
    tokens["measure"] = {**usual, **{name: 2 * usual[name] for name in sizes}}
    monkeypatch.setattr(theme, "_tokens", lambda: tokens)
    theme.measures.cache_clear()
    yield
    monkeypatch.undo()
    theme.measures.cache_clear()
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application, "light")


def cut_off(library: Path, home: Path, size: QSize) -> list[str]:
    """What is clipped anywhere, by pane and situation."""
    shutil.copytree(library, home)
    found = []
    with staged(home, size) as stage:
        for pane in PANES:
            stage.window.show_pane(pane.key)
            for name, bring in situations_of(pane.key).items():
                bring(stage)
                stage.settle(4)
                lines = clipped_texts(stage.front)
                found += [f"{pane.key}, {name}: {line}" for line in lines]
                stage.close_dialogs()
        if stage.window.width() > size.width() or stage.window.height() > size.height():
            found.append(f"the window does not become smaller than {stage.window.size()}")
    return found


@pytest.mark.usefixtures("qapp", "pseudo_language")
def test_long_words_fit_into_a_small_window(real_library: Path, tmp_path: Path) -> None:
    assert cut_off(real_library, tmp_path / "home", SMALL) == []


@pytest.mark.usefixtures("qapp", "pseudo_language", "large_letters")
def test_long_words_fit_in_letters_twice_as_large(real_library: Path, tmp_path: Path) -> None:
    assert cut_off(real_library, tmp_path / "home", LARGER) == []


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
