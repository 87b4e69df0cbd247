"""Student's t distribution by its incomplete beta function: all that a paired t-test needs, without scipy."""

import math

STEPS = 300
CLOSE = 1e-15
TINY = 1e-300


def two_sided_p(t: float, df: int) -> float:
    """The probability of a |t| at least this large with `df` degrees of freedom."""
    if t * t < df:
        return 1 - incomplete_beta(0.5, df / 2, t * t / (df + t * t))
    return incomplete_beta(df / 2, 0.5, df / (df + t * t))


def critical(df: int, *, confidence: float = 0.95) -> float:
    """The t that is exceeded on either side with probability 1 - `confidence`."""
    low, high = 0.0, 1.0
    while two_sided_p(high, df) > 1 - confidence:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if two_sided_p(middle, df) > 1 - confidence else (low, middle)
    return (low + high) / 2


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b) for 0 <= x <= 1 (NIST DLMF 8.17.22, Lentz's algorithm)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    return front / a / _fraction(a, b, x)


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction 1 + d1/(1 + d2/(1 + ...)) of `incomplete_beta`."""
    value, upper, lower = 1.0, 1.0, 0.0
    for step in range(1, STEPS):
        m = step // 2
        if step % 2:
            d = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            d = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        lower = 1 / _apart(1 + d * lower)
        upper = _apart(1 + d / upper)
        value *= upper * lower
        if abs(upper * lower - 1) < CLOSE:
            break
    return value


def _apart(value: float) -> float:
    return value if abs(value) > TINY else TINY
