"""``xinheng doctor``, ``xinheng backup``, ``xinheng restore``: for whoever looks after the machine."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click
from django.conf import settings

from xinheng.adapters import clock
from xinheng.adapters.sealing import identity_new
from xinheng.operations import services
from xinheng.operations.domain import STATE_LABELS, State, is_sound
from xinheng.operations.selectors import findings

UNSOUND: Final = 1
_SIGNS: Final = {State.GOOD: "✓", State.ATTENTION: "！", State.BAD: "✕", State.NOT_EXAMINED: "—"}
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER: Final = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.option("--production", is_flag=True, help="正式运行的平台：再查域名、加密访问、备份等。")
@click.option("--json", "as_json", is_flag=True, help="给程序读的结果。")
def doctor(*, production: bool, as_json: bool) -> None:
    """检查平台：哪里不对，怎么办。退出码：0 没有问题（可能有要留意的），1 有问题。"""
    found = findings(now=clock.now(), production=production)
    if as_json:
        click.echo(
            json.dumps({"sound": is_sound(found), "findings": [asdict(one) for one in found]}, ensure_ascii=False, indent=1)
        )
    else:
        for one in found:
            click.echo(f"{_SIGNS[one.state]} {one.title}：{one.seen}")
            if one.remedy:
                click.echo(f"    怎么办：{one.remedy}")
        counts = [f"{label} {sum(one.state is state for one in found)}" for state, label in STATE_LABELS.items()]
        click.echo("，".join(counts))
    if not is_sound(found):
        sys.exit(UNSOUND)


@click.group()
def backup() -> None:
    """备份：造钥匙、做备份、另存密钥。恢复用 xinheng restore。"""


@backup.command("new-identity")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="私钥写到哪个新文件；写完移到离线介质。"
)
def new_identity(out: Path) -> None:
    """造一对备份钥匙：公钥留在平台（只能加密），私钥离线保管（才能打开）。可以造几对，任何一把私钥都能打开。"""
    try:
        public = identity_new(secret=out, public=settings.XINHENG_BACKUP_RECIPIENTS)
    except FileExistsError:
        click.echo(f"{out} 已经存在，没有覆盖。换一个文件名。", err=True)
        sys.exit(2)
    click.echo(f"公钥 {public} 已写入 {settings.XINHENG_BACKUP_RECIPIENTS}。")
    click.echo(f"私钥在 {out}：现在就移到离线介质，由两个人分别保管一份；丢了它，备份谁也打不开。")


@backup.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="写到哪个文件夹，默认 XINHENG_BACKUPS。")
@click.option("--by", "actor", default="system", help="办理人。")
def make(*, out: Path | None, actor: str) -> None:
    """做一份备份（数据库和文件，加密，不含密钥），并删去过期的。每夜由定时器运行。"""
    made = services.backup_make(
        out=out or settings.XINHENG_BACKUPS,
        recipients=settings.XINHENG_BACKUP_RECIPIENTS,
        keep_days=settings.XINHENG_BACKUP_DAYS,
        actor=actor,
        now=clock.now(),
    )
    click.echo(f"备份：{made.folder}（{made.size / 1e6:.1f} MB，{made.seconds} 秒）。拷到另一台机器上才算数。")


@backup.command()
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写到哪个文件；不能和备份在一起。")
def keys(out: Path) -> None:
    """另存密钥（加密）：换了密钥、换了签名证书以后做一次，和备份分开保管。"""
    made = services.keys_make(
        out=out, recipients=settings.XINHENG_BACKUP_RECIPIENTS, backups=settings.XINHENG_BACKUPS, now=clock.now()
    )
    click.echo(f"密钥包：{made}。移到离线介质，和备份分开保管。")


@backup.command("keys-back")
@click.argument("bundle", type=_FILE)
@click.option("--identity", required=True, type=_FILE, help="备份私钥的文件。")
def keys_back(bundle: Path, identity: Path) -> None:
    """从密钥包（BUNDLE）取回密钥：先核对它打得开库里的内容，再换上去；原来的密钥改名保存。"""
    former = services.keys_restore(bundle=bundle, identity=identity, now=clock.now())
    click.echo("密钥已放回，打得开库里密封的内容。" + (f"原来的在 {former}。" if former else ""))
    click.echo("重新启动网站和工作进程，再运行 xinheng doctor。")


@click.command()
@click.argument("folder", type=_FOLDER)
@click.option("--identity", required=True, type=_FILE, help="备份私钥的文件。")
@click.option("--keys", type=_FILE, help="密钥包；不写时用现在 var/keys 里的密钥。")
@click.option("--check-only", is_flag=True, help="只核对这份备份完整、是本平台的、打得开；什么都不动。")
@click.option("--replace", is_flag=True, help="这里已经有数据也恢复：原来的改名保存，不删除。")
@click.option("--by", "actor", default="system", help="办理人。")
def restore(*, folder: Path, identity: Path, keys: Path | None, check_only: bool, replace: bool, actor: str) -> None:
    """从备份（FOLDER）恢复。全部核对无误以后才换上去。"""
    if check_only:
        manifest = services.backup_check(folder=folder, identity=identity, keys=keys)
        rows = sum(table.rows for table in manifest.tables.values())
        click.echo(f"✓ 完整，是本平台 {manifest.made_at:%Y-%m-%d %H:%M} 的备份：{rows:,} 行，{manifest.files.count:,} 个文件。")
        return
    done = services.backup_restore(folder=folder, identity=identity, keys=keys, replace=replace, actor=actor, now=clock.now())
    click.echo(
        f"已恢复到 {done.made_at:%Y-%m-%d %H:%M}：{done.rows:,} 行，{done.files:,} 个文件，逐表核对一致，{done.seconds} 秒。"
    )
    if done.log is not None:
        click.echo(f"公示存证日志：从{done.log.size:,}项条目重新算出的根与签过的检查点一致，核对了{done.log.files:,}个文件。")
        if not done.log.signed:
            click.echo("！ 没有日志的密钥（log.key），检查点的签名无从核对；没有它日志不能再签发，按操作手册“密钥丢失”办理。")
        if done.log.wrong:
            click.echo(f"！ 日志文件 {done.log.wrong} 与条目不符或者缺少：运行 xinheng log rebuild-index 重建。")
    if done.published:
        click.echo(
            f"！ 日志已经公布到{done.published:,}项，比这份备份多；公布过的文件已留在原处，公示已停止（查询照常）。"
            "运行 xinheng log continue 从公布的接着写，再恢复公示。"
        )
    if done.former_database:
        click.echo(f"原来的数据库改名为 {done.former_database}。")
    if done.former_files:
        click.echo(f"原来的文件在 {done.former_files}。核对无误后自行删除。")
    click.echo("把别处保存的最新检查点与现在的日志比一比：xinheng log verify --since 文件；它更新就是公布过的比备份多。")
    click.echo("接着运行：xinheng database migrate；xinheng intake purge-originals（销毁备份以后到期的原件）；xinheng doctor。")
