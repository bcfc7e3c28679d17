"""Whether this is a demonstration: then every page and every document says that its content is invented."""

from pathlib import Path

from django.conf import settings

DEMO_WORDS = "演示数据：内容均为虚构，不是任何真实单位的信息。"


def demo_lines() -> list[str]:
    """Return the line that a document starts with in a demonstration, else nothing."""
    return [DEMO_WORDS] if settings.XINHENG_DEMO else []


def demo_path(path: Path) -> Path:
    """Return where a file that leaves the platform is written: a demonstration says so in the name."""
    if not settings.XINHENG_DEMO or "演示数据" in path.name:
        return path
    return path.with_name(f"{path.stem}-演示数据{path.suffix}")
