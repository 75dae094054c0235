"""A stand-in for the InterSystems `iris` module, over sqlite3.

It lets the unmodified iris-pgwire server (1.0.0 to 1.7.3) run without IRIS. README.md says what it
can and cannot show. Two modes:

IRIS_STANDIN=embedded (default)  has iris.sql.exec and no iris.connect: one connection and one
                                 transaction for the whole process, as in embedded Python
IRIS_STANDIN=dbapi               has no iris.sql; iris.connect() and iris.dbapi.connect() give a
                                 session of its own each, over one file

IRIS_STANDIN_DB=<file>     database file (default: in memory if embedded, else a temporary file)
IRIS_STANDIN_LOG=<file>    one JSON line for each SQL text, with parameters, that reaches "IRIS"
IRIS_STANDIN_CONNECT=1     embedded: offer iris.connect too (the server's batches then prefer it)
IRIS_STANDIN_BEGIN=1       accept BEGIN as START TRANSACTION
"""
import atexit
import datetime
import hashlib
import json
import math
import os
import re
import shutil
import sqlite3
import sys
import tempfile
import threading
import time
import types

_MODE = os.environ.get("IRIS_STANDIN", "embedded")
_LOG = os.environ.get("IRIS_STANDIN_LOG")
_ACCEPT_BEGIN = bool(os.environ.get("IRIS_STANDIN_BEGIN"))
_OFFER_CONNECT = os.environ.get("IRIS_STANDIN_CONNECT") == "1"

# $HOROLOG counts days from here.
_HOROLOG = datetime.date(1840, 12, 31).toordinal()

# One statement at a time: the embedded mode has one connection for all clients.
_LOCK = threading.RLock()


class SQLError(Exception):
    def __init__(self, message, sqlcode):
        super().__init__(message)
        self.sqlcode = sqlcode


# ---- functions that IRIS has and SQLite lacks ------------------------------------------------

def _vector(text):
    if text is None:
        return None
    return [float(x) for x in str(text).strip().strip("[]").split(",") if x.strip()]


def _vector_cosine(a, b):
    a, b = _vector(a), _vector(b)
    if len(a) != len(b):
        raise ValueError("vector lengths differ")
    norms = math.sqrt(sum(x * x for x in a)) * math.sqrt(sum(x * x for x in b))
    return sum(x * y for x, y in zip(a, b)) / norms if norms else None


def _vector_dot_product(a, b):
    return sum(x * y for x, y in zip(_vector(a), _vector(b)))


def _to_vector(text, *_):
    return None if text is None else ",".join("%g" % x for x in _vector(text))


def _to_date(text, _format=None):
    return datetime.date.fromisoformat(text).toordinal() - _HOROLOG


def _string(*values):
    return "".join("" if value is None else str(value) for value in values)


def _now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def _sleep(seconds):
    time.sleep(seconds)
    return 0


class _List:
    """The aggregate LIST(): values joined with commas."""

    def __init__(self):
        self.values = []

    def step(self, value):
        if value is not None:
            self.values.append(str(value))

    def finalize(self):
        return ",".join(self.values) if self.values else None


# The server's own functions, whose ObjectScript bodies it sends at its start.

def _pg_oid(identity):
    """A hash of an identity string, above 16384."""
    if not identity:
        return 16384
    number = int.from_bytes(hashlib.sha256(str(identity).encode()).digest()[:4], "big")
    return number + 16384 if number < 16384 else number


_TYPE_NAMES = {16: "boolean", 20: "bigint", 21: "smallint", 23: "integer", 25: "text",
               700: "real", 701: "double precision", 1082: "date", 1083: "time without time zone",
               1114: "timestamp without time zone", 1184: "timestamp with time zone"}


def _format_type(oid, modifier=-1):
    if oid in _TYPE_NAMES:
        return _TYPE_NAMES[oid]
    size = (-1 if modifier is None else modifier) - 4
    if oid in (1042, 1043):
        name = "character varying" if oid == 1043 else "character"
        return f"{name}({size})" if size > 0 else name
    if oid == 1700:
        return "numeric(%d,%d)" % divmod(size, 65536) if size > 0 else "numeric"
    return "???"


def _pg_array(encoded):
    """'n|length:value...' as a JSON list (in IRIS: a $LIST for %INLIST). Length -1 is NULL."""
    values = []
    text = str(encoded or "").replace("\x00", "")
    at = text.find("|") + 1
    while 0 < at < len(text):
        colon = text.index(":", at)
        length = int(text[at:colon])
        at = colon + 1 + max(length, 0)
        values.append(None if length < 0 else text[colon + 1:at])
    return json.dumps(values)


# name: (number of arguments, function)
_FUNCTIONS = {
    "VECTOR_COSINE": (2, _vector_cosine),
    "VECTOR_DOT_PRODUCT": (2, _vector_dot_product),
    "TO_VECTOR": (-1, _to_vector),
    "TO_DATE": (-1, _to_date),
    "LAST_IDENTITY": (0, lambda: _last_identity),
    "STRING": (-1, _string),
    "NOW": (0, _now),
    "SLEEP": (1, _sleep),
    "PGWIRE_PG_OID": (1, _pg_oid),
    "PGWIRE_PG_PUBLIC_SCHEMA": (0, lambda: "public"),
    "PGWIRE_FORMAT_TYPE": (2, _format_type),
    "PGWIRE_PG_GET_EXPR": (2, lambda text, relation: text),
    "PGWIRE_PG_GET_CONSTRAINTDEF": (1, lambda oid: None),
    "PGWIRE_PG_ARRAY": (1, _pg_array),
    "PGWIRE_OBJ_DESCRIPTION": (2, lambda oid, catalog: None),
    "PGWIRE_COL_DESCRIPTION": (2, lambda oid, column: None),
}


# ---- the database ----------------------------------------------------------------------------

def _database_file():
    if os.environ.get("IRIS_STANDIN_DB"):
        return os.environ["IRIS_STANDIN_DB"]
    if _MODE != "dbapi":
        return ":memory:"
    directory = tempfile.mkdtemp(prefix="iris-standin-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return os.path.join(directory, "db")


def _open_database():
    database = sqlite3.connect(_FILE, check_same_thread=False, isolation_level=None, timeout=2)
    if _FILE != ":memory:":
        database.execute("PRAGMA journal_mode=WAL")
    for name, (arguments, function) in _FUNCTIONS.items():
        database.create_function(name, arguments, function)
    database.create_aggregate("LIST", 1, _List)
    return database


_FILE = _database_file()
_shared = _open_database()
_last_identity = None
_catalogue_views = {}  # pg_catalog views that the server has defined: name -> body


# ---- INFORMATION_SCHEMA ----------------------------------------------------------------------

# As temporary tables is_<name>, filled anew before each statement that reads them.
_INFORMATION_SCHEMA = {
    "schemata": "catalog_name,schema_name,schema_owner",
    "tables": "table_catalog,table_schema,table_name,table_type,classname,description",
    "columns": "table_catalog,table_schema,table_name,column_name,ordinal_position,column_default,"
               "is_nullable,is_identity,is_generated,data_type,character_maximum_length,"
               "numeric_precision,numeric_scale,collation_name,auto_increment,unique_column,"
               "primary_key,description,datetime_precision",
    "table_constraints": "table_schema,table_name,constraint_name,constraint_type,"
                         "constraint_schema,is_deferrable,initially_deferred",
    "key_column_usage": "constraint_schema,constraint_name,table_schema,table_name,column_name,"
                        "ordinal_position,constraint_type,referenced_table_schema,"
                        "referenced_table_name,referenced_column_name",
    "referential_constraints": "constraint_schema,constraint_name,unique_constraint_table,"
                               "match_option,update_rule,delete_rule",
    "views": "table_catalog,table_schema,table_name,view_definition",
    "indexes": "table_schema,table_name,non_unique,index_name,ordinal_position,column_name,"
               "primary_key",
}

# The first that occurs in a declared type names the type that IRIS would show.
_DATA_TYPES = (("BIGINT", "bigint"), ("SMALLINT", "smallint"), ("INT", "integer"), ("BIT", "bit"),
               ("DOUBLE", "double"), ("FLOAT", "double"), ("REAL", "double"),
               ("NUMERIC", "numeric"), ("DECIMAL", "numeric"), ("TIMESTAMP", "timestamp"),
               ("DATE", "date"), ("TIME", "time"), ("VECTOR", "vector"),
               ("VARBINARY", "varbinary"), ("CHAR", "varchar"), ("TEXT", "longvarchar"))


def _fill_information_schema(database):
    for name, columns in _INFORMATION_SCHEMA.items():
        database.execute(f"CREATE TEMP TABLE IF NOT EXISTS is_{name}({columns})")
        database.execute(f"DELETE FROM is_{name}")
    _insert(database, "schemata", catalog_name="USER", schema_name="SQLUser",
            schema_owner="_SYSTEM")
    relations = database.execute(
        "SELECT name, type FROM main.sqlite_master WHERE type IN ('table', 'view')").fetchall()
    for name, kind in relations:
        _insert(database, "tables", table_catalog="USER", table_schema="SQLUser", table_name=name,
                table_type="BASE TABLE" if kind == "table" else "VIEW",
                classname="User." + name, description="")
        _describe_columns(database, name)


def _describe_columns(database, table):
    key = []
    columns = database.execute('PRAGMA main.table_info("%s")' % table).fetchall()
    for number, column, declared, not_null, default, in_key in columns:
        declared = (declared or "VARCHAR").upper()
        data_type = next((shown for part, shown in _DATA_TYPES if part in declared), "varchar")
        size = re.search(r"\((\d+)", declared)
        _insert(database, "columns", table_catalog="USER", table_schema="SQLUser",
                table_name=table, column_name=column, ordinal_position=number + 1,
                column_default=default, is_nullable="NO" if not_null else "YES",
                is_identity="NO", is_generated="NO", data_type=data_type,
                character_maximum_length=int(size[1]) if size and data_type == "varchar" else None,
                collation_name="", auto_increment="NO", unique_column="NO",
                primary_key="YES" if in_key else "NO", description="")
        if in_key:
            key.append(column)
    if key:
        _insert(database, "table_constraints", table_schema="SQLUser", table_name=table,
                constraint_name=table + "_pkey", constraint_type="PRIMARY KEY",
                constraint_schema="SQLUser", is_deferrable="NO", initially_deferred="NO")
    for position, column in enumerate(key, 1):
        _insert(database, "key_column_usage", constraint_schema="SQLUser",
                constraint_name=table + "_pkey", table_schema="SQLUser", table_name=table,
                column_name=column, ordinal_position=position, constraint_type="PRIMARY KEY")


def _insert(database, table, **values):
    """A column that is not named gets NULL."""
    database.execute("INSERT INTO is_%s(%s) VALUES (%s)"
                     % (table, ",".join(values), ",".join("?" * len(values))),
                     tuple(values.values()))


# ---- from IRIS's SQL to SQLite's -------------------------------------------------------------

_STRING_LITERAL = re.compile(r"('(?:[^']|'')*')")

# For text outside of string literals.
_REWRITES = [(re.compile(pattern, re.I), replacement) for pattern, replacement in (
    (r'(\bSQLUser\b|"SQLUser")\s*\.\s*', ""),
    (r'\bpg_catalog\s*\.\s*"?(pg_\w+)"?', r"\1"),
    (r"\bPGWire\s*\.\s*(?=\w)", "PGWIRE_"),
    (r"%INLIST\s+(PGWIRE_PG_ARRAY\s*\(\s*\?\s*\))", r"IN (SELECT value FROM json_each(\1))"),
    (r"(?<![\w%])%ID\b", "rowid"),
    (r"\bINFORMATION_SCHEMA\s*\.\s*(\w+)", lambda match: "is_" + match[1].lower()),
    (r"\bIDENTITY\b", "INTEGER PRIMARY KEY AUTOINCREMENT"),
    (r"%(EXACT|SQLUPPER|NOLOCK)\b", ""),
    (r"\s+WITH\s+%CLASSPARAMETER\s+\w+\s*=\s*\d+", ""),
    (r"\bDOUBLE\s+PRECISION\b", "DOUBLE"),
    (r"\bVECTOR\s*\(\s*\w+\s*,\s*\d+\s*\)", "VECTOR"),
)]

# TO_VECTOR(x, DOUBLE[, n]): where x is a literal or a parameter, and where it is something else.
_TO_VECTOR_OF_VALUE = re.compile(
    r"(TO_VECTOR\s*\(\s*(?:\?|'[^']*'))\s*,\s*\w+\s*(?:,\s*\d+\s*)?\)", re.I)
_TO_VECTOR_TYPE = re.compile(
    r",\s*(DOUBLE|FLOAT|DECIMAL|INT|INTEGER)\s*(,\s*\d+\s*)?\)"
    r"(?=\s*(\)|,|$|ORDER|FROM|AS|>|<|=))", re.I)

_SELECT_TOP = re.compile(r"\s*SELECT\s+(DISTINCT\s+)?TOP\s+(\d+|\?|ALL)\s+(.*)$", re.I | re.S)


def _rewrite_part(part):
    for pattern, replacement in _REWRITES:
        part = pattern.sub(replacement, part)
    if re.search("TO_VECTOR", part, re.I):
        part = _TO_VECTOR_TYPE.sub(")", part)
    return part


def _rewrite(sql):
    if sql.rstrip().endswith(";"):
        sql = sql.rstrip().rstrip(";")  # IRIS itself: sometimes SQLCODE -25 or -52
    parts = _STRING_LITERAL.split(sql)  # every second one is a literal
    sql = "".join(part if i % 2 else _rewrite_part(part) for i, part in enumerate(parts))
    sql = _TO_VECTOR_OF_VALUE.sub(r"\1)", sql)
    top = _SELECT_TOP.match(sql)
    if top:
        distinct, count, rest = top.groups()
        sql = "SELECT %s%s" % (distinct or "", rest)
        if count.isdigit():
            sql += " LIMIT " + count
    return sql.replace("\x00", "")


# SQLite's message, and the SQLCODE and message that IRIS has for it.
_ERRORS = (
    (r"no such table: (\S+)", -30, "Table 'SQLUSER.%s' not found"),
    (r"no such column: (\S+)", -29, "Field '%s' not found in the applicable tables"),
    (r"no such function: (\S+)", -359, "SQL Function (function stored procedure) '%s' not found"),
    (r"UNIQUE constraint failed: (\S+)", -119,
     "UNIQUE or PRIMARY KEY constraint failed uniqueness check: %s"),
    (r"NOT NULL constraint failed: (\S+)", -108, "Missing value for '%s': NOT NULL"),
    (r"table (\S+) already exists", -201, "Table '%s' already exists"),
    (r'near "(.*?)": syntax', -1, "Invalid SQL statement, near %s"),
)


def _as_iris_error(error):
    for pattern, sqlcode, message in _ERRORS:
        match = re.search(pattern, str(error))
        if match:
            return SQLError(message % match[1], sqlcode)
    return SQLError(str(error), -400)


# ---- statements ------------------------------------------------------------------------------

_NO_STATEMENT = ("SET ", "DEALLOCATE")
_UNEXPECTED = ("BEGIN", "VALUES", "EXPLAIN", "LISTEN", "DECLARE", "FETCH", "PRAGMA")
_CATALOGUE_VIEW = re.compile(
    r"\s*(CREATE|DROP)\s+VIEW\s+pg_catalog\.(\w+)(?:\s+AS\s+(.*))?$", re.I | re.S)
_READS_CATALOGUE = re.compile(
    r"\bpg_(namespace|class|constraint|views|attribute|attrdef|depend|extension|index|policy|"
    r"rewrite)\b", re.I)
_NOTHING = [], None, 0


def _run(sql, params, database):
    """Returns rows, SQLite's description of the columns (None without any), and the row count."""
    if _LOG:
        with open(_LOG, "a") as log:
            log.write(json.dumps([sql, [repr(value) for value in params]]) + "\n")
    with _LOCK:
        try:
            return _execute(sql, params, database)
        except SQLError:
            raise
        except Exception as error:
            raise _as_iris_error(error)


def _execute(sql, params, database):
    global _last_identity
    upper = sql.strip().rstrip(";").upper()

    if upper.startswith("START TRANSACTION") or (upper == "BEGIN" and _ACCEPT_BEGIN):
        if not database.in_transaction:
            database.execute("BEGIN")
        return _NOTHING
    if upper in ("COMMIT", "ROLLBACK", "COMMIT WORK", "ROLLBACK WORK"):
        if database.in_transaction:
            database.execute(upper.split()[0])
        return _NOTHING
    if upper.startswith(_NO_STATEMENT):
        raise SQLError("Invalid SQL statement: " + sql, -1)
    if upper.startswith(_UNEXPECTED):
        raise SQLError("SELECT,INSERT,UPDATE... expected, %s found" % upper.split()[0], -25)
    if upper.startswith("CREATE OR REPLACE FUNCTION PGWIRE."):
        return _NOTHING  # ObjectScript: _FUNCTIONS has it
    view = _CATALOGUE_VIEW.match(sql)
    if view:
        verb, name, body = view.groups()
        _catalogue_views.pop(name.lower(), None)
        if verb.upper() == "CREATE":
            _catalogue_views[name.lower()] = _rewrite(body)
        return _NOTHING

    if "INFORMATION_SCHEMA" in upper or (_catalogue_views and _READS_CATALOGUE.search(upper)):
        _fill_information_schema(database)
        for name, body in _catalogue_views.items():
            database.execute(f"DROP VIEW IF EXISTS temp.{name}")
            database.execute(f"CREATE TEMP VIEW {name} AS {body}")
    cursor = database.execute(_rewrite(sql), [_parameter(value) for value in params])
    if upper.startswith("INSERT"):
        _last_identity = cursor.lastrowid
    rows = cursor.fetchall() if cursor.description else []
    return rows, cursor.description, cursor.rowcount


def _parameter(value):
    return value if value is None or isinstance(value, (int, float, bytes)) else str(value)


# ---- what the server sees --------------------------------------------------------------------

class _ResultSet(list):
    @property
    def ResultSet(self):
        return self


class _SQL:
    """iris.sql of embedded Python."""

    @staticmethod
    def exec(sql, *params):
        rows, _, count = _run(sql, params, _shared)
        if sql.strip().upper().startswith(("UPDATE", "DELETE")) and count == 0:
            raise SQLError("", 100)  # 1.0.1 has a handler for exactly this
        return _ResultSet([_logical(value) for value in row] for row in rows)


def _logical(value):
    """IRIS's logical values: NULL is '', and the empty string is $CHAR(0)."""
    if value is None:
        return ""
    return "\x00" if value == "" else value


class _Cursor:
    description = None
    rowcount = -1

    def __init__(self, database):
        self._database = database

    def execute(self, sql, params=()):
        self._rows, columns, self.rowcount = _run(sql, tuple(params or ()), self._database)
        self._next = 0
        self.description = None
        if columns:
            first = self._rows[0] if self._rows else [None] * len(columns)
            codes = {int: 4, float: 8, str: 12, bytes: -3}
            self.description = [(column[0], codes.get(type(value), 12), None, None, None, None, True)
                                for column, value in zip(columns, first)]
        return 0

    def executemany(self, sql, sequence):
        for params in sequence:
            self.execute(sql, params)

    def fetchone(self):
        if self._next < len(self._rows):
            self._next += 1
            return tuple(self._rows[self._next - 1])

    def fetchall(self):
        rows = [tuple(row) for row in self._rows[self._next:]]
        self._next = len(self._rows)
        return rows

    def close(self):
        pass


class _Connection:
    def __init__(self):
        self._database = _shared if _FILE == ":memory:" else _open_database()

    def cursor(self):
        return _Cursor(self._database)

    def commit(self):
        _run("COMMIT", (), self._database)

    def rollback(self):
        _run("ROLLBACK", (), self._database)

    def close(self):
        if self._database is not _shared:
            self._database.close()


def connect(*_, **__):
    return _Connection()


# `import iris.dbapi` is used from 1.3 on.
__path__ = []
dbapi = types.ModuleType(__name__ + ".dbapi")
dbapi.connect = connect
sys.modules[dbapi.__name__] = dbapi

if _MODE == "embedded":
    sql = _SQL()
    if not _OFFER_CONNECT:
        del connect, sys.modules[dbapi.__name__], dbapi
