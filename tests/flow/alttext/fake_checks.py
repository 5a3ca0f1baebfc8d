"""Checking that says what a test wants; no network, no pixels."""

from collections.abc import Generator
from pathlib import Path

from vlm_desktop.base.altchecks import Claim, ClaimState, Ledger
from vlm_desktop.base.alttext import PageContext
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Notice

_NOTHING = PageContext()


class FakeChecking:
    """A ledger of one claim a text; those of `disputed` texts are disputed."""

    def __init__(self) -> None:
        self.disputed: set[str] = set()
        self.asked: list[str] = []

    def ledger(
        self,
        path: Path,
        text: str,
        cancel: CancelToken,
        *,
        context: PageContext = _NOTHING,
        names: tuple[str, ...] = (),
        samples: int = 4,
        model_id: str = "",
        language: str = "en",
    ) -> Generator[Event, None, Ledger]:
        yield Notice("checking")
        self.asked.append(text)
        state = ClaimState.DISPUTED if text in self.disputed else ClaimState.SUPPORTED
        return Ledger(text, (Claim(text, "other", 0, len(text), state),), samples)
