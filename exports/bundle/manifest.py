"""The manifest: what a bundle is, who sealed it, and the size and digests of every member."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Final

from exports.bundle.canonical import Json, NotCanonical, canonical, parse_canonical
from exports.bundle.errors import DamagedBundle, NewerBundle
from exports.bundle.shape import Shape, WrongShape

FORMAT_NAME: Final = "ybz-bundle"
FORMAT_MAJOR: Final = 1
FORMAT_MINOR: Final = 0
FORMAT: Final = f"{FORMAT_NAME}/{FORMAT_MAJOR}.{FORMAT_MINOR}"
SCHEMA_READER: Final = 1
"""Highest ``schema.min_reader`` this program satisfies."""

SIGNATURE: Final = "Ed25519"
MAX_MANIFEST: Final = 1024 * 1024
MAX_FILES: Final = 1990

KIND_LABELS: Final[Mapping[str, str]] = {
    "submit": "月报报送包",
    "receipt": "回执",
    "sync": "两机同步包",
    "directive": "县局下发包",
    "transfer": "移交包",
    "backup": "备份包",
    "resend": "补发请求",
}

MEMBER_PATH: Final = re.compile(
    r"README\.txt|0[123]_(?:report|ledger|trace)\.xlsx|receipt\.(?:json|xlsx)"
    r"|data/[a-z][a-z0-9_]{0,40}\.(?:ndjson|json)"
    r"|dict/[A-Za-z0-9][A-Za-z0-9_]{0,59}\.json"
    r"|att/([0-9a-f]{2})/\1[0-9a-f]{62}(?:\.(?:jpg|jpeg|png|pdf|docx|xlsx|txt|wav|mp3|m4a|mp4))?",
    re.ASCII,
)

_CODE = r"[0-9A-Za-z_\-]{1,32}"
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_HEX64 = r"[0-9a-f]{64}"
_PERIOD = r"\d{4}(?:-(?:0[1-9]|1[0-2])|-Q[1-4]|-H[12])?"
_MOMENT = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?"
_VERSION = r"[0-9A-Za-z_.+\-]{1,40}"


@dataclass(frozen=True)
class Org:
    """An office: its code and the name people know."""

    code: str
    name: str
    extra: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Device:
    """The machine that sealed the bundle; ``epoch`` grows at every restore."""

    id: str
    epoch: int
    pubkey_fp: str
    extra: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Schema:
    """Which record schema the data follow, and the least reader that understands them."""

    id: str
    ver: int
    hash: str
    min_reader: int
    extra: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Created:
    """When the bundle was sealed: hybrid logical clock, wall clock and its offset."""

    hlc: str
    wall: str
    tz: str
    extra: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class FileEntry:
    """One member: size in bytes, both digests in hexadecimal, rows where it has rows."""

    path: str
    size: int
    sha256: str
    sm3: str
    rows: int | None
    extra: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Manifest:
    """Everything a receiver must know before it looks at a member."""

    schema: Schema
    kind: str
    bundle_id: str
    org: Org
    to_org: Org | None
    device: Device
    seq: int
    period: str | None
    forms: tuple[str, ...]
    version: int
    supersedes: str | None
    prev_submit_hash: str | None
    vv: Mapping[str, int]
    base_vv: Mapping[str, int]
    created: Created
    rule_pack_ver: str
    calendar_ver: str
    counts: Mapping[str, int]
    audit_head: str
    sensitivity: str
    app_ver: str
    files: tuple[FileEntry, ...] = ()
    enc: Mapping[str, Json] | None = None
    format: str = FORMAT
    sig_alg: str = SIGNATURE
    extra: Mapping[str, Json] = field(default_factory=dict)

    @property
    def minor(self) -> int:
        """Minor version of the bundle format; a higher one than ours adds parts we keep unread."""
        return int(self.format.rpartition(".")[2])


def manifest_bytes(manifest: Manifest) -> bytes:
    """Give the canonical bytes that are signed; parts a newer program wrote are put back unchanged."""
    return canonical(_plain(manifest))


def manifest_hash(data: bytes) -> str:
    """Give the SHA-256 of manifest bytes, the name a receipt calls a bundle by."""
    return hashlib.sha256(data).hexdigest()


def parse_manifest(data: bytes) -> Manifest:
    """Read manifest bytes strictly; raises NewerBundle for a newer major version, else DamagedBundle."""
    if len(data) > MAX_MANIFEST:
        raise DamagedBundle("清单过大")
    try:
        shape = Shape.of(parse_canonical(data))
        _refuse_newer(shape)
        manifest = _manifest(shape)
        canonical(_plain(manifest))
    except (NotCanonical, WrongShape) as error:
        part = f"清单“{error}”一项不合规" if isinstance(error, WrongShape) else "清单不是规范格式"
        raise DamagedBundle(part) from error
    return manifest


def _refuse_newer(shape: Shape) -> None:
    """Look at the version marks alone, so that a newer layout is named instead of called damaged."""
    name, _, version = shape.text("format", pattern=r"[a-z\-]{1,20}/\d{1,4}\.\d{1,4}").partition("/")
    if name != FORMAT_NAME:
        raise WrongShape("format")
    if (major := int(version.split(".")[0])) != FORMAT_MAJOR:
        if major < FORMAT_MAJOR:
            raise WrongShape("format")
        raise NewerBundle(f"包格式 {version}")
    needed = shape.inner("schema").whole("min_reader", least=1)
    if needed > SCHEMA_READER:
        raise NewerBundle(f"数据格式 {needed}")
    if shape.text("sig_alg", most=20) != SIGNATURE:
        raise NewerBundle("另一种签名算法")
    if shape.text("kind", pattern=r"[a-z_]+", most=20) not in KIND_LABELS:
        raise NewerBundle("本机不认识的包类")
    if not shape.absent("enc"):
        raise NewerBundle("加密封装")


def _manifest(shape: Shape) -> Manifest:
    files = tuple(_file(item) for item in shape.inners("files", most=MAX_FILES))
    if len({item.path.casefold() for item in files}) != len(files):
        raise WrongShape("files")
    return Manifest(
        format=shape.text("format"),
        sig_alg=shape.text("sig_alg"),
        schema=_schema(shape.inner("schema")),
        kind=shape.choice("kind", KIND_LABELS),
        bundle_id=shape.text("bundle_id", pattern=_UUID),
        org=_org(shape.inner("org")),
        to_org=None if shape.absent("to_org") else _org(shape.inner("to_org")),
        device=_device(shape.inner("device")),
        seq=shape.whole("seq"),
        period=shape.optional_text("period", pattern=_PERIOD),
        forms=shape.texts("forms", pattern=r"[0-9A-Za-z_\-]{1,40}", most=100),
        version=shape.whole("version", most=9999),
        supersedes=shape.optional_text("supersedes", pattern=_UUID),
        prev_submit_hash=shape.optional_text("prev_submit_hash", pattern=_HEX64),
        vv=shape.counts("vv", most=500),
        base_vv=shape.counts("base_vv", most=500),
        created=_created(shape.inner("created")),
        rule_pack_ver=shape.text("rule_pack_ver", pattern=_VERSION),
        calendar_ver=shape.text("calendar_ver", pattern=_VERSION),
        files=files,
        counts=shape.counts("counts", most=500),
        audit_head=shape.text("audit_head", pattern=r"[0-9a-f]*", least=0, most=128),
        sensitivity=shape.text("sensitivity", pattern=r"[a-z_]+", most=20),
        enc=None,
        app_ver=shape.text("app_ver", pattern=_VERSION),
        extra=shape.rest(Manifest),
    )


def _org(shape: Shape) -> Org:
    return Org(shape.text("code", pattern=_CODE), shape.text("name", most=80), shape.rest(Org))


def _device(shape: Shape) -> Device:
    fingerprint = shape.text("pubkey_fp", pattern=r"[0-9A-Za-z:+/= \-]{8,100}")
    return Device(
        shape.text("id", pattern=r"[0-9A-Za-z_\-]{1,64}"),
        shape.whole("epoch"),
        fingerprint,
        shape.rest(Device),
    )


def _schema(shape: Shape) -> Schema:
    return Schema(
        id=shape.text("id", pattern=r"[0-9A-Za-z_.\-]{1,60}"),
        ver=shape.whole("ver"),
        hash=shape.text("hash", pattern=r"[0-9a-f]*", least=0, most=128),
        min_reader=shape.whole("min_reader", least=1),
        extra=shape.rest(Schema),
    )


def _created(shape: Shape) -> Created:
    return Created(
        hlc=shape.text("hlc", pattern=r"[0-9A-Za-z:.\-]{1,80}"),
        wall=shape.text("wall", pattern=_MOMENT),
        tz=shape.text("tz", pattern=r"[+\-]\d{2}:\d{2}"),
        extra=shape.rest(Created),
    )


def _file(shape: Shape) -> FileEntry:
    return FileEntry(
        path=shape.text("path", pattern=r"[0-9A-Za-z_./\-]{1,160}"),
        size=shape.whole("size"),
        sha256=shape.text("sha256", pattern=_HEX64),
        sm3=shape.text("sm3", pattern=_HEX64),
        rows=shape.optional_whole("rows"),
        extra=shape.rest(FileEntry),
    )


def _plain(value: object) -> Json:
    """Turn the frozen values into plain JSON, unknown parts beside the known ones."""
    if is_dataclass(value) and not isinstance(value, type):
        known = {
            item.name: _plain(getattr(value, item.name)) for item in fields(value) if item.name != "extra"
        }
        rest = _plain(getattr(value, "extra", {}))
        return {**(rest if isinstance(rest, dict) else {}), **known}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    raise NotCanonical(f"{type(value).__name__} has no place in a manifest")
