"""The device's Ed25519 signature (RFC 8032), and the codes two offices compare to trust a key."""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.ledger.errors import BadSignature

_SPOKEN_SALT = b"ybz spoken code 1"
_SPOKEN_DIGITS = 8


def public_key(sign_seed: bytes) -> bytes:
    """Give the 32 raw bytes of the public key that belongs to a 32-byte seed."""
    return Ed25519PrivateKey.from_private_bytes(sign_seed).public_key().public_bytes_raw()


def sign(sign_seed: bytes, content: bytes) -> bytes:
    """Sign ``content``; give the 64 raw bytes."""
    return Ed25519PrivateKey.from_private_bytes(sign_seed).sign(content)


def verify(public: bytes, signature: bytes, content: bytes) -> None:
    """Return when the signature is sound. Errors: `BadSignature`, also for a malformed key or signature."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except (InvalidSignature, ValueError) as error:
        raise BadSignature from error


def fingerprint(public: bytes) -> str:
    """Give the SHA-256 of the public key for paper: 64 hex digits in groups of four, upper case."""
    digits = hashlib.sha256(public).hexdigest().upper()
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def spoken_code(public: bytes) -> str:
    """Give eight digits to read out on the telephone, like ``4821-0937``.

    Derived with scrypt (16 MiB, tens of milliseconds) so that finding another key with the same
    digits is costly; meant for the moment of pairing, the fingerprint stays the full check.
    """
    drawn = hashlib.scrypt(public, salt=_SPOKEN_SALT, n=2**14, r=8, p=1, dklen=16)
    digits = f"{int.from_bytes(drawn, 'big') % 10**_SPOKEN_DIGITS:0{_SPOKEN_DIGITS}d}"
    return f"{digits[:4]}-{digits[4:]}"
