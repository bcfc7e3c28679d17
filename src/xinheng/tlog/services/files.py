"""The log's files under ``var/tlog``: tiles, bundles and the checkpoint, as they are served."""

import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from xinheng.adapters.storage import fsync_file, fsync_folder, var_dir
from xinheng.tlog.domain import Tile
from xinheng.tlog.errors import LogDamaged

CHECKPOINT = "checkpoint"
_PUBLIC_FOLDER, _PUBLIC_FILE = 0o755, 0o644
_AT_ONCE = 512
_SYNCED_AT_ONCE = 8


def log_folder() -> Path:
    """Return the folder of the log; a web server may serve it as it is."""
    return var_dir() / "tlog"


class LogFiles:
    """Reads and writes what is below one folder. A file appears whole and durable, or not at all."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it is made when something is written."""
        self.folder = folder

    def path(self, tile: Tile) -> Path:
        """Return where a tile or bundle is."""
        return self.folder / tile.path

    def read(self, tile: Tile) -> bytes:
        """Return a tile's or bundle's bytes.

        Raises:
            LogDamaged: it is not there.
        """
        try:
            return self.path(tile).read_bytes()
        except FileNotFoundError as error:
            raise LogDamaged(what=f"缺少文件 {tile.path}") from error

    def write(self, tiles: Iterable[tuple[Tile, bytes]], *, anew: bool = False) -> int:
        """Write tiles, hundreds at a time: beside their place, synced, renamed. Return how many were not there before.

        What is there with the same bytes stays untouched, so that a run that was cut is repeated to the same files.

        Raises:
            LogDamaged: one is there with other bytes, and not ``anew``.
        """
        written, waiting = 0, []
        for tile, content in tiles:
            path = self.path(tile)
            before = path.read_bytes() if path.is_file() else None
            if before == content:
                continue
            if before is not None and not anew:
                raise LogDamaged(what=f"文件 {tile.path} 已经有了，内容不同")
            waiting.append((path, content))
            if len(waiting) == _AT_ONCE:
                written += self._write(waiting)
                waiting = []
        return written + self._write(waiting)

    def checkpoint(self) -> bytes | None:
        """Return the published checkpoint, ``None`` before the first."""
        path = self.folder / CHECKPOINT
        return path.read_bytes() if path.is_file() else None

    def checkpoint_write(self, note: bytes) -> None:
        """Publish a checkpoint in place of the one before."""
        self._write([(self.folder / CHECKPOINT, note)])

    def partial_remove(self, tile: Tile) -> None:
        """Remove the partial forms of a tile that is full now (tlog-tiles lets a log do so)."""
        shutil.rmtree(self.folder / f"{Tile(tile.level, tile.index).path}.p", ignore_errors=True)

    def _write(self, files: list[tuple[Path, bytes]]) -> int:
        parts = []
        for path, content in files:
            self._folder(path.parent)
            part = path.with_name(f".{path.name}.part")
            part.write_bytes(content)
            part.chmod(_PUBLIC_FILE)
            parts.append((part, path))
        # Several at a time: the disk puts them together.
        with ThreadPoolExecutor(_SYNCED_AT_ONCE) as threads:
            list(threads.map(fsync_file, [part for part, _ in parts]))
        for part, path in parts:
            part.replace(path)
        for place in sorted({path.parent for path, _ in files}):
            fsync_folder(place)
        return len(files)

    def _folder(self, path: Path) -> None:
        """Make a folder that everybody may read, and the ones above it up to the log's own."""
        if path.is_dir():
            return
        if path != self.folder:
            self._folder(path.parent)
        path.mkdir(mode=_PUBLIC_FOLDER, exist_ok=True)
        path.chmod(_PUBLIC_FOLDER)
        fsync_folder(path.parent)
