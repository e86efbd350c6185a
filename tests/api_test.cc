// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/json_leaves.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bw {
namespace {

using testing::HasSubstr;

constexpr Time kNow{Millis{1'745'056'800'000}};

Spec api() {
  Spec spec;
  spec.kind = "api";
  spec.url = "https://api.hartley.example/v2/basket";
  spec.expect_json = {{"status", "ok"}};
  return spec;
}
Finding find(const Spec& spec,
             int status,
             std::string_view body,
             std::vector<Header> headers = {}) {
  Reply reply;
  reply.http = HttpReply{
      .status = status, .version = "2", .headers = std::move(headers), .body = std::string(body)};
  Look look;
  (void)kinds::api.begin(spec, look);
  return std::get<Finding>(kinds::api.read(spec, look, reply, kNow));
}

TEST(Api, AHealthyAnswerIsOk) {
  const auto finding =
      find(api(), 200, R"({"status":"ok","slots":9,"message":"Orders are paused for nobody"})");
  EXPECT_EQ(finding.outcome, Outcome::ok);
  EXPECT_EQ(finding.facts.get(Fact::json_keys), "message slots status");
  EXPECT_EQ(finding.facts.get(Fact::json_state), "");
  EXPECT_EQ(finding.facts.get(Fact::response), "");
  EXPECT_EQ(finding.facts.get(Fact::withdrawn), "");
}

struct Case {
  int status = 200;
  std::string_view body;
  Outcome outcome = Outcome::ok;
  std::string_view body_class;
  std::string_view words;  // one of them
};

TEST(Api, CallsEveryOtherAnswerByItsName) {
  const std::vector<Case> cases = {
      {.status = 503,
       .body = R"({"status":"ordering_paused"})",
       .outcome = Outcome::function_withdrawn,
       .body_class = "holding",
       .words = "withdrawn"},
      {.status = 503,
       .body = R"({"status":"disabled"})",
       .outcome = Outcome::function_withdrawn,
       .body_class = "holding",
       .words = "withdrawn"},
      {.status = 503,
       .body = R"({"status":"offline"})",
       .outcome = Outcome::function_withdrawn,
       .body_class = "holding",
       .words = "withdrawn"},
      {.status = 503,
       .body = R"({"code":"SITE_DISABLED","retryable":false})",
       .outcome = Outcome::function_withdrawn,
       .body_class = "holding",
       .words = "withdrawn"},
      {.status = 503,
       .body = R"({"Code":"503","Message":"Travel money orders cannot be placed at present"})",
       .outcome = Outcome::function_withdrawn,
       .body_class = "holding",
       .words = "withdrawn"},
      {.status = 200,
       .body = R"({"status":"paused","waiting":8600})",
       .outcome = Outcome::function_withdrawn,
       .body_class = "holding",
       .words = "withdrawn"},
      {.status = 503,
       .body =
           R"({"status":"closed","message":"Gift cards are moving to a new home this weekend."})",
       .outcome = Outcome::status_server,
       .body_class = "maintenance",
       .words = "maintenance"},
      {.status = 503,
       .body = R"({"maintenance":true,"title":"Hang tight"})",
       .outcome = Outcome::status_server,
       .body_class = "maintenance",
       .words = "maintenance"},
      {.status = 503,
       .body = R"({"status":"unavailable","message":"We are busy making some planned changes."})",
       .outcome = Outcome::status_server,
       .body_class = "maintenance",
       .words = "maintenance"},
      {.status = 503,
       .body = R"({"status":"unavailable"})",
       .outcome = Outcome::status_server,
       .body_class = "origin_error",
       .words = "holding"},
      {.status = 500,
       .body = R"({"status":"error"})",
       .outcome = Outcome::status_server,
       .body_class = "origin_error",
       .words = "technical"},
      {.status = 500,
       .body = R"({"status":"disabled"})",
       .outcome = Outcome::status_server,
       .body_class = "holding",
       .words = "withdrawn"},
      {.status = 403,
       .body = R"({"error":"forbidden"})",
       .outcome = Outcome::status_client,
       .body_class = "origin_error",
       .words = "denied"},
      {.status = 504,
       .body = "upstream request timeout",
       .outcome = Outcome::status_server,
       .body_class = "origin_error",
       .words = "technical"},
      {.status = 200,
       .body = R"({"status":"degraded","methods":1})",
       .outcome = Outcome::degraded,
       .body_class = "normal",
       .words = "degraded"},
      {.status = 200,
       .body = R"({"status":"wrong"})",
       .outcome = Outcome::json_mismatch,
       .body_class = "normal",
       .words = ""},
      {.status = 200,
       .body = R"({"status":null})",
       .outcome = Outcome::json_mismatch,
       .body_class = "normal",
       .words = ""},
      {.status = 200,
       .body = R"({"slots":9})",
       .outcome = Outcome::json_mismatch,
       .body_class = "normal",
       .words = ""},
      {.status = 200,
       .body = R"({"status":"ok")",
       .outcome = Outcome::json_mismatch,
       .body_class = "normal",
       .words = ""},
      {.status = 200,
       .body = "<html><body><h2>System maintenance</h2></body></html>",
       .outcome = Outcome::json_mismatch,
       .body_class = "maintenance",
       .words = "maintenance"},
  };
  for (const auto& test : cases) {
    const auto finding = find(api(), test.status, test.body);
    EXPECT_EQ(print(finding.outcome), print(test.outcome)) << test.body << ": " << finding.note;
    EXPECT_EQ(finding.facts.get(Fact::body_class), test.body_class) << test.body;
    EXPECT_THAT(std::string(finding.facts.get(Fact::words)), HasSubstr(std::string(test.words)))
        << test.body;
    EXPECT_NE(finding.note, "") << test.body;
    EXPECT_EQ(finding.facts.get(Fact::response).empty(), !is_failure(finding.outcome)) << test.body;
  }
}

TEST(Api, ComparesDottedKeysWithWhatIsExpected) {
  auto spec = api();
  spec.expect_json = {
      {"data.items.0.id", "7"}, {"data.open", "true"}, {"data.items", "*"}, {"ratio", "1.50"}};
  EXPECT_EQ(find(spec, 200, R"({"data":{"items":[{"id":7}],"open":true},"ratio":1.50})").outcome,
            Outcome::ok);
  const auto finding =
      find(spec, 200, R"({"data":{"items":[{"id":8}],"open":false},"ratio":1.50})");
  EXPECT_EQ(finding.outcome, Outcome::json_mismatch);
  EXPECT_EQ(finding.facts.get(Fact::json_state), "data.items.0.id=8 data.open=false");
  EXPECT_EQ(finding.note, "200 OK; data.items.0.id is \"8\", expected \"7\"");
}

TEST(Api, AClosedTicketInAListIsNoOutage) {
  auto spec = api();
  spec.expect_json.clear();
  const auto finding =
      find(spec, 200, R"({"issues":[{"status":"closed"}],"next":{"page":{"state":"paused"}}})");
  EXPECT_EQ(finding.outcome, Outcome::ok);
  EXPECT_EQ(finding.facts.get(Fact::withdrawn), "");
  EXPECT_EQ(find(spec, 200, R"({"status":"paused"})").outcome, Outcome::function_withdrawn);
}

TEST(Api, SendsItsBodyAsJson) {
  auto spec = api();
  spec.method = "POST";
  spec.body = R"({"q":1})";
  Look look;
  const auto ask = std::get<HttpAsk>(kinds::api.begin(spec, look).what);
  EXPECT_EQ(ask.method, "POST");
  EXPECT_EQ(ask.body, spec.body);
  EXPECT_EQ(find_header(ask.headers, "content-type"), "application/json");
  EXPECT_THAT(std::string(find_header(ask.headers, "accept")), HasSubstr("application/json"));
}

TEST(Json, ReadsLeavesWithTheirPlaces) {
  const auto json =
      read_json_leaves(R"({"a":[1,{"b":"x\ny"},[true,null]],"c":1.50,"a2":-3,"c":"last"})").value();
  EXPECT_EQ(json.find("a.0")->value, "1");
  EXPECT_EQ(json.find("a.1.b")->value, "x y");
  EXPECT_EQ(json.find("a.2.0")->value, "true");
  EXPECT_EQ(json.find("a.2.1")->kind, JsonLeaf::Kind::null);
  EXPECT_EQ(json.find("a2")->value, "-3");
  EXPECT_EQ(json.find("c")->value, "last");
  EXPECT_EQ(json.find("a.3"), nullptr);
  EXPECT_TRUE(json.has("a.2"));
  EXPECT_FALSE(json.has("a.9"));
  EXPECT_EQ(read_json_leaves("3").value().find("")->value, "3");
}

TEST(Json, RefusesWhatIsNoneAndWhatIsTooDeep) {
  for (const std::string& text : {std::string(),
                                  std::string("{"),
                                  std::string("{\"a\":1}x"),
                                  std::string("\"\xff\""),
                                  std::string(65, '[') + std::string(65, ']'),
                                  std::string(1 << 20, '[')}) {
    EXPECT_FALSE(read_json_leaves(text)) << text.substr(0, 20);
  }
  EXPECT_TRUE(read_json_leaves(std::string(64, '[') + std::string(64, ']')));
  std::string many = "[0";
  for (int i = 0; i < 100'000; ++i)
    many += ",0";
  EXPECT_EQ(read_json_leaves(many + "]").value().leaves.size(), kJsonLeavesMax);
}

}  // namespace
}  // namespace bw
