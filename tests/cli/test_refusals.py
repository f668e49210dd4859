"""Whatever a user can get wrong is answered with one Chinese sentence and the right exit status."""

from __future__ import annotations

import errno
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.builders import build
from tests.cli.conftest import Result, Run
from tests.conftest import PASSWORD

HAN = re.compile(r"[\u4e00-\u9fff]")


def one_sentence(result: Result, status: int = 1) -> str:
    """Check that a refusal is one line of Chinese on standard error and nothing on standard output."""
    assert result.status == status, result
    lines = result.err.splitlines()
    assert len(lines) == 1, result.err
    assert HAN.search(lines[0])
    assert lines[0].endswith(("。", "）"))
    assert "Traceback" not in result.err
    assert "意外情况" not in result.err
    assert "Error" not in result.err
    return lines[0]


USAGE: list[tuple[list[str], str]] = [
    (["nonsense"], "没有“nonsense”这个命令"),
    (["shwo"], "是否想用 show"),
    (["--nonsense"], "没有“--nonsense”这个命令"),
    (["show"], "缺少参数：记录"),
    (["show", "a", "b"], "不认识的参数：b"),
    (["list", "person", "--limit", "many"], "--limit 的内容不对"),
    (["list", "person", "--limit", "0"], "--limit 的内容不对"),
    (["list", "person", "--where"], "--where 后面缺少内容"),
    (["list", "person", "--order", "--json"], "--order 后面缺少内容"),
    (["list", "person", "--order="], "--order 后面须写字段名"),
    (["new", "x.ybz"], "缺少参数：--station、--code"),
    (["new", "x.ybz", "--station", "a", "--code", "b", "--role", "king"], "--role 不能是"),
    (["void", "a"], "缺少参数：--reason"),
    (["do"], "须写明手续和记录"),
    (["month"], "后面须写下级命令：check、close、status"),
    (["month", "open"], "后面须写下级命令"),
    (["month", "close", "2026-10"], "缺少参数：--out"),
    (["stats"], "须写明统计表"),
    (["stats", "T1"], "须写明期间"),
    (["stats", "T1", "--period", "2026-10", "--from", "2026-01"], "不能同时写"),
    (["export", "person", "--out", "x.docx"], "须以 .xlsx 结尾"),
    (["export", "person", "--out", "x.xlsx", "--blank", "--where", "name=a"], "不能同时写"),
    (["receive", "x", "--yes", "--dry-run"], "不能同时写"),
    (["list", "person", "--today"], "--today 后面缺少内容"),
    (["list", "person", "--today", "yesterday"], "“yesterday”不是有效日期"),
    (["list", "person", "--today", "2026-02-30"], "“2026-02-30”不是有效日期"),
    (["list", "person", "--today=2026-13-01"], "不是有效日期"),
    (["due", "--until", "soon"], "--until 的内容不对"),
    (["due", "--mark", "x"], "须写 --kind"),
    (["numbers", "--scheme", "x"], "须同时写"),
    (["search", "\udcff"], "无法识别的字符"),
    (["show", "a\x00b"], "无法识别的字符"),
]


@pytest.mark.parametrize(("words", "said"), USAGE, ids=[" ".join(words) for words, _ in USAGE])
def test_a_command_written_wrongly_is_explained(ybz: Run, words: list[str], said: str) -> None:
    result = ybz(*words)
    assert said.replace("、", ", ") in one_sentence(result, 2).replace("、", ", ")
    assert result.out == ""


NUMBERS = "person:QS0722"
ZHANG = {"name": "陈大山", "id_docs": [{"number": "11010519491231002X"}]}

# words, input, what the sentence says
REFUSALS: list[tuple[list[str], object, str]] = [
    (["add", "nonsense"], {}, "没有名为“nonsense”的登记簿"),
    (["list", "nonsense"], None, "没有名为“nonsense”的登记簿"),
    (["registers", "nonsense"], None, "没有名为“nonsense”的登记簿"),
    (["do", "--list", "nonsense"], None, "没有名为“nonsense”的登记簿"),
    (["search", "x", "--register", "nonsense"], None, "没有名为“nonsense”的登记簿"),
    (["export", "nonsense", "--out", "x.xlsx"], None, "没有名为“nonsense”的登记簿"),
    (["import", "x.xlsx", "--register", "nonsense"], None, "没有名为“nonsense”的登记簿"),
    (["add", "person"], {"name": "甲某", "hobby": "钓鱼"}, "没有字段“hobby”"),
    (["add", "person"], {"name": "甲某", "sex": "很多"}, "没有“很多”这一项"),
    (["add", "person"], {"name": "甲某", "birth_date": "2026-02-30"}, "不是有效日期"),
    (["add", "person"], {"name": "甲某", "birth_date": "2027-01-01"}, "晚于今天"),
    (["add", "person"], {"name": "甲某", "id_docs": [{"number": "110105194912310021"}]}, "校验"),
    (["add", "person"], {"name": "甲某", "id_docs": "x"}, "写法不对"),
    (["add", "person"], {"name": "甲某", "minor_flag": {"missing": "nonsense"}}, "写法不对"),
    (["add", "person"], ZHANG, "与已有档案“陈大山”相同"),
    (["add", "person"], {}, "“姓名”必须填写"),
    (["add", "person"], [], "应是一个 JSON 对象"),
    (["add", "person"], 7, "应是一个 JSON 对象"),
    (["add", "person"], "{", "不是有效的 JSON"),
    (["add", "person"], "", "不是有效的 JSON"),
    (["add", "person"], b"\xff\xfe\x00", "不是有效的 JSON"),
    (["add", "person"], b'{"name": "\\ud800"}', "不是有效的 JSON"),
    (["add", "person"], '{"name": NaN}', "不是有效的 JSON"),
    (["add", "person"], "[" * 100_000, "不是有效的 JSON"),
    (["add", "person"], '{"name": "a\\u0000b"}', "含有空字符"),
    (["add", "person", "--file", "nowhere.json"], None, "找不到“nowhere.json”"),
    (["add", "person", "--file", "."], None, "需要文件的地方是文件夹"),
    (["set", "陈大山"], {"hobby": 1}, "没有字段“hobby”"),
    (["set", "陈大山"], {"state": "x"}, "状态不能直接修改"),
    (["set", "陈大山"], [], "应是一个 JSON 对象"),
    (["set", "无此人"], {}, "没有找到“无此人”"),
    (["show", "无此人"], None, "没有找到“无此人”"),
    (["show", "019a0000-0000-7000-8000-000000000000"], None, "没有找到"),
    (["show", ""], None, "没有找到"),
    (["history", "无此人"], None, "没有找到"),
    (["timeline", "无此人"], None, "没有找到"),
    (["void", "无此人", "--reason", "a"], None, "没有找到"),
    (["void", "陈大山", "--reason", " "], None, "必须写明理由"),
    (["revive", "陈大山"], None, "没有作废"),
    (["do", "nonsense", "陈大山"], {}, "没有“nonsense”这个操作"),
    (["do", "merge", "陈大山", "--file", "-"], {"where": 1}, "没有参数“where”"),
    (["do", "merge", "陈大山"], None, "须填写"),
    (["undo", "nonsense"], None, "没有批次“nonsense”"),
    (["list", "person", "--where", "hobby=1"], None, "没有字段“hobby”"),
    (["list", "person", "--where", "id_docs.hobby=1"], None, "没有字段“hobby”"),
    (["list", "person", "--where", "hobby.name=1"], None, "没有字段“hobby.name”"),
    (["list", "person", "--where", "nonsense"], None, "应写作 字段=值"),
    (["list", "person", "--where", "sex=很多"], None, "没有“很多”这一项"),
    (["list", "person", "--where", "birth_date=x..y"], None, "不是有效日期"),
    (["list", "person", "--where", "merged_into=无此人"], None, "没有找到"),
    (["list", "person", "--order", "hobby"], None, "没有字段“hobby”"),
    (["stats", "T99", "--period", "2026-10"], None, "没有名为“T99”的统计表"),
    (["stats", "T1", "--period", "soon"], None, "不是可用的统计期间"),
    (["stats", "T1", "--period", "2026-13"], None, "不是可用的统计期间"),
    (["stats", "T1", "--from", "2026-05", "--to", "2026-01"], None, "不是可用的统计期间"),
    (["stats", "T1", "--period", "2026-10", "--basis", "x"], None, "统计口径"),
    (["stats", "T1", "--period", "2026-10", "--village", "无此村"], None, "无此村"),
    (["trace", "T1", "total", "c999", "--period", "2026-10"], None, "没有列“c999”"),
    (["trace", "T1", "nonsense", "c1", "--period", "2026-10"], None, "没有行“nonsense”"),
    (["month", "check", "soon"], None, "不是可用的统计期间"),
    (["month", "close", "2026-11", "--out", "o"], None, "还没有结束"),
    (["month", "close", "2027-11", "--out", "o"], None, "还没有结束"),
    (["receive", "nowhere.ybz"], None, "nowhere.ybz"),
    (["enrol", "nowhere", "--code", "1"], None, "nowhere"),
    (["county", "matrix"], None, "县"),
    (["county", "receipt", "x", "--out", "o", "--accept"], None, "县"),
    (["county", "consolidate", "2026-10", "--out", "o.xlsx"], None, "县"),
    (["attach", "陈大山", "nowhere.jpg"], None, "无法读取“nowhere.jpg”"),
    (["attach", "无此人", "nowhere.jpg"], None, "没有找到"),
    (["attach", "陈大山", "台账.ybz.key", "--kind", "x"], None, "没有“x”这一项"),
    (["import", "nowhere.xlsx", "--register", "person"], None, "找不到“nowhere.xlsx”"),
    (["import", "台账.ybz", "--register", "person"], None, "不是电子表格"),
    (["setting", "nonsense"], None, "没有名为“nonsense”的设置项"),
    (["setting", "total_basis", "x"], None, "只能取"),
    (["setting", "month_start_day", "x"], None, "类型不对"),
    (["backup", "--out", "台账.ybz"], None, "已经存在"),
    (["restore", "nowhere.ybz", "--to", "x.ybz"], None, "找不到台账文件"),
    (["export-plain", "--out", "."], None, "不是空文件夹"),
    (["due", "--mark", "x:y", "--kind", "done", "--reason", "a"], None, "待办中没有"),
    (["due", "--register", "nonsense"], None, "nonsense"),
    (["numbers", "--confirm", "--scheme", NUMBERS, "--year", "2026", "--last", "0"], None, "不能改小"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "given", "said"), REFUSALS, ids=[f"{n} {' '.join(call[0])}" for n, call in enumerate(REFUSALS)]
)
def test_a_refusal_is_one_chinese_sentence(
    ybz: Run, person: str, words: list[str], given: object, said: str
) -> None:
    assert person
    result = ybz(*words, given=given)
    assert said in one_sentence(result)
    assert result.out == ""


@pytest.mark.parametrize(
    ("words", "given"),
    [
        (["add", "person"], {"name": "甲某", "sex": "很多"}),
        (["show", "无此人"], None),
        (["month", "close", "2026-11", "--out", "o"], None),
    ],
)
def test_a_refusal_in_json_names_code_sentence_and_problems(
    ybz: Run, words: list[str], given: object
) -> None:
    result = ybz(*words, "--json", given=given)
    assert result.status == 1
    assert set(result.data) == {"code", "message", "problems"}
    assert result.data["message"] == result.err.strip()
    for problem in result.data["problems"]:
        assert {"code", "seen", "message", "hint", "field"} <= set(problem)


def test_several_matches_are_listed(ybz: Run) -> None:
    ybz("add", "person", given=[{"name": "张大山"}, {"name": "张大海"}])
    result = ybz("show", "张大", "--json")
    assert "2 条记录" in one_sentence(result)
    assert {match["title"] for match in result.data["matches"]} == {"张大山", "张大海"}


def _wrong_password(env: pytest.MonkeyPatch, ledger: Path) -> str:
    env.setenv("YBZ_PASSWORD", "不是这个密码")
    return "密码不正确"


def _no_password(env: pytest.MonkeyPatch, ledger: Path) -> str:
    env.delenv("YBZ_PASSWORD")
    return "没有给出密码"


def _no_ledger(env: pytest.MonkeyPatch, ledger: Path) -> str:
    env.setenv("YBZ_LEDGER", str(ledger.with_name("没有.ybz")))
    return "找不到台账文件"


def _usual_place_is_empty(env: pytest.MonkeyPatch, ledger: Path) -> str:
    env.delenv("YBZ_LEDGER")
    return "找不到台账文件"


def _a_folder(env: pytest.MonkeyPatch, ledger: Path) -> str:
    env.setenv("YBZ_LEDGER", str(ledger.parent))
    return "找不到台账文件"


def _no_key(env: pytest.MonkeyPatch, ledger: Path) -> str:
    for name in (".key", ".key2"):
        ledger.with_name(ledger.name + name).unlink()
    return "密钥文件"


def _random_bytes(env: pytest.MonkeyPatch, ledger: Path) -> str:
    ledger.write_bytes(bytes(range(256)) * 64)
    return "台账.ybz"


def _random_key(env: pytest.MonkeyPatch, ledger: Path) -> str:
    for name in (".key", ".key2"):
        ledger.with_name(ledger.name + name).write_bytes(bytes(range(256)))
    return "密钥文件"


def _cut_short(env: pytest.MonkeyPatch, ledger: Path) -> str:
    content = ledger.read_bytes()
    ledger.write_bytes(content[: len(content) // 2 // 4096 * 4096 + 100])
    return "不完整"


def _bad_recovery_code(env: pytest.MonkeyPatch, ledger: Path) -> str:
    env.delenv("YBZ_PASSWORD")
    env.setenv("YBZ_RECOVERY_CODE", "YBZ-12345")
    return "恢复码"


def _bad_day(env: pytest.MonkeyPatch, ledger: Path) -> str:
    env.setenv("YBZ_TODAY", "23.11.2026")
    return "不是有效日期"


@pytest.mark.parametrize(
    "spoil",
    [
        _wrong_password, _no_password, _no_ledger, _usual_place_is_empty, _a_folder, _no_key, _random_bytes,
        _random_key, _cut_short, _bad_recovery_code, _bad_day,
    ],
)  # fmt: skip
def test_a_ledger_that_does_not_open_says_why(
    ybz: Run, surroundings: pytest.MonkeyPatch, ledger: Path, spoil: Callable[[Any, Path], str]
) -> None:
    said = spoil(surroundings, ledger)
    for words in (["list", "person"], ["check"], ["backup", "--out", "b.ybz"]):
        result = ybz(*words)
        assert said in one_sentence(result, 2 if spoil is _bad_day else 1)


def test_a_ledger_open_elsewhere_is_not_touched(ybz: Run, ledger: Path) -> None:
    from app.ledger.lock import LedgerLock

    with LedgerLock(ledger):
        assert "已被打开" in one_sentence(ybz("list", "person"))


def test_an_illegal_transition_names_the_state(ybz: Run) -> None:
    lead = ybz("add", "dispute_lead", "--json", given=build("dispute_lead")).data["ids"][0]
    assert "不能办理“销号”" in one_sentence(ybz("do", "close", lead))


def test_a_month_out_of_order_or_accepted_is_refused(ybz: Run) -> None:
    ybz("add", "outreach_event", given=build("outreach_event", held_on="2026-08-05"))
    assert ybz("month", "close", "2026-08", "--out", "o").status == 0
    assert "封月" in one_sentence(ybz("month", "close", "2026-10", "--out", "o"))


def test_a_tampered_bundle_is_refused(ybz: Run, county_ledger: Path) -> None:
    county = ("--ledger", county_ledger)
    card = ybz("card", "--out", "a", "--json").data
    ybz(*county, "enrol", card["file"], "--code", card["spoken_code"])
    ybz("add", "outreach_event", given=build("outreach_event", held_on="2026-10-15"))
    bundle = Path(ybz("month", "close", "2026-10", "--out", "out", "--json").data["bundle"])
    content = bytearray(bundle.read_bytes())
    for path in bundle.parent.glob(f"{bundle.name}.par"):
        path.unlink()
    for place in range(200, len(content), 97):
        content[place] ^= 0x55
    bad = bundle.with_name(f"x{bundle.name}")
    bad.write_bytes(content)
    one_sentence(ybz(*county, "receive", bad))
    noise = bundle.with_name("noise.zip")
    noise.write_bytes(bytes(range(256)) * 100)
    one_sentence(ybz(*county, "receive", noise))
    one_sentence(ybz(*county, "enrol", noise, "--code", "1234-5678"))
    one_sentence(ybz(*county, "enrol", card["file"], "--code", "0000-0000"))


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EIO, errno.EROFS])
@pytest.mark.parametrize(
    "words",
    [
        ["backup", "--out", "b.ybz"],
        ["export", "person", "--out", "p.xlsx"],
        ["month", "close", "2026-10", "--out", "o"],
        ["attach", "陈大山", "原件.txt"],
    ],
)
def test_a_disk_that_fails_is_told_from_a_fault(
    ybz: Run, surroundings: pytest.MonkeyPatch, person: str, words: list[str], code: int, tmp_path: Path
) -> None:
    (tmp_path / "原件.txt").write_text("原件", "utf-8")

    def fails(number: int) -> None:
        raise OSError(code, "no")

    surroundings.setattr("os.fsync", fails)
    said = one_sentence(ybz(*words))
    assert ("磁盘空间已满" in said) == (code == errno.ENOSPC)
    surroundings.undo()


def test_a_full_disk_while_saving_leaves_the_ledger_as_it_was(
    ybz: Run, surroundings: pytest.MonkeyPatch, person: str
) -> None:
    from app.ledger import connection

    opened = connection.open_connection

    def small(*args: Any, **settings: Any) -> Any:
        made = opened(*args, **settings)
        pages = made.execute("PRAGMA page_count").fetchone()[0]
        made.execute(f"PRAGMA max_page_count={pages}").fetchall()
        return made

    before = ybz("list", "person", "--json").out
    rows = [{"name": f"某{n}", "occupation": "字" * 2000} for n in range(200)]
    with surroundings.context() as patched:
        patched.setattr(connection, "open_connection", small)
        assert "磁盘空间已满" in one_sentence(ybz("add", "person", given=rows))
    assert ybz("list", "person", "--json").out == before


def test_an_interruption_ends_in_one_sentence_and_saves_nothing(
    ybz: Run, surroundings: pytest.MonkeyPatch, person: str
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with surroundings.context() as patched:
        patched.setattr("app.records.write_changes", interrupted)
        assert "已中断" in one_sentence(ybz("set", person, given={"occupation": "木匠"}))
    assert ybz("show", person, "--json").data["occupation"] is None


def test_too_little_memory_is_said(ybz: Run, surroundings: pytest.MonkeyPatch) -> None:
    def exhausted(*_: object, **__: object) -> None:
        raise MemoryError

    surroundings.setattr("app.listing.list_records", exhausted)
    assert "内存不足" in one_sentence(ybz("list", "person"))


def test_a_password_too_short_or_a_bad_place_makes_no_ledger(
    ybz: Run, surroundings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    words = ["--station", "白水司法所", "--code", "BS01"]
    surroundings.setenv("YBZ_PASSWORD", "short")
    one_sentence(ybz("new", tmp_path / "新.ybz", *words))
    assert not (tmp_path / "新.ybz").exists()
    surroundings.setenv("YBZ_PASSWORD", PASSWORD)
    assert "同步" in one_sentence(ybz("new", tmp_path / "OneDrive" / "新.ybz", *words))


def test_a_backup_without_its_key_is_refused(ybz: Run, tmp_path: Path) -> None:
    assert ybz("backup", "--out", "b.ybz").status == 0
    (tmp_path / "b.ybz.key").unlink()
    assert "b.ybz.key" in one_sentence(ybz("restore", "b.ybz", "--to", "c.ybz"))
    assert not (tmp_path / "c.ybz").exists()


def test_a_damaged_backup_is_refused(ybz: Run, tmp_path: Path) -> None:
    assert ybz("backup", "--out", "b.ybz").status == 0
    content = bytearray((tmp_path / "b.ybz").read_bytes())
    content[8192:12288] = bytes(4096)
    (tmp_path / "b.ybz").write_bytes(content)
    one_sentence(ybz("restore", "b.ybz", "--to", "c.ybz"))
    assert not (tmp_path / "c.ybz").exists()


def test_what_cannot_be_read_is_said(ybz: Run, surroundings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def denied(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "no", str(self))

    (tmp_path / "rows.json").write_text("{}", "utf-8")
    with surroundings.context() as patched:
        patched.setattr(Path, "open", denied)
        assert "rows.json" in one_sentence(ybz("add", "person", "--file", "rows.json"))


def test_the_room_on_the_disk_is_looked_at_first(
    ybz: Run, surroundings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=1024)
    surroundings.setattr("shutil.disk_usage", lambda _: usage)
    assert "磁盘剩余空间不足" in one_sentence(ybz("backup", "--out", "b.ybz"))
