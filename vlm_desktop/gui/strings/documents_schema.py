"""Words of the schema editor: which fields there are, what each is called and looks like."""

from vlm_desktop.base.documents import FieldType

EDIT_SCHEMA = "&Edit this schema…"
NEW_SCHEMA = "&New schema…"
REMOVE_SCHEMA = "&Remove this schema"
IMPORT_SCHEMA = "&Import a schema…"
EXPORT_SCHEMA = "E&xport this schema…"
DRAW_FIELD = "&Draw a field"
DRAW_TIP = "Drag over a value on the page: a field for it is proposed"
DRAW_HINT = "Drag over a value on the page. Esc ends it."
DRAW_NOTHING = "There are no words in that area."
DRAW_WORDS = "Make a field of the chosen &words"

TITLE = "Schema"
TITLE_NEW = "New schema"
TITLE_FIELD = "New field"
HINT = (
    "What is looked for on documents of one kind. Labels in several languages, a description and "
    "the right type help to find it."
)
HINT_PRESET = "This schema belongs to the program; what you change is kept under a name of yours."
HINT_FIELD = "Proposed from what you drew. Change what does not fit."
NAME = "Name of the &schema"
ANY_PAIRS = "Take &every pair of label and value on the page"
ANY_PAIRS_TIP = "For forms: whatever they are called"
FIELDS = "Fields of the schema"
COLUMN_NAME = "Field"
COLUMN_TYPE = "Type"
COLUMN_REQUIRED = "Required"
YES = "yes"
ADD_FIELD = "&Add field"
ADD_COLUMN = "Add &column"
ADD_COLUMN_TIP = "A column of the chosen table, or a member of the chosen group"
REMOVE_FIELD = "Remo&ve"
UP = "&Up"
DOWN = "&Down"
FIELD_NAME = "Na&me"
FIELD_TYPE = "&Type"
FIELD_REQUIRED = "&Required"
FIELD_ALIASES = "&Labels"
FIELD_ALIASES_HINT = "Total, Sum, Gesamtbetrag"
FIELD_ALIASES_TIP = "What it may be called on the page, in any language, with commas between"
FIELD_DESCRIPTION = "D&escription"
FIELD_DESCRIPTION_HINT = "What is meant, in your own words"
FIELD_PATTERN = "&Pattern"
FIELD_PATTERN_HINT = "Regular expression the text must match"
FIELD_OPTIONS = "&Options"
FIELD_OPTIONS_HINT = "The values it may have, with commas between"
TYPES = {
    FieldType.TEXT: "Text",
    FieldType.AMOUNT: "Amount of money",
    FieldType.DATE: "Date",
    FieldType.NUMBER: "Number",
    FieldType.ENUM: "One of several values",
    FieldType.ADDRESS: "Address",
    FieldType.IBAN: "IBAN",
    FieldType.VAT_ID: "VAT id",
    FieldType.CHECKBOX: "Box to tick",
    FieldType.TABLE: "Table",
    FieldType.GROUP: "Repeating group",
}
SAVE = "Save schema"
NEW_NAME = "My schema"
NEW_FIELD = "field {number}"
CHOOSE_SCHEMA = "Choose a schema"
SAVE_SCHEMA = "Export the schema as"
SCHEMA_FILES = "Schemas (JSON)"
SAVED = "“{name}” is saved. The document is read by it."
IMPORTED = "“{name}” was imported."
EXPORTED = "The schema is in {name}."
REMOVED = "“{name}” was removed. Ctrl+Z brings it back."
CHANGE_SAVE = "The schema “{name}”"
CHANGE_REMOVE = "Removing the schema “{name}”"
CHANGE_IMPORT = "Importing a schema"
NO_FIELDS = "A schema needs at least one field, or every pair of the page."
