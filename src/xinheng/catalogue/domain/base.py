"""The base of all content: references, instruments, confidence."""

import datetime as dt
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Strict, StringConstraints, model_validator
from pydantic import Field as Limit

from xinheng.catalogue.domain.values import Confidence, InstrumentKind

Text = Annotated[str, StringConstraints(min_length=1, strict=True)]
Count = Annotated[int, Strict(), Limit(ge=0)]


class CatalogueModel(BaseModel):
    """Base of all content: immutable, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Verification(CatalogueModel):
    """Who checked a statement against the official text, and when (P1)."""

    officer: Text
    date: dt.date


class Trusted(CatalogueModel):
    """Base of whatever carries a confidence; VERIFIED names its officer and day, the others none."""

    confidence: Confidence
    verified: Verification | None = None

    @model_validator(mode="after")
    def _names_its_verifier(self) -> Self:
        if (self.confidence is Confidence.VERIFIED) != (self.verified is not None):
            raise ValueError("verified")
        return self


class Reference(CatalogueModel):
    """A place in the law (依据): an instrument and, where it was read, the article."""

    instrument: Text
    article: Text | None = None
    note: Text | None = None


class Instrument(Trusted):
    """A law, regulation, rule, policy document or standard (standards §0.1).

    ``in_force`` empty means the day was not found: such an instrument cannot carry an entry alone.
    ``principles_only`` says that it sets principles and establishes no list of its own.
    """

    id: Text
    number: Text | None = None
    title: Text
    kind: InstrumentKind
    issuer: Text | None = None
    in_force: dt.date | None = None
    until: dt.date | None = None
    principles_only: bool = False
    source: Text | None = None
    note: Text | None = None

    def cited(self, article: str | None = None) -> str:
        """Return the instrument as a citation: title, number and article."""
        number = f"（{self.number}）" if self.number else ""
        return f"《{self.title}》{number}{article or ''}"
