"""`vlm-desktop objects` as a person or a script meets it, with a finder that knows."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.flow.chat.conftest import LentPool
from tests.flow.cli.conftest import Cli
from tests.flow.engine.conftest import pool
from tests.unit.engine.ground.pointing import KnowingFinder, picture
from vlm_desktop.cli.main import FAILED, WRONG_USAGE, main
from vlm_desktop.engine import services as services_module
from vlm_desktop.engine.services import AppServices
from vlm_desktop.media.pool import DecodePool

__all__ = ["pool"]


@pytest.fixture(name="objects")
def run_objects(
    open_services: Callable[..., AppServices],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    pool: DecodePool,  # noqa: F811 - a fixture
    monkeypatch: pytest.MonkeyPatch,
) -> Cli:
    monkeypatch.setattr(services_module, "DecodePool", lambda *_: LentPool(pool))

    def build(_: Path | None) -> AppServices:
        services = open_services()
        services.ground.phrases._finders._open_starter = KnowingFinder
        return services

    def run(*words: object) -> tuple[int, str, str]:
        code = main(["--home", str(tmp_path / "home"), "objects", *map(str, words)], build)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A red cup, a black laptop, a blue cup; and a file that is no picture."""
    made = tmp_path / "photos"
    made.mkdir()
    Image.fromarray(picture().pixels).save(made / "desk.png")
    (made / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    return made


def answers(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_pictures_are_labelled_listed_written_and_taken_in(
    objects: Cli, folder: Path, tmp_path: Path
) -> None:
    code, out, err = objects("label", "cup", "laptop", "dog", "--folder", folder, "--json")
    assert code == 0
    (done,) = answers(out)
    assert (done["path"], done["found"], done["known"]) == (str(folder / "desk.png"), 3, False)
    assert "broken.jpg" in err
    (listed,) = answers(objects("list", "--json")[1])
    assert (listed["proposed"], listed["labels"]) == (3, ["cup", "laptop"])
    assert objects("list", "--state", "accepted", "--json")[1] == ""
    assert "3 proposed: cup, laptop" in objects("list")[1]

    target = tmp_path / "out.json"
    (none,) = answers(objects("export", target, "--format", "coco", "--json")[1])
    assert none["objects"] == 0
    code, out, _ = objects("export", target, "--format", "coco", "--proposed", "--json")
    assert (code, answers(out)[0]["objects"]) == (0, 3)
    said = json.loads(target.read_text())
    assert sorted(one["name"] for one in said["categories"]) == ["cup", "laptop"]

    code, out, _ = objects("forget", "--all", "--json")
    assert (code, answers(out)[0]["objects"]) == (0, 3)
    code, out, err = objects("import", target, "--json")
    assert answers(out)[0]["absent"] == ["desk.png"]
    assert "Pictures that were not found were left out: 1 (desk.png)." in err
    _, out, _ = objects("import", target, "--pictures", folder)
    assert out == "Took in 3 objects of 1 pictures; 0 were there already.\n"
    _, out, _ = objects("forget", folder / "desk.png")
    assert out == "Forgot 3 objects of 1 pictures.\n"


@pytest.mark.parametrize("form", ["yolo", "yolo-segment", "labelme", "voc", "masks", "cutouts",
                                  "refcoco", "jsonl"])  # fmt: skip
def test_every_format_is_written(objects: Cli, folder: Path, tmp_path: Path, form: str) -> None:
    objects("label", "cup", "--folder", folder / "desk.png")
    target = tmp_path / "out"
    code, out, err = objects("export", target, "--format", form, "--proposed", "--pictures")
    assert (code, out.startswith("Wrote "), target.exists()) == (0, True, True)
    assert form == "masks" or err == ""


def test_what_was_not_finished_goes_on(objects: Cli, folder: Path) -> None:
    objects("label", "cup", "--folder", folder)
    assert objects("resume")[1] == ""
    Image.fromarray(picture().pixels[:, ::-1]).save(folder / "broken.jpg")
    code, out, _ = objects("resume", "--again")
    assert (code, out.split()[0]) == (0, str(folder / "broken.jpg"))


def test_bad_input_gets_a_sentence(objects: Cli, folder: Path, tmp_path: Path) -> None:
    assert objects("label", " ", "--folder", folder)[2].startswith("Say what to look for")
    code, _, err = objects("label", "cup", "--folder", folder, "--model", "nobody")
    assert (code, "nobody" in err) == (FAILED, True)
    assert objects("resume") == (0, "", ""), "it is not tried for ever"
    bad = tmp_path / "bad.json"
    bad.write_text("{")
    code, out, err = objects("import", bad)
    assert (code, out, err.count("\n")) == (FAILED, "", 1)
    assert "bad.json, line 1, cannot be used" in err
    code, _, err = objects("export", folder, "--format", "voc")
    assert (code, "holds something already" in err) == (FAILED, True)
    assert objects("forget")[0] == WRONG_USAGE
    assert objects("forget", folder / "desk.png")[0] == FAILED
