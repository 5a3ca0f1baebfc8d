"""Telling of photos that a policy flags, once they came into the library. Main thread."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.strings import explore as strings

if TYPE_CHECKING:
    from vlm_desktop.engine.reviewing import RuleSummary

_REST_MS = 3000


class PolicyWatch(QObject):
    """After the library changed and then rested, has all policies checked.

    Each policy is told of once for a number of new photos; looking at it ends the news. Without
    policies this costs one small query.
    """

    def __init__(self, desk: Desk, parent: QObject | None = None, rest_ms: int = _REST_MS) -> None:
        super().__init__(parent)
        self._desk = desk
        self._told: dict[str, int] = {}
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(rest_ms)
        self._rest.timeout.connect(self._check)
        desk.navigator.library_changed.connect(self._rest.start)

    def stop(self) -> None:
        """The window closes."""
        self._rest.stop()

    def _check(self) -> None:
        self._desk.ask(
            lambda cancel: self._desk.services.explore.check_new(cancel),
            self._found,
            failed=lambda _: None,
            latest="policy-news",
        )

    def _found(self, flagged: "tuple[RuleSummary, ...]") -> None:
        for one in flagged:
            if one.new > self._told.get(one.name, 0):
                text = fill(strings.POLICIES_NEWS, name=one.name, photos=strings.photos(one.new))
                self._desk.say(text)
        self._told = {one.name: one.new for one in flagged}
