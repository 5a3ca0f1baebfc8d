"""The search for nameless controls and for a wrong order, which `test_clipping` relies on."""

import pytest
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from tests.tools.naming import nameless, out_of_order


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
