"""`vlm-desktop alttext export | pages | apply` as a person or a script meets them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes import make_photo
from tests.flow.cli.conftest import Cli, encoder, open_services, pool, reader, run_cli
from tests.flow.engine.conftest import drive
from vlm_desktop.base.alttext import Decision
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.engine.services import AppServices

__all__ = ["encoder", "open_services", "pool", "reader", "run_cli"]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    made = tmp_path / "page.html"
    make_photo(tmp_path / "a.jpg", "red")
    made.write_text('<title>T</title><h1>Head</h1><p>Words <img src="a.jpg"> more</p>')
    return made


@pytest.fixture
def table(tmp_path: Path) -> Path:
    made = tmp_path / "table.csv"
    made.write_text("name,alt\na.jpg,A <red> square\n")
    return made


@pytest.fixture
def kept(open_services: Callable[..., AppServices], tmp_path: Path) -> None:  # noqa: F811
    """A set "Trip" with an approved text and a draft."""
    folder = tmp_path / "Anna private"
    folder.mkdir()
    for name, colour in (("one.jpg", "red"), ("two.jpg", "blue")):
        make_photo(folder / name, colour)
    services = open_services()
    sets = services.alttext.sets
    made = sets.new_set("Trip")
    drive(sets.add_folder(made.id, folder, CancelToken()))
    first, second = sets.images(made.id)
    sets.save_text(first.id, "en", "=A red square.")
    sets.save_text(second.id, "en", "Not yet.")
    sets.settle()
    sets.decide([first.id], Decision.INFORMATIVE)
    drive(sets.approve([first.id], "en", CancelToken()))
    services.close()


def test_the_images_of_a_page_are_listed(cli: Cli, page: Path) -> None:
    code, out, err = cli("alttext", "pages", page, "--json")
    (line,) = map(json.loads, out.splitlines())
    assert (code, err) == (0, "")
    assert (line["name"], line["alt"], line["path"]) == ("a.jpg", None, str(page.parent / "a.jpg"))
    assert line["context"]["heading"] == "Head"
    code, out, _ = cli("alttext", "pages", page)
    assert out.splitlines()[:2] == ["1: a.jpg", "  no alt text"]


def test_a_table_is_applied(cli: Cli, page: Path, table: Path) -> None:
    before = page.read_text()
    code, out, _ = cli("alttext", "apply", page, "--from", table, "--dry-run")
    assert code == 0
    assert '+<title>T</title><h1>Head</h1><p>Words <img src="a.jpg" alt="A &lt;red&gt; ' in out
    assert page.read_text() == before
    code, out, _ = cli("alttext", "apply", page, "--from", table, "--backup", "--json")
    said = json.loads(out)
    assert (code, said["written"], said["edits"][0]["alt"]) == (0, True, "A <red> square")
    assert Path(said["backup"]).read_text() == before
    assert page.read_text() == before.replace('"a.jpg">', '"a.jpg" alt="A &lt;red&gt; square">')
    code, out, _ = cli("alttext", "apply", page, "--from", table, "--json")
    assert json.loads(out)["edits"] == []


def test_bad_input_gets_a_sentence(cli: Cli, page: Path, tmp_path: Path) -> None:
    for words in (
        ("pages", tmp_path / "gone.html"),
        ("pages", tmp_path / "a.jpg"),
        ("apply", page, "--from", tmp_path / "gone.csv"),
    ):
        code, out, err = cli("alttext", *words)
        assert (code, out) == (1, "")
        assert err.rstrip().endswith(".")


@pytest.mark.usefixtures("kept")
def test_what_is_approved_is_exported(cli: Cli, tmp_path: Path) -> None:
    code, out, err = cli("alttext", "export")
    assert code == 0
    assert "'=A red square." in out
    assert "Not yet." not in out
    assert "Anna" not in out
    assert "1 texts were left out" in err
    target = tmp_path / "out.json"
    code, out, _ = cli(
        "alttext", "export", "--format", "json", "--set", "Trip", "--output", target, "--drafts",
        "--json",
    )  # fmt: skip
    assert (code, json.loads(out)) == (0, {"path": str(target), "written": 2, "left_out": 0})
    images = json.loads(target.read_text())["images"]
    assert [(one["name"], one["state"]) for one in images] == [
        ("one.jpg", "approved"),
        ("two.jpg", "draft"),
    ]
    code, _, err = cli("alttext", "export", "--output", target)
    assert code == 1
    assert "cannot be written" in err


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(("form", "expected"), [("html", "<img src="), ("wordpress", "<wp:wxr_")])
def test_other_forms_are_exported(cli: Cli, form: str, expected: str) -> None:
    code, out, _ = cli("alttext", "export", "--format", form)
    assert code == 0
    assert expected in out


@pytest.mark.usefixtures("kept")
def test_a_set_that_is_not_there_is_told_of(cli: Cli) -> None:
    code, out, err = cli("alttext", "export", "--set", "Tripp")
    assert (code, out) == (2, "")
    assert "Trip" in err
