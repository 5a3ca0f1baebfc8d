"""A shelf in memory: downloads that go on when told to, models that take over."""

import threading
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.gui.fake_services import FakeServices
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.engine.models import CheckedFile, CheckedModel, ModelCard
from vlm_desktop.engine.switching import ShelfFacts
from vlm_desktop.gui.panes import PaneSpec
from vlm_desktop.gui.panes.pane import Pane

HOST = "hub.example"
STARTER = ModelCard(
    "starter", "Starter", ("image-text-embedding",), "onnx-dual", "Apache-2.0", ("en",),
    size_bytes=35_000_000, state="bundled", path=Path("bundled/starter"),
)  # fmt: skip
BIG = ModelCard(
    "big", "Big One", ("image-text-embedding",), "transformers-dual", "MIT", ("multilingual",),
    repository="someone/big", memory_mb=1900, download_bytes=1_500_000_000,
)  # fmt: skip
NOTED = ModelCard(
    "noted", "Noted", ("image-text-embedding",), "open-clip", "apple-amlr", ("en", "zh"),
    repository="someone/noted", notice="For research only.", download_bytes=300_000_000,
)  # fmt: skip


@dataclass
class FakeModels:
    """`cards` by id. A download yields its steps, and waits at each for `gate`."""

    cards: dict[str, ModelCard]
    gate: threading.Event = field(default_factory=threading.Event)
    error: AppError | None = None
    accepted: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    downloads: list[str] = field(default_factory=list)
    imported: list[Path] = field(default_factory=list)

    def download(
        self, model_id: str, cancel: CancelToken, *, accept_licence: str = ""
    ) -> Generator[Event, None, ModelCard]:
        self.downloads.append(model_id)
        self.accepted.append(accept_licence)
        card = self.cards[model_id]
        yield Progress(Phase.DOWNLOAD, 0, None)
        if self.error is not None:
            raise self.error
        total = card.download_bytes
        for done in range(card.size_bytes, total + 1, total // 5):
            self.cards[model_id] = replace(card, state="partial", size_bytes=done)
            yield Progress(Phase.DOWNLOAD, done, total, 12_000_000.0)
            while not self.gate.wait(0.005):
                cancel.raise_if_cancelled()
        yield Progress(Phase.VERIFY, 1, 1)
        done_card = replace(card, state="installed", size_bytes=total, path=Path("home") / model_id)
        self.cards[model_id] = done_card
        return done_card

    def remove(self, model_id: str) -> Generator[Event, None, ModelCard]:
        yield from ()
        card = self.cards[model_id]
        self.cards[model_id] = replace(card, state="available", size_bytes=0, path=None)
        return card

    def verify(self, model_id: str, cancel: CancelToken) -> Generator[Event, None, CheckedModel]:
        if self.error is not None:
            raise self.error
        yield Progress(Phase.VERIFY, 1, 1)
        file = CheckedFile("model.safetensors", 10, "0" * 64, 1, 1)
        return CheckedModel(self.cards[model_id], (file,) * 3)

    def import_folder(self, path: Path) -> Generator[Event, None, ModelCard]:
        yield Progress(Phase.VERIFY, 0, None)
        if self.error is not None:
            raise self.error
        self.imported.append(path)
        card = replace(BIG, id="own", name="Our own", state="installed", path=path)
        self.cards["own"] = card
        return card

    def keep_hub_token(self, token: str) -> None:
        self.tokens.append(token)


@dataclass
class FakeSwitching:
    models: FakeModels
    active: str = "starter"
    photos: int = 120
    free_bytes: int = 80_000_000_000
    covered: dict[str, int] = field(default_factory=lambda: {"starter": 120})
    gate: threading.Event = field(default_factory=threading.Event)
    error: AppError | None = None
    facts_error: AppError | None = None

    def facts(self) -> Generator[Event, None, ShelfFacts]:
        yield from ()
        if self.facts_error is not None:
            raise self.facts_error
        cards = tuple(self.models.cards.values())
        return ShelfFacts(
            cards, self.active, self.photos, dict(self.covered), self.free_bytes, HOST
        )

    def adopt(self, model_id: str, cancel: CancelToken) -> Generator[Event, None, str]:
        yield Progress(Phase.INVENTORY, self.photos, None)
        for done in range(self.covered.get(model_id, 0), self.photos, 30):
            self.covered[model_id] = done
            yield Progress(Phase.ENCODE, done, self.photos, 31.0)
            while not self.gate.wait(0.005):
                cancel.raise_if_cancelled()
        if self.error is not None:
            raise self.error
        yield Progress(Phase.CALIBRATE, 0, 1)
        self.covered[model_id], self.active = self.photos, model_id
        return model_id


class ShelfServices(FakeServices):
    """The window's engine with a shelf of three models. `release` lets everything go on."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.models = FakeModels({card.id: card for card in (STARTER, BIG, NOTED)})
        self.switching = FakeSwitching(self.models)

    def release(self) -> None:
        super().release()
        self.models.gate.set()
        self.switching.gate.set()


class EmptyPane(Pane):
    """Somewhere else to go."""

    key = "elsewhere"


PANES = (
    PaneSpec("elsewhere", "PANE_LIBRARY", "library", "Ctrl+2", f"{__name__}:EmptyPane"),
    PaneSpec(
        "models", "PANE_MODELS", "models", "Ctrl+3",
        "vlm_desktop.gui.panes.models.models_pane:ModelsPane",
    ),
)  # fmt: skip
"""The pane under test and another one: these tests need no more of the window."""
