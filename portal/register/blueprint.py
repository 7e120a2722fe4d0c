"""The blueprint of the register, which its modules of views share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("register", __name__)
