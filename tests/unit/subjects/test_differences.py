"""Differences between a reported and a registered name or code, in words."""

import pytest

from xinheng.subjects.domain import SAME, code_difference, name_difference


@pytest.mark.parametrize(
    ("reported", "registered", "former", "told"),
    [
        ("夔门云帆（重庆）食品 有限公司", "夔门云帆(重庆)食品有限公司", [], SAME),
        ("夔门云帆食品公司", "夔门云帆食品有限公司", [], "差2个字"),
        ("奉节云帆", "夔门云帆", ["奉节云 帆"], "与曾用名一致"),
        ("", "夔门云帆", [], "来文没有名称"),
    ],
)
def test_names(reported, registered, former, told):
    assert name_difference(reported=reported, registered=registered, former=former) == told


@pytest.mark.parametrize(
    ("reported", "borne", "told"),
    [
        ("91500236ma00te5t2k", ["91500236MA00TE5T2K"], SAME),
        ("91500236MA00TE5T2X", ["91500236MA00TE5T2K", "500236000000001"], "末位不同"),
        ("91500236MA00TE5T21", ["91500237MA00TE5T2K"], "第8、18位不同"),
        ("915002360000000000", ["91500236MA00TE5T2K"], "不同"),
        ("500236", ["91500236MA00TE5T2K"], "不同"),
        ("", ["91500236MA00TE5T2K"], "来文没有代码"),
        ("500236000000001", ["91500236MA00TE5T2K", "500236000000001"], SAME),
        ("91500236MA00TE5T2K", [], "不同"),
    ],
)
def test_codes(reported, borne, told):
    assert code_difference(reported=reported, borne=borne) == told
