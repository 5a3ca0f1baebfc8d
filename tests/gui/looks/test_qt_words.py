"""Qt's own words follow the window's language."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QWidget
from pytestqt.qtbot import QtBot

from vlm_desktop.base import language
from vlm_desktop.gui.actions import ActionBook
from vlm_desktop.gui.palette import CommandPalette
from vlm_desktop.gui.qt_words import speak


@pytest.fixture
def german(qapp: QApplication, tmp_path: Path) -> Iterator[QApplication]:
    before = QLocale()
    language.use("de", {}, tmp_path)
    yield qapp
    language.use("en", {}, tmp_path)
    QLocale.setDefault(before)
    for translator in qapp.findChildren(QTranslator):
        qapp.removeTranslator(translator)


def test_standard_buttons_and_months_are_german(german: QApplication) -> None:
    speak(german)
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    assert box.buttons()[0].text() == "Abbrechen"
    assert QLocale().monthName(3) == "März"
    box.deleteLater()


def test_the_palette_calls_keys_what_menus_call_them(german: QApplication, qtbot: QtBot) -> None:
    speak(german)
    window = QWidget()
    qtbot.addWidget(window)
    book = ActionBook(window, {})
    book.add("some.thing", "Etwas", lambda: None, shortcut="Ctrl+Shift+D")
    palette = CommandPalette(book, window)
    assert palette.list.item(0).text() == "Etwas, Strg+Umschalt+D"
