"""Everything that a deployment says or keeps, gathered as bytes: answers, addresses, lines of the log, files, tables."""

import gzip
import io
import logging
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import polars as pl
import psycopg
from django.contrib.sessions.models import Session
from django.http.response import HttpResponseBase
from django.test import Client
from psycopg import sql

from xinheng.adapters.logs import JsonLines, PlainLines

_ADDRESSES = re.compile(
    r"""(?:href|src|action|formaction|poster|cite|data-[a-z-]*(?:url|href)|hx-(?:get|post|put|delete|push-url|replace-url))\s*=\s*["']([^"']*)["']"""
)
_IN_HEADERS = ("Location", "Content-Location", "Link", "Refresh", "HX-Redirect", "HX-Location", "HX-Push-Url", "HX-Replace-Url")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer: what was asked and typed, what came back."""

    asked: str
    typed: bytes
    status: int
    headers: bytes
    content: bytes
    addresses: tuple[str, ...]


@dataclass
class Seen:
    """All answers of a journey."""

    answers: list[Answer] = field(default_factory=list)

    def keep(self, request: dict[str, Any], typed: bytes, response: HttpResponseBase) -> None:
        """Keep an answer; a streamed one is read and can be read again."""
        if response.streaming:
            content = b"".join(response)  # type: ignore[arg-type] # of bytes, as WSGI has it
            response.streaming_content = [content]  # type: ignore[attr-defined]
        else:
            content = response.content  # type: ignore[attr-defined]
        text = content.decode("utf-8", "replace") if "text/" in response.get("Content-Type", "") else ""
        addresses = [*_ADDRESSES.findall(text), *(response[name] for name in _IN_HEADERS if name in response)]
        self.answers.append(
            Answer(
                asked=f"{request.get('REQUEST_METHOD')} {request.get('PATH_INFO')}",
                typed=typed + str(request.get("PATH_INFO")).encode() + str(request.get("QUERY_STRING", "")).encode(),
                status=response.status_code,
                headers="\n".join(
                    [*(f"{name}: {value}" for name, value in response.items()), response.cookies.output()]
                ).encode(),
                content=unpacked(content),
                addresses=tuple(addresses),
            )
        )


class Watching(Client):
    """A browser all of whose answers are kept."""

    def __init__(self, seen: Seen, **more: Any) -> None:
        super().__init__(raise_request_exception=False, **more)
        self._seen = seen

    def request(self, **request: Any) -> Any:
        """Ask, and keep what came."""
        payload = request.get("wsgi.input")
        typed = b"" if payload is None else payload._FakePayload__content.getvalue()
        response = super().request(**request)
        self._seen.keep(request, typed, response)
        return response


def unpacked(content: bytes) -> bytes:
    """Return the content and, of what is packed, all that is inside."""
    parts = [content]
    if content[:2] == b"PK" and zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts += [f"{entry.filename} {entry.comment!r}".encode() + package.read(entry) for entry in package.infolist()]
    elif content[:2] == b"\x1f\x8b":
        parts.append(gzip.decompress(content))
    elif content[:4] == b"PAR1":
        parts.append(pl.read_parquet(io.BytesIO(content)).write_csv().encode())
    elif content[:5] == b"%PDF-":
        for stream in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
            try:
                parts.append(zlib.decompress(stream.rstrip(b"\r\n")))
            except zlib.error:
                continue
    return b"\n".join(parts)


def files_below(*folders: Path, but: tuple[str, ...] = ()) -> Iterator[tuple[str, bytes]]:
    """Yield every file below some folders with its path, which may tell something too; not below the ones named ``but``."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if path.is_file() and inside.parts[0] not in but:
                yield str(inside), str(inside).encode() + b"\n" + unpacked(path.read_bytes())


def tables_of(owner: "psycopg.Connection[Any]") -> Iterator[tuple[str, bytes]]:
    """Yield every table of every schema of ours with all its rows as text, bytes as bytes, sessions opened."""
    found = owner.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname !~ '^pg_' AND schemaname <> 'information_schema' ORDER BY 1, 2"
    ).fetchall()
    for schema, table in found:
        name = sql.Identifier(schema, table)
        parts = [text.encode() for (text,) in owner.execute(sql.SQL("SELECT t::text FROM {} t").format(name))]
        columns = owner.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s"
            " AND data_type = 'bytea'", [schema, table],
        ).fetchall()  # fmt: skip
        for (column,) in columns:
            rows = owner.execute(sql.SQL("SELECT {} FROM {}").format(sql.Identifier(column), name))
            parts += [bytes(value) for (value,) in rows if value is not None]
        yield f"{schema}.{table}", b"\n".join(parts)
    yield "sessions, opened", "\n".join(str(session.get_decoded()) for session in Session.objects.all()).encode()


class Lines(logging.Handler):
    """Every line that the log writes, of every logger and level, as text and as JSON."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []
        self._forms = (PlainLines(), JsonLines())

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line in both forms."""
        self.said += [form.format(record) for form in self._forms]

    def __enter__(self) -> Self:
        self._before = logging.root.level
        logging.root.addHandler(self)
        logging.root.setLevel(logging.DEBUG)
        return self

    def __exit__(self, *_: object) -> None:
        logging.root.removeHandler(self)
        logging.root.setLevel(self._before)
