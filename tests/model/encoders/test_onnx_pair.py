"""The adapter for ONNX pairs: order, unit rows, laziness, shortages, and what is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vlm_desktop.backends import runtime
from vlm_desktop.backends.encoders.onnx_dual import OnnxDualEncoder
from vlm_desktop.backends.reports import ProviderChoice, ProviderTrial
from vlm_desktop.base.errors import ModelBroken, ModelOutOfMemory

TEXTS = ["a photo of a dog", "the red boat", "", "cat", "a photo of a dog", "unknown words here"]


@pytest.fixture
def encoder(pair_folder: Path) -> OnnxDualEncoder:
    return OnnxDualEncoder(pair_folder, threads=1)


class FakeSession:
    """Answers with the sum of each row; runs out of memory above `fits` items."""

    def __init__(self, real: Any, fits: int = 10**9, text: str = "bad_alloc") -> None:
        self.real, self.fits, self.text = real, fits, text
        self.sizes: list[int] = []

    def run(self, names: Any, feeds: dict[str, np.ndarray]) -> list[np.ndarray]:
        size = len(next(iter(feeds.values())))
        self.sizes.append(size)
        if size > self.fits:
            raise RuntimeError(f"Failed: {self.text}")
        return self.real.run(names, feeds)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


def faked(folder: Path, **options: Any) -> tuple[OnnxDualEncoder, list[FakeSession]]:
    made: list[FakeSession] = []

    def sessions(request: runtime.SessionRequest) -> FakeSession:
        made.append(FakeSession(runtime.open_session(request), **options))
        return made[-1]

    return OnnxDualEncoder(folder, threads=1, sessions=sessions), made


def test_rows_are_unit_float32_in_the_order_of_the_input(encoder, photos):
    pictures = list(photos.values())
    together = encoder.encode_images(pictures)
    assert together.dtype == np.float32
    assert together.shape == (len(pictures), 8)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)
    alone = np.concatenate([encoder.encode_images([picture]) for picture in pictures])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_texts_come_back_in_order_whatever_their_length(encoder):
    together = encoder.encode_texts(TEXTS)
    alone = np.concatenate([encoder.encode_texts([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-6)
    np.testing.assert_array_equal(together[0], together[4])
    assert not np.allclose(together[0], together[1])


def test_nothing_in_gives_nothing_out(encoder):
    assert encoder.encode_images([]).shape == (0, 8)
    assert encoder.encode_texts([]).shape == (0, 8)


def test_a_text_search_never_loads_the_image_tower(pair_folder):
    encoder, made = faked(pair_folder)
    (pair_folder / "image.onnx").unlink()
    encoder.encode_texts(["cat"])
    assert len(made) == 1
    with pytest.raises(ModelBroken, match=r"image\.onnx is missing"):
        encoder.encode_images([np.zeros((4, 4, 3), np.uint8)])


@pytest.mark.parametrize(
    "text", ["bad_alloc", "CUDA error: out of memory", "Failed to allocate memory for buffer"]
)
def test_a_shortage_halves_the_batch_and_goes_on(pair_folder, photos, text):
    pictures = list(photos.values()) * 2
    encoder, made = faked(pair_folder, fits=3, text=text)
    rows = encoder.encode_images(pictures)
    assert made[0].sizes[:5] == [16, 8, 4, 2, 2]
    assert sum(size for size in made[0].sizes if size <= 3) == len(pictures)
    np.testing.assert_allclose(
        rows, OnnxDualEncoder(pair_folder).encode_images(pictures), atol=1e-6
    )
    encoder.encode_images(pictures)
    assert made[0].sizes[-1] == 2, "the size that fitted is remembered"


def test_one_item_that_does_not_fit_is_an_error(pair_folder):
    encoder, _ = faked(pair_folder, fits=0)
    with pytest.raises(ModelOutOfMemory):
        encoder.encode_texts(["cat", "dog"])


def test_other_failures_of_the_runtime_are_no_shortage(pair_folder):
    encoder, made = faked(pair_folder, fits=0, text="Shape mismatch")
    with pytest.raises(ModelBroken, match="Shape mismatch"):
        encoder.encode_texts(["cat", "dog"])
    assert made[0].sizes == [2]


@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.0])
def test_vectors_that_are_no_numbers_are_refused(pair_folder, bad):
    class Bad(FakeSession):
        def run(self, names, feeds):
            rows = super().run(names, feeds)[0].copy()
            rows[0] = bad
            return [rows]

    encoder = OnnxDualEncoder(
        pair_folder, sessions=lambda request: Bad(runtime.open_session(request))
    )
    with pytest.raises(ModelBroken, match="1 of 2 vectors"):
        encoder.encode_texts(["cat", "the dog"])


def test_a_graph_of_another_width_is_refused(pair_folder):
    toml = pair_folder / "model.toml"
    toml.write_text(toml.read_text().replace("dimension = 8", "dimension = 9"))
    with pytest.raises(ModelBroken, match=r"\[1, 8\] instead of \[1, 9\]"):
        OnnxDualEncoder(pair_folder).encode_texts(["cat"])


def test_a_damaged_graph_and_a_damaged_tokeniser_are_named(pair_folder):
    (pair_folder / "image.onnx").write_bytes(b"not a graph")
    (pair_folder / "tokenizer.json").write_text('{"model": 3}')
    encoder = OnnxDualEncoder(pair_folder)
    with pytest.raises(ModelBroken, match=r"image\.onnx"):
        encoder.encode_images([np.zeros((4, 4, 3), np.uint8)])
    with pytest.raises(ModelBroken, match=r"tokenizer\.json"):
        encoder.encode_texts(["cat"])


def test_an_accelerator_gets_few_shapes(pair_folder, photos):
    asked: list[tuple[int, ...]] = []

    class Spy(FakeSession):
        def run(self, names, feeds):
            asked.extend(value.shape for value in feeds.values())
            return super().run(names, feeds)

    def sessions(request):
        return Spy(runtime.open_session(runtime.SessionRequest(request.graph)))

    def chooser(trial, *, wanted, threads, memory_limit):
        return ProviderChoice("cuda", (ProviderTrial("cuda", None),))

    encoder = OnnxDualEncoder(pair_folder, chooser=chooser, sessions=sessions, provider="cuda")
    pictures = list(photos.values())[:5]
    rows = encoder.encode_images(pictures)
    words = encoder.encode_texts(["cat", "the dog"])
    assert asked == [(16, 3, 16, 16), (4, 12), (4, 12)]
    plain = OnnxDualEncoder(pair_folder)
    np.testing.assert_allclose(rows, plain.encode_images(pictures), atol=1e-6)
    np.testing.assert_allclose(words, plain.encode_texts(["cat", "the dog"]), atol=1e-6)


def test_many_texts_may_start_an_accelerator_but_few_never_do(pair_folder):
    wanted: list[str] = []

    def chooser(trial, *, wanted: str, threads, memory_limit, _log=wanted):
        _log.append(wanted)
        return ProviderChoice("cpu", ())

    encoder = OnnxDualEncoder(pair_folder, chooser=chooser)
    encoder.encode_texts(["cat"])
    encoder.encode_texts(["dog"])
    encoder.encode_texts([f"boat {n}" for n in range(600)])
    encoder.encode_texts([f"boat {n}" for n in range(600)])
    assert wanted == ["cpu", "auto"]


def test_a_closed_encoder_says_so(encoder):
    encoder.encode_texts(["cat"])
    encoder.close()
    with pytest.raises(ModelBroken, match="closed"):
        encoder.encode_texts(["cat"])


def test_odd_texts_do_not_break_the_tokeniser(encoder):
    rows = encoder.encode_texts(["\ud800 cat", "\0", "🐕" * 50, "cat " * 1000, "\n\t "])
    assert rows.shape == (5, 8)
