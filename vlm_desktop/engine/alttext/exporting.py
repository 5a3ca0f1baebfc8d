"""Alt texts taken out: tables, snippets of HTML, a file that WordPress imports.

What goes out is what is in `AltRow`: names, texts, states, languages. Nothing that was read from a
file's metadata is there to leak, and paths only where the person asked for them.
"""

import csv
import html
import io
import json
import re
import urllib.parse
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime

from vlm_desktop.base.altpages import AltExported, AltExportKind, AltExportOptions, AltRow
from vlm_desktop.base.alttext import AltImage, AltState, AltText, Decision
from vlm_desktop.base.errors import DestinationNotWritable
from vlm_desktop.engine.destinations import harmless, put_text, writing_to

FORMAT = "vlm-desktop-alt-texts"
COLUMNS = ("name", "alt", "extended", "decision", "state", "language", "document", "place")
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_WXR = """<?xml version="1.0" encoding="UTF-8"?>
<!-- A WordPress eXtended RSS file: import it under Tools, Import, WordPress. -->
<rss version="2.0"
 xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
<title>{title}</title>
<link>{site}</link>
<description></description>
<pubDate>{date}</pubDate>
<language>{language}</language>
<wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>{site}</wp:base_site_url>
<wp:base_blog_url>{site}</wp:base_blog_url>
{items}
</channel>
</rss>
"""
_ITEM = """<item>
<title>{title}</title>
<link>{address}</link>
<pubDate>{date}</pubDate>
<dc:creator></dc:creator>
<guid isPermaLink="false">{address}</guid>
<description></description>
<content:encoded>{extended}</content:encoded>
<excerpt:encoded></excerpt:encoded>
<wp:post_id>{number}</wp:post_id>
<wp:post_date>{stamp}</wp:post_date>
<wp:post_date_gmt>{stamp}</wp:post_date_gmt>
<wp:comment_status>closed</wp:comment_status>
<wp:ping_status>closed</wp:ping_status>
<wp:post_name>{slug}</wp:post_name>
<wp:status>inherit</wp:status>
<wp:post_parent>0</wp:post_parent>
<wp:menu_order>0</wp:menu_order>
<wp:post_type>attachment</wp:post_type>
<wp:post_password></wp:post_password>
<wp:is_sticky>0</wp:is_sticky>
<wp:attachment_url>{address}</wp:attachment_url>
<wp:postmeta>
<wp:meta_key>_wp_attachment_image_alt</wp:meta_key>
<wp:meta_value>{alt}</wp:meta_value>
</wp:postmeta>{mark}
</item>"""
_MARK = """
<wp:postmeta>
<wp:meta_key>vlm_desktop_alt_state</wp:meta_key>
<wp:meta_value>{state}</wp:meta_value>
</wp:postmeta>"""


def rows_of(
    images: Iterable[AltImage], language: str = "", *, paths: bool = False
) -> tuple[AltRow, ...]:
    """What is known of images, as rows; with a language only its texts, else all of each.

    Of a group the image that leads has the text, and the others are empty on purpose: they are as
    far as it is.
    """
    images = tuple(images)
    by_id = {image.id: image for image in images}
    rows = []
    for image in images:
        lead = by_id.get(image.lead_id or image.id, image)
        texts = lead.texts or (AltText(language or "en"),)
        for text in texts:
            if language and text.language != language:
                continue
            follows = lead is not image
            silent = follows or image.decision is Decision.DECORATIVE
            rows.append(
                AltRow(
                    name=image.path.name if image.path and not image.document else image.name,
                    alt="" if silent else text.alt,
                    extended="" if silent else text.extended,
                    decision=Decision.DECORATIVE if silent else image.decision,
                    state=text.state,
                    language=text.language,
                    path=str(image.path) if paths and image.path else "",
                    document=image.document.name if image.document else "",
                    place=image.place,
                )
            )
    return tuple(rows)


def export_rows(rows: Sequence[AltRow], options: AltExportOptions) -> AltExported:
    """Write the rows that are approved, or with `drafts` all that say something.

    Raises DestinationNotWritable (also where there is a file already), DiskFull.
    """
    chosen = going_out(rows, drafts=options.drafts)
    target = options.target
    with writing_to(target):
        if not options.overwrite and target.exists():
            raise DestinationNotWritable(path=target, detail="there is a file of that name")
        put_text(target, text_of(chosen, options))
    return AltExported(target, len(chosen), len(rows) - len(chosen))


def going_out(rows: Iterable[AltRow], *, drafts: bool) -> tuple[AltRow, ...]:
    """The rows that say something, and are approved unless `drafts`."""
    return tuple(
        row
        for row in rows
        if (row.alt or row.extended or row.decorative)
        and (drafts or row.state is AltState.APPROVED)
    )


def text_of(rows: Sequence[AltRow], options: AltExportOptions) -> str:
    """The file as text, of all rows given."""
    make: dict[AltExportKind, Callable[[Sequence[AltRow], AltExportOptions], str]] = {
        AltExportKind.CSV: _csv,
        AltExportKind.JSON: _json,
        AltExportKind.HTML: _html,
        AltExportKind.WORDPRESS: _wordpress,
    }
    return make[options.kind](rows, options)


def document_of(row: AltRow, *, paths: bool) -> dict[str, str]:
    """A row with its fields by name; the path only where it is asked for."""
    fields: dict[str, str] = {name: str(getattr(row, name)) for name in COLUMNS}
    return fields | ({"path": row.path} if paths else {})


def _csv(rows: Sequence[AltRow], options: AltExportOptions) -> str:
    """With a mark at the front, by which spreadsheets know UTF-8."""
    columns = (*COLUMNS, "path") if options.paths else COLUMNS
    made = io.StringIO(newline="")
    made.write("\ufeff")
    writer = csv.writer(made)
    writer.writerow(columns)
    for row in rows:
        fields = document_of(row, paths=options.paths)
        writer.writerow([harmless(fields[name]) for name in columns])
    return made.getvalue()


def _json(rows: Sequence[AltRow], options: AltExportOptions) -> str:
    document = {
        "format": FORMAT,
        "version": 1,
        "images": [document_of(row, paths=options.paths) for row in rows],
    }
    return json.dumps(document, indent=1) + "\n"


# --- HTML --------------------------------------------------------------------------------


def _html(rows: Sequence[AltRow], options: AltExportOptions) -> str:
    """A page of snippets, one a line, each complete in itself."""
    snippets = "\n".join(snippet(row, number) for number, row in enumerate(rows, 1))
    title = html.escape(_text(options.title))
    head = f'<!doctype html>\n<html>\n<head><meta charset="utf-8"><title>{title}</title></head>'
    return f"{head}\n<body>\n{snippets}\n</body>\n</html>\n"


def snippet(row: AltRow, number: int = 1) -> str:
    """An image as it goes into a page. `number` tells long descriptions apart."""
    source = html.escape(urllib.parse.quote(_text(row.name)))
    mark = "" if row.state is AltState.APPROVED else f' data-alt-state="{row.state.value}"'
    if row.decorative:
        return f'<img src="{source}" alt="" role="presentation"{mark}>'
    language = html.escape(_text(row.language))
    alt = html.escape(_text(row.alt)).replace("\n", "&#10;")
    if not row.extended:
        return f'<img src="{source}" alt="{alt}" lang="{language}"{mark}>'
    key = f"alt-description-{number}"
    image = f'<img src="{source}" alt="{alt}" aria-describedby="{key}"{mark}>'
    said = html.escape(_text(row.extended)).replace("\n", "<br>")
    return f'<figure lang="{language}">{image}<figcaption id="{key}">{said}</figcaption></figure>'


# --- WordPress ---------------------------------------------------------------------------


def _wordpress(rows: Sequence[AltRow], options: AltExportOptions) -> str:
    """One attachment an image: WordPress keeps a single alt text, so the first row counts.

    WordPress fetches each from `site` when it imports; images it has under the same title and
    date already are left as they are, which is how its importer works.
    """
    firsts = {(row.name, row.document, row.place): row for row in reversed(rows)}
    now = datetime.now(UTC)
    chosen = reversed(firsts.values())
    items = [_item(row, number, options, now) for number, row in enumerate(chosen, 1)]
    return _WXR.format(
        title=_xml(options.title),
        site=_xml(options.site),
        date=format_datetime(now),
        language=_xml(rows[0].language if rows else "en"),
        items="\n".join(items),
    )


def _item(row: AltRow, number: int, options: AltExportOptions, now: datetime) -> str:
    stem = row.name.rpartition(".")[0] or row.name
    address = f"{options.site.rstrip('/')}/{urllib.parse.quote(_text(row.name))}"
    approved = row.state is AltState.APPROVED
    return _ITEM.format(
        title=_cdata(stem),
        address=_xml(address),
        date=format_datetime(now),
        extended=_cdata(row.extended),
        number=number,
        stamp=f"{now:%Y-%m-%d %H:%M:%S}",
        slug=_cdata(re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-") or f"image-{number}"),
        alt=_cdata("" if row.decorative else row.alt),
        mark="" if approved else _MARK.format(state=_cdata(row.state.value)),
    )


def _text(text: str) -> str:
    """Without what neither HTML nor XML may hold."""
    return _NO_XML.sub("", text)


def _xml(text: str) -> str:
    return html.escape(_text(text))


def _cdata(text: str) -> str:
    return "<![CDATA[" + _text(text).replace("]]>", "]]]]><![CDATA[>") + "]]>"
