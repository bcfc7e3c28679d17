"""A Spark cluster of two executors on this machine, for the tests of this folder."""

import shutil
from pathlib import Path

import pytest

COMPARED = pytest.StashKey[list[tuple[int, int]]]()


@pytest.fixture(scope="session")
def compared(request):
    """Return where tests note the rows and findings of every file that they compared."""
    return request.config.stash.setdefault(COMPARED, [])


def pytest_terminal_summary(terminalreporter, config):
    if files := config.stash.get(COMPARED, []):
        rows, findings = (sum(column) for column in zip(*files, strict=True))
        terminalreporter.write_line(f"same on DuckDB and Spark: {len(files)} files, {rows:,} rows, {findings:,} findings")


@pytest.fixture(scope="session")
def spark_home(tmp_path_factory):
    """Return a home of Spark that may be written: ``local-cluster`` puts its workers' folders under it."""
    import pyspark

    assert shutil.which("java"), "Spark needs a Java 17 (Debian: openjdk-17-jre-headless)"
    home = tmp_path_factory.mktemp("spark-home")
    for path in Path(pyspark.__file__).parent.iterdir():
        if path.name != "work":
            (home / path.name).symlink_to(path)
    return home


@pytest.fixture
def spark(spark_home, monkeypatch):
    """Let checks of files of any size run on the cluster."""
    monkeypatch.setenv("SPARK_HOME", str(spark_home))
    monkeypatch.setenv("XINHENG_SPARK_MASTER", "local-cluster[2,1,2048]")
    monkeypatch.setenv("XINHENG_SPARK_FROM_ROWS", "0")
