"""Dues: fee plans, what is charged to whom, waivers and write-offs."""
