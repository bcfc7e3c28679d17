"""The picture of the architecture shows the house as it is."""

from xml.etree import ElementTree as ET

from tools import architecture_picture as drawing


def test_the_picture_is_fresh():
    assert (drawing.PROJECT / drawing.PICTURE).read_text() == drawing.picture(), "run `make docs`"


def test_every_context_stands_in_it_and_every_dot_points_down():
    order, pairs = drawing.layers(), drawing.imports()
    words = "".join(ET.fromstring(drawing.picture()).itertext())
    assert [context for context in order if context not in words] == []
    assert {context for contexts in drawing.GROUPS.values() for context in contexts} == set(order), "a group for each"
    assert {station.context for station in drawing.WAY} | {context for context, *_ in drawing.DOORS} <= {"", *order}
    assert ("intake", "records") in pairs
    assert [pair for pair in pairs if order.index(pair[0]) > order.index(pair[1])] == []
