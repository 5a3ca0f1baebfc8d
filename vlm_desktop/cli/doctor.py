"""`vlm-desktop doctor`: devices, providers and why, models, folders, versions."""

import argparse
import dataclasses

from vlm_desktop import strings
from vlm_desktop.cli.library import plain
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.doctor import DoctorReport, ProviderReport
from vlm_desktop.engine.services import AppServices

_GIB = 1024**3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser  # it takes none


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    del arguments
    report = services.examine()
    if output.as_json:
        document = plain(dataclasses.asdict(report))
        document["packages"] = dict(report.packages)
        output.json(document)
    else:
        _show(report, output)
    return 0


def _why(provider: ProviderReport) -> str:
    if provider.chosen:
        return ""
    sentence = strings.REJECTIONS.get(provider.rejection, "a better one works")
    return f"{sentence} ({provider.detail})" if provider.detail else sentence


def _show(report: DoctorReport, output: Output) -> None:
    output.text(f"VLM Desktop {report.version}, Python {report.python}, {report.system}")
    output.text(
        f"{report.cores} cores ({report.processor}), {report.memory_bytes / _GIB:.1f} GiB memory"
    )
    output.text("")
    output.table(
        ("provider", "state", "why"),
        [
            (one.provider, "chosen" if one.chosen else "not used", _why(one))
            for one in report.providers
        ],
    )
    output.text("")
    output.table(
        ("model", "state", "licence", "where"),
        [(card.id, card.state, card.licence, str(card.path or "")) for card in report.models],
    )
    output.text("")
    output.table(
        ("folder", "state", "free", "path"),
        [
            (
                folder.name,
                "writable" if folder.writable else "read-only",
                f"{folder.free_bytes / _GIB:.1f} GiB",
                str(folder.path) + ("" if folder.exists else " (not made yet)"),
            )
            for folder in report.folders
        ],
    )
    output.text("")
    output.table(
        ("package", "version"), [(name, version or "absent") for name, version in report.packages]
    )
