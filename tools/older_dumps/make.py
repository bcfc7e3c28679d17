"""Make a dump of a synthetic county as an earlier commit stored it: ``python -m tools.older_dumps.make COMMIT NAME``.

The earlier tree runs itself, in a worktree and a folder of their own: its command line, its factories, its migrations. What it stored
goes into ``tests/integration/migrations/NAME.sql.gz``, as plain SQL that servers from 15 on read, and what its doors answered beside it
(``NAME.json.gz``). At a release run it for the release's commit; the test finds every dump that is there. Synthetic data only.
"""

import gzip
import os
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / "tests" / "integration" / "migrations"
_LEFT_OUT = ("\\restrict", "\\unrestrict", "SET transaction_timeout")
"""Beginnings of lines that only psql or only newer servers understand."""


def main() -> None:
    """Make the dump that the command line names."""
    commit, name = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        tree, var = Path(folder) / "tree", Path(folder) / "var"
        subprocess.run(["git", "-C", PROJECT, "worktree", "add", "--quiet", "--detach", tree, commit], check=True)
        try:
            given = {
                "PYTHONPATH": f"{tree / 'src'}:{tree}",
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                "XINHENG_TEST_VAR": str(var),
                "XINHENG_MASTER_KEY": "5a" * 32,
            }
            story = Path(__file__).with_name("story.py")
            done = [sys.executable, story, Path(folder) / "dump.sql", Path(folder) / "told.json"]
            subprocess.run(done, cwd=tree, env=os.environ | given, check=True)
        finally:
            subprocess.run(["git", "-C", PROJECT, "worktree", "remove", "--force", tree], check=True)
        lines = (Path(folder) / "dump.sql").read_text(encoding="utf-8").splitlines(keepends=True)
        text = "".join(line for line in lines if not line.startswith(_LEFT_OUT))
        (FOLDER / f"{name}.sql.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
        (FOLDER / f"{name}.json.gz").write_bytes(gzip.compress((Path(folder) / "told.json").read_bytes(), mtime=0))


if __name__ == "__main__":
    main()
