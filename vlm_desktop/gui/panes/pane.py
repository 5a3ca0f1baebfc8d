"""What the window knows of a pane."""

from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from vlm_desktop.gui.desk import Desk


class Pane(QWidget):
    """One area of the window, built when it is first shown. Main thread."""

    key: ClassVar[str] = ""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk

    def activate(self) -> None:
        """Put the focus where work begins here."""
        self.setFocus()

    def back(self) -> bool:
        """Back out one step (Esc); False when there was nothing to back out of."""
        return False

    def shown_contents(self) -> tuple[int, ...]:
        """The content ids of the photos this pane shows, in its order."""
        return ()

    def stop(self) -> None:
        """The window closes: start nothing by itself any more."""

    def state(self) -> dict[str, Any]:
        """What is to come back at the next start, as JSON can say it."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what `state` once gave, or a part of it."""
