"""A demonstration: the real 2022 of a county, illustrative figures of last year and of this year, its people and its
records. Which years these are is said by the day on which it is made (`demo/years.py`).

Installed only with DEBUG=1, and imported by nobody but its own commands.
"""
