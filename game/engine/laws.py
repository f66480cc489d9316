"""Probability laws: how long something takes when luck decides.

Every law turns *one* uniform number u in [0, 1) into one integer of microseconds, by the inverse of
its distribution function; the same u always gives the same value. So a draw costs one number, and
a longer tail or another mean changes no other draw. A mixture spends the front of u on the choice
of its part and the rest on the value.

`plus` shifts a law. `at_least` and `at_most` bound the value that comes out, shift included, by
truncation: the law is conditioned on the interval, nothing piles up at its ends.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise, repeat
from math import exp, factorial, floor, fsum, inf, log, sqrt
from statistics import NormalDist
from typing import Annotated

from game.engine.registry import REGISTRY
from game.level.annotations import (
    DurationUs,
    PositiveCount,
    PositiveDurationUs,
    PositiveNumber,
    Share,
    Table,
)
from game.level.model import Law, LawField

LONGEST_US = 2**53
"""No draw is longer (285 years): a heavy tail cannot overflow the clock."""
SMALLEST_U = 2.0**-54
"""Stands for u = 0 where the inverse has no value there."""
BELOW_ONE = 1.0 - 2.0**-53
LEAST_MASS = 1e-6
"""A truncation that keeps a smaller share of the law than this is refused: too few of the 2^53
values of u would fall into it."""

Sampler = Callable[[float], int]
Column = Callable[[Callable[[], float], int], list[int]]
STANDARD_NORMAL = NormalDist()


def require(true: bool, words: str) -> None:
    """Refuse parameters that no law has. `words` go on after "this value".

    Errors: ValueError, for the reader of levels to place.
    """
    if not true:
        raise ValueError(words)


def shares_add_up(shares: Sequence[float]) -> None:
    """Refuse shares that do not add up to 1. Errors: ValueError."""
    total = fsum(shares)
    require(abs(total - 1) < 1e-9, f"must have shares that add up to 1; these add up to {total:g}")


@REGISTRY.register("law", "constant", says="Always the same value.", codex="laws")
@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """Always `value`."""

    value: DurationUs
    """The value; a bare text such as "5ms" is short for it."""

    def constant(self) -> int | None:
        return self.value

    def sampler(self) -> Sampler:
        value = self.value
        return lambda u: value

    def mean_us(self) -> float | None:
        return float(self.value)

    def between(self, low: float, high: float) -> tuple[float, Sampler, float]:
        inside = low <= self.value <= high
        return (1.0 if inside else 0.0), self.sampler(), self.value if inside else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Varying:
    """What all laws with luck in them share: the shift and the truncation.

    A law of a single piece gives `quantile`, `up_to` and `first_moment`; a law of several parts
    overrides `between`.
    """

    plus: DurationUs = 0
    """Added to each value."""
    at_least: DurationUs | None = None
    """No value is smaller: the law is cut off there."""
    at_most: DurationUs | None = None
    """No value is larger: the law is cut off there."""

    def __post_init__(self) -> None:
        self.check()
        if self.at_least is None and self.at_most is None:
            return
        low, high = self.bounds()
        require(low < high, "must have at_least smaller than at_most")
        require(
            self.between(low, high)[0] >= LEAST_MASS,
            "must have at_least and at_most that leave more of the law between them",
        )

    def check(self) -> None:
        """Refuse parameters that do not go together. Errors: ValueError."""

    def quantile(self) -> Callable[[float], float]:
        """The inverse of the distribution function, for u in [0, 1); before shift and bounds."""
        raise NotImplementedError

    def up_to(self, value: float) -> float:
        """P(X <= value), before shift and bounds."""
        raise NotImplementedError

    def first_moment(self, value: float) -> float:
        """E[X; X <= value], before shift and bounds; may be infinite."""
        raise NotImplementedError

    def bounds(self) -> tuple[float, float]:
        """The interval that a value before the shift must lie in."""
        low = -inf if self.at_least is None else self.at_least - self.plus
        high = inf if self.at_most is None else self.at_most - self.plus
        return (low if low > 0 else -inf), high

    def between(self, low: float, high: float) -> tuple[float, Sampler, float]:
        """The law on [low, high], before its shift: its mass there, a sampler of the law
        conditioned on that, and E[X; low <= X <= high]."""
        bottom = 0.0 if low == -inf else self.up_to(low)
        mass = (1.0 if high == inf else self.up_to(high)) - bottom
        moment = self.first_moment(high) - (0.0 if low == -inf else self.first_moment(low))
        quantile = self.quantile()
        if (low, high) == (-inf, inf):
            return mass, lambda u: int(quantile(u) + 0.5), moment

        def sample(u: float) -> int:
            value = quantile(min(bottom + u * mass, BELOW_ONE))
            return int(min(max(value, low), high) + 0.5)

        return mass, sample, moment

    def constant(self) -> int | None:
        return None

    def sampler(self) -> Sampler:
        sample = self.between(*self.bounds())[1]
        plus = self.plus
        return (lambda u: plus + sample(u)) if plus else sample

    def mean_us(self) -> float | None:
        """The mean in microseconds (not of the rounded values); None where it is infinite."""
        mass, _, moment = self.between(*self.bounds())
        return None if moment == inf else self.plus + moment / mass


def is_plain(law: Varying) -> bool:
    """Whether a law is neither shifted nor truncated, so that its fast sampler will do."""
    return not law.plus and law.at_least is None and law.at_most is None


@REGISTRY.register(
    "law", "exponential", says="Without memory; most values are short.", codex="laws"
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Exponential(Varying):
    """P(X > x) = exp(-x / mean)."""

    mean: PositiveDurationUs
    """The mean."""

    def quantile(self) -> Callable[[float], float]:
        mean = self.mean
        return lambda u: -mean * log(1.0 - u)

    def up_to(self, value: float) -> float:
        return 1.0 - exp(-value / self.mean) if value > 0 else 0.0

    def first_moment(self, value: float) -> float:
        if value == inf:
            return float(self.mean)
        return self.mean - (self.mean + value) * exp(-value / self.mean) if value > 0 else 0.0

    def sampler(self) -> Sampler:
        if not is_plain(self):
            return Varying.sampler(self)
        mean, logarithm = self.mean, log
        return lambda u: int(0.5 - mean * logarithm(1.0 - u))

    def column(self) -> Column | None:
        """`sampler` for many at once, written out, since most hops and demands are exponential;
        None where it is shifted or truncated.

        A mean that is a float, and `floor` instead of `int`, save a quarter of the time.
        """
        if not is_plain(self):
            return None
        mean, logarithm, whole = float(self.mean), log, floor
        return lambda draw, count: [
            whole(0.5 - mean * logarithm(1.0 - draw())) for _ in repeat(None, count)
        ]


@REGISTRY.register("law", "uniform", says="Any value between two, equally likely.", codex="laws")
@dataclass(frozen=True, slots=True, kw_only=True)
class Uniform(Varying):
    """Equally likely anywhere between `low` and `high`."""

    low: DurationUs = 0
    """The smallest value."""
    high: PositiveDurationUs
    """The largest value."""

    def check(self) -> None:
        require(self.low < self.high, "must have low smaller than high")

    def quantile(self) -> Callable[[float], float]:
        low, width = self.low, self.high - self.low
        return lambda u: low + width * u

    def up_to(self, value: float) -> float:
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)

    def first_moment(self, value: float) -> float:
        top = min(max(value, self.low), self.high)
        return (top * top - self.low * self.low) / (2.0 * (self.high - self.low))

    def sampler(self) -> Sampler:
        if not is_plain(self):
            return Varying.sampler(self)
        bottom, width = self.low + 0.5, self.high - self.low
        return lambda u: int(bottom + width * u)


@REGISTRY.register("law", "normal", says="A bell; negative values become 0.", codex="laws")
@dataclass(frozen=True, slots=True, kw_only=True)
class Normal(Varying):
    """max(0, N(mean, deviation^2)). The mean of what comes out is a little above `mean` where the
    bell reaches below 0."""

    mean: DurationUs
    """The mean, before values below 0 are cut off."""
    deviation: PositiveDurationUs
    """The standard deviation."""

    def quantile(self) -> Callable[[float], float]:
        inverse = NormalDist(self.mean, self.deviation).inv_cdf
        return lambda u: max(inverse(u or SMALLEST_U), 0.0)

    def up_to(self, value: float) -> float:
        return NormalDist(self.mean, self.deviation).cdf(value) if value >= 0 else 0.0

    def first_moment(self, value: float) -> float:
        def part(x: float) -> float:
            z = (x - self.mean) / self.deviation
            above = STANDARD_NORMAL.cdf(z) if x < inf else 1.0
            density = STANDARD_NORMAL.pdf(z) if x < inf else 0.0
            return self.mean * above - self.deviation * density

        return part(value) - part(0.0) if value > 0 else 0.0


@REGISTRY.register("law", "lognormal", says="A bell on a log scale: a longer tail.", codex="laws")
@dataclass(frozen=True, slots=True, kw_only=True)
class Lognormal(Varying):
    """median * exp(sigma * N(0, 1)): by its median and the deviation of its natural logarithm."""

    median: PositiveDurationUs
    """Half of the values are smaller."""
    sigma: PositiveNumber
    """The standard deviation of the logarithm: how far the values spread."""

    def check(self) -> None:
        require(self.sigma <= 10, "must have a sigma of at most 10")

    def quantile(self) -> Callable[[float], float]:
        median, sigma, inverse = self.median, self.sigma, STANDARD_NORMAL.inv_cdf
        return lambda u: min(median * exp(sigma * inverse(u or SMALLEST_U)), LONGEST_US)

    def up_to(self, value: float) -> float:
        return STANDARD_NORMAL.cdf(log(value / self.median) / self.sigma) if value > 0 else 0.0

    def first_moment(self, value: float) -> float:
        mean = self.median * exp(self.sigma * self.sigma / 2.0)
        if value == inf:
            return mean
        if value <= 0:
            return 0.0
        return mean * STANDARD_NORMAL.cdf(log(value / self.median) / self.sigma - self.sigma)


@REGISTRY.register("law", "pareto", says="A heavy tail: rare values are enormous.", codex="laws")
@dataclass(frozen=True, slots=True, kw_only=True)
class Pareto(Varying):
    """Type I: P(X > x) = (minimum / x)^alpha for x >= minimum. Without a mean for alpha <= 1,
    without a variance for alpha <= 2."""

    minimum: PositiveDurationUs
    """The smallest value."""
    alpha: PositiveNumber
    """How fast the tail falls: a smaller alpha has a longer tail."""

    def check(self) -> None:
        require(0.1 <= self.alpha <= 1000, "must have an alpha from 0.1 to 1000")

    def quantile(self) -> Callable[[float], float]:
        minimum, power = self.minimum, -1.0 / self.alpha
        return lambda u: min(minimum * (1.0 - u) ** power, LONGEST_US)

    def up_to(self, value: float) -> float:
        return 1.0 - (self.minimum / value) ** self.alpha if value > self.minimum else 0.0

    def first_moment(self, value: float) -> float:
        minimum, alpha = float(self.minimum), self.alpha
        if value <= minimum:
            return 0.0
        if value == inf:
            return alpha * minimum / (alpha - 1) if alpha > 1 else inf
        if alpha == 1:
            return minimum * log(value / minimum)
        above = float((minimum / value) ** (alpha - 1))
        return alpha * minimum / (alpha - 1) * (1.0 - above)


@REGISTRY.register("law", "erlang", says="Several exponential steps in a row.", codex="laws")
@dataclass(frozen=True, slots=True, kw_only=True)
class Erlang(Varying):
    """The sum of `shape` exponential steps that together have the mean `mean`: cv^2 = 1 / shape."""

    shape: PositiveCount
    """How many exponential parts are added up; more of them vary less."""
    mean: PositiveDurationUs
    """The mean of the whole sum."""

    def check(self) -> None:
        require(self.shape <= 100, "must have a shape of at most 100")

    def quantile(self) -> Callable[[float], float]:
        shape, scale = self.shape, self.mean / self.shape
        return lambda u: scale * erlang_quantile(shape, u)

    def up_to(self, value: float) -> float:
        return erlang_up_to(self.shape, value * self.shape / self.mean)[0]

    def first_moment(self, value: float) -> float:
        if value == inf:
            return float(self.mean)
        return self.mean * erlang_up_to(self.shape + 1, value * self.shape / self.mean)[0]


def erlang_up_to(shape: int, x: float) -> tuple[float, float]:
    """P(X <= x) of a sum of `shape` exponentials of mean 1, and its density at x:
    1 - exp(-x) * sum of x^n / n! for n < shape."""
    if x <= 0:
        return 0.0, 0.0
    term = total = exp(-x)
    for n in range(1, shape):
        term *= x / n
        total += term
    return 1.0 - total, term


def erlang_quantile(shape: int, u: float) -> float:
    """The x with P(X <= x) = u: from the Wilson-Hilferty approximation (1931), by Newton steps kept
    inside a bracket."""
    if u <= 0:
        return 0.0
    ninth = 1.0 / (9.0 * shape)
    root = 1.0 - ninth + STANDARD_NORMAL.inv_cdf(u) * sqrt(ninth)
    # The approximation fails at the left end, where the first term of the series rules.
    x = shape * root**3 if root > 0.3 else exp(log(u * factorial(shape)) / shape)
    low, high = 0.0, inf
    for _ in range(60):
        below, density = erlang_up_to(shape, x)
        if below < u:
            low = x
        else:
            high = x
        step = (below - u) / density if density > 0 else inf
        following = x - step
        if not low < following < high:
            following = (low + high) / 2 if high < inf else 2 * x
        if abs(following - x) <= 1e-12 * x:
            return following
        x = following
    return x


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a mixture."""

    share: Share
    """How often this part is chosen."""
    law: LawField
    """The law that is drawn from then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One exponential of a hyperexponential law."""

    share: Share
    """How often this branch is taken."""
    mean: PositiveDurationUs
    """The mean of this branch."""


def mix(
    parts: Sequence[tuple[float, Law]], low: float, high: float
) -> tuple[float, Sampler, float]:
    """A mixture on [low, high]: see `Varying.between`. Each part is truncated by itself and counts
    by the mass that it keeps."""
    masses: list[float] = []
    samplers: list[Sampler] = []
    moment = 0.0
    for share, law in parts:
        mass, part_sample, part_moment = part_between(law, low, high)
        if share * mass > 0:
            masses.append(share * mass)
            samplers.append(part_sample)
            moment += share * part_moment
    total = fsum(masses)
    if not masses:
        return 0.0, Constant(value=0).sampler(), 0.0
    tops = [top / total for top in accumulate(masses)]
    starts = [0.0, *tops[:-1]]
    scales = [total / mass for mass in masses]
    last = len(masses) - 1

    def sample(u: float) -> int:
        index = min(bisect_right(tops, u), last)
        return samplers[index](min((u - starts[index]) * scales[index], BELOW_ONE))

    return total, sample, moment


def part_between(law: Law, low: float, high: float) -> tuple[float, Sampler, float]:
    """`between` of a law that may have a shift and bounds of its own."""
    if isinstance(law, Constant):
        return law.between(low, high)
    assert isinstance(law, Varying), f"{type(law).__name__} cannot be part of a mixture"
    own_low, own_high = law.bounds()
    whole = law.between(own_low, own_high)[0]
    plus = law.plus
    least, most = max(own_low, low - plus), min(own_high, high - plus)
    if least > most:
        return 0.0, Constant(value=0).sampler(), 0.0
    mass, sample, moment = law.between(least if least > 0 else -inf, most)
    shifted: Sampler = (lambda u: plus + sample(u)) if plus else sample
    return mass / whole, shifted, (moment + plus * mass) / whole


@REGISTRY.register("law", "mixture", says="Now this law, now that one.", codex="laws")
@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture(Varying):
    """One of several laws, chosen by share."""

    of: tuple[Annotated[Part, Table()], ...]
    """The laws, with the share of each."""

    def check(self) -> None:
        shares_add_up([part.share for part in self.of])

    def between(self, low: float, high: float) -> tuple[float, Sampler, float]:
        return mix([(part.share, part.law) for part in self.of], low, high)


@REGISTRY.register(
    "law", "hyperexponential", says="Mostly short, sometimes much longer.", codex="laws"
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperexponential(Varying):
    """A mixture of exponentials: by its `branches`, or two of them by `mean` and `cv2`, the squared
    coefficient of variation (at least 1), with balanced means: each branch brings half of the
    total."""

    branches: tuple[Annotated[Branch, Table()], ...] = ()
    """The exponentials that it is a mixture of."""
    mean: PositiveDurationUs | None = None
    """The mean of the whole mixture."""
    cv2: PositiveNumber | None = None
    """The squared coefficient of variation, at least 1."""

    def check(self) -> None:
        if self.branches:
            require(
                self.mean is None and self.cv2 is None,
                "must have branches or mean and cv2, not both",
            )
            shares_add_up([branch.share for branch in self.branches])
        else:
            require(
                self.mean is not None and self.cv2 is not None,
                "must have branches, or mean and cv2",
            )
            require((self.cv2 or 0) >= 1, "must have a cv2 of at least 1; a steadier law is erlang")

    def parts(self) -> list[tuple[float, float]]:
        """(share, mean in microseconds) of each branch."""
        if self.mean is None or self.cv2 is None:
            return [(branch.share, float(branch.mean)) for branch in self.branches]
        share = (1.0 + sqrt((self.cv2 - 1.0) / (self.cv2 + 1.0))) / 2.0
        return [(one, self.mean / (2.0 * one)) for one in (share, 1.0 - share)]

    def between(self, low: float, high: float) -> tuple[float, Sampler, float]:
        # A mean of a fraction of a microsecond is right here, though no level may write one.
        laws = [(share, Exponential(mean=mean)) for share, mean in self.parts()]  # type: ignore[arg-type]
        return mix(laws, low, high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A point of a measured distribution: this share of the values is at most `value`."""

    share: Share
    """The share of values that are at most `value`."""
    value: DurationUs
    """A value."""


@REGISTRY.register("law", "empirical", says="As it was measured somewhere.", codex="laws")
@dataclass(frozen=True, slots=True, kw_only=True)
class Empirical(Varying):
    """Measured values, each as likely as its share (default: all alike); or `points` of the
    distribution function from share 0 to share 1, linear between them."""

    values: tuple[DurationUs, ...] = ()
    """The values that were measured."""
    shares: tuple[Share, ...] = ()
    """One for each value, 1 in all; default: all alike."""
    points: tuple[Annotated[Point, Table()], ...] = ()
    """Points of the distribution function, from share 0 to share 1."""

    def check(self) -> None:
        require(
            bool(self.values) != bool(self.points), "must have values or points, one of the two"
        )
        require(
            not self.shares or len(self.shares) == len(self.values),
            "must have one share for each value",
        )
        if self.shares:
            shares_add_up(self.shares)
        if self.points:
            ends = (self.points[0].share, self.points[-1].share)
            require(
                ends == (0.0, 1.0), "must have a first point of share 0 and a last one of share 1"
            )
            rises = all(a.share < b.share and a.value <= b.value for a, b in pairwise(self.points))
            require(rises, "must have points that rise, share by share and value by value")

    def between(self, low: float, high: float) -> tuple[float, Sampler, float]:
        parts: list[tuple[float, Law]]
        if self.values:
            shares = self.shares or (1.0 / len(self.values),) * len(self.values)
            # In order of size, so that a larger u never gives a smaller value.
            ordered = sorted(zip(self.values, shares, strict=True))
            parts = [(share, Constant(value=value)) for value, share in ordered]
        else:
            parts = [
                (
                    b.share - a.share,
                    Uniform(low=a.value, high=b.value)
                    if a.value < b.value
                    else Constant(value=a.value),
                )
                for a, b in pairwise(self.points)
            ]
        return mix(parts, low, high)
