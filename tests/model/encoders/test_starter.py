"""The starter as it ships: it is whole, quick to start, and knows what it sees."""

import time
from pathlib import Path

import numpy as np
import pytest

from vlm_desktop.backends.registry import Registry
from vlm_desktop.base.paths import bundled


@pytest.fixture
def shipped(tmp_path: Path) -> Registry:
    models = bundled("models")
    return Registry(models, tmp_path / "models", models / "manifest.toml")


def test_every_file_is_what_was_trained(shipped):
    assert set(shipped.verify("starter")) >= {"image.onnx", "text.onnx", "tokenizer.json"}
    card = shipped.card("starter")
    assert (card.state, card.family) == ("bundled", "onnx-dual")
    assert card.licence
    assert card.size_bytes < 60_000_000


def test_real_photos_find_their_words(shipped, photos):
    encoder = shipped.open_encoder("starter", provider="cpu")
    pictures = [photos["coffee"], photos["landscape"], photos["square"]]
    words = [
        "a cup of coffee on a table",
        "a cat looking at the camera",
        "a woman in an orange suit",
    ]
    scores = encoder.encode_images(pictures) @ encoder.encode_texts(words).T
    assert scores.argmax(axis=1).tolist() == [0, 1, 2], scores
    assert encoder.spec.dimension == scores.shape[0] or encoder.spec.dimension >= 128


def test_vectors_do_not_depend_on_the_company(shipped, photos):
    encoder = shipped.open_encoder("starter", provider="cpu")
    pictures = list(photos.values())
    together = encoder.encode_images(pictures)
    alone = np.concatenate([encoder.encode_images([picture]) for picture in pictures])
    assert (together * alone).sum(axis=1).min() > 0.9999
    texts = ["a dog", "two children playing football in a green field near a lake", "snow"]
    together = encoder.encode_texts(texts)
    alone = np.concatenate([encoder.encode_texts([text]) for text in texts])
    assert (together * alone).sum(axis=1).min() > 0.999


def test_the_first_query_is_answered_soon(shipped):
    encoder = shipped.open_encoder("starter", provider="cpu")
    started = time.process_time()
    encoder.encode_texts(["a photo of a dog"])
    assert time.process_time() - started < 2.0, "seconds of processor time, about 0.2 is usual"
