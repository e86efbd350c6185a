#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The daemon is killed in the middle of an incident and started again; its configuration is changed
under it, wrongly and rightly."""
import signal

import support
from support import ShopTest, wait_for


class Recovery(ShopTest):
    def test_a_kill_in_mid_incident_loses_nothing_and_tells_nothing_twice(self):
        self.shop.start()
        self.shop.nginx.set_down("www")
        self.daemon.wait_for_incident("an incident is open", lambda one: one["level"] == "outage")
        wait_for("a webhook says that it opened", lambda: self.receiver.of("opened"))
        before = self.daemon.incident()
        told = {kind: self.receiver.ids(kind) for kind in ("opened", "escalated", "updated")}
        self.daemon.stop(signal.SIGKILL)
        self.note("killed")

        self.daemon.start()
        after = self.daemon.wait_for_incident("the same incident is open")
        self.assertEqual(after["id"], before["id"])
        self.assertEqual(after["opened"], before["opened"])
        self.assertEqual(after["failing"], before["failing"])
        self.assertEqual(after["verdict"]["culprit"], before["verdict"]["culprit"])

        def rules(incident):
            return {reason["rule"] for reason in incident["verdict"]["because"] + incident["verdict"]["against"]}
        self.assertLessEqual(rules(before), rules(after))

        # Looks after the restart: had it forgotten, it would have opened another by then.
        wait_for("it has looked again", lambda: all(
            one["looks"] >= 3 for one in self.daemon.status()["targets"]) and self.daemon.status()["targets"], 60)
        self.assertEqual(self.daemon.incident()["id"], before["id"])
        self.assertEqual(self.receiver.ids("opened"), told["opened"])
        self.assertLessEqual(len(self.receiver.of("opened")), 2)  # at least once: the same id may come again

        self.shop.nginx.set_down("www", False)
        self.daemon.wait_for_calm()
        wait_for("a webhook says that it is over", lambda: self.receiver.of("resolved"))
        self.assertEqual(self.receiver.of("resolved")[0]["data"]["incident"], before["name"])
        self.assertEqual(self.receiver.ids("opened"), told["opened"])
        self.assertEqual(len(self.receiver.ids("resolved")), 1)
        self.assert_all_signed()

    def test_a_reload_takes_what_is_right_and_keeps_the_old_where_it_is_wrong(self):
        self.shop.start()
        successful = "bellwether_config_last_reload_successful"
        self.assertEqual(self.daemon.metric(successful), 1)
        good = self.daemon.config.read_text()
        ids = {one["id"] for one in self.daemon.status()["targets"]}

        self.daemon.config.write_text(good + '\n[[target]]\nid = "more"\nkindd = "page"\n')
        self.daemon.program.send(signal.SIGHUP)
        wait_for(lambda: "the reload is refused\n" + self.daemon.program.said()[-2000:],
                 lambda: self.daemon.metric(successful) == 0)
        self.assertEqual({one["id"] for one in self.daemon.status()["targets"]}, ids)
        self.assertIn("reload_refused", self.daemon.program.said())
        observations = self.daemon.metric("bellwether_observations_total")
        wait_for("it goes on looking", lambda: self.daemon.metric("bellwether_observations_total") > observations)

        self.daemon.config.write_text(good + """
[[target]]
id = "checkout-port"
kind = "tcp"
function = "checkout"
host = "api.hartley.example"
port = 443
""")
        self.daemon.program.send(signal.SIGHUP)
        wait_for("the reload is taken", lambda: self.daemon.metric(successful) == 1)
        self.assertEqual({one["id"] for one in self.daemon.status()["targets"]}, ids | {"checkout-port"})
        wait_for("the newcomer is looked at and works",
                 lambda: (self.daemon.target("checkout-port")["latest"] or {}).get("outcome") == "ok")

        # Alerts still leave after a reload.
        self.shop.nginx.set_down("www")
        wait_for("a webhook says that it opened", lambda: self.receiver.of("opened"))
        self.assertEqual(self.daemon.stop(), 0)


if __name__ == "__main__":
    support.main()
