"""`python -m pytest_specbudget` is the command `specbudget`."""

import sys

from pytest_specbudget.cli import main

if __name__ == "__main__":
    sys.exit(main())
