"""Run one command and write what it cost: ``launch.py OUT COMMAND…`` writes ``{"seconds", "peak_kib", "code"}`` to OUT.

A process inherits the peak memory of the one that starts it (the kernel counts the copied address space until the new
program replaces it), and the bench itself grows by gigabytes while it makes data. This small process stands between.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path


def main(out: Path, argv: list[str]) -> None:
    """Run the command with this process's environment and streams."""
    start = time.perf_counter()
    process = subprocess.Popen(argv)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    told = {"seconds": seconds, "peak_kib": usage.ru_maxrss, "code": process.returncode}
    out.write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
