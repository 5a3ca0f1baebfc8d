"""A whole set drafted: in order, resumable, each image costing only its own row."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from tests.fake_drafting import FakeDrafting
from tests.fakes import make_photo
from tests.flow.alttext.conftest import Desk, drive
from tests.flow.alttext.fake_checks import FakeChecking
from vlm_desktop.base.alterrors import NoTextRead
from vlm_desktop.base.altkeeping import (
    AltBatchOptions,
    AltBatchReport,
    AltOrder,
    AltRowDone,
    ImportedText,
)
from vlm_desktop.base.altpages import Page, PageFormat, PageImage, Spot
from vlm_desktop.base.alttext import AltState, Brief, Decision, PageContext, Suggestion
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled, DiskFull, MediaRefused, Refusal
from vlm_desktop.base.events import Progress
from vlm_desktop.engine.alttext.batch import AltBatch

_REPO = Path(__file__).parents[3]


@pytest.fixture
def drafting() -> FakeDrafting:
    return FakeDrafting()


@pytest.fixture
def checking() -> FakeChecking:
    return FakeChecking()


@pytest.fixture
def batch(desk: Desk, drafting: FakeDrafting, checking: FakeChecking) -> AltBatch:
    return AltBatch(lambda: desk.library, desk.sets, drafting, checking)


def run(
    batch: AltBatch, set_id: int = 1, **options: object
) -> tuple[list[AltRowDone], AltBatchReport]:
    events, report = drive(
        batch.draft_set(set_id, CancelToken(), AltBatchOptions(**options))  # type: ignore[arg-type]
    )
    return [one for one in events if isinstance(one, AltRowDone)], report


def asked(drafting: FakeDrafting) -> list[tuple[str, Decision, int]]:
    """Each draft's file, what it was for, and how many were wanted."""
    return [(one.path.name, one.decision, one.brief.candidates) for one in drafting.asked]


def texts(desk: Desk, set_id: int = 1, language: str = "en") -> list[str]:
    return [one.text(language).alt for one in desk.sets.images(set_id)]


def test_every_image_gets_a_suggestion_a_draft_and_a_risk(
    desk: Desk, photos: Path, batch: AltBatch, drafting: FakeDrafting
) -> None:
    made = desk.filled(photos)
    events, report = drive(batch.draft_set(made.id, CancelToken()))
    ids = [one.id for one in desk.sets.images(made.id)]
    assert texts(desk) == ["The a.", "The b.", "The c."]
    assert report.done.images == tuple(ids)
    assert [one.image_id for one in events if isinstance(one, AltRowDone)] == ids
    last = [one for one in events if isinstance(one, Progress)][-1]
    assert (last.done, last.total) == (3, 3)
    for image in desk.sets.images(made.id):
        assert image.decision is Decision.UNDECIDED, "a person decides"
        assert image.suggestion is not None
        assert image.text("en").state is AltState.DRAFT
        assert image.risk is not None
        assert "disagreement" in image.risk_reasons
        assert len(desk.sets.candidates(image.id, "en")) == 2
    desk.sets.undo(report.done)
    assert texts(desk) == ["", "", ""]


def test_what_is_there_is_skipped_and_a_second_run_has_nothing_to_do(
    desk: Desk, photos: Path, batch: AltBatch, drafting: FakeDrafting
) -> None:
    made = desk.filled(photos)
    a, b, c = (one.id for one in desk.sets.images(made.id))
    desk.sets.save_text(a, "en", "Mine.")
    desk.sets.decide([b], Decision.DECORATIVE)
    rows, report = run(batch)
    assert [one.image_id for one in rows] == [c]
    assert (report.skipped, texts(desk)) == (2, ["Mine.", "", "The c."])
    drafting.asked.clear()
    assert run(batch)[1].skipped == 3
    assert drafting.asked == []

    drafting.say = lambda path: (f"Again {path.stem}.",)
    _, report = run(batch, again=True, compare=False)
    assert texts(desk) == ["Mine.", "", "Again c."], "a person's text stays"
    assert [one.candidate.alt for one in desk.sets.candidates(c, "en")][-1] == "Again c."


def test_drafts_that_were_taken_back_are_written_again(
    desk: Desk, photos: Path, batch: AltBatch, drafting: FakeDrafting
) -> None:
    desk.filled(photos)
    _, report = run(batch)
    desk.sets.undo(report.done)
    drafting.say = lambda path: (f"Again {path.stem}.",)
    assert [one.alt for one in run(batch)[0]] == ["Again a.", "Again b.", "Again c."]
    assert texts(desk) == ["Again a.", "Again b.", "Again c."]


def test_where_a_draft_says_nothing_it_is_not_asked_for_again(
    desk: Desk, photos: Path, batch: AltBatch, drafting: FakeDrafting
) -> None:
    desk.filled(photos)
    drafting.say = lambda path: ("",) if path.stem == "b" else (f"The {path.stem}.",)
    run(batch)
    assert texts(desk) == ["The a.", "", "The c."]
    assert run(batch)[0] == []


def test_only_some_images_are_asked_for(desk: Desk, photos: Path, batch: AltBatch) -> None:
    made = desk.filled(photos)
    a, _, c = (one.id for one in desk.sets.images(made.id))
    rows, _ = run(batch, only=(c, a))
    assert [one.image_id for one in rows] == [a, c]


def test_an_image_that_cannot_be_drafted_costs_its_own_row(
    desk: Desk, photos: Path, batch: AltBatch, drafting: FakeDrafting
) -> None:
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
    made = desk.filled(photos)
    (photos / "c.jpg").unlink()
    drafting.fail["a.jpg"] = NoTextRead(path=photos / "a.jpg")
    rows, report = run(batch)
    assert len(rows) == 4
    assert texts(desk) == ["", "The b.", "", ""]
    found = {desk.sets.image(one).name: error for one, error in report.problems}
    assert isinstance(found["a.jpg"], NoTextRead)
    broken, gone = found["broken.jpg"], found["c.jpg"]
    assert isinstance(broken, MediaRefused)
    assert isinstance(gone, MediaRefused)
    assert (broken.reason, gone.reason) == (Refusal.CORRUPT, Refusal.VANISHED)
    assert made.id == 1


def test_a_full_disk_ends_it_and_keeps_what_was_done(
    desk: Desk, photos: Path, batch: AltBatch, drafting: FakeDrafting
) -> None:
    desk.filled(photos)
    drafting.fail["b.jpg"] = DiskFull(path=photos)
    with pytest.raises(DiskFull):
        run(batch)
    assert texts(desk) == ["The a.", "", ""]
    drafting.fail.clear()
    assert [one.alt for one in run(batch)[0]] == ["The b.", "The c."]


def test_a_cancelled_batch_goes_on_where_it_stopped(
    desk: Desk, photos: Path, batch: AltBatch, drafting: FakeDrafting
) -> None:
    desk.filled(photos)
    cancel = CancelToken()
    verb = batch.draft_set(1, cancel)
    while not isinstance(next(verb), AltRowDone):
        pass
    cancel.cancel()
    with pytest.raises(Cancelled):
        drive(verb)
    assert texts(desk) == ["The a.", "", ""]
    desk.reopen()
    run(batch)
    assert texts(desk) == ["The a.", "The b.", "The c."]
    assert [one.path.name for one in drafting.asked] == ["a.jpg", "b.jpg", "c.jpg"]


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_a_killed_batch_goes_on_where_it_stopped(
    tmp_path: Path, pool: object, drafting: FakeDrafting, checking: FakeChecking
) -> None:
    folder = tmp_path / "many"
    for number in range(8):
        make_photo(folder / f"{number}.jpg", (20 * number, 99, 7), seed=number)
    child = [sys.executable, "-m", "tests.flow.alttext.interrupted_batch"]
    with subprocess.Popen(
        [*child, str(tmp_path / "home"), str(folder), "5"], cwd=_REPO, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        set_id = int(process.stdout.readline())
        helpers = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        for helper in helpers:
            with contextlib.suppress(psutil.NoSuchProcess):
                helper.kill()
    assert process.returncode == -signal.SIGKILL

    desk = Desk(tmp_path / "home", pool)  # type: ignore[arg-type]
    try:
        done = [text for text in texts(desk, set_id) if text]
        assert len(done) == 5
        batch = AltBatch(lambda: desk.library, desk.sets, drafting, checking)
        rows, report = run(batch, set_id)
        assert len(rows) == 3
        assert report.skipped == 5
        assert texts(desk, set_id) == [f"The {number}." for number in range(8)]
        for image in desk.sets.images(set_id):
            assert desk.acts(image.id) == ["drafted"]
        assert desk.library.verify().problems == ()
    finally:
        desk.library.close()


def test_texts_in_the_files_come_first(
    desk: Desk, photos: Path, batch: AltBatch, drafting: FakeDrafting
) -> None:
    (photos / "b.jpg.xmp").write_text(
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description'
        ' xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/">'
        "<Iptc4xmpCore:AltTextAccessibility><rdf:Alt>"
        '<rdf:li xml:lang="x-default">Green cloth.</rdf:li>'
        "</rdf:Alt></Iptc4xmpCore:AltTextAccessibility></rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    made = desk.filled(photos)
    b = desk.sets.images(made.id)[1]
    _, report = run(batch)
    assert report.imported == (b.id,)
    assert texts(desk) == ["The a.", "Green cloth.", "The c."]
    assert desk.acts(b.id) == ["imported"]


def test_images_that_seem_to_need_no_text_wait_for_a_person(
    desk: Desk, photos: Path, batch: AltBatch, drafting: FakeDrafting
) -> None:
    made = desk.filled(photos)
    b = desk.sets.images(made.id)[1].id
    drafting.suggested["b.jpg"] = Suggestion(Decision.DECORATIVE, (("tiny", "1 x 1"),), 0.95)
    _, report = run(batch)
    assert report.suggested == (b,)
    assert [one.path.name for one in drafting.asked] == ["a.jpg", "c.jpg"]
    drafting.asked.clear()
    run(batch)
    assert drafting.asked == []
    desk.sets.decide([b], Decision.INFORMATIVE)
    run(batch)
    assert asked(drafting) == [("b.jpg", Decision.INFORMATIVE, 2)]


def test_a_persons_decision_leads_the_draft(
    desk: Desk, photos: Path, batch: AltBatch, drafting: FakeDrafting
) -> None:
    made = desk.filled(photos)
    a, b, c = (one.id for one in desk.sets.images(made.id))
    desk.sets.decide([a], Decision.TEXT)
    desk.sets.group([b, c], c)
    run(batch, compare=False)
    assert asked(drafting) == [("a.jpg", Decision.TEXT, 1), ("c.jpg", Decision.INFORMATIVE, 1)]
    assert texts(desk) == ["The a.", "", "The c."]


# --- images that look alike --------------------------------------------------------------


@pytest.fixture
def series(tmp_path: Path) -> Path:
    """Three pictures that look nearly the same, and one that does not."""
    folder = tmp_path / "series"
    folder.mkdir()
    random = np.random.default_rng(4)
    scene = random.integers(0, 255, (8, 12, 3)).astype(np.uint8)
    large = Image.fromarray(scene).resize((240, 160), Image.Resampling.NEAREST)
    for number in range(3):
        noisy = np.asarray(large, dtype=np.int16) + random.integers(-3, 4, (160, 240, 3))
        Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(folder / f"{number}.png")
    other = random.integers(0, 255, (8, 12, 3)).astype(np.uint8)
    Image.fromarray(other).resize((240, 160), Image.Resampling.NEAREST).save(folder / "x.png")
    return folder


def drafts(*texts: str) -> Sequence[str]:
    return texts


def test_look_alikes_are_told_by_what_sets_them_apart(
    desk: Desk, series: Path, batch: AltBatch, drafting: FakeDrafting
) -> None:
    said = {
        "0": drafts("A dog on a lawn."),
        "1": drafts("A dog on a lawn.", "A dog jumps over a lawn.", "A cat."),
        "2": drafts("A dog on a lawn.", "A lawn with a dog."),
        "x": drafts("A dog on a lawn."),
    }
    drafting.say = lambda path: said[path.stem]
    made = desk.filled(series)
    run(batch)
    first, second, third, other = desk.sets.images(made.id)
    group = (first.id, second.id, third.id)
    assert dict(drafting.looked) == {
        "0.png": group, "1.png": group, "2.png": group, "x.png": (),
    }  # fmt: skip
    assert texts(desk) == [
        "A dog on a lawn.", "A dog jumps over a lawn.", "A dog on a lawn.", "A dog on a lawn.",
    ]  # fmt: skip
    assert second.suggestion is not None
    assert third.suggestion is not None
    assert other.suggestion is not None
    assert second.suggestion.decision is Decision.GROUP
    assert ("apart", "jumps") in second.suggestion.reasons
    assert ("not-apart", "") in third.suggestion.reasons, "no difference is made up"
    assert [code for code, _ in other.suggestion.reasons] == ["photo"]
    assert "near-duplicate" in second.risk_reasons
    assert "near-duplicate" not in other.risk_reasons
    newest = desk.sets.candidates(second.id, "en")
    assert [one.candidate.notes for one in newest if one.candidate.alt == texts(desk)[1]] == [
        ("starter", "apart")
    ]


def test_the_same_picture_gets_the_same_text(
    desk: Desk, photos: Path, batch: AltBatch, drafting: FakeDrafting
) -> None:
    (photos / "copy.jpg").write_bytes((photos / "a.jpg").read_bytes())
    made = desk.filled(photos)
    run(batch)
    a, _, _, copy = desk.sets.images(made.id)
    assert dict(drafting.looked)["copy.jpg"] == (a.id, copy.id)
    assert [one.path.name for one in drafting.asked] == ["a.jpg", "b.jpg", "c.jpg"]
    assert copy.text("en").alt == "The a."
    assert copy.suggestion is not None
    assert ("same-picture", "a.jpg") in copy.suggestion.reasons


def test_the_same_picture_used_for_something_else_has_its_own_text(
    desk: Desk, photos: Path, batch: AltBatch, drafting: FakeDrafting
) -> None:
    made = desk.sets.new_set("Page")
    path = photos / "a.jpg"
    contexts = (PageContext(heading="Farm"), PageContext(link_target="/home"), PageContext())
    images = tuple(
        PageImage(str(number), Spot.IMG, "a.jpg", path, "a.jpg", None, context)
        for number, context in enumerate((*contexts, contexts[0]))
    )
    page = Page(photos / "p.html", PageFormat.HTML, "", "en", "0" * 64, images)
    drive(desk.sets.add_page(made.id, page, CancelToken()))
    run(batch, made.id)
    assert len(drafting.asked) == 3, "the fourth is used as the first"


# --- risk --------------------------------------------------------------------------------


def test_the_riskiest_come_first(
    desk: Desk, photos: Path, batch: AltBatch, drafting: FakeDrafting, checking: FakeChecking
) -> None:
    said = {
        "a": drafts("A lamp beside a chair.", "A lamp beside a chair."),
        "b": drafts("A woman rides a horse.", "Two trucks in heavy snow."),
        "c": drafts("A lamp stands near a bed.", "A lamp stands near a bed."),
    }
    drafting.say = lambda path: said[path.stem]
    checking.disputed.add("A lamp stands near a bed.")
    made = desk.filled(photos)
    run(batch, claims=True)
    found = desk.sets.images(made.id, order=AltOrder.RISK)
    assert [one.name for one in found] == ["b.jpg", "c.jpg", "a.jpg"]
    assert found[0].risk_reasons == ("disagreement", "people")
    assert found[1].risk_reasons == ("low-support",)
    assert (found[2].risk, found[2].risk_reasons) == (0.0, ())
    assert len(checking.asked) == 3


# --- pages and languages -----------------------------------------------------------------


def test_images_far_away_are_named(desk: Desk, photos: Path, batch: AltBatch) -> None:
    made = desk.sets.new_set("Page")
    images = (
        PageImage("1", Spot.IMG, "https://example.org/a.jpg", None, "a.jpg", None),
        PageImage("2", Spot.IMG, "b.jpg", photos / "b.jpg", "b.jpg", None),
        PageImage("3", Spot.IMG, "c.jpg", photos / "c.jpg", "c.jpg", "On the page."),
    )
    page = Page(photos / "p.html", PageFormat.HTML, "", "en", "0" * 64, images)
    drive(desk.sets.add_page(made.id, page, CancelToken()))
    _, report = run(batch, made.id)
    one = desk.sets.images(made.id)[0]
    assert report.far == (one.id,)
    assert texts(desk, made.id) == ["", "The b.", "On the page."]


def test_approved_texts_are_drafted_in_another_language(
    desk: Desk, photos: Path, batch: AltBatch
) -> None:
    made = desk.filled(photos)
    desk.sets.set_brief(made.id, Brief(language="en"))
    a, b, c = (one.id for one in desk.sets.images(made.id))
    desk.sets.import_texts([ImportedText(one, "en", f"Text {one}.") for one in (a, b, c)], "x")
    desk.sets.decide([a, b, c], Decision.INFORMATIVE)
    desk.approve(a, b)
    desk.sets.save_text(b, "de", "Von Hand.")
    report = drive(batch.translate_set(made.id, "de", CancelToken()))[1]
    assert texts(desk, made.id, "de") == [f"[de] Text {a}.", "Von Hand.", ""]
    assert report.done.images == (a,)
    assert desk.acts(a, "de")[-1] == "translated"
    assert desk.text(a).state is AltState.APPROVED
    desk.sets.undo(report.done)
    assert desk.text(a, "de").alt == ""
