"""Check a published ledger: python3 check_ledger.py FILE [a head noted earlier]"""

import hashlib
import json
import sys
from pathlib import Path


def canonical(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(data):
    return hashlib.sha256(data).hexdigest()


def check(holds, line, what):
    holds or sys.exit(f"Line {line}: {what}. The ledger does NOT hold.")


def read(raw, line):
    try:
        value = json.loads(raw)
    except ValueError:
        value = None
    check(isinstance(value, dict) and canonical(value) == raw, line, "it was rewritten")
    return value


lines = Path(sys.argv[1]).read_bytes().split(b"\n")
check(
    len(lines) > 3 and lines.pop() == b"",
    len(lines),
    "the file is cut off or has more after its end",
)
head, heads = "0" * 64, set()
for line, raw in enumerate(lines[1:-1], 2):
    entry = read(raw if line == len(lines) - 1 else raw.removesuffix(b","), line)
    stated = entry.pop("hash", "")
    check(entry.get("seq") == line - 1, line, "an entry is missing or out of its place")
    check(entry.get("prev") == head, line, "it does not follow the entry before it")
    check(digest(canonical(entry)) == stated, line, "the entry was changed")
    head = stated
    heads.add(head)
check(lines[-1].startswith(b'],"closing":'), len(lines), "this is not the closing line")
closing = read(lines[-1][12:-1], len(lines))
check(
    closing.pop("checksum", "") == digest(canonical(closing)),
    len(lines),
    "the closing line was changed",
)
check(closing.get("header") == digest(lines[0]), 1, "the header was changed")
check(
    (closing.get("head"), closing.get("entries")) == (head, len(heads)),
    len(lines),
    "the end was cut off",
)
check(set(sys.argv[2:]) <= heads, len(lines), "the head noted earlier is not in it")
sys.stdout.write(f"The ledger holds: {len(heads)} entries, head {head}\n")
