"""What the search finds, by what, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
import sqlcipher3.dbapi2

from app.search import Document, clear, put_documents, rebuild, remove_documents, search
from app.search.query import _SEARCH
from models.search import create_search_tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CASE = Document(
    record="r1",
    register="mediation_case",
    day="2026-03-05",
    title="王小明与单国庆宅基地纠纷",
    subtitle="青山村 3组",
    text=("双方因排水沟发生争执，2026年3月调解。", "A3栋 Wi-Fi 账号"),
    names=("王小明", "单国庆"),
    numbers=("（2026）青民调字第0012号",),
    id_numbers=("99010119900307123x",),
    phones=("199-1234-8765、0599-7654321",),
)


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sa.Connection]:
    path = tmp_path / "search.db"

    def connect() -> object:
        raw = sqlcipher3.dbapi2.connect(str(path))
        raw.execute(f"PRAGMA key=\"x'{'5a' * 48}'\"")
        return raw

    engine = sa.create_engine(f"sqlite:///{path}", module=sqlcipher3.dbapi2, creator=connect)
    with engine.connect() as opened:
        create_search_tables(opened)
        opened.commit()
        yield opened
    engine.dispose()


def found(conn: sa.Connection, words: str, **options: object) -> list[str]:
    return [hit.record for hit in search(conn, words, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "matched"),
    [
        ("王", "姓名"),
        ("小明", "姓名"),
        ("王小明", "姓名"),
        ("国", "姓名"),
        ("排水沟", "内容"),
        ("沟发生争", "内容"),
        ("争执 2026年3月", "内容"),
        ("wangxiaoming", "拼音"),
        ("wangx", "拼音"),
        ("wan", "拼音"),
        ("xiaoming", "拼音"),
        ("guoqing", "拼音"),
        ("shanguoqing", "拼音"),
        ("danguoqing", "拼音"),
        ("WangXiaoMing", "拼音"),
        ("wxm", "首字母"),
        ("xm", "首字母"),
        ("w", "首字母"),
        ("m", "首字母"),
        ("sgq", "首字母"),
        ("dgq", "首字母"),
        ("8765", "尾号"),
        ("4321", "尾号"),
        ("321", "尾号"),
        ("123X", "尾号"),
        ("123x", "尾号"),
        ("99010119900307123x", "尾号"),
        ("19912348765", "尾号"),
        ("1991234", "号码"),
        ("9901011990", "号码"),
        ("0012", "案号"),
        ("12号", "案号"),
        ("民调字第0012", "案号"),
        ("（2026）青民调字第0012号", "案号"),
        ("(2026)青民调字", "案号"),
        ("３组", "内容"),
        ("a3栋", "内容"),
        ("wifi", "内容"),
        ("Wi-Fi", "内容"),
        ("wxm 排水", "首字母、内容"),
        ("王小明 shanguoqing 8765", "姓名、拼音、尾号"),
    ],
)
def test_every_way_of_asking_finds_the_record_and_says_how(
    conn: sa.Connection, words: str, matched: str
) -> None:
    put_documents(conn, [CASE])
    (hit,) = search(conn, words)
    assert (hit.record, hit.matched) == ("r1", matched)
    assert (hit.register, hit.title, hit.subtitle, hit.day) == (
        CASE.register,
        CASE.title,
        CASE.subtitle,
        CASE.day,
    )


@pytest.mark.parametrize(
    "words",
    [
        "王明",  # not neighbours
        "明王",
        "mw",
        "xiaomingwang",
        "876",  # the middle of a number
        "87",
        "990101",  # a county alone says nothing
        "王小明 李",
        "纠纷青山",  # the end of the title, then the subtitle
        "组双方",  # the end of the subtitle, then the text
        "调解a3",
        "国庆2026",
        "",
        "   ",
        "，。·",
    ],
)
def test_what_is_not_there_is_not_found(conn: sa.Connection, words: str) -> None:
    put_documents(conn, [CASE])
    assert search(conn, words) == []


def test_identity_and_telephone_numbers_are_never_found_from_the_middle(conn: sa.Connection) -> None:
    put_documents(conn, [Document("r", "person", "", "甲", phones=("19912348765",))])
    assert found(conn, "2348") == []
    assert found(conn, "8765") == ["r"]
    assert found(conn, "65") == []


@pytest.mark.parametrize(
    "name", ["王𬭁", "𠅤㛃", "䶮〇", "\ue5cf明", "阿卜杜拉·买买提", "𰻝龘", "\U00031350生"]
)
def test_names_with_rare_characters_are_found_by_each_of_them(conn: sa.Connection, name: str) -> None:
    put_documents(
        conn, [Document("r", "person", "", name, names=(name,)), Document("s", "person", "", "王明")]
    )
    for character in name.replace("·", "").replace("王", "").replace("明", ""):
        assert found(conn, character) == ["r"]
    assert found(conn, name) == ["r"]
    assert found(conn, name.replace("·", "")) == ["r"]


def test_the_newest_day_comes_first_and_records_without_one_last(conn: sa.Connection) -> None:
    days = {
        "a": "",
        "b": "2026-03-05",
        "c": "2025-12-31",
        "d": "~2026-02",
        "e": "2026-03-05T09:30",
        "f": "~~农历三月",
        "g": "1899-01-01",
        "h": "2026-13-45",
        "i": "~2026",
    }
    put_documents(conn, [Document(record, "event", day, "会议") for record, day in days.items()])
    assert found(conn, "会议") == ["e", "b", "d", "i", "c", "f", "h", "g", "a"]
    assert found(conn, "会议", limit=3) == ["e", "b", "d"]


def test_records_of_one_day_come_in_the_same_order_however_they_were_put(conn: sa.Connection) -> None:
    docs = [Document(f"r{number}", "event", "2026-01-01", "会议") for number in (3, 1, 2, 5, 4)]
    put_documents(conn, docs)
    first = found(conn, "会议")
    clear(conn)
    for document in reversed(docs):
        put_documents(conn, [document])
    assert found(conn, "会议") == first == ["r5", "r4", "r3", "r2", "r1"]


def test_putting_a_record_again_replaces_all_it_was_found_by(conn: sa.Connection) -> None:
    put_documents(conn, [CASE])
    put_documents(
        conn, [Document("r1", "person", "2027-01-01", "李四", names=("李四",), phones=("13900001111",))]
    )
    for old in ("王小明", "wxm", "wang", "8765", "0012", "排水"):
        assert found(conn, old) == []
    assert found(conn, "ls") == found(conn, "1111") == ["r1"]
    assert conn.exec_driver_sql("SELECT count(*) FROM search_doc").scalar() == 1


def test_of_two_documents_of_one_record_in_a_batch_the_last_counts(conn: sa.Connection) -> None:
    put_documents(conn, [Document("r", "person", "", "张三"), Document("r", "person", "2026-01-01", "李四")])
    assert found(conn, "张三") == []
    assert found(conn, "李四") == ["r"]


def test_removed_records_are_gone_and_unknown_ones_are_passed_over(conn: sa.Connection) -> None:
    put_documents(conn, [CASE, Document("r2", "person", "", "王五", names=("王五",))])
    remove_documents(conn, ["r1", "nobody"])
    assert found(conn, "王") == ["r2"]
    remove_documents(conn, [])
    assert found(conn, "w") == ["r2"]


def test_a_place_freed_by_removal_is_used_again_without_mixing_records(conn: sa.Connection) -> None:
    put_documents(conn, [CASE])
    remove_documents(conn, ["r1"])
    put_documents(conn, [Document("r9", "mediation_case", CASE.day, "赵六", names=("赵六",))])
    assert found(conn, "王小明") == []
    assert found(conn, "zl") == ["r9"]


def test_the_index_follows_the_transaction_it_is_written_in(conn: sa.Connection) -> None:
    put_documents(conn, [CASE])
    conn.commit()
    put_documents(conn, [Document("r1", "person", "", "李四")])
    put_documents(conn, [Document("r2", "person", "", "王五")])
    conn.rollback()
    assert found(conn, "王") == ["r1"]
    assert found(conn, "李四") == []


def test_only_the_registers_asked_for_are_searched(conn: sa.Connection) -> None:
    put_documents(
        conn,
        [
            Document("a", "mediation_case", "2026-01-03", "王甲"),
            Document("b", "mediation", "2026-01-02", "王乙"),
            Document("c", "case", "2026-01-01", "王丙"),
        ],
    )
    assert found(conn, "王", registers=["mediation"]) == ["b"]
    assert found(conn, "王", registers=("case", "mediation_case")) == ["a", "c"]
    assert found(conn, "王", registers=[]) == []
    assert found(conn, "王", registers=['x" OR "']) == []
    assert found(conn, "王") == ["a", "b", "c"]


@pytest.mark.parametrize(
    "words",
    [
        '"',
        '""',
        '王"',
        "t:王",
        "王*",
        "NEAR(王 小)",
        "^王",
        "王 AND",
        "OR",
        "NOT 王",
        "a' OR '1'='1",
        "{t}:x",
        "-王",
        "zz",
        "gx",
    ],
)
def test_the_signs_of_the_index_language_are_plain_text(conn: sa.Connection, words: str) -> None:
    put_documents(
        conn, [Document("r", "person", "", "李四"), Document("s", "person", "", words, names=(words,))]
    )
    assert found(conn, words) in ([], ["s"])
    assert conn.exec_driver_sql("SELECT count(*) FROM search_doc").scalar() == 2


@pytest.mark.parametrize(
    "words", ["王" * 5000, "12" * 5000, "ab" * 5000, " ".join(map(str, range(10_000, 10_400)))]
)
def test_a_whole_page_pasted_into_the_box_is_answered(conn: sa.Connection, words: str) -> None:
    put_documents(conn, [Document("r", "event", "", "记录", text=(words,)), CASE])
    assert found(conn, words) == ["r"]


def test_a_limit_of_nothing_gives_nothing(conn: sa.Connection) -> None:
    put_documents(conn, [CASE])
    assert found(conn, "王", limit=0) == []


def test_rebuilding_forgets_what_is_no_longer_given(conn: sa.Connection) -> None:
    put_documents(conn, [CASE])
    assert rebuild(conn, iter([Document("r2", "person", "", "李四", names=("李四",))])) == 1
    assert found(conn, "王") == []
    assert found(conn, "lisi") == ["r2"]
    create_search_tables(conn)
    assert found(conn, "lisi") == ["r2"]


def test_clearing_empties_the_search(conn: sa.Connection) -> None:
    put_documents(conn, [CASE])
    clear(conn)
    assert found(conn, "王") == []


def test_newest_first_needs_no_sorting_of_all_matches(conn: sa.Connection) -> None:
    put_documents(conn, [CASE])
    plan = [row.detail for row in conn.exec_driver_sql("EXPLAIN QUERY PLAN " + _SEARCH, ('"王"', 50))]
    assert not [step for step in plan if "TEMP B-TREE" in step]
    assert any("INTEGER PRIMARY KEY" in step for step in plan)
