// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify/notifier.h"

#include "daemon/notify/service.h"
#include "tests/notice_samples.h"
#include "tests/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace bw {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr Time kNow{};

std::optional<Millis> wait_of(const Delivery& delivery) {
  const auto* again = std::get_if<TryAgain>(&delivery);
  return again == nullptr ? std::nullopt : again->after;
}

TEST(Notifiers, AreFoundByNameAndSayWhatTheyAre) {
  EXPECT_THAT(notifiers(), SizeIs(13));
  for (const auto* notifier : notifiers()) {
    EXPECT_EQ(find_notifier(notifier->name), notifier);
    EXPECT_FALSE(notifier->about.empty());
  }
  EXPECT_EQ(find_notifier("pigeon"), nullptr);
}

// Whatever the service: a status that says "later" is later, and a redirect is never followed.
TEST(Notifiers, AgreeOnWhatIsTriedAgain) {
  for (const auto* notifier : notifiers()) {
    for (const int status : {301, 302, 307, 408, 425, 429, 500, 502, 503, 504}) {
      EXPECT_TRUE(std::holds_alternative<TryAgain>(notifier->read(answer(status, "no"), kNow)))
          << notifier->name << status;
    }
    EXPECT_TRUE(std::holds_alternative<TryAgain>(notifier->read(no_answer(), kNow)));
    EXPECT_TRUE(std::holds_alternative<Refused>(notifier->read(answer(400, "bad"), kNow)));
    EXPECT_TRUE(std::holds_alternative<Refused>(notifier->read(answer(410, "gone"), kNow)));
  }
}

TEST(Notifiers, HonourRetryAfterInSecondsAndAsADate) {
  const auto now = samples::at("1994-11-06T08:49:00Z");
  for (const auto* notifier : notifiers()) {
    EXPECT_EQ(wait_of(notifier->read(answer(429, "", {{"Retry-After", "30"}}), now)),
              Millis{30'000});
    EXPECT_EQ(wait_of(notifier->read(
                  answer(503, "", {{"retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"}}), now)),
              Millis{37'000});
  }
}

TEST(Notifiers, LetNoServiceMakeThemWaitForEver) {
  const auto now = samples::at("2025-01-01T00:00:00Z");
  const auto asked = [&](const char* value) {
    return retry_after(*answer(429, "", {{.name = "Retry-After", .value = value}}).http, now);
  };
  EXPECT_EQ(asked("99999999999999999999"), kRetryAfterMax);
  EXPECT_EQ(asked("86400"), kRetryAfterMax);
  EXPECT_EQ(asked("Fri, 31 Dec 2060 23:59:59 GMT"), kRetryAfterMax);
  EXPECT_EQ(asked("Sun, 06 Nov 1994 08:49:37 GMT"), Millis{0});
  for (const auto* nonsense : {"",
                               "-1",
                               "soon",
                               "1.5",
                               "Sun, 99 Nov 1994 08:49:37 GMT",
                               "Sunday, 06-Nov-94 08:49:37 GMT",
                               "Sun, 06 Foo 1994 08:49:37 GMT"}) {
    EXPECT_EQ(asked(nonsense), std::nullopt) << nonsense;
  }
}

TEST(Notifiers, SendSecretsOnlyOverTlsOrToThisMachine) {
  EXPECT_THAT(check_secret_url("https://hooks.example/x"), IsEmpty());
  EXPECT_THAT(check_secret_url("http://127.0.0.1:8080/x"), IsEmpty());
  EXPECT_THAT(check_secret_url("http://[::1]/x"), IsEmpty());
  EXPECT_THAT(check_secret_url("http://localhost/x"), IsEmpty());
  for (const auto* bad : {"",
                          "http://hooks.example/x",
                          "ftp://x",
                          "hooks.example",
                          "http://127.0.0.1.evil.example/",
                          "https://user:pass@hooks.example/"}) {
    EXPECT_THAT(check_secret_url(bad), SizeIs(1)) << bad;
  }
}

TEST(Notifiers, TakeTheWorstAnswerAndInAClusterTheBest) {
  const std::vector<Delivery> mixed{
      Delivered{}, TryAgain{.after = {}, .why = "b"}, Refused{.why = "c"}};
  EXPECT_TRUE(std::holds_alternative<Refused>(combine(notify::slack, mixed)));
  EXPECT_TRUE(std::holds_alternative<Delivered>(combine(notify::alertmanager, mixed)));
  EXPECT_TRUE(std::holds_alternative<Refused>(combine(notify::slack, {})));
}

// Services that know who sends from a key in the message itself.
constexpr std::array<std::string_view, 1> kWantKeyInBody{"pagerduty"};

TEST(Notifiers, NeverShowTheAddressOrTheSecret) {
  Destination destination;
  destination.url = "https://hooks.example/services/T0/B0/verysecret";
  destination.secret = "whsec_dmVyeXNlY3JldHZlcnlzZWNyZXR2ZXJ5c2VjcmV0";
  for (const auto* notifier : notifiers()) {
    const bool is_in_body =
        std::ranges::find(kWantKeyInBody, notifier->name) != kWantKeyInBody.end();
    for (const auto& ask :
         notifier->compose(destination, samples::notice(Opened{samples::glitch()}), kNow)) {
      EXPECT_THAT(ask.body, Not(HasSubstr("verysecret"))) << notifier->name;
      EXPECT_EQ(ask.body.find("dmVyeXN") != std::string::npos, is_in_body) << notifier->name;
      EXPECT_THAT(ask.url, Not(HasSubstr("dmVyeXN"))) << notifier->name;
      for (const auto& header : ask.headers) {
        if (header.name == "Authorization") continue;
        EXPECT_THAT(header.value, Not(HasSubstr("dmVyeXN"))) << notifier->name;
      }
    }
    for (const auto& problem : notifier->check(destination)) {
      EXPECT_THAT(problem, Not(HasSubstr("verysecret"))) << notifier->name;
      EXPECT_THAT(problem, Not(HasSubstr("dmVyeXN"))) << notifier->name;
    }
  }
}

Destination usable(const Notifier& notifier) {
  Destination destination;
  destination.id = "here";
  destination.url = "https://hooks.example/x";
  if (notifier.takes_secret) destination.secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  if (notifier.takes_chat) destination.chat = "-1";
  return destination;
}

// What others than ours want: Matrix puts under a name of our choice, Zulip takes a form.
std::string_view method_of(const Notifier& notifier) {
  return notifier.name == "matrix" ? "PUT" : "POST";
}
bool takes_form(const Notifier& notifier) {
  return notifier.name == "zulip";
}

// Without the escapes of a form.
std::string words_in(const Notifier& notifier, std::string body) {
  if (!takes_form(notifier)) return body;
  for (std::size_t at = 0; (at = body.find('%', at)) != std::string::npos; ++at) {
    body.replace(at, 3, 1, static_cast<char>(std::stoi(body.substr(at + 1, 2), nullptr, 16)));
  }
  return body;
}

// What is sent is a POST of JSON to where the destination is, under its trust, whatever the notice;
// and what is sent again is the same words, so that a service can tell a repetition.
TEST(Notifiers, PostJsonToTheDestinationAndRepeatThemselvesExactly) {
  const std::vector<Notice> notices{
      samples::notice(Opened{samples::glitch()}),
      samples::notice(Opened{samples::undecided()}),
      samples::notice(Opened{samples::suspected()}),
      samples::notice(Opened{samples::changed_page()}),
      samples::notice(Opened{samples::blind()}),
      samples::notice(Closed{samples::closed(samples::glitch(), "2024-05-18T14:00:00Z")}),
      compose_test_notice(samples::shop(), "", kNow),
      samples::hostile(),
      Notice{}};
  for (const auto* notifier : notifiers()) {
    auto destination = usable(*notifier);
    destination.trust.ca_file = "/roots.pem";
    for (const auto& notice : notices) {
      const auto asks = notifier->compose(destination, notice, kNow);
      ASSERT_THAT(asks, SizeIs(1)) << notifier->name << notice.key;
      const auto& ask = asks.front();
      EXPECT_EQ(ask.method, method_of(*notifier)) << notifier->name;
      EXPECT_EQ(find_header(ask.headers, "content-type"),
                takes_form(*notifier) ? "application/x-www-form-urlencoded" : "application/json")
          << notifier->name;
      EXPECT_TRUE(ask.url.starts_with(destination.url)) << notifier->name;
      EXPECT_EQ(ask.trust, destination.trust) << notifier->name;
      EXPECT_EQ(nlohmann::json::accept(ask.body), !takes_form(*notifier))
          << notifier->name << notice.key;
      EXPECT_EQ(ask.body, notifier->compose(destination, notice, kNow).front().body)
          << notifier->name;
    }
  }
}

TEST(Notifiers, ShowTheHeadlineTheReasonAndTheLinkOfAnIncident) {
  const auto notice = samples::notice(Opened{samples::glitch()});
  for (const auto* notifier : notifiers()) {
    const auto asks = notifier->compose(usable(*notifier), notice, kNow);
    const auto body = words_in(*notifier, asks.front().body);
    for (const auto* words : {"Online checkout and Signing in failing since",
                              "All 6 failing targets need Commerce Cloud",
                              "https://status.hartley.example/"}) {
      EXPECT_THAT(body, HasSubstr(words)) << notifier->name;
    }
  }
}

}  // namespace
}  // namespace bw
