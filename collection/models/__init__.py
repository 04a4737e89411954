from .figures import PartChange, PartFigure, PartStep, TakenCell
from .parts import PartLink, PartRequest, PartUrge, StationPart
from .stations import Station

__all__ = [
    "PartChange",
    "PartFigure",
    "PartLink",
    "PartRequest",
    "PartStep",
    "PartUrge",
    "Station",
    "StationPart",
    "TakenCell",
]
