"""Documents for windows whose test is of something else: there are none."""


class _Nothing:
    def documents(self) -> tuple[()]:
        return ()

    def listed(self) -> tuple[()]:
        return ()


class NoDocuments:
    """What `FakeServices` offers until a test puts something else there."""

    def __init__(self) -> None:
        self.keeping = self.schemas = _Nothing()
