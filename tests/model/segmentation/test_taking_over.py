"""A promptable model in the home folder outlines where none is named."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.grounding import ObjectPrompt, PromptPoint
from vlm_desktop.cli.main import main
from vlm_desktop.compose import build_services

CLICK = ObjectPrompt((PromptPoint(30, 25),))


@pytest.fixture
def photo(tmp_path: Path, picture: PixelArray) -> Path:
    path = tmp_path / "photo.png"
    Image.fromarray(np.ascontiguousarray(picture)).save(path)
    return path


def test_the_command_takes_the_installed_model_unless_another_is_named(
    tmp_path: Path,
    photo: Path,
    tiny_folder: Callable[[str], Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    home = tmp_path / "home"
    argv = ["--home", str(home), "--json", "segment", str(photo), "--point", "30,25"]
    argv += ["--mask", str(tmp_path / "out.png")]
    assert main(argv, build_services) == 0
    services = build_services(home)
    for _ in services.models.import_folder(tiny_folder("edgetam"), "edge"):
        pass
    services.close()
    assert main(argv, build_services) == 0
    assert main([*argv, "--model", "classical"], build_services) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["model"] for one in answers] == ["classical", "edge", "classical"]


def test_one_that_is_spoilt_leaves_its_place(
    tmp_path: Path, photo: Path, tiny_folder: Callable[[str], Path]
) -> None:
    home = tmp_path / "home"
    services = build_services(home)
    for name in ("edgetam", "sam2"):
        for _ in services.models.import_folder(tiny_folder(name), name):
            pass
    masks = services.ground.masks
    smallest = masks.automatic()
    assert smallest in ("edgetam", "sam2")
    with (home / "models" / smallest / "model.safetensors").open("ab") as file:
        file.write(b"more")
    shown = services.ground.pictures.load(photo, CancelToken())
    assert {one.id for one in masks.models()} == {"edgetam", "sam2"}
    answer = masks.segment(shown, CLICK, CancelToken())
    assert answer.model == masks.automatic() != smallest
    services.close()
