"""What kind of drive a folder lies on."""

import os
import sys
from pathlib import Path

import psutil

_SHARES = """9p afpfs afs ceph cifs coda davfs fuse.davfs fuse.glusterfs fuse.rclone fuse.s3fs
    fuse.sshfs fuse.gvfsd-fuse glusterfs lustre macfuse ncpfs nfs nfs4 osxfuse smb2 smb3 smbfs sshfs
    vboxsf webdav virtiofs"""
_NETWORK = frozenset(_SHARES.split())


def is_network(folder: Path) -> bool:
    """Whether a folder lies on a share, whose changes no system tells of.

    Reads the table of mounts; touches neither the folder nor the share.
    """
    path = os.path.realpath(folder) if sys.platform != "win32" else str(folder)
    if path.startswith("\\\\"):
        return True
    best, found = -1, False
    try:
        partitions = psutil.disk_partitions(all=True)
    except OSError:
        return False
    for part in partitions:
        start = part.mountpoint.rstrip(os.sep) + os.sep
        if len(start) > best and (path + os.sep).startswith(start):
            best = len(start)
            kind = part.fstype.lower()
            found = kind in _NETWORK or "remote" in part.opts.split(",")
    return found
