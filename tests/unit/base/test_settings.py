"""Settings: what is declared, what is believed of a file, what is kept."""

import dataclasses
import json
from pathlib import Path

import pytest

from vlm_desktop.base.settings import (
    DEFAULTS,
    RULES,
    Settings,
    accepts,
    load_settings,
    save_settings,
)


def test_every_setting_has_a_rule_that_takes_its_default() -> None:
    assert list(RULES) == [field.name for field in dataclasses.fields(Settings)]
    assert [name for name in RULES if not accepts(name, getattr(DEFAULTS, name))] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "pink"),
        ("theme", 3),
        ("scale", 99),
        ("scale", 201),
        ("scale", True),
        ("scale", 125.5),
        ("ocr", 1),
        ("ocr", "yes"),
        ("decode_seconds", 0),
        ("decode_seconds", float("nan")),
        ("max_pixels", 1),
        ("nothing", 1),
    ],
)
def test_a_value_outside_the_rule_is_not_used(tmp_path: Path, name: str, value: object) -> None:
    assert not accepts(name, value)
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({name: value, "decode_workers": 3}), encoding="utf-8")
    assert load_settings(path) == dataclasses.replace(DEFAULTS, decode_workers=3)


def test_an_integer_is_good_for_a_measure_in_seconds() -> None:
    assert accepts("decode_seconds", 30)


@pytest.mark.parametrize("text", ["", "[]", "nonsense", '{"theme": '])
def test_a_broken_file_gives_the_defaults(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text, encoding="utf-8")
    assert load_settings(path) == DEFAULTS


def test_what_a_later_version_wrote_survives_saving(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"from_the_future": [1, 2]}', encoding="utf-8")
    save_settings(path, dataclasses.replace(DEFAULTS, theme="dark"))
    assert json.loads(path.read_text(encoding="utf-8"))["from_the_future"] == [1, 2]
    assert load_settings(path).theme == "dark"


def test_a_file_that_does_not_read_is_kept_beside_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"theme": "dark",}', encoding="utf-8")
    save_settings(path, DEFAULTS)
    assert load_settings(path) == DEFAULTS
    kept = tmp_path / "settings.broken.json"
    assert kept.read_text(encoding="utf-8") == '{"theme": "dark",}'
    kept.unlink()
    save_settings(path, DEFAULTS)
    assert not kept.exists()


def test_nothing_is_left_behind_when_saving_fails(tmp_path: Path) -> None:
    (tmp_path / "settings.json").mkdir()
    with pytest.raises(OSError, match=r"settings\.json"):
        save_settings(tmp_path / "settings.json", DEFAULTS)
    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]
