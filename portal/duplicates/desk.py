"""The pages about a pair: what stands side by side, the form for it, and what a merge would do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, g, request
from flask_login import current_user
from wtforms.fields.choices import RadioField

from portal.core import access, web
from portal.core.errors import RuleError
from portal.core.formats import date_long
from portal.core.forms import choices
from portal.core.i18n import _
from portal.duplicates import queries, rules, services
from portal.duplicates.forms import FIRST, SECOND, ChosenForm, MergeForm
from portal.duplicates.models import PersonMerge
from portal.duplicates.words import SIGNS, signs_of, word_of
from portal.members.models import Membership
from portal.members.queries import open_transfer
from portal.offices.queries import accounts_of
from portal.people.models import Person, Sex

RIGHT = "members.write"
APART = ("account", "affiliation", "membership")  # shown on lines of their own


@dataclass(frozen=True)
class Line:
    """A line of the comparison: both values as they may be shown."""

    name: str
    label: str
    values: tuple[str, str]
    differs: bool

    @property
    def is_one_sided(self) -> bool:
        """Only one record says it: the merged one takes it over, and nothing is to be decided."""
        return not all(self.values)


@dataclass
class Pair:
    """Two records with what belongs to each."""

    people: tuple[Person, Person]
    memberships: list[Membership]
    counts: dict[int, Counter[str]]
    accounts: dict[int, Any]
    obstacle: RuleError | None

    @property
    def clashes(self) -> list[tuple[Membership, Membership]]:
        return rules.clashes(self.memberships)

    @property
    def lines(self) -> list[Line]:
        asked = services.differing(*self.people)
        shown = [_shown(person) for person in self.people]
        return [
            Line(name, label, (shown[0][name], shown[1][name]), name in asked or shown[0][name] != shown[1][name])
            for name, label in _labels().items()
        ]

    def memberships_of(self, person: Person) -> list[Membership]:
        return [one for one in self.memberships if one.person_id == person.id]

    def counted(self, person: Person, besides: tuple[str, ...] = APART) -> list[tuple[str, int]]:
        """What refers to the record, in words; tables without a word of their own are counted together."""
        words: Counter[str] = Counter()
        for table, number in self.counts[person.id].items():
            if table not in besides:
                words[str(word_of(table))] += number
        return sorted(words.items())


def signs(one: Person, other: Person) -> list[str]:
    """What makes two records look like one person, in words."""
    return [str(SIGNS[sign]) for sign in signs_of(one, other)]


def load_pair(first_id: str, second_id: str) -> Pair:
    """The two records, if the reader may keep both; otherwise 404."""
    found = queries.get_pair(access.reached(RIGHT), g.association, first_id, second_id)
    if found is None:
        abort(404)
    ids = [person.id for person in found]
    memberships = list(queries.list_memberships(ids))
    problem = rules.obstacle(current_user, *found)
    return Pair(found, memberships, queries.tally(ids), accounts_of(ids), problem)


def find_merge(first_id: str, second_id: str) -> PersonMerge | None:
    """The merge of this pair, if it was made and stands."""
    return queries.get_merge_of(access.reached(RIGHT), g.association, (first_id, second_id))


def _labels() -> dict[str, str]:
    return {
        "name": _("Name"), "sex": _("Sex"), "birth_on": _("Date of birth"), "identity_number": _("Identity number"),
        "phone": _("Phone"), "email": _("E-mail"), "residence": _("Area of residence"), "guardian": _("Guardian"),
    }  # fmt: skip


def _shown(person: Person) -> dict[str, str]:
    """The values of a record as a page may show them: numbers masked."""
    guardian_phone = f"*******{person.guardian_phone[-4:]}" if person.guardian_phone else ""
    return {
        "name": person.name,
        "sex": Sex(person.sex).label if person.sex else "",
        "birth_on": date_long(person.birth_on) if person.birth_on else "",
        "identity_number": person.masked_identity,
        "phone": person.masked_phone,
        "email": person.email or "",
        "residence": person.residence,
        "guardian": " ".join(part for part in (person.guardian_name, guardian_phone) if part),
    }


def merge_form(pair: Pair, kind: type[MergeForm] = ChosenForm) -> MergeForm:
    """The form for this pair: asks only for what differs; before anything was chosen, the fuller record stays."""
    form = kind(formdata=request.args if kind is ChosenForm else request.form)
    asked, shown = services.differing(*pair.people), [_shown(person) for person in pair.people]
    suggested = _suggested(pair)
    for name in services.FIELDS:
        if name not in asked:
            del form[name]
        else:
            _offer(form[name], {FIRST: shown[0][name], SECOND: shown[1][name]}, suggested)
    _offer(form.keep, {FIRST: _("Record 1"), SECOND: _("Record 2")}, suggested)
    while len(form.staying) < len(pair.clashes):
        form.staying.append_entry()
    for entry, clash in zip(form.staying, pair.clashes, strict=False):
        entry.label.text = f"{clash[0].association.display_name} · {clash[0].kind.name}"
        entry.choices = choices([(one.public_id, one.number) for one in clash])
    return form


def _offer(field: RadioField, values: dict[str, str], suggested: str) -> None:
    field.choices = choices(values)
    if field.data not in values and not request.args and request.method == "GET":
        field.data = suggested


def _suggested(pair: Pair) -> str:
    """Whoever can sign in, then who has more memberships, then what more refers to."""

    def weight(person: Person) -> tuple[bool, int, int]:
        return person.id in pair.accounts, len(pair.memberships_of(person)), pair.counts[person.id].total()

    return SECOND if weight(pair.people[1]) > weight(pair.people[0]) else FIRST


def chosen(pair: Pair, form: MergeForm) -> tuple[Person, Person, services.Choice]:
    """Who stays, who goes, and what the form says of the rest."""
    kept, gone = pair.people if form.keep.data == FIRST else pair.people[::-1]
    other = SECOND if form.keep.data == FIRST else FIRST
    taken = [name for name in services.FIELDS if name in form and form[name].data == other]
    return kept, gone, services.Choice(taken=taken, staying=[entry.data for entry in form.staying])


def outcome(pair: Pair, form: MergeForm) -> dict[str, Any]:
    """What the check page says: the record as it will be, what moves, what ends."""
    kept, gone, choice = chosen(pair, form)
    mine, theirs = _shown(kept), _shown(gone)
    values = {name: theirs[name] if name in choice.taken or not mine[name] else mine[name] for name in mine}
    if gone.identity_number and ("identity_number" in choice.taken or not kept.identity_number):
        values |= {"sex": theirs["sex"], "birth_on": theirs["birth_on"]}
    ending = [one for clash in pair.clashes for one in clash if one.public_id not in choice.staying]
    return {
        "kept": kept,
        "gone": gone,
        "rows": [{"label": label, "value": values[name]} for name, label in _labels().items() if values[name]],
        "moves": pair.counted(gone, besides=("account",)),
        "ending": [(one, open_transfer(one)) for one in ending],
        "account_moves": list(pair.accounts) == [gone.id],
        "account_ends": len(pair.accounts) == 2,
        "sent": [(field.name, field.data) for field in form if field.name not in ("staying", "csrf_token")]
        + [(entry.name, entry.data) for entry in form.staying],
    }


def context(pair: Pair, first_id: str, second_id: str) -> dict[str, Any]:
    """What the pair's page needs beside its form."""
    above = queries.common_office(rules.holders(*pair.people)) if pair.obstacle else None
    base_url = current_app.extensions["portal.settings"].base_url
    return {"pair": pair, "ids": {"first_id": first_id, "second_id": second_id}, "above": above, "base_url": base_url}


def refuse(first_id: str, second_id: str, form: MergeForm, error: RuleError) -> tuple[str, int]:
    """The pair's page again, as it stands in the database, with what was chosen and why it was refused."""
    web.undo()
    pair = load_pair(first_id, second_id)
    form.refuse(error)
    return web.invalid("duplicates/pair.html", form, **context(pair, first_id, second_id))
