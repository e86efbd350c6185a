#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A journey through a shop that insists on cookies, tokens and redirects: it gets to the payment
methods, each step is timed, and the step that fails is named."""
import json
import subprocess
import time

import support
from support import Nginx, ShopTest, wait_for

STEPS = "127.0.1.20"  # the host that the journey walks through

PRODUCT = ("<html><title>Linen shirt</title><p>Add to bag</p><form action=/bag method=post>"
           "<input type=hidden name=csrf_token value=t-1></form></html>")
BAG = "<html><title>Your bag</title><p>Your bag holds 1 shirt</p><div data-bag=b+77></div></html>"
PAY = "<html><title>Checkout</title><p>Pay by card</p><input name=cardnumber></html>"

JOURNEY = """
[[target]]
id = "shop"
kind = "journey"
function = "checkout"
interval = "1s"
deadline = "1s"
needs = ["paywell"]
sensitive = true
[target.secrets]
pin = "${CARD_PIN}"
[[target.step]]
name = "product"
url = "https://steps.hartley.example/product"
expect_text = "Add to bag"
capture = { csrf = { field = "csrf_token" } }
[[target.step]]
name = "bag"
url = "https://steps.hartley.example/bag/add"
method = "POST"
headers = { X-CSRF = "{csrf}" }
form = { csrf_token = "{csrf}", sku = "linen-shirt" }
expect_text = "Your bag"
capture = { bag = { after = "data-bag=", before = ">" } }
[[target.step]]
name = "collection slots"
url = "https://steps.hartley.example/slots?bag={bag}"
expect_json = { status = "open" }
[[target.step]]
name = "gift card"
url = "https://steps.hartley.example/giftcard"
method = "POST"
headers = { X-Pin = "{pin}" }
body = '{ "pin": "{pin}" }'
expect_json = { balance = "*" }
[[target.step]]
name = "payment methods"
url = "https://steps.hartley.example/checkout"
expect_text = "Pay by card"
"""


class Journey(ShopTest):
    def add_host(self):
        leaf = self.shop.directory / "steps"
        self.shop.authority.issue(leaf, ["steps.hartley.example"])
        self.nginx = self.shop.keep(Nginx(self.shop.directory, "steps-nginx", self.shop.https))
        self.nginx.addresses.append(STEPS)
        self.nginx.blocks.append(f"""
  server {{
    listen {STEPS}:{self.shop.https} ssl;
    ssl_certificate {leaf}.crt;
    ssl_certificate_key {leaf}.key;
    default_type text/html;
    location = /product {{
      add_header Set-Cookie "sid=8f3a; Path=/; Secure; HttpOnly; SameSite=Lax";
      add_header Set-Cookie "old=1; Path=/; Max-Age=0";
      return 200 "{PRODUCT}";
    }}
    location = /bag/add {{
      if ($request_method != POST) {{ return 405; }}
      if ($cookie_sid != "8f3a") {{ return 403 "no session"; }}
      if ($cookie_old) {{ return 400 "a cookie that was deleted"; }}
      if ($http_x_csrf != "t-1") {{ return 403 "no token"; }}
      if ($content_type != "application/x-www-form-urlencoded") {{ return 415; }}
      add_header Set-Cookie "bag=7; Path=/bag";
      return 303 /bag/view;
    }}
    location = /bag/view {{
      if ($request_method != GET) {{ return 405; }}
      if ($cookie_bag != "7") {{ return 403 "no bag"; }}
      return 200 "{BAG}";
    }}
    location = /slots {{
      default_type application/json;
      if ($cookie_bag) {{ return 400 "a cookie of another path"; }}
      if ($arg_bag != "b%2B77") {{ return 404; }}
      return 200 '{{"status":"open"}}';
    }}
    location = /giftcard {{
      default_type application/json;
      if ($http_x_pin != "4711") {{ return 403; }}
      if ($content_type != "application/json") {{ return 415; }}
      return 200 '{{"balance":12}}';
    }}
    location = /checkout {{
      if ($cookie_sid != "8f3a") {{ return 403; }}
      error_page 418 = @down;
      if (-f {self.nginx.directory}/pay.down) {{ return 418; }}
      return 200 "{PAY}";
    }}
    location @down {{ return 503 "<html><title>Sorry</title><h1>Sorry</h1></html>"; }}
  }}""")
        self.nginx.start()
        self.shop.nsd.set("hartley.example", steps=STEPS)
        self.daemon.env["CARD_PIN"] = "4711"

    def probe(self):
        done = subprocess.run([support.BINARY, "probe", "--config", str(self.daemon.config), "shop", "--json"],
                              env={**self.daemon.env}, capture_output=True, text=True, timeout=60)
        self.assertNotIn("4711", done.stdout)
        return json.loads(done.stdout), done.returncode

    def test_it_gets_to_the_payment_methods_and_names_the_step_that_fails(self):
        self.add_host()
        self.shop.start(JOURNEY)
        self.note("settled")
        seen, status = self.probe()
        self.assertEqual((seen["outcome"], seen["note"], status), ("ok", "", 0), seen)
        names = ["product", "bag", "collection slots", "gift card", "payment methods"]
        self.assertEqual([step["name"] for step in seen["steps"]], names)
        self.assertEqual(seen["facts"]["fields"], "card-number")
        for name in names:
            series = f'bellwether_journey_step_seconds{{target="shop",step="{name}"}}'
            self.assertGreater(self.daemon.metric(series), 0, series)

        began = time.monotonic()
        self.nginx.set_down("pay")
        wait_for(lambda: f"the journey fails: {self.daemon.target('shop')}",
                 lambda: self.daemon.target("shop")["failing"])
        self.note(f"failing {time.monotonic() - began:.1f} s after the payment methods did")
        seen, status = self.probe()
        self.assertEqual((seen["outcome"], status), ("status_server", 1), seen)
        self.assertEqual(seen["facts"]["journey_step"], "payment methods")
        self.assertTrue(seen["note"].startswith("step 5 of 5, payment methods: 503 "), seen["note"])
        incident = self.daemon.wait_for_incident("an incident is open")
        self.assertIn("Online checkout", incident["headline"])

        self.nginx.set_down("pay", False)
        self.daemon.wait_for_calm()


if __name__ == "__main__":
    support.main()
