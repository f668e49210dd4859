"""The ``.par`` sidecar: Reed–Solomon erasure blocks that heal a few bad sectors of a copied bundle.

The file is cut into blocks; block ``i`` belongs to stripe ``i mod stripes``, so neighbouring blocks never
share one. Each stripe of at most 100 blocks has a tenth of its number (at least two) in parity blocks from a
Cauchy matrix over GF(2^8), polynomial 0x11D, and heals as many lost blocks as it has parity blocks. A short
digest of every block says which are lost; the SHA-256 of the whole file says whether the healing worked.
Nothing here is trusted: a healed bundle is verified from the start.
"""

from __future__ import annotations

import functools
import hashlib
import struct
from dataclasses import dataclass
from typing import Final

from exports.bundle.archive import MAX_BYTES

MAX_PAR: Final = MAX_BYTES // 4
_MAGIC: Final = b"YBZPAR1\n"
_HEAD: Final = struct.Struct(">8sQIIH32s")
_MARK: Final = 8
_STRIPE: Final = 100
_SMALL: Final = 256 * 1024


@dataclass(frozen=True)
class _Plan:
    """Geometry of one protected file: sizes in bytes, the rest in blocks."""

    size: int
    block: int
    stripes: int
    parity: int
    whole: bytes

    @property
    def blocks(self) -> int:
        return -(-self.size // self.block)

    @property
    def rows(self) -> int:
        return -(-self.blocks // self.stripes)

    @property
    def width(self) -> int:
        return self.block * self.stripes

    def head(self) -> bytes:
        return _HEAD.pack(_MAGIC, self.size, self.block, self.stripes, self.parity, self.whole)


def parity(data: bytes) -> bytes:
    """Give the sidecar of a file: at least a tenth of its size, the same bytes for the same file."""
    if not data:
        raise ValueError("nothing to protect")
    plan = _plan(data)
    rows = _rows(data, plan)
    extra = [
        _combine(rows, [_factor(j, p) for p in range(plan.rows)], plan.width) for j in range(plan.parity)
    ]
    marks = b"".join(_mark(cell) for row in (*rows, *extra) for cell in _cells(row, plan))
    head = plan.head() + marks
    head += hashlib.sha256(head).digest()
    return head + b"".join(extra) + head


def repair(data: bytes, par: bytes) -> bytes | None:
    """Give the file as it was, healed from its sidecar, or None when too much is lost."""
    read = _read_head(par) if len(par) <= MAX_PAR else None
    if read is None:
        return None
    plan, marks, extra = read
    if len(data) == plan.size and hashlib.sha256(data).digest() == plan.whole:
        return data
    lost = plan.size - len(data)
    if lost > plan.parity * plan.width:
        return None
    rows = [bytearray(row) for row in _rows(data[: plan.size], plan)]
    for stripe in range(plan.stripes):
        if not _heal(rows, extra, marks, stripe, plan):
            return None
    healed = b"".join(rows)[: plan.size]
    return healed if hashlib.sha256(healed).digest() == plan.whole else None


def _plan(data: bytes) -> _Plan:
    block = 512 if len(data) <= _SMALL else 4096
    blocks = -(-len(data) // block)
    stripes = -(-blocks // _STRIPE)
    rows = -(-blocks // stripes)
    return _Plan(len(data), block, stripes, max(2, -(-rows // 10)), hashlib.sha256(data).digest())


def _rows(data: bytes, plan: _Plan) -> list[bytes]:
    """Cut the file into rows of one block per stripe, the last ones padded with zeros."""
    width = plan.width
    return [data[row * width : (row + 1) * width].ljust(width, b"\0") for row in range(plan.rows)]


def _cells(row: bytes, plan: _Plan) -> list[bytes]:
    return [row[at : at + plan.block] for at in range(0, plan.width, plan.block)]


def _mark(cell: bytes) -> bytes:
    return hashlib.sha256(cell).digest()[:_MARK]


def _read_head(par: bytes) -> tuple[_Plan, list[bytes], list[bytes]] | None:
    """Read the head from the front or, if that is damaged, from the copy at the end."""
    starts = [0, *(at for at in [par.rfind(_MAGIC)] if at > 0)]
    for start in starts:
        found = _head_at(par, start)
        if found is not None:
            plan, marks, length = found
            begin = start + length if start == 0 else start - plan.parity * plan.width
            if begin < 0:
                return None
            body = par[begin : begin + plan.parity * plan.width].ljust(plan.parity * plan.width, b"\0")
            return (
                plan,
                marks,
                [body[row * plan.width : (row + 1) * plan.width] for row in range(plan.parity)],
            )
    return None


def _head_at(par: bytes, start: int) -> tuple[_Plan, list[bytes], int] | None:
    if len(par) - start < _HEAD.size:
        return None
    magic, size, block, stripes, extra, whole = _HEAD.unpack_from(par, start)
    plan = _Plan(size, block, stripes, extra, whole)
    if (
        magic != _MAGIC
        or not 0 < size <= MAX_BYTES
        or block not in {512, 4096}
        or not 0 < stripes <= plan.blocks
    ):
        return None
    if plan.rows > _STRIPE or not 0 < extra <= _STRIPE:
        return None
    cells = (plan.rows + plan.parity) * plan.stripes
    length = _HEAD.size + cells * _MARK
    if len(par) - start < length + 32:
        return None
    head = par[start : start + length]
    if par[start + length : start + length + 32] != hashlib.sha256(head).digest():
        return None
    marks = [head[at : at + _MARK] for at in range(_HEAD.size, length, _MARK)]
    return plan, marks, length + 32


def _heal(rows: list[bytearray], extra: list[bytes], marks: list[bytes], stripe: int, plan: _Plan) -> bool:
    """Heal the lost blocks of one stripe in place; False when more are lost than its parity can give back."""
    span = slice(stripe * plan.block, (stripe + 1) * plan.block)
    cells = [bytes(row[span]) for row in rows]
    bad = [p for p, cell in enumerate(cells) if _mark(cell) != marks[p * plan.stripes + stripe]]
    if not bad:
        return True
    first = plan.rows * plan.stripes
    good = [
        j for j in range(plan.parity) if _mark(extra[j][span]) == marks[first + j * plan.stripes + stripe]
    ]
    if len(good) < len(bad):
        return False
    used = good[: len(bad)]
    fine = [p for p in range(plan.rows) if p not in bad]
    known = [cells[p] for p in fine]
    right = [_xor(extra[j][span], _combine(known, [_factor(j, p) for p in fine], plan.block)) for j in used]
    for p, cell in zip(bad, _solve([[_factor(j, p) for p in bad] for j in used], right), strict=True):
        rows[p][span] = cell
    return True


def _solve(matrix: list[list[int]], right: list[bytes]) -> list[bytes]:
    """Solve a square system over GF(2^8) by elimination; a square part of a Cauchy matrix is invertible."""
    size = len(matrix)
    for column in range(size):
        pivot = next(row for row in range(column, size) if matrix[row][column])
        matrix[column], matrix[pivot] = matrix[pivot], matrix[column]
        right[column], right[pivot] = right[pivot], right[column]
        scale = _inverse(matrix[column][column])
        matrix[column] = [_times(scale, value) for value in matrix[column]]
        right[column] = right[column].translate(_table(scale))
        for row in range(size):
            factor = matrix[row][column]
            if row != column and factor:
                matrix[row] = [
                    a ^ _times(factor, b) for a, b in zip(matrix[row], matrix[column], strict=True)
                ]
                right[row] = _xor(right[row], right[column].translate(_table(factor)))
    return right


def _combine(rows: list[bytes], factors: list[int], width: int) -> bytes:
    """Add up rows, each multiplied by its factor, in GF(2^8)."""
    total = 0
    for row, factor in zip(rows, factors, strict=True):
        total ^= int.from_bytes(row.translate(_table(factor)), "little")
    return total.to_bytes(width, "little")


def _xor(left: bytes, right: bytes) -> bytes:
    mixed = int.from_bytes(left, "little") ^ int.from_bytes(right, "little")
    return mixed.to_bytes(len(left), "little")


def _factor(parity_row: int, data_row: int) -> int:
    """Give the Cauchy coefficient 1 / (x + y); x counts down from 255, y up from 0, so they never meet."""
    return _inverse((255 - parity_row) ^ data_row)


@functools.cache
def _powers() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Give the powers of two in GF(2^8) and the logarithms of 1 to 255."""
    powers = [1]
    while len(powers) < 255:
        doubled = powers[-1] << 1
        powers.append(doubled ^ 0x11D if doubled > 255 else doubled)
    logs = [0] * 256
    for exponent, value in enumerate(powers):
        logs[value] = exponent
    return tuple(powers), tuple(logs)


def _times(left: int, right: int) -> int:
    if not left or not right:
        return 0
    powers, logs = _powers()
    return powers[(logs[left] + logs[right]) % 255]


@functools.cache
def _inverse(value: int) -> int:
    powers, logs = _powers()
    return powers[-logs[value] % 255]


@functools.cache
def _table(factor: int) -> bytes:
    """Give the multiplication table of one factor, for ``bytes.translate``."""
    return bytes(_times(factor, value) for value in range(256))
