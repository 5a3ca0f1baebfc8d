"""From a folder to what finds phrases with it: the adapter that its family names."""

from pathlib import Path

from vlm_desktop.backends.grounding.asking import open_asked
from vlm_desktop.backends.grounding.detector import TransformersDetector
from vlm_desktop.backends.grounding.families import (
    ASKED,
    DETECTOR,
    PHRASE_FAMILIES,
    SEGMENTER,
    WRITER,
)
from vlm_desktop.backends.grounding.florence import Florence
from vlm_desktop.backends.grounding.network import PhraseNetwork
from vlm_desktop.backends.grounding.segmenter import TransformersSegmenter
from vlm_desktop.backends.modelfolder import read_config
from vlm_desktop.backends.protocols import PhraseModel
from vlm_desktop.base.errors import ModelUnsupported

ADAPTERS: dict[str, type[PhraseNetwork]] = {
    DETECTOR: TransformersDetector,
    SEGMENTER: TransformersSegmenter,
    WRITER: Florence,
}


def open_phrases(
    folder: Path,
    *,
    model_id: str,
    provider: str = "auto",
    threads: int = 0,
    memory_limit: int = 0,
    cache_folder: Path | None = None,
) -> PhraseModel:
    """Reads configuration only. Raises `ModelBroken`, `ModelUnsupported`."""
    kind = str(read_config(folder, model_id).get("model_type", ""))
    family = PHRASE_FAMILIES.get(kind)
    if family is None:
        raise ModelUnsupported(model=model_id, family=kind)
    if family.adapter == ASKED:
        return open_asked(
            folder, kind, model_id=model_id, provider=provider, threads=threads,
            memory_limit=memory_limit, cache_folder=cache_folder,
        )  # fmt: skip
    make = ADAPTERS[family.adapter]
    return make(
        folder, model_id=model_id, provider=provider, threads=threads, memory_limit=memory_limit
    )
