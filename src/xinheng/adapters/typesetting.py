"""Sets a page from a Typst template and plain data: the same input gives the same bytes."""

import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings


class FontsNotBuilt(Exception):
    """The fonts are not where ``XINHENG_FONTS`` says; they come with the front-end assets."""


@lru_cache(maxsize=4)
def _compiler(template: Path, fonts: Path) -> typst.Compiler:
    """Return a compiler that knows these fonts and no others; making one costs more than a page."""
    if not any(fonts.glob("*.ttf")):
        raise FontsNotBuilt(fonts)
    return typst.Compiler(template, root=template.parent, font_paths=[fonts], ignore_system_fonts=True)


def pdf_of(*, template: Path, data: dict[str, Any], at: datetime) -> bytes:
    """Return the PDF/A-2b that ``template`` makes of ``data``; ``at`` is the time written into the file.

    The template reads ``json(bytes(sys.inputs.data))``.

    Raises:
        FontsNotBuilt: there are no fonts to set it in.
        typst.TypstError: the template and the data do not fit.
    """
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    made = _compiler(template, settings.XINHENG_FONTS).compile(
        format="pdf", sys_inputs=inputs, pdf_standards=["a-2b"], timestamp=int(at.timestamp())
    )
    assert isinstance(made, bytes)
    return made
