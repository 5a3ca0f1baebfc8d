"""Till receipts of invented shops: many heads, ways to write dates, items and sums, with decoys."""

import random
from dataclasses import dataclass
from datetime import date

from vlm_desktop.training.documents import people
from vlm_desktop.training.documents.paper import Paper, Wear
from vlm_desktop.training.documents.people import Company, money
from vlm_desktop.training.documents.samples import Made

_COUNTRIES = ("my", "my", "my", *people.COUNTRIES)
_WORDS = {
    "total": {
        "en": "TOTAL|Total|GRAND TOTAL|Total Amount|Amount Due|NETT TOTAL|TOTAL (RM)|Total Payable|"
        "Total Incl. GST|TOTAL SALES (INCLUSIVE OF GST)|Total Due|Total Rounded|BALANCE DUE|Net Total|"
        "Total Inclusive GST|Amount Payable|TOTAL AMT",
        "de": "SUMME|Summe EUR|Gesamtbetrag|zu zahlen|Total|BETRAG", "fr": "TOTAL TTC|Total|A PAYER|Net \u00e0 payer",
        "nl": "Totaal|TE BETALEN|Totaal EUR", "es": "TOTAL|Importe total|TOTAL A PAGAR",
        "it": "TOTALE|TOTALE COMPLESSIVO|Totale euro",
    },
    "subtotal": {
        "en": "Subtotal|SUB TOTAL|Sub-Total|Total Excl. GST|Total (Excluding GST)|Total Sales (Excluding GST)|Amount",
        "de": "Zwischensumme|Netto", "fr": "Sous-total|Total HT", "nl": "Subtotaal|Netto",
        "es": "Subtotal|Base imponible", "it": "Subtotale|Imponibile",
    },
    "tax": {
        "en": "GST 6%|Total GST|Tax|SST 6%|VAT 20%|Sales Tax|GST @6%|Add GST", "de": "MwSt 19%|USt", "fr": "TVA 20%|TVA",
        "nl": "BTW 21%|BTW", "es": "IVA 21%|IVA", "it": "IVA 22%|di cui IVA",
    },
    "paid": {
        "en": "CASH|Cash|Cash Tendered|VISA|Paid|Tendered|Payment|MASTER CARD|CASH RECEIVED", "de": "BAR|Gegeben|EC-Karte",
        "fr": "ESPECES|Carte bancaire|CB", "nl": "CONTANT|PIN|Betaald", "es": "EFECTIVO|Tarjeta|Entregado", "it": "CONTANTI|Bancomat",
    },
    "change": {
        "en": "CHANGE|Change|Change Due|BALANCE|Cash Change", "de": "R\u00fcckgeld|Zur\u00fcck", "fr": "RENDU|Monnaie",
        "nl": "Wisselgeld|Terug", "es": "CAMBIO", "it": "RESTO",
    },
    "date": {
        "en": "Date|DATE|Invoice Date|Date/Time|Bill Date|Trans Date|Date", "de": "Datum|Belegdatum", "fr": "Date|Le",
        "nl": "Datum", "es": "Fecha", "it": "Data",
    },
    "number": {
        "en": "Invoice No|Receipt No|Bill No|Inv No.|Doc No.|Receipt #|Slip No|CB#|Trans No", "de": "Beleg-Nr.|Bon-Nr",
        "fr": "Ticket|Facture No", "nl": "Bonnr|Kassabon", "es": "Ticket|Factura", "it": "Documento N|Scontrino",
    },
    "title": {
        "en": "TAX INVOICE|RECEIPT|Simplified Tax Invoice|CASH BILL|INVOICE||CASH SALES|- TAX INVOICE -", "de": "Kassenbon|Quittung||",
        "fr": "TICKET|FACTURE||", "nl": "KASSABON||", "es": "FACTURA SIMPLIFICADA||", "it": "DOCUMENTO COMMERCIALE||",
    },
    "thanks": {
        "en": "THANK YOU|Thank you, please come again|Goods sold are not returnable|THANK YOU FOR SHOPPING",
        "de": "Vielen Dank", "fr": "Merci de votre visite", "nl": "Bedankt en tot ziens", "es": "Gracias", "it": "Grazie",
    },
    "rounding": {"en": "Rounding|Rounding Adj|ROUNDING ADJUSTMENT|Rounding Adj."},
    "head": {
        "en": "Description|Item|ITEM DESCRIPTION", "de": "Artikel", "fr": "D\u00e9signation", "nl": "Omschrijving",
        "es": "Descripci\u00f3n", "it": "Descrizione",
    },
}  # fmt: skip
_SIGNS = {"my": ("", "RM", "", "$"), "us": ("", "$"), "uk": ("", "\u00a3")}


@dataclass
class _Till:
    """One receipt while it is written."""

    rng: random.Random
    paper: Paper
    shop: Company
    language: str
    y: float
    left: float
    right: float
    centred: bool
    step: float
    sign: str

    def word(self, kind: str) -> str:
        table = _WORDS[kind]
        return self.rng.choice(table.get(self.language, table["en"]).split("|"))

    def down(self, gap: float = 1.0) -> None:
        self.y += self.step * gap

    def line(self, text: str, size: float = 10.0) -> None:
        """A line of the head or foot."""
        if self.centred:
            self.paper.put((self.left + self.right) / 2, self.y, text, size, "middle")
        else:
            self.paper.put(self.left, self.y, text, size)
        self.y += self.step * max(1.0, size / 10)

    def sum_row(self, label: str, amount: str, colon: str, inset: float) -> None:
        """A label, and its amount at the right."""
        end = self.paper.put(self.left + inset, self.y, label + colon)
        if end > self.right - 60:
            self.down()
        self.paper.put(self.right, self.y, amount, align="right")
        self.down()

    def money(self, amount: float) -> str:
        return money(amount, self.shop.country, self.sign)

    def plain(self, amount: float) -> str:
        return money(amount, self.shop.country)


def receipt(rng: random.Random) -> Made:
    """One receipt and what is true of it, under the preset's schema."""
    country = rng.choice(_COUNTRIES)
    shop = people.company(rng, country)
    width = rng.choice((300.0, 330.0, 380.0, 430.0))
    paper = Paper(rng, width, Wear.any(rng), rng.choice((0.46, 0.5, 0.55, 0.6)))
    till = _Till(
        rng, paper, shop, people.language_of(country), 20.0, rng.uniform(8, 25),
        width - rng.uniform(8, 25), rng.random() < 0.75, rng.choice((11.5, 12.5, 14.0, 16.0)),
        rng.choice(_SIGNS.get(country, ("", "EUR", "\u20ac"))),
    )  # fmt: skip
    _head(till)
    when, style = people.day(rng), rng.randrange(6)
    printed = people.dated(rng, when, country, style)
    late = rng.random() < 0.18
    if not late:
        _meta(till, printed, when)
    items = _items(till)
    truths = _sums(till, items)
    if late:
        till.line(
            f"{printed} {rng.randint(8, 22)}:{rng.randint(10, 59)} {rng.choice(('SH01', 'T1', ''))}"
        )
    _foot(till, when)
    truths |= {
        "vendor": shop.full_name,
        "address": " ".join(shop.address),
        "date": when.isoformat(),
    }
    return Made(f"receipt/{country}", (paper.words(),), truths, "receipt")


def _head(till: _Till) -> None:
    rng, shop = till.rng, till.shop
    big = rng.choice((10.0, 10.0, 12.0, 14.0, 17.0))
    if rng.random() < 0.3:  # a code or a brand above the name
        till.line(
            rng.choice(
                (
                    people.digits(rng, 6),
                    "A" + people.digits(rng, 5),
                    people.invented(rng).upper(),
                    shop.name[0].split(" ")[0],
                    f"{people.invented(rng)} {people.invented(rng)}".upper(),
                    people.person(rng).lower(),
                    "RECEIPT",
                )
            ),
            rng.choice((10, 16)),
        )
    for line in shop.name:
        till.line(line, big)
    pieces = [(shop.registration, 0.7), (shop.tax_id, 0.3)]
    before = [text for text, chance in pieces if rng.random() < chance * 0.6]
    for text in before:
        till.line(text)
    if rng.random() < 0.12:
        till.line(
            rng.choice(
                (
                    f"({people.invented(rng)} Branch)",
                    "(formerly known as " + people.invented(rng) + ")",
                    "Outlet: " + people.invented(rng),
                )
            )
        )
    for line in shop.address:
        till.line(line)
    after = [text for text, chance in pieces if text not in before and rng.random() < chance + 0.2]
    contact = (
        [
            rng.choice(
                (f"Tel: {shop.phone}", f"TEL {shop.phone}", f"Tel/Fax : {shop.phone}", shop.phone)
            )
        ]
        if rng.random() < 0.6
        else []
    )
    if rng.random() < 0.15:
        contact.append(f"www.{people.invented(rng, False)}.com")
    for text in rng.sample(after + contact, len(after) + len(contact)):
        till.line(text)
    if rng.random() < 0.5:
        till.down(rng.uniform(0.2, 1.0))
    title = till.word("title")
    if title:
        till.line(title, rng.choice((10.0, 12.0)))
    till.down(rng.uniform(0.0, 0.8))


def _meta(till: _Till, printed: str, when: date) -> None:
    """Date, numbers and who was at the till."""
    rng = till.rng
    time = rng.choice(
        (
            f"{rng.randint(8, 22)}:{rng.randint(10, 59)}",
            f"{rng.randint(1, 12):02}:{rng.randint(10, 59)}:{rng.randint(10, 59)} PM",
            "",
        )
    )
    colon = rng.choice((":", " :", ": ", ""))
    number = rng.choice(("CS", "", "INV-", "R")) + people.digits(rng, rng.randint(4, 9))
    rows = [
        (till.word("number"), number),
        (
            rng.choice(("Cashier", "CASHIER", "Served by", "Operator", "Table")),
            rng.choice((people.person(rng), "#" + people.digits(rng, 2))),
        ),
        (
            rng.choice(("Member No", "Terminal", "Station", "Counter", "Pax")),
            people.digits(rng, rng.randint(1, 6)),
        ),
    ]
    rows = rng.sample(rows, rng.randint(1, 3))
    kind = rng.random()
    if kind < 0.15:
        till.line(f"{printed} {time}".strip())
    elif kind < 0.25:
        till.paper.put(till.left, till.y, printed)
        till.paper.put(till.right, till.y, time or "#" + people.digits(rng, 3), align="right")
        till.down()
    else:
        value = printed if rng.random() < 0.5 else f"{printed} {time}".strip()
        rows.insert(rng.randint(0, len(rows)), (till.word("date"), value))
    wide = rng.random() < 0.5
    second = till.left + rng.uniform(80, 120)
    for place, (label, value) in enumerate(rows):
        if wide:
            till.paper.put(till.left, till.y, label)
            till.paper.put(second, till.y, f"{rng.choice((': ', ':', '')) if colon else ''}{value}")
        else:
            till.paper.put(till.left, till.y, f"{label}{colon or ':'} {value}")
        if place == 0 and not wide and rng.random() < 0.2 and len(rows) > 2:
            continue_at = till.right
            till.paper.put(
                continue_at, till.y, rng.choice(("POS 1", "T1", "Page 1")), align="right"
            )
        till.down()
    till.down(rng.uniform(0.0, 0.6))
    del when


def _items(till: _Till) -> list[float]:
    rng = till.rng
    if rng.random() < 0.6:
        heads = rng.choice(
            (
                ("Qty", "Price", "Total"),
                ("QTY", "U.PRICE", "AMOUNT(RM)"),
                ("Qty", "RM", "Amt"),
                ("", "", "Amount"),
            )
        )
        till.paper.row(till.y, [(till.left, till.word("head"), "left"), (till.left + 0.5 * (till.right - till.left), heads[0], "left"),
                                (till.left + 0.75 * (till.right - till.left), heads[1], "right"), (till.right, heads[2], "right")])  # fmt: skip
        till.down()
    prices = []
    style = rng.randrange(3)
    for _ in range(rng.choice((1, 1, 2, 2, 3, 4, 5, 6, 8, 12))):
        count, unit = (
            rng.choice((1, 1, 1, 2, 3, 5)),
            rng.choice((0.2, 1.5, 1.7, 2.9, 4.99, 8.8, 12.5, 19.9, 35.0, 120.0))
            + rng.randint(0, 9) / 10,
        )
        price = round(count * unit, 2)
        prices.append(price)
        name = people.good(rng, till.language)
        name = name.upper() if rng.random() < 0.5 else name
        code = rng.choice(("SR", "Z", "*S", "ZRL", "", "")) if till.shop.country == "my" else ""
        if style == 0:
            till.paper.put(till.left, till.y, f"{count} {name}"[:28])
            till.paper.put(till.right, till.y, f"{till.plain(price)} {code}".strip(), align="right")
        else:
            if style == 1:
                till.paper.put(
                    till.left, till.y, f"{people.digits(rng, rng.choice((4, 8, 13)))} {name}"[:36]
                )
            else:
                till.paper.put(till.left, till.y, name)
            till.down()
            till.paper.row(
                till.y,
                [
                    (till.left + 10, f"{count} X {till.plain(unit)}", "left"),
                    (till.right, f"{till.plain(price)} {code}".strip(), "right"),
                ],
            )
        till.down()
    till.down(rng.uniform(0.0, 0.5))
    return prices


def _sums(till: _Till, prices: list[float]) -> dict[str, str]:
    """The block of sums, with what is asked for that is printed in it."""
    rng = till.rng
    colon = rng.choice((":", " :", "", ""))
    inset = rng.choice((0.0, 0.0, 0.3 * (till.right - till.left)))
    items = round(sum(prices), 2)
    truths = dict.fromkeys(("subtotal", "tax", "rounding", "paid", "change", "discount"), "")
    rate = rng.choice((0.0, 0.06, 0.06, 0.2))
    inclusive = rng.random() < 0.6
    tax = round(items * rate / (1 + rate), 2) if inclusive else round(items * rate, 2)
    net = round(items - tax, 2) if inclusive else items
    total = items if inclusive else round(items + tax, 2)
    if rng.random() < 0.4:
        till.paper.put(
            till.left,
            till.y,
            rng.choice(("Total Qty", "Item(s)", "TOTAL ITEMS", "Qty(s)")) + f": {len(prices)}",
        )
        till.down()
    discount = round(total * 0.1, 2) if rng.random() < 0.12 else 0.0
    if rng.random() < 0.55:
        truths["subtotal"] = f"{net:.2f}"
        till.sum_row(till.word("subtotal"), till.money(net), colon, inset)
    if discount:
        truths["discount"] = f"{discount:.2f}"
        till.sum_row(
            rng.choice(("Discount", "DISC 10%", "Less Discount")),
            till.money(-discount),
            colon,
            inset,
        )
        total = round(total - discount, 2)
    if rate and rng.random() < 0.6:
        truths["tax"] = f"{tax:.2f}"
        till.sum_row(till.word("tax"), till.money(tax), colon, inset)
    rounded = round(total * 20) / 20 if till.shop.country == "my" else total
    if till.shop.country == "my" and rng.random() < 0.45:
        if rng.random() < 0.5:
            till.sum_row(
                rng.choice(("Total Sales", "TOTAL", "Total Amount", "Total Incl GST")),
                till.money(total),
                colon,
                inset,
            )
        truths["rounding"] = f"{rounded - total:.2f}"
        till.sum_row(till.word("rounding"), till.money(round(rounded - total, 2)), colon, inset)
        total = rounded
    label = till.word("total")
    till.sum_row(label, till.money(total), colon, inset)
    if rng.random() < 0.2:
        till.sum_row(till.word("total"), till.money(total), colon, inset)
    _payment(till, total, truths, colon, inset)
    if rate and rng.random() < 0.5:
        _summary(till, net, tax)
    return truths | {"total": f"{total:.2f}"}


def _payment(till: _Till, total: float, truths: dict[str, str], colon: str, inset: float) -> None:
    rng = till.rng
    if rng.random() < 0.25:
        return
    handed = rng.choice((total, float(int(total / 10 + 1) * 10), float(int(total / 50 + 1) * 50)))
    truths["paid"] = f"{handed:.2f}"
    till.sum_row(till.word("paid"), till.money(handed), colon, inset)
    if handed > total or rng.random() < 0.3:
        truths["change"] = f"{handed - total:.2f}"
        till.sum_row(till.word("change"), till.money(round(handed - total, 2)), colon, inset)


def _summary(till: _Till, net: float, tax: float) -> None:
    """A table of taxes, below the sums."""
    till.down(0.5)
    middle = (till.left + till.right) / 2
    heads = till.rng.choice(
        (
            ("GST Summary", "Amount(RM)", "Tax(RM)"),
            ("Tax Code", "Net", "Tax"),
            ("MwSt", "Netto", "Steuer"),
        )
    )
    for cells in (heads, ("SR @ 6%", till.plain(net), till.plain(tax))):
        till.paper.row(
            till.y,
            [
                (till.left, cells[0], "left"),
                (middle + 30, cells[1], "right"),
                (till.right, cells[2], "right"),
            ],
        )
        till.down()


def _foot(till: _Till, when: date) -> None:
    rng = till.rng
    till.down()
    if rng.random() < 0.15:
        till.line(
            f"{rng.choice(('Valid until', 'Points expire', 'Exchange before'))} {people.dated(rng, when.replace(year=when.year + 1) if when.day < 29 else when, till.shop.country)}"
        )
    till.line(till.word("thanks"))
    if rng.random() < 0.3:
        till.line(
            rng.choice(
                (
                    "Please keep this receipt",
                    "No refund",
                    "www." + people.invented(rng, False) + ".com",
                    "Powered by " + people.invented(rng),
                )
            )
        )
