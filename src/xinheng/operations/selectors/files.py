"""Examinations of what lies on the disk: folders, space, keys, fonts, the last backup."""

import os
import secrets
import shutil
import stat
from datetime import datetime
from pathlib import Path

from django.conf import settings

from xinheng.adapters import key_ring
from xinheng.adapters.storage import var_dir
from xinheng.operations.domain import BACKUP_AGE_HOURS, DISK_FULL_SHARE, DISK_LOW_SHARE, State
from xinheng.operations.selectors.backups import generation_of_last_bundle, last_backup, restore_unfinished

_FOLDERS = ("keys", "originals", "intake", "opendata", "outbox")


def folders_writable(now: datetime) -> tuple[State, str, str]:
    """A file can be written into every folder that is there."""
    del now
    refused = []
    for folder in (var_dir(), *(settings.XINHENG_VAR / name for name in _FOLDERS)):
        if not folder.exists():
            continue
        probe = folder / f".doctor-{secrets.token_hex(4)}"
        try:
            probe.write_bytes(b"x")
        except OSError as error:
            refused.append(f"{folder}（{error.strerror}）")
        finally:
            probe.unlink(missing_ok=True)
    if refused:
        return (
            State.BAD,
            f"写不进：{'、'.join(refused)}。",
            "把文件夹交给运行平台的账号（chown -R），只读挂载的重新挂载；磁盘满了先腾空间。",
        )
    return State.GOOD, str(settings.XINHENG_VAR), ""


def disk_space(now: datetime) -> tuple[State, str, str]:
    """Enough is free where files and the embedded database's data lie."""
    del now
    worst, seen = 1.0, ""
    places = [var_dir()]
    if settings.EMBEDDED_SERVER is not None and settings.EMBEDDED_SERVER.data.exists():
        places.append(settings.EMBEDDED_SERVER.data)
    for place in places:
        usage = shutil.disk_usage(place)
        if usage.free / usage.total <= worst:
            worst, seen = (
                usage.free / usage.total,
                f"{place} 所在的磁盘还剩 {usage.free / 1e9:.1f} GB（{usage.free / usage.total:.0%}）",
            )
    way = "扩容，或按 docs/runbooks/disk-full.zh.md 腾空间。不要删 originals、keys、postgres 里的文件。"
    if worst < DISK_FULL_SHARE:
        return State.BAD, seen, way
    return (State.ATTENTION, seen, way) if worst < DISK_LOW_SHARE else (State.GOOD, seen, "")


def keys_present(now: datetime) -> tuple[State, str, str]:
    """The keys that are made at first use are there; a deployment that has not begun has none yet."""
    del now
    keys = settings.XINHENG_VAR / "keys"
    missing = [] if key_ring.is_there() else [key_ring.RING_FILE]
    if not (keys / "django.key").exists() and not os.environ.get("XINHENG_SECRET_KEY"):
        missing.append("django.key")
    if missing:
        return (
            State.ATTENTION,
            f"还没有 {'、'.join(missing)} 这把密钥。",
            ("新部署会在第一次使用时生成；用过的部署缺了密钥，先不要使用，按 docs/runbooks/lost-key.zh.md 恢复。"),
        )
    return State.GOOD, str(keys), ""


def keys_permissions(now: datetime) -> tuple[State, str, str]:
    """Nobody but the platform's account can read the keys."""
    del now
    keys = settings.XINHENG_VAR / "keys"
    if not keys.exists():
        return State.GOOD, "还没有密钥", ""
    found = [keys, *sorted(path for path in keys.iterdir() if not path.name.startswith("."))]
    open_ones = [path for path in found if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    if open_ones:
        return (
            State.BAD,
            f"别的账号也能读：{_names(open_ones)}。",
            f"chmod 700 {keys} && chmod 600 {keys}/*；查明谁可能已经读过。",
        )
    if strange := [path for path in found if path.stat().st_uid != os.geteuid()]:
        return State.BAD, f"不属于运行平台的账号：{_names(strange)}。", f"chown 给运行平台的账号：{keys}"
    return State.GOOD, "只有本账号可读", ""


def fonts_there(now: datetime) -> tuple[State, str, str]:
    """Reports can be set: the typesetter can be loaded and has fonts with Chinese characters."""
    del now
    way = "运行 make setup，或把 XINHENG_FONTS 指到有 NotoSansSC 字体（ttf）的文件夹。"
    try:
        import typst  # noqa: F401 - whether it can be loaded is the question
    except ImportError:
        return State.BAD, "排版程序 typst 装不上，出不了报告。", "按 requirements.lock 重新安装。"
    found = sorted(settings.XINHENG_FONTS.glob("*.ttf"))
    if not found:
        return State.BAD, f"{settings.XINHENG_FONTS} 里没有字体，出不了报告。", way
    return State.GOOD, f"字体 {len(found)} 个", ""


def restore_finished(now: datetime) -> tuple[State, str, str]:
    """No restore was cut off between the database and the files."""
    del now
    if restore_unfinished():
        return (
            State.BAD,
            "有一次恢复做到一半被打断，数据库和文件可能不是一套。",
            (
                "用同一条 xinheng restore 命令加 --replace 再做一遍；原来的数据在 before-restore 开头的文件夹和数据库里，没有丢。"
            ),
        )
    return State.GOOD, "没有做到一半的", ""


def backup_age(now: datetime) -> tuple[State, str, str]:
    """The last backup that was finished is of last night, and it can still be found."""
    way = "运行 xinheng backup make（由 xinheng-backup.timer 每夜运行）；没有成功的，看它的日志。"
    last = last_backup()
    if last is None:
        return State.BAD, "从来没有备份过。", way
    hours = (now - last.at).total_seconds() / 3600
    if hours > BACKUP_AGE_HOURS:
        return State.BAD, f"最近一次备份在 {hours:.0f} 小时以前（{last.at:%Y-%m-%d %H:%M}）。", way
    if not Path(last.folder).exists():
        return (
            State.ATTENTION,
            f"{last.folder} 不在了。",
            "搬到别处是好事：确认搬过去的那一份用 xinheng restore --check-only 核对过。",
        )
    return State.GOOD, f"{last.at:%Y-%m-%d %H:%M}，{last.folder}", ""


def keys_bundled(now: datetime) -> tuple[State, str, str]:
    """The keys were written into a bundle since the current generation came: without it, a lost disk takes what is new."""
    del now
    ring, bundled = key_ring.ring_in(settings.XINHENG_VAR / "keys"), generation_of_last_bundle()
    way = "运行 xinheng backup keys --out 移动介质上的文件，和备份分开保管；旧的密钥包留到旧备份到期。"
    if bundled is None:
        return State.ATTENTION, "没有另存过密钥包，密钥只在这台机器上。", way
    if ring is not None and bundled < ring.current:
        return State.BAD, f"换钥以后没有另存密钥包：第 {ring.current} 代密钥只在这台机器上。", way
    return State.GOOD, f"另存过，有第 {bundled} 代", ""


def _names(paths: list[Path]) -> str:
    return "、".join(path.name for path in paths)
