#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the whole daemon costs (journal, judge and metrics at work), beside blackbox_exporter, the
monitoring plugins and a bare client, in the same run. Each goal is a line: figure, peer, floor, ratio,
goal, met or not. Servers have the first core, who probes has the last; medians of several rounds."""
import argparse
import contextlib
import dataclasses
import http.server
import json
import os
import pathlib
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/e2e"))
import support  # noqa: E402
from support import Authority, Program, Receiver, fetch, free_port, wait_for  # noqa: E402

HOST = "127.0.0.1"  # addresses, so that nobody's resolver is measured with it
PAGE = b"<!doctype html><html><head><title>Shop</title></head><body><h1>Add to bag</h1></body></html>\n"
CORES = sorted(os.sched_getaffinity(0))
SERVERS, PROBER = {CORES[0]}, {CORES[-1]}
TICKS = os.sysconf("SC_CLK_TCK")
SLOW_MS = 2000  # of the server that answers late: at 500 looks a second, 1,000 are in flight


@dataclasses.dataclass
class Line:
    """One goal. `figure`, `peer` and `floor` have the unit of `unit`; `ratio` is figure to peer."""
    name: str
    unit: str
    figure: float
    goal: str
    met: bool
    peer: float | None = None
    floor: float | None = None
    ratio: float | None = None
    spread: float | None = None  # of the figure: (max - min) / median over the rounds
    note: str = ""


@dataclasses.dataclass
class Sizes:
    """How much is done; `short` shows that the harness works and says nothing about times."""
    rounds: int = 3
    seconds: float = 8.0       # watched, in each round
    requests: int = 6000       # of the peer and of the floor, in each round
    handshakes: int = 1500
    plugins: int = 60
    targets: int = 3000        # looked at every second
    tls_targets: int = 500
    kept_targets: int = 1000   # every 3 s: their first handshakes must not overload it
    slow_targets: int = 5000   # every 10 s: 500 a second
    idle_targets: int = 10_000
    all_targets: int = 100_000
    idle_seconds: float = 60.0

    @staticmethod
    def short():
        return Sizes(rounds=1, seconds=2.0, requests=200, handshakes=50, plugins=3, targets=50, tls_targets=20,
                     kept_targets=50, slow_targets=100, idle_targets=200, all_targets=1000, idle_seconds=2.0)


def cpu_seconds(pid):
    """User and system time of all threads, to the nanosecond where the kernel keeps it."""
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            total += int((task / "schedstat").read_text().split()[0])
    if total:
        return total / 1e9
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(pid, field="VmRSS"):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"^{field}:\s+(\d+) kB", text, re.M)[1]) / 1024


def progress(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


class Bench:
    def __init__(self, binary, floor, sizes):
        self.binary, self.floor_path, self.sizes = binary, floor, sizes
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="bellwether-bench-"))
        self.directory.chmod(0o755)
        self.parts = []
        self.serial = 0
        self.lines = []

    def close(self):
        for part in reversed(self.parts):
            part.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def start(self, name, words, cores, env=None):
        part = Program(self.directory, name, words, env)
        with contextlib.suppress(ProcessLookupError):
            os.sched_setaffinity(part.process.pid, cores)
        self.parts.append(part)
        return part

    def end(self, part):
        part.stop()
        self.parts.remove(part)

    def say(self, line):
        self.lines.append(line)
        progress(shown(line))

    # --- the servers and the peers

    def start_servers(self):
        authority = Authority(self.directory, "Bench")
        authority.issue(self.directory / "leaf", [HOST])
        system = pathlib.Path("/etc/ssl/certs/ca-certificates.crt").read_text()
        # What a Debian machine trusts, and the one that signed our server.
        self.bundle = self.directory / "bundle.pem"
        self.bundle.write_text(system + authority.pem)
        self.http, self.https, self.slow = free_port(), free_port(), free_port()
        www = self.directory / "www"
        www.mkdir()
        (www / "index.html").write_bytes(PAGE)
        temp = "".join(f"  {kind}_temp_path {self.directory}/temp-{kind};\n"
                       for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;" if os.geteuid() == 0 else ""
        (self.directory / "nginx.conf").write_text(f"""daemon off;
{user}
worker_processes 1;
worker_rlimit_nofile 32768;
pid {self.directory}/nginx.pid;
error_log {self.directory}/error.log crit;
events {{ worker_connections 16384; }}
http {{
  access_log off;
  types {{ text/html html; }}
  keepalive_timeout 600s;
  keepalive_requests 1000000;
{temp}
  server {{ listen 127.0.0.1:{self.http} backlog=4096; root {www}; }}
  server {{
    listen 127.0.0.1:{self.https} ssl backlog=4096;
    root {www};
    ssl_certificate {self.directory}/leaf.crt;
    ssl_certificate_key {self.directory}/leaf.key;
    ssl_session_tickets off;
  }}
}}
""")
        self.nginx = self.start("nginx", ["nginx", "-e", f"{self.directory}/error.log", "-p", str(self.directory),
                                          "-c", f"{self.directory}/nginx.conf"], SERVERS)
        self.nginx.listens("127.0.0.1", self.http)
        self.start("slow", [self.floor_path, "slow", str(self.slow), str(SLOW_MS)], SERVERS).listens(
            "127.0.0.1", self.slow)

    def start_blackbox(self):
        self.blackbox = None
        program = shutil.which("prometheus-blackbox-exporter", path=support.PATH)
        if not program:
            progress("blackbox_exporter is not installed: lines have no peer")
            return
        config = self.directory / "blackbox.yml"
        modules = {
            "http": "prober: http\n    timeout: 5s\n    http: {preferred_ip_protocol: ip4}",
            "own": "prober: http\n    timeout: 5s\n    http: {preferred_ip_protocol: ip4, tls_config: {ca_file: "
                   f'"{self.bundle}"' "}}",
            "tcp": "prober: tcp\n    timeout: 5s\n    tcp: {preferred_ip_protocol: ip4}",
        }
        config.write_text("modules:\n" + "".join(f"  {name}:\n    {text}\n" for name, text in modules.items()))
        self.blackbox_port = free_port()
        # Its "system roots": read once, by Go, from where this names.
        self.blackbox = self.start("blackbox", [
            program, f"--config.file={config}", f"--web.listen-address=127.0.0.1:{self.blackbox_port}",
            "--log.level=error"], PROBER, {"SSL_CERT_FILE": str(self.bundle), "GOMAXPROCS": "1"})
        self.blackbox.listens("127.0.0.1", self.blackbox_port)

    def floor(self, what, port, count, concurrency=50):
        words = [self.floor_path, what, "127.0.0.1", str(port), str(count), str(concurrency), "/"]
        if what == "https":
            words += [HOST, str(self.bundle)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=600, check=True,
                              preexec_fn=lambda: os.sched_setaffinity(0, PROBER))
        result = json.loads(done.stdout)
        if result["ok"] != result["count"]:
            raise AssertionError(f"the floor failed: {result}")
        return result["count"] / result["cpu_s"]

    def blackbox_rate(self, module, target, count):
        """Probes per second of its CPU, driven by 50 at a time from the servers' core."""
        if self.blackbox is None:
            return None
        path = f"/probe?module={module}&target={target}"
        if "probe_success 1" not in (fetch(f"http://127.0.0.1:{self.blackbox_port}{path}") or ""):
            why = fetch(f"http://127.0.0.1:{self.blackbox_port}{path}&debug=true")
            raise AssertionError(f"blackbox_exporter does not succeed: {why}")
        before = cpu_seconds(self.blackbox.process.pid)
        # It sends its answer in chunks: the driver that counts is Python's, on the servers' core.
        drive(self.blackbox_port, path, count, 50)
        return count / (cpu_seconds(self.blackbox.process.pid) - before)

    def plugin_rate(self, words, count):
        program = shutil.which(words[0], path=support.PATH + ":/usr/lib/nagios/plugins")
        if not program:
            return None
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        for _ in range(count):
            subprocess.run([program, *words[1:]], stdout=subprocess.DEVNULL, check=True, timeout=60,
                           preexec_fn=lambda: os.sched_setaffinity(0, PROBER))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return count / (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    # --- bellwether

    def config(self, targets, *, interval, deadline=None, handshake_every="0s", more=""):
        """`targets`: the text of each target after its id and function."""
        self.serial += 1
        directory = self.directory / f"run-{self.serial}"
        directory.mkdir()
        self.port = free_port()
        text = f"""state_directory = "{directory}/state"
[web]
listen = "127.0.0.1:{self.port}"
[net]
ca_file = "{self.bundle}"
[organisation]
name = "Bench"
domain = "bench.example"
[defaults]
interval = "{interval}"
deadline = "{deadline or interval}"
handshake_every = "{handshake_every}"
[[function]]
id = "browse"
{more}
"""
        text += "".join(f'[[target]]\nid = "t{i}"\nfunction = "browse"\n{target}\n' for i, target in enumerate(targets))
        path = directory / "bellwether.toml"
        path.write_text(text)
        return path

    def config_of_list(self, count, interval):
        """As many pages, from a file of their own."""
        urls = self.directory / f"urls-{count}.txt"
        urls.write_text("".join(f"http://127.0.0.1:{self.http}/?{i}\n" for i in range(count)))
        return self.config([], interval=interval, deadline="10s", more=f'''[[target_set]]
list = "{urls}"
kind = "page"
function = "browse"
''')

    def run(self, config, env=None):
        self.serial += 1
        daemon = self.start(f"bellwether-{self.serial}", [self.binary, "run", "--config", str(config)], PROBER, env)
        daemon.answers(f"http://127.0.0.1:{self.port}/-/healthy")
        return daemon

    def metric(self, name):
        """Of the daemon itself. They come first: the series of all targets are not waited for."""
        with support.DIRECT.open(f"http://127.0.0.1:{self.port}/metrics", timeout=60) as answer:
            for line in answer:
                series, _, value = line.decode().strip().rpartition(" ")
                if series == name:
                    return float(value)
        raise AssertionError(f"no metric {name}")

    def looks(self):
        return self.metric("bellwether_observations_total")

    def failures(self):
        text = fetch(f"http://127.0.0.1:{self.port}/metrics", 60) or ""
        return sum(float(value) for value in
                   re.findall(r"^bellwether_probe_failures_total\{.*\} (\S+)$", text, re.M))

    def rate(self, config, count):
        """Looks per second of CPU, once every target has been looked at a few times; none may fail."""
        daemon = self.run(config)
        wait_for("every target was looked at twice", lambda: self.looks() >= 2 * count, 60)
        failed = self.failures()
        looks, cpu = self.looks(), cpu_seconds(daemon.process.pid)
        time.sleep(self.sizes.seconds)
        done, used = self.looks() - looks, cpu_seconds(daemon.process.pid) - cpu
        if self.failures() > failed:
            raise AssertionError(f"healthy servers were said to fail:\n{daemon.said()[-2000:]}")
        self.end(daemon)
        return done / used

    # --- the goals

    def throughput(self, name, config, count, peer, floor, goals, plugin=None):
        """`goals`: (least ratio to the peer, least ratio to the floor or None)."""
        ours, peers, floors, plugins = [], [], [], []
        for turn in range(self.sizes.rounds):
            progress(f"{name}, round {turn + 1} of {self.sizes.rounds}")
            floors.append(floor())
            peers.append(peer())
            ours.append(self.rate(config(), count))
            if plugin:
                plugins.append(plugin())
        figure, base = statistics.median(ours), statistics.median(floors)
        other = statistics.median(peers) if peers[0] is not None else None
        to_peer, to_floor = goals
        ratio = figure / other if other else None
        met = (ratio is not None and ratio >= to_peer) and (to_floor is None or figure / base >= to_floor)
        note = f"{figure / base:.2f} of the floor"
        if plugins and plugins[0] is not None:
            note += f"; the monitoring plugin does {statistics.median(plugins):.0f}/CPU-s"
        goal = f">= {to_peer}x peer" + (f" and >= {to_floor} of floor" if to_floor else "")
        self.say(Line(name, "1/CPU-s", figure, goal, met, other, base, ratio,
                               (max(ours) - min(ours)) / figure, note))

    def http_fresh(self):
        url = f"http://127.0.0.1:{self.http}/"
        self.throughput(
            "http, fresh connection",
            lambda: self.config([f'kind = "page"\nurl = "{url}"'] * self.sizes.targets, interval="1s"),
            self.sizes.targets,
            lambda: self.blackbox_rate("http", url, self.sizes.requests),
            lambda: self.floor("http", self.http, 3 * self.sizes.requests), (5, 0.27),
            lambda: self.plugin_rate(["check_http", "-I", "127.0.0.1", "-p", str(self.http)], self.sizes.plugins))

    def https_fresh_and_kept(self):
        n = self.sizes
        url = f"https://{HOST}:{self.https}/"
        page = f'kind = "page"\nurl = "{url}"'

        def fresh():
            return self.config([page] * n.tls_targets, interval="1s")

        def kept():
            return self.config([page] * n.kept_targets, interval="3s", handshake_every="5m")

        def floor():
            return self.floor("https", self.https, n.handshakes)

        def roots():
            return self.blackbox_rate("http", url, n.handshakes)

        def own():
            return self.blackbox_rate("own", url, max(20, n.handshakes // 10))

        plugin = ["check_http", "-S", "-I", HOST, "-p", str(self.https)]
        self.throughput("https, fresh, verified, system roots", fresh, n.tls_targets, roots, floor, (1.05, None),
                        lambda: self.plugin_rate(plugin, n.plugins))
        self.throughput("https, fresh, verified, own bundle", fresh, n.tls_targets, own, floor, (8, None))
        self.throughput("https in steady state, default handshakes", kept, n.kept_targets, roots, floor, (8, None))

    def tcp(self):
        self.throughput(
            "TCP connect",
            lambda: self.config([f'kind = "tcp"\nhost = "127.0.0.1"\nport = {self.http}'] * self.sizes.targets,
                                interval="1s"), self.sizes.targets,
            lambda: self.blackbox_rate("tcp", f"127.0.0.1:{self.http}", self.sizes.requests),
            lambda: self.floor("tcp", self.http, 5 * self.sizes.requests), (8, None),
            lambda: self.plugin_rate(["check_tcp", "-H", "127.0.0.1", "-p", str(self.http)], self.sizes.plugins))

    def slow_probes(self):
        """1,000 looks in flight, 500 begun a second: what they take, and how wrong their durations are."""
        n = self.sizes
        interval = n.slow_targets / 500
        in_flight = 500 * SLOW_MS // 1000 if n.slow_targets >= 1000 else n.slow_targets
        interval = f"{max(4, round(interval))}s"
        errors, more, turns = [], [], []
        for turn in range(n.rounds):
            progress(f"slow probes, round {turn + 1} of {n.rounds}")
            daemon = self.run(self.config([f'kind = "page"\nurl = "http://127.0.0.1:{self.http}/"'] * n.slow_targets,
                                          interval=interval))
            wait_for("every target was looked at twice", lambda: self.looks() >= 2 * n.slow_targets, 120)
            quick = memory_mb(daemon.process.pid, "VmHWM")
            self.end(daemon)
            page = f'kind = "page"\nurl = "http://127.0.0.1:{self.slow}/"\nslow = "3s"'
            daemon = self.run(self.config([page] * n.slow_targets, interval=interval))
            wait_for("every target was looked at twice", lambda: self.looks() >= 2 * n.slow_targets, 120)
            more.append(memory_mb(daemon.process.pid, "VmHWM") - quick)
            turns.append(1000 * self.metric("bellwether_loop_longest_turn_cpu_seconds"))
            text = fetch(f"http://127.0.0.1:{self.port}/metrics", 60)
            taken = [float(value) for value in
                     re.findall(r"^bellwether_probe_duration_seconds\{.*\} (\S+)$", text, re.M)]
            errors.append(sorted(abs(seconds * 1000 - SLOW_MS) for seconds in taken))
            self.end(daemon)
        p99 = [sample[int(len(sample) * 0.99)] for sample in errors]
        figure = statistics.median(p99)
        self.say(Line(f"duration error, {in_flight} in flight, 500/s, p99", "ms", figure, "<= 2 ms", figure <= 2,
                               spread=(max(p99) - min(p99)) / max(figure, 1e-9),
                               note=f"median {statistics.median(errors[-1]):.2f} ms, the server's own lateness in it"))
        figure = statistics.median(more)
        self.say(Line(f"memory more at {in_flight} slow probes in flight", "MB", figure, "<= 32 MB", figure <= 32,
                               spread=(max(more) - min(more)) / max(abs(figure), 1e-9)))

        figure = statistics.median(turns)
        self.say(Line(f"longest turn meanwhile, {n.slow_targets} targets", "ms", figure, "<= 50 ms", figure <= 50,
                      note="of the thread's CPU time"))

    def many_targets(self):
        """Idle targets: what each costs in memory, how soon the first is looked at, what a scrape costs."""
        n = self.sizes
        per_target, starts, scrapes, extra, series = [], [], [], [], 0
        page = f'kind = "page"\nurl = "http://127.0.0.1:%d/"'
        for turn in range(n.rounds):
            progress(f"{n.idle_targets} targets, round {turn + 1} of {n.rounds}")
            daemon = self.run(self.config([page % self.http] * 10, interval="10s"))
            wait_for("every target was looked at twice", lambda: self.looks() >= 20, 60)
            few = memory_mb(daemon.process.pid)
            self.end(daemon)
            daemon = self.run(self.config_of_list(n.idle_targets, "30s"))
            wait_for("every target was looked at twice", lambda: self.looks() >= 2 * n.idle_targets, 180)
            pid = daemon.process.pid
            per_target.append((memory_mb(pid) - few) * 1024 / (n.idle_targets - 10))
            # What the looks cost meanwhile is taken off by watching as long without a scrape.
            def used(action):
                before, began = cpu_seconds(pid), time.monotonic()
                action()
                return cpu_seconds(pid) - before, time.monotonic() - began
            url = f"http://127.0.0.1:{self.port}/metrics"
            def scrape():
                nonlocal series
                series = sum(1 for line in fetch(url, 60).splitlines() if not line.startswith("#"))
            before = memory_mb(pid, "VmHWM")
            scrape()
            extra.append(memory_mb(pid, "VmHWM") - before)
            idle, seconds = used(lambda: time.sleep(2))
            costs, took = used(lambda: [scrape() for _ in range(5)])
            scrapes.append((costs - idle / seconds * took) / 5 * 1000 * 100_000 / series)
            self.end(daemon)
            starts.append(self.first_probe(n.idle_targets))
        def add(name, unit, values, limit, note=""):
            figure = statistics.median(values)
            self.say(Line(name, unit, figure, f"<= {limit} {unit}", figure <= limit,
                                   spread=(max(values) - min(values)) / max(abs(figure), 1e-9), note=note))
        add("memory of an idle target", "KB", per_target, 4, f"of {n.idle_targets} pages, looked at twice")
        add("/metrics, 100,000 series, CPU", "ms", scrapes, 30, f"from {series} series")
        add("/metrics, extra memory", "MB", extra, 2, f"peak, {series} series")
        add(f"start to first probe, {n.idle_targets} targets", "s", starts, 1)

    def hundred_thousand(self):
        progress(f"{self.sizes.all_targets} targets")
        daemon = self.run(self.config_of_list(self.sizes.all_targets, "60s"))
        wait_for("every target was looked at", lambda: self.looks() >= 1.1 * self.sizes.all_targets, 300)
        figure = memory_mb(daemon.process.pid)
        self.end(daemon)
        self.say(Line(f"memory of {self.sizes.all_targets:,} targets", "MB", figure, "<= 600 MB", figure <= 600,
                      note="pages, looked at every 60 s"))

    def idle(self):
        """What a small set-up costs a machine that has other work: ten pages, looked at every minute."""
        daemon = self.run(self.config([f'kind = "page"\nurl = "http://127.0.0.1:{self.http}/"'] * 10, interval="60s"))
        wait_for("every target was looked at", lambda: self.looks() >= 10, 60)
        progress("ten targets")
        before, began = cpu_seconds(daemon.process.pid), time.monotonic()
        time.sleep(self.sizes.idle_seconds)
        figure = 100 * (cpu_seconds(daemon.process.pid) - before) / (time.monotonic() - began)
        self.end(daemon)
        self.say(Line("CPU with 10 targets every minute", "%", figure, "<= 0.2 %", figure <= 0.2))

    def first_probe(self, count):
        """Seconds from exec until somebody connects."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(60)
            url = f"http://127.0.0.1:{server.getsockname()[1]}/"
            config = self.config([f'kind = "page"\nurl = "{url}"'] * count, interval="30s")
            began = time.monotonic()
            daemon = self.start("first", [self.binary, "run", "--config", str(config)], PROBER)
            peer, _ = server.accept()
            took = time.monotonic() - began
            peer.close()
        self.end(daemon)
        return took

    def alert(self):
        """From the first look that failed to the alert's arrival, whatever the interval."""
        took = []
        for turn in range(self.sizes.rounds):
            progress(f"alert, round {turn + 1} of {self.sizes.rounds}")
            receiver = Receiver()
            port = free_port()
            shop = Shop(port)
            url = f"http://127.0.0.1:{port}/"
            config = self.config(
                [f'kind = "page"\nurl = "{url}{i}"' for i in range(3)], interval="10s",
                more='[[destination]]\nid = "hook"\nkind = "webhook"\nurl = "${HOOK_URL}"\nsecret = "${HOOK_SECRET}"')
            daemon = self.run(config, {"HOOK_URL": receiver.url, "HOOK_SECRET": receiver.secret})
            wait_for("every target was looked at a few times", lambda: self.looks() >= 12, 120)
            shop.fail()
            wait_for("the alert has come", lambda: receiver.messages, 60)
            took.append(receiver.messages[0]["arrived"] - shop.failed_at)
            self.end(daemon)
            receiver.stop()
            shop.stop()
        figure = statistics.median(took)
        self.say(Line("first failed probe to the alert's delivery", "s", figure, "<= 1 s", figure <= 1,
                               spread=(max(took) - min(took)) / figure, note="targets are looked at every 10 s"))


class Shop:
    """A server that can begin to fail, and knows when it first did so to somebody."""

    def __init__(self, port):
        self.is_failing, self.failed_at = False, None
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if outer.is_failing and outer.failed_at is None:
                    outer.failed_at = time.monotonic()
                self.send_response(503 if outer.is_failing else 200)
                self.send_header("Content-Length", str(len(PAGE)))
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(PAGE)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def fail(self):
        self.is_failing = True

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def drive(port, path, count, concurrency):
    """GETs over kept connections; reads each answer whole."""
    left = iter(range(count))
    lock = threading.Lock()
    trouble = []

    def work():
        import http.client
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            while True:
                with lock:
                    if next(left, None) is None:
                        return
                connection.request("GET", path)
                answer = connection.getresponse()
                if b"probe_success 1" not in answer.read():
                    trouble.append(path)
                    return
        except OSError as error:
            trouble.append(error)
    os.sched_setaffinity(0, SERVERS)
    threads = [threading.Thread(target=work) for _ in range(concurrency)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os.sched_setaffinity(0, CORES)
    if trouble:
        raise AssertionError(f"driving {path}: {trouble[0]}")


def judge_lines(path):
    """From the program of the small benchmarks."""
    done = subprocess.run([path, "--benchmark_filter=judge_step/ordinary|rejudge_day", "--benchmark_format=json"],
                          capture_output=True, text=True, check=True, timeout=600,
                          preexec_fn=lambda: os.sched_setaffinity(0, PROBER))
    found = {one["name"]: one for one in json.loads(done.stdout)["benchmarks"]}
    rate = found["judge_step/ordinary"]["items_per_second"]
    yield Line("judge, steady observations on one core", "1/s", rate, ">= 1,000,000/s", rate >= 1e6,
               note="an ordinary day's inputs, ticks and feeds among them")
    seconds = found["rejudge_day"]["cpu_time"] / 1000
    yield Line("judge, a day of 400 targets again", "s", seconds, "<= 5 s", seconds <= 5,
               note="read from the journal's blocks, one look a minute")


def shown(line):
    def number(value):
        return "-" if value is None else f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"
    ratio = "" if line.ratio is None else f"{line.ratio:.2f}x"
    spread = "" if line.spread is None else f"±{line.spread * 50:.0f} %"
    return (f"{'met   ' if line.met else 'NOT   '}{line.name:<46}{number(line.figure):>10} {line.unit:<8}{spread:>8}"
            f"{number(line.peer):>10}{number(line.floor):>10}{ratio:>9}  {line.goal:<36}{line.note}")


PARTS = {
    "http": Bench.http_fresh,
    "https": Bench.https_fresh_and_kept,
    "tcp": Bench.tcp,
    "slow": Bench.slow_probes,
    "many": Bench.many_targets,
    "all": Bench.hundred_thousand,
    "alert": Bench.alert,
    "idle": Bench.idle,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, epilog="example: ./run bench engine --only http tcp --json")
    parser.add_argument("--binary", required=True, help="the bellwether to measure")
    parser.add_argument("--floor", required=True, help="bellwether_floor")
    parser.add_argument("--micro", required=True, help="bellwether_bench")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--short", action="store_true", help="to see that it works; the figures mean nothing")
    parser.add_argument("--only", nargs="+", choices=[*PARTS, "judge"], default=[*PARTS, "judge"])
    arguments = parser.parse_args()
    for name in ("nginx", "openssl"):
        if shutil.which(name, path=support.PATH) is None:
            parser.error(f"{name} is not installed")
    bench = Bench(os.path.abspath(arguments.binary), os.path.abspath(arguments.floor),
                  Sizes.short() if arguments.short else Sizes(rounds=arguments.rounds))
    try:
        bench.start_servers()
        bench.start_blackbox()
        for name in arguments.only:
            if name == "judge":
                for line in judge_lines(os.path.abspath(arguments.micro)):
                    bench.say(line)
            else:
                PARTS[name](bench)
    finally:
        bench.close()
    if arguments.json:
        print(json.dumps({"goals": [dataclasses.asdict(line) for line in bench.lines]}, indent=1))
        return
    print(f"{'':6}{'':<46}{'figure':>10} {'':<8}{'spread':>8}{'peer':>10}{'floor':>10}{'ratio':>9}  goal")
    for line in bench.lines:
        print(shown(line))


if __name__ == "__main__":
    main()
