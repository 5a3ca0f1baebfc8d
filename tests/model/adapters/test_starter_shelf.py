"""The shelf over the starter itself: worn, swapped, merged, exported, imported, refused."""

import json
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from skimage import data

from tests.model.adapters.making import make_adapter
from vlm_desktop.backends.adapters.folder import WEIGHTS, weights_hash
from vlm_desktop.base.adapters import AdapterState
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import ChatImage, GenerationOptions, ImagePart, Message, Role
from vlm_desktop.base.errors import BadInputFile, DiskFull
from vlm_desktop.base.trainerrors import AdapterForeign, MergeDiffers, QuantisedNotMerged
from vlm_desktop.compose import build_services
from vlm_desktop.engine.answering import Answerer
from vlm_desktop.engine.prompting import Request
from vlm_desktop.engine.services import AppServices
from vlm_desktop.engine.train import adapterfolders

Result = TypeVar("Result")
CAT = ChatImage(data.chelsea(), "cat")
ASKED = [Message(Role.USER, (ImagePart(0),))]


def drive(verb: Generator[Any, None, Result]) -> Result:
    while True:
        try:
            next(verb)
        except StopIteration as end:
            return end.value


@pytest.fixture
def services(tmp_path: Path) -> Iterator[AppServices]:
    built = build_services(tmp_path / "home")
    yield built
    built.close()


@pytest.fixture(scope="module")
def assistant_adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_adapter(tmp_path_factory.mktemp("far") / "shop", "assistant", 0.2)


@pytest.fixture(scope="module")
def encoder_adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_adapter(tmp_path_factory.mktemp("far") / "dogs", "encoder", 0.02)


def said(services: AppServices, model_id: str) -> str:
    with services.residents.using(model_id, CancelToken()) as model:
        return drive(
            model.stream(ASKED, [CAT], GenerationOptions(max_new_tokens=20), CancelToken())
        ).text


def test_chat_wears_and_swaps_without_loading_again(services: AppServices, assistant_adapter: Path):
    shelf = services.training.adapters
    info = shelf.take_in(assistant_adapter)
    assert info.state is AdapterState.SOUND
    assert info.name == "Läden"
    assert info.licence == "MIT"
    base = said(services, "starter")
    worn = drive(shelf.use("LÄDEN", CancelToken()))
    assert services.settings.chat_model == worn.model_id == f"starter+{info.id}@1"
    tuned = said(services, worn.model_id)
    assert tuned != base
    with services.residents.using("starter", CancelToken()) as first:
        pass
    with services.residents.using(worn.model_id, CancelToken()) as second:
        assert first is second
    assert said(services, "starter") == base
    assert said(services, f"starter+{info.id}@0") == base
    assert said(services, worn.model_id) == tuned
    assert [one.model_id for one in services.residents.loaded()] == ["starter"]
    assert shelf.get("läden").worn == 1.0
    assert worn.model_id in {one.model_id for one in services.chat.models()}
    drive(shelf.take_off(info.id, CancelToken()))
    assert services.settings.chat_model == "starter"


def test_two_add_up_and_the_order_does_not_count(
    services: AppServices, assistant_adapter: Path, tmp_path: Path
):
    shelf = services.training.adapters
    one = shelf.take_in(assistant_adapter)
    two = shelf.take_in(make_adapter(tmp_path / "b", "assistant", 0.2, seed=1), "Zwei")
    drive(shelf.use(one.id, CancelToken(), strength=0.5))
    both = drive(shelf.use("zwei", CancelToken(), strength=0.5))
    assert dict(both.adapters) == {one.id: 0.5, two.id: 0.5}
    turned = f"starter+{two.id}@0.5+{one.id}@0.5"
    assert said(services, both.model_id) == said(services, turned)


def test_an_adapter_whose_shapes_do_not_fit_leaves_the_base_usable(
    services: AppServices, assistant_adapter: Path
):
    shelf = services.training.adapters
    info = shelf.take_in(assistant_adapter)
    base = said(services, "starter")
    state = load_file(info.folder / WEIGHTS)
    name = next(one for one in state if one.endswith("lora_B.weight"))
    state[name] = state[name][:3].contiguous()
    save_file(state, info.folder / WEIGHTS)
    with pytest.raises(BadInputFile):
        said(services, f"starter+{info.id}@1")
    assert said(services, "starter") == base


def test_answers_name_the_adapter_for_caches(services: AppServices, assistant_adapter: Path):
    info = services.training.adapters.take_in(assistant_adapter)
    answerer = Answerer(services.residents, lambda: None)  # type: ignore[arg-type, return-value]
    model_id = f"starter+{info.id}@1"
    asked = Request(tuple(ASKED), (CAT,), (0,), ())
    made = drive(
        answerer.answer(model_id, asked, GenerationOptions(max_new_tokens=4), CancelToken())
    )
    assert made.options.adapter == f"{info.id}@1"


def test_merging_keeps_what_is_said(services: AppServices, assistant_adapter: Path):
    shelf = services.training.adapters
    info = shelf.take_in(assistant_adapter)
    merged = drive(shelf.merge("läden", CancelToken()))
    assert merged.model_id == "starter-laden"
    assert sum(one.is_same for one in merged.replayed) >= 0.8 * len(merged.replayed) > 0
    card = drive(services.models.show(merged.model_id))
    assert card.name == "Starter + Läden"
    drive(services.models.verify(merged.model_id, CancelToken()))
    assert said(services, merged.model_id) == said(services, f"starter+{info.id}@1")
    assert drive(shelf.merge("läden", CancelToken())).model_id == "starter-laden-2"
    assert not list((services.paths.models).glob(".merging*"))


def test_a_merge_that_says_other_things_is_not_kept(
    services: AppServices, assistant_adapter: Path, monkeypatch: pytest.MonkeyPatch
):
    shelf = services.training.adapters
    shelf.take_in(assistant_adapter)
    real = torch.Tensor.half
    monkeypatch.setattr(torch.Tensor, "half", lambda one: real(one * 0.5))
    with pytest.raises(MergeDiffers):
        drive(shelf.merge("läden", CancelToken()))
    assert not list(services.paths.models.iterdir())


def test_a_quantised_base_is_not_merged(services: AppServices, tmp_path: Path):
    folder = make_adapter(tmp_path / "q", "assistant", 0.1, quantised=True)
    info = services.training.adapters.take_in(folder)
    with pytest.raises(QuantisedNotMerged):
        drive(services.training.adapters.merge(info.id, CancelToken()))


def test_an_encoder_is_exported_with_its_parity(
    services: AppServices, encoder_adapter: Path, tmp_path: Path
):
    shelf = services.training.adapters
    info = shelf.take_in(encoder_adapter, "Hunde")
    done = drive(shelf.export("hunde", tmp_path / "out", CancelToken()))
    assert done.texts is not None
    assert done.images is not None
    assert done.texts.holds
    assert done.images.holds
    assert weights_hash(tmp_path / "out") == info.sha256
    assert (tmp_path / "out" / "onnx" / "text.onnx").is_file()
    merged = drive(shelf.merge("hunde", CancelToken(), model_id="dog-starter"))
    plain, worn, own = (
        services.encoders.texts(one, ["a dog in the snow"])
        for one in ("starter", f"starter+{info.id}@1", merged.model_id)
    )
    assert np.allclose(worn, own, atol=1e-6)
    assert float((plain @ worn.T)[0, 0]) < 0.999


def test_strangers_files_are_refused(
    services: AppServices, assistant_adapter: Path, tmp_path: Path
):
    import shutil

    def changed(name: str, text: str, into: str) -> Path:
        folder = tmp_path / name
        shutil.copytree(assistant_adapter, folder)
        card = (folder / "adapter.toml").read_text()
        assert text in card
        (folder / "adapter.toml").write_text(card.replace(text, into))
        return folder

    shelf = services.training.adapters
    revision = json.dumps(shelf.take_in(assistant_adapter).base_revision)
    with pytest.raises(AdapterForeign):
        shelf.take_in(changed("revision", revision, '"0000"'))
    odd = changed("nan", "Läden", "NaN")
    state = load_file(odd / WEIGHTS)
    state[next(iter(state))][:] = float("nan")
    save_file(state, odd / WEIGHTS)
    with pytest.raises(BadInputFile, match="adapter.toml names"):
        shelf.take_in(odd)
    card = (odd / "adapter.toml").read_text()
    old = json.dumps(weights_hash(assistant_adapter))
    (odd / "adapter.toml").write_text(card.replace(old, json.dumps(weights_hash(odd))))
    with pytest.raises(BadInputFile, match="finite"):
        shelf.take_in(odd)
    assert len(shelf.all()) == 1
    assert not list((services.paths.home / "adapters").glob(".writing*"))


def test_a_full_disk_leaves_nothing(
    services: AppServices, assistant_adapter: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(adapterfolders.shutil, "copyfile", full)
    with pytest.raises(DiskFull):
        services.training.adapters.take_in(assistant_adapter)
    assert not list((services.paths.home / "adapters").iterdir())
