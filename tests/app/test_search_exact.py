"""The index must find exactly what reading every record one by one finds."""

from __future__ import annotations

from itertools import product

import sqlalchemy as sa
import sqlcipher3.dbapi2
from hypothesis import given, settings
from hypothesis import strategies as st

from app.search import Document, put_documents, rebuild, remove_documents, search
from models.names import initials, readings
from models.search import create_search_tables

HAN = "王小明国单解民调第号年月𬭁㛃"
short = st.text(alphabet=HAN + "12ab", max_size=8)
mixed = st.text(alphabet=HAN + "0123ab AB（），-·１ａ", max_size=14)
digits = st.text(alphabet="0123", min_size=4, max_size=12)
names = st.text(alphabet=HAN, min_size=1, max_size=4)
documents = st.builds(
    Document,
    record=st.sampled_from([f"r{number}" for number in range(8)]),
    register=st.sampled_from(["case", "person"]),
    day=st.sampled_from(["", "2026-01-01", "2026-01-02", "~2026-01"]),
    title=short,
    subtitle=mixed,
    text=st.lists(mixed, max_size=2).map(tuple),
    names=st.lists(names, max_size=2).map(tuple),
    numbers=st.lists(mixed, max_size=1).map(tuple),
    id_numbers=st.lists(digits.map(lambda number: number + "X"), max_size=1).map(tuple),
    phones=st.lists(digits, max_size=1).map(tuple),
)
PINYIN = sorted({sound for character in HAN for sound in readings(character) if sound.isascii()})
words = st.one_of(
    st.text(alphabet=HAN, min_size=1, max_size=3),
    st.text(alphabet="0123", min_size=1, max_size=8),
    st.text(alphabet=HAN + "0123ab", min_size=1, max_size=4),
    st.text(alphabet="wxmgjsd", min_size=1, max_size=4),
    st.lists(st.sampled_from(PINYIN), min_size=1, max_size=3).map("".join),
    st.sampled_from(PINYIN).map(lambda sound: sound[:3]),
)


def plain(text: str) -> str:
    """The alphabet above, folded by hand."""
    text = text.lower().translate(str.maketrans("１ａ", "1a"))
    return "".join(character for character in text if character not in " （），-·")


def sounds(name: str) -> set[str]:
    """All pinyin of a name from each of its characters on."""
    spoken = set(readings(name))
    for start in range(1, len(name)):
        spoken |= {"".join(parts) for parts in product(*(readings(one) for one in name[start:]))}
    return spoken


def holds(document: Document, word: str) -> bool:
    fields = (document.title, document.subtitle, *document.text, *document.names, *document.numbers)
    if any(word in plain(field) for field in fields):
        return True
    if word.isascii() and word.isalpha():
        spoken = {sound for name in document.names for sound in sounds(name)}
        if len(word) > 1 and any(sound.startswith(word) for sound in spoken):
            return True
        return any(word in row for name in document.names for row in initials(name))
    if not word.removesuffix("x").isdigit():
        return False
    numbers = [plain(number) for number in (*document.id_numbers, *document.phones)]
    ends = len(word) >= 3 and any(number.endswith(word) for number in numbers)
    return ends or (len(word) >= 7 and any(number.startswith(word) for number in numbers))


def telling(document: Document) -> list[str]:
    """Words that some part of the document answers to."""
    numbers = [
        number[-length:] for number in (*document.phones, *document.id_numbers) for length in (3, 4, 8)
    ]
    spoken = [
        word for name in document.names for word in (readings(name)[0], initials(name)[0][-2:], name[1:])
    ]
    pieces = [plain(text)[2:7] for text in (document.subtitle, *document.text, *document.numbers)]
    return [word for word in map(plain, (*numbers, *spoken, *pieces)) if word]


def memory() -> sa.Engine:
    return sa.create_engine("sqlite://", module=sqlcipher3.dbapi2)


def order(document: Document) -> tuple[str, str, str]:
    return (document.day.lstrip("~") + ("-01" if "~" in document.day else ""), document.day, document.record)


@settings(max_examples=150, deadline=None)
@given(
    steps=st.lists(st.lists(documents, max_size=6) | st.sampled_from(["r0", "r1", "r2"]), max_size=6),
    asked=st.lists(st.lists(words, min_size=1, max_size=2).map(" ".join), min_size=1, max_size=12),
)
def test_any_history_of_writes_finds_what_reading_every_record_finds(
    steps: list[list[Document] | str], asked: list[str]
) -> None:
    left: dict[str, Document] = {}
    engine = memory()
    with engine.connect() as conn:
        create_search_tables(conn)
        for step in steps:
            if isinstance(step, str):
                remove_documents(conn, [step])
                left.pop(step, None)
            else:
                put_documents(conn, step)
                left |= {document.record: document for document in step}
        newest = sorted(left.values(), key=order, reverse=True)
        asked = [*asked, *(word for one in newest for word in telling(one))]
        for query in asked:
            expected = [one.record for one in newest if all(holds(one, word) for word in query.split())]
            assert [hit.record for hit in search(conn, query)] == expected, query
        rebuild(conn, left.values())
        for query in asked:
            expected = [one.record for one in newest if all(holds(one, word) for word in query.split())]
            assert [hit.record for hit in search(conn, query, limit=2)] == expected[:2], query
    engine.dispose()


@settings(max_examples=300, deadline=None)
@given(texts=st.lists(st.text(max_size=12), min_size=1, max_size=4), data=st.data())
def test_any_part_of_any_text_is_found(texts: list[str], data: st.DataObject) -> None:
    engine = memory()
    with engine.connect() as conn:
        create_search_tables(conn)
        put_documents(conn, [Document(str(number), "event", "", text) for number, text in enumerate(texts)])
        for number, text in enumerate(texts):
            kept = [character for character in text.split() if any(one.isalnum() for one in character)]
            for part in kept:
                start = data.draw(st.integers(0, len(part) - 1))
                if any(one.isalnum() for one in part[start:]):
                    assert str(number) in {hit.record for hit in search(conn, part[start:])}
    engine.dispose()
