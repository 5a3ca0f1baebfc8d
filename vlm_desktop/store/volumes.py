"""Which drive a folder lies on, so that an empty mount point is not taken for an empty folder."""

import os
import sys
from pathlib import Path

_BY_UUID = Path("/dev/disk/by-uuid")


def volume_of(folder: Path) -> str:
    """An identity of the drive under `folder`; "" when it cannot be told.

    On Linux the file system's UUID where the system lists it, else the device number, which may
    change from boot to boot; elsewhere the device number (on Windows the volume's serial).
    """
    try:
        device = folder.stat().st_dev
    except OSError:
        return ""
    if sys.platform.startswith("linux"):
        uuid = _linux_uuid(device)
        if uuid:
            return f"uuid:{uuid}"
    return f"dev:{device:x}"


def _linux_uuid(device: int) -> str:
    try:
        for link in _BY_UUID.iterdir():
            if link.stat().st_rdev == device:
                return link.name
    except OSError:
        return ""
    return ""


def is_online(folder: Path, volume: str) -> bool:
    """Whether the folder is there with what it held.

    An empty folder on another drive than before is a mount point without its drive.
    """
    try:
        if not folder.is_dir():
            return False
        if not volume or volume_of(folder) == volume:
            return True
        with os.scandir(folder) as entries:
            return next(entries, None) is not None
    except OSError:
        return False
