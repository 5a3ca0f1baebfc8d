"""Panes are built by name when they are first shown; one that fails leaves the others alone."""

import importlib
import logging

from PySide6.QtWidgets import QVBoxLayout, QWidget

from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.pane import Pane
from vlm_desktop.gui.strings import shell as strings
from vlm_desktop.gui.widgets.message_page import Message, MessagePage
from vlm_desktop.gui.words import failure

_log = logging.getLogger(__name__)


class BrokenPane(Pane):
    """Stands where a pane could not be built, and says so."""

    def __init__(self, desk: Desk, error: Exception, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.page = MessagePage(self)
        self.page.show_message(Message(strings.PANE_BROKEN, failure(error)))
        layout = QVBoxLayout(self)
        layout.addWidget(self.page)


def build_pane(target: str, desk: Desk, parent: QWidget) -> Pane:
    """The pane of a "module:Class"; a `BrokenPane` where making it fails."""
    module, _, name = target.partition(":")
    try:
        pane: Pane = getattr(importlib.import_module(module), name)(desk, parent)
    except Exception as error:  # noqa: BLE001  whatever it is, the other panes must go on
        _log.exception("the pane %s cannot be built", target)
        return BrokenPane(desk, error, parent)
    return pane
