"""The starter assistant learns, and says with an adapter on what it said while it learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("peft")

from PIL import Image  # noqa: E402

from vlm_desktop.backends.adapters.folder import Worn  # noqa: E402
from vlm_desktop.backends.adapters.merging import merge_assistant, replay  # noqa: E402
from vlm_desktop.backends.chat.starter import StarterAssistant  # noqa: E402
from vlm_desktop.backends.protocols import WearsAdapters  # noqa: E402
from vlm_desktop.base.cancel import CancelToken  # noqa: E402
from vlm_desktop.base.chat import ChatImage  # noqa: E402
from vlm_desktop.base.paths import bundled  # noqa: E402
from vlm_desktop.base.trainerrors import NothingTrainable, RunDamaged  # noqa: E402
from vlm_desktop.base.training import Example, Exchange  # noqa: E402
from vlm_desktop.base.trainingrows import encode_row  # noqa: E402
from vlm_desktop.training.learners.assistant import build  # noqa: E402
from vlm_desktop.training.learners.frozen import FeatureStore  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.model

STARTER = bundled("models") / "starter"
CANCEL = CancelToken()


def saved(learner, folder: Path) -> Path:
    folder.mkdir()
    learner.save(folder)
    return folder


@pytest.mark.parametrize(
    "method",
    [
        {},
        {"dora": True},
        {"rslora": True, "rank": 4},
        {"targets": ["projector"]},
        {"full": True, "targets": ["language"]},
    ],
    ids=["lora", "dora", "rslora", "projector", "full"],
)
def test_it_learns_and_an_adapter_brings_it_back(school, tmp_path, method, photos):
    learner = school.learner(build, "assistant", method=method)
    rate = {"full": 5e-4, "rslora": 3e-3}.get(next(iter(method), ""), 1e-2)
    losses = school.teach(learner, 6, rate)
    assert losses[-1] < losses[0] - 0.2
    folder = saved(learner, tmp_path / "adapter")
    batch = learner.batch([school.held_out[0].key], 0)
    learner.module.eval()
    before = learner.evaluate(school.held_out, CANCEL)

    again = school.learner(build, "assistant", method=method)
    again.load(folder)
    assert again.evaluate(school.held_out, CANCEL) == before
    named = {name: one for group in again.groups() for name, one in group.parameters}
    for group in learner.groups():
        for name, one in group.parameters:
            assert torch.equal(one, named[name])
    assert batch.supervised == len(batch.data["lessons"][0].text.said)

    assistant = StarterAssistant(STARTER, model_id="starter", provider="cpu")
    assistant.wear([Worn(folder)])
    image = np.asarray(Image.open(photos["chelsea"]))
    said = replay(assistant, assistant, [("cat", "", ChatImage(image, "cat"))], CANCEL)[0].before
    assistant.unload()
    first = next(one for one in before if one.key.startswith("chelsea"))
    assert said.rstrip(".").lower() == first.answer


def test_adapters_are_put_on_and_off_without_loading(school, tmp_path, photos):
    learner = school.learner(build, "assistant")
    school.teach(learner, 8, 1e-2)
    folder = saved(learner, tmp_path / "adapter")
    assistant = StarterAssistant(STARTER, model_id="starter", provider="cpu")
    assert isinstance(assistant, WearsAdapters)
    assistant.load()
    network = assistant._running.network
    plain = {name: one.clone() for name, one in network.state_dict().items()}
    weight = "blocks.0.qkv.weight"

    assistant.wear([Worn(folder, 0.5)])
    half = network.state_dict()[weight] - plain[weight]
    assistant.wear([Worn(folder, 1.0)])
    whole = network.state_dict()[weight] - plain[weight]
    assert float(whole.abs().max()) > 1e-3
    assert torch.allclose(2 * half, whole, atol=1e-6)
    assistant.wear([Worn(folder, 0.5), Worn(folder, 0.5)])
    both = network.state_dict()[weight] - plain[weight]
    assert torch.allclose(both, whole, atol=1e-6)
    assert assistant._running.network is network

    assistant.wear([])
    assert all(torch.equal(one, plain[name]) for name, one in network.state_dict().items())

    merged = merge_assistant(STARTER, "mine", [Worn(folder)], tmp_path / "mine")
    assistant.wear([Worn(folder)])
    mine = StarterAssistant(merged, model_id="mine", provider="cpu")
    images = [(name, "", ChatImage(np.asarray(Image.open(p)), name)) for name, p in photos.items()]
    assert all(one.is_same for one in replay(assistant, mine, images, CANCEL))
    mine.unload()
    assistant.unload()


def test_pictures_are_looked_at_once(school, monkeypatch):
    first = school.learner(build, "assistant")
    looks = []
    monkeypatch.setattr(FeatureStore, "_write", lambda *_: looks.append(1))
    again = school.learner(build, "assistant")
    assert not looks
    keys = [one.key for one in school.held_out]
    one, other = first.batch(keys, 3), again.batch(keys, 3)
    assert torch.equal(one.data["cells"], other.data["cells"])
    assert one.placeholders == one.features == 50 * len(keys)


def test_what_is_held_weighs_nothing_until_something_moved(school, photos):
    general = [
        Example(f"g{n}", str(path), (Exchange("", "a photo"),), content=str(n))
        for n, path in enumerate([*photos.values()] * 2)
    ]
    (school.run / "general.jsonl").write_text("".join(encode_row(one) + "\n" for one in general))
    learner = school.learner(build, "assistant")
    keep = learner.batch([school.held_out[0].key], 0).data["keep"]
    learner.module.eval()
    device = torch.device("cpu")
    assert float(keep.distance(learner.module, device).detach()) == pytest.approx(0, abs=1e-4)
    school.teach(learner, 4, 1e-2)
    learner.module.eval()
    assert float(keep.distance(learner.module, device).detach()) > 1e-3
    assert learner.general(CANCEL)


def test_the_xray_shows_what_is_learned(school):
    learner = school.learner(build, "assistant")
    (shown,) = learner.xray(learner.batch([school.held_out[0].key], 0))
    assert shown.pixels.shape == (224, 224, 3)
    learned = "".join(one.text for one in shown.tokens if one.is_supervised)
    assert "br" in learned.lower()
    assert learned.endswith("<end>")
    assert [one.text for one in shown.tokens if not one.is_supervised] == ["<caption>"]
    parts = {one.name: one.trainable for one in learner.components()}
    assert parts["language"] > 0 == parts["projector"] == parts["words"]


def test_parts_that_are_not_there_and_other_weights_are_refused(school, tmp_path):
    with pytest.raises(NothingTrainable, match="language"):
        school.learner(build, "assistant", method={"targets": ["vision"]})
    folder = saved(school.learner(build, "assistant"), tmp_path / "adapter")
    other = school.learner(build, "assistant", method={"targets": ["projector"]})
    with pytest.raises(RunDamaged):
        other.load(folder)
