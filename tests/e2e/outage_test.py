#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The shop's nginx stops and comes back: one alert in the right words, at a webhook and at a real
Alertmanager, and one message when it is over."""
import json
import time

import support
from support import ShopTest, fetch, free_port, wait_for


class Outage(ShopTest):
    def start_alertmanager(self):
        directory = self.shop.directory / "alertmanager"
        directory.mkdir()
        (directory / "alertmanager.yml").write_text("route: {receiver: none}\nreceivers: [{name: none}]\n")
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        self.shop.keep(support.Program(directory, "alertmanager", [
            "prometheus-alertmanager", f"--config.file={directory}/alertmanager.yml",
            f"--storage.path={directory}/data", f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address="])).answers(url + "/-/ready")
        return url

    def test_one_alert_when_the_servers_stop_and_one_word_when_they_are_back(self):
        alertmanager = self.start_alertmanager()
        self.shop.start(f"""
[[destination]]
id = "alerts"
kind = "alertmanager"
url = "{alertmanager}"
labels = {{ team = "shop" }}
""")
        self.note("settled")
        stopped = time.monotonic()
        self.shop.nginx.stop()
        incident = self.daemon.wait_for_incident("an incident is open", lambda one: one["level"] == "outage")
        self.note(f"opened {time.monotonic() - stopped:.1f} s after the servers stopped: {incident['headline']}")
        wait_for("a webhook says that it opened", lambda: self.receiver.of("opened"))
        data = self.receiver.of("opened")[0]["data"]
        self.assertIn("Online checkout", data["headline"])
        self.assertIn("failing since", data["headline"])
        self.assertIn("Browsing the website", data["failing"])
        self.assertIn("Online checkout", data["failing"])
        self.assertEqual(data["level"], "outage")
        self.assertEqual(data["culprit"], "own")
        self.assertLess(data["suspicion"], 0.2)
        self.assertTrue(data["first_steps"])

        def alerts():
            return json.loads(fetch(alertmanager + "/api/v2/alerts?active=true") or "[]")
        wait_for("Alertmanager has an alert", alerts)
        self.assertEqual(len(alerts()), 1, alerts())
        labels = alerts()[0]["labels"]
        self.assertEqual(labels["alertname"], "BellwetherIncident")
        self.assertEqual(labels["incident"], incident["name"])
        self.assertEqual(labels["level"], "outage")
        self.assertEqual(labels["culprit"], "own")
        self.assertEqual(labels["team"], "shop")
        self.assertIn(labels["function"], ("browse", "checkout"))

        self.shop.nginx.start()
        self.daemon.wait_for_calm()
        self.note("closed")
        wait_for("a webhook says that it is over", lambda: self.receiver.of("resolved"))
        self.assertIn("Resolved", self.receiver.of("resolved")[0]["data"]["headline"])
        wait_for(lambda: f"Alertmanager's alert has ended: {alerts()}", lambda: not alerts())
        self.assertEqual(len(self.receiver.of("opened")), 1)
        self.assertEqual(len(self.receiver.of("resolved")), 1)
        self.assert_all_signed()


if __name__ == "__main__":
    support.main()
