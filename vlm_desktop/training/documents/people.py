"""Invented companies, people, streets, goods and numbers, in six languages and Malaysia's English.

Nobody here is real; word lists are small and generic on purpose.
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta

COUNTRIES = ("my", "us", "uk", "de", "fr", "nl", "es", "it")
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar M\u00e4rz April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier f\u00e9vrier mars avril mai juin juillet ao\u00fbt septembre octobre novembre "
    "d\u00e9cembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
    "dicembre",
}
_SYLLABLES = [
    "ba",
    "be",
    "bo",
    "da",
    "de",
    "di",
    "fa",
    "fe",
    "go",
    "ha",
    "jo",
    "ka",
    "ke",
    "ki",
    "la",
    "le",
    "li",
    "lo",
    "ma",
    "me",
    "mi",
    "mo",
    "na",
    "ne",
    "no",
    "pa",
    "pe",
    "ra",
    "re",
    "ri",
    "ro",
    "sa",
    "se",
    "si",
    "so",
    "ta",
    "te",
    "ti",
    "to",
    "va",
    "ve",
    "vi",
    "wa",
    "xi",
    "ya",
    "yo",
    "za",
    "zen",
    "tan",
    "lin",
    "kor",
    "bel",
    "mar",
    "ser",
    "ton",
    "gar",
    "hul",
    "ber",
    "mun",
]
_TRADES = {
    "my": "Trading Hardware Enterprise Restoran Pharmacy Stationery Mart Motor Electrical Bakery "
    "Supermarket Minimarket Holdings Marketing Kopitiam Books",
    "us": "Hardware Foods Market Supply Diner Pharmacy Services Consulting Systems Labs Group "
    "Outfitters Electric Coffee",
    "uk": "Stores Foods Hardware Services Consulting Bakery Chemist Motors Supplies Coffee",
    "de": "Handel Bau B\u00e4ckerei Apotheke Technik Elektro Verlag Baumarkt Software Logistik",
    "fr": "Boulangerie Pharmacie Services Conseil Informatique Distribution March\u00e9 Brasserie",
    "nl": "Bakkerij Handel Techniek Supermarkt Drogisterij Fietsen Advies Bouw Installatie",
    "es": "Panader\u00eda Farmacia Servicios Ferreter\u00eda Distribuciones Supermercados Bar",
    "it": "Panificio Farmacia Servizi Ferramenta Distribuzione Supermercato Trattoria Edilizia",
}
_FORMS = {
    "my": ("SDN BHD", "SDN. BHD.", "S/B", "(M) SDN BHD", "ENTERPRISE", "", ""),
    "us": ("Inc.", "LLC", "Corp.", "Co.", "", ""),
    "uk": ("Ltd", "Limited", "PLC", "LLP", ""),
    "de": ("GmbH", "AG", "GmbH & Co. KG", "e.K.", "OHG", ""),
    "fr": ("SARL", "SAS", "S.A.", "EURL", ""),
    "nl": ("B.V.", "BV", "VOF", "N.V.", ""),
    "es": ("S.L.", "S.A.", "S.L.U.", ""),
    "it": ("S.r.l.", "S.p.A.", "SNC", ""),
}
_PLACES = {
    "my": "Kuala Lumpur|Shah Alam|Petaling Jaya|Johor Bahru|Ipoh|Melaka|Klang|Seremban|Puchong",
    "us": "Springfield|Riverton|Oakdale|Fairview|Madison|Clayton|Georgetown|Franklin|Salem",
    "uk": "London|Leeds|Bristol|York|Bath|Derby|Oxford|Reading|Norwich",
    "de": "Berlin|Hamburg|Dresden|M\u00fcnchen|K\u00f6ln|Bremen|Leipzig|Ulm|Kassel",
    "fr": "Paris|Lyon|Nantes|Lille|Rennes|Dijon|Tours|Nice|Metz",
    "nl": "Utrecht|Rotterdam|Arnhem|Breda|Delft|Zwolle|Leiden|Tilburg",
    "es": "Madrid|Sevilla|Valencia|Bilbao|Toledo|Murcia|Vigo|Gij\u00f3n",
    "it": "Roma|Milano|Torino|Bologna|Parma|Verona|Pisa|Lecce",
}
_STATES = {"my": "Selangor|Johor|Perak|Penang|Melaka|W.P.", "us": "IL|CA|NY|TX|OH|WA|PA|FL"}
_LANGUAGE = {"my": "en", "us": "en", "uk": "en"}
_GOODS = {
    "en": "Bread Milk Coffee Cable Screw 5mm|Paint White|Notebook A4|Pen Blue|Chicken Rice|Tea|Battery AA"
    "|Shampoo 200ml|Apples|Service hour|Support plan|Lamp LED|Tape|Sandwich|Envelope C5",
    "de": "Brot|Milch|Kaffee|Kabel 3m|Schraube M5|Farbe wei\u00df|Heft A4|Seife|Beratung|Wartung",
    "fr": "Pain|Lait|Caf\u00e9|C\u00e2ble 3m|Vis 5mm|Peinture|Cahier A4|Savon|Conseil|Maintenance",
    "nl": "Brood|Melk|Koffie|Kabel 3m|Schroef|Verf wit|Schrift A4|Zeep|Advies|Onderhoud",
    "es": "Pan|Leche|Caf\u00e9|Cable 3m|Tornillo|Pintura|Cuaderno A4|Jab\u00f3n|Asesor\u00eda",
    "it": "Pane|Latte|Caff\u00e8|Cavo 3m|Vite|Vernice|Quaderno A4|Sapone|Consulenza",
}
_FIRST = (
    "Anna Ben Clara David Eva Frank Gina Henry Ida Jack Karen Liam Mona Nina Omar Paul Ruth Sam"
)
_LAST = "Adams Becker Costa Dubois Evans Fischer Greco Haas Ibarra Jansen Klein Lopez Moreau Novak"


@dataclass(frozen=True, slots=True)
class Company:
    """`name` as it is printed, over one line or two; `address` line by line."""

    name: tuple[str, ...]
    address: tuple[str, ...]
    phone: str
    registration: str
    tax_id: str
    country: str

    @property
    def full_name(self) -> str:
        return " ".join(self.name)


def language_of(country: str) -> str:
    """The language of a country's documents."""
    return _LANGUAGE.get(country, country)


def invented(rng: random.Random, capital: bool = True) -> str:
    """A word that is none."""
    word = "".join(rng.choice(_SYLLABLES) for _ in range(rng.randint(2, 3)))
    return word.capitalize() if capital else word


def person(rng: random.Random) -> str:
    """A name, sometimes with an initial."""
    first, last = rng.choice(_FIRST.split()), rng.choice(_LAST.split())
    return rng.choice(
        (f"{first} {last}", f"{first[0]}. {last}", f"{first} {last[0]}. {last}", first)
    )


def digits(rng: random.Random, count: int) -> str:
    """So many digits, the first no zero."""
    return str(rng.randint(1, 9)) + "".join(rng.choice("0123456789") for _ in range(count - 1))


def iban(rng: random.Random) -> str:
    """A German or Dutch account number whose check digits are right, in groups of four or not."""
    country, body = rng.choice((("DE", digits(rng, 18)), ("NL", "INGB" + digits(rng, 10))))
    number = int("".join(str(int(sign, 36)) for sign in body + country + "00"))
    whole = f"{country}{98 - number % 97:02}{body}"
    if rng.random() < 0.5:
        return whole
    return " ".join(whole[place : place + 4] for place in range(0, len(whole), 4))


def company(rng: random.Random, country: str) -> Company:
    """A company with an address as its country writes them."""
    core = " ".join(invented(rng) for _ in range(rng.choice((1, 1, 2, 2, 3))))
    trade = rng.choice(_TRADES[country].split()) if rng.random() < 0.7 else ""
    extra = f" & {rng.choice(_TRADES[country].split())}" if trade and rng.random() < 0.2 else ""
    form = rng.choice(_FORMS[country])
    if country == "my" and rng.random() < 0.12:
        extra += f" ({invented(rng)})"
    parts = [part for part in (core, trade + extra, form) if part.strip()]
    name = " ".join(parts)
    lines = [name]
    if len(parts) > 1 and rng.random() < 0.2:
        cut = rng.randint(1, len(parts) - 1)
        lines = [" ".join(parts[:cut]), " ".join(parts[cut:])]
    if rng.random() < 0.6 or country == "my":
        lines = [line.upper() for line in lines]
    address = _address(rng, country)
    if rng.random() < 0.5:
        address = [line.upper() for line in address]
    return Company(
        tuple(lines), tuple(address), _phone(rng, country), _registration(rng, country),
        _tax_id(rng, country), country,
    )  # fmt: skip


def _address(rng: random.Random, country: str) -> list[str]:
    place = rng.choice(_PLACES[country].split("|"))
    number, street = rng.randint(1, 240), invented(rng)
    match country:
        case "my":
            return _malaysian(rng, place, number, street)
        case "us":
            kind = rng.choice(
                ["St", "Street", "Ave", "Avenue", "Rd", "Blvd", "Drive", "Lane", "Hwy", "Way"]
            )
            first = f"{number * rng.choice((1, 7, 31))} {rng.choice(('', 'N. ', 'West '))}{street} {kind}"
            suite = [f"Suite {rng.randint(100, 900)}"] if rng.random() < 0.25 else []
            if suite and rng.random() < 0.5:
                first, suite = f"{first}, {suite[0]}", []
            state = rng.choice(_STATES["us"].split("|"))
            return [first, *suite, f"{place}, {state} {digits(rng, 5)}"]
        case "uk":
            kind = rng.choice(["Street", "Road", "Lane", "Close", "Square"])
            code = f"{rng.choice('BDGLMNSY')}{rng.choice('ADEHLS')}{rng.randint(1, 20)} {rng.randint(1, 9)}AB"
            return [f"{number} {street} {kind}", *rng.choice(([place, code], [f"{place} {code}"]))]
        case "nl":
            return [f"{street}{rng.choice(('straat', 'laan', 'weg'))} {number}",
                    f"{digits(rng, 4)} {rng.choice(('AB', 'CN', 'XK'))} {place}"]  # fmt: skip
        case "fr":
            kind = rng.choice(("rue", "avenue", "boulevard", "place"))
            return [
                f"{number} {kind} {rng.choice(('de ', 'du ', ''))}{street}",
                f"{digits(rng, 5)} {place}",
            ]
        case "es":
            return [
                f"{rng.choice(('Calle', 'C/', 'Avda.', 'Plaza'))} {street} {number}",
                f"{digits(rng, 5)} {place}",
            ]
        case "it":
            return [
                f"{rng.choice(('Via', 'Viale', 'Piazza', 'Corso'))} {street}, {number}",
                f"{digits(rng, 5)} {place}",
            ]
    kind = rng.choice(("stra\u00dfe", "str.", "weg", "allee", "platz"))
    return [f"{street}{kind} {number}", f"{digits(rng, 5)} {place}"]


def _malaysian(rng: random.Random, place: str, number: int, street: str) -> list[str]:
    road = rng.choice(("Jalan", "Jln", "Lorong", "Jalan", "Persiaran", "Lebuh"))
    unit = rng.choice((f"No. {number}", f"No.{number}", f"Lot {number}", f"{number}", f"No {number}-A",
                       f"Unit G-{number}, Ground Floor", f"{number} & {number + 2}", f"No.{number}-1"))  # fmt: skip
    code = rng.choice(
        (
            "",
            f" {rng.randint(1, 30)}/{rng.randint(1, 99)}",
            f" SS{rng.randint(2, 25)}/{rng.randint(1, 60)}",
        )
    )
    area = rng.choice((f"Taman {invented(rng)}", f"Bandar {invented(rng)}", f"Kawasan Perindustrian {invented(rng)}",
                       f"Seksyen {rng.randint(1, 30)}", f"{invented(rng)} Utama", ""))  # fmt: skip
    state = rng.choice(_STATES["my"].split("|")) if rng.random() < 0.7 else ""
    end = rng.choice((".", "", "", ","))
    pieces = [f"{unit}, {road} {street}{code},"]
    pieces += [f"{area},"] if area else []
    pieces += [f"{digits(rng, 5)} {place}" + (f", {state}{end}" if state else end)]
    if rng.random() < 0.2:
        pieces[-1] += " Malaysia"
    lines: list[str] = []
    for piece in pieces:
        if lines and rng.random() < 0.3 and len(lines[-1]) + len(piece) < 52:
            lines[-1] += " " + piece
        elif rng.random() < 0.2 and ", " in piece.rstrip(","):
            head, _, tail = piece.partition(", ")
            lines += [head + ",", tail]
        else:
            lines.append(piece)
    return lines


def _phone(rng: random.Random, country: str) -> str:
    match country:
        case "my":
            return rng.choice((f"0{rng.randint(3, 9)}-{digits(rng, 8)}", f"+60{digits(rng, 9)}"))
        case "us":
            return rng.choice(
                (
                    f"({digits(rng, 3)}) {digits(rng, 3)}-{digits(rng, 4)}",
                    f"{digits(rng, 3)}-{digits(rng, 3)}-{digits(rng, 4)}",
                )
            )
    return rng.choice(
        (
            f"0{digits(rng, 3)} {digits(rng, 6)}",
            f"+{rng.randint(31, 49)} {digits(rng, 2)} {digits(rng, 7)}",
            f"0{digits(rng, 2)}/{digits(rng, 7)}",
        )
    )


def _registration(rng: random.Random, country: str) -> str:
    match country:
        case "my":
            number = f"{digits(rng, 6)}-{rng.choice('AHKMUWX')}"
            return rng.choice(
                (
                    f"({number})",
                    f"Co. Reg No: {number}",
                    f"(Co. No. {number})",
                    f"ROC NO: {number}",
                    digits(rng, 9) + "-W",
                )
            )
        case "de":
            return f"HRB {digits(rng, 5)}"
        case "fr":
            return f"SIRET {digits(rng, 3)} {digits(rng, 3)} {digits(rng, 3)} {digits(rng, 5)}"
        case "nl":
            return f"KvK {digits(rng, 8)}"
    return f"Reg. No. {digits(rng, 7)}"


def _tax_id(rng: random.Random, country: str) -> str:
    match country:
        case "my":
            return rng.choice(
                (
                    f"GST REG NO: 00{digits(rng, 10)}",
                    f"GST ID NO : 00{digits(rng, 10)}",
                    f"GST No. 00{digits(rng, 10)}",
                )
            )
        case "de":
            return f"USt-IdNr.: DE{digits(rng, 9)}"
        case "fr":
            return f"N\u00b0 TVA FR{digits(rng, 11)}"
        case "nl":
            return f"BTW NL{digits(rng, 9)}B01"
        case "es":
            return f"CIF B{digits(rng, 8)}"
        case "it":
            return f"P.IVA {digits(rng, 11)}"
        case "uk":
            return f"VAT No GB{digits(rng, 9)}"
    return f"Tax ID {digits(rng, 2)}-{digits(rng, 7)}"


def good(rng: random.Random, language: str) -> str:
    """Something to buy."""
    return rng.choice(_GOODS[language].split("|"))


def day(rng: random.Random) -> date:
    """A day of the last decades."""
    return date(2005, 1, 1) + timedelta(days=rng.randint(0, 365 * 21))


def dated(rng: random.Random, when: date, country: str, style: int | None = None) -> str:
    """A day as documents of a country write it; `style` keeps to one way."""
    style = rng.randrange(6) if style is None else style
    names = MONTHS[language_of(country)].split()
    month = names[when.month - 1]
    two = f"{when:%y}"
    if country == "us":
        return (f"{when:%m/%d/%Y}", f"{when:%m/%d/}{two}", f"{month} {when.day}, {when.year}",
                f"{when.month}/{when.day}/{when.year}", f"{month[:3]} {when.day}, {when.year}",
                f"{when:%m-%d-%Y}")[style]  # fmt: skip
    if language_of(country) == "en":
        return (f"{when:%d/%m/%Y}", f"{when:%d-%m-%Y}", f"{when.day:02} {month[:3].upper()} {when.year}",
                f"{when:%d/%m/}{two}", f"{when.day:02}-{month[:3]}-{two}", f"{when:%Y-%m-%d}")[style]  # fmt: skip
    mark = {"de": ".", "fr": "/", "nl": "-", "es": "/", "it": "/"}[country]
    return (f"{when:%d}{mark}{when:%m}{mark}{when:%Y}", f"{when:%d}{mark}{when:%m}{mark}{two}",
            f"{when.day}{'.' if country == 'de' else ''} {month} {when.year}", f"{when:%d.%m.%Y}",
            f"{when:%Y-%m-%d}", f"{when:%d}{mark}{when:%m}{mark}{when:%Y}")[style]  # fmt: skip


def money(amount: float, country: str, sign: str = "") -> str:
    """An amount as a country writes it, with a currency sign before or behind."""
    plain = f"{abs(amount):,.2f}"
    if country not in ("my", "us", "uk"):
        plain = plain.replace(",", "_").replace(".", ",").replace("_", ".")
    minus = "-" if amount < 0 else ""
    if not sign:
        return minus + plain
    if country in ("my", "us", "uk", "nl"):
        return f"{minus}{sign}{' ' if len(sign) > 1 else ''}{plain}"
    return f"{minus}{plain} {sign}"
