"""The starter's encoder learns names; merged into graphs it gives the same vectors."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("peft")

from PIL import Image  # noqa: E402

from vlm_desktop.backends.adapters.folder import Worn  # noqa: E402
from vlm_desktop.backends.adapters.names import NamedEncoder  # noqa: E402
from vlm_desktop.backends.adapters.pairs import merge_pair, worn_folder  # noqa: E402
from vlm_desktop.backends.encoders.onnx_dual import OnnxDualEncoder  # noqa: E402
from vlm_desktop.base.cancel import CancelToken  # noqa: E402
from vlm_desktop.base.errors import BadInputFile  # noqa: E402
from vlm_desktop.base.paths import bundled  # noqa: E402
from vlm_desktop.base.trainerrors import RecipeWrong  # noqa: E402
from vlm_desktop.training.learners import encoder, probe, prompts  # noqa: E402
from vlm_desktop.training.learners.contrast import (  # noqa: E402
    Contrast,
    distinct,
    hardest,
    infonce,
    ranks,
    sigmoid,
)

pytestmark = pytest.mark.model

STARTER = bundled("models") / "starter"
CANCEL = CancelToken()
TEXTS = ["brumaline", "a dog runs on the grass", "a photo of a red car in front of a house"]


def exactly(folder, tokens) -> np.ndarray:
    """Unit rows of a text graph as it is written: ONNX Runtime's own optimiser calculates with
    eight bits."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    graph = onnxruntime.InferenceSession(
        str(folder / "text.onnx"), options, providers=["CPUExecutionProvider"]
    )
    ids, mask = (one.numpy() for one in tokens)
    rows = graph.run(None, {"input_ids": ids, "attention_mask": mask})[0]
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def saved(learner, folder):
    folder.mkdir()
    learner.save(folder)
    return folder


def cosines(one, other) -> np.ndarray:
    return (np.asarray(one) * np.asarray(other)).sum(axis=1)


@pytest.mark.parametrize(
    ("targets", "loss"),
    [
        (["text", "text-head"], {"kind": "infonce", "hard_negatives": 1}),
        (["text-head", "image-head"], {"kind": "sigmoid"}),
    ],
)
def test_it_learns_and_its_graphs_agree(school, tmp_path, photos, targets, loss):
    method = {"targets": targets, "rank": 4}
    learner = school.learner(encoder.build, "encoder", method=method, loss=loss)
    tokens = learner._pictures.tokens(TEXTS)
    learner.module.eval()
    with torch.no_grad():
        assert np.allclose(learner.module.read(*tokens), exactly(STARTER, tokens), atol=1e-5)
    losses = school.teach(learner, 8, 3e-3)
    assert losses[-1] < losses[0] / 2
    folder = saved(learner, tmp_path / "adapter")

    merged = merge_pair(STARTER, "starter+names@1", [Worn(folder)], tmp_path / "merged")
    assert merged.worst < 0.02
    learner.module.eval()
    pixels = [np.asarray(Image.open(one)) for one in photos.values()]
    graphs = OnnxDualEncoder(merged.folder, provider="cpu", threads=1)
    assert graphs.spec.model_id == "starter+names@1"
    with torch.no_grad():
        assert cosines(learner.module.read(*tokens), exactly(merged.folder, tokens)).min() > 0.999
        seen = learner.module.see(learner._pictures.cells([str(one) for one in photos.values()]))
    assert cosines(seen, graphs.encode_images(pixels)).min() > 0.9999
    plain = OnnxDualEncoder(STARTER, provider="cpu", threads=1)
    moved = cosines(plain.encode_images(pixels), graphs.encode_images(pixels)).min()
    assert (moved < 0.9999) == ("image-head" in targets)
    graphs.close()
    plain.close()


def test_saved_is_loaded_bit_for_bit_and_the_cache_is_by_strength(school, tmp_path):
    learner = school.learner(encoder.build, "encoder", method={"rank": 2})
    school.teach(learner, 2)
    folder = saved(learner, tmp_path / "adapter")
    again = school.learner(encoder.build, "encoder", method={"rank": 2})
    again.load(folder)
    assert again.evaluate(school.held_out, CANCEL) == learner.evaluate(school.held_out, CANCEL)
    assert torch.equal(again.module.log_scale, learner.module.log_scale)

    cache = tmp_path / "adapted"
    made = [
        worn_folder(STARTER, f"starter+a@{strength}", [Worn(folder, strength)], cache)
        for strength in (0.5, 1.0, 0.5)
    ]
    assert made[0] == made[2] != made[1]
    none = worn_folder(STARTER, "starter+a@0", [Worn(folder, 0.0)], cache)
    tokens = learner._pictures.tokens(TEXTS)
    assert cosines(exactly(none, tokens), exactly(STARTER, tokens)).min() > 0.9999
    (folder / "adapter_config.json").write_text("{}")
    with pytest.raises(BadInputFile):
        merge_pair(STARTER, "broken", [Worn(folder)], tmp_path / "broken")


def test_what_is_held_moves_less(school):
    near = {}
    for keep in (0.0, 8.0):
        learner = school.learner(
            encoder.build, "encoder", guard={"keep": keep}, method={"targets": ["text-head"]}
        )
        school.teach(learner, 20, 1e-3)
        learner.module.eval()
        held = learner._held
        with torch.no_grad():
            rows = learner.module.read(*learner._pictures.tokens(held.texts[:200:10]))
        near[keep] = cosines(rows, held.text_rows[:200:10]).mean()
    assert 1 - near[8.0] < (1 - near[0.0]) / 2


@pytest.mark.parametrize(
    ("build", "kind", "rate"),
    [(probe.build, "probe", 0.05), (prompts.build, "prompts", 0.01)],
)
def test_names_are_taught_on_frozen_vectors(school, tmp_path, build, kind, rate):
    learner = school.learner(build, kind)
    before = {name: one.clone() for name, one in learner.module.state_dict().items()}
    losses = school.teach(learner, 8, rate)
    assert losses[-1] < losses[0]
    shapes = learner.shapes(learner.batch([one.key for one in school.examples[:2]], 0))
    assert bool(shapes) == (kind == "prompts"), "directions run through no tower"
    for name, one in learner.module.state_dict().items():
        if name not in ("directions", "context", "log_scale", "offset"):
            assert torch.equal(one, before[name])
    trainable = {one.name: one.trainable for one in learner.components()}
    assert trainable["text"] == 0 < trainable[learner.PART]
    folder = saved(learner, tmp_path / "adapter")
    again = school.learner(build, kind)
    again.load(folder)
    assert again.evaluate(school.held_out, CANCEL) == learner.evaluate(school.held_out, CANCEL)

    plain = OnnxDualEncoder(STARTER, provider="cpu", threads=1)
    named = NamedEncoder(plain, [Worn(folder)])
    rows = named.encode_texts(["Brumaline ", "a dog"])
    own = plain.encode_texts(["Brumaline ", "a dog"])
    learner.module.eval()
    assert np.allclose(rows[0], learner._read(["brumaline"], CANCEL)[0], atol=1e-5)
    assert np.array_equal(rows[1], own[1])
    assert named.spec == plain.spec
    none = NamedEncoder(plain, [Worn(folder, 0.0)]).encode_texts(["brumaline"])
    assert np.allclose(none[0], own[0], atol=1e-3)
    named.close()


def test_a_metric_that_is_none_is_refused(school):
    with pytest.raises(RecipeWrong, match="recall@5"):
        school.learner(encoder.build, "encoder", run={"metric": "cider"})


@pytest.mark.parametrize(
    ("part", "key"), [("method", "quantised"), ("method", "image_tokens"), ("run", "checkpointing")]
)
def test_what_means_nothing_to_it_is_refused(school, part, key):
    with pytest.raises(RecipeWrong, match=key):
        school.learner(encoder.build, "encoder", **{part: {key: True}})


# --- the contrast alone ------------------------------------------------------------------


def rows(*angles: float) -> torch.Tensor:
    return torch.tensor([[np.cos(one), np.sin(one)] for one in angles], dtype=torch.float32)


def contrast(images: torch.Tensor) -> Contrast:
    once, positive = distinct(["a", "b", "a"])
    assert once == ["a", "b"]
    return Contrast(images, rows(0.0, 1.5), positive, rows(3.0), rows(-1.5, 2.5))


@pytest.mark.parametrize("loss", [infonce, lambda c, s: sigmoid(c, s, torch.tensor(-5.0))])
def test_right_pairs_cost_less(loss):
    scale = torch.tensor(10.0)
    right, wrong = contrast(rows(0.0, 1.5, 0.1)), contrast(rows(1.5, 0.0, 1.4))
    assert float(loss(right, scale)) < 0.2 * float(loss(wrong, scale))


def test_another_picture_of_a_text_is_not_wrong():
    alone = contrast(rows(0.0, 1.5, 3.1))
    near = contrast(rows(0.0, 1.5, 0.0))
    scale = torch.tensor(10.0)
    assert float(infonce(near, scale)) < float(infonce(alone, scale))
    same = torch.tensor([[True, False, True], [False, True, False], [True, False, True]])
    assert hardest(rows(0.0, 1.5, 0.0), rows(0.0, 1.5, 0.0), same, 2).tolist() == [
        [1, -1],
        [0, 2],
        [1, -1],
    ]


def test_a_tie_is_lost():
    images = rows(0.0, 0.0, 1.0)
    ignored = torch.zeros(1, 3, dtype=torch.bool)
    assert ranks(rows(0.0), images, torch.tensor([0]), ignored).tolist() == [1]
    ignored[0, 1] = True
    assert ranks(rows(0.0), images, torch.tensor([0]), ignored).tolist() == [0]
