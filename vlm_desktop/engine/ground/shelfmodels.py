"""Models of the shelf that grounding runs, opened as the settings say."""

from collections.abc import Callable
from pathlib import Path

from vlm_desktop.backends.registry import Registry
from vlm_desktop.base.settings import Settings
from vlm_desktop.engine.ground.embeddings import Embeddings
from vlm_desktop.engine.ground.modelfinding import PhraseModels
from vlm_desktop.engine.ground.promptmodels import PromptModels
from vlm_desktop.engine.residents import Residents, default_memory

_MEBIBYTE = 1024**2


class GroundModels:
    """Promptable models and detectors. Opens nothing before one is asked. Any thread.

    `seen` is the folder where embeddings of pictures are kept. `cards` lists the whole shelf.
    `changed` is called when a model went or runs otherwise from now on.
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
        self.changed: Callable[[], None] = lambda: None
        self.promptable = PromptModels(
            registry.cards,
            lambda model_id: registry.open_mask_model(
                model_id, provider=settings().provider, threads=settings().encode_threads
            ),
            Embeddings(seen),
            residents,
            self.budget,
        )
        self.detectors = PhraseModels(
            lambda model_id: registry.open_phrase_model(
                model_id, provider=settings().provider, threads=settings().encode_threads
            ),
            residents,
        )

    def budget(self) -> int:
        """Bytes of memory that a model which nobody chose may take, as for models that answer."""
        return self.settings().chat_memory_mb * _MEBIBYTE or default_memory()

    def release(self, model_id: str) -> None:
        """Let go of a model that is being removed."""
        self.promptable.release(model_id)
        self.detectors.release(model_id)
        self.changed()

    def renew_later(self) -> None:
        """Open every model anew at its next use: a setting says otherwise how they run."""
        self.promptable.renew_later()
        self.detectors.renew_later()
        self.changed()

    def close(self) -> None:
        """Free all weights."""
        self.promptable.close()
        self.detectors.close()
