"""Are a model's files what they were? Hashes, with a cache of stamps to open quickly."""

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.backends.shelf import expected_hashes, sha256_of
from vlm_desktop.base.errors import ModelBroken

Stamp = tuple[int, int, str]
"""Size in bytes, modification time in nanoseconds, SHA-256."""


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that is what it was: the `number`-th of `total`."""

    name: str
    size_bytes: int
    sha256: str
    number: int
    total: int


class FileChecker:
    """Compares files with the SHA-256 they were locked with.

    A file whose size and modification time are those of an earlier good check is not read again
    by `check`; `check_each` reads everything. The stamps lie in `cache`; one that cannot be
    written only costs time.
    """

    def __init__(self, cache: Path) -> None:
        self._cache = cache

    def check(self, model_id: str, folder: Path) -> None:
        """Raise `ModelBroken`, naming the file, when one is missing or altered."""
        for _ in self._each(model_id, folder, trust_stamps=True):
            pass

    def check_each(self, model_id: str, folder: Path) -> Iterator[CheckedFile]:
        """The same, reading every byte; yields after each file."""
        return self._each(model_id, folder, trust_stamps=False)

    def _each(self, model_id: str, folder: Path, *, trust_stamps: bool) -> Iterator[CheckedFile]:
        expected = expected_hashes(folder)
        known = self._read()
        fresh: dict[str, Stamp] = {}
        for number, (name, digest) in enumerate(expected.items(), start=1):
            path = folder / name
            try:
                status = path.stat()
                stamp = (status.st_size, status.st_mtime_ns, digest)
                trusted = trust_stamps and known.get(str(path)) == stamp
                actual = digest if trusted else sha256_of(path)
            except OSError as error:
                detail = f"{name}: {error.strerror or error}"
                raise ModelBroken(model=model_id, detail=detail) from error
            if actual != digest:
                raise ModelBroken(model=model_id, detail=f"{name} is not the file it was")
            if not trusted:
                fresh[str(path)] = stamp
            yield CheckedFile(name, status.st_size, digest, number, len(expected))
        if fresh:
            self._write(known | fresh)

    def _read(self) -> dict[str, Stamp]:
        try:
            stored = json.loads(self._cache.read_text(encoding="utf-8"))
            return {str(path): (int(a), int(b), str(c)) for path, (a, b, c) in stored.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def _write(self, stamps: dict[str, Stamp]) -> None:
        alive = {path: stamp for path, stamp in stamps.items() if Path(path).exists()}
        with contextlib.suppress(OSError):
            self._cache.parent.mkdir(parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(dir=self._cache.parent, prefix=".checked-")
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(alive, file)
            Path(temporary).replace(self._cache)
