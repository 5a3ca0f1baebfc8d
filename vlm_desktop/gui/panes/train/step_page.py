"""What every step of the Train pane is."""

from typing import Any

from PySide6.QtWidgets import QWidget

from vlm_desktop.gui.panes.train.session import TrainSession


class StepPage(QWidget):
    """One step of the path. Main thread; what the steps share is in `session`."""

    def __init__(self, session: TrainSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.desk = session.desk

    def activate(self) -> None:
        """It is brought to front: put the focus where work begins here."""
        self.setFocus()

    def back(self) -> bool:
        """Back out one step (Esc); False when there was nothing to back out of."""
        return False

    def stop(self) -> None:
        """The window closes: start nothing by itself any more."""

    def state(self) -> dict[str, Any]:
        """What is to come back at the next start, as JSON can say it."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what `state` once gave, or a part of it."""
