from __future__ import annotations

import sys
from pathlib import Path

# The harness is not installed with the package: it is run from the checkout.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
