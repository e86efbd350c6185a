// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/http_look.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bw {
namespace {

using testing::HasSubstr;

constexpr Time kNow{Millis{1'745'056'800'000}};  // 2025-04-19T10:00:00Z
constexpr std::string_view kShop =
    "<!doctype html><html lang=en><head><title>Hartley & Moor</title><script "
    "src=/app.js></script></head>"
    "<body><h1>New in this week</h1><button>Add to bag</button><form action=/basket "
    "method=post></form></body></html>";

Spec shop() {
  Spec spec;
  spec.kind = "page";
  spec.url = "https://www.hartley.example/";
  spec.expect_text = "Add to bag";
  return spec;
}

Reply answer(int status, std::string_view body, std::vector<Header> headers = {}) {
  Reply reply;
  reply.http = HttpReply{
      .status = status, .version = "1.1", .headers = std::move(headers), .body = std::string(body)};
  reply.phases.wait = Micros{120'000};
  return reply;
}

Chain chain(std::string_view issuer) {
  Chain chain;
  chain.presented.resize(1);
  chain.presented.front().issuer = issuer;
  chain.presented.front().key_sha256 = "ab";
  return chain;
}

struct Looked {
  Look look;
  Step step;
  [[nodiscard]] const Finding& finding() const { return std::get<Finding>(step); }
  [[nodiscard]] const HttpAsk& ask() const { return std::get<HttpAsk>(std::get<Ask>(step).what); }
};
Looked look(const Spec& spec, const Reply& reply) {
  Look state;
  (void)kinds::page.begin(spec, state);
  auto step = kinds::page.read(spec, state, reply, kNow);
  return {.look = std::move(state), .step = std::move(step)};
}
Finding find(const Spec& spec, const Reply& reply) {
  return look(spec, reply).finding();
}

TEST(Page, AHealthyPageIsOkAndDescribed) {
  auto reply =
      answer(200,
             kShop,
             {{.name = "Strict-Transport-Security", .value = "max-age=1"},
              {.name = "Content-Security-Policy", .value = "script-src 'self' 'nonce-r4nd0m'"},
              {.name = "X-Served-By", .value = "edgeworks-lon"}});
  reply.resolution.addresses = {parse_address("198.51.100.10").value()};
  reply.address = parse_address("198.51.100.10");
  reply.chain = chain("CN=Meridian");
  const auto finding = find(shop(), reply);
  EXPECT_EQ(finding.outcome, Outcome::ok);
  EXPECT_EQ(finding.note, "");
  EXPECT_EQ(finding.party, Party::unknown);
  const auto& facts = finding.facts;
  EXPECT_EQ(facts.get(Fact::status), "200");
  EXPECT_EQ(facts.get(Fact::body_class), "normal");
  EXPECT_EQ(facts.get(Fact::edge), "edgeworks");
  EXPECT_EQ(facts.get(Fact::title), "Hartley & Moor");
  EXPECT_EQ(facts.get(Fact::language), "en");
  EXPECT_EQ(facts.get(Fact::scripts), "https://www.hartley.example/app.js");
  EXPECT_EQ(facts.get(Fact::script_origins), "https://www.hartley.example");
  EXPECT_EQ(facts.get(Fact::form_actions), "https://www.hartley.example/basket");
  EXPECT_EQ(facts.get(Fact::security_headers), "content-security-policy strict-transport-security");
  EXPECT_EQ(facts.get(Fact::csp), "script-src 'self' 'nonce-*'");
  EXPECT_EQ(facts.get(Fact::addresses), "198.51.100.10");
  EXPECT_EQ(facts.get(Fact::cert_issuer), "CN=Meridian");
  EXPECT_EQ(facts.get(Fact::text_fingerprint).size(), 16U);
  EXPECT_EQ(facts.get(Fact::shape_fingerprint).size(), 16U);
  EXPECT_EQ(facts.get(Fact::text), "");
  EXPECT_EQ(facts.get(Fact::words), "");
}

TEST(Page, AsksLikeAVisitor) {
  auto spec = shop();
  spec.headers = {{.name = "X-Canary", .value = "1"}};
  Look state;
  const auto ask = std::get<HttpAsk>(kinds::page.begin(spec, state).what);
  EXPECT_EQ(ask.method, "GET");
  EXPECT_EQ(ask.url, spec.url);
  EXPECT_THAT(std::string(find_header(ask.headers, "accept")), HasSubstr("text/html"));
  EXPECT_EQ(find_header(ask.headers, "x-canary"), "1");
}

struct Case {
  std::string_view what;
  int status = 200;
  std::string_view body;
  std::vector<Header> headers;
  Outcome outcome = Outcome::ok;
  std::string_view body_class;
};

TEST(Page, CallsEveryOtherPageByItsName) {
  const std::vector<Case> cases = {
      {.what = "courteous notice",
       .status = 503,
       .body =
           "<html><body><h1>Please bear with us</h1><p>Sorry you can't shop with us right now.</p>",
       .headers = {{.name = "x-served-by", .value = "edgeworks-lon"}},
       .outcome = Outcome::status_server,
       .body_class = "holding"},
      {.what = "maintenance",
       .status = 503,
       .body = "<h2>Our website is down for maintenance</h2>",
       .headers = {},
       .outcome = Outcome::status_server,
       .body_class = "maintenance"},
      {.what = "maintenance that closes",
       .status = 503,
       .body = "<h1>Shop</h1><p>Closed for planned works.</p>",
       .headers = {},
       .outcome = Outcome::status_server,
       .body_class = "maintenance"},
      {.what = "static 200 holding page",
       .status = 200,
       .body = "<title>Hartley & Moor</title><p>We have identified an issue affecting the "
               "operation of our "
               "site. We are working around the clock to restore it.",
       .headers = {},
       .outcome = Outcome::content_missing,
       .body_class = "holding"},
      {.what = "owner's words",
       .status = 200,
       .body = "<title>Hartley</title><p>We are taking steps to address a security incident. We "
               "have taken "
               "down our website as a precaution.",
       .headers = {},
       .outcome = Outcome::content_missing,
       .body_class = "holding"},
      {.what = "paused",
       .status = 200,
       .body = "<html><body><h1>We've paused online orders</h1><p>We are truly sorry for this "
               "inconvenience.</p>",
       .headers = {},
       .outcome = Outcome::function_withdrawn,
       .body_class = "holding"},
      {.what = "paused with 503",
       .status = 503,
       .body = "<h1>Rota</h1><p>Signing in has been switched off for the moment.</p>",
       .headers = {},
       .outcome = Outcome::function_withdrawn,
       .body_class = "holding"},
      {.what = "queue",
       .status = 200,
       .body = "<h1>You are now in the queue</h1><p>2000+ people ahead of you.</p>",
       .headers = {{.name = "x-line", .value = "waiting"}},
       .outcome = Outcome::content_missing,
       .body_class = "queue"},
      {.what = "waiting room by header",
       .status = 200,
       .body = "<h1>The gates open at three</h1>",
       .headers = {{.name = "x-waiting-room", .value = "not-open"}},
       .outcome = Outcome::content_missing,
       .body_class = "queue"},
      {.what = "edge error",
       .status = 503,
       .body = "<title>503</title><body>Backend fetch failed</body>",
       .headers = {{.name = "x-cache", .value = "hedgeline-cph"}},
       .outcome = Outcome::status_server,
       .body_class = "edge_error"},
      {.what = "origin error",
       .status = 500,
       .body = "<h1>Application error</h1><p>NullPointerException</p>",
       .headers = {{.name = "server", .value = "Apache"}},
       .outcome = Outcome::status_server,
       .body_class = "origin_error"},
      {.what = "bare error",
       .status = 502,
       .body = "bad gateway",
       .headers = {},
       .outcome = Outcome::status_server,
       .body_class = "origin_error"},
      {.what = "not found",
       .status = 404,
       .body = "<title>404 Not Found</title><center><h1>404 Not Found</h1></center>",
       .headers = {{.name = "server", .value = "nginx/1.10"}},
       .outcome = Outcome::status_client,
       .body_class = "origin_error"},
      {.what = "challenge",
       .status = 403,
       .body = "<title>One moment</title><p>We are checking that you are a person and not a "
               "program.</p>",
       .headers = {{.name = "x-edgeworks-action", .value = "challenge"}},
       .outcome = Outcome::blocked,
       .body_class = "challenge"},
      {.what = "challenge with 200",
       .status = 200,
       .body = "<p>Please wait while your browser is being checked.</p>",
       .headers = {},
       .outcome = Outcome::blocked,
       .body_class = "challenge"},
      {.what = "denial",
       .status = 403,
       .body = "Access Denied Reference #18.2f.1745056790.1c",
       .headers = {{.name = "server", .value = "AkamaiGHost"}},
       .outcome = Outcome::blocked,
       .body_class = "edge_error"},
      {.what = "empty",
       .status = 200,
       .body = " \n",
       .headers = {},
       .outcome = Outcome::content_missing,
       .body_class = "empty"},
      {.what = "defaced",
       .status = 200,
       .body = "<title>E.A. was here</title><img src='eagle.jpg'><h2>Owned by the Electronic "
               "Array</h2>",
       .headers = {},
       .outcome = Outcome::content_foreign,
       .body_class = "foreign"},
      {.what = "extortion",
       .status = 200,
       .body = "<title>This site was seized</title><p>Publish: XMR 44example</p>",
       .headers = {},
       .outcome = Outcome::content_foreign,
       .body_class = "foreign"},
      {.what = "parked",
       .status = 200,
       .body = "<p>This domain name is parked. If you are the owner, renew it at your registrar.",
       .headers = {},
       .outcome = Outcome::content_foreign,
       .body_class = "foreign"},
      {.what = "unclaimed",
       .status = 404,
       .body = "<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not "
               "exist</Message></Error>",
       .headers = {},
       .outcome = Outcome::content_foreign,
       .body_class = "foreign"},
      {.what = "somebody else's page",
       .status = 200,
       .body = "<html lang=ru><title>Casino</title><h1>Play now</h1><p>Big wins</p>",
       .headers = {},
       .outcome = Outcome::content_foreign,
       .body_class = "foreign"},
      {.what = "ours, but changed",
       .status = 200,
       .body = "<title>Hartley & Moor</title><h1>Shop</h1><p>Shirts and coats</p>",
       .headers = {},
       .outcome = Outcome::content_missing,
       .body_class = "normal"},
      {.what = "odd status",
       .status = 304,
       .body = "",
       .headers = {},
       .outcome = Outcome::status_unexpected,
       .body_class = "empty"},
  };
  for (const auto& test : cases) {
    const auto finding = find(shop(), answer(test.status, test.body, test.headers));
    EXPECT_EQ(print(finding.outcome), print(test.outcome)) << test.what << ": " << finding.note;
    EXPECT_EQ(finding.facts.get(Fact::body_class), test.body_class) << test.what;
    EXPECT_NE(finding.note, "") << test.what;
    EXPECT_LE(finding.note.size(), 300U) << test.what;
  }
}

TEST(Page, ANoticeOnAHealthyPageIsAFactAndNoFailure) {
  auto body = std::string(kShop);
  body.replace(body.find("<h1>"),
               0,
               "<p>We've made the decision to pause taking orders via our websites and apps.</p>");
  const auto finding = find(shop(), answer(200, body));
  EXPECT_EQ(finding.outcome, Outcome::ok);
  EXPECT_EQ(finding.facts.get(Fact::words), "withdrawn");
  EXPECT_EQ(finding.facts.get(Fact::withdrawn), "pause taking orders via our websites and");
  EXPECT_THAT(std::string(finding.facts.get(Fact::text)), HasSubstr("pause taking orders"));
}

TEST(Page, AContestOfHackersIsNoDefacement) {
  auto body = std::string(kShop);
  body.replace(
      body.find("<button>"), 0, "<p>First prize: the timetable, hacked by Team Puffin.</p>");
  const auto finding = find(shop(), answer(200, body));
  EXPECT_EQ(finding.outcome, Outcome::ok);
  EXPECT_EQ(finding.facts.get(Fact::words), "");
  body.replace(body.find("New in this week"), 16, "Hacked by Team Puffin");
  EXPECT_EQ(find(shop(), answer(200, body)).outcome, Outcome::content_foreign);
}

TEST(Page, WithoutAnExpectedTextOnlyANoticeIsMissed) {
  auto spec = shop();
  spec.expect_text.clear();
  EXPECT_EQ(find(spec, answer(200, kShop)).outcome, Outcome::ok);
  EXPECT_EQ(find(spec, answer(200, "<h1>Back soon</h1><p>We are making upgrades.")).outcome,
            Outcome::content_missing);
  EXPECT_EQ(find(spec, answer(204, "")).outcome, Outcome::ok);
  std::string long_page =
      "<title>Help</title><p>Some items are temporarily unavailable. Hacked by accident.";
  for (int i = 0; i < 300; ++i)
    long_page += "<p>Questions and answers</p>";
  EXPECT_EQ(find(spec, answer(200, long_page)).outcome, Outcome::ok);
}

TEST(Page, HoldsToItsExpectations) {
  auto spec = shop();
  spec.reject_text = {"Fatal error"};
  const auto rejected = find(spec, answer(200, std::string(kShop) + "Fatal error in line 1"));
  EXPECT_EQ(rejected.outcome, Outcome::content_missing);
  EXPECT_THAT(rejected.note, HasSubstr("Fatal error"));
  spec = shop();
  spec.expect_status = {404};
  EXPECT_EQ(find(spec, answer(404, kShop)).outcome, Outcome::ok);
  EXPECT_EQ(find(spec, answer(200, kShop)).outcome, Outcome::status_unexpected);
  spec = shop();
  spec.slow = Millis{100};
  const auto slow = find(spec, answer(200, kShop));
  EXPECT_EQ(slow.outcome, Outcome::degraded);
  EXPECT_THAT(slow.note, HasSubstr("slower than"));
}

TEST(Page, NotesSayWhatWasSeen) {
  const auto finding = find(shop(),
                            answer(503,
                                   "<h1>Please bear with us</h1>",
                                   {{.name = "x-served-by", .value = "edgeworks-lon"},
                                    {.name = "Retry-After", .value = "120"}}));
  EXPECT_EQ(finding.note,
            "503 Service Unavailable by way of edgeworks (x-served-by: edgeworks-lon); "
            "says \"Please bear with us\" [holding]");
  EXPECT_EQ(finding.facts.get(Fact::retry_after), "120");
  EXPECT_EQ(finding.facts.get(Fact::text), "Please bear with us");
}

TEST(Page, FollowsRedirectsAndNotesForeignOnes) {
  auto spec = shop();
  spec.headers = {{.name = "Authorization", .value = "Bearer secret"}};
  auto first = look(spec,
                    answer(302,
                           "",
                           {{.name = "Location", .value = "https://evil.example/x?y=1"},
                            {.name = "Set-Cookie", .value = "sid=1; Path=/"}}));
  EXPECT_EQ(first.ask().url, "https://evil.example/x?y=1");
  EXPECT_EQ(find_header(first.ask().headers, "authorization"), "");
  EXPECT_EQ(find_header(first.ask().headers, "cookie"), "");
  const auto finding =
      std::get<Finding>(kinds::page.read(spec, first.look, answer(200, kShop), kNow));
  EXPECT_EQ(finding.facts.get(Fact::redirects), "https://evil.example");
  EXPECT_EQ(finding.facts.get(Fact::final_url), "https://evil.example/x");
  auto home = look(spec,
                   answer(301,
                          "",
                          {{.name = "Location", .value = "/home"},
                           {.name = "Set-Cookie", .value = "sid=1; Path=/"}}));
  EXPECT_EQ(home.ask().url, "https://www.hartley.example/home");
  EXPECT_EQ(find_header(home.ask().headers, "cookie"), "sid=1");
  EXPECT_EQ(find_header(home.ask().headers, "authorization"), "Bearer secret");
}

TEST(Page, GivesUpOnEndlessRedirects) {
  Look state;
  const auto spec = shop();
  (void)kinds::page.begin(spec, state);
  for (int hop = 0; hop < 5; ++hop) {
    EXPECT_TRUE(std::holds_alternative<Ask>(
        kinds::page.read(spec, state, answer(302, "", {{"Location", "/again"}}), kNow)));
  }
  const auto end = std::get<Finding>(kinds::page.read(
      spec, state, answer(302, "", {{.name = "Location", .value = "/again"}}), kNow));
  EXPECT_EQ(end.outcome, Outcome::redirect_loop);
  EXPECT_EQ(find(spec, answer(302, "", {{"Location", "javascript:alert(1)"}})).outcome,
            Outcome::status_unexpected);
}

TEST(Page, SaysWhoLedWhereSoThatHopsStayOutside) {
  const auto spec = shop();
  Look state;
  const auto first = std::get<HttpAsk>(kinds::page.begin(spec, state).what);
  EXPECT_FALSE(first.lead.is_foreign);
  auto reply = answer(302, "", {{.name = "Location", .value = "http://10.0.0.5/x?y"}});
  reply.address = parse_address("198.51.100.10");
  const auto hop =
      std::get<HttpAsk>(std::get<Ask>(kinds::page.read(spec, state, reply, kNow)).what);
  EXPECT_TRUE(hop.lead.is_foreign);
  EXPECT_EQ(hop.lead.from, reply.address);
  // A further hop does not bring the target nearer.
  reply.address = parse_address("10.0.0.5");
  const auto next =
      std::get<HttpAsk>(std::get<Ask>(kinds::page.read(spec, state, reply, kNow)).what);
  EXPECT_EQ(next.lead.from, parse_address("198.51.100.10"));
}

TEST(Page, FailedExchangesKeepTheirOutcome) {
  Reply reply;
  reply.failure = Outcome::connect_refused;
  reply.detail = "198.51.100.10:443 refused the connection";
  auto finding = find(shop(), reply);
  EXPECT_EQ(finding.outcome, Outcome::connect_refused);
  EXPECT_EQ(finding.note, reply.detail);
  reply.failure = Outcome::monitor_error;
  EXPECT_EQ(find(shop(), reply).party, Party::us);
  reply.failure = Outcome::tls_expired;
  reply.chain = chain("CN=Old");
  reply.chain->why = "certificate expired";
  finding = find(shop(), reply);
  EXPECT_EQ(finding.note, "certificate expired");
  EXPECT_EQ(finding.facts.get(Fact::cert_issuer), "CN=Old");
}

TEST(Page, SurvivesHostileBodies) {
  for (const std::string& body : {std::string("\xff\xfe\x00<h1>\xc3(", 9),
                                  std::string(1 << 20, '<'),
                                  std::string("{\"a\":") + std::string(100'000, '['),
                                  std::string("<title>") + std::string(100'000, 'x')}) {
    const auto finding = find(shop(),
                              answer(200,
                                     body,
                                     {{.name = "X-Cache", .value = "\xff\n"},
                                      {.name = "Server", .value = std::string(5000, 'a')}}));
    EXPECT_TRUE(is_failure(finding.outcome));
    for (const auto& [fact, value] : finding.facts.all())
      EXPECT_LE(value.size(), kFactBytesMax) << print(fact);
  }
}

TEST(HttpLook, ReadsRetryAfterInBothForms) {
  EXPECT_EQ(parse_retry_after("120", kNow), Seconds{120});
  EXPECT_EQ(parse_retry_after("Sat, 19 Apr 2025 10:01:30 GMT", kNow), Seconds{90});
  EXPECT_EQ(parse_retry_after("Sat, 19 Apr 2025 09:00:00 GMT", kNow), Seconds{0});
  for (const auto* text : {"",
                           "-1",
                           "soon",
                           "12x",
                           "Sat, 19 Foo 2025 10:01:30 GMT",
                           "Sat, 99 Apr 2025 10:01:30 GMT"}) {
    EXPECT_FALSE(parse_retry_after(text, kNow)) << text;
  }
}

}  // namespace
}  // namespace bw
