"""Statements written out in SQL, for what every board or every saved cell asks: to put such a statement together takes
Django several times as long as the database takes to answer it. Each module says which benchmark shows that.
"""
