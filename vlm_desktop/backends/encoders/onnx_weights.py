"""Weights out of an ONNX file, read without the `onnx` package, which only the export extra brings.

The file is a protocol buffer (onnx.proto): ModelProto.graph is field 7, GraphProto.initializer
field 5, and of a TensorProto dims are field 1, data_type 2, float_data 4, name 8 and raw_data 9.
Only initialisers in float32, float16 and int8 are read; all else is skipped.
"""

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_TYPES = {1: "<f4", 3: "<i1", 10: "<f2"}


def read_weights(data: bytes, names: Collection[str]) -> dict[str, NDArray[np.float32]]:
    """The initialisers of these names, in float32. Raises ValueError where the bytes are no ONNX
    model or one is missing."""
    found: dict[str, NDArray[np.float32]] = {}
    view = memoryview(data)
    for graph in _parts(view, 7):
        for tensor in _parts(graph, 5):
            name = bytes(next(_parts(tensor, 8), b"")).decode("utf-8", "replace")
            if name in names:
                found[name] = _array(tensor)
    missing = sorted(set(names) - set(found))
    if missing:
        raise ValueError(f"no weights named {', '.join(missing)}")
    return found


def stored_weights(data: bytes | bytearray) -> dict[str, NDArray[Any]]:
    """All initialisers of the types that are read, by name, as they are stored: views on `data`,
    so that writing into them changes the model where `data` is a bytearray. Raises ValueError."""
    found = {}
    for graph in _parts(memoryview(data), 7):
        for tensor in _parts(graph, 5):
            kind = next((one for field, _, one in _fields(tensor) if field == 2), 0)
            if kind in _TYPES:
                name = bytes(next(_parts(tensor, 8), b"")).decode("utf-8", "replace")
                found[name] = _stored(tensor)
    return found


def _array(tensor: memoryview) -> NDArray[np.float32]:
    return _stored(tensor).astype(np.float32)


def _stored(tensor: memoryview) -> NDArray[Any]:
    shape: list[int] = []
    kind, raw = 0, memoryview(b"")
    for field, wire, value in _fields(tensor):
        if field == 1 and isinstance(value, int):
            shape.append(value)
        elif field == 1 and isinstance(value, memoryview):
            shape.extend(_varints(value))
        elif field == 2 and isinstance(value, int):
            kind = value
        elif field in (4, 9) and wire == _BYTES and isinstance(value, memoryview):
            raw = value
    if kind not in _TYPES:
        raise ValueError(f"weights of data type {kind}")
    return np.frombuffer(raw, _TYPES[kind]).reshape(shape)


def _parts(message: memoryview, wanted: int) -> Iterator[memoryview]:
    for field, _, value in _fields(message):
        if field == wanted and isinstance(value, memoryview):
            yield value


def _fields(message: memoryview) -> Iterator[tuple[int, int, int | memoryview]]:
    """Number, wire type and value of every field; a view for what has a length."""
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        field, wire = key >> 3, key & 7
        if wire == _VARINT:
            number, place = _varint(message, place)
            yield field, wire, number
            continue
        if wire == _BYTES:
            size, place = _varint(message, place)
        elif wire in (_FIXED64, _FIXED32):
            size = 8 if wire == _FIXED64 else 4
        else:
            raise ValueError(f"wire type {wire}")
        if place + size > len(message):
            raise ValueError("the file is cut off")
        yield field, wire, message[place : place + size]
        place += size


def _varints(packed: memoryview) -> Iterator[int]:
    place = 0
    while place < len(packed):
        number, place = _varint(packed, place)
        yield number


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        if place >= len(message) or shift > 63:
            raise ValueError("the file is cut off")
        byte = message[place]
        place += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, place
        shift += 7
