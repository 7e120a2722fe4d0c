"""What a column can be: the fields of the register, the headings people give them, and what is never taken in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from portal.core.i18n import lazy, lazy_pgettext
from portal.core.simplified import simplified


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIELDS = {
    "name": lazy("Name"),
    "identity_number": lazy("Identity number"),
    "sex": lazy("Sex"),
    "birth_on": lazy("Date of birth"),
    "phone": lazy("Phone"),
    "email": lazy("E-mail"),
    "residence": lazy("Area of residence"),
    "group": lazy("Group"),
    "number": lazy("Member number"),
    "kind": lazy("Kind of membership"),
    "joined_on": lazy_pgettext("import", "Day of joining"),
    "organisation": lazy("Name of the organisation"),
    "guardian_name": lazy("Guardian’s name"),
    "guardian_phone": lazy("Guardian’s phone"),
}
# Headings as they stand in offices' spreadsheets, in simplified characters, without spaces, marks and what stands in
# brackets.
SYNONYMS = {
    "name": "姓名 名字 会员姓名 会员名称 本人姓名 人员姓名 联系人 name fullname membername",
    "identity_number": (
        "身份证号 身份证号码 身份证 公民身份号码 公民身份证号 公民身份证号码 证件号码 证件号 居民身份证号码 "
        "身份号码 identitynumber idnumber idno idcard"
    ),
    "sex": "性别 男女 sex gender",
    "birth_on": "出生日期 出生年月 出生年月日 出生时间 生日 dateofbirth birthdate birthday dob",
    "phone": (
        "联系电话 电话 电话号码 手机 手机号 手机号码 移动电话 联系方式 联系手机 联络电话 本人电话 联系电话号码 "
        "联系手机号 联系手机号码 phone mobile phonenumber telephone tel"
    ),
    "email": "电子邮箱 邮箱 电子邮件 邮箱地址 email emailaddress mail",
    "residence": (
        "住址 地址 家庭住址 居住地址 现住址 现居住地 家庭地址 居住地 所在小区 居住小区 联系地址 详细住址 "
        "详细地址 areaofresidence address residence"
    ),
    "group": "所在小组 小组 协会小组 所属小组 组别 组 会员小组 所在组 会员小组名称 小组名称 group",
    "number": "会员证号 会员号 会员编号 会员证编号 证号 会员证号码 membernumber membershipnumber cardnumber",
    "kind": "会员类别 会员类型 类别 会员种类 会员性质 入会类别 kindofmembership kind membershipkind",
    "joined_on": (
        "入会时间 入会日期 入会年月 加入时间 加入日期 入会年份 入会年月日 发展时间 加入协会日期 加入协会时间 "
        "入会登记日期 joined joinedon dayofjoining datejoined joiningdate"
    ),
    "organisation": "单位名称 会员单位 企业名称 organisation nameoftheorganisation organization company",
    "guardian_name": "监护人 监护人姓名 guardian guardiansname guardianname",
    "guardian_phone": "监护人电话 监护人联系电话 监护人手机 监护人联系方式 guardiansphone guardianphone",
}
# The boundary of what an association may hold: a heading with one of these words is named and never taken in.
# A heading in traditional characters is read as one in simplified.
OVER_WORDS = _words(
    "婚 配偶 爱人 丈夫 妻子 夫妻 老公 老婆 生育 子女 儿子 女儿 孩子 小孩 孩次 孩数 一孩 二孩 三孩 多孩 独生 胎 "
    "孕 妊娠 分娩 生产日 产期 产检 产后 末产 流产 引产 计生 计划生育 避孕 节育 绝育 结扎 上环 取环 环检 放环 "
    "环情 药具 手术 妇检 妇科 月经 经期 末次 哺乳 育龄 不育 不孕 奖扶 特扶 抚养费 健康 病 疾 残疾 伤残 体检 血型 "
    "血压 血糖 医学 医疗 诊断 治疗 住院 用药 疫苗 体重 精神状况 心理"
)
OVER_ENGLISH = re.compile(
    r"marri|marital|spouse|husband|wife|wedding|divorce|pregnan|child|births|contracep|abort|steril|fertil|menstru"
    r"|health|medical|disease|illness|hospital|surgery|diagnos|disabilit|blood"
)
_PLAIN = re.compile(r"[（(【\[].*?[）)】\]]|[\s*＊:：、，,。.·’'\"/\\_-]+")


def plain(heading: str) -> str:
    """A heading as it is compared: 联系 电话（必填）： is 联系电话."""
    return _PLAIN.sub("", _folded(heading))


def _folded(heading: str) -> str:
    return simplified(unicodedata.normalize("NFKC", heading)).casefold()


_FIELD_OF = {word: field for field, words in SYNONYMS.items() for word in words.split()}


def is_over(heading: str) -> bool:
    """Whether a heading names something that lies over the boundary; what stands in brackets counts too."""
    text = "".join(_folded(heading).split())
    return any(word in text for word in OVER_WORDS) or bool(OVER_ENGLISH.search(text))


def columns_over(headings: Sequence[str]) -> set[int]:
    """Columns over the boundary. One without a heading beside such a column lies under the same merged cell."""
    found: set[int] = set()
    for index, heading in enumerate(headings):
        if is_over(heading) or (not heading and index - 1 in found):
            found.add(index)
    return found


def guess(columns: Sequence[tuple[int, str]], remembered: Mapping[str, str]) -> dict[int, str]:
    """Column → field, from what the association said before, then from the heading; each field once."""
    found: dict[int, str] = {}
    for index, heading in columns:
        field = remembered.get(heading, _FIELD_OF.get(plain(heading), ""))
        if field in FIELDS and field not in found.values():
            found[index] = field
    return found
