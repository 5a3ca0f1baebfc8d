"""Fitting the extraction of fields: `resources/documents/weights.toml`, in three steps.

    python -m vlm_desktop.training.documents make made.jsonl --count 240 --seed 31
    vlm-desktop evaluate documents made.jsonl REAL.jsonl... --save examples.npz
    python -m vlm_desktop.training.documents fit examples.npz weights.toml

The first makes documents of invented senders; the second reads them (and real ones, if there are
any) and keeps what speaks for every candidate of every field; the third fits one small model a kind
of field, prints how each did on documents that were left out, and writes the readable file. The
shipped weights were fitted on 720 made documents, 16 receipts of ICDAR 2019 SROIE and 122 forms of
FUNSD; 4 other receipts and 27 forms were left out, and so were all invoices of invoice2data.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from vlm_desktop.training.documents.corpus import MAKERS, as_row, synthetic
from vlm_desktop.training.documents.exampletable import load_examples
from vlm_desktop.training.documents.fitting import LEARNED_PLACE, Fitted, fit_kind

_HEAD = """\
# How much each feature of a candidate counts, by kind of field. Made by
# vlm_desktop/training/documents; what the features are is told in
# vlm_desktop/engine/documents/features.py, how they are used in scorer.py beside it. The weights
# add up to a score; 0 is that of "it is not there". `calibration` turns log odds into ones that
# held on documents left out; a value is told from the probability `least` on.
"""
_LEAST = {"key": 0.12, "text": 0.25, "amount": 0.5, "number": 0.4, "code": 0.4}
"""A label that is asked for is there, so its text is worth a look; most amounts of a preset are
absent from most documents, so they are told when they are likelier right than wrong."""
_LEAST_ELSE = 0.3


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="vlm_desktop.training.documents", description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True)
    make = steps.add_parser("make")
    make.add_argument("target", type=Path)
    make.add_argument("--count", type=int, default=240, help="documents of each kind")
    make.add_argument("--seed", type=int, default=31)
    fit = steps.add_parser("fit")
    fit.add_argument("examples", type=Path)
    fit.add_argument("target", type=Path)
    chosen = parser.parse_args(arguments)
    if chosen.step == "make":
        _make(chosen.target, chosen.count, chosen.seed)
    else:
        _fit(chosen.examples, chosen.target)


def _make(target: Path, count: int, seed: int) -> None:
    with target.open("w", encoding="utf-8") as file:
        for kind in MAKERS:
            for made in synthetic(kind, count, seed):
                file.write(json.dumps(as_row(made), ensure_ascii=False) + "\n")


def _fit(examples: Path, target: Path) -> None:
    table = load_examples(examples)
    found = {}
    for kind in sorted(set(table.kind.tolist())):
        found[kind] = fit_kind(table.only(table.kind == kind))
        sys.stderr.write(_told(kind, found[kind]))
    target.write_text(written(found), encoding="utf-8")


def _told(kind: str, one: Fitted) -> str:
    sources: dict[str, list[tuple[float, int]]] = {}
    for layout, (share, count) in one.right.items():
        sources.setdefault(layout.partition("/")[0], []).append((share, count))
    rows = [
        f"  {source}: {sum(share * count for share, count in some) / total:.1%} of {total}"
        for source, some in sources.items()
        if (total := sum(count for _, count in some))
    ]
    error = f"calibration error {one.error_before:.1f} %, calibrated {one.error_after:.1f} %"
    return "\n".join([f"{kind}: left out, right or rightly silent; {error}", *rows]) + "\n"


def written(fitted: dict[str, Fitted]) -> str:
    """The resource as text."""
    tables = []
    for kind, one in fitted.items():
        rows = [
            f"calibration = [{one.slope}, {one.offset}]",
            f"least = {_LEAST.get(kind, _LEAST_ELSE)}",
            f"learned_place = {LEARNED_PLACE}",
            *(f"{name} = {weight}" for name, weight in one.weights.items()),
        ]
        tables.append(f"\n[{kind}]\n" + "\n".join(rows) + "\n")
    return _HEAD + "".join(tables)


if __name__ == "__main__":
    main(sys.argv[1:])
