"""Pixels equal the reference's bit for bit: transformers' PIL processors and open_clip."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from open_clip.transform import PreprocessCfg, image_transform_v2
from PIL import Image
from transformers import CLIPImageProcessor, SiglipImageProcessor

from tests.model.encoders.tinymodels import (
    ChineseCLIPImageProcessorPil,
    CLIPImageProcessorPil,
    EfficientNetImageProcessorPil,
    Siglip2ImageProcessorPil,
    SiglipImageProcessorPil,
)
from vlm_desktop.backends.encoders.open_clip_dual import image_recipe as open_clip_recipe
from vlm_desktop.backends.encoders.patches import PatchPreprocessor, patched_size
from vlm_desktop.backends.encoders.preprocess import Preprocessor
from vlm_desktop.backends.encoders.transformers_dual import image_recipe

PROCESSORS: dict[str, Any] = {
    "clip": CLIPImageProcessorPil(),
    "clip-336": CLIPImageProcessorPil(
        size={"shortest_edge": 336}, crop_size={"height": 336, "width": 336}
    ),
    "clip-crop-larger-than-side": CLIPImageProcessorPil(
        size={"shortest_edge": 60}, crop_size={"height": 97, "width": 64}
    ),
    "altclip": CLIPImageProcessorPil(resample=3),
    "metaclip2-squash": CLIPImageProcessorPil(
        size={"height": 224, "width": 224}, do_center_crop=False
    ),
    "siglip": SiglipImageProcessorPil(),
    "siglip2-fixed": SiglipImageProcessorPil(size={"height": 256, "width": 256}, resample=2),
    "chinese-clip": ChineseCLIPImageProcessorPil(size={"height": 224, "width": 224}),
    "align": EfficientNetImageProcessorPil(
        do_center_crop=True, do_normalize=False, include_top=False, rescale_offset=True,
        rescale_factor=1 / 127.5,
    ),
    "efficientnet-top": EfficientNetImageProcessorPil(do_center_crop=True, include_top=True),
    "lanczos-no-rescale": SiglipImageProcessorPil(resample=1, do_rescale=False),
}  # fmt: skip


@pytest.mark.parametrize("name", PROCESSORS)
def test_equals_transformers_bit_for_bit(name, photos):
    processor = PROCESSORS[name]
    ours = Preprocessor(image_recipe(processor))
    for shape, picture in photos.items():
        reference = processor(Image.fromarray(picture), return_tensors="np")["pixel_values"]
        np.testing.assert_array_equal(ours.batch([picture]), reference, err_msg=shape)
        assert reference.dtype == np.float32


@pytest.mark.parametrize(("patch", "most"), [(16, 256), (14, 64), (16, 1024)])
def test_naflex_patches_equal_transformers_bit_for_bit(photos, patch, most):
    processor = Siglip2ImageProcessorPil(patch_size=patch, max_num_patches=most)
    ours = PatchPreprocessor(image_recipe(processor))
    for shape, picture in photos.items():
        reference = processor(Image.fromarray(picture), return_tensors="np")
        batch = ours.batch([picture])
        for key in ("pixel_values", "pixel_attention_mask", "spatial_shapes"):
            np.testing.assert_array_equal(batch[key], reference[key], err_msg=f"{shape} {key}")


def test_patches_never_exceed_the_budget():
    for height, width in ((1, 1), (1, 5000), (5000, 1), (300, 301), (20000, 13)):
        tall, wide = patched_size(height, width, 16, 256)
        assert tall % 16 == wide % 16 == 0
        assert 1 <= (tall // 16) * (wide // 16) <= 256


OPEN_CLIP = {
    "shortest": {"size": 224},
    "squash": {"size": 256, "resize_mode": "squash", "interpolation": "bilinear"},
    "longest": {"size": 224, "resize_mode": "longest", "fill_color": 7},
    "not-square": {"size": (160, 224), "interpolation": "bilinear"},
    "not-square-longest": {"size": (160, 225), "resize_mode": "longest"},
    "mobileclip": {
        "size": 256, "mean": (0.0, 0.0, 0.0), "std": (1.0, 1.0, 1.0), "interpolation": "bilinear"
    },
}  # fmt: skip


@pytest.mark.parametrize("name", OPEN_CLIP)
def test_equals_open_clip_bit_for_bit(name, photos):
    config = PreprocessCfg(**OPEN_CLIP[name])
    reference = image_transform_v2(config, is_train=False)
    recipe = open_clip_recipe(
        {"vision_cfg": {"image_size": config.size}}, dataclasses.asdict(config)
    )
    ours = Preprocessor(recipe)
    for shape, picture in photos.items():
        expected = reference(Image.fromarray(picture)).numpy()
        np.testing.assert_array_equal(ours.batch([picture])[0], expected, err_msg=shape)


def test_a_thread_of_a_picture_is_refused_by_open_clip_but_not_by_us():
    recipe = open_clip_recipe(
        {"vision_cfg": {"image_size": 32}}, {"size": 32, "resize_mode": "longest"}
    )
    thread = np.full((1, 5000, 3), 200, dtype=np.uint8)
    assert Preprocessor(recipe).batch([thread]).shape == (1, 3, 32, 32)


def test_batches_are_rows_of_single_pictures(photos):
    ours = Preprocessor(image_recipe(PROCESSORS["clip"]))
    pictures = list(photos.values())
    together = ours.batch(pictures)
    for row, picture in zip(together, pictures, strict=True):
        np.testing.assert_array_equal(row, ours.batch([picture])[0])


def test_the_torchvision_backend_stays_near(photos):
    """Not our target: it resizes with torch. Measured on real photos: at most 6 grey levels of
    255 (on a few pixels in a hundred thousand), on average 0.2 at worst and 0.004 mostly."""
    for pil, torchvision in (
        (PROCESSORS["clip"], CLIPImageProcessor()),
        (PROCESSORS["siglip"], SiglipImageProcessor()),
    ):
        ours = Preprocessor(image_recipe(pil))
        levels = 255 * np.array(pil.image_std)[None, :, None, None]
        for shape in ("square", "landscape", "coffee", "portrait", "exact"):
            picture = photos[shape]
            other = torchvision(Image.fromarray(picture), return_tensors="np")["pixel_values"]
            difference = np.abs(ours.batch([picture]) - other) * levels
            assert difference.max() < 8, shape
            assert difference.mean() < 0.3, shape
            assert (difference > 1.5).mean() < 0.001, shape
