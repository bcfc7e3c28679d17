"""What was probably meant by a wrong code: told as a suggestion, never a silent repair."""

import re
from typing import Final

from xinheng.kernel.text import canonical_code
from xinheng.subjects.domain.codes import uscc_is_valid, uscc_looks_like_resident_id

# Copies of a licence are numbered （1-1）, （副本）, 1/2 behind the code; NFKC has already made the brackets half-width.
_TAIL: Final = re.compile(r"(\([^()]{0,8}\)?|\[[^\[\]]{0,8}\]?|[-_/#][0-9]{1,3}([-/][0-9]{1,3})?)$")
_PUNCTUATION: Final = re.compile(r"[^0-9A-Z]")
_LOOK_ALIKE: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "V": "U"})
_ONLY_IMPOSSIBLE: Final = str.maketrans({"O": "0", "I": "1", "Z": "2", "S": "5", "V": "U"})
_DIGITS_ONLY: Final = str.maketrans({"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "B": "8"})


def _variants(code: str) -> list[str]:
    without_tail = _TAIL.sub("", code)
    bare = _PUNCTUATION.sub("", without_tail)
    found = [without_tail, bare]
    for text in (code, without_tail, bare):
        # O and I cannot occur at all; l is upper-cased to L, which can: both readings are tried.
        mended = text.translate(_ONLY_IMPOSSIBLE)
        found += [mended, text.translate(_LOOK_ALIKE)]
        if len(mended) == 18:
            found.append(mended[:2] + text[2:8].translate(_DIGITS_ONLY) + mended[8:])
    return found


def uscc_suggestion(code: str) -> str | None:
    """Return the one valid code that ``code`` probably stands for, or ``None``.

    Tried are: tails such as ``（1-1）``, punctuation inside, look-alike characters (O and 0, I, l and 1, …). A
    suggestion always passes GB 32100 and is never a resident ID; if two readings pass, none is suggested.

    >>> uscc_suggestion("9150O236MAOOTE5T2K")
    '91500236MA00TE5T2K'
    >>> uscc_suggestion("91500236MA00TE5T2K（1-1）")
    '91500236MA00TE5T2K'
    >>> uscc_suggestion("91500236MA00TE5T2K") is None
    True
    """
    code = canonical_code(code)
    passing = {text for text in _variants(code) if text != code and uscc_is_valid(text)}
    passing = {text for text in passing if not uscc_looks_like_resident_id(text)}
    return passing.pop() if len(passing) == 1 else None
