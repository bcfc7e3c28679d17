"""Where the time of one check goes: ``python -m bench.check_parts FILE`` prints the seconds of each step as JSON."""

import json
import os
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

START = time.perf_counter()


def main(file: Path) -> dict[str, float]:
    """Check a file step by step, as the command does; ``start`` are the imports and the catalogue."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinheng.config.settings")
    import django

    django.setup()
    from xinheng.catalogue.selectors import catalogue_current
    from xinheng.intake.checking import CheckContext, check
    from xinheng.intake.reading import land
    from xinheng.intake.workbooks import findings_csv_write

    catalogue = catalogue_current()
    told = {"start": time.perf_counter() - START}
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        landed = land(file, out=Path(folder) / "landed.parquet", catalogue=catalogue, item_id=None)
        told["read and land"] = time.perf_counter() - start
        start = time.perf_counter()
        checked = check(landed=landed, catalogue=catalogue, context=CheckContext(on_date=date(2026, 11, 20)))
        told["rules, words, findings"] = time.perf_counter() - start
        start = time.perf_counter()
        findings_csv_write(checked.findings, out=Path(folder) / "findings.csv")
        told["findings as CSV"] = time.perf_counter() - start
    return told


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))))
