"""Files stay short enough to be read at one go."""

from django.conf import settings

AT_MOST = 400
FOLDERS = ("src", "tests", "tools", "bench")
WRITTEN = frozenset({".py", ".html", ".txt", ".scss", ".js", ".typ", ".sql", ".yaml"})
GENERATED = ("migrations", "node_modules", "__pycache__")


def test_no_file_that_we_wrote_is_longer_than_four_hundred_lines():
    too_long = {}
    for folder in FOLDERS:
        for path in (settings.PROJECT / folder).rglob("*"):
            if path.suffix not in WRITTEN or not path.is_file() or set(GENERATED) & set(path.parts):
                continue
            lines = path.read_bytes().count(b"\n")
            if lines > AT_MOST:
                too_long[str(path.relative_to(settings.PROJECT))] = lines
    assert too_long == {}
