"""Lint rules about words that belong to the file, not to the picture: name, camera, credit."""

from pathlib import PurePath

import regex

from vlm_desktop.engine.alttext.lintrules import (
    Hit,
    LintContext,
    plain,
    without_head,
    without_part,
    without_tail,
    words,
)
from vlm_desktop.engine.alttext.openings import Opened, opening

_EXTENSIONS = (
    "jpe?g|jpe|jfif|png|gif|webp|tiff?|bmp|svg|hei[cf]|avif|jxl|ico|psd|raw|cr[23]|nef|arw|dng|orf"
    "|rw2|raf|pdf"
)
_EXTENSION = regex.compile(rf"(?<=[\w)\]])\.(?:{_EXTENSIONS})\b(?!\.\w)", regex.IGNORECASE)
_SERIAL = (
    r"_?(?:IMG|IMGP|DSC|DSCN|DSCF|DSCI|PICT|PXL|MVIMG|GOPR|CIMG|HPIM|KIF|SAM|MG|FB[_ ]IMG|VID|WP"
    r"|PANO|BURST|Screenshot|Bildschirmfoto|WhatsApp[ _]Image|Scan|signal|received|photo|image"
    r"|picture|unnamed|pexels|shutterstock|istock(?:photo)?|AdobeStock|unsplash)"
)
_FILE_NAMES = regex.compile(
    rf"(?<![\w-])(?:{_SERIAL}[-_ ]?(?:[A-Z]{{1,3}}[-_])?\d{{3,}}(?:[-_.~ ()\w]*\d)?"
    rf"|{_SERIAL}[-_]\d+"
    r"|P[1-9A-C]\d{6}"
    r"|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
    r"|(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{16,}"
    r"|\d{8}[-_]\d{6}(?:[-_]\w+)?"
    r"|[A-Za-z0-9-]+(?:_[A-Za-z0-9-]+)+"
    rf")(?:\.(?:{_EXTENSIONS}))?(?!\w)",
    regex.IGNORECASE,
)
_NUMBERED_FILE = regex.compile(rf"[\w()-]*\d[\w()-]*\.(?:{_EXTENSIONS})", regex.IGNORECASE)
"""Nothing but a name with a number, such as "p2.jpg": without its ending it still says nothing."""
_SLUG = regex.compile(r"\s*\p{L}+(?:-\p{L}+){2,}\s*")
_MAKERS = (
    "canon|nikon|sony|olympus|om system|fuji(?:film)?|panasonic|lumix|leica|pentax|ricoh|sigma"
    "|hasselblad|gopro|dji|samsung|galaxy|google pixel|pixel|iphone|apple|huawei|xiaomi|oneplus"
    "|minolta|konica|kodak|casio|nokia|motorola"
)
_CAMERA_STAMPS = regex.compile(
    r"(?<!\w)(?:OLYMPUS DIGITAL CAMERA|(?:KONICA )?MINOLTA DIGITAL CAMERA|SONY DSC|MINOLTA DSC"
    r"|SAMSUNG CAMERA PICTURES|SAMSUNG DIGIMAX [\w ]+|KODAK Digital Still Camera|HDR Photo"
    r"|Exif[_ ]JPEG(?:[_ ]PICTURE)?|DIGITAL CAMERA|DCIM(?:[/\\]\w+)*"
    r"|(?:Processed|Created|Edited) with (?:VSCO|GIMP|Snapseed|Adobe|Photoshop|Lightroom|MOLDIV)"
    r"[^.]*)(?!\w)"
)
_TAKEN_WITH = regex.compile(
    rf"(?<!\w)(?:shot|taken|captured|photographed|aufgenommen|fotografiert|pris(?:e|es)?|tomada?"
    rf"|scattata)\s+(?:on|with|by|using|mit(?:\s+(?:einer|der|dem|einem))?|avec|con)\s+"
    rf"(?:an?\s+|my\s+|the\s+|une?\s+|una?\s+)?(?:{_MAKERS})\b[^.,;()]*",
    regex.IGNORECASE,
)
_CAMERA_ALONE = regex.compile(
    r"\W*(?:Canon (?:EOS|PowerShot|IXUS)|NIKON (?:D|Z|COOLPIX)|SONY (?:ILCE|DSLR|DSC)|OLYMPUS [A-Z]"
    r"|FUJIFILM X|Panasonic DMC|iPhone \d|Pixel \d|SM-[A-Z]\d)[\w\- ]*\W*",
    regex.IGNORECASE,
)
_AGENCIES = (
    "getty images|shutterstock|istock(?:photo)?|alamy|adobe stock|dreamstime|depositphotos|123rf"
    "|reuters|ap photo|associated press|afp|picture alliance|imago images|keystone-sda|unsplash"
    "|pexels|pixabay|flickr|wikimedia(?: commons)?|epa-efe|magnum photos|corbis|bigstock"
)
_CREDIT = regex.compile(
    r"(?:©|\(c\)(?=\s*(?:\d{4}|(?-i:\p{Lu})))|(?<!\w)copyright(?=\s*(?:©|\(c\)|\d{4}|by\b|:))"
    r"|(?<!\w)all rights reserved(?!\w)"
    r"|(?<!\w)(?:photo(?:graph|s)?|picture|image|illustration|graphic)\s*"
    r"(?:by\s+(?-i:\p{Lu})|credits?\b|courtesy\b|via\b|:\s*(?-i:\p{Lu})[\w.]*\s+(?-i:\p{Lu})|/\s*(?-i:\p{Lu}))"
    r"|(?<!\w)courtesy (?:of|photo)(?!\w)|(?<!\w)credits?\s*:"
    r"|(?<!\w)(?:foto|bild|abb|grafik|illustration|fotografie)\s*:\s*(?-i:\p{Lu})[\w.]*[\s/]+(?-i:\p{Lu})"
    r"|(?<!\w)(?:bildquelle|bildnachweis|quelle|fotonachweis|crédits?(?: photo)?|fuente|fonte|bron)"
    r"\s*:|(?<!\w)(?:foto|photo) (?:de|di|von|par|di|door)\s*:\s*(?-i:\p{Lu})"
    rf"|(?<=[/|(–—-] ?|(?:via|by|from|von|über) )(?:{_AGENCIES})(?!\w)"
    rf"|^\W*(?:{_AGENCIES})\W*$"
    r"|(?<!\w)(?:getty images|shutterstock|istockphoto|alamy|adobe stock|ap photo|dreamstime)(?!\w)"
    r")",
    regex.IGNORECASE,
)
_SEGMENT_START = regex.compile(r"(?<=[.!?…])\s|[|(\[•·]|\s[–—/-]\s|\n")
_PLACEHOLDERS = frozenset(
    plain(one)
    for one in (
        "alt", "alt text", "alternative text", "alttext", "alt tag", "image", "images", "img",
        "picture", "pic", "photo", "photograph", "graphic", "icon", "untitled", "placeholder",
        "spacer", "blank", "empty", "none", "null", "undefined", "nan", "n/a", "na", "todo", "tbd",
        "tba", "fixme", "xxx", "test", "description", "image description", "caption", "thumbnail",
        "insert alt text here", "enter alt text", "add alt text", "no alt text", "default",
        "image alt", "image alt text", "your image", "sample image", "example image", "dummy",
        "image here", "missing image", "no image", "image not found", "bild", "foto", "grafik",
        "alternativtext", "platzhalter", "ohne titel", "kein titel", "bild hier", "leer",
        "imagen", "sin título", "texto alternativo", "texte alternatif", "sans titre",
        "immagine", "senza titolo", "testo alternativo", "afbeelding", "imagem", "sem título",
        "decorative", "decorative image", "automatically generated description", "picture 1",
        "dekorativ", "slide image", "logo image", "a picture", "an image", "a photo", "ein bild",
    )
)  # fmt: skip
_PLACEHOLDER_PARTS = regex.compile(
    r"(?<!\w)(?i:lorem ipsum)(?!\w)|(?<!\w)(?:TODO|FIXME|TBD|TBA|XXX+)(?!\w)"
    r"|\{\{[^{}]*\}\}|<%[^%]*%>"
    r"|\[(?:insert|enter|add|describe|alt|image|todo|name|text|placeholder)\b[^\]]*\]"
    r"|(?i:Description automatically generated(?: with \w+ confidence)?"
    r"|(?:may|could) be an image of|Image may contain:?|No photo description available)"
)
_NUMBERED = regex.compile(
    r"\W*(?:image|picture|photo|figure|fig|bild|foto|imagen|immagine|slide|graphic|untitled)"
    r"[\s_-]*#?\d{1,3}\W*",
    regex.IGNORECASE,
)


_NESTED = 4


def image_of(text: str, context: LintContext) -> Hit | None:
    """The text says first that it is about an image."""
    found = opening(text, context.language)
    if found is None:
        return None
    fix: str | None = text
    more: Opened | None = found
    for _ in range(_NESTED):  # "a photo of a picture of"
        if fix is None or more is None:
            break
        fix = without_head(fix, more.end) if more.stands else None
        more = opening(fix, context.language) if fix is not None else None
    return Hit(0, found.end, found.words, fix)


def file_name(text: str, context: LintContext) -> Hit | None:
    """A camera's or a program's name of a file, or that of this very file."""
    stem = PurePath(context.file_name).stem if context.file_name else ""
    bare = PurePath(text.strip().rstrip(".")).name if "/" not in text else text.strip()
    if stem and bare and _is_name_of(bare, stem):
        return Hit(0, len(text), stem)
    if _NUMBERED_FILE.fullmatch(text.strip()):
        return Hit(0, len(text), text.strip())
    found = _SLUG.fullmatch(text) or _FILE_NAMES.search(text)
    if found is None:
        return None
    start, end, name = found.start(), found.end(), found.group()
    if regex.fullmatch(r"[\p{L}\s_-]+", name) and len(regex.split("[_-]", name)) > 2:
        # Real words, joined as file names join them.
        return Hit(start, end, name, text[:start] + regex.sub("[_-]+", " ", name) + text[end:])
    return Hit(start, end, name, without_part(text, start, end))


def _is_name_of(text: str, stem: str) -> bool:
    """Whether a text is a file's name; a name of several plain words may be a description."""
    if text.casefold() == stem.casefold() or text.casefold().startswith(stem.casefold() + "."):
        looks_written = " " in text and len(words(text)) > 2
        return not looks_written
    joined = plain(stem.replace("_", " ").replace("-", " "))
    return plain(text.replace("_", " ")) == joined and len(joined.split()) < 3


def extension(text: str, context: LintContext) -> Hit | None:
    """The ending of a file's name."""
    del context
    found = _EXTENSION.search(text)
    if found is None:
        return None
    fix = _EXTENSION.sub("", text)
    return Hit(found.start(), found.end(), found.group(), fix if words(fix) else None)


def camera_name(text: str, context: LintContext) -> Hit | None:
    """What the camera, not a person, wrote into the file."""
    found = _CAMERA_STAMPS.search(text) or _TAKEN_WITH.search(text) or _CAMERA_ALONE.fullmatch(text)
    if found is not None:
        start, end = found.start(), found.end()
        return Hit(start, end, found.group().strip(), without_part(text, start, end))
    for name in sorted(context.camera, key=len, reverse=True):
        at = text.casefold().find(name.strip().casefold())
        # A make alone ("Apple") is a word like others; a model has digits or several words.
        if name.strip() and at >= 0 and (" " in name.strip() or any(map(str.isdigit, name))):
            end = at + len(name.strip())
            return Hit(at, end, name.strip(), without_part(text, at, end))
    return None


def credit(text: str, context: LintContext) -> Hit | None:
    """Who made the picture or sells it: that belongs into the caption or the credit line."""
    del context
    found = _CREDIT.search(text)
    if found is None:
        return None
    start = 0
    for edge in _SEGMENT_START.finditer(text, 0, found.start() + 1):
        if edge.end() <= found.start() + 1 and edge.start() <= found.start():
            start = edge.start()
    tail_is_credit = "." not in text[found.end() :].rstrip(" .")
    fix = without_tail(text, start) if start and tail_is_credit else None
    return Hit(found.start(), found.end(), text[found.start() : found.end()].strip(), fix)


def placeholder(text: str, context: LintContext) -> Hit | None:
    """A text that stands where one was to be written."""
    del context
    bare = text.strip()
    if plain(text) in _PLACEHOLDERS or not words(text) or _NUMBERED.fullmatch(text):
        # Emoji alone say something, signs alone do not.
        if words(text) or not regex.search(r"\p{Extended_Pictographic}|\p{So}|\p{Sc}", text):
            return Hit(0, len(text), bare)
        return None
    found = _PLACEHOLDER_PARTS.search(text)
    if found is None:
        return None
    fix = None
    if not found.group().startswith(("T", "F", "X", "[", "{", "<", "l", "L")):
        fix = without_part(text, found.start(), found.end())
    return Hit(found.start(), found.end(), found.group(), fix)
