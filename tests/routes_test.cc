// SPDX-License-Identifier: Apache-2.0
#include "tests/support/desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace bw {
namespace {

using nlohmann::json;
using testing::Desk;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string_view header_of(const WebReply& reply, std::string_view name) {
  return find_header(reply.headers, name);
}

TEST(Routes, ServeThePageTheApiAndMetricsWithTheirTypes) {
  Desk desk;
  EXPECT_EQ(desk.get("/").content_type, "text/html; charset=utf-8");
  EXPECT_EQ(desk.get("/metrics").content_type, "text/plain; version=0.0.4; charset=utf-8");
  for (const std::string path : {"status", "functions", "providers", "targets", "incidents"}) {
    const WebReply reply = desk.get("/api/v1/" + path);
    EXPECT_EQ(reply.status, 200) << path;
    EXPECT_EQ(reply.content_type, "application/json; charset=utf-8");
    EXPECT_TRUE(json::accept(reply.body)) << path;
  }
  EXPECT_THAT(desk.get("/metrics").body, HasSubstr("process_resident_memory_bytes"));
  EXPECT_EQ(json::parse(desk.get("/api/v1/incidents/8?x=1").body).at("name"), "INC-8");
  EXPECT_EQ(json::parse(desk.get("/api/v1/incidents/INC-8").body).at("id"), 8);
}

TEST(Routes, AnswerUnknownPathsInTheLanguageOfTheirNeighbours) {
  Desk desk;
  EXPECT_EQ(desk.get("/api/v1/nothing").status, 404);
  EXPECT_EQ(desk.get("/api/v1/incidents/99").status, 404);
  EXPECT_EQ(desk.get("/api/v1/incidents/8x").status, 404);
  EXPECT_TRUE(json::accept(desk.get("/api/v1/incidents/99").body));
  EXPECT_EQ(desk.get("/nothing").status, 404);
  EXPECT_THAT(desk.get("/nothing").body, StartsWith("<!doctype html>"));
  EXPECT_EQ(desk.get("//").status, 404);
  EXPECT_EQ(desk.get("http://elsewhere.example/").status, 400);
}

TEST(Routes, NameTheMethodsThatArePossible) {
  Desk desk;
  const WebReply post = desk.post("/metrics");
  EXPECT_EQ(post.status, 405);
  EXPECT_EQ(header_of(post, "Allow"), "GET, HEAD");
  const WebReply get = desk.get("/api/v1/incidents/8/close");
  EXPECT_EQ(get.status, 405);
  EXPECT_EQ(header_of(get, "Allow"), "POST");
}

TEST(Routes, SayWhyTheyAreNotReadyYet) {
  Desk desk(testing::starting_snapshot());
  const WebReply reply = desk.get("/-/ready");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.body,
            "starting: 1 of 9 targets have been looked at; the journal is not healthy: the disk is "
            "full\n");
  EXPECT_EQ(desk.get("/-/healthy").status, 200);
  Desk ready;
  EXPECT_EQ(ready.get("/-/ready").status, 200);
}

TEST(Routes, AnswerBeforeThereIsASnapshot) {
  Desk desk;
  desk.snapshot = nullptr;
  EXPECT_EQ(desk.get("/-/healthy").status, 200);
  EXPECT_EQ(desk.get("/-/ready").status, 503);
  EXPECT_EQ(desk.get("/metrics").status, 503);
  EXPECT_EQ(header_of(desk.get("/"), "Retry-After"), "1");
  EXPECT_EQ(desk.post("/api/v1/incidents/8/close").status, 503);
}

TEST(Routes, ProtectEveryReply) {
  Desk desk;
  for (const std::string path : {"/", "/metrics", "/api/v1/status", "/api/none", "/none", "*"}) {
    const WebReply reply = desk.get(path);
    EXPECT_EQ(header_of(reply, "X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(header_of(reply, "Referrer-Policy"), "no-referrer") << path;
    EXPECT_EQ(header_of(reply, "X-Frame-Options"), "DENY") << path;
    EXPECT_THAT(std::string(header_of(reply, "Content-Security-Policy")),
                StartsWith("default-src 'none'; "))
        << path;
    EXPECT_EQ(std::ranges::count(reply.headers, "X-Frame-Options", &Header::name), 1) << path;
  }
}

TEST(Routes, SendNothingTwiceToWhoHasIt) {
  Desk desk;
  WebRequest request{.method = "GET", .target = "/api/v1/status", .host = "localhost"};
  const WebReply first = answer(request, desk.hooks());
  request.if_none_match = header_of(first, "ETag");
  const WebReply second = answer(request, desk.hooks());
  EXPECT_EQ(second.status, 304);
  EXPECT_EQ(second.body, "");
  desk.snapshot = std::make_shared<const Snapshot>(testing::calm_snapshot());
  EXPECT_EQ(answer(request, desk.hooks()).status, 200);
}

TEST(Changes, HandOverWhatAnOperatorSaysOfAnIncident) {
  Desk desk;
  EXPECT_EQ(desk.post("/api/v1/incidents/9/acknowledge", R"({"who":"kim","text":"on it"})").status,
            202);
  EXPECT_EQ(desk.post("/api/v1/incidents/INC-9/close", "").status, 202);
  ASSERT_EQ(desk.notes.size(), 2U);
  EXPECT_EQ(desk.notes.at(0).kind, NoteKind::acknowledge);
  EXPECT_EQ(desk.notes.at(0).incident, 9U);
  EXPECT_EQ(desk.notes.at(0).who, "kim");
  EXPECT_EQ(desk.notes.at(0).text, "on it");
  EXPECT_EQ(desk.notes.at(1).kind, NoteKind::close);
}

TEST(Changes, ApproveATargetUnderItsDecodedId) {
  Desk desk;
  EXPECT_EQ(desk.post("/api/v1/targets/sign%2din/approve").status, 202);
  EXPECT_EQ(desk.post("/api/v1/targets/nobody/approve").status, 404);
  ASSERT_EQ(desk.notes.size(), 1U);
  EXPECT_EQ(desk.notes.front().kind, NoteKind::approve_change);
  EXPECT_EQ(desk.notes.front().target, "sign-in");
}

TEST(Changes, RefuseWhatIsClosedUnknownOrUnreadable) {
  Desk desk;
  EXPECT_EQ(desk.post("/api/v1/incidents/7/close").status, 409);
  EXPECT_EQ(desk.post("/api/v1/incidents/99/close").status, 404);
  for (const std::string body :
       {"[]", "{", "{\"who\":1}", R"({"whom":"kim"})", "{\"who\":\"\xff\"}"}) {
    EXPECT_EQ(desk.post("/api/v1/incidents/8/close", body).status, 400) << body;
  }
  EXPECT_EQ(desk.post("/api/v1/incidents/8/close", R"({"text":")" + std::string(501, 'x') + R"("})")
                .status,
            400);
  EXPECT_TRUE(desk.notes.empty());
}

TEST(Changes, AreRefusedFromOtherWebsitesAndOtherMachines) {
  Desk desk;
  const auto status = [&](auto&& spoil) {
    WebRequest request = Desk::posting("/api/v1/incidents/8/close", "{}");
    spoil(request);
    return answer(request, desk.hooks()).status;
  };
  EXPECT_EQ(status([](WebRequest& r) { r.origin = "https://evil.example"; }), 403);
  EXPECT_EQ(status([](WebRequest& r) { r.origin = "null"; }), 403);
  EXPECT_EQ(status([](WebRequest& r) { r.fetch_site = "cross-site"; }), 403);
  EXPECT_EQ(status([](WebRequest& r) { r.is_peer_local = false; }), 403);
  EXPECT_EQ(status([](WebRequest& r) { r.content_type = "text/plain"; }), 415);
  EXPECT_EQ(status([](WebRequest& r) { r.content_type = ""; }), 415);
  // DNS rebinding: the page's own origin, under a name that was pointed at us.
  EXPECT_EQ(status([](WebRequest& r) {
              r.host = "evil.example:9808";
              r.origin = "http://evil.example:9808";
            }),
            403);
  EXPECT_TRUE(desk.notes.empty());
  EXPECT_EQ(status([](WebRequest& r) { r.origin = "http://localhost:9808"; }), 202);
  EXPECT_EQ(status([](WebRequest& r) { r.host = "[::1]:9808"; }), 202);
  EXPECT_EQ(status([](WebRequest& r) {
              r.host = "status.hedgerow.example";
              r.origin = "https://status.hedgerow.example";
              r.content_type = "application/json; charset=utf-8";
            }),
            202);
}

TEST(Changes, TakeAnAnnouncementInFull) {
  Desk desk;
  const WebReply reply =
      desk.post("/api/v1/announcements",
                R"({"kind":"maintenance","text":"Database\nmove","from":"2024-05-18T22:00:00Z",)"
                R"("to":"2024-05-19T01:00:00+01:00","functions":["checkout"]})");
  EXPECT_EQ(reply.status, 202) << reply.body;
  ASSERT_EQ(desk.announcements.size(), 1U);
  const Announcement& told = desk.announcements.front();
  EXPECT_EQ(told.kind, "maintenance");
  EXPECT_EQ(told.text, "Database move");
  EXPECT_EQ(print_time(told.to), "2024-05-19T00:00:00Z");
  EXPECT_EQ(told.functions, std::vector<std::string>{"checkout"});
}

TEST(Changes, SayWhatIsWrongWithAnAnnouncement) {
  Desk desk;
  const auto error = [&](const std::string& body) {
    const WebReply reply = desk.post("/api/v1/announcements", body);
    EXPECT_EQ(reply.status, 400) << body;
    return json::parse(reply.body).at("error").get<std::string>();
  };
  EXPECT_EQ(error("{}"), "\"kind\" is none of maintenance, change, sale, incident");
  EXPECT_EQ(error(R"({"kind":"sale"})"), "\"text\" is missing");
  EXPECT_EQ(error(R"({"kind":"sale","text":"x","from":"tomorrow"})"), "\"from\" is not a time");
  EXPECT_EQ(error(R"({"kind":"sale","text":"x","from":"2024-05-18T22:00:00Z",)"
                  R"("to":"2024-05-18T22:00:00Z"})"),
            "\"to\" is not after \"from\"");
  EXPECT_EQ(error(R"({"kind":"sale","text":"x","from":"2024-05-18T22:00:00Z",)"
                  R"("to":"2024-05-18T23:00:00Z","functions":["chekout"]})"),
            "no function \"chekout\"");
  EXPECT_EQ(error(R"({"kind":"sale","until":1})"), "unknown key \"until\"");
  EXPECT_TRUE(desk.announcements.empty());
}
}  // namespace
}  // namespace bw
