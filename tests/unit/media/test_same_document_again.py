"""Page after page of one document is read from one reading of its bytes, while it is the same."""

from pathlib import Path

import pytest
from PIL import Image

from vlm_desktop.base.types import DecodedFile, DecodeLimits, DecodeRequest, RefusedFile
from vlm_desktop.media import decode
from vlm_desktop.media.source import Source


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    done: list[Path] = []
    original = decode.read_source

    def noted(path: Path) -> Source:
        done.append(path)
        return original(path)

    monkeypatch.setattr(decode, "read_source", noted)
    decode._last_read.clear()
    return done


def sheets(path: Path, *shades: int) -> Path:
    pages = [Image.new("L", (40, 30), shade) for shade in shades]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    return path


def shade(path: Path, page: int) -> int:
    decoded = decode.decode_file(DecodeRequest(path, page=page), DecodeLimits())
    assert isinstance(decoded, DecodedFile)
    return int(decoded.pages[0].pixels[0, 0, 0])


def test_pages_of_one_file_are_read_once(readings: list[Path], tmp_path: Path) -> None:
    path = sheets(tmp_path / "a.tif", 10, 20, 30)
    assert [shade(path, page) for page in (1, 2, 3, 1)] == [10, 20, 30, 10]
    assert readings == [path]


def test_a_changed_or_another_file_is_read_anew(readings: list[Path], tmp_path: Path) -> None:
    path, other = sheets(tmp_path / "a.tif", 10, 20), sheets(tmp_path / "b.tif", 90)
    assert shade(path, 1) == 10
    sheets(path, 11, 21, 31)
    assert shade(path, 1) == 11
    assert shade(other, 1) == 90
    assert readings == [path, path, other]
    path.unlink()
    gone = decode.decode_file(DecodeRequest(path, page=1), DecodeLimits())
    assert isinstance(gone, RefusedFile)


def test_files_without_pages_are_not_held(readings: list[Path], tmp_path: Path) -> None:
    path = sheets(tmp_path / "a.tif", 10)
    for _ in range(2):
        decode.decode_file(DecodeRequest(path), DecodeLimits())
    assert readings == [path, path]
    assert decode._last_read == []
