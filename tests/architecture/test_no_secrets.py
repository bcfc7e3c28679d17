"""No secret stands in the tree: every file of the project is searched for what keys, tokens and passwords in addresses look like."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from detect_secrets.core.scan import scan_line
from detect_secrets.settings import transient_settings

ROOT = Path(__file__).resolve().parents[2]
# Not the two that judge by entropy or by the name of a variable: digests and invented passwords of tests are neither.
FORMS = (
    "AWSKeyDetector", "ArtifactoryDetector", "AzureStorageKeyDetector", "BasicAuthDetector", "CloudantDetector",
    "DiscordBotTokenDetector", "GitHubTokenDetector", "GitLabTokenDetector", "JwtTokenDetector", "MailchimpDetector",
    "NpmDetector", "OpenAIDetector", "PrivateKeyDetector", "PypiTokenDetector", "SendGridDetector", "SlackDetector",
    "SquareOAuthDetector", "StripeDetector", "TelegramBotTokenDetector", "TwilioKeyDetector",
)  # fmt: skip
IGNORED = {".git", *(line.strip("/\n") for line in (ROOT / ".gitignore").read_text().splitlines())}
EXAMPLES = {("docs/operations.md", "password"), ("tests/integration/operations/test_doctor.py", "geheim")}
"""Words that stand where a password would: how an address is written, and what the doctor must not tell."""


def found_in(text: str) -> set[tuple[str, str]]:
    """Return kind and text of what looks like a secret; asked of a whole text at once, which is ten times as fast as by line."""
    with transient_settings({"plugins_used": [{"name": name} for name in FORMS]}):
        return {(secret.type, secret.secret_value or "") for secret in scan_line(text)}


def _ours(folder: Path) -> Iterator[str]:
    """Yield the files of the project: what .gitignore names by its beginning is made here and not committed."""
    for path in folder.iterdir():
        if path.is_symlink() or path.name in IGNORED:
            continue
        if path.is_dir():
            yield from _ours(path)
        else:
            yield path.relative_to(ROOT).as_posix()


def test_no_file_holds_one():
    names = sorted(_ours(ROOT))
    assert len(names) > 1000
    assert {".ci/run", "README.md", "deploy/xinheng.env.example"} <= set(names)
    told = []
    for name in names:
        text = (ROOT / name).read_bytes().decode("utf-8", "ignore")
        told += [(name, kind, value) for kind, value in found_in(text) if (name, value) not in EXAMPLES]
    assert not told
    assert not [name for name in names if name.endswith((".key", ".pem", ".p12", ".env"))]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("Private Key", "-----BEGIN " + "PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n"),
        ("GitHub Token", "token = gh" + "p_" + "a1B2" * 9),
        ("Basic Auth Credentials", "DATABASE_URL=postgres://xinheng:" + "s3cr3t-w0rd" + "@db.example/xinheng"),
        ("AWS Access Key", "AKIA" + "IOSFODNN7EXAMPLE"),
    ],
)
def test_the_search_finds_what_it_is_for(kind, text):
    assert kind in {one for one, _ in found_in(f"# a file\n\nname = 1\n{text}\n")}
