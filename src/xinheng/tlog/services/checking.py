"""Check the log from end to end (``xinheng log fsck``): database, files and signatures must tell the same, leaf by leaf."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from xinheng.adapters.database import one_state
from xinheng.audit.services import event_record
from xinheng.tlog.domain import (
    ENTRIES,
    HASH_BYTES,
    TILE_WIDTH,
    Growth,
    LogKey,
    NoteNotBelieved,
    Tile,
    bundle_of,
    bundle_read,
    checkpoint_read,
    tile_at,
    tiles_of,
)
from xinheng.tlog.errors import LogDamaged
from xinheng.tlog.models import LogCheckpoint, PublishingStop
from xinheng.tlog.selectors.sources import EVENTS, LOST, PROJECTIONS, SOURCES
from xinheng.tlog.services.files import CHECKPOINT, LogFiles, log_folder
from xinheng.tlog.services.keys import known_key
from xinheng.tlog.services.stopping import publishing_stop
from xinheng.tlog.services.writing import entries_read, partial_of, writer_alone

_AT_ONCE = 20_000
_PROBLEMS_AT_MOST = 20

# Leaves with what they should hold; without a salt only an erasure on record is right.
_LEAVES = f"""
SELECT l.leaf_index, l.entry, e.entry, s.leaf_index IS NOT NULL, g.leaf_index IS NOT NULL, coalesce(g.ground = %(lost)s, false)
FROM tlog_logleaf l
LEFT JOIN ({EVENTS}) e USING (leaf_index)
LEFT JOIN tlog_logsalt s USING (leaf_index)
LEFT JOIN tlog_logerasure g USING (leaf_index)
WHERE l.leaf_index >= %(begin)s AND l.leaf_index < %(end)s ORDER BY l.leaf_index
"""  # noqa: S608 - put together from literals of our own

_BATCHES = """
SELECT min(first_index) FROM (
    SELECT first_index, lag(first_index + last - first + 1, 1, 0::bigint) OVER (ORDER BY first_index) AS due
    FROM tlog_logbatch WHERE first_index IS NOT NULL
) placed WHERE first_index <> due
"""

# Every version of the source is in exactly one batch: the batches follow each other from the first position to the last.
_COVERED = """
SELECT min(first) FROM (
    SELECT first, lag(last + 1, 1, (SELECT min(position) FROM {view})) OVER (ORDER BY first) AS due
    FROM tlog_logbatch WHERE source = '{source}'
) queued WHERE first <> due
"""
_TO_THE_END = """
SELECT coalesce((SELECT max(last) FROM tlog_logbatch WHERE source = '{source}'), 0)
    = coalesce((SELECT max(position) FROM {view}), 0)
"""
_NAMED = """
SELECT count(*) FROM {view} r FULL JOIN (SELECT name FROM tlog_logbatch WHERE source = '{source}') b USING (name)
WHERE r.position IS NULL OR b.name IS NULL
"""
_PROJECTED = """
SELECT min(coalesce(p.position, r.position)) FROM {projection} p LEFT JOIN {view} r ON r.position = p.position
WHERE r.digest IS DISTINCT FROM p.digest
"""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that does not belong together. ``index``: the first leaf that it concerns, ``None`` where it is none."""

    what: str
    index: int | None = None

    def __str__(self) -> str:
        return self.what if self.index is None else f"第{self.index}项：{self.what}"


@dataclass(slots=True)
class LogReport:
    """What a check found: leaves and checkpoints looked at, salts erased, leaves that lost their content, and the problems."""

    size: int = 0
    checkpoints: int = 0
    erased: int = 0
    lost: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether everything belongs together."""
        return not self.problems

    @property
    def first(self) -> Problem | None:
        """The problem with the lowest leaf; one that concerns no leaf only if there is no other."""
        of_leaves = [problem for problem in self.problems if problem.index is not None]
        return min(of_leaves, key=lambda problem: problem.index or 0, default=next(iter(self.problems), None))

    def add(self, what: str, index: int | None = None) -> None:
        """Note a problem, unless there are so many that more would tell nothing."""
        if len(self.problems) < _PROBLEMS_AT_MOST:
            self.problems.append(Problem(what, index))


def log_check(*, now: datetime, actor: str = "system", stops: bool = True) -> LogReport:
    """Check everything: every leaf against the row it stands for, every file, every checkpoint; name the first bad leaf.

    Problems stop publishing (:func:`publishing_stop`, cause ``LOG``) unless ``stops`` is false; sound or not, the outcome goes
    to the event log. What waits for the next run of the writer is no problem.

    Raises:
        LogBusy: another process writes the log.
    """
    report = LogReport()
    with writer_alone(), one_state():
        _check(report, LogFiles(log_folder()), known_key())
    event_record(
        action="tlog.log.checked",
        actor=actor,
        target=("log", "tlog"),
        at=now,
        leaves=report.size,
        problems=len(report.problems),
    )
    if report.first is not None and stops:
        publishing_stop(actor=actor, reason=f"公示存证日志核对不一致：{report.first}", now=now, cause=PublishingStop.Cause.LOG)
    return report


def tiles_rebuild() -> int:
    """Write every tile and bundle anew from the database and return how many files were written.

    Only if the database's entries come to the root of every checkpoint that was ever signed: damaged files are made right,
    a damaged database never becomes the truth.

    Raises:
        LogBusy: another process writes the log.
        LogDamaged: the database's entries are not those that were signed; nothing was written.
    """
    key, files = known_key(), LogFiles(log_folder())
    with writer_alone():
        report = LogReport()
        size = _checkpoints_check(report, key)
        if not report.is_sound:
            raise LogDamaged(what=str(report.first))
        if not size:
            return 0
        grown = Growth()
        written = files.write(grown.add(entries_read(0, size)), anew=True)
        written += files.write(grown.partial(), anew=True)
        written += files.write(_earlier(files, size), anew=True)
        note = LogCheckpoint.objects.get(size=size).note.encode()
        if files.checkpoint() != note:
            files.checkpoint_write(note)
            written += 1
    return written


def _check(report: LogReport, files: LogFiles, key: LogKey) -> None:
    _sources_check(report)
    size = _checkpoints_check(report, key, files=files)
    report.size = size
    _published_check(report, files, key, size)
    _rows_check(report, size)
    _strays_check(report, files, size)
    _projections_check(report)


def _sources_check(report: LogReport) -> None:
    """Hold the batches to the sources: nothing was ever left out, nothing is in twice."""
    with connection.cursor() as cursor:
        cursor.execute(_BATCHES)
        (broken,) = cursor.fetchone()
        if broken is not None:
            report.add("入册顺序断了或者重了", broken)
        for source, view in SOURCES.items():
            if source in PROJECTIONS:
                cursor.execute(_COVERED.format(source=source, view=view))
                (gap,) = cursor.fetchone()
                if gap is not None:
                    report.add(f"公示序号{gap}之前有版本没有排队入册，或者排了两次")
                cursor.execute(_TO_THE_END.format(source=source, view=view))
                if not cursor.fetchone()[0]:
                    report.add("最后的版本没有排队入册，或者排了队的版本不见了")
            else:
                cursor.execute(_NAMED.format(source=source, view=view))
                (missing,) = cursor.fetchone()
                if missing:
                    report.add(f"有{missing}份目录没有排队入册，或者入了册的不见了")


def _projections_check(report: LogReport) -> None:
    with connection.cursor() as cursor:
        for source, projection in PROJECTIONS.items():
            cursor.execute(_PROJECTED.format(projection=projection, view=SOURCES[source]))
            (position,) = cursor.fetchone()
            if position is not None:
                report.add(f"公示序号{position}：当前记录与它的版本不符（xinheng record rebuild 可以重建当前记录）")


def _checkpoints_check(report: LogReport, key: LogKey, *, files: LogFiles | None = None) -> int:
    """Hold the database's entries to every checkpoint, and the files, where given, to the entries; return the newest size."""
    due = {one.size: one for one in LogCheckpoint.objects.order_by("size")}
    report.checkpoints = len(due)
    for one in due.values():
        try:
            head = checkpoint_read(one.note.encode(), key)
        except NoteNotBelieved as error:
            report.add(f"规模{one.size}的检查点不能采信（{error}）")
            continue
        if (head.size, head.root) != (one.size, bytes(one.root)):
            report.add(f"规模{one.size}的检查点与签名文本不符")
    size = max(due, default=0)
    grown = Growth()
    for tile, content in _grown(report, grown, size, due):
        if files is not None:
            _file_check(report, files, tile, content)
    return size


def _grown(report: LogReport, grown: Growth, size: int, due: Mapping[int, LogCheckpoint]) -> Iterator[tuple[Tile, bytes]]:
    try:
        for entry in entries_read(0, size):
            yield from grown.add([entry])
            kept = due.get(grown.size)
            if kept is not None and grown.root() != bytes(kept.root):
                report.add(f"数据库的条目算出的根与规模{grown.size}的检查点不符")
    except LogDamaged as error:
        report.add(str(error.params["what"]), grown.size)
        return
    if grown.size != size:
        report.add("数据库里缺这一项和之后的各项", grown.size)
    yield from grown.partial()


def _file_check(report: LogReport, files: LogFiles, tile: Tile, content: bytes) -> None:
    path = files.path(tile)
    found = path.read_bytes() if path.is_file() else None
    if found == content:
        return
    first = (tile.index * TILE_WIDTH) * TILE_WIDTH ** max(tile.level, 0)
    if found is None:
        report.add(f"缺少文件 {tile.path}", first)
        return
    report.add(f"文件 {tile.path} 与数据库的条目不符", first + _first_other(tile, found, content))


def _first_other(tile: Tile, found: bytes, content: bytes) -> int:
    """Return how many leaves into the tile the first difference lies."""
    if tile.level == ENTRIES:
        try:
            pairs = zip(bundle_read(found), bundle_read(content), strict=False)
            return next((at for at, (one, other) in enumerate(pairs) if one != other), 0)
        except ValueError:
            return 0
    pairs_of_bytes = zip(found, content, strict=False)
    at = next((place for place, (one, other) in enumerate(pairs_of_bytes) if one != other), min(len(found), len(content)))
    return int((at // HASH_BYTES) * TILE_WIDTH**tile.level)


def _published_check(report: LogReport, files: LogFiles, key: LogKey, size: int) -> None:
    published = files.checkpoint()
    if published is None:
        if size:
            report.add(f"缺少文件 {CHECKPOINT}")
        return
    try:
        head = checkpoint_read(published, key)
    except NoteNotBelieved as error:
        report.add(f"公布的检查点不能采信（{error}）")
        return
    kept = LogCheckpoint.objects.filter(size=head.size).first()
    if kept is None or kept.note.encode() != published or head.size != size:
        report.add(f"公布的检查点（规模{head.size}）不是数据库里最新的（规模{size}）")


def _rows_check(report: LogReport, size: int) -> None:
    """Hold every leaf to the row that it stands for now."""
    for begin in range(0, size, _AT_ONCE):
        with connection.cursor() as cursor:
            cursor.execute(_LEAVES, {"begin": begin, "end": min(begin + _AT_ONCE, size), "lost": LOST})
            for index, entry, expected, is_salted, is_erased, is_lost in cursor.fetchall():
                if not is_salted:
                    report.lost += is_lost
                    report.erased += not is_lost
                    if not is_erased:
                        report.add("盐不见了，没有销毁的记载", index)
                elif is_erased:
                    report.add("记载已经销毁的盐还在", index)
                elif expected is None:
                    report.add("它对应的内容在数据库里找不到", index)
                elif bytes(entry) != bytes(expected):
                    report.add("它对应的内容、盐或者条目被改动过", index)


def _strays_check(report: LogReport, files: LogFiles, size: int) -> None:
    """Look at the files that no tile of this size is: partial tiles of earlier sizes, which begin the later ones; no others."""
    now = {(tile.level, tile.index): tile for tile in tiles_of(size)}
    root = files.folder / "tile"
    for path in sorted(root.rglob("*")) if root.is_dir() else []:
        if not path.is_file() or path.name.startswith("."):
            continue
        place = path.relative_to(files.folder).as_posix()
        tile = tile_at(place)
        later = now.get((tile.level, tile.index)) if tile is not None else None
        if tile is not None and tile == later:
            continue
        if (
            tile is None
            or later is None
            or tile.width > later.width
            or path.read_bytes() != _beginning(files, later, tile.width)
        ):
            report.add(f"文件 {place} 不是日志的一部分，或者被改动过")


def _earlier(files: LogFiles, size: int) -> Iterator[tuple[Tile, bytes]]:
    """Yield the partial tiles of earlier checkpoints that are not full yet: a log serves them as long."""
    now = {(tile.level, tile.index): tile for tile in partial_of(size)}
    for earlier in LogCheckpoint.objects.filter(size__lt=size).values_list("size", flat=True):
        for tile in partial_of(earlier):
            later = now.get((tile.level, tile.index))
            content = _beginning(files, later, tile.width) if later is not None else None
            if content is not None:
                yield tile, content


def _beginning(files: LogFiles, later: Tile, width: int) -> bytes | None:
    """Return what the tile held when it was so wide, ``None`` where it cannot be read now."""
    path = files.path(later)
    content = path.read_bytes() if path.is_file() else b""
    if later.level != ENTRIES:
        return content[: width * HASH_BYTES]
    try:
        return bundle_of(bundle_read(content)[:width])
    except ValueError:
        return None
