"""More of the Alt text pane in its states: claims, quiz, files, pages, exports, listening."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QPushButton

from tests.tools.stage import Stage
from vlm_desktop.base.altpages import PageEdit, PageFormat, PagePlan
from vlm_desktop.base.alttext import StructuredDescription
from vlm_desktop.gui.panes.alttext.alttext_pane import AltTextPane
from vlm_desktop.gui.panes.alttext.page_dialog import PageDialog
from vlm_desktop.gui.strings import alttext_files as strings
from vlm_desktop.gui.widgets.report_dialog import ReportDialog

Look = Callable[[Stage, AltTextPane], None]
_CLAIMS = (
    "A smiling astronaut in an orange suit stands before a flag. Behind her is a white rocket."
)


def claims(stage: Stage, pane: AltTextPane) -> None:
    """Checked: some supported, one disputed, one approved by hand."""
    pane.editor.alt.put_text(_CLAIMS)
    part = pane.extras.claims
    part.check()
    stage.until(lambda: part.panel.rows and not part.task.is_running)
    part.approve(2)
    part.focus()
    part.panel.choose(next(n for n, row in enumerate(part.panel.rows) if "flag" in row.claim.text))
    stage.settle(2)
    part.focus()


def claims_meaning(stage: Stage, pane: AltTextPane) -> None:
    """Outdated, with the words explained."""
    claims(stage, pane)
    pane.editor.alt.put_text(f"{_CLAIMS} She waves.")
    pane.extras.claims.panel.explain.setChecked(True)
    stage.settle(2)
    pane.editor.scroll.show_whole(pane.extras.claims.panel.meaning)


def checking(stage: Stage, pane: AltTextPane) -> None:
    part = pane.extras.claims
    _fakes(pane).checking.gate.clear()
    pane.editor.alt.put_text(_CLAIMS)
    part.check()
    stage.until(lambda: part.task.total)
    pane.editor.scroll.show_whole(part.section)


def more(stage: Stage, pane: AltTextPane) -> None:
    section = pane.editor.sections["more"]
    section.set_open(True)
    stage.settle(2)
    pane.extras.tools.findChildren(QPushButton)[-2].setFocus()


def quiz(stage: Stage, pane: AltTextPane) -> None:
    dialog = pane.extras.quiz.ask()
    assert dialog is not None
    stage.until(lambda: dialog.lines)


def quiz_running(stage: Stage, pane: AltTextPane) -> None:
    _fakes(pane).checking.gate.clear()
    dialog = pane.extras.quiz.ask()
    assert dialog is not None
    stage.until(lambda: dialog.task.total)


def structure(stage: Stage, pane: AltTextPane) -> None:
    dialog = pane.extras.quiz.describe()
    assert dialog is not None
    stage.until(lambda: not dialog.task.is_running)
    found = StructuredDescription(
        "An astronaut smiles before a flag.", "an astronaut", ("orange", "white"), "NASA", ""
    )
    dialog._done(found)


def write(_: Stage, pane: AltTextPane) -> None:
    pane.extras.writing.ask()


def write_report(_: Stage, pane: AltTextPane) -> None:
    rows = [
        "rocket.jpg has changed since its text was approved. Look at it again.",
        fill_row("coffee.png", "The sidecar beside the file was brought into step."),
    ]
    words = "Alt text of 3 images is written and was read back. 1 was refused and is as it was."
    title = strings.WRITE_REPORT
    ReportDialog(title, words, rows, strings.WRITE_REPORT_LIST, pane).open()


def fill_row(name: str, note: str) -> str:
    return strings.NOTE_ROW.format(name=name, note=note)


def page(_: Stage, pane: AltTextPane) -> None:
    edits = tuple(
        PageEdit(
            place=f"{name}#1", name=name, part="", line=line, old=None, alt=alt, decorative=not alt,
            before=f'    <p>Text <img src="img/{name}"></p>',
            after=f'    <p>Text <img src="img/{name}" alt="{alt}"></p>',
        )
        for name, line, alt in (
            ("chelsea.png", 12, "A ginger cat looks past the camera with green eyes."),
            ("line.png", 48, ""),
            ("coffee.png", 1031, "A cup of coffee &amp; a spoon on a &lt;wooden&gt; table"),
        )
    )  # fmt: skip
    skipped = (("svg#1", "svg"), ("page.png#1", "same"))
    plan = PagePlan(Path("museum") / "animals.html", PageFormat.HTML, "", edits, skipped)
    PageDialog(plan, {"svg#1": "drawing.svg"}, lambda _: None, pane).open()


def page_set(stage: Stage, pane: AltTextPane) -> None:
    """A page whose image is far away."""
    folder = Path(tempfile.mkdtemp())
    source = next(iter(pane.session.images.values())).path
    assert source is not None
    shutil.copy(source, folder / "cat.png")
    path = folder / "animals.html"
    path.write_text(
        '<html lang="en"><title>Our animals</title><h1>Animals</h1>'
        '<p><img src="https://far.example/dog.jpg"></p><p><img src="cat.png"></p></html>',
        encoding="utf-8",
    )
    pane.sets.take_paths([path])
    stage.until(lambda: len(pane.session.images) == 2)


def export(_: Stage, pane: AltTextPane) -> None:
    pane.extras.exports.ask()


def export_wordpress(_: Stage, pane: AltTextPane) -> None:
    dialog = pane.extras.exports.ask()
    assert dialog is not None
    dialog.choose("wordpress")


def listening(_: Stage, pane: AltTextPane) -> None:
    pane.extras.listening.begin()


def _fakes(pane: AltTextPane) -> Any:
    return pane.desk.services.alttext


LOOKS: dict[str, tuple[int, Look]] = {
    "claims": (0, claims),
    "claims-meaning": (0, claims_meaning),
    "checking": (0, checking),
    "more": (1, more),
    "quiz": (0, quiz),
    "quiz-running": (0, quiz_running),
    "structure": (0, structure),
    "write": (1, write),
    "write-report": (1, write_report),
    "page": (1, page),
    "page-set": (0, page_set),
    "export": (1, export),
    "export-wordpress": (1, export_wordpress),
    "listening": (1, listening),
}
"""The image of the set of samples that is shown first, and what is brought about."""
