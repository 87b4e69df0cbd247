"""Settings of every test run: two threads, so that the suite measures the machine that the README promises, and its voices."""

import os

THREADS = "2"
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, THREADS)
os.environ.pop("MICROTURN_DATA", None)  # the voices that everybody has

import pytest
import torch


@pytest.fixture(autouse=True, scope="session")
def two_threads() -> None:
    torch.set_num_threads(min(torch.get_num_threads(), int(THREADS)))
