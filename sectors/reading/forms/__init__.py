"""A form that a department fills in Excel, read as the draft of a sheet. No database is asked."""
