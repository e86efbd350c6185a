#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real Prometheus scrapes /metrics under the rules that we ship; every query of the dashboards has
an answer."""
import json
import urllib.parse

import support
from support import ROOT, ShopTest, fetch, free_port, wait_for

VARIABLES = {"$job": ".*", "$target": ".*", "$__rate_interval": "30s", "$__range": "5m"}


def dashboard_queries():
    """(dashboard and panel, expression), variables replaced."""
    def panels(items):
        for panel in items:
            yield panel
            yield from panels(panel.get("panels", []))
    for file in sorted((ROOT / "grafana/dashboards").glob("*.json")):
        for panel in panels(json.loads(file.read_text())["panels"]):
            for target in panel.get("targets", []):
                expr = target["expr"]
                for name, value in VARIABLES.items():
                    expr = expr.replace(name, value)
                yield f"{file.stem}: {panel.get('title')}", expr


class Prometheus(ShopTest):
    def test_scrapes_cleanly_and_answers_every_query_of_the_dashboards(self):
        directory = self.shop.directory / "prometheus"
        directory.mkdir()
        self.shop.start()
        (directory / "prometheus.yml").write_text(f"""
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: ['{ROOT}/grafana/prometheus/bellwether.rules.yml']
scrape_configs:
- job_name: bellwether
  static_configs: [{{targets: ['127.0.0.1:{self.daemon.port}']}}]
""")
        support.run("promtool", "check", "config", str(directory / "prometheus.yml"))
        said = support.run("promtool", "check", "metrics", stdin=fetch(self.daemon.url + "/metrics"))
        self.assertEqual(said.strip(), "")

        port = free_port()
        url = f"http://127.0.0.1:{port}"
        self.shop.keep(support.Program(directory, "prometheus", [
            "prometheus", f"--config.file={directory}/prometheus.yml", f"--storage.tsdb.path={directory}/data",
            f"--web.listen-address=127.0.0.1:{port}"])).answers(url + "/-/ready")

        def query(expr):
            answer = fetch(f"{url}/api/v1/query?query={urllib.parse.quote(expr)}", 20)
            return json.loads(answer)["data"]["result"] if answer else None

        wait_for("the target is up", lambda: [r for r in query('up{job="bellwether"}') or [] if r["value"][1] == "1"])
        wait_for("there are rates", lambda: query("rate(bellwether_observations_total[30s])"))
        self.assertEqual(
            {r["metric"]["target"] for r in query("bellwether_probe_success")},
            {one["id"] for one in self.daemon.status()["targets"]})

        empty = [(where, expr) for where, expr in dashboard_queries() if not query(expr)]
        self.assertEqual(empty, [], "queries without an answer")

        groups = json.loads(fetch(url + "/api/v1/rules"))["data"]["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        self.assertTrue(rules)
        def unwell():
            groups = json.loads(fetch(url + "/api/v1/rules", 20))["data"]["groups"]
            return [(r["name"], r["health"], r.get("lastError")) for g in groups for r in g["rules"] if r["health"] != "ok"]
        wait_for(lambda: f"every rule is evaluated: {unwell()}", lambda: not unwell(), 90)
        wait_for("the recording rules have answers", lambda: query("function:bellwether_probe_success:avg5m"), 90)
        wait_for("the dead man's switch fires", lambda: query('ALERTS{alertname="Watchdog",alertstate="firing"}'), 90)


if __name__ == "__main__":
    support.main()
