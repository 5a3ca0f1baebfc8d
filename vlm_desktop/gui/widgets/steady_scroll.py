"""Pages to scroll whose scroll bar is always there, drawn only while there is more to see.

A bar that comes and goes is a child that comes and goes to assistive technology, and Qt (up to
6.11, `QAccessibleAbstractScrollArea::child`) does not check the number of the child it is asked
for: a screen reader that counted children before the bar went would end the program. Nor does the
page's text wrap anew when it grows past the window.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea


def keep_bar(area: QScrollArea, along: Qt.Orientation = Qt.Orientation.Vertical) -> None:
    """Let the page scroll in one direction only, beside a bar that stays."""
    policy = Qt.ScrollBarPolicy
    down, sideways = policy.ScrollBarAlwaysOn, policy.ScrollBarAlwaysOff
    if along == Qt.Orientation.Horizontal:
        down, sideways = sideways, down
    area.setVerticalScrollBarPolicy(down)
    area.setHorizontalScrollBarPolicy(sideways)
