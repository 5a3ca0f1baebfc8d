"""Train the starter model from folders of captioned photos and write its ONNX files.

python -m vlm_desktop.training.starter --photos DIR [--photos DIR ...]
    --image-weights FILE.onnx --text-weights DIR --out models/starter

The assistant that answers over this encoder is trained by
python -m vlm_desktop.training.starter assistant --help
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from vlm_desktop.training.starter import export
from vlm_desktop.training.starter.assistant import command as assistant
from vlm_desktop.training.starter.corpus import LENGTH, Corpus, build_corpus
from vlm_desktop.training.starter.data import Photo, read_folders, split_for_tuning
from vlm_desktop.training.starter.fit import Towers, fit
from vlm_desktop.training.starter.image_tower import (
    Classifier,
    ImageConfig,
    ImageTower,
    load_classifier,
)
from vlm_desktop.training.starter.imprint import imprint
from vlm_desktop.training.starter.report import class_shares, measure, torch_encoders
from vlm_desktop.training.starter.sampler import FitConfig
from vlm_desktop.training.starter.text_tower import TextConfig, TextTower, load_encoder
from vlm_desktop.training.starter.texts import merge_names, read_label_names

log = logging.getLogger(__name__)


def read_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m vlm_desktop.training.starter",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--photos", type=Path, action="append", required=True, help="folder with tables")
    add("--image-weights", type=Path, required=True, help="MobileNetV2 classifier, ONNX")
    add("--text-weights", type=Path, required=True, help="folder of all-MiniLM-L6-v2")
    add(
        "--label-names",
        type=Path,
        help="class names, line 0 background "
        "(default: imagenet_labels.txt beside the image weights)",
    )
    add("--more-names", type=Path, help="another name per class, one a line")
    add("--teachers", type=int, default=0, help="models to train first and then copy")
    add("--teacher", type=Path, action="append", default=[], help="saved towers to copy")
    add("--tune", type=int, default=0, help="captioned photos taken out of training to tune on")
    add("--context-layers", type=int, default=0, help="transformer layers over the image cells")
    add("--set", action="append", default=[], metavar="NAME=VALUE", help="change a FitConfig value")
    add(
        "--teacher-set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="the same, for the teachers only",
    )
    add("--save", type=Path, help="also save the towers as safetensors")
    add("--out", type=Path, help="folder for the ONNX files")
    add("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    return parser.parse_args(arguments)


def _changed(config: FitConfig, changes: list[str]) -> FitConfig:
    kinds = {one.name: type(one.default) for one in fields(FitConfig)}
    for change in changes:
        name, _, value = change.partition("=")
        config = replace(config, **{name: kinds[name](value)})
    return config


def new_towers(
    config: FitConfig, classifier: Classifier, text_weights: Path, context_layers: int
) -> Towers:
    """Towers with the public weights below and fresh heads on top."""
    torch.manual_seed(config.seed)
    image = ImageTower(ImageConfig(context_layers=context_layers))
    image.backbone.load_state_dict(classifier.backbone.state_dict())
    text = TextTower(TextConfig())
    load_encoder(text_weights, text.encoder)
    return Towers(image, text, config)


def load_towers(path: Path) -> Towers:
    """Read towers saved by :func:`save_towers`."""
    state = {name: value.float() for name, value in load_file(path).items()}
    layers = len({name.split(".")[3] for name in state if name.startswith("image.head.context.")})
    towers = Towers(ImageTower(ImageConfig(context_layers=layers)), TextTower(TextConfig()))
    towers.load_state_dict(state)
    return towers.eval()


def save_towers(towers: Towers, path: Path) -> None:
    """Save both towers as float16 safetensors."""
    state = {
        name: value.detach().half().cpu().contiguous()
        for name, value in towers.state_dict().items()
    }
    save_file(state, path)


def _names(options: argparse.Namespace) -> list[list[str]]:
    file = options.label_names or options.image_weights.with_name("imagenet_labels.txt")
    names = read_label_names(file)
    if options.more_names:
        return merge_names(names, options.more_names.read_text(encoding="utf-8").splitlines())
    return names


def train(
    options: argparse.Namespace, photos: list[Photo], tokenizer: Tokenizer
) -> tuple[Towers, Corpus]:
    """Train the teachers asked for, then the student that copies them."""
    device = torch.device(options.device)
    config = _changed(FitConfig(), options.set)
    classifier = load_classifier(options.image_weights)
    chosen = [one for one in photos if one.split == "train"]
    corpus = build_corpus(chosen, tokenizer, _names(options), config.size, device)
    log.info(
        "%d photos, %s",
        len(chosen),
        {k: len(corpus.of_kind(k)) for k in ("caption", "statement", "label", "bare")},
    )
    frozen = load_classifier(options.image_weights).to(device)
    frozen = frozen.to(memory_format=torch.channels_last).requires_grad_(False)
    teachers = [load_towers(path).to(device).requires_grad_(False) for path in options.teacher]
    for index in range(options.teachers if not teachers else 0):
        own = replace(_changed(config, options.teacher_set), seed=config.seed + 100 + index)
        teacher = new_towers(own, classifier, options.text_weights, index % 2).to(device)
        teacher.image.to(memory_format=torch.channels_last)
        fit(corpus, teacher, own, classifier=frozen)
        teachers.append(teacher.eval().requires_grad_(False))
    towers = new_towers(config, classifier, options.text_weights, options.context_layers)
    towers = towers.to(device)
    towers.image.to(memory_format=torch.channels_last)
    fit(corpus, towers, config, classifier=frozen, teachers=teachers)
    return towers, corpus


def main(arguments: list[str] | None = None) -> int:
    """Run the whole recipe."""
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
    options = read_arguments(arguments)
    torch.backends.cuda.matmul.allow_tf32 = True
    torch.backends.cudnn.benchmark = False  # trying every algorithm takes a minute and a half
    photos = read_folders(options.photos)
    if options.tune:
        split_for_tuning(photos, options.tune)
    tokenizer = Tokenizer.from_file(str(options.text_weights / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    towers, corpus = train(options, photos, tokenizer)
    size = _changed(FitConfig(), options.set).size
    device = torch.device(options.device)
    image, text = torch_encoders(towers, tokenizer, device)
    classifier = load_classifier(options.image_weights).to(device)
    imprint(
        towers,
        corpus,
        [one for one in photos if one.split == "train"],
        tokenizer,
        _names(options),
        classifier,
    )
    given = class_shares(classifier, corpus.pixels).argmax(1).cpu().numpy()
    figures = measure(
        photos,
        image,
        text,
        _names(options),
        size,
        classifier,
        np.bincount(given, minlength=len(_names(options))),
    )
    log.info("%s", json.dumps(figures))
    if options.save:
        save_towers(towers, options.save)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        export.export_image(towers, options.out / "image.onnx", size)
        export.export_text(towers, options.out / "text.onnx")
        export.export_tokenizer(
            options.text_weights / "tokenizer.json", options.out / "tokenizer.json"
        )
        export.write_description(options.out, towers, size, LENGTH)
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["assistant"]:
        raise SystemExit(assistant.main(sys.argv[2:]))
    raise SystemExit(main())
