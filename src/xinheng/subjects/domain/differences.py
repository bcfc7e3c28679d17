"""In what a reported name or code differs from a registered one, in words for whoever must decide (存疑确认)."""

from collections.abc import Iterable

from rapidfuzz.distance import Levenshtein

from xinheng.kernel.text import canonical_code, name_key

SAME = "一致"
_FEW = 3


def name_difference(*, reported: str, registered: str, former: Iterable[str] = ()) -> str:
    """Return how a reported name differs from the registered name and its former ones; :data:`SAME` where it does not.

    Spaces, brackets and separating punctuation do not count (``kernel.text.name_key``).

    >>> name_difference(reported="夔门云帆食品公司", registered="夔门云帆食品有限公司")
    '差2个字'
    >>> name_difference(reported="奉节云帆", registered="夔门云帆", former=["奉节云帆"])
    '与曾用名一致'
    """
    key = name_key(reported)
    if not key:
        return "来文没有名称"
    if key == name_key(registered):
        return SAME
    if key in {name_key(name) for name in former}:
        return "与曾用名一致"
    return f"差{Levenshtein.distance(key, name_key(registered))}个字"


def code_difference(*, reported: str, borne: Iterable[str]) -> str:
    """Return how a reported code differs from the codes that an organisation bears; :data:`SAME` where it is one of them.

    Compared place by place with codes of the same length; no place is repaired.

    >>> code_difference(reported="91500236MA00TE5T2X", borne=["91500236MA00TE5T2K"])
    '末位不同'
    >>> code_difference(reported="", borne=["91500236MA00TE5T2K"])
    '来文没有代码'
    """
    code = canonical_code(reported)
    if not code:
        return "来文没有代码"
    others = [canonical_code(other) for other in borne if other]
    if code in others:
        return SAME
    differing = [
        [place for place, (left, right) in enumerate(zip(code, other, strict=True), start=1) if left != right]
        for other in others
        if len(other) == len(code)
    ]
    nearest = min(differing, key=len, default=[])
    if nearest == [len(code)]:
        return "末位不同"
    if 0 < len(nearest) <= _FEW:
        return f"第{'、'.join(str(place) for place in nearest)}位不同"
    return "不同"
