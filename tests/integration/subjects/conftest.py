"""Register files made of invented organisations."""

import csv
import gzip
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from xinheng.adapters.clock import CHINA
from xinheng.subjects import services
from xinheng.subjects.services import RegisterReport

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=CHINA)
Importer = Callable[..., RegisterReport]


@pytest.fixture
def register_file(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes rows as CSV (``.gz`` too) and gives the path."""

    def write(rows: Sequence[Mapping[str, str]], *, name: str = "register.csv", encoding: str = "utf-8-sig") -> Path:
        path = tmp_path / name
        opener = gzip.open if name.endswith(".gz") else open
        with opener(path, "wt", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(dict.fromkeys(key for row in rows for key in row)), restval="")
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


@pytest.fixture
def import_rows(register_file: Callable[..., Path]) -> Importer:
    """Return a function that imports rows given as dictionaries of Chinese headings."""

    def run(*rows: Mapping[str, str], now: datetime = NOW, dry_run: bool = False) -> RegisterReport:
        return services.register_import(path=register_file(rows), actor="tester", now=now, dry_run=dry_run)

    return run
