"""Where photos lie on the map of a model's vectors, as a file that can be made anew.

`<home>/maps/<model>.npz`, written beside and moved into place, so there is always a whole one or
none. It holds content ids and numbers, no words of the user's photos but the names of places.
"""

import contextlib
import json
import os
import tempfile
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.store.matrices import current_header
from vlm_desktop.store.part import Part
from vlm_desktop.store.vectors import safe_name

_VERSION = 1


@dataclass(frozen=True, slots=True, eq=False)
class StoredMap:
    """A drawn map. Row i of `content_ids`, `positions` and `places` belongs together.

    `content_ids` int64 [n] ascend; `positions` float32 [n, 2] lie within 0..1; `places` int32 [n]
    number the `names`. `drawn` of the photos were laid out together, the rest was added later.
    `mean` [d] and `axes` [d, k] lead from a vector to the space the layout was made in.
    """

    content_ids: NDArray[np.int64]
    positions: NDArray[np.float32]
    places: NDArray[np.int32]
    names: tuple[str, ...]
    drawn: int
    mean: VectorArray
    axes: VectorArray


class MapsPart(Part):
    """One map a model."""

    def read_map(self, model_id: str) -> StoredMap | None:
        """The map as written; None when there is none, or none for these vectors.

        Raises `ModelUnknown`.
        """
        with self._db.reading() as connection:
            header = current_header(connection, model_id)
        try:
            # Opened here: np.load leaves a damaged file open.
            with (
                self._map_path(model_id).open("rb") as file,
                np.load(file, allow_pickle=False) as data,
            ):
                if data["key"].tolist() != [_VERSION, header.model_key, header.dimension]:
                    return None
                return StoredMap(
                    data["content_ids"],
                    data["positions"],
                    data["places"],
                    tuple(json.loads(str(data["names"]))),
                    int(data["drawn"]),
                    data["mean"],
                    data["axes"],
                )
        except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
            return None

    def write_map(self, model_id: str, drawn: StoredMap) -> None:
        """Replace a model's map. Raises OSError where the disk takes none, `ModelUnknown`."""
        with self._db.reading() as connection:
            header = current_header(connection, model_id)
        path = self._map_path(model_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".new")
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(
                    file,
                    key=np.array([_VERSION, header.model_key, header.dimension]),
                    content_ids=drawn.content_ids,
                    positions=drawn.positions,
                    places=drawn.places,
                    names=np.array(json.dumps(drawn.names)),
                    drawn=np.array(drawn.drawn),
                    mean=drawn.mean,
                    axes=drawn.axes,
                )
            Path(temporary).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
            raise

    def thin_map(self, model_id: str) -> None:
        """Take photos that left the library off a model's map; unwritable, the map goes.

        Raises `ModelUnknown`, OSError when it cannot be removed either.
        """
        drawn = self.read_map(model_id)
        if drawn is None:
            return
        with self._db.reading() as connection:
            known = connection.execute("SELECT id FROM contents").fetchall()
        kept = np.isin(drawn.content_ids, np.array(known, dtype=np.int64).ravel())
        if kept.all():
            return
        thinned = replace(
            drawn,
            content_ids=drawn.content_ids[kept],
            positions=drawn.positions[kept],
            places=drawn.places[kept],
            drawn=min(drawn.drawn, int(kept.sum())),
        )
        try:
            self.write_map(model_id, thinned)
        except OSError:
            self._map_path(model_id).unlink(missing_ok=True)

    def drop_maps(self) -> None:
        """Remove the maps of all models; each is drawn anew when it is next looked at."""
        for path in self._paths.maps.glob("*.npz"):
            with contextlib.suppress(OSError):
                path.unlink()

    def _map_path(self, model_id: str) -> Path:
        return self._paths.maps / f"{safe_name(model_id)}.npz"
