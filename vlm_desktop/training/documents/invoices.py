"""Invoices of invented companies to invented customers in six languages, many layouts."""

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from vlm_desktop.base.documents import FieldSpec, FieldType
from vlm_desktop.training.documents import people
from vlm_desktop.training.documents.paper import Paper, Wear
from vlm_desktop.training.documents.people import Company, money
from vlm_desktop.training.documents.samples import Made

_WORDS = {
    "title": {"en": "INVOICE|Invoice|Tax Invoice|BILL|", "de": "Rechnung|RECHNUNG", "fr": "FACTURE|Facture", "nl": "FACTUUR|Factuur",
              "es": "FACTURA|Factura", "it": "FATTURA|Fattura"},
    "number": {"en": "Invoice No.|Invoice Number|Invoice #|Invoice|Document No|Bill No.", "de": "Rechnungsnummer|Rechnungs-Nr.|Rechnung Nr.|Belegnummer",
               "fr": "Facture n\u00b0|N\u00b0 de facture|Num\u00e9ro", "nl": "Factuurnummer|Factuurnr.", "es": "N\u00ba factura|Factura n\u00ba|N\u00famero de factura",
               "it": "Fattura n.|Numero fattura"},
    "date": {"en": "Invoice Date|Date|Date of issue|Billing Date|Issued", "de": "Rechnungsdatum|Datum|Belegdatum", "fr": "Date|Date de facture|Date d'\u00e9mission",
             "nl": "Factuurdatum|Datum", "es": "Fecha|Fecha de factura|Fecha de emisi\u00f3n", "it": "Data|Data fattura"},
    "due": {"en": "Due Date|Payment Due|Due|Pay by", "de": "F\u00e4llig am|Zahlbar bis|F\u00e4lligkeitsdatum", "fr": "\u00c9ch\u00e9ance|Date d'\u00e9ch\u00e9ance|\u00c0 payer avant le",
            "nl": "Vervaldatum|Te betalen voor", "es": "Vencimiento|Fecha de vencimiento", "it": "Scadenza|Data scadenza"},
    "delivery": {"en": "Delivery Date|Date of Supply|Ship Date", "de": "Lieferdatum|Leistungsdatum", "fr": "Date de livraison", "nl": "Leverdatum",
                 "es": "Fecha de entrega", "it": "Data consegna"},
    "customer_no": {"en": "Customer No.|Account Number|Client ID", "de": "Kundennummer|Kunden-Nr.", "fr": "N\u00b0 client|Code client", "nl": "Klantnummer",
                    "es": "N\u00ba cliente", "it": "Codice cliente"},
    "order": {"en": "Order No.|PO Number|Your Order|Order Reference", "de": "Bestellnummer|Auftragsnummer", "fr": "N\u00b0 commande|Commande", "nl": "Ordernummer",
              "es": "N\u00ba pedido", "it": "Ordine n."},
    "to": {"en": "Bill To|Billed to|Customer|Invoice to|Sold To", "de": "Rechnungsempf\u00e4nger|Kunde|Rechnung an", "fr": "Client|Factur\u00e9 \u00e0|Adresse de facturation",
           "nl": "Factuuradres|Klant|Factuur aan", "es": "Cliente|Facturar a", "it": "Cliente|Spett.le|Destinatario"},
    "net": {"en": "Subtotal|Net Amount|Total excl. VAT|Sub Total|Net total", "de": "Nettobetrag|Zwischensumme|Summe netto|Netto", "fr": "Total HT|Montant HT|Sous-total",
            "nl": "Subtotaal|Totaal excl. BTW|Netto", "es": "Base imponible|Subtotal", "it": "Imponibile|Totale netto"},
    "tax": {"en": "VAT 20%|VAT|Tax|Sales Tax (8%)|GST 10%", "de": "MwSt. 19%|zzgl. 19% USt.|Umsatzsteuer 19 %|Mehrwertsteuer", "fr": "TVA 20%|TVA (20,00%)|Montant TVA",
            "nl": "BTW 21%|21% BTW|BTW", "es": "IVA 21%|IVA (21%)", "it": "IVA 22%|Imposta|Totale IVA"},
    "gross": {"en": "Total|Total Due|Amount Due|Grand Total|Invoice Total|Total incl. VAT|Balance Due|TOTAL USD|Total Amount|Amount payable",
              "de": "Gesamtbetrag|Rechnungsbetrag|Bruttobetrag|Summe|Zu zahlen|Gesamt|Endbetrag", "fr": "Total TTC|Net \u00e0 payer|Montant TTC|Total \u00e0 payer",
              "nl": "Totaal|Te betalen|Totaal incl. BTW|Totaalbedrag", "es": "Total|Total factura|Total a pagar|Importe total", "it": "Totale|Totale fattura|Totale documento|Da pagare"},
    "heads": {"en": "Description|Item", "de": "Bezeichnung|Beschreibung", "fr": "D\u00e9signation", "nl": "Omschrijving", "es": "Concepto", "it": "Descrizione"},
    "columns": {"en": "Qty|Unit Price|Amount", "de": "Menge|Einzelpreis|Betrag", "fr": "Qt\u00e9|Prix unitaire|Montant", "nl": "Aantal|Prijs|Bedrag",
                "es": "Cantidad|Precio|Importe", "it": "Quantit\u00e0|Prezzo|Importo"},
    "paid": {"en": "Amount Paid|Payments received|Previous Balance", "de": "Bereits bezahlt|Anzahlung", "fr": "Acompte", "nl": "Reeds betaald", "es": "Anticipo", "it": "Acconto"},
    "page": {"en": "Page 1 of 1", "de": "Seite 1 von 1", "fr": "Page 1/1", "nl": "Pagina 1", "es": "P\u00e1gina 1", "it": "Pagina 1"},
}  # fmt: skip
_PRESET_NAMES = {
    "issuer": "issuer", "number": "invoice_number", "date": "date", "due": "due_date", "customer": "customer", "customer_no": "customer_number",
    "order": "order_number", "net": "net_amount", "tax": "tax_amount", "gross": "gross_amount", "delivery": "delivery_date",
    "iban": "iban", "issuer_address": "issuer_address", "customer_address": "customer_address",
}  # fmt: skip
_OWN = {
    "issuer": ("issuer|vendor|supplier|seller|company|vendor_name", "Who sent the invoice|The company that sells|The vendor's name|", FieldType.TEXT),
    "number": ("invoice_number|invoice no|number|invoice_id", "The number of the invoice|Number that names the invoice|", FieldType.NUMBER),
    "date": ("date|invoice_date|issue_date", "When the invoice was issued|The date of the invoice|", FieldType.DATE),
    "due": ("due_date|payment_due|date_due", "When it has to be paid|The day payment is due|", FieldType.DATE),
    "customer": ("customer|buyer|client|bill_to", "Who has to pay|The customer's name|", FieldType.TEXT),
    "net": ("net|subtotal|amount_untaxed|net_amount", "The amount before tax|Sum without VAT|", FieldType.AMOUNT),
    "tax": ("tax|vat_amount|amount_tax", "The tax in the invoice|VAT|", FieldType.AMOUNT),
    "gross": ("total|amount|total_amount|gross_amount|amount_due", "What has to be paid in all|The total with tax|", FieldType.AMOUNT),
}  # fmt: skip
_SIGNS = {"us": ("$", "", "USD"), "uk": ("\u00a3", "", "GBP"), "my": ("RM", "")}


@dataclass
class _Bill:
    """One invoice while it is written. `said` are truths by key."""

    rng: random.Random
    paper: Paper
    seller: Company
    buyer: Company
    language: str
    sign: str
    style: int
    said: dict[str, str] = field(default_factory=dict)

    def word(self, kind: str) -> str:
        return self.rng.choice(_WORDS[kind][self.language].split("|"))

    def dated(self, when: date) -> str:
        return people.dated(self.rng, when, self.seller.country, self.style)

    def money(self, amount: float) -> str:
        return money(amount, self.seller.country, self.sign)


def invoice(rng: random.Random) -> Made:
    """One invoice, asked for by the preset or in somebody's own words."""
    country = rng.choice(people.COUNTRIES)
    seller, buyer = people.company(rng, country), people.company(rng, country)
    seller = replace(seller, name=tuple(_calm(rng, line) for line in seller.name))
    paper = Paper(rng, 595.0, Wear.any(rng), rng.choice((0.46, 0.5, 0.54)))
    signs = _SIGNS.get(country, ("\u20ac", "EUR", ""))
    bill = _Bill(
        rng, paper, seller, buyer, people.language_of(country), rng.choice(signs), rng.randrange(6)
    )
    y = _head(bill)
    y = _parties(bill, y)
    y, net = _items(bill, y + 20)
    y = _sums(bill, y + 10, net)
    _foot(bill, y + 40)
    bill.said["issuer"] = seller.full_name
    return _asked(bill)


def _calm(rng: random.Random, text: str) -> str:
    return text if rng.random() < 0.5 or not text.isupper() else text.title()


def _head(bill: _Bill) -> float:
    """The letterhead: at the left, right or middle, or nothing but a small line."""
    rng, paper, seller = bill.rng, bill.paper, bill.seller
    x, align = rng.choice(((40.0, "left"), (555.0, "right"), (297.0, "middle"), (360.0, "left")))
    y, size = 30.0, rng.choice((10.0, 12.0, 16.0, 20.0))
    if rng.random() < 0.1:
        one = f"{seller.full_name} - {', '.join(seller.address)}"
        paper.put(40, y, one, 8)
        bill.said["issuer_address"] = " ".join(seller.address)
        return y + 30
    for line in seller.name:
        paper.put(x, y, line, size, align)
        y += size * 1.3
    if rng.random() < 0.75:
        for line in seller.address:
            paper.put(x, y, line, 9, align)
            y += 12
        bill.said["issuer_address"] = " ".join(seller.address)
    for text in rng.sample(
        (
            f"Tel. {seller.phone}",
            seller.tax_id,
            seller.registration,
            f"info@{people.invented(rng, False)}.com",
        ),
        rng.randint(0, 3),
    ):
        paper.put(x, y, text, 9, align)
        y += 12
    return y + 16


def _meta(bill: _Bill) -> list[tuple[str, str]]:
    """Labels with values: numbers and dates, in some order."""
    rng = bill.rng
    issued = people.day(rng)
    number = rng.choice(("", "INV-", "RE", "F", "2024/")) + people.digits(rng, rng.randint(4, 9))
    rows = {"number": number, "date": bill.dated(issued)}
    more = {
        "due": bill.dated(issued + timedelta(days=rng.choice((7, 14, 30, 60)))),
        "delivery": bill.dated(issued - timedelta(days=rng.randint(1, 20))),
        "customer_no": people.digits(rng, rng.randint(4, 8)),
        "order": rng.choice(("", "PO-")) + people.digits(rng, rng.randint(4, 8)),
    }
    for key in rng.sample(list(more), rng.randint(0, 4)):
        rows[key] = more[key]
    bill.said |= rows
    keys = list(rows)
    rng.shuffle(keys)
    return [(bill.word(key), rows[key]) for key in keys]


def _parties(bill: _Bill, y: float) -> float:
    """Title, customer's address and the block of numbers and dates, in one of several ways."""
    rng, paper = bill.rng, bill.paper
    rows = _meta(bill)
    title = bill.word("title")
    number = next((value for label, value in rows if value == bill.said["number"]), "")
    if title and rng.random() < 0.2:
        paper.put(40, y, f"{title} {number}", 14)
        rows = [row for row in rows if row[1] != number]
    elif title:
        paper.put(
            *rng.choice(((40.0, y), (400.0, y), (400.0, 30.0 if rng.random() < 0.1 else y))),
            title,
            rng.choice((12, 16, 20)),
        )
    y += 26
    side = rng.choice((330.0, 360.0, 40.0))
    other = 40.0 if side > 100 else 330.0
    at = y
    if rng.random() < 0.75:
        paper.put(other, at, bill.word("to") + rng.choice((":", "")), 9)
        at += 13
    customer = bill.buyer.full_name if rng.random() < 0.7 else people.person(rng)
    for line in (customer, *bill.buyer.address):
        paper.put(other, at, line, 10)
        at += 13
    bill.said |= {"customer": customer, "customer_address": " ".join(bill.buyer.address)}
    bottom = (
        _rows(bill, rows, side, y) if rng.random() < 0.75 else _heads(bill, rows, max(at, y) + 12)
    )
    return max(at, bottom)


def _rows(bill: _Bill, rows: list[tuple[str, str]], x: float, y: float) -> float:
    """Label and value in a line, with a colon or at stops."""
    rng = bill.rng
    colon = rng.choice((":", ":", "", " :"))
    how = rng.randrange(3)
    stop = x + rng.uniform(95, 125)
    for label, value in rows:
        if how == 0:
            bill.paper.put(x, y, f"{label}{colon or ':'} {value}", 10)
        else:
            bill.paper.put(x, y, label + colon, 10)
            bill.paper.put(
                *((stop, y, value, 10, "left") if how == 1 else (x + 200, y, value, 10, "right"))
            )
        y += 14
    return y


def _heads(bill: _Bill, rows: list[tuple[str, str]], y: float) -> float:
    """Labels in one row, values below them."""
    step = 515 / max(1, len(rows))
    for place, (label, value) in enumerate(rows):
        bill.paper.put(40 + place * step, y, label, 8.5)
        bill.paper.put(40 + place * step, y + 13, value, 9.5)
    return y + 28


def _items(bill: _Bill, y: float) -> tuple[float, float]:
    rng, paper = bill.rng, bill.paper
    stops = (40, 330, 430, 555)
    heads = (bill.word("heads"), *_WORDS["columns"][bill.language].split("|"))
    for place, (text, stop) in enumerate(zip(heads, stops, strict=True)):
        paper.put(stop, y, text, 9, "right" if place else "left")
    net = 0.0
    for _ in range(rng.choice((1, 1, 2, 3, 5, 8, 14))):
        y += 14
        count, unit = rng.randint(1, 9), round(rng.uniform(2, 900), 2)
        net = round(net + count * unit, 2)
        cells = (
            people.good(rng, bill.language),
            str(count),
            money(unit, bill.seller.country),
            bill.money(round(count * unit, 2)),
        )
        for place, (text, stop) in enumerate(zip(cells, stops, strict=True)):
            paper.put(stop, y, text, 9, "right" if place else "left")
    return y + 14, net


def _sums(bill: _Bill, y: float, net: float) -> float:
    rng = bill.rng
    tax = round(net * rng.choice((0.0, 0.19, 0.2, 0.21, 0.06)), 2)
    gross = round(net + tax, 2)
    rows: list[tuple[str, float]] = []
    if tax or rng.random() < 0.4:
        rows.append((bill.word("net"), net))
        bill.said["net"] = f"{net:.2f}"
    if tax or rng.random() < 0.3:
        rows.append((bill.word("tax"), tax))
        bill.said["tax"] = f"{tax:.2f}"
    rows.append((bill.word("gross"), gross))
    bill.said["gross"] = f"{gross:.2f}"
    if rng.random() < 0.15:
        rows.append((bill.word("paid"), round(gross * 0.3, 2)))
    if rng.random() < 0.15:  # named twice: at the head of a summary too
        rows.append((bill.word("gross"), gross))
    if rng.random() < 0.12 and len(rows) > 2:
        step = 515 / len(rows)
        for place, (label, amount) in enumerate(rows):
            bill.paper.put(40 + place * step, y, label, 9)
            bill.paper.put(40 + place * step, y + 13, bill.money(amount), 9)
        return y + 30
    left, right = rng.choice(((360.0, 555.0), (300.0, 555.0), (40.0, 250.0)))
    colon = rng.choice((":", "", ""))
    for label, amount in rows:
        bill.paper.put(left, y, label + colon, 10)
        bill.paper.put(right, y, bill.money(amount), 10, "right")
        y += 15
    return y


def _foot(bill: _Bill, y: float) -> None:
    """Bank, register and tax ids; sometimes only here the seller's name."""
    rng, seller = bill.rng, bill.seller
    iban = people.iban(rng)
    bank = f"{rng.choice(('IBAN', 'IBAN:', 'Bank: IBAN'))} {iban}  BIC {people.invented(rng).upper()}DE"
    notes = (
        f"{seller.full_name} | {', '.join(seller.address)}", bank,
        f"{seller.tax_id}   {seller.registration}", bill.word("page"), f"www.{people.invented(rng, False)}.com", f"Tel. {seller.phone}",
    )  # fmt: skip
    for text in rng.sample(notes, rng.randint(1, 4)):
        bill.paper.put(40, y, text, 8)
        y += 11
        if text == bank:
            bill.said["iban"] = iban


def _asked(bill: _Bill) -> Made:
    """The invoice, asked for by the preset or in somebody's own words."""
    rng, layout, pages = bill.rng, f"invoice/{bill.seller.country}", (bill.paper.words(),)
    if rng.random() < 0.6:
        known = {name: bill.said.get(key, "") for key, name in _PRESET_NAMES.items()}
        return Made(layout, pages, known, "invoice")
    specs, truths = [], {}
    for key in rng.sample(list(_OWN), rng.randint(3, len(_OWN))):
        names, descriptions, kind = _OWN[key]
        spec = FieldSpec(rng.choice(names.split("|")), kind, rng.choice(descriptions.split("|")))
        if spec.name not in truths:
            specs.append(spec)
            truths[spec.name] = bill.said.get(key, "")
    return Made(layout, pages, truths, specs=tuple(specs))
