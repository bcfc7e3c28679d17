"""The log by HTTP, by API and by command: static files with the right headers, proofs of what is on display only."""

import json

import pytest
from click.testing import CliRunner
from tests.factories.displays import make_record
from tests.factories.records import NOW, draft, make_subject, publish
from tests.factories.tlog import ACT

from xinheng.adapters import clock
from xinheng.records import services as records
from xinheng.tlog import cli, offline_verifier, selectors, services
from xinheng.tlog.domain import tiles_of
from xinheng.tlog.models import PublishingStop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_the_day():
    with clock.fixed(NOW):
        yield


def test_the_log_is_served_as_static_files(client, tmp_path):
    assert client.get("/log/checkpoint").status_code == 404
    subject = make_subject()
    publish(*(draft(subject_id=subject, document_no=f"演示{number}号") for number in range(260)))
    services.log_append(now=NOW)
    checkpoint = client.get("/log/checkpoint")
    assert (checkpoint.status_code, checkpoint["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert checkpoint["Cache-Control"] == "public, max-age=5"
    (tmp_path / "checkpoint").write_bytes(checkpoint.content)
    for tile in tiles_of(260):
        found = client.get(f"/log/{tile.path}")
        assert (found.status_code, found["Content-Type"]) == (200, "application/octet-stream"), tile
        assert found["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in found
        (tmp_path / tile.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / tile.path).write_bytes(found.content)
    key = client.get("/log/key").content.decode()
    assert offline_verifier.verify_log(tmp_path, key).genuine, "a copy by HTTP alone is the whole log"
    assert client.get("/log/verify_log.py").content == services.verifier_file()
    for nothing in ("tile/0/001", "tile/0/000.p/3", "tile/7/000", "tile/../checkpoint", "tile/0/x000/000", "tile/", "other"):
        assert client.get(f"/log/{nothing}").status_code == 404, nothing
    assert client.post("/log/checkpoint").status_code == 405


def test_the_api_gives_proofs_of_what_is_on_display_and_of_nothing_else(client):
    record = make_record(subject_id=make_subject())
    url = f"/api/v1/log/records/{record.pk}"
    assert client.get("/api/v1/log").json()["size"] == 0
    waiting = client.get(url).json()
    assert (waiting["state"], waiting["index"], waiting["proof"]) == ("WAITING", None, None)
    services.log_append(now=NOW)

    state = client.get("/api/v1/log").json()
    assert (state["size"], state["waiting"], state["publishing"]) == (1, 0, "OPEN")
    told = client.get(url).json()
    assert (told["state"], told["index"], told["sequence"]) == ("LOGGED", 0, record.seq)
    assert json.loads(told["event"])["about"] == str(record.pk)
    assert offline_verifier.verify_proof(told["proof"].encode(), state["key"]).genuine

    make_record(subject_id=make_subject(), document_no="演示2号")
    services.log_append(now=NOW)
    grew = client.get("/api/v1/log/consistency", {"first": 1, "second": 2}).json()
    assert len(grew["proof"]) == 1
    refused = client.get("/api/v1/log/consistency", {"first": 1, "second": 3})
    assert (refused.status_code, refused.json()["code"]) == (404, "tlog.size_not_in_log")

    records.record_hold(record_id=record.pk, **ACT)
    services.log_append(now=NOW)
    assert client.get(url).status_code == 404, "what is not shown has no proof for strangers"
    services.publishing_stop(actor="head-1", reason="演练", now=NOW)
    assert client.get("/api/v1/log").json()["publishing"] == "STOPPED"


def run(*words, code=0):
    found = CliRunner().invoke(cli.publish if words[0] in {"stop", "resume"} else cli.log, list(words), catch_exceptions=False)
    assert found.exit_code == code, found.output
    return found.output


def test_commands(tmp_path):
    record = make_record(subject_id=make_subject())
    assert "等待入册1项" in run("status")
    assert "入册1项" in run("append")
    assert "没有等待入册的" in run("append")
    assert "全部一致" in run("fsck")
    assert "日志真实" in run("verify")
    proof = tmp_path / "one.tlog-proof"
    run("prove", str(record.pk), "--out", str(proof))
    assert "证明成立" in run("verify", "--proof", str(proof))
    assert run("prove", "--index", "0") == proof.read_text()
    assert run("prove", "--consistency", "1", "1") == ""
    run("prove", code=2)
    proof.write_text(proof.read_text().replace("index 0", "index 1"))
    assert "✕" in run("verify", "--proof", str(proof), code=1)
    assert "公示已停止" in run("stop", "--reason", "演练", "--by", "head-1")
    assert "head-1：演练" in run("status")
    assert "公示已恢复" in run("resume", "--reason", "演练结束", "--by", "head-1")

    tile = services.log_folder() / "tile" / "0" / "000.p" / "1"
    tile.write_bytes(b"\x00" * 32)
    told = run("fsck", code=1)
    assert "第0项" in told
    assert PublishingStop.objects.filter(resumed_at=None, cause="LOG").count() == 1
    from xinheng.tlog.errors import StillDamaged

    with pytest.raises(StillDamaged):
        run("resume", "--reason", "没有查明", "--by", "head-1")
    assert "写了1个文件" in run("rebuild-index")
    run("resume", "--reason", "文件已经重建", "--by", "head-1")
    assert not selectors.stops_open().exists()
