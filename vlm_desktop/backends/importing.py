"""Taking a folder of model files into the home folder: recognise, refuse, copy, lock."""

import errno
import json
import math
import os
import shutil
import struct
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vlm_desktop.backends.chat.families import FAMILIES as CHAT_FAMILIES
from vlm_desktop.backends.encoders.recipe import MODEL_FILE, SUBFOLDERS, read_pair
from vlm_desktop.backends.grounding.families import OWN_TYPES, PHRASE_FAMILIES
from vlm_desktop.backends.segmentation.families import FAMILIES as MASK_FAMILIES
from vlm_desktop.backends.shelf import (
    INSTALLED,
    MASK_MODEL,
    PHRASE_MODEL,
    TASK_DOCUMENT,
    TASK_EMBEDDING,
    TASK_GROUNDING,
    TASK_SEGMENTATION,
    WORD_READER,
    ModelCard,
    is_model_id,
    model_id_from,
    pair_card,
    sha256_of,
    write_lock,
)
from vlm_desktop.base.errors import (
    AppError,
    DiskFull,
    FolderNotFound,
    FolderUnreadable,
    HomeNotWritable,
    ImportRefused,
    ModelBroken,
)

TRANSFORMERS_TYPES = (
    "clip", "siglip", "siglip2", "align", "altclip", "chinese_clip", "metaclip_2",
)  # fmt: skip
"""`model_type` of config.json that the family "transformers-dual" runs."""
WORD_READER_TYPES = ("layoutlmv3",)
_ONE_TASK = {
    **dict.fromkeys(WORD_READER_TYPES, (TASK_DOCUMENT, WORD_READER)),
    **dict.fromkeys(OWN_TYPES, (TASK_GROUNDING, PHRASE_MODEL)),
    **dict.fromkeys(MASK_FAMILIES, (TASK_SEGMENTATION, MASK_MODEL)),
}
"""`model_type`s that do one thing: which, and the family that runs them."""

PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".msgpack", ".h5")
_NOT_WEIGHTS = {"training_args.bin", "optimizer.bin", "scheduler.bin", "optimizer.pt"}
_TEXT_FILES = (".json", ".txt", ".md", ".toml", ".jinja")
_MORE_FILES = {"spiece.model", "sentencepiece.bpe.model", "tokenizer.model", "LICENSE", "NOTICE"}
_MAY_NAME_CODE = {
    "config.json", "tokenizer_config.json", "preprocessor_config.json", "processor_config.json",
    "video_preprocessor_config.json", "open_clip_config.json",
}  # fmt: skip
_ROOM = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a folder is: a card (without a path yet) and the files worth copying."""

    card: ModelCard
    files: tuple[str, ...]


def recognise(folder: Path, model_id: str = "") -> Recognised:
    """Look at a folder without loading it. Raises `ImportRefused` with a reason."""
    names = _file_names(folder)
    chosen = model_id or model_id_from(folder.resolve().name)
    if MODEL_FILE in names:
        return _recognise_pair(folder, names, model_id)
    if not is_model_id(chosen):
        raise ImportRefused(path=folder, detail=f"{chosen or folder.name!r} cannot be a model id")
    if "open_clip_config.json" in names:
        card = _open_clip_card(folder, chosen)
    elif "config.json" in names:
        card = _transformers_card(folder, chosen)
    else:
        detail = "it has no model.toml, config.json or open_clip_config.json"
        raise ImportRefused(path=folder, detail=detail)
    weights = _safetensors(folder, names)
    _check_shards(folder, names)
    keep = tuple(
        name
        for name in sorted(names)
        if name in weights or name in _MORE_FILES or Path(name).suffix in _TEXT_FILES
    )
    parameters = sum(count_parameters(folder / name) for name in weights)
    return Recognised(replace(card, parameters=parameters, licence=_licence(folder)), keep)


def copy_in(found: Recognised, folder: Path, home_models: Path) -> ModelCard:
    """Copy into `home_models`/<id> with a lock file. A reader sees the whole folder or none.

    Raises `ImportRefused` when the id is taken, `DiskFull`, `HomeNotWritable`,
    `FolderUnreadable`.
    """
    target = home_models / found.card.id
    if target.exists():
        raise ImportRefused(path=folder, detail=f"{found.card.id} is already installed")
    staging: Path | None = None
    try:
        home_models.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(dir=home_models, prefix=".incoming-"))
        hashes = {}
        for name in found.files:
            (staging / name).parent.mkdir(exist_ok=True)
            _copy_file(folder / name, staging / name)
            hashes[name] = sha256_of(staging / name)
        write_lock(staging, found.card, hashes)
        staging.chmod(0o755)
        staging.rename(target)
    except OSError as error:
        raise home_error(error, home_models) from error
    finally:
        if staging is not None and staging.exists():
            shutil.rmtree(staging, ignore_errors=True)
    return _installed(found, target)


def move_in(
    found: Recognised, folder: Path, home_models: Path, hashes: dict[str, str]
) -> ModelCard:
    """Make a folder within `home_models` the model it was recognised as; nothing is copied.

    Files that the model does not need are deleted; `hashes` are the SHA-256 of the others.
    Raises `ImportRefused` when the id is taken, `DiskFull`, `HomeNotWritable`.
    """
    target = home_models / found.card.id
    if target.exists():
        raise ImportRefused(path=target, detail=f"{found.card.id} is already installed")
    try:
        for name in _names_within(folder) - set(found.files):
            (folder / name).unlink()
        write_lock(folder, found.card, {name: hashes[name] for name in found.files})
        folder.rename(target)
    except OSError as error:
        raise home_error(error, home_models) from error
    return _installed(found, target)


def _installed(found: Recognised, target: Path) -> ModelCard:
    size = sum((target / name).stat().st_size for name in found.files)
    return replace(found.card, path=target, size_bytes=size, state=INSTALLED)


def _copy_file(source: Path, target: Path) -> None:
    """Follows links (the hub's cache is made of them) and copies contents only."""
    try:
        reading = source.open("rb")
    except OSError as error:
        raise FolderUnreadable(path=source, detail=error.strerror or str(error)) from error
    with reading, target.open("wb") as writing:
        shutil.copyfileobj(reading, writing, 1 << 20)
        writing.flush()
        os.fsync(writing.fileno())


def home_error(error: OSError, home: Path) -> AppError:
    """What an error while writing into the home folder means."""
    if error.errno in _ROOM:
        return DiskFull(path=home)
    return HomeNotWritable(path=home, detail=error.strerror or str(error))


def _file_names(folder: Path) -> set[str]:
    if not folder.is_dir():
        raise FolderNotFound(path=folder)
    try:
        names = _names_within(folder)
    except OSError as error:
        raise FolderUnreadable(path=folder, detail=error.strerror or str(error)) from error
    for name in (one for one in names if Path(one).name in _MAY_NAME_CODE):
        if _mentions_code(_json(folder, name)):
            detail = f"{name} asks for Python code of its own (auto_map), which is never run"
            raise ImportRefused(path=folder, detail=detail)
    return names


def _names_within(folder: Path) -> set[str]:
    """Its files, and those of folders that belong to a model. Raises OSError."""
    names = {path.name for path in folder.iterdir() if path.is_file()}
    for inner in (folder / name for name in SUBFOLDERS if (folder / name).is_dir()):
        names |= {f"{inner.name}/{path.name}" for path in inner.iterdir() if path.is_file()}
    return names


def _mentions_code(value: Any) -> bool:
    if isinstance(value, dict):
        return "auto_map" in value or any(_mentions_code(one) for one in value.values())
    return isinstance(value, list) and any(_mentions_code(one) for one in value)


def _json(folder: Path, name: str) -> dict[str, Any]:
    try:
        content = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ImportRefused(path=folder, detail=f"{name} does not read ({error})") from error
    if not isinstance(content, dict):
        raise ImportRefused(path=folder, detail=f"{name} is not a table")
    return content


def _safetensors(folder: Path, names: set[str]) -> set[str]:
    weights = {name for name in names if name.endswith(".safetensors")}
    if weights:
        return weights
    pickles = sorted(n for n in names - _NOT_WEIGHTS if Path(n).suffix.lower() in PICKLES)
    if pickles:
        detail = f"its weights ({pickles[0]}) are not safetensors, and pickles can run code"
        raise ImportRefused(path=folder, detail=detail)
    raise ImportRefused(path=folder, detail="it has no safetensors file")


def _check_shards(folder: Path, names: set[str]) -> None:
    """Every file that an index of shards names is there."""
    for index in sorted(name for name in names if name.endswith(".safetensors.index.json")):
        places = _json(folder, index).get("weight_map")
        if not isinstance(places, dict):
            raise ImportRefused(path=folder, detail=f"{index} has no weight_map")
        missing = sorted(set(map(str, places.values())) - names)
        if missing:
            detail = f"{missing[0]} is missing, a part of the weights"
            raise ImportRefused(path=folder, detail=detail)


def _recognise_pair(folder: Path, names: set[str], model_id: str) -> Recognised:
    try:
        recipe = read_pair(folder)
    except ModelBroken as error:
        raise ImportRefused(path=folder, detail=str(error.fields["detail"])) from error
    chosen = model_id or recipe.id
    if not is_model_id(chosen):
        raise ImportRefused(path=folder, detail=f"{chosen!r} cannot be a model id")
    if recipe.family != "onnx-dual":
        raise ImportRefused(path=folder, detail=f"the family {recipe.family!r} is not known")
    needed = {recipe.image_file, recipe.text_file, recipe.text.tokenizer, *recipe.sha256}
    missing = sorted(needed - names)
    if missing:
        raise ImportRefused(path=folder, detail=f"{missing[0]} is missing")
    for name, digest in recipe.sha256.items():
        if sha256_of(folder / name) != digest:
            detail = f"{name} does not have the SHA-256 that {MODEL_FILE} gives"
            raise ImportRefused(path=folder, detail=detail)
    extra = {n for n in names if n in _MORE_FILES or n.endswith((".md", ".onnx.data", ".json"))}
    files = tuple(sorted((needed | extra | {MODEL_FILE}) - {"lock.json"}))
    return Recognised(replace(pair_card(folder, recipe), id=chosen, path=None), files)


def _transformers_card(folder: Path, model_id: str) -> ModelCard:
    config = _json(folder, "config.json")
    kind = config.get("model_type")
    if str(kind) in _ONE_TASK:
        task, runner = _ONE_TASK[str(kind)]
        return ModelCard(id=model_id, name=folder.resolve().name, tasks=(task,), family=runner)
    family = CHAT_FAMILIES.get(str(kind))
    if family is not None:
        named = config.get("architectures")
        architecture = str(named[0]) if isinstance(named, list) and named else ""
        tasks = family.tasks_of(architecture)
        if not tasks:
            detail = f"{architecture or kind} is not a model that answers"
            raise ImportRefused(path=folder, detail=detail)
        if str(kind) in PHRASE_FAMILIES:
            tasks = (*tasks, TASK_GROUNDING)
        return ModelCard(
            id=model_id,
            name=folder.resolve().name,
            tasks=tasks,
            family=family.adapter,
            chat_family=family.adapter,
        )
    if kind not in TRANSFORMERS_TYPES:
        known = ", ".join((*TRANSFORMERS_TYPES, *CHAT_FAMILIES, *_ONE_TASK))
        raise ImportRefused(path=folder, detail=f"model_type is {kind!r}, known are {known}")
    return ModelCard(
        id=model_id,
        name=folder.resolve().name,
        tasks=(TASK_EMBEDDING,),
        family="transformers-dual",
        precision="fp32",
    )


def _open_clip_card(folder: Path, model_id: str) -> ModelCard:
    config = _json(folder, "open_clip_config.json").get("model_cfg")
    if not isinstance(config, dict) or not isinstance(config.get("text_cfg"), dict):
        raise ImportRefused(path=folder, detail="open_clip_config.json has no model_cfg")
    other = config["text_cfg"].get("hf_model_name")
    if other:
        detail = f"its text tower is described in another repository ({other})"
        raise ImportRefused(path=folder, detail=detail)
    return ModelCard(
        id=model_id,
        name=folder.resolve().name,
        tasks=(TASK_EMBEDDING,),
        family="open-clip",
        dimension=int(config.get("embed_dim", 0)),
        precision="fp32",
    )


def count_parameters(path: Path) -> int:
    """Numbers in a safetensors file, from its header. Raises `ImportRefused` when malformed."""
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > 100_000_000:
                raise ValueError("the header is too long")
            header = json.loads(file.read(length))
        shapes = [entry["shape"] for key, entry in header.items() if key != "__metadata__"]
        return sum(math.prod(shape) for shape in shapes)
    except (OSError, ValueError, KeyError, TypeError, struct.error, AttributeError) as error:
        detail = f"{path.name} is not a safetensors file ({error})"
        raise ImportRefused(path=path.parent, detail=detail) from error


def _licence(folder: Path) -> str:
    """The licence from the model card's front matter; "" when it says none."""
    try:
        lines = (folder / "README.md").read_text(encoding="utf-8").splitlines()[:200]
    except (OSError, ValueError):
        return ""
    if not lines or lines[0].strip() != "---":
        return ""
    for line in lines[1:]:
        if line.strip() == "---":
            break
        if line.startswith("license:"):
            return line.partition(":")[2].strip().strip("\"'")
    return ""
