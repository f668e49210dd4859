"""The bytes of a key file: header, slots that each wrap the same secrets, checksum over everything.

Layout, big-endian: magic 8, version 2, ledger id 16 | generation 8, key check 32, slot count 2 |
slots {kind length 1, payload length 4, kind, payload} | SHA-256 32. A payload of a known kind holds the
Argon2id cost and salt, the nonce, and the secrets sealed with AES-256-GCM; header, kind and cost are
its associated data. A slot of an unknown kind is kept byte for byte.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from dataclasses import dataclass, field, replace
from secrets import token_bytes

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.ledger.errors import KeyDerivationFailed

MAGIC = b"YBZ-KEY\0"
VERSION = 1
PASSWORD, RECOVERY, HANDOVER = "password", "recovery", "handover"  # kinds of slots

_HEADER = struct.Struct(">8sH16s")
_BODY = struct.Struct(">Q32sH")
_SLOT = struct.Struct(">BI")
_WRAPPED = struct.Struct(">IIB16s12s")
_SECRETS = struct.Struct(">32s16s32s32s32s")
_CHECKSUM = 32
_MOST_MEMORY_KIB = 4 * 1024 * 1024
_MOST_PASSES = 1024
_MOST_LANES = 64


class Damaged(Exception):
    """These bytes are no whole key file; never leaves the key file module."""


class TooNew(Exception):
    """A whole key file of a later version; never leaves the key file module."""


@dataclass(frozen=True)
class KdfCost:
    """What one try at a password costs: Argon2id memory in KiB, passes and lanes (RFC 9106)."""

    memory_kib: int = 65536
    time_cost: int = 3
    lanes: int = 1


@dataclass(frozen=True, repr=False)
class Secrets:
    """The random secrets of one ledger; they never change with the password and never show in a repr."""

    data_key: bytes
    db_salt: bytes
    chain_key: bytes
    file_key: bytes
    sign_seed: bytes

    @classmethod
    def draw(cls) -> Secrets:
        """Draw fresh secrets from the operating system."""
        return cls(token_bytes(32), token_bytes(16), token_bytes(32), token_bytes(32), token_bytes(32))

    def __repr__(self) -> str:
        return "Secrets(hidden)"

    def packed(self) -> bytes:
        """Give the bytes that a slot wraps."""
        return _SECRETS.pack(self.data_key, self.db_salt, self.chain_key, self.file_key, self.sign_seed)


@dataclass(frozen=True)
class Slot:
    """One way in: its kind and the wrapped secrets."""

    kind: str
    payload: bytes = field(repr=False)


@dataclass(frozen=True)
class KeyFile:
    """One parsed copy; ``generation`` counts the rewrites."""

    ledger_id: bytes
    generation: int
    key_check: bytes
    slots: tuple[Slot, ...]

    @property
    def header(self) -> bytes:
        """The bytes every slot is bound to."""
        return _HEADER.pack(MAGIC, VERSION, self.ledger_id)

    def packed(self) -> bytes:
        """Give the bytes of the file."""
        parts = [self.header, _BODY.pack(self.generation, self.key_check, len(self.slots))]
        for slot in self.slots:
            kind = slot.kind.encode()
            parts += [_SLOT.pack(len(kind), len(slot.payload)), kind, slot.payload]
        content = b"".join(parts)
        return content + hashlib.sha256(content).digest()

    def belongs_to(self, secrets: Secrets) -> bool:
        """Whether these are the secrets this file wraps."""
        return hmac.compare_digest(self.key_check, _key_check(self.header, secrets))

    def with_slots(self, *fresh: Slot, without: tuple[str, ...] = ()) -> KeyFile:
        """Give the next generation: each fresh slot replaces its kind, ``without`` names kinds that go."""
        gone = {slot.kind for slot in fresh} | set(without)
        kept = tuple(slot for slot in self.slots if slot.kind not in gone)
        return replace(self, generation=self.generation + 1, slots=fresh + kept)


def blank(secrets: Secrets) -> KeyFile:
    """Start a key file without slots for ``secrets``."""
    empty = KeyFile(token_bytes(16), 0, b"", ())
    return replace(empty, key_check=_key_check(empty.header, secrets))


def parse(content: bytes) -> KeyFile:
    """Read the bytes of a key file. Errors: `Damaged`, `TooNew`."""
    body, checksum = content[:-_CHECKSUM], content[-_CHECKSUM:]
    if not content.startswith(MAGIC) or hashlib.sha256(body).digest() != checksum:
        raise Damaged
    try:
        _, version, ledger_id = _HEADER.unpack_from(body)
        if version > VERSION:
            raise TooNew
        generation, key_check, count = _BODY.unpack_from(body, _HEADER.size)
        slots, end = _parse_slots(body, _HEADER.size + _BODY.size, count)
    except (struct.error, UnicodeDecodeError) as error:
        raise Damaged from error
    if end != len(body):
        raise Damaged
    return KeyFile(ledger_id, generation, key_check, slots)


def wrap(keyfile: KeyFile, kind: str, phrase: bytes, secrets: Secrets, cost: KdfCost) -> Slot:
    """Seal ``secrets`` under ``phrase`` with a fresh salt and nonce. Errors: `KeyDerivationFailed`."""
    salt, nonce = token_bytes(16), token_bytes(12)
    bound = _WRAPPED.pack(cost.memory_kib, cost.time_cost, cost.lanes, salt, nonce)
    key = _derive(phrase, salt, cost)
    sealed = AESGCM(key).encrypt(nonce, secrets.packed(), keyfile.header + kind.encode() + bound)
    return Slot(kind, bound + sealed)


def unwrap(keyfile: KeyFile, slot: Slot, phrase: bytes) -> Secrets | None:
    """Open a slot; None when ``phrase`` does not fit. Errors: `KeyDerivationFailed`."""
    bound, sealed = slot.payload[: _WRAPPED.size], slot.payload[_WRAPPED.size :]
    if len(bound) != _WRAPPED.size:
        return None
    memory_kib, time_cost, lanes, salt, nonce = _WRAPPED.unpack(bound)
    cost = KdfCost(memory_kib, time_cost, lanes)
    if not _is_payable(cost):
        return None
    try:
        opened = AESGCM(_derive(phrase, salt, cost)).decrypt(
            nonce, sealed, keyfile.header + slot.kind.encode() + bound
        )
    except InvalidTag:
        return None
    secrets = Secrets(*_SECRETS.unpack(opened))
    return secrets if keyfile.belongs_to(secrets) else None


def _parse_slots(body: bytes, position: int, count: int) -> tuple[tuple[Slot, ...], int]:
    slots = []
    for _ in range(count):
        kind_length, payload_length = _SLOT.unpack_from(body, position)
        start = position + _SLOT.size
        middle, position = start + kind_length, start + kind_length + payload_length
        slots.append(Slot(body[start:middle].decode(), body[middle:position]))
    return tuple(slots), position


def _is_payable(cost: KdfCost) -> bool:
    return (
        1 <= cost.lanes <= _MOST_LANES
        and 8 * cost.lanes <= cost.memory_kib <= _MOST_MEMORY_KIB
        and 1 <= cost.time_cost <= _MOST_PASSES
    )


def _derive(phrase: bytes, salt: bytes, cost: KdfCost) -> bytes:
    try:
        return hash_secret_raw(phrase, salt, cost.time_cost, cost.memory_kib, cost.lanes, 32, Type.ID)
    except HashingError as error:
        raise KeyDerivationFailed from error


def _key_check(header: bytes, secrets: Secrets) -> bytes:
    return hmac.digest(secrets.data_key, b"ybz key check" + header, "sha256")
