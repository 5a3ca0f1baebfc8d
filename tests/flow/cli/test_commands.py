"""Every command as a person or a script meets it: stdout, stderr, exit code."""

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import SignReader, make_photo
from tests.flow.cli.conftest import Cli
from vlm_desktop import __main__ as entry
from vlm_desktop.cli.main import COMMANDS
from vlm_desktop.engine.services import AppServices


@pytest.fixture
def indexed(cli: Cli, photos: Path) -> Cli:
    assert cli("index", photos, "--no-ocr")[0] == 0
    return cli


def answers(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_index_answers_as_promised(cli: Cli, photos: Path) -> None:
    (photos / "bad.jpg").write_text("no")
    code, out, err = cli("index", photos, "--no-ocr", "--json")
    (answer,) = answers(out)
    assert code == 0
    assert set(answer) == {
        "scanned", "indexed", "unchanged", "removed", "quarantined", "seconds",
        "images_per_second",
    }  # fmt: skip
    assert (answer["scanned"], answer["indexed"]) == (25, 24)
    assert answer["quarantined"] == [
        {"path": str(photos / "bad.jpg"), "reason": "it is not a picture"}
    ]
    assert str(photos / "bad.jpg") in err


def test_search_answers_as_promised(indexed: Cli) -> None:
    code, out, _ = indexed("search", "blue", "--json", "--limit", 3)
    (answer,) = answers(out)
    assert code == 0
    assert (answer["query"], answer["model"], answer["verdict"]) == ("blue", "colours", "likely")
    assert len(answer["hits"]) == 3
    hit = answer["hits"][0]
    assert set(hit) == {"path", "score", "probability", "signals"}
    assert 0 <= hit["probability"] <= 1
    assert set(hit["signals"]) == {"vector"}
    assert [one["score"] for one in answer["hits"]] == sorted(
        (one["score"] for one in answer["hits"]), reverse=True
    )


def test_a_batch_answers_line_by_line(indexed: Cli, tmp_path: Path) -> None:
    batch = tmp_path / "queries.txt"
    batch.write_text("blue\n\nqwxz vbnm\n")
    code, out, _ = indexed("search", "--batch", batch, "--json")
    assert code == 0
    assert [(one["query"], one["verdict"]) for one in answers(out)] == [
        ("blue", "likely"),
        ("", "none"),
        ("qwxz vbnm", "none"),
    ]


def test_pictures_weights_exclusions_and_filters(indexed: Cli, photos: Path) -> None:
    picture = f"{photos / 'set1' / '0.jpg'}@2"
    code, out, _ = indexed(
        "search", "green", "--image", picture, "--exclude", "blue", "--all", "--json",
        "--filter", f"folder:{photos}", "--limit", 100,
    )  # fmt: skip
    folders = {Path(hit["path"]).parent.name for hit in answers(out)[0]["hits"]}
    assert code == 0
    assert "set1" in folders
    assert "set2" not in folders


def test_similar_duplicates_tag_and_policy(indexed: Cli, photos: Path, tmp_path: Path) -> None:
    code, out, _ = indexed("similar", photos / "set2" / "0.jpg", "--limit", 2, "--json")
    assert code == 0
    assert len(answers(out)[0]["hits"]) == 2
    assert indexed("duplicates", "--json")[0] == 0
    labels = tmp_path / "labels.txt"
    labels.write_text("red\nblue\n")
    code, out, _ = indexed("tag", "--labels", labels, "--limit", 1, "--json")
    assert code == 0
    tagged = {one["path"]: one["labels"][0]["label"] for one in answers(out)}
    assert len(tagged) == 24
    assert tagged[str(photos / "set2" / "0.jpg")] == "blue"
    policy = tmp_path / "policy.toml"
    policy.write_text('[[policy]]\nname = "p"\nflag = "a blue thing"\nfine = "a purple thing"\n')
    code, out, _ = indexed("policy", policy, "--json")
    assert code == 0
    assert {Path(one["path"]).parent.name for one in answers(out)} == {"set2"}
    assert all(set(one) == {"path", "policy", "score", "flagged"} for one in answers(out))


def test_library_info_verify_and_forget(indexed: Cli, photos: Path) -> None:
    code, out, _ = indexed("library", "info", "--json")
    (info,) = answers(out)
    assert code == 0
    assert info["files"]["indexed"] == 24
    assert info["models"][0]["model_id"] == "colours"
    code, out, _ = indexed("library", "verify", "--json")
    (report,) = answers(out)
    assert (code, report["complete"]) == (0, True)
    assert report["indexed"] + report["quarantined"] == report["scanned"]
    code, out, _ = indexed("library", "forget", photos / "set0", "--json")
    assert (code, answers(out)[0]["files"]) == (0, 4)
    assert answers(indexed("library", "info", "--json")[1])[0]["files"]["indexed"] == 20


def test_a_library_is_exported_and_taken_in(indexed: Cli, photos: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    code, out, _ = indexed("library", "export", copy, "--json")
    assert (code, answers(out)) == (0, [{"path": str(copy)}])
    assert indexed("library", "forget", photos, "--json")[0] == 0
    code, out, _ = indexed("library", "import", copy, "--json")
    (taken,) = answers(out)
    assert (code, taken["contents"]) == (0, 24)
    assert Path(taken["kept"]).is_file()
    code, _, err = indexed("library", "import", photos / "set0" / "0.jpg")
    assert (code, "cannot be used" in err) == (1, True)


def test_ocr_answers_with_boxes(cli: Cli, photos: Path, reader: SignReader) -> None:
    reader.word = "EXIT"
    code, out, _ = cli("ocr", photos / "set0" / "0.jpg", "--json")
    assert code == 0
    assert answers(out) == [
        {
            "pages": [
                {
                    "page": 1,
                    "size": [96, 64],
                    "lines": [{"text": "EXIT", "box": [0, 0, 96, 64], "confidence": 0.9}],
                }
            ]
        }
    ]


def test_evaluate_retrieval(cli: Cli, photos: Path, tmp_path: Path) -> None:
    rows = [
        {"image": f"photos/set{number}/0.jpg", "captions": [f"something {colour}"], "split": "dev"}
        for number, colour in ((0, "red"), (1, "green"), (2, "blue"))
    ]
    data = tmp_path / "data.jsonl"
    data.write_text("\n".join(map(json.dumps, rows)))
    code, out, _ = cli("evaluate", "retrieval", data, "--split", "dev", "--json")
    (report,) = answers(out)
    assert code == 0
    assert report["photos"] == 3
    assert report["text_to_image"]["recall_at_1"] == 100.0
    assert report["null_prompts"] >= 500
    assert report["absent_queries"] >= 200
    code, _, err = cli("evaluate", "retrieval", data, "--split", "test")
    assert (code, "test" in err) == (1, True)


@pytest.mark.parametrize(
    "words",
    [
        ("search", "red"),
        ("search",),
        ("index", "/no/such/folder"),
        ("library", "forget", "/no/such/photo.jpg"),
        ("ocr", "/no/such/file.png"),
        ("search", "red", "--filter", "colour:red"),
        ("tag", "--labels", "/no/such/labels.txt"),
        ("policy", "/no/such/policy.toml"),
        ("evaluate", "retrieval", "/no/such/data.jsonl"),
        ("search", "red", "--model", "absent"),
    ],
)
def test_failures_are_one_sentence_on_stderr(cli: Cli, words: tuple[str, ...]) -> None:
    code, out, err = cli(*words)
    assert code == 1
    assert out == ""
    assert err.strip().endswith((".", "!"))
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "words", [("nonsense",), ("index",), ("search", "--limit", "0"), ("tag",), ("library",)]
)
def test_wrong_usage_is_2(cli: Cli, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli(*words)
    assert caught.value.code == 2


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(
    cli: Cli, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli(command, "--help")
    assert caught.value.code == 0
    assert "usage: vlm-desktop" in capsys.readouterr().out


def test_names_that_are_no_text_do_not_end_a_command(cli: Cli, tmp_path: Path) -> None:
    odd = tmp_path / "photos" / "caf\udce9.jpg"
    try:
        make_photo(odd, "red")
    except (OSError, UnicodeEncodeError):
        pytest.skip("this file system refuses names that are not UTF-8")
    code, out, _ = cli("index", tmp_path / "photos", "--no-ocr", "--json")
    assert (code, answers(out)[0]["indexed"]) == (0, 1)
    code, out, _ = cli("search", "red", "--json")
    assert answers(out)[0]["hits"][0]["path"] == str(odd)
    assert cli("search", "red")[0] == 0


def test_a_damaged_library_is_kept_and_can_be_rebuilt(cli: Cli, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    damage = b"SQLite format 3\0" + bytes(range(256)) * 80
    (home / "library.sqlite3").write_bytes(damage)
    code, out, err = cli("search", "red")
    assert (code, out) == (1, "")
    assert "damaged" in err
    assert (home / "library.sqlite3").read_bytes() == damage
    code, out, _ = cli("library", "rebuild", "--json")
    (report,) = answers(out)
    assert code == 0
    assert Path(report["kept"]).read_bytes() == damage
    assert cli("library", "verify")[0] == 0


def test_a_newer_library_is_not_touched(indexed: Cli, tmp_path: Path) -> None:
    path = tmp_path / "home" / "library.sqlite3"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('library', 'of_the_future', '2040-01-01')"
        )
        database.commit()
    before = path.read_bytes()
    code, _, err = indexed("search", "red")
    assert code == 1
    assert "newer version" in err
    assert path.read_bytes() == before


def test_a_mistake_of_ours_is_a_sentence_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(_: Path | None) -> AppServices:
        raise ZeroDivisionError("a test")

    monkeypatch.setattr(entry, "build_services", broken)
    assert entry.main(["--home", str(tmp_path / "home"), "doctor"]) == 1
    err = capsys.readouterr().err
    assert "our mistake" in err
    assert "Traceback" not in err
    assert "ZeroDivisionError" in (tmp_path / "home" / "log" / "vlm-desktop.log").read_text()


@pytest.mark.parametrize(
    ("words", "figures"),
    [
        (("search", "--vectors", 3000, "--dimension", 16), {"search_ratio", "filtered_ratio"}),
        (("decode",), {"ratio", "ratio_from_disk"}),
    ],
)
def test_bench_gives_figures_with_their_machine(
    cli: Cli, words: tuple[object, ...], figures: set[str]
) -> None:
    code, out, _ = cli("bench", *words, "--json")
    (answer,) = answers(out)
    assert code == 0
    assert answer["bench"] == words[0]
    assert answer["machine"]["cores"] >= 1
    assert all(answer[name] > 0 for name in figures)


def test_bench_click_on_a_photo(cli: Cli, photos: Path) -> None:
    code, out, _ = cli("bench", "click", min(photos.rglob("*.jpg")), "--json")
    (answer,) = answers(out)
    figures = answer["figures"]
    assert (code, answer["bench"]) == (0, "click")
    assert figures["first_mask_milliseconds"] > 0
    assert figures["next_mask_milliseconds"] > 0
    assert figures["width"] > 0


def test_bench_index_of_a_folder(cli: Cli, photos: Path) -> None:
    code, out, _ = cli("bench", "index", photos, "--json")
    (answer,) = answers(out)
    assert (code, answer["images"]) == (0, 24)
    assert answer["ratio"] == pytest.approx(
        answer["images_per_second"] / answer["ideal_images_per_second"]
    )
