"""Many small photos, cut from a few real ones."""

from pathlib import Path

from PIL import Image, ImageOps


def cut_pieces(photos: list[Path], folder: Path, count: int) -> Path:
    """Write `count` different JPEGs of about 240 x 170 pixels into `folder`."""
    folder.mkdir(parents=True)
    whole = [Image.open(path).convert("RGB") for path in photos]
    for number in range(count):
        photo = whole[number % len(whole)]
        left, top = (number * 7) % 90, (number * 11) % 60
        piece = photo.crop((left, top, left + 220 + number % 50, top + 160 + number % 30))
        piece = ImageOps.mirror(piece) if number % 2 else piece
        piece.save(folder / f"piece {number:03}.jpg", quality=80)
    return folder
