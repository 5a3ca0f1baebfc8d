"""`vlm-desktop alttext ACTION`: alt text from the command line; `_ACTIONS` lists them."""

import argparse
import importlib
from types import ModuleType

from vlm_desktop.cli.output import Output
from vlm_desktop.engine.services import AppServices

_ACTIONS: dict[str, tuple[str, str]] = {
    "draft": ("alttext_draft", "draft alt texts with a local model"),
    "lint": ("alttext_lint", "what is wrong with alt texts, with a fix each"),
    "write": ("alttext_files", "write alt text into a picture's file or beside it"),
    "read": ("alttext_files", "read alt text from files and what lies beside them"),
    "export": ("alttext_export", "approved alt texts as a table, HTML or a WordPress import"),
    "pages": ("alttext_export", "list the images of an HTML, Markdown, DOCX, PPTX or EPUB file"),
    "apply": ("alttext_export", "write alt texts from a table into such a file"),
}
"""Action -> (module in `vlm_desktop.cli`, one line of help).

The module has `add_ACTION_arguments(parser)` and `run_ACTION(arguments, services, output)`.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, (module, help_text) in _ACTIONS.items():
        action = actions.add_parser(name, help=help_text, description=help_text.capitalize())
        getattr(_module(module), f"add_{name}_arguments")(action)


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    name = arguments.action
    code: int = getattr(_module(_ACTIONS[name][0]), f"run_{name}")(arguments, services, output)
    return code


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"vlm_desktop.cli.{name}")
