"""Lint rules about what a text says beside other texts: its decision, length, language, doubles."""

from urllib.parse import urlsplit

import regex

from vlm_desktop.base.altchecks import Field, Weight
from vlm_desktop.base.alttext import Decision
from vlm_desktop.engine.alttext.lengths import fits, listed, used, whole_sentences
from vlm_desktop.engine.alttext.lintrules import Hit, LintContext, near, plain, words

_ADVICE = frozenset({"web"})
"""Destinations whose limit is good advice; others refuse what is longer."""
_LEAST_WORDS = 2
_SURE = 0.9
_LEAST_LETTERS = 18
_LEAST_LANGUAGE_WORDS = 4
_SAME_LANGUAGE = {
    "nb": "no", "nn": "no", "bs": "hr", "sr": "hr", "sh": "hr", "ms": "id", "gl": "pt", "lb": "de",
    "gsw": "de", "nds": "de", "fy": "nl", "af": "nl", "ca": "es", "oc": "fr", "pcm": "en",
    "sco": "en", "da": "no", "sk": "cs", "be": "ru", "uk": "ru", "tl": "fil",
}  # fmt: skip
"""Languages that short texts do not tell apart."""
_QUOTED = regex.compile(r"[\"“„«‘'][^\"”“»’']{2,}[\"”“»’']")
_ACTIONS = listed(
    "go open close search find show hide play pause stop start download upload print save share"
    " send email mail call buy order add remove delete edit log sign subscribe follow read view see"
    " watch listen visit return back next previous skip enlarge zoom expand collapse menu home help"
    " contact submit join register select choose learn more switch turn toggle copy cancel filter"
    " sort refresh reload like reply comment donate book check continue get try use browse explore"
    " gehe gehen öffnen öffne schließen suchen suche zeigen anzeigen ausblenden abspielen starten"
    " herunterladen hochladen drucken speichern teilen senden anrufen kaufen bestellen hinzufügen"
    " entfernen löschen bearbeiten anmelden abmelden abonnieren folgen lesen ansehen anhören zurück"
    " weiter nächste vorherige vergrößern menü startseite zur zum hilfe kontakt spenden mehr"
    " aller ouvrir fermer rechercher chercher afficher masquer lire télécharger imprimer partager"
    " envoyer acheter ajouter supprimer modifier accueil retour suivant précédent menu voir aide"
    " ir abrir cerrar buscar mostrar ocultar reproducir descargar imprimir compartir enviar comprar"
    " añadir eliminar editar inicio volver siguiente anterior ver ayuda"
    " vai apri chiudi cerca mostra nascondi riproduci scarica stampa condividi invia acquista"
    " aggiungi elimina modifica home indietro avanti successivo precedente vedi aiuto"
)
_EMPTY_HOST = listed("www com org net html htm php aspx index http https de uk fr es it")


def repeats_caption(text: str, context: LintContext) -> Hit | None:
    """What the caption says is read out twice."""
    if not near(text, context.page.caption):
        return None
    return Hit(0, len(text), context.page.caption.strip())


def repeats_title(text: str, context: LintContext) -> Hit | None:
    """As the image's title attribute, the page's title or the heading above it."""
    for title in (context.page.title, context.page.heading, context.page.page_title):
        if near(text, title):
            return Hit(0, len(text), title.strip())
    return None


def repeats_link(text: str, context: LintContext) -> Hit | None:
    """The other words of the same link say it already."""
    if not near(text, context.page.link_text):
        return None
    return Hit(0, len(text), context.page.link_text.strip())


def repeats_in_set(text: str, context: LintContext) -> Hit | None:
    """Another image of the set has the same text, or nearly the same."""
    same = [one for one in context.others if near(text, one)]
    return Hit(0, len(text), same[0].strip()) if same else None


def too_long(text: str, context: LintContext) -> Hit | None:
    """Longer than the destination takes. Whole sentences from its end can be left out."""
    where = context.destination
    if fits(text.strip(), where):
        return None
    kept = whole_sentences(text.strip(), where)
    weight = Weight.WARNING if where.key in _ADVICE else Weight.ERROR
    detail = f"{used(text, where)}/{where.limit}"
    return Hit(min(where.limit, len(text)), len(text), detail, kept or None, weight)


def too_short(text: str, context: LintContext) -> Hit | None:
    """A single word seldom says what a picture shows; it does for an action or a text."""
    if context.decision in (Decision.FUNCTIONAL, Decision.TEXT, Decision.DECORATIVE):
        return None
    said = words(text)
    if len(said) >= _LEAST_WORDS or regex.search(
        r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]{3}", text
    ):
        return None
    return Hit(0, len(text), text.strip()) if said else None


def language(text: str, context: LintContext) -> Hit | None:
    """In another language than the one it is kept under. Only said where it is sure."""
    if context.identify is None:
        return None
    asked = _QUOTED.sub(" ", text)
    for name in context.names:
        asked = asked.replace(name, " ")
    if sum(map(str.isalpha, asked)) < _LEAST_LETTERS and not _is_other_script(asked):
        return None
    if len(words(asked)) < _LEAST_LANGUAGE_WORDS and not _is_other_script(asked):
        return None
    found, sure = context.identify(asked)
    if sure < _SURE or _family(found) == _family(context.language):
        return None
    return Hit(0, len(text), found)


def _is_other_script(text: str) -> bool:
    """Scripts written without blanks, whose few letters say much."""
    return len(regex.findall(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}]", text)) > 3


def _family(tag: str) -> str:
    own = tag.casefold().replace("_", "-").split("-")[0]
    return _SAME_LANGUAGE.get(own, own)


def no_action(text: str, context: LintContext) -> Hit | None:
    """A link's or button's text that says neither what happens nor where it leads."""
    if context.decision is not Decision.FUNCTIONAL:
        return None
    said = {word.casefold() for word in words(text)}
    target = urlsplit(context.page.link_target)
    where = f"{target.netloc} {target.path} {context.page.link_text}"
    aim = set(plain(regex.sub(r"[._/-]+", " ", where)).split()) - _EMPTY_HOST
    if said & _ACTIONS or said & aim:
        return None
    if any(len(word) > 3 and word in one for one in aim for word in said):
        return None
    return Hit(0, len(text), context.page.link_target)


# --- both fields together ------------------------------------------------------------------

Pair = tuple[str, Weight, Field, str]
"""(rule, weight, field, detail) of a finding that no single field shows."""


def of_decision(alt: str, extended: str, context: LintContext) -> list[Pair]:
    """What is missing or too much for what was decided about the image."""
    found: list[Pair] = []
    decision = context.decision
    if decision is Decision.DECORATIVE and alt.strip():
        found.append(("decorative-text", Weight.WARNING, Field.ALT, ""))
    needs = (Decision.INFORMATIVE, Decision.FUNCTIONAL, Decision.TEXT, Decision.COMPLEX)
    if decision in needs and not alt.strip():
        found.append(("no-text", Weight.ERROR, Field.ALT, decision.value))
    if decision is Decision.COMPLEX and not extended.strip():
        found.append(("no-extended", Weight.WARNING, Field.EXTENDED, ""))
    if alt.strip() and near(alt, extended):
        found.append(("repeats-alt", Weight.HINT, Field.EXTENDED, ""))
    return found
