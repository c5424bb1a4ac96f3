"""The tables of a trace file, and what its format has been.

    1   the first: header, events, entries, readings with details, updates, accounts
    2   several ranks: a table of them, and the rank of each update in `updates` and the views

A trace file is an SQLite database; docs/trace.md describes its tables to whoever queries it.
"""

from __future__ import annotations

FORMAT_VERSION = 2
APPLICATION_ID = 0x4254_5243  # "BTRC", in the file's header: what tells it from other databases

_TABLES_1 = (
    "CREATE TABLE header (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE tensors (id INTEGER PRIMARY KEY, name TEXT, shape TEXT, dtype TEXT)",
    "CREATE TABLE slots (id INTEGER PRIMARY KEY, kind TEXT, field TEXT, term TEXT, account TEXT)",
    "CREATE TABLE readings (id INTEGER PRIMARY KEY, tensor INTEGER, norm REAL, zeros INTEGER, "
    "nonfinite INTEGER)",
    "CREATE TABLE details (reading INTEGER PRIMARY KEY, mean REAL, min REAL, max REAL, "
    "width INTEGER, elements BLOB, digest TEXT, exact TEXT)",
    "CREATE TABLE events (id INTEGER PRIMARY KEY, number INTEGER, kind TEXT, elapsed REAL, "
    "place TEXT, rank INTEGER, update_id INTEGER, data TEXT)",
    "CREATE TABLE entries (event INTEGER, line INTEGER, slot INTEGER, tensor INTEGER, "
    "before INTEGER, after INTEGER, delta INTEGER, PRIMARY KEY (event, line)) WITHOUT ROWID",
    "CREATE TABLE updates (id INTEGER PRIMARY KEY, number INTEGER, optimizer TEXT, type TEXT, "
    "loss REAL, elapsed REAL, first INTEGER, last INTEGER, alone INTEGER, detail TEXT)",
    "CREATE TABLE open_updates (id INTEGER PRIMARY KEY, number INTEGER, optimizer TEXT, "
    "first INTEGER)",
    "CREATE TABLE accounts (event INTEGER, line INTEGER, seen INTEGER, grad INTEGER, "
    "value INTEGER, PRIMARY KEY (event, line)) WITHOUT ROWID",
)

# For people who query; we read the tables themselves.
_VIEWS_1 = (
    "CREATE VIEW measured AS SELECT r.id, t.name, t.shape, t.dtype, r.norm, d.mean, d.min, d.max, "
    "r.zeros, r.nonfinite, d.elements, d.digest, d.reading IS NOT NULL AS in_full "
    "FROM readings r JOIN tensors t ON t.id = r.tensor LEFT JOIN details d ON d.reading = r.id",
    "CREATE VIEW book AS SELECT v.update_id, n.event, v.kind, v.place, t.name, s.field, s.account, "
    "s.term, n.before, n.after, n.delta, b.norm AS before_norm, a.norm AS after_norm, "
    "x.norm AS delta_norm FROM entries n JOIN events v ON v.id = n.event "
    "JOIN slots s ON s.id = n.slot JOIN tensors t ON t.id = n.tensor "
    "LEFT JOIN readings b ON b.id = n.before LEFT JOIN readings a ON a.id = n.after "
    "LEFT JOIN readings x ON x.id = n.delta",
    "CREATE VIEW step_values AS SELECT u.number, u.optimizer, t.name, b.norm AS before_norm, "
    "x.norm AS change_norm, a.norm AS after_norm, n.after, n.delta "
    "FROM updates u JOIN entries n ON n.event = u.last JOIN slots s ON s.id = n.slot "
    "AND s.kind = 'StepTaken' AND s.field = 'values' JOIN tensors t ON t.id = n.tensor "
    "LEFT JOIN readings b ON b.id = n.before LEFT JOIN readings a ON a.id = n.after "
    "LEFT JOIN readings x ON x.id = n.delta",
    "CREATE VIEW step_grads AS SELECT u.number, u.optimizer, t.name, t.shape, "
    "n.after AS reading, a.norm, a.zeros, a.nonfinite "
    "FROM updates u JOIN entries n ON n.event = u.last JOIN slots s ON s.id = n.slot "
    "AND s.kind = 'StepTaken' AND s.field = 'grads' JOIN tensors t ON t.id = n.tensor "
    "LEFT JOIN readings a ON a.id = n.after",
)

_UPDATES_1 = _TABLES_1[7]
_UPDATES = _UPDATES_1.replace("detail TEXT)", "detail TEXT, rank INTEGER)")
_RANKS = (
    "CREATE TABLE ranks (rank INTEGER PRIMARY KEY, first_event INTEGER, end_event INTEGER, "
    "first_update INTEGER, end_update INTEGER, ahead REAL, header TEXT)"
)
TABLES = (*(_UPDATES if each is _UPDATES_1 else each for each in _TABLES_1), _RANKS)


def _with_rank(view: str) -> str:
    """Return a view of format 1 as it is in format 2: with the rank in its last column."""
    if "FROM updates u" in view:
        return view.replace(" FROM updates u", ", u.rank FROM updates u")
    return view.replace(" FROM entries n", ", v.rank FROM entries n")


VIEWS = tuple(_with_rank(view) for view in _VIEWS_1)

SCHEMA = (*TABLES, *VIEWS)
SCHEMAS = {1: (*_TABLES_1, *_VIEWS_1), FORMAT_VERSION: SCHEMA}  # those that can be read
