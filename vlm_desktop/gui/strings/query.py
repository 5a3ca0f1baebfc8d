"""Words of the query bar and the verdict."""

QUERY_LABEL = "&Search"
QUERY_NAME = "Search photos"
QUERY_HINT = 'Describe a photo, for example: dog on a beach -people "happy birthday"'
QUERY_DESCRIPTION = (
    "Describe what the photo shows. A word after a minus sign is left out. "
    "Words in quotation marks must be written in the photo, its caption or its file name. "
    "Filters: date:2012, camera:NAME, rating:3, type:pdf."
)
FIND = "&Find photos"
SHOW_ALL = "Show &weaker matches too"
SHOW_ALL_TIP = "Show the closest photos even when they are not likely matches"

# verdicts
SEARCHING = "Searching…"
NOTHING_MATCHES = "Nothing here matches"
COUNTS = "{likely:,} likely, {possible:,} possible"
COUNTS_WEAK = "Nothing here matches; these {shown:,} come closest"
COUNTS_CUT = "{counts}; the best {shown:,} are shown"
