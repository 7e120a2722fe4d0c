"""An honour is taken back as it was given: with a reason, on public notice, decided after it. Never commits."""

from __future__ import annotations

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core import audit
from portal.core.calendar import now
from portal.core.database import db, hold
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy
from portal.honours import queries
from portal.honours.models import Honour, HonourCertificate, Revocation, RevocationState
from portal.honours.services import check_right
from portal.objections import services as periods
from portal.objections.models import Matter, NoticePeriod, PeriodState
from portal.reviews.announcing import plain_line


def propose(actor: Account, honour: Honour, reason: str, contact: str) -> Revocation:
    """Show that the honour is to be taken back, with the reason; proposed twice, it is shown once.

    The holder's name stands there only where it is on the honour roll; else the certificate's number alone.
    """
    check_right(actor, honour)
    hold(honour)
    if honour.revoked_at is not None:
        raise RuleError("", lazy("This honour was revoked already."))
    known = queries.open_revocation(honour.id)
    if known is not None:
        return known
    if honour.person_id == actor.person_id:
        raise RuleError("", lazy("It is your own honour: somebody else who decides commendations does this."))
    said = periods.words(reason, "reason", lazy("Write why it is to be taken back; everybody will read it."))
    certificate = queries.latest_certificate(honour.id)
    period = periods.open_period(
        actor, db.session.get_one(Association, honour.association_id), matter=Matter.COMMENDATION,
        title=_("An honour is to be taken back: %(kind)s", kind=certificate.snapshot["kind"])[:120],
        body=_body(honour, certificate, said), contact=contact,
    )  # fmt: skip
    made = Revocation(honour_id=honour.id, period_id=period.id, reason=said, proposed_by_id=actor.person_id)
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "honours.propose_revocation", honour, {"reason": said}, person_id=honour.person_id)
    return made


def decide(actor: Account, revocation: Revocation) -> None:
    """Taken back, after the notice period and every answer; the certificate says so from now on.

    Raises RuleError("") before, and where an objection was upheld.
    """
    honour, period = _held(actor, revocation)
    if period.state in (PeriodState.STOPPED, PeriodState.WITHDRAWN):
        raise RuleError("", lazy("It was not decided as shown: the honour stays."))
    if period.state == PeriodState.OPEN:
        periods.pass_(actor, period, _("The honour is taken back."))
    honour.revoked_at, honour.revoked_reason, honour.revoked_by_id = now(), revocation.reason, actor.person_id
    _end(actor, revocation, RevocationState.REVOKED)
    audit.record(actor, "honours.revoke", honour, {"reason": revocation.reason}, person_id=honour.person_id)


def why_not(revocation: Revocation) -> str:
    """Why it cannot be taken back now, in words; empty where it can."""
    period = queries.period_of(revocation)
    if period.state in (PeriodState.STOPPED, PeriodState.WITHDRAWN):
        return _("It was not decided as shown: the honour stays.")
    return periods.why_not(period) if period.state == PeriodState.OPEN else ""


def keep(actor: Account, revocation: Revocation, reason: str) -> None:
    """The honour stays, for a reason that everybody reads on the notice."""
    honour, period = _held(actor, revocation)
    if period.state == PeriodState.PASSED:
        raise RuleError("", lazy("It was decided as shown."))
    if period.state == PeriodState.OPEN:
        periods.stop(actor, period, reason)
    _end(actor, revocation, RevocationState.KEPT)
    audit.record(actor, "honours.keep", honour, {"reason": reason}, person_id=honour.person_id)


def _held(actor: Account, revocation: Revocation) -> tuple[Honour, NoticePeriod]:
    """The honour and the notice period, held in this order by everybody."""
    honour = db.session.get_one(Honour, revocation.honour_id)
    check_right(actor, honour)
    if honour.person_id == actor.person_id:
        raise RuleError("", lazy("It is your own honour: somebody else who decides commendations does this."))
    hold(honour)
    db.session.refresh(revocation)
    if revocation.state != RevocationState.SHOWN:
        raise RuleError("", lazy("This was decided already."))
    period = db.session.get_one(NoticePeriod, revocation.period_id)
    hold(period)
    return honour, period


def _end(actor: Account, revocation: Revocation, state: RevocationState) -> None:
    revocation.state, revocation.decided_at, revocation.decided_by_id = state, now(), actor.person_id
    db.session.flush()


def _body(honour: Honour, certificate: HonourCertificate, reason: str) -> str:
    lines = [_("Certificate %(number)s: %(kind)s", number=certificate.number, kind=certificate.snapshot["kind"])]
    if honour.is_public:
        lines.append(_("Given to %(name)s", name=plain_line(honour.name)))
    return "\n\n".join([*lines, _("Reason: %(reason)s", reason=plain_line(reason))])
