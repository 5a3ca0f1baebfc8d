"""Pages as sets, what would change in them, and what was approved written back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.fakes import make_photo
from tests.flow.engine.conftest import drive
from tests.gui.alttext.fake_alttext import FakeAltTexts
from tests.tools.naming import nameless, out_of_order
from vlm_desktop.base.alttext import AltAct, AltState, Decision, SetSource
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.gui.panes.alttext.alttext_pane import AltTextPane
from vlm_desktop.gui.panes.alttext.page_dialog import PageDialog
from vlm_desktop.gui.panes.alttext.pages_corner import PagesCorner

HTML = """<!doctype html>
<html lang="de"><head><title>Our zoo</title></head>
<body>
<h1>Animals</h1>
<p>She came in May. <img src="cat.jpg" alt="old &lt;b&gt;text"></p>
<p><img src="https://far.example/dog.jpg"></p>
<p><img src="line.jpg"></p>
<svg role="img"><title>A star</title><path d="M0 0"/></svg>
</body></html>
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    make_photo(folder / "cat.jpg", "orange")
    make_photo(folder / "line.jpg", "blue")
    path = folder / "zoo.html"
    path.write_text(HTML, encoding="utf-8")
    return path


@pytest.fixture
def opened(
    page: Path, open_pane: Callable[[], AltTextPane], alttext: FakeAltTexts, qtbot: QtBot
) -> AltTextPane:
    """The page as a set, opened as a person opens it."""
    pane = open_pane()
    pane.sets.take_paths([page])
    qtbot.waitUntil(lambda: len(pane.session.images) == 4, timeout=10_000)
    qtbot.waitUntil(lambda: pane.session.current is not None)
    looking = pane.sets._looking
    assert looking is not None
    qtbot.waitUntil(lambda: looking.ending is not None)  # the tests share one decoder
    return pane


@pytest.fixture
def approved(opened: AltTextPane, alttext: FakeAltTexts, qtbot: QtBot) -> AltTextPane:
    """Cat has a text, the line is decorative."""
    cat, _, line, _ = opened.session.images
    sets = alttext.sets
    sets.decide([cat], Decision.INFORMATIVE)
    sets.decide([line], Decision.DECORATIVE)
    sets.save_text(cat, "de", 'Eine Katze sagt "Hallo" & <i>schaut</i>.')
    drive(sets.approve([cat, line], "de", CancelToken()))
    opened.session.reread()
    qtbot.waitUntil(lambda: opened.session.images[cat].text("de").state is AltState.APPROVED)
    return opened


def pages_of(pane: AltTextPane) -> PagesCorner:
    return pane.extras.pages


def shown_plan(pane: AltTextPane, qtbot: QtBot) -> PageDialog:
    pages_of(pane).write_back()
    qtbot.waitUntil(lambda: pages_of(pane).dialog is not None)
    dialog = pages_of(pane).dialog
    assert dialog is not None
    return dialog


def test_a_page_becomes_a_set_in_its_language_with_all_its_images(opened: AltTextPane) -> None:
    found = opened.session.open_set
    assert found is not None
    assert (found.name, found.source, found.brief.language) == ("zoo.html", SetSource.PAGE, "de")
    names = [one.name for one in opened.session.images.values()]
    assert names == ["cat.jpg", "dog.jpg", "line.jpg", "svg"]
    assert opened.editor.alt.text == "old <b>text"


def test_an_image_that_is_far_away_is_listed_and_says_so(opened: AltTextPane, qtbot: QtBot) -> None:
    opened.step(1)
    picture = opened.picture
    qtbot.waitUntil(lambda: picture.layers.currentWidget() is picture.page)
    said = picture.page.sentence.text().replace("\u200b", "")
    assert "not on this computer: dog.jpg" in said
    assert not picture.page.again.isVisible()
    assert opened.editor.alt.isVisible(), "its text can be written all the same"


def test_the_difference_is_shown_as_plain_text_with_signs(
    approved: AltTextPane, qtbot: QtBot
) -> None:
    dialog = shown_plan(approved, qtbot)
    text = dialog.view.toPlainText()
    assert '− <p>She came in May. <img src="cat.jpg" alt="old &lt;b&gt;text"></p>' in text
    assert "\n+ <p>She came in May. <img " in text
    assert "&lt;i>schaut" in text or "&lt;i&gt;schaut" in text
    assert text.startswith("Line 5: cat.jpg")
    assert dialog.go.text() == "Write 2 changes"
    assert dialog.backup.isChecked()
    assert nameless(dialog) == []
    assert out_of_order(dialog) == []
    dialog.reject()


def test_writing_back_changes_the_page_and_keeps_a_copy(
    approved: AltTextPane, page: Path, alttext: FakeAltTexts, qtbot: QtBot
) -> None:
    dialog = shown_plan(approved, qtbot)
    with qtbot.waitSignal(approved.desk.work.ended) as ended:
        qtbot.keyClick(dialog.view, Qt.Key.Key_Return)  # not Cancel
    assert ended.args[0].startswith("2 images of zoo.html say something else now.")
    text = page.read_text("utf-8")
    assert "Eine Katze sagt" in text
    assert "<title>Our zoo</title>" in text
    copies = [one for one in page.parent.iterdir() if one.suffix != ".jpg" and one != page]
    assert [one.read_text("utf-8") for one in copies] == [HTML]
    cat = next(iter(approved.session.images))
    assert alttext.sets.history(cat, "de")[-1].event.act is AltAct.WRITTEN
    pages_of(approved).write_back()
    with qtbot.waitSignal(approved.desk.work.ended) as ended:
        pass
    assert "There is nothing to write" in ended.args[0]


def test_a_page_that_changed_meanwhile_is_refused(
    approved: AltTextPane, page: Path, qtbot: QtBot
) -> None:
    dialog = shown_plan(approved, qtbot)
    page.write_text(HTML.replace("May", "June"), encoding="utf-8")
    with qtbot.waitSignal(approved.desk.work.ended) as ended:
        dialog.go.click()
    assert "zoo.html" in ended.args[0]
    assert "Eine Katze" not in page.read_text("utf-8")


def test_what_cannot_be_written_is_told_by_its_name(
    approved: AltTextPane, alttext: FakeAltTexts, qtbot: QtBot
) -> None:
    star = list(approved.session.images)[3]
    alttext.sets.decide([star], Decision.INFORMATIVE)
    alttext.sets.save_text(star, "de", "Ein Stern.")
    drive(alttext.sets.approve([star], "de", CancelToken()))
    approved.session.reread()
    qtbot.waitUntil(lambda: approved.session.images[star].text("de").alt == "Ein Stern.")
    dialog = shown_plan(approved, qtbot)
    assert dialog.stays.item(0).text().startswith("svg: a drawing inside the page")
    dialog.reject()


def test_without_an_approved_text_nothing_is_offered(opened: AltTextPane, qtbot: QtBot) -> None:
    with qtbot.waitSignal(opened.desk.work.ended) as ended:
        pages_of(opened).write_back()
    assert ended.args[0] == "Nothing of zoo.html is approved yet."


def test_an_image_of_a_page_is_not_written_into_its_file(
    approved: AltTextPane, qtbot: QtBot
) -> None:
    dialog = approved.extras.writing.ask()
    assert dialog is not None
    assert not dialog.go.isEnabled()
    assert "2 images are left out: they stand on pages." in dialog.note.text()
    dialog.reject()
