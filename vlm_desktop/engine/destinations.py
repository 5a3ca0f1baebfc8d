"""Files written where a person said: what goes wrong there, in our words."""

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from vlm_desktop.base.errors import DestinationNotWritable, DiskFull

_FULL = (errno.ENOSPC, errno.EDQUOT)
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")


@contextlib.contextmanager
def writing_to(target: Path) -> Iterator[None]:
    """Raises DiskFull or DestinationNotWritable for what the system says against writing."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull(path=target) from error
        raise DestinationNotWritable(path=target, detail=error.strerror or str(error)) from error


def put_text(target: Path, text: str) -> None:
    """Write UTF-8 over what is there, whole or not at all. Raises OSError; see `writing_to`."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8", errors="replace", newline="\n")
        part.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def harmless(text: str) -> str:
    """Text of a cell that no spreadsheet takes for a formula (OWASP, "CSV injection").

    What looks as if it were such a cell gets another mark, so that `unharmed` tells them apart.
    """
    return f"'{text}" if text.lstrip("'").startswith(_RISKY) else text


def unharmed(cell: str) -> str:
    """What `harmless` was given."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_RISKY) else cell


@contextlib.contextmanager
def part_of(target: Path) -> Iterator[Path]:
    """A path beside the target to write to; who succeeds moves it there, what is left is removed.

    It exists already, so that a folder that cannot be written to is noticed before any work.
    Raises OSError; see `writing_to`.
    """
    part = target.with_name(f".{target.stem}.{os.getpid()}.part{target.suffix}")
    part.touch()
    try:
        yield part
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def put_made(target: Path, make: Callable[[Path], None]) -> None:
    """As `put_text`, of a file that `make` writes to the path it is given."""
    with part_of(target) as part:
        make(part)
        part.replace(target)
