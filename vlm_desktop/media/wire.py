"""How the pool and its workers talk: frames of a JSON head and raw bodies. Never pickles.

    frame  =  length of head (u32), number of bodies (u32), length of each body (u64)...,
              head (JSON, ASCII), bodies

Paths travel as `os.fsencode` bytes in hex, so names that are no UTF-8 survive.
"""

import dataclasses
import json
import os
import struct
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from vlm_desktop.base.documentfiles import DocumentFacts, LayerVerdict, LayerWord, TextLayer
from vlm_desktop.base.errors import Refusal
from vlm_desktop.base.types import (
    Box,
    DecodedFile,
    DecodedPage,
    DecodeLimits,
    DecodeOutcome,
    DecodeRequest,
    Exposure,
    KnownFile,
    MediaKind,
    PhotoMetadata,
    RefusedFile,
    Size,
    TagListing,
    TagRow,
)
from vlm_desktop.media.wirework import done_in, done_out, work_in, work_out

_PREFIX = struct.Struct("<II")
_MAX_HEAD = 256 * 1024 * 1024
_MAX_BODIES = 10_000
_MAX_BODY = 1 << 34


class WireError(Exception):
    """The other side sent something that is no frame."""


class ReadInto(Protocol):
    """The half of an unbuffered binary file that `read_frame` needs."""

    def readinto(self, buffer: memoryview, /) -> int | None: ...


@dataclasses.dataclass(frozen=True, slots=True)
class Frame:
    """One message: a JSON object and the arrays or bytes that go with it."""

    head: dict[str, Any]
    bodies: tuple[memoryview, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Reply:
    """A worker's answer. `retiring` says that the worker ends itself after it."""

    outcome: DecodeOutcome
    retiring: bool


def pack(frame: Frame) -> list[memoryview]:
    """The parts to be written one after the other."""
    head = json.dumps(frame.head, separators=(",", ":")).encode("ascii")
    sizes = struct.pack(f"<{len(frame.bodies)}Q", *(body.nbytes for body in frame.bodies))
    prefix = _PREFIX.pack(len(head), len(frame.bodies)) + sizes + head
    return [memoryview(prefix), *frame.bodies]


def read_frame(stream: ReadInto) -> Frame | None:
    """The next frame; None at the end of the stream, also in the middle of a frame."""
    prefix = _read(stream, _PREFIX.size)
    if prefix is None:
        return None
    head_size, count = _PREFIX.unpack(prefix)
    if head_size > _MAX_HEAD or count > _MAX_BODIES:
        raise WireError(f"head of {head_size} bytes, {count} bodies")
    sizes = _read(stream, 8 * count)
    head = _read(stream, head_size)
    if sizes is None or head is None:
        return None
    bodies = []
    for size in struct.unpack(f"<{count}Q", sizes):
        if size > _MAX_BODY:
            raise WireError(f"body of {size} bytes")
        body = _read(stream, size)
        if body is None:
            return None
        bodies.append(body)
    try:
        return Frame(json.loads(bytes(head)), tuple(bodies))
    except ValueError as error:
        raise WireError(str(error)) from error


def frame_of_limits(limits: DecodeLimits) -> Frame:
    return Frame(dataclasses.asdict(limits))


def limits_of(frame: Frame) -> DecodeLimits:
    return DecodeLimits(**frame.head)


def frame_of_request(request: DecodeRequest) -> Frame:
    return Frame(
        {
            "path": _path_out(request.path),
            "min_side": request.min_side,
            "thumbnail_side": request.thumbnail_side,
            "skip": sorted(request.skip_hashes),
            "page": request.page,
            "listing": request.listing,
            "region": _box_out(request.region),
            "layer": request.layer,
            "facts": request.facts,
            "work": work_out(request.work) if request.work else None,
        }
    )


def request_of(frame: Frame) -> DecodeRequest:
    return DecodeRequest(
        path=_path_in(frame.head["path"]),
        min_side=frame.head["min_side"],
        thumbnail_side=frame.head["thumbnail_side"],
        skip_hashes=frozenset(frame.head["skip"]),
        page=frame.head["page"],
        listing=frame.head["listing"],
        region=_box_in(frame.head["region"]),
        layer=frame.head["layer"],
        facts=frame.head["facts"],
        work=work_in(frame.head["work"]) if frame.head["work"] else None,
    )


def frame_of_reply(reply: Reply) -> Frame:
    outcome = reply.outcome
    head: dict[str, Any] = {"retiring": reply.retiring, "path": _path_out(outcome.path)}
    if isinstance(outcome, KnownFile):
        stamp = [outcome.content_hash, outcome.size_bytes, outcome.mtime_ns]
        return Frame(head | {"is": "known", "stamp": stamp})
    if isinstance(outcome, RefusedFile):
        stamp = [outcome.content_hash, outcome.size_bytes, outcome.mtime_ns]
        said = {"reason": outcome.reason.value, "detail": outcome.detail}
        return Frame(head | {"is": "refused", "stamp": stamp} | said)
    head |= {
        "is": "decoded",
        "stamp": [outcome.content_hash, outcome.size_bytes, outcome.mtime_ns],
        "kind": outcome.kind.value,
        "format": outcome.format,
        "hashes": [outcome.pixel_hash, outcome.perceptual_hash],
        "metadata": dataclasses.asdict(outcome.metadata),
        "pages": [_page_out(page) for page in outcome.pages],
        "facts": dataclasses.asdict(outcome.facts) if outcome.facts else None,
        "done": done_out(outcome.done) if outcome.done else None,
        "listing": dataclasses.asdict(outcome.listing) if outcome.listing else None,
    }
    pixels = [page.pixels.reshape(-1).data for page in outcome.pages]
    return Frame(head, (memoryview(outcome.thumbnail), *pixels))


def reply_of(frame: Frame) -> Reply:
    """Raises `WireError` when the frame is not what a worker sends."""
    try:
        return Reply(_outcome_of(frame), bool(frame.head["retiring"]))
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise WireError(repr(error)) from error


def _outcome_of(frame: Frame) -> DecodeOutcome:
    head = frame.head
    path = _path_in(head["path"])
    content_hash, size_bytes, mtime_ns = head["stamp"]
    if head["is"] == "known":
        return KnownFile(path, content_hash, size_bytes, mtime_ns)
    if head["is"] == "refused":
        return RefusedFile(
            path, Refusal(head["reason"]), head["detail"], content_hash, size_bytes, mtime_ns
        )
    thumbnail, *bodies = frame.bodies
    metadata = head["metadata"]
    return DecodedFile(
        path=path,
        content_hash=content_hash,
        kind=MediaKind(head["kind"]),
        format=head["format"],
        metadata=PhotoMetadata(**metadata | {"keywords": tuple(metadata["keywords"])}),
        pages=tuple(_page_of(page, body) for page, body in zip(head["pages"], bodies, strict=True)),
        thumbnail=bytes(thumbnail),
        pixel_hash=head["hashes"][0],
        perceptual_hash=head["hashes"][1],
        size_bytes=size_bytes,
        mtime_ns=mtime_ns,
        listing=_listing_of(head["listing"]) if head["listing"] else None,
        facts=_facts_of(head["facts"]) if head["facts"] else None,
        done=done_in(head["done"]) if head["done"] else None,
    )


def _listing_of(said: dict[str, Any]) -> TagListing:
    rows = tuple(TagRow(**row) for row in said["rows"])
    return TagListing(rows, Exposure(**said["exposure"]))


def _page_out(page: DecodedPage) -> list[Any]:
    said = [page.number, page.size.width, page.size.height, *page.pixels.shape[:2], page.text]
    return [*said, _layer_out(page.layer), _box_out(page.region)]


def _page_of(page: list[Any], body: memoryview) -> DecodedPage:
    number, width, height, rows, columns, text, layer, region = page
    pixels = np.frombuffer(body, dtype=np.uint8).reshape(rows, columns, 3)
    size = Size(width, height)
    return DecodedPage(number, pixels, size, text, _layer_in(layer), _box_in(region))


def _facts_of(said: dict[str, Any]) -> DocumentFacts:
    sizes = tuple(Size(**size) for size in said["sizes"])
    return DocumentFacts(said["page_count"], sizes, tuple(said["hazards"]))


def _layer_out(layer: TextLayer | None) -> list[Any] | None:
    """A text layer as JSON: a page may have 50,000 words, so each is a short list."""
    if layer is None:
        return None
    words = [
        [word.text, *_box_list(word.box), word.is_invisible, word.has_ink] for word in layer.words
    ]
    return [layer.verdict.value, list(layer.doubts), layer.is_cut, words]


def _layer_in(said: list[Any] | None) -> TextLayer | None:
    """The inverse of `_layer_out`. Raises ValueError, TypeError for what is no layer."""
    if said is None:
        return None
    verdict, doubts, is_cut, words = said
    found = tuple(
        LayerWord(text, Box(*box), is_invisible, has_ink)
        for text, *box, is_invisible, has_ink in words
    )
    return TextLayer(found, LayerVerdict(verdict), tuple(doubts), is_cut)


def _box_list(box: Box) -> list[float]:
    return [round(box.x0, 3), round(box.y0, 3), round(box.x1, 3), round(box.y1, 3)]


def _box_out(box: Box | None) -> list[float] | None:
    return [box.x0, box.y0, box.x1, box.y1] if box else None


def _box_in(said: list[float] | None) -> Box | None:
    return Box(*said) if said else None


def _read(stream: ReadInto, size: int) -> memoryview | None:
    buffer = np.empty(size, dtype=np.uint8).data if size else memoryview(b"")
    at = 0
    while at < size:
        count = stream.readinto(buffer[at:])
        if not count:
            return None
        at += count
    return buffer


def _path_out(path: Path) -> str:
    return os.fsencode(path).hex()


def _path_in(text: str) -> Path:
    return Path(os.fsdecode(bytes.fromhex(text)))
