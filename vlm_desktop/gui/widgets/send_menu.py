"""The menu "Send to": the same file, or a part of it, in another pane."""

from collections.abc import Callable

from PySide6.QtWidgets import QMenu, QWidget

from vlm_desktop.base.conversations import Attachment
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.navigator import Sending
from vlm_desktop.gui.strings import ground as strings


def send_menu(desk: Desk, here: str, what: Callable[[str], Sending | None], over: QWidget) -> QMenu:
    """A menu of all panes but the one `here`; `what` makes what is sent, by the pane's key."""
    menu = QMenu(strings.SEND_TO, over)
    menu.setToolTip(strings.SEND_TIP)
    for pane, words in (
        ("search", strings.SEND_SIMILAR),
        ("chat", strings.SEND_CHAT),
        ("alttext", strings.SEND_ALTTEXT),
        ("documents", strings.SEND_DOCUMENTS),
        ("ground", strings.SEND_GROUND),
        ("train", strings.SEND_TRAIN),
    ):
        if pane != here:
            menu.addAction(words, lambda key=pane: _send(desk, what(key)))
    return menu


def sending_of(picture: Attachment, pane: str) -> Sending:
    """A picture of a conversation; where a pane looks at parts, the part that counts."""
    return Sending(pane, picture.path, picture.page, picture.box)


def _send(desk: Desk, sending: Sending | None) -> None:
    if sending is not None:
        desk.navigator.sent.emit(sending)
