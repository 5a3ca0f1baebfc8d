"""Any picture mode to opaque 8-bit sRGB."""

import functools
import io

import numpy as np
from PIL import Image, ImageCms

_MAX_PROFILE_BYTES = 4 * 1024 * 1024
_PROFILE_SPACES = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK", "LAB": "Lab"}
_SRGB_NAMES = ("srgb", "c2")


def to_resizable(image: Image.Image) -> Image.Image:
    """The same picture in a mode whose pixels can be averaged: L, LA, RGB, RGBA, CMYK or LAB."""
    mode = image.mode
    if mode in ("L", "RGB", "CMYK", "LAB") and "transparency" not in image.info:
        return image
    if mode in ("LA", "RGBA"):
        return image
    if mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if mode == "I":
        return Image.fromarray((np.clip(np.asarray(image), 0, 65535) >> 8).astype(np.uint8))
    if mode == "F":
        return Image.fromarray(_normalised(np.asarray(image)))
    if mode == "1":
        return image.convert("L")
    if mode in ("P", "PA", "La", "RGBa") or "transparency" in image.info:
        has_alpha = mode != "P" or "transparency" in image.info
        return image.convert("RGBA" if has_alpha else "RGB")
    return image.convert("RGB")


def to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Opaque RGB in sRGB. Transparency shows white; a broken profile is ignored."""
    if image.mode in ("LA", "RGBA"):
        image = _on_white(image)
    if image.mode == "LAB":
        transform = _lab_transform()
        return ImageCms.applyTransform(image, transform) or image.convert("RGB")
    if profile and len(profile) <= _MAX_PROFILE_BYTES:
        converted = _by_profile(image, profile)
        if converted is not None:
            return converted
    return image if image.mode == "RGB" else image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    plain = "L" if image.mode == "LA" else "RGB"
    white = Image.new(plain, image.size, "white")
    white.paste(image.convert(plain), mask=image.getchannel("A"))
    return white


def _normalised(values: np.ndarray) -> np.ndarray:
    """Floating point to 0..255: as 0..1 when it fits, stretched otherwise."""
    values = np.nan_to_num(values.astype(np.float32), posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if low >= 0.0 and high <= 1.0:
        low, high = 0.0, 1.0
    elif low >= 0.0 and 1.0 < high <= 255.0:
        low, high = 0.0, 255.0
    scaled = (values - low) * (255.0 / max(high - low, 1e-9))
    return np.clip(np.rint(scaled), 0, 255).astype(np.uint8)


def _by_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    transform = _profile_transform(profile, image.mode)
    if transform is None:
        return None
    try:
        return ImageCms.applyTransform(image, transform)
    except (ImageCms.PyCMSError, ValueError):
        return None


@functools.lru_cache(maxsize=16)
def _profile_transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """None when the profile is sRGB already, broken, or made for another colour space."""
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if opened.profile.xcolor_space.strip() != _PROFILE_SPACES.get(mode):
            return None
        name = (opened.profile.profile_description or "").lower()
        if mode == "RGB" and name.startswith(_SRGB_NAMES):
            return None
        return ImageCms.buildTransform(
            opened, _srgb(), mode, "RGB", renderingIntent=ImageCms.Intent.PERCEPTUAL
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError, AttributeError):
        return None


@functools.lru_cache(maxsize=1)
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@functools.lru_cache(maxsize=1)
def _lab_transform() -> ImageCms.ImageCmsTransform:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    return ImageCms.buildTransform(
        lab, _srgb(), "LAB", "RGB", renderingIntent=ImageCms.Intent.PERCEPTUAL
    )
