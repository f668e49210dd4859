"""What a closed month tells the county: nothing of a party that masking hides (人民调解法第十五条)."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile, is_zipfile

import pytest

from app.context import Context
from app.month import close_month
from app.month.closing import ClosedMonth
from app.month.veil import covered_name
from app.records import add
from app.session import refreshed
from app.settings import change_setting
from tests.builders.mediation import accepted_case, add_organisations, company, party
from tests.builders.month import at, month
from tests.builders.screening import dispute_lead

NUMBER = "420981198001011230"
PHONE = "13812345678"
SECRET = ("司徒云溪", "慕容千帆", "欧阳听雨", NUMBER, PHONE)
OPEN = "青石建筑劳务有限公司"


def contents(files: tuple[Path, ...]) -> dict[str, bytes]:
    """Give every file a bundle is made of, spreadsheets opened too."""
    found: dict[str, bytes] = {}
    left = [(path.name, path.read_bytes()) for path in files]
    while left:
        name, data = left.pop()
        found[name] = data
        if is_zipfile(BytesIO(data)):
            with ZipFile(BytesIO(data)) as archive:
                left += [(f"{name}/{inner}", archive.read(inner)) for inner in archive.namelist()]
    return found


def told(done: ClosedMonth, words: str) -> set[str]:
    """Give the parts in which a text stands."""
    parts = contents(done.files).items()
    return {name for name, data in parts if words.encode() in data and not name.endswith(".par")}


def closed(ctx: Context, out: Path) -> ClosedMonth:
    add_organisations(ctx)
    brief = f"司徒云溪（{NUMBER}，{PHONE}）与{OPEN}因工程款争执，慕容千帆在场"
    add(
        ctx,
        "mediation_case",
        [
            accepted_case(
                brief=brief, difficulty="4",
                parties=[
                    party("司徒云溪", "甲方", id_type="身份证", id_no=NUMBER, phone=PHONE),
                    party("慕容千帆", "甲方"),
                    company(OPEN, "乙方"),
                ],
            )
        ],
    )  # fmt: skip
    lead = dispute_lead(
        parties_text="欧阳听雨与慕容千帆", party_phone=PHONE, brief="欧阳听雨与慕容千帆争水", risk_level="红",
        responsible="周小满", duty_leader="郭安", due_on="2026-12-31",
    )  # fmt: skip
    add(ctx, "dispute_lead", [lead])
    return close_month(at(ctx, "2026-11-30"), month("2026-11"), out, reason="如实报送")


def test_no_file_of_a_closed_month_names_a_party(station: Context, tmp_path: Path) -> None:
    done = closed(station, tmp_path)
    assert {words: told(done, words) for words in SECRET} == {words: set() for words in SECRET}
    assert told(done, OPEN), "a company is no secret, so the search does find what stands there"


def test_a_county_that_asked_for_whole_identities_gets_them(station: Context, tmp_path: Path) -> None:
    change_setting(station, "bundle_full_identity", True)
    done = closed(refreshed(station), tmp_path)
    assert told(done, "司徒云溪")
    assert told(done, "欧阳听雨与慕容千帆")


@pytest.mark.parametrize(
    ("name", "covered"),
    [
        ("刘福与何贵", "刘*与何*"),
        ("司徒云溪、慕容千帆", "司徒**、慕容**"),
        ("张和平", "张*平"),
        ("王五", "王*"),
    ],
)
def test_each_of_several_names_in_one_text_is_covered(name: str, covered: str) -> None:
    assert covered_name(name) == covered
