"""Adapters for the shelf whose weights nobody taught, made without PyTorch, and comparisons."""

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from tests.flow.adapters.conftest import write_weights
from vlm_desktop.backends.adapters.folder import AdapterCard
from vlm_desktop.backends.adapters.opening import base_revision
from vlm_desktop.base.adapters import AdapterInfo, ModelsCompared
from vlm_desktop.base.events import Phase, Progress
from vlm_desktop.base.paths import bundled
from vlm_desktop.base.training import Example, Exchange, Split
from vlm_desktop.engine.train.adapternames import slug, write_card
from vlm_desktop.engine.train.comparing import compared
from vlm_desktop.training.learners.protocol import ItemScore
from vlm_desktop.training.spec import recipe_of, recipe_text

STARTER = bundled("models") / "starter"
FIGURES = {
    "base": 0.31, "base low": 0.27, "base high": 0.35, "base general": 0.52,
    "best": 0.62, "best low": 0.55, "best high": 0.69, "best blind": 0.24, "best general": 0.51,
}  # fmt: skip


def make_adapter(
    home: Path,
    name: str,
    kind: str = "assistant",
    *,
    seed: int = 0,
    base: str = "starter",
    figures: bool = True,
    **said: Any,
) -> str:
    """Put an adapter onto the shelf of a home folder; its id."""
    folder = home / "adapters" / "new"
    digest = write_weights(folder, seed)
    recipe = recipe_of({"model": {"id": base, "kind": kind}}, folder)
    weights = folder / "adapter.safetensors"
    known: dict[str, Any] = {
        "base_revision": base_revision(STARTER, kind), "data": "d" * 64, "licence": "MIT",
        "metric": "CIDEr" if kind == "assistant" else "recall@5", "run": "20261120-starter-0a1b",
        "metrics": FIGURES if figures else {}, "recipe": recipe_text(recipe),
        "made": "2026-11-20T12:00:00+00:00", "bytes": weights.stat().st_size, "sha256": digest,
    }  # fmt: skip
    adapter_id = f"{slug(name)}-{digest[:8]}"
    card = AdapterCard(
        **{"id": adapter_id, "name": name, "kind": kind, "base": base, **known, **said}
    )
    write_card(folder, card)
    folder.rename(folder.with_name(adapter_id))
    return adapter_id


def columns(
    recipe: Any,
    examples: Sequence[Example],
    home: Path,
    general: Path | None,
    weights: Sequence[Path],
    cancel: Any,
    others: Sequence[Any] = (),
) -> Generator[Progress, None, tuple[str, tuple[tuple[ItemScore, ...], ...]]]:
    """Answers for a comparison without a network: the adapter is better on most."""
    del recipe, home, general, cancel
    yield Progress(Phase.EVALUATE, 0, 1)
    found = [answers(examples, at) for at in range(1 + len(weights) + len(others))]
    return "CIDEr", tuple(found)


def answers(examples: Sequence[Example], column: int) -> tuple[ItemScore, ...]:
    """The base's for column 0."""
    said = []
    for at, one in enumerate(examples):
        base = "a picture of something in a shop"
        better, worse = at % 4 in (0, 1), at % 4 == 2
        tuned = one.turns[-1].answer if better else "a picture of nothing" if worse else base
        score = 0.3 + (0.1 * (at + 1) if better else -0.2 if worse else 0.0)
        said.append(ItemScore(one.key, tuned if column else base, score if column else 0.3, 1.0))
    return tuple(said)


def examples(paths: Sequence[Path], count: int) -> tuple[Example, ...]:
    """Held-out examples, over the same pictures again and again."""
    return tuple(
        Example(
            f"key{at}", str(paths[at % len(paths)]),
            (Exchange("", f"a package of {paths[at % len(paths)].stem} tea in a grocery store"),),
            split=Split.VALIDATION,
        )
        for at in range(count)
    )  # fmt: skip


def comparison(info: AdapterInfo, paths: Sequence[Path], count: int = 12) -> ModelsCompared:
    """As the engine would give it back."""
    asked = examples(paths, count)
    said = [answers(asked, at) for at in range(3)]
    return compared("CIDEr", asked, ("base", info.name, "step 40"), said)
