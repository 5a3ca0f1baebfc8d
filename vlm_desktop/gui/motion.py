"""Whether anything in the window moves by itself. Main thread."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

_EFFECTS = (
    Qt.UIEffect.UI_AnimateMenu,
    Qt.UIEffect.UI_FadeMenu,
    Qt.UIEffect.UI_AnimateCombo,
    Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeTooltip,
    Qt.UIEffect.UI_AnimateToolBox,
)
_FLASH = "cursor flash"
_usual: dict[object, int] = {}
"""What was before motion was reduced; empty while it is not."""


def reduce(reduced: bool) -> None:
    """Stop menus from sliding and the text cursor from blinking, or let them again."""
    hints = QGuiApplication.styleHints()
    if reduced and not _usual:
        _usual[_FLASH] = hints.cursorFlashTime()
        hints.setCursorFlashTime(0)
        for effect in _EFFECTS:
            _usual[effect] = QApplication.isEffectEnabled(effect)
            QApplication.setEffectEnabled(effect, False)
    elif not reduced and _usual:
        hints.setCursorFlashTime(_usual[_FLASH])
        for effect in _EFFECTS:
            QApplication.setEffectEnabled(effect, bool(_usual[effect]))
        _usual.clear()


def milliseconds(usual: int) -> int:
    """How long a movement of `usual` milliseconds may take: no time where motion is reduced."""
    return 0 if _usual else usual
