"""Assessment schemes as files: what may stand in one, reading it, and what it must not contradict."""
