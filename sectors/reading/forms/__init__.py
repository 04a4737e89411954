"""A form that a department fills in Excel, read as the draft of a sheet. Pure: no database."""
