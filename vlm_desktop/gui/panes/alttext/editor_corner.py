"""The editor over the session: shows the image's text, keeps what is typed, decides, approves."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QInputDialog, QWidget

from vlm_desktop.base.altchecks import Field, Finding
from vlm_desktop.base.altkeeping import AltApproved, AltDone
from vlm_desktop.base.alttext import AltImage, AltState, AltText, Decision
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.alttext.autosave import Autosave, Typed
from vlm_desktop.gui.panes.alttext.editor_panel import EditorPanel
from vlm_desktop.gui.panes.alttext.languages import tags_first
from vlm_desktop.gui.panes.alttext.linting import Linting
from vlm_desktop.gui.panes.alttext.queue_model import is_led
from vlm_desktop.gui.panes.alttext.session import AltSession
from vlm_desktop.gui.strings import alttext as strings
from vlm_desktop.gui.words import failure

_LINT_MS = 120
FIXED = (AltState.APPROVED, AltState.STALE)
"""States whose text is locked until a person says that it is to be edited."""


class EditorCorner(QObject):
    """Main thread."""

    next_wanted = Signal()
    """The text was approved: on to the next image that needs a person."""

    def __init__(self, session: AltSession, panel: EditorPanel, over: QWidget) -> None:
        super().__init__(over)
        self._session, self._panel, self._over = session, panel, over
        self._shown: tuple[int, str] = (0, "")
        self.previous: Callable[[], AltImage | None] = lambda: None
        """The image before the current one in the list."""
        self.selected: Callable[[], tuple[int, ...]] = tuple
        """The ids of the images that are selected in the list."""
        self.has_keys: Callable[[], bool] = lambda: False
        """Whether single keys decide where the focus is."""
        self.autosave = Autosave(session, self)
        self.autosave.changed.connect(self._show_state)
        self.linting = Linting(session, self)
        self.linting.ready.connect(self.show_findings)
        self._lint_soon = QTimer(self, singleShot=True, interval=_LINT_MS)
        self._lint_soon.timeout.connect(lambda: self.show_findings(aloud=True))
        session.leaving.connect(self._leave)
        session.chosen.connect(self._show_chosen)
        session.put.connect(self._image_changed)
        session.listed.connect(self._show_brief)
        self._connect()

    def _connect(self) -> None:
        panel = self._panel
        for field in (panel.alt, panel.extended):
            field.edited.connect(self._edited)
            field.left.connect(self.autosave.flush)
        bar = panel.decision
        bar.decided.connect(self.decide)
        bar.suggestion_taken.connect(self.take_suggestion)
        bar.group_wanted.connect(self.group_with_last)
        bar.lead_wanted.connect(self.lead_group)
        panel.lint.fixed.connect(self._fix)
        panel.lint.all_wanted.connect(self.fix_all)
        panel.state.approve.clicked.connect(self.approve)
        panel.state.edit.clicked.connect(self.edit)
        panel.state.review.clicked.connect(self.review)
        panel.state.facts.clicked.connect(self.ask_facts)
        panel.history.restore_wanted.connect(self._restore)
        panel.sections["history"].folded.connect(lambda _: self._read_history())
        panel.language_chosen.connect(self._session.choose_language)

    # --- what is shown -------------------------------------------------------------------

    def _leave(self) -> None:
        """Keep what is typed and have history told of it."""
        image_id = self._shown[0]
        if image_id:
            self.autosave.settle(image_id)

    def _show_chosen(self) -> None:
        session, panel = self._session, self._panel
        image, text = session.current, session.text
        self._shown = (session.current_id, session.language)
        typed = self.autosave.newest(*self._shown) or text
        panel.alt.show_text(typed.alt)
        panel.extended.show_text(typed.extended)
        self._show_brief()
        self._show_image(image)
        self._read_history()

    def _image_changed(self, image: AltImage) -> None:
        session, panel = self._session, self._panel
        if image.id != session.current_id:
            return
        if not self.autosave.holds(*self._shown):
            panel.alt.show_text(session.text.alt)
            panel.extended.show_text(session.text.extended)
        self._show_image(image)
        self._read_history()

    def _show_brief(self) -> None:
        session, panel = self._session, self._panel
        panel.alt.set_destination(session.brief.destination)
        image = session.current
        tags = [one.language for one in image.texts] if image is not None else []
        tags.append(session.language)
        if session.brief.language:
            panel.show_languages(tags_first(tags, session.brief.language), session.language)
        self.show_findings()

    def _show_image(self, image: AltImage | None) -> None:
        panel, text = self._panel, self._session.text
        panel.decision.show_image(image)
        panel.decision.with_last.setEnabled(self.previous() is not None)
        writes = image is not None and needs_text(image)
        for one in (panel.alt, panel.drafting, panel.extended):
            one.setVisible(writes)
        panel.drafting.setEnabled(writes)
        locked = image is None or text.state in FIXED
        for field in (panel.alt, panel.extended):
            field.set_locked(locked)
        panel.show_note(self._note(image, text))
        self._show_translation(image)
        self._show_state()
        self.show_findings()

    def _note(self, image: AltImage | None, text: AltText) -> str:
        if image is None:
            return ""
        why = self._why(image, text)
        if image.notes and text.state is not AltState.NEEDS_FACTS:
            note = fill(strings.KEPT_NOTE, note=image.notes)
            return f"{why}\n{note}" if why else note
        return why

    def _why(self, image: AltImage, text: AltText) -> str:
        """What keeps the text from being written or approved."""
        if is_led(image):
            lead = self._session.images.get(image.lead_id or 0)
            return fill(strings.LED_BY, name=lead.name if lead is not None else "?")
        if image.decision is Decision.DECORATIVE:
            return strings.DECORATIVE_NOTE
        if text.state is AltState.APPROVED:
            return strings.LOCKED_NOTE
        if text.state is AltState.NEEDS_FACTS and image.notes:
            return fill(strings.FACTS_NOTE, note=image.notes)
        return ""

    def _show_translation(self, image: AltImage | None) -> None:
        source = translation_source(image, self._session.language) if image is not None else ""
        self._panel.show_translation(source)

    def _show_state(self) -> None:
        image = self._session.current
        panel = self._panel
        if image is None:
            panel.state.show_text(None, can_approve=False, can_review=False)
            return
        saved = ""
        if self.autosave.holds(*self._shown):
            saved = strings.NOT_SAVED if self.autosave.has_failed else strings.SAVING
        can = image.decision is Decision.DECORATIVE or bool(panel.alt.text.strip())
        panel.state.show_text(
            self._session.text,
            can_approve=can and not is_led(image),
            can_review=self._has_words,
            saved=saved,
        )

    @property
    def _has_words(self) -> bool:
        panel = self._panel
        return bool(panel.alt.text.strip() or panel.extended.text.strip())

    # --- typing and findings -------------------------------------------------------------

    def _edited(self) -> None:
        image_id, language = self._shown
        if not image_id:
            return
        panel = self._panel
        self.autosave.take(Typed(image_id, language, panel.alt.text, panel.extended.text))
        self._show_state()
        self._lint_soon.start()

    def show_findings(self, *, aloud: bool = False) -> None:
        """What the rules say of the text as it stands in the fields."""
        panel, image = self._panel, self._session.current
        if image is None or not needs_text(image):
            panel.lint.show_findings((), 0, is_empty=True)
            return
        alt, extended = panel.alt.text, panel.extended.text
        findings, score = self.linting.look(image, alt, extended)
        aloud = aloud or self._lint_soon.isActive()  # typing goes on: what it finds was not said
        panel.lint.show_findings(findings, score, is_empty=not (alt or extended), aloud=aloud)
        panel.alt.mark([one for one in findings if one.field is Field.ALT])
        panel.extended.mark([one for one in findings if one.field is Field.EXTENDED])

    def _fix(self, finding: Finding) -> None:
        field = self._panel.alt if finding.field is Field.ALT else self._panel.extended
        if finding.fix is not None and not field.box.isReadOnly():
            field.put_text(finding.fix)
            self._after_fix()

    def fix_next(self) -> None:
        """The fix of the chosen finding, or of the first that has one."""
        if not self._panel.lint.fix_current():
            self._session.desk.say(strings.NO_FIX)

    def fix_all(self) -> None:
        panel, image = self._panel, self._session.current
        if image is None or panel.alt.box.isReadOnly():
            return
        alt, extended = self.linting.put_right(image, panel.alt.text, panel.extended.text)
        for field, text in ((panel.alt, alt), (panel.extended, extended)):
            if field.text != text:
                field.put_text(text)
        self._after_fix()

    def _after_fix(self) -> None:
        self._lint_soon.stop()
        self.show_findings()
        words = self._panel.lint.label.text()
        announce(self._panel, fill(strings.FIXED, findings=words))

    # --- decisions -----------------------------------------------------------------------

    def decide(self, decision: Decision) -> None:
        """A person says what the image is for, or all that are selected: GROUP groups them."""
        image, ids = self._session.current, self._targets()
        if image is None or (len(ids) == 1 and image.decision is decision):
            return
        name = strings.DECISIONS.get(decision, strings.NO_DECISION)
        words = fill(strings.CHANGE_DECISION, decision=name)
        if decision is Decision.UNDECIDED:
            words = strings.CHANGE_NO_DECISION
        what = image.name if len(ids) == 1 else strings.images(len(ids))
        said = fill(strings.DECIDED, name=what, decision=name)
        self._session.act(words, lambda kept: kept.decide(ids, decision), lambda _: self._say(said))

    def _targets(self) -> list[int]:
        """The current image, or all that are selected with it."""
        current, chosen = self._session.current_id, self.selected()
        return list(chosen) if len(chosen) > 1 and current in chosen else [current]

    def take_suggestion(self) -> None:
        """Decide as the program suggests."""
        image = self._session.current
        suggestion = image.suggestion if image is not None else None
        if image is None or suggestion is None:
            return
        members = [one for one in suggestion.group if one in self._session.images]
        if suggestion.decision is Decision.GROUP and len(members) > 1:
            self._group(members)
        else:
            self.decide(suggestion.decision)

    def group_with_last(self) -> None:
        """Have the image before this one, or its lead, carry the text for both."""
        image, last = self._session.current, self.previous()
        if image is None or last is None:
            return
        lead = last.lead_id if last.decision is Decision.GROUP and last.lead_id else last.id
        members = [
            one.id for one in self._session.images.values()
            if one.decision is Decision.GROUP and one.lead_id == lead
        ]  # fmt: skip
        self._group(list(dict.fromkeys((lead, *members, image.id))))

    def _group(self, ids: list[int]) -> None:
        words = fill(strings.CHANGE_DECISION, decision=strings.DECISIONS[Decision.GROUP])
        self._session.act(words, lambda kept: kept.group(ids, ids[0]))

    def lead_group(self) -> None:
        image = self._session.current
        if image is not None and is_led(image):
            number = image.id
            self._session.act(strings.LEAD_GROUP, lambda kept: kept.set_lead(number))

    # --- states --------------------------------------------------------------------------

    def approve(self) -> None:
        """Approve what stands there and go on; an approved text is only left."""
        image, text, ids = self._session.current, self._session.text, self._targets()
        if image is None:
            return
        is_done = text.state is AltState.APPROVED and not self.autosave.holds(*self._shown)
        if is_done and len(ids) == 1:
            self.next_wanted.emit()
            return
        self.autosave.flush(lambda: self._approve(image, ids, text.language))

    def _approve(self, image: AltImage, ids: list[int], language: str) -> None:
        session = self._session
        what = image.name if len(ids) == 1 else strings.images(len(ids))

        def done(result: AltApproved) -> None:
            refused = [failure(error) for _, error in result.refused]
            if refused and len(ids) > 1:
                self._say(strings.approved_some(len(ids) - len(refused), refused[0]))
            elif refused:
                self._say(refused[0])
                undecided = image.decision is Decision.UNDECIDED
                if image.id == session.current_id and undecided and not self.has_keys():
                    self.focus_decision()
            else:
                self._say(fill(strings.APPROVED_SAID, name=what))
            if image.id == session.current_id and image.id not in dict(result.refused):
                self.next_wanted.emit()

        session.act_verb(
            fill(strings.CHANGE_APPROVE, name=what),
            lambda cancel: session.kept.approve(ids, language, cancel),
            lambda result: result.done,
            done,
        )

    def edit(self) -> None:
        """Unlock an approved text; it is in review then. Other texts are only gone to."""
        image, text = self._session.current, self._session.text
        if image is None:
            return
        if text.state in FIXED:
            number, language = image.id, text.language
            self._session.act(
                fill(strings.CHANGE_EDIT, name=image.name),
                lambda kept: kept.unapprove([number], language),
                lambda _: self._unlocked(number),
            )
        else:
            self._panel.focus_alt()

    def _unlocked(self, number: int) -> None:
        self._say(strings.STATES[AltState.IN_REVIEW])
        if number == self._session.current_id:
            self._panel.focus_alt()

    def review(self) -> None:
        """Ready for somebody to look at; where nothing is written there is nothing to see."""
        if not self._has_words:
            return
        self._set_state(lambda kept, ids, tag: kept.set_state(ids, tag, AltState.IN_REVIEW),
                        AltState.IN_REVIEW)  # fmt: skip

    def ask_facts(self) -> None:
        """Ask what is missing, and leave it as a note."""
        image = self._session.current
        if image is None or self._session.text.state is AltState.APPROVED:
            return
        dialog = QInputDialog(self._over)
        dialog.setWindowTitle(strings.NEEDS_FACTS_TITLE)
        dialog.setLabelText(strings.NEEDS_FACTS_LABEL)
        dialog.setOkButtonText(strings.NEEDS_FACTS_GO)
        dialog.setTextValue(image.notes)
        dialog.textValueSelected.connect(lambda note: self.need_facts(note.strip()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def need_facts(self, note: str) -> None:
        """Facts are missing; `note` says which, and stays with the image."""
        image = self._session.current
        if image is None:
            return
        number, kept_note = image.id, image.notes
        if self._session.text.state is AltState.NEEDS_FACTS:
            self._session.keep_notes(number, image.name, lambda _: note)
            return

        def do(kept: object, ids: list[int], tag: str) -> AltDone:
            sets = self._session.kept
            if note != kept_note:
                sets.set_notes(number, note)
            return sets.needs_facts(ids, tag, note)

        self._set_state(do, AltState.NEEDS_FACTS)

    def _set_state(self, do: Callable[..., AltDone], state: AltState) -> None:
        image, language, ids = self._session.current, self._session.language, self._targets()
        if image is None:
            return
        what = image.name if len(ids) == 1 else strings.images(len(ids))
        words = fill(strings.CHANGE_STATE, state=strings.STATES[state], name=what)

        def perform() -> None:
            self._session.act(
                words, lambda kept: do(kept, ids, language), lambda _: self._say(words)
            )

        self.autosave.flush(perform)

    # --- history -------------------------------------------------------------------------

    def _read_history(self) -> None:
        """Only while it is open: it is read from the disk."""
        session, (image_id, language) = self._session, self._shown
        if not self._panel.sections["history"].is_open or not image_id:
            self._panel.history.show_lines(())
            return
        session.desk.fetch(
            lambda: session.kept.history(image_id, language),
            lambda lines: self._panel.history.show_lines(lines)
            if (image_id, language) == self._shown else None,
            failed=session.failed.emit,
            latest="alttext-history",
        )  # fmt: skip

    def _restore(self, event: object) -> None:
        image = self._session.current
        number = getattr(event, "id", 0)
        if image is None or not number:
            return
        words = fill(strings.CHANGE_RESTORE, name=image.name)
        self.autosave.flush(lambda: self._session.act(words, lambda kept: kept.restore(number)))

    # --- the rest ------------------------------------------------------------------------

    def focus_decision(self) -> None:
        next(iter(self._panel.decision.buttons.values())).setFocus()

    def _say(self, words: str) -> None:
        self._session.desk.say(words)


def needs_text(image: AltImage) -> bool:
    """Whether something is to be written for it: not for what is decorative, nor for an image
    whose group another one speaks for."""
    return image.decision is not Decision.DECORATIVE and not is_led(image)


def translation_source(image: AltImage, language: str) -> str:
    """The language of an approved text to translate from; "" where there is none, or no need."""
    if image.text(language).state in FIXED:
        return ""
    for one in image.texts:
        if one.language != language and one.state is AltState.APPROVED and one.alt:
            return one.language
    return ""
