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
  const Header cf{.name = "CF-RAY", .value = "8f2a-LHR"};
  const std::vector<Case> cases = {
      {.what = "Cloudflare 522",
       .status = 522,
       .headers = {cf},
       .body = "<title>522</title>",
       .edge = "cloudflare",
       .party = Party::origin},
      {.what = "Cloudflare 525: TLS at the origin",
       .status = 525,
       .headers = {cf},
       .body = "",
       .edge = "cloudflare",
       .party = Party::origin},
      {.what = "Cloudflare branded 502",
       .status = 502,
       .headers = {cf},
       .body = "<div id=cf-error-details>Bad gateway</div>",
       .edge = "cloudflare",
       .party = Party::origin},
      {.what = "Cloudflare unbranded 502",
       .status = 502,
       .headers = {cf},
       .body = "<center>cloudflare</center>",
       .edge = "cloudflare",
       .party = Party::edge},
      {.what = "Cloudflare's mark of its own",
       .status = 500,
       .headers = {cf, {.name = "cf-error-type", .value = "1xxx"}},
       .body = "",
       .edge = "cloudflare",
       .party = Party::edge},
      {.what = "Cloudflare Worker",
       .status = 500,
       .headers = {cf},
       .body = "error code: 1101",
       .edge = "cloudflare",
       .party = Party::edge},
      {.what = "Cloudflare 1016: origin DNS",
       .status = 530,
       .headers = {cf},
       .body = "error code: 1016",
       .edge = "cloudflare",
       .party = Party::origin},
      {.what = "passed through Cloudflare",
       .status = 500,
       .headers = {cf},
       .body = R"({"error":"x"})",
       .edge = "cloudflare",
       .party = Party::unknown},
      {.what = "Fastly",
       .status = 503,
       .headers = {{.name = "X-Served-By", .value = "cache-lhr7-LHR"}},
       .body = "<p>Guru Mediation:</p>",
       .edge = "fastly",
       .party = Party::origin},
      {.what = "Varnish",
       .status = 503,
       .headers = {{.name = "Via", .value = "1.1 varnish"}},
       .body = "Error 503 Backend fetch failed Guru Meditation: XID: 1",
       .edge = "varnish",
       .party = Party::origin},
      {.what = "Akamai DNS failure",
       .status = 503,
       .headers = {{.name = "Server", .value = "AkamaiGHost"}},
       .body = "Service Unavailable - DNS failure",
       .edge = "akamai",
       .party = Party::edge},
      {.what = "Akamai 97",
       .status = 500,
       .headers = {{.name = "Server", .value = "AkamaiGHost"}},
       .body = "Reference #97.1c2f0a3d.1745056790.1",
       .edge = "akamai",
       .party = Party::edge},
      {.what = "Akamai timeout",
       .status = 504,
       .headers = {{.name = "Server", .value = "AkamaiGHost"}},
       .body = "Gateway Timeout Reference #1.2f0a3d17.1745056790.1c2f",
       .edge = "akamai",
       .party = Party::origin},
      {.what = "CloudFront 502",
       .status = 502,
       .headers = {{.name = "Via", .value = "1.1 x.cloudfront.net (CloudFront)"}},
       .body = "The request could not be satisfied.",
       .edge = "cloudfront",
       .party = Party::origin},
      {.what = "CloudFront's own",
       .status = 503,
       .headers = {{.name = "X-Amz-Cf-Id", .value = "x"}},
       .body = "The request could not be satisfied.",
       .edge = "cloudfront",
       .party = Party::edge},
      {.what = "CloudFront passing on",
       .status = 500,
       .headers = {{.name = "X-Amz-Cf-Id", .value = "x"},
                   {.name = "X-Cache", .value = "Error from cloudfront"}},
       .body = "oops",
       .edge = "cloudfront",
       .party = Party::origin},
      {.what = "unknown edge of an origin",
       .status = 504,
       .headers = {{.name = "x-cache", .value = "ERROR from brineway-ams"}},
       .body = "The server behind this page did not answer within 30 seconds.",
       .edge = "brineway",
       .party = Party::origin},
      {.what = "unknown edge of itself",
       .status = 503,
       .headers = {{.name = "server", .value = "hedgeline-cache"}},
       .body = "Error 503 No cache node",
       .edge = "hedgeline",
       .party = Party::edge},
      {.what = "unknown edge by its server",
       .status = 500,
       .headers = {{.name = "server", .value = "skerrow"},
                   {.name = "x-skerrow-ray", .value = "9a05c1-LHR"}},
       .body = "Internal server error",
       .edge = "skerrow",
       .party = Party::edge},
      {.what = "unknown edge, 52x",
       .status = 521,
       .headers = {{.name = "server", .value = "brineway"}},
       .body = "error code: 521",
       .edge = "brineway",
       .party = Party::origin},
      {.what = "unknown edge with a POP header",
       .status = 524,
       .headers = {{.name = "x-pebble-pop", .value = "iad"}},
       .body = "took too long",
       .edge = "pebble",
       .party = Party::origin},
      {.what = "holding page through an edge",
       .status = 503,
       .headers = {{.name = "x-served-by", .value = "edgeworks-lon"}},
       .body = "<h1>Please bear with us</h1>",
       .edge = "edgeworks",
       .party = Party::unknown},
      {.what = "nginx",
       .status = 502,
       .headers = {{.name = "Server", .value = "nginx"}},
       .body = "<center>nginx</center>",
       .edge = "",
       .party = Party::origin},
      {.what = "IIS",
       .status = 503,
       .headers = {{.name = "Server", .value = "Microsoft-IIS/10.0"}},
       .body = "",
       .edge = "",
       .party = Party::origin},
      {.what = "Envoy",
       .status = 503,
       .headers = {{.name = "server", .value = "envoy"}},
       .body = "upstream connect error or disconnect/reset before headers",
       .edge = "",
       .party = Party::origin},
      {.what = "a versioned program",
       .status = 500,
       .headers = {{.name = "server", .value = "till-gw/7.3"}},
       .body = "{}",
       .edge = "",
       .party = Party::origin},
      {.what = "Proxy-Status of an origin",
       .status = 502,
       .headers = {{.name = "Proxy-Status", .value = "edge.example; error=connection_timeout"}},
       .body = "",
       .edge = "",
       .party = Party::origin},
      {.what = "Proxy-Status of a proxy",
       .status = 502,
       .headers = {{.name = "Proxy-Status",
                    .value = "a.example; error=proxy_internal_error; details=x"}},
       .body = "",
       .edge = "",
       .party = Party::edge},
      {.what = "nothing to tell",
       .status = 500,
       .headers = {},
       .body = "",
       .edge = "",
       .party = Party::unknown},
      {.what = "healthy",
       .status = 200,
       .headers = {{.name = "x-cache", .value = "HIT from brineway-ams"}},
       .body = "origin failed",
       .edge = "brineway",
       .party = Party::unknown},
  };
  for (const auto& test : cases) {
    const auto reading = edge(test.status, test.headers, test.body);
    EXPECT_EQ(reading.edge, test.edge) << test.what;
    EXPECT_EQ(reading.party, test.party) << test.what << ": " << reading.why;
    EXPECT_EQ(reading.why.empty(), test.party == Party::unknown) << test.what;
  }
}

TEST(Edge, KnowsAzureFrontDoorByHowLongItTook) {
  const std::vector<Header> headers = {{.name = "X-Azure-Ref", .value = "0abc"}};
  EXPECT_EQ(edge(503, headers, "Our services aren't available right now", Micros{30'100'000}).party,
            Party::origin);
  EXPECT_EQ(edge(503, headers, "Our services aren't available right now", Micros{40'000}).party,
            Party::edge);
}

TEST(Edge, KnowsRefusalsChallengesAndWaitingRooms) {
  const auto challenge =
      edge(403, {{.name = "cf-ray", .value = "1"}, {.name = "cf-mitigated", .value = "challenge"}});
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
  const auto old = edge(
      500, {{.name = "Server", .value = "AkamaiGHost"}}, "Reference #97.1c2f0a3d.1745053200.1");
  EXPECT_NE(old.why.find("cached for 1 h"), std::string::npos) << old.why;
}

TEST(Edge, PrintsStatusesWithTheirPhrase) {
  EXPECT_EQ(print_status(503), "503 Service Unavailable");
  EXPECT_EQ(print_status(299), "299");
}

}  // namespace
}  // namespace bw
