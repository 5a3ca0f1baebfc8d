"""What a pane sends to another: a file, or a part of it, handed to whoever it is for."""

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject

from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.types import ImageTerm
from vlm_desktop.gui.navigator import Navigator, Sending

if TYPE_CHECKING:
    from vlm_desktop.gui.panes.alttext.alttext_pane import AltTextPane
    from vlm_desktop.gui.panes.chat.chat_pane import ChatPane
    from vlm_desktop.gui.panes.documents.documents_pane import DocumentsPane
    from vlm_desktop.gui.panes.ground.ground_pane import GroundPane
    from vlm_desktop.gui.panes.train.train_pane import TrainPane
    from vlm_desktop.gui.shell import Shell


class Mail(QObject):
    """Main thread. Panes that this window does not have get nothing."""

    def __init__(self, shell: "Shell", navigator: Navigator) -> None:
        super().__init__(shell)
        self._shell, self._navigator = shell, navigator
        navigator.sent.connect(self.deliver)

    def deliver(self, sending: Sending) -> None:
        """Bring the pane to front with what is sent."""
        shell, path = self._shell, sending.path
        if sending.pane == "search":
            self._navigator.picture_wanted.emit(ImageTerm(path, box=sending.box, page=sending.page))
            return
        if not shell.has_pane(sending.pane):
            return
        shell.show_pane(sending.pane)
        pane = shell.pane(sending.pane)
        match sending.pane:
            case "chat":
                found = Attachment(path, sending.page, sending.box)
                cast("ChatPane", pane).sources.take_attachments([found])
            case "alttext":
                cast("AltTextPane", pane).sets.take_paths([path])
            case "documents":
                cast("DocumentsPane", pane).opening.take_paths([path])
            case "ground":
                cast("GroundPane", pane).take_part(path, sending.box, sending.page)
            case "train":
                cast("TrainPane", pane).take_paths([path])
