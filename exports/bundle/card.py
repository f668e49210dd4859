"""The enrolment card: how an office hands over its public key, and the eight digits read out on the phone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from exports.bundle.canonical import Json, NotCanonical, canonical, parse_canonical
from exports.bundle.errors import DamagedCard, NewerBundle
from exports.bundle.shape import Shape, WrongShape

if TYPE_CHECKING:
    from collections.abc import Callable

CARD_NAME: Final = "ybz-card"
CARD_VERSION: Final = 1
MAX_CARD: Final = 16 * 1024
ROLES: Final = frozenset({"station", "county"})
_KNOWN: Final = frozenset(
    {"format", "org_code", "org_name", "role", "device_id", "epoch", "public_key", "created", "signature"}
)


@dataclass(frozen=True)
class EnrolmentCard:
    """Who an office is and the raw 32-byte Ed25519 key its bundles are signed with."""

    org_code: str
    org_name: str
    role: str
    device_id: str
    epoch: int
    public_key: bytes
    created: str

    @property
    def spoken_code(self) -> str:
        """The eight digits both sides compare on the phone."""
        return spoken_code(self.public_key)


def spoken_code(public_key: bytes) -> str:
    """Derive ``dddd-dddd`` from the key; scrypt makes finding another key with these digits costly."""
    drawn = hashlib.scrypt(public_key, salt=b"ybz spoken code 1", n=2**14, r=8, p=1, dklen=16)
    value = int.from_bytes(drawn, "big") % 10**8
    return f"{value // 10_000:04d}-{value % 10_000:04d}"


def fingerprint(public_key: bytes) -> str:
    """Give ``ed25519:`` and 32 hexadecimal digits of the key's SHA-256, as the manifest carries it."""
    return f"ed25519:{hashlib.sha256(public_key).hexdigest()[:32]}"


def write_card(card: EnrolmentCard, sign: Callable[[bytes], bytes]) -> bytes:
    """Give the card file, signed with the very key it carries; raises ValueError for another key."""
    body = _body(card)
    signature = sign(canonical(body))
    if not _signed(card.public_key, signature, canonical(body)):
        raise ValueError("the card must be signed with its own key")
    return canonical({**body, "signature": signature.hex()})


def read_card(data: bytes) -> EnrolmentCard:
    """Read a card file and check its own signature; raises DamagedCard, NewerBundle."""
    if len(data) > MAX_CARD:
        raise DamagedCard("文件过大")
    try:
        shape = Shape.of(parse_canonical(data))
        version = int(shape.text("format", pattern=rf"{CARD_NAME}/[1-9]\d{{0,3}}").partition("/")[2])
        if version > CARD_VERSION:
            raise NewerBundle(f"登记卡格式 {version}")
        card = _card(shape)
        signature = bytes.fromhex(shape.text("signature", pattern=r"[0-9a-f]{128}"))
        body = canonical({key: value for key, value in shape.values.items() if key != "signature"})
    except (NotCanonical, WrongShape) as error:
        raise DamagedCard("内容不完整或不是登记卡") from error
    if not _signed(card.public_key, signature, body):
        raise DamagedCard("内容与签名不符")
    return card


def _body(card: EnrolmentCard) -> dict[str, Json]:
    return {
        "format": f"{CARD_NAME}/{CARD_VERSION}",
        "org_code": card.org_code,
        "org_name": card.org_name,
        "role": card.role,
        "device_id": card.device_id,
        "epoch": card.epoch,
        "public_key": card.public_key.hex(),
        "created": card.created,
    }


def _card(shape: Shape) -> EnrolmentCard:
    if unknown := set(shape.values) - _KNOWN:
        raise WrongShape(min(unknown))
    return EnrolmentCard(
        org_code=shape.text("org_code", pattern=r"[0-9A-Za-z_\-]{1,32}"),
        org_name=shape.text("org_name", most=80),
        role=shape.choice("role", ROLES),
        device_id=shape.text("device_id", pattern=r"[0-9A-Za-z_\-]{1,64}"),
        epoch=shape.whole("epoch"),
        public_key=bytes.fromhex(shape.text("public_key", pattern=r"[0-9a-f]{64}")),
        created=shape.text("created", pattern=r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?"),
    )


def _signed(public_key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
