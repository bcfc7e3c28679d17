"""``xinheng snapshot``: make, verify, list."""

import sys
from pathlib import Path

import click

from xinheng.adapters import clock
from xinheng.opendata import services
from xinheng.opendata.selectors import is_overtaken, snapshot_latest, snapshots_made
from xinheng.reports.services import manifest_verify

NOT_GENUINE = 1
NO_MANIFEST = 2
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def snapshot() -> None:
    """开放数据快照：制作、核验、列出。"""


@snapshot.command()
@click.option("--anew", is_flag=True, help="今天的快照还能用也重新制作，把之后的变化放进去。")
@click.option("--by", "actor", default="system", help="办理人。")
def make(*, anew: bool, actor: str) -> None:
    """制作今天的快照（CSV 和 Parquet，带签名的清单）；今天的还能用就不重做，可以每隔几分钟运行一次。"""
    made = services.snapshot_make(on_date=clock.today(), now=clock.now(), actor=actor, anew=anew)
    manifest = made.snapshot.manifest
    done = "制作了快照" if made.is_new else "今天的快照还能用，没有重做："
    click.echo(f"{done} {manifest.number}，{manifest.records:,} 条。")
    for file in manifest.files:
        click.echo(f"　{made.snapshot.folder / file.name}（{file.size:,} 字节，SHA-256 {file.sha256}）")


@snapshot.command()
@click.argument("manifest", type=FILE)
@click.option("--trust", type=FILE, help="平台公布的信任文件；不写时用本平台自己的。")
def verify(manifest: Path, trust: Path | None) -> None:
    """离线核验一份快照（MANIFEST：清单 manifest.json，数据文件放在同一个文件夹）。

    退出码：0 真实，1 不要采用，2 不是快照清单。
    """
    given = trust.read_bytes() if trust else None
    verdict = manifest_verify(path=manifest, trust=given, now=clock.now())
    click.echo(("✓ " if verdict.genuine else "✕ ") + verdict.reason)
    for label, value in verdict.facts:
        click.echo(f"  {label}：{value}")
    if not verdict.genuine:
        sys.exit(NOT_GENUINE if verdict.is_report else NO_MANIFEST)


@snapshot.command("list")
def list_made() -> None:
    """列出制作过的快照；只有最新一份留着数据，其他的只留清单。"""
    newest = snapshot_latest()
    for manifest in snapshots_made():
        state = "只有清单"
        if newest is not None and manifest.number == newest.manifest.number:
            overtaken = is_overtaken(place=manifest.cursor, on_date=clock.today())
            state = "不再提供下载，等待重做" if overtaken else "可以下载"
        click.echo(f"{manifest.made_at:%Y-%m-%d %H:%M}　{manifest.number}　{manifest.records:,} 条　{state}")
    if newest is None:
        click.echo("还没有快照。运行 xinheng snapshot make 制作。")
