"""What keeps a backup from being made or restored, in words for whoever looks after the platform."""

from xinheng.kernel.errors import DomainError


class BackupRecipientsMissing(DomainError):
    """There is no public key to encrypt a backup to."""

    code = "operations.backup_recipients_missing"
    template = (
        "没有备份用的公钥（%(path)s）。先运行 xinheng backup new-identity --out 文件：它造一对钥匙，公钥留在这里，"
        "私钥文件马上移到离线介质，由保管人封存。没有做备份。"
    )


class BackupInProgress(DomainError):
    """Another process makes a backup of this deployment at this moment."""

    code = "operations.backup_in_progress"
    template = "另一个进程正在备份。等它做完再运行；这次什么也没有做。"


class BackupFailed(DomainError):
    """A backup was not finished; nothing of it stays."""

    code = "operations.backup_failed"
    template = "备份没有做成：%(why)s。没有留下不完整的文件，上一份备份还在。排除原因后再运行一次。"


class KeysBesideBackup(DomainError):
    """The bundle of keys was to be written where the backups are."""

    code = "operations.keys_beside_backup"
    template = "密钥包不能和备份放在一起（%(folder)s）：两样都拿到的人什么都打得开。写到另一处（例如可移动介质）。没有写。"


class BackupNotGenuine(DomainError):
    """A backup is incomplete, altered, of another deployment, or cannot be opened with the key given."""

    code = "operations.backup_not_genuine"
    template = "这份备份不能用：%(why)s。什么都没有动。换一份备份，或核对私钥和密钥包是不是这个平台的。"


class DeploymentNotEmpty(DomainError):
    """A backup was to be restored over data."""

    code = "operations.deployment_not_empty"
    template = (
        "这里已经有数据（%(seen)s），没有恢复，什么都没有动。确定要用备份换掉的，加 --replace：现有的数据库和文件不会删除，"
        "改名保存在原处，核对无误后由你删除。"
    )


class DeploymentInUse(DomainError):
    """The site or a worker of this deployment runs."""

    code = "operations.deployment_in_use"
    template = "网站或工作进程还在运行。先停下（systemctl stop xinheng-web xinheng-worker），再恢复。什么都没有动。"


class RestoreDiffers(DomainError):
    """What was restored is not what was backed up; the deployment is as it was."""

    code = "operations.restore_differs"
    template = "恢复出来的内容和备份清单对不上（%(what)s），没有换上去；原来的数据没有动。请换一份备份，并报告这个问题。"


class RestoreOntoServer(DomainError):
    """A production server's database is replaced by its administrator, not from here."""

    code = "operations.restore_onto_server"
    template = (
        "DATABASE_URL 指定的数据库里已经有表。--replace 只用于内嵌数据库：请在服务器上新建一个空数据库，"
        "把 DATABASE_URL、DATABASE_APP_URL 指过去，再恢复。什么都没有动。"
    )


class RotationInProgress(DomainError):
    """Another process changes the key ring at this moment."""

    code = "operations.rotation_in_progress"
    template = "另一个进程正在更换或销毁密钥。等它做完再运行；这次什么也没有做。"


class RingInEnvironment(DomainError):
    """The key ring is given by the environment, which nothing here can change."""

    code = "operations.ring_in_environment"
    template = (
        "密钥环由环境变量 XINHENG_MASTER_KEY 给出，平台不能替你改。加 --out 文件，把新的密钥环写到文件里；"
        "把文件的内容设为 XINHENG_MASTER_KEY，重新启动网站和工作进程，删掉文件，再运行 xinheng keys rotate。这次什么也没有做。"
    )


class RingBegun(DomainError):
    """A new deployment's ring was to be made where there is one."""

    code = "operations.ring_begun"
    template = "这里已经有密钥了，没有另造。要换成别的算法，用 xinheng keys rotate --suite。"


class RingMissing(DomainError):
    """A ring was to be made for a deployment that has lost its own."""

    code = "operations.ring_missing"
    template = (
        "库里已经有密封的内容，密钥却不见了：另造一把只会让新旧混在一起，没有造。按 docs/runbooks/lost-key.zh.md 取回密钥。"
    )


class SuiteUnavailable(DomainError):
    """The installed cryptographic library has not the algorithms."""

    code = "operations.suite_unavailable"
    template = "本机的密码库没有 %(suite)s，或者算出来不对。换一个带国密算法的 cryptography（requirements.lock 里的就有）。什么也没有做。"


class GenerationUnknown(DomainError):
    """The ring has no such generation."""

    code = "operations.generation_unknown"
    template = "密钥环里没有第 %(number)s 代。用 xinheng keys status 看有哪些。什么也没有做。"


class GenerationCurrent(DomainError):
    """The current generation was to be destroyed."""

    code = "operations.generation_current"
    template = "第 %(number)s 代是当前的，不能销毁。先运行 xinheng keys rotate 换成新的一代。什么也没有做。"


class GenerationUsed(DomainError):
    """Something would be lost with the generation."""

    code = "operations.generation_used"
    template = (
        "第 %(number)s 代还在用（%(uses)s），销毁了就再也打不开，没有销毁。先运行 xinheng keys rotate 把它们换到当前的一代。"
    )


class GenerationTooYoung(DomainError):
    """Something that began under the generation may not have been stored yet."""

    code = "operations.generation_too_young"
    template = (
        "第 %(number)s 代是 %(superseded)s 换下来的，还不满 %(hours)s 小时：那以前开始的办理可能还没有存完。"
        "过了这段时间再运行。没有销毁。"
    )
