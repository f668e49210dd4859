"""The other tables: T3 to T5, outreach, the year; and what cannot be asked."""

from __future__ import annotations

import pytest

from app.context import Context
from app.statistics import (
    TOTAL,
    additive,
    compute,
    describe,
    format_cell,
    membership,
    table_codes,
    trace,
)
from app.statistics.figures import NotTraceable, UnknownCell
from app.statistics.loading import UnknownTable
from app.statistics.scope import UnknownBasis, UnknownPlace
from models.mediation import (
    CaseOutsider,
    MediationCase,
    MediationOrg,
)
from models.outreach import LawClass, MediaPost, OutreachEvent, PostMetric, School
from models.screening import DisputeLead
from tests.builders.statistics import (
    NOVEMBER,
    SOURCES,
    VILLAGES,
    YEAR,
    case_row,
    org_rows,
    put,
    put_november,
    show,
    total,
)


@pytest.fixture
def november(station: Context) -> Context:
    """The station with the six cases of the acceptance example, C1 to C6."""
    put_november(station)
    return station


# ---- T3, T4, T5 ----


def test_t3_counts_a_dispute_once_and_looks_at_the_end_of_the_month(station: Context) -> None:
    put(station, MediationOrg, org_rows())
    put(station, MediationCase, [
        case_row(1, accepted_on="2026-11-05", concluded_on="2026-12-02"),  # of lead 1, settled in December
        case_row(2, dispute_type="07", village_id=VILLAGES[1]),
        case_row(3, dispute_type="07", outcome="2"),
    ])  # fmt: skip
    put(station, DisputeLead, [
        {"id": "lead-1", "found_on": "2026-11-04", "case_id": "case-000001", "village_id": VILLAGES[0],
         "dispute_type": "02"},
        {"id": "lead-2", "found_on": "2026-11-06", "resolved_on": "2026-11-07", "village_id": VILLAGES[0],
         "dispute_type": "02"},
    ])  # fmt: skip
    result = compute(station, "T3", NOVEMBER)
    assert next(iter(result.rows)) == TOTAL
    cells = result.rows[TOTAL]
    assert (cells["total"], cells["unsettled"]) == (4, 2)
    assert [cells[f"t{code}"] for code in ("02_settled", "02_unsettled", "07_settled", "07_unsettled")] == [
        1,
        1,
        1,
        1,
    ]
    assert result.headers is not None
    assert result.headers["邻里纠纷"] == "邻里纠纷（共计：2件）"
    assert result.rows[VILLAGES[1]]["total"] == 1
    assert "t02_settled" not in additive("T3")
    assert "total" in additive("T3")


def test_t4_lists_what_is_open_and_what_is_grave(station: Context) -> None:
    put(station, MediationOrg, org_rows())
    put(station, MediationCase, [
        case_row(1, concluded_on=None, outcome=None, claim_amount=700_000, agreement_amount=None,
                 party_count=4),
        case_row(2),
        case_row(3, difficulty="4", agreement_amount=900_000),
        case_row(4, concluded_on=None, outcome=None),
    ])  # fmt: skip
    put(station, DisputeLead, [
        {"id": "lead-1", "found_on": "2026-10-02", "parties_text": "甲、乙", "brief": "排水",
         "dispute_type": "02", "risk_level": "red", "people_count": 30, "village_id": VILLAGES[0],
         "duty_leader": "陈某"},
        {"id": "lead-2", "found_on": "2026-11-02", "resolved_on": "2026-11-09", "risk_level": "yellow",
         "dispute_type": "02"},
        {"id": "lead-3", "found_on": "2026-11-02", "resolved_on": "2026-11-09", "risk_level": "orange",
         "dispute_type": "02"},
        {"id": "lead-4", "found_on": "2026-11-02", "case_id": "case-000004", "risk_level": "yellow",
         "dispute_type": "02"},
    ])  # fmt: skip
    result = compute(station, "T4", NOVEMBER)
    assert set(result.rows) == {TOTAL, "lead-1", "lead-3", "lead-4", "case-000001", "case-000003"}
    first = result.rows["lead-1"]
    assert (first["title"], first["place"], first["risk"], first["settled"]) == (
        "甲、乙邻里纠纷",
        "青石村",
        "红",
        "否",
    )
    assert (result.rows["lead-3"]["settled"], result.rows["case-000003"]["settled"]) == ("是", "是")
    assert result.rows["case-000001"]["amount"] == 700_000
    assert show(station, "T4", TOTAL, "title", "people", "amount") == ["共 5 件", "36", "1.60"]
    assert [one.root_id for one in trace(station, "T4", TOTAL, "people", NOVEMBER)] == [
        "case-000001", "case-000003", "lead-1",
    ]  # fmt: skip


def test_t5_sets_the_month_against_others(station: Context) -> None:
    put(station, MediationOrg, org_rows())
    days = ["2026-11-10"] * 6 + ["2026-10-10"] * 4 + ["2025-11-10"] * 3
    put(station, MediationCase, [
        case_row(n, concluded_on=day, accepted_on=day[:8] + "01", joint_units=["police"] if n < 2 else None,
                 source="10" if n < 3 else "20", modes=["video"] if n == 0 else None,
                 agreement_form="1" if n < 5 else "2")
        for n, day in enumerate(days)
    ])  # fmt: skip
    assert show(station, "T5", TOTAL, "now", "prev", "mom", "last_year", "yoy", "ytd", "share") == [
        "6", "4", "50.0", "3", "100.0", "10", "—",
    ]  # fmt: skip
    assert show(station, "T5", "t02", "now", "share") == ["6", "100.0"]
    assert show(station, "T5", "t01", "mom", "share") == ["—", "0.0"]
    rates = [
        show(station, "T5", row, "now")[0] for row in ("proactive_rate", "with_police_rate", "written_rate")
    ]
    assert rates == ["50.0", "33.3", "83.3"]
    assert show(station, "T5", "mean_days", "now", "mom") == ["9.0", "—"]
    assert show(station, "T5", "remote", "now") == ["1"]
    assert [column.label for column in compute(station, "T5", NOVEMBER).columns][:2] == ["本月", "上月"]
    assert [column.label for column in compute(station, "T5", YEAR).columns][:2] == ["本期", "上期"]


# ---- outreach ----


def test_p1_counts_what_took_place_and_reads_as_a_difference(station: Context) -> None:
    held = {"held_on": "2026-11-09", "state": "held", "form": "market", "six_entry": "village"}
    put(station, School, [{"id": "s1", "name": "一小"}, {"id": "s2", "name": "二小"}])
    put(station, OutreachEvent, [
        {"id": "e1", "title": "赶集", **held, "audience_count": 2000, "material_count": 900,
         "consult_count": 150, "budget_used": 123_456, "banner_count": 2},
        {"id": "e2", "title": "计划", **held, "state": "planned", "audience_count": 50},
    ])  # fmt: skip
    lesson = {"topic": "宪法", "held_on": "2026-11-10", "periods": 15, "students": 40}
    put(station, LawClass, [
        {"id": "k1", "school_id": "s1", **lesson}, {"id": "k2", "school_id": "s1", **lesson},
        {"id": "k3", "school_id": "s2", **lesson, "count_as_event": True},
    ])  # fmt: skip
    put(station, MediaPost, [
        {"id": "m1", "title": "甲", "published_on": "2026-10-01", "platform": "douyin", "topic": "labour"},
        {"id": "m2", "title": "乙", "published_on": "2026-11-02", "platform": "wechat_oa", "topic": "labour"},
    ])  # fmt: skip
    reach = [("m1", "2026-10-05", 100), ("m1", "2026-10-31", 300), ("m1", "2026-11-30", 450),
             ("m2", "2026-11-20", 70), ("m2", "2026-12-01", 999)]  # fmt: skip
    put(station, PostMetric, [
        {"id": f"x{n}", "parent_id": post, "as_of_on": on, "reads": reads, "position": n}
        for n, (post, on, reads) in enumerate(reach)
    ])  # fmt: skip
    cells = total(station, "P1")
    assert (cells["events"], cells["six_village"], cells["six_school"], cells["form_lecture"]) == (2, 1, 1, 1)
    assert (cells["audience"], cells["materials"], cells["consultations"]) == (2040, 900, 150)
    assert (cells["schools"], cells["lessons"], cells["pupils"]) == (2, 3, 120)
    assert show(station, "P1", TOTAL, "periods", "budget") == ["4.5", "1,234.56"]
    assert (cells["posts"], cells["post_wechat_oa"], cells["reads"], cells["reads_so_far"]) == (
        1,
        1,
        220,
        520,
    )
    assert {one.root_id: one.contribution for one in trace(station, "P1", TOTAL, "reads", NOVEMBER)} == {
        "m1": 150, "m2": 70,
    }  # fmt: skip
    assert "reads_so_far" not in additive("P1")
    assert "schools" not in additive("P1")


def test_p2_sets_supply_against_demand(station: Context) -> None:
    put(station, MediationOrg, org_rows())
    put(station, MediationCase, [case_row(n, dispute_type="10" if n < 3 else "01") for n in range(4)])
    topics = ["civil_family"] * 3 + ["labour"]
    put(station, MediaPost, [
        {"id": f"m{n}", "title": "甲", "published_on": "2026-11-02", "platform": "douyin", "topic": topic}
        for n, topic in enumerate(topics)
    ])  # fmt: skip
    assert show(station, "P2", "labour", "posts", "posts_share", "cases", "cases_share", "gap") == [
        "1", "25.0", "3", "75.0", "-50.0",
    ]  # fmt: skip
    assert show(station, "P2", "family", "posts_share", "cases_share", "gap") == [
        "75.0",
        "25.0",
        "50.0",
    ]
    shares = [
        cells["posts_share"] for row, cells in compute(station, "P2", NOVEMBER).rows.items() if row != TOTAL
    ]
    assert sum(shares) == 100.0  # type: ignore[arg-type]


def test_people_and_groups_are_counted_once_however_often_they_come(station: Context) -> None:
    put(station, MediationOrg, org_rows())
    groups = ("甲组", "甲组", "乙组", None)
    put(station, MediationCase, [case_row(n, joint_group=group) for n, group in enumerate(groups)])
    put(station, CaseOutsider, [
        {"id": f"o{n}", "parent_id": f"case-00000{n % 3}", "name": name, "kind": "elder"}
        for n, name in enumerate(("赵甲", "钱乙", "赵甲", "孙丙"))
    ])  # fmt: skip
    assert show(station, "YEAR", TOTAL, "joint_groups", "outside_mediators", period=YEAR) == ["2", "3"]
    traced = trace(station, "YEAR", TOTAL, "joint_groups", YEAR)
    assert [one.contribution for one in traced] == [1, 0, 1]


# ---- what cannot be asked ----


def test_unknown_tables_rows_columns_bases_and_places_are_refused_with_a_sentence(station: Context) -> None:
    with pytest.raises(UnknownTable, match="T99"):
        compute(station, "T99", NOVEMBER)
    with pytest.raises(UnknownBasis, match="收案"):
        compute(station, "T1", NOVEMBER, basis="收案")
    with pytest.raises(UnknownPlace, match="无名村"):
        compute(station, "T1", NOVEMBER, village="无名村")
    with pytest.raises(UnknownPlace, match="某调委会"):
        compute(station, "T1", NOVEMBER, org="某调委会")
    with pytest.raises(UnknownCell, match="c99"):
        trace(station, "T1", TOTAL, "c99", NOVEMBER)
    with pytest.raises(UnknownCell, match="无此行"):
        trace(station, "T1", "无此行", "c1", NOVEMBER)


def test_a_rate_is_not_traced_but_names_its_parts_which_are(november: Context) -> None:
    with pytest.raises(NotTraceable, match=r"settled_rate\.num"):
        trace(november, "YEAR", TOTAL, "settled_rate", NOVEMBER)
    assert len(trace(november, "YEAR", TOTAL, "settled_rate.num", NOVEMBER)) == 4
    assert len(trace(november, "T5", "success_rate.den", "now", NOVEMBER)) == 5
    assert not any(cell.startswith("settled_rate") for _, cell in membership(november, "YEAR", NOVEMBER))


def test_what_has_no_village_is_said_to_be_left_out(november: Context) -> None:
    notes = compute(november, "P1", NOVEMBER, village="青石村").notes
    assert any("不分村（社区）" in note and "阅读增量" in note for note in notes)


def test_every_table_is_complete_on_an_empty_ledger(station: Context) -> None:
    """零报告: an empty month still gives every table, every known row and zeros."""
    for code in table_codes():
        result = compute(station, code, NOVEMBER)
        assert next(iter(result.rows)) == TOTAL
        for row in result.rows:
            for column in result.columns:
                shown = format_cell(result.cell(row, column.code), result.rows[row][column.code])
                assert shown in {"0", "0.00", "0.0", "—", "", "共 0 件"}, (code, row, column.code)


def test_all_sources_are_in_the_spec_of_the_example() -> None:
    sources = [column.where.get("source") for column in describe("T1").columns if column.group == "案件来源"]
    assert [code for code in sources if isinstance(code, str)] == list(SOURCES)
