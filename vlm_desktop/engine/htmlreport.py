"""Reports as one HTML page: tables with headers, nothing loaded, every text escaped."""

import html
from collections.abc import Iterable

_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem;
 color: #1a1a1a; background: #fff }}
h1 {{ font-size: 1.5rem }} h2 {{ font-size: 1.2rem; margin-top: 2rem }}
.note {{ border-left: 4px solid #666; padding: .5rem 1rem; margin: 1rem 0 }}
table {{ border-collapse: collapse; margin: .5rem 0 }}
caption {{ text-align: left; font-weight: 600; padding: .25rem 0 }}
th, td {{ border: 1px solid #767676; padding: .25rem .5rem; text-align: left;
 vertical-align: top; overflow-wrap: anywhere }}
td.number {{ text-align: right; font-variant-numeric: tabular-nums }}
.text {{ white-space: pre-wrap }}
@media (prefers-color-scheme: dark) {{ body {{ color: #e8e8e8; background: #1b1b1b }} }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{made}</p>
<p class="note">{note}</p>
{body}
</main>
</body>
</html>
"""
_CONTROLS = {code: "\ufffd" for code in range(32) if chr(code) not in "\t\n\r"} | {127: "\ufffd"}


def report(*, language: str, title: str, made: str, note: str, body: Iterable[str]) -> str:
    """A whole page. `body` is markup made by this module, all else is data."""
    return _PAGE.format(
        language=safe(language),
        title=safe(title),
        made=safe(made),
        note=safe(note),
        body="\n".join(body),
    )


def safe(text: str) -> str:
    """Text that no browser takes for markup, without control characters."""
    return html.escape(text.translate(_CONTROLS), quote=True)


def heading(text: str) -> str:
    return f"<h2>{safe(text)}</h2>"


def table(caption: str, heads: Iterable[str], rows: Iterable[str]) -> str:
    """A table of rows that are markup already."""
    said = "".join(f'<th scope="col">{safe(head)}</th>' for head in heads)
    return (
        f"<table>\n<caption>{safe(caption)}</caption>\n<thead><tr>{said}</tr></thead>\n"
        f"<tbody>\n{''.join(rows)}</tbody>\n</table>"
    )
