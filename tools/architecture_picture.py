"""Draw ``docs/images/architecture.svg``: the one way through the house, its layers, and who really imports whom.

The layers are import-linter's (pyproject.toml), the sentences are the packages' own docstrings, the dots are the imports
that grimp finds: a picture that no longer fits the code fails ``tests/architecture/test_architecture_picture.py``. Only
whether a context imports another is drawn, not how often, so that the picture changes when the architecture does.
"""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import grimp

PROJECT = Path(__file__).resolve().parents[1]
PICTURE = Path("docs/images/architecture.svg")

WIDTH, MARGIN = 1480, 40
ROW, ABOVE_AND_BELOW = 44, 509  # of a layer; what stands above and below them
INK, QUIET, LINE, PAPER, GROUND = "#1a2a36", "#4a5a68", "#b9c5cf", "#ffffff", "#f4f6f8"
BLUE = "#14507a"
TINTS = {"doors": "#dcebf5", "heart": "#dff0e4", "law": "#f8ecd0", "ground": "#e9edf1"}
GROUPS = {
    "doors": (
        "config",
        "operations",
        "workbench",
        "portal",
        "synth",
        "retention",
        "opendata",
        "monitoring",
        "reports",
        "exchange",
    ),
    "heart": ("publicity", "intake", "records", "subjects"),
    "law": ("rules", "catalogue"),
    "ground": ("notices", "accounts", "recheck", "tlog", "audit", "adapters", "kernel"),
}
GROUP_TITLES = {
    "doors": "doors",
    "heart": "records and the right to show them",
    "law": "the law as data",
    "ground": "ground",
}


@dataclass(frozen=True, slots=True)
class Station:
    """One step of the way: the context that does it, what it does, and what to know about it."""

    context: str
    title: str
    lines: tuple[str, ...]


WAY = (
    Station("", "a file", ("of a department:", "XLSX, XLS or CSV,", "with all the dirt", "that real files", "have")),
    Station("intake", "read", ("landed once as", "one table, numbers", "of persons masked,", "the original", "sealed")),
    Station("intake", "check", ("each rule is one", "expression; told is", "what is wrong, why,", "and how to mend", "it")),
    Station(
        "subjects", "match", ("whose row is it?", "One query over the", "register and its", "former names;", "never a guess")
    ),
    Station("intake", "certify", ("clerk and reviewer", "are two people;", "the database", "refuses one", "in both roles")),
    Station("records", "record", ("versions are only", "added; two times,", "one publication", "sequence without", "gaps")),
    Station(
        "publicity", "decide", ("may it be shown", "today? Asked at", "every reading, so", "nothing is shown", "a day too long")
    ),
)
DOORS = (
    ("portal", "pages", "search, records, lists"),
    ("publicity", "explain", "why (not) shown"),
    ("reports", "report", "signed, for its holder"),
    ("exchange", "upload", "to the city"),
)


def layers() -> list[str]:
    """Return the contexts from top to bottom, as import-linter holds them."""
    contracts = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    found = next(contract["layers"] for contract in contracts if contract.get("containers") == ["xinheng"])
    return [str(layer) for layer in found]


def rooms_of_a_context() -> list[str]:
    """Return the rooms inside a context from top to bottom, those of one floor joined."""
    contracts = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    floors = next(contract["layers"] for contract in contracts if "xinheng.intake" in contract.get("containers", []))
    return [" · ".join(re.findall(r"\w+", floor)) for floor in floors]


def imports() -> set[tuple[str, str]]:
    """Return (importer, imported) for every two contexts of which the first imports the second anywhere."""
    graph = grimp.build_graph("xinheng", include_external_packages=False)
    known = set(layers())
    pairs = set()
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            here, there = (module.split(".")[1] if "." in module else "" for module in (importer, imported))
            if here != there and {here, there} <= known:
                pairs.add((here, there))
    return pairs


def sentence(context: str) -> str:
    """Return what a context is: the first line of its package's docstring."""
    source = (PROJECT / "src" / "xinheng" / context / "__init__.py").read_text()
    return (ast.get_docstring(ast.parse(source)) or "").split("\n")[0]


def tint(context: str) -> str:
    """Return the colour of a context's group, paper for what is no context."""
    return next((TINTS[group] for group, contexts in GROUPS.items() if context in contexts), PAPER)


def text(x: float, y: float, words: str, *, size: int = 15, fill: str = INK, bold: bool = False, anchor: str = "start") -> str:
    """Return one line of text."""
    weight = ' font-weight="700"' if bold else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{fill}" text-anchor="{anchor}"{weight}>{escape(words)}</text>'


def box(x: float, y: float, width: float, height: float, *, fill: str = PAPER, stroke: str = LINE) -> str:
    """Return a box with slightly round corners."""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="7" fill="{fill}" stroke="{stroke}"/>'


def arrow(points: Sequence[tuple[float, float]], *, dashed: bool = False) -> str:
    """Return a line with a head at its last point."""
    path = "M" + " L".join(f"{x:g} {y:g}" for x, y in points)
    dash = ' stroke-dasharray="6 5"' if dashed else ""
    return f'<path d="{path}" fill="none" stroke="{QUIET}" stroke-width="1.8"{dash} marker-end="url(#head)"/>'


def way(top: float) -> Iterator[str]:
    """Yield the way of a record from a department's file to every door, with what feeds it and the ways back."""
    wide, gap, high = 158, 24, 168
    y = top + 150
    place = [MARGIN + number * (wide + gap) for number in range(len(WAY) + 1)]
    yield text(MARGIN, top + 18, "One way through the house", size=23, bold=True)
    yield text(
        MARGIN, top + 44, "A record says: under an item of the catalogue, an organ decided something about an organisation on a date.",
        fill=QUIET,
    )  # fmt: skip
    law_left, law_right = place[2], place[6] + wide
    yield box(law_left, top + 66, law_right - law_left, 46, fill=TINTS["law"])
    yield text((law_left + law_right) / 2, top + 86, "catalogue/: the law as data", bold=True, anchor="middle")
    note = "items, terms, code lists, calendar; every number with its reference and how far it may be trusted"
    yield text((law_left + law_right) / 2, top + 104, note, size=13, fill=QUIET, anchor="middle")
    for number in (2, 6):
        yield arrow([(place[number] + wide / 2, top + 112), (place[number] + wide / 2, y - 3)])
    yield text(place[2] + wide / 2 + 9, top + 136, "what to ask of a row", size=13, fill=QUIET)
    yield text(place[6] + wide / 2 - 9, top + 136, "rules: until when", size=13, fill=QUIET, anchor="end")
    for number, station in enumerate(WAY):
        x = place[number]
        yield box(x, y, wide, high, fill=tint(station.context))
        yield text(x + 12, y + 27, station.title, size=17, bold=True)
        yield text(x + 12, y + 47, station.context, size=13, fill=BLUE)
        for line, words in enumerate(station.lines):
            yield text(x + 12, y + 73 + 19 * line, words, size=13)
        yield arrow([(x + wide + 1, y + high / 2), (x + wide + gap - 3, y + high / 2)])
    for number, (context, title, words) in enumerate(DOORS):
        door = y + number * (high + 4) / len(DOORS)
        yield box(place[7], door, wide, 39, fill=TINTS["doors"])
        yield text(place[7] + 12, door + 17, title, size=14, bold=True)
        yield text(place[7] + wide - 12, door + 17, context, size=12, fill=BLUE, anchor="end")
        yield text(place[7] + 12, door + 33, words, size=12, fill=QUIET)
    yield from _ways_back(place, wide, y + high)


def _ways_back(place: Sequence[float], wide: float, bottom: float) -> Iterator[str]:
    """Yield what does not go straight on: marked rows, doubts, acts, and the end of a display."""
    middle = [x + wide / 2 for x in place]
    low = bottom + 42
    yield arrow([(middle[2], bottom + 1), (middle[2], low), (middle[0], low), (middle[0], bottom + 4)], dashed=True)
    yield text(
        (middle[0] + middle[2]) / 2, low + 20, "rows to mend go back, their cells marked", size=13, fill=QUIET, anchor="middle"
    )
    yield arrow([(middle[3], bottom + 1), (middle[3], low), (middle[4] - 30, low), (middle[4] - 30, bottom + 4)], dashed=True)
    yield text((middle[3] + middle[4] - 30) / 2, low + 20, "a doubt waits for a person", size=13, fill=QUIET, anchor="middle")
    yield box(place[5] - 18, low - 14, wide + 36, 64, fill=TINTS["heart"])
    yield text(middle[5], low + 8, "acts make versions too:", size=13, bold=True, anchor="middle")
    yield text(middle[5], low + 25, "revocation, repair, removal,", size=13, anchor="middle")
    yield text(middle[5], low + 41, "correction, hold, dispute", size=13, anchor="middle")
    yield arrow([(middle[5], low - 15), (middle[5], bottom + 4)])
    yield text(place[6] + 4, low + 4, "Past its last day a record is in no door.", size=13, fill=QUIET)
    yield text(place[6] + 4, low + 22, "No job hides it, so no stopped job shows it.", size=13, fill=QUIET)
    yield text(place[6] + 4, low + 40, "Public doors cannot ask for another day.", size=13, fill=QUIET)


def house(top: float) -> Iterator[str]:
    """Yield the layers from top to bottom, beside each the layers below that it imports."""
    order, pairs = layers(), imports()
    row, left, cell = ROW, MARGIN + 190, 34
    grid = WIDTH - MARGIN - cell * len(order)
    first = top + 168
    yield text(MARGIN, top + 18, "Layers", size=23, bold=True)
    yield text(MARGIN, top + 44, "A context knows only what lies below it, and of that only its public rooms:", fill=QUIET)
    yield text(MARGIN, top + 64, "services, selectors, domain, errors, expressions. make arch refuses the rest.", fill=QUIET)
    for number, (group, title) in enumerate(GROUP_TITLES.items()):
        x = MARGIN + (0, 90, 385, 525)[number]
        yield box(x, top + 86, 16, 16, fill=TINTS[group])
        yield text(x + 24, top + 99, title, size=14, fill=QUIET)
    yield text(grid - 12, first - 14, "imports", size=14, fill=QUIET, anchor="end")
    for number, context in enumerate(order):
        x = grid + cell * number + cell / 2
        yield f'<g transform="translate({x + 5:g} {first - 12:g}) rotate(-60)">{text(0, 0, context, size=14)}</g>'
    for number, context in enumerate(order):
        y = first + row * number
        yield box(MARGIN, y, 170, row - 8, fill=tint(context))
        yield text(MARGIN + 14, y + 24, context, size=16, bold=True)
        lines = wrapped(sentence(context), most=92)
        for line, words in enumerate(lines):
            yield text(left, y + 31 - 8 * len(lines) + 16 * line, words, size=13)
        yield f'<path d="M{grid:g} {y + row - 4:g} H{grid + cell * len(order):g}" stroke="{GROUND}"/>'
        for column, other in enumerate(order):
            x = grid + cell * column + cell / 2
            if other == context:
                yield f'<rect x="{x - 9:g}" y="{y + 9:g}" width="18" height="18" rx="3" fill="{tint(context)}" stroke="{LINE}"/>'
            elif (context, other) in pairs:
                yield f'<circle cx="{x:g}" cy="{y + 18:g}" r="6.5" fill="{BLUE}"/>'
    rooms = "  ›  ".join(rooms_of_a_context())
    yield text(MARGIN, first + row * len(order) + 22, "Rooms inside a context, top to bottom:", size=14, bold=True)
    yield text(MARGIN, first + row * len(order) + 44, rooms, size=14)
    yield text(
        grid, first + row * len(order) + 22, "Every dot lies right of the diagonal: nothing points up.", size=13, fill=QUIET,
    )  # fmt: skip


def wrapped(words: str, *, most: int) -> list[str]:
    """Return a sentence in lines of at most ``most`` columns; a Chinese character takes two."""
    lines = [""]
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if sum(2 if ord(char) > 0x2E7F else 1 for char in longer) > most:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def svg(parts: Iterable[str]) -> str:
    """Return a whole picture; its fonts are the reader's own."""
    fonts = "system-ui, 'Segoe UI', 'Noto Sans', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
    height = ABOVE_AND_BELOW + ROW * len(layers())
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="{fonts}" role="img" aria-labelledby="title">\n'
        "<!-- Drawn by tools/architecture_picture.py (`make docs`); do not edit. -->\n"
        '<title id="title">Xinheng: the way of a record through the contexts, and the layers they stand in</title>\n'
        '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        f'orient="auto-start-reverse"><path d="M0 0 L10 5 L0 10 z" fill="{QUIET}"/></marker></defs>\n'
        f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>\n'
    )
    return head + "\n".join(parts) + "\n</svg>\n"


def picture() -> str:
    """Return the picture as SVG; the same code gives the same bytes."""
    return svg([*way(MARGIN), *house(MARGIN + 470)])


if __name__ == "__main__":
    (PROJECT / PICTURE).write_text(picture())
