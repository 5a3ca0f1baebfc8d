"""Bad documents on the command line: one sentence each on stderr, none ends the others."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from tests.flow.documents.kept import Desk, Scripted
from tests.flow.documents.pdfmaking import drawn, pdf_of, saved
from tests.flow.documents.vendors import SCHEMA
from tests.flow.engine.conftest import drive
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Notice
from vlm_desktop.cli.main import main
from vlm_desktop.compose import build_services
from vlm_desktop.engine.documents import batch
from vlm_desktop.media.scan import ScanProblem

Run = Callable[..., tuple[int, list[str], list[str]]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """A command's exit code, and the lines it wrote to stdout and to stderr."""

    def run(*words: object) -> tuple[int, list[str], list[str]]:
        argv = ["--home", str(tmp_path / "home"), *map(str, words), "--json"]
        code = main(argv, build_services)
        said = capsys.readouterr()
        return code, said.out.split("\n")[:-1], said.err.split("\n")[:-1]

    return run


def made(name: str, folder: Path) -> Path:
    path = folder / f"{name}.pdf"
    if name == "locked":
        saved(pdf_of([b""]), path, encryption=pikepdf.Encryption(owner="o", user="u"))
    elif name == "cut":
        data = saved(pdf_of([drawn((9, 9, "a"))]), path).read_bytes()
        path.write_bytes(data[: len(data) // 3])
    elif name == "folder":
        path.mkdir()
    elif name == "empty":
        path.write_bytes(b"")
    return path


BAD = {
    "locked": "it is protected by a password.",
    "cut": "it is damaged or incomplete (data format error).",
    "folder": "it may not be read (a folder).",
    "empty": "the file is empty.",
    "absent": "it is no longer there (No such file or directory).",
}


def test_bad_files_are_told_and_do_not_end_the_others(run: Run, tmp_path: Path) -> None:
    good = saved(pdf_of([drawn((60, 700, "Invoice No: INV-2041"))]), tmp_path / "good.pdf")
    bad = {made(name, tmp_path): why for name, why in BAD.items()}
    code, out, err = run("document", *bad, good, "--schema", "invoice")
    assert code == 0
    assert [json.loads(line)["file"] for line in out] == [str(good)]
    assert err == [f"{path} cannot be read: {why}" for path, why in bad.items()]


def test_a_command_for_bad_files_alone_fails(run: Run, tmp_path: Path) -> None:
    path = made("locked", tmp_path)
    assert run("ocr", path) == (1, [], [f"{path} cannot be read: {BAD['locked']}"])
    code, out, err = run("document", path, tmp_path / "absent", "--schema", "form")
    assert (code, out, len(err)) == (1, [], 2)


@pytest.mark.skipif(sys.platform == "win32", reason="names there cannot hold line breaks")
def test_a_sentence_stays_one_line_whatever_the_name(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a\nTraceback\x1b[2J\u2028ä.pdf"
    path.write_bytes(b"")
    _, _, (sentence,) = run("ocr", path)
    assert sentence.endswith("a\\nTraceback\\x1b[2J\\u2028ä.pdf cannot be read: the file is empty.")


def test_folders_that_cannot_be_looked_into_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = ScanProblem(tmp_path / "closed", "Permission denied")
    monkeypatch.setattr(batch, "scan_folder", lambda *_: iter([problem]))
    desk = Desk(tmp_path / "home", tmp_path, Scripted())
    try:
        events, made = drive(desk.batch.add([tmp_path], SCHEMA, CancelToken()))
    finally:
        desk.library.close()
    assert events == [Notice("folder-unreadable", f"{problem.path} (Permission denied)")]
    assert made.files == 0
