"""Models of the shelf that grounding runs, opened as the settings say."""

from collections.abc import Callable
from pathlib import Path

from vlm_desktop.backends.registry import Registry
from vlm_desktop.base.settings import Settings
from vlm_desktop.engine.ground.embeddings import Embeddings
from vlm_desktop.engine.ground.modelfinding import PhraseModels
from vlm_desktop.engine.ground.promptmodels import PromptModels
from vlm_desktop.engine.residents import Residents


class GroundModels:
    """Promptable models and detectors. Opens nothing before one is asked. Any thread.

    `seen` is the folder where embeddings of pictures are kept. `cards` lists the whole shelf.
    """

    def __init__(
        self,
        registry: Registry,
        settings: Callable[[], Settings],
        residents: Callable[[], Residents],
        seen: Path,
    ) -> None:
        self.cards = registry.cards
        self.settings = settings
        self.residents = residents
        self.promptable = PromptModels(
            registry.cards,
            lambda model_id: registry.open_mask_model(
                model_id, provider=settings().provider, threads=settings().encode_threads
            ),
            Embeddings(seen),
            residents,
        )
        self.detectors = PhraseModels(
            lambda model_id: registry.open_phrase_model(
                model_id, provider=settings().provider, threads=settings().encode_threads
            ),
            residents,
        )

    def release(self, model_id: str) -> None:
        """Let go of a model that is being removed."""
        self.promptable.release(model_id)
        self.detectors.release(model_id)

    def renew_later(self) -> None:
        """Open every model anew at its next use: a setting says otherwise how they run."""
        self.promptable.renew_later()
        self.detectors.renew_later()

    def close(self) -> None:
        """Free all weights."""
        self.promptable.close()
        self.detectors.close()
