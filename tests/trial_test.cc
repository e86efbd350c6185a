// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify/trial.h"

#include "tests/notice_samples.h"
#include "tests/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace bw {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr Time kNow{};

struct Sample {
  Destination destination;
  std::vector<std::string> secrets;  // what must not be seen
};

Sample sample(std::string kind,
              std::string url,
              std::string secret,
              std::string chat,
              std::vector<std::string> secrets) {
  Sample made;
  made.destination.id = "here";
  made.destination.kind = std::move(kind);
  made.destination.url = std::move(url);
  made.destination.secret = std::move(secret);
  made.destination.chat = std::move(chat);
  made.secrets = std::move(secrets);
  return made;
}

// One of every kind, as a configuration would have it.
std::map<std::string, Sample> samples_of_all() {
  const std::string key = "0123456789abcdef0123456789abcdef";
  const std::string signing = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  std::map<std::string, Sample> all;
  for (auto one : {
           sample("slack", "https://hooks.slack.com/services/T0/B0/sEcReT", "", "", {"sEcReT"}),
           sample("teams",
                  "https://prod-1.westeurope.logic.azure.com/workflows/x/triggers?sig=sEcReT",
                  "",
                  "",
                  {"sEcReT", "workflows"}),
           sample("webhook",
                  "https://soc.hartley.example/in/sEcReT",
                  signing,
                  "",
                  {"sEcReT", signing}),
           sample("alertmanager", "http://127.0.0.1:9093", "", "", {}),
           sample("pagerduty", "https://events.pagerduty.com/v2/enqueue", key, "", {key}),
           sample("discord", "https://discord.com/api/webhooks/1/sEcReT", "", "", {"sEcReT"}),
           sample("google-chat",
                  "https://chat.googleapis.com/v1/spaces/S/messages?key=kEy99&token=sEcReT",
                  "",
                  "",
                  {"sEcReT", "kEy99"}),
           sample("mattermost", "https://chat.hartley.example/hooks/sEcReT", "", "", {"sEcReT"}),
           sample("telegram",
                  "https://api.telegram.org/bot123456:sEcReT",
                  "",
                  "-1001",
                  {"sEcReT", "123456"}),
           sample(
               "rocket-chat", "https://rocket.hartley.example/hooks/ID/sEcReT", "", "", {"sEcReT"}),
           sample("zulip",
                  "https://hartley.zulipchat.com",
                  "bot@hartley.zulipchat.com:sEcReT",
                  "alerts",
                  {"sEcReT", "Ym90QGhhcnRsZXk"}),
           sample("matrix",
                  "https://matrix.hartley.example",
                  "syt_sEcReT",
                  "!x:y.example",
                  {"sEcReT"}),
           sample("webex", "https://webexapis.com/v1/messages", "sEcReT-token", "Y2lz", {"sEcReT"}),
       }) {
    const auto kind = one.destination.kind;
    all.emplace(kind, std::move(one));
  }
  return all;
}

std::string everything(const ShownAsk& shown) {
  auto text = shown.method + " " + shown.url + "\n";
  for (const auto& header : shown.headers)
    text += header.name + ": " + header.value + "\n";
  return text + shown.body;
}

TEST(Trial, ShowsWhatEveryKindWouldSendWithoutItsSecrets) {
  const auto all = samples_of_all();
  const auto notice = compose_test_notice(samples::shop(), "https://status.hartley.example", kNow);
  for (const auto* notifier : notifiers()) {
    const auto at = all.find(std::string(notifier->name));
    ASSERT_NE(at, all.end()) << notifier->name << " has no sample here";
    const auto& [destination, secrets] = at->second;
    EXPECT_THAT(notifier->check(destination), IsEmpty()) << notifier->name;
    const auto asks = notifier->compose(destination, notice, kNow);
    ASSERT_FALSE(asks.empty()) << notifier->name;
    for (const auto& ask : asks) {
      const auto shown = show_ask(destination, *notifier, ask);
      EXPECT_EQ(shown.method, ask.method);
      EXPECT_EQ(shown.body_bytes, ask.body.size());
      const auto text = everything(shown);
      for (const auto& secret : secrets)
        EXPECT_THAT(text, Not(HasSubstr(secret))) << notifier->name;
      EXPECT_THAT(text, HasSubstr("Test")) << notifier->name;
    }
  }
}

TEST(Trial, ShowsThePublicPartsOfAnAddress) {
  const auto all = samples_of_all();
  const auto shown = [&](const char* kind) {
    const auto& destination = all.at(kind).destination;
    const auto* notifier = find_notifier(kind);
    return show_ask(destination, *notifier, notifier->compose(destination, {}, kNow).front()).url;
  };
  EXPECT_EQ(shown("slack"), "https://hooks.slack.com/(hidden)");
  EXPECT_EQ(shown("telegram"), "https://api.telegram.org/(hidden)");
  EXPECT_EQ(shown("alertmanager"), "http://127.0.0.1:9093/api/v2/alerts");
}

TEST(Trial, HidesKeysInHeadersAndInTheServicesWords) {
  auto destination = samples::to("https://chat.hartley.example");
  destination.secret = "bot@chat.example:sEcReT";
  const auto& notifier = notify::alertmanager;  // one with a public address
  HttpAsk ask;
  ask.url = "https://chat.hartley.example/x";
  ask.headers = {{.name = "authorization", .value = "Bearer whatever it is"}};
  EXPECT_EQ(show_ask(destination, notifier, ask).headers.front().value, "Bearer (hidden)");
  EXPECT_EQ(hide_secrets(destination, notifier, "no bot bot@chat.example:sEcReT here"),
            "no bot (hidden) here");
  // As HTTP's Basic scheme would send it.
  EXPECT_EQ(hide_secrets(destination, notifier, "Ym90QGNoYXQuZXhhbXBsZTpzRWNSZVQ="), "(hidden)");
  destination.secret = "ab";  // no secret, and in many words
  EXPECT_EQ(hide_secrets(destination, notifier, "about cabs"), "about cabs");
}

TEST(Trial, SaysWhatToDoAboutEveryWayToFail) {
  const TryAgain again{.after = {}, .why = "x"};
  const Refused refused{.why = "x"};
  EXPECT_THAT(advice_on(answer(401, ""), refused), HasSubstr("make a new one"));
  EXPECT_THAT(advice_on(answer(403, ""), refused), HasSubstr("make a new one"));
  EXPECT_THAT(advice_on(answer(404, ""), refused), HasSubstr("not there any more"));
  EXPECT_THAT(advice_on(answer(410, ""), refused), HasSubstr("not there any more"));
  EXPECT_THAT(advice_on(answer(429, ""), again), HasSubstr("wait"));
  EXPECT_THAT(advice_on(answer(503, ""), again), HasSubstr("in trouble"));
  EXPECT_THAT(advice_on(answer(302, ""), again), HasSubstr("redirects are not followed"));
  EXPECT_THAT(advice_on(answer(200, "<html>"), again), HasSubstr("sign-in page"));
  EXPECT_THAT(advice_on(answer(400, "bad"), refused), IsEmpty());
  EXPECT_THAT(advice_on(answer(200, "ok"), Delivered{}), IsEmpty());
  EXPECT_THAT(advice_on(no_answer(), again), HasSubstr("firewall"));
  const auto failed = [&](Outcome failure) {
    Reply reply;
    reply.failure = failure;
    return advice_on(reply, again);
  };
  EXPECT_THAT(failed(Outcome::dns_nxdomain), HasSubstr("spelt"));
  EXPECT_THAT(failed(Outcome::tls_untrusted), HasSubstr("ca_file"));
  EXPECT_THAT(failed(Outcome::reply_timeout), HasSubstr("in time"));
}

}  // namespace
}  // namespace bw
