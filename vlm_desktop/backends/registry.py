"""All models by id: lists them without loading, and opens them by late import.

A new family is one line in `FAMILIES`: its name and the "module:attr" of a class made with
(folder, *, model_id, provider, threads, memory_limit). A family of models that answer is one line
in `CHAT_FAMILIES`; its class takes `cache_folder` too.
"""

import shutil
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path

from vlm_desktop.backends.adapters.folder import Worn
from vlm_desktop.backends.adapters.opening import find_worn, open_worn, split_worn, vectors_id
from vlm_desktop.backends.chat.families import CAPTIONER
from vlm_desktop.backends.checking import CheckedFile, FileChecker
from vlm_desktop.backends.hubaccess import HubAccess
from vlm_desktop.backends.importing import copy_in, recognise
from vlm_desktop.backends.late import resolve
from vlm_desktop.backends.protocols import (
    ChatModel,
    ImageTextEncoder,
    MaskModel,
    PhraseModel,
    TextReader,
    WearsAdapters,
    WordReader,
)
from vlm_desktop.backends.reports import AnswerFigures, ExportReport, ProviderChoice
from vlm_desktop.backends.shelf import (
    BROKEN,
    BUNDLED,
    DOWNLOAD_FOLDER,
    INSTALLED,
    MASK_MODEL,
    PARTIAL,
    TASK_EMBEDDING,
    TASK_GROUNDING,
    WORD_READER,
    ModelCard,
    completed,
    folder_bytes,
    folder_card,
    read_manifest,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import (
    HomeNotWritable,
    ImportRefused,
    ModelBroken,
    ModelNotInstalled,
    ModelProtected,
    ModelUnknown,
    ModelUnsupported,
)
from vlm_desktop.base.events import Progress

_ENCODERS = "vlm_desktop.backends.encoders"
FAMILIES = {
    "onnx-dual": f"{_ENCODERS}.onnx_dual:OnnxDualEncoder",
    "transformers-dual": f"{_ENCODERS}.transformers_dual:TransformersDualEncoder",
    "open-clip": f"{_ENCODERS}.open_clip_dual:OpenClipDualEncoder",
}
"""Encoder families and the class that runs each."""

_CHAT = "vlm_desktop.backends.chat"
CHAT_FAMILIES = {
    "transformers-chat": f"{_CHAT}.transformers_chat:TransformersChat",
    "transformers-captioner": f"{_CHAT}.captioner:TransformersCaptioner",
    "transformers-classifier": f"{_CHAT}.classifier:TransformersClassifier",
    "starter-assistant": f"{_CHAT}.starter:StarterAssistant",
}
"""Families of models that answer, and the class that runs each."""

WORD_READING = "vlm_desktop.backends.wordreader:LayoutReader"
_SEGMENTATION = "vlm_desktop.backends.segmentation"
MASKS = f"{_SEGMENTATION}.promptable:PromptableModel"
MASK_EXPORTER = f"{_SEGMENTATION}.maskexport:export_folder"
PHRASES = "vlm_desktop.backends.grounding.opening:open_phrases"
READER = "vlm_desktop.backends.ocr.rapid:RapidReader"
EXPORTER = f"{_ENCODERS}.export:export_folder"
MEASURING = f"{_CHAT}.measuring"
VISION_EXPORTER = f"{_CHAT}.transformers_chat:export_folder"
BESIDE_EXPORTERS = {CAPTIONER: f"{_CHAT}.captioner:export_folder", MASK_MODEL: MASK_EXPORTER}
"""What writes graphs beside the weights, by family, where it is not `VISION_EXPORTER`."""
DOWNLOADER = "vlm_desktop.backends.downloading:Download"
CHOOSER = "vlm_desktop.backends.providers:choose_provider"


class Registry:
    """The bundled models, those in the home folder, and the shelf of the manifest.

    Listing reads small text files only. Not thread-safe for `import_folder` and `remove`; the
    rest is.
    """

    def __init__(
        self,
        bundled: Path,
        home_models: Path,
        manifest: Path,
        *,
        hub: HubAccess | None = None,
        memory_limit: int = 0,
        cache_folder: Path | None = None,
    ) -> None:
        """`memory_limit` caps in bytes what a model takes of a GPU; 0 leaves it to us.

        `cache_folder` is where models that answer keep what they saw; None keeps it in memory.
        """
        self._cache_folder = cache_folder
        self._memory_limit = memory_limit
        self.hub = hub or HubAccess(token_folder=home_models)
        self._bundled = bundled
        self._home = home_models
        self._manifest = manifest
        self._checker = FileChecker(home_models / ".checked.json")

    def cards(self) -> list[ModelCard]:
        """Bundled models first, then installed ones, then what the shelf offers, each by id."""
        found: dict[str, ModelCard] = {}
        shelf = {card.id: card for card in read_manifest(self._manifest)}
        for parent, state in ((self._bundled, BUNDLED), (self._home, INSTALLED)):
            for folder in _model_folders(parent):
                card = folder_card(folder, state)
                if card.id != folder.name:
                    card = replace(card, id=folder.name)
                found.setdefault(card.id, completed(card, shelf.get(card.id)))
        for card in sorted(shelf.values(), key=lambda card: card.id):
            found.setdefault(card.id, self._with_part(card))
        return list(found.values())

    def _with_part(self, card: ModelCard) -> ModelCard:
        """A card of the shelf; what was downloaded of it so far counts."""
        part = self._home / (DOWNLOAD_FOLDER + card.id)
        if not part.is_dir():
            return card
        return replace(card, state=PARTIAL, size_bytes=folder_bytes(part))

    def card(self, model_id: str) -> ModelCard:
        """Raises `ModelUnknown`."""
        cards = self.cards()
        for card in cards:
            if card.id == model_id:
                return card
        raise ModelUnknown(model=model_id, known=", ".join(card.id for card in cards))

    def folder(self, model_id: str) -> Path:
        """Where an installed model lies. Raises `ModelUnknown`, `ModelNotInstalled`."""
        path = self.card(model_id).path
        if path is None:
            raise ModelNotInstalled(model=model_id)
        return path

    # --- opening -----------------------------------------------------------------------

    def open_encoder(
        self, model_id: str, *, provider: str = "auto", threads: int = 0
    ) -> ImageTextEncoder:
        """An encoder, its files checked. The networks are loaded at first use.

        "starter+things@0.8" is one with adapters on, and has vectors of its own. Raises
        `ModelUnknown`, `ModelNotInstalled`, `ModelBroken`, `ModelUnsupported`, `PartMissing`, and
        what `find_worn` does.
        """
        base, worn = split_worn(model_id)
        card, folder = self._usable(base)
        target = FAMILIES.get(card.family)
        if target is None or TASK_EMBEDDING not in card.tasks:
            raise ModelUnsupported(model=model_id, family=card.family)
        make = resolve(target, f"the model {model_id}")

        def opened(place: Path, used_id: str) -> ImageTextEncoder:
            encoder: ImageTextEncoder = make(
                place,
                model_id=used_id,
                provider=provider,
                threads=threads,
                memory_limit=self._memory_limit,
            )
            return encoder

        if worn:
            return open_worn(self._home.parent, folder, model_id, opened)
        return opened(folder, card.id)

    def open_chat(self, model_id: str, *, provider: str = "auto", threads: int = 0) -> ChatModel:
        """A model that answers, its files checked. The weights are read by its `load`.

        "starter+shop@0.8" is one with adapters on; `WearsAdapters.wear` changes them later. Raises
        `ModelUnknown`, `ModelNotInstalled`, `ModelBroken`, `ModelUnsupported`, `PartMissing`, and
        what `find_worn` does.
        """
        base, worn = split_worn(model_id)
        card, folder = self._usable(base)
        target = CHAT_FAMILIES.get(card.chat_family)
        if target is None:
            raise ModelUnsupported(model=model_id, family=card.chat_family or card.family)
        make = resolve(target, f"the model {model_id}")
        model: ChatModel = make(
            folder,
            model_id=card.id,
            provider=provider,
            threads=threads,
            memory_limit=self._memory_limit,
            cache_folder=self._cache_folder,
        )
        if worn:
            if not isinstance(model, WearsAdapters):
                raise ModelUnsupported(model=model_id, family=card.chat_family)
            model.wear(self.worn(model_id))
        return model

    def worn(self, model_id: str) -> tuple[Worn, ...]:
        """The adapters that an id such as "starter+shop@0.8" names. Raises what `find_worn` does,
        `ModelUnknown` and `ModelNotInstalled`."""
        base, _ = split_worn(model_id)
        return find_worn(self._home.parent, self.folder(base), model_id)

    def vectors_id(self, model_id: str) -> str:
        """What the vectors of an encoder are kept under: its id, without adapters that only know
        names. Raises what `worn` does."""
        base, worn = split_worn(model_id)
        return vectors_id(self._home.parent, self.folder(base), model_id) if worn else model_id

    def open_word_reader(
        self, model_id: str, *, provider: str = "auto", threads: int = 0
    ) -> WordReader:
        """A model that reads words which were read before; its weights are read at once.

        Raises `ModelUnknown`, `ModelNotInstalled`, `ModelBroken`, `ModelUnsupported`,
        `ModelOutOfMemory`, `PartMissing`.
        """
        card, folder = self._usable(model_id)
        if card.family != WORD_READER:
            raise ModelUnsupported(model=model_id, family=card.family)
        make = resolve(WORD_READING, f"the model {model_id}")
        reader: WordReader = make(folder, model_id=card.id, provider=provider, threads=threads)
        return reader

    def open_phrase_model(
        self, model_id: str, *, provider: str = "auto", threads: int = 0
    ) -> PhraseModel:
        """A model that finds phrases in pictures; its weights are read at the first one.

        Raises `ModelUnknown`, `ModelNotInstalled`, `ModelBroken`, `ModelUnsupported`,
        `PartMissing`.
        """
        card, folder = self._usable(model_id)
        if TASK_GROUNDING not in card.tasks:
            raise ModelUnsupported(model=model_id, family=card.family)
        make = resolve(PHRASES, f"the model {model_id}")
        model: PhraseModel = make(
            folder,
            model_id=card.id,
            provider=provider,
            threads=threads,
            memory_limit=self._memory_limit,
            cache_folder=self._cache_folder,
        )
        return model

    def open_mask_model(
        self, model_id: str, *, provider: str = "auto", threads: int = 0
    ) -> MaskModel:
        """A model that outlines what is pointed at; its weights are read at first use.

        Raises `ModelUnknown`, `ModelNotInstalled`, `ModelBroken`, `ModelUnsupported`,
        `PartMissing`, `ProviderRefused`.
        """
        card, folder = self._usable(model_id)
        if card.family != MASK_MODEL:
            raise ModelUnsupported(model=model_id, family=card.family)
        model: MaskModel = resolve(MASKS, f"the model {model_id}")(
            folder,
            model_id=card.id,
            provider=provider,
            threads=threads,
            memory_limit=self._memory_limit,
        )
        return model

    def open_reader(self, *, close_look: bool = False) -> TextReader:
        """The reader of text in pictures. Raises `PartMissing`, `ModelBroken`.

        With `close_look` every picture is read at full care; without, photos that a quick look
        finds no text in are passed over.
        """
        make = resolve(READER, "reading the text in pictures")
        reader: TextReader = make(look_pixels=0) if close_look else make()
        return reader

    def try_providers(self, wanted: str = "auto") -> ProviderChoice:
        """What runs networks on this machine, tried with a tiny built-in one."""
        choice: ProviderChoice = resolve(CHOOSER, "running models")(wanted=wanted)
        return choice

    # --- managing ----------------------------------------------------------------------

    def download(
        self,
        model_id: str,
        cancel: CancelToken,
        *,
        accept_licence: str = "",
        newest: bool = False,
    ) -> Generator[Progress, None, ModelCard]:
        """Fetch a model of the shelf and take it in; goes on where an earlier try stopped.

        See `downloading.Download.run`. Raises `ModelUnknown`, and `ImportRefused` when the model
        lies on this disk already.
        """
        card = self.card(model_id)
        if card.path is not None:
            raise ImportRefused(path=card.path, detail=f"{model_id} is already installed")
        make = resolve(DOWNLOADER, "downloading a model")
        run = make(card, self._home, self.hub, cancel)
        done: ModelCard = yield from run.run(accept_licence=accept_licence, newest=newest)
        return done

    def free_bytes(self) -> int:
        """Room on the disk that models are put on; 0 when it cannot be told."""
        folder = self._home
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        try:
            return shutil.disk_usage(folder).free
        except OSError:
            return 0

    def import_folder(self, path: Path, model_id: str = "") -> ModelCard:
        """Copy a model folder into the home folder: an ONNX pair, or the hub's layout.

        Raises `ImportRefused` with the reason, `FolderNotFound`, `FolderUnreadable`,
        `DiskFull`, `HomeNotWritable`.
        """
        found = recognise(path, model_id)
        if any(found.card.id == folder.name for folder in _model_folders(self._bundled)):
            detail = f"{found.card.id} is the id of a model that belongs to the program"
            raise ImportRefused(path=path, detail=detail)
        shelf = {card.id: card for card in read_manifest(self._manifest)}
        known = completed(found.card, shelf.get(found.card.id))
        return copy_in(replace(found, card=known), path, self._home)

    def export(
        self, model_id: str, precision: str = "fp32", destination: Path | None = None
    ) -> Generator[tuple[int, int], None, ExportReport]:
        """Write the model as an ONNX pair and prove that it agrees.

        Yields (steps done, steps in all). Without `destination` the pair is installed as
        <id>-onnx-<precision>. Of a model that answers it is the image tower, beside its weights;
        the decoder stays in PyTorch. Of a promptable one both halves go there. Raises
        `ExportRefused`, `ExportImpossible`, `PartMissing`, `DestinationNotWritable`; nothing is
        left behind then, nor when the generator is closed.
        """
        card, folder = self._usable(model_id)
        if TASK_EMBEDDING not in card.tasks:
            target = BESIDE_EXPORTERS.get(card.family, VISION_EXPORTER)
            run = resolve(target, "exporting a model to ONNX")
            done: ExportReport = yield from run(card, folder, destination, precision=precision)
            return done
        export_id = f"{card.id}-onnx-{precision}"
        place = destination or self._home / export_id
        run = resolve(EXPORTER, "exporting a model to ONNX")
        report: ExportReport = yield from run(
            card, folder, place, precision=precision, export_id=export_id
        )
        return report

    def measure_answers(
        self, model_id: str, cancel: CancelToken, *, provider: str = "auto", threads: int = 0
    ) -> Generator[tuple[int, int], None, AnswerFigures]:
        """What answering costs a model; without an id, a stand-in of SmolVLM-256M's size.

        Yields (steps done, steps in all). Raises what `open_chat` and `ChatModel.stream` do.
        """
        if not model_id:
            measure = resolve(f"{MEASURING}:measure_standin", "measuring answers")
            figures: AnswerFigures = yield from measure(provider, threads, cancel)
            return figures
        measure = resolve(f"{MEASURING}:measure_answers", "measuring answers")
        model = self.open_chat(model_id, provider=provider, threads=threads)
        try:
            figures = yield from measure(model, cancel)
            return figures
        finally:
            model.unload()

    def verify(self, model_id: str) -> tuple[str, ...]:
        """Read every file of a model and compare. Returns the names; raises `ModelBroken`."""
        card, folder = self._on_disk(model_id)
        return tuple(file.name for file in self._checker.check_each(card.id, folder))

    def verify_each(self, model_id: str) -> Iterator[CheckedFile]:
        """`verify` file by file, for progress and cancelling."""
        card, folder = self._on_disk(model_id)
        yield from self._checker.check_each(card.id, folder)

    def remove(self, model_id: str) -> ModelCard:
        """Delete an installed model, or what was downloaded of one so far.

        Raises `ModelProtected` for a bundled one, `ModelNotInstalled`, `HomeNotWritable`.
        """
        card = self.card(model_id)
        path = card.path
        if card.state == PARTIAL:
            path = self._home / (DOWNLOAD_FOLDER + card.id)
        if path is None:
            raise ModelNotInstalled(model=model_id)
        if path.parent != self._home:
            raise ModelProtected(model=model_id)
        doomed = self._home / f".removed-{card.id}"
        try:
            if doomed.exists():
                shutil.rmtree(doomed)
            path.rename(doomed)
            shutil.rmtree(doomed)
        except OSError as error:
            raise HomeNotWritable(path=path, detail=error.strerror or str(error)) from error
        return card

    def _on_disk(self, model_id: str) -> tuple[ModelCard, Path]:
        card = self.card(model_id)
        if card.path is None:
            raise ModelNotInstalled(model=model_id)
        if card.state == BROKEN:
            raise ModelBroken(model=model_id, detail=card.problem)
        return card, card.path

    def _usable(self, model_id: str) -> tuple[ModelCard, Path]:
        card, folder = self._on_disk(model_id)
        self._checker.check(card.id, folder)
        return card, folder


def _model_folders(parent: Path) -> list[Path]:
    """Folders that may hold a model; hidden ones are unfinished imports."""
    try:
        return sorted(
            path for path in parent.iterdir() if path.is_dir() and not path.name.startswith(".")
        )
    except OSError:
        return []
