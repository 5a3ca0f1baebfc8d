"""The card of a run: what was taught on what, how, where, and with which figures.

card.json is for programs, card.md for people, reproduce.py does it again.
"""

import datetime
import hashlib
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil
import torch

from vlm_desktop.base.training import Example, RunState, Split
from vlm_desktop.training.learners.protocol import Learner
from vlm_desktop.training.runfolder import RunFolder, write_whole
from vlm_desktop.training.spec import Recipe
from vlm_desktop.training.standing import Standing

PACKAGES = ("vlm-desktop", "torch", "transformers", "peft", "accelerate", "safetensors", "numpy")
_CHUNK = 1024 * 1024

SCRIPT = '''"""Trains again what this folder says: the same recipe on the same frozen examples.

    python reproduce.py [HOME]

HOME is the program's home folder, where the base model lies; without it the usual one. Ctrl+C
pauses the new run. At the end its weights are compared with those this folder's card names.
"""

import sys
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.training import StateChanged, StepDone, Validated
from vlm_desktop.compose import build_services


def main() -> None:
    home = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    services = build_services(home)
    try:
        runs = services.training.runs
        again = runs.start_again(Path(__file__).resolve().parent)
        print(f"The run is called {again.id}.")
        for event in runs.follow(again.id, CancelToken()):
            if isinstance(event, StepDone | Validated | StateChanged):
                print(event)
        same = runs.same_weights(Path(__file__).resolve().parent, again.id)
        print("The weights are the same, bit for bit." if same else "The weights differ.")
    except KeyboardInterrupt:
        runs.pause(again.id)
        print(f"Paused. Go on with: vlm-desktop train --resume {again.id}")
    finally:
        services.close()


if __name__ == "__main__":
    main()
'''


def write_card(
    run: RunFolder,
    recipe: Recipe,
    learner: Learner,
    examples: Sequence[Example],
    standing: Standing,
    device: str,
    state: RunState,
) -> None:
    """Write card.json, card.md and reproduce.py into the run's folder."""
    plain = asdict(recipe)
    del plain["folder"]
    card = {
        "run": run.root.name,
        "state": state.value,
        "ended": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "seconds": round(standing.seconds, 1),
        "steps": standing.step,
        "supervised_tokens": standing.tokens,
        "base": asdict(learner.base()) | {"kind": recipe.model.kind},
        "data": _data_facts(run, examples),
        "components": [asdict(one) for one in learner.components()],
        "metrics": {"base": standing.base, "best": standing.best, "last": standing.last},
        "best_step": standing.best_step,
        "adjusted": standing.rungs,
        "batch": [standing.batch, standing.accumulation, standing.processes],
        "weights": weights_facts(run.best),
        "machine": machine_facts(device, standing.peak_bytes),
        "versions": versions(),
        "recipe": plain,
    }
    write_whole(run.card, json.dumps(card, indent=2, ensure_ascii=False) + "\n")
    write_whole(run.card_text, card_text(card))
    write_whole(run.script, SCRIPT)


def _data_facts(run: RunFolder, examples: Sequence[Example]) -> dict[str, Any]:
    return {
        "sha256": _sha256(run.data),
        "examples": len(examples),
        "train": sum(one.split is Split.TRAIN for one in examples),
        "validation": sum(one.split is Split.VALIDATION for one in examples),
        "pictures": len({one.image for one in examples}),
    }


def weights_facts(folder: Path) -> list[dict[str, Any]]:
    """Name, size and SHA-256 of each file of trained weights."""
    return [
        {
            "file": path.relative_to(folder).as_posix(),
            "bytes": path.stat().st_size,
            "sha256": _sha256(path),
        }
        for path in sorted(folder.rglob("*.safetensors"))
    ]


def machine_facts(device: str, peak_bytes: int) -> dict[str, Any]:
    """Where it ran."""
    is_gpu = device.startswith("cuda")
    return {
        "system": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "memory_bytes": psutil.virtual_memory().total,
        "device": device,
        "gpu": torch.cuda.get_device_name() if is_gpu else None,
        "peak_bytes": peak_bytes,
        "python": platform.python_version(),
    }


def versions() -> dict[str, str]:
    """Versions of what had a say in the numbers."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def card_text(card: dict[str, Any]) -> str:
    """The card for people, as Markdown."""
    base, data, machine = card["base"], card["data"], card["machine"]
    trained = sum(one["trainable"] for one in card["components"])
    lines = [
        f"# Run {card['run']}",
        "",
        f"{base['id']} (revision {base['revision'] or 'not known'}, licence "
        f"{base['licence'] or 'not known'}) was taught as {base['kind']} on {data['train']:,} "
        f"examples, with {data['validation']:,} held out. The data has the hash "
        f"`{data['sha256']}`.",
        "",
        f"{card['steps']:,} steps in {card['seconds']:,.0f} seconds on {machine['device']} "
        f"({machine['gpu'] or machine['processor']}, {machine['cores']} cores), at most "
        f"{machine['peak_bytes'] / 1e6:,.0f} MB. {trained:,} numbers were trained. State: "
        f"{card['state']}.",
        "",
        "| | step | metric | score (95 %) | blind | general | loss |",
        "|---|---|---|---|---|---|---|",
        *(_metric_row(name, one) for name, one in card["metrics"].items() if one),
        "",
        "Weights:",
        "",
        *(
            f"- `{one['file']}`, {one['bytes']:,} bytes, `{one['sha256']}`"
            for one in card["weights"]
        ),
        "",
        "Versions: " + ", ".join(f"{name} {one}" for name, one in card["versions"].items()) + ".",
        "",
        "`reproduce.py` trains it again; `recipe.toml` and `data.jsonl` are what it goes by.",
    ]
    if card["adjusted"]:
        lines += ["", f"Memory ran out; made smaller: {', '.join(card['adjusted'])}."]
    return "\n".join(lines) + "\n"


def _metric_row(name: str, found: dict[str, Any]) -> str:
    def cell(interval: list[float] | None, *, whole: bool = False) -> str:
        if interval is None:
            return ""
        value, low, high = interval
        return f"{value:.3f} ({low:.3f} to {high:.3f})" if whole else f"{value:.3f}"

    return (
        f"| {name} | {found['step']} | {found['metric']} | {cell(found['score'], whole=True)} | "
        f"{cell(found['blind'])} | {cell(found['general'])} | {found['loss']:.3f} |"
    )


def _sha256(path: Path) -> str:
    hashed = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            hashed.update(chunk)
    return hashed.hexdigest()
