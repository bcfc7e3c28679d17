"""Invented organisations, records, dirt: columns in memory, no files, no clock."""

from xinheng.synth.domain.dirt import Outcome

__all__ = ["Outcome"]
