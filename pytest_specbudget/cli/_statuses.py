"""What the exit status of each command says, as its `--help` has it.

Every command ends with 0 if all is well and with 2 for wrong arguments; what is told here is what
else there is to know.  Nothing here decides a status: each command does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["STATUSES", "statuses_told"]

_WELL = "all is well"
_WRONG = "wrong arguments"
_LACKING = "wrong arguments, or an extra is not installed"
_UNREADABLE = "a file is damaged, or cannot be read or written"
_UNKNOWN_COST = "what a call cost is unknown"

STATUSES: Mapping[str, Mapping[int, str]] = {
    "ack": {
        0: "the entry is written",
        1: _UNREADABLE,
        2: "wrong arguments, or nothing tells by how much it rose",
    },
    "baseline save": {0: "it is stored", 1: f"the run did not pass, or {_UNREADABLE}"},
    "baseline show": {1: _UNREADABLE},
    "cassettes accept": {
        0: "it is accepted, or was before",
        1: "a path changes what calls cost, or no journal can be read",
    },
    "cassettes index": {1: "no run tells of recordings, or a file cannot be read or written"},
    "cassettes list": {1: "a file cannot be read"},
    "cassettes lint": {1: "a problem is an error, or a file cannot be read"},
    "cassettes migrate": {1: "a recording could not be migrated"},
    "cassettes rerecord": {
        1: "a test failed, a recording is as it was, or the cap is too low",
        2: "wrong arguments, or nobody agreed to the cost",
    },
    "cassettes show": {1: "the file cannot be read, or is no recording"},
    "cassettes stats": {1: "a file cannot be read"},
    "classify": {1: "the document is empty or cannot be read"},
    "combine": {
        1: "a line was damaged",
        2: "wrong arguments, or a path without a journal",
        4: "a shard is missing or did not end well, and nothing is written",
    },
    "comment": {
        0: "the change passes",
        1: "it is too dear, or cannot be judged",
    },
    "conformance": {1: "an answer differs", 2: _LACKING},
    "daily": {
        0: "all is known",
        1: "a part of what is kept cannot be read, or is dated ahead",
        2: "wrong arguments, an extra is not installed, or nothing is kept",
        3: f"{_UNKNOWN_COST}, and the sums are lower bounds",
    },
    "diff": {
        0: "nothing is too dear",
        1: "something is, its cost is unknown, or a file cannot be read",
    },
    "doctor": {1: "something is not as it must be"},
    "drift": {
        0: "no price moved too far",
        1: "one did, nothing could be priced, or a file cannot be read",
        2: _LACKING,
        3: "something has no price",
    },
    "evidence-stats": {1: "something could not be measured"},
    "explain": {2: "there is no such rule"},
    "gate": {
        0: "the report passes",
        1: "it does not, or it is damaged or cannot be read",
    },
    "history add": {
        0: "all of it is kept",
        1: "something is damaged, set aside or still in doubt",
        2: _LACKING,
    },
    "history cost": {
        1: "something cannot be read, or there is nothing to price",
        2: _LACKING,
        3: "something has no price",
    },
    "history forget": {
        0: "it is dismissed, or nothing is in doubt",
        2: "nothing in doubt is from what was named, or an extra is not installed",
    },
    "history settle": {
        0: "the decision is written",
        2: "wrong arguments, or no such call is of unknown cost",
    },
    "history show": {1: "something is damaged or in doubt", 2: _LACKING},
    "init": {1: _UNREADABLE},
    "kpi": {
        0: "all is known",
        1: "something cannot be read",
        2: "wrong arguments, an extra is not installed, or nothing is kept",
        3: _UNKNOWN_COST,
    },
    "new-spec-id": {1: "the folder cannot be read or made"},
    "price": {
        0: "every line has a price",
        1: "a line is no JSON object, and all others have a price",
        2: "wrong arguments, or prices that make no sense",
        3: "a line has no price",
    },
    "prices build": {1: "the sources are damaged"},
    "prices check": {1: "a problem was found, or the catalogue is damaged"},
    "prices diff": {1: "a side is damaged or is not there"},
    "prices upcoming": {1: "the catalogue or an overlay is damaged"},
    "record": {
        0: "everything is recorded",
        1: "a call was refused, failed or not sent, its cost is unknown, or a file is damaged",
        2: "wrong arguments, or a key is missing",
        3: "all that is missing is a price",
    },
    "report": {0: "it is rendered, whatever its verdict", 1: _UNREADABLE},
    "route": {
        1: "the table is not the one that is locked, or the lock is damaged",
        2: "wrong arguments, or a table, tier or model that makes no sense",
    },
    "schema": {},
    "status": {
        0: "all is known",
        1: "a part of what is kept cannot be read, or is dated ahead",
        2: "wrong arguments, or a SPEC of which nothing is known",
        3: _UNKNOWN_COST,
    },
    "usage": {1: "a file, or the price catalogue, cannot be read"},
    "whatif": {
        1: "something cannot be read",
        2: _LACKING,
        3: "a model or a price is unknown",
    },
}
"""What each status means, by command; 0 and 2 only where they mean more than always."""


def statuses_told(command: str) -> str:
    """Write what the statuses of *command* mean, one line each; nothing for one with actions."""
    if command not in STATUSES:
        return ""
    told = {0: _WELL, 2: _WRONG, **STATUSES[command]}
    return "\n".join(["exit status:", *(f"  {status}  {told[status]}" for status in sorted(told))])
