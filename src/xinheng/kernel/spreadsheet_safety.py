"""No cell that leaves the platform may run as a formula on somebody's desk (CSV injection)."""

_TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")


def neutralise(value: str) -> str:
    """Return ``value`` so that no spreadsheet program takes it for a formula: a leading apostrophe where needed.

    Plain negative numbers stay as they are.

    >>> neutralise("=HYPERLINK(1)")
    "'=HYPERLINK(1)"
    >>> neutralise("-12.5")
    '-12.5'
    """
    if not value.lstrip(" ").startswith(_TRIGGERS):
        return value
    digits = value[1:].replace(",", "").replace(".", "", 1)
    if value[0] == "-" and digits.isascii() and digits.isdigit():
        return value
    return "'" + value
