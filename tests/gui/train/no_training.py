"""Training for windows whose test is of something else: there is nothing to show."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace

from vlm_desktop.base.trainingdata import OnHand


class _Nothing:
    def list(self) -> tuple[()]:
        return ()

    def all(self) -> tuple[()]:
        return ()

    def worn(self) -> tuple[()]:
        return ()

    def purge(self) -> int:
        return 0

    def recover(self) -> tuple[()]:
        return ()

    def on_hand(self) -> OnHand:
        return OnHand()

    def votes(self, turn_ids: Sequence[int]) -> Mapping[int, int]:
        return {}


class NoTraining(SimpleNamespace):
    """What `FakeServices` offers until a test puts something else there."""

    def __init__(self) -> None:
        nothing = _Nothing()
        super().__init__(
            datasets=nothing, sources=nothing, splits=nothing, doctor=nothing, active=nothing,
            data=nothing, runs=nothing, teaching=nothing, adapters=nothing,
        )  # fmt: skip
