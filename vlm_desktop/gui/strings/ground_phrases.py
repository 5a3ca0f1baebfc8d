"""Words of the Ground pane about phrases: verdicts, clauses, heat, counting."""

from vlm_desktop.base.language import fill

# --- the line --------------------------------------------------------------------------------

PHRASES = "Phrases to look for"
PHRASES_HINT = "What is to be found? For example: red cup left of the laptop, a dog"
PHRASES_TIP = "Several phrases are parted by commas; each is looked for by itself"
FIND = "F&ind"
FIND_TIP = "Find and outline what the phrases name (Enter)"
FIND_WITH = "Found by"
FIND_STARTER = "What came with the program"
LOOKING = "Looking for {count:,} phrases"
LOOKING_ONE = "Looking for “{phrase}”"
ANSWERS = "What was found"
NOTHING_TYPED = "Type what is to be found first."
TOO_MANY = "Only the first {count:,} phrases were looked for."

# --- verdicts --------------------------------------------------------------------------------

VERDICT_FOUND = "found"
VERDICT_SEVERAL = "{count:,} match"
VERDICT_ABSENT = "not here"
VERDICT_UNSURE = "unsure"
VERDICT_WRONG = "“{thing}” is here, but it is {instead}"
VERDICT_WRONG_BARE = "“{thing}” is here, but it is not {attribute}"
VERDICT_WRONG_ONLY = "here, but not like that"
VERDICT_WAITING = "looking…"
VERDICT_FAILED = "could not be looked for"
ROW = "{phrase}: {verdict}"
ROW_CLAUSES = "{phrase}: {verdict}. {clauses}."
PHRASE_TIP = "Go to what was found"
CLAUSE_HOLDS = "{text}: holds"
CLAUSE_FAILS = "{text}: does not hold"
CLAUSE_INSTEAD = "{text}: does not hold, it is {instead}"
CLAUSE_UNTOLD = "{text}: cannot be told"
CLAUSE_SURE = "{said}, {sure} % sure"
REGION_SURE = "place {sure} % sure"
REGION_OTHER = "fits only in part"
KEEP_ALL = "Keep &all"
KEEP_ALL_TIP = "Make objects of everything that was found"
CLEAR = "C&lear"
CLEAR_TIP = "Take away what was found; objects that were kept stay"

# --- where a phrase looks --------------------------------------------------------------------

HEAT = "Where it looks"
HEAT_OF = "Where “{phrase}” looks"
HEAT_LABEL = "“{phrase}”"
HEAT_NOTE = "stands out {strength:.1f} times the usual"
HEAT_WORKING = "Looking where “{phrase}” looks"
CAPTION = "Where the &words of a caption look"
CAPTION_TITLE = "Words of the caption"
CAPTION_WORKING = "Writing a caption"
CAPTION_HINT = "Choose a word to see where its writer looked."
CAPTION_WORD = "{word}: {share} % at the strongest place"
CAPTION_NOTE = "{share} % of its attention at the strongest place"
CAPTION_NONE = "The caption is empty."
CAPTION_CLOSE = "Close the caption"

# --- counting --------------------------------------------------------------------------------

COUNT = "&Count"
COUNT_TIP = "Count what the first phrase names: one dot each, to be corrected by hand"
COUNT_WORKING = "Counting “{phrase}”"
COUNT_TOTAL = "{phrase}: {count:,}"
COUNT_DOUBT = "About {expected:.1f} are expected, give or take {spread:.1f}."
COUNT_HINT = "A click adds a dot, Shift+click or Delete takes one away."
COUNT_DOT = "{phrase} {number:,}"
COUNT_ADDED = "Added. {count:,} now."
COUNT_TAKEN = "Taken away. {count:,} now."
COUNT_DONE = "Done counti&ng"
COUNT_KEEP = "Keep as ob&jects"
COUNT_KEEP_TIP = "Make an object of every dot"
COUNT_NEAREST = "There is no dot near this place."


def looking_words(phrases: list[str]) -> str:
    if len(phrases) == 1:
        return fill(LOOKING_ONE, phrase=phrases[0])
    return fill(LOOKING, count=len(phrases))
