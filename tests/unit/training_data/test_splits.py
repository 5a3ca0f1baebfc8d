"""What must not be parted is not parted, whatever the order, the share and the labels."""

import random
from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.training import Example, Exchange, Split
from vlm_desktop.base.types import Size
from vlm_desktop.engine.train.grouping import grouped
from vlm_desktop.engine.train.looking import LOOK, look_of
from vlm_desktop.engine.train.splits import groups_of, held_out
from vlm_desktop.store.trainingpictures import PictureFacts


def example(
    number: int, *, group: str = "", label: str = "", split: Split = Split.TRAIN
) -> Example:
    turns = (Exchange("", f"Text {number}"),)
    return Example(f"k{number}", f"/p/{number}.jpg", turns, split=split, group=group, label=label)


_SETS = st.lists(
    st.tuples(
        st.sampled_from(["", "a", "b", "c", "d"]),
        st.sampled_from(["", "dog", "cat"]),
        st.sampled_from([Split.TRAIN, Split.VALIDATION, Split.TRAIN, Split.LEFT_OUT]),
    ),
    max_size=40,
).map(
    lambda rows: [
        example(number, group=group, label=label, split=split)
        for number, (group, label, split) in enumerate(rows)
    ]
)


@given(_SETS, st.floats(0.01, 0.99), st.integers(0, 50))
def test_no_group_is_ever_on_both_sides(examples: list[Example], share: float, seed: int) -> None:
    made = held_out(examples, share=share, seed=seed)
    sides = defaultdict(set)
    for one in made:
        if one.group and one.split is not Split.LEFT_OUT:
            sides[one.group].add(one.split)
    assert all(len(side) == 1 for side in sides.values())
    assert [one.key for one in made] == [one.key for one in examples]
    assert [one.key for one in made if one.split is Split.LEFT_OUT] == [
        one.key for one in examples if one.split is Split.LEFT_OUT
    ]
    used = Counter(one.split for one in made)
    if len(groups_of(examples)) > 1:
        assert used[Split.TRAIN] > 0
        assert used[Split.VALIDATION] > 0


@given(_SETS, st.randoms())
def test_the_order_of_examples_does_not_matter(
    examples: list[Example], chance: random.Random
) -> None:
    shuffled = list(examples)
    chance.shuffle(shuffled)
    one = {each.key: each.split for each in held_out(examples, share=0.3, seed=1)}
    other = {each.key: each.split for each in held_out(shuffled, share=0.3, seed=1)}
    assert one == other


def test_every_label_is_held_out_by_its_share() -> None:
    examples = [example(number, label=f"thing {number % 5}") for number in range(50)]
    made = held_out(examples, share=0.2, seed=0)
    validated = Counter(one.label for one in made if one.split is Split.VALIDATION)
    assert validated == {f"thing {number}": 2 for number in range(5)}


def test_another_seed_draws_others_and_a_share_of_nothing_none() -> None:
    examples = [example(number) for number in range(100)]

    def chosen(share: float, seed: int) -> set[str]:
        made = held_out(examples, share=share, seed=seed)
        return {one.key for one in made if one.split is Split.VALIDATION}

    assert len(chosen(0.2, 0)) == len(chosen(0.2, 1)) == 20
    assert chosen(0.2, 0) != chosen(0.2, 1)
    assert chosen(0.0, 0) == set()


def test_a_label_of_one_picture_stays_to_be_trained_on() -> None:
    examples = [example(0, label="rare"), *(example(at, label="often") for at in range(1, 20))]
    assert held_out(examples, share=0.5, seed=0)[0].split is Split.TRAIN


# --- what goes together --------------------------------------------------------------------

PLAIN = bytes([120]) * LOOK * LOOK


def facts(path: str, **said: object) -> PictureFacts:
    known = {"content_hash": f"bytes of {path}", "size": Size(64, 48), **said}
    return PictureFacts(path, 1, 1, **known)  # type: ignore[arg-type]


def look(seed: int, noise: float = 0.0) -> bytes:
    cells = np.random.default_rng(seed).integers(0, 255, LOOK * LOOK).astype(float)
    cells += np.random.default_rng(seed + 99).normal(0, 1, LOOK * LOOK) * noise
    return bytes(np.clip(cells, 0, 255).astype(np.uint8))


def together(*known: PictureFacts, **vectors: list[float]) -> bool:
    """Whether two pictures, with one example each, get the same group."""
    examples = [replace(example(at), image=one.path) for at, one in enumerate(known)]
    by_path = {one.path: one for one in known}
    arrays = {key: np.array(value, np.float32) for key, value in vectors.items()}
    first, second = grouped(examples, by_path, arrays, CancelToken())
    assert (first == "") == (second == "")
    assert first.startswith("~") or not first
    return first != "" and first == second


NEAR, FAR = "ffffffff00000000", "ffffffff0000ffff"


def test_the_same_bytes_go_together_under_any_name() -> None:
    assert together(facts("/a.jpg", content_hash="x"), facts("/b/c.png", content_hash="x"))
    assert not together(facts("/a.jpg"), facts("/b/c.png"))


def test_names_that_differ_in_their_ending_go_together() -> None:
    assert together(facts("/a/1.jpg"), facts("/a/1.cr2"))
    assert not together(facts("/a/1.jpg"), facts("/b/1.jpg"))


def test_near_hashes_go_together_unless_the_looks_say_otherwise() -> None:
    other = "ffffffff0000000f"
    assert together(facts("/a.jpg", fingerprint=NEAR), facts("/b.jpg", fingerprint=other))
    assert not together(facts("/a.jpg", fingerprint=NEAR), facts("/b.jpg", fingerprint=FAR))
    same = [facts(f"/{at}.jpg", fingerprint=NEAR, look=look(1, at)) for at in range(2)]
    assert together(*same)
    chance = [facts(f"/{at}.jpg", fingerprint=NEAR, look=look(at)) for at in range(2)]
    assert not together(*chance)


def test_plain_pictures_go_together_only_where_they_are_equally_plain() -> None:
    plain = facts("/a.jpg", fingerprint="0" * 16, look=PLAIN)
    dark = facts("/b.jpg", fingerprint="0" * 16, look=bytes([20]) * LOOK * LOOK)
    assert not together(plain, dark)
    assert together(plain, replace(dark, look=bytes([122]) * LOOK * LOOK))


def test_vectors_outrank_looks() -> None:
    one = facts("/a.jpg", fingerprint=NEAR, look=look(1), content_hash="one")
    other = facts("/b.jpg", fingerprint=NEAR, look=look(1), content_hash="two")
    assert together(one, other, one=[1, 0], two=[1, 0])
    assert not together(one, other, one=[1, 0], two=[0, 1])


def test_shots_of_a_burst_go_together() -> None:
    taken = {"camera": "Canon 5D", "fingerprint": NEAR}
    first = facts("/a.jpg", taken_at="2020-05-01T10:00:00", look=look(1), **taken)
    turned = "ffffffff000000ff"  # too far for a near-duplicate, near enough for a burst
    shot = {"taken_at": "2020-05-01T10:00:02", "look": look(2), **taken, "fingerprint": turned}
    assert together(first, facts("/b.jpg", **shot))
    assert not together(first, facts("/b.jpg", **{**shot, "taken_at": "2020-05-01T10:00:03"}))
    assert not together(first, facts("/b.jpg", **{**shot, "camera": "Nikon D1"}))
    assert not together(first, facts("/b.jpg", **{**shot, "fingerprint": FAR}))


def test_groups_that_people_named_go_together_and_found_ones_are_found_anew() -> None:
    def groups(name: str) -> list[str]:
        examples = [example(0, group=name), example(1, group=name)]
        return grouped(examples, {}, {}, CancelToken())

    named = groups("my dog")
    assert named[0] == named[1] != ""
    assert groups("~0123") == ["", ""]


def test_names_that_people_gave_stay_and_take_copies_along() -> None:
    known = {f"/p/{at}.jpg": facts(f"/p/{at}.jpg", content_hash=f"h{at // 2}") for at in range(4)}
    examples = [example(0, group="my dog"), example(1), example(2), example(3)]
    first = grouped(examples, known, {}, CancelToken())
    assert first[:2] == ["my dog"] * 2
    assert first[2] == first[3] != ""
    again = [replace(one, group=group) for one, group in zip(examples, first, strict=True)]
    assert grouped(again, known, {}, CancelToken()) == first
    assert grouped(examples[:1], known, {}, CancelToken()) == ["my dog"]


def test_thousands_of_one_hash_are_not_all_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    count = 3_000
    pages = [
        facts(f"/{at:04}.jpg", fingerprint="0" * 16, look=look(at % 40)) for at in range(count)
    ]
    examples = [replace(example(at), image=one.path) for at, one in enumerate(pages)]
    compared = []

    def likeness(left: bytes, right: bytes) -> float:
        compared.append(1)
        return float(left == right)

    monkeypatch.setattr("vlm_desktop.engine.train.grouping._likeness", likeness)
    found = grouped(examples, {one.path: one for one in pages}, {}, CancelToken())
    assert found[0] == found[40] != found[1]
    assert len(compared) < 20 * count


@given(st.randoms())
def test_groups_have_the_same_names_in_any_order(chance: random.Random) -> None:
    paths = [f"/{at}.jpg" for at in range(8)]
    known = {path: facts(path, content_hash=f"h{at // 3}") for at, path in enumerate(paths)}
    examples = [replace(example(at), image=path) for at, path in enumerate(paths)]
    shuffled = list(examples)
    chance.shuffle(shuffled)

    def named(some: list[Example]) -> dict[str, str]:
        return dict(
            zip((one.key for one in some), grouped(some, known, {}, CancelToken()), strict=True)
        )

    assert named(examples) == named(shuffled)
    assert len(set(named(examples).values())) == 3


@pytest.mark.parametrize("size", [(1, 1), (9, 30), (64, 96)])
def test_a_look_is_the_mean_of_its_cells(size: tuple[int, int]) -> None:
    pixels = np.zeros((*size, 3), np.uint8)
    pixels[: (size[0] + 1) // 2] = 200
    cells = np.frombuffer(look_of(pixels), np.uint8).reshape(LOOK, LOOK)
    assert cells[0].tolist() == [200] * LOOK
    assert cells[-1].tolist() == [0 if size[0] > 1 else 200] * LOOK
