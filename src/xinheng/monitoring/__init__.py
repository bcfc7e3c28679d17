"""Whether organs report in time, in full and in good quality (监测): deadlines, zero reports, gaps, quality, bulletin."""
