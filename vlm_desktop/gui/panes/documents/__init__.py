"""The Documents pane: pages at the left, a page with its words, its fields as a form.

session         the open document: reading, sheet, field and page in sight; asks the engine
opening, batch  where documents come from; many at once
queue_list, page_list, word_list    what is at the left
page_panel, page_canvas, page_shapes, page_loader    the page and what lies over it
fields_panel, field_row, table_field, checks_panel   the form
table_lines     lines of a table that are moved over the page
schema_dialog, export_dialog        what is asked for, what goes out
"""
