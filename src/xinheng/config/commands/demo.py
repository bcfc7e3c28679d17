"""``xinheng demo``: a synthetic county from nothing to published pages."""

import json
import time
from pathlib import Path

import click
from django.conf import settings

from xinheng.adapters import clock
from xinheng.adapters.database import database_prepare
from xinheng.adapters.storage import write_atomically
from xinheng.catalogue.selectors import catalogue_current
from xinheng.catalogue.services import catalogue_store
from xinheng.config.commands.demo_accounts import accounts_told, codes_told
from xinheng.config.commands.serve import serve
from xinheng.exchange.services import export_make
from xinheng.intake.services import Declarations, submission_load
from xinheng.opendata.services import snapshot_make
from xinheng.subjects.services import register_import
from xinheng.synth.services import county_write
from xinheng.tlog.services import log_append

_CLERK, _REVIEWER = "演示经办人", "演示审核人"
_COUNTS = {"rows": "行", "accepted": "接收", "returned": "退回", "doubtful": "存疑", "duplicate": "重复", "person": "自然人行"}


@click.command()
@click.option("--once", is_flag=True, help="跑完即退出，不启动网站")
@click.option("--port", default=8000, show_default=True)
@click.option("--codes", is_flag=True, help="只打印演示账号现在的验证码")
@click.pass_context
def demo(ctx: click.Context, *, once: bool, port: int, codes: bool) -> None:
    """造一个虚构的县，跑完整流程，启动网站。第二次运行沿用已有的数据。"""
    if codes:
        codes_told()
        return
    started = time.perf_counter()
    database_prepare(verbosity=0)
    catalogue = catalogue_current()
    catalogue_store(now=clock.now())
    click.echo(f"数据库和法规目录已就绪（目录指纹 {catalogue.hash[:12]}）：{time.perf_counter() - started:.1f} 秒")
    done = settings.XINHENG_VAR / "demo.json"
    if not done.exists():
        steps = _run_main_job(settings.XINHENG_VAR / "county")
        write_atomically(done, json.dumps(steps, ensure_ascii=False, indent=2).encode())
    _tell(json.loads(done.read_text()))
    snapshot = snapshot_make(on_date=clock.today(), now=clock.now(), actor=_CLERK).snapshot.manifest
    anchored = log_append(now=clock.now())
    click.echo(f"公示存证日志：{anchored.size:,} 项，可以用 /open-data/ 上的程序核验")
    click.echo(f"开放数据快照 {snapshot.number}：{snapshot.records:,} 条（/open-data/）")
    click.echo(f"合计 {time.perf_counter() - started:.1f} 秒。文件在 {settings.XINHENG_VAR}")
    accounts_told()
    click.echo(f"网站 http://127.0.0.1:{port}/  许可 /lists/licences/  处罚 /lists/penalties/  （演示数据，全部虚构）")
    if not once:
        ctx.invoke(serve, port=port)


def _run_main_job(folder: Path) -> list[dict[str, object]]:
    """Write the county, import its register, report its files, its delta and its acts; return a row per step."""
    now, catalogue = clock.now(), catalogue_current()
    steps: list[dict[str, object]] = []
    began = time.perf_counter()
    county = county_write(out=folder, scale=1, seed=7, on_date=now.date(), catalogue=catalogue)
    steps.append({"step": f"造县：{county.organisations:,} 家组织", "rows": county.records, "seconds": _since(began)})
    steps.append(_register(folder / str(county.register["path"]), "登记库"))
    marked = folder / "退回的标记表"
    marked.mkdir(exist_ok=True)
    for wave in (1, 2):
        files = [file for file in county.files if file.wave == wave]
        steps.extend(
            _load(folder / file.path, file.organ_code, marked, is_legacy=file.is_legacy, item_id=file.item_id) for file in files
        )
        if wave == 1:
            steps.append(_register(folder / str(county.delta["path"]), "登记库的变动"))
    steps.extend(
        _load(folder / str(act["path"]), str(act["organ_code"]), marked, item_id=str(act["item_id"])) for act in county.acts
    )
    for item in ("administrative_licence", "administrative_penalty"):
        began = time.perf_counter()
        report = export_make(
            item_id=item,
            out=folder / f"上报市平台_{item}.xlsx",
            actor=_CLERK,
            on_date=now.date(),
            now=clock.now(),
            since=None,
            as_csv=False,
        )
        steps.append({"step": f"上报市平台：{report.item_title}", "rows": report.records, "seconds": _since(began)})
    return steps


def _since(began: float) -> float:
    return round(time.perf_counter() - began, 2)


def _register(path: Path, title: str) -> dict[str, object]:
    began = time.perf_counter()
    register_import(path=path, actor=_CLERK, now=clock.now(), is_demo=True)
    return {"step": f"{title} {path.name}", "seconds": _since(began)}


def _load(path: Path, organ: str, marked: Path, *, item_id: str, is_legacy: bool = False) -> dict[str, object]:
    began = time.perf_counter()
    receipt = submission_load(
        path=path,
        organ_code=organ,
        clerk=_CLERK,
        reviewer=_REVIEWER,
        item_id=item_id,
        declarations=Declarations(is_desensitised=False, is_on_the_spot=False, is_legacy=is_legacy),
        now=clock.now(),
        out_dir=marked,
    ).receipt
    counts = {name: getattr(receipt, name) for name in _COUNTS}
    return {"step": f"{receipt.number} {path.name}", **counts, "seconds": _since(began)}


def _tell(steps: list[dict[str, object]]) -> None:
    for step in steps:
        words = "  ".join(f"{title} {step[name]:,}" for name, title in _COUNTS.items() if name in step)
        click.echo(f"{step['step']}：{words}  {step['seconds']} 秒")
    totals = {
        title: sum(int(str(step.get(name, 0))) for step in steps if "accepted" in step) for name, title in _COUNTS.items()
    }
    click.echo("报送合计：" + "  ".join(f"{title} {total:,}" for title, total in totals.items()))
