"""The Ground pane: a picture with tools, phrases above it, objects beside it.

session         the open picture and its objects; every change goes through it, so Ctrl+Z works
pointing        the object that is being outlined: steps, outlines, what lies under the pointer
phrasing, counting      what is looked for and found; dots
hands           what a person does over the picture
items           all of that as items of the overlay engine
phrase_bar, answer_rows, state_chip, verdict_words      phrases and their verdicts
picture_panel, ground_canvas, tool_column, draft_bar    the middle
side_panel, objects_panel       what stands beside it
opening, masks_corner, phrases_corner   where pictures come from; which models; what is asked
"""
