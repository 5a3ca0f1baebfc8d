"""`vlm-desktop ground` as a person or a script meets it, with a finder that knows."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.flow.chat.conftest import LentPool
from tests.flow.cli.conftest import Cli
from tests.flow.engine.conftest import drive, pool
from tests.unit.engine.ground.pointing import KnowingFinder, picture
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.cli.main import FAILED, WRONG_USAGE, main
from vlm_desktop.engine import services as services_module
from vlm_desktop.engine.services import AppServices
from vlm_desktop.media.pool import DecodePool

__all__ = ["pool"]


@pytest.fixture
def finder() -> KnowingFinder:
    return KnowingFinder()


@pytest.fixture(autouse=True)
def lent_pool(pool: DecodePool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """The ring's own workers read the pictures: starting some is most of such a test."""
    monkeypatch.setattr(services_module, "DecodePool", lambda *_: LentPool(pool))


@pytest.fixture(name="ground")
def run_ground(
    open_services: Callable[..., AppServices],
    finder: KnowingFinder,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Cli:
    def build(_: Path | None) -> AppServices:
        services = open_services()
        services.ground.phrases._finders._open_starter = lambda: finder
        return services

    def run(*words: object) -> tuple[int, str, str]:
        code = main(["--home", str(tmp_path / "home"), "ground", *map(str, words)], build)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A red cup, a black laptop, a blue cup."""
    path = tmp_path / "desk.png"
    Image.fromarray(picture().pixels).save(path)
    return path


def answers(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_a_line_for_each_phrase_as_promised(ground: Cli, desk: Path) -> None:
    code, out, _ = ground(desk, "cup", "the laptop", "dog", "--json")
    assert code == 0
    cups, laptop, dog = answers(out)
    assert (cups["phrase"], cups["verdict"], len(cups["boxes"])) == ("cup", "several", 2)
    assert laptop["verdict"] == "found"
    assert laptop["boxes"] == [{"box": [200, 80, 350, 200], "confidence": 0.8}]
    assert (dog["verdict"], dog["boxes"]) == ("absent", [])


def test_a_wrong_attribute_is_absent_with_its_reason(ground: Cli, desk: Path) -> None:
    _, out, _ = ground(desk, "red cup right of the laptop", "--json")
    (answer,) = answers(out)
    assert (answer["verdict"], answer["boxes"]) == ("absent", [])
    assert answer["reason"] == "“cup” is here, but it is blue and not “red”."
    assert [(one["text"], one["holds"], one["instead"]) for one in answer["clauses"]] == [
        ("cup", True, ""),
        ("red", False, "blue"),
        ("right of the laptop", True, ""),
    ]
    assert len(answer["others"]) == 2


def test_for_a_person_it_says_sentences(ground: Cli, desk: Path) -> None:
    _, out, _ = ground(desk, "leftmost cup", "three cups")
    assert out.splitlines() == [
        "Found: leftmost cup.",
        "  [50, 100, 100, 150]  80%",
        "Not quite: three cups.",
        "  “cups”: 2 are here, and not “three”.",
    ]


def test_a_very_long_phrase_is_cut_and_that_is_told(ground: Cli, desk: Path) -> None:
    code, out, err = ground(desk, "laptop " + "so " * 500, "--json")
    assert code == 0
    assert "only its beginning was looked for" in err
    assert len(answers(out)) == 1


@pytest.mark.parametrize("size", [(1, 1), (2, 900), (1500, 15), (1, 200)])
def test_pictures_of_any_shape_are_looked_at(
    ground: Cli, tmp_path: Path, size: tuple[int, int]
) -> None:
    path = tmp_path / "odd.png"
    Image.new("RGB", size, (200, 20, 30)).save(path)
    code, out, _ = ground(path, "red cup", "cup on the left", "big wooden dog", "--json")
    assert code == 0
    assert len(answers(out)) == 3


# --- what cannot be done -----------------------------------------------------------------------


def test_an_empty_phrase_is_refused(ground: Cli, desk: Path) -> None:
    code, out, err = ground(desk, " ", "--json")
    assert (code, out) == (FAILED, "")
    assert err == "Say what to look for: the phrase is empty.\n"


def test_a_file_that_is_no_picture_is_refused(ground: Cli, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("nothing to see")
    code, out, err = ground(path, "cup")
    assert (code, out) == (FAILED, "")
    assert err.count("\n") == 1
    assert "notes.txt" in err


def test_a_picture_that_vanished_is_refused(ground: Cli, tmp_path: Path) -> None:
    code, _, err = ground(tmp_path / "gone.jpg", "cup")
    assert code == FAILED
    assert err.count("\n") == 1
    assert "gone.jpg" in err


def test_a_model_that_nobody_knows_is_refused(ground: Cli, desk: Path) -> None:
    code, _, err = ground(desk, "cup", "--model", "nobody/knows")
    assert code == FAILED
    assert "nobody/knows" in err
    assert "starter" in err


def test_no_phrase_is_wrong_usage(ground: Cli, desk: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        ground(desk)
    assert ended.value.code == WRONG_USAGE


def test_a_picture_that_was_read_may_vanish_while_it_is_looked_at(
    open_services: Callable[..., AppServices], desk: Path
) -> None:
    services = open_services()
    services.ground.phrases._finders._open_starter = KnowingFinder
    loaded = services.ground.pictures.load(desk, CancelToken())
    desk.unlink()
    verb = services.ground.phrases.ground(loaded, ["red cup"], CancelToken(), with_masks=True)
    _, (grounded,) = drive(verb)
    assert np.count_nonzero(grounded.regions[0].mask.bits) > 0
