"""The check itself, and what it asks the doors."""

from xinheng.recheck.services.checking import Breach, Rechecked, public_check
from xinheng.recheck.services.doors import InProcess, OverHttp

__all__ = ["Breach", "InProcess", "OverHttp", "Rechecked", "public_check"]
