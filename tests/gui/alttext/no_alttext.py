"""Alt texts for windows whose test is of something else: there are none."""


class NoSets:
    """A library without a set, for windows whose test is of something else."""

    def sets(self) -> tuple[()]:
        return ()

    def settle(self) -> None:
        return None


class NoAltTexts:
    """What `FakeServices` offers until a test puts something else there."""

    def __init__(self) -> None:
        self.sets = NoSets()
