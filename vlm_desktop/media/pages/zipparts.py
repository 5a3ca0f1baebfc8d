"""ZIP archives that documents are: read within limits, and rewritten with all else untouched.

Members that do not change are copied byte by byte with their headers, in their places, so order,
times, compression and comments stay, and so does "mimetype" at the front of an e-book.
Source: APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from vlm_desktop.base.pageerrors import (
    PageDamaged,
    PageEncrypted,
    PageOld,
    PageTooLarge,
)

MOST_MEMBERS = 20_000
MOST_PART = 100 * 1024 * 1024
"""Bytes of one member, unpacked."""
MOST_READ = 1024 * 1024 * 1024
"""Bytes of all members that are read, unpacked."""
_RATIO = 400
_SMALL = 4 * 1024 * 1024
"""Below this many bytes a high ratio is no danger."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_DESCRIPTOR = 0x08
_LOCKED = 0x01
_FULL = 0xFFFFFFFF


class Archive:
    """The members of one archive, by name. Close it."""

    def __init__(self, path: Path, data: bytes) -> None:
        """Raises PageDamaged, PageEncrypted, PageOld, PageTooLarge."""
        self._path = path
        self._left = MOST_READ
        if data.startswith(_OLE):
            raise PageEncrypted(path=path) if _ENCRYPTED_PACKAGE in data else PageOld(path=path)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise PageDamaged(path=path, detail=str(error)) from error
        self.names = tuple(info.filename for info in self._zip.infolist())
        self._infos = {info.filename: info for info in self._zip.infolist()}
        if len(self.names) > MOST_MEMBERS:
            raise PageTooLarge(path=path, detail=f"{len(self.names):,} files in it")
        if len(self._infos) != len(self.names):
            raise PageDamaged(path=path, detail="two files in it have the same name")

    def has(self, name: str) -> bool:
        return name in self._infos

    def read(self, name: str) -> bytes:
        """A member, unpacked. Raises PageDamaged, PageEncrypted, PageTooLarge."""
        info = self._infos.get(name)
        if info is None:
            raise PageDamaged(path=self._path, detail=f"{name} is missing")
        if info.flag_bits & _LOCKED:
            raise PageEncrypted(path=self._path)
        packed_well = info.file_size > _RATIO * max(1, info.compress_size)
        if info.file_size > min(MOST_PART, self._left) or (info.file_size > _SMALL and packed_well):
            raise PageTooLarge(path=self._path, detail=f"{name}: {info.file_size:,} bytes")
        try:
            with self._zip.open(info) as member:
                data = member.read(info.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as error:
            raise PageDamaged(path=self._path, detail=f"{name}: {error}") from error
        self._left -= len(data)
        return data

    def picture(self, name: str) -> bytes | None:
        """An image, unpacked; None for one that is damaged or too large: the text is not its fault.

        Raises PageEncrypted.
        """
        try:
            return self.read(name)
        except (PageDamaged, PageTooLarge):
            return None

    def close(self) -> None:
        self._zip.close()


def rewritten(path: Path, data: bytes, changes: Mapping[str, bytes]) -> list[bytes]:
    """The archive `data` with other contents for some members, in pieces.

    Raises PageDamaged where its layout is not the usual one.
    """
    try:
        return _rewritten(data, changes)
    except (struct.error, _Unusual) as error:
        raise PageDamaged(path=path, detail=str(error)) from error


class _Unusual(ValueError):
    """An archive that is read, but not written."""


def _rewritten(data: bytes, changes: Mapping[str, bytes]) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        directory = archive.start_dir
        infos = archive.infolist()
    records, end = _records(data, directory, len(infos))
    order = sorted(range(len(infos)), key=lambda at: _CENTRAL.unpack_from(records[at])[-1])
    starts = [_CENTRAL.unpack_from(records[at])[-1] for at in order]
    if len(set(starts)) != len(starts) or (starts and starts[-1] >= directory):
        raise _Unusual("its members overlap")
    pieces = [data[: starts[0]] if starts else b""]
    written = len(pieces[0])
    for at, start, stop in zip(order, starts, [*starts[1:], directory], strict=True):
        if not data.startswith(b"PK\3\4", start):
            raise _Unusual("a member is not where it should be")
        name, moved = infos[at].filename, written
        if name in changes:
            header, packed, records[at] = _member(data, start, records[at], changes[name])
            pieces += [header, packed]
            written += len(header) + len(packed)
        else:
            pieces.append(data[start:stop])
            written += stop - start
        if moved >= _FULL:
            raise _Unusual("it is too large")
        records[at] = records[at][:42] + struct.pack("<L", moved) + records[at][46:]
    tail = bytearray(data[end:])
    struct.pack_into("<L", tail, 16, written)
    return [*pieces, *records, bytes(tail)]


def _records(data: bytes, at: int, count: int) -> tuple[list[bytes], int]:
    """The records of the central directory, and where the end record begins."""
    found = []
    for _ in range(count):
        fields = _CENTRAL.unpack_from(data, at)
        if fields[0] != b"PK\1\2" or _FULL in (fields[8], fields[9], fields[16]):
            raise _Unusual("its directory is not the usual one")
        length = _CENTRAL.size + fields[10] + fields[11] + fields[12]
        found.append(data[at : at + length])
        at += length
    fields = _END.unpack_from(data, at)
    whole = at + _END.size + fields[7] == len(data)
    if fields[0] != b"PK\5\6" or fields[4] != count or not whole:
        raise _Unusual("it does not end as it should")
    return found, at


def _member(data: bytes, start: int, record: bytes, new: bytes) -> tuple[bytes, bytes, bytes]:
    """Local header, packed contents and directory record of a member with new contents."""
    local = list(_LOCAL.unpack_from(data, start))
    central = list(_CENTRAL.unpack_from(record))
    method = local[3]
    if method == zipfile.ZIP_DEFLATED:
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        packed = packer.compress(new) + packer.flush()
    elif method == zipfile.ZIP_STORED:
        packed = new
    else:
        raise _Unusual(f"it is packed by method {method}")
    figures = [zlib.crc32(new), len(packed), len(new)]
    local[2] &= ~_DESCRIPTOR
    central[3] &= ~_DESCRIPTOR
    local[6:9] = figures
    central[7:10] = figures
    names = data[start + _LOCAL.size : start + _LOCAL.size + local[9] + local[10]]
    return _LOCAL.pack(*local) + names, packed, _CENTRAL.pack(*central) + record[_CENTRAL.size :]
