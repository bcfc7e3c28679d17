"""``xinheng log`` and ``xinheng publish``: write, check and prove the log; stop and resume publishing."""

import sys
from pathlib import Path
from uuid import UUID

import click

from xinheng.adapters import clock
from xinheng.kernel.dates import CHINA
from xinheng.tlog import offline_verifier, selectors, services
from xinheng.tlog.errors import LeafNotFound, StillDamaged

NOT_SOUND = 1
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def log() -> None:
    """公示存证日志：入册、核对、出具证明。"""


@log.command()
def append() -> None:
    """把等待的公示、更正、撤回等写进日志并签发检查点；没有等待的就什么也不做，可以每分钟运行一次。"""
    done = services.log_append(now=clock.now())
    click.echo(f"入册{done.added:,}项，日志共{done.size:,}项。" if done.added else f"没有等待入册的，日志共{done.size:,}项。")


@log.command()
def status() -> None:
    """说明日志到哪里了、有多少等待入册、公示是否停止。"""
    state = selectors.log_state()
    key = services.known_key()
    signed = f"{state.signed_at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}" if state.signed_at else "还没有"
    click.echo(f"日志：{key.name}\n公钥：{key.text}\n文件：{services.log_folder()}")
    click.echo(
        f"已签发{state.size:,}项（检查点：{signed}），等待入册{state.waiting:,}项" + ("，已落后" if state.is_behind else "")
    )
    for stop in selectors.stops_open():
        when = f"{stop.stopped_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
        click.echo(f"公示已停止：{when}，{stop.get_cause_display()}，{stop.stopped_by}：{stop.reason}")


@log.command()
@click.option("--no-stop", is_flag=True, help="发现不一致也不停止公示，只报告。")
@click.option("--by", "actor", default="system", help="办理人。")
def fsck(*, no_stop: bool, actor: str) -> None:
    """核对整个日志：数据库、文件、签名逐项对照，指出第一个不对的项；不一致时停止公示。

    退出码：0 一致，1 不一致。
    """
    report = services.log_check(now=clock.now(), actor=actor, stops=not no_stop)
    erased = f"，其中{report.erased:,}项的盐已按规定销毁" if report.erased else ""
    lost = f"，{report.lost:,}项的内容在恢复较早的备份时遗失" if report.lost else ""
    click.echo(f"核对了{report.size:,}项{erased}{lost}、{report.checkpoints:,}个检查点。")
    if report.is_sound:
        click.echo("✓ 全部一致。")
        return
    for problem in report.problems:
        click.echo(f"✕ {problem}")
    click.echo(f"第一个不对的：{report.first}")
    click.echo("文件坏了而数据库完好时，用 xinheng log rebuild-index 重建文件。")
    sys.exit(NOT_SOUND)


@log.command("rebuild-index")
def rebuild_index() -> None:
    """用数据库重建日志的全部文件；数据库的条目与签过的检查点有一个不符就不写。"""
    click.echo(f"写了{services.tiles_rebuild():,}个文件，其余的本来就对。")


@log.command("continue")
@click.option("--folder", type=FOLDER, help="公布过的日志的副本（checkpoint 和 tile）；不写时用本平台自己的文件。")
@click.option("--reason", required=True, help="为什么数据库是较早的，丢了什么。")
@click.option("--by", "actor", required=True, help="办理人。")
def continue_(*, folder: Path | None, reason: str, actor: str) -> None:
    """恢复了较早的备份以后：从已经公布的接着写。签过的一项不收回；这份数据库里没有的，记为遗失。"""
    done = services.log_continue(actor=actor, reason=reason, now=clock.now(), on_date=clock.today(), folder=folder)
    click.echo(
        f"数据库的日志从{done.before:,}项接到公布的{done.size:,}项，其中{done.lost:,}项的内容和盐已遗失，条目和证明照旧成立。"
    )
    click.echo("接着：一、查明遗失的是什么，重新报送（会成为新的条目，不补回原来的）；二、xinheng log append；")
    click.echo("三、xinheng log fsck；四、都一致了，由负责人运行 xinheng publish resume。")


@log.command()
@click.option("--folder", type=FOLDER, help="日志的文件夹（下载的副本也可以）；不写时用本平台自己的。")
@click.option("--key", "key_text", help="日志的公钥；不写时用本平台自己的。")
@click.option("--since", type=FILE, help="以前保存的检查点：核对日志是从它接着写的，没有改写过去。")
@click.option("--proof", type=FILE, help="只核验一份证明（.tlog-proof 文件）。")
def verify(*, folder: Path | None, key_text: str | None, since: Path | None, proof: Path | None) -> None:
    """离线核验日志文件或者一份证明，不查数据库；和网站上提供下载的单文件核验程序是同一段代码。

    退出码：0 真实，1 不要采信。
    """
    key = key_text or services.known_key().text
    if proof is not None:
        verdict = offline_verifier.verify_proof(proof.read_bytes(), key)
    else:
        verdict = offline_verifier.verify_log(folder or services.log_folder(), key, since=since.read_bytes() if since else None)
    offline_verifier.tell(verdict, click.echo)
    if not verdict.genuine:
        sys.exit(NOT_SOUND)


@log.command()
@click.argument("what", required=False)
@click.option("--index", type=int, help="日志项编号。")
@click.option("--consistency", nargs=2, type=int, metavar="FIRST SECOND", help="两个规模之间的一致性证明。")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="证明写到文件。")
def prove(*, what: str | None, index: int | None, consistency: tuple[int, int] | None, out: Path | None) -> None:
    """出具证明：一条记录的最新版本（WHAT 是记录编号）、一份目录（WHAT 是目录指纹）、第几项，或者两个规模之间。"""
    if sum(given is not None for given in (what, index, consistency)) != 1:
        raise click.UsageError("WHAT、--index、--consistency 写一个，只写一个。")
    if consistency is not None:
        path = selectors.consistency_shown(first=consistency[0], second=consistency[1])
        text = "".join(f"{one.hex()}\n" for one in path)
    else:
        text = selectors.proof_of(index=index if index is not None else _leaf(what or "")).text
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        click.echo(f"写到了 {out}。")


def _leaf(what: str) -> int:
    try:
        record = UUID(what)
    except ValueError:
        return selectors.leaf_of(source="CATALOGUE", name=what)
    leaves = selectors.leaves_of_record(record_id=record)
    if not leaves:
        raise LeafNotFound(what=what)
    return leaves[-1]


@log.command()
@click.argument("record", type=click.UUID)
@click.option("--ground", required=True, help="依据。")
@click.option("--by", "actor", required=True, help="办理人。")
def erase(*, record: UUID, ground: str, actor: str) -> None:
    """销毁一条记录全部版本的盐：从此没有人能证明日志里哪一项是它；日志和其他证明不受影响。不能恢复。"""
    services.log_append(now=clock.now())  # what waits would get its salt after the others lost theirs
    leaves = selectors.leaves_of_record(record_id=record)
    done = services.salts_erase(indexes=leaves, on_date=clock.today(), ground=ground, actor=actor, now=clock.now())
    click.echo(f"销毁了{done}项的盐。")


@click.group()
def publish() -> None:
    """停止和恢复公示：停止后不能公布、更正和恢复公示任何信息，查询、撤回、暂停公示和异议照常。"""


@publish.command()
@click.option("--reason", required=True, help="为什么停止。")
@click.option("--by", "actor", required=True, help="办理人。")
def stop(*, reason: str, actor: str) -> None:
    """停止公示。"""
    services.publishing_stop(actor=actor, reason=reason, now=clock.now())
    click.echo("公示已停止。查询照常；撤回、暂停公示、撤销、修复、移出和异议照常办理。")


@publish.command()
@click.option("--reason", required=True, help="查明了什么，为什么可以恢复。")
@click.option("--by", "actor", required=True, help="办理人。")
def resume(*, reason: str, actor: str) -> None:
    """恢复公示；先把日志核对一遍，不一致就不恢复。"""
    report = services.log_check(now=clock.now(), actor=actor, stops=False)
    if report.first is not None:
        raise StillDamaged(what=report.first)
    services.publishing_resume(actor=actor, reason=reason, now=clock.now())
    click.echo("公示已恢复。")
