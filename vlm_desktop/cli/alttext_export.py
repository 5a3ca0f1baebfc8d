"""`vlm-desktop alttext export | pages | apply`: alt texts out of the library, and documents.

`export` takes what is approved. `pages` lists the images of a document with what stands around
them, `apply` writes a table's texts into it; both work without a library.
"""

import argparse
from pathlib import Path
from typing import Any

from vlm_desktop import strings
from vlm_desktop.base.altpages import (
    AltExportKind,
    AltExportOptions,
    Page,
    PageEdit,
    PageImage,
    PagePlan,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.alttext.exporting import document_of, going_out, rows_of
from vlm_desktop.engine.services import AppServices

_WRONG_USAGE = 2


def add_export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format", choices=[kind.value for kind in AltExportKind], default=AltExportKind.CSV.value
    )
    parser.add_argument("--set", metavar="NAME", help="only this set of images")
    parser.add_argument("--output", type=Path, metavar="FILE", help="instead of stdout")
    parser.add_argument("--overwrite", action="store_true", help="replace the file if it is there")
    parser.add_argument("--language", metavar="TAG", default="", help="only texts in this language")
    parser.add_argument(
        "--drafts",
        action="store_true",
        help="take along what nobody approved, marked with its state",
    )
    parser.add_argument("--paths", action="store_true", help="add where the files lie")
    parser.add_argument(
        "--site", metavar="URL", default="http://localhost/wp-content/uploads",
        help="where WordPress finds the images",
    )  # fmt: skip


def run_export(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    sets = services.alttext.sets.sets()
    chosen = [one for one in sets if arguments.set in (None, one.name)]
    if arguments.set is not None and not chosen:
        known = ", ".join(one.name for one in sets) or "-"
        output.say(strings.ALT_SETS_KNOWN.format(name=arguments.set, known=known))
        return _WRONG_USAGE
    images = {image.id: image for one in chosen for image in services.alttext.sets.images(one.id)}
    rows = rows_of(images.values(), arguments.language, paths=arguments.paths)
    options = AltExportOptions(
        kind=AltExportKind(arguments.format),
        target=(arguments.output or Path()).absolute(),
        drafts=arguments.drafts,
        paths=arguments.paths,
        overwrite=arguments.overwrite,
        title=arguments.set or "Alt text",
        site=arguments.site,
    )
    if arguments.output is None:
        going = going_out(rows, drafts=arguments.drafts)
        if output.as_json:
            for row in going:
                output.json(document_of(row, paths=arguments.paths))
        else:
            output.piece(services.alttext.pages.exported(rows, options).lstrip("\ufeff"))
        output.say(strings.ALT_LEFT_OUT.format(left_out=len(rows) - len(going)))
        return 0
    cancel = CancelToken()
    done = output.drive(services.alttext.pages.export(rows, options, cancel), cancel)
    told = {"path": done.target, "written": done.written, "left_out": done.left_out}
    if output.as_json:
        output.json(told | {"path": str(done.target)})
    else:
        output.text(strings.ALT_EXPORTED.format(**told))
    return 0


# --- documents ---------------------------------------------------------------------------


def add_pages_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("page", type=Path, metavar="FILE")


def run_pages(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    page = _opened(arguments.page, services, output)
    for image in page.images:
        if output.as_json:
            output.json(_image(image))
            continue
        where = f"{image.part} " if image.part else f"{image.line}: " if image.line else ""
        output.text(f"{where}{image.name}")
        output.text(f"  {_said(image.alt, decorative=image.decorative)}")
        for name in ("heading", "caption", "link_target", "before", "after"):
            text = getattr(image.context, name)
            if text:
                output.text(f"    {name.replace('_', ' ')}: {text}")
    return 0


def add_apply_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("page", type=Path, metavar="PAGE")
    parser.add_argument(
        "--from", dest="table", type=Path, required=True, metavar="TABLE",
        help="a CSV or JSON file, as export writes it or with columns name and alt",
    )  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="only show what would change")
    parser.add_argument("--drafts", action="store_true", help="take what is not approved, too")
    parser.add_argument("--language", metavar="TAG", default="", help="that of the texts to take")
    parser.add_argument("--backup", action="store_true", help="keep the page as it was beside it")


def run_apply(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    pages, cancel = services.alttext.pages, CancelToken()
    rows = pages.read_table(arguments.table)
    page = _opened(arguments.page, services, output)
    changes = pages.changes_from(page, rows, drafts=arguments.drafts, language=arguments.language)
    plan = output.drive(pages.plan(page, changes, cancel), cancel)
    _tell_skipped(page, plan, output)
    if not output.as_json:
        for edit in plan.edits:
            _show(edit, output)
    count = {"count": len(plan.edits), "path": plan.path}
    if arguments.dry_run:
        if output.as_json:
            output.json(_plan(plan, written=False))
        else:
            output.text(strings.PAGE_PLANNED.format(**count))
        return 0
    written = output.drive(pages.write(plan, cancel, backup=arguments.backup), cancel)
    if output.as_json:
        backup = str(written.backup) if written.backup else None
        output.json(_plan(plan, written=True) | {"backup": backup})
        return 0
    output.text(strings.PAGE_WRITTEN.format(**count))
    if written.backup is not None:
        output.text(strings.ALT_BACKUP_AT.format(path=written.backup))
    return 0


def _opened(path: Path, services: AppServices, output: Output) -> Page:
    cancel = CancelToken()
    return output.drive(services.alttext.pages.open(path, cancel), cancel)


def _tell_skipped(page: Page, plan: PagePlan, output: Output) -> None:
    for place, code in plan.skipped:
        image = page.image(place)
        if image is not None and code != "same":
            reason = strings.PAGE_SKIPPED[code]
            output.say(strings.PAGE_NOT_WRITTEN.format(name=image.name, reason=reason))


def _show(edit: PageEdit, output: Output) -> None:
    """A change as `diff` shows it."""
    output.text(f"@@ {edit.part or edit.line} {edit.name}")
    for mark, text in (("-", edit.before), ("+", edit.after)):
        for line in text.splitlines():
            output.text(f"{mark}{line}")


def _said(alt: str | None, *, decorative: bool) -> str:
    if decorative:
        return strings.PAGE_IMAGE_DECORATIVE
    return alt or strings.PAGE_IMAGE_SILENT


def _image(image: PageImage) -> dict[str, Any]:
    context = image.context
    return {
        "place": image.place,
        "kind": image.spot.value,
        "name": image.name,
        "source": image.source,
        "path": None if image.path is None else str(image.path),
        "missing": image.missing,
        "part": image.part,
        "line": image.line,
        "alt": image.alt,
        "decorative": image.decorative,
        "hidden": image.hidden,
        "label": image.label,
        "writable": image.writable,
        "context": {name: getattr(context, name) for name in context.__slots__},
    }


def _plan(plan: PagePlan, *, written: bool) -> dict[str, Any]:
    return {
        "page": str(plan.path),
        "written": written,
        "edits": [
            {
                "place": edit.place,
                "name": edit.name,
                "line": edit.line,
                "part": edit.part,
                "old": edit.old,
                "alt": edit.alt,
                "decorative": edit.decorative,
                "before": edit.before,
                "after": edit.after,
            }
            for edit in plan.edits
        ],
        "skipped": dict(plan.skipped),
    }
