from .schemes import Scheme
from .targets import Target

__all__ = ["Scheme", "Target"]
