"""The starter and OCR at alt text: real photos drafted, real pages told from photos."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PIL import Image, ImageDraw, ImageFont
from skimage import data

from vlm_desktop.base.alttext import (
    AltStyle,
    Brief,
    Candidate,
    Decision,
    PageContext,
    Suggestion,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import Token
from vlm_desktop.base.errors import OptionUnsupported
from vlm_desktop.base.events import Event
from vlm_desktop.compose import build_services
from vlm_desktop.engine.alttext.drafting import Drafter
from vlm_desktop.engine.alttext.lint import LintContext, lint

Result = TypeVar("Result")
NOWHERE = PageContext()
GUESSES = {"man", "woman", "men", "women", "boy", "girl", "boys", "girls", "his", "her", "young"}


def run(verb: Generator[Event, None, Result]) -> tuple[list[Event], Result]:
    events = []
    while True:
        try:
            events.append(next(verb))
        except StopIteration as end:
            return events, end.value


@pytest.fixture(scope="module")
def drafter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drafter]:
    services = build_services(tmp_path_factory.mktemp("home"))
    yield services.alttext.drafting
    services.close()


@pytest.fixture
def cat(tmp_path: Path) -> Path:
    Image.fromarray(data.chelsea()).save(tmp_path / "cat.png")
    return tmp_path / "cat.png"


@pytest.fixture
def astronaut(tmp_path: Path) -> Path:
    Image.fromarray(data.astronaut()).save(tmp_path / "astronaut.jpg", quality=92)
    return tmp_path / "astronaut.jpg"


def drafts(drafter: Drafter, path: Path, brief: Brief) -> tuple[list[Event], tuple[Candidate, ...]]:
    return run(drafter.draft(path, brief, NOWHERE, Decision.INFORMATIVE, CancelToken()))


def suggestion(drafter: Drafter, path: Path) -> Suggestion:
    return run(drafter.suggest(path, NOWHERE, CancelToken()))[1]


def test_a_photo_is_drafted_as_a_sentence(drafter: Drafter, cat: Path) -> None:
    events, found = drafts(drafter, cat, Brief(candidates=3))
    assert "cat" in found[0].alt.casefold()
    assert len({one.alt for one in found}) == len(found) >= 2
    assert sum(isinstance(event, Token) for event in events) > 3
    for one in found:
        assert "starter" in one.notes
        assert one.written_by.model_id == "starter"
        assert one.logprob is None or one.logprob < 0
        assert lint(one.alt, "", LintContext(decision=Decision.INFORMATIVE)) == ()


def test_nobody_is_guessed_about(drafter: Drafter, astronaut: Path) -> None:
    _, found = drafts(drafter, astronaut, Brief(candidates=3))
    said = {word.strip(".,").casefold() for one in found for word in one.alt.split()}
    assert not said & GUESSES


def test_a_detailed_draft_has_what_was_measured(drafter: Drafter, cat: Path) -> None:
    _, (one,) = drafts(drafter, cat, Brief(style=AltStyle.DETAILED))
    assert "Main colours: " in one.extended
    assert one.extended.endswith(".")


def test_it_says_what_it_cannot_do(drafter: Drafter, cat: Path) -> None:
    with pytest.raises(OptionUnsupported):
        drafts(drafter, cat, Brief(style=AltStyle.CREATIVE))
    with pytest.raises(OptionUnsupported):
        run(drafter.translate("A cat.", "", "en", Brief(language="de"), CancelToken()))


def test_words_are_read_not_guessed(drafter: Drafter, tmp_path: Path) -> None:
    path = _sign(tmp_path, "OPEN DAILY")
    found = suggestion(drafter, path)
    assert found.decision is Decision.TEXT
    verb = drafter.draft(path, Brief(), NOWHERE, found.decision, CancelToken())
    (one,) = run(verb)[1]
    assert one.alt.casefold() == "open daily"


def test_photos_are_informative_and_charts_complex(
    drafter: Drafter, cat: Path, astronaut: Path, tmp_path: Path
) -> None:
    assert suggestion(drafter, cat).decision is Decision.INFORMATIVE
    assert suggestion(drafter, astronaut).decision is Decision.INFORMATIVE
    assert suggestion(drafter, _chart(tmp_path)).decision is Decision.COMPLEX


def test_blank_and_graded_pictures_are_decorative(drafter: Drafter, tmp_path: Path) -> None:
    blank, graded = tmp_path / "blank.png", tmp_path / "graded.png"
    Image.new("RGB", (300, 200), (230, 230, 240)).save(blank)
    Image.linear_gradient("L").resize((400, 300)).convert("RGB").save(graded)
    reasons = [suggestion(drafter, one).reasons[0][0] for one in (blank, graded)]
    assert reasons == ["plain", "gradient"]


@pytest.mark.parametrize(
    ("folder", "count", "decisions"),
    [
        # A page takes seconds to read.
        ("sroie_receipts/images", 1, (Decision.COMPLEX, Decision.TEXT)),
        ("funsd_forms/images", 1, (Decision.COMPLEX, Decision.TEXT)),
        ("coco_photos/images", 3, (Decision.INFORMATIVE,)),
        ("flickr8k_224/images", 3, (Decision.INFORMATIVE,)),
    ],
)
def test_real_pages_are_told_from_real_photos(
    drafter: Drafter,
    shared_data: Path,
    folder: str,
    count: int,
    decisions: tuple[Decision, ...],
) -> None:
    files = sorted(path for path in (shared_data / folder).rglob("*") if path.is_file())
    for path in files[:: max(1, len(files) // count)][:count]:
        assert suggestion(drafter, path).decision in decisions, path.name


def _sign(folder: Path, words: str) -> Path:
    picture = Image.new("RGB", (600, 160), (20, 60, 140))
    draw = ImageDraw.Draw(picture)
    draw.text((30, 40), words, fill=(255, 255, 255), font=ImageFont.load_default(72))
    picture.save(folder / "sign.png")
    return folder / "sign.png"


def _chart(folder: Path) -> Path:
    """Bars with a title, names and values."""
    picture = Image.new("RGB", (800, 560), (255, 255, 255))
    draw = ImageDraw.Draw(picture)
    draw.text((240, 20), "Visitors a year", fill=(20, 20, 20), font=ImageFont.load_default(34))
    for at, (name, value) in enumerate(
        (("2021", 120), ("2022", 240), ("2023", 200), ("2024", 380))
    ):
        x = 90 + 175 * at
        draw.rectangle((x, 500 - value, x + 100, 500), fill=(40, 110, 190))
        draw.text((x + 20, 510), name, fill=(20, 20, 20), font=ImageFont.load_default(26))
        draw.text(
            (x + 25, 470 - value), str(value), fill=(20, 20, 20), font=ImageFont.load_default(26)
        )
    draw.line((60, 500, 780, 500), fill=(20, 20, 20), width=3)
    picture.save(folder / "chart.png")
    return folder / "chart.png"
