"""The readers of what comes from outside that are no tables: each with sound examples and the refusals that it may give."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from xinheng.adapters.sealing import NotOpened, RecipientsUnusable, identities_read, identity_new, recipients_read
from xinheng.catalogue.domain.yaml_source import parse_yaml
from xinheng.catalogue.selectors.proposals import sources_current
from xinheng.catalogue.services.proposing import proposal_problems
from xinheng.kernel.errors import DomainError
from xinheng.opendata.domain import Cursor
from xinheng.operations.services._manifest import manifest_read
from xinheng.tlog import offline_verifier as log_verifier
from xinheng.tlog.domain import LogKey, NoteNotBelieved, TreeHead, checkpoint_read, checkpoint_sign
from xinheng.tlog.domain.notes import proof_text
from xinheng.tlog.domain.tiles import Growth, bundle_read, hashes_read, tile_at

_DEEP = 100_000

JSON: tuple[bytes, ...] = (
    b"[" * _DEEP, b'{"a":' * _DEEP, b"9" * 5_000, b"-0", b"1e999", b"NaN", b"null", b"true", b'"', b'"\\ud800"', b"{}", b"[]", b",",
)  # fmt: skip
YAML: tuple[bytes, ...] = (
    b"[" * _DEEP, b"{a: " * _DEEP, b"\n" + b"- " * _DEEP, b"9" * 5_000, b"&a [*a, *a]", b"&a {b: *a}", b"*unknown", b"!!python/object:os.system",
    b"<<: 1", b"? ", b": ", b"- ", b"|", b">", b"%YAML 9.9", b"---", b"\t", b"2026-02-30", b"0x1f", b"1:30", b"null", b"\xc2\x85",
    (b"a: &a [x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\n"
    b"d: &d [*c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d]\nf: &f [*e, *e, *e, *e, *e, *e, *e, *e]\n"
    b"g: [*f, *f, *f, *f, *f, *f, *f, *f]\n"),
)  # fmt: skip
NOTES: tuple[bytes, ...] = (
    b"\n\n", b"\n", "— ".encode(), b" ", b"+", b"=", b"==", b"9" * 5_000, b"-1", b"00", "９".encode(), b"tile/0/x001/000.p/256", b"/../", b"\xff",
)  # fmt: skip
PDF: tuple[bytes, ...] = (
    b"9" * 5_000, b"/ByteRange [0 1 2 3]", b"/ByteRange [0 99999999999999999999 1 1]", b"<<" * _DEEP, b"[" * _DEEP, b"1 0 obj", b"endobj",
    b"stream", b"xref", b"/Length -1", b"/Prev 0", b"/Filter /FlateDecode", b"startxref\n0\n%%EOF\n",
)  # fmt: skip


@dataclass(frozen=True)
class Parser:
    """One reader: ``read`` gives an answer or one of ``refusals``, whatever the bytes are."""

    name: str
    sound: Mapping[str, bytes]
    read: Callable[[bytes], object]
    refusals: tuple[type[Exception], ...] = field(default=())
    grafts: tuple[bytes, ...] = NOTES
    found: Mapping[str, bytes] = field(default_factory=dict)
    """What it once did not survive, by what was wrong with it."""
    share: int = 1
    """Of how many mutants it gets one: slow ones get fewer."""


def _log_parsers(folder: Path) -> list[Parser]:
    signer = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    key = LogKey("credit.example/log", signer.public_key().public_bytes_raw())
    grown = Growth()
    files = dict(grown.add(b"entry %03d" % number for number in range(300))) | dict(grown.partial())
    note = checkpoint_sign(TreeHead(key.name, grown.size, grown.root()), signer)
    for tile, content in files.items():
        path = folder / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    bundle = next(content for tile, content in files.items() if tile.path == "tile/entries/001.p/44")
    proof = proof_text(index=3, proof=[bytes(32)] * 9, checkpoint=note, extra=b'{"event":"{}","opening":"00"}').encode()

    half = rb'{"event":"{\"a\":\"\ud800\"}","opening":"00"}'
    halves = proof_text(index=3, proof=[bytes(32)] * 9, checkpoint=note, extra=half).encode()

    def whole(content: bytes) -> object:
        (folder / "checkpoint").write_bytes(content)
        return log_verifier.verify_log(folder, key.text, since=content)

    return [
        Parser("a log's checkpoint", {"note": note}, lambda content: checkpoint_read(content, key), (NoteNotBelieved,)),
        Parser("a log's key", {"key": key.text.encode()}, lambda content: LogKey.read(_text(content)), (NoteNotBelieved,)),
        Parser("a log's address", {"tile": b"tile/0/x001/x234/067.p/12"}, lambda content: tile_at(_text(content))),
        Parser("a log's bundle", {"bundle": bundle}, bundle_read, (ValueError,)),
        Parser("a log's tile", {"tile": bytes(range(256)) * 2}, hashes_read, (ValueError,)),
        Parser("a whole log, offline", {"note": note}, whole),
        Parser("a proof, offline", {"proof": proof}, lambda content: log_verifier.verify_proof(content, key.text),
               grafts=(*NOTES, *JSON), found={"half a character": halves}),
        Parser("a key, offline", {"key": key.text.encode()}, lambda content: log_verifier.verify_proof(proof, _text(content))),
    ]  # fmt: skip


def _catalogue_parsers() -> list[Parser]:
    sources = sources_current()
    names = sorted(sources, key=lambda name: len(sources[name]))
    kept = [names[0], names[len(names) // 2], *(name for name in names if "clocks" in name)][:4]
    sound = {name: sources[name].encode() for name in kept}
    return [
        Parser(
            "a catalogue file",
            sound,
            lambda content: parse_yaml(name="national/clocks/drawn.yaml", text=_text(content)),
            grafts=YAML,
            found={
                "deeper than the stack": b"clocks: " + b"[" * _DEEP,
                "a circle": b"clocks: &a [*a]",
                "a thousand million values of twenty lines": YAML[-1],
                "a number that Python does not read": b"clocks: " + b"9" * 5_000,
                "a key that is a mapping": b"? {a: b}\n: c\n",
            },
        ),
        Parser(
            "a proposed catalogue",
            sound,
            lambda content: proposal_problems(files={kept[-1]: _text(content)}),
            grafts=YAML,
            share=15,
        ),
    ]


def _key_parsers(folder: Path) -> list[Parser]:
    secret, public, drawn = folder / "secret.key", folder / "public.keys", folder / "drawn"
    identity_new(secret=secret, public=public)

    def of_file(read: Callable[[Path], object]) -> Callable[[bytes], object]:
        def written(content: bytes) -> object:
            drawn.write_bytes(content)
            return read(drawn)

        return written

    return [
        Parser("public keys of backups", {"keys": public.read_bytes()}, of_file(recipients_read), (RecipientsUnusable,)),
        Parser("secret keys of backups", {"keys": secret.read_bytes()}, of_file(identities_read), (NotOpened,)),
    ]


def _manifest_parser(folder: Path) -> Parser:
    folder.mkdir(parents=True)
    sound = b'{"backup":{"format":1,"made_at":"2026-04-01T10:00:00+08:00"},"signature":{"value":"AAAA"}}'

    def read(content: bytes) -> object:
        (folder / "manifest.json").write_bytes(content)
        return manifest_read(folder, public_key=bytes(range(32)))

    deep = b'{"backup":' + b"[" * _DEEP
    return Parser("a backup's list", {"list": sound}, read, (DomainError,), JSON, found={"deeper than the stack": deep})


def parsers(folder: Path) -> list[Parser]:
    """Return the parsers that need no database; their files lie in ``folder``."""
    place = {"place": b"12.20260401.3.0123456789ab.20260402.4.9"}
    return [
        *_log_parsers(folder / "log"),
        *_catalogue_parsers(),
        *_key_parsers(folder),
        _manifest_parser(folder / "backup"),
        Parser("a place in the change feed", place, lambda content: Cursor.read(_text(content)), (DomainError,)),
    ]


def _text(content: bytes) -> str:
    """Return the text as a form or a request would hand it on: what is no UTF-8 becomes replacement characters."""
    return content.decode("utf-8", "replace")
