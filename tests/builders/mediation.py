"""Committees, mediators and cases to test with; every name and number is made up."""

from __future__ import annotations

from typing import Any

from app.context import Context
from app.records import add

TOWN = "青石镇人民调解委员会"
VILLAGE = "青石村人民调解委员会"
CREDIT_CODE = "91420981MA4K1234T8"
ENTRUSTED = {"source_org": "青石派出所", "source_doc_no": "青公调移〔2026〕7号", "source_on": "2026-11-04"}


def mediation_org(**changes: Any) -> dict[str, Any]:
    """Give the town's committee."""
    row: dict[str, Any] = {
        "name": TOWN,
        "org_type": "3",
        "term_start": "2025-01-01",
        "term_end": "2027-12-31",
        "seal_code_prefix": "青石镇人调字",
        "studios": [{"name": "驻所调解工作室", "type": "派驻派出所", "host": "青石派出所"}],
    }
    return {**row, **changes}


def village_org(**changes: Any) -> dict[str, Any]:
    """Give the committee of 青石村."""
    values = {"name": VILLAGE, "org_type": "1", "village_id": "青石村", "seal_code_prefix": "青石村人调字"}
    return mediation_org(**{**values, "studios": [], **changes})


def mediator_post(person_id: str = "陈大山", org_id: str = TOWN, **changes: Any) -> dict[str, Any]:
    """Give an ordinary member's post."""
    row: dict[str, Any] = {
        "person_id": person_id,
        "org_id": org_id,
        "post": "委员",
        "employ": "专职",
        "appointed_by": "推选",
        "start_on": "2025-01-01",
        "end_on": "2027-12-31",
        "fiscal_paid": False,
    }
    return {**row, **changes}


def add_organisations(ctx: Context) -> dict[str, str]:
    """Add both committees and the town's mediator 周小满; gives the ids as town, village, person, post."""
    town, village = add(ctx, "mediation_org", [mediation_org(), village_org()]).ids
    (person,) = add(ctx, "person", [{"name": "周小满", "sex": "女"}]).ids
    (post,) = add(ctx, "mediator_post", [mediator_post(person)]).ids
    return {"town": town, "village": village, "person": person, "post": post}


def party(name: str, side: str, **changes: Any) -> dict[str, Any]:
    """Give one party, a natural person unless said otherwise."""
    return {"name": name, "side": side, **changes}


def company(name: str = "青石建筑劳务有限公司", side: str = "被申请人", **changes: Any) -> dict[str, Any]:
    """Give a company as party."""
    values = {"party_type": "法人", "legal_rep": "方正行", "legal_rep_post": "经理", "uscc": CREDIT_CODE}
    return party(name, side, **{**values, **changes})


def mediation_case(**changes: Any) -> dict[str, Any]:
    """Give a neighbours' dispute, registered and not yet accepted."""
    row: dict[str, Any] = {
        "org_id": TOWN,
        "source": "10",
        "occurred_place": "青石村三组",
        "village_id": "青石村",
        "registered_on": "2026-11-02",
        "dispute_type": "02",
        "brief": "刘福家屋檐滴水流入何贵家院内，两家多次争吵",
        "parties": [party("刘福", "甲方"), party("何贵", "乙方")],
        "mediators": [{"name": "周小满", "role": "主办"}],
    }
    return {**row, **changes}


def accepted_case(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Give a case typed in whole after it was accepted."""
    values = {
        "state": "accepted",
        "volume_no": f"（2026）青石镇人调字第{number:03}号",
        "accepted_on": "2026-11-03",
        "acceptor": "周小满",
        "difficulty": "1",
        "consent_state": "各方同意",
    }
    return mediation_case(**{**values, **changes})


def signatures(day: str, *parties: str, mediator: str = "周小满") -> list[dict[str, Any]]:
    """Give the signatures of parties and mediator on one day."""
    rows = [{"role": "当事人", "name": name, "signed_on": day} for name in parties]
    return [*rows, {"role": "人民调解员", "name": mediator, "signed_on": day}]


def agreement(day: str, amount: int = 0, *, form: str = "口头", **changes: Any) -> dict[str, Any]:
    """Give an agreement reached on a day; amounts in 分."""
    row: dict[str, Any] = {
        "form": form,
        "agreed_on": day,
        "facts": "双方对屋檐滴水的处理有争议",
        "terms": ["刘福在屋檐加装水槽，费用自理"],
        "perform_mode": "一次性履行",
        "perform_due": "2026-12-31",
        "amount": amount,
    }
    return {**row, **changes}


def written_agreement(day: str, amount: int, *parties: str, **changes: Any) -> dict[str, Any]:
    """Give a written agreement that all signed and the committee sealed on its day."""
    signed = signatures(day, *parties)
    values: dict[str, Any] = {"form": "书面", "signatures": signed, "sealed_on": day, "paper_bound": True}
    return agreement(day, amount, **{**values, "copies": len(parties) + 1, **changes})


def household_case(households: int = 32) -> dict[str, Any]:
    """Give a land rent dispute of many households with one company: each is paid in two instalments."""
    names = [f"农户{number:02}" for number in range(1, households + 1)]
    items = [
        {
            "obligor": "青石农业有限公司",
            "obligee": name,
            "content": f"土地流转费{label}",
            "amount": 50_000,
            "due_on": due,
        }
        for name in names
        for label, due in (("首付", "2026-11-30"), ("尾款", "2027-01-31"))
    ]
    parties = [
        *[party(name, "申请人") for name in names],
        company("青石农业有限公司"),
    ]
    signed = written_agreement(
        "2026-11-10", 100_000 * households, *names, "青石农业有限公司",
        perform_mode="分期履行", perform_due=None, items=items,
        terms=["公司按亩付清土地流转费", "分两期支付"],
    )  # fmt: skip
    return accepted_case(
        20, source="20", apply_form="书面", requests=["支付拖欠的土地流转费"], dispute_type="04",
        brief="公司流转三十二户一百五十亩土地，拖欠两年流转费", household_count=households,
        land_area_mu="150", parties=parties, difficulty="4", state="performing", concluded_on="2026-11-10",
        outcome="1", agreements=[signed],
    )  # fmt: skip


def example_november_cases() -> list[dict[str, Any]]:
    """Give the six cases of the acceptance example for November 2026, C1 to C6 in order.

    They need the committees of `add_organisations`. Counted by conclusion: 5 cases, 22 parties, 4 settled,
    2 difficult, 23.35 万元, 村 2, 乡镇 3, oral 1, written 3, performed 2; C6 is open.
    """
    return [_c1(), _c2(), _c3(), _c4(), _c5(), _c6()]


def _c1() -> dict[str, Any]:
    return accepted_case(
        101, registered_on="2026-10-28", accepted_on="2026-10-28", concluded_on="2026-11-02", outcome="1",
        state="performed", performed_on="2026-11-02", performance="1", performance_proof="当场履行",
        agreements=[agreement("2026-11-02", perform_mode="即时履行", perform_due="2026-11-02")],
    )  # fmt: skip


def _c2() -> dict[str, Any]:
    names = ("陈立冬", "陈立春", "孙有田")
    return accepted_case(
        102, org_id=VILLAGE, volume_no="（2026）青石村人调字第001号", registered_on="2026-11-03",
        source="20", apply_form="书面", requests=["确认宅基地边界并补偿"], dispute_type="03", difficulty="2",
        brief="两家建房时对宅基地东侧边界各执一词，越界部分已砌墙",
        parties=[party(names[0], "申请人"), party(names[1], "申请人"), party(names[2], "被申请人")],
        concluded_on="2026-11-10", outcome="1", state="performed", performed_on="2026-11-25",
        performance="1", performance_proof="收条一张",
        agreements=[
            written_agreement(
                "2026-11-10", 1_200_000, *names, perform_due="2026-11-25", terms=["孙有田补偿一万二千元"]
            )
        ],
    )  # fmt: skip


def _c3() -> dict[str, Any]:
    names = ("郑小河", "吴大江")
    return accepted_case(
        103, registered_on="2026-11-04", accepted_on="2026-11-05", source="33", apply_form="口头",
        **ENTRUSTED, dispute_type="06", difficulty="2",
        brief="酒后争执致一人面部受轻微伤，就医疗费误工费协商不成",
        parties=[party(names[0], "申请人"), party(names[1], "被申请人")], joint_units=["派出所"],
        concluded_on="2026-11-20", outcome="1", state="performing",
        agreements=[
            written_agreement(
                "2026-11-20", 3_550_000, *names, perform_due="2026-12-05", terms=["吴大江赔偿三万五千五百元"]
            )
        ],
    )  # fmt: skip


def _c4() -> dict[str, Any]:
    names = ("高远山", "青石建筑劳务有限公司")
    items = [
        {
            "obligor": names[1],
            "obligee": names[0],
            "content": f"第{n}期工资",
            "amount": 6_200_000,
            "due_on": due,
        }
        for n, due in enumerate(("2026-12-15", "2027-01-15", "2027-02-15"), 1)
    ]
    return accepted_case(
        104, registered_on="2026-11-08", accepted_on="2026-11-08", source="35", apply_form="书面",
        source_org="青石镇综治中心", source_doc_no="青综〔2026〕11号", source_on="2026-11-07",
        dispute_type="10", difficulty="4", migrant_wage_flag="欠薪", level="3",
        brief="十二名农民工在工地务工，公司拖欠工资十八万六千元",
        parties=[party(names[0], "申请人", side_party_count=12), company()], joint_units=["人社所", "派出所"],
        concluded_on="2026-11-28", outcome="1", state="performing",
        agreements=[
            written_agreement(
                "2026-11-28", 18_600_000, *names, perform_mode="分期履行", perform_due=None, items=items,
                terms=["公司分三期付清拖欠的工资"], confirm_intent=True,
            )
        ],
    )  # fmt: skip


def _c5() -> dict[str, Any]:
    return accepted_case(
        105, org_id=VILLAGE, volume_no="（2026）青石村人调字第002号", registered_on="2026-11-12",
        accepted_on="2026-11-12", dispute_type="07", difficulty="3",
        brief="两组村民对后山一片林地的四至有争议，林权证记载不清",
        parties=[party("石成林", "甲方"), party("金满仓", "乙方")],
        concluded_on="2026-11-30", outcome="2", fail_reason="分歧过大", advised_path="行政处理/裁决",
        transformation="0", state="failed",
    )  # fmt: skip


def _c6() -> dict[str, Any]:
    return accepted_case(
        106, org_id=VILLAGE, volume_no="（2026）青石村人调字第003号", registered_on="2026-11-21",
        accepted_on="2026-11-21", dispute_type="01", brief="老人的赡养费在三个子女之间分担不均，已争执两年",
        parties=[party("彭秀英", "甲方"), party("彭建国", "乙方")],
    )  # fmt: skip
