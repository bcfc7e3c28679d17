"""What comments cite can be found in the repository."""

import re

from django.conf import settings

PAGE = (settings.PROJECT / "docs" / "standards.md").read_text()
SOURCES = [path for folder in ("src", "tests", "tools") for path in sorted((settings.PROJECT / folder).rglob("*.py"))]


def test_every_cited_section_of_the_standards_is_explained():
    cited = set()
    for path in SOURCES:
        for match in re.findall(r"standards(?:\.md)? ((?:§[\d.]+\d(?:, )?)+)", path.read_text()):
            cited |= set(re.findall(r"§[\d.]+", match))
    explained = set(re.findall(r"§[\d.]+", PAGE))
    # A subsection is explained where its section is.
    assert {section for section in cited if not {section, section.split(".")[0]} & explained} == set()
    assert len(cited) > 5


def test_every_cited_decision_exists():
    numbers = {path.name[:4] for path in (settings.PROJECT / "docs" / "adr").glob("*.md")}
    wrong = []
    for path in SOURCES:
        wrong += [f"{path}: ADR {number}" for number in re.findall(r"ADR (\d{4})", path.read_text()) if number not in numbers]
    assert wrong == []


def test_nothing_cites_documents_that_are_not_here():
    wrong = [
        str(path) for path in SOURCES if re.search(r"\b(technology|architecture|product|ux|style)\.md[ ,]", path.read_text())
    ]
    assert [path for path in wrong if not path.endswith("test_citations.py")] == []
