"""What is known about each model: cards, the manifest, and lock files. Loads no network."""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vlm_desktop.backends.encoders.recipe import (
    MODEL_FILE,
    PairRecipe,
    is_model_file,
    read_pair,
)
from vlm_desktop.base.errors import ModelBroken

LOCK_FILE = "lock.json"
TASK_EMBEDDING = "image-text-embedding"
TASK_DOCUMENT = "document"
CHAT_TASKS = frozenset({"chat", "caption", "vqa", TASK_DOCUMENT})
"""Tasks that a model which answers fulfils: see `ModelCard.chat_family`."""
TASK_SEGMENTATION = "segmentation"
MASK_MODEL = "mask-model"
"""The family of promptable models: masks for points and boxes."""
TASK_GROUNDING = "grounding"
PHRASE_MODEL = "phrase-model"
"""The family of models that only find phrases in pictures; models that answer may, too."""
WORD_READER = "word-reader"
"""The family of models that read words which were read before: no pictures are asked about."""
BUNDLED, INSTALLED, AVAILABLE, BROKEN = "bundled", "installed", "available", "broken"
PARTIAL = "partial"
DOWNLOAD_FOLDER = ".download-"
"""What the folder of an unfinished download begins with; the model's id follows."""

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_RESERVED = {"con", "prn", "aux", "nul"}


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One model, installed or on the shelf.

    `state` is "bundled", "installed", "available" (on the shelf, not on this disk), "partial" (the
    same, and a part of it has been downloaded) or "broken" (`problem` says why). `size_bytes` is
    what lies on disk, 0 when nothing does; `download_bytes` is about what a download weighs and
    `files` what it fetches, names or patterns. `parameters` is 0 when not known. `path` is None
    for a model that is not whole on this disk. `family` names what runs it as an encoder, and
    `chat_family` what answers with it ("" for one that cannot): a folder may be both, and one that
    only answers has the same word in both.
    """

    id: str
    name: str
    tasks: tuple[str, ...]
    family: str
    licence: str = ""
    languages: tuple[str, ...] = ()
    parameters: int = 0
    size_bytes: int = 0
    state: str = AVAILABLE
    path: Path | None = None
    repository: str = ""
    revision: str = ""
    notice: str = ""
    memory_mb: int = 0
    dimension: int = 0
    precision: str = ""
    problem: str = ""
    download_bytes: int = 0
    files: tuple[str, ...] = ()
    chat_family: str = ""

    @property
    def converses(self) -> bool:
        """Whether it answers questions about any picture, not only about documents."""
        return bool(self.chat_family) and set(self.tasks) != {TASK_DOCUMENT}


@dataclass(frozen=True, slots=True)
class Lock:
    """The lock file of an imported folder: what it is and the SHA-256 and size of each file."""

    card: ModelCard
    sha256: dict[str, str]


def is_model_id(text: str) -> bool:
    """Whether `text` may name a model, and so a folder on any platform."""
    return (
        _ID.fullmatch(text) is not None
        and not text.endswith(".")
        and ".." not in text
        and text.split(".")[0] not in _RESERVED
    )


def model_id_from(name: str) -> str:
    """A model id made from a folder's name; "" when nothing usable is left."""
    text = re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._")
    text = re.sub(r"\.{2,}", ".", text)[:64].rstrip("-._")
    return text if is_model_id(text) else ""


def read_manifest(path: Path) -> tuple[ModelCard, ...]:
    """The shelf: one card per [[model]]. Raises `ModelBroken` when the file does not read."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return tuple(_shelf_card(entry) for entry in table.get("model", ()))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelBroken(model=path.name, detail=str(error)) from error


def _shelf_card(entry: dict[str, Any]) -> ModelCard:
    return ModelCard(
        id=entry["id"],
        name=entry["name"],
        tasks=tuple(entry["tasks"]),
        family=entry["family"],
        licence=entry["licence"],
        languages=tuple(entry.get("languages", ())),
        parameters=entry.get("parameters", 0),
        repository=entry["repository"],
        revision=entry.get("revision", ""),
        notice=entry.get("notice", ""),
        memory_mb=entry.get("memory_mb", 0),
        # Weights are kept in float32 as a rule.
        download_bytes=1_000_000 * entry.get("download_mb", 0) or 4 * entry.get("parameters", 0),
        files=tuple(entry.get("files", ())),
        chat_family=_chat_family(entry),
    )


def _chat_family(entry: Mapping[str, Any]) -> str:
    answers = CHAT_TASKS & set(entry["tasks"]) and entry["family"] != WORD_READER
    return str(entry["family"]) if answers else ""


def completed(card: ModelCard, shelf: ModelCard | None) -> ModelCard:
    """A card with what the manifest knows about the same id added to it.

    The licence that the files themselves state stands when the manifest names another one.
    """
    if shelf is None or card.state == BROKEN:
        return card
    own = card.licence and not same_licence(card.licence, shelf.licence)
    return replace(
        card,
        name=shelf.name,
        licence=card.licence if own else shelf.licence,
        languages=shelf.languages or card.languages,
        parameters=card.parameters or shelf.parameters,
        repository=shelf.repository,
        revision=card.revision or shelf.revision,
        notice=shelf.notice,
        memory_mb=shelf.memory_mb,
        download_bytes=shelf.download_bytes,
        files=shelf.files,
    )


def same_licence(stated: str, other: str) -> bool:
    """Whether two names of licences mean the same; "other" says nothing and agrees with all."""
    one, two = (re.sub(r"[^a-z0-9.]+", "-", text.casefold()).strip("-") for text in (stated, other))
    return one == two or one == "other"


def folder_card(folder: Path, state: str) -> ModelCard:
    """The card of a model folder; a folder that does not read gives a card in state "broken"."""
    try:
        if (folder / LOCK_FILE).is_file():
            return replace(read_lock(folder).card, state=state)
        if not (folder / MODEL_FILE).is_file():
            detail = f"it has neither {LOCK_FILE} nor {MODEL_FILE}, so it was never imported"
            raise ModelBroken(model=folder.name, detail=detail)
        return replace(pair_card(folder, read_pair(folder)), state=state)
    except ModelBroken as error:
        return ModelCard(
            id=folder.name,
            name=folder.name,
            tasks=(TASK_EMBEDDING,),
            family="",
            state=BROKEN,
            path=folder,
            size_bytes=folder_bytes(folder),
            problem=str(error.fields["detail"]),
        )


def pair_card(folder: Path, recipe: PairRecipe) -> ModelCard:
    """The card of an ONNX pair."""
    return ModelCard(
        id=recipe.id,
        name=recipe.name,
        tasks=recipe.tasks,
        family=recipe.family,
        licence=recipe.licence,
        languages=recipe.languages,
        parameters=recipe.parameters,
        size_bytes=folder_bytes(folder),
        state=INSTALLED,
        path=folder,
        repository=recipe.repository,
        notice=recipe.notice,
        dimension=recipe.dimension,
        precision=recipe.precision,
        chat_family=recipe.chat_family,
    )


def folder_bytes(folder: Path) -> int:
    """Bytes of the files in `folder`, without looking into folders below it."""
    try:
        return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    except OSError:
        return 0


# --- lock files ------------------------------------------------------------------------

_CARD_KEYS = ("id", "name", "family", "licence", "parameters", "repository", "revision",
              "notice", "memory_mb", "dimension", "precision")  # fmt: skip


def write_lock(folder: Path, card: ModelCard, sha256: dict[str, str]) -> None:
    """Write the lock file of an imported folder. Raises OSError."""
    content = {key: getattr(card, key) for key in _CARD_KEYS}
    content |= {"tasks": list(card.tasks), "languages": list(card.languages), "sha256": sha256}
    content["chat_family"] = card.chat_family
    text = json.dumps(content, indent=2, ensure_ascii=False)
    (folder / LOCK_FILE).write_text(text + "\n", encoding="utf-8")


def read_lock(folder: Path) -> Lock:
    """Read a lock file. Raises `ModelBroken`."""
    try:
        content = json.loads((folder / LOCK_FILE).read_text(encoding="utf-8"))
        hashes = {str(name): str(digest) for name, digest in content["sha256"].items()}
        if not all(is_model_file(name) for name in hashes):
            raise ValueError("a file name in it leads out of the folder")
        card = ModelCard(
            **{key: content[key] for key in _CARD_KEYS},
            tasks=tuple(content["tasks"]),
            languages=tuple(content["languages"]),
            chat_family=str(content.get("chat_family", "")),
            size_bytes=folder_bytes(folder),
            state=INSTALLED,
            path=folder,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelBroken(model=folder.name, detail=f"{LOCK_FILE}: {error}") from error
    return Lock(card, hashes)


def expected_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 by file name, from the lock file, else from model.toml. Raises `ModelBroken`."""
    if (folder / LOCK_FILE).is_file():
        return read_lock(folder).sha256
    return read_pair(folder).sha256


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
