"""Which images look alike, and which words set their texts apart."""

import numpy as np
import pytest

from vlm_desktop.base.alttext import AltImage, Candidate
from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.types import Size
from vlm_desktop.engine.alttext.alikeness import (
    alike,
    same_pictures,
    telling_apart,
    telling_words,
)

LOOK = "0f0f0f0f0f0f0f0f"
NEAR = "0f0f0f0f0f0f0f0e"
OTHER = "f0f000f0f0ff00f0"


def image(key: int, digest: str = "", size: tuple[int, int] = (300, 200)) -> AltImage:
    return AltImage(key, None, None, "", str(key), digest or f"hash{key}", Size(*size))


def groups(
    images: list[AltImage],
    looks: dict[int, str],
    vectors: dict[int, VectorArray] | None = None,
) -> list[tuple[int, ...]]:
    known = vectors or {}
    return alike(images, looks, lambda one: known.get(one.id), CancelToken())


def test_near_looks_are_alike_in_the_order_given() -> None:
    images = [image(key) for key in (5, 2, 9, 7)]
    looks = {5: LOOK, 2: OTHER, 9: NEAR, 7: LOOK}
    assert groups(images, looks) == [(5, 9, 7)]


@pytest.mark.parametrize("plain", ["0000000000000000", "ffffffffffffffff", "0000000000000011", ""])
def test_plain_pictures_are_alike_only_by_their_bytes(plain: str) -> None:
    images = [image(1), image(2), image(3, "hash1")]
    assert groups(images, dict.fromkeys((1, 2, 3), plain)) == [(1, 3)]


def test_other_shapes_are_not_alike() -> None:
    images = [image(1), image(2, size=(200, 300)), image(3, size=(603, 400))]
    assert groups(images, dict.fromkeys((1, 2, 3), LOOK)) == [(1, 3)]


def test_vectors_have_to_agree_where_both_are_known() -> None:
    images = [image(1), image(2)]
    looks = dict.fromkeys((1, 2), LOOK)
    right, up = np.array([1.0, 0.0], np.float32), np.array([0.0, 1.0], np.float32)
    assert groups(images, looks, {1: right, 2: up}) == []
    assert groups(images, looks, {1: right, 2: right}) == [(1, 2)]
    assert groups(images, looks, {1: right}) == [(1, 2)]


def test_the_same_picture_is_told_by_bytes_or_vectors() -> None:
    images = [image(1), image(2), image(3, "hash1"), image(4), image(5)]
    right = np.array([1.0, 0.0], np.float32)
    close = np.array([0.999, 0.0447], np.float32)
    apart = np.array([0.95, 0.3122], np.float32)
    vectors = {1: right, 4: close, 5: apart}
    assert same_pictures(images, lambda one: vectors.get(one.id)) == {3: 1, 4: 1}


def test_none_and_one_are_no_group() -> None:
    assert groups([], {}) == []
    assert groups([image(1)], {1: LOOK}) == []


def test_words_of_its_own() -> None:
    others = ["A dog on a lawn.", "A dog runs."]
    assert telling_words("A Dog jumps over the lawn, barking.", others) == ("jumps", "barking")
    assert telling_words("The dog on the lawn", others) == ()


def test_the_likeliest_draft_that_says_something_else_is_taken() -> None:
    drafts = [Candidate(text) for text in ("A dog.", "", "The dog", "A dog, barking.", "A cat.")]
    assert telling_apart(drafts, ["A dog."]) == 3
    assert telling_apart(drafts, []) == 0
    assert telling_apart(drafts[:3], ["A dog."]) == 0, "none is made up"
