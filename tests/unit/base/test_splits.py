from vlm_desktop.base.splits import is_held_out

HELD_OUT = ["COCO_train2014_000000000036", "COCO_train2014_000000000064"]


def test_the_rule_is_fixed() -> None:
    """A model in the wild was trained by it: these must never change sides."""
    names = [f"COCO_train2014_{number:012d}" for number in (9, 25, 30, 34, 36, 49, 61, 64, 71, 72)]
    assert [name for name in names if is_held_out(name)] == HELD_OUT


def test_folder_and_format_do_not_matter() -> None:
    for stem in ("a", "b", "c", "d", "e", "f", "g", "h"):
        names = (stem, f"{stem}.webp", f"images/{stem}.jpg", f"C:\\photos\\{stem}.png")
        assert len({is_held_out(name) for name in names}) == 1


def test_about_a_fifth_is_held_out() -> None:
    held = sum(is_held_out(f"{number:012d}.jpg") for number in range(2000))
    assert 340 < held < 460
