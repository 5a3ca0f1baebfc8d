"""`AppServices.alttext`: alt text as the fronts see it, one attribute a part.

sets       any thread; generators on an io lane     what is kept
batch      lane "model"                             a whole set drafted; coverage
"""

from collections.abc import Callable

from vlm_desktop.engine.alttext.keeping import AltSets
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library


class AltTexts:
    """All parts of alt text. Each is made at once and opens nothing before it is used."""

    def __init__(
        self,
        library: Callable[[], Library],
        open_pool: Callable[[], DecodePool],
    ) -> None:
        self.sets = AltSets(library, open_pool)
