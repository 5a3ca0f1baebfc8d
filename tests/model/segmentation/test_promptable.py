"""Promptable segmenters of every family against transformers' own processors and networks."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers as hf
from safetensors.numpy import load_file, save_file

from tests.model.segmentation import tiny
from vlm_desktop.backends.segmentation import torchmasks
from vlm_desktop.backends.segmentation.maskfolder import MaskFolder
from vlm_desktop.backends.segmentation.promptable import PromptableModel
from vlm_desktop.backends.segmentation.squares import Square
from vlm_desktop.backends.segmentation.torchmasks import TorchMasks
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled, ModelBroken, ModelOutOfMemory, ModelUnsupported
from vlm_desktop.base.grounding import MaskLevel, ObjectPrompt, PromptPoint
from vlm_desktop.base.masks import overlap
from vlm_desktop.base.types import Box, Size

Folders = Callable[[str], Path]
FAMILIES = tuple(tiny.BUILDERS)
REFERENCES = {
    "sam": (hf.SamModel, hf.SamProcessor),
    "sam-hq": (hf.SamHQModel, hf.SamHQProcessor),
    "sam2": (hf.Sam2Model, hf.Sam2Processor),
    "edgetam": (hf.EdgeTamModel, hf.Sam2Processor),
    "sam3": (hf.Sam3TrackerModel, hf.Sam3TrackerProcessor),
}
BOX = Box(12.0, 6.5, 61.0, 44.0)
CLICK = ObjectPrompt((PromptPoint(30.5, 25.0),))
BOXED = ObjectPrompt((), BOX)
MANY = ObjectPrompt((PromptPoint(30, 25), PromptPoint(70, 10, adds=False), PromptPoint(20, 30)))
BOTH = ObjectPrompt((PromptPoint(30, 25), PromptPoint(15, 8, adds=False)), BOX)
PROMPTS = (CLICK, BOXED, MANY, BOTH)
NEVER = CancelToken()


def opened(folder: Path) -> PromptableModel:
    return PromptableModel(folder, model_id="tiny", provider="cpu")


def reference(
    name: str, folder: Path, picture: PixelArray, prompt: ObjectPrompt
) -> tuple[Any, np.ndarray, np.ndarray]:
    """What transformers makes of it: the network's inputs, masks and scores."""
    network, processor_class = REFERENCES[name]
    processor = processor_class.from_pretrained(folder, local_files_only=True)
    asked: dict[str, Any] = {}
    if prompt.points:
        asked["input_points"] = [[[[one.x, one.y] for one in prompt.points]]]
        asked["input_labels"] = [[[int(one.adds) for one in prompt.points]]]
        if "HQ" in network.__name__ or network is hf.SamModel:
            asked = {key: value[0] for key, value in asked.items()}
    if prompt.box is not None:
        box = prompt.box
        asked["input_boxes"] = [[[box.x0, box.y0, box.x1, box.y1]]]
    inputs = processor(images=picture, return_tensors="pt", **asked)
    # Their resizing rounds pixels otherwise than Pillow does; everything after it must be equal.
    square = Square.of(MaskFolder.read(folder, "tiny"), Size(picture.shape[1], picture.shape[0]))
    ours = torch.from_numpy(square.pixel_values(picture))
    assert (inputs["pixel_values"] - ours).abs().max() < 1.51 / 255 / 0.224
    model = network.from_pretrained(folder, local_files_only=True).eval()
    named = {key: inputs[key].float() for key in asked if key != "input_labels"}
    if "input_labels" in asked:
        named["input_labels"] = inputs["input_labels"]
    lone = prompt.box is None and len(prompt.points) == 1
    with torch.inference_mode():
        said = model(pixel_values=ours, multimask_output=lone, **named)
    sizes = [inputs["original_sizes"]]
    if "reshaped_input_sizes" in inputs:
        sizes.append(inputs["reshaped_input_sizes"])
    masks = processor.post_process_masks(said.pred_masks, *sizes)[0]
    return inputs, masks[0].numpy(), said.iou_scores[0, 0].numpy()


@pytest.mark.parametrize("name", REFERENCES)
def test_masks_are_those_of_transformers(
    name: str, tiny_folder: Folders, picture: PixelArray
) -> None:
    folder = tiny_folder(name)
    model = opened(folder)
    features = model.encode(picture, NEVER)
    for prompt in PROMPTS:
        _, masks, scores = reference(name, folder, picture, prompt)
        made = model.decode(features, prompt, NEVER)
        assert len(made) == len(masks) == (3 if prompt is CLICK else 1)
        order = np.argsort(-np.clip(scores, 0, 1), kind="stable")
        expected = sorted(np.clip(scores, 0, 1), reverse=True)
        assert [one.score for one in made] == pytest.approx(expected, abs=1e-4)
        for choice in made:
            assert choice.mask.size == Size(90, 50)
            right = max((choice.mask.full() == masks[place]).mean() for place in order)
            assert right > 0.999
        areas = sorted((int(one.sum()) for one in masks), reverse=True)
        assert sorted((one.mask.area for one in made), reverse=True) == pytest.approx(areas, abs=5)


def test_sam_2_1_answers_like_the_same_weights_for_pictures(
    tiny_folder: Folders, tmp_path: Path, picture: PixelArray
) -> None:
    """Its folder is that of a model of videos; what pictures need is read of it."""
    config = hf.Sam2Config.from_dict(
        {
            **hf.Sam2VideoConfig.from_pretrained(tiny_folder("sam2.1")).to_dict(),
            "model_type": "sam2",
        }
    )
    network = hf.Sam2Model.from_pretrained(tiny_folder("sam2.1"), config=config)
    network.save_pretrained(tmp_path)
    hf.Sam2Processor(tiny.stretches()).save_pretrained(tmp_path)
    one, other = opened(tiny_folder("sam2.1")), opened(tmp_path)
    for prompt in PROMPTS:
        made = one.decode(one.encode(picture, NEVER), prompt, NEVER)
        again = other.decode(other.encode(picture, NEVER), prompt, NEVER)
        assert [(c.level, c.mask.area) for c in made] == [(c.level, c.mask.area) for c in again]


def test_sam_3_sees_a_picture_as_the_first_frame_of_a_video(tiny_folder: Folders) -> None:
    """As published it has a fourth, coarser level. transformers' model of pictures adds the
    embedding of "no memory" to that one and drops it; its model of videos, whose weights these
    are, and the authors' code add it to the level that the decoder takes."""
    folder = tiny_folder("sam3-video")
    pixels = torch.rand(1, 3, tiny.SIDE, tiny.SIDE, generator=torch.manual_seed(3))
    seen = TorchMasks(MaskFolder.read(folder, "tiny"), provider="cpu").encode(pixels.numpy(), NEVER)
    video = hf.Sam3TrackerVideoModel.from_pretrained(folder).eval()
    pictures = hf.Sam3TrackerModel.from_pretrained(folder).eval()
    right, lacking = (one.get_image_embeddings(pixels) for one in (video, pictures))
    nothing = video.no_memory_embedding.detach().reshape(1, -1, 1, 1)
    assert nothing.abs().max() > 0.1
    for ours, theirs in zip(seen.values(), right, strict=True):
        torch.testing.assert_close(torch.from_numpy(ours), theirs)
    torch.testing.assert_close(lacking[2] + nothing, right[2])  # else this test says nothing


@pytest.mark.parametrize("name", FAMILIES)
def test_one_look_serves_every_prompt(
    name: str, tiny_folder: Folders, picture: PixelArray, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = opened(tiny_folder(name))
    looks: list[tuple[int, ...]] = []
    true_look = torchmasks._look
    model.encode(picture, NEVER)  # loading tries the network once

    def look(tower: Any, pixels: np.ndarray) -> tuple[torch.Tensor, ...]:
        looks.append(pixels.shape)
        return true_look(tower, pixels)

    monkeypatch.setattr(torchmasks, "_look", look)
    features = model.encode(picture, NEVER)
    for prompt in PROMPTS:
        assert model.decode(features, prompt, NEVER)
    assert looks == [(1, 3, tiny.SIDE, tiny.SIDE)]
    assert all(array.dtype == np.float32 for array in features.arrays.values())


def test_a_lone_click_may_mean_the_whole_or_a_part(
    tiny_folder: Folders, picture: PixelArray
) -> None:
    model = opened(tiny_folder("sam2"))
    made = model.decode(model.encode(picture, NEVER), CLICK, NEVER)
    scores = [one.score for one in made]
    assert scores == sorted(scores, reverse=True)
    area = {one.level: one.mask.area for one in made}
    assert area[MaskLevel.WHOLE] >= area[MaskLevel.PART] >= area[MaskLevel.SUBPART]
    assert all(0 <= one.score <= 1 for one in made)


def test_nothing_is_made_of_an_empty_prompt(tiny_folder: Folders, picture: PixelArray) -> None:
    model = opened(tiny_folder("sam2"))
    assert model.decode(model.encode(picture, NEVER), ObjectPrompt(), NEVER) == ()


@pytest.mark.parametrize("shape", [(1, 1), (3, 400), (400, 3)])
@pytest.mark.parametrize("name", ["sam", "sam2"])
def test_the_thinnest_pictures_are_taken(
    name: str, shape: tuple[int, int], tiny_folder: Folders
) -> None:
    picture = np.full((*shape, 3), 128, np.uint8)
    model = opened(tiny_folder(name))
    size = Size(shape[1], shape[0])
    features = model.encode(picture, NEVER)
    assert features.size == size
    box = ObjectPrompt((), Box(0, 0, size.width, size.height))
    for choice in model.decode(features, box, NEVER):
        assert choice.mask.size == size


def test_looking_is_stopped_between_blocks(tiny_folder: Folders, picture: PixelArray) -> None:
    model = opened(tiny_folder("sam2"))
    model.encode(picture, NEVER)

    class AfterAWhile(CancelToken):
        looks = 0

        def raise_if_cancelled(self) -> None:
            type(self).looks += 1
            if self.looks > 3:
                raise Cancelled

    with pytest.raises(Cancelled):
        model.encode(picture, AfterAWhile())
    assert AfterAWhile.looks == 4
    assert model.decode(model.encode(picture, NEVER), CLICK, NEVER), "it goes on afterwards"


def test_a_cancelled_click_is_not_decoded(tiny_folder: Folders, picture: PixelArray) -> None:
    model = opened(tiny_folder("sam2"))
    features = model.encode(picture, NEVER)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        model.decode(features, CLICK, cancel)


@pytest.mark.parametrize("where", ["encode", "decode"])
def test_a_shortage_of_memory_is_called_one(
    where: str, tiny_folder: Folders, picture: PixelArray, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = opened(tiny_folder("sam2"))
    features = model.encode(picture, NEVER)

    def short(*_: Any, **__: Any) -> Any:
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")

    half = "_look" if where == "encode" else "PromptTower.ask"
    monkeypatch.setattr(f"{torchmasks.__name__}.{half}", short)
    asked = {
        "encode": lambda: model.encode(picture, NEVER),
        "decode": lambda: model.decode(features, CLICK, NEVER),
    }
    with pytest.raises(ModelOutOfMemory):
        asked[where]()


def test_unloading_brings_it_back_at_the_next_call(
    tiny_folder: Folders, picture: PixelArray
) -> None:
    model = opened(tiny_folder("sam2"))
    features = model.encode(picture, NEVER)
    before = model.decode(features, BOXED, NEVER)
    model.unload()
    again = model.decode(features, BOXED, NEVER)
    assert overlap(before[0].mask, again[0].mask) == 1.0


def test_half_precision_keeps_places_exact(
    tiny_folder: Folders, picture: PixelArray, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the encoder runs in it: a click at pixel 1001 would become 1000 or 1004."""
    full = opened(tiny_folder("sam2"))
    plan = torchmasks.loading.Plan("cpu", "bf16")
    monkeypatch.setattr(torchmasks.loading, "plans", lambda *_: [plan])
    half = opened(tiny_folder("sam2"))
    seen = half.encode(picture, NEVER)
    assert half.spec.precision == "bf16"
    prompts = half._halves._prompt
    assert {one.dtype for one in prompts.parameters()} == {torch.float32}
    for name, array in full.encode(picture, NEVER).arrays.items():
        assert np.corrcoef(array.ravel(), seen.arrays[name].ravel())[0, 1] > 0.99


@pytest.mark.parametrize(
    ("file", "content", "kind"),
    [
        ("config.json", '{"model_type": "bert"}', ModelUnsupported),
        ("config.json", "{", ModelBroken),
        ("processor_config.json", "{}", ModelBroken),
        ("processor_config.json", '{"image_processor": {"size": {"height": 64}}}', ModelBroken),
        ("model.safetensors", "no weights", ModelBroken),
    ],
)
def test_bad_folders_are_refused_with_their_file(
    file: str, content: str, kind: type[Exception], own_folder: Folders
) -> None:
    folder = own_folder("sam2")
    (folder / file).write_text(content)
    with pytest.raises(kind):
        opened(folder)


@pytest.mark.parametrize(
    ("table", "key", "value"),
    [
        ("backbone_config", "window_size_per_stage", [4, 4, 0, 4]),
        ("backbone_config", "hidden_act", "nothing known"),
        ("backbone_config", "num_query_pool_stages", "three"),
        ("backbone_config", "patch_stride", []),
    ],
)
def test_configurations_that_do_not_fit_together_are_told(
    table: str, key: str, value: object, own_folder: Folders, picture: PixelArray
) -> None:
    folder = own_folder("sam2")
    config = json.loads((folder / "config.json").read_text())
    config["vision_config"][table][key] = value
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelBroken):
        opened(folder).encode(picture, NEVER)


def test_weights_that_are_missing_are_named(own_folder: Folders, picture: PixelArray) -> None:
    folder = own_folder("sam2")
    torch_file = folder / "model.safetensors"
    weights = load_file(torch_file)
    del weights["mask_decoder.iou_token.weight"]
    save_file(weights, torch_file, metadata={"format": "pt"})
    with pytest.raises(ModelBroken, match="iou_token"):
        opened(folder).encode(picture, NEVER)
