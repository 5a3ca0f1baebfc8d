"""What an image is for, from how it looks and what stands around it."""

from dataclasses import replace

import numpy as np
import pytest

from vlm_desktop.base.alttext import Decision, PageContext
from vlm_desktop.base.types import Box, OcrLine, Size
from vlm_desktop.engine.alttext.colours import colour_names
from vlm_desktop.engine.alttext.deciding import decide
from vlm_desktop.engine.alttext.measuring import Look, TextLook, look_of, text_look_of

NOWHERE = PageContext()
NO_WORDS = TextLook()
PHOTO = Look(Size(640, 480), even=0.4, edges=0.05, main=0.1, few=0.4, spread=60)
PAGE = Look(Size(800, 1100), even=0.88, edges=0.08, main=0.9, few=0.96, spread=45)
DRAWING = Look(Size(600, 400), even=0.95, edges=0.02, main=0.8, few=0.97, spread=40)
FORM = TextLook(share=0.25, largest=0.02, lines=60, words=180, characters=1_100)
LABELS = TextLook(share=0.06, largest=0.02, lines=9, words=12, characters=60)
LOGO = TextLook(share=0.4, largest=0.4, lines=1, words=1, characters=4)
RINGS = TextLook(share=0.6, largest=0.6, lines=1, words=1, characters=2)
SIGN = TextLook(share=0.15, largest=0.09, lines=2, words=2, characters=18)


def suggested(
    look: Look,
    words: TextLook = NO_WORDS,
    text: str = "",
    context: PageContext = NOWHERE,
    alike: tuple[int, ...] = (),
) -> tuple[Decision, str]:
    found = decide(look, words, text, context, alike)
    assert 0 < found.confidence < 1
    return found.decision, found.reasons[0][0]


@pytest.mark.parametrize(
    ("look", "words", "decision", "reason"),
    [
        (PHOTO, TextLook(), Decision.INFORMATIVE, "photo"),
        (PHOTO, SIGN, Decision.INFORMATIVE, "photo"),
        (PAGE, FORM, Decision.COMPLEX, "many-words"),
        (DRAWING, LABELS, Decision.COMPLEX, "drawing"),
        (DRAWING, LOGO, Decision.TEXT, "text-area"),
        (DRAWING, TextLook(), Decision.INFORMATIVE, "drawing"),
        (DRAWING, RINGS, Decision.INFORMATIVE, "drawing"),
        (replace(DRAWING, size=Size(48, 48)), TextLook(), Decision.DECORATIVE, "icon"),
        (replace(PHOTO, size=Size(1, 1)), TextLook(), Decision.DECORATIVE, "tiny"),
        (replace(PHOTO, size=Size(900, 2)), TextLook(), Decision.DECORATIVE, "tiny"),
        (replace(PHOTO, size=Size(900, 20)), TextLook(), Decision.DECORATIVE, "strip"),
        (replace(PHOTO, size=Size(24, 24)), TextLook(), Decision.DECORATIVE, "tiny"),
        (replace(DRAWING, main=1.0, spread=0), TextLook(), Decision.DECORATIVE, "plain"),
        (replace(PHOTO, even=1.0, edges=0), TextLook(), Decision.DECORATIVE, "gradient"),
    ],
)
def test_the_look_decides(look: Look, words: TextLook, decision: Decision, reason: str) -> None:
    assert suggested(look, words, "word") == (decision, reason)


def test_a_link_alone_is_functional_and_one_with_words_needs_no_image() -> None:
    link = PageContext(link_target="https://example.org")
    assert suggested(PHOTO, context=link) == (Decision.FUNCTIONAL, "linked")
    button = PageContext(link_target="button")
    assert suggested(DRAWING, context=button) == (Decision.FUNCTIONAL, "button")
    both = PageContext(link_target="https://example.org", link_text="Our team")
    assert suggested(PHOTO, context=both) == (Decision.DECORATIVE, "link-text")


def test_words_that_the_page_says_too_are_decoration() -> None:
    caption = PageContext(caption="STOP, said the sign")
    assert suggested(DRAWING, LOGO, "Stop", caption) == (Decision.DECORATIVE, "caption-says-it")
    before = PageContext(before="In 2024 big summer sale everywhere")
    assert suggested(DRAWING, LOGO, "Big summer sale", before) == (
        Decision.DECORATIVE, "beside-text",
    )  # fmt: skip


def test_images_that_look_alike_are_a_group() -> None:
    found = decide(PHOTO, TextLook(), "", NOWHERE, (7, 8, 9))
    assert (found.decision, found.group) == (Decision.GROUP, (7, 8, 9))
    assert suggested(PHOTO, alike=(7,))[0] is Decision.INFORMATIVE


def test_what_speaks_for_something_else_makes_it_less_sure() -> None:
    page = PageContext(caption="Anna and Ben open the new bridge over the river")
    plain, told = (decide(PHOTO, TextLook(), "", one) for one in (NOWHERE, page))
    assert told.confidence < plain.confidence
    assert ("captioned", page.caption) in told.reasons


def test_the_words_come_with_a_suggestion_that_needs_them() -> None:
    assert decide(DRAWING, LOGO, "Stop", NOWHERE).text == "Stop"
    assert decide(PHOTO, SIGN, "Stop", NOWHERE).text == ""


# --- numbers -------------------------------------------------------------------------------


def test_looks_are_measured() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (80, 120, 3), np.uint8)
    photo = look_of(noise, Size(1200, 800))
    assert photo.even < 0.1
    assert photo.edges > 0.5
    assert photo.few < 0.1
    blank = look_of(np.full((8, 8, 3), 200, np.uint8), Size(8, 8))
    assert (blank.even, blank.edges, blank.main, blank.spread) == (1, 0, 1, 0)
    assert not blank.readable
    dot = look_of(np.zeros((1, 1, 3), np.uint8), Size(1, 1))
    assert (dot.even, dot.edges) == (1, 1)
    assert not dot.readable


def test_words_are_measured_in_shares_of_the_picture() -> None:
    lines = (OcrLine("Big sale", Box(0, 0, 100, 20), 0.9), OcrLine("now", Box(0, 10, 50, 30), 0.9))
    found = text_look_of(lines, 100, 100)
    assert found == TextLook(pytest.approx(0.25), pytest.approx(0.2), 2, 3, 11)
    outside = (OcrLine("x", Box(-5, -5, 0, 0), 0.9),)
    assert 0 <= text_look_of(outside, 100, 100).share <= 1


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((0, 0, 0), "black"), ((250, 250, 250), "white"), ((210, 30, 35), "red"),
        ((30, 60, 200), "blue"), ((50, 140, 60), "green"), ((245, 215, 50), "yellow"),
        ((130, 130, 130), "grey"), ((120, 80, 45), "brown"), ((160, 200, 235), "light blue"),
    ],
)  # fmt: skip
def test_colours_have_names(rgb: tuple[int, int, int], name: str) -> None:
    assert colour_names(np.full((20, 20, 3), rgb, np.uint8)) == (name,)


def test_the_largest_colour_comes_first_and_specks_do_not_count() -> None:
    pixels = np.full((100, 100, 3), (20, 60, 200), np.uint8)
    pixels[:30] = (220, 30, 30)
    pixels[0, :10] = (250, 220, 40)
    assert colour_names(pixels) == ("blue", "red")
    assert colour_names(pixels, "de-AT") == ("Blau", "Rot")
