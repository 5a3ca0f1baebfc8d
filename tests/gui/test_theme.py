"""Contrast of both themes and that colours are written in one place only."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
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


@pytest.mark.parametrize("dark", [False, True])
def test_words_are_readable_on_every_ground(dark: bool) -> None:
    chosen = theme.colours(dark=dark)
    for ground in (chosen.ground, chosen.raised, chosen.sunken):
        for words in (chosen.text, chosen.text_muted, chosen.accent):
            assert contrast(words, ground) >= 4.5, (words, ground)
        for state in (chosen.good, chosen.careful, chosen.bad):
            assert contrast(state, ground) >= 4.5, (state, ground)
    assert contrast(chosen.accent_text, chosen.accent) >= 4.5
    assert contrast(chosen.text, chosen.accent_soft) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_the_palette_follows_the_theme(qapp: QApplication, dark: bool) -> None:
    theme.apply(qapp, dark=dark)
    assert theme.is_dark(qapp.palette()) is dark
    assert theme.colours_of(qapp.palette()) == theme.colours(dark=dark)


def test_the_system_switching_to_dark_is_followed(qapp: QApplication) -> None:
    theme.follow_system(qapp)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.is_dark(qapp.palette())
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert not theme.is_dark(qapp.palette())


def test_no_module_writes_a_colour_of_its_own() -> None:
    written = [
        path.name
        for path in Path(gui.__file__).parent.rglob("*.py")
        if re.search(r"#[0-9a-fA-F]{6}\b|QColor\(\d", path.read_text(encoding="utf-8"))
    ]
    assert written == []
