// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace bw {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Time kNow{Millis{1'745'056'800'000}};

HttpReply page(std::string_view body, std::vector<Header> headers = {}, int status = 200) {
  return {
      .status = status, .version = "1.1", .headers = std::move(headers), .body = std::string(body)};
}
Reply replied(HttpReply http, Millis took = Millis{50}) {
  Reply reply;
  reply.http = std::move(http);
  reply.phases.wait = took;
  return reply;
}

JourneyStep step(std::string name, std::string url) {
  JourneyStep step;
  step.name = std::move(name);
  step.request.url = std::move(url);
  return step;
}

// Browse, put into the basket by a form with a token, ask an API for the slots, show how to pay.
Spec shop() {
  Spec spec;
  spec.kind = "journey";
  spec.deadline = Millis{10'000};
  auto product = step("product", "https://www.hartley.example/p/1");
  product.request.expect_text = "Add to bag";
  product.captures = {{.name = "csrf", .from = Capture::From::field, .what = "csrf_token"}};
  auto basket = step("basket", "https://www.hartley.example/basket");
  basket.request.method = "POST";
  basket.form = {{"csrf_token", "{csrf}"}, {"sku", "1"}};
  basket.request.expect_text = "Your bag";
  basket.captures = {
      {.name = "basket", .from = Capture::From::between, .what = "data-basket=\"", .end = "\""}};
  auto slots = step("collection slots", "https://api.hartley.example/slots?basket={basket}");
  slots.request.method = "POST";
  slots.request.body = R"({"basket":"{basket}","store":"12"})";
  slots.request.headers = {{.name = "X-Basket", .value = "id={basket}"}};
  slots.request.expect_json = {{"status", "open"}};
  auto pay = step("payment methods", "https://www.hartley.example/checkout");
  pay.request.expect_text = "Pay by card";
  spec.steps = {product, basket, slots, pay};
  return spec;
}

constexpr std::string_view kProduct =
    "<title>Hartley</title><script src='https://cdn.example/shop.js'></script><p>Add to bag</p>"
    "<form action=/basket method=post><input type=hidden name=csrf_token value='t &amp; 1'></form>";
constexpr std::string_view kBasket =
    "<title>Hartley bag</title><p>Your bag</p><div data-basket=\"b \"></div>"
    "<form action=/basket/8f3a91/update><input name=n></form>";
constexpr std::string_view kPay =
    "<title>Hartley checkout</title><script src='https://pay.example/fields.js'></script>"
    "<p>Pay by card</p><form action=/pay/8f3a91><input name=cardnumber></form>";

Reply healthy(const HttpAsk& ask) {
  if (ask.url.contains("/p/1")) {
    return replied(page(kProduct, {{.name = "Set-Cookie", .value = "sid=1; Path=/"}}));
  }
  if (ask.url.ends_with("/basket")) return replied(page(kBasket));
  if (ask.url.contains("/slots")) return replied(page(R"({"status":"open"})"));
  return replied(page(kPay));
}

struct Walk {
  Finding finding;
  std::vector<HttpAsk> asks;
  std::vector<Millis> deadlines;
  Look look;
};
Walk walk(const Spec& spec,
          const std::function<Reply(const HttpAsk&)>& server,
          Memory* memory = nullptr) {
  Walk walked;
  walked.look.memory = memory;
  Step next = kinds::journey.begin(spec, walked.look);
  while (std::holds_alternative<Ask>(next) && walked.asks.size() < 64) {
    walked.asks.push_back(std::get<HttpAsk>(std::get<Ask>(next).what));
    walked.deadlines.push_back(std::get<Ask>(next).deadline);
    next = kinds::journey.read(spec, walked.look, server(walked.asks.back()), kNow);
  }
  walked.finding = std::get<Finding>(next);
  return walked;
}

// The healthy shop, but for the answers to addresses that hold `part`.
std::function<Reply(const HttpAsk&)> with(std::string_view part, const Reply& reply) {
  return
      [part, reply](const HttpAsk& ask) { return ask.url.contains(part) ? reply : healthy(ask); };
}

TEST(Journey, CarriesCookiesAndValuesThroughItsSteps) {
  const auto walked = walk(shop(), healthy);
  EXPECT_EQ(walked.finding.outcome, Outcome::ok) << walked.finding.note;
  EXPECT_EQ(walked.finding.note, "");
  ASSERT_EQ(walked.asks.size(), 4U);
  const auto& basket = walked.asks[1];
  EXPECT_EQ(basket.method, "POST");
  EXPECT_EQ(basket.body, "csrf_token=t+%26+1&sku=1");
  EXPECT_EQ(find_header(basket.headers, "content-type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(find_header(basket.headers, "cookie"), "sid=1");
  EXPECT_THAT(std::string(find_header(basket.headers, "accept")), HasSubstr("text/html"));
  const auto& slots = walked.asks[2];
  EXPECT_EQ(slots.url, "https://api.hartley.example/slots?basket=b%20");
  EXPECT_EQ(slots.body, R"({"basket":"b ","store":"12"})");
  EXPECT_EQ(find_header(slots.headers, "x-basket"), "id=b ");
  EXPECT_EQ(find_header(slots.headers, "content-type"), "application/json");
  EXPECT_EQ(find_header(slots.headers, "cookie"), "") << "the cookie is another host's";
  EXPECT_THAT(std::string(find_header(slots.headers, "accept")), HasSubstr("application/json"));
  EXPECT_EQ(walked.asks[3].method, "GET");
  EXPECT_EQ(walked.asks[3].body, "");
  EXPECT_EQ(find_header(walked.asks[3].headers, "cookie"), "sid=1");
}

TEST(Journey, TimesEachStep) {
  const auto walked = walk(shop(), [](const HttpAsk& ask) {
    auto reply = healthy(ask);
    reply.phases.wait = Millis{ask.url.contains("/slots") ? 700 : 100};
    return reply;
  });
  ASSERT_EQ(walked.look.walked.size(), 4U);
  EXPECT_EQ(walked.look.walked[0].name, "product");
  EXPECT_EQ(walked.look.walked[0].took, Millis{100});
  EXPECT_EQ(walked.look.walked[2].name, "collection slots");
  EXPECT_EQ(walked.look.walked[2].took, Millis{700});
}

TEST(Journey, TellsTheFactsOfAllItsPages) {
  const auto facts = walk(shop(), healthy).finding.facts;
  EXPECT_EQ(facts.get(Fact::script_origins), "https://cdn.example https://pay.example");
  EXPECT_EQ(facts.get(Fact::fields), "card-number");
  EXPECT_EQ(facts.get(Fact::form_actions), "https://www.hartley.example/")
      << "a session's address is no change of hands";
  EXPECT_EQ(facts.get(Fact::title), "Hartley checkout");
  EXPECT_EQ(facts.get(Fact::journey_step), "");
}

TEST(Journey, NamesTheStepThatFailsAndKeepsWhatWasSeenBefore) {
  const auto down = replied(page(
      "<h1>Please bear with us</h1>", {{.name = "x-served-by", .value = "edgeworks-lon"}}, 503));
  const auto walked = walk(shop(), with("/checkout", down));
  const auto& finding = walked.finding;
  EXPECT_EQ(finding.outcome, Outcome::status_server);
  EXPECT_EQ(finding.note,
            "step 4 of 4, payment methods: 503 Service Unavailable by way of edgeworks "
            "(x-served-by: edgeworks-lon); says \"Please bear with us\" [holding]");
  EXPECT_EQ(finding.facts.get(Fact::journey_step), "payment methods");
  EXPECT_EQ(finding.facts.get(Fact::body_class), "holding");
  EXPECT_EQ(finding.facts.get(Fact::status), "503");
  EXPECT_EQ(finding.facts.get(Fact::script_origins), "https://cdn.example");
  EXPECT_EQ(walked.look.walked.size(), 4U);
  const auto first = walk(shop(), with("/p/1", down));
  EXPECT_THAT(first.finding.note, HasSubstr("step 1 of 4, product: 503"));
  EXPECT_EQ(first.asks.size(), 1U) << "nothing is asked for after a step that failed";
}

TEST(Journey, FindsAtAStepWhatItsKindWouldFind) {
  Reply refused;
  refused.failure = Outcome::connect_refused;
  refused.detail = "198.51.100.10:443 refused the connection";
  auto walked = walk(shop(), with("/slots", refused));
  EXPECT_EQ(walked.finding.outcome, Outcome::connect_refused);
  EXPECT_EQ(walked.finding.note,
            "step 3 of 4, collection slots: 198.51.100.10:443 refused the connection");
  walked = walk(shop(), with("/slots", replied(page(R"({"status":"paused"})"))));
  EXPECT_EQ(walked.finding.outcome, Outcome::function_withdrawn);
  EXPECT_EQ(walked.finding.facts.get(Fact::json_state), "status=paused");
  walked = walk(shop(), with("/slots", replied(page("<html><p>Hello</p></html>"))));
  EXPECT_EQ(walked.finding.outcome, Outcome::json_mismatch);
  EXPECT_EQ(walked.finding.note, "step 3 of 4, collection slots: 200 OK; not JSON; says \"Hello\"");
  walked = walk(shop(), with("/basket", replied(page("<p>Your trolley</p>"))));
  EXPECT_EQ(walked.finding.outcome, Outcome::content_missing);
  walked = walk(
      shop(),
      with("/basket", replied(page("", {{.name = "cf-mitigated", .value = "challenge"}}, 403))));
  EXPECT_EQ(walked.finding.outcome, Outcome::blocked);
  EXPECT_EQ(walked.finding.party, Party::edge);
}

TEST(Journey, StopsWhereWhatItNeedsDoesNotStand) {
  auto walked = walk(shop(), with("/p/1", replied(page("<p>Add to bag</p>"))));
  EXPECT_EQ(walked.finding.outcome, Outcome::content_missing);
  EXPECT_EQ(walked.finding.note,
            "step 1 of 4, product: 200 OK without the form field \"csrf_token\", which is csrf");
  EXPECT_EQ(walked.asks.size(), 1U);
  const auto flood = "<p>Your bag</p><div data-basket=\"" + std::string(5000, 'x') + "\"></div>";
  walked = walk(shop(), with("/basket", replied(page(flood))));
  EXPECT_EQ(walked.finding.outcome, Outcome::content_missing);
  EXPECT_THAT(walked.finding.note, HasSubstr("step 2 of 4, basket: 200 OK the text between"));
  EXPECT_THAT(walked.finding.note, HasSubstr("longer than 1 KiB"));
}

TEST(Journey, FollowsRedirectsWithinAStep) {
  const auto walked = walk(shop(), [](const HttpAsk& ask) {
    if (ask.method == "POST" && ask.url.ends_with("/basket")) {
      return replied(page("",
                          {{.name = "Location", .value = "/basket"},
                           {.name = "Set-Cookie", .value = "bag=7; Path=/basket"}},
                          303));
    }
    return healthy(ask);
  });
  EXPECT_EQ(walked.finding.outcome, Outcome::ok) << walked.finding.note;
  ASSERT_EQ(walked.asks.size(), 5U);
  EXPECT_EQ(walked.asks[2].method, "GET");
  EXPECT_EQ(walked.asks[2].body, "");
  EXPECT_EQ(find_header(walked.asks[2].headers, "cookie"), "bag=7; sid=1");
  EXPECT_EQ(walked.look.walked[1].took, Millis{100});
  EXPECT_EQ(walked.look.walked.size(), 4U);
}

TEST(Journey, EndsInCircles) {
  const auto again = replied(page("", {{.name = "Location", .value = "/basket"}}, 302));
  const auto walked = walk(shop(), with("/basket", again));
  EXPECT_EQ(walked.finding.outcome, Outcome::redirect_loop);
  EXPECT_EQ(walked.finding.note,
            "step 2 of 4, basket: more than 5 redirects, the last to "
            "https://www.hartley.example/basket");
  EXPECT_EQ(walked.asks.size(), 7U);
}

TEST(Journey, AsksNoMoreThanALookMay) {
  Spec spec;
  spec.kind = "journey";
  spec.redirects_max = 20;
  for (std::size_t i = 0; i < kStepsMax; ++i) {
    spec.steps.push_back(
        step("s" + std::to_string(i), "https://www.hartley.example/" + std::to_string(i)));
  }
  // Each address leads on until it is 15 long.
  const auto server = [](const HttpAsk& ask) {
    const auto path = ask.url.substr(ask.url.rfind('/'));
    if (path.size() >= 15) return replied(page("<p>Hello</p>"));
    return replied(page("", {{.name = "Location", .value = path + "x"}}, 302));
  };
  const auto walked = walk(spec, server);
  EXPECT_EQ(walked.finding.outcome, Outcome::redirect_loop);
  EXPECT_LE(walked.asks.size(), kStepsMax + 41);
}

TEST(Journey, KeepsToItsTime) {
  auto spec = shop();
  spec.deadline = Millis{1'000};
  const auto slow = [](const HttpAsk& ask) {
    auto reply = healthy(ask);
    reply.phases.wait = Millis{450};
    return reply;
  };
  auto walked = walk(spec, slow);
  EXPECT_EQ(walked.finding.outcome, Outcome::reply_timeout);
  EXPECT_EQ(walked.finding.note,
            "step 4 of 4, payment methods: there was no time left for it within 1 s; the steps "
            "before it took 1 s of 1 s");
  ASSERT_EQ(walked.deadlines.size(), 3U);
  EXPECT_EQ(walked.deadlines[0], Millis{1'000});
  EXPECT_EQ(walked.deadlines[1], Millis{550});
  EXPECT_EQ(walked.deadlines[2], Millis{100});
}

TEST(Journey, IsDegradedByASlowStepOrAllInAll) {
  auto spec = shop();
  spec.steps[1].request.slow = Millis{40};
  auto walked = walk(spec, healthy);
  EXPECT_EQ(walked.finding.outcome, Outcome::degraded);
  EXPECT_EQ(walked.finding.note,
            "step 2 of 4, basket: answered rightly after 50 ms; slower than 40 ms");
  EXPECT_EQ(walked.asks.size(), 4U) << "it goes on";
  spec = shop();
  spec.slow = Millis{190};
  walked = walk(spec, healthy);
  EXPECT_EQ(walked.finding.outcome, Outcome::degraded);
  EXPECT_EQ(walked.finding.note, "arrived after 200 ms; slower than 190 ms");
  spec.slow = Millis{200};
  EXPECT_EQ(walk(spec, healthy).finding.outcome, Outcome::ok);
}

TEST(Journey, SpeaksOfItsFirstHostsServersOnly) {
  const auto from = [](const HttpAsk& ask) {
    auto reply = healthy(ask);
    const bool is_api = ask.url.contains("api.");
    reply.address = parse_address(is_api ? "203.0.113.9" : "198.51.100.10");
    reply.resolution.addresses = {*reply.address};
    reply.chain.emplace();
    reply.chain->presented = {{.subject = is_api ? "CN=api" : "CN=www",
                               .issuer = is_api ? "CN=Other" : "CN=Meridian",
                               .names = {}}};
    return reply;
  };
  const auto facts = walk(shop(), from).finding.facts;
  EXPECT_EQ(facts.get(Fact::networks), "198.51.100.0/24");
  EXPECT_EQ(facts.get(Fact::cert_issuer), "CN=Meridian");
  const auto broken = walk(shop(), [&](const HttpAsk& ask) {
    auto reply = from(ask);
    if (!ask.url.contains("api.")) return reply;
    reply.http.reset();
    reply.failure = Outcome::tls_expired;
    reply.chain->why = "the certificate has expired";
    return reply;
  });
  EXPECT_EQ(broken.finding.outcome, Outcome::tls_expired);
  EXPECT_EQ(broken.finding.facts.get(Fact::networks), "198.51.100.0/24");
  EXPECT_EQ(broken.finding.facts.get(Fact::cert_not_after), "");
}

TEST(Journey, NeverTellsItsSecrets) {
  auto spec = shop();
  spec.secrets = {{"pin", "4711"}, {"password", "c0rrect horse"}};
  spec.steps[1].form.emplace_back("pw", "{password}");
  spec.steps[2].request.headers.push_back({.name = "Authorization", .value = "Basic {pin}"});
  const auto walked = walk(spec, [](const HttpAsk& ask) {
    if (ask.url.contains("/p/1")) {
      return replied(page("<p>Add to bag</p><input name=csrf_token value='long-token-1'>"));
    }
    if (ask.method == "POST" && ask.url.ends_with("/basket")) {
      return replied(page(
          "", {{.name = "Location", .value = "/bag/long-token-1/c0rrect%20horse?p=4711"}}, 302));
    }
    return replied(
        page("<h1>Please bear with us</h1><p>You typed 4711, c0rrect horse and "
             "long-token-1</p>",
             {},
             503));
  });
  EXPECT_THAT(walked.asks.at(1).body, HasSubstr("&pw=c0rrect+horse"));
  EXPECT_EQ(walked.finding.outcome, Outcome::status_server);
  std::string said = walked.finding.note;
  for (const auto& [fact, value] : walked.finding.facts.all())
    said += "\n" + value;
  EXPECT_THAT(said, HasSubstr("You typed ***, *** and ***"));
  EXPECT_THAT(said, HasSubstr("/bag/***/***"));
  for (const auto* secret : {"4711", "c0rrect", "long-token-1"})
    EXPECT_THAT(said, Not(HasSubstr(secret)));
}

TEST(Journey, SendsItsHeadersToItsOwnSite) {
  auto spec = shop();
  spec.headers = {{.name = "X-Monitor", .value = "bellwether {key}"}};
  spec.secrets = {{"key", "0815"}};
  spec.steps[2].request.headers.push_back({.name = "x-monitor", .value = "its own"});
  spec.steps[3].request.url = "https://pay.example/methods";
  const auto walked = walk(spec, healthy);
  EXPECT_EQ(find_header(walked.asks.at(0).headers, "x-monitor"), "bellwether 0815");
  EXPECT_EQ(find_header(walked.asks.at(2).headers, "x-monitor"), "its own");
  EXPECT_EQ(find_header(walked.asks.at(3).headers, "x-monitor"), "");
}

TEST(Journey, ABombOfCookiesBlowsNothingUp) {
  std::vector<Header> bomb;
  for (int i = 0; i < 2'000; ++i) {
    bomb.push_back({.name = "Set-Cookie",
                    .value = "c" + std::to_string(i) + "=" + std::string(3'000, 'x') + "; Path=/"});
  }
  const auto walked = walk(shop(), with("/p/1", replied(page(kProduct, bomb))));
  EXPECT_EQ(walked.finding.outcome, Outcome::ok);
  EXPECT_LE(find_header(walked.asks.at(1).headers, "cookie").size(), 70'000U);
}

TEST(Journey, FindsTheSameWithAMemory) {
  Memory memory;
  const auto without = walk(shop(), healthy);
  for (int i = 0; i < 3; ++i) {
    const auto walked = walk(shop(), healthy, &memory);
    EXPECT_EQ(walked.finding.outcome, without.finding.outcome);
    EXPECT_EQ(walked.finding.facts, without.finding.facts);
    EXPECT_EQ(walked.asks.at(2).url, without.asks.at(2).url);
  }
}

}  // namespace
}  // namespace bw
