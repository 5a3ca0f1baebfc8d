"""Orders, contracts and invoices of invented broadcasters, asked for by descriptions alone.

What is asked is told in words, with names people would choose, and never with the labels that are
printed: so the weights learn to go by descriptions.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeAlias

from vlm_desktop.base.documents import FieldSpec, FieldType
from vlm_desktop.base.pagereading import Word
from vlm_desktop.training.documents import people
from vlm_desktop.training.documents.paper import Paper, Wear
from vlm_desktop.training.documents.samples import Made

_LABELS = {
    "advertiser": "Advertiser|Advertiser|Client|Advertiser Name|Customer|Client Name|Advertiser/Client",
    "agency": "Agency|Agency Name|Bill To|Buying Agency|Ordered By",
    "contract": "Contract #|Contract Number|Contract / Revision|Order #|Order Number|Contract No.|"
    "Contract|Order No|Contract ID|Order/Revision|CONTRACT NUMBER",
    "alternate": "Alt Order #|Alt. Order Number|Agency Order #|Traffic #|Deal #|IDB #|Reference #",
    "product": "Product|Product Desc|Product/Brand|Brand|Product Name|Campaign",
    "estimate": "Estimate #|Estimate Number|Est #|Estimate|EST",
    "flight": "Flight Dates|Flight|Contract Dates|Order Flight Dates|Contract Period|Schedule Dates|"
    "Order Dates|Campaign Dates|Run Dates|Flight Date Range",
    "start": "Flight Start Date|Start Date|Flight Start|First Air Date|From|Begin Date|Order Start Date",
    "end": "Flight End Date|End Date|Flight End|Last Air Date|To|Expiration Date|Order End Date",
    "printed": "Print Date|Printed|Run Date|Date Printed|Report Date",
    "entered": "Original Date|Order Date|Entry Date|Date Entered|Original Date / Revision|Created|Contract Date",
    "invoice": "Invoice #|Invoice Number|Invoice No.|INVOICE NO",
    "invoice_date": "Invoice Date|Billing Date|Bill Date|Date of Invoice",
    "period": "Invoice Period|Billing Period|Invoice Month|Broadcast Month|Billing Month",
    "due": "Due Date|Payment Due|Terms|Due By",
    "executive": "Account Executive|Salesperson|AE|Sales Rep|Account Exec|Salesperson Name",
    "office": "Sales Office|Office|Sales Region|Region",
    "calendar": "Billing Calendar|Billing Cycle|Billing Type|Cash/Trade|Spot Type",
    "station": "Station|Property|Call Letters|Stations|Market/Station|Channel",
    "demo": "Demographic|Primary Demo|Demo|Special Handling",
    "gross": "Gross Total|Total Gross|Gross Amount|Total Gross Amount|Gross Amt|Order Gross|Total Charges|"
    "Grand Total|Total|Totals|Total Amount|Gross Billing|Total Cost|Contract Total|Gross Total $|Total $",
    "commission": "Agency Commission|Less Agency Commission|Commission 15%|Agency Comm|Agcy Comm|Commission",
    "net": "Net Total|Net Amount Due|Net Due|Total Net|Net Amount|Amount Due|Balance Due|Net Amt|Pay This Amount",
    "tax": "Sales Tax|Tax|Taxes|State Tax",
    "spots": "Total Spots|# of Spots|Spots|Total Units|No. of Spots",
}  # fmt: skip
_ASKED = {
    "advertiser": (
        "advertiser|advertiser_name|advertiser name|client",
        "Who the ads are for|The name of the advertiser|The candidate, committee or company that advertises|"
        "Name of the client whose spots are aired|The advertiser who ordered the broadcast time|"
        "The organisation that pays for the advertising|advertiser as printed||political committee or campaign",
        (FieldType.TEXT,),
    ),
    "contract": (
        "contract_num|contract_number|contract number|contract_no|contract|contract_id|order_number",
        "The number of the contract|The number that identifies this contract or order|contract or order number of the station|"
        "Unique identifier of the agreement|The station's contract number, also called order number||Contract ID",
        (FieldType.NUMBER, FieldType.TEXT, FieldType.NUMBER),
    ),
    "gross": (
        "gross_amount|gross amount|gross_total|total_gross|gross|total gross amount|total_amount",
        "the total gross amount the advertiser pays|Total cost before agency commission|The total price of all spots, gross|"
        "Gross total in dollars for the whole invoice|total amount charged for the broadcast time before commission is taken off|"
        "Sum of all charges||The full amount of the contract in dollars",
        (FieldType.AMOUNT,),
    ),
    "start": (
        "flight_from|flight_start|start_date|flight start date|flight_begin|flight from",
        "First day the ads run|The date the flight begins|Start of the flight|when the advertising starts airing|"
        "beginning of the flight dates|the first date of the broadcast period||Date of the first broadcast",
        (FieldType.DATE, FieldType.DATE, FieldType.TEXT),
    ),
    "end": (
        "flight_to|flight_end|end_date|flight end date|flight_until|flight to",
        "Last day the ads run|The date the flight ends|End of the flight|when the advertising stops airing|"
        "end of the flight dates|the last date of the broadcast period||Date of the last broadcast",
        (FieldType.DATE, FieldType.DATE, FieldType.TEXT),
    ),
    "flight": (
        "flight_dates|flight|flight dates|dates",
        "The dates between which the ads run|From and to date of the flight|flight dates (from / to)||The period in which the spots air",
        (FieldType.TEXT,),
    ),
    "agency": (
        "agency|agency_name|buying agency|media agency",
        "The agency that buys the time for the advertiser|The media buying agency||Name of the advertising agency",
        (FieldType.TEXT,),
    ),
    "station": ("station|tv_station|call_sign|station name", "The station's call letters|Which station airs the ads||Broadcaster", (FieldType.TEXT,)),
    "product": ("product|product name|brand", "What is advertised|The product or issue advertised||product as printed", (FieldType.TEXT,)),
    "estimate": ("estimate_number|estimate|estimate number", "The estimate number of the agency||estimate", (FieldType.NUMBER, FieldType.TEXT)),
    "net": ("net_amount|net due|net_total|net amount", "What is left to pay after the agency's commission|The net amount due||net total", (FieldType.AMOUNT,)),
    "commission": ("agency_commission|commission", "What the agency keeps|The commission of the agency||", (FieldType.AMOUNT,)),
    "invoice": ("invoice_number|invoice number|invoice_no", "The number of the invoice||Number that names this bill", (FieldType.NUMBER, FieldType.TEXT)),
    "invoice_date": ("invoice_date|invoice date|date", "The day the invoice was issued||Date of the invoice", (FieldType.DATE, FieldType.TEXT)),
}  # fmt: skip
_MAIN = ("advertiser", "contract", "gross", "start", "end")
Page: TypeAlias = tuple[Word, ...]
_SHOWS = "News|Morning Show|Late News|Evening News|Prime Movie|Wheel Hour|Sports Final|Talk Today|Early Fringe"


@dataclass
class _Deal:
    """What an order says. `pieces` are label keys with their printed values."""

    values: dict[str, str]
    days: tuple[str, ...]
    printed: dict[str, str] = field(default_factory=dict)
    spots: int = 0
    amounts: list[float] = field(default_factory=list)


def broadcast(rng: random.Random) -> Made:
    """One order, contract or invoice, and a schema in somebody's words."""
    paper = Paper(rng, 612.0, Wear.any(rng), rng.choice((0.46, 0.5, 0.54)))
    invoice = rng.random() < 0.5
    deal = _deal(rng, invoice)
    y = _head(rng, paper, deal, invoice)
    styles: Sequence[Callable[..., float]] = (_stacked, _columns, _grid, _grid, _columns)
    y = rng.choice(styles)(rng, paper, deal, _wanted_labels(rng, deal, invoice), y + 8)
    pages, paper, y = _lines(rng, paper, deal, y + 14)
    _totals(rng, paper, deal, y + 10)
    if rng.random() < 0.6:
        paper.put(
            40,
            y + 120,
            rng.choice(
                (
                    "Signature: ____________  Date: ________",
                    "Payment terms 30 days",
                    "This station does not discriminate in advertising contracts",
                    "We warrant that the actual broadcast information shown on this invoice was taken from the program log",
                )
            ),
        )
    pages.append(paper.words())
    specs, truths = _asked(rng, deal)
    layout = f"broadcast/{'invoice' if invoice else 'order'}"
    return Made(layout, tuple(pages), truths, specs=specs)


def _deal(rng: random.Random, invoice: bool) -> _Deal:
    start = people.day(rng)
    end = start + timedelta(days=rng.choice((0, 4, 6, 6, 13, 27, 40)))
    style = rng.choice((0, 1, 1, 3, 3, 5))

    def said(when: date) -> str:
        return people.dated(rng, when, "us", style)

    client = rng.choice((
        f"{people.person(rng)} for {rng.choice(('Senate', 'Congress', 'Governor', 'President', 'Mayor'))}",
        f"{people.invented(rng)} {rng.choice(('Victory Fund', 'PAC', 'for America', 'Action Committee', 'Majority'))}",
        f"Citizens for {people.invented(rng)}", people.company(rng, "us").full_name, f"{people.invented(rng).upper()} / ISSUE / DEM",
        f"Committee to Elect {people.person(rng)}", f"POL/ {people.person(rng)}/ D/ US SENATE",
    ))  # fmt: skip
    call = (
        rng.choice("KW")
        + "".join(rng.choice("ABCDEFGHKLMNPRSTVWXYZ") for _ in range(rng.choice((2, 3))))
        + rng.choice(("-TV", "", "-DT"))
    )
    values = {
        "advertiser": client,
        "agency": f"{people.invented(rng)} {rng.choice(('Media', 'Communications', 'Strategies', 'Media Group', 'Buying & Analytics'))}",
        "contract": rng.choice(("", "", "C-", "OR")) + people.digits(rng, rng.randint(5, 8)),
        "alternate": people.digits(rng, rng.randint(5, 9)),
        "product": rng.choice(("Senate", "General Election", "Issue Ad", "Primary", people.invented(rng), f"{people.person(rng)} US Senate")),
        "estimate": people.digits(rng, rng.randint(2, 5)),
        "start": said(start), "end": said(end),
        "printed": said(start - timedelta(days=rng.randint(1, 9))),
        "entered": said(start - timedelta(days=rng.randint(3, 30))),
        "station": call,
        "executive": people.person(rng),
        "office": rng.choice(("New York", "Philadelphia", "Local", "National Sales", "Washington DC")),
        "calendar": rng.choice(("Broadcast", "EOM/EOC", "Cash", "Calendar Month")),
        "demo": rng.choice(("Adults 35+", "HH", "P25-54", "A18+")),
    }  # fmt: skip
    values["flight"] = (
        f"{values['start']}{rng.choice((' - ', ' - ', '-', ' to ', ' thru '))}{values['end']}"
    )
    if invoice:
        values |= {"invoice": people.digits(rng, rng.randint(5, 8)) + rng.choice(("", "-1", "-2")), "invoice_date": said(end + timedelta(days=rng.randint(1, 12))),
                   "period": f"{said(start)} - {said(end + timedelta(days=3))}", "due": said(end + timedelta(days=35))}  # fmt: skip
    span = (end - start).days
    days = tuple(said(start + timedelta(days=rng.randint(0, span))) for _ in range(12))
    return _Deal(values, days)


def _head(rng: random.Random, paper: Paper, deal: _Deal, invoice: bool) -> float:
    """The station's letterhead and the title."""
    station = deal.values["station"]
    title = (
        "INVOICE"
        if invoice
        else rng.choice(
            (
                "CONTRACT",
                "ORDER",
                "Order Confirmation",
                "Contract Agreement Between:",
                "BROADCAST ORDER",
            )
        )
    )
    home = people.company(rng, "us")
    left = rng.random() < 0.6
    paper.put(36 if left else 380, 30, station, rng.choice((12, 18)))
    paper.put(380 if left else 36, 30, title, rng.choice((12, 16)))
    y = 52.0
    for line in (
        rng.choice(
            (
                home.full_name,
                f"{people.invented(rng)} Broadcasting {rng.choice(('Inc.', 'LLC', 'Company'))}",
            )
        ),
        *home.address,
        home.phone,
    )[: rng.randint(1, 5)]:
        paper.put(36 if left else 380, y, line, 9)
        y += 11.5
    if rng.random() < 0.5:
        paper.put(500, 30, f"Page {rng.randint(1, 3)} of {rng.randint(3, 5)}", 8)
    if rng.random() < 0.4:
        spot = 500 if left else 200
        paper.put(
            spot,
            44,
            rng.choice(_LABELS["printed"].split("|"))
            + rng.choice((" ", ": "))
            + deal.values["printed"],
            8,
        )
    if rng.random() < 0.4:
        paper.put(36, y + 6, deal.values["agency"], 10)
        deal.printed["agency_head"] = deal.values["agency"]
        for line in people.company(rng, "us").address:
            y += 12
            paper.put(36, y + 6, line, 10)
        y += 12
    return y + 10


def _wanted_labels(rng: random.Random, deal: _Deal, invoice: bool) -> list[tuple[str, str]]:
    """Labels and values in a printed order; remembers which were printed."""
    flights = ["flight"] if rng.random() < 0.7 else ["start", "end"]
    keys = ["advertiser", "contract", *flights]
    more = [
        "agency",
        "alternate",
        "product",
        "estimate",
        "entered",
        "executive",
        "office",
        "calendar",
        "station",
        "demo",
    ]
    if invoice:
        keys += ["invoice", "invoice_date"]
        more += ["period", "period", "due"]
    keys += rng.sample(more, rng.randint(3, len(more)))
    keys = list(dict.fromkeys(keys))
    rng.shuffle(keys)
    if flights != ["flight"]:
        keys.remove("end")
        keys.insert(keys.index("start") + 1, "end")
    labels = []
    for key in keys:
        value = deal.values[key]
        label = rng.choice(_LABELS[key].split("|"))
        if key == "contract" and "Revision" in label:
            value += rng.choice((" /", " / 1", " / 0"))
        if key == "entered" and "Revision" in label:
            value += f" / {deal.values['entered']}"
        labels.append((label, value))
        deal.printed[key] = deal.values[key]
    if "flight" in keys:
        deal.printed |= {"start": deal.values["start"], "end": deal.values["end"]}
    return labels


def _stacked(
    rng: random.Random, paper: Paper, deal: _Deal, labels: Sequence[tuple[str, str]], y: float
) -> float:
    """One label a line, its value behind it or at a stop."""
    del deal
    left, size = rng.choice((36.0, 300.0)), rng.choice((9.0, 10.0))
    stop = left + rng.uniform(95, 150) if rng.random() < 0.6 else 0.0
    colon = rng.choice((":", ":", "", " :"))
    for label, value in labels:
        if stop:
            paper.put(left, y, label + colon, size)
            paper.put(stop, y, value, size)
        else:
            paper.put(left, y, f"{label}{colon or ':'} {value}", size)
        y += size * rng.choice((1.35, 1.5))
    return y


def _columns(
    rng: random.Random, paper: Paper, deal: _Deal, labels: Sequence[tuple[str, str]], y: float
) -> float:
    """Two or three columns of labels with values beside them."""
    count = rng.choice((2, 2, 3))
    size = 9.0 if count == 2 else 7.5
    width = 550 / count
    half = -(-len(labels) // count)
    colon = rng.choice((":", ":", ""))
    bottom = y
    for column in range(count):
        some = labels[column * half : (column + 1) * half]
        stop = max((paper.length(label, size) for label, _ in some), default=0.0) + 14
        for place, (label, value) in enumerate(some):
            at = y + place * size * 1.5
            paper.put(36 + column * width, at, label + colon, size)
            room = int((width - stop - 6) / (size * paper.letter))
            paper.put(
                36 + column * width + stop,
                at,
                value[: max(room, 8)] if rng.random() < 0.2 else value,
                size,
            )
            bottom = max(bottom, at + size * 1.5)
    del deal
    return bottom


def _grid(
    rng: random.Random, paper: Paper, deal: _Deal, labels: Sequence[tuple[str, str]], y: float
) -> float:
    """Cells with a small label above each value."""
    del deal
    left = rng.choice((36.0, 36.0, 240.0))
    count = rng.choice((2, 3, 3, 4)) if left < 100 else 2
    width = (580 - left) / count
    small, size = rng.choice(((6.5, 9.0), (8.0, 8.0), (7.0, 10.0)))
    for place in range(0, len(labels), count):
        for column, (label, value) in enumerate(labels[place : place + count]):
            paper.put(left + column * width, y, label, small)
            paper.put(
                left + column * width,
                y + small * 1.4,
                value,
                size if paper.length(value, size) < width else 6.0,
            )
        y += small * 1.4 + size * rng.choice((1.4, 1.9))
    return y


def _lines(
    rng: random.Random, paper: Paper, deal: _Deal, y: float
) -> tuple[list[Page], Paper, float]:
    """The table of spots; it may go on over pages."""
    pages: list[Page] = []
    heads = rng.choice((
        ("Line", "Start Date", "End Date", "Description", "Days", "Length", "Spots", "Rate", "Amount"),
        ("Ln", "Start", "End", "Program", "Days", "Len", "Spots/Week", "Rate", "Total"),
        ("Line", "Date", "Day", "Air Time", "Description", "Length", "Spots", "Rate", "Amount"),
    ))  # fmt: skip
    stops = (36, 70, 125, 180, 310, 350, 420, 480, 575)
    _table_row(paper, y, heads, stops)
    weekly = rng.random() < 0.3
    for number in range(1, rng.choice((2, 4, 6, 9, 16, 30))):
        y += 12
        if y > 720:
            pages.append(paper.words())
            paper = Paper(rng, 612.0, paper.wear, paper.letter)
            y = 60.0
            paper.put(36, 30, deal.values["station"], 12)
            _table_row(paper, y - 12, heads, stops)
        spots, rate = (
            rng.randint(1, 12),
            rng.choice((50, 125, 400, 850, 1500, 3200)) + rng.choice((0, 0, 25)),
        )
        amount = float(spots * rate)
        deal.amounts.append(amount)
        deal.spots += spots
        aired, other = rng.choice(deal.days), rng.choice(deal.days)
        first = (aired, other) if heads[1] != "Date" else (aired, "Mon")
        middle = (
            (rng.choice(_SHOWS.split("|")), "M-F", ":30")
            if heads[1] != "Date"
            else ("6:14 AM", rng.choice(_SHOWS.split("|")), ":30")
        )
        _table_row(
            paper,
            y,
            (str(number), *first, *middle, str(spots), f"{rate:,.2f}", f"${amount:,.2f}"),
            stops,
        )
        if weekly:
            y += 11
            paper.put(80, y, f"Week: {aired} {other} MTWTF-- {spots} ${rate:,.2f}", 8)
    return pages, paper, y + 12


def _table_row(paper: Paper, y: float, cells: Sequence[str], stops: Sequence[float]) -> None:
    for place, (cell, stop) in enumerate(zip(cells, stops, strict=True)):
        paper.put(stop, y, cell, 7.5, "right" if place > 5 else "left")


def _totals(rng: random.Random, paper: Paper, deal: _Deal, y: float) -> None:
    """Gross, commission and net: as a list, or as a row under headings."""
    gross = sum(deal.amounts)
    agency = rng.random() < 0.75
    commission = round(gross * 0.15, 2) if agency else 0.0
    sign = rng.choice(("$", "$", ""))

    def said(amount: float) -> str:
        return f"{sign}{amount:,.2f}"

    deal.printed["gross"] = f"{gross:.2f}"
    if agency:
        deal.printed |= {"commission": f"{commission:.2f}", "net": f"{gross - commission:.2f}"}
    else:
        deal.printed.pop("net", None)
    label = {
        key: rng.choice(_LABELS[key].split("|"))
        for key in ("gross", "commission", "net", "spots", "tax")
    }
    taken_off = rng.choice((f"({said(commission)})", said(commission), f"-{said(commission)}"))
    if agency and rng.random() < 0.35:
        stops = (36, 200, 330, 450, 575)
        heads = (
            "Time Period",
            "# of Spots",
            rng.choice(("Gross Amount", "Gross")),
            label["commission"],
            rng.choice(("Net Amount", "Net")),
        )
        sums = [(deal.values["flight"], str(deal.spots), said(gross), taken_off, said(gross - commission)),
                ("Totals", str(deal.spots), said(gross), taken_off, said(gross - commission))]  # fmt: skip
        for number, cells in enumerate((heads, *sums[rng.randint(0, 1) :])):
            for place, (cell, stop) in enumerate(zip(cells, stops, strict=True)):
                paper.put(stop, y + 12 * number, cell, 8, "right" if place > 1 else "left")
        return
    rows = [(label["gross"], said(gross))]
    if agency:
        rows += [(label["commission"], taken_off), (label["net"], said(gross - commission))]
    if rng.random() < 0.25:
        rows.insert(-1 if agency else 1, (label["tax"], said(0.0)))
    if rng.random() < 0.5:
        rows.insert(0, (label["spots"], str(deal.spots)))
    if rng.random() < 0.25:
        paper.put(36, y, f"Totals: {deal.spots} spots", 8)
    at, end = rng.choice(((380.0, 575.0), (36.0, 200.0), (420.0, 540.0)))
    colon = rng.choice((":", "", ""))
    for text, amount in rows:
        paper.put(at, y, text + colon, 9)
        paper.put(end, y, amount, 9, "right")
        y += 13


def _asked(rng: random.Random, deal: _Deal) -> tuple[tuple[FieldSpec, ...], dict[str, str]]:
    """The main fields in somebody's words, and some more; and what is true of them."""
    others = [key for key in _ASKED if key not in _MAIN and key != "flight"]
    keys = [*_MAIN, *rng.sample(others, rng.randint(0, 5))]
    if rng.random() < 0.2:
        keys = [key for key in keys if key not in ("start", "end")] + ["flight"]
    specs: list[FieldSpec] = []
    truths: dict[str, str] = {}
    for key in keys:
        names, descriptions, types = _ASKED[key]
        name = rng.choice(names.split("|"))
        if any(one.name == name for one in specs):
            continue
        specs.append(FieldSpec(name, rng.choice(types), rng.choice(descriptions.split("|"))))
        printed = deal.printed.get(key, "")
        if key == "agency" and not printed:
            printed = deal.printed.get("agency_head", "")
        if printed or key != "station":  # a station also stands in the letterhead
            truths[name] = printed
    return tuple(specs), truths
