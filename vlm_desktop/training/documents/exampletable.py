"""Examples as one file of arrays (NumPy's .npz): what the engine writes and the fitting reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """One field of one document.

    `features` are those of its options by name, `right` their grades 0..1, `none` that of silence.
    `layout` names where the document comes from, `document` the document.
    """

    layout: str
    document: str
    kind: str
    features: tuple[dict[str, float], ...]
    right: tuple[float, ...]
    none: float
    weight: float = 1.0


def save_examples(path: Path, examples: Sequence[Example]) -> None:
    """Write them; those without options tell nothing and are left out. Raises OSError."""
    some = [one for one in examples if one.features]
    names = sorted({name for one in some for features in one.features for name in features})
    place = {name: number for number, name in enumerate(names)}
    values = np.zeros((sum(len(one.features) for one in some), len(names)), dtype=np.float32)
    row = 0
    for one in some:
        for features in one.features:
            values[row, [place[name] for name in features]] = list(features.values())
            row += 1
    np.savez_compressed(
        path,
        names=np.array(names),
        values=values,
        right=np.array([grade for one in some for grade in one.right], dtype=np.float32),
        counts=np.array([len(one.features) for one in some]),
        none=np.array([one.none for one in some]),
        weight=np.array([one.weight for one in some]),
        layout=np.array([one.layout for one in some]),
        document=np.array([one.document for one in some]),
        kind=np.array([one.kind for one in some]),
    )


@dataclass(frozen=True)
class Table:
    """Examples as arrays: rows of options, and how many each example has."""

    names: tuple[str, ...]
    values: Array
    right: Array
    counts: NDArray[np.int64]
    none: Array
    weight: Array
    layout: NDArray[np.str_]
    document: NDArray[np.str_]
    kind: NDArray[np.str_]

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each example's rows begin."""
        return np.concatenate([[0], np.cumsum(self.counts)[:-1]]).astype(np.int64)

    @property
    def group(self) -> NDArray[np.int64]:
        """The example of each row."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    def only(self, keep: NDArray[np.bool_]) -> "Table":
        """The examples that are kept, with the features that occur in them."""
        rows = keep[self.group]
        values = self.values[rows]
        used = np.any(values != 0, axis=0)
        return Table(
            names=tuple(name for name, use in zip(self.names, used, strict=True) if use),
            values=values[:, used],
            right=self.right[rows],
            counts=self.counts[keep],
            none=self.none[keep],
            weight=self.weight[keep],
            layout=self.layout[keep],
            document=self.document[keep],
            kind=self.kind[keep],
        )


def load_examples(path: Path) -> Table:
    """What `save_examples` wrote. Raises OSError, ValueError."""
    with np.load(path, allow_pickle=False) as data:
        return Table(
            names=tuple(str(name) for name in data["names"]),
            values=data["values"].astype(np.float64),
            right=data["right"].astype(np.float64),
            counts=data["counts"],
            none=data["none"],
            weight=data["weight"],
            layout=data["layout"],
            document=data["document"],
            kind=data["kind"],
        )
