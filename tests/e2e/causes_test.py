#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One thing breaks, and the verdict names it: a certificate, a name, a page, a provider."""
import json
import re
import subprocess

import support
from support import HOME, STRANGER, Nginx, ShopTest, wait_for


def claims(incident):
    """All that was said, for the leading cause and against it."""
    verdict = incident["verdict"]
    return " | ".join(reason["claim"] for reason in verdict["because"] + verdict["against"])


class Causes(ShopTest):
    def opened(self):
        """The one message that opened the incident, once it is there."""
        wait_for("a webhook says that it opened", lambda: self.receiver.of("opened"))
        self.assertEqual(len(self.receiver.ids("opened")), 1, self.receiver.messages)
        self.assert_all_signed()
        return self.receiver.of("opened")[0]["data"]

    def test_an_expired_certificate_is_named(self):
        self.shop.start()
        self.shop.authority.issue(self.shop.leaf, self.shop.names, begins=-90 * 86_400, ends=-3600)
        self.shop.nginx.reload()
        incident = self.daemon.wait_for_incident(
            "the cause is the certificate", lambda one: one["verdict"]["cause"] == "cert_expiry")
        self.note(incident["headline"])
        self.assertIn("certificate", incident["headline"])
        self.assertEqual(incident["level"], "outage")
        self.assertEqual(incident["verdict"]["culprit"], "own")
        self.assertRegex(claims(incident), r"the certificate of \w+\.hartley\.example ended at 20")
        self.assertIn("certificate", self.opened()["headline"])

    def test_a_name_that_moved_to_strangers_is_watched_and_told(self):
        stolen = self.shop.directory / "stolen"
        self.shop.other_authority.issue(stolen, ["www.hartley.example"])
        stranger = self.shop.keep(Nginx(self.shop.directory, "stranger-nginx", self.shop.https))
        stranger.add("www", STRANGER, ["www.hartley.example"], stolen, {"index.html": HOME})
        stranger.start()
        self.shop.start()
        self.shop.nsd.set("hartley.example", www=STRANGER)
        incident = self.daemon.wait_for_incident(
            "the name leads elsewhere", lambda one: "never seen before" in claims(one))
        self.note(f"{incident['level']} {incident['verdict']['suspicion']:.2f}: {incident['headline']}")
        self.assertIn("www.hartley.example now leads to 127.9.9.", claims(incident))
        self.assertIn("Borealis TLS", claims(incident))
        self.assertTrue(incident["integrity"])
        self.assertGreaterEqual(incident["verdict"]["suspicion"], 0.1)
        self.assertIn("Unexpected change on Browsing the website", self.opened()["headline"])

        self.assert_said(1, ["approve", "hoem"], 'no target "hoem"')
        command = re.search(r'"bellwether (approve home[^"]*)"', incident["first_steps"][0])
        self.assert_said(0, [*command[1].split(), "--who", "kim", "--text", "CHG-4471"], "approved as it is now: home")
        wait_for("a webhook says that it is over", lambda: self.receiver.of("resolved"))
        self.assertIn("CHG-4471", json.dumps(self.receiver.of("resolved")[0]))

    def assert_said(self, status, words, answer):
        """`bellwether WORDS`, told to this daemon, ends so and answers so."""
        said = subprocess.run([support.BINARY, *words, "--at", self.daemon.url], capture_output=True, text=True,
                              timeout=30, check=False)
        self.assertEqual((said.returncode, answer in said.stdout + said.stderr), (status, True), said)

    def test_a_defaced_page_is_suspected_at_once(self):
        self.shop.start()
        page = self.shop.home / "index.html"
        page.with_suffix(".new").write_text(
            "<html><head><title>Hacked by the Loud Otters</title></head><body>"
            "<h1>Hacked by the Loud Otters</h1><p>Your security is a joke.</p></body></html>")
        page.with_suffix(".new").rename(page)
        incident = self.daemon.wait_for_incident(
            "an attack is suspected",
            lambda one: one["level"] in ("suspected", "strongly_suspected", "declared"))
        self.note(f"{incident['level']} {incident['verdict']['suspicion']:.2f}: {incident['headline']}")
        self.assertEqual(incident["verdict"]["cause"], "defacement")
        self.assertIn("Hacked by the Loud Otters", claims(incident))
        data = self.opened()
        self.assertEqual(data["cause"], "defacement")
        self.assertIn("uspected cyber incident", data["headline"])

    def test_a_provider_that_fails_takes_the_blame_for_what_needs_it(self):
        self.shop.start()
        self.shop.world.set_down("paywell")
        self.shop.nginx.set_down("api")
        incident = self.daemon.wait_for_incident(
            "the provider is named", lambda one: one["verdict"]["culprit"] == "paywell")
        self.note(f"{incident['level']} {incident['verdict']['suspicion']:.2f}: {incident['headline']}")
        self.assertEqual(incident["level"], "outage")
        self.assertEqual(incident["verdict"]["cause"], "provider_outage")
        self.assertLess(incident["verdict"]["suspicion"], 0.1)
        self.assertEqual(incident["failing"], ["checkout"])
        self.assertIn("PayWell", incident["headline"])
        data = self.opened()
        self.assertEqual(data["culprit_name"], "PayWell")
        self.assertEqual(data["working"], ["Browsing the website"])


if __name__ == "__main__":
    support.main()
