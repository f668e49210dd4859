"""Make resources/names/pinyin.csv from pypinyin, so that the program never loads pypinyin itself."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from pathlib import Path

from pypinyin.pinyin_dict import pinyin_dict

TARGET = Path(__file__).resolve().parents[1] / "resources" / "names" / "pinyin.csv"


def plain(reading: str) -> str:
    """Give a reading without tone marks, ü written v as input methods have it."""
    letters = unicodedata.normalize("NFD", reading.replace("ü", "v").replace("ê", "e"))
    bare = "".join(mark for mark in letters if not unicodedata.combining(mark) or mark == "\u0308")
    return unicodedata.normalize("NFC", bare).replace("ü", "v").replace("ɡ", "g")


def main() -> None:
    """Write one line per syllable with every character whose usual reading it is."""
    syllables: defaultdict[str, list[str]] = defaultdict(list)
    for code, readings in sorted(pinyin_dict.items()):
        syllable = plain(readings.split(",")[0])
        if syllable.isascii() and syllable.isalpha() and (code >= 0x3400 or code == 0x3007):
            syllables[syllable].append(chr(code))
    lines = [f"{syllable},{''.join(syllables[syllable])}" for syllable in sorted(syllables)]
    TARGET.write_text("syllable,characters\n" + "\n".join(lines) + "\n", "utf-8", newline="\n")


if __name__ == "__main__":
    main()
