"""The passwords that are tried first, at home and in China; runs of keys are told by RUNS.

Only those of eight characters and more: shorter ones are refused for their length.
"""

from __future__ import annotations

_WORDS = """
password password1 password12 password123 passw0rd passw0rd1 p@ssw0rd p@ssword p@ssw0rd1 pa55word pa$$w0rd
password! password1! mypassword yourpassword changeme changeme1 welcome1 welcome123 letmein1 letmein123
iloveyou iloveyou1 iloveyou123 iloveyou520 sunshine sunshine1 princess princess1 football football1 baseball
superman superman1 batman123 trustno1 starwars michael1 jennifer jordan23 computer computer1 internet
administrator admin123 admin1234 admin12345 admin123456 admin888 admin@123 administrator1 root1234 root123456
test1234 test12345 test123456 testtest guest123 guest1234 user1234 user123456 default1 secret123 qwerty123
qwerty12 qwerty1234 qwerty123456 qwertyuiop123 qwer1234 qwer123456 asdf1234 asdfasdf asdfghjkl123 zxcvbnm123
1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 qazwsxedc qaz123456 zaq12wsx zaq1xsw2 q1w2e3r4
q1w2e3r4t5 a1b2c3d4 abc12345 abc123456 abcd1234 abcd12345 abcd123456 abcde12345 aa123456 aa12345678 a12345678
a123456789 a1234567 a11111111 aaa111111 aaa123456 aaaa1111 asd123456 asdasd123 zxc123456 zxczxc123 qwe123456
qweqwe123 qqq123456 www123456 wang123456 zhang123 zhang123456 li123456 liu123456 chen123456 yang123456
123456aa 123456ab 123456abc 123456qq 123456qwe 123456asd 123456zxc 12345678a 123456789a 123456789q 12345678q
1234567a 123qwe123 123qweasd 123qweasdzxc 123abc123 123123123 12312312 123321123 123123321 12345678910
123456789123 123456123456 1234512345 12341234 11223344 1122334455 112233445566 11112222 111222333 111222333444
123654789 147258369 147852369 159357159 159753159 159357456 321321321 741852963 789456123 963852741 987654321
147896325 135792468 1357924680 246813579 1029384756 10203040 102030405060 01020304 12121212 12344321 123454321
1234567654321 88888888 888888888 66666666 666666666 99999999 16888888 18888888 168168168 88886666 66668888
11111111 00000000 12345679 123456780 1234567899 87654321 76543210 0987654321 098765432 31415926 314159265
3141592653 5201314520 52013145 520131400 52013141314 5201314a 5201314aa 5201314abc 5201314qq a5201314 aa5201314
q5201314 w5201314 i5201314 1314520520 13145200 131452000 1314521314 13141314 52025202 520520520 521521521
20082008 20202020 20252025 20262026 woaini1314 woaini520 woaini521 woaini123 woaini1234 woaini5201314
woaiwojia woaiwoziji woaizhongguo woaimama wodemima wodemima123 mima1234 mima12345 mima123456 mimamima
xiaoxiao zhongguo zhongguo123 beijing2008 shanghai123 nihao123 nihao1234 nihao123456 nihaoma123 tianxia123
dearbook 7758521a 77585210 7758521521 77582587 7758258a 7895123a 584520584520 58452000 1234qwer 1234asdf
1234abcd 12qwaszx dragon123 monkey123 shadow123 master123 freedom1 whatever hello123 hello1234 helloworld
qq123456 qq123456789 qq12345678 weixin123 wechat123 taobao123 alibaba1 baidu123 baidu123456 huawei123
huawei@123 xiaomi123 lenovo123 china123 china1234 china123456 chengdu123 abcabc123 abc123abc abcd@1234 abc@12345
abc@123456 admin@1234 aa@123456 qwe@123456 qaz@123456 wsx@123456 1qaz@wsx 1qaz!qaz !qaz2wsx p@ssw0rd123 zaq!2wsx
xiehui123 xiehui123456 xiehui2026 shequ123 shequ123456 zhiyuanzhe huiyuan123 huiyuan123456 zhigong123
"""

COMMON = frozenset(_WORDS.split())

# Keys beside one another; a password that is a piece of one of these, either way, is no secret.
RUNS = tuple(
    row * 12
    for row in (
        "0123456789", "1234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm",
        "qwertyuiopasdfghjklzxcvbnm", "1234567890qwertyuiop", "qazwsxedcrfvtgbyhnujmikolp",
        "1qaz2wsx3edc4rfv5tgb6yhn",
    )
)  # fmt: skip
