"""Where EN 16931 keeps what the preset "invoice" asks for, in CII and in UBL, as tables.

Paths are local names. "A|B" takes either (ZUGFeRD 1 called some things otherwise), "A[k=v]" wants
an attribute, "p + q" puts two texts together.
"""

from dataclasses import dataclass

from vlm_desktop.base.documents import FieldType


@dataclass(frozen=True, slots=True)
class Place:
    """A field and where it stands; the first path that holds a text counts.

    With `is_single` it has no value where the first path holds several different ones.
    """

    name: str
    type: FieldType
    paths: tuple[str, ...]
    is_single: bool = False


def _place(name: str, kind: FieldType, *paths: str, is_single: bool = False) -> Place:
    return Place(name, kind, paths, is_single)


TEXT, DATE, AMOUNT = FieldType.TEXT, FieldType.DATE, FieldType.AMOUNT
NUMBER, ADDRESS = FieldType.NUMBER, FieldType.ADDRESS

ROOTS = {
    "CrossIndustryInvoice": "CII",
    "CrossIndustryDocument": "CII",
    "Invoice": "UBL",
    "CreditNote": "UBL",
}
"""The syntax by the name of the outermost element."""

_HEAD = "ExchangedDocument|HeaderExchangedDocument"
_TRADE = "SupplyChainTradeTransaction|SpecifiedSupplyChainTradeTransaction"
_AGREED = f"{_TRADE}/ApplicableHeaderTradeAgreement|ApplicableSupplyChainTradeAgreement"
_DELIVERED = f"{_TRADE}/ApplicableHeaderTradeDelivery|ApplicableSupplyChainTradeDelivery"
_SETTLED = f"{_TRADE}/ApplicableHeaderTradeSettlement|ApplicableSupplyChainTradeSettlement"
_SUMS = (
    f"{_SETTLED}/SpecifiedTradeSettlementHeaderMonetarySummation"
    "|SpecifiedTradeSettlementMonetarySummation"
)
_SELLER, _BUYER = f"{_AGREED}/SellerTradeParty", f"{_AGREED}/BuyerTradeParty"
_MEANS = f"{_SETTLED}/SpecifiedTradeSettlementPaymentMeans"
_PERIOD = f"{_SETTLED}/BillingSpecifiedPeriod"


def _cii_address(party: str) -> str:
    home = f"{party}/PostalTradeAddress"
    return " + ".join(
        f"{home}/{part}" for part in ("LineOne", "LineTwo", "PostcodeCode", "CityName")
    )


CII_PROFILE = (
    "ExchangedDocumentContext|SpecifiedExchangedDocumentContext"
    "/GuidelineSpecifiedDocumentContextParameter/ID"
)
CII = (
    _place("currency", TEXT, f"{_SETTLED}/InvoiceCurrencyCode"),
    _place("issuer", TEXT, f"{_SELLER}/Name"),
    _place("issuer_address", ADDRESS, _cii_address(_SELLER)),
    _place("customer", TEXT, f"{_BUYER}/Name"),
    _place("customer_address", ADDRESS, _cii_address(_BUYER)),
    _place("customer_number", NUMBER, f"{_BUYER}/ID"),
    _place("invoice_number", NUMBER, f"{_HEAD}/ID"),
    _place("date", DATE, f"{_HEAD}/IssueDateTime/DateTimeString"),
    _place(
        "due_date", DATE, f"{_SETTLED}/SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString"
    ),
    _place(
        "delivery_date",
        DATE,
        f"{_DELIVERED}/ActualDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString",
    ),
    _place("period_start", DATE, f"{_PERIOD}/StartDateTime/DateTimeString"),
    _place("period_end", DATE, f"{_PERIOD}/EndDateTime/DateTimeString"),
    _place("order_number", NUMBER, f"{_AGREED}/BuyerOrderReferencedDocument/IssuerAssignedID|ID"),
    _place("net_amount", AMOUNT, f"{_SUMS}/TaxBasisTotalAmount"),
    _place("discount", AMOUNT, f"{_SUMS}/AllowanceTotalAmount"),
    _place("tax_rate", NUMBER, f"{_SETTLED}/ApplicableTradeTax/RateApplicablePercent"
           "|ApplicablePercent", is_single=True),
    _place("tax_amount", AMOUNT, f"{_SUMS}/TaxTotalAmount"),
    _place("gross_amount", AMOUNT, f"{_SUMS}/GrandTotalAmount"),
    _place("iban", FieldType.IBAN, f"{_MEANS}/PayeePartyCreditorFinancialAccount/IBANID"),
    _place("bic", NUMBER, f"{_MEANS}/PayeeSpecifiedCreditorFinancialInstitution/BICID"),
    _place("vat_id", FieldType.VAT_ID, f"{_SELLER}/SpecifiedTaxRegistration/ID[schemeID=VA]"),
    _place(
        "customer_vat_id", FieldType.VAT_ID, f"{_BUYER}/SpecifiedTaxRegistration/ID[schemeID=VA]"
    ),
)  # fmt: skip

_LINE = "SpecifiedLineTradeSettlement|SpecifiedSupplyChainTradeSettlement"
_LINE_SUMS = (
    f"{_LINE}/SpecifiedTradeSettlementLineMonetarySummation"
    "|SpecifiedTradeSettlementMonetarySummation"
)
CII_LINES = (
    f"{_TRADE}/IncludedSupplyChainTradeLineItem",
    (
        _place("items/position", NUMBER, "AssociatedDocumentLineDocument/LineID"),
        _place("items/description", TEXT, "SpecifiedTradeProduct/Name"),
        _place(
            "items/quantity",
            NUMBER,
            "SpecifiedLineTradeDelivery|SpecifiedSupplyChainTradeDelivery/BilledQuantity",
        ),
        _place(
            "items/unit_price",
            AMOUNT,
            "SpecifiedLineTradeAgreement|SpecifiedSupplyChainTradeAgreement"
            "/NetPriceProductTradePrice/ChargeAmount",
        ),
        _place("items/amount", AMOUNT, f"{_LINE_SUMS}/LineTotalAmount"),
    ),
)
"""The path of a line, and its members within it."""

_SUPPLIER, _CUSTOMER = "AccountingSupplierParty/Party", "AccountingCustomerParty/Party"


def _ubl_address(party: str) -> str:
    home = f"{party}/PostalAddress"
    parts = ("StreetName", "AdditionalStreetName", "PostalZone", "CityName")
    return " + ".join(f"{home}/{part}" for part in parts)


UBL_PROFILE = "CustomizationID"
UBL = (
    _place("currency", TEXT, "DocumentCurrencyCode"),
    _place(
        "issuer",
        TEXT,
        f"{_SUPPLIER}/PartyLegalEntity/RegistrationName",
        f"{_SUPPLIER}/PartyName/Name",
    ),
    _place("issuer_address", ADDRESS, _ubl_address(_SUPPLIER)),
    _place(
        "customer",
        TEXT,
        f"{_CUSTOMER}/PartyLegalEntity/RegistrationName",
        f"{_CUSTOMER}/PartyName/Name",
    ),
    _place("customer_address", ADDRESS, _ubl_address(_CUSTOMER)),
    _place("customer_number", NUMBER, f"{_CUSTOMER}/PartyIdentification/ID"),
    _place("invoice_number", NUMBER, "ID"),
    _place("date", DATE, "IssueDate"),
    _place("due_date", DATE, "DueDate", "PaymentMeans/PaymentDueDate"),
    _place("delivery_date", DATE, "Delivery/ActualDeliveryDate"),
    _place("period_start", DATE, "InvoicePeriod/StartDate"),
    _place("period_end", DATE, "InvoicePeriod/EndDate"),
    _place("order_number", NUMBER, "OrderReference/ID"),
    _place("net_amount", AMOUNT, "LegalMonetaryTotal/TaxExclusiveAmount"),
    _place("discount", AMOUNT, "LegalMonetaryTotal/AllowanceTotalAmount"),
    _place("tax_rate", NUMBER, "TaxTotal/TaxSubtotal/TaxCategory/Percent", is_single=True),
    _place("tax_amount", AMOUNT, "TaxTotal/TaxAmount"),
    _place("gross_amount", AMOUNT, "LegalMonetaryTotal/TaxInclusiveAmount"),
    _place("iban", FieldType.IBAN, "PaymentMeans/PayeeFinancialAccount/ID"),
    _place("bic", NUMBER, "PaymentMeans/PayeeFinancialAccount/FinancialInstitutionBranch/ID"),
    _place("vat_id", FieldType.VAT_ID, f"{_SUPPLIER}/PartyTaxScheme/CompanyID"),
    _place("customer_vat_id", FieldType.VAT_ID, f"{_CUSTOMER}/PartyTaxScheme/CompanyID"),
)
UBL_LINES = (
    "InvoiceLine|CreditNoteLine",
    (
        _place("items/position", NUMBER, "ID"),
        _place("items/description", TEXT, "Item/Name"),
        _place("items/quantity", NUMBER, "InvoicedQuantity|CreditedQuantity"),
        _place("items/unit_price", AMOUNT, "Price/PriceAmount"),
        _place("items/amount", AMOUNT, "LineExtensionAmount"),
    ),
)
