"""Colours and measures: one palette and one small stylesheet, made from the tokens file."""

import functools
import tomllib
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from vlm_desktop.base.paths import bundled


@dataclass(frozen=True, slots=True)
class Measures:
    """Lengths in device-independent pixels."""

    space: tuple[int, ...]
    radius: int
    card_radius: int
    type_small: int
    type_body: int
    type_large: int
    type_title: int
    hairline: int
    focus_ring: int
    tile: int


@dataclass(frozen=True, slots=True)
class Colours:
    """One theme's colours as "#rrggbb"."""

    ground: str
    raised: str
    sunken: str
    hairline: str
    text: str
    text_muted: str
    accent: str
    accent_text: str
    accent_soft: str
    disabled: str
    good: str
    careful: str
    bad: str


@functools.cache
def _tokens() -> dict[str, Any]:
    path = bundled("resources") / "theme" / "tokens.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@functools.cache
def measures() -> Measures:
    values = dict(_tokens()["measure"])
    return Measures(space=tuple(values.pop("space")), **values)


@functools.cache
def colours(*, dark: bool) -> Colours:
    return Colours(**_tokens()["dark" if dark else "light"])


def is_dark(palette: QPalette) -> bool:
    """Which of the two themes a widget's palette is."""
    return palette.color(QPalette.ColorRole.Window).lightness() < 128


def colours_of(palette: QPalette) -> Colours:
    return colours(dark=is_dark(palette))


def follow_system(application: QApplication) -> None:
    """Set the theme now and whenever the system switches between light and dark."""
    hints = application.styleHints()
    hints.colorSchemeChanged.connect(
        lambda scheme: apply(application, dark=scheme == Qt.ColorScheme.Dark)
    )
    apply(application, dark=hints.colorScheme() == Qt.ColorScheme.Dark)


def apply(application: QApplication, *, dark: bool) -> None:
    """Style, palette, font and stylesheet of the whole application."""
    chosen = colours(dark=dark)
    application.setStyle("Fusion")
    application.setPalette(_palette(chosen))
    font = QFont(application.font())
    font.setPixelSize(measures().type_body)
    application.setFont(font)
    check = bundled("resources") / "icons" / f"check-{'dark' if dark else 'light'}.svg"
    application.setStyleSheet(_stylesheet(chosen, measures(), check.as_posix()))


def _palette(chosen: Colours) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for target, colour in {
        role.Window: chosen.ground,
        role.WindowText: chosen.text,
        role.Base: chosen.raised,
        role.AlternateBase: chosen.sunken,
        role.Text: chosen.text,
        role.PlaceholderText: chosen.text_muted,
        role.Button: chosen.raised,
        role.ButtonText: chosen.text,
        role.BrightText: chosen.bad,
        role.ToolTipBase: chosen.raised,
        role.ToolTipText: chosen.text,
        role.Highlight: chosen.accent,
        role.HighlightedText: chosen.accent_text,
        role.Link: chosen.accent,
        role.Light: chosen.raised,
        role.Midlight: chosen.sunken,
        role.Mid: chosen.hairline,
        role.Dark: chosen.hairline,
        role.Shadow: chosen.hairline,
        role.Accent: chosen.accent,
    }.items():
        palette.setColor(target, QColor(colour))
    for target in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, target, QColor(chosen.disabled))
    return palette


def _stylesheet(chosen: Colours, size: Measures, check: str) -> str:
    return _controls(chosen, size, check) + _surroundings(chosen, size)


def _controls(chosen: Colours, size: Measures, check: str) -> str:
    """Query line, buttons and check box, each with its focus ring."""
    tiny, small, middle, large = size.space[0], size.space[1], size.space[2], size.space[3]
    button = f"padding: {small - 2}px {large}px; border-radius: {size.radius}px;"
    ring = f"border: {size.focus_ring}px solid {chosen.accent};"
    return f"""
    QLineEdit#query {{
        font-size: {size.type_large}px; padding: {small}px {middle}px;
        border: {size.hairline}px solid {chosen.hairline}; border-radius: {size.radius}px;
        background: {chosen.raised}; selection-background-color: {chosen.accent};
    }}
    QLineEdit#query:focus {{ {ring} padding: {small - 1}px {middle - 1}px; }}
    QPushButton {{
        {button} border: {size.hairline}px solid {chosen.hairline}; background: {chosen.raised};
    }}
    QPushButton:hover {{ background: {chosen.sunken}; }}
    QPushButton:pressed {{ background: {chosen.accent_soft}; }}
    QPushButton:focus {{ {ring} padding: {small - 3}px {large - 1}px; }}
    QPushButton:disabled {{ color: {chosen.disabled}; }}
    QPushButton#primary {{
        background: {chosen.accent}; color: {chosen.accent_text}; border-color: {chosen.accent};
    }}
    QPushButton#primary:focus {{ border: {size.focus_ring}px solid {chosen.text}; }}
    QPushButton#quiet {{
        border-color: transparent; background: transparent; padding: {tiny}px {small}px;
    }}
    QPushButton#quiet:hover {{ background: {chosen.sunken}; }}
    QPushButton#quiet:focus {{ {ring} padding: {tiny - 1}px {small - 1}px; }}
    QCheckBox {{ spacing: {small}px; padding: {tiny}px; border-radius: {tiny}px;
        border: {size.focus_ring}px solid transparent; }}
    QCheckBox:focus {{ {ring} }}
    QCheckBox::indicator {{
        width: {size.space[3]}px; height: {size.space[3]}px; border-radius: {tiny}px;
        border: {size.hairline}px solid {chosen.text_muted}; background: {chosen.raised};
    }}
    QCheckBox::indicator:checked {{
        background: {chosen.accent}; border-color: {chosen.accent}; image: url("{check}");
    }}
    """


def _surroundings(chosen: Colours, size: Measures) -> str:
    """Labels, the grid, scroll bar, status bar and tooltips."""
    tiny, small, middle = size.space[0], size.space[1], size.space[2]
    return f"""
    QLabel#verdict {{ font-size: {size.type_body}px; color: {chosen.text_muted}; }}
    QLabel#title {{ font-size: {size.type_title}px; font-weight: 600; }}
    QLabel#sentence {{ font-size: {size.type_large}px; color: {chosen.text_muted}; }}
    QListView#hits {{ border: none; background: {chosen.ground}; outline: none; }}
    QScrollBar:vertical {{ width: {middle}px; background: transparent; margin: 0; }}
    QScrollBar::handle:vertical {{
        background: {chosen.disabled}; border-radius: {tiny}px; min-height: {size.space[5]}px;
        margin: 0 {tiny // 2}px;
    }}
    QScrollBar::handle:vertical:hover {{ background: {chosen.text_muted}; }}
    QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical {{ height: 0; }}
    QScrollBar::add-page:vertical, QScrollBar::sub-page:vertical {{ background: transparent; }}
    QStatusBar {{ border-top: {size.hairline}px solid {chosen.hairline}; }}
    QStatusBar::item {{ border: none; }}
    QProgressBar {{
        border: none; border-radius: {tiny}px; background: {chosen.hairline};
        max-height: {small}px;
    }}
    QProgressBar::chunk {{ background: {chosen.accent}; border-radius: {tiny}px; }}
    QToolTip {{
        border: {size.hairline}px solid {chosen.hairline}; padding: {tiny}px;
        background: {chosen.raised}; color: {chosen.text};
    }}
    """
