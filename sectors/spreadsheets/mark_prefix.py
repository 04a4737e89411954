"""What every hidden mark of a downloaded sheet begins with. Pure: no database."""

PREFIX = "zhibao:"
