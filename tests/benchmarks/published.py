"""What associations published, written past the portal: notices in versions with their chain, and letters answered.

Every association has a hundred notices, each in so many versions, and letters; half of these are published. Texts are
put together of a few hundred words, so that some are in every notice, some in one of a hundred, some in ten.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from portal.core.encryption import encrypt
from portal.transparency import chain
from tests.benchmarks.crowd import PER_ASSOCIATION, Crowd, Rows

FIRST, EACH = datetime(2022, 1, 3, 1), timedelta(minutes=11)  # a notice every eleven minutes
KINDS = ("notice", "policy", "accounts", "recruitment", "result", "consultation", "open_letter")
THINGS = (
    "会费", "活动室", "志愿服务", "停车公约", "换届选举", "先进评选", "困难走访", "课程安排", "楼道照明", "节日慰问",
    "收支情况", "章程修订", "清洁日", "秩序引导", "读书会", "合唱排练", "便民维修", "安全巡查", "图书角", "义卖",
)  # fmt: skip
ACTS = ("通知", "公示", "办法", "方案", "征求意见", "结果", "招募", "说明")
PLACES = ("东", "南", "西", "北", "中", "前", "后", "新", "旧", "上", "下", "里")
SENTENCE = "为做好{place}片{thing}工作，经理事会研究，现将第{number}期{act}公布如下，请各小组转告会员。"
COMMON, SOME, RARE = "理事会", "合唱排练", "古琴"  # in all, in one of twenty, in ten of a hundred thousand
SUBJECTS = (
    "组织建设",
    "章程制度",
    "财务公开",
    "会员服务",
    "志愿服务",
    "教育培训",
    "走访关怀",
    "评比表彰",
    "居民自治",
)


class Published(Crowd):
    """`notices` of associations that publish a hundred each; nobody is a member."""

    def __init__(self, notices: int, versions: int = 6, letters: int = 4) -> None:
        super().__init__(max(PER_ASSOCIATION, notices))
        self.notices, self.each, self.letters_each = notices, versions, letters

    def place_of(self, notice_id: int) -> int:
        """Neighbours in time are of different associations."""
        return self.first_grassroots() + notice_id * 7_919 % self.grassroots

    def at(self, notice_id: int) -> datetime:
        return FIRST + EACH * notice_id

    def title(self, notice_id: int) -> str:
        thing, act = THINGS[notice_id % len(THINGS)], ACTS[notice_id * 13 % len(ACTS)]
        rare = RARE if notice_id % 10_000 == 7 else ""
        return f"关于{PLACES[notice_id * 5 % len(PLACES)]}片{rare}{thing}的{act}"

    def text(self, notice_id: int) -> str:
        sentences = (
            SENTENCE.format(
                place=PLACES[(notice_id + n) % len(PLACES)], thing=THINGS[notice_id % len(THINGS)],
                number=notice_id * 3 + n, act=ACTS[(notice_id + n) % len(ACTS)],
            )
            for n in range(8)
        )  # fmt: skip
        return "\n\n".join(sentences)

    def kind(self, notice_id: int) -> str:
        return KINDS[notice_id % len(KINDS)]

    def list_subjects(self) -> Rows:
        """Of the federation; under each stand notices of every kind and thing, and some under none."""
        for row_id, name in enumerate(SUBJECTS, 1):
            yield row_id, f"s{row_id:011}", 1, name, row_id

    def subject(self, notice_id: int) -> int | None:
        return notice_id * 31 // 7 % (len(SUBJECTS) + 1) or None

    def list_notices(self) -> Rows:
        for row_id in range(1, self.notices + 1):
            at, place = self.at(row_id).isoformat(" "), self.place_of(row_id)
            yield (
                row_id, f"n{row_id:011}", place, f"C-{place}-{row_id:07}", "published", self.title(row_id),
                self.kind(row_id), row_id % 50 == 0 and row_id < self.notices, at, at, "", at,
                self.subject(row_id),
            )  # fmt: skip

    def list_versions(self) -> Rows:
        """The last is the current one and says all; those before are short, as they are in no list and no index."""
        row_id = 0
        for notice_id in range(1, self.notices + 1):
            at, body = self.at(notice_id).isoformat(" "), self.text(notice_id)
            html = "".join(f"<p>{line}</p>" for line in body.split("\n\n"))
            for number in range(1, self.each + 1):
                row_id += 1
                whole = number == self.each
                yield (
                    row_id, notice_id, number, self.title(notice_id), self.kind(notice_id), "",
                    body if whole else body[:60], html if whole else html[:60], f"第{self.place_of(notice_id)}协会",
                    "", "", "", "" if number == 1 else "改正日期", at, at,
                )  # fmt: skip

    @cached_property
    def entries(self) -> list[tuple[object, ...]]:
        """The chain over all versions. The digests are of nothing: recomputing them is another test's."""
        last, rows, number = chain.BEGIN, [], 0
        for notice_id in range(1, self.notices + 1):
            at, place = self.at(notice_id), self.place_of(notice_id)
            for version in range(1, self.each + 1):
                number += 1
                entry = {
                    "number": number, "kind": "notice", "association": f"c-{place}", "document": f"n{notice_id:011}",
                    "version": version, "digest": f"{number:064x}", "previous": last,
                    "published_at": at.replace(tzinfo=UTC),
                }  # fmt: skip
                before, last = last, chain.hash_of(entry)
                rows.append((number, number, "notice", place, entry["document"], version, entry["digest"], before,
                             last, at.isoformat(" ")))  # fmt: skip
        return rows

    def list_letters(self) -> Rows:
        secret = encrypt("灯坏了。")
        for row_id in range(1, self.notices * self.letters_each + 1):
            place = self.first_grassroots() + row_id * 7_919 % self.grassroots
            at = FIRST + EACH * (row_id // self.letters_each)
            is_done = row_id % 10 != 0
            is_open = is_done and row_id % 2 == 0
            moment = at.isoformat(" ")
            yield (
                row_id, f"l{row_id:011}", f"r{row_id:011}", place, place, "web", "question", THINGS[row_id % 20],
                secret, "", date(2022, 1, 3).isoformat() if is_done else (at + timedelta(days=15)).date().isoformat(),
                moment, "closed" if is_done else "in_hand", moment, moment if is_done else None,
                moment if is_done else None, "已经修好。" if is_done else "", "", is_open,
                moment if is_open else None, f"{THINGS[row_id % 20]}什么时候有？" if is_open else "",
                "每周三下午。" if is_open else "",
            )  # fmt: skip

    def tables(self):  # type: ignore[no-untyped-def]
        yield next(table for table in super().tables() if table[0] == "association")
        yield "notice_subject", "id, public_id, association_id, name, position", self.list_subjects()
        yield (
            "notice",
            "id, public_id, association_id, index_number, status, title, kind, is_pinned, published_at, updated_at,"
            " withdrawal_reason, created_at, subject_id",
            self.list_notices(),
        )
        yield (
            "notice_version",
            "id, notice_id, number, title, kind, subject, body, html, issuer, document_number, keywords, contact,"
            " correction_note, written_at, published_at",
            self.list_versions(),
        )
        yield (
            "chain_entry",
            "id, number, kind, association_id, document, version, digest, previous, hash, published_at",
            iter(self.entries),
        )
        yield "chain_head", "id, number, hash", iter([(1, self.entries[-1][0], self.entries[-1][8])])
        yield (
            "letter",
            "id, public_id, reference, association_id, received_by_association_id, channel, kind, subject, body,"
            " language, due_on, received_at, state, acknowledged_at, answered_at, closed_at, answer, rating_note,"
            " may_publish, published_at, public_question, public_answer",
            self.list_letters(),
        )
