"""`AppServices.ground`: pointing and naming as the fronts see them, one attribute a part.

It is imported when it is first asked for, since what looks at pixels loads large libraries.
"""

from collections.abc import Callable
from pathlib import Path

from vlm_desktop.backends.registry import Registry
from vlm_desktop.base.grounding import STARTER
from vlm_desktop.base.settings import Settings
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.ground.counting import Counting
from vlm_desktop.engine.ground.exporting import GroundExports
from vlm_desktop.engine.ground.expressions import Expressions
from vlm_desktop.engine.ground.finders import Finders
from vlm_desktop.engine.ground.keeping import KeptObjects
from vlm_desktop.engine.ground.labelling import Labelling
from vlm_desktop.engine.ground.looking import Looking
from vlm_desktop.engine.ground.masking import Masking
from vlm_desktop.engine.ground.measuring import GroundMeasuring
from vlm_desktop.engine.ground.phrases import Phrases
from vlm_desktop.engine.ground.pictures import GroundPictures
from vlm_desktop.engine.ground.shelfmodels import GroundModels
from vlm_desktop.engine.ground.starterfinding import StarterFinder
from vlm_desktop.engine.preparing import Preparer
from vlm_desktop.engine.residents import Residents
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library


def build(
    preparer: Preparer,
    library: Callable[[], Library],
    other_copies: Callable[[], tuple[Path, ...]],
    registry: Registry,
    settings: Callable[[], Settings],
    residents: Callable[[], Residents],
    features: Path,
    open_pool: Callable[[], DecodePool],
    encoders: Encoders,
    search_model: Callable[[], str],
) -> "Ground":
    """`engine.services` names this and resolves it when grounding is first asked for."""
    models = GroundModels(registry, settings, residents, features)
    return Ground(preparer, library, other_copies, models, open_pool, encoders, search_model)


class Ground:
    """All parts of grounding. Each is made at once and opens nothing before it is used."""

    def __init__(
        self,
        preparer: Preparer,
        library: Callable[[], Library],
        other_copies: Callable[[], tuple[Path, ...]],
        models: GroundModels,
        open_pool: Callable[[], DecodePool],
        encoders: Encoders,
        search_model: Callable[[], str],
    ) -> None:
        self.pictures = GroundPictures(preparer.pictures)
        self.models = models
        self.masks = Masking(models.promptable)
        starter = StarterFinder(encoders, STARTER)
        finders = Finders(
            lambda: starter, models.detectors.finder, models.cards, search_model, models.budget
        )
        self.phrases = Phrases(finders, encoders, self.masks)
        models.changed = self.phrases.forget
        self.expressions = Expressions(
            self.phrases,
            encoders,
            search_model,
            self.masks,
            lambda: preparer.answerer,
            lambda: models.settings().chat_model,
        )
        self.looking = Looking(starter, models.residents)
        self.counting = Counting(self.phrases)
        self.measuring = GroundMeasuring(self.pictures, self.phrases, self.masks, encoders)
        self.keeping = KeptObjects(library, other_copies)
        self.exports = GroundExports(self.keeping, open_pool)
        self.labelling = Labelling(
            library, self.pictures.load, self.phrases.ground, self.keeping, self.phrases.automatic
        )

    def close(self) -> None:
        """End processes and free networks."""
        self.exports.close()
        self.models.close()
