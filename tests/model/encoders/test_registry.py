"""The registry: listing, importing, verifying and removing, and everything it refuses."""

import errno
import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from vlm_desktop.backends import importing
from vlm_desktop.base.errors import (
    DiskFull,
    FolderNotFound,
    HomeNotWritable,
    ImportRefused,
    ModelBroken,
    ModelNotInstalled,
    ModelProtected,
    ModelUnknown,
)


def ids(registry):
    return [(card.id, card.state) for card in registry.cards()]


def test_lists_bundled_installed_and_shelf(registry, pair_folder):
    assert ids(registry) == [("starter", "bundled"), ("shelved", "available")]
    card = registry.import_folder(pair_folder)
    assert (card.id, card.state, card.family) == ("tiny", "installed", "onnx-dual")
    assert ids(registry) == [
        ("starter", "bundled"), ("tiny", "installed"), ("shelved", "available")
    ]  # fmt: skip
    listed = registry.card("tiny")
    assert listed.path == card.path
    assert listed.size_bytes > 0
    assert (listed.licence, listed.languages, listed.parameters) == ("Apache-2.0", ("en",), 500)


def test_an_imported_model_encodes_and_survives_a_full_check(registry, pair_folder):
    registry.import_folder(pair_folder)
    encoder = registry.open_encoder("tiny", threads=1)
    assert encoder.spec.model_id == "tiny"
    assert encoder.encode_texts(["a dog"]).shape == (1, 8)
    assert set(registry.verify("tiny")) >= {"image.onnx", "text.onnx", "model.toml"}


def test_unknown_and_absent_models(registry):
    with pytest.raises(ModelUnknown, match="starter"):
        registry.card("nobody")
    with pytest.raises(ModelNotInstalled):
        registry.open_encoder("shelved")
    with pytest.raises(ModelNotInstalled):
        registry.remove("shelved")


@pytest.mark.parametrize("name", ["image.onnx", "tokenizer.json", "model.toml"])
def test_an_altered_file_is_found_when_opening(registry, pair_folder, name):
    path = registry.import_folder(pair_folder).path / name
    registry.open_encoder("tiny")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(1, 1))
    with pytest.raises(ModelBroken, match=name):
        registry.open_encoder("tiny")


def test_verify_reads_every_byte_even_when_the_stamp_is_unchanged(registry, pair_folder):
    path = registry.import_folder(pair_folder).path / "text.onnx"
    registry.open_encoder("tiny")
    before = path.stat()
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(ModelBroken, match=r"text\.onnx"):
        registry.verify("tiny")


def test_a_missing_file_is_found(registry, pair_folder):
    (registry.import_folder(pair_folder).path / "image.onnx").unlink()
    with pytest.raises(ModelBroken, match=r"image\.onnx"):
        registry.verify("tiny")


def test_bundled_models_cannot_be_removed_or_shadowed(registry, build_pair, tmp_path):
    with pytest.raises(ModelProtected):
        registry.remove("starter")
    build_pair(tmp_path / "other", "starter")
    with pytest.raises(ImportRefused, match="belongs to the program"):
        registry.import_folder(tmp_path / "other")
    assert registry.card("starter").state == "bundled"


def test_removing_deletes_the_folder_and_importing_again_works(registry, pair_folder):
    path = registry.import_folder(pair_folder).path
    with pytest.raises(ImportRefused, match="already installed"):
        registry.import_folder(pair_folder)
    registry.remove("tiny")
    assert not path.exists()
    assert registry.import_folder(pair_folder).path == path


@pytest.mark.parametrize("bad", ["../evil", "a/b", "..", ".hidden", "A B", "con", "x" * 65, "a\\b"])
def test_ids_that_could_lead_elsewhere_are_refused(registry, pair_folder, bad):
    with pytest.raises(ImportRefused, match="cannot be a model id"):
        registry.import_folder(pair_folder, bad)
    toml = pair_folder / "model.toml"
    toml.write_text(toml.read_text().replace('"tiny"', json.dumps(bad)))
    with pytest.raises(ImportRefused):
        registry.import_folder(pair_folder)


def test_file_names_that_lead_out_of_the_folder_are_refused(registry, pair_folder):
    toml = pair_folder / "model.toml"
    toml.write_text(toml.read_text().replace('"image.onnx"', '"../image.onnx"'))
    with pytest.raises(ImportRefused, match="not the name of a file"):
        registry.import_folder(pair_folder)


def hub_folder(parent: Path, config: dict, weights: str = "model.safetensors") -> Path:
    folder = parent / "Shelved"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "README.md").write_text("---\nlicense: cc-by-4.0\n---\n# Model\n")
    if weights.endswith(".safetensors"):
        save_file({"w": np.zeros((3, 5), np.float32)}, folder / weights)
    else:
        (folder / weights).write_bytes(pickle.dumps({"w": 1}))
    return folder


def test_the_hub_layout_is_recognised_and_joined_with_the_shelf(registry, tmp_path):
    folder = hub_folder(tmp_path, {"model_type": "clip"})
    (folder / "pytorch_model.bin").write_bytes(b"pickle")
    card = registry.import_folder(folder)
    assert (card.id, card.family, card.parameters) == ("shelved", "transformers-dual", 15)
    assert (card.notice, card.name) == ("Be kind.", "Shelved")
    assert card.licence == "cc-by-4.0", "what the folder itself states, though the shelf says MIT"
    assert sorted(path.name for path in card.path.iterdir()) == [
        "README.md", "config.json", "lock.json", "model.safetensors"
    ]  # fmt: skip


def test_the_licence_is_read_from_the_model_card(registry, tmp_path):
    card = registry.import_folder(hub_folder(tmp_path, {"model_type": "siglip"}), "mine")
    assert card.licence == "cc-by-4.0"


@pytest.mark.parametrize("weights", ["pytorch_model.bin", "open_clip.pt", "model.ckpt", "a.pth"])
def test_pickles_are_refused_with_the_reason(registry, tmp_path, weights):
    folder = hub_folder(tmp_path, {"model_type": "clip"}, weights)
    with pytest.raises(ImportRefused, match=f"{weights}.*pickles can run code"):
        registry.import_folder(folder)
    assert ids(registry) == [("starter", "bundled"), ("shelved", "available")]


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"model_type": "clip", "auto_map": {"AutoModel": "x.Y"}}, "auto_map"),
        ({"model_type": "clip", "text_config": {"auto_map": {}}}, "auto_map"),
        ({"model_type": "llama"}, "known are clip"),
        ({}, "model_type is None"),
    ],
)
def test_remote_code_and_foreign_models_are_refused(registry, tmp_path, config, reason):
    with pytest.raises(ImportRefused, match=reason):
        registry.import_folder(hub_folder(tmp_path, config))


def test_a_text_tower_described_elsewhere_is_refused(registry, tmp_path):
    folder = hub_folder(tmp_path, {})
    (folder / "open_clip_config.json").write_text(
        json.dumps({"model_cfg": {"embed_dim": 8, "text_cfg": {"hf_model_name": "roberta-base"}}})
    )
    with pytest.raises(ImportRefused, match="roberta-base"):
        registry.import_folder(folder)


def test_folders_that_are_no_models(registry, tmp_path):
    with pytest.raises(FolderNotFound):
        registry.import_folder(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ImportRefused, match="no model"):
        registry.import_folder(tmp_path / "empty")
    folder = hub_folder(tmp_path, {"model_type": "clip"})
    (folder / "model.safetensors").write_bytes(b"\xff" * 20)
    with pytest.raises(ImportRefused, match="not a safetensors file"):
        registry.import_folder(folder)
    (folder / "config.json").write_text("{")
    with pytest.raises(ImportRefused, match="does not read"):
        registry.import_folder(folder)


def test_a_pair_whose_hash_is_wrong_is_not_taken_in(registry, pair_folder):
    (pair_folder / "text.onnx").write_bytes(b"other")
    with pytest.raises(ImportRefused, match="SHA-256"):
        registry.import_folder(pair_folder)


@pytest.mark.parametrize(
    ("number", "error"),
    [(errno.ENOSPC, DiskFull), (errno.EROFS, HomeNotWritable), (errno.EACCES, HomeNotWritable)],
)
def test_a_full_or_read_only_disk_leaves_nothing_behind(
    registry, pair_folder, monkeypatch, tmp_path, number, error
):
    copied = []

    def failing(source: Path, target: Path) -> None:
        copied.append(target)
        target.write_bytes(b"half")
        if len(copied) == 2:
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(importing, "_copy_file", failing)
    with pytest.raises(error):
        registry.import_folder(pair_folder)
    assert list((tmp_path / "home" / "models").iterdir()) == []


def test_a_folder_copied_in_by_hand_is_listed_as_broken(registry, tmp_path):
    (tmp_path / "home" / "models" / "stray").mkdir(parents=True)
    card = registry.card("stray")
    assert card.state == "broken"
    assert "never imported" in card.problem
    with pytest.raises(ModelBroken):
        registry.open_encoder("stray")
    registry.remove("stray")


def test_a_pair_copied_in_by_hand_works(registry, pair_folder, tmp_path):
    shutil.copytree(pair_folder, tmp_path / "home" / "models" / "mine")
    assert registry.card("mine").state == "installed"
    encoder = registry.open_encoder("mine")
    assert encoder.spec.model_id == "mine"


def test_listing_imports_no_runtime(registry, tmp_path):
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from vlm_desktop.backends.registry import Registry\n"
        "found = Registry(*map(Path, sys.argv[1:])).cards()\n"
        "assert len(found) == 2, found\n"
        "heavy = {'onnxruntime', 'torch', 'transformers', 'open_clip', 'tokenizers', 'PIL'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)\n"
    )
    bundled = tmp_path / "bundled"
    arguments = [bundled, tmp_path / "home" / "models", bundled / "manifest.toml"]
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True,
        check=False, cwd=Path(__file__).parents[3], timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_searching_words_with_a_pair_imports_no_torch(pair_folder):
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from vlm_desktop.backends.encoders.onnx_dual import OnnxDualEncoder\n"
        "OnnxDualEncoder(Path(sys.argv[1])).encode_texts(['a dog'])\n"
        "heavy = {'torch', 'transformers', 'open_clip', 'ftfy'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(pair_folder)], capture_output=True, text=True,
        check=False, cwd=Path(__file__).parents[3], timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
