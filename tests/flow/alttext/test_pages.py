"""A page on its whole way: opened, kept in a set, approved, written back, noted."""

from pathlib import Path

import pytest

from tests.flow.alttext.conftest import Desk, draft, drive, pool
from tests.unit.media.pages.pagemaking import slides, word
from vlm_desktop.base.alttext import AltAct, Decision
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled
from vlm_desktop.engine.alttext.pages import AltPages

__all__ = ["pool"]


@pytest.fixture
def pages(tmp_path: Path) -> AltPages:
    return AltPages(tmp_path / "home" / "pages")


@pytest.mark.parametrize("name", ["a.docx", "a.pptx", "a.html"])
def test_approved_texts_go_back_into_the_page(
    desk: Desk, pages: AltPages, tmp_path: Path, photos: Path, name: str
) -> None:
    path = tmp_path / name
    if name == "a.html":
        path.write_text("".join(f"<img src='photos/{one}.jpg'>" for one in "abc"))
    else:
        (word if name == "a.docx" else slides)(path)
    page = drive(pages.open(path, CancelToken()))[1]
    made = desk.sets.new_set("Page")
    drive(desk.sets.add_page(made.id, page, CancelToken()))
    desk.refresh(made.id)
    first, second, third = desk.sets.images(made.id)
    desk.sets.decide([first.id], Decision.INFORMATIVE)
    desk.sets.save_text(first.id, "en", "A <red> & warm square.")
    desk.sets.settle()
    desk.sets.decide([second.id], Decision.DECORATIVE)
    desk.sets.add_drafts(third.id, "en", [draft("Not approved.")])
    desk.approve(first.id, second.id)

    changes = pages.approved_changes(page, desk.sets.images(made.id), "en")
    assert [change.alt for change in changes] == ["A <red> & warm square.", None]
    plan = drive(pages.plan(page, changes, CancelToken()))[1]
    written = drive(pages.write(plan, CancelToken()))[1]
    desk.sets.note_page_written(path, plan.edits, "en")

    assert written.written == 2
    assert AltAct.WRITTEN.value in desk.acts(first.id)
    again = drive(pages.open(path, CancelToken()))[1]
    assert [(image.alt, image.decorative) for image in again.images][:2] == [
        ("A <red> & warm square.", False),
        ("", True),
    ]
    assert again.images[2].alt == page.images[2].alt
    assert [image.place for image in again.images] == [image.place for image in page.images]
    assert pages.approved_changes(again, desk.sets.images(made.id), "en") == changes


def test_opening_can_be_cancelled(pages: AltPages, tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<p>x" * 10_000)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        drive(pages.open(path, cancel))
