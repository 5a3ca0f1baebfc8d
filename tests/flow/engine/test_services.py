"""What the services hold for all threads together."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests.fakes import ColourEncoder
from tests.flow.engine.conftest import drive
from vlm_desktop.engine import services as module
from vlm_desktop.engine.background import Backgrounds
from vlm_desktop.engine.services import AppServices
from vlm_desktop.engine.trash import Trash
from vlm_desktop.store.vectors import VectorMatrix


def test_threads_that_ask_at_once_get_the_same_part(
    services: AppServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(Trash):
        def __init__(self, *wanted: object) -> None:
            time.sleep(0.05)
            super().__init__(*wanted)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "Trash", Slow)
    together = threading.Barrier(4)

    def ask(_: int) -> Trash:
        together.wait(5)
        return services.trash

    with ThreadPoolExecutor(4) as threads:
        assert len(set(map(id, threads.map(ask, range(4))))) == 1


def test_a_removed_model_is_no_longer_open(
    services: AppServices, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def open_encoder(model_id: str, **_: object) -> ColourEncoder:
        opened.append(model_id)
        return encoder

    monkeypatch.setattr(services._registry, "open_encoder", open_encoder)
    monkeypatch.setattr(services._registry, "remove", lambda model_id: model_id, raising=False)
    before = services.encoders.texts("colours", ["red"])
    drive(services.models.remove("colours"))
    monkeypatch.setattr(encoder, "encode_texts", lambda texts: -before)
    np.testing.assert_array_equal(services.encoders.texts("colours", ["red"]), -before)
    assert opened == ["colours", "colours"]


def test_a_background_is_of_the_library_at_hand() -> None:
    def vectors(seed: int) -> VectorMatrix:
        rows = np.random.default_rng(seed).normal(size=(20, 4)).astype(np.float32)
        ids = np.arange(20)
        return VectorMatrix(rows, ids, np.zeros(20, np.int32), 1)

    backgrounds, other = Backgrounds(), vectors(2)
    first = backgrounds.of("model", vectors(1))
    assert backgrounds.of("model", other) is first
    backgrounds.clear()
    np.testing.assert_allclose(backgrounds.of("model", other).mean, other.matrix.mean(axis=0))
