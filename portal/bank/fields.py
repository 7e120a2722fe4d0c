"""What a column of a bank's file can be, and the headings that banks and mobile payment give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portal.core.i18n import lazy, lazy_pgettext
from portal.imports.fields import plain

FIELDS = {
    "date": lazy("Day of the booking"),
    "credit": lazy("Amount that came in"),
    "debit": lazy("Amount that went out"),
    "amount": lazy("Amount, in or out"),
    "direction": lazy("In or out"),
    "name": lazy("Who paid"),
    "memo": lazy("Memo"),
    "reference": lazy("The bank’s number"),
    "status": lazy_pgettext("bank line", "State"),
}
SEVERAL = ("memo",)  # fields that more than one column may be
# Headings in simplified characters, without spaces, marks and what stands in brackets; the first of a file is taken.
SYNONYMS = {
    "date": (
        "记账日期 入账日期 交易日期 交易时间 记账时间 入账时间 到账时间 到账日期 付款时间 发生日期 过账日期 "
        "交易日 交易日期时间 交易创建时间 发生时间 收款时间 业务日期 日期 时间 date bookingdate transactiondate"
    ),
    "credit": (
        "贷方发生额 收入金额 贷方金额 存入金额 收款金额 转入金额 收入 存入 转入 贷方 贷方发生金额 收方发生额 "
        "存入额 贷记金额 收方金额 credit creditamount income"
    ),
    "debit": (
        "借方发生额 支出金额 借方金额 支取金额 付款金额 转出金额 支出 支取 转出 借方 借方发生金额 付方发生额 "
        "支出额 借记金额 付方金额 debit debitamount expense"
    ),
    "amount": (
        "交易金额 发生额 金额 交易额 收支金额 收入支出金额 发生金额 交易发生额 订单金额 入账金额 amount "
        "transactionamount"
    ),
    "direction": (
        "借贷标志 收支 借贷 借贷方向 收支标志 收支类型 收付标志 交易方向 资金流向 收付方向 来往账标志 借贷标识 "
        "借贷状态 收支方向 debitcredit direction"
    ),
    "name": (
        "对方户名 付款人 付款人名称 付款人户名 付款方户名 付款方名称 付款户名 对方名称 对方姓名 对方账户名称 "
        "对方账户名 交易对方 交易对手 交易对手名称 对方单位名称 对方单位 对手名称 对方账号名称 对方账号与户名 "
        "付款方 收付款人 对方 客户名称 姓名 payer payername counterparty name"
    ),
    "memo": (
        "附言 备注 摘要 用途 商品 商品说明 商品名称 交易摘要 转账附言 客户附言 交易附言 留言 交易备注 个性化信息 "
        "交易地点附言 摘要说明 说明 附加信息 收款备注 付款备注 付款留言 memo remark description"
    ),
    "reference": (
        "交易流水号 流水号 交易单号 交易号 银行流水号 核心流水号 交易订单号 业务流水号 主机流水号 交易编号 "
        "唯一流水号 全局流水号 账户明细编号 明细流水号 微信支付订单号 回单编号 电子回单号 柜员流水号 交易流水 "
        "reference serial transactionid"
    ),
    "status": "当前状态 交易状态 资金状态 状态 status",
}
# Headings that only the exports of mobile payment have.
MOBILE = {"商户单号", "商家订单号", "交易单号", "当前状态", "收付款方式", "支付方式", "微信支付订单号"}
_RANK = {word: (field, rank) for field, words in SYNONYMS.items() for rank, word in enumerate(words.split())}

__all__ = ["FIELDS", "SEVERAL", "guess", "is_heading", "is_mobile", "plain"]


def is_heading(cell: str) -> bool:
    """Whether a cell is a heading that a bank is known to use."""
    return plain(cell) in _RANK


def is_mobile(headings: Sequence[str]) -> bool:
    return any(plain(heading) in MOBILE for heading in headings)


def guess(columns: Sequence[tuple[int, str]], said: Mapping[str, str]) -> dict[int, str]:
    """Column → field: what the association said of a heading before, else what the heading says.

    Of several columns for a field the one named most plainly; all of those that hold a memo.
    """
    found = {index: said[heading] for index, heading in columns if said.get(heading) in FIELDS}
    ranked = sorted(
        (*_RANK[plain(heading)], index)
        for index, heading in columns
        if heading not in said and plain(heading) in _RANK
    )
    for field, _rank, index in ranked:
        if field in SEVERAL or field not in found.values():
            found[index] = field
    if "credit" in found.values() and "amount" in found.values():  # a column of both beside one of each
        found = {index: field for index, field in found.items() if field != "amount"}
    return found
