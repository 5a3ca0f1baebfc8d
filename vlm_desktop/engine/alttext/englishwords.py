"""Words that the grammar of claims must know by themselves: closed classes and small lists."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _phrases(lines: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(line.split()) for line in lines.split(","))


_TO_TWELVE = "zero one two three four five six seven eight nine ten eleven twelve"
NUMBERS = {word: number for number, word in enumerate(_TO_TWELVE.split(" "))}
SEVERAL = {"couple": 2, "pair": 2, "trio": 3, "dozen": 12}
"""Nouns before "of" that say how many."""

GROUPS = _set(
    "group bunch crowd herd flock pile stack row line set lot lots number variety collection "
    "team pack litter bouquet bowl plate glass cup slice piece pieces bottle basket bag box "
    "couple pair trio dozen kind type sort handful cluster swarm school heap"
)
"""Before "of": what follows is the thing itself ("a group of people")."""

NO_COUNT = _set("kind type sort piece pieces slice one")
"""Of what stands before "of": it says nothing of how many."""

CONTAINERS = _set("bowl plate glass cup bottle basket bag box")
"""Of these groups: things themselves ("a bowl of soup" shows a bowl)."""

MEDIA = _set("photo photograph picture image shot close-up closeup view drawing painting "
             "illustration screenshot scene snapshot portrait")  # fmt: skip
"""Before "of": the picture itself, of which nothing is claimed."""

VIEW = _set("background foreground front middle side top bottom left right distance center "
            "centre corner edge end back air way lot lots something someone one kind sort "
            "each other part words word text")  # fmt: skip
"""Nouns that name no thing that could be looked for."""

PLACES = _set(
    "street road sidewalk beach park field meadow forest woods kitchen bathroom bedroom room "
    "livingroom city town village mountain mountains hill hills lake river ocean sea pool sky "
    "desert garden yard backyard playground stadium gym restaurant cafe bar office station "
    "airport farm zoo court arena rink runway harbor harbour dock pier snow grass sand water "
    "parking lot highway alley plaza square market store shop museum church school classroom "
    "library hallway track path trail countryside shore coast pasture pen barn studio stage "
    "outdoors indoors intersection crosswalk driveway lawn"
)
"""Nouns that, after "in", "at", "on" and the like, say where all of it is."""

PLACE_PREPOSITIONS = _set("in at on inside outside through across along by near into over around")

PREPOSITIONS = _phrases(
    "next to, in front of, on top of, in the middle of, in the center of, in the centre of, "
    "on the side of, at the side of, by the side of, on the edge of, at the edge of, "
    "at the end of, at the top of, at the bottom of, at the foot of, on the back of, "
    "in back of, in the back of, in the corner of, out of, close to, in between, inside of, "
    "outside of, off of, on to, away from, up to, on either side of, to the left of, "
    "to the right of, along side, because of, such as, ahead of, full of, up against, "
    "surrounded by, covered in, covered with, filled with, made of, made from, "
    "underneath of, along with, together with, instead of, as well as"
)
"""Several words that stand for one preposition."""

ALSO_PREPOSITIONS = _set("behind near inside outside above below beside between under beneath "
                         "opposite underneath around past")  # fmt: skip
"""Adverbs that are prepositions where a noun follows."""

ALONE = _phrases(
    "in the background, in the foreground, in the distance, on the left, on the right, "
    "in the front, in the back, on top, in the middle, in the air, on the side, at night, "
    "in front, each other, one another, at once, at least, of course, for example, "
    "mid air, side by side, at the same time, all over, hand in hand"
)
"""Several words that stand for one adverb."""

COMPOUNDS = _phrases(
    "hot dog, golden retriever, polar bear, teddy bear, french fry, ice cream, high chair, "
    "potted plant, stuffed animal, stop sign, traffic light, fire hydrant, parking meter, "
    "tennis racket, baseball bat, cell phone, wine glass, hair dryer, remote control, "
    "stuffed bear, police officer, life jacket, dining table, living room, double decker"
)
"""Nouns of several words, in the singular: "hot" says nothing of a dog."""

BARE_VERBS = _set(
    "stand sit walk run play look ride watch pose wait jump rest lie gather hang lean"
)
"""Verbs that look like nouns."""

DYNAMIC = _set(
    "through across into toward towards over along past up down off from to for onto after "
    "around during as before against out"
) | {"out of", "away from", "up to", "on to"}
"""Prepositions that need their verb: without "running", nothing is "through the grass"."""

OF_LIKE = frozenset({"of", "with", "made of", "made from", "full of", "covered in",
                     "covered with", "filled with", "surrounded by"})  # fmt: skip
"""Prepositions whose phrase belongs to the noun just before."""

STAYS_WITH_DOER = _set(
    "wear hold carry ride have play use throw catch kick hit swing eat drink read push pull fly "
    "chase do take make cut prepare brush"
)
"""After these verbs and their object a phrase tells of the doer ("rides a bike on the street")."""

TAKES_PREPOSITION = _set(
    "look stare gaze smile wave point laugh bark listen talk speak yell growl sniff reach compete "
    "participate lean dress cover work perform shout snarl bite pull push chew throw jump leap "
    "climb swing wait pose perform focus work attach tie connect surround fill deal consist prepare"
)
"""Verbs that stand with their preposition ("look at the camera")."""

NEEDS_PREPOSITION = _set(
    "dress line deck load cover fill surround attach connect tie deal consist look stare"
)
"""Verbs that say nothing without it ("dressed in black")."""

COLOURS = _set(
    "red blue green yellow black white brown gray grey orange pink purple tan blond blonde gold "
    "golden silver beige maroon teal turquoise navy cream dark-blue light-blue violet crimson"
)

ADJECTIVES = _set("little other same next multi-colored stuffed wooden plastic metal next older "
                  "young old elderly open closed empty full dirty clean wet dry")  # fmt: skip
"""What the tagger takes for something else."""

NO_NOUNS = _set("outside outdoors indoors nearby together alone down up")
NOUNS = _set("frisbee frisbees skateboard skateboards surfboard surfboards snowboard "
             "ball zebra zebras giraffe giraffes hydrant suitcase pizza "
             "santa atv bmx tv jean")  # fmt: skip

ARTICLES = _set("a an the")
NO_ATTRIBUTES = _set(
    "first second third last front lone only full other same next another various different "
    "main several many few more most own such certain "
)
"""Adjectives of which nothing can be seen."""

ING_NOUNS = _set(
    "building wedding railing clothing painting ceiling string wing swing thing morning evening "
    "sibling dining parking living swimming shopping lighting crossing landing topping icing "
    "frosting pudding stuffing earring opening marking writing drawing lettering bedding flooring "
    "awning opening meeting gathering setting skiing surfing snowboarding skateboarding spring"
)
"""Nouns that end like a deed."""

DOING = _set(
    "holding wearing riding playing eating carrying using making catching throwing kicking "
    "flying pulling pushing chasing watching taking surfing swimming skiing walking swinging "
    "brushing cutting drinking feeding "
)
"""Deeds that a noun may follow at once ("woman holding baby")."""

BODY = _set("head face neck back hand hands mouth arm arms lap shoulder shoulders wrist feet foot "
            "leg legs body eye eyes ear ears nose finger fingers leash")  # fmt: skip

COPULAS = _set("is are was were be 're am being been")
SAYING = _set("say says saying read reads reading spell spells spelling labeled labelled named "
              "titled marked")  # fmt: skip
"""Verbs whose object are words to be read."""

ANIMATE = _set(
    "man men woman women boy boys girl girls child children kid kids person people baby babies "
    "toddler lady ladies guy guys player players crowd couple rider skier surfer snowboarder "
    "skateboarder biker cyclist dog dogs puppy puppies cat cats kitten horse horses bird birds "
    "cow cows sheep elephant elephants giraffe giraffes zebra zebras bear bears animal animals "
    "adult adults teenager teenagers team runner worker officer soldier friend friends family"
)
IRREGULAR_PLURALS = {
    "man": "men", "woman": "women", "child": "children", "person": "people", "foot": "feet",
    "tooth": "teeth", "mouse": "mice", "goose": "geese", "sheep": "sheep", "fish": "fish",
    "deer": "deer", "knife": "knives", "leaf": "leaves", "calf": "calves", "wolf": "wolves",
    "snowman": "snowmen", "policeman": "policemen", "fireman": "firemen",
}  # fmt: skip
AN_BEFORE = ("hour", "honest", "heir", "honor", "honour", "mri", "suv", "atm", "x-ray")
A_BEFORE = ("uni", "use", "usu", "eu", "one", "once", "ufo", "ukulele", "utensil", "ute")
"""Beginnings of words that are said with another sound than they are spelt with."""
UNINHABITED_UNI = ("unin", "unim", "unid")
"""Beginnings that look like "uni" in "unicorn" and sound like "un"."""


def starts_with_vowel(word: str) -> bool:
    """Whether "an" stands before the word."""
    low = word.casefold()
    if low.startswith(AN_BEFORE):
        return True
    if low.startswith(A_BEFORE) and not low.startswith(UNINHABITED_UNI):
        return False
    return low[:1] in {"a", "e", "i", "o", "u"} or low in {"8", "11", "18"}


def is_plural(word: str, tag: str = "") -> bool:
    """Whether a noun stands for several, by the tagger's word or by how it ends."""
    low = word.casefold()
    if tag in {"NN2", "NP2"} or low in set(IRREGULAR_PLURALS.values()) - {"sheep", "fish", "deer"}:
        return True
    if low in {"people", "pants", "shorts", "jeans", "glasses", "sunglasses", "scissors"}:
        return True
    return not tag and low.endswith("s") and not low.endswith(("ss", "us", "is"))


def plural(word: str) -> str:
    """A noun's plural in its own capitals."""
    low = word.casefold()
    if low in IRREGULAR_PLURALS:
        made = IRREGULAR_PLURALS[low]
        return made.capitalize() if word[:1].isupper() else made
    if low.endswith("y") and low[-2:-1] not in {"a", "e", "i", "o", "u"}:
        return word[:-1] + "ies"
    return word + ("es" if low.endswith(("s", "x", "z", "ch", "sh")) else "s")


def singular(word: str) -> str:
    """A noun in the singular, in lower case; one that has no plural ending as it is."""
    low = word.casefold()
    for one, many in IRREGULAR_PLURALS.items():
        if low == many:
            return one
    if low.endswith("ies") and len(low) > 4:
        return low[:-3] + "y"
    if low.endswith(("ses", "xes", "zes", "ches", "shes")):
        return low[:-2]
    if low.endswith("s") and not low.endswith(("ss", "us", "is")) and len(low) > 3:
        return low[:-1]
    return low
