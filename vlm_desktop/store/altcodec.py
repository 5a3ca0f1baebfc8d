"""What hangs on an image that owes a text, as JSON and back.

Fields that a later version wrote are left out, those that an older one lacked get their default.
"""

import dataclasses
import json
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from vlm_desktop.base.alttext import (
    AltAct,
    AltEvent,
    AltImage,
    AltState,
    AltStyle,
    AltText,
    Author,
    Brief,
    Candidate,
    Decided,
    Decision,
    Destination,
    PageContext,
    StructuredDescription,
    Suggestion,
    WrittenBy,
)
from vlm_desktop.base.types import Size
from vlm_desktop.store.pathcodec import decode_path, encode_path

Made = TypeVar("Made")


def encode_optional_path(path: Path | None) -> bytes:
    return b"" if path is None else encode_path(path)


def decode_optional_path(stored: bytes) -> Path | None:
    return Path(decode_path(stored)) if stored else None


def encode_place(place: str) -> bytes:
    """The very characters, whatever they are: the page's reader has to find them again."""
    return place.encode("utf-8", "surrogatepass")


def decode_place(stored: bytes) -> str:
    return stored.decode("utf-8", "surrogatepass")


# --- values ------------------------------------------------------------------------------


def encode(value: Any) -> str:
    """A frozen dataclass without the fields that have their default; "" for one that has only
    those. For what `decode_*` below reads."""
    said = _said(value)
    return json.dumps(said, ensure_ascii=True) if said else ""


def _said(value: Any) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for field in dataclasses.fields(value):
        content = getattr(value, field.name)
        if content == field.default:
            continue
        said[field.name] = _said(content) if dataclasses.is_dataclass(content) else content
    return said


def _load(stored: str) -> dict[str, Any]:
    said = json.loads(stored) if stored else {}
    return said if isinstance(said, dict) else {}


def _known(kind: type[Made], said: dict[str, Any], **made: Any) -> Made:
    names = _names(kind)  # type: ignore[arg-type]
    given = {name: value for name, value in said.items() if name in names} | made
    return kind(**{name: _frozen(value) for name, value in given.items()})


@cache
def _names(kind: Any) -> frozenset[str]:
    return frozenset(field.name for field in dataclasses.fields(kind))


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


@lru_cache(maxsize=1024)
def decode_context(stored: str) -> PageContext:
    return _known(PageContext, _load(stored))


def decode_brief(stored: str) -> Brief:
    said = _load(stored)
    made: dict[str, Any] = {}
    if "style" in said:
        made["style"] = AltStyle(said["style"])
    if "destination" in said:
        made["destination"] = _known(Destination, {"key": "web", "limit": 0} | said["destination"])
    return _known(Brief, said, **made)


def decode_suggestion(stored: str) -> Suggestion | None:
    said = _load(stored)
    if not said:
        return None
    least = {"reasons": (), "confidence": 0.0}
    return _known(Suggestion, least | said, decision=Decision(said.get("decision", "")))


def _written_by(said: dict[str, Any]) -> WrittenBy:
    return _known(WrittenBy, said, author=Author(said.get("author", "")))


@lru_cache(maxsize=1024)
def decode_written_by(stored: str) -> WrittenBy:
    return _written_by(_load(stored))


def decode_candidate(stored: str) -> Candidate:
    said = _load(stored)
    return _known(
        Candidate,
        {"alt": ""} | said,
        structured=_known(StructuredDescription, said.get("structured", {})),
        written_by=_written_by(said.get("written_by", {})),
    )


def decode_text(stored: str) -> AltText:
    said = _load(stored)
    return _known(
        AltText,
        said,
        state=AltState(said.get("state", AltState.EMPTY)),
        written_by=_written_by(said.get("written_by", {})),
    )


def decode_decided(stored: str) -> Decided:
    said = _load(stored)
    return _known(
        Decided,
        said,
        decision=Decision(said.get("decision", "")),
        by=Author(said.get("by", "")),
    )


# --- rows --------------------------------------------------------------------------------

IMAGE = (
    "alt_images.id, path, document, place, name, content_hash, width, height, decision,"
    " decided_by, suggestion, lead_id, context, notes, risk, risk_reasons, missing, problem,"
    " (SELECT json_group_array(json_array(language, alt, extended, state, written_by, changed_at,"
    " approved_hash, base_alt, base_extended, sitting)) FROM alt_texts"
    " WHERE image_id = alt_images.id)"
)
"""The columns of `read_image`."""

EVENT = "id, image_id, language, at, act, written_by, before, after, detail, batch"
"""The columns of `read_event`."""


def read_image(row: Sequence[Any]) -> AltImage:
    (
        key, path, document, place, name, content_hash, width, height, decision,
        decided_by, suggestion, lead_id, context, notes, risk, reasons, missing, problem, texts,
    ) = row  # fmt: skip
    return AltImage(
        id=key,
        path=decode_optional_path(path),
        document=decode_optional_path(document),
        place=decode_place(place),
        name=name,
        content_hash=content_hash,
        size=Size(width, height),
        decision=Decision(decision),
        decided_by=Author(decided_by),
        suggestion=decode_suggestion(suggestion),
        lead_id=lead_id,
        context=decode_context(context),
        notes=notes,
        texts=tuple(_text(one) for one in sorted(json.loads(texts))) if texts != "[]" else (),
        risk=risk,
        risk_reasons=tuple(reasons.split()),
        missing=bool(missing),
        problem=problem,
    )


def _text(said: list[Any]) -> AltText:
    language, alt, extended, state, written_by, changed_at, approved_hash, *_ = said
    by = decode_written_by(written_by)
    return AltText(language, alt, extended, AltState(state), by, changed_at, approved_hash)


def read_bases(texts: str) -> dict[str, tuple[str, str]]:
    """By language, from the last column of an image's row."""
    return {
        one[0]: (one[7], one[8] or "") for one in json.loads(texts) if one[7] is not None
    }  # fmt: skip


def read_sittings(texts: str) -> dict[str, AltText]:
    """By language, from the last column of an image's row."""
    return {one[0]: decode_text(one[9]) for one in json.loads(texts) if one[9]}


def read_event(row: Sequence[Any]) -> AltEvent:
    key, image_id, language, at, act, written_by, before, after, detail, batch = row
    is_decision = act_decides(language)
    return AltEvent(
        id=key,
        image_id=image_id,
        language=language,
        at=at,
        act=AltAct(act),
        before=AltText() if is_decision else decode_text(before),
        after=AltText() if is_decision else decode_text(after),
        written_by=decode_written_by(written_by),
        detail=detail,
        batch=batch,
        decided=(decode_decided(before), decode_decided(after)) if is_decision else None,
    )


def act_decides(language: str) -> bool:
    """Whether an event is about the decision: it belongs to no language."""
    return not language
