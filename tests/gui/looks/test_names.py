"""Every control of every pane and dialog, in every situation that is photographed."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from tests.tools.naming import nameless, out_of_order
from tests.tools.situations import situations_of
from tests.tools.stage import staged
from vlm_desktop.gui.panes import PANES


@pytest.mark.usefixtures("qapp")
def test_every_control_has_a_name_and_tab_reads_along(real_library: Path, tmp_path: Path) -> None:
    shutil.copytree(real_library, tmp_path / "home")
    found = []
    with staged(tmp_path / "home", QSize(1280, 800)) as stage:
        for pane in PANES:
            stage.window.show_pane(pane.key)
            for name, bring in situations_of(pane.key).items():
                bring(stage)
                stage.settle(4)
                lines = nameless(stage.front) + out_of_order(stage.front)
                found += [f"{pane.key}, {name}: {line}" for line in lines]
                stage.close_dialogs()
    assert found == []


@pytest.mark.usefixtures("qapp")
def test_the_search_for_nameless_controls_finds_them() -> None:
    window = QWidget()
    line = QLineEdit(window)
    QCheckBox("Named by its words", window)
    window.show()
    assert [one.split(" ")[0] for one in nameless(window)] == ["QLineEdit"]
    line.setAccessibleName("Folder")
    assert nameless(window) == []
    window.close()


@pytest.mark.usefixtures("qapp")
def test_the_search_for_a_wrong_order_finds_it() -> None:
    window = QWidget()
    first, second, third = (QLineEdit(window) for _ in range(3))
    for number, line in enumerate((first, second, third)):
        line.setGeometry(10, 10 + 40 * number, 100, 30)
    window.show()
    assert out_of_order(window) == []
    QWidget.setTabOrder(first, third)
    assert [line.split(" comes")[0] for line in out_of_order(window)] == ["QLineEdit “” in QWidget"]
    third.setGeometry(150, 90, 100, 30)
    assert out_of_order(window) == [], "another column"
    window.close()
