"""Grounding for windows whose test is of something else: there is nothing to show."""


class _Nothing:
    def models(self) -> tuple[()]:
        return ()

    def queue(self) -> tuple[()]:
        return ()

    def pictures(self) -> tuple[()]:
        return ()


class NoGround:
    """What `FakeServices` offers until a test puts something else there."""

    def __init__(self) -> None:
        self.masks = self.phrases = self.labelling = self.keeping = _Nothing()
