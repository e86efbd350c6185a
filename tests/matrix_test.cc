// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify/notifier.h"
#include "tests/golden.h"
#include "tests/notice_samples.h"
#include "tests/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace bw {
namespace {

using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr Time kNow{};

Destination room() {
  auto destination = samples::to("https://matrix.hartley.example/");
  destination.secret = "syt_sEcReT";
  destination.chat = "!AbC:hartley.example";
  return destination;
}

HttpAsk ask_of(const Notice& notice) {
  return samples::only_ask(notify::matrix, room(), notice);
}

TEST(Matrix, ShowsHeadlineThenReasonsThenSteps) {
  expect_golden("matrix-provider-outage.json",
                json::parse(ask_of(samples::notice(Opened{samples::glitch()})).body).dump(1));
}

TEST(Matrix, PutsOneEventUnderATransactionOfItsOwn) {
  const auto notice = samples::notice(Opened{samples::glitch()});
  const auto ask = ask_of(notice);
  EXPECT_EQ(ask.method, "PUT");
  EXPECT_EQ(ask.url,
            "https://matrix.hartley.example/_matrix/client/v3/rooms/%21AbC%3Ahartley.example/send/"
            "m.room.message/inc-7%2F1234%2Fopened");
  EXPECT_EQ(find_header(ask.headers, "authorization"), "Bearer syt_sEcReT");
  // Another attempt is the same transaction; the end is another one.
  EXPECT_EQ(ask_of(notice).url, ask.url);
  const auto closed = samples::closed(samples::glitch(), "2024-05-18T17:00:00Z");
  EXPECT_NE(ask_of(samples::notice(Closed{.incident = closed, .why = "x"})).url, ask.url);
}

TEST(Matrix, KeepsTheEventsLimitWhateverItIsGiven) {
  auto notice = samples::hostile();
  auto ask = ask_of(notice);
  EXPECT_LE(ask.body.size(), 60'000U);
  const auto event = json::parse(ask.body);
  EXPECT_THAT(std::string(event["body"]), HasSubstr("…"));
  EXPECT_THAT(
      std::string(event["formatted_body"]),
      EndsWith("<p>INC-7 · <a href=\"https://status.hartley.example/#inc-7\">Details</a></p>"));
  // Quotes and backslashes double in JSON.
  for (auto& reason : notice.reasons)
    reason = std::string(10'000, '"') + std::string(10'000, '\\');
  ask = ask_of(notice);
  EXPECT_LE(ask.body.size(), 60'000U);
}

TEST(Matrix, WordsOfOthersAreNoMarkupAndCallNobody) {
  auto notice = samples::hostile();
  notice.headline = "@room <b>x</b> <a href='https://evil.example'>y</a> & z";
  notice.reasons = {"<script>alert(1)</script>"};
  const auto event = json::parse(ask_of(notice).body);
  EXPECT_EQ(event["m.mentions"], json::object());
  EXPECT_THAT(std::string(event["body"]), Not(HasSubstr("@room")));
  const std::string html = event["formatted_body"];
  EXPECT_THAT(html, HasSubstr("&lt;b&gt;x&lt;/b&gt;"));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("<a href='")));
}

TEST(Matrix, ItsMarkupIsWhole) {
  for (const auto& notice : {samples::hostile(), samples::notice(Opened{samples::suspected()})}) {
    const std::string html = json::parse(ask_of(notice).body)["formatted_body"];
    const auto count = [&html](std::string_view part) {
      std::size_t found = 0;
      for (auto at = html.find(part); at != std::string::npos; at = html.find(part, at + 1))
        ++found;
      return found;
    };
    for (const std::string tag : {"p", "ul", "ol", "li", "strong"})
      EXPECT_EQ(count("<" + tag + ">"), count("</" + tag + ">")) << tag;
  }
}

TEST(Matrix, BelievesOnlyAnEventAndWaitsAsAsked) {
  const auto read = [](int status, const char* body) {
    return notify::matrix.read(answer(status, body), kNow);
  };
  EXPECT_TRUE(std::holds_alternative<Delivered>(read(200, R"({"event_id":"$x"})")));
  EXPECT_TRUE(std::holds_alternative<TryAgain>(read(200, "<html>")));
  for (const auto& [status, body] : std::vector<std::pair<int, const char*>>{
           {401, R"({"errcode":"M_UNKNOWN_TOKEN","error":"Unrecognised access token"})"},
           {403, R"({"errcode":"M_FORBIDDEN","error":"not in room"})"},
           {404, R"({"errcode":"M_NOT_FOUND"})"},
           {413, R"({"errcode":"M_TOO_LARGE"})"}}) {
    EXPECT_TRUE(std::holds_alternative<Refused>(read(status, body))) << status;
  }
  const auto wait = read(429, R"({"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":2500.5})");
  ASSERT_TRUE(std::holds_alternative<TryAgain>(wait));
  EXPECT_EQ(std::get<TryAgain>(wait).after, Millis{2'501});
  const auto longer = notify::matrix.read(
      answer(429, R"({"retry_after_ms":2000})", {{.name = "retry-after", .value = "7"}}), kNow);
  EXPECT_EQ(std::get<TryAgain>(longer).after, Millis{7'000});
  for (const auto* odd : {R"({"retry_after_ms":-1})", R"({"retry_after_ms":"9"})", "{", ""})
    EXPECT_EQ(std::get<TryAgain>(read(429, odd)).after, std::nullopt) << odd;
  EXPECT_LE(std::get<TryAgain>(read(429, R"({"retry_after_ms":1e300})")).after,
            Millis{std::chrono::hours{1}});
}

TEST(Matrix, ChecksWhatItNeeds) {
  EXPECT_THAT(notify::matrix.check(room()), IsEmpty());
  const auto problems = [](auto spoil) {
    auto wrong = room();
    spoil(wrong);
    return notify::matrix.check(wrong);
  };
  EXPECT_THAT(problems([](auto& to) { to.secret.clear(); }), SizeIs(1));
  EXPECT_THAT(problems([](auto& to) { to.chat = "#ops:hartley.example"; }), SizeIs(1));
  EXPECT_THAT(problems([](auto& to) { to.chat = "!" + std::string(255, 'x'); }), SizeIs(1));
  EXPECT_THAT(problems([](auto& to) { to.url = "http://matrix.hartley.example"; }), SizeIs(1));
  EXPECT_THAT(problems([](auto& to) { to.url += "_matrix/client/v3"; }), SizeIs(1));
  EXPECT_THAT(problems([](auto& to) { to.url = "matrix.hartley.example"; }), SizeIs(1));
}

}  // namespace
}  // namespace bw
