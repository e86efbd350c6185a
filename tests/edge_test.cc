// SPDX-License-Identifier: Apache-2.0
#include "probes/edge.h"

#include <gtest/gtest.h>

namespace bw {
namespace {

constexpr Time kNow{Millis{1'745'056'800'000}};

EdgeReading edge(int status,
                 std::vector<Header> headers,
                 std::string body = "",
                 Micros wait = Micros{0}) {
  HttpReply http;
  http.status = status;
  http.headers = std::move(headers);
  http.body = std::move(body);
  return read_edge(http, wait, kNow);
}

struct Case {
  std::string_view what;
  int status = 0;
  std::vector<Header> headers;
  std::string body;
  std::string_view edge;
  Party party = Party::unknown;
};

TEST(Edge, NamesWhoAnsweredAndWhoFailed) {
  const Header cf{"CF-RAY", "8f2a-LHR"};
  const std::vector<Case> cases = {
      {"Cloudflare 522", 522, {cf}, "<title>522</title>", "cloudflare", Party::origin},
      {"Cloudflare 525: TLS at the origin", 525, {cf}, "", "cloudflare", Party::origin},
      {"Cloudflare branded 502",
       502,
       {cf},
       "<div id=cf-error-details>Bad gateway</div>",
       "cloudflare",
       Party::origin},
      {"Cloudflare unbranded 502",
       502,
       {cf},
       "<center>cloudflare</center>",
       "cloudflare",
       Party::edge},
      {"Cloudflare's mark of its own",
       500,
       {cf, {"cf-error-type", "1xxx"}},
       "",
       "cloudflare",
       Party::edge},
      {"Cloudflare Worker", 500, {cf}, "error code: 1101", "cloudflare", Party::edge},
      {"Cloudflare 1016: origin DNS", 530, {cf}, "error code: 1016", "cloudflare", Party::origin},
      {"passed through Cloudflare", 500, {cf}, "{\"error\":\"x\"}", "cloudflare", Party::unknown},
      {"Fastly",
       503,
       {{"X-Served-By", "cache-lhr7-LHR"}},
       "<p>Guru Mediation:</p>",
       "fastly",
       Party::origin},
      {"Varnish",
       503,
       {{"Via", "1.1 varnish"}},
       "Error 503 Backend fetch failed Guru Meditation: XID: 1",
       "varnish",
       Party::origin},
      {"Akamai DNS failure",
       503,
       {{"Server", "AkamaiGHost"}},
       "Service Unavailable - DNS failure",
       "akamai",
       Party::edge},
      {"Akamai 97",
       500,
       {{"Server", "AkamaiGHost"}},
       "Reference #97.1c2f0a3d.1745056790.1",
       "akamai",
       Party::edge},
      {"Akamai timeout",
       504,
       {{"Server", "AkamaiGHost"}},
       "Gateway Timeout Reference #1.2f0a3d17.1745056790.1c2f",
       "akamai",
       Party::origin},
      {"CloudFront 502",
       502,
       {{"Via", "1.1 x.cloudfront.net (CloudFront)"}},
       "The request could not be satisfied.",
       "cloudfront",
       Party::origin},
      {"CloudFront's own",
       503,
       {{"X-Amz-Cf-Id", "x"}},
       "The request could not be satisfied.",
       "cloudfront",
       Party::edge},
      {"CloudFront passing on",
       500,
       {{"X-Amz-Cf-Id", "x"}, {"X-Cache", "Error from cloudfront"}},
       "oops",
       "cloudfront",
       Party::origin},
      {"unknown edge of an origin",
       504,
       {{"x-cache", "ERROR from brineway-ams"}},
       "The server behind this page did not answer within 30 seconds.",
       "brineway",
       Party::origin},
      {"unknown edge of itself",
       503,
       {{"server", "hedgeline-cache"}},
       "Error 503 No cache node",
       "hedgeline",
       Party::edge},
      {"unknown edge by its server",
       500,
       {{"server", "skerrow"}, {"x-skerrow-ray", "9a05c1-LHR"}},
       "Internal server error",
       "skerrow",
       Party::edge},
      {"unknown edge, 52x",
       521,
       {{"server", "brineway"}},
       "error code: 521",
       "brineway",
       Party::origin},
      {"unknown edge with a POP header",
       524,
       {{"x-pebble-pop", "iad"}},
       "took too long",
       "pebble",
       Party::origin},
      {"holding page through an edge",
       503,
       {{"x-served-by", "edgeworks-lon"}},
       "<h1>Please bear with us</h1>",
       "edgeworks",
       Party::unknown},
      {"nginx", 502, {{"Server", "nginx"}}, "<center>nginx</center>", "", Party::origin},
      {"IIS", 503, {{"Server", "Microsoft-IIS/10.0"}}, "", "", Party::origin},
      {"Envoy",
       503,
       {{"server", "envoy"}},
       "upstream connect error or disconnect/reset before headers",
       "",
       Party::origin},
      {"a versioned program", 500, {{"server", "till-gw/7.3"}}, "{}", "", Party::origin},
      {"Proxy-Status of an origin",
       502,
       {{"Proxy-Status", "edge.example; error=connection_timeout"}},
       "",
       "",
       Party::origin},
      {"Proxy-Status of a proxy",
       502,
       {{"Proxy-Status", "a.example; error=proxy_internal_error; details=x"}},
       "",
       "",
       Party::edge},
      {"nothing to tell", 500, {}, "", "", Party::unknown},
      {"healthy",
       200,
       {{"x-cache", "HIT from brineway-ams"}},
       "origin failed",
       "brineway",
       Party::unknown},
  };
  for (const auto& test : cases) {
    const auto reading = edge(test.status, test.headers, test.body);
    EXPECT_EQ(reading.edge, test.edge) << test.what;
    EXPECT_EQ(reading.party, test.party) << test.what << ": " << reading.why;
    EXPECT_EQ(reading.why.empty(), test.party == Party::unknown) << test.what;
  }
}

TEST(Edge, KnowsAzureFrontDoorByHowLongItTook) {
  const std::vector<Header> headers = {{"X-Azure-Ref", "0abc"}};
  EXPECT_EQ(edge(503, headers, "Our services aren't available right now", Micros{30'100'000}).party,
            Party::origin);
  EXPECT_EQ(edge(503, headers, "Our services aren't available right now", Micros{40'000}).party,
            Party::edge);
}

TEST(Edge, KnowsRefusalsChallengesAndWaitingRooms) {
  const auto challenge = edge(403, {{"cf-ray", "1"}, {"cf-mitigated", "challenge"}});
  EXPECT_TRUE(challenge.is_challenge);
  EXPECT_EQ(challenge.party, Party::edge);
  EXPECT_EQ(edge(403, {{"x-hedgeline-action", "js-challenge"}}).challenge, "js-challenge");
  EXPECT_TRUE(edge(405, {{"x-amzn-waf-action", "captcha"}}).is_challenge);
  EXPECT_TRUE(edge(403, {}, "<script src='https://js.hcaptcha.com/1/api.js'>").is_challenge);
  const auto embedded = edge(200, {}, "<script src='https://www.google.com/recaptcha/api.js'>");
  EXPECT_FALSE(embedded.is_challenge);
  EXPECT_EQ(embedded.challenge, "recaptcha");
  EXPECT_TRUE(edge(403, {{"server", "AkamaiGHost"}}, "Access Denied Reference #18.2f.1745056790.1c")
                  .is_denial);
  EXPECT_TRUE(edge(403, {{"cf-ray", "1"}}, "error code: 1020").is_denial);
  EXPECT_TRUE(edge(200, {{"x-waiting-room", "queued"}}).is_queue);
  EXPECT_FALSE(edge(200, {{"x-served-by", "edgeworks-lon"}}).is_queue);
}

TEST(Edge, SaysWhenAnErrorIsOld) {
  const auto old = edge(500, {{"Server", "AkamaiGHost"}}, "Reference #97.1c2f0a3d.1745053200.1");
  EXPECT_NE(old.why.find("cached for 1 h"), std::string::npos) << old.why;
}

TEST(Edge, PrintsStatusesWithTheirPhrase) {
  EXPECT_EQ(print_status(503), "503 Service Unavailable");
  EXPECT_EQ(print_status(299), "299");
}

}  // namespace
}  // namespace bw
