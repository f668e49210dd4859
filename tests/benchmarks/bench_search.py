"""Search at 200 000 records on an encrypted file, against LIKE on the same file.

Run by hand: ``python -m tests.benchmarks.bench_search [records]``. Goals: p95 at most 20 ms, at least 20
times faster than a LIKE that has to read the table, every record found that a plain scan finds.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import sqlcipher3.dbapi2

from app.search import Document, put_documents, rebuild, search
from models.names import initials, readings
from models.search import create_search_tables
from tests.benchmarks.figure import Figure, exactly, faster_than

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEED = 20261123
RECORDS = 200_000
PEOPLE = 80_000
SAMPLES = 60
PAGE = 50
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡单解仇查"
GIVEN = (
    "明国华建文平志伟东海强晓生光林小民永杰军金健一忠洪江福祥中正振勇耀春大宁亮宇兴宝少剑云学仁"
    "涛瑞飞鹏安亚泽世汉达卫利胜敏群波成荣新峰刚家龙德庆斌辉良玉俊立浩天宏子松克清长嘉红山贤阳乐"
    "锋智青跃元南武广思雄锦威启昌铭维义宗英凯鸿森超坚旭政传康继翔栋仲鑫蕾琴婷娟芳秀兰霞燕玲桂丹"
    "萍"
)
FREQUENT = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说"
PLACES = ("浔溪镇", "棠坞村", "浔溪镇棠坞村")  # in every other sentence
SUBJECTS = (
    "宅基地",
    "相邻权",
    "排水",
    "采光",
    "噪音",
    "赡养",
    "抚养",
    "离婚",
    "彩礼",
    "借款",
    "欠薪",
    "工伤",
    "土地承包",
    "流转",
    "林权",
    "山界",
    "鱼塘",
    "道路",
    "交通事故",
    "物业",
    "租赁",
    "合伙",
    "买卖",
    "邻里",
    "口角",
    "殴打",
    "赔偿",
    "医疗",
    "消费",
    "继承",
    "分家",
    "征地",
    "拆迁",
    "青苗",
    "坟地",
    "水渠",
    "电线",
    "围墙",
    "化粪池",
    "宠物",
)
VERBS = (
    "因",
    "与",
    "就",
    "发生",
    "争执",
    "要求",
    "经",
    "协商",
    "调解",
    "达成",
    "协议",
    "约定",
    "支付",
    "履行",
    "双方",
    "当事人",
    "村民",
    "委员会",
    "司法所",
    "申请",
    "受理",
    "认为",
    "拒绝",
    "同意",
    "返还",
    "修复",
    "停止",
    "侵害",
    "共同",
    "承担",
    "费用",
)


@dataclass(frozen=True)
class Row:
    """The Nth percentile timings of one kind of query, in milliseconds."""

    label: str
    p50: float
    p95: float
    like: float
    reads_all: bool


class Corpus:
    """Made-up records with the frequencies of Chinese office text; nobody real is in it."""

    def __init__(self, count: int) -> None:
        self.random = random.Random(SEED)
        rare = [chr(code) for code in range(0x4E00, 0x4E00 + 3500)]
        self.random.shuffle(rare)
        common = [*FREQUENT, *rare]
        weights = [1 / (rank + 8) for rank in range(len(common))]
        loose = self.random.choices(common, weights, k=24_000)
        self.common = [*common[:16], *"浔溪棠坞"]
        self.people = [self.name() for _ in range(PEOPLE)]
        self.words = [*SUBJECTS * 20, *VERBS * 60, *PLACES * 120] + [
            "".join(loose[at : at + 2]) for at in range(0, 12_000, 2)
        ]
        self.docs = [self.document(number) for number in range(count)]

    def name(self) -> str:
        pick = self.random
        return pick.choice(SURNAMES) + "".join(pick.choices(GIVEN, k=pick.choice((1, 2, 2, 2))))

    def document(self, number: int) -> Document:
        pick = self.random
        year, month, day = pick.randrange(2016, 2027), pick.randrange(1, 13), pick.randrange(1, 29)
        names = (pick.choice(self.people), pick.choice(self.people))
        return Document(
            record=f"{number:08d}-0000-7000-8000-{pick.randrange(16**12):012x}",
            register=pick.choice(("mediation_case", "outreach_event", "corrections_person")),
            day=f"{year}-{month:02d}-{day:02d}",
            title=f"{names[0]}与{names[1]}{pick.choice(SUBJECTS)}纠纷",
            subtitle=f"{pick.choice(GIVEN)}{pick.choice(GIVEN)}村{pick.randrange(1, 15)}组",
            text=("".join(pick.choices(self.words, k=26))[:60], f"{year}年{month}月{day}日"),
            names=names,
            numbers=(f"（{year}）青民调字第{pick.randrange(100_000):05d}号",),
            id_numbers=(f"999999{pick.randrange(10**11):011d}X",),
            phones=(f"199{pick.randrange(10**8):08d}",),
        )


def encrypted_engine(path: Path) -> sa.Engine:
    """An engine on an encrypted scratch file."""

    def connect() -> Any:
        raw = sqlcipher3.dbapi2.connect(str(path))
        raw.execute(f"PRAGMA key=\"x'{'5a' * 48}'\"")
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-32000"):
            raw.execute(f"PRAGMA {pragma}")
        return raw

    return sa.create_engine(f"sqlite:///{path}", module=sqlcipher3.dbapi2, creator=connect)


def joined(document: Document) -> str:
    """All plain text of a record, as a table would hold it."""
    parts = (document.title, document.subtitle, *document.text, *document.names, *document.numbers)
    return "|".join(parts + document.id_numbers + document.phones)


def queries(corpus: Corpus) -> Iterator[tuple[str, Callable[[], str]]]:
    """Each kind of query with a maker of one."""
    pick = corpus.random

    def part(length: int) -> str:
        text = pick.choice(corpus.docs).text[0]
        start = pick.randrange(len(text) - length + 1)
        return text[start : start + length]

    def name() -> str:
        return pick.choice(pick.choice(corpus.docs).names)

    for length in range(1, 5):
        yield f"{length} 个汉字", partial(part, length)
    yield "姓名", name
    yield "名字末两字", lambda: name()[-2:]
    yield "四个高频字(含地名)", lambda: "".join(pick.choices(corpus.common, k=4))
    yield "四个常用字(命中少)", lambda: "".join(pick.choices("双方当事人村民调解协议申请受理", k=4))
    yield "姓名+汉字", lambda: f"{name()} {part(2)}"
    yield "全拼", lambda: readings(name())[0]
    yield "全拼前两字母", lambda: readings(name())[0][:2]
    yield "全拼前四字母", lambda: readings(name())[0][:4]
    yield "首字母 1", lambda: initials(name())[0][:1]
    yield "首字母 2", lambda: initials(name())[0][:2]
    yield "首字母 全部", lambda: initials(name())[0]
    yield "首字母+汉字", lambda: f"{initials(name())[0]} {part(2)}"
    yield "尾号 3 位", lambda: pick.choice(corpus.docs).phones[0][-3:]
    yield "尾号 4 位", lambda: pick.choice(corpus.docs).phones[0][-4:]
    yield "身份证尾号", lambda: pick.choice(corpus.docs).id_numbers[0][-6:]
    yield "2 位数字", lambda: f"{pick.randrange(100):02d}"
    yield "年份", lambda: str(pick.randrange(2010, 2030))
    yield "案号数字", lambda: pick.choice(corpus.docs).numbers[0][-6:-1]
    yield "第N号", lambda: "第" + pick.choice(corpus.docs).numbers[0][-6:]
    yield "短编号 第12", lambda: f"第{pick.randrange(100):02d}"
    yield "组别", lambda: f"{pick.randrange(1, 15)}组"
    yield "无结果", lambda: part(2) + "龘" + part(1)


def timed(call: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def scan(conn: sa.Connection, statement: str, pattern: str) -> int:
    """Run the LIKE query, fetch its rows and count them."""
    return len(conn.exec_driver_sql(statement, (pattern,)).all())


def measure(conn: sa.Connection, label: str, make: Callable[[], str]) -> Row:
    """Time one kind of query, and a few of the same as LIKE."""
    words = [make() for _ in range(SAMPLES)]
    ours = [timed(partial(search, conn, word)) for word in words]
    like = f"SELECT record FROM plain WHERE all_text LIKE ? ORDER BY row DESC LIMIT {PAGE}"
    theirs = [timed(partial(scan, conn, like, f"%{word}%")) for word in words[:6]]
    reads_all = all(scan(conn, like, f"%{word}%") < PAGE for word in words[:6])
    return Row(label, statistics.median(ours), percentile(ours, 0.95), statistics.median(theirs), reads_all)


def recall(conn: sa.Connection, corpus: Corpus) -> tuple[int, int]:
    """How many sampled character queries give exactly the records of a plain scan."""
    texts = [
        (one.record, [one.title, one.subtitle, *one.text, *one.names, *one.numbers]) for one in corpus.docs
    ]
    same = asked = 0
    for label, make in list(queries(corpus))[:7]:
        for word in {make() for _ in range(4)}:
            asked += 1
            found = {hit.record for hit in search(conn, word, limit=len(texts))}
            same += found == {record for record, fields in texts if any(word in field for field in fields)}
            assert label
    return same, asked


def save(conn: sa.Connection, *docs: Document) -> None:
    """Put documents and commit."""
    put_documents(conn, docs)
    conn.commit()


def build(conn: sa.Connection, corpus: Corpus) -> None:
    """Fill the plain table and the search, and print what it took."""
    conn.exec_driver_sql("CREATE TABLE plain (row INTEGER PRIMARY KEY, record TEXT, all_text TEXT)")
    ordered = sorted(corpus.docs, key=lambda one: (one.day, one.record))
    rows = [(row, one.record, joined(one)) for row, one in enumerate(ordered)]
    conn.exec_driver_sql("INSERT INTO plain VALUES (?, ?, ?)", rows)
    conn.commit()
    create_search_tables(conn)
    half = corpus.docs[: len(corpus.docs) // 2]
    for label, count, call in (
        ("写入", len(half), partial(save, conn, *half)),
        ("重建", len(corpus.docs), partial(rebuild, conn, corpus.docs)),
    ):
        busy = time.process_time()
        took = timed(call) / 1000
        print(f"{label} {count} 条：{took:.2f} 秒，其中处理器 {time.process_time() - busy:.2f} 秒")
    conn.commit()
    sizes = "SELECT sum(length(block)) / 1e6 FROM search_text_data"
    print(f"索引 {conn.exec_driver_sql(sizes).scalar():.0f} MB")
    singles = [timed(partial(save, conn, one)) for one in half[:100]]
    middle, worst = statistics.median(singles), percentile(singles, 0.95)
    print(f"改一条并提交：p50 {middle:.2f} 毫秒，p95 {worst:.2f} 毫秒")


def figures() -> list[Figure]:
    """The slowest kind of query, the one that gains least over LIKE, and whether all that is there is found."""
    rows, (same, asked) = measured(RECORDS)
    slowest = max(rows, key=lambda row: row.p95)
    least = min(rows, key=lambda row: row.like / row.p50)
    reading = min((row for row in rows if row.reads_all), key=lambda row: row.like / row.p50)
    limit, faster = 20.0, 20.0
    return [
        exactly(
            f"查找 {len(rows)} 种写法，最慢的一种 p95（{slowest.label}）", f"≤{limit:.0f} 毫秒",
            f"{slowest.p95:.2f} 毫秒", met=slowest.p95 <= limit, peer=f"LIKE {slowest.like:.1f} 毫秒",
        ),
        faster_than(
            f"查找比 LIKE 快最少的一种（{least.label}）", least.p50 / 1000, "LIKE", least.like / 1000, faster
        ),
        faster_than(
            f"其中 LIKE 须读完全表的，快最少的一种（{reading.label}）", reading.p50 / 1000, "LIKE",
            reading.like / 1000, faster,
        ),
        exactly("查得全、不多查", "与逐条比对一致", f"{same} / {asked}", met=same == asked, peer="逐条比对"),
    ]  # fmt: skip


def measured(count: int) -> tuple[list[Row], tuple[int, int]]:
    """Build, measure, print."""
    corpus = Corpus(count)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scratch.db"
        engine = encrypted_engine(path)
        with engine.connect() as conn:
            build(conn, corpus)
            print(f"文件 {path.stat().st_size / 1e6:.0f} MB")
            print(f"{'查法':<20}{'p50':>9}{'p95':>9}{'LIKE p50':>11}{'倍数':>8}  毫秒")
            for label, make in queries(corpus):
                row = measure(conn, label, make)
                rows.append(row)
                print(f"{row.label:<20}{row.p50:9.2f}{row.p95:9.2f}{row.like:11.1f}{row.like / row.p50:8.0f}")
            found = recall(conn, corpus)
            print("与逐条比对一致：{} / {}".format(*found))
        engine.dispose()
    return rows, found


def main() -> None:
    """Measure as many records as were asked for."""
    measured(int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS)


if __name__ == "__main__":
    main()
