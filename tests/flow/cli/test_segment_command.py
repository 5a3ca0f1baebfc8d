"""`vlm-desktop segment` as a person or a script meets it."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.flow.chat.conftest import LentPool
from tests.flow.cli.conftest import Cli
from tests.flow.engine.conftest import pool
from tests.unit.engine.ground.pointing import BLUE_CUP, picture
from vlm_desktop.cli.main import FAILED, WRONG_USAGE
from vlm_desktop.engine import services as services_module
from vlm_desktop.media.pool import DecodePool

__all__ = ["pool"]


@pytest.fixture(autouse=True)
def lent_pool(pool: DecodePool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """The ring's own workers read the pictures: starting some is most of such a test."""
    monkeypatch.setattr(services_module, "DecodePool", lambda *_: LentPool(pool))


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A red cup, a black laptop, a blue cup."""
    path = tmp_path / "desk.png"
    Image.fromarray(picture().pixels).save(path)
    return path


@pytest.mark.parametrize("words", [("--point", "425,125"), ("--box", "400,100,450,150")])
def test_the_answer_and_the_mask_agree(cli: Cli, desk: Path, words: tuple[str, str]) -> None:
    target = desk.parent / "mask.png"
    code, out, _ = cli("segment", desk, *words, "--mask", target, "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["mask"] == str(target)
    corners = (BLUE_CUP.x0, BLUE_CUP.y0, BLUE_CUP.x1, BLUE_CUP.y1)
    assert answer["box"] == pytest.approx(corners, abs=6)
    assert 0 < answer["score"] <= 1
    with Image.open(target) as mask:
        bits = np.asarray(mask.convert("L")) > 0
    assert bits.shape == (300, 600)
    assert bits.sum() == answer["area"]
    assert bits[125, 425]
    assert not bits[140, 275]


def test_what_is_excluded_does_not_belong(cli: Cli, desk: Path) -> None:
    target = desk.parent / "mask.png"
    box = ("--box", "190,70,460,210", "--not", "425,125", "--point", "275,140")
    code, out, _ = cli("segment", desk, *box, "--mask", target, "--fine")
    assert code == 0
    assert str(target) in out
    with Image.open(target) as mask:
        bits = np.asarray(mask.convert("L")) > 0
    assert bits[140, 275]
    assert not bits[125, 425]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--point", "600,10"), "600 x 300 pixels"),
        (("--not", "10,10"), "Click on the object, or drag a box around it."),
        ((), "Click on the object, or drag a box around it."),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    cli: Cli, desk: Path, words: tuple[str, ...], said: str
) -> None:
    target = desk.parent / "mask.png"
    code, out, err = cli("segment", desk, *words, "--mask", target, "--json")
    assert (code, out) == (FAILED, "")
    assert said in err
    assert len(err.splitlines()) == 1
    assert not target.exists()


def test_a_folder_that_is_not_there_is_named(cli: Cli, desk: Path) -> None:
    target = desk.parent / "absent" / "mask.png"
    code, _, err = cli("segment", desk, "--point", "425,125", "--mask", target)
    assert (code, str(target) in err) == (FAILED, True)


@pytest.mark.parametrize(
    "words", [("--point", "1"), ("--point", "a,b"), ("--box", "1,2,3"), ("--box", "5,5,5,9"),
              ("--point", "nan,3")]
)  # fmt: skip
def test_wrong_usage(
    cli: Cli, desk: Path, words: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli("segment", desk, *words, "--mask", desk.parent / "mask.png")
    assert caught.value.code == WRONG_USAGE
