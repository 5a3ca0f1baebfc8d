"""Hiding what may have the focus: it goes where work goes on, not to the rail."""

from PySide6.QtWidgets import QWidget

from vlm_desktop.gui.panes.pane import Pane


def show_gently(widget: QWidget, visible: bool) -> None:
    """Show or hide; the focus of what is hidden goes to where work begins in the pane."""
    if not visible and not widget.isHidden():
        focused = widget.window().focusWidget()
        if focused is not None and (focused is widget or widget.isAncestorOf(focused)):
            pane = _pane_of(widget)
            if pane is not None and pane.isVisible():
                pane.activate()
    widget.setVisible(visible)


def _pane_of(widget: QWidget) -> Pane | None:
    parent: QWidget | None = widget
    while parent is not None and not isinstance(parent, Pane):
        parent = parent.parentWidget()
    return parent
