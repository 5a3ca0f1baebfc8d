"""Ids of models with adapters on, and which adapters are refused."""

from pathlib import Path

import pytest

from vlm_desktop import strings
from vlm_desktop.backends.adapters.folder import Worn, check_weights, read_card, worn_name
from vlm_desktop.backends.adapters.opening import base_revision, find_worn, split_worn
from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.base.trainerrors import AdapterForeign, AdapterUnknown, StrengthWrong

pytestmark = pytest.mark.unit


@pytest.fixture
def home(tmp_path: Path) -> Path:
    base = tmp_path / "models" / "starter"
    base.mkdir(parents=True)
    (base / "model.toml").write_text(
        '[sha256]\n"image.onnx" = "1111"\n"text.onnx" = "2222"\n"assistant.safetensors" = "3333"\n'
    )
    return tmp_path


def adapter(home: Path, name: str, **said: str) -> Path:
    folder = home / "adapters" / name
    folder.mkdir(parents=True)
    card = {"name": name, "kind": "encoder", "base": "starter", "base_revision": "11112222"} | said
    text = "".join(f'{key} = "{one}"\n' for key, one in card.items())
    (folder / "adapter.toml").write_text(text)
    (folder / "adapter.safetensors").write_bytes(b"weights")
    return folder


def test_an_id_names_adapters_and_strengths():
    assert split_worn("starter") == ("starter", ())
    assert split_worn("starter+shop+dogs@0.5") == ("starter", (("shop", 1.0), ("dogs", 0.5)))
    assert worn_name("starter", (("shop", 1.0), ("dogs", 0.5))) == "starter+dogs@0.5+shop@1"
    for wrong in ("starter+shop@2", "starter+shop@-1", "starter+shop@", "starter+shop@nan"):
        with pytest.raises(StrengthWrong) as caught:
            split_worn(wrong)
        assert "0 to 1.5" in strings.sentence(caught.value)


def test_an_adapter_is_found_and_one_for_another_base_refused(home: Path):
    base = home / "models" / "starter"
    folder = adapter(home, "things")
    assert find_worn(home, base, "starter+things@0.8") == (Worn(folder, 0.8),)
    assert base_revision(base, "assistant") == "3333"
    adapter(home, "old", base_revision="9999")
    adapter(home, "other", base="siglip")
    for name in ("old", "other"):
        with pytest.raises(AdapterForeign) as caught:
            find_worn(home, base, f"starter+{name}")
        assert name in strings.sentence(caught.value)
    for name in ("none", "", "../models", "things/../things"):
        with pytest.raises(AdapterUnknown):
            find_worn(home, base, f"starter+{name}")


def test_other_weights_than_the_card_names_are_noticed(home: Path):
    folder = adapter(home, "things", sha256="00")
    assert read_card(folder).kind == "encoder"
    with pytest.raises(BadInputFile):
        check_weights(folder)
    (folder / "adapter.toml").write_text("kind =")
    with pytest.raises(BadInputFile):
        read_card(folder)
