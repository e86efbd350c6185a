#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes NAME/bellwether.toml beside each NAME/world.toml: what an organisation that knows its own
world would configure. Run it again after a change to a world or to this file; the result is kept in
the tree. Usage: tests/worlds/generate.py [NAME...]"""
import ipaddress
import json
import pathlib
import re
import sys
import tomllib
from urllib.parse import urlsplit

HERE = pathlib.Path(__file__).parent
FEED_FORMATS = {"statuspage", "incident-io", "instatus", "google-cloud", "aws", "salesforce-trust", "slack", "rss", "atom"}
SURFACES = {
    "web": {"www", "static", "assets", "media", "book", "checkin", "online", "club", "docs", "help"},
    "app": {"api", "mobile", "openapi"},
    "store": {"stores", "pos", "branch", "atm"},
    "staff": {"vpn", "mail", "ops"},
}


def value(thing):
    """A TOML value. JSON's strings, numbers and booleans are TOML's too."""
    if isinstance(thing, list):
        return "[" + ", ".join(value(item) for item in thing) + "]"
    if isinstance(thing, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {value(v)}" for k, v in thing.items()) + " }"
    return json.dumps(thing, ensure_ascii=False)


def table(header, **settings):
    """One table; settings that are None or empty lists are left out."""
    lines = [header]
    lines += [f"{k} = {value(v)}" for k, v in settings.items() if v is not None and v != []]
    return "\n".join(lines) + "\n"


def unique(items):
    return list(dict.fromkeys(items))


class World:
    def __init__(self, path):
        self.raw = tomllib.loads(path.read_text())
        self.domain = self.raw["org"]["domain"]
        self.owners = {o["id"]: o for o in self.raw["owner"]}
        self.hosts = {h["name"]: h for h in self.raw["host"]}
        self.endpoints = self.raw["endpoint"]
        self.providers = [o for o in self.raw["owner"] if o["role"] not in ("own", "public")]
        self.provider_ids = {o["id"] for o in self.providers}
        self.ids = set()

    def only_providers(self, ids):
        return unique(i for i in ids if i in self.provider_ids)

    def host_of(self, endpoint):
        return self.hosts[urlsplit(endpoint["url"]).hostname]

    def is_public(self, host):
        return self.owners[host["owner"]]["role"] == "public"

    def is_ours(self, host):
        """Run by the organisation, or a name of its own that points at somebody else's machine."""
        return host["owner"] == "own" or host["name"].endswith("." + self.domain)

    def endpoints_of(self, host):
        return [e for e in self.endpoints if self.host_of(e) is host]

    def function_of(self, host):
        """The function that fails with the host: of what it serves, or of pages that load from it."""
        users = self.endpoints_of(host) or [
            e for e in self.endpoints if any(urlsplit(s).hostname == host["name"] for s in e.get("scripts", []))
        ]
        return (users or self.endpoints)[0]["function"]

    def surface_of(self, host, kind):
        if not self.is_ours(host):
            return "other"
        label = host["name"].split(".")[0]
        for surface, labels in SURFACES.items():
            if label in labels:
                return surface
        kinds = {e["kind"] for e in self.endpoints_of(host) if "says" in e} | {kind}
        return "web" if kinds & {"page", "checkout", "login"} else "other"

    def new_id(self, wanted):
        wanted = re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-")[:56]
        number, made = 2, wanted
        while made in self.ids:
            made, number = f"{wanted}-{number}", number + 1
        self.ids.add(made)
        return made

    # Providers -----------------------------------------------------------------------------------
    def carried_by(self, owner):
        """Hosts whose certificates and addresses are the provider's: its own, and those that it
        stands in front of. A transit network carries other people's."""
        fronts = self.owners[owner]["role"] in ("cdn", "cloud", "platform")
        return [h for h in self.hosts.values()
                if h["owner"] == owner or (fronts and h["behind"][:1] == [owner])]

    def provider(self, owner):
        carried = self.carried_by(owner["id"])
        networks = unique(str(ipaddress.ip_network(a + "/24", strict=False)) for h in carried for a in h["a"])
        servers = [n for h in self.hosts.values() if h["dns"] == owner["id"] for n in h["ns"]]
        feed = owner.get("feed")
        text = table(
            "[[provider]]",
            id=owner["id"],
            name=owner["name"],
            role=owner["role"],
            needs=self.only_providers(owner.get("needs", [])),
            allowed_issuers=sorted({h["ca"] for h in carried if "ca" in h}),
            networks=sorted(networks),
            name_servers=sorted({n.split(".", 1)[1] for n in servers}),
        )
        return text + self.feed("[provider.feed]", feed)

    @staticmethod
    def feed(header, feed):
        if feed is None:
            return ""
        if feed["format"] not in FEED_FORMATS:
            return f"# Its feed ({feed['format']}) is of a format that is not read yet.\n"
        return table(header, url=feed["url"], format=feed["format"], components=feed.get("components"))

    # Targets -------------------------------------------------------------------------------------
    def endpoint(self, e):
        host = self.host_of(e)
        path = urlsplit(e["url"]).path
        is_provider = host["owner"] in self.provider_ids
        place = host["name"].split(".")[:2] if not self.is_ours(host) else host["name"].split(".")[:1]
        kind = {"ping": "page", "checkout": "page"}.get(e["kind"], e["kind"])
        settings = {
            "id": self.new_id("-".join(place) + path),
            "kind": kind,
            "url": e["url"],
            "function": e["function"],
            "needs": self.only_providers(e["needs"] + host["behind"] + [host["dns"]]),
            "soft": [],
            "surface": self.surface_of(host, e["kind"]),
        }
        settings["soft"] = [i for i in self.only_providers(e.get("soft", [])) if i not in settings["needs"]]
        if is_provider:
            settings["owner"] = host["owner"]
        if e["kind"] == "checkout":
            settings["sensitive"] = True
        settings["expect_text"] = e.get("says")
        settings["expect_json"] = e.get("json")
        if self.is_public(host):
            del settings["function"]
            settings["owner"] = host["owner"]
            # What shares nothing with us answers whenever our own view is fine.
            settings["role"] = "neighbour" if settings["needs"] else "control"
            settings["surface"] = "other"
        return table("[[target]]", **settings)

    def names_and_certificate(self, host):
        label = host["name"].split(".")[0]
        if not host["name"].endswith("." + self.domain):
            label = "-".join(host["name"].split(".")[:2])
        is_name_server = re.fullmatch(r"ns\d*", label)
        dns = self.only_providers([host["dns"]])
        shared = {"function": self.function_of(host), "surface": self.surface_of(host, ""), "interval": "5m"}
        if not self.is_ours(host):
            shared["owner"] = host["owner"]
        text = table(
            "[[target]]", id=self.new_id("dns-" + label), kind="dns", host=host["name"],
            record_types=["A", "AAAA", "NS", "MX", "CAA"], needs=dns, **shared,
        )
        if is_name_server or "ca" not in host:
            return text
        carriers = self.only_providers([host["owner"]] + host["behind"] + [host["dns"]])
        return text + "\n" + table(
            "[[target]]", id=self.new_id("tls-" + label), kind="tls", host=host["name"], needs=carriers, **shared,
        )

    # Who tells about us --------------------------------------------------------------------------
    def domains(self):
        """Registered domains of what is ours or loaded by our pages, each with who runs it."""
        found = {self.domain: "own"}
        for h in self.hosts.values():
            registered = ".".join(h["name"].split(".")[-2:])
            if h["owner"] == "own":
                found[registered] = "own"
            elif h["owner"] in self.provider_ids:
                found.setdefault(registered, h["owner"])
        return found

    def registrations(self):
        parts = []
        for domain, owner in self.domains().items():
            needs = [h["dns"] for h in self.hosts.values() if h["name"].endswith(domain)]
            whose = {} if owner == "own" else {"owner": owner}
            parts.append(table("[[target]]", id=self.new_id("rdap-" + domain), kind="rdap", domain=domain,
                               server="https://rdap.registry.example", needs=self.only_providers(needs), **whose))
            if owner == "own":
                parts.append(table("[[target]]", id=self.new_id("ct-" + domain), kind="ct", domain=domain, interval="1h",
                                   server="https://ct.monitor.example"))
        return parts

    def routes(self):
        """Of our hosts, and of the name servers that answer for them, where the world has them."""
        servers = {n for h in self.hosts.values() if self.is_ours(h) for n in h["ns"]}
        parts = []
        for h in self.hosts.values():
            if not self.is_ours(h) and h["name"] not in servers:
                continue
            whose = {"owner": h["owner"]} if h["owner"] in self.provider_ids and not self.is_ours(h) else {}
            parts.append(table("[[target]]", id=self.new_id("route-" + h["name"].removesuffix("." + self.domain)),
                               kind="route", host=h["name"], addresses=h["a"][:1],
                               server="https://stat.routes.example", interval="30m", **whose))
        return parts

    def series(self):
        logins = [e["function"] for e in self.endpoints if e["kind"] == "login" and self.is_ours(self.host_of(e))]
        return [table("[[target]]", id=self.new_id("series-login-failures"), kind="prometheus",
                      url="https://prometheus." + self.domain, query="login_failures_ratio",
                      means="login_failures", function=(logins or [None])[0])]

    # Signing in ----------------------------------------------------------------------------------
    def canary(self, e):
        """An account of our own at a sign-in of ours. The form may stand on the page of the one who
        runs it: the password goes there too."""
        host = self.host_of(e)
        form = urlsplit(e.get("form_action", e["url"]))
        is_elsewhere = form.hostname != host["name"]
        return table(
            "[[target]]",
            id=self.new_id("canary-" + host["name"].split(".")[0] + urlsplit(e["url"]).path),
            kind="login", url=e["url"], function=e["function"], interval="5m",
            needs=self.only_providers(e["needs"] + host["behind"] + [host["dns"]]),
            surface=self.surface_of(host, e["kind"]),
            username="canary@" + self.domain, password="${CANARY_PASSWORD}",
            credential_origins=[f"{form.scheme}://{form.hostname}"] if is_elsewhere else [],
            expect_json=e.get("json"),
        )

    # Scripts -------------------------------------------------------------------------------------
    def is_read_for_scripts(self, e):
        """Where visitors pay or sign in, and the front page, which everybody sees."""
        host = self.host_of(e)
        if not e.get("scripts") or not self.is_ours(host):
            return False
        is_front = e["kind"] == "page" and urlsplit(e["url"]).path in ("", "/")
        return e["kind"] in ("checkout", "login") or is_front

    def scripts(self, e):
        host = self.host_of(e)
        settings = {
            "id": self.new_id("scripts-" + host["name"].split(".")[0] + urlsplit(e["url"]).path),
            "kind": "scripts",
            "url": e["url"],
            "function": e["function"],
            "needs": self.only_providers(e["needs"] + host["behind"] + [host["dns"]]),
            "surface": self.surface_of(host, e["kind"]),
        }
        if e["kind"] in ("checkout", "login"):
            settings["sensitive"] = True
        return table("[[target]]", **settings)

    def serves_scripts(self, host):
        """A provider's host from which pages of ours load code."""
        sources = [s for e in self.endpoints for s in e.get("scripts", [])]
        return host["owner"] in self.provider_ids and any(urlsplit(s).hostname == host["name"] for s in sources)

    def text(self):
        org = self.raw["org"]
        own = self.owners["own"]
        served = {e["function"] for e in self.endpoints if not self.is_public(self.host_of(e))}
        critical = {e["function"] for e in self.endpoints if e["kind"] == "checkout"}
        parts = [
            "# Written by tests/worlds/generate.py from world.toml: change those, not this.\n",
            table("[organisation]", name=org["name"], domain=org["domain"], timezone=org["timezone"], calendar=True)
            + self.feed("[organisation.feed]", own.get("feed")),
            table("[defaults]", interval="60s", deadline="10s"),
        ]
        for i, v in enumerate(self.raw["vantage"]):
            here = True if i == 0 else None
            parts.append(table("[[vantage]]", id=v["id"], network=f"AS{v['asn']}", here=here))
        for f in self.raw["function"]:
            if f["id"] in served:
                is_critical = True if f["id"] in critical else None
                parts.append(table("[[function]]", id=f["id"], title=f["title"], critical=is_critical))
        parts += [self.provider(o) for o in self.providers]
        parts += [self.endpoint(e) for e in self.endpoints]
        parts += [self.canary(e) for e in self.endpoints if e["kind"] == "login" and self.is_ours(self.host_of(e))]
        parts += [self.names_and_certificate(h) for h in self.hosts.values() if self.is_ours(h)]
        parts += [self.scripts(e) for e in self.endpoints if self.is_read_for_scripts(e)]
        parts += [self.names_and_certificate(h) for h in self.hosts.values() if not self.is_ours(h) and self.serves_scripts(h)]
        parts += self.registrations() + self.routes() + self.series()
        return "\n".join(parts)


def main():
    names = sys.argv[1:] or sorted(p.parent.name for p in HERE.glob("*/world.toml"))
    for name in names:
        (HERE / name / "bellwether.toml").write_text(World(HERE / name / "world.toml").text())


main()
