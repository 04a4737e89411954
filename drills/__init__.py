"""Drills: a server is really broken, what it said and what it kept is counted: `make drills`, `make deploy-check`."""

PASSWORD = "only-for-the-drills"
