"""``xinheng doctor``, ``xinheng backup``, ``xinheng restore``, ``xinheng keys``: for whoever looks after the machine."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click
from django.conf import settings

from xinheng.adapters import clock
from xinheng.adapters.database import application_connection
from xinheng.adapters.key_ring import ring_now
from xinheng.adapters.sealing import identity_new
from xinheng.adapters.suites import SUITE_LABELS, Suite
from xinheng.operations import services
from xinheng.operations.domain import STATE_LABELS, State, is_sound
from xinheng.operations.selectors import findings
from xinheng.operations.selectors.keys import holdings

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


_SUITE: Final = click.Choice([suite.value for suite in Suite])
_NEW_RING: Final = click.Path(dir_okay=False, path_type=Path)
_OUT_HELP: Final = "密钥环由环境变量给出时：新的密钥环写到哪个文件。"


@click.group("keys")
def key_ring() -> None:
    """密钥环：看各代密钥还管着什么、换钥、销毁不用的一代。"""


@key_ring.command()
def status() -> None:
    """各代密钥还管着什么，按种类数。"""
    ring, held = ring_now(), holdings(application_connection())
    for number in sorted({*ring.generations, *(number for counts in held.values() for number in counts)}):
        one = ring.generations.get(number)
        made = f"，{one.made.astimezone(clock.CHINA):%Y-%m-%d} 起" if one is not None and one.made is not None else ""
        now = "，当前" if number == ring.current else ""
        title = f"{SUITE_LABELS[one.suite]}{made}{now}" if one is not None else "密钥环里没有，下面这些打不开"
        click.echo(f"第 {number} 代（{title}）")
        kinds = [f"{kind} {counts[number]:,}" for kind, counts in held.items() if counts[number]]
        unused = "没有东西用它" if number == ring.current else f"没有东西用它，可以销毁：xinheng keys forget {number}"
        click.echo(f"    {'、'.join(kinds) or unused}")
    click.echo(f"索引密钥（{SUITE_LABELS[ring.index_suite].partition(' 和 ')[2]}）不随换代改变。")


@key_ring.command()
@click.option("--suite", required=True, type=_SUITE, help="aes：AES-256-GCM 和 HMAC-SHA-256；sm：SM4-GCM 和 HMAC-SM3。")
@click.option("--by", "actor", default="system", help="办理人。")
def begin(*, suite: str, actor: str) -> None:
    """新部署在第一次使用以前造密钥环，选好算法。不造也可以：第一次使用时按 aes 造。"""
    services.ring_begin(suite=Suite(suite), actor=actor, now=clock.now())
    click.echo(f"密钥环已造好：{SUITE_LABELS[Suite(suite)]}。现在另存一份密钥包：xinheng backup keys --out 文件。")


@key_ring.command()
@click.option("--suite", type=_SUITE, help="新的一代用什么算法；不写时和现在的一样。")
@click.option("--new", "in_any_case", is_flag=True, help="旧的一代里还有打不开的也造新的一代。")
@click.option("--out", type=_NEW_RING, help=_OUT_HELP)
@click.option("--by", "actor", default="system", help="办理人。")
def rotate(*, suite: str | None, in_any_case: bool, out: Path | None, actor: str) -> None:
    """换钥：造新的一代，把所有密钥分批换到它下面。网站照常开着；中断了再运行一次就接着做。"""
    done = services.keys_rotate(
        suite=Suite(suite) if suite else None,
        actor=actor,
        now=clock.now(),
        out=out,
        in_any_case=in_any_case,
        told=lambda kind, count: click.echo(f"    {kind}：又换了 {count:,} 项", err=True),
    )
    label = f"第 {done.generation} 代（{SUITE_LABELS[done.suite]}）"
    if done.is_new and out is not None:
        click.echo(f"有{label}的密钥环写到了 {out}。把内容设为 XINHENG_MASTER_KEY，重新启动网站和工作进程，删掉文件，")
        click.echo("再运行一次 xinheng keys rotate，把已有的密钥换过去。")
        return
    click.echo(f"{'造了' if done.is_new else '接着做上一次没有做完的：'}{label}，换了 {sum(done.wrapped.values()):,} 项。")
    if done.unopened:
        click.echo(
            f"有 {done.unopened:,} 项打不开，没有动：密钥和数据不是一套，按 docs/runbooks/lost-key.zh.md 处置。", err=True
        )
    if done.left:
        click.echo(f"做的时候又存了 {done.left:,} 项，再运行一次 xinheng keys rotate。")
    click.echo("现在另存一份密钥包（xinheng backup keys --out 文件）；旧的密钥包留到旧备份到期。")
    if done.unopened:
        sys.exit(UNSOUND)


@key_ring.command()
@click.argument("number", type=int)
@click.option("--out", type=_NEW_RING, help=_OUT_HELP)
@click.option("--by", "actor", default="system", help="办理人。")
def forget(*, number: int, out: Path | None, actor: str) -> None:
    """销毁没有东西用的一代密钥（NUMBER）。以前的备份从此要用那时的密钥包才打得开。"""
    services.generation_forget(number=number, actor=actor, now=clock.now(), out=out)
    if out is not None:
        click.echo(f"没有第 {number} 代的密钥环写到了 {out}：把内容设为 XINHENG_MASTER_KEY，重新启动，删掉文件。")
        return
    click.echo(f"第 {number} 代已销毁。现在另存一份密钥包（xinheng backup keys --out 文件），旧的留到旧备份到期，然后销毁。")
