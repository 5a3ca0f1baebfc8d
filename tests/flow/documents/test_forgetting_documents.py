"""Forgetting leaves no byte behind: proven by looking into every file of the home folder."""

import pytest

from tests.flow.documents.kept import Desk, Scripted
from tests.flow.documents.vendors import SCHEMA, Printed, vendor
from tests.flow.engine.conftest import drive
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documenterrors import DocumentUnknown
from vlm_desktop.base.documents import FieldSpec, Schema

_FIELDS = ("vendor", "number", "date", "total", "account")
_READ = b"Zyxwvut"
_TYPED = b"Qwertzuiop"
_TAUGHT = b"kundenanker"


def secret(desk: Desk, scripted: Scripted, seed: int = 1) -> tuple[int, Printed]:
    """A document that was read, corrected, undone, learned from and put into a batch."""
    made = desk.printed(vendor(seed), 1)
    page = made.reading.pages[0]
    words = list(page.words)
    first = made.places["vendor"][0]
    words[first] = type(words[first])(_READ.decode(), words[first].box, 0.9)
    label = made.places["reference"][0] - 1
    words[label] = type(words[label])(_TAUGHT.decode(), words[label].box, 0.9)
    made.reading = type(made.reading)(
        made.reading.path,
        made.reading.content_hash,
        made.reading.kind,
        1,
        (type(page)(1, page.view, tuple(words), page.lines),),
    )
    desk.readings.by_path[made.reading.path] = made.reading
    scripted.finds[made.reading.path] = {name: made.places[name] for name in _FIELDS}
    batch = drive(desk.batch.add([made.reading.path], SCHEMA, CancelToken()))[1]
    drive(desk.batch.run(batch.id, CancelToken()))
    (document,) = desk.batch.queue(batch.id)
    page = made.reading.pages[0]
    desk.keeping.assign(document.id, page, made.places["reference"], "reference")
    done = desk.keeping.override(document.id, "contact", _TYPED.decode())
    desk.keeping.undo(done)
    desk.keeping.finish(document.id, made.reading)
    return document.id, made


def holding(desk: Desk, *traces: bytes) -> dict[bytes, list[str]]:
    """Which files of the home folder hold which traces."""
    found: dict[bytes, list[str]] = {}
    for path in sorted(desk.home.home.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        for trace in traces:
            if trace in content:
                found.setdefault(trace, []).append(path.name)
    return found


def traces_of(made: Printed) -> tuple[bytes, ...]:
    return (
        _READ, _TYPED, _TAUGHT,
        made.reading.path.name.encode(),
        made.truth["number"].encode(),
        made.truth["reference"].encode(),
        made.truth["account"].encode(),
        made.truth["total"].encode(),
    )  # fmt: skip


def test_forgetting_one_document_leaves_no_byte(desk: Desk, scripted: Scripted) -> None:
    document, made = secret(desk, scripted)
    other = desk.printed(vendor(2), 1)
    scripted.finds[other.reading.path] = {"number": other.places["number"]}
    kept = desk.kept(other)
    traces = traces_of(made)
    assert set(holding(desk, *traces)) == set(traces), "the test would prove nothing"
    forgotten = drive(desk.keeping.forget([document], CancelToken()))[1]
    assert forgotten.documents == 1
    assert forgotten.lessons > 0
    assert forgotten.clean
    assert holding(desk, *traces) == {}
    assert desk.forgotten == 1, "what is in memory goes, too"
    with pytest.raises(DocumentUnknown):
        desk.keeping.sheet(document)
    assert desk.batch.batches() == ()
    assert desk.said(kept.id, "number") == other.truth["number"]
    desk.library.close()
    assert holding(desk, *traces) == {}
    desk.reopen()


def test_forgetting_all_leaves_nothing(desk: Desk, scripted: Scripted) -> None:
    made = [secret(desk, scripted, seed)[1] for seed in (1, 2, 3)]
    own = Schema("Xylophonbau", (FieldSpec("Geheimfeld"),))
    desk.kept(made[0], own)
    traces = (b"Xylophonbau", b"Geheimfeld", *(one for each in made for one in traces_of(each)))
    assert set(holding(desk, *traces)) == set(traces)
    forgotten = drive(desk.keeping.forget(None, CancelToken()))[1]
    assert forgotten.documents == 4
    assert holding(desk, *traces) == {}
    assert desk.keeping.documents() == ()
    assert desk.keeping.lessons() == ()


def test_what_a_forgotten_document_taught_is_forgotten(desk: Desk, scripted: Scripted) -> None:
    document, _ = secret(desk, scripted)
    second = desk.printed(vendor(1), 2)
    assert desk.said(desk.kept(second).id, "reference") == second.truth["reference"]
    drive(desk.keeping.forget([document], CancelToken()))
    assert desk.said(desk.kept(second).id, "reference") == ""


def test_forgetting_a_folder_of_the_library_forgets_its_documents(
    desk: Desk, scripted: Scripted
) -> None:
    _, made = secret(desk, scripted)
    counts = desk.library.forget(desk.files)
    assert counts.documents == 1
    desk.library.scrub()
    assert holding(desk, *traces_of(made)) == {}
