"""Which units make the validation side: the wanted number of rows, balanced as far as they allow.

Units that hold the same numbers of rows of the same kinds can stand for each other, so what is
decided is how many of each such type go. That is a linear program over whole numbers with few
variables, which scipy's HiGHS solves: of the number of rows that is nearest to the share, for the
smallest sum of differences from it over all kinds (labels, sources, labels by source). Unlike
scikit-learn's StratifiedGroupKFold it takes any share, and meets it for small sets too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

from klue_common.errors import InputError

Counts = npt.NDArray[np.int64]
NODES = 500  # of the search for the best balance; the best one found by then is taken
GAP = 0.01  # relative; a balance this near to the best is good enough
MOST = 100  # values of a column that are balanced one by one, the frequent ones


def divide(
    unit_of: Counts, kinds: Sequence[Sequence[Hashable]], share: float, seed: int
) -> npt.NDArray[np.bool_]:
    """Return which rows make the validation side.

    Args:
        unit_of: of each row its unit, numbers from 0.
        kinds: columns of what each row is: labels, sources.
        share: of the rows that validation is to have.
        seed: which units go, where several can stand for each other.

    Raises:
        InputError: there is one unit alone.
    """
    joint = [list(zip(*kinds, strict=True))] if len(kinds) > 1 else []
    counts = counted(unit_of, [frequent(values, share) for values in (*kinds, *joint)])
    if len(counts) < 2:
        raise InputError(
            f"found one unit, as all {len(unit_of)} rows stand together, expected two or more"
        )
    types, type_of, there = np.unique(counts, axis=0, return_inverse=True, return_counts=True)
    wanted = numbers_of_types(types, there, share)
    chosen = np.zeros(len(counts), bool)
    draw = np.random.default_rng(seed)
    for kind, number in enumerate(wanted.tolist()):
        chosen[draw.permutation(np.flatnonzero(type_of.ravel() == kind))[:number]] = True
    return chosen[unit_of]


def frequent(values: Sequence[Hashable], share: float) -> list[Hashable]:
    """Return a column's values, None for those of which a side would have less than one row.

    Example:
        >>> frequent(["a", "a", "b"], 0.5)
        ['a', 'a', None]
    """
    counts = Counter(values).most_common(MOST)
    kept = {value for value, count in counts if min(share, 1 - share) * count >= 1}
    return [value if value in kept else None for value in values]


def counted(unit_of: Counts, kinds: Sequence[Sequence[Hashable]]) -> Counts:
    """Count the rows of each kind in each unit.

    Returns:
        (units, 1 + values): all rows of a unit, then those of each value of each column of `kinds`.

    Example:
        >>> counted(np.array([0, 1, 0]), [["a", "b", "b"]]).tolist()
        [[2, 1, 1], [1, 0, 1]]
    """
    columns = [np.ones((len(unit_of), 1), np.int64)]
    for values in kinds:
        numbers: dict[Hashable, int] = {}
        at = [numbers.setdefault(value, len(numbers)) for value in values]
        columns.append(np.eye(len(numbers), dtype=np.int64)[at])
    rows = np.concatenate(columns, axis=1)
    counts = np.zeros((unit_of.max() + 1, rows.shape[1]), np.int64)
    np.add.at(counts, unit_of, rows)
    return counts


def nearest_size(sizes: Counts, share: float) -> int:
    """Return the number of rows nearest to a share that whole units can make, some on each side.

    Args:
        sizes: rows of each unit.
        share: of all rows.

    Example:
        >>> nearest_size(np.array([5, 5, 2]), 0.25), nearest_size(np.array([5, 5]), 0.01)
        (2, 5)
    """
    reachable = 1  # bit n: some units have n rows
    for size in sizes.tolist():
        reachable |= reachable << size
    wanted, whole = share * int(sizes.sum()), int(sizes.sum())
    possible = (size for size in range(1, whole) if reachable >> size & 1)
    return min(possible, key=lambda size: abs(size - wanted))


def numbers_of_types(types: Counts, there: Counts, share: float) -> Counts:
    """Return how many units of each type go.

    Args:
        types: (types, 1 + kinds): rows in a unit of it, all and by kind.
        there: how many units of each type there are.
        share: of all rows.

    Raises:
        InputError: the search ends without a division.

    Example:
        >>> numbers_of_types(np.array([[1, 1, 0], [1, 0, 1]]), np.array([20, 10]), 0.2).tolist()
        [4, 2]
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    size, kinds = types.shape[0], types.shape[1] - 1
    rows, far = types[:, 1:].T.astype(np.float64), np.eye(kinds)
    target = share * (there @ types[:, 1:])
    apart = np.block([[rows, -far], [-rows, -far]])
    total = np.concatenate([types[:, 0], np.zeros(kinds)])[np.newaxis]
    wanted = nearest_size(np.repeat(types[:, 0], there), share)
    # What is looked for: how many go of each type, and how far each kind is from its share.
    found = milp(
        np.concatenate([np.zeros(size), np.ones(kinds)]),
        integrality=np.concatenate([np.ones(size), np.zeros(kinds)]),
        bounds=Bounds(0, np.concatenate([there, np.full(kinds, np.inf)])),
        constraints=[
            LinearConstraint(apart, -np.inf, np.concatenate([target, -target])),
            LinearConstraint(total, wanted, wanted),
        ],
        # HiGHS' presolve ends some programs of this kind with "Solve error".
        options={"node_limit": NODES, "mip_rel_gap": GAP, "presolve": False},
    )
    if found.x is None:
        raise InputError(f"found no division of {there.sum():,} units, expected another share")
    return np.rint(found.x[:size]).astype(np.int64)
