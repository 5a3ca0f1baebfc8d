"""The manifest and model ids."""

import pytest

from vlm_desktop.backends.registry import CHAT_FAMILIES, FAMILIES
from vlm_desktop.backends.shelf import is_model_id, model_id_from, read_manifest
from vlm_desktop.base.errors import ModelBroken
from vlm_desktop.base.paths import bundled


def test_the_shelf_of_the_program_reads_and_is_complete():
    cards = read_manifest(bundled("models") / "manifest.toml")
    assert len({card.id for card in cards}) == len(cards) >= 10
    for card in cards:
        assert is_model_id(card.id), card.id
        assert card.family in (FAMILIES | CHAT_FAMILIES)
        assert card.state == "available"
        assert card.path is None
        assert card.licence
        assert card.languages
        assert card.parameters > 10_000_000
        assert card.repository.count("/") == 1
        assert model_id_from(card.repository.split("/")[1]) == card.id, "import finds its entry"


def test_a_manifest_that_is_absent_is_an_empty_shelf(tmp_path):
    assert read_manifest(tmp_path / "manifest.toml") == ()


@pytest.mark.parametrize("text", ["[[model]]\n", "model = 3\n", "[[model", '[[model]]\nid = "x"\n'])
def test_a_manifest_that_does_not_read_says_so(tmp_path, text):
    (tmp_path / "manifest.toml").write_text(text)
    with pytest.raises(ModelBroken, match="manifest"):
        read_manifest(tmp_path / "manifest.toml")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("siglip2-base-patch16-256", "siglip2-base-patch16-256"),
        ("CLIP-ViT-B-32-laion2B", "clip-vit-b-32-laion2b"),
        ("My Model (copy)", "my-model-copy"),
        ("..", ""),
        ("模型", ""),
        ("con", ""),
        ("a..b", "a.b"),
        ("x" * 100, "x" * 64),
    ],
)
def test_ids_made_from_folder_names(name, wanted):
    assert model_id_from(name) == wanted
