"""The register of honours of the demonstration: certificates with their numbers; one corrected, one taken back."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from portal.core import text
from portal.core.calendar import add_working_days, notice_period_end
from portal.core.database import ALPHABET
from portal.demo.batch import Batch
from portal.demo.chance import seeded
from portal.demo.days import moment, working_day_before
from portal.demo.judging import in_order, noticed
from portal.demo.nominees import Put, Round
from portal.demo.register import Local
from portal.honours.models import Honour, HonourCertificate, Layout, Revocation
from portal.honours.services import KIND, SupersededReason
from portal.members.models import NumberCounter
from portal.objections.models import NoticePeriod
from portal.offices.rights import Position
from portal.verification.codes import LENGTH
from portal.verification.models import VerifiableCode

HIDDEN = 0.08  # who do not wish to stand on the honour roll any more
CORRECTED_AFTER, REVOKED_AFTER = 12, 30  # days after the decision; working days before today


@dataclass(slots=True)
class _Issue:
    """A certificate to be numbered, in the order of the days."""

    at: datetime
    honour_id: int
    snapshot: dict[str, Any]
    by: int
    superseded_at: datetime | None = None


class Laurels:
    """Adds honours, certificates and the revocation of one."""

    def __init__(self, batch: Batch, root: Local, reason: str, day: date) -> None:
        self.batch, self.root, self.reason, self.day = batch, root, reason, day
        self.chance, self.issues = seeded("laurels"), list[_Issue]()
        self.numbers: dict[int, str] = {}  # of the latest certificate, by honour
        self.revoked: list[tuple[Round, int]] = []

    def give(self, call: Round, decided: date) -> None:
        """Everybody who was chosen, with a certificate each."""
        at, by = moment(decided, 10, 30), call.local.officers_on(decided)[Position.CHAIR]
        feast = working_day_before(date(decided.year + 1, 1, 18))
        handed = feast if feast < self.day else None
        for put in sorted((one for one in call.puts if one.is_chosen), key=in_order):
            is_wrong = put.known is not None and put.name != put.known.who.name
            is_cast = put.known is not None and put.known.role is not None
            honour_id = self.batch.add(
                Honour, association_id=call.local.id, of_id=put.local.id, call_id=call.id, nomination_id=put.id,
                kind_id=put.category.kind_id, person_id=put.known.id if put.known else None, group_id=put.group_id,
                name=put.known.who.name if put.known else put.name, decided_on=decided,
                is_public=put.known is None or is_cast or self.chance.random() >= HIDDEN, handed_on=handed,
                recorded_at=at, revoked_at=None, revoked_reason="", revoked_by_id=None,
            )  # fmt: skip
            issue = _Issue(at, honour_id, self._snapshot(call, put, decided, by.who.name), by.id)
            self.issues.append(issue)
            if is_wrong:
                self._correct(issue, decided)

    def revoke(self, call: Round) -> None:
        """The last of those whom the call commended is found not to have earned it."""
        self.revoked.append((call, self.batch.rows[Honour.__tablename__][-1]["id"]))

    def finish(self) -> None:
        code, last = self.root.place.code.upper(), Counter[int]()
        for one in sorted(self.issues, key=lambda one: (one.at, one.honour_id)):
            last[one.at.year] += 1
            self._issue(one, f"{code}荣证字〔{one.at.year}〕第{last[one.at.year]:06}号")
        for year, count in last.items():
            self.batch.add(NumberCounter, stem=f"{code}荣证字〔{year}〕第{{serial}}号", last=count)
        for call, honour_id in self.revoked:
            self._revoke(call, honour_id)

    def _correct(self, issue: _Issue, decided: date) -> None:
        """The name had been put down wrong: a new certificate stands in place of the first."""
        name = self.batch.row(Honour, issue.honour_id)["name"]
        issue.superseded_at = moment(working_day_before(decided + timedelta(days=CORRECTED_AFTER)), 14, 20)
        corrected = {**issue.snapshot, "name": name}
        self.issues.append(_Issue(issue.superseded_at, issue.honour_id, corrected, issue.by))

    def _issue(self, one: _Issue, number: str) -> None:
        code = "".join(self.chance.choices(ALPHABET, k=LENGTH))
        self.numbers[one.honour_id] = number
        self.batch.add(
            HonourCertificate, number=number, honour_id=one.honour_id, layout=Layout.CLASSIC.value,
            code_id=self.batch.add(VerifiableCode, code=code, kind=KIND, created_at=one.at), snapshot=one.snapshot,
            issued_at=one.at, issued_by_id=one.by, superseded_at=one.superseded_at,
            superseded_reason=SupersededReason.REISSUED.value if one.superseded_at else "",
        )  # fmt: skip

    def _snapshot(self, call: Round, put: Put, decided: date, chair: str) -> dict[str, Any]:
        """As honours.services has it."""
        of = put.local.place.name
        return {
            "name": put.name, "kind": put.category.kind, "english": put.category.english,
            "scope": put.category.scope, "call": call.title, "basis": call.basis,
            "start": call.span.start.isoformat(), "end": call.span.end.isoformat(),
            "decided_on": decided.isoformat(), "unit": call.local.place.name,
            "federation": self.root.place.name, "of": "" if of == put.name else of, "in_charge": chair,
        }  # fmt: skip

    def _revoke(self, call: Round, honour_id: int) -> None:
        start = add_working_days(self.day, -REVOKED_AFTER)
        decided = add_working_days(notice_period_end(start), 1)
        honour, kind = self.batch.row(Honour, honour_id), next(iter(call.categories))
        lines = [f"证书编号 {self.numbers[honour_id]}：{kind}", f"获得者：{honour['name']}"]
        body = "\n\n".join([*(lines if honour["is_public"] else lines[:1]), f"原因：{self.reason}"])
        told = noticed(call.local, start, decided)
        period_id = self.batch.add(
            NoticePeriod, **told, title=f"拟撤销荣誉：{kind}", body=body, html=text.render(body),
            contact=call.contact, decision="荣誉予以撤销。",
        )  # fmt: skip
        self.batch.add(
            Revocation, honour_id=honour_id, period_id=period_id, reason=self.reason, state="revoked",
            proposed_at=told["opened_at"], proposed_by_id=told["opened_by_id"], decided_at=told["decided_at"],
            decided_by_id=told["decided_by_id"],
        )  # fmt: skip
        honour.update(revoked_at=told["decided_at"], revoked_reason=self.reason, revoked_by_id=told["decided_by_id"])
