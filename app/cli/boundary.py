"""From a command line to an exit status: what a user can cause becomes one Chinese sentence."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from app.cli.command import DONE, REFUSED, WRONG_USAGE, Answer, Call, UsageError
from app.cli.parsing import general_help, parse, refuse_unfit, split_options
from models.errors import LedgerError

INTERRUPTED = "已中断；没有完成的操作不会保存。"
_DISK_SENTENCES = (
    ((errno.ENOSPC, errno.EDQUOT), "磁盘空间已满，{0}没有写入，请清理磁盘后再试；已保存的内容不受影响。"),
    ((errno.ENOENT,), "找不到{0}，请核对路径和文件名。"),
    ((errno.EEXIST,), "{0}已经存在，请换一个名称。"),
    ((errno.EISDIR, errno.ENOTDIR), "{0}的位置不对：需要文件的地方是文件夹，或反过来，请核对路径。"),
    ((errno.ENAMETOOLONG,), "{0}的名称太长，请换一个短一些的名称。"),
    (
        (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY),
        "无法读写{0}：没有权限、磁盘只读或文件正被其他程序占用，请检查后再试。",
    ),
)


def carry_out(words: Sequence[str]) -> int:
    """Carry out a command line and give its exit status; other faults than a user's pass through."""
    _speak_utf8()
    as_json = False
    try:
        refuse_unfit(words)
        options, rest = split_options(words)
        as_json = options.as_json
        if not rest or rest[0] in ("-h", "--help"):
            print(general_help())
            return DONE
        command, args = parse(rest)
        assert command.run is not None  # noqa: S101 — parse refuses commands that only lead to others
        return _finish(command.run(Call(args, options)), as_json=as_json)
    except SystemExit as end:  # argparse has shown the help
        return end.code if isinstance(end.code, int) else DONE
    except UsageError as error:
        return _refuse(str(error), WRONG_USAGE)
    except LedgerError as error:
        if as_json:
            from app.cli.screen import print_json, refusal_json

            print_json(refusal_json(error))
        return _refuse(error.message)
    except KeyboardInterrupt:
        return _refuse(INTERRUPTED)
    except BrokenPipeError:
        return _closed_by_reader()
    except MemoryError:
        return _refuse("内存不足，本次操作没有完成，请关闭其他程序后再试。")
    except OSError as error:
        return _refuse(disk_sentence(error))


def tell_fault(error: Exception) -> int:
    """Note a fault of the program's own and say so in one sentence."""
    from app.cli.faults import note, sentence
    from app.places import fault_log

    return _refuse(sentence(note(error, fault_log())))


def disk_sentence(error: OSError) -> str:
    """Say what is wrong with a file and what to do; only its name is quoted, not its folders."""
    name = error.filename
    shown = f"“{Path(os.fsdecode(name)).name}”" if isinstance(name, str | bytes) and name else "文件"
    for numbers, text in _DISK_SENTENCES:
        if error.errno in numbers:
            return text.format(shown)
    return f"读写{shown}时出错，请检查磁盘后再试。"


def _finish(answer: Answer, *, as_json: bool) -> int:
    from app.cli.screen import show

    show(answer, as_json=as_json)
    sys.stdout.flush()
    return answer.status


def _refuse(sentence: str, status: int = REFUSED) -> int:
    print(" ".join(sentence.split()), file=sys.stderr)
    return status


def _closed_by_reader() -> int:
    """Whoever read our output has closed it; keep Python from complaining when it flushes at its end."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    return DONE


def _speak_utf8() -> None:
    """Write UTF-8 whatever the system's locale is; what cannot be written is shown escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
