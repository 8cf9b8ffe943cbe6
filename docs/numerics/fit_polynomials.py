"""Prints the polynomial coefficients of Sources/LensNumerics/ElementaryFunctions*.swift.

Each polynomial interpolates its function at Chebyshev nodes, which is within a few per cent of the best
uniform approximation. Needs mpmath: `python3 -m pip install mpmath && python3 fit_polynomials.py`.
"""
from mpmath import atan, atanh, chop, exp, cos, lu_solve, matrix, mp, mpf, pi, sin, sqrt, tan

mp.dps = 60


def fit(function, lower, upper, degree):
    """Coefficients, constant first, and the largest relative error on a dense grid."""
    nodes = [
        (lower + upper) / 2 + (upper - lower) / 2 * cos(pi * (2 * k + 1) / (2 * degree + 2))
        for k in range(degree + 1)
    ]
    powers = matrix(degree + 1, degree + 1)
    for row, node in enumerate(nodes):
        for column in range(degree + 1):
            powers[row, column] = node**column
    coefficients = list(lu_solve(powers, matrix([function(node) for node in nodes])))
    worst = mpf(0)
    for k in range(2001):
        x = lower + (upper - lower) * k / 2000
        value = sum(c * x**n for n, c in enumerate(coefficients))
        worst = max(worst, abs(value / function(x) - 1))
    return coefficients, worst


def even(function):
    """f(sqrt(u)) / sqrt(u), continued to u = 0."""
    return lambda u: function(sqrt(u)) / sqrt(u) if u != 0 else mpf(1)


def either_tangent(z):
    """artanh(sqrt(z)) / sqrt(z), which is arctan(sqrt(-z)) / sqrt(-z) for negative z."""
    if abs(z) < mpf(10) ** -25:
        return mpf(1)
    return atanh(sqrt(z)) / sqrt(z) if z > 0 else atan(sqrt(-z)) / sqrt(-z)


tiny = mpf(10) ** -30
# Exponents read off the bits of a ratio are wrong by up to 0.0861, so its logarithm to base 2 is within 0.5861.
log_limit = mpf("0.0402")
# Mantissas between sqrt(1/2) and sqrt(2).
log2_limit = ((sqrt(mpf(2)) - 1) / (sqrt(mpf(2)) + 1)) ** 2
atan_limit = tan(pi / 8) ** 2
half_log2 = mp.log(2) / 2
fits = [
    ("atanh(s)/s in s^2, |s| <= 0.2005 (logarithm)", even(atanh), tiny, log_limit, {"Float": 3, "Double": 8}),
    ("artanh or arctan in z", either_tangent, -atan_limit, log_limit, {"Float": 5, "Double": 12}),
    ("atan(t)/t in t^2, |t| <= tan(pi/8)", even(atan), tiny, atan_limit, {"Float": 4, "Double": 11}),
    ("log2((1+s)/(1-s))/s in s^2, |s| <= 0.1716", lambda u: 2 / mp.log(2) * even(atanh)(u), tiny, log2_limit,
     {"Float": 3, "Double": 8}),
    ("2^r, |r| <= 1/2", lambda r: mpf(2) ** r, -mpf(1) / 2, mpf(1) / 2, {"Float": 6, "Double": 11}),
    ("sin(q pi/2)/q in q^2, |q| <= 1/2", lambda u: sin(pi / 2 * sqrt(u)) / sqrt(u), tiny, mpf(1) / 4, {"Float": 3}),
    ("cos(q pi/2) in q^2, |q| <= 1/2", lambda u: cos(pi / 2 * sqrt(u)), tiny, mpf(1) / 4, {"Float": 4}),
    ("sin(q pi)/q in q^2, |q| <= 1/2", lambda u: sin(pi * sqrt(u)) / sqrt(u), tiny, mpf(1) / 4, {"Float": 4, "Double": 8}),
    ("exp(r), |r| <= ln(2)/2", exp, -half_log2, half_log2, {"Float": 6, "Double": 11}),
]
for name, function, lower, upper, degrees in fits:
    for scalar, degree in degrees.items():
        coefficients, worst = fit(function, lower, upper, degree)
        print(f"{name}, {scalar}: relative error {mp.nstr(worst, 3)}")
        for c in coefficients:
            print("  ", mp.nstr(chop(c), 9 if scalar == "Float" else 18))
