"""Words of listening: texts read out while their pictures are hidden."""

from vlm_desktop.base.language import fill

LISTEN = "&Listen"
LISTEN_TIP = "Hear the texts with the pictures hidden (Ctrl+Shift+S)"
LISTEN_COMMAND = "Listen to the texts with the pictures hidden"
LISTENING = "Listening"
HINT = "Space reads again, arrow keys go on and back, Esc ends."
AGAIN = "&Read again"
PREVIOUS = "Previous"
NEXT = "Next"
END = "&Stop"
BEGUN = "Listening. {hint}"
ENDED = "Listening has ended. The picture is shown again."
NO_ENGINE = (
    "This computer has no speech that the program can use, so it only shows the words, and your "
    "screen reader says them if one is on."
)
NO_VOICE = "There is no voice for {language}, so another one reads it."
FAILED = "The speech of this computer does not work: {detail}"
READ_NAME = "{name}."
READ_DECORATIVE = "Decorative: a screen reader says nothing here."
READ_LED = "It belongs to a group; {name} carries the text."
READ_EMPTY = "There is no text yet."
READ_STATE = "{state}."
READ_EXTENDED = "Extended description: {text}"


def begun() -> str:
    return fill(BEGUN, hint=HINT)
