# SPDX-License-Identifier: Apache-2.0
"""What the end-to-end tests stand on: real programs on loopback, started and stopped by pid, and
conditions that are polled until a deadline. Nothing here waits for a fixed time."""
import argparse
import base64
import contextlib
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = None          # the daemon under test, from --binary
SKIPPED = 77           # ctest's SKIP_RETURN_CODE
POLL = 0.1             # seconds between two looks at a condition
STARTS_WITHIN = 60     # seconds that a program may take to answer on an overloaded machine

# Debian keeps daemons where a user's PATH does not look.
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def main():
    """Runs the test cases of the calling file against --binary."""
    global BINARY
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, help="the bellwether to test")
    parser.add_argument("rest", nargs="*", help="names of single tests")
    arguments = parser.parse_args()
    BINARY = os.path.abspath(arguments.binary)
    missing = [name for name in ("nginx", "nsd", "openssl", "prometheus", "promtool", "prometheus-alertmanager")
               if shutil.which(name, path=PATH) is None]
    if missing:
        print("skipped: not installed:", *missing)
        sys.exit(SKIPPED)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is stopped
    unittest.main(argv=[sys.argv[0], *arguments.rest], verbosity=2)


def wait_for(what, condition, seconds=30):
    """Polls `condition` until it gives something true, and returns that. `what` is said on failure;
    callable, it is asked then, so that it can show the state."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(POLL)


def fetch(url, seconds=5):
    """Body of a GET without proxies; None where nobody answers or the status is not 2xx."""
    try:
        with DIRECT.open(url, timeout=seconds) as answer:
            return answer.read().decode()
    except (urllib.error.URLError, OSError):
        return None


def post(url, body, seconds=5):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with DIRECT.open(request, timeout=seconds) as answer:
        return answer.read().decode()


def free_port(*addresses):
    """A port that is free on all of the addresses, for TCP and UDP. Below the ports that the kernel
    gives to outgoing connections: one of those could take it before the server does."""
    addresses = addresses or ("127.0.0.1",)
    first_of_the_kernels = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = random.randrange(first_of_the_kernels // 2, first_of_the_kernels)
        with contextlib.ExitStack() as stack:
            try:
                for address in addresses:
                    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                        stack.enter_context(socket.socket(socket.AF_INET, kind)).bind((address, port))
                return port
            except OSError:
                continue


def run(*words, cwd=None, stdin=None):
    done = subprocess.run(words, cwd=cwd, input=stdin, text=True, capture_output=True,
                          env={**os.environ, "PATH": PATH}, timeout=120)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Program:
    """A child process whose output goes to a file."""

    def __init__(self, directory, name, words, env=None):
        self.log = pathlib.Path(directory) / f"{name}.log"
        self.name = name
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(words, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                            env={**os.environ, "PATH": PATH, **(env or {})})

    def is_running(self):
        return self.process.poll() is None

    def send(self, number):
        self.process.send_signal(number)

    def stop(self, number=signal.SIGTERM, seconds=20):
        """Its exit status; killed when it does not stop in time."""
        if self.is_running():
            self.process.send_signal(number)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode

    def said(self):
        return self.log.read_text(errors="replace")

    def answers(self, url):
        def ask():
            if not self.is_running():
                raise AssertionError(f"{self.name} ended with {self.process.returncode}:\n{self.said()[-4000:]}")
            return fetch(url) is not None
        wait_for(lambda: f"{self.name} answers at {url}\n{self.said()[-4000:]}", ask, STARTS_WITHIN)
        return self


    def listens(self, address, port):
        def connect():
            if not self.is_running():
                raise AssertionError(f"{self.name} ended with {self.process.returncode}:\n{self.said()[-4000:]}")
            try:
                socket.create_connection((address, port), 2).close()
                return True
            except OSError:
                return False
        wait_for(lambda: f"{self.name} listens on {address}:{port}\n{self.said()[-4000:]}", connect, STARTS_WITHIN)
        return self


def alternative_name(name):
    return f"{'DNS' if name.rpartition('.')[2].isalpha() else 'IP'}:{name}"


class Authority:
    """A certificate authority made by the openssl command."""

    def __init__(self, directory, name):
        self.directory = pathlib.Path(directory) / name.replace(" ", "-")
        self.directory.mkdir()
        (self.directory / "index.txt").touch()
        (self.directory / "ca.cnf").write_text(
            f"[ca]\ndefault_ca = one\n[one]\ndir = {self.directory}\ndatabase = $dir/index.txt\n"
            "new_certs_dir = $dir\ncertificate = $dir/ca.pem\nprivate_key = $dir/ca.key\n"
            "default_md = sha256\npolicy = any\ncopy_extensions = copy\nunique_subject = no\n"
            "rand_serial = yes\n[any]\ncommonName = supplied\n")
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "30", "-subj", f"/O={name}/CN={name} CA", "-keyout", "ca.key", "-out", "ca.pem",
            cwd=self.directory)

    @property
    def pem(self):
        return (self.directory / "ca.pem").read_text()

    def issue(self, into, names, begins=-86_400, ends=60 * 86_400):
        """Writes `into`.crt and `into`.key for the names, valid between these seconds from now."""
        def stamp(offset):
            return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + offset))
        request = self.directory / "request.csr"
        run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj", f"/CN={names[0]}", "-addext", "subjectAltName=" + ",".join(map(alternative_name, names)),
            "-keyout", f"{into}.key", "-out", str(request))
        run("openssl", "ca", "-batch", "-notext", "-config", str(self.directory / "ca.cnf"), "-in", str(request),
            "-out", f"{into}.crt", "-startdate", stamp(begins), "-enddate", stamp(ends))


class Nginx:
    """One nginx with a server block for each site. A file site.down beside the document root makes
    the site answer 503 without a reload."""

    def __init__(self, directory, name, port):
        self.directory = pathlib.Path(directory) / name
        self.directory.mkdir()
        self.port = port
        self.addresses = []
        self.blocks = []
        self.program = None

    def add(self, site, address, names, certificate, pages):
        root = self.directory / site
        root.mkdir()
        for path, text in pages.items():
            (root / path).write_text(text)
        self.addresses.append(address)
        self.blocks.append(f"""
  server {{
    listen {address}:{self.port} ssl;
    server_name {' '.join(names)};
    ssl_certificate {certificate}.crt;
    ssl_certificate_key {certificate}.key;
    root {root};
    default_type text/html;
    charset utf-8;
    error_page 418 = @down;
    location / {{
      if (-f {self.directory}/{site}.down) {{ return 418; }}
      index index.html;
      types {{ application/json json; text/html html; }}
      try_files $uri $uri/index.html =404;
    }}
    location @down {{ return 503 "<html><title>503 Service Unavailable</title><h1>503</h1></html>"; }}
  }}""")
        return root

    def write(self):
        user = "user root;" if os.geteuid() == 0 else ""
        temp = "".join(f"  {kind}_temp_path {self.directory}/temp-{kind};\n"
                       for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.directory / "nginx.conf").write_text(
            f"daemon off;\n{user}\nworker_processes 1;\npid {self.directory}/nginx.pid;\n"
            f"error_log {self.directory}/error.log;\nevents {{ worker_connections 256; }}\n"
            f"http {{\n  access_log {self.directory}/access.log;\n  server_tokens off;\n{temp}"
            + "".join(self.blocks) + "\n}\n")

    def start(self):
        self.write()
        self.program = Program(self.directory, "nginx", [
            "nginx", "-e", str(self.directory / "error.log"), "-p", str(self.directory),
            "-c", str(self.directory / "nginx.conf")])
        for address in self.addresses:
            self.program.listens(address, self.port)
        return self

    def reload(self):
        self.write()
        self.program.send(signal.SIGHUP)

    def stop(self):
        if self.program:
            self.program.stop()

    def set_down(self, site, is_down=True):
        flag = self.directory / f"{site}.down"
        flag.touch() if is_down else flag.unlink(missing_ok=True)


class Nsd:
    """A name server that is the authority for each zone. Answers are not to be kept (TTL 0)."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory) / "nsd"
        self.directory.mkdir()
        self.port = free_port()
        self.zones = {}
        self.serial = 0
        self.program = None

    def set(self, zone, **records):
        """Host label to address; "www" of hartley.example and so on. "at" is the zone itself."""
        self.zones.setdefault(zone, {}).update(records)
        self.serial += 1
        lines = [f"$ORIGIN {zone}.", "$TTL 0", f"@ SOA ns1 hostmaster {self.serial} 60 60 3600 0",
                 "@ NS ns1", "ns1 A 127.0.0.1"]
        lines += [f"{'@' if host == 'at' else host} A {address}" for host, address in self.zones[zone].items()]
        temporary = self.directory / f"{zone}.new"
        temporary.write_text("\n".join(lines) + "\n")
        temporary.rename(self.directory / f"{zone}.zone")
        if self.program:
            self.program.send(signal.SIGHUP)  # nsd reads the zone files that have changed

    def start(self):
        text = (f'server:\n  ip-address: 127.0.0.1\n  port: {self.port}\n  username: ""\n  chroot: ""\n'
                f'  zonesdir: "{self.directory}"\n  database: ""\n  pidfile: "{self.directory}/nsd.pid"\n'
                f'  xfrdfile: "{self.directory}/xfrd.state"\n  xfrdir: "{self.directory}"\n'
                f'  zonelistfile: "{self.directory}/zone.list"\n  zonefiles-check: yes\n  server-count: 1\n'
                "remote-control:\n  control-enable: no\n")
        text += "".join(f'zone:\n  name: "{zone}"\n  zonefile: "{zone}.zone"\n' for zone in self.zones)
        (self.directory / "nsd.conf").write_text(text)
        self.program = Program(self.directory, "nsd", ["nsd", "-d", "-c", str(self.directory / "nsd.conf")])
        self.program.listens("127.0.0.1", self.port)
        return self

    def stop(self):
        if self.program:
            self.program.stop()


class Receiver:
    """Takes webhooks and verifies them after Standard Webhooks 1.0.0."""

    def __init__(self):
        self.key = os.urandom(32)
        self.messages = []  # {"id", "type", "data", "is_valid", "arrived"}, in the order of arrival
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                outer.take(self.headers, body)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/hook"

    @property
    def secret(self):
        return "whsec_" + base64.b64encode(self.key).decode()

    def take(self, headers, body):
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        wanted = base64.b64encode(hmac.new(self.key, signed, hashlib.sha256).digest()).decode()
        given = [part.partition(",") for part in (headers["webhook-signature"] or "").split()]
        is_valid = any(version == "v1" and hmac.compare_digest(text, wanted) for version, _, text in given)
        is_fresh = abs(time.time() - int(headers["webhook-timestamp"])) < 300
        message = json.loads(body)
        self.messages.append({"id": headers["webhook-id"], "type": message["type"].rpartition(".")[2],
                              "data": message["data"], "is_valid": is_valid and is_fresh,
                              "arrived": time.monotonic()})

    def of(self, kind):
        return [message for message in list(self.messages) if message["type"] == kind]

    def ids(self, kind):
        return {message["id"] for message in self.of(kind)}

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Daemon:
    """bellwether run, on a configuration of its own."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.config = self.directory / "bellwether.toml"
        self.port = free_port()
        self.env = {}
        self.program = None
        quick = (ROOT / "config/evidence.toml").read_text()
        for key, value in (("hold", "3s"), ("suspected_after", "2s")):
            quick, count = re.subn(rf'^{key} = "[^"]+"', f'{key} = "{value}"', quick, flags=re.M)
            assert count == 1, f"config/evidence.toml has {count} lines {key} = ..."
        (self.directory / "evidence.toml").write_text(quick)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def write(self, text):
        self.config.write_text(
            f'state_directory = "{self.directory}/state"\n[web]\nlisten = "127.0.0.1:{self.port}"\n'
            f'[judge]\nevidence_file = "evidence.toml"\n{text}')

    def start(self):
        self.program = Program(self.directory, "bellwether", [BINARY, "run", "--config", str(self.config)], self.env)
        return self.program.answers(self.url + "/-/healthy")

    def stop(self, number=signal.SIGTERM):
        return self.program.stop(number) if self.program else None

    def status(self):
        """/api/v1/status, or an empty one while nobody answers."""
        text = fetch(self.url + "/api/v1/status")
        return json.loads(text) if text else {"functions": [], "targets": [], "incidents": [], "health": {}}

    def target(self, name):
        return next((one for one in self.status()["targets"] if one["id"] == name), None)

    def incident(self):
        """The open incident, or None."""
        return next((one for one in self.status()["incidents"] if one["open"]), None)

    def metric(self, series):
        """Value of a series as it stands in the exposition, such as 'bellwether_blind'; or None."""
        for line in (fetch(self.url + "/metrics") or "").splitlines():
            name, _, value = line.rpartition(" ")
            if name == series:
                return float(value)
        return None

    def settle(self, looks=5, seconds=60):
        """Until every target has been looked at often enough to have a baseline, and is well."""
        def is_settled():
            targets = self.status()["targets"]
            return targets and all(
                one["looks"] >= looks and not one["failing"] and one["latest"]["outcome"] in ("ok", "degraded")
                for one in targets)
        def shown():
            return "every target is well; " + json.dumps(
                [[one["id"], one["looks"], one["latest"]] for one in self.status()["targets"]]) + self.program.said()[-2000:]
        wait_for(shown, is_settled, seconds)
        assert self.incident() is None, self.incident()

    def wait_for_incident(self, what, condition=lambda incident: True, seconds=40):
        def ask():
            incident = self.incident()
            return incident if incident and condition(incident) else None
        return wait_for(lambda: f"{what}\n{json.dumps(self.incident(), indent=1)}\n{self.program.said()[-3000:]}",
                        ask, seconds)

    def wait_for_calm(self, seconds=100):
        wait_for(lambda: f"the incident is closed\n{json.dumps(self.incident(), indent=1)}",
                 lambda: self.incident() is None, seconds)


SHOP = "127.0.1.10"       # www and api of the organisation
PAYWELL = "127.0.3.10"    # a provider's own endpoint
ELSEWHERE = "127.0.4.10"  # a control site
STRANGER = "127.9.9.9"    # where a hijacked name leads

HOME = """<!doctype html><html><head><title>Hartley &amp; Moor</title></head><body>
<h1>New in this week</h1><p>Linen shirts, garden chairs and lamps.</p><a href="/bag">Add to bag</a></body></html>"""
CHECKOUT = """<!doctype html><html><head><title>Checkout</title></head><body>
<h1>Checkout</h1><form action="/pay" method="post"><input name="card"></form><p>Pay securely</p></body></html>"""


class Shop:
    """Hartley & Moor on loopback: its own nginx, another one for everybody else, nsd, a receiver of
    webhooks and bellwether, watching every second or two."""

    INTERVAL = "2s"

    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="bellwether-e2e-"))
        self.parts = []
        try:
            self.build()
        except BaseException:
            self.close()
            raise

    def build(self):
        self.authority = Authority(self.directory, "Meridian TLS")
        self.other_authority = Authority(self.directory, "Borealis TLS")
        (self.directory / "ca.pem").write_text(self.authority.pem + self.other_authority.pem)
        self.https = free_port(SHOP, PAYWELL, ELSEWHERE, STRANGER)
        self.leaf = self.directory / "shop"
        self.names = ["www.hartley.example", "api.hartley.example"]
        self.authority.issue(self.leaf, self.names)
        self.authority.issue(self.directory / "world", ["api.paywell.example", "www.elsewhere.example"])

        self.nginx = self.keep(Nginx(self.directory, "shop-nginx", self.https))
        self.home = self.nginx.add("www", SHOP, [self.names[0]], self.leaf, {"index.html": HOME})
        self.nginx.add("api", SHOP, [self.names[1]], self.leaf,
                       {"checkout.html": CHECKOUT, "options.json": '{"status":"ok"}'})
        self.nginx.start()
        self.world = self.keep(Nginx(self.directory, "world-nginx", self.https))
        world = self.directory / "world"
        self.world.add("paywell", PAYWELL, ["api.paywell.example"], world, {"health.json": '{"status":"ok"}'})
        self.world.add("elsewhere", ELSEWHERE, ["www.elsewhere.example"], world, {"index.html": "<h1>Elsewhere</h1>"})
        self.world.start()

        self.nsd = self.keep(Nsd(self.directory))
        self.nsd.set("hartley.example", www=SHOP, api=SHOP)
        self.nsd.set("paywell.example", api=PAYWELL)
        self.nsd.set("elsewhere.example", www=ELSEWHERE)
        self.nsd.start()

        self.receiver = self.keep(Receiver())
        self.daemon = self.keep(Daemon(self.directory))
        self.daemon.env = {"HOOK_URL": self.receiver.url, "HOOK_SECRET": self.receiver.secret}

    def keep(self, part):
        self.parts.append(part)
        return part

    def close(self):
        for part in reversed(self.parts):
            part.stop()
        if "BW_E2E_KEEP" not in os.environ:
            shutil.rmtree(self.directory, ignore_errors=True)

    def config(self, more=""):
        return f"""
[net]
name_servers = ["127.0.0.1:{self.nsd.port}"]
ports = {{ "443" = {self.https} }}
ca_file = "ca.pem"

[organisation]
name = "Hartley & Moor"
domain = "hartley.example"

[defaults]
interval = "{self.INTERVAL}"
deadline = "{self.INTERVAL}"

[[function]]
id = "browse"
title = "Browsing the website"
[[function]]
id = "checkout"
title = "Online checkout"
critical = true

[[provider]]
id = "paywell"
name = "PayWell"
role = "payments"

[[target]]
id = "home"
kind = "page"
function = "browse"
url = "https://www.hartley.example/"
expect_text = "Add to bag"

[[target]]
id = "checkout-page"
kind = "page"
function = "checkout"
url = "https://api.hartley.example/checkout.html"
needs = ["paywell"]
expect_text = "Pay securely"

[[target]]
id = "app-checkout"
kind = "api"
function = "checkout"
url = "https://api.hartley.example/options.json"
needs = ["paywell"]
expect_json = {{ "status" = "ok" }}

[[target]]
id = "paywell-health"
kind = "api"
function = "checkout"
owner = "paywell"
url = "https://api.paywell.example/health.json"

[[control]]
url = "https://www.elsewhere.example/"

[[destination]]
id = "hook"
kind = "webhook"
url = "${{HOOK_URL}}"
secret = "${{HOOK_SECRET}}"
{more}"""

    def start(self, more=""):
        self.daemon.write(self.config(more))
        self.daemon.start()
        self.daemon.settle()


class ShopTest(unittest.TestCase):
    """Each test has a shop of its own."""

    def setUp(self):
        self.began = time.monotonic()
        self.shop = Shop()
        self.addCleanup(self.shop.close)
        self.daemon = self.shop.daemon
        self.receiver = self.shop.receiver

    def note(self, text):
        print(f"    [{time.monotonic() - self.began:5.1f} s] {text}", flush=True)

    def assert_all_signed(self):
        self.assertTrue(self.receiver.messages)
        self.assertTrue(all(message["is_valid"] for message in self.receiver.messages), "a signature is wrong")
