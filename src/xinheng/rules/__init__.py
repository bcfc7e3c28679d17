"""Rules (规则): until when a record is shown, from when it may be repaired, by when it must be reported."""
