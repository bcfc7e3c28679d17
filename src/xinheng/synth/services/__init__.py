"""What the synthetic county offers to others."""

from xinheng.synth.services.county import county_write
from xinheng.synth.services.practice import PRACTISED, practice_file_write
from xinheng.synth.services.report import SynthCounty, SynthFile

__all__ = ["PRACTISED", "SynthCounty", "SynthFile", "county_write", "practice_file_write"]
