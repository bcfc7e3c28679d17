"""How the secret of an authenticator is written down, sealed (第二因素)."""

import base64
from dataclasses import dataclass
from typing import Final, Self

_BEFORE_THE_RING: Final = 40
"""Length of the wrapped key where nothing stands between it and the content: so it was written before there was a key ring."""


@dataclass(frozen=True, slots=True)
class SealedText:
    """A wrapped key and what it seals, as one text."""

    wrapped_key: bytes
    sealed: bytes

    def written(self) -> str:
        """Return both as text."""
        return ".".join(base64.b64encode(part).decode() for part in (self.wrapped_key, self.sealed))

    @classmethod
    def read(cls, text: str) -> Self:
        """Return what :meth:`written` wrote.

        Raises:
            ValueError: it is no such text.

        >>> SealedText.read(SealedText(b"key", b"content").written())
        SealedText(wrapped_key=b'key', sealed=b'content')
        """
        key, point, content = text.partition(".")
        if point:
            return cls(base64.b64decode(key, validate=True), base64.b64decode(content, validate=True))
        whole = base64.b64decode(text, validate=True)
        return cls(whole[:_BEFORE_THE_RING], whole[_BEFORE_THE_RING:])
