"""What is handed out as files: lists of figures, findings and steps (`lists`), sheets as filled forms (`forms`).

`files` writes lists as .xlsx and .csv row by row. Whose rows they are is what `for_user` says, as on the pages.
"""
