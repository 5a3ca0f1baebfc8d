"""Contrast of both themes and that colours are written in one place only."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from vlm_desktop import gui
from vlm_desktop.gui import theme


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in QColor(colour).getRgbF()[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", theme.THEMES)
def test_words_are_readable_on_every_ground(name: str) -> None:
    chosen = theme.colours(name)
    for ground in (chosen.ground, chosen.raised, chosen.sunken):
        for words in (chosen.text, chosen.text_muted, chosen.accent):
            assert contrast(words, ground) >= 4.5, (words, ground)
        for state in (chosen.good, chosen.careful, chosen.bad):
            assert contrast(state, ground) >= 4.5, (state, ground)
    assert contrast(chosen.accent_text, chosen.accent) >= 4.5
    assert contrast(chosen.text, chosen.accent_soft) >= 4.5


@pytest.mark.parametrize("name", theme.THEMES)
def test_the_palette_follows_the_theme(qapp: QApplication, name: str) -> None:
    theme.apply(qapp, name)
    assert theme.theme_of(qapp.palette()) == name
    assert theme.colours_of(qapp.palette()) == theme.colours(name)


def test_the_system_switching_to_dark_is_followed_unless_a_theme_was_chosen(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    hints = SimpleNamespace(colorSchemeChanged=Switch())
    monkeypatch.setattr(QApplication, "styleHints", lambda _: hints)
    theme.apply(qapp, "dark")  # as if it were the platform's own palette
    used = theme.Theme(qapp)
    assert theme.theme_of(qapp.palette()) == "dark"
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert theme.theme_of(qapp.palette()) == "light"
    used.use("contrast")
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.theme_of(qapp.palette()) == "contrast"
    used.use("system")
    assert theme.theme_of(qapp.palette()) == "dark"


class Switch(QObject):
    """A signal to be emitted by hand."""

    changed = Signal(object)

    def connect(self, slot: object) -> None:
        self.changed.connect(slot)

    def emit(self, scheme: object) -> None:
        self.changed.emit(scheme)


def test_no_module_writes_a_colour_of_its_own() -> None:
    written = [
        path.name
        for path in Path(gui.__file__).parent.rglob("*.py")
        if re.search(r"#[0-9a-fA-F]{6}\b|QColor\(\d", path.read_text(encoding="utf-8"))
    ]
    assert written == []
