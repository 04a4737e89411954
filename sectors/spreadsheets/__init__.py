"""A sheet as an .xlsx file, and a filled file back: what it would change, what is wrong in it, and storing it."""
