"""Every family end to end: import, open, encode, and agreement with the model's own forward."""

import json
import shutil

import numpy as np
import open_clip
import pytest
import torch
import transformers
from PIL import Image
from safetensors.torch import load_file, save_file

from tests.model.encoders.tinymodels import MAKERS
from vlm_desktop.backends.encoders import torch_dual
from vlm_desktop.backends.encoders.transformers_dual import FAMILIES
from vlm_desktop.base.errors import ModelBroken, ModelOutOfMemory, ProviderRefused

TEXTS = ["a photo of a dog", "two people on the beach", "猫 睡觉", "", "dog " * 300]
HUB = [name for name in MAKERS if name != "open-clip"]


@pytest.fixture
def open_tiny(registry, tiny_folder):
    """Import a tiny model as a user does, and open it."""

    def opened(name: str):
        registry.import_folder(tiny_folder(name), name)
        return registry.open_encoder(name, provider="cpu")

    return opened


@pytest.mark.parametrize("name", HUB)
def test_vectors_are_those_of_the_models_own_forward(name, open_tiny, tiny_folder, photos):
    encoder = open_tiny(name)
    folder = tiny_folder(name)
    kind = json.loads((folder / "config.json").read_text())["model_type"]
    model = getattr(transformers, FAMILIES[kind].model).from_pretrained(folder).eval()
    images = transformers.AutoImageProcessor.from_pretrained(folder, backend="pil")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    pictures = [photos["square"], photos["wide"], photos["tiny"]]
    length = 64 if kind.startswith("siglip") else tokenizer.model_max_length
    words = tokenizer(
        TEXTS, padding="max_length", truncation=True, max_length=length, return_tensors="pt"
    )
    if kind.startswith("siglip"):
        words.pop("attention_mask", None)
    seen = images([Image.fromarray(one) for one in pictures], return_tensors="pt")
    with torch.no_grad():
        expected = model(**words, **seen)
    for got, raw in (
        (encoder.encode_images(pictures), expected.image_embeds),
        (encoder.encode_texts(TEXTS), expected.text_embeds),
    ):
        unit = torch.nn.functional.normalize(raw, dim=-1).numpy()
        np.testing.assert_allclose(got, unit, atol=2e-5)
        assert np.abs(got[0] - got[1]).max() > 0.01, "different inputs, different vectors"
    assert encoder.spec.dimension == expected.image_embeds.shape[1]
    encoder.close()


def test_open_clip_vectors_are_its_own(open_tiny, tiny_folder, photos):
    encoder = open_tiny("open-clip")
    model, preprocess = open_clip.create_model_from_pretrained(
        f"local-dir:{tiny_folder('open-clip')}"
    )
    tokenizer = open_clip.get_tokenizer(f"local-dir:{tiny_folder('open-clip')}")
    pictures = [photos["square"], photos["wide"], photos["odd"]]
    with torch.no_grad():
        images = torch.stack([preprocess(Image.fromarray(one)) for one in pictures])
        expected = model.eval().encode_image(images, normalize=True).numpy()
        words = model.encode_text(tokenizer(TEXTS), normalize=True).numpy()
    np.testing.assert_allclose(encoder.encode_images(pictures), expected, atol=2e-5)
    np.testing.assert_allclose(encoder.encode_texts(TEXTS), words, atol=2e-5)


@pytest.mark.parametrize("name", ["clip", "siglip", "siglip2-naflex", "open-clip"])
def test_order_and_batches_do_not_matter(name, open_tiny, photos):
    encoder = open_tiny(name)
    pictures = list(photos.values()) * 2
    together = encoder.encode_images(pictures)
    np.testing.assert_allclose(encoder.encode_images(pictures[3:5]), together[3:5], atol=2e-5)
    np.testing.assert_allclose(
        encoder.encode_texts(TEXTS[::-1]), encoder.encode_texts(TEXTS)[::-1], atol=2e-5
    )
    assert encoder.encode_images([]).shape == encoder.encode_texts([]).shape


def test_a_weight_that_is_missing_is_never_made_up(registry, tiny_folder, tmp_path):
    folder = shutil.copytree(tiny_folder("clip"), tmp_path / "holed")
    weights = load_file(folder / "model.safetensors")
    del weights["visual_projection.weight"]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    registry.import_folder(folder)
    with pytest.raises(ModelBroken, match=r"visual_projection\.weight"):
        registry.open_encoder("holed").encode_texts(["dog"])


def test_weights_of_another_shape_are_refused(registry, tiny_folder, tmp_path):
    folder = shutil.copytree(tiny_folder("siglip"), tmp_path / "bent")
    weights = load_file(folder / "model.safetensors")
    weights["text_model.head.weight"] = torch.zeros(7, 5)
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    registry.import_folder(folder)
    with pytest.raises(ModelBroken):
        registry.open_encoder("bent").encode_texts(["dog"])


@pytest.mark.parametrize(
    ("lost", "named"),
    [("processor_config.json", "preprocessor_config"), ("tokenizer.json", "no tokeniser file")],
)
def test_a_missing_processor_or_tokeniser_is_named(registry, tiny_folder, tmp_path, lost, named):
    folder = shutil.copytree(tiny_folder("clip"), tmp_path / "bare")
    (folder / lost).unlink()
    registry.import_folder(folder)
    with pytest.raises(ModelBroken, match=named):
        registry.open_encoder("bare")


def test_the_older_layout_of_the_hub_reads_the_same(registry, tiny_folder, tmp_path, photos):
    """preprocessor_config.json with bare numbers, vocab.json and merges.txt, as openai's has."""
    folder = shutil.copytree(tiny_folder("clip"), tmp_path / "older")
    (folder / "processor_config.json").unlink()
    old = {
        "crop_size": 32, "do_center_crop": True, "do_normalize": True, "do_resize": True,
        "feature_extractor_type": "CLIPFeatureExtractor", "resample": 3, "size": 32,
        "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_std": [0.26862954, 0.26130258, 0.27577711],
    }  # fmt: skip
    (folder / "preprocessor_config.json").write_text(json.dumps(old))
    content = json.loads((folder / "tokenizer.json").read_text())["model"]
    (folder / "tokenizer.json").unlink()
    (folder / "vocab.json").write_text(json.dumps(content["vocab"]))
    merges = [one if isinstance(one, str) else " ".join(one) for one in content["merges"]]
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges]))
    registry.import_folder(folder, "older")
    registry.import_folder(tiny_folder("clip"), "newer")
    older, newer = (registry.open_encoder(name, provider="cpu") for name in ("older", "newer"))
    pictures = list(photos.values())
    np.testing.assert_array_equal(older.encode_images(pictures), newer.encode_images(pictures))
    np.testing.assert_array_equal(older.encode_texts(TEXTS), newer.encode_texts(TEXTS))


def test_a_shortage_halves_the_batch(open_tiny, photos, monkeypatch):
    encoder = open_tiny("clip")
    pictures = list(photos.values())
    expected = encoder.encode_images(pictures)
    sizes = []

    def short(tower, feeds, device, _run=torch_dual.run_tower):
        sizes.append(len(next(iter(feeds.values()))))
        if sizes[-1] > 3:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB")
        return _run(tower, feeds, device)

    monkeypatch.setattr(torch_dual, "run_tower", short)
    np.testing.assert_allclose(encoder.encode_images(pictures), expected, atol=2e-5)
    assert sizes[:3] == [12, 6, 3]

    def never(tower, feeds, device):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried 9 bytes")

    monkeypatch.setattr(torch_dual, "run_tower", never)
    with pytest.raises(ModelOutOfMemory):
        encoder.encode_images(pictures[:2])


def test_other_errors_of_torch_are_not_taken_for_a_shortage():
    error = RuntimeError("mat1 and mat2 shapes cannot be multiplied")
    assert torch_dual.memory_error(error) is error


def test_a_device_that_torch_lacks_is_refused_by_name(registry, tiny_folder):
    registry.import_folder(tiny_folder("clip"), "clip")
    with pytest.raises(ProviderRefused, match="openvino"):
        registry.open_encoder("clip", provider="openvino")
