"""Train the starter assistant and write it into the encoder's folder.

Three stages: cross entropy (fit), self-critical captions (critic), then the classifier that its
short answers are chosen with.

python -m vlm_desktop.training.starter assistant --data DIR [--data DIR ...]
    --work DIR --out models/starter

Two processes share the work when started as `torchrun --nproc-per-node 2 -m ...`.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import sys
import time
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import distributed as dist

from vlm_desktop.backends.chat.starter_folder import TOKENIZER, unpacked
from vlm_desktop.backends.chat.starter_network import StarterConfig, StarterNetwork
from vlm_desktop.training.starter.assistant.batches import Recipe, TextPool, Words
from vlm_desktop.training.starter.assistant.choose import ChooseConfig, Chooser
from vlm_desktop.training.starter.assistant.corpus import (
    Picture,
    all_texts,
    read_pictures,
    train_tokenizer,
)
from vlm_desktop.training.starter.assistant.critic import Critic, CriticConfig
from vlm_desktop.training.starter.assistant.export import Choice, expose_cells, write_assistant
from vlm_desktop.training.starter.assistant.features import Features, build_features
from vlm_desktop.training.starter.assistant.fit import FitConfig, Fitter
from vlm_desktop.training.starter.assistant.report import measure
from vlm_desktop.training.starter.assistant.vectors import borrow_words, question_senses

if TYPE_CHECKING:
    from collections.abc import Sequence

log = logging.getLogger(__name__)

Config = TypeVar("Config", FitConfig, CriticConfig, ChooseConfig, Recipe, StarterConfig)
SHAPE = StarterConfig(4000, width=256, layers=4, heads=4, positions=40, sense=1)
ENCODER_FILES = ("image.onnx", "text.onnx", "tokenizer.json", "model.toml")


@dataclass
class Material:
    """What both stages read, and this process's part of the photos."""

    pictures: list[Picture]
    features: Features
    words: Words
    senses: torch.Tensor
    captioned: list[int]
    asked: list[int]

    def captions(self) -> dict[int, list[str]]:
        """Human captions of this process's photos, for the judge of stage two."""
        return {
            photo: self.pictures[photo].captions
            for photo in self.captioned
            if len(self.pictures[photo].captions) > 1
        }


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m vlm_desktop.training.starter assistant",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--data", type=Path, action="append", required=True, help="folder with tables")
    add("--encoder", type=Path, default=Path("models/starter"), help="folder of the encoder")
    add("--work", type=Path, required=True, help="folder for features and checkpoints")
    add("--out", type=Path, required=True, help="folder for the assistant")
    add("--views", type=int, default=5, help="looks at every photo")
    add("--threads", type=int, default=0, help="of PyTorch in each process")
    add("--resume", type=Path, help="begin with these weights")
    add("--skip-fit", action="store_true", help="begin with the self-critical stage")
    add("--skip-critic", action="store_true", help="leave the self-critical stage out")
    for name in ("shape", "fit", "critic", "choose", "recipe"):
        add(f"--{name}", action="append", default=[], metavar="NAME=VALUE", help="change a value")
    add("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    return parser.parse_args(arguments)


def changed(config: Config, changes: Sequence[str]) -> Config:
    """`config` with values from the command line."""
    kinds = {one.name: type(getattr(config, one.name)) for one in fields(config)}
    values: dict[str, Any] = {}
    for change in changes:
        name, _, value = change.partition("=")
        values[name] = kinds[name](value)
    return replace(config, **values)


def prepare_out(encoder: Path, out: Path) -> None:
    """The encoder's files in `out`, its image tower telling its cells."""
    out.mkdir(parents=True, exist_ok=True)
    for name in ENCODER_FILES:
        if (encoder / name).resolve() != (out / name).resolve():
            shutil.copyfile(encoder / name, out / name)
    expose_cells(out / "image.onnx")


def gather(options: argparse.Namespace, rank: int, processes: int) -> Material:
    """Read pictures, look at them, and learn the tokenizer."""
    pictures = read_pictures(options.data)
    paths = [one.path for one in pictures]
    features = build_features(paths, options.out / "image.onnx", options.work, views=options.views)
    shape = changed(SHAPE, options.shape)
    kept = options.resume.with_name(TOKENIZER) if options.resume else None
    if kept is not None and kept.is_file():
        tokenizer = Tokenizer.from_file(str(kept))
    else:
        tokenizer = train_tokenizer(all_texts(pictures), shape.vocabulary)
    rows, senses = question_senses(pictures, options.out)
    train = [index for index, one in enumerate(pictures) if one.split == "train"]
    captioned = [index for index in train if pictures[index].captions]
    asked = [index for index in train if not pictures[index].captions]
    parts = [one[rank::processes][: len(one) // processes] for one in (captioned, asked)]
    log.info("%d captioned photos, %d with questions", len(captioned), len(asked))
    return Material(pictures, features, Words(tokenizer, shape.positions, rows), senses, *parts)


def new_network(
    options: argparse.Namespace, tokenizer: Tokenizer, features: Features
) -> StarterNetwork:
    """A fresh network with borrowed words, or the one to go on with."""
    shape = replace(
        changed(SHAPE, options.shape),
        vocabulary=tokenizer.get_vocab_size(),
        cells=features.cells.shape[2],
        features=features.cells.shape[3],
        embedding=features.whole.shape[2],
    )
    network = StarterNetwork(shape)
    if options.resume:
        state = load_file(options.resume)
        network.load_state_dict(unpacked(state))
    else:
        log.info("%d words borrowed", borrow_words(network.words, tokenizer, options.out))
    return network


def train(options: argparse.Namespace, material: Material, rank: int) -> StarterNetwork:
    """Both stages; the running average of the weights."""
    device = torch.device(options.device)
    torch.manual_seed(1)
    network = new_network(options, material.words.tokenizer, material.features).to(device)
    torch.manual_seed(1 + rank)
    pool = TextPool(material.pictures, material.words, changed(Recipe(), options.recipe))
    config = changed(FitConfig(), options.fit)
    config = replace(config, seed=config.seed + rank)
    fitter = Fitter(
        network,
        material.features,
        pool,
        material.captioned,
        material.asked,
        config,
        device,
        material.senses,
    )

    def save(name: str, network: StarterNetwork) -> None:
        if rank == 0:
            save_file(dict(network.state_dict()), options.work / f"{name}.safetensors")

    if not options.skip_fit:
        fitter.run(lambda _: save("fit", fitter.average))
    if material.captioned and not options.skip_critic:
        network.load_state_dict(fitter.average.state_dict())
        settings = changed(CriticConfig(), options.critic)
        settings = replace(settings, seed=settings.seed + rank)
        critic = Critic(fitter, material.words, material.captions(), settings)
        critic.run(100, lambda _: save("critic", fitter.average))
    return fitter.average


def choose(options: argparse.Namespace, material: Material) -> Choice | None:
    """The classifier of short answers; None where nobody asked anything."""
    if not any(one.split == "train" and one.asked for one in material.pictures):
        return None
    config = changed(ChooseConfig(), options.choose)
    chooser = Chooser(
        material.pictures,
        material.features,
        material.words,
        material.senses,
        options.out,
        config,
        torch.device(options.device),
    )
    return Choice(chooser.run(), chooser.answers, config.share)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the whole recipe."""
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
    options = read_arguments(arguments)
    rank, processes = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    if options.threads:
        torch.set_num_threads(options.threads)
    if processes > 1:
        dist.init_process_group("gloo")
    started = time.monotonic()
    if rank == 0:
        prepare_out(options.encoder, options.out)
        material = gather(options, rank, processes)
    if processes > 1:
        dist.barrier()
    if rank:
        material = gather(options, rank, processes)
    network = train(options, material, rank)
    if rank == 0:
        choice = choose(options, material)
        write_assistant(network, material.words.tokenizer, options.out, choice)
        log.info("trained in %.0f s", time.monotonic() - started)
        figures = measure(
            network, material.words, material.features, material.pictures, material.senses, choice
        )
        (options.work / "figures.json").write_text(json.dumps(figures, indent=2), encoding="utf-8")
        log.info("%s", json.dumps(figures))
    return 0
