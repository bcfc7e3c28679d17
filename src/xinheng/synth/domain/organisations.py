"""The organisations of the county (组织): names, codes and what the register says of them."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xinheng.synth.domain import codes, words
from xinheng.synth.domain.draws import Draws, pick

ORGANISATIONS_AT_SCALE_1 = 5_000
KINDS = ("91", "92", "93", "12", "51", "52", "N3", "11")
KIND_SHARES = (0.46, 0.36, 0.08, 0.025, 0.01, 0.015, 0.045, 0.005)
HOMONYM_SHARE = 0.004
IRREGULAR_SHARE = 0.002
WITH_REGISTRATION_NO_SHARE = 0.25
RENAMED_SHARE = 0.01
CANCELLED_SHARE = 0.005
MERGED_SHARE = 0.002
OLDEST_YEARS = 30
# Older than the oldest decision about it: nobody is punished before it is founded.
YOUNGEST_YEARS = 5

_BRANDS = len(words.BRAND_CHARACTERS)
_NAMES = _BRANDS**3 * len(words.PLACES)
# Prime to the number of names, so that every organisation has a name of its own.
_STRIDE = 1_000_003


@dataclass(frozen=True, slots=True, kw_only=True)
class County:
    """The register as it is before and after its first delta.

    Columns: ``uscc valid_uscc registration_no organisation_code kind name new_name change established address township
    scope capital irregular is_homonym``. ``irregular``: issued with a check character that is wrong; ``valid_uscc`` is what
    the delta corrects it to. ``change``: ``""``, ``renamed``, ``cancelled`` or ``merged`` in the delta; ``new_name`` is the name after it.
    """

    organisations: pl.DataFrame
    unregistered: pl.DataFrame


def county(*, scale: int, seed: int, on_date: date, townships: tuple[str, ...]) -> County:
    """Return the organisations at ``scale`` (×1 = 5,000), and a few that exist in no register.

    Every name ends in （演示）; every code is of region 500236 with a body that begins with XN.
    """
    count = ORGANISATIONS_AT_SCALE_1 * scale
    strangers = max(50, count // 100)
    frame = _organisations(count=count + strangers, seed=seed, on_date=on_date, townships=townships)
    unregistered = frame.tail(strangers).filter(~pl.col("irregular"))
    return County(organisations=frame.head(count), unregistered=unregistered)


def _organisations(*, count: int, seed: int, on_date: date, townships: tuple[str, ...]) -> pl.DataFrame:
    draws = Draws(seed=seed, name="organisations")
    serials = np.arange(1, count + 1, dtype=np.int64)
    kinds = draws.of(KINDS, count, weights=KIND_SHARES)
    towns = draws.of(townships, count)
    organisation = codes.organisation_codes(serials=serials)
    uscc = codes.social_credit_codes(prefixes=kinds, organisation=organisation)
    has_number = pl.Series(draws.chance(count, WITH_REGISTRATION_NO_SHARE))
    irregular = pl.Series(draws.chance(count, IRREGULAR_SHARE))
    oldest = np.datetime64(on_date) - np.timedelta64(OLDEST_YEARS * 365, "D")
    established = oldest + draws.integers(count, below=(OLDEST_YEARS - YOUNGEST_YEARS) * 365).astype("timedelta64[D]")
    frame = pl.DataFrame(
        {
            "kind": kinds,
            "uscc": uscc,
            "spoiled": codes.spoiled_check(codes=uscc),
            "registration_no": codes.registration_numbers(serials=serials),
            "name": _names(serials=serials, kinds=kinds, towns=towns, draws=draws, first=True),
            "other_name": _names(serials=serials + count, kinds=kinds, towns=towns, draws=draws, first=False),
            "change": _changes(draws, count),
            "established": pl.Series(established).cast(pl.Date),
            "township": towns,
            "house": draws.integers(count, below=300) + 1,
            "scope": draws.of(words.SCOPES, count),
            "capital": draws.of(("10", "50", "100", "200", "500", "1000", "3000"), count),
            "irregular": irregular,
            "has_number": has_number,
            "homonym": pl.Series(draws.chance(count, HOMONYM_SHARE)),
        }
    )
    borrows = (pl.col("kind") == "92") & pl.col("homonym") & (pl.col("kind").cum_count().over("kind") > 1)
    return (
        frame.with_columns(
            valid_uscc="uscc",
            uscc=pl.when("irregular").then("spoiled").otherwise("uscc"),
            registration_no=pl.when("has_number").then("registration_no").otherwise(pl.lit("")),
            # Two sole traders of one name: the name alone identifies neither.
            name=pl.when(borrows).then(pl.col("name").shift(1).over("kind")).otherwise("name"),
            address=pl.format("重庆市奉节县{}演示路{}号", "township", "house"),
            is_homonym=borrows | borrows.shift(-1, fill_value=False).over("kind"),
        )
        .with_columns(
            organisation_code=pl.col("uscc").str.slice(8, 9),
            new_name=pl.when(pl.col("change") == "renamed").then("other_name").otherwise("name"),
        )
        .drop("spoiled", "other_name", "house", "has_number", "homonym")
    )


def _changes(draws: Draws, count: int) -> pl.Series:
    kept = 1 - RENAMED_SHARE - CANCELLED_SHARE - MERGED_SHARE
    weights = (kept, RENAMED_SHARE, CANCELLED_SHARE, MERGED_SHARE)
    return draws.of(("", "renamed", "cancelled", "merged"), count, weights=weights)


def _names(*, serials: NDArray[np.int64], kinds: pl.Series, towns: pl.Series, draws: Draws, first: bool) -> pl.Series:
    """Return unique names: the serial, spread over all names, says the place and three brand characters."""
    count = len(serials)
    place = serials * _STRIDE % _NAMES
    characters = list(words.BRAND_CHARACTERS)
    brand = pl.DataFrame(
        {
            "one": pick(characters, place % _BRANDS),
            "two": pick(characters, place // _BRANDS % _BRANDS),
            "three": pick(characters, place // _BRANDS**2 % _BRANDS),
            "place": pick(words.PLACES, place // _BRANDS**3),
            "kind": kinds,
            "town": towns,
            "trade": draws.of(words.ENTERPRISE_TRADES, count),
            "form": draws.of(words.ENTERPRISE_FORMS, count),
            "shop": draws.of(words.TRADER_SHOPS, count),
            "crop": draws.of(words.COOPERATIVE_CROPS, count),
            "institution": draws.of(words.INSTITUTIONS, count),
            "association": draws.of(words.ASSOCIATIONS, count),
            "private": draws.of(words.PRIVATE_NON_ENTERPRISES, count),
        }
    )
    mark = words.DEMO_MARK if first else f"控股{words.DEMO_MARK}"
    named = brand.with_columns(brand=pl.concat_str("place", "one", "two", "three"))
    kind = pl.col("kind")
    return named.select(
        pl.concat_str(
            pl.when(kind == "91").then(pl.concat_str("brand", "trade", "form"))
            .when(kind == "92").then(pl.concat_str("brand", "town", "shop"))
            .when(kind == "93").then(pl.concat_str("brand", "crop", pl.lit("种植养殖专业合作社")))
            .when(kind == "12").then(pl.concat_str("brand", "town", "institution"))
            .when(kind == "51").then(pl.concat_str("brand", "association"))
            .when(kind == "52").then(pl.concat_str("brand", "private"))
            .when(kind == "N3").then(pl.concat_str("brand", "town", pl.lit("股份经济合作联合社")))
            .otherwise(pl.concat_str("brand", "town", pl.lit("公共事务管理站"))),
            pl.lit(mark),
        )
    ).to_series()  # fmt: skip
