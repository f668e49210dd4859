"""Trust begins with a card and eight digits heard on the telephone; nothing else lets a key in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.context import Context
from app.county import enrol, enrolled_county, make_card, own_card, receive, trusted_keys
from app.county.errors import CardRefused, InputMissing, KeyChanged, KeyRevoked, SpokenCodeMismatch
from app.ledger.check import check_ledger
from app.ledger.signing import public_key, sign
from exports.bundle.card import EnrolmentCard, write_card
from exports.bundle.errors import DamagedCard, TamperedBundle
from models.county import EnrolledOrg
from models.records import table_of
from tests.builders.county import paired, plain_report

OTHER_SEED = bytes([7]) * 32
Open = Callable[[str, str], Context]


def offices(ctx: Context) -> list[tuple[str, str | None]]:
    table = table_of(EnrolledOrg)
    with ctx.ledger.reading() as conn:
        query = sa.select(table.c.org_code, table.c.revoked_on).order_by(table.c.id)
        return [(row.org_code, row.revoked_on) for row in conn.execute(query)]


def card_file(folder: Path, seed: bytes = OTHER_SEED, **changes: object) -> tuple[Path, str]:
    values = {
        "org_code": "QS0722", "org_name": "青石司法所", "role": "station", "device_id": "00ff", "epoch": 1,
        "public_key": public_key(seed), "created": "2026-11-23T09:00", **changes,
    }  # fmt: skip
    card = EnrolmentCard(**values)  # type: ignore[arg-type]
    path = folder / "other.ybzcard"
    path.write_bytes(write_card(card, lambda message: sign(seed, message)))
    return path, card.spoken_code


def test_each_side_enrols_the_other(station: Context, county: Context, tmp_path: Path) -> None:
    paired(station, county, tmp_path)
    assert offices(county) == [("QS0722", None)]
    with station.ledger.reading() as conn:
        assert enrolled_county(conn) == ("QS0700", "青山县司法局")
        assert trusted_keys(conn)[0].public_key == public_key(county.ledger.secrets.sign_seed)
    assert check_ledger(county.ledger).ok


def test_a_card_is_named_after_the_office_in_ascii(station: Context, tmp_path: Path) -> None:
    assert make_card(station, tmp_path / "新建 文件夹").name == "QS0722.ybzcard"


@pytest.mark.parametrize("write", ["{}", " {} ", "{}。", "８位"], ids=["plain", "spaced", "stop", "full"])
def test_digits_are_read_however_they_were_typed(
    station: Context, county: Context, tmp_path: Path, write: str
) -> None:
    code = own_card(station).spoken_code
    full = code.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    typed = full if write == "８位" else write.format(code.replace("-", " "))
    assert enrol(county, make_card(station, tmp_path), typed).org_code == "QS0722"


@pytest.mark.parametrize("heard", ["", "0000-0000", "1234"])
def test_wrong_digits_enrol_nobody(station: Context, county: Context, tmp_path: Path, heard: str) -> None:
    card = make_card(station, tmp_path)
    with pytest.raises(SpokenCodeMismatch, match="没有登记"):
        enrol(county, card, heard)
    assert offices(county) == []


def test_a_card_changed_by_one_letter_is_refused(station: Context, county: Context, tmp_path: Path) -> None:
    path = make_card(station, tmp_path)
    path.write_bytes(path.read_bytes().replace("青石司法所".encode(), "白水司法所".encode()))
    with pytest.raises(DamagedCard, match="签名不符"):
        enrol(county, path, own_card(station).spoken_code)
    with pytest.raises(InputMissing, match="没有找到"):
        enrol(county, tmp_path / "none.ybzcard", "1234-5678")
    assert offices(county) == []


def test_a_county_enrols_stations_and_a_station_its_county(
    station: Context, county: Context, tmp_path: Path
) -> None:
    path, code = card_file(tmp_path, org_code="QS0723", org_name="白水司法所")
    with pytest.raises(CardRefused, match="只登记县局"):
        enrol(station, path, code)
    with pytest.raises(CardRefused, match="自己的登记卡"):
        enrol(station, make_card(station, tmp_path), own_card(station).spoken_code)
    path, code = card_file(tmp_path, org_code="QS0800", org_name="邻县司法局", role="county")
    with pytest.raises(CardRefused, match="只登记司法所"):
        enrol(county, path, code)


def test_a_station_has_one_county(station: Context, county: Context, tmp_path: Path) -> None:
    paired(station, county, tmp_path)
    path, code = card_file(tmp_path, org_code="QS0800", org_name="邻县司法局", role="county")
    with pytest.raises(KeyChanged, match="青山县司法局"):
        enrol(station, path, code)
    enrol(station, path, code, reason="区划调整，改归邻县")
    with station.ledger.reading() as conn:
        assert enrolled_county(conn) == ("QS0800", "邻县司法局")


def test_the_same_card_again_changes_nothing(station: Context, county: Context, tmp_path: Path) -> None:
    paired(station, county, tmp_path)
    again = enrol(county, make_card(station, tmp_path), own_card(station).spoken_code)
    assert again.unchanged
    assert offices(county) == [("QS0722", None)]


def test_a_new_key_needs_a_reason_and_the_old_one_still_proves_what_it_sealed(
    station: Context, county: Context, tmp_path: Path
) -> None:
    sealer = paired(station, county, tmp_path)
    before = sealer.file(tmp_path / "a", plain_report([1, 2]))
    after = sealer.file(
        tmp_path / "b",
        plain_report([1, 2, 3]),
        version=2,
        created=replace(sealer.seal(plain_report([1])).manifest.created, wall="2026-11-24T10:00:00"),
    )
    card, code = card_file(tmp_path)
    with pytest.raises(KeyChanged, match="停用旧密钥的理由"):
        enrol(county, card, code)
    assert enrol(county, card, code, reason="电脑被盗，换机").replaced
    assert set(offices(county)) == {("QS0722", "2026-11-23"), ("QS0722", None)}
    [taken] = receive(county, [before], write=True)
    assert taken.applied
    assert "已停用的旧密钥" in taken.plan["notes"][0]
    with pytest.raises(KeyRevoked, match="2026-11-23"):
        receive(county, [after], write=True)
    new = sealer.file(tmp_path / "c", plain_report([1]), version=3, seed=OTHER_SEED)
    assert receive(county, [new], write=True)[0].applied


def test_a_key_of_one_station_proves_nothing_for_another(
    station: Context, county: Context, tmp_path: Path
) -> None:
    sealer = paired(station, county, tmp_path)
    card, code = card_file(tmp_path, org_code="QS0723", org_name="白水司法所")
    enrol(county, card, code)
    forged = sealer.file(tmp_path / "f", plain_report([1]), seed=OTHER_SEED)
    with pytest.raises(TamperedBundle, match="签名属于另一个单位"):
        receive(county, [forged], write=True)


def test_the_day_of_enrolment_is_the_clock_of_the_session(
    station: Context, county: Context, tmp_path: Path
) -> None:
    later = replace(county, now=datetime.fromisoformat("2027-01-05T09:00"))
    enrol(later, make_card(station, tmp_path), own_card(station).spoken_code)
    with county.ledger.reading() as conn:
        assert conn.execute(sa.select(EnrolledOrg.enrolled_on)).scalar() == "2027-01-05"
