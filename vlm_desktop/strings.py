"""Every sentence both fronts say about errors, refusals and notices.

Whole sentences with named placeholders, so that they can be translated. Engine and base
return codes and data; only `gui` and `cli` call this module.
"""

import logging

from vlm_desktop import documentstrings, groundstrings, trainstrings
from vlm_desktop.base import alterrors, altfileerrors, chaterrors, errors, pageerrors
from vlm_desktop.base.conversations import AnswerSource
from vlm_desktop.base.errors import AppError, Refusal
from vlm_desktop.base.events import Phase
from vlm_desktop.base.language import fill, one_line
from vlm_desktop.base.trainingdata import TrainFinding
from vlm_desktop.base.types import Verdict

_log = logging.getLogger(__name__)

ERROR_SENTENCES: dict[type[AppError], str] = {
    errors.Cancelled: "Stopped.",
    errors.HomeNotWritable: (
        "The folder {path} cannot be written to ({detail}). "
        "Choose another one with --home or make it writable."
    ),
    errors.DiskFull: "The disk that holds {path} is full. Free some space and run this again.",
    errors.NotEnoughRoom: (
        "The disk that holds {path} has {free} free, and {needed} are needed. "
        "Free some space and try again."
    ),
    errors.NetworkClosed: (
        "Something in the program wanted to reach {host} and was refused, "
        "since the network is used for nothing but the downloads you ask for."
    ),
    errors.HubUnreachable: (
        "{host} does not answer ({detail}). Check the connection and try again; "
        "what has arrived is kept."
    ),
    errors.HubAbsent: (
        "{host} has no {what}, so {model} cannot be downloaded. It may have been moved or renamed; "
        "a folder with its files can still be imported."
    ),
    errors.HubGated: (
        "{model} is given only to people who accepted its licence{token_text} Accept it on {page}, "
        "make an access token there, enter it here or set HF_TOKEN, and try again."
    ),
    errors.LicenceDiffers: (
        "The licence of {model} is {stated} and not {shown}, as was shown. Nothing was downloaded. "
        "Read it on {page}, and download again if you accept it."
    ),
    errors.DownloadBroken: (
        "The download of {model} stopped at {done} of {total} ({detail}). What has arrived is "
        "kept: start it again to go on."
    ),
    errors.DownloadWrong: (
        "{file} of {model} did not arrive as it should be ({detail}) and was thrown away. "
        "Start the download again; if that does not help, the hub's copy is not to be trusted."
    ),
    errors.DownloadBusy: (
        "{model} is being downloaded by another copy of the program. Wait for it to finish."
    ),
    errors.DatabaseNewer: (
        "The library {path} was written by a newer version of VLM Desktop ({unknown}). "
        "Update the program; the library was not touched."
    ),
    errors.DatabaseCorrupt: (
        "The library {path} is damaged ({detail}). It was not changed, and a copy was put at "
        '{copy}. "vlm-desktop library rebuild" starts a new one beside it.'
    ),
    errors.DatabaseBusy: (
        "Another program is using the library {path}. Wait for it to finish and try again."
    ),
    errors.LibraryEmpty: (
        "Nothing is indexed for the model {model} yet. "
        'Index a folder first: "vlm-desktop index FOLDER".'
    ),
    errors.MediaRefused: "{path} cannot be read: {reason_text}.",
    errors.PhotoOffline: (
        "The drive or folder that holds {path} is not there. Connect it and try again."
    ),
    errors.SidecarDamaged: (
        "The file {path}, which keeps the words about a photo, is damaged ({detail}). It was left "
        "as it is: repair it, or move it away to start a new one."
    ),
    errors.DecoderUnavailable: (
        "The helper processes that read pictures do not start ({detail}). "
        "Restart the program; if that does not help, install it again."
    ),
    errors.ModelUnknown: "There is no model called {model}. Known models: {known}.",
    errors.ModelNotInstalled: (
        "The model {model} is not on this disk. Download it under Models or with "
        '"vlm-desktop models download {model}", or import its folder.'
    ),
    errors.ModelBroken: (
        "The model {model} cannot be used: {detail}. Remove it and import it again."
    ),
    errors.ModelMismatch: (
        "The stored vectors of {model} ({stored}) do not fit this version of it ({offered}). "
        "Index the folders again under another model id."
    ),
    errors.ModelIncomplete: (
        "Only {done} of {total} photos are indexed with {model}. Finish that first: "
        '"vlm-desktop index FOLDER --model {model}".'
    ),
    errors.ModelUnsupported: (
        "The model {model} is of the family {family}, which this version cannot run."
    ),
    errors.ModelOutOfMemory: (
        "There is not enough memory to run {model} on even one picture ({detail}). "
        "Close other programs or choose a smaller model."
    ),
    chaterrors.ChatOutOfMemory: (
        "There is not enough memory for {model} to answer ({detail}), even with the smallest "
        "pictures. {offer_text}"
    ),
    chaterrors.ModelTooLarge: (
        "The model {model} needs {needed} of memory, and models may take {limit}. {offer_text}"
    ),
    errors.NothingAsked: "There is no question for {model} to answer. Type one first.",
    errors.PictureNeeded: "The model {model} answers about pictures only. Add one first.",
    errors.TooManyPictures: (
        "The model {model} takes {limit} pictures at once, and {given} were given. Take some out."
    ),
    errors.PromptTooLong: (
        "The question needs {given} tokens, and {model} has room for {limit}. "
        "Shorten it, take a picture out or give pictures fewer tokens."
    ),
    errors.OptionUnsupported: "The model {model} cannot follow the option {option}: {detail}.",
    errors.ExportRefused: (
        "The {precision} export of {model} was thrown away: its vectors agree with the original "
        "only to a cosine of {cosine}, and {needed} is needed."
    ),
    errors.ExportImpossible: "The model {model} cannot be exported to ONNX: {detail}.",
    errors.ModelProtected: "The model {model} is part of the program and cannot be removed.",
    errors.PartMissing: (
        "{purpose} needs the Python package {package}. Install it into the program's environment."
    ),
    errors.ImportRefused: "The folder {path} is not taken in as a model: {detail}.",
    errors.ProviderRefused: (
        "The provider {provider} cannot be used here ({reason}: {detail}). "
        "Choose another one, or auto."
    ),
    errors.FolderNotFound: "There is no folder {path}.",
    errors.FolderUnreadable: "The folder {path} cannot be read ({detail}).",
    errors.NotInLibrary: (
        '{path} is not in the library. Index its folder first: "vlm-desktop index FOLDER".'
    ),
    errors.BadSetting: "The setting {name} cannot be {value}.",
    errors.AlreadyRunning: (
        "VLM Desktop has {path} open already and does not answer. Close that window or end its "
        "process, or choose another folder with --home."
    ),
    errors.WindowNotShown: "The window could not be shown ({detail}).",
    errors.QueryEmpty: "Say what to look for: some words, a picture or a filter.",
    errors.BadFilter: "The filter {text} is not understood. Write it like this: {expected}.",
    errors.QueryTooLong: (
        "This query has {count} {part}; at most {most} can be answered. Take some of them out."
    ),
    errors.ConceptUnknown: "Nothing called {name} was taught.",
    errors.RuleUnknown: "Nothing called {name} is looked for any more.",
    errors.PolicyNameTaken: "There is a policy called “{name}” already. Choose another name.",
    errors.PolicyIncomplete: (
        "The policy “{name}” needs a name and at least one sentence that says what to flag."
    ),
    errors.ConceptNameTaken: "Something called {name} was taught already. Choose another name.",
    errors.ConceptNameRefused: (
        "{name} cannot be used as a name: begin with a letter or digit, and leave out quotes "
        "and colons."
    ),
    errors.ConceptTooSmall: (
        "{count} examples are too few to learn from; choose at least {least} indexed photos."
    ),
    chaterrors.ConversationUnknown: "That conversation is not there any more.",
    chaterrors.TurnUnknown: "That part of the conversation is not there any more.",
    chaterrors.NoAnswerYet: "There is no answer of a model yet that this could be done with.",
    chaterrors.PresetNameRefused: (
        "A system prompt cannot be called “{name}”. Choose another name; those that come with the "
        "program keep theirs."
    ),
    chaterrors.BadRegion: (
        "The region does not meet the picture {path}, which is {width} by {height}. Choose one "
        "inside it."
    ),
    chaterrors.SchemaRefused: "The answer's form cannot be used: {detail}.",
    alterrors.AltSetUnknown: "That set of images is not there any more.",
    alterrors.AltImageUnknown: "That image is not kept any more.",
    alterrors.AltEventUnknown: "There is no such text in the history.",
    alterrors.AltNameMissing: "A set needs a name. Type one.",
    alterrors.ApprovalRefused: "{name} was not approved.",
    alterrors.NothingDecided: (
        "{name} was not approved: nobody has decided what the image is for. Decide first."
    ),
    alterrors.NothingWritten: (
        "{name} was not approved: it has no text. Write one, or decide that it is decorative."
    ),
    alterrors.FollowsAnother: (
        "{name} was not approved: another image of its group carries the text. Approve that one."
    ),
    alterrors.NothingToSee: (
        "{name} was not approved: its file is not there, so nobody can see what it shows."
    ),
    alterrors.StyleNotWritten: (
        "The model {model} writes plain captions only. Choose the concise or the detailed style in "
        "the brief, or another model."
    ),
    alterrors.LanguageNotWritten: (
        "The model {model} writes English only. Choose English for the text, or another model."
    ),
    alterrors.SentencesNotWritten: "The model {model} writes no sentences. Choose another one.",
    alterrors.NotTranslating: "The model {model} does not translate. Choose another one.",
    alterrors.NoTextRead: (
        "No words were read in {path}. Type them, or choose another decision than “text”."
    ),
    alterrors.NoActionKnown: (
        "Nothing tells what {path} does as a link or button. Give its address or its title, "
        "or type the action."
    ),
    alterrors.AltStateRefused: (
        'A text does not become "{state}" by hand: approving it does, or a look at its file.'
    ),
    errors.BadInputFile: "{path}{line_text} cannot be used: {detail}.",
    errors.KeptCopyGone: (
        "{path} stays where it is, since {kept}, the copy to keep, is not there any more."
    ),
    errors.DestinationNotWritable: "{path} cannot be written ({detail}).",
    pageerrors.PageUnknown: (
        "{path} is no page that is read here: HTML, Markdown, DOCX, PPTX or EPUB are."
    ),
    pageerrors.PageUnreadable: "The page {path} cannot be read ({detail}).",
    pageerrors.PageEncrypted: "{path} is protected. Take the protection off and open it again.",
    pageerrors.PageOld: "{path} is of an old Office format. Save it as DOCX or PPTX and open that.",
    pageerrors.PageWithMacros: (
        "{path} carries macros and is left alone. Save it without them, as DOCX or PPTX."
    ),
    pageerrors.PageSigned: "{path} is signed; any change would break that. Nothing was written.",
    pageerrors.PageDamaged: "{path} is damaged or unusual ({detail}) and was left as it is.",
    pageerrors.PageTooLarge: "{path} is larger than what is read here: {detail}.",
    pageerrors.PageWithEntities: (
        "{path} is not read: {part} declares entities, which can be made to fill the memory."
    ),
    pageerrors.PageEncodingRefused: (
        "The text of {path} does not keep to its encoding, {encoding}. Save it as UTF-8."
    ),
    pageerrors.PageChanged: "{path} was changed since it was opened. Open it again, then write.",
    pageerrors.PageCheckFailed: (
        "Read back, {path} would not say what it should ({detail}). It was left as it was."
    ),
    altfileerrors.PictureDamaged: (
        "{path} is damaged ({detail}), so nothing was written into it. "
        "The text can be kept beside it, in a sidecar."
    ),
    altfileerrors.XmpDamaged: (
        "The metadata in {path} is damaged ({detail}), so nothing was written into it. "
        "The text can be kept beside it, in a sidecar."
    ),
    altfileerrors.FormatHoldsNoText: (
        "{path} is of a kind that no text is written into ({detail}). "
        "Keep it beside the file, in a sidecar."
    ),
    altfileerrors.PictureSigned: (
        "{path} carries Content Credentials, which writing into it would break, so it was left "
        "as it is. Keep the text beside it, in a sidecar, or ask to write all the same."
    ),
    altfileerrors.PictureHasPointers: (
        "{path} was left as it is: {detail}. Keep the text beside it, in a sidecar."
    ),
    altfileerrors.PictureTooLarge: (
        "{path} has no room for the text ({detail}). Keep it beside the file, in a sidecar."
    ),
    altfileerrors.FileChangedSince: (
        "{path} was changed since, so nothing was written. Look at it again and write it then."
    ),
    altfileerrors.ReadBackDiffers: (
        "What was written into {path} did not read back as it should ({detail}), so it was taken "
        "back and the file is as it was."
    ),
    altfileerrors.BackupThere: (
        "A backup of {path} is there already ({detail}) and is not written over. Move it away, "
        "or write without a backup."
    ),
    altfileerrors.LanguageRefused: (
        "{language} is no language tag; write it like en, de or pt-BR."
    ),
}

MODEL_THAT_FITS = "{offer} would fit: choose it, or close other programs."
NO_MODEL_FITS = "Close other programs, or choose a smaller model."
GATED_DESPITE_TOKEN = ", and your access token does not show that you did."

REFUSAL_SENTENCES: dict[Refusal, str] = {
    Refusal.EMPTY: "the file is empty",
    Refusal.NOT_AN_IMAGE: "it is not a picture",
    Refusal.UNSUPPORTED: "this kind of picture is not supported",
    Refusal.CORRUPT: "it is damaged or incomplete",
    Refusal.TOO_MANY_PIXELS: "it has more pixels than the limit in the settings",
    Refusal.OUT_OF_MEMORY: "decoding it took more memory than one file may use",
    Refusal.TOO_SLOW: "decoding it took longer than one file may take",
    Refusal.DECODER_CRASHED: "the decoder crashed on it",
    Refusal.ENCRYPTED: "it is protected by a password",
    Refusal.NO_PREVIEW: "it holds no preview picture",
    Refusal.UNREADABLE: "it may not be read",
    Refusal.VANISHED: "it is no longer there",
    Refusal.CHANGING: "it changed while it was being read",
    Refusal.PATH_TOO_LONG: "its path is too long for this system",
}

NOTICE_SENTENCES: dict[str, str] = {
    "ocr-unavailable": "Text in pictures is not read: {detail}.",
    "folder-unreadable": "This folder could not be read and was left out: {detail}.",
    "system-prompt-ignored": "{detail} takes no system prompt; it was asked without.",
    "picture-changed": "This picture was changed since it was first asked about: {detail}.",
    "picture-left-out": (
        "The model does not take that many pictures at once, so this one was left out: {detail}."
    ),
    "turns-left-out": "{detail} answers each question on its own, without what was said before.",
    "alt-extended": "Writing the extended description.",
    "folder-offline": "This folder is not there at the moment; its photos are kept: {detail}.",
}

PAGE_SKIPPED: dict[str, str] = {
    "same": "it says so already",
    "gone": "it is not on the page any more",
    "svg": "a drawing inside the page carries its text as its title, which is not written here",
    "role": "an element that calls itself an image needs a text",
    "markdown": "its place in the Markdown is not certain",
    "office": "the document says nothing of it where a text could stand",
}
"""Why an image of a page stays as it is, by code (`PagePlan.skipped`)."""

BUG_SENTENCE = (
    "Something went wrong that is our mistake: {detail}. The log has the details; please report it."
)


def refusal(reason: Refusal, detail: str = "") -> str:
    """The reason a file was set aside, with the decoder's own words where they help."""
    sentence = REFUSAL_SENTENCES[reason]
    return f"{sentence} ({detail})" if detail else sentence


def sentence(error: AppError) -> str:
    """One sentence for the user: what happened, to which file or model, and what to do."""
    values = {name: "?" if value is None else value for name, value in error.fields.items()}
    if isinstance(error, errors.MediaRefused):
        values["reason_text"] = refusal(error.reason, error.detail)
    if isinstance(error, errors.BadInputFile):
        line = error.fields["line"]
        values["line_text"] = "" if line is None else f", line {line},"
    if isinstance(error, errors.HubGated):
        values["token_text"] = GATED_DESPITE_TOKEN if error.fields["has_token"] else "."
    if isinstance(error, chaterrors.ChatOutOfMemory | chaterrors.ModelTooLarge):
        offer = MODEL_THAT_FITS.format(offer=error.offer) if error.offer else NO_MODEL_FITS
        values["offer_text"] = offer
    if isinstance(error, errors.NotEnoughRoom | errors.DownloadBroken | chaterrors.ModelTooLarge):
        values |= {name: bytes_text(n) for name, n in values.items() if isinstance(n, int)}
    tables = (
        ERROR_SENTENCES,
        documentstrings.DOCUMENT_ERRORS,
        groundstrings.GROUND_ERRORS,
        trainstrings.TRAIN_ERRORS,
    )
    words = next(table[type(error)] for table in tables if type(error) in table)
    return one_line(words.format(**values))


def bytes_text(count: float) -> str:
    """A size as a person says it: "340 MB", "1.5 GB"; thousands, as disks are sold."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= 0.9995 * size:
            form = "{size:,.1f} {unit}" if unit == "GB" else "{size:,.0f} {unit}"
            return fill(form, size=count / size, unit=unit)
    return fill(FEW_BYTES, size=count)


def notice(code: str, detail: str) -> str:
    tables = (NOTICE_SENTENCES, groundstrings.GROUND_NOTICES, trainstrings.TRAIN_NOTICES)
    return next(table[code] for table in tables if code in table).format(detail=detail)


def bug(error: BaseException) -> str:
    """For an exception that is none of ours."""
    return BUG_SENTENCE.format(detail=f"{type(error).__name__}: {error}")


def last_words(error: BaseException) -> str:
    """For an error that nobody else caught; the log gets its traceback if it is our mistake."""
    if isinstance(error, AppError):
        return sentence(error)
    _log.info("unexpected error", exc_info=error)  # not to stderr, which gets the sentence
    return bug(error)


REJECTIONS: dict[str, str] = {
    "not-in-this-build": "this build of ONNX Runtime does not have it",
    "not-tried": "not tried, since a better one works",
    "failed-to-load": "it does not load",
    "fell-back-to-the-cpu": "it handed the work to the CPU",
    "wrong-numbers": "its numbers differ from the CPU's",
    "out-of-memory": "it ran out of memory",
    "failed-to-run": "it does not run",
}
"""Why a provider is not used, by code (`engine.models.Rejection`)."""

METEOR_ABSENCES: dict[str, str] = {
    "java": "left out: there is no Java runtime",
    "resources": "left out: its jar is not here (it comes with the Python package pycocoevalcap)",
    "failed": "left out: its program ended before it answered",
}
"""Why captions have no METEOR, by code (`backends.meteor.MeteorAbsence`)."""


PHASES: dict[Phase, str] = {
    Phase.INVENTORY: "Looking at files",
    Phase.DECODE: "Decoding",
    Phase.ENCODE: "Indexing",
    Phase.OCR: "Reading text in pictures",
    Phase.CALIBRATE: "Calibrating",
    Phase.EXPORT: "Exporting",
    Phase.DOWNLOAD: "Downloading",
    Phase.VERIFY: "Verifying",
    Phase.EVALUATE: "Evaluating",
    Phase.BENCH: "Measuring",
    Phase.GROUND: "Looking for phrases",
    Phase.EDIT: "Saving",
    Phase.COPY: "Copying the library",
    Phase.SCRUB: "Removing every trace",
    Phase.LABEL: "Comparing words with photos",
    Phase.MAP: "Drawing the map",
    Phase.THUMBNAILS: "Thumbnails",
    Phase.SIZES: "Adding up sizes",
    Phase.TRASH: "Moving files",
    Phase.LOAD: "Loading the model",
    Phase.ANSWER: "Answering",
}

ANSWERED_BY = {
    AnswerSource.MODEL: "{model} answers:",
    AnswerSource.METADATA: "Said by the file's metadata:",
    AnswerSource.OCR: "Read in the picture:",
}
ANSWER_RESTARTED = "Memory ran out, so the answer is written anew."
ANSWER_WITH_LESS = (
    "Memory ran out, so the answer is written anew, with at most {tokens} tokens for a picture."
)

FEW_BYTES = "{size:,.0f} bytes"

ALT_NOTHING_TO_WRITE = "Nothing is to be written: give --alt or --extended."
ALT_WRITTEN_TO = "Written into {path}, where it now says:"
ALT_SETS_KNOWN = "There is no set called {name}. Sets: {known}."
ALT_EXPORTED = "{written} texts are in {path}. {left_out} were left out: not approved, or empty."
ALT_LEFT_OUT = "{left_out} texts were left out: not approved, or empty."
PAGE_IMAGE_SILENT = "no alt text"
PAGE_IMAGE_DECORATIVE = "decorative"
PAGE_NOT_WRITTEN = "{name} stays as it is: {reason}."
PAGE_PLANNED = "{count} images of {path} would say something else. Nothing was written."
PAGE_WRITTEN = "{count} images of {path} say something else now."
ALT_BACKUP_AT = "The file as it was: {path}"
ALT_SAYS_NOTHING = "no alt text"
ALT_UNREADABLE = "The metadata in {path} is damaged and was not read."

DOWNLOAD_PLAN = (
    "Downloading {name} from {host}: about {size} are still to come, {free} are free. "
    "Licence: {licence}."
)

NOTHING_MATCHES = "Nothing here matches."
VERDICT_COUNTS = "{likely} likely, {possible} possible."


def answered_by(model_id: str, source: AnswerSource) -> str:
    """The line before an answer: where its words come from."""
    return ANSWERED_BY[source].format(model=model_id)


def answer_restarted(max_image_tokens: int | None) -> str:
    """What was written so far does not count."""
    if max_image_tokens is None:
        return ANSWER_RESTARTED
    return ANSWER_WITH_LESS.format(tokens=max_image_tokens)


def train_finding(found: TrainFinding) -> str:
    """What the doctor of data sets found, with the reason why a picture cannot be read."""
    reason = refusal(Refusal(found.reason)) if found.reason else ""
    return trainstrings.finding(found, reason)


def verdict(found: Verdict, likely: int, possible: int) -> str:
    """The line above the hits."""
    if found is Verdict.NONE:
        return NOTHING_MATCHES
    return VERDICT_COUNTS.format(likely=f"{likely:,}", possible=f"{possible:,}")
