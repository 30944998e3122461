"""The shapes of arrays, as types that say what they hold. `…` stands for any number of leading axes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]  # (…, d): points, gradients, steps
Scalar = NDArray[np.float64]  # (…,): values, rates, lengths
Matrix = NDArray[np.float64]  # (…, d, d): Hessians
Index = NDArray[np.int64]  # (m,): numbers of runs, or of iterations
Flags = NDArray[np.bool_]  # (…,): which runs, rows or steps
