"""What may happen to the tree: an association is added, changed, moved, archived, restored. Never commits.

Whether somebody may do it is asked by the view, at every place that is touched; what the tree allows is asked here.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from sqlalchemy import func, literal, select, update

from portal.associations import queries, ties
from portal.associations.models import Association, Formation, Level
from portal.core.audit import Actor, changed, record
from portal.core.calendar import DEFAULT_ZONE, today
from portal.core.database import add_single, db
from portal.core.documents import missing_glyphs
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy, pgettext

CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
CODE_LENGTH = range(2, 33)
# What may stand directly below each level.
LEVELS_BELOW = {
    Level.FEDERATION: (Level.FEDERATION, Level.TOWN, Level.GRASSROOTS),
    Level.TOWN: (Level.GRASSROOTS,),
    Level.GRASSROOTS: (Level.GRASSROOTS,),  # only attached ones
}
DETAILS = (
    "introduction",
    "address",
    "phone",
    "email",
    "office_hours",
    "founded_on",
    "seal_text",
    "reviews_stories",
    "reviews_notices",
)


def create_association(
    actor: Actor | None,
    parent: Association | None,
    *,
    code: str,
    name: str,
    level: Level,
    formation: Formation | None = None,
    short_name: str = "",
    time_zone: str = DEFAULT_ZONE,
    **details: Any,
) -> Association:
    """Add an association below another; without one it is the root, of which there is one.

    The code stands in addresses and never changes. The root has the time zone it is given, any other that
    of the association above. Raises RuleError by the field at fault.
    """
    _lock_tree(parent)
    _check_parent(parent)
    _check_code(code)
    _check_name(name, parent)
    formation = formation if level == Level.GRASSROOTS else None  # others have none
    _check_place(level, formation, parent)
    association = Association(
        code=code,
        name=name,
        short_name=short_name,
        level=level,
        formation=formation,
        parent_id=parent.id if parent else None,
        time_zone=parent.time_zone if parent else time_zone,
        **_details(details),
    )
    _insert(association)
    association.path = f"{parent.path if parent else ''}{association.id}/"
    changes = {"code": code, "name": name, "parent": parent.code if parent else None}
    record(actor, "associations.create", association, changes, association_id=association.id)
    return association


def update_association(actor: Actor | None, association: Association, **values: Any) -> None:
    """Change names, formation, introduction, contact or hours. Code and level stay; the place has its own act."""
    _refuse_archived(association)
    if association.level != Level.GRASSROOTS:
        values.pop("formation", None)
    if association.parent_id is not None:
        values.pop("reviews_notices", None)  # the federation's to settle
    parent = queries.get_parent(association)
    before = _values(association)
    if "name" in values:
        _check_name(values["name"], parent, association)
    if "formation" in values:
        _check_place(Level(association.level), values["formation"], parent)
        _check_attached_below(association, values["formation"])
    for name in ("name", "short_name", "formation"):
        if name in values:
            setattr(association, name, values[name])
    for name, value in _details(values).items():
        setattr(association, name, value)
    changes = changed(before, _values(association))
    if changes:
        record(actor, "associations.update", association, changes, association_id=association.id)


def move_association(actor: Actor | None, association: Association, parent: Association) -> None:
    """Put an association and all below it under another; the paths of the branch change by one UPDATE.

    Refused are the root, a place within the branch itself, an archived end, and a level that cannot stand there.
    """
    _lock_tree(association, parent)
    check_move(association, parent)
    old = queries.get_parent(association)
    old_path, new_path = association.path, f"{parent.path}{association.id}/"
    association.parent_id = parent.id
    db.session.flush()
    rest = func.substr(Association.path, len(old_path) + 1)
    db.session.execute(
        update(Association)
        .where(queries.in_subtree(old_path))
        .values(path=literal(new_path).concat(rest))
        .execution_options(synchronize_session="fetch")
    )
    db.session.refresh(association, ["path", "parent_id"])
    changes = {"parent": [old.code if old else None, parent.code]}
    record(actor, "associations.move", association, changes, association_id=association.id)


def check_move(association: Association, parent: Association) -> None:
    """What a move is refused for, asked before it is confirmed and again when it is done."""
    if association.parent_id is None:
        raise RuleError("", lazy("The association at the top of the tree cannot be moved."))
    _refuse_archived(association)
    if association.contains(parent):
        raise RuleError("parent", lazy("An association cannot be moved below itself."))
    if association.parent_id == parent.id:
        raise RuleError("parent", lazy("It already stands below %(name)s.", name=parent.name))
    _check_parent(parent)
    _check_place(Level(association.level), association.formation, parent)
    if queries.is_name_taken(association.name, parent.id, association.id):
        raise RuleError("parent", lazy("Below %(name)s another association has the same name.", name=parent.name))


def why_not_archive(association: Association) -> Any:
    """Why it cannot be archived now, in words; empty where it can."""
    if association.is_archived:
        return lazy("This association has been archived already.")
    if association.parent_id is None:
        return lazy("The association at the top of the tree cannot be archived.")
    if queries.count_children(association):
        return lazy("Associations still stand below it. Move or archive them first.")
    still_open = ties.list_open(association)
    what = pgettext("list", ", ").join(still_open)
    return _("To be brought to an end first: %(what)s.", what=what) if still_open else ""


def archive_association(actor: Actor | None, association: Association, on: date | None = None) -> None:
    """Close an association: it can be read and no longer written. What stands below it goes first."""
    _lock_tree(association)
    if bar := why_not_archive(association):
        raise RuleError("", bar)
    association.archived_on = on or today()
    changes = {"archived_on": association.archived_on.isoformat()}
    record(actor, "associations.archive", association, changes, association_id=association.id)


def restore_association(actor: Actor | None, association: Association) -> None:
    """Open an archived association again, with everything as it was."""
    parent = queries.get_parent(association)
    _lock_tree(association, parent)
    if not association.is_archived:
        raise RuleError("", lazy("This association is not archived."))
    _check_parent(parent)
    _check_name(association.name, parent, association)
    changes = {"archived_on": [str(association.archived_on), None]}
    association.archived_on = None
    record(actor, "associations.restore", association, changes, association_id=association.id)


def _lock_tree(*associations: Association | None) -> None:
    """One change of the tree at a time: two moves at once could close a circle, or leave a path behind.

    SQLite writes one after the other anyway; PostgreSQL holds the row of the root until the transaction ends.
    """
    root = select(Association.id).where(Association.parent_id.is_(None)).with_for_update(key_share=True)
    db.session.execute(root)
    for association in associations:
        if association is not None:
            db.session.refresh(association, ["path", "parent_id", "archived_on"])


def _check_parent(parent: Association | None) -> None:
    if parent is None:
        if queries.get_root() is not None:
            raise RuleError("parent", lazy("There is an association at the top of the tree already."))
    elif parent.is_archived:
        raise RuleError("parent", lazy("%(name)s is archived; nothing can be placed below it.", name=parent.name))


def _check_code(code: str) -> None:
    if len(code) not in CODE_LENGTH or not CODE.fullmatch(code):
        message = lazy("Write 2 to 32 small letters and digits, words joined by hyphens, for example wh-04.")
        raise RuleError("code", message)
    if queries.is_code_taken(code):
        raise RuleError("code", lazy("Another association has this code."))


def _check_name(name: str, parent: Association | None, association: Association | None = None) -> None:
    if not name.strip():
        raise RuleError("name", lazy("Enter the name."))
    if queries.is_name_taken(name, parent.id if parent else None, association.id if association else None):
        raise RuleError("name", lazy("Another association beside it has this name."))


def _check_place(level: Level, formation: str | None, parent: Association | None) -> None:
    """A grass-roots association has a formation; an affiliated one is attached to another."""
    if level == Level.GRASSROOTS and not formation:
        raise RuleError("formation", lazy("Choose how the association is formed."))
    if parent is None:
        return
    if level not in LEVELS_BELOW[Level(parent.level)]:
        raise RuleError("level", lazy("This level cannot stand below %(name)s.", name=parent.name))
    is_below_grassroots = parent.level == Level.GRASSROOTS and not parent.is_attached
    if formation == Formation.AFFILIATED and not is_below_grassroots:
        raise RuleError(
            "formation", lazy("An affiliated association is attached to a grass-roots one: place it below that.")
        )
    if formation != Formation.AFFILIATED and parent.level == Level.GRASSROOTS:
        raise RuleError("formation", lazy("Below a grass-roots association only affiliated ones can stand."))


def _check_attached_below(association: Association, formation: str | None) -> None:
    if formation == Formation.AFFILIATED and queries.count_children(association):
        raise RuleError("formation", lazy("Others are attached to it, so it cannot be affiliated itself."))


def _refuse_archived(association: Association) -> None:
    if association.is_archived:
        raise RuleError("", lazy("This association is archived: it can be read, not changed."))


def _details(values: dict[str, Any]) -> dict[str, Any]:
    """The details among the values; an unknown one is a mistake of the caller."""
    unknown = set(values) - {*DETAILS, "name", "short_name", "formation"}
    if unknown:
        raise TypeError(f"an association has no {', '.join(sorted(unknown))}")
    details = {name: values[name] for name in DETAILS if name in values}
    founded_on = details.get("founded_on")
    if founded_on and founded_on > today():
        raise RuleError("founded_on", lazy("The day of its founding lies in the future."))
    _check_seal(details.get("seal_text") or "")
    kept = ("founded_on", "reviews_stories", "reviews_notices")
    return {name: value if name in kept else value or "" for name, value in details.items()}


def _check_seal(words: str) -> None:
    """A seal is cut from characters alone, and each must be one that the portal can print."""
    missing = missing_glyphs(words)
    if missing:
        raise RuleError("seal_text", _("No certificate can show %(characters)s: no font has it.",
                                       characters=" ".join(missing)))  # fmt: skip
    if words and not any(character.isalnum() for character in words):
        raise RuleError("seal_text", lazy("Write characters: marks alone make no seal."))


def _values(association: Association) -> dict[str, Any]:
    values = {name: getattr(association, name) for name in ("name", "short_name", "formation", *DETAILS)}
    return {**values, "founded_on": str(association.founded_on) if association.founded_on else None}


def _insert(association: Association) -> None:
    """Two people may choose the same code in the same moment; the table keeps it single."""
    if not add_single(association):
        raise RuleError("code", lazy("Another association has this code."))
