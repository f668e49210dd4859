"""Code lists: what a code means, how old ledgers wrote it, and which county or station entries join it."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib import resources
from types import MappingProxyType

HEADER = ("code", "label", "parent", "group", "synonyms", "note", "valid_from", "valid_to")
SEPARATOR = "、"
_STANDARD = "# standard:"
_FAR_FUTURE = "9999-12-31"

# Many old systems write 0 男 1 女, GB/T 2261.1 writes 1 男 2 女: a digit in a sheet proves nothing.
_DIGITS_PROVE_NOTHING = frozenset({"sex"})

# What officers leave out or add at the end of a word: 汉 / 汉族, 土地 / 土地纠纷.
_LOOSE_ENDING: Mapping[str, str] = MappingProxyType(
    {"ethnic": "族", "dispute_type": "纠纷", "sub_type": "纠纷", "consult_cat": "纠纷"}
)


@dataclass(frozen=True)
class CodeEntry:
    """One code; ``valid_from`` and ``valid_to`` are ISO dates, both inclusive, None without limit."""

    code: str
    label: str
    parent: str | None = None
    group: str | None = None
    synonyms: tuple[str, ...] = ()
    note: str = ""
    valid_from: str | None = None
    valid_to: str | None = None

    def is_valid(self, on: str) -> bool:
        """Tell whether the code may be chosen on an ISO date."""
        return (self.valid_from or "") <= on <= (self.valid_to or _FAR_FUTURE)


def _code_key(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def word_key(text: str, ending: str = "") -> str:
    """Reduce a word to what counts: half-width, no spaces or punctuation, without a loose ending."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(char for char in folded if char.isalnum())
    return (kept.removesuffix(ending) or kept) if ending else kept


@dataclass(frozen=True)
class CodeList:
    """One list in its printed order; ``standard`` names where the codes come from and how sure that is."""

    name: str
    standard: str
    entries: tuple[CodeEntry, ...]

    def __iter__(self) -> Iterator[CodeEntry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    @cached_property
    def _by_code(self) -> Mapping[str, CodeEntry]:
        return {entry.code: entry for entry in self.entries}

    @cached_property
    def _by_code_key(self) -> Mapping[str, CodeEntry]:
        return {_code_key(entry.code): entry for entry in self.entries}

    @cached_property
    def _by_word(self) -> Mapping[str, CodeEntry]:
        labels: dict[str, set[str]] = {}
        synonyms: dict[str, set[str]] = {}
        for entry in self.entries:
            labels.setdefault(self.word(entry.label), set()).add(entry.code)
            for synonym in entry.synonyms:
                synonyms.setdefault(self.word(synonym), set()).add(entry.code)
        claims = {**synonyms, **labels}
        return {word: self._by_code[min(codes)] for word, codes in claims.items() if len(codes) == 1}

    def word(self, text: str) -> str:
        """Give the form in which this list compares words."""
        return word_key(text, _LOOSE_ENDING.get(self.name, ""))

    def get(self, code: str | None) -> CodeEntry | None:
        """Give the entry of exactly this code, valid today or not; None if the list has none."""
        return None if code is None else self._by_code.get(code)

    def label(self, code: str | None) -> str:
        """Give what a person reads; empty for no code, and a code the list does not know as it stands."""
        entry = self.get(code)
        return entry.label if entry is not None else code or ""

    def find(self, text: str, *, trusted: bool = True) -> CodeEntry | None:
        """Find an entry by code, label or synonym; None if nothing or more than one entry answers.

        ``trusted=False`` is for text from a spreadsheet: there a bare digit in a column of sexes is not
        read as a code, because systems disagree on the digits.
        """
        if trusted and text in self._as_written:
            return self._as_written[text]
        return self._search(text, trusted=trusted)

    @cached_property
    def _as_written(self) -> Mapping[str, CodeEntry | None]:
        """What each code, label and synonym finds when it is written exactly so: nearly all that is asked."""
        texts = [text for entry in self.entries for text in (entry.code, entry.label, *entry.synonyms)]
        return {text: self._search(text, trusted=True) for text in texts}

    def _search(self, text: str, *, trusted: bool) -> CodeEntry | None:
        key = _code_key(text)
        if not trusted and self.name in _DIGITS_PROVE_NOTHING and key.isdigit():
            return None
        return self._by_code_key.get(key) or self._by_word.get(self.word(text))

    def choices(self, on: str | None = None) -> tuple[CodeEntry, ...]:
        """Give the entries that may be chosen on an ISO date; without a date all, also expired ones."""
        return self.entries if on is None else tuple(entry for entry in self.entries if entry.is_valid(on))

    def extended(self, entries: Sequence[CodeEntry]) -> CodeList:
        """Give the list with these entries: a known code is replaced where it stands, a new one follows."""
        local = {entry.code: entry for entry in entries}
        kept = tuple(local.pop(entry.code, entry) for entry in self.entries)
        return replace(self, entries=(*kept, *local.values()))


class CodeBook(Mapping[str, CodeList]):
    """All code lists by name; a name that does not exist is a mistake of ours and raises KeyError."""

    __slots__ = ("_lists", "_local")

    def __init__(self, lists: Mapping[str, CodeList], local: Mapping[str, CodeList] | None = None) -> None:
        self._lists = lists
        self._local = MappingProxyType(dict(local or {}))

    def __getitem__(self, name: str) -> CodeList:
        found = self._local.get(name)
        return self._lists[name] if found is None else found

    def __iter__(self) -> Iterator[str]:
        return iter(self._lists)

    def __len__(self) -> int:
        return len(self._lists)

    def __contains__(self, name: object) -> bool:
        return name in self._lists

    def with_local(self, entries: Mapping[str, Sequence[CodeEntry]]) -> CodeBook:
        """Give a book in which county or station entries overlay or extend the named lists."""
        extended = {name: self[name].extended(added) for name, added in entries.items()}
        return CodeBook(self._lists, {**self._local, **extended})


class _ShippedLists(Mapping[str, CodeList]):
    """The lists that come with the program, each read when it is first asked for."""

    __slots__ = ("_names",)

    def __init__(self, names: Sequence[str]) -> None:
        self._names = dict.fromkeys(names)

    def __getitem__(self, name: str) -> CodeList:
        if name not in self._names:
            raise KeyError(name)
        return _read_list(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names


def parse_list(name: str, text: str) -> CodeList:
    """Read one list from CSV text; ValueError if the standard or the header is not as it must be."""
    first, _, table = text.partition("\n")
    if not first.startswith(_STANDARD):
        raise ValueError(f"{name}: the first line does not name a standard")
    rows = csv.reader(table.splitlines())
    if tuple(next(rows, ())) != HEADER:
        raise ValueError(f"{name}: the header is not {','.join(HEADER)}")
    return CodeList(name, first.removeprefix(_STANDARD).strip(), tuple(_entry(row) for row in rows))


def _entry(row: list[str]) -> CodeEntry:
    code, label, parent, group, synonyms, note, valid_from, valid_to = row
    return CodeEntry(
        code=code,
        label=label,
        parent=parent or None,
        group=group or None,
        synonyms=tuple(synonyms.split(SEPARATOR)) if synonyms else (),
        note=note,
        valid_from=valid_from or None,
        valid_to=valid_to or None,
    )


@cache
def _read_list(name: str) -> CodeList:
    source = resources.files("resources").joinpath("codes").joinpath(f"{name}.csv")
    return parse_list(name, source.read_text(encoding="utf-8"))


@cache
def load_codebook() -> CodeBook:
    """Give the lists shipped with the program; a list is parsed when it is first used."""
    folder = resources.files("resources").joinpath("codes")
    names = sorted(item.name.removesuffix(".csv") for item in folder.iterdir() if item.name.endswith(".csv"))
    return CodeBook(_ShippedLists(names))


@cache
def _topic_of_dispute() -> Mapping[str, str]:
    source = resources.files("resources").joinpath("codes").joinpath("maps").joinpath("topic_map.csv")
    rows = csv.reader(source.read_text(encoding="utf-8").splitlines()[2:])
    return MappingProxyType({code: topic for topic, codes in rows for code in codes.split(SEPARATOR)})


def topic_groups(book: CodeBook) -> Mapping[str, Mapping[str, str]]:
    """Give for publicity topics, disputes and consultations the topic_group of each code.

    Each code has exactly one group, so the shares of each of the three lists add up to 100 % and supply
    (posts, events) can stand beside demand (consultations, cases).
    """
    grouped = {
        name: MappingProxyType({entry.code: entry.group or "other" for entry in book[name]})
        for name in ("law_topic", "consult_cat")
    }
    disputes = {entry.code: _topic_of_dispute().get(entry.code, "other") for entry in book["dispute_type"]}
    return MappingProxyType({**grouped, "dispute_type": MappingProxyType(disputes)})
