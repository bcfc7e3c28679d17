"""``xinheng docs``: write the generated reference pages; a test compares them with what the code says now."""

from collections.abc import Callable
from pathlib import Path

import click
from django.apps import apps
from django.conf import settings

from xinheng.catalogue.selectors import catalogue_current
from xinheng.catalogue.services import reference_page, schema_text
from xinheng.intake import checking

_MARK = "<!-- generated below: `make docs` -->"


def glossary() -> str:
    """Return GLOSSARY.md: the hand-written terms, then every table, column and catalogue field with its Chinese term."""
    head = (settings.PROJECT / "GLOSSARY.md").read_text().split(_MARK)[0]
    lines = [head.rstrip(), "", _MARK, "", "## Tables and columns", "", "| table | column | 中文 |", "|---|---|---|"]
    for model in sorted(apps.get_models(), key=lambda model: model._meta.db_table):  # noqa: SLF001 - Django's public-by-habit name
        meta = model._meta  # noqa: SLF001
        if not model.__module__.startswith("xinheng."):
            continue
        lines.append(f"| {meta.db_table} | | {meta.verbose_name} |")
        lines += [f"| {meta.db_table} | {field.name} | {field.verbose_name} |" for field in meta.fields if field.name != "id"]
    lines += ["", "## Catalogue fields", "", "| item | field | national code | 中文 |", "|---|---|---|---|"]
    for item in sorted(catalogue_current().items, key=lambda item: item.id):
        lines += [f"| {item.id} | {field.name} | {field.key} | {field.title} |" for field in item.fields]
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, Callable[[], str]]:
    """Return every generated page: where it stands (below the project) and how it is made."""
    return {
        Path("GLOSSARY.md"): glossary,
        Path("docs/reference/catalogue.md"): lambda: reference_page(catalogue=catalogue_current()),
        Path("docs/reference/checks.md"): lambda: checking.reference_page(catalogue=catalogue_current()),
        Path("catalogue/_schema/catalogue_file.json"): schema_text,
    }


@click.command()
@click.option("--check", is_flag=True, help="只比较，不写；有过期的页则退出码为 1")
def docs(*, check: bool) -> None:
    """重新生成参考文档（目录、检查规则、术语表）。"""
    stale = []
    for relative, make in pages().items():
        path = settings.PROJECT / relative
        text = make()
        if not path.exists() or path.read_text() != text:
            stale.append(str(relative))
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
    click.echo("\n".join(stale) if stale else "全部是最新的。")
    if check and stale:
        raise SystemExit(1)
