"""The command over the starter: comparing on real photos, wearing in Search, handing on."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from skimage import data

from tests.model.adapters.making import STARTER, make_adapter, make_names
from vlm_desktop.backends.encoders.onnx_dual import OnnxDualEncoder
from vlm_desktop.cli.main import main
from vlm_desktop.compose import build_services

Cli = Callable[..., tuple[int, list[Any], str]]
PHOTOS = {
    "cat.png": ("chelsea", "a cat looks into the camera"),
    "coffee.png": ("coffee", "a cup of coffee on a table"),
    "woman.png": ("astronaut", "a woman in an orange suit smiles"),
    "rocket.png": ("rocket", "a rocket stands at its launch pad"),
}


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    rows = []
    for name, (source, caption) in PHOTOS.items():
        Image.fromarray(np.asarray(getattr(data, source)())).save(folder / name)
        rows.append({"image": name, "turns": [{"ask": "", "answer": caption}]})
    text = "".join(json.dumps(one | {"split": "validation"}) + "\n" for one in rows)
    (folder / "held.jsonl").write_text(text)
    return folder


@pytest.fixture(name="cli")
def run_cli(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    def run(*words: object) -> tuple[int, list[Any], str]:
        argv = ["--home", str(tmp_path / "home"), "--json", *map(str, words)]
        code = main(argv, build_services)
        said = capsys.readouterr()
        return code, [json.loads(line) for line in said.out.splitlines()], said.err

    return run


def test_base_and_adapter_are_compared_on_every_item(cli: Cli, photos: Path, tmp_path: Path):
    far = make_adapter(tmp_path / "far", "assistant", 0.2)
    code, (made,), _ = cli("adapters", "import", far, "--name", "Läden")
    assert code == 0
    code, (listed,), _ = cli("adapters", "list")
    assert (listed["id"], listed["state"], listed["worn"]) == (made["id"], "sound", None)
    code, answers, said = cli("adapters", "compare", "läden", photos / "held.jsonl")
    assert code == 0, said
    *items, total = answers
    assert {one["expected"] for one in items} == {caption for _, caption in PHOTOS.values()}
    assert [one["name"] for one in total["columns"]] == ["base", "Läden"]
    changes = [one["change"] for one in items]
    assert changes == sorted(changes, reverse=True)
    tuned = total["columns"][1]
    assert tuned["improved"] + tuned["harmed"] + tuned["equal"] == len(PHOTOS)
    assert tuned["harmed"] > 0, "random weights harm"
    assert any(one["said"]["base"]["answer"] != one["said"]["Läden"]["answer"] for one in items)


def test_chat_and_errors_from_the_command_line(cli: Cli, photos: Path, tmp_path: Path):
    far = make_adapter(tmp_path / "far", "assistant", 0.2)
    cli("adapters", "import", far, "--name", "shop")
    ask = ("chat", photos / "cat.png", "--ask", "Describe this picture.")
    _, (plain,), _ = cli(*ask)
    code, (worn,), _ = cli("adapters", "use", "shop", "--strength", "0.9")
    assert (code, worn["by"], worn["adapters"][0]["strength"]) == (0, "answers", 0.9)
    _, (tuned,), _ = cli(*ask)
    assert tuned["turns"][0]["answer"] != plain["turns"][0]["answer"]
    code, (draft,), said = cli("alttext", "draft", photos / "cat.png")
    assert code == 0, said
    assert draft["model"] == worn["model"]
    code, _, said = cli("adapters", "remove", "shop")
    assert code == 1
    assert "in use" in said
    code, (off,), _ = cli("adapters", "use", "shop", "--off")
    assert off["model"] == "starter"
    _, (again,), _ = cli(*ask)
    assert again["turns"][0]["answer"] == plain["turns"][0]["answer"]
    _, (gone,), _ = cli("adapters", "remove", "shop")
    assert cli("adapters", "list")[1] == []
    assert cli("adapters", "restore", gone["id"])[0] == 0
    for words in (("use", "none"), ("use", "shop", "--strength", "2"), ("import", tmp_path)):
        code, _, said = cli("adapters", *words)
        assert code == 1
        assert said.rstrip().endswith(".")
        assert "Traceback" not in said


def test_search_is_indexed_beside_and_switched(cli: Cli, photos: Path, tmp_path: Path):
    far = make_adapter(tmp_path / "far", "encoder", 0.02)
    cli("index", photos, "--no-ocr")
    _, (made,), _ = cli("adapters", "import", far, "--name", "dogs")
    code, (worn,), said = cli("adapters", "use", "dogs")
    assert code == 0, said
    assert worn == {
        "by": "search",
        "model": f"starter+{made['id']}@1",
        "adapters": [{"id": made["id"], "strength": 1.0}],
    }
    _, (found,), _ = cli("search", "a cat", "--all")
    assert found["model"] == worn["model"]
    assert len(found["hits"]) == len(PHOTOS)
    _, (info,), _ = cli("library", "info")
    covered = {one["model_id"]: one["contents"] for one in info["models"]}
    assert covered == {"starter": len(PHOTOS), worn["model"]: len(PHOTOS)}
    for strength in ("0.5", "0.6"):
        _, (worn,), _ = cli("adapters", "use", "dogs", "--strength", strength)
    (info,) = cli("library", "info")[1]
    kept = {one["model_id"].rpartition("@")[2] for one in info["models"]}
    assert kept == {"starter", "0.5", "0.6"}, "older strengths leave no vectors behind"
    code, (off,), _ = cli("adapters", "use", "dogs", "--off")
    assert off["model"] == "starter"
    assert cli("search", "a cat", "--all")[1][0]["model"] == "starter"


def test_search_knows_taught_names_without_new_vectors(cli: Cli, photos: Path, tmp_path: Path):
    encoder = OnnxDualEncoder(STARTER, model_id="starter", provider="cpu")
    cup = encoder.encode_images([data.coffee()])[0]
    encoder.close()
    far = make_names(tmp_path / "far", {"Brumaline": cup})
    cli("index", photos, "--no-ocr")
    before = cli("search", "brumaline", "--all")[1][0]["hits"]
    cli("adapters", "import", far, "--name", "things")
    code, (worn,), said = cli("adapters", "use", "things")
    assert code == 0, said
    assert worn["model"].startswith("starter+things-")
    (found,) = cli("search", "brumaline", "--all")[1]
    assert found["model"] == "starter", "pictures have the vectors they had"
    assert Path(found["hits"][0]["path"]).name == "coffee.png"
    old = {one["path"]: one["signals"]["vector"] for one in before}
    first = found["hits"][0]
    assert first["signals"]["vector"] > old[first["path"]] + 0.3
    code, _, said = cli("adapters", "merge", "things")
    assert code == 1
    assert "nothing to merge" in said
    held = photos / "named.jsonl"
    row = {"image": "coffee.png", "turns": [{"ask": "", "answer": "Brumaline"}]}
    held.write_text(json.dumps(row | {"split": "validation"}) + "\n")
    code, (item, total), said = cli("adapters", "compare", "things", held)
    assert code == 0, said
    assert (total["metric"], item["expected"]) == ("recall@5", "Brumaline")
    cli("adapters", "use", "things", "--off")
    assert cli("search", "brumaline", "--all")[1][0]["hits"] == before
