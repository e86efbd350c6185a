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
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr Time kNow{};
constexpr auto* kWorkflow =
    "https://prod-07.uksouth.logic.azure.com/workflows/1/triggers/manual?sig=abc";

std::string body(const Notice& notice) {
  return notify::teams.compose(samples::to(kWorkflow), notice, kNow).front().body;
}

TEST(Teams, SendsAnAdaptiveCardInAMessage) {
  expect_golden("teams-suspected.json",
                json::parse(body(samples::notice(Opened{samples::suspected()}))).dump(1));
}

TEST(Teams, StaysBelowTheSizeThatIsTaken) {
  const auto text = body(samples::hostile());
  EXPECT_LE(text.size(), 20'000U);
  EXPECT_THAT(text, HasSubstr("What to do first"));
}

// Text blocks would make links of "[x](https://evil.example)"; text runs do not.
TEST(Teams, ShowsForeignWordsAsTheyAre) {
  EXPECT_THAT(body(samples::hostile()), Not(HasSubstr("\"TextBlock\"")));
}

TEST(Teams, NeverTrustsATwoHundredAlone) {
  EXPECT_TRUE(std::holds_alternative<Delivered>(notify::teams.read(answer(202, ""), kNow)));
  EXPECT_TRUE(std::holds_alternative<Delivered>(notify::teams.read(answer(200, "1"), kNow)));
  EXPECT_TRUE(std::holds_alternative<TryAgain>(notify::teams.read(
      answer(200,
             "Webhook message delivery failed with error: Microsoft Teams endpoint returned "
             "HTTP error 429 with ContextId tcid=0"),
      kNow)));
  EXPECT_TRUE(std::holds_alternative<TryAgain>(
      notify::teams.read(answer(202, R"({"error":{"code":"x"}})"), kNow)));
  for (const int status : {400, 401, 403, 404, 410, 413}) {
    EXPECT_TRUE(std::holds_alternative<Refused>(notify::teams.read(answer(status, ""), kNow)));
  }
}

TEST(Teams, RefusesRetiredConnectorsWithTheReason) {
  for (const auto* retired : {"https://acme.webhook.office.com/webhookb2/1@2/IncomingWebhook/3/4",
                              "https://webhook.office.com/webhookb2/1",
                              "https://outlook.office.com/webhook/1@2/IncomingWebhook/3/4",
                              "https://outlook.office365.com/webhook/1"}) {
    EXPECT_THAT(notify::teams.check(samples::to(retired)),
                Contains(HasSubstr("retired in May 2026")))
        << retired;
  }
  EXPECT_THAT(notify::teams.check(samples::to(kWorkflow)), IsEmpty());
  EXPECT_THAT(notify::teams.check(samples::to("https://notwebhook.office.com.example/x")),
              IsEmpty());
  EXPECT_THAT(notify::teams.check(samples::to("https://a.uk.environment.api.powerplatform.com/x")),
              Contains(HasSubstr("sig=")));
}

}  // namespace
}  // namespace bw
