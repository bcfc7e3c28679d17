"""Reading YAML without its surprises, and with the line of every value.

YAML 1.1 reads ``0111`` as 73, ``no`` as false and ``12:30`` as 750. Here such plain scalars are refused instead of
guessed: an officer who means text puts it in quotes.
"""

import datetime as dt
import re
from dataclasses import dataclass, field

import yaml

from xinheng.catalogue.domain.problems import CatalogueProblem
from xinheng.kernel.shown import shown

Path = tuple[str | int, ...]
"""Where a value stands inside a file: ``("items", 0, "fields", 3, "key")``."""

DEEPEST = 20
"""How many collections may stand in each other; the catalogue's own files have seven."""
LONGEST_NUMBER = 18
"""Digits of a whole number; a longer one is text, and Python refuses to read thousands of digits."""

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_NULL = frozenset({"", "~", "null"})
_TRAPS = (
    (re.compile(r"(y|n|yes|no|on|off|true|false)\Z", re.IGNORECASE), "YAML 会把它读成“是”或“否”。"),
    (
        re.compile(
            r"[-+]?(0[0-9_]+|0[xob][0-9A-Fa-f_]+|[0-9][0-9_]*\.[0-9_]*([eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+|_*[0-9][0-9_]*)\Z"
        ),
        "YAML 会把它读成另一个数（如 0111 读成 73，1.10 读成 1.1）。",
    ),
    (re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9]*)?\Z"), "YAML 会把它按六十进制读成一个数。"),
    (re.compile(r"(NULL|Null)\Z"), "YAML 会把它读成空值。"),
)
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge", "value")
)


@dataclass
class ParsedFile:
    """One file as plain values, the line of each value, and what was refused while reading."""

    name: str
    value: dict[str, object] = field(default_factory=dict)
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[CatalogueProblem] = field(default_factory=list)

    def line_of(self, path: Path) -> int:
        """Return the line of ``path``, or of the nearest enclosing value; 0 for an empty file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 0)


def parse_yaml(*, name: str, text: str) -> ParsedFile:
    """Return the values and lines of one catalogue file; faults are problems, never exceptions."""
    parsed = ParsedFile(name=name)
    try:
        if not _is_plain(parsed, text):
            return parsed
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        parsed.problems.append(
            CatalogueProblem(
                file=name,
                line=mark.line + 1 if mark is not None else 0,
                what=f"不是有效的 YAML：{getattr(error, 'problem', None) or error}",
                why="文件读不出来，里面的内容都无法使用。",
                how="检查该行附近的缩进、引号和冒号；缩进只用空格。",
                rule="catalogue.yaml.unreadable",
            )
        )
        return parsed
    if root is None:
        return parsed
    if not isinstance(root, yaml.MappingNode):
        _refuse(
            parsed, root, what="文件最外层不是“键: 值”", why="目录文件按集合名分段。", how="以 items:、clocks: 等集合名开头。"
        )
        return parsed
    value = _value(parsed, root, ())
    assert isinstance(value, dict)
    parsed.value = value
    return parsed


def _is_plain(parsed: ParsedFile, text: str) -> bool:
    """Return whether the text is one document without references and of ordinary depth; what is not is refused here.

    Judged on the stream of events, which takes no stack and no copies: composing a deep file ends the process, references
    can stand in a circle or grow a page into gigabytes.

    Raises:
        yaml.YAMLError: it is no YAML.
    """
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            _refuse(
                parsed,
                event,
                what=f"使用了锚点或引用“{shown(event.anchor)}”",
                why="引用可以绕成圈，也可以把一页变成几个 GB；读的人也看不出写了什么。",
                how="把要重复的内容照写一遍。",
            )
            return False
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            _refuse(
                parsed,
                event,
                what=f"内容嵌套超过{DEEPEST}层",
                why="目录里没有这么深的内容，多半是括号或缩进写错了。",
                how="检查该行附近的括号和缩进。",
            )
            return False
    return True


def _refuse(parsed: ParsedFile, node: yaml.Node | yaml.Event, *, what: str, why: str, how: str) -> None:
    line = node.start_mark.line + 1 if node.start_mark is not None else 0
    parsed.problems.append(
        CatalogueProblem(file=parsed.name, line=line, what=what, why=why, how=how, rule="catalogue.yaml.surprise")
    )


def _value(parsed: ParsedFile, node: yaml.Node, path: Path) -> object:
    parsed.lines.setdefault(path, node.start_mark.line + 1)
    if node.tag not in _PLAIN_TAGS:
        _refuse(
            parsed,
            node,
            what=f"使用了类型标签“{node.tag}”",
            why="目录文件只有文字、数字、日期和是否。",
            how="删去标签，直接写值。",
        )
        return None
    if isinstance(node, yaml.MappingNode):
        result: dict[object, object] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                _refuse(
                    parsed,
                    key_node,
                    what="键不是一个词",
                    why="目录文件的键是字段名，不是清单或另一组键值。",
                    how="检查该行的问号、括号和冒号。",
                )
                continue
            key = _value(parsed, key_node, (*path, f"<{key_node.start_mark.index}>"))
            label = key.isoformat() if isinstance(key, dt.date) else str(key)
            parsed.lines[*path, label] = key_node.start_mark.line + 1
            if key in result:
                _refuse(
                    parsed,
                    key_node,
                    what=f"键“{label}”写了两次",
                    why="YAML 会悄悄只留后一个，前一个的内容就丢了。",
                    how="删去多余的一个，或者合并成一个。",
                )
            result[key] = _value(parsed, value_node, (*path, label))
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_value(parsed, child, (*path, index)) for index, child in enumerate(node.value)]
    assert isinstance(node, yaml.ScalarNode)
    return _scalar(parsed, node)


def _scalar(parsed: ParsedFile, node: yaml.ScalarNode) -> object:
    text: str = node.value
    plain = not node.style
    if plain and text in _NULL:
        return None
    if plain and text in {"true", "false"}:
        return text == "true"
    if plain and _INTEGER.match(text) and len(text) <= LONGEST_NUMBER:
        return int(text)
    if plain and _DATE.match(text):
        return _date(parsed, node)
    trap = next((why for pattern, why in _TRAPS if pattern.match(text)), None) if plain else None
    if trap is not None:
        _refuse(
            parsed,
            node,
            what=f"未加引号的值“{text}”会被误读",
            why=trap,
            how=f'是文字就加引号："{text}"；是“是/否”就写 true 或 false。',
        )
    return text


def _date(parsed: ParsedFile, node: yaml.ScalarNode) -> dt.date | None:
    try:
        return dt.date.fromisoformat(node.value)
    except ValueError:
        _refuse(
            parsed,
            node,
            what=f"日期“{node.value}”不存在",
            why="期限从日期算起，错一天都不行。",
            how="改成真实的日期，如 2026-04-01。",
        )
        return None
