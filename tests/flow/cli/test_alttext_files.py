"""`alttext write` and `alttext read`, as a person or a script meets them."""

import json
from pathlib import Path

import pytest

from tests.flow.cli.conftest import Cli
from tests.unit.media.altmaking import sample
from vlm_desktop.media.source import content_hash


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return sample(tmp_path, "exif.jpg")


def test_write_answers_with_what_it_read_back(cli: Cli, photo: Path) -> None:
    code, out, err = cli(
        "alttext", "write", photo, "--alt", "Ein Hund", "--extended", "Lang", "--language", "DE",
        "--json",
    )  # fmt: skip
    assert (code, err) == (0, "")
    assert json.loads(out) == {
        "image": str(photo),
        "written": [{"path": str(photo), "embedded": True}],
        "texts": {
            "x-default": {"alt": "Ein Hund", "extended": "Lang"},
            "de": {"alt": "Ein Hund", "extended": "Lang"},
        },
        "backup": None,
        "notes": [],
    }
    code, out, _ = cli("alttext", "read", photo, "--json")
    answer = json.loads(out)
    assert code == 0
    assert set(answer) == {
        "image", "format", "content_hash", "texts", "sources", "differ", "signed", "unreadable",
    }  # fmt: skip
    assert answer["content_hash"] == content_hash(photo.read_bytes())
    assert answer["texts"]["de"] == {"alt": "Ein Hund", "extended": "Lang"}


def test_words_for_a_person(cli: Cli, photo: Path) -> None:
    assert cli("alttext", "read", photo)[1] == f"{photo}\n  no alt text\n"
    code, out, err = cli(
        "alttext", "write", photo, "--alt", "A dog", "--sidecar", "--naming", "stem", "--backup"
    )
    aside = photo.with_suffix(".xmp")
    assert code == 0
    assert out == f"Written into {aside}, where it now says:\n  x-default: A dog\n"
    assert err == "The sidecar speaks for every file of that name, whatever its ending.\n"
    code, out, _ = cli("alttext", "write", photo, "--alt", "A cat", "--backup")
    assert f"The file as it was: {photo}.original\n" in out
    assert cli("alttext", "write", photo, "--alt", "A cat")[2].startswith("All of this was said")


def test_an_empty_text_takes_it_away(cli: Cli, photo: Path) -> None:
    cli("alttext", "write", photo, "--alt", "A dog")
    code, out, _ = cli("alttext", "write", photo, "--alt", "", "--json")
    assert (code, json.loads(out)["texts"]) == (0, {})


def test_without_a_text_nothing_is_written(cli: Cli, photo: Path) -> None:
    before = photo.read_bytes()
    code, out, err = cli("alttext", "write", photo)
    assert (code, out) == (2, "")
    assert "--alt" in err
    assert photo.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--language", "en_US"), "en_US is no language tag"),
        (("--expect", "0" * 40), "was changed since"),
    ],
)
def test_refusals_are_one_sentence(
    cli: Cli, photo: Path, words: tuple[str, ...], says: str
) -> None:
    before = photo.read_bytes()
    code, out, err = cli("alttext", "write", photo, "--alt", "A dog", *words)
    assert (code, out) == (1, "")
    assert says in err
    assert err.count("\n") == 1
    assert photo.read_bytes() == before


def test_a_broken_file_is_refused_and_read_without(cli: Cli, photo: Path) -> None:
    photo.write_bytes(photo.read_bytes()[:300])
    code, _, err = cli("alttext", "write", photo, "--alt", "A dog")
    assert code == 1
    assert err == (
        f"{photo} is damaged (the segment at byte 287 is longer than the file), so nothing was "
        "written into it. The text can be kept beside it, in a sidecar.\n"
    )
    code, out, err = cli("alttext", "read", photo, photo.with_name("gone.jpg"), "--json")
    assert code == 0, "one of them could be read"
    assert json.loads(out)["unreadable"] == [str(photo)]
    assert "gone.jpg" in err
    assert cli("alttext", "read", photo.with_name("gone.jpg"))[0] == 1


def test_hostile_text_stays_text(cli: Cli, photo: Path) -> None:
    hostile = '"><script>alert(1)</script> &lt; ]]> \u202e --json'
    cli("alttext", "write", photo, "--alt", hostile, "--language", "en")
    out = cli("alttext", "read", photo, "--json")[1]
    assert json.loads(out)["texts"]["en"]["alt"] == hostile
