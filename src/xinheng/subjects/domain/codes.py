"""Codes that identify an organisation: check characters, what is wrong with a code, what was probably meant."""

import re
from operator import mul
from typing import Final

from xinheng.kernel.personal import mask_personal_numbers, resident_id_is_valid
from xinheng.kernel.text import canonical_code

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of a unified social credit code: no I, O, S, V, Z."""

PLACEHOLDER: Final = "00000000000000000X"
"""What the national template has in place of a code that does not exist (standards.md §8.1)."""

USCC_PATTERN: Final = "^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$"
WEIGHTS: Final = tuple(pow(3, position, 31) for position in range(17))
ORGANISATION_CODE_PATTERN: Final = "^[0-9A-Z]{8}[0-9X]$"
ORGANISATION_CODE_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)

_USCC: Final = re.compile(USCC_PATTERN)
_ORGANISATION_CODE: Final = re.compile(ORGANISATION_CODE_PATTERN)
_CHARACTERS: Final = frozenset(ALPHABET)
_VALUE: Final = {char: value for value, char in enumerate(ALPHABET)}
# 15 digits (GS 15-2006) and the co-operative's form of it; 13 digits until 2007; the wording of foreign-invested firms.
_REGISTRATION_15: Final = re.compile(r"^[0-9]{15}$")
_REGISTRATION_OLD: Final = re.compile(r"^([0-9]{13}|[0-9]{6}NA[0-9]{6}X|企[合独作外股][\u4e00-\u9fff]{1,6}字第[0-9]{3,8}号?)$")


def uscc_check_char(body: str) -> str:
    """Return the 18th character of a unified social credit code (统一社会信用代码).

    Args:
        body: the first 17 characters, upper case, from ``ALPHABET`` (no I, O, S, V, Z).

    Returns:
        One character of ``ALPHABET``; a sum of 0 mod 31 gives ``"0"``.

    Raises:
        ValueError: ``body`` is not 17 characters of ``ALPHABET``.

    Source: GB 32100-2015, check-code rule: weights 3**(i-1) mod 31, C18 = (31 - sum mod 31) mod 31.

    >>> uscc_check_char("91350100M000100Y4")
    '3'
    """
    if len(body) != 17 or not _CHARACTERS.issuperset(body):
        raise ValueError(f"expected 17 characters of {ALPHABET}, got {body!r}")
    return ALPHABET[-sum(map(mul, map(_VALUE.__getitem__, body), WEIGHTS)) % 31]


def uscc_is_well_formed(code: str) -> bool:
    """Return whether ``code`` has the shape of a unified social credit code; the check character is not judged.

    The template's placeholder for "no code" is no code.
    """
    return _USCC.fullmatch(code) is not None and code != PLACEHOLDER


def uscc_is_valid(code: str) -> bool:
    """Return whether ``code``, in canonical form, passes GB 32100-2015: shape and check character.

    Source: GB 32100-2015 (standards.md §8.1).

    >>> uscc_is_valid("91500236MA00TE5T2K")
    True
    >>> uscc_is_valid("91500236MA00TE5T2L")
    False
    """
    return uscc_is_well_formed(code) and uscc_check_char(code[:17]) == code[17]


def uscc_is_complement_slip(code: str) -> bool:
    """Return whether the check character is the sum itself and not 31 minus the sum.

    Most really issued codes that fail the check are of this kind: the registrar's program left out the last
    subtraction. Only the register can say whether such a code was issued.
    """
    if not uscc_is_well_formed(code) or uscc_is_valid(code):
        return False
    return _VALUE[code[17]] == -_VALUE[uscc_check_char(code[:17])] % 31


def organisation_code_check_char(body: str) -> str:
    """Return the 9th character of an organisation code (组织机构代码).

    Args:
        body: the first 8 characters, digits or upper-case letters (A=10 … Z=35).

    Returns:
        A digit or ``"X"``.

    Raises:
        ValueError: ``body`` is not 8 digits or letters.

    Source: GB 11714 (standards.md §8.2): weights 3,7,9,10,5,8,4,2; C9 = 11 - sum mod 11; 10 is X, 11 is 0.

    >>> organisation_code_check_char("MA00TE5T")
    '2'
    """
    if len(body) != 8 or not body.isascii() or not body.isalnum() or body != body.upper():
        raise ValueError(f"expected 8 digits or upper-case letters, got {body!r}")
    total = sum(int(char, 36) * weight for char, weight in zip(body, ORGANISATION_CODE_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def organisation_code_canonical(value: str) -> str:
    """Return the canonical form of an organisation code: NFKC, upper case, without the hyphen before the check.

    >>> organisation_code_canonical(" 13830295-x")
    '13830295X'
    """
    return canonical_code(value).replace("-", "")


def organisation_code_is_valid(code: str) -> bool:
    """Return whether 9 canonical characters pass GB 11714."""
    return _ORGANISATION_CODE.fullmatch(code) is not None and organisation_code_check_char(code[:8]) == code[8]


def organisation_code_of(uscc: str) -> str:
    """Return positions 9-17 of a unified social credit code, which are the organisation code (主体标识码)."""
    return uscc[8:17]


def registration_no_is_plausible(code: str) -> bool:
    """Return whether ``code`` is a registration number as used before 2015 (工商注册号).

    Three forms are known: 15 digits with a check digit by ISO 7064 MOD 11,10 (the 1,353 of the sample all pass), the
    co-operatives' ``500236NA000001X``, 13 digits from before 2007, and the wording ``企合…字第0010号``.

    Source: GS 15-2006 (memory; standards.md §8.3); provisional.

    >>> registration_no_is_plausible("500236NA000001X")
    True
    """
    if _REGISTRATION_15.fullmatch(code) is not None:
        return _registration_check_digit(code[:14]) == code[14]
    return _REGISTRATION_OLD.fullmatch(code) is not None


def _registration_check_digit(body: str) -> str:
    product = 10
    for char in body:
        total = (product + int(char)) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def uscc_looks_like_resident_id(code: str) -> bool:
    """Return whether the code also has the date and check character of a resident ID (居民身份证号).

    About 1 in 31 such strings passes GB 32100 too, so only the register can tell an organisation's code from one.
    """
    return resident_id_is_valid(code)


def numbers_masked_but_codes(text: str) -> str:
    """Return ``text`` with personal numbers masked, for addresses: what is a whole code of an organisation stays.

    A code is whole with both its check characters; one resident ID in 341 reads as such a code, too, and stays with it.
    """
    code = text.strip().upper()
    is_code = uscc_is_valid(code) and organisation_code_is_valid(code[8:17])
    return text if is_code else mask_personal_numbers(text)


def uscc_problem(code: str) -> str | None:
    """Return in plain Chinese why ``code`` is not a valid unified social credit code, or ``None`` if it is.

    Args:
        code: any text; its canonical form (NFKC, trimmed, upper case) is judged.

    A resident ID is named as such and not repeated. Whether an issued code that fails the check is registered is
    not known here: callers ask the register first (``selectors.irregular_codes``).

    >>> uscc_problem("91500236MA00TE5T2K") is None
    True
    >>> uscc_problem("9150023")
    '应为18位，实际7位'
    """
    code = canonical_code(code)
    for is_so, words in (
        (code == "", "没有填写"),
        (code == PLACEHOLDER, "这是表示“没有代码”的占位符，不是真正的代码"),
        (uscc_looks_like_resident_id(code), "这是居民身份证号的格式，不是单位的代码"),
        (len(code) != 18, f"应为18位，实际{len(code)}位"),
    ):
        if is_so:
            return words
    for position, char in enumerate(code, start=1):
        if 3 <= position <= 8 and not "0" <= char <= "9":
            return f"第{position}位应为数字（第3至8位是登记机关的行政区划码），实际是“{char}”"
        if char not in _VALUE:
            return f"第{position}位“{char}”不会出现在统一社会信用代码中（不使用字母I、O、S、V、Z和其他符号）"
    if uscc_is_complement_slip(code):
        return "校验不通过：校验码少做了最后一步“31减”。确有登记机关发放过这样的代码，只有登记库里有它时才接受"
    return None if uscc_is_valid(code) else "校验不通过，通常是抄错了一位或调换了两位"
