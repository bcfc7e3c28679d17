"""Requests that nobody means: what a browser, a script or an attacker could send to any route, drawn by Hypothesis."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings
from hypothesis import strategies as st

_SOURCE: Final = Path(settings.PROJECT) / "src" / "xinheng"
_ASKED: Final = re.compile(r"""(?:GET|POST|FILES)(?:\.get(?:list)?\(|\[)"(\w+)\"""")
_INPUT: Final = re.compile(r"""name="([a-z_]+)\"""")


def names_read() -> list[str]:
    """Return the names of parameters and fields that our views and templates have, read from the source."""
    found = {name for path in _SOURCE.rglob("*.py") for name in _ASKED.findall(path.read_text(encoding="utf-8"))}
    found |= {name for path in _SOURCE.rglob("*.html") for name in _INPUT.findall(path.read_text(encoding="utf-8"))}
    return sorted(found)


MORE: Final = (
    "organ_code",
    "role",
    "state",
    "is_superuser",
    "id",
    "next",
    "csrfmiddlewaretoken",
    "__class__",
    "page[]",
    "x" * 300,
)
NASTY: Final = (
    "", " ", "0", "-1", "1", "2", "99999999999999999999", "1e309", "NaN", "null", "true", "[]", "{}", "\x00", "\x7f", "\ufeff", "\u202e",
    "é" * 70_000, "演" * 5_000, "１２", "²", "2026-02-30", "0000-00-00", "9999-12-31", "2026-03", "2026-13", "10000-01", "../../etc/passwd",
    "..\\..\\x", "%00", "%s%n", "' OR 1=1 --", '";DROP TABLE x;--', "<script>alert(1)</script>", "{{7*7}}", "{% now %}", "${7*7}", "#{7*7}",
    "=1+1", "CERTIFIED", "administrative_penalty", "CSV", "处罚", "CF_WSH", "V01", "desc", "organ", "11500236DM0000240B", "11500236DM00000136",
    "national/clocks/display.yaml", "/etc/passwd", "00000000-0000-4000-8000-000000000000", "1" * 5_000,
)  # fmt: skip
"""Values that found something somewhere, and some of ours that open further doors."""

texts = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.integers().map(str),
    st.dates().map(str),
)
names = st.one_of(st.sampled_from([*names_read(), *MORE]), st.text("abcdefghijklmnop_", min_size=1, max_size=12))
parameters = st.dictionaries(names, st.one_of(texts, st.lists(texts, max_size=3)), max_size=6)
encoded = st.one_of(
    st.none(),
    st.sampled_from(["a=%ff%fe", "page=%00", "a=%", "=&&=;", "a" * 3_000, "q=%ed%a0%80", "[]=1&{}=2", "a=1" + "&a=1" * 900]),
)
files = st.dictionaries(
    st.sampled_from(["file", "list", "original", "attachment"]),
    st.tuples(
        st.sampled_from(
            ["处罚.csv", "../../x.csv", "a\x00b.xlsx", "x" * 300 + ".xlsx", "表.xls", "", ".", "CON", "a/b\\c.csv"]
        ),
        st.one_of(
            st.binary(max_size=200),
            st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"CF_WSH\n1\n", b"\xff\xfe" * 50]),
        ),
    ),
    max_size=1,
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request: how, where, with what."""

    method: str
    address: str
    data: Mapping[str, Any] = field(default_factory=dict)
    uploads: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    raw: bytes | None = None
    content_type: str = ""


@st.composite
def requests(draw: st.DrawFn, path: str, kinds: Mapping[str, str], known: Mapping[str, list[str]]) -> Request:
    """Draw a request to a route: mostly well formed enough to get into its code.

    Args:
        draw: Hypothesis's.
        path: the route's, with ``{names}``.
        kinds: name in the path → its converter (``int``, ``str``, ``slug``, ``uuid``).
        known: name → values that mean something that there is.
    """
    values = {name: quote(draw(_part(kind, known.get(name, []))), safe="") for name, kind in kinds.items()}
    address = path.format(**values)
    query = draw(encoded) if draw(st.integers(0, 5)) == 0 else None
    if query is None:
        pairs = [
            (name, one) for name, value in draw(parameters).items() for one in (value if isinstance(value, list) else [value])
        ]
        query = "&".join(f"{quote(name)}={quote(one)}" for name, one in pairs)
    method = draw(st.sampled_from(["get", "get", "post", "post", "post", "head", "put", "delete", "options"]))
    address += f"?{query}" if query else ""
    if method != "post":
        return Request(method, address)
    if draw(st.integers(0, 9)) == 0:
        kind = draw(
            st.sampled_from(["application/json", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain", "a"])
        )
        return Request(method, address, raw=draw(st.binary(max_size=60)), content_type=kind)
    return Request(method, address, data=draw(parameters), uploads=draw(files))


def _part(kind: str, known: list[str]) -> st.SearchStrategy[str]:
    """Return what may stand at a place of a path, so that the route is found."""
    free: Mapping[str, st.SearchStrategy[str]] = {
        "int": st.one_of(st.integers(0, 2**70).map(str), st.sampled_from(["0", "1", "9" * 60, "0" * 30 + "7"])),
        "slug": st.text("abcdefghijklmnopqrstuvwxyz-_0123456789", min_size=1, max_size=30),
        "uuid": st.uuids().map(str),
    }
    text = st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=1, max_size=20).filter(
        lambda part: part not in (".", "..")
    )
    drawn = free.get(
        kind, st.one_of(text, st.sampled_from(["\x00", "x" * 2_000, "{{7*7}}", "' OR 1=1", "%2e%2e", "FJ-20260331-0001"]))
    )
    return st.one_of(st.sampled_from(known), st.sampled_from(known), drawn) if known else drawn
