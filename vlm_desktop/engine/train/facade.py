"""`AppServices.training`: teaching as the fronts see it, one attribute a part.

`engine.services` resolves it when it is first asked for. What loads PyTorch runs in processes of
its own.
"""

from collections.abc import Callable
from pathlib import Path

from vlm_desktop.backends.registry import Registry
from vlm_desktop.base.errors import ModelNotInstalled
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.settings import Settings
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.preparing import Preparer
from vlm_desktop.engine.residents import Residents
from vlm_desktop.engine.switching import Switching
from vlm_desktop.engine.train.active import ActiveLearning
from vlm_desktop.engine.train.adapters import Adapters
from vlm_desktop.engine.train.choosing import Choosing
from vlm_desktop.engine.train.datasets import Datasets
from vlm_desktop.engine.train.doctor import Doctor
from vlm_desktop.engine.train.judging import SearchJudge
from vlm_desktop.engine.train.looking import Looking
from vlm_desktop.engine.train.recipedata import RecipeData
from vlm_desktop.engine.train.runs import Runs
from vlm_desktop.engine.train.sources import Sources
from vlm_desktop.engine.train.splits import Splits
from vlm_desktop.engine.train.teaching import Teaching
from vlm_desktop.engine.train.wearing import Wearing
from vlm_desktop.engine.upkeep import Upkeep
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library


class Training:
    """All parts of training. Each is made at once and opens nothing before it is used."""

    def __init__(
        self,
        paths: HomePaths,
        library: Callable[[], Library],
        other_copies: Callable[[], tuple[Path, ...]],
        registry: Registry,
        settings: Callable[[], Settings],
        open_pool: Callable[[], DecodePool],
        encoders: Encoders,
        search_model: Callable[[], str],
        residents: Callable[[], Residents],
        preparer: Preparer,
        switching: Callable[[], Switching],
        upkeep: Callable[[], Upkeep],
    ) -> None:
        self.paths = paths
        self.registry = registry
        has_library = paths.database.exists
        looking = Looking(library, has_library, open_pool)
        judge = SearchJudge(encoders, search_model, looking, open_pool)
        self.datasets = Datasets(library, has_library, other_copies)
        self.sources = Sources(library, has_library)
        self.splits = Splits(self.datasets, looking)
        self.doctor = Doctor(self.datasets, looking, self.splits, judge)
        self.active = ActiveLearning(looking, judge)
        self.data = RecipeData(self.datasets, self.sources, self.splits)
        self.runs = Runs(paths.runs, self._revision)
        self.teaching = Teaching(paths.home, self.data, self.doctor, self.runs)
        self.choosing = Choosing(
            paths.home, registry, self.datasets, lambda: self.teaching, lambda: self.runs
        )

        def vectors() -> str:
            """What answers searches; no library is made for that."""
            return search_model() if has_library() else settings().search_model

        def forget_vectors(but: tuple[str, ...]) -> None:
            for one in library().coverage() if has_library() else ():
                if "+" in one.model_id and one.model_id not in but:
                    library().drop_model(one.model_id)

        self.adapters = Adapters(
            paths.home,
            registry,
            self.runs,
            self.data,
            Wearing(
                registry,
                settings,
                lambda values: upkeep().change(values),
                lambda model_id, cancel: switching().adopt(model_id, cancel),
                vectors,
                encoders,
                forget_vectors,
            ),
            open_pool,
        )

    def _revision(self, model_id: str) -> str:
        """That of a model on this disk."""
        card = self.registry.card(model_id)
        if card.path is None:
            raise ModelNotInstalled(model=model_id)
        return card.revision
