"""Files written where a person said: what goes wrong there, in our words."""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from vlm_desktop.base.errors import DestinationNotWritable, DiskFull

_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextlib.contextmanager
def writing_to(target: Path) -> Iterator[None]:
    """Raises DiskFull or DestinationNotWritable for what the system says against writing."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull(path=target) from error
        raise DestinationNotWritable(path=target, detail=error.strerror or str(error)) from error
