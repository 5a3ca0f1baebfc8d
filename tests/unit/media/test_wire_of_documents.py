"""What documents ask of a decoder process, and what comes back, survives the way."""

import io
from pathlib import Path

import numpy as np
import pytest

from vlm_desktop.base.documentexports import RedactArea
from vlm_desktop.base.documentfiles import DocumentFacts, LayerVerdict, LayerWord, TextLayer
from vlm_desktop.base.pdfwork import (
    AddText,
    Attachment,
    CutOut,
    FindTexts,
    PageWords,
    PdfWork,
    ReadAttachments,
    WorkDone,
)
from vlm_desktop.base.types import (
    Box,
    DecodedFile,
    DecodedPage,
    DecodeRequest,
    MediaKind,
    PhotoMetadata,
    Size,
)
from vlm_desktop.media.wire import (
    Frame,
    Reply,
    WireError,
    frame_of_reply,
    frame_of_request,
    pack,
    read_frame,
    reply_of,
    request_of,
)

BOX = Box(1.5, 2.0, 30.25, 4.125)


def sent(frame: Frame) -> Frame:
    data = b"".join(bytes(part) for part in pack(frame))
    found = read_frame(io.BytesIO(data))
    assert found is not None
    return found


@pytest.mark.parametrize(
    "work",
    [
        AddText(Path("b.pdf"), (PageWords(2, (("Größe", BOX),), 1),)),
        CutOut(Path("b.png"), (RedactArea(1, BOX),), (3, 4), "PNG"),
        FindTexts(("a", "שלום")),
        ReadAttachments(),
        None,
    ],
)
def test_requests(work: PdfWork | None) -> None:
    request = DecodeRequest(Path("a.pdf"), page=3, region=BOX, layer=True, facts=True, work=work)
    assert request_of(sent(frame_of_request(request))) == request


def test_replies() -> None:
    words = (LayerWord("Total", BOX), LayerWord("Secret", BOX, True, False))
    layer = TextLayer(words, LayerVerdict.MIXED, ("pictures",), True)
    pixels = np.zeros((2, 3, 3), dtype=np.uint8)
    outcome = DecodedFile(
        Path("a.pdf"), "ab", MediaKind.PDF, "PDF", PhotoMetadata(),
        (DecodedPage(1, pixels, Size(3, 2), "", layer, BOX),), b"", "", "", 5, 6,
        facts=DocumentFacts(2, (Size(3, 2),), ("launch",)),
        done=WorkDone((1,), (Attachment("x.xml", b"<a/>\x00\xff"),), ("a",)),
    )  # fmt: skip
    found = reply_of(sent(frame_of_reply(Reply(outcome, False)))).outcome
    assert isinstance(found, DecodedFile)
    assert found.pages[0].layer == layer
    assert found.pages[0].region == BOX
    assert (found.facts, found.done) == (outcome.facts, outcome.done)


@pytest.mark.parametrize("damage", [{"facts": {}}, {"done": {"pages": 1}}, {"pages": [[1, 2]]}])
def test_nonsense_is_no_reply(damage: dict[str, object]) -> None:
    outcome = DecodedFile(
        Path("a.pdf"), "ab", MediaKind.PDF, "PDF", PhotoMetadata(), (), b"", "", "", 5, 6,
        facts=DocumentFacts(1, ()), done=WorkDone(),
    )  # fmt: skip
    frame = frame_of_reply(Reply(outcome, False))
    head = frame.head | {key: value or [1] for key, value in damage.items()}
    with pytest.raises(WireError):
        reply_of(Frame(head, (*frame.bodies, memoryview(b""))))
