"""A demonstration: the real 2022 of a county, an illustrative 2023, its people and its records.

Installed only with DEBUG=1, and imported by nobody but its own commands.
"""
