"""Factur-X, ZUGFeRD and XRechnung: read as data, compared with the page, never trusted."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from tests.flow.documents.pdfmaking import drawn, pdf_of, saved
from tests.flow.documents.readers import FixedReader
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documenterrors import EmbeddedUnreadable
from vlm_desktop.base.documents import (
    CheckKind,
    Extraction,
    FieldSpec,
    FieldType,
    FieldValue,
    MissingField,
    Origin,
    Schema,
)
from vlm_desktop.base.types import DecodeLimits
from vlm_desktop.engine.documents.embedded import compare_embedded, parse_invoice, read_embedded
from vlm_desktop.engine.documents.exporting import DocumentExports
from vlm_desktop.engine.documents.pages import DocumentPages, document_limits
from vlm_desktop.engine.documents.reading import DocumentReader
from vlm_desktop.media.pool import DecodePool

CANCEL = CancelToken()
PATH = Path("a.pdf")

CII = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice
 xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>
 <ram:ID>urn:cen.eu:en16931:2017</ram:ID>
</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument><ram:ID>471102</ram:ID><ram:IssueDateTime>
 <udt:DateTimeString format="102">20240305</udt:DateTimeString></ram:IssueDateTime>
</rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>
 <ram:IncludedSupplyChainTradeLineItem>
  <ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID></ram:AssociatedDocumentLineDocument>
  <ram:SpecifiedTradeProduct><ram:Name>Trennblätter A4</ram:Name></ram:SpecifiedTradeProduct>
  <ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>
   <ram:ChargeAmount>9.9</ram:ChargeAmount></ram:NetPriceProductTradePrice>
  </ram:SpecifiedLineTradeAgreement>
  <ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="H87">20.0000</ram:BilledQuantity>
  </ram:SpecifiedLineTradeDelivery>
  <ram:SpecifiedLineTradeSettlement><ram:SpecifiedTradeSettlementLineMonetarySummation>
   <ram:LineTotalAmount>198.00</ram:LineTotalAmount>
  </ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>
 </ram:IncludedSupplyChainTradeLineItem>
 <ram:ApplicableHeaderTradeAgreement>
  <ram:SellerTradeParty><ram:Name>Lieferant GmbH</ram:Name>
   <ram:PostalTradeAddress><ram:PostcodeCode>80333</ram:PostcodeCode>
    <ram:LineOne>Lieferantenstraße 20</ram:LineOne><ram:CityName>München</ram:CityName>
   </ram:PostalTradeAddress>
   <ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">201/113/40209</ram:ID>
   </ram:SpecifiedTaxRegistration>
   <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE123456789</ram:ID>
   </ram:SpecifiedTaxRegistration></ram:SellerTradeParty>
  <ram:BuyerTradeParty><ram:ID>GE2020211</ram:ID><ram:Name>Kunden AG Mitte</ram:Name>
  </ram:BuyerTradeParty>
 </ram:ApplicableHeaderTradeAgreement>
 <ram:ApplicableHeaderTradeDelivery/>
 <ram:ApplicableHeaderTradeSettlement>
  <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
  <ram:SpecifiedTradeSettlementPaymentMeans><ram:PayeePartyCreditorFinancialAccount>
   <ram:IBANID>DE02120300000000202051</ram:IBANID></ram:PayeePartyCreditorFinancialAccount>
  </ram:SpecifiedTradeSettlementPaymentMeans>
  {taxes}
  <ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>
   <udt:DateTimeString format="102">20240404</udt:DateTimeString></ram:DueDateDateTime>
  </ram:SpecifiedTradePaymentTerms>
  <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
   <ram:TaxBasisTotalAmount>198.00</ram:TaxBasisTotalAmount>
   <ram:TaxTotalAmount currencyID="EUR">37.62</ram:TaxTotalAmount>
   <ram:GrandTotalAmount>235.62</ram:GrandTotalAmount>
  </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
 </ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"""


def tax(rate: str) -> str:
    return (
        "<ram:ApplicableTradeTax><ram:RateApplicablePercent>"
        f"{rate}</ram:RateApplicablePercent></ram:ApplicableTradeTax>"
    )


ONE_RATE = CII.replace("{taxes}", tax("19.00")).encode()
UBL = b"""<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:xoev-de:kosit:standard:xrechnung_2.3
</cbc:CustomizationID><cbc:ID>R-77</cbc:ID><cbc:IssueDate>2024-03-05</cbc:IssueDate>
<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:OrderReference><cbc:ID>B 12</cbc:ID></cac:OrderReference>
<cac:AccountingSupplierParty><cac:Party><cac:PartyName><cbc:Name>Laden</cbc:Name></cac:PartyName>
 <cac:PartyTaxScheme><cbc:CompanyID>de 123456789</cbc:CompanyID></cac:PartyTaxScheme>
 <cac:PartyLegalEntity><cbc:RegistrationName>Laden GmbH</cbc:RegistrationName>
 </cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
<cac:PaymentMeans><cac:PayeeFinancialAccount><cbc:ID>DE02120300000000202051</cbc:ID>
</cac:PayeeFinancialAccount></cac:PaymentMeans>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">1.9</cbc:TaxAmount></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount>10</cbc:TaxExclusiveAmount>
 <cbc:TaxInclusiveAmount>11.9</cbc:TaxInclusiveAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity>2</cbc:InvoicedQuantity>
 <cbc:LineExtensionAmount>10</cbc:LineExtensionAmount>
 <cac:Item><cbc:Name>Stift</cbc:Name></cac:Item>
 <cac:Price><cbc:PriceAmount>5</cbc:PriceAmount></cac:Price></cac:InvoiceLine>
</Invoice>"""


@pytest.fixture(scope="module")
def pages() -> Iterator[DocumentPages]:
    made = DocumentPages(lambda: DecodePool(1, document_limits(DecodeLimits())))
    yield made
    made.close()


def values(data: bytes) -> dict[tuple[str, int], str]:
    invoice = parse_invoice(PATH, "x.xml", data)
    assert invoice is not None
    assert all(value.origin is Origin.EMBEDDED and not value.evidence for value in invoice.values)
    return {(value.name, value.row): value.value for value in invoice.values}


def test_cii_is_read_into_the_fields_of_the_preset() -> None:
    assert values(ONE_RATE) == {
        ("issuer", 0): "Lieferant GmbH",
        ("issuer_address", 0): "Lieferantenstraße 20, 80333, München",
        ("customer", 0): "Kunden AG Mitte",
        ("customer_number", 0): "GE2020211",
        ("invoice_number", 0): "471102",
        ("date", 0): "2024-03-05",
        ("due_date", 0): "2024-04-04",
        ("net_amount", 0): "198.00",
        ("tax_rate", 0): "19.00",
        ("tax_amount", 0): "37.62",
        ("gross_amount", 0): "235.62",
        ("iban", 0): "DE02120300000000202051",
        ("vat_id", 0): "DE123456789",
        ("items/position", 0): "1",
        ("items/description", 0): "Trennblätter A4",
        ("items/quantity", 0): "20.0000",
        ("items/unit_price", 0): "9.90",
        ("items/amount", 0): "198.00",
    }
    invoice = parse_invoice(PATH, "x.xml", ONE_RATE)
    assert invoice is not None
    assert (invoice.syntax, invoice.profile) == ("CII", "urn:cen.eu:en16931:2017")
    gross = next(value for value in invoice.values if value.name == "gross_amount")
    assert gross.currency == "EUR"


def test_several_rates_are_no_rate() -> None:
    two = CII.replace("{taxes}", tax("19.00") + tax("7.00")).encode()
    assert ("tax_rate", 0) not in values(two)


def test_ubl_is_read_into_the_same_fields() -> None:
    found = values(UBL)
    assert found[("issuer", 0)] == "Laden GmbH"
    assert found[("vat_id", 0)] == "DE123456789"
    assert found[("order_number", 0)] == "B 12"
    assert found[("gross_amount", 0)] == "11.90"
    assert found[("items/amount", 0)] == "10.00"


def with_attachment(name: str, data: bytes) -> pikepdf.Pdf:
    document = pdf_of([drawn((50, 700, "Rechnung 471102"))])
    document.attachments[name] = data
    return document


def test_the_attachment_of_a_pdf_is_found(pages: DocumentPages, tmp_path: Path) -> None:
    document = with_attachment("notes.xml", b"<notes/>")
    document.attachments["factur-x.xml"] = ONE_RATE
    document.attachments["virus.exe"] = b"MZ"
    invoice = read_embedded(pages, saved(document, tmp_path / "a.pdf"), CANCEL)
    assert invoice is not None
    assert invoice.file_name == "factur-x.xml"
    xml = tmp_path / "r.xml"
    xml.write_bytes(UBL)
    alone = read_embedded(pages, xml, CANCEL)
    assert alone is not None
    assert alone.syntax == "UBL"


def test_files_without_an_invoice_have_none(pages: DocumentPages, tmp_path: Path) -> None:
    for number, document in enumerate([pdf_of([b""]), with_attachment("a.xml", b"<html/>")]):
        path = saved(document, tmp_path / f"{number}.pdf")
        assert read_embedded(pages, path, CANCEL) is None


BOMB = (
    b"""<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>"""
)
OUTSIDE = b"""<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Invoice>&a;</Invoice>"""


@pytest.mark.parametrize("data", [BOMB, OUTSIDE, b"<a>", b"", b"\xff\xfe\x00", b"<a></b>"])
def test_hostile_and_broken_xml_is_refused(
    data: bytes, pages: DocumentPages, tmp_path: Path
) -> None:
    with pytest.raises(EmbeddedUnreadable):
        parse_invoice(PATH, "x.xml", data)


def test_the_page_is_compared_with_the_data() -> None:
    invoice = parse_invoice(PATH, "factur-x.xml", ONE_RATE)
    assert invoice is not None
    seen = (
        FieldValue("issuer", "LIEFERANT GmbH", "LIEFERANT GmbH", 0.9),
        FieldValue("issuer_address", "", "Lieferantenstraße 20 80333 München", 0.9),
        FieldValue("date", "05.03.2024", "2024-03-05", 0.9),
        FieldValue("tax_rate", "19 %", "19 %", 0.9),
        FieldValue("gross_amount", "235,26", "235.26", 0.9),
        FieldValue("items/amount", "198,00", "198.00", 0.9),
    )
    checks = compare_embedded(invoice, Extraction(PATH, "", "invoice", seen))
    told = {check.fields[0][0]: check for check in checks}
    assert {check.kind for check in checks} == {CheckKind.EMBEDDED}
    for name in ("issuer", "issuer_address", "date", "tax_rate", "items/amount"):
        assert told[name].ok is True, name
    assert told["gross_amount"].ok is False
    assert (told["gross_amount"].expected, told["gross_amount"].found) == ("235.62", "235.26")
    assert told["iban"].ok is None
    more = (*seen, FieldValue("items/amount", "1", "1.00", 0.9, row=1))
    names = {one.fields[0][0] for one in compare_embedded(
        invoice, Extraction(PATH, "", "invoice", more)
    )}  # fmt: skip
    assert not any(name.startswith("items/") for name in names)


def test_what_the_page_lacks_is_taken_from_the_data(pages: DocumentPages, tmp_path: Path) -> None:
    exports = DocumentExports(pages, DocumentReader(pages, FixedReader))
    path = saved(with_attachment("factur-x.xml", ONE_RATE), tmp_path / "a.pdf")
    schema = Schema(
        "invoice",
        (
            FieldSpec("gross_amount", FieldType.AMOUNT),
            FieldSpec("iban", FieldType.IBAN, required=True),
            FieldSpec("bic"),
        ),
    )
    read = Extraction(
        path,
        "",
        "invoice",
        (FieldValue("gross_amount", "235,62", "235.62", 0.9),),
        (MissingField("iban", True), MissingField("bic", False)),
    )
    both = exports.with_embedded(read, schema, CANCEL)
    assert [(value.name, value.origin) for value in both.values] == [
        ("gross_amount", Origin.READ),
        ("iban", Origin.EMBEDDED),
    ]
    assert [one.name for one in both.missing] == ["bic"]
    assert {check.kind for check in both.checks} == {CheckKind.EMBEDDED}
    plain = replace(read, path=saved(pdf_of([b""]), tmp_path / "b.pdf"))
    assert exports.with_embedded(plain, schema, CANCEL) is plain
    broken = saved(with_attachment("factur-x.xml", BOMB), tmp_path / "c.pdf")
    assert exports.with_embedded(replace(read, path=broken), schema, CANCEL).checks == ()


def test_a_real_invoice_carries_its_data(pages: DocumentPages, shared_data: Path) -> None:
    path = shared_data / "invoice2data_samples" / "pdfs" / "AzureInterior.pdf"
    invoice = read_embedded(pages, path, CANCEL)
    assert invoice is not None
    found = {value.name: value.value for value in invoice.values}
    assert (invoice.syntax, found["gross_amount"], found["date"]) == ("UBL", "279.84", "2023-03-20")
