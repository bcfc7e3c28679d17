"""What the synthetic county offers to others."""

from xinheng.synth.services.county import county_write
from xinheng.synth.services.report import SynthCounty, SynthFile

__all__ = ["SynthCounty", "SynthFile", "county_write"]
