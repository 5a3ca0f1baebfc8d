"""The Alt text pane: queue at the left, picture in the middle, editor at the right.

    session       the open set, its images, the one that is worked on; what is asked of the engine
    autosave      what is typed, kept a moment later
    drafting      one image's draft while it is written; batch_corner: drafts for a whole set
    suggesting    what the program would decide
    queue_*       the list at the left       picture_*     the picture and what lies over it
    editor_panel  the column at the right, put together from decision_bar, text_field, lint_panel,
                  candidates_panel, history_panel and state_line
    extras        what stands beside writing, and its commands:
      claims_*      claims with their evidence; known_ledgers, what was found of which text
      quiz_*        the blind quiz              structure_dialog  a description in parts
      listening     texts read out, pictures hidden; voice, the system's speech
      write*        approved texts into files   page*         pages in, and back after a look
      export*       tables, snippets, reports out; tables in
      long_task     one piece of work in the status line; report_dialog, what became of it

A further panel is a widget of its own, handed the session and put into the editor's column with
`EditorPanel.add_section`, or a dialog. It listens to `AltSession.chosen` and `put`, changes images
with `AltSession.act`, has typing kept first with `Autosave.flush(then)`, changes a text as if it
were typed with `TextField.put_text`, and shows boxes with `OverlayCanvas.show_items`.
"""
