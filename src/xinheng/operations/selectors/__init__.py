"""What is wrong with this deployment, and how to mend it (``xinheng doctor``)."""

from xinheng.operations.selectors.doctor import findings

__all__ = ["findings"]
