#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""House rules that no compiler checks: include directions, what pure code may use, and that a type
name stands for one type in the whole program (two of them are undefined behaviour at link time)."""
import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
problems = []


def includes(path):
    return re.findall(r'^#include [<"]([^>"]+)[>"]', path.read_text(), re.M)


def sources(*folders):
    return [f for folder in folders for f in sorted((ROOT / folder).rglob("*")) if f.suffix in (".h", ".cc")]


# probes -> probes; verdict -> probes and itself; nobody below the daemon includes the daemon.
for path in sources("probes"):
    for name in includes(path):
        if name.startswith(("daemon/", "tests/")):
            problems.append(f"{path.relative_to(ROOT)}: probes must not include {name}")
for path in sources("daemon/verdict"):
    for name in includes(path):
        if name.startswith("daemon/") and not name.startswith("daemon/verdict/"):
            problems.append(f"{path.relative_to(ROOT)}: verdict must not include {name}")
        if re.match(r"(curl|spdlog|sqlite3|openssl|nlohmann|toml)", name):
            problems.append(f"{path.relative_to(ROOT)}: verdict links no {name}")
for path in sources("daemon/notify"):
    for name in includes(path):
        if name.startswith("daemon/") and not name.startswith(("daemon/notify/", "daemon/verdict/")):
            problems.append(f"{path.relative_to(ROOT)}: notify must not include {name}")

# Pure code samples no clock, owns no thread, throws no dice and opens no file.
IMPURE = re.compile(r"(::now\(\)|<thread>|<mutex>|<random>|<fstream>|<filesystem>|\brand\(\))")
for path in sources("probes", "daemon/verdict"):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if IMPURE.search(line):
            problems.append(f"{path.relative_to(ROOT)}:{number}: pure code must not use {IMPURE.search(line)[0]}")

# One name, one type.
seen = collections.defaultdict(set)
for path in sources("probes", "daemon"):
    text = path.read_text()
    if path.suffix != ".h":
        continue
    namespace = re.search(r"^namespace ([\w:]+)", text, re.M)
    for name in re.findall(r"^(?:struct|class|enum class) (\w+)(?!::)\b[^;{:]*(?::[^:;{][^;{]*)?\{", text, re.M):
        seen[(namespace[1] if namespace else "", name)].add(path.relative_to(ROOT).as_posix())
for (namespace, name), files in sorted(seen.items()):
    if len(files) > 1:
        problems.append(f"{namespace}::{name} is defined in {', '.join(sorted(files))}")

print("\n".join(problems) or "layout: ok")
sys.exit(1 if problems else 0)
