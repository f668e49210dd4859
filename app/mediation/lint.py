"""The checks D1–D10 on a case: order of dates, amounts, signatures, guardians, likeness to other cases.

Only an order of dates that cannot be is an error, and a party who mediates the own case; the rest are
warnings that name what to look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from app.mediation import lookup
from models.dates import age_on, whole_day
from models.errors import Problem
from models.mediation import AgreeForm, Outcome, Performance, terms
from models.mediation.states import MINOR, PROACTIVE

if TYPE_CHECKING:
    from app.context import Context
    from models.records import Row

CHAIN = (
    ("occurred_on", "纠纷发生时间"), ("found_on", "排查发现日期"), ("registered_on", "登记日期"),
    ("accepted_on", "受理日期"), ("concluded_on", "调解结束日期"), ("performed_on", "履行完毕日期"),
    ("closed_on", "结案日期"), ("archived_on", "归档日期"),
)  # fmt: skip
ADULT = 18
ALIKE = 90  # per cent
NOT_CONFIRMABLE = re.compile(
    r"(?:同意|自愿|协议|确认).{0,6}(?:离婚|解除婚姻)|解除.{0,4}收养|收养关系|婚姻(?:关系)?(?:有效|无效)"
    r"|确认.{0,20}(?:所有权|使用权|物权|专利权|商标权|著作权|权属)|(?:所有权|使用权|物权|专利权|商标权|著作权)归"
)


def lint(ctx: Context, case: Row) -> Iterator[Problem]:
    """Give everything D1–D10 have to say about a case."""
    yield from dates_in_order(case)
    yield from nothing_before_acceptance(case)
    yield from mediators_stand_apart(ctx, case)
    yield from paper_complete(case)
    yield from amounts_agree(case)
    yield from guardians_present(case)
    yield from confirmable(case)
    yield from not_twice(ctx, case)
    yield from not_copied(ctx, case)
    yield from performance_shown(case)


def _warning(
    code: str, field: str, seen: object, message: str, hint: str, record: str | None = None
) -> Problem:
    return Problem(code, seen, message, hint, record=record, field=field, severity="warning")


def dates_in_order(case: Row) -> Iterator[Problem]:
    """D1: from occurrence to the archive no date lies before the one it follows; partial ones don't count."""
    last_label, last = "", ""
    for name, label in CHAIN:
        found = whole_day(case.get(name))
        if found is None:
            continue
        if last and found < last:
            yield _order(name, label, found, last_label, last)
        else:
            last_label, last = label, found
    yield from _sessions_in_order(case)
    yield from _agreement_in_order(case)
    yield from _visits_in_order(case)


def _order(field: str, label: str, seen: str, other: str, day: str) -> Problem:
    message = f"{label}（{seen}）早于{other}（{day}）。"
    return Problem("E401", seen, message, "请核对两个日期的先后。", field=field)


def _sessions_in_order(case: Row) -> Iterator[Problem]:
    concluded = whole_day(case.get("concluded_on"))
    days = sorted(filter(None, (whole_day(row.get("held_at")) for row in case.get("sessions") or [])))
    if concluded and days and concluded < days[0]:
        yield _order("concluded_on", "调解结束日期", concluded, "首次调解日期", days[0])


def _agreement_in_order(case: Row) -> Iterator[Problem]:
    agreement = terms.main_agreement(case)
    concluded = whole_day(case.get("concluded_on"))
    if agreement is None or concluded is None or case.get("outcome") != Outcome.SUCCESS:
        return
    agreed = whole_day(agreement.get("agreed_on"))
    if agreed is not None and agreed != concluded:
        message = f"达成协议日期（{agreed}）与调解结束日期（{concluded}）不一致。"
        hint = "调解成功的，两个日期应当相同。"
        yield Problem("E401", agreed, message, hint, field="agreements.agreed_on")


def _visits_in_order(case: Row) -> Iterator[Problem]:
    concluded, performed, closed = (
        whole_day(case.get(n)) for n in ("concluded_on", "performed_on", "closed_on")
    )
    for number, row in enumerate(case.get("follow_ups") or [], 1):
        visit, field = whole_day(row.get("visit_on")), f"follow_ups[{number}].visit_on"
        if visit is None:
            continue
        if concluded and visit < concluded:
            yield _order(field, "回访日期", visit, "调解结束日期", concluded)
    visits = [
        found for found in (whole_day(r.get("visit_on")) for r in case.get("follow_ups") or []) if found
    ]
    if visits and performed and max(visits) < performed:
        message = f"最后一次回访（{max(visits)}）早于履行完毕日期（{performed}）。"
        yield _warning("W401", "follow_ups", max(visits), message, "履行后请再回访一次，或核对日期。")
    if visits and closed and max(visits) > closed:
        message = f"回访日期（{max(visits)}）晚于结案日期（{closed}）。"
        yield _warning("W401", "follow_ups", max(visits), message, "请核对日期；结案后的回访可以保留。")


def nothing_before_acceptance(case: Row) -> Iterator[Problem]:
    """D2: no session or inquiry before acceptance, unless the committee acted of its own accord."""
    accepted = whole_day(case.get("accepted_on"))
    if accepted is None or case.get("source") == PROACTIVE:
        return
    for field, key, label in (("sessions", "held_at", "调解记录"), ("investigations", "time", "调查记录")):
        for number, row in enumerate(case.get(field) or [], 1):
            held = whole_day(row.get(key))
            if held is not None and held < accepted:
                message = f"第 {number} 份{label}（{held}）早于受理日期（{accepted}）。"
                yield _warning(
                    "W402", f"{field}[{number}].{key}", held, message, "请核对日期；主动调解的请改案件来源。"
                )


def mediators_stand_apart(ctx: Context, case: Row) -> Iterator[Problem]:
    """D3: no mediator is a party or a close relative of one, and each was in office on the day."""
    mediators = [row for row in case.get("mediators") or [] if not row.get("recused") and not row.get("void")]
    posts = lookup.posts_of(ctx, [row["mediator_post"] for row in mediators if row.get("mediator_post")])
    persons = [post["person_id"] for post in posts.values()]
    related, by_name = lookup.relatives(ctx, persons), lookup.relatives_by_name(ctx, persons)
    for number, row in enumerate(mediators, 1):
        post, field = posts.get(row.get("mediator_post") or ""), f"mediators[{number}]"
        person = post["person_id"] if post else None
        for party in case.get("parties") or []:
            yield from _apart(field, row, person, party, related | by_name)
        if post is not None:
            yield from _in_office(field, case, row, post)


def _apart(
    field: str, mediator: Row, person: str | None, party: Row, related: set[tuple[str, str]]
) -> Iterator[Problem]:
    name, other = terms.text(mediator.get("name")), terms.text(party.get("name"))
    if person is not None and person == party.get("person_id"):
        yield Problem(
            code="E406", seen=name, field=field, message=f"调解员“{name}”就是本案当事人，应当回避。",
            hint="请换调解员，或在调解员中勾选回避并写明理由。",
        )  # fmt: skip
    elif name and name == other:
        yield _warning(
            "W403", field, name, f"调解员与当事人“{other}”同名。", "请核对是否同一人；是的应当回避。"
        )
    elif person is not None and ((person, party.get("person_id")) in related or (person, other) in related):
        yield _warning(
            "W403", field, name, f"调解员“{name}”与当事人“{other}”有亲属等关系。", "请核对是否应当回避。"
        )


def _in_office(field: str, case: Row, mediator: Row, post: Row) -> Iterator[Problem]:
    on = next(
        (found for found in map(whole_day, (mediator.get("assigned_on"), case.get("accepted_on"))) if found),
        None,
    )
    start, end = (
        whole_day(post.get("start_on")),
        whole_day(post.get("leave_on")) or whole_day(post.get("end_on")),
    )
    if on is not None and ((start and on < start) or (end and on > end)):
        term = f"{start or '—'} 至 {end or '—'}"
        message = f"调解员“{terms.text(mediator.get('name'))}”在 {on} 不在任职期内（{term}）。"
        yield _warning("W403", field, on, message, "请核对任职起止日期，或换调解员。")


def paper_complete(case: Row) -> Iterator[Problem]:
    """D4: a written agreement has parties + 1 copies, every signature dated, the seal after the last one."""
    parties = case.get("parties") or []
    for number, row in enumerate(case.get("agreements") or [], 1):
        if row.get("form") != AgreeForm.WRITTEN or row.get("superseded_on") or row.get("void"):
            continue
        field, wanted = f"agreements[{number}]", len(parties) + 1
        if row.get("copies") is not None and row["copies"] != wanted:
            message = f"协议书 {row['copies']} 份，当事人各一份、调委会留存一份应为 {wanted} 份。"
            yield _warning(
                "W404", f"{field}.copies", row["copies"], message, "请核对份数（人民调解法第二十九条）。"
            )
        gaps = terms.signature_gaps(row, parties)
        if gaps:
            yield _warning(
                "W404", f"{field}.signatures", list(gaps), f"书面协议还不完整：{'、'.join(gaps[:6])}。",
                "签字、盖章齐全之日协议才生效（人民调解法第二十九条），请补登日期。",
            )  # fmt: skip
        signed = [
            found for found in (whole_day(s.get("signed_on")) for s in row.get("signatures") or []) if found
        ]
        sealed = whole_day(row.get("sealed_on"))
        if sealed and signed and sealed < max(signed):
            message = f"盖章日期（{sealed}）早于最后一个签字日期（{max(signed)}）。"
            yield _warning("W404", f"{field}.sealed_on", sealed, message, "请核对签字和盖章日期。")


def amounts_agree(case: Row) -> Iterator[Problem]:
    """D5: the items add up to the agreement's amount, and the instalments of one obligor follow in time."""
    agreement = terms.main_agreement(case)
    items = (agreement or {}).get("items") or []
    if agreement is None or not items:
        return
    total, agreed = (
        sum(terms.amount(item.get("amount")) for item in items),
        terms.amount(agreement.get("amount")),
    )
    if total != agreed:
        message = f"履行项合计 {total / 100:.2f} 元，与协议涉及金额 {agreed / 100:.2f} 元不一致。"
        yield _warning("W405", "agreements", total, message, "请核对各期金额或协议金额。")
    last: dict[tuple[str, str], str] = {}
    for number, item in enumerate(items, 1):
        pair, due = (
            (terms.text(item.get("obligor")), terms.text(item.get("obligee"))),
            whole_day(item.get("due_on")),
        )
        if due is not None and due < last.get(pair, ""):
            message = f"第 {number} 项应履行日期（{due}）早于前一期（{last[pair]}）。"
            yield _warning(
                "W405", f"agreements[1].items[{number}].due_on", due, message, "分期应按日期先后排列。"
            )
        last[pair] = max(due or "", last.get(pair, ""))


def guardians_present(case: Row) -> Iterator[Problem]:
    """D6: a minor or a person of limited capacity is there with a guardian (民法典第十九条至第二十三条)."""
    start = whole_day(case.get("accepted_on")) or whole_day(case.get("registered_on"))
    for number, party in enumerate(case.get("parties") or [], 1):
        born, age = whole_day(party.get("birth_date")), party.get("age")
        if born and start:
            age = age_on(date.fromisoformat(born), date.fromisoformat(start))
        young = isinstance(age, int) and age < ADULT and party.get("party_type") == "natural"
        needs = young or party.get("is_minor_guarded") or MINOR in (party.get("special_groups") or [])
        if needs and not terms.text(party.get("guardian")):
            name = terms.text(party.get("name"))
            yield _warning(
                "W406", f"parties[{number}].guardian", None,
                f"当事人“{name}”未成年或行为能力受限，没有登记法定代理人。",
                "请补登法定代理人，并由其到场（民法典第二十三条）。",
            )  # fmt: skip


def confirmable(case: Row) -> Iterator[Problem]:
    """D7: agreements on status or on whose right it is cannot be confirmed by the court."""
    for number, row in enumerate(case.get("agreements") or [], 1):
        written = row.get("terms")
        words = "；".join(written) if isinstance(written, list) else ""
        found = NOT_CONFIRMABLE.search(words)
        if found:
            yield _warning(
                "W407", f"agreements[{number}].terms", found.group(),
                f"协议内容“{found.group()}”涉及身份关系或确权，不属于司法确认范围。",
                "不要约定申请司法确认；有关事项请告知当事人依法另行办理。",
            )  # fmt: skip


def not_twice(ctx: Context, case: Row) -> Iterator[Problem]:
    """D8: another case of the same parties and type concluded within 90 days may be the same dispute."""
    names = frozenset(filter(None, (terms.text(party.get("name")) for party in case.get("parties") or [])))
    if whole_day(case.get("concluded_on")) is None or not names or not case.get("dispute_type"):
        return
    for record, title, others in lookup.same_dispute(ctx, case):
        if others == names:
            message = f"与“{title}”当事人、类别相同，结束日期相隔不到 90 天。"
            yield _warning(
                "W408", "parties", sorted(names), message, "请核对是否重复登记或拆分立案。", record
            )


def not_copied(ctx: Context, case: Row) -> Iterator[Problem]:
    """D9: a brief or terms nine tenths identical to another case's, names and numbers left aside."""
    names = [terms.text(party.get("name")) for party in case.get("parties") or []]
    found = _first_alike(names, terms.text(case.get("brief")), lookup.like_brief(ctx, case))
    if found is not None:
        message = f"纠纷简要情况与“{found.title}”九成以上相同。"
        yield _warning("W409", "brief", None, message, "请按本案实际情况填写。", found.record)
    agreement = terms.main_agreement(case)
    written = (agreement or {}).get("terms")
    if agreement is None or not isinstance(written, list):
        return
    alike = lookup.like_terms(ctx, case, agreement.get("terms_key"))
    found = _first_alike(names, "".join(written), alike)
    if found is not None:
        message = f"协议内容与“{found.title}”九成以上相同。"
        yield _warning("W409", "agreements", None, message, "请按本案实际情况填写。", found.record)


def _first_alike(
    names: list[str], words: str, others: Iterable[Sequence[lookup.Alike]]
) -> lookup.Alike | None:
    """Give a text that is nine tenths the same: twice the common characters to the length of both."""
    own = ""
    for few in others:
        from rapidfuzz import fuzz, process

        own = own or terms.plain_words(words, names)
        found = process.extractOne(own, [one.plain for one in few], scorer=fuzz.ratio, score_cutoff=ALIKE)
        if found is not None:
            return few[found[2]]
    return None


def performance_shown(case: Row) -> Iterator[Problem]:
    """D10: 已履行 rests on a receipt, a visit or performance on the spot."""
    if case.get("performance") == Performance.DONE and not terms.performance_is_shown(case):
        message = "案件登记为已履行，但没有履行凭证，也没有回访记录。"
        yield _warning("W410", "performance", Performance.DONE.value, message, "请补登收条、转账单或回访。")
