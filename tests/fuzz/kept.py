"""The kept files as mutators use them."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random

CORPUS = Path(__file__).with_name("corpus")
FOUND = Path(__file__).with_name("found")
INTAKE, REGISTER = "intake", "register"


@dataclass(frozen=True, slots=True)
class Made:
    """A file that was made: its name, its bytes, for which readers it is meant, and what was done to it."""

    name: str
    content: bytes
    family: str
    story: str

    def named(self, name: str) -> "Made":
        """Return it under another name."""
        return replace(self, name=name)


@dataclass(frozen=True, slots=True)
class Seed:
    """One kept file."""

    name: str
    content: bytes

    @property
    def family(self) -> str:
        """Return which readers it is meant for."""
        return REGISTER if self.name.startswith("register") else INTAKE

    @property
    def text(self) -> str:
        """Return the text of a text file."""
        if self.content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return self.content.decode("utf-16")
        return self.content.decode("gb18030" if "gb18030" in self.name or self.name == "licence.csv" else "utf-8-sig")

    def made(self, content: bytes, story: str) -> Made:
        """Return a mutant of it."""
        return Made(name=self.name, content=content, family=self.family, story=f"{self.name}: {story}")


@cache
def seeds(folder: str = "") -> tuple[Seed, ...]:
    """Return the kept files below a folder of the corpus, by name."""
    paths = sorted(path for path in (CORPUS / folder).rglob("*") if path.is_file())
    return tuple(Seed(path.name, path.read_bytes()) for path in paths)


def _one(dice: Random, *suffixes: str) -> Seed:
    return dice.choice([seed for seed in seeds("sound") if seed.name.endswith(suffixes)])


def seed_any(dice: Random) -> Seed:
    """Return any kept file; spreadsheets and texts equally often, files that are refused as they are now and then."""
    if dice.random() < 0.05:
        return dice.choice(seeds("strange"))
    return dice.choice([seed_text, seed_package, seed_compound])(dice)


def seed_text(dice: Random) -> Seed:
    """Return a text file."""
    return _one(dice, ".csv")


def seed_package(dice: Random) -> Seed:
    """Return an XLSX workbook."""
    return _one(dice, ".xlsx", ".xlsm")


def seed_compound(dice: Random) -> Seed:
    """Return an XLS workbook."""
    return _one(dice, ".xls")
