"""Zero-shot labels and natural-language policies: sentences against stored vectors.

A label's embedding is the normalised mean of its prompts ("prompt ensembling", Radford et al.
2021, CLIP, section 3.1.4). Probabilities come from a softmax over all labels and one more
class, "none of these", whose logit is that of the null prompts: without it a photo that shows
none of the labels would still be given one.
"""

import tomllib
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import BadInputFile, NotInLibrary
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.paths import bundled
from vlm_desktop.engine.calibration import read_prompts
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.vectors import searchable_vectors
from vlm_desktop.store.library import Library
from vlm_desktop.store.vectors import VectorMatrix

TEMPLATE_COUNTS = (1, 12, 80)
_ROWS_AT_ONCE = 4_096
_MOST_LABELS = 100_000


@dataclass(frozen=True, slots=True)
class LabelScore:
    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class Labelled(Event):
    """One photo's labels, most probable first."""

    path: Path
    labels: tuple[LabelScore, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """What to flag and what is fine, in sentences. Flagged from `threshold` (0..1) on."""

    name: str
    flag: tuple[str, ...]
    fine: tuple[str, ...]
    threshold: float


@dataclass(frozen=True, slots=True)
class PolicyHit(Event):
    """One photo that a policy flags; `score` is the probability that it shows the flagged."""

    path: Path
    policy: str
    score: float
    flagged: bool


class Labeller:
    """Labels and policies over the vectors of one library. Reads only."""

    def __init__(self, library: Library, encoders: Encoders) -> None:
        self._library = library
        self._encoders = encoders

    def tag(
        self,
        labels: Sequence[str],
        model_id: str,
        cancel: CancelToken,
        *,
        templates: int = 80,
        limit: int = 5,
        paths: Sequence[Path] = (),
    ) -> Generator[Event, None, int]:
        """Yield a `Labelled` a photo; returns how many. Raises NotInLibrary, LibraryEmpty."""
        matrix = searchable_vectors(self._library, self._encoders, model_id)
        rows = self._rows(matrix, paths)
        classes = yield from self._label_vectors(labels, model_id, templates, cancel)
        classes = np.concatenate([classes, self._null_vector(model_id)[None]])  # [labels + 1, d]
        scale = self._encoders.spec(model_id).logit_scale
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            cancel.raise_if_cancelled()
            block = rows[start : start + _ROWS_AT_ONCE]
            scores = _softmax(scale * (matrix.matrix[block] @ classes.T))  # [rows, labels + 1]
            best = np.argsort(-scores[:, :-1], axis=1, kind="stable")[:, :limit]
            located = self._library.locate(matrix.content_ids[block].tolist())
            for row, content_id in enumerate(matrix.content_ids[block].tolist()):
                if content_id not in located:
                    continue
                yield Labelled(
                    located[content_id].path,
                    tuple(LabelScore(labels[i], float(scores[row, i])) for i in best[row]),
                )
        return len(rows)

    def check(
        self, policies: Sequence[Policy], model_id: str, cancel: CancelToken
    ) -> Generator[Event, None, int]:
        """Yield a `PolicyHit` for each photo that a policy flags, the surest first."""
        matrix = searchable_vectors(self._library, self._encoders, model_id)
        rows = self._rows(matrix, ())
        scale = self._encoders.spec(model_id).logit_scale
        null = self._null_vector(model_id)[None]
        flagged = 0
        for policy in policies:
            cancel.raise_if_cancelled()
            flag = self._encoders.texts(model_id, policy.flag)
            fine = np.concatenate([self._encoders.texts(model_id, policy.fine), null])
            logits = scale * (matrix.matrix[rows] @ np.concatenate([flag, fine]).T)
            scores = _softmax(logits)[:, : len(flag)].sum(axis=1)  # [rows]
            chosen = np.flatnonzero(scores >= policy.threshold)
            chosen = chosen[np.argsort(-scores[chosen], kind="stable")]
            ids = matrix.content_ids[rows[chosen]].tolist()
            located = self._library.locate(ids)
            for content_id, score in zip(ids, scores[chosen].tolist(), strict=True):
                if content_id in located:
                    flagged += 1
                    yield PolicyHit(located[content_id].path, policy.name, score, flagged=True)
        return flagged

    # --- parts -------------------------------------------------------------------------

    def _rows(self, matrix: VectorMatrix, paths: Sequence[Path]) -> NDArray[np.int64]:
        """First pages of the asked photos, or of all that can be seen."""
        if paths:
            ids = []
            for path in paths:
                content_id = self._library.content_of(path)
                if content_id is None:
                    raise NotInLibrary(path=path)
                ids.append(content_id)
            rows = matrix.rows_of(np.array(ids, dtype=np.int64))
        else:
            visible = ~np.isin(matrix.content_ids, self._library.hidden_contents())
            rows = np.flatnonzero(visible)
        return rows[np.asarray(matrix.pages[rows]) <= 1]

    def _label_vectors(
        self, labels: Sequence[str], model_id: str, templates: int, cancel: CancelToken
    ) -> Generator[Event, None, VectorArray]:
        """Mean prompt embedding of each label -> [labels, d], unit rows."""
        patterns = read_prompts(bundled("resources") / "prompts" / f"templates_{templates}.txt")
        vectors = []
        for done, label in enumerate(labels):
            cancel.raise_if_cancelled()
            prompts = [pattern.replace("{}", label) for pattern in patterns]
            mean = self._encoders.texts(model_id, prompts).mean(axis=0)
            vectors.append(mean / np.linalg.norm(mean))
            if done % 50 == 0:
                yield Progress(Phase.ENCODE, done, len(labels))
        return np.stack(vectors).astype(np.float32)

    def _null_vector(self, model_id: str) -> VectorArray:
        prompts = read_prompts(bundled("resources") / "prompts" / "null_prompts.txt")
        mean = self._encoders.texts(model_id, list(prompts)).mean(axis=0)
        unit: VectorArray = (mean / np.linalg.norm(mean)).astype(np.float32)
        return unit


def read_labels(path: Path) -> tuple[str, ...]:
    """One label a line, blank lines left out, doubles once. Raises BadInputFile."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputFile(path=path, line=None, detail=str(error)) from error
    labels = tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if not labels:
        raise BadInputFile(path=path, line=None, detail="it holds no label")
    if len(labels) > _MOST_LABELS:
        raise BadInputFile(path=path, line=None, detail=f"it holds over {_MOST_LABELS} labels")
    return labels


def read_policies(path: Path) -> tuple[Policy, ...]:
    """Policies from TOML: [[policy]] with name, flag, fine and threshold. Raises BadInputFile."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInputFile(path=path, line=None, detail=str(error)) from error
    entries = data.get("policy")
    if isinstance(entries, dict):
        entries = [entries]
    if entries is None and "flag" in data:
        entries = [data]
    if not isinstance(entries, list) or not entries:
        raise BadInputFile(path=path, line=None, detail="it holds no [[policy]]")
    return tuple(_policy(path, number, entry) for number, entry in enumerate(entries, start=1))


def _policy(path: Path, number: int, entry: Any) -> Policy:
    def refuse(detail: str) -> BadInputFile:
        return BadInputFile(path=path, line=None, detail=f"policy {number}: {detail}")

    if not isinstance(entry, dict):
        raise refuse("it is not a table")
    flag, fine = _sentences(entry.get("flag")), _sentences(entry.get("fine", []))
    threshold = entry.get("threshold", 0.5)
    if not flag:
        raise refuse('"flag" must be a sentence or a list of sentences')
    if fine is None:
        raise refuse('"fine" must be a sentence or a list of sentences')
    if isinstance(threshold, bool) or not isinstance(threshold, int | float):
        raise refuse('"threshold" must be a number')
    if not 0 <= threshold <= 1:
        raise refuse('"threshold" must lie between 0 and 1')
    return Policy(str(entry.get("name", f"policy {number}")), flag, fine, float(threshold))


def _sentences(value: Any) -> tuple[str, ...] | None:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return None
    return tuple(one.strip() for one in value if one.strip())


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Over the last axis, same shape."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    result: NDArray[np.float32] = shifted / shifted.sum(axis=-1, keepdims=True)
    return result
