"""The transparency log (公示存证日志): what was published, withdrawn and corrected, as hashes that nobody can take back."""
