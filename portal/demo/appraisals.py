"""Appraisals of the demonstration: a street's of last year, published; a community's of this year, still open."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from portal.demo.batch import Batch
from portal.demo.chance import seeded
from portal.demo.days import moment, working_day_before
from portal.demo.diary import SHOWCASE
from portal.demo.register import Local
from portal.offices.rights import Position
from portal.surveys.models import (
    Audience,
    QuestionKind,
    Survey,
    SurveyAnswer,
    SurveyQuestion,
    SurveyState,
    SurveyTicket,
)
from portal.surveys.results import Asked, Satisfaction, Sheets, compute

STREET = "wh"
QUESTIONS: tuple[tuple[QuestionKind, str, list[str]], ...] = (
    (QuestionKind.SATISFACTION, "您对协会今年的工作总体满意吗？", []),
    (QuestionKind.SATISFACTION, "您对会费收支公开满意吗？", []),
    (QuestionKind.CHOICE, "明年您最希望多办哪类活动？", ["文体活动", "便民服务", "知识讲座", "节前走访"]),
    (QuestionKind.TEXT, "您对协会工作还有什么意见和建议？", []),
)
STEPS, WEIGHTS = list(Satisfaction), (46, 34, 8, 4, 8)
WORDS = (
    "活动通知能不能早几天发，好安排时间。", "智能手机课堂办得好，希望再开一期。", "活动室晚上关得太早。",
    "收据能发到手机上就方便了。", "志愿者很热心，谢谢大家。", "楼道里的通知栏字太小，老人看不清。",
    "希望多组织郊游。", "会费收支公布得清楚。",
)  # fmt: skip
PUBLISHED_WORDS = 5
ASKED, FEW = 12, 3


def fill(batch: Batch, locals_: dict[str, Local], day: date) -> None:
    chance = seeded("appraisals")
    _published(batch, locals_, day, chance)
    _open(batch, locals_[SHOWCASE], day, chance)


def _published(batch: Batch, locals_: dict[str, Local], day: date, chance: Random) -> None:
    """Every community of the street was asked; of one so few answered that it is not shown."""
    street, year = locals_[STREET], day.year - 1
    opens_on, closes_on = date(year, 12, 1), date(year, 12, 20)
    values = _values(street, f"{year}年度工作民主评议", opens_on, closes_on, closes_on)
    communities = [local for code, local in locals_.items() if code.startswith(f"{STREET}-")]
    survey_id = batch.add(Survey, **values, audience=Audience.RESIDENTS, state=SurveyState.PUBLISHED)
    asked = _questions(batch, survey_id)
    groups = [
        _community(batch, survey_id, local, FEW if number == len(communities) - 1 else chance.randint(7, 11), chance)
        for number, local in enumerate(communities)
    ]
    row = batch.row(Survey, survey_id)
    found = compute(asked, groups, row["hide_below"])
    found["questions"][-1]["texts"] = list(WORDS[:PUBLISHED_WORDS])
    row |= {"asked": found["asked"], "results": found}
    row |= {"closed_at": moment(closes_on + timedelta(days=1), 0, 30)}
    row |= {"published_at": moment(working_day_before(closes_on + timedelta(days=12)), 10)}


def _community(batch: Batch, survey_id: int, local: Local, answered: int, chance: Random) -> Sheets:
    group = Sheets(local.place.name, ASKED)
    for number in range(ASKED):
        _ticket(batch, survey_id, local, chance, is_used=number < answered)
    for _number in range(answered):
        group.answers.append(_answer(batch, survey_id, local, chance))
    return group


def _open(batch: Batch, local: Local, day: date, chance: Random) -> None:
    """Members are asked, some by their account; a third has answered so far."""
    opens_on = working_day_before(day - timedelta(days=10))
    values = _values(local, f"{day.year}年度会员评议", opens_on, day + timedelta(days=18), None)
    survey_id = batch.add(Survey, **values, audience=Audience.MEMBERS, state=SurveyState.OPEN)
    _questions(batch, survey_id)
    with_account = [known for known in local.members if known.role]
    for known in with_account:
        batch.add(
            SurveyTicket, survey_id=survey_id, association_id=local.id, code_hash=None, person_id=known.id, sheet=0,
            is_used=False,
        )  # fmt: skip
    for number in range(60):
        _ticket(batch, survey_id, local, chance, is_used=number % 3 == 0)
        if number % 3 == 0:
            _answer(batch, survey_id, local, chance)
    batch.row(Survey, survey_id)["asked"] = 60 + len(with_account)


def _values(local: Local, title: str, opens_on: date, closes_on: date, done: date | None) -> dict[str, Any]:
    secretary = local.officers_on(opens_on)[Position.SECRETARY]
    created = opens_on - timedelta(days=7)
    return {
        "association_id": local.id, "title": title, "opens_on": opens_on, "closes_on": closes_on, "asked": 0,
        "introduction": "请您给协会一年的工作打分。不记名，每人一次，结果向大家公布。", "hide_below": 5,
        "entry_key": None, "created_at": moment(created, 10), "created_by_id": secretary.id,
        "opened_at": moment(opens_on, 8, 30), "closed_at": None, "published_at": None, "results": None,
    }  # fmt: skip


def _questions(batch: Batch, survey_id: int) -> list[Asked]:
    for position, (kind, text, choices) in enumerate(QUESTIONS, 1):
        batch.add(SurveyQuestion, survey_id=survey_id, position=position, kind=kind, text=text, choices=choices)
    return [Asked(position, kind, text, choices) for position, (kind, text, choices) in enumerate(QUESTIONS, 1)]


def _ticket(batch: Batch, survey_id: int, local: Local, chance: Random, *, is_used: bool) -> None:
    """Of a code that nobody knows."""
    code_hash = f"{chance.getrandbits(128):032x}"
    batch.add(
        SurveyTicket, survey_id=survey_id, association_id=local.id, code_hash=code_hash, person_id=None, sheet=1,
        is_used=is_used,
    )  # fmt: skip


def _answer(batch: Batch, survey_id: int, local: Local, chance: Random) -> dict[str, Any]:
    first, second = chance.choices(STEPS, WEIGHTS, k=2)
    answers: dict[str, Any] = {"1": str(first), "2": str(second), "3": chance.randrange(4)}
    if chance.random() < 0.2:
        answers["4"] = chance.choice(WORDS)
    batch.add(SurveyAnswer, survey_id=survey_id, association_id=local.id, answers=answers)
    batch.rows[SurveyAnswer.__tablename__][-1]["id"] = chance.randrange(2**62)
    return answers
