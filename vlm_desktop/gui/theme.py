"""The theme in use: palette, font and stylesheet, made from the tokens."""

from PySide6 import QtCore
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from vlm_desktop.gui.stylesheets import frame_sheet, whole_sheet
from vlm_desktop.gui.tokens import Colours, colours, measures

LIGHT, DARK, CONTRAST, SYSTEM = "light", "dark", "contrast", "system"
THEMES = (LIGHT, DARK, CONTRAST)


def theme_of(palette: QPalette) -> str:
    """Which of the themes a widget's palette is."""
    ground = palette.color(QPalette.ColorRole.Window).name()
    for name in THEMES:
        if colours(name).ground == ground:
            return name
    dark = palette.color(QPalette.ColorRole.Window).lightness() < 128
    return DARK if dark else LIGHT


def colours_of(palette: QPalette) -> Colours:
    return colours(theme_of(palette))


class Theme(QObject):
    """The theme in use; with "system" it follows the desktop. Main thread."""

    def __init__(self, application: QApplication, chosen: str = SYSTEM) -> None:
        super().__init__(application)
        self._application = application
        self._chosen = chosen
        self._whole = False
        # The platform's own palette tells; asking for its scheme would cost the first paint more.
        self._system = theme_of(application.palette())
        application.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._apply()

    def complete(self) -> None:
        """Take up the style of all widgets: up to now it was that of the frame, which is quick."""
        self._whole = True
        self._apply()

    def use(self, chosen: str) -> None:
        """Take "light", "dark", "contrast", or "system" from now on."""
        self._chosen = chosen
        self._apply()

    def _system_changed(self, scheme: object) -> None:
        self._system = DARK if scheme == QtCore.Qt.ColorScheme.Dark else LIGHT
        self._apply()

    def _apply(self) -> None:
        name = self._chosen if self._chosen in THEMES else self._system
        apply(self._application, name, whole=self._whole)


def apply(application: QApplication, name: str, *, whole: bool = True) -> None:
    """Style, palette, font and stylesheet of the application, or of the window's frame only."""
    chosen = colours(name)
    if application.styleSheet():
        # To replace a sheet costs widgets already there six times what it costs to set one.
        application.setStyleSheet("")
    application.setStyle("Fusion")
    application.setPalette(_palette(chosen))
    font = QFont(application.font())
    font.setPixelSize(measures().type_body)
    application.setFont(font)
    sheet = whole_sheet if whole else frame_sheet
    application.setStyleSheet(sheet(chosen, measures()))


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
