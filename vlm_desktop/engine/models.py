"""Verbs over models: list, show, download, import, export, verify, remove, and what runs here."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.backends.checking import CheckedFile
from vlm_desktop.backends.registry import Registry
from vlm_desktop.backends.reports import (
    AnswerFigures,
    ExportReport,
    Parity,
    ProviderChoice,
    ProviderTrial,
    Rejection,
)
from vlm_desktop.backends.shelf import ModelCard
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress

__all__ = [
    "CheckedFile",
    "CheckedModel",
    "ExportReport",
    "ModelCard",
    "ModelShelf",
    "Parity",
    "ProviderChoice",
    "ProviderTrial",
    "Rejection",
]

PRECISIONS = ("fp32", "fp16", "int8")


@dataclass(frozen=True, slots=True)
class CheckedModel:
    """A model whose files are what they were, every byte read."""

    card: ModelCard
    files: tuple[CheckedFile, ...]


class ModelShelf:
    """The models of one home folder, as verbs."""

    def __init__(
        self, registry: Registry, release: Callable[[str], None] = lambda model_id: None
    ) -> None:
        """`release` lets go of a model that is open, before its files are deleted."""
        self._registry = registry
        self._release = release

    def list(self) -> Generator[Event, None, tuple[ModelCard, ...]]:
        """All models: bundled, installed, then what the shelf offers."""
        yield from ()
        return tuple(self._registry.cards())

    def show(self, model_id: str) -> Generator[Event, None, ModelCard]:
        """One model. Raises `ModelUnknown`."""
        yield from ()
        return self._registry.card(model_id)

    def download(
        self,
        model_id: str,
        cancel: CancelToken,
        *,
        accept_licence: str = "",
        newest: bool = False,
    ) -> Generator[Event, None, ModelCard]:
        """Fetch a model of the shelf from the hub and take it in; see `Registry.download`.

        Stopped by whatever means, it keeps what has arrived, and the next call goes on from
        there. Progress is in bytes. Raises `HubError`s, `NotEnoughRoom`, `Cancelled`.
        """
        return (
            yield from self._registry.download(
                model_id, cancel, accept_licence=accept_licence, newest=newest
            )
        )

    @property
    def hub_host(self) -> str:
        """The host that downloads come from."""
        return self._registry.hub.host

    def free_bytes(self) -> int:
        """Room on the disk that models are put on; 0 when it cannot be told. Quick."""
        return self._registry.free_bytes()

    def keep_hub_token(self, token: str) -> None:
        """Keep an access token for gated models; "" forgets it. Raises `HomeNotWritable`."""
        self._registry.hub.keep_token(token)

    def import_folder(self, path: Path, model_id: str = "") -> Generator[Event, None, ModelCard]:
        """Copy a model folder into the home folder. Raises `ImportRefused` with the reason."""
        yield Progress(Phase.VERIFY, 0, None)
        return self._registry.import_folder(path, model_id)

    def export(
        self,
        model_id: str,
        cancel: CancelToken,
        *,
        precision: str = "fp32",
        destination: Path | None = None,
    ) -> Generator[Event, None, ExportReport]:
        """Write a model as an ONNX pair; see `Registry.export`."""
        steps = self._registry.export(model_id, precision, destination)
        try:
            while True:
                cancel.raise_if_cancelled()
                try:
                    done, total = next(steps)
                except StopIteration as finished:
                    report: ExportReport = finished.value
                    return report
                yield Progress(Phase.EXPORT, done, total)
        finally:
            steps.close()

    def measure_answers(
        self, model_id: str, cancel: CancelToken
    ) -> Generator[Event, None, AnswerFigures]:
        """What answering costs a model; "" is a stand-in. See `Registry.measure_answers`."""
        steps = self._registry.measure_answers(model_id, cancel)
        while True:
            cancel.raise_if_cancelled()
            try:
                done, total = next(steps)
            except StopIteration as finished:
                figures: AnswerFigures = finished.value
                return figures
            yield Progress(Phase.BENCH, done, total)

    def verify(self, model_id: str, cancel: CancelToken) -> Generator[Event, None, CheckedModel]:
        """Read every file of a model and compare. Raises `ModelBroken`, naming the file."""
        files = []
        for file in self._registry.verify_each(model_id):
            files.append(file)
            yield Progress(Phase.VERIFY, file.number, file.total)
            cancel.raise_if_cancelled()
        return CheckedModel(self._registry.card(model_id), tuple(files))

    def remove(self, model_id: str) -> Generator[Event, None, ModelCard]:
        """Delete an installed model, or the part of one that was downloaded.

        Raises `ModelProtected` for a bundled one.
        """
        yield from ()
        self._release(model_id)
        return self._registry.remove(model_id)

    def providers(self, wanted: str = "auto") -> Generator[Event, None, ProviderChoice]:
        """What runs networks on this machine and why each other provider does not."""
        yield from ()
        return self._registry.try_providers(wanted)
